#include "core/wrap/tree_search.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/match/text_similarity.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxAnswers = 5;
constexpr std::size_t kMaxEquals = 200; /* equally similar elements whose place and text are compared */
constexpr double kLeastOverlap = 0.8;   /* of what the XPath selects with what was found */
constexpr double kEqual = 1e-9;
constexpr std::size_t kElementsPerPoll = 512;
constexpr std::size_t kMaxComparedText = 256; /* characters */

/* The measure's counterpart on texts. */
TextMeasure text_measure_of(Measure measure) {
    switch (measure) {
    case Measure::kJaroWinkler:
        return TextMeasure::kJaroWinkler;
    case Measure::kEdit:
        return TextMeasure::kEdit;
    default:
        return TextMeasure::kBigram;
    }
}

std::string compared_part(std::string_view text) {
    const std::u16string characters = utf16_from(lower_case(fold_space(text)));
    return utf8_from(std::u16string_view(characters).substr(0, kMaxComparedText));
}

/* At most kMaxExamples elements, evenly chosen. */
std::vector<NodeId> sample(const std::vector<NodeId> &elements) {
    const std::size_t count = std::min(elements.size(), TreeSearch::kMaxExamples);
    std::vector<NodeId> chosen;
    for (std::size_t i = 0; i < count; ++i)
        chosen.push_back(elements[i * elements.size() / count]);
    return chosen;
}

/* Tags above the element, sorted. */
std::vector<std::string_view> tags_above(const Document &page, NodeId element) {
    std::vector<std::string_view> tags;
    for (NodeId above = page.parent(element); above > 0; above = page.parent(above))
        tags.push_back(page.name(above));
    std::sort(tags.begin(), tags.end());
    return tags;
}

/* How alike the places and texts of two elements are, 0..1: what tells equal subtrees apart. */
double context_similarity(const Document &old_page, NodeId before, const Document &new_page, NodeId after,
                          Measure measure) {
    const std::vector<std::string_view> a = tags_above(old_page, before), b = tags_above(new_page, after);
    std::vector<std::string_view> common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
    const double path = a.empty() && b.empty()
                            ? 1
                            : 2.0 * static_cast<double>(common.size()) / static_cast<double>(a.size() + b.size());
    return (path + leaf_similarity(old_page.string_value(before), new_page.string_value(after), measure)) / 2;
}

/* An element with what ranks it. */
struct Ranked {
    NodeId element;
    double similarity;
    double context;
};

std::vector<Ranked> rank(const Document &old_page, NodeId target, const Document &new_page,
                         const std::map<NodeId, double> &similar, Measure measure) {
    std::vector<Ranked> ranked;
    for (const auto &[element, similarity] : similar)
        ranked.push_back({element, similarity, 0});
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const Ranked &a, const Ranked &b) { return a.similarity > b.similarity; });
    for (std::size_t i = 0; i < std::min(ranked.size(), kMaxEquals); ++i) {
        Interrupt::poll();
        ranked[i].context = context_similarity(old_page, target, new_page, ranked[i].element, measure);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked &a, const Ranked &b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.context > b.context;
    });
    return ranked;
}

std::optional<Candidate> answer(const Document &page, std::vector<NodeId> elements, const std::string &tail,
                                double similarity, const AdaptMeasure &measure, const Limits &limits) {
    const ElementSet set{&page, std::move(elements)};
    const std::optional<ChosenPath> path = choose_path({&set, 1}, Fit::kOverlap, limits);
    if (!path || path->overlap < kLeastOverlap)
        return std::nullopt;
    Candidate candidate;
    candidate.xpath = path->xpath + tail;
    if (XPath(candidate.xpath).evaluate(page, 0, limits).nodes.empty())
        return std::nullopt;
    candidate.similarity = similarity;
    candidate.confidence = similarity * path->overlap;
    candidate.measure = measure.name;
    return candidate;
}

} // namespace

double leaf_similarity(std::string_view a, std::string_view b, Measure measure) {
    CellBudget budget{Limits{}}; /* two texts of that length are far below it */
    return text_similarity(compared_part(a), compared_part(b), text_measure_of(measure), budget);
}

bool is_leaf_element(const Document &page, NodeId element) {
    for (NodeId node = element + 1; node < page.end_of(element); ++node)
        if (page.is_element(node))
            return false;
    return true;
}

std::vector<NodeId> without_nesting(const Document &page, const std::map<NodeId, double> &similar) {
    std::vector<std::pair<NodeId, double>> order(similar.begin(), similar.end());
    std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    std::map<NodeId, NodeId> taken; /* first node to end: disjoint */
    for (const auto &[element, similarity] : order) {
        const NodeId end = page.end_of(element);
        const auto after = taken.lower_bound(element);
        const bool holds_one = after != taken.end() && after->first < end;
        const bool stands_in_one = after != taken.begin() && std::prev(after)->second > element;
        if (!holds_one && !stands_in_one)
            taken.emplace(element, end);
    }
    std::vector<NodeId> elements;
    for (const auto &[element, end] : taken)
        elements.push_back(element);
    return elements;
}

