#pragma once

#include <span>
#include <vector>

#include "core/wrap/paths.hpp"

namespace webwrap {

/* XPaths from the root for elements that names and place do not tell from others: by a text that each of them has at the same
 * place inside, such as the label of a field. None has been evaluated; the nearest texts first. O(size of the elements);
 * polls. */
[[nodiscard]] std::vector<PathCandidate> marked_paths(std::span<const ElementSet> sets);

} // namespace webwrap
