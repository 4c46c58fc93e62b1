#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* Text of a page as content or attribute value of HTML: markup characters as references; control characters and those that turn
 * the direction of text, which could hide what follows, as U+FFFD. */
[[nodiscard]] std::string escape_html(std::string_view text);

} // namespace webwrap
