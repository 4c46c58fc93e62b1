#include "core/wrap/adapt.hpp"

#include <algorithm>
#include <cmath>

#include "core/match/similarity.hpp"
#include "core/wrap/anchored_path.hpp"
#include "core/wrap/relocate.hpp"
#include "core/wrap/targets.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxAnswers = 5;

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
    const AdaptationModel &model = options.model ? *options.model : fitted_model();
    const ComparedPages pages(old_page, new_page);
    Relocator relocator(pages, targets->elements, model);
    const std::vector<Relocation> &found = relocator.find();
    std::vector<Candidate> answers;
    for (std::size_t i = 0; i < found.size() && answers.size() < kMaxAnswers; ++i) {
        bool is_new = true;
        for (std::size_t j = 0; j < i && is_new; ++j)
            is_new = !relocator.is_same_answer(found[i], found[j]);
        if (!is_new)
            continue;
        /* What the ranking likes less is no answer when the best one is none. */
        if (answers.empty() && i > 0)
            break;
        const TrustVector trust = relocator.trust(found[i]);
        Candidate candidate;
        candidate.confidence = model.answer.probability(trust);
        if (candidate.confidence < options.threshold)
            break;
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
    return answers;
}

double still_holds(const Document &old_page, std::string_view xpath, const Document &new_page,
                   const AdaptOptions &options, const Limits &limits) {
    const XPath compiled(xpath);
    const std::optional<Targets> before = targets_of(old_page, compiled.evaluate(old_page, 0, limits));
    const std::optional<Targets> after = targets_of(new_page, compiled.evaluate(new_page, 0, limits));
    if (!before || !after || before->tail != after->tail)
        return 0;
    if (same_page(old_page, new_page))
        return 1;
    const AdaptationModel &model = options.model ? *options.model : fitted_model();
    const ComparedPages pages(old_page, new_page);
    Relocator relocator(pages, before->elements, model);
    const std::optional<Relocation> own = relocator.judge(after->elements);
    return own ? model.holds.probability(relocator.trust(*own)) : 0;
}

} // namespace webwrap
