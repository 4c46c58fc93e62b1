#include <array>
#include <list>

#include "core/base/error.hpp"
#include "core/store/codec.hpp"
#include "pg/network/body_store.hpp"

#include "pg/bridge/key_scan.hpp"

namespace webwrap::pg {

namespace {

enum Column : int { kPrefixHash = 2, kSize = 4, kBytes = 5 }; /* of webwrap.body */
constexpr std::array kColumns{static_cast<int>(kPrefixHash), static_cast<int>(kSize), static_cast<int>(kBytes)};
constexpr KeyScan kScan{"body", "body_pkey", kColumns};
constexpr std::size_t kKeptPrefixBytes = std::size_t{32} << 20;

struct KeptPrefix {
    std::string hash;
    std::shared_ptr<const std::string> bytes;
};

/* Those used last, in that order. What a hash names never changes, so nothing here grows old. */
std::list<KeptPrefix> &kept_prefixes() {
    static constinit std::list<KeptPrefix> *kept = nullptr;
    if (kept == nullptr)
        kept = new std::list<KeptPrefix>();
    return *kept;
}

std::string checked_body(const RowFields &row, std::string_view prefix, std::string_view hash) {
    std::string body = decompress_body(row[2].value(), prefix, std::stoull(row[1].value()));
    const BodyHash is = body_hash(body);
    if (std::string_view(reinterpret_cast<const char *>(is.data()), is.size()) != hash)
        throw Error(ErrorKind::kCorrupted, "stored body does not match its hash");
    return body;
}

/* A body that has no prefix itself. */
std::optional<std::string> load_root(std::string_view hash, KeyScanView view) {
    const std::vector<RowFields> rows = rows_by_key(kScan, hash, view);
    if (rows.empty() || rows.front()[0])
        return std::nullopt;
    return checked_body(rows.front(), {}, hash);
}

std::shared_ptr<const std::string> kept_prefix(std::string_view hash, KeyScanView view) {
    std::list<KeptPrefix> &kept = kept_prefixes();
    for (auto at = kept.begin(); at != kept.end(); ++at)
        if (at->hash == hash) {
            kept.splice(kept.begin(), kept, at);
            return at->bytes;
        }
    std::optional<std::string> loaded = load_root(hash, view);
    if (!loaded)
        return nullptr;
    kept.push_front({std::string(hash), std::make_shared<const std::string>(std::move(*loaded))});
    std::size_t bytes = 0;
    for (auto at = kept.begin(); at != kept.end();) {
        bytes += at->bytes->size();
        at = bytes > kKeptPrefixBytes && at != kept.begin() ? kept.erase(at) : std::next(at);
    }
    return kept.front().bytes;
}

[[noreturn]] void throw_no_prefix() { throw Error(ErrorKind::kCorrupted, "stored body lacks its prefix"); }

} // namespace

std::optional<std::string> stored_body(std::string_view hash) {
    const std::vector<RowFields> rows = rows_by_key(kScan, hash);
    if (rows.empty())
        return std::nullopt;
    if (!rows.front()[0])
        return checked_body(rows.front(), {}, hash);
    const std::optional<std::string> prefix = load_root(*rows.front()[0], KeyScanView::kLatest);
    if (!prefix)
        throw_no_prefix();
    return checked_body(rows.front(), *prefix, hash);
}

std::optional<std::string> stored_body_in_statement(std::string_view hash) {
    const std::vector<RowFields> rows = rows_by_key(kScan, hash, KeyScanView::kStatement);
    if (rows.empty())
        return std::nullopt;
    if (!rows.front()[0])
        return checked_body(rows.front(), {}, hash);
    const auto prefix = kept_prefix(*rows.front()[0], KeyScanView::kStatement);
    if (prefix == nullptr)
        throw_no_prefix();
    return checked_body(rows.front(), *prefix, hash);
}

std::shared_ptr<const std::string> stored_prefix(std::string_view hash) {
    return kept_prefix(hash, KeyScanView::kLatest);
}

} // namespace webwrap::pg
