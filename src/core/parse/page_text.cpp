#include "core/parse/page_text.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"

namespace webwrap {

namespace {

/* True when no byte is one that only binary formats use (WHATWG MIME sniffing, "binary data byte"). */
bool looks_like_text(std::string_view body) {
    constexpr std::size_t kSniffedBytes = 1445;
    if (body.starts_with("\xFE\xFF") || body.starts_with("\xFF\xFE") || body.starts_with("\xEF\xBB\xBF"))
        return true;
    return std::ranges::none_of(body.substr(0, kSniffedBytes), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x08 || byte == 0x0B || (byte >= 0x0E && byte <= 0x1A) || (byte >= 0x1C && byte <= 0x1F);
    });
}

bool is_markup(std::string_view media_type) {
    return media_type.empty() || media_type == "text/html" || media_type.ends_with("/xml") ||
           media_type.ends_with("+xml");
}

} // namespace

bool is_text_body(std::string_view media_type, std::string_view body) {
    constexpr std::array<std::string_view, 4> kTextTypes = {"application/xml", "application/json",
                                                            "application/javascript", "application/x-javascript"};
    if (media_type.empty())
        return looks_like_text(body);
    return media_type.starts_with("text/") || media_type.ends_with("+xml") || media_type.ends_with("+json") ||
           std::ranges::find(kTextTypes, media_type) != kTextTypes.end();
}

std::optional<DecodedText> page_text(const Response &response) {
    if (!is_text_body(response.content_type, response.body))
        return std::nullopt;
    std::string label = response.charset;
    if (label.empty() && !is_markup(response.content_type) &&
        find_invalid_utf8(response.body) == std::string_view::npos)
        label = "utf-8"; /* a <meta> in JSON or in a script says nothing about the file */
    try {
        return decode_page(response.body, label);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kDecoding)
            throw;
        throw Error(ErrorKind::kDecoding, "could not decode \"" + response.final_url + "\": " + error.message(),
                    error.detail(), error.hint());
    }
}

} // namespace webwrap
