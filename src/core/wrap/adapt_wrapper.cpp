#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/match/similarity.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/fallback.hpp"
#include "core/wrap/joint.hpp"
#include "core/wrap/nested_columns.hpp"
#include "core/wrap/priorities.hpp"
#include "core/wrap/row_marks.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxRowPaths = 10; /* XPaths for the records that are tried with the columns */
constexpr double kKnownShare = 0.3;      /* of old records that must be found for values to decide */
constexpr std::size_t kMaxSampleBytes = 120;

/* An XPath for the records, with what it selects beside the known ones. */
struct RowPath {
    PathCandidate path;
    std::size_t extras = 0;
};

/* One way to adapt the whole wrapper. */
struct Outcome {
    WrapperAdaptation adaptation;
    double weakest = -1; /* confidence of the least sure pattern */
    double total = 0;    /* of all confidences, to tell failures apart */

    [[nodiscard]] bool beats(const Outcome &other) const {
        return adaptation.is_sure != other.adaptation.is_sure ? adaptation.is_sure
               : weakest != other.weakest                     ? weakest > other.weakest
                                                              : total > other.total;
    }
};

class WrapperAdapter {
  public:
    WrapperAdapter(const Wrapper &wrapper, std::span<const PagePair> pages, const AdaptOptions &options,
                   const AdaptationScope &scope, const Limits &limits)
        : wrapper_(wrapper), pages_(pages), options_(options), scope_(scope), limits_(limits),
          evidence_(wrapper, pages, limits) {}

    WrapperAdaptation run();

  private:
    Outcome try_level(const RecordLevel &level);
    std::vector<RowPath> row_paths(const RecordLevel &level);
    std::optional<std::size_t> count_extras(const std::string &xpath, const std::vector<ElementSet> &targets);
    void fill_rows(PatternAdaptation &rows, const RecordLevel &level, const RowPath &path);
    void fill_column(PatternAdaptation &pattern, std::size_t column, const ColumnDecision &decision,
                     const RecordLevel &level);
    void verify(Outcome &outcome, const RecordLevel &level);
    void verify_extras(Outcome &outcome, const RecordLevel &level, std::size_t pair, const Extraction &extraction);
    void verify_nested(Outcome &outcome, const RecordLevel &level, const std::vector<Extraction> &extractions);
    Outcome keep_all(const std::string &reason);
    void doubt(PatternAdaptation &pattern, double confidence, const std::string &reason);
    PatternAdaptation &pattern_of(Outcome &outcome, const std::string &name);
    void finish(Outcome &outcome);
    double record_similarity(const RecordLevel &level, std::optional<std::size_t> column, const Place *place);

    const Wrapper &wrapper_;
    std::span<const PagePair> pages_;
    const AdaptOptions &options_;
    const AdaptationScope &scope_;
    const Limits &limits_;
    Evidence evidence_;
};

PatternAdaptation kept_pattern(const std::string &name, const std::string &xpath, const std::string &reason) {
    PatternAdaptation pattern;
    pattern.pattern = name;
    pattern.old_xpath = pattern.new_xpath = xpath;
    pattern.reason = reason;
    return pattern;
}

Outcome WrapperAdapter::keep_all(const std::string &reason) {
    Outcome outcome;
    outcome.adaptation.wrapper = wrapper_;
    if (wrapper_.rows)
        outcome.adaptation.patterns.push_back(kept_pattern("rows", wrapper_.rows->xpath, reason));
    for (const Column &column : wrapper_.columns)
        outcome.adaptation.patterns.push_back(kept_pattern(column.name, column.xpath, reason));
    outcome.weakest = 0;
    return outcome;
}

WrapperAdaptation WrapperAdapter::run() {
    if (evidence_.records().empty())
        return keep_all("the wrapper finds no records on the old page").adaptation;
    std::vector<RecordLevel> levels;
    if (wrapper_.rows) {
        levels = align_records(evidence_);
    } else {
        RecordLevel whole;
        for (std::size_t i = 0; i < evidence_.records().size(); ++i)
            whole.aligned.push_back({i, 0, evidence_.new_page(evidence_.records()[i].pair).size(), 1});
        levels.push_back(std::move(whole));
    }
    Outcome best = keep_all("the known records are not found on the new page");
    for (const RecordLevel &level : levels) {
        Interrupt::poll();
        if (wrapper_.rows &&
            static_cast<double>(level.present) < kKnownShare * static_cast<double>(evidence_.records().size()))
            continue;
        Outcome outcome = try_level(level);
        if (outcome.beats(best))
            best = std::move(outcome);
        if (best.adaptation.is_sure)
            break;
    }
    if (!best.adaptation.is_sure && best.total <= 0 && wrapper_.rows && scope_.structure && !scope_.keeps_rows)
        if (std::optional<WrapperAdaptation> other = adapt_by_structure(evidence_, options_))
            return std::move(*other);
    return std::move(best.adaptation);
}

