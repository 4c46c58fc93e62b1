#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* Byte offset of the first byte that is not valid UTF-8 (overlong forms and surrogates count as invalid), or npos. */
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text) noexcept;

/* True for the white space of HTML: tab, line feed, form feed, carriage return, space. */
[[nodiscard]] constexpr bool is_html_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/* 0 to 15, or -1 when the character is no hexadecimal digit. */
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c))
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Appends the code point as UTF-8; surrogates as three bytes, too. */
void append_utf8(std::string &out, char32_t code_point);

/* Calls `visit` with each token of a list that white space separates (HTML standard: set of space-separated tokens) until
 * it returns false. */
template <typename Visit> void for_each_token(std::string_view list, Visit visit) {
    for (std::size_t at = 0; at < list.size();) {
        if (is_html_space(list[at])) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        while (end < list.size() && !is_html_space(list[end]))
            ++end;
        if (!visit(list.substr(at, end - at)))
            return;
        at = end;
    }
}

/* White space at both ends removed; NBSP (U+00A0) counts as white space here, since pages pad cells with it. */
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/* Trimmed, with each run of white space folded to one space. */
[[nodiscard]] std::string fold_space(std::string_view text);

/* ASCII letters in lower case, all other bytes as they are. */
[[nodiscard]] std::string ascii_lower(std::string_view text);

/* At most `max_bytes` of text, cut at a character boundary, with an ellipsis where something was cut: for messages. */
[[nodiscard]] std::string abbreviate(std::string_view text, std::size_t max_bytes);

} // namespace webwrap
