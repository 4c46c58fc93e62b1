#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/separate/template_text.hpp"

namespace webwrap {

/* The template of some pages of a site, made to hold for one page more: what differs becomes references, what only some
 * pages have conditions, what repeats iterations. An empty view stands for no page so far. Pages that it holds for leave it
 * as it is. Throws kInvalidArgument for what separation did not write, kLimitExceeded. O(template * page) at worst. */
[[nodiscard]] std::string extend_site_template(std::string_view template_text, std::string_view page,
                                               const Limits &limits = {});

struct SiteSeparation {
    std::string template_text; /* the given one where it holds for the page, else extended */
    std::string data_text;     /* JSON: restores the page with template_text */
    double residual = 0;       /* 0..1: what was added to the template, in nodes, per node of the page's own */
};

/* Data of a further page of a site. A page of the template's design has a residual near 0, a redesign one near 1. */
[[nodiscard]] SiteSeparation separate_with(std::string_view template_text, std::string_view page,
                                           const Limits &limits = {});

} // namespace webwrap
