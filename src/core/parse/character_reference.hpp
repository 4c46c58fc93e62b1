#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webwrap {

/* Reads a character reference of the HTML standard (13.2.5.72) after its ampersand. Appends the characters to `out` and
 * returns the number of bytes read, 0 when the ampersand stands for itself. In an attribute value a legacy name without
 * semicolon before "=" or an alphanumeric is none. Cost: O(longest name). */
[[nodiscard]] std::size_t read_character_reference(std::string_view after_ampersand, bool in_attribute,
                                                   std::string &out);

} // namespace webwrap
