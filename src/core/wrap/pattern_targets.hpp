#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/paths.hpp"

namespace webwrap {

/* What a pattern selects on a page: elements, and what follows them in its XPath. */
struct PatternTargets {
    std::vector<NodeId> elements; /* in document order, at least one */
    std::string tail;             /* "", "/@href", "/text()" */
};

/* nullopt when the selection is empty, no node set, of mixed kinds, or the document itself. */
[[nodiscard]] std::optional<PatternTargets> pattern_targets(const Document &page, const Selection &selection);

/* The attribute or text of an element that the tail names; the element itself for an empty tail. node is kNoNode where there
 * is none. */
[[nodiscard]] NodeRef tail_of(const Document &page, NodeId element, std::string_view tail);

/* An XPath for sets of elements, and how well it fits. */
struct ChosenPath {
    std::string xpath;
    double overlap = 0; /* elements that are wanted and selected, over those that are either */
    std::size_t missed = 0;
    std::size_t extras = 0;
};

/* Which misfit counts. */
enum class Fit { kExact, kAllWanted, kOverlap };

/* The best XPath that selects the elements on their pages: exactly those, or all of them and as few others as can be, or
 * with the greatest overlap. `preferred` wins if it is exact. Empty sets are pages on which nothing is wanted. nullopt when
 * there is none. Polls. */
[[nodiscard]] std::optional<ChosenPath> choose_path(std::span<const ElementSet> sets, Fit fit, const Limits &limits,
                                                    const std::string &preferred = {});

} // namespace webwrap
