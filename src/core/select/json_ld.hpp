#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.hpp"

namespace webwrap {

/* One JSON-LD block as JSON that jsonb takes, or why it is none. */
struct JsonBlock {
    std::string json;
    std::string problem; /* empty when json is one */
};

/* Reads the text of a script element of type application/ld+json. Wrappers that pages put around it (comments of HTML and
 * JavaScript, CDATA) are removed, comments inside ignored. Numbers keep their text; NUL and lone surrogates in escapes
 * become U+FFFD. Iterative, linear; polls. Throws kLimitExceeded above max_document_memory. */
[[nodiscard]] JsonBlock read_json_ld(std::string_view text, const Limits &limits = {});

} // namespace webwrap