/* How many elements the XPath selects beside the targets; nullopt when it misses one or selects something else. */
std::optional<std::size_t> WrapperAdapter::count_extras(const std::string &xpath,
                                                        const std::vector<ElementSet> &targets) {
    const XPath compiled(xpath);
    std::size_t extras = 0;
    for (const ElementSet &set : targets) {
        const Selection selection = compiled.evaluate(*set.document, 0, limits_);
        std::size_t found = 0;
        for (const NodeRef &ref : selection.nodes)
            if (!ref.is_attribute() && std::binary_search(set.elements.begin(), set.elements.end(), ref.node))
                ++found;
        if (found != set.elements.size())
            return std::nullopt;
        extras += selection.nodes.size() - found;
    }
    return extras;
}

std::vector<RowPath> WrapperAdapter::row_paths(const RecordLevel &level) {
    std::vector<ElementSet> targets;
    for (std::size_t pair = 0; pair < pages_.size(); ++pair) {
        ElementSet set{pages_[pair].new_page, {}};
        for (const AlignedRecord &aligned : level.aligned)
            if (evidence_.records()[aligned.record].pair == pair)
                set.elements.push_back(aligned.element);
        std::sort(set.elements.begin(), set.elements.end());
        if (!set.elements.empty())
            targets.push_back(std::move(set));
    }
    std::vector<PathCandidate> candidates{{wrapper_.rows->xpath, 0, false}};
    if (!scope_.keeps_rows)
        for (PathCandidate &candidate : set_paths(targets))
            candidates.push_back(std::move(candidate));
    std::vector<RowPath> paths;
    std::size_t exact = 0;
    const auto try_all = [&](const std::vector<PathCandidate> &some) {
        for (const PathCandidate &candidate : some) {
            Interrupt::poll();
            const std::optional<std::size_t> extras = count_extras(candidate.xpath, targets);
            if (!extras)
                continue;
            paths.push_back({candidate, *extras});
            if (*extras == 0 && ++exact == 4)
                break;
        }
    };
    try_all(candidates);
    if (exact == 0 && !scope_.keeps_rows)
        try_all(marked_paths(targets));
    std::stable_sort(paths.begin(), paths.end(),
                     [](const RowPath &a, const RowPath &b) { return a.extras < b.extras; });
    if (paths.size() > kMaxRowPaths)
        paths.resize(kMaxRowPaths);
    return paths;
}

Outcome WrapperAdapter::try_level(const RecordLevel &level) {
    std::vector<RowPath> paths;
    if (wrapper_.rows) {
        paths = row_paths(level);
        if (paths.empty())
            return keep_all("no XPath selects just the new records");
    } else {
        paths.push_back({});
    }
    const std::vector<ColumnDecision> decisions = decide_columns(evidence_, level);
    std::vector<std::optional<NestedAdaptation>> nested(decisions.size());
    for (std::size_t column = 0; column < decisions.size(); ++column)
        if (!wrapper_.columns[column].columns.empty())
            nested[column] = adapt_nested(evidence_, level, column, options_);
    Outcome best;
    for (const RowPath &path : paths) {
        Interrupt::poll();
        Outcome outcome;
        outcome.adaptation.wrapper = wrapper_;
        if (wrapper_.rows) {
            PatternAdaptation rows = kept_pattern("rows", wrapper_.rows->xpath, {});
            fill_rows(rows, level, path);
            outcome.adaptation.wrapper.rows->xpath = rows.new_xpath;
            outcome.adaptation.patterns.push_back(std::move(rows));
        }
        for (std::size_t column = 0; column < decisions.size(); ++column) {
            if (nested[column]) {
                outcome.adaptation.wrapper.columns[column] = nested[column]->column;
                for (const PatternAdaptation &pattern : nested[column]->patterns)
                    outcome.adaptation.patterns.push_back(pattern);
                continue;
            }
            PatternAdaptation pattern = kept_pattern(wrapper_.columns[column].name, wrapper_.columns[column].xpath, {});
            fill_column(pattern, column, decisions[column], level);
            outcome.adaptation.wrapper.columns[column].xpath = pattern.new_xpath;
            outcome.adaptation.patterns.push_back(std::move(pattern));
        }
        verify(outcome, level);
        finish(outcome);
        if (outcome.beats(best))
            best = std::move(outcome);
        if (best.adaptation.is_sure)
            break;
    }
    return best;
}

