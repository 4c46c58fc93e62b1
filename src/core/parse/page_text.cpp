#include "core/parse/page_text.hpp"

#include "core/base/text.hpp"
#include "core/parse/media_type.hpp"

namespace webwrap {

namespace {

/* The value of the last header of that name. */
std::string_view header_value(const Response &response, std::string_view name) {
    for (auto header = response.headers.rbegin(); header != response.headers.rend(); ++header)
        if (header->first == name)
            return header->second;
    return {};
}

bool is_text(const Response &response) {
    const std::string_view options = header_value(response, "x-content-type-options");
    const std::string first_option = ascii_lower(trim(options.substr(0, options.find(','))));
    const std::string_view sent = header_value(response, "content-type");
    return is_text_body(sent.empty() ? response.content_type : sent, response.body, first_option == "nosniff");
}

bool is_markup(std::string_view media_type) {
    return media_type.empty() || media_type == "text/html" || media_type.ends_with("/xml") ||
           media_type.ends_with("+xml");
}

} // namespace

std::optional<DecodedText> page_text(const Response &response) {
    if (!is_text(response))
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
