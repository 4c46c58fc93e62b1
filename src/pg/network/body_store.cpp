#include <array>

#include "core/base/error.hpp"
#include "core/store/codec.hpp"
#include "pg/network/body_store.hpp"

#include "pg/bridge/key_scan.hpp"

namespace webwrap::pg {

namespace {

enum Column : int { kPrefixHash = 2, kSize = 4, kBytes = 5 }; /* of webwrap.body */
constexpr std::array kColumns{static_cast<int>(kPrefixHash), static_cast<int>(kSize), static_cast<int>(kBytes)};
constexpr KeyScan kScan{"body", "body_pkey", kColumns};

/* Follows one prefix, which has none of its own. */
std::optional<std::string> load(std::string_view hash, bool may_have_prefix) {
    std::vector<RowFields> rows = rows_by_key(kScan, hash);
    if (rows.empty())
        return std::nullopt;
    const std::optional<std::string> &prefix_hash = rows.front()[0];
    std::string prefix;
    if (prefix_hash) {
        std::optional<std::string> found = may_have_prefix ? load(*prefix_hash, false) : std::nullopt;
        if (!found)
            throw Error(ErrorKind::kCorrupted, "stored body lacks its prefix");
        prefix = std::move(*found);
    }
    std::string body = decompress_body(rows.front()[2].value(), prefix, std::stoull(rows.front()[1].value()));
    const BodyHash is = body_hash(body);
    if (std::string_view(reinterpret_cast<const char *>(is.data()), is.size()) != hash)
        throw Error(ErrorKind::kCorrupted, "stored body does not match its hash");
    return body;
}

} // namespace

std::optional<std::string> stored_body(std::string_view hash) { return load(hash, true); }

} // namespace webwrap::pg
