#include "core/wrap/targets.hpp"

#include <algorithm>

namespace webwrap {

std::optional<Targets> targets_of(const Document &page, const Selection &selection) {
    if (!selection.is_node_set || selection.nodes.empty())
        return std::nullopt;
    Targets targets;
    for (const NodeRef &ref : selection.nodes) {
        std::string tail;
        NodeId element = ref.node;
        if (ref.is_attribute()) {
            tail = "/@" + std::string(page.name_text(page.attribute(ref.attribute).name));
        } else if (!page.is_element(ref.node)) {
            tail = "/text()";
            element = page.parent(ref.node);
        }
        if (!targets.elements.empty() && tail != targets.tail)
            return std::nullopt;
        targets.tail = tail;
        if (element > 0 && (targets.elements.empty() || targets.elements.back() != element))
            targets.elements.push_back(element);
    }
    std::sort(targets.elements.begin(), targets.elements.end());
    targets.elements.erase(std::unique(targets.elements.begin(), targets.elements.end()), targets.elements.end());
    if (targets.elements.empty())
        return std::nullopt;
    return targets;
}

} // namespace webwrap
