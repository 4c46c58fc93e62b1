#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/select/xpath.hpp"

namespace webwrap {

/* An XPath that selects a place, and how much it can be trusted on pages not seen yet. */
struct PathCandidate {
    std::string xpath;
    int cost = 0;        /* lower is better: names before labels before tags before positions */
    bool shifts = false; /* counts siblings that may be missing elsewhere; cells of a table row do not count */
};

/* XPaths relative to `context` that may select `target`, which is in the context's subtree or in that of a sibling after
 * it. None has been evaluated. O(depth^2 * classes). */
[[nodiscard]] std::vector<PathCandidate> relative_paths(const Document &document, NodeId context, NodeRef target);

/* A set of elements of one page. */
struct ElementSet {
    const Document *document = nullptr;
    std::vector<NodeId> elements; /* in document order */
};

/* XPaths from the root that may select these elements on each page: by what they have in common, by what contains them,
 * by position at last. None has been evaluated; best first. */
[[nodiscard]] std::vector<PathCandidate> set_paths(std::span<const ElementSet> sets);

/* Such forms that all elements of a set have, the bare tag left out. */
[[nodiscard]] std::vector<PathCandidate> common_tests(const ElementSet &set);

/* `tag[...]` forms for an element by the names its markup gives it, cheapest first, the bare tag last. */
[[nodiscard]] std::vector<PathCandidate> element_tests(const Document &document, NodeId element);

/* Test for a class token: contains(concat(' ', normalize-space(@class), ' '), ' token '). */
[[nodiscard]] std::string class_test(std::string_view token);

} // namespace webwrap
