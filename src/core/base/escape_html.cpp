#include "core/base/escape_html.hpp"

#include <algorithm>

namespace webwrap {

namespace {

/* Characters that change how text around them shows. */
bool is_deceptive(unsigned char lead, std::string_view rest) {
    if (lead < 0x20)
        return lead != '\t' && lead != '\n' && lead != '\r';
    if (lead == 0x7F)
        return true;
    const auto at = [rest](std::size_t i) { return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U; };
    if (lead == 0xC2) /* C1 controls */
        return at(1) >= 0x80 && at(1) <= 0x9F;
    if (lead != 0xE2)
        return false;
    /* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 */
    return (at(1) == 0x80 && (at(2) == 0x8E || at(2) == 0x8F || (at(2) >= 0xAA && at(2) <= 0xAE))) ||
           (at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9);
}

std::size_t character_bytes(unsigned char lead) { return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1; }

} // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t bytes = std::min(character_bytes(lead), text.size() - at);
        if (is_deceptive(lead, text.substr(at)))
            out += "\uFFFD";
        else if (lead == '&')
            out += "&amp;";
        else if (lead == '<')
            out += "&lt;";
        else if (lead == '>')
            out += "&gt;";
        else if (lead == '"')
            out += "&quot;";
        else if (lead == '\'')
            out += "&#39;";
        else
            out += text.substr(at, bytes);
        at += bytes;
    }
    return out;
}

} // namespace webwrap
