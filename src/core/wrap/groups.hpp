#pragma once

#include <span>
#include <vector>

#include "core/wrap/features.hpp"

namespace webwrap {

using ElementGroup = std::vector<ElementId>; /* in document order, none inside another */

/* Sets of elements that one XPath may select: around each of the best-scored elements, those that differ from it in one or
 * two positions of their path, in the class of a step, or that have its tag, class or tags below one container; and
 * the elements alone. Each set once. `scores` are by element. Polls. */
[[nodiscard]] std::vector<ElementGroup> list_groups(const PageFeatures &page, std::span<const float> scores);

/* The best-scored elements, each alone. */
[[nodiscard]] std::vector<ElementGroup> single_groups(std::span<const float> scores);

/* Elements by score, the best first. */
[[nodiscard]] std::vector<ElementId> by_score(std::span<const float> scores, std::size_t most);

} // namespace webwrap
