#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/select/xpath.hpp"

namespace webwrap {

/* What an XPath selects, as elements and what follows them in the path. */
struct Targets {
    std::vector<NodeId> elements; /* in document order, each once */
    std::string tail;             /* "", "/@href", "/text()" */
};

/* What a node of a selection belongs to: the element, or the node above it where there is none, and the tail. */
struct Target {
    NodeId element;
    std::string tail;
};
[[nodiscard]] Target target_of(const Document &page, const NodeRef &ref);

/* nullopt when the selection is empty, no node set, or of mixed kinds. */
[[nodiscard]] std::optional<Targets> targets_of(const Document &page, const Selection &selection);

} // namespace webwrap
