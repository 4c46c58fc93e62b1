#pragma once

#include <string>
#include <vector>

#include "core/parse/document.hpp"
#include "core/select/json_text.hpp"

namespace webwrap {

/* Writes the items of a page that are marked up with RDFa Lite 1.1 (vocab, typeof, property, resource, prefix; also about,
 * content, href, src, datetime) as an array in the shape of write_microdata. Names of types and properties are resolved
 * against vocab and prefixes; references stay as written. Properties outside any item are left out. Items nested deeper
 * than kMaxItemDepth are left out, and a message is added to `problems`. Iterative, linear in page and result; polls.
 * Throws kLimitExceeded at the budget of `out`. */
void write_rdfa(const Document &document, JsonText &out, std::vector<std::string> &problems);

} // namespace webwrap
