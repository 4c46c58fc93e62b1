#include "core/wrap/priorities.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/wrap/explain.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/tree_adapter.hpp"
#include "core/wrap/tree_search.hpp"
#include "core/wrap/value_search.hpp"

namespace webwrap {

namespace {

/* The options with the measure's own threshold in the place of all others. */
AdaptOptions options_for(const AdaptOptions &options, const AdaptMeasure &measure) {
    AdaptOptions own = options;
    if (!measure.threshold)
        return own;
    own.threshold = *measure.threshold;
    for (auto &[pattern, thresholds] : own.patterns)
        thresholds.threshold.reset();
    return own;
}

std::vector<AdaptMeasure> measures_of(const AdaptOptions &options) {
    if (!options.measures.empty())
        return options.measures;
    return {{"combined", {}}};
}

/* Whether the row pattern is to keep its XPath: it may be adapted for its own sake only, and nothing is wrong with it. */
bool keeps_rows(const Wrapper &wrapper, std::span<const PagePair> pages, const AdaptOptions &options,
                const Limits &limits) {
    if (options.bottom_up || !wrapper.rows)
        return false;
    const Extractor extractor(wrapper);
    return std::all_of(pages.begin(), pages.end(), [&](const PagePair &pair) {
        const Extraction extraction = extractor.extract(*pair.new_page, limits, pair.is_last_page);
        return !extraction.records.empty() &&
               std::none_of(extraction.violations.begin(), extraction.violations.end(),
                            [](const Violation &violation) { return violation.pattern == "rows"; });
    });
}

/* Patterns that the wrapper violates on the new pages. */
std::vector<std::string> violated_patterns(const Wrapper &wrapper, std::span<const PagePair> pages,
                                           const Limits &limits) {
    const Extractor extractor(wrapper);
    std::vector<std::string> patterns;
    for (const PagePair &pair : pages)
        for (const Violation &violation : extractor.extract(*pair.new_page, limits, pair.is_last_page).violations)
            patterns.push_back(violation.pattern);
    return patterns;
}

PatternAdaptation kept(const PatternAdaptation &adapted) {
    PatternAdaptation pattern;
    pattern.pattern = adapted.pattern;
    pattern.old_xpath = pattern.new_xpath = adapted.old_xpath;
    pattern.is_sure = true;
    pattern.similarity = pattern.confidence = 1;
    pattern.measure = "kept";
    return pattern;
}

/* Gives columns their old XPath back that the adaptation of their record does not force to change, while nothing is wrong
 * with it inside the new records. */
void apply_top_down(WrapperAdaptation &adaptation, const Wrapper &before, std::span<const PagePair> pages,
                    const AdaptOptions &options, const Limits &limits) {
    if (options.top_down.all || !before.rows || adaptation.wrapper.rows->xpath == before.rows->xpath)
        return;
    WrapperAdaptation chosen = adaptation;
    std::vector<bool> is_kept(before.columns.size());
    for (std::size_t i = 0; i < before.columns.size(); ++i) {
        is_kept[i] = !options.top_down.forces(before.columns[i].name);
        if (is_kept[i])
            chosen.wrapper.columns[i] = before.columns[i];
    }
    /* A column that violates with its old XPath is adapted for its own sake; each round adapts one more. */
    for (bool changed = true; changed;) {
        changed = false;
        for (const std::string &pattern : violated_patterns(chosen.wrapper, pages, limits)) {
            if (pattern == "rows")
                return; /* what a record lacks, some column has to give */
            for (std::size_t i = 0; i < is_kept.size(); ++i)
                if (is_kept[i] && is_in_column(pattern, before.columns[i].name)) {
                    is_kept[i] = false;
                    chosen.wrapper.columns[i] = adaptation.wrapper.columns[i];
                    changed = true;
                }
        }
    }
    chosen.is_sure = true;
    for (PatternAdaptation &pattern : chosen.patterns) {
        for (std::size_t i = 0; i < is_kept.size(); ++i)
            if (is_kept[i] && is_in_column(pattern.pattern, before.columns[i].name) && pattern.pattern != "rows")
                pattern = kept(pattern);
        chosen.is_sure = chosen.is_sure && pattern.is_sure;
    }
    adaptation = std::move(chosen);
}

std::size_t sure_patterns(const WrapperAdaptation &adaptation) {
    return static_cast<std::size_t>(std::count_if(adaptation.patterns.begin(), adaptation.patterns.end(),
                                                  [](const PatternAdaptation &p) { return p.is_sure; }));
}

} // namespace

std::vector<Candidate> adapt_by_priority(const Document &old_page, std::string_view xpath, const Document &new_page,
                                         const AdaptOptions &options, const Limits &limits) {
    for (const AdaptMeasure &measure : measures_of(options)) {
        Interrupt::poll();
        const AdaptOptions own = options_for(options, measure);
        std::vector<Candidate> answers;
        double least = own.threshold;
        if (measure.tree_measure()) {
            least = own.tree_threshold_of({}, measure);
            answers = adapt_by_tree(old_page, xpath, new_page, measure, own, limits);
        } else if (measure.name == "values") {
            answers = adapt_by_values(old_page, xpath, new_page, own, limits);
            std::erase_if(answers, [&](const Candidate &c) { return c.similarity < own.similarity_threshold; });
        } else {
            answers = adapt(old_page, xpath, new_page, own, limits);
        }
        std::erase_if(answers, [&](const Candidate &candidate) { return candidate.confidence < least; });
        if (answers.empty())
            continue;
        if (options.explain)
            explain_answers(answers, old_page, xpath, new_page, own, limits);
        return answers;
    }
    return {};
}

namespace {

WrapperAdaptation adapt_wrapper_by_priority(const Wrapper &wrapper, std::span<const PagePair> pages,
                                            const AdaptOptions &options, const Limits &limits) {
    AdaptationScope scope;
    scope.keeps_rows = keeps_rows(wrapper, pages, options, limits);
    std::optional<WrapperAdaptation> best;
    for (const AdaptMeasure &measure : measures_of(options)) {
        Interrupt::poll();
        const AdaptOptions own = options_for(options, measure);
        scope.structure = measure.name == "combined";
        WrapperAdaptation adaptation = measure.tree_measure()
                                           ? adapt_wrapper_by_tree(wrapper, pages, measure, own, scope, limits)
                                           : adapt_by_records(wrapper, pages, own, scope, limits);
        apply_top_down(adaptation, wrapper, pages, own, limits);
        if (adaptation.is_sure)
            return adaptation;
        if (!best || sure_patterns(adaptation) > sure_patterns(*best))
            best = std::move(adaptation);
    }
    return std::move(*best);
}

} // namespace

WrapperAdaptation adapt_wrapper(const Wrapper &wrapper, std::span<const PagePair> pages, const AdaptOptions &options,
                                const Limits &limits) {
    WrapperAdaptation adaptation = adapt_wrapper_by_priority(wrapper, pages, options, limits);
    if (options.explain)
        explain_patterns(adaptation, wrapper, pages, limits);
    return adaptation;
}

} // namespace webwrap
