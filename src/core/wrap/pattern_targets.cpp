#include "core/wrap/pattern_targets.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/wrap/targets.hpp"

namespace webwrap {

std::optional<PatternTargets> pattern_targets(const Document &page, const Selection &selection) {
    if (!selection.is_node_set || selection.nodes.empty())
        return std::nullopt;
    PatternTargets targets;
    bool is_first = true;
    for (const NodeRef &ref : selection.nodes) {
        auto [element, tail] = target_of(page, ref);
        if (element <= 0 || (!std::exchange(is_first, false) && tail != targets.tail))
            return std::nullopt;
        targets.tail = std::move(tail);
        targets.elements.push_back(element);
    }
    std::sort(targets.elements.begin(), targets.elements.end());
    targets.elements.erase(std::unique(targets.elements.begin(), targets.elements.end()), targets.elements.end());
    return targets;
}

NodeRef tail_of(const Document &page, NodeId element, std::string_view tail) {
    if (tail.empty())
        return {element, -1};
    if (tail == "/text()") {
        for (NodeId child = page.first_child(element); child != kNoNode; child = page.next_sibling(child))
            if (page.kind(child) == NodeKind::kText)
                return {child, -1};
        return {};
    }
    for (std::int32_t at = page.first_attribute(element); at < page.first_attribute(element + 1); ++at)
        if (page.name_text(page.attribute(at).name) == tail.substr(2))
            return {element, at};
    return {};
}

namespace {

ChosenPath judge(const std::string &xpath, std::span<const ElementSet> sets, const Limits &limits) {
    ChosenPath chosen{xpath, 0, 0, 0};
    const XPath compiled(xpath);
    std::size_t common = 0;
    for (const ElementSet &set : sets) {
        const Selection selection = compiled.evaluate(*set.document, 0, limits);
        std::size_t hits = 0;
        for (const NodeRef &ref : selection.nodes)
            hits += !ref.is_attribute() && std::binary_search(set.elements.begin(), set.elements.end(), ref.node);
        common += hits;
        chosen.missed += set.elements.size() - hits;
        chosen.extras += selection.nodes.size() - hits;
    }
    const std::size_t either = common + chosen.missed + chosen.extras;
    chosen.overlap = either == 0 ? 0 : static_cast<double>(common) / static_cast<double>(either);
    return chosen;
}

bool fits(const ChosenPath &path, Fit fit) {
    return fit == Fit::kExact ? path.missed == 0 && path.extras == 0 : fit == Fit::kAllWanted ? path.missed == 0 : true;
}

} // namespace

std::optional<ChosenPath> choose_path(std::span<const ElementSet> sets, Fit fit, const Limits &limits,
                                      const std::string &preferred) {
    std::vector<ElementSet> filled;
    for (const ElementSet &set : sets)
        if (!set.elements.empty())
            filled.push_back(set);
    if (filled.empty())
        return std::nullopt;
    if (!preferred.empty())
        if (ChosenPath own = judge(preferred, sets, limits); fits(own, Fit::kExact))
            return own;
    std::optional<ChosenPath> best;
    for (const PathCandidate &candidate : set_paths(filled)) {
        Interrupt::poll();
        ChosenPath path = judge(candidate.xpath, sets, limits);
        if (fits(path, fit) && path.overlap > 0 && (!best || path.overlap > best->overlap))
            best = std::move(path);
        if (best && best->missed == 0 && best->extras == 0)
            break;
    }
    return best;
}

} // namespace webwrap
