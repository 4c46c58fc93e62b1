#include "core/parse/record_text.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/parse/charset.hpp"

namespace webwrap {

namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

std::string encoding_of(const Response &response) {
    if (!response.charset.empty() && encoding_for_label(response.charset).empty())
        throw Error(ErrorKind::kDecoding,
                    "document \"" + response.final_url + "\" has the unknown charset \"" + response.charset + "\"");
    return sniff_encoding(response.body, response.charset.empty() ? "utf-8" : response.charset);
}

/* Calls visit with the offset of each character of that code in ASCII, until it returns false. */
template <typename Visit>
void for_each_ascii(std::string_view bytes, const std::string &encoding, char code, Visit visit) {
    const bool is_wide = encoding.starts_with("UTF-16");
    const std::size_t low = encoding == "UTF-16BE" ? 1 : 0; /* where the low byte of a unit is */
    for (std::size_t at = bytes.find(code); at != std::string_view::npos; at = bytes.find(code, at + 1))
        if (!is_wide || (at % 2 == low && (at ^ 1) < bytes.size() && bytes[at ^ 1] == '\0'))
            if (!visit(at))
                return;
}

[[noreturn]] void throw_bad_bytes(const Response &response, const std::string &encoding, std::size_t offset,
                                  const std::string &message) {
    std::int64_t line = 1;
    for_each_ascii(std::string_view(response.body).substr(0, offset), encoding, '\n', [&](std::size_t) {
        ++line;
        return true;
    });
    throw Error(ErrorKind::kDecoding, message, "Line " + std::to_string(line) + " of \"" + response.final_url + "\".");
}

} // namespace

RecordText::RecordText(const Response &response) : text_(response.body) {
    const std::string encoding = encoding_of(response);
    if (encoding == "UTF-8") {
        if (text_.starts_with(kUtf8Mark))
            text_.remove_prefix(kUtf8Mark.size());
        return;
    }
    for_each_ascii(response.body, encoding, '\0', [&](std::size_t at) -> bool {
        throw_bad_bytes(response, encoding, at,
                        "invalid " + encoding + " at byte offset " + std::to_string(at) + ": NUL");
    });
    try {
        converted_ = decode_page(response.body, encoding).text;
    } catch (const InvalidBytes &error) {
        throw_bad_bytes(response, encoding, error.offset(), error.message());
    }
    text_ = converted_;
}

} // namespace webwrap
