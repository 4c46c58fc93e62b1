#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* A kind of page: the wrapper for it, a page that it was right on, and settings that hang on the kind. */
struct PageTemplate {
    std::string name;
    Wrapper wrapper;
    std::string example;      /* HTML, or empty */
    std::string options_json; /* an object as it was given, or empty */
};

/* Templates from a JSON object: name to {"wrapper": {...}, "example": "<html>...", "options": {...}}, or name to a wrapper.
 * Throws kInvalidOption naming the template, and as wrapper_from_json. */
[[nodiscard]] std::vector<PageTemplate> templates_from_json(std::string_view json);

/* The light signature of a page's structure: the distinct tree-grams (parent and child, grandparent and grandchild,
 * neighbours, by tag and classes) and paths of tags. How often something is repeated does not count, so a list of three is
 * like a list of thirty. O(nodes * classes); polls. */
using PageSignature = std::vector<std::uint64_t>; /* sorted, each once */
[[nodiscard]] PageSignature signature_of(const Document &page);

struct TemplateMatch {
    std::size_t index = 0;           /* of the template */
    double similarity = 0;           /* 0..1 */
    std::optional<double> structure; /* likeness to the example page, 0..1; nothing without example */
    double fit = 0;                  /* share of the wrapper's patterns that find what they should, 0..1 */
    bool is_valid = false;           /* the wrapper holds and reads something */
    std::size_t records = 0;
    std::string problem; /* the first violation; empty when there is none */
};

/* How well a page matches each template, best first. With an example the structure counts, tree-grams that many examples
 * share less than those of one, and up to three tenths of it is lost where the wrapper does not fit. Without one the wrapper
 * alone counts, the more the more telling its patterns are: names, labels and types rather than bare tags. `page` gives the
 * page as a parser makes it. Throws as Extractor. Polls. */
[[nodiscard]] std::vector<TemplateMatch> classify_page(const std::function<const Document &(HtmlParser)> &page,
                                                       const std::vector<PageTemplate> &templates,
                                                       const Limits &limits);

} // namespace webwrap
