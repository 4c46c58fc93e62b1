#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/separate/separation.hpp"

namespace webwrap {

/* A page of HTML about the separation of a page, for people: figures, the source beside the template with iterations to
 * unfold, the data as one table an iteration. Everything of the page is shown as text; the report asks for nothing and
 * runs no script. */
[[nodiscard]] std::string template_report(std::string_view page, SeparationMethod method, const Limits &limits = {});

} // namespace webwrap
