#include "core/wrap/explain.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/anchored_path.hpp"
#include "core/wrap/pattern_targets.hpp"
#include "core/wrap/relocate.hpp"

namespace webwrap {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxListed = 20; /* elements and texts of one side */
constexpr std::size_t kMaxTextBytes = 200;
constexpr std::size_t kMaxOthers = 3;
constexpr std::array<const char *, kTargetKinds> kKindNames{"text", "list", "media"};

/* Enough digits to add up, few enough to be read. */
double rounded(double number) { return std::round(number * 1e6) / 1e6; }

json side_json(const Document &page, const std::vector<NodeId> &elements, const std::string &tail) {
    json paths = json::array(), texts = json::array();
    for (std::size_t i = 0; i < std::min(elements.size(), kMaxListed); ++i) {
        paths.push_back(positional_path(page, {elements[i], -1}) + tail);
        const NodeRef ref = tail_of(page, elements[i], tail);
        texts.push_back(ref.node == kNoNode ? json(nullptr)
                                            : json(abbreviate(fold_space(string_value(page, ref)), kMaxTextBytes)));
    }
    return {{"count", elements.size()}, {"elements", std::move(paths)}, {"values", std::move(texts)}};
}

/* What counted, largest contribution first. */
template <typename Values, typename Names>
json terms_json(const Values &values, const Values &weights, const Names &names) {
    std::vector<std::size_t> order;
    const auto contribution = [&](std::size_t i) {
        return static_cast<double>(values[i]) * static_cast<double>(weights[i]);
    };
    for (std::size_t i = 0; i < values.size(); ++i)
        if (contribution(i) != 0)
            order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(contribution(a)) > std::abs(contribution(b));
    });
    json terms = json::array();
    for (const std::size_t i : order)
        terms.push_back({{"feature", names[i]},
                         {"value", rounded(static_cast<double>(values[i]))},
                         {"weight", rounded(static_cast<double>(weights[i]))},
                         {"contribution", rounded(contribution(i))}});
    return terms;
}

/* Judges groups of the new page against one set of elements of the old one. */
class Explainer {
  public:
    Explainer(const ComparedPages &pages, PatternTargets before, const AdaptationModel &model)
        : old_page_(pages.old_features().document()), new_page_(pages.new_features().document()), model_(model),
          before_(std::move(before)), relocator_(pages, before_.elements, model) {}

    /* Of the elements that were taken; none where there is no answer. */
    json explain(const PatternTargets &after) {
        const std::vector<Relocation> &found = relocator_.find();
        json evidence = {{"kind", kKindNames[static_cast<std::size_t>(relocator_.kind())]},
                         {"old", side_json(old_page_, before_.elements, before_.tail)},
                         {"groups", found.size()}};
        chosen_ = relocator_.judge(after.elements);
        evidence["new"] = side_json(new_page_, after.elements, after.tail);
        if (!chosen_)
            return evidence;
        evidence["rank"] = nullptr;
        for (std::size_t i = 0; i < found.size() && evidence["rank"].is_null(); ++i)
            if (relocator_.is_same_answer(found[i], *chosen_))
                evidence["rank"] = i + 1;
        evidence.update(judgement_json(*chosen_));
        return evidence;
    }

    /* The best groups that are other answers than the one explained last. */
    json others(const Limits &limits) {
        json list = json::array();
        std::vector<const Relocation *> shown;
        for (const Relocation &one : relocator_.find()) {
            Interrupt::poll();
            if (shown.size() == kMaxOthers)
                break;
            if ((chosen_ && relocator_.is_same_answer(one, *chosen_)) ||
                std::any_of(shown.begin(), shown.end(),
                            [&](const Relocation *other) { return relocator_.is_same_answer(one, *other); }))
                continue;
            shown.push_back(&one);
            json other = judgement_json(one);
            other["new"] = side_json(new_page_, one.elements, before_.tail);
            const std::optional<std::string> path = exact_path(new_page_, one.elements, limits);
            other["xpath"] = path ? json(*path + before_.tail) : json(nullptr);
            list.push_back(std::move(other));
        }
        return list;
    }