TreeSearch::TreeSearch(const Document &new_page, const AdaptOptions &options, Measure measure, const Limits &limits)
    : page_(new_page), options_(options), measure_(measure), limits_(limits) {}

std::map<NodeId, double> TreeSearch::similar_to(const Document &old_page, const PatternTargets &examples,
                                                double threshold) {
    std::map<NodeId, double> found;
    const std::vector<NodeId> chosen = sample(examples.elements);
    const bool are_leaves = !examples.tail.empty() || std::all_of(chosen.begin(), chosen.end(), [&](NodeId element) {
        return is_leaf_element(old_page, element);
    });
    if (are_leaves) {
        add_similar_texts(old_page, examples, threshold, found);
        return found;
    }
    if (search_ == nullptr)
        search_ = std::make_unique<SubtreeSearch>(page_, labels_, options_.similarity.tree, limits_);
    for (const NodeId example : chosen) {
        Interrupt::poll();
        const Tree tree = tree_of(old_page, example, options_.similarity.tree, labels_);
        for (const SimilarNode &node : search_->find(tree, measure_, threshold, options_.similarity)) {
            if (!page_.is_element(node.node) || page_.parent(node.node) == 0)
                continue;
            double &best = found[node.node];
            best = std::max(best, node.similarity);
        }
    }
    return found;
}

void TreeSearch::add_similar_texts(const Document &old_page, const PatternTargets &examples, double threshold,
                                   std::map<NodeId, double> &found) {
    std::vector<std::string> texts;
    for (const NodeId element : sample(examples.elements))
        if (const NodeRef ref = tail_of(old_page, element, examples.tail); ref.node != kNoNode)
            texts.push_back(string_value(old_page, ref));
    std::size_t seen = 0;
    for (NodeId node = 1; node < page_.size(); ++node) {
        if (++seen % kElementsPerPoll == 0)
            Interrupt::poll();
        if (!page_.is_element(node) || (examples.tail.empty() && !is_leaf_element(page_, node)))
            continue;
        const NodeRef ref = tail_of(page_, node, examples.tail);
        if (ref.node == kNoNode)
            continue;
        const std::string text = string_value(page_, ref);
        for (const std::string &example : texts) {
            const double similarity = leaf_similarity(example, text, measure_);
            if (similarity <= 0 || similarity < threshold)
                continue;
            double &best = found[node];
            best = std::max(best, similarity);
        }
    }
}

std::vector<Candidate> adapt_by_tree(const Document &old_page, std::string_view xpath, const Document &new_page,
                                     const AdaptMeasure &measure, const AdaptOptions &options, const Limits &limits) {
    const std::optional<PatternTargets> targets = pattern_targets(old_page, XPath(xpath).evaluate(old_page, 0, limits));
    if (!targets)
        return {};
    const Measure tree_measure = *measure.tree_measure();
    TreeSearch search(new_page, options, tree_measure, limits);
    const std::map<NodeId, double> similar =
        search.similar_to(old_page, *targets, options.tree_threshold_of({}, measure));
    std::vector<Candidate> answers;
    if (targets->elements.size() > 1) {
        std::vector<NodeId> elements = without_nesting(new_page, similar);
        if (elements.empty())
            return {};
        double sum = 0;
        for (const NodeId element : elements)
            sum += similar.at(element);
        const double mean = sum / static_cast<double>(elements.size());
        if (std::optional<Candidate> one = answer(new_page, std::move(elements), targets->tail, mean, measure, limits))
            answers.push_back(std::move(*one));
        return answers;
    }
    const std::vector<Ranked> ranked = rank(old_page, targets->elements.front(), new_page, similar, tree_measure);
    for (std::size_t i = 0; i < ranked.size() && answers.size() < kMaxAnswers; ++i) {
        std::optional<Candidate> one =
            answer(new_page, {ranked[i].element}, targets->tail, ranked[i].similarity, measure, limits);
        if (!one)
            continue;
        const auto equals_it = [&](const Ranked &other) {
            return std::abs(other.similarity - ranked[i].similarity) < kEqual &&
                   std::abs(other.context - ranked[i].context) < kEqual;
        };
        if (std::count_if(ranked.begin(), ranked.end(), equals_it) > 1)
            one->confidence /= 2;
        answers.push_back(std::move(*one));
    }
    std::stable_sort(answers.begin(), answers.end(),
                     [](const Candidate &a, const Candidate &b) { return a.confidence > b.confidence; });
    return answers;
}

} // namespace webwrap
