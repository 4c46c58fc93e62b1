#include "core/wrap/value_search.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/match/similarity.hpp"
#include "core/wrap/alignment.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/places.hpp"
#include "core/wrap/pattern_targets.hpp"

namespace webwrap {

namespace {

constexpr double kLeastShare = 0.5; /* of the different known values that a place must have */
constexpr NodeId kNodesPerPoll = 1024;
constexpr std::size_t kMaxTextBytes = 16384;

/* Elements on one path of tags that hold known values. */
struct ValuePlace {
    std::vector<NodeId> elements;
    std::set<std::string> values;
};

std::string text_of(const Document &page, NodeId element, const std::string &tail) {
    const NodeRef ref = tail_of(page, element, tail);
    return ref.node == kNoNode ? std::string() : fold_space(string_value(page, ref));
}

/* Innermost elements with a known value, by their path of tags. */
std::map<std::uint64_t, ValuePlace> places_of(const Document &page, const std::set<std::string> &known,
                                              const std::string &tail) {
    std::map<std::uint64_t, ValuePlace> places;
    std::vector<std::size_t> sizes(static_cast<std::size_t>(page.size()), 0);
    for (NodeId node = page.size() - 1; node > 0; --node) {
        const auto at = static_cast<std::size_t>(node);
        if (page.kind(node) == NodeKind::kText)
            sizes[at] = page.text(node).size();
        sizes[static_cast<std::size_t>(page.parent(node))] += sizes[at];
    }
    for (NodeId node = 1; node < page.size(); ++node) {
        if (node % kNodesPerPoll == 0)
            Interrupt::poll();
        if (!page.is_element(node) || sizes[static_cast<std::size_t>(node)] > kMaxTextBytes ||
            is_hidden_content(page.name(node)))
            continue;
        const std::string text = text_of(page, node, tail);
        if (text.empty() || !known.contains(text))
            continue;
        if (tail.empty() && innermost(page, {node, -1}) != NodeRef{node, -1})
            continue;
        ValuePlace &place = places[tag_path_hash(page, node)];
        place.elements.push_back(node);
        place.values.insert(text);
    }
    return places;
}

/* From the number of different values that agree and their share of all. */
double confidence_of(std::size_t found, std::size_t known) {
    const double strength = found >= 4 ? 0.97 : found == 3 ? 0.93 : found == 2 ? 0.85 : 0.75;
    return strength * static_cast<double>(found) / static_cast<double>(known);
}

} // namespace

std::vector<Candidate> adapt_by_values(const Document &old_page, std::string_view xpath, const Document &new_page,
                                       const AdaptOptions &options, const Limits &limits) {
    const std::optional<PatternTargets> targets = pattern_targets(old_page, XPath(xpath).evaluate(old_page, 0, limits));
    if (!targets)
        return {};
    std::set<std::string> known;
    for (const NodeId element : targets->elements)
        if (std::string text = text_of(old_page, element, targets->tail); !text.empty())
            known.insert(std::move(text));
    if (known.empty())
        return {};
    const ValuePlace *best = nullptr;
    std::size_t rival = 0;
    const std::map<std::uint64_t, ValuePlace> places = places_of(new_page, known, targets->tail);
    for (const auto &[path, place] : places) {
        if (best == nullptr || place.values.size() > best->values.size()) {
            rival = best == nullptr ? 0 : best->values.size();
            best = &place;
        } else {
            rival = std::max(rival, place.values.size());
        }
    }
    if (best == nullptr || static_cast<double>(best->values.size()) < kLeastShare * static_cast<double>(known.size()))
        return {};
    const ElementSet set{&new_page, best->elements};
    const bool is_single = targets->elements.size() == 1;
    const std::optional<ChosenPath> path = choose_path({&set, 1}, is_single ? Fit::kExact : Fit::kAllWanted, limits);
    if (!path)
        return {};
    Candidate candidate;
    candidate.xpath = path->xpath + targets->tail;
    candidate.measure = "values";
    candidate.confidence = confidence_of(best->values.size(), known.size());
    if (rival == best->values.size() || (is_single && best->elements.size() > 1))
        candidate.confidence /= 2;
    LabelTable labels;
    const Tree before = tree_of(old_page, targets->elements.front(), options.similarity.tree, labels);
    const Tree after = tree_of(new_page, best->elements.front(), options.similarity.tree, labels);
    candidate.similarity =
        tree_similarity(before, after, measure_from_name(options.measure), options.similarity, limits);
    return {candidate};
}

} // namespace webwrap
