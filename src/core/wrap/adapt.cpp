#include "core/wrap/adapt.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/interrupt.hpp"
#include "core/match/similarity.hpp"
#include "core/wrap/paths.hpp"
#include "core/wrap/relocate.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxAnswers = 5;

/* What an XPath selects, as elements and what follows them in the path. */
struct Targets {
    std::vector<NodeId> elements;
    std::string tail; /* "", "/@href", "/text()" */
};

/* nullopt when the selection is empty, no node set, or of mixed kinds. */
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

/* The best XPath that selects exactly these elements. */
std::optional<std::string> exact_path(const Document &page, const std::vector<NodeId> &elements, const Limits &limits) {
    const ElementSet set{&page, elements};
    for (const PathCandidate &candidate : set_paths({&set, 1})) {
        Interrupt::poll();
        const Selection selection = XPath(candidate.xpath).evaluate(page, 0, limits);
        if (selection.nodes.size() != elements.size())
            continue;
        bool equal = true;
        for (std::size_t i = 0; i < elements.size() && equal; ++i)
            equal = selection.nodes[i] == NodeRef{elements[i], -1};
        if (equal)
            return candidate.xpath;
    }
    return std::nullopt;
}

/* True when the pages have the same elements, attributes and texts. */
bool same_page(const Document &a, const Document &b) {
    if (a.size() != b.size())
        return false;
    for (NodeId node = 0; node < a.size(); ++node) {
        if (a.kind(node) != b.kind(node) || a.parent(node) != b.parent(node) || a.text(node) != b.text(node))
            return false;
        if (!a.is_element(node))
            continue;
        const std::int32_t count = a.first_attribute(node + 1) - a.first_attribute(node);
        if (a.name(node) != b.name(node) || count != b.first_attribute(node + 1) - b.first_attribute(node))
            return false;
        for (std::int32_t i = 0; i < count; ++i) {
            const Attribute &x = a.attribute(a.first_attribute(node) + i),
                            &y = b.attribute(b.first_attribute(node) + i);
            if (a.name_text(x.name) != b.name_text(y.name) || x.value != y.value)
                return false;
        }
    }
    return true;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/* Probability that the relocation is right, from its own evidence and its lead over the next different one. The constants
 * were set by hand from measured bands, see docs/wrap.md. */
double confidence_of(const Relocation &best, double lead) {
    return logistic(-7.0 + 9.0 * best.mean + 3.0 * best.profile + 1.0 * best.count + 12.0 * best.margin +
                    10.0 * best.back + 20.0 * std::min(lead, 0.1));
}

double tree_similarity_of(const Document &old_page, NodeId before, const Document &new_page, NodeId after,
                          const AdaptOptions &options, const Limits &limits) {
    LabelTable labels;
    const Tree a = tree_of(old_page, before, options.similarity.tree, labels);
    const Tree b = tree_of(new_page, after, options.similarity.tree, labels);
    return tree_similarity(a, b, measure_from_name(options.measure), options.similarity, limits);
}

} // namespace

std::vector<Candidate> adapt(const Document &old_page, std::string_view xpath, const Document &new_page,
                             const AdaptOptions &options, const Limits &limits) {
    const std::optional<Targets> targets = targets_of(old_page, XPath(xpath).evaluate(old_page, 0, limits));
    if (!targets)
        return {};
    Relocator relocator(old_page, targets->elements, new_page);
    const std::vector<Relocation> found = relocator.find();
    std::vector<Candidate> answers;
    for (std::size_t i = 0; i < found.size() && answers.size() < kMaxAnswers; ++i) {
        const double lead =
            i == 0 ? found[0].score - (found.size() > 1 ? found[1].score : 0) : found[i].score - found[0].score;
        Candidate candidate;
        candidate.confidence = confidence_of(found[i], std::max(lead, -0.1));
        if (candidate.confidence < options.threshold)
            continue;
        const std::optional<std::string> path = exact_path(new_page, found[i].elements, limits);
        if (!path)
            continue;
        candidate.xpath = *path + targets->tail;
        if (XPath(candidate.xpath).evaluate(new_page, 0, limits).nodes.empty())
            continue;
        candidate.similarity = tree_similarity_of(old_page, targets->elements.front(), new_page,
                                                  found[i].elements.front(), options, limits);
        candidate.measure = "combined";
        if (candidate.similarity >= options.similarity_threshold)
            answers.push_back(std::move(candidate));
    }
    std::stable_sort(answers.begin(), answers.end(),
                     [](const Candidate &a, const Candidate &b) { return a.confidence > b.confidence; });
    return answers;
}

double still_holds(const Document &old_page, std::string_view xpath, const Document &new_page, const Limits &limits) {
    const XPath compiled(xpath);
    const std::optional<Targets> before = targets_of(old_page, compiled.evaluate(old_page, 0, limits));
    const std::optional<Targets> after = targets_of(new_page, compiled.evaluate(new_page, 0, limits));
    if (!before || !after || before->tail != after->tail)
        return 0;
    if (same_page(old_page, new_page))
        return 1;
    Relocator relocator(old_page, before->elements, new_page);
    const Relocation own = relocator.judge(after->elements);
    const std::vector<Relocation> found = relocator.find();
    const double best = found.empty() ? own.score : std::max(own.score, found.front().score);
    return logistic(-3.5 + 9.0 * own.mean + 3.0 * own.profile + 1.0 * own.count + 8.0 * own.back -
                    25.0 * (best - own.score));
}

} // namespace webwrap
