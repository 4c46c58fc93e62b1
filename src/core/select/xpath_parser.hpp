#pragma once

#include <optional>
#include <string_view>

#include "core/select/program.hpp"

namespace webwrap {

/* The program of an XPath 1.0 expression, or nothing when the compiled engine does not run it: syntax errors, type errors,
 * variables, prefixes, functions beyond its own, nesting deeper than kMaxExprDepth. What it accepts, libxml2 accepts with the
 * same meaning. Linear time. */
[[nodiscard]] std::optional<Program> compile_xpath(std::string_view path);

} // namespace webwrap