void WrapperAdapter::fill_rows(PatternAdaptation &rows, const RecordLevel &level, const RowPath &path) {
    rows.new_xpath = path.path.xpath;
    rows.measure = "values";
    const double share = static_cast<double>(level.aligned.size()) / static_cast<double>(evidence_.records().size());
    rows.confidence = level.aligned.size() >= 4   ? 0.99
                      : level.aligned.size() == 3 ? 0.95
                      : level.aligned.size() == 2 ? 0.85
                                                  : 0.6;
    if (share < 0.8)
        rows.confidence = std::min(rows.confidence, 0.7 + 0.25 * share);
    if (path.extras > 0)
        rows.confidence = std::min(rows.confidence, 0.9);
    if (level.missed > 0)
        doubt(rows, 0.5, std::to_string(level.missed) + " known records stand elsewhere on the new page");
    rows.similarity = record_similarity(level, std::nullopt, nullptr);
    const AlignedRecord &first = level.aligned.front();
    const KnownRecord &record = evidence_.records()[first.record];
    rows.old_sample =
        abbreviate(fold_space(string_value(evidence_.old_page(record.pair), record.row)), kMaxSampleBytes);
    rows.new_sample =
        abbreviate(fold_space(evidence_.new_page(record.pair).string_value(first.element)), kMaxSampleBytes);
}

void WrapperAdapter::fill_column(PatternAdaptation &pattern, std::size_t column, const ColumnDecision &decision,
                                 const RecordLevel &level) {
    pattern.measure = "values";
    pattern.reason = decision.reason;
    pattern.confidence = decision.confidence;
    for (std::size_t i = decision.is_found ? 1 : 0; i < decision.places.size() && pattern.candidates.size() < 5; ++i) {
        const Place &place = decision.places[i];
        const double share = static_cast<double>(place.agreement.equal + place.agreement.both_null) /
                             static_cast<double>(std::max<std::size_t>(1, level.aligned.size()));
        pattern.candidates.push_back({place.path.xpath, share, 0.5 * share, "values"});
    }
    if (!decision.is_found)
        return;
    const Place &place = decision.places.front();
    pattern.new_xpath = place.path.xpath;
    pattern.similarity = record_similarity(level, column, &place);
    for (std::size_t i = 0; i < level.aligned.size(); ++i) {
        const KnownRecord &record = evidence_.records()[level.aligned[i].record];
        if (record.values[column] <= 0 || place.refs[i].node == kNoNode)
            continue;
        pattern.old_sample = abbreviate(evidence_.values(column).value(record.values[column]), kMaxSampleBytes);
        pattern.new_sample =
            abbreviate(fold_space(string_value(evidence_.new_page(record.pair), place.refs[i])), kMaxSampleBytes);
        break;
    }
}

/* Tree similarity of an old record to the new one, or of the children of the records that hold the column's node. */
double WrapperAdapter::record_similarity(const RecordLevel &level, std::optional<std::size_t> column,
                                         const Place *place) {
    /* The child of `top` that holds the node; the node's own element when it stands beside `top`. */
    const auto child_of = [](const Document &page, NodeId top, NodeId node) {
        const NodeId element = page.is_element(node) ? node : page.parent(node);
        if (top == 0)
            return page.parent(element) > 0 ? page.parent(element) : element;
        for (NodeId child = element; child > 0; child = page.parent(child))
            if (page.parent(child) == top)
                return child;
        return element;
    };
    for (std::size_t i = 0; i < level.aligned.size(); ++i) {
        const KnownRecord &record = evidence_.records()[level.aligned[i].record];
        NodeId before = record.row.node, after = level.aligned[i].element;
        if (column) {
            if (record.nodes[*column].empty() || place->refs[i].node == kNoNode)
                continue;
            before = child_of(evidence_.old_page(record.pair), before, record.nodes[*column].front().node);
            after = child_of(evidence_.new_page(record.pair), after, place->refs[i].node);
        }
        LabelTable labels;
        const TreeOptions &tree = options_.similarity.tree;
        const Tree a = tree_of(evidence_.old_page(record.pair), before, tree, labels);
        const Tree b = tree_of(evidence_.new_page(record.pair), after, tree, labels);
        return tree_similarity(a, b, measure_from_name(options_.measure), options_.similarity, limits_);
    }
    return 0;
}

void WrapperAdapter::doubt(PatternAdaptation &pattern, double confidence, const std::string &reason) {
    if (confidence < pattern.confidence || pattern.reason.empty())
        pattern.reason = reason;
    pattern.confidence = std::min(pattern.confidence, confidence);
}

PatternAdaptation &WrapperAdapter::pattern_of(Outcome &outcome, const std::string &name) {
    for (PatternAdaptation &pattern : outcome.adaptation.patterns)
        if (is_in_column(name, pattern.pattern))
            return pattern;
    return outcome.adaptation.patterns.front();
}

/* The adapted wrapper run on each new page: no constraint may be violated, and what stands beside the known records must
 * look like records. */