  private:
    json judgement_json(const Relocation &group) {
        const RankVector &weights = model_.ranking.weights[static_cast<std::size_t>(relocator_.kind())];
        const TrustVector trust = relocator_.trust(group);
        return {{"score", rounded(group.ranked.score)},
                {"features", terms_json(group.ranked.evidence, weights, rank_feature_names())},
                {"trust",
                 {{"intercept", rounded(static_cast<double>(model_.answer.intercept))},
                  {"terms", terms_json(trust, model_.answer.weights, trust_names())},
                  {"probability", rounded(model_.answer.probability(trust))}}}};
    }

    const Document &old_page_;
    const Document &new_page_;
    const AdaptationModel &model_;
    PatternTargets before_;
    Relocator relocator_;
    std::optional<Relocation> chosen_;
};

/* What a pattern selects on the whole page, record by record. */
Selection select_pattern(const Wrapper &wrapper, const std::string &pattern, const Document &page,
                         const Limits &limits) {
    Selection rows;
    rows.nodes = {{0, -1}};
    if (wrapper.rows)
        rows = XPath(wrapper.rows->xpath).evaluate(page, 0, limits);
    if (pattern == "rows" && wrapper.rows)
        return rows;
    const auto column = std::find_if(wrapper.columns.begin(), wrapper.columns.end(),
                                     [&](const Column &one) { return one.name == pattern; });
    Selection all;
    if (column == wrapper.columns.end())
        return all;
    const XPath path(column->xpath);
    for (const NodeRef &row : rows.nodes) {
        Interrupt::poll();
        const Selection selection = path.evaluate(page, row.node, limits);
        all.nodes.insert(all.nodes.end(), selection.nodes.begin(), selection.nodes.end());
    }
    return all;
}

/* `compared` are the pair's pages, filled in when they are needed first. */
std::string explain_pattern(const PatternAdaptation &pattern, const Wrapper &before, const Wrapper &after,
                            const PagePair &pair, std::optional<ComparedPages> &compared, const AdaptationModel &model,
                            const Limits &limits) {
    const auto was = pattern_targets(*pair.old_page, select_pattern(before, pattern.pattern, *pair.old_page, limits));
    if (!was)
        return {};
    const auto is = pattern_targets(*pair.new_page, select_pattern(after, pattern.pattern, *pair.new_page, limits));
    if (!compared)
        compared.emplace(*pair.old_page, *pair.new_page);
    Explainer explainer(*compared, *was, model);
    json evidence = explainer.explain(is.value_or(PatternTargets{}));
    evidence["others"] = explainer.others(limits);
    evidence["candidates"] = json::array();
    for (const Candidate &candidate : pattern.candidates)
        evidence["candidates"].push_back({{"xpath", candidate.xpath},
                                          {"similarity", rounded(candidate.similarity)},
                                          {"confidence", rounded(candidate.confidence)},
                                          {"measure", candidate.measure}});
    return evidence.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

void explain_answers(std::vector<Candidate> &answers, const Document &old_page, std::string_view xpath,
                     const Document &new_page, const AdaptOptions &options, const Limits &limits) {
    const auto before = pattern_targets(old_page, XPath(xpath).evaluate(old_page, 0, limits));
    if (!before)
        return;
    const ComparedPages pages(old_page, new_page);
    Explainer explainer(pages, *before, options.model ? *options.model : fitted_model());
    for (Candidate &answer : answers) {
        Interrupt::poll();
        const auto after = pattern_targets(new_page, XPath(answer.xpath).evaluate(new_page, 0, limits));
        json evidence = explainer.explain(after.value_or(PatternTargets{}));
        evidence["threshold"] = options.threshold;
        answer.evidence = evidence.dump(-1, ' ', false, json::error_handler_t::replace);
    }
}

void explain_patterns(WrapperAdaptation &adaptation, const Wrapper &before, std::span<const PagePair> pages,
                      const Limits &limits) {
    const AdaptationModel &model = fitted_model();
    std::vector<std::optional<ComparedPages>> compared(pages.size());
    for (PatternAdaptation &pattern : adaptation.patterns) {
        if (pattern.measure == "kept")
            continue;
        for (std::size_t i = 0; i < pages.size(); ++i) {
            Interrupt::poll();
            pattern.evidence =
                explain_pattern(pattern, before, adaptation.wrapper, pages[i], compared[i], model, limits);
            if (!pattern.evidence.empty())
                break;
        }
    }
}

} // namespace webwrap
