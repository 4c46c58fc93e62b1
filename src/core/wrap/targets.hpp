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

/* nullopt when the selection is empty, no node set, or of mixed kinds. */
[[nodiscard]] std::optional<Targets> targets_of(const Document &page, const Selection &selection);

} // namespace webwrap
