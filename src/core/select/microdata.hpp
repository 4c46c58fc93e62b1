#pragma once

#include <string>
#include <vector>

#include "core/parse/document.hpp"
#include "core/select/json_text.hpp"

namespace webwrap {

inline constexpr int kMaxItemDepth = 64; /* items inside items */

/* Writes the top-level microdata items of a page as an array, in the shape of the HTML standard's JSON of microdata:
 * {"type": [...], "id": ..., "properties": {name: [value, ...]}}. Values that are URLs stay as written. What cannot be
 * written (an item that refers to itself, items nested deeper than kMaxItemDepth) is left out, and a message is added to
 * `problems`. Iterative; polls. Throws kLimitExceeded when items refer to more than max_nodes nodes in all, or at the
 * budget of `out`. */
void write_microdata(const Document &document, JsonText &out, std::vector<std::string> &problems,
                     const Limits &limits = {});

} // namespace webwrap