void WrapperAdapter::verify(Outcome &outcome, const RecordLevel &level) {
    const Extractor extractor(outcome.adaptation.wrapper);
    std::vector<Extraction> extractions;
    for (std::size_t pair = 0; pair < pages_.size(); ++pair) {
        const Extraction &extraction =
            extractions.emplace_back(extractor.extract(*pages_[pair].new_page, limits_, pages_[pair].is_last_page));
        for (const Violation &violation : extraction.violations)
            doubt(pattern_of(outcome, violation.pattern), 0.3,
                  "constraint " + violation.constraint_name + " does not hold: " + violation.detail);
        verify_extras(outcome, level, pair, extraction);
    }
    verify_nested(outcome, level, extractions);
}

void WrapperAdapter::verify_extras(Outcome &outcome, const RecordLevel &level, std::size_t pair,
                                   const Extraction &extraction) {
    std::set<NodeId> known;
    for (const AlignedRecord &aligned : level.aligned)
        if (evidence_.records()[aligned.record].pair == pair)
            known.insert(aligned.element);
    for (std::size_t column = 0; column < wrapper_.columns.size(); ++column) {
        if (wrapper_.columns[column].type != CellType::kText)
            continue;
        const bool had_letters =
            std::all_of(level.aligned.begin(), level.aligned.end(), [&](const AlignedRecord &aligned) {
                const ValueId value = evidence_.records()[aligned.record].values[column];
                return value <= 0 || has_letter_or_digit(evidence_.values(column).value(value));
            });
        for (const Record &record : extraction.records) {
            const std::optional<std::string> &value = record.cells[column].value;
            if (had_letters && value && !has_letter_or_digit(*value))
                doubt(pattern_of(outcome, wrapper_.columns[column].name), 0.3,
                      "\"" + abbreviate(*value, 20) + "\" looks like a mark for no value");
        }
    }
    std::size_t empty_extras = 0, extras = 0;
    for (const Record &record : extraction.records) {
        if (!wrapper_.rows || known.contains(record.row.node))
            continue;
        ++extras;
        std::size_t filled = 0;
        for (const Cell &cell : record.cells)
            filled += cell.value ? 1 : 0;
        empty_extras += filled * 2 < record.cells.size() ? 1 : 0;
    }
    if (empty_extras > 0)
        doubt(pattern_of(outcome, "rows"), 0.4,
              std::to_string(empty_extras) + " of " + std::to_string(extras) + " further rows are almost empty");
}

/* Nested columns are sure only when they give what is known in every record. */
void WrapperAdapter::verify_nested(Outcome &outcome, const RecordLevel &level,
                                   const std::vector<Extraction> &extractions) {
    std::vector<std::map<NodeId, const Record *>> row_to_record(extractions.size());
    for (std::size_t pair = 0; pair < extractions.size(); ++pair)
        for (const Record &record : extractions[pair].records)
            row_to_record[pair][record.row.node] = &record;
    for (std::size_t column = 0; column < wrapper_.columns.size(); ++column) {
        if (wrapper_.columns[column].columns.empty())
            continue;
        std::size_t equal = 0, other = 0;
        for (const AlignedRecord &aligned : level.aligned) {
            const KnownRecord &record = evidence_.records()[aligned.record];
            const auto found = row_to_record[record.pair].find(aligned.element);
            if (found == row_to_record[record.pair].end())
                continue;
            const std::optional<std::string> &value = found->second->cells[column].value;
            const ValueId got = value ? evidence_.values(column).intern(*value) : kNullValue;
            ++(got == record.values[column] ? equal : other);
        }
        if (other > 0 || equal == 0)
            doubt(pattern_of(outcome, wrapper_.columns[column].name), 0.2,
                  std::to_string(other) + " of " + std::to_string(equal + other) +
                      " known records have other nested values there");
    }
}

void WrapperAdapter::finish(Outcome &outcome) {
    outcome.weakest = 1;
    bool is_sure = true;
    for (PatternAdaptation &pattern : outcome.adaptation.patterns) {
        pattern.is_sure = pattern.confidence >= options_.threshold_of(pattern.pattern) &&
                          pattern.similarity >= options_.similarity_threshold_of(pattern.pattern);
        if (pattern.is_sure)
            pattern.reason.clear();
        else if (pattern.reason.empty())
            pattern.reason = "confidence or similarity is below the threshold";
        is_sure = is_sure && pattern.is_sure;
        outcome.weakest = std::min(outcome.weakest, pattern.confidence);
        outcome.total += pattern.confidence;
    }
    outcome.adaptation.is_sure = is_sure;
}

} // namespace

WrapperAdaptation adapt_by_records(const Wrapper &wrapper, std::span<const PagePair> pages, const AdaptOptions &options,
                                   const AdaptationScope &scope, const Limits &limits) {
    return WrapperAdapter(wrapper, pages, options, scope, limits).run();
}

} // namespace webwrap
