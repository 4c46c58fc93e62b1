#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/separate/template_text.hpp"

namespace webwrap {

/* One turn of an iteration of a template. */
struct TemplateRecord {
    std::string list;        /* name of the iteration, such as "for2" */
    std::int32_t number = 0; /* of the turn, counted over the whole page */
    std::int32_t parent = 0; /* number of the turn of the enclosing iteration; 0 outside of any */
    std::string text;        /* what a reader sees of it, white space folded */
    std::string fields;      /* JSON object: its references, and its conditions as true */
};

/* The turns of all iterations in the order in which they begin. Throws as restore() does. O(page * nesting). */
[[nodiscard]] std::vector<TemplateRecord> records_of(std::string_view template_text, const TemplateData &data,
                                                     const Limits &limits = {});

} // namespace webwrap
