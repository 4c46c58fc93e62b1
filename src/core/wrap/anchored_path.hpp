#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* The best XPath that selects exactly these elements of a page, given in document order: by what they have in common; else
 * from the nearest container that has a name, step by step, with as few positions as possible; by position from the
 * root at last. nullopt when no single path of these forms does. Polls. */
[[nodiscard]] std::optional<std::string> exact_path(const Document &page, const std::vector<NodeId> &elements,
                                                    const Limits &limits);

} // namespace webwrap
