#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* UTF-8 to UTF-16 and back, for ICU's C interface. Bytes that are no UTF-8 become U+FFFD. */
[[nodiscard]] std::u16string utf16_from(std::string_view utf8);
[[nodiscard]] std::string utf8_from(std::u16string_view utf16);

/* Lower case by Unicode, independent of any locale. */
[[nodiscard]] std::string lower_case(std::string_view utf8);

/* True when the text holds a letter or a digit of any script. */
[[nodiscard]] bool has_letter_or_digit(std::string_view utf8);

} // namespace webwrap
