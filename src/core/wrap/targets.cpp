#include "core/wrap/targets.hpp"

#include <algorithm>

namespace webwrap {

Target target_of(const Document &page, const NodeRef &ref) {
    if (ref.is_attribute())
        return {ref.node, "/@" + std::string(page.name_text(page.attribute(ref.attribute).name))};
    if (!page.is_element(ref.node))
        return {page.parent(ref.node), "/text()"};
    return {ref.node, {}};
}

std::optional<Targets> targets_of(const Document &page, const Selection &selection) {
    if (!selection.is_node_set || selection.nodes.empty())
        return std::nullopt;
    Targets targets;
    for (const NodeRef &ref : selection.nodes) {
        const auto [element, tail] = target_of(page, ref);
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
