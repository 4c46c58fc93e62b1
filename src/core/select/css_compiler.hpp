#pragma once

#include <string>

#include "core/select/css_selector.hpp"
#include "core/select/program.hpp"

namespace webwrap {

/* The program of a list of selectors. `is_scoped`: elements below the context node, the selector being looked at in the whole
 * page, as querySelectorAll does; else elements of the whole page, a faster form of the same. Throws kInvalidSelector
 * when the selector is too long or nests too deeply. */
[[nodiscard]] Program compile_css(const CssList &list, const std::string &selector, bool is_scoped);

} // namespace webwrap
