#pragma once

/* Internal to select: numbers and strings of XPath, as libxml2 reads and writes them. */

#include <string>
#include <string_view>

namespace webwrap {

[[nodiscard]] constexpr bool is_xpath_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* NaN when the text is no number. */
[[nodiscard]] double number_of(std::string_view text);
[[nodiscard]] std::string number_text(double number);

/* The function round(): halves go up. */
[[nodiscard]] double xpath_round(double number);

/* The functions of the same names. Positions count characters from 1. */
[[nodiscard]] std::string_view xpath_substring(std::string_view text, double start);
[[nodiscard]] std::string_view xpath_substring(std::string_view text, double start, double length);
[[nodiscard]] std::size_t xpath_string_length(std::string_view text);
[[nodiscard]] std::string xpath_normalize_space(std::string_view text);
[[nodiscard]] std::string xpath_translate(std::string_view text, std::string_view from, std::string_view to);

} // namespace webwrap
