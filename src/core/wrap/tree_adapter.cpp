#include "core/wrap/tree_adapter.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/places.hpp"
#include "core/wrap/tree_search.hpp"

namespace webwrap {

namespace {

constexpr double kLeastOverlap = 0.8;   /* of what the row XPath selects with the records found */
constexpr std::size_t kMaxRecords = 40; /* new records that places are judged on */
constexpr std::size_t kMaxSeededRecords = 4;
constexpr std::size_t kMaxPaths = 200; /* places of one column that are judged */
constexpr std::size_t kMaxTexts = 32;  /* known texts of a leaf */
constexpr int kMaxPathCost = 8;
constexpr std::size_t kMaxSampleBytes = 120;

/* A record of a new page. */
struct NewRecord {
    std::size_t pair = 0;
    NodeId element = 0;
};

/* A path of one column with its likeness to the column's old nodes. */
struct Proposal {
    PathCandidate path;
    double similarity = 0;
    Place place; /* nodes only */
    std::string sample;
};

class TreeAdapter {
  public:
    TreeAdapter(const Wrapper &wrapper, std::span<const PagePair> pages, const AdaptMeasure &measure,
                const AdaptOptions &options, const AdaptationScope &scope, const Limits &limits);

    WrapperAdaptation run();

  private:
    void find_rows();
    void take_records(const std::string &xpath);
    std::vector<Proposal> propose(std::size_t column);
    void add_seeds(std::size_t column, const std::string &tail, const NewRecord &record,
                   std::map<std::string, PathCandidate> &paths);
    std::optional<Proposal> judge(std::size_t column, const PathCandidate &path);
    double text_likeness(const std::string &text);
    void learn_column(std::size_t column);
    void assign(std::vector<std::vector<Proposal>> &proposals);
    void finish();
    void doubt(const std::string &pattern, const std::string &reason);

    const Wrapper &wrapper_;
    std::span<const PagePair> pages_;
    const AdaptMeasure &measure_;
    const AdaptOptions &options_;
    const AdaptationScope &scope_;
    Limits limits_;
    Measure tree_measure_;
    std::vector<std::unique_ptr<TreeSearch>> searches_; /* by pair */
    std::vector<Extraction> old_;                       /* by pair */
    std::vector<NewRecord> records_;
    WrapperAdaptation adaptation_;

    /* Of the column at hand. */
    std::vector<std::string> texts_;
    std::map<std::string, double> text_to_likeness_;
    std::vector<std::map<NodeId, double>> similar_; /* by pair */
    bool by_text_ = true;                           /* its nodes are leaves */
    double old_filled_ = 0;                         /* share of old records with a node */
    std::vector<ColumnValues> values_;
};

TreeAdapter::TreeAdapter(const Wrapper &wrapper, std::span<const PagePair> pages, const AdaptMeasure &measure,
                         const AdaptOptions &options, const AdaptationScope &scope, const Limits &limits)
    : wrapper_(wrapper), pages_(pages), measure_(measure), options_(options), scope_(scope), limits_(limits),
      tree_measure_(*measure.tree_measure()) {
    const Extractor extractor(wrapper);
    for (const PagePair &pair : pages) {
        searches_.push_back(std::make_unique<TreeSearch>(*pair.new_page, options, tree_measure_, limits));
        old_.push_back(extractor.extract(*pair.old_page, limits, true));
    }
    for (const Column &column : wrapper.columns)
        values_.emplace_back(column);
    adaptation_.wrapper = wrapper;
    const auto add = [this](const std::string &name, const std::string &xpath) {
        PatternAdaptation pattern;
        pattern.pattern = name;
        pattern.old_xpath = pattern.new_xpath = xpath;
        pattern.measure = measure_.name;
        adaptation_.patterns.push_back(std::move(pattern));
    };
    if (wrapper.rows)
        add("rows", wrapper.rows->xpath);
    for (const Column &column : wrapper.columns)
        add(column.name, column.xpath);
}

void TreeAdapter::doubt(const std::string &name, const std::string &reason) {
    for (PatternAdaptation &pattern : adaptation_.patterns)
        if (is_in_column(name, pattern.pattern) && pattern.reason.empty())
            pattern.reason = reason;
}

/* The new records, and their XPath; none when nothing is similar enough. */
void TreeAdapter::find_rows() {
    if (!wrapper_.rows) {
        for (std::size_t pair = 0; pair < pages_.size(); ++pair)
            records_.push_back({pair, 0});
        return;
    }
    PatternAdaptation &rows = adaptation_.patterns.front();
    if (scope_.keeps_rows) {
        rows.similarity = rows.confidence = 1;
        rows.measure = "kept";
        take_records(wrapper_.rows->xpath);
        return;
    }
    const double threshold = options_.tree_threshold_of("rows", measure_);
    std::vector<ElementSet> found;
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t pair = 0; pair < pages_.size(); ++pair) {
        PatternTargets examples;
        for (const Record &record : old_[pair].records)
            if (pages_[pair].old_page->is_element(record.row.node))
                examples.elements.push_back(record.row.node);
        found.push_back({pages_[pair].new_page, {}});
        if (examples.elements.empty())
            continue;
        const std::map<NodeId, double> similar =
            searches_[pair]->similar_to(*pages_[pair].old_page, examples, threshold);
        found.back().elements = without_nesting(*pages_[pair].new_page, similar);
        for (const NodeId element : found.back().elements)
            sum += similar.at(element);
        count += found.back().elements.size();
    }
    const std::optional<ChosenPath> path = choose_path(found, Fit::kOverlap, limits_, wrapper_.rows->xpath);
    if (!path || path->overlap < kLeastOverlap) {
        rows.reason = count == 0 ? "no subtree is similar enough to the old records"
                                 : "no XPath selects just the subtrees that are similar to the old records";
        return;
    }
    rows.new_xpath = adaptation_.wrapper.rows->xpath = path->xpath;
    rows.similarity = rows.confidence = sum / static_cast<double>(count) * path->overlap;
    take_records(path->xpath);
}

void TreeAdapter::take_records(const std::string &xpath) {
    const XPath compiled(xpath);
    std::vector<NewRecord> all;
    for (std::size_t pair = 0; pair < pages_.size(); ++pair)
        for (const NodeRef &ref : compiled.evaluate(*pages_[pair].new_page, 0, limits_).nodes)
            if (!ref.is_attribute())
                all.push_back({pair, ref.node});
    const std::size_t count = std::min(all.size(), kMaxRecords);
    for (std::size_t i = 0; i < count; ++i)
        records_.push_back(all[i * all.size() / count]);
}

/* What the column's old nodes are like. */
void TreeAdapter::learn_column(std::size_t column) {
    texts_.clear();
    text_to_likeness_.clear();
    similar_.assign(pages_.size(), {});
    std::size_t filled = 0, count = 0;
    for (const Extraction &extraction : old_) {
        count += extraction.records.size();
        filled += static_cast<std::size_t>(
            std::count_if(extraction.records.begin(), extraction.records.end(),
                          [&](const Record &record) { return !record.cells[column].nodes.empty(); }));
    }
    old_filled_ = count == 0 ? 0 : static_cast<double>(filled) / static_cast<double>(count);
    const std::size_t step = std::max<std::size_t>(1, count / kMaxTexts);
    std::size_t at = 0;
    for (std::size_t pair = 0; pair < pages_.size(); ++pair)
        for (const Record &record : old_[pair].records)
            if (at++ % step == 0 && !record.cells[column].nodes.empty())
                texts_.push_back(fold_space(string_value(*pages_[pair].old_page, record.cells[column].nodes.front())));
    std::sort(texts_.begin(), texts_.end());
    texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
    if (texts_.size() > kMaxTexts)
        texts_.resize(kMaxTexts);
}

double TreeAdapter::text_likeness(const std::string &text) {
    const auto [found, is_new] = text_to_likeness_.try_emplace(text, 0);
    if (is_new)
        for (const std::string &known : texts_)
            found->second = std::max(found->second, leaf_similarity(known, text, tree_measure_));
    return found->second;
}

void TreeAdapter::add_seeds(std::size_t column, const std::string &tail, const NewRecord &record,
                            std::map<std::string, PathCandidate> &paths) {
    const Document &page = *pages_[record.pair].new_page;
    const double least =
        options_.tree_threshold_of(wrapper_.columns[column].name, measure_) / 2; /* of one node; their mean decides */
    for (NodeId node = record.element + 1; node < page.end_of(record.element) && paths.size() < kMaxPaths; ++node) {
        if (!page.is_element(node) || is_hidden_content(page.name(node)))
            continue;
        const NodeRef ref = tail_of(page, node, tail);
        if (ref.node == kNoNode)
            continue;
        if (by_text_ ? (tail.empty() && !is_leaf_element(page, node)) ||
                           text_likeness(fold_space(string_value(page, ref))) < least
                     : !similar_[record.pair].contains(node))
            continue;
        Interrupt::poll();
        for (PathCandidate &path : relative_paths(page, record.element, ref))
            if (path.cost <= kMaxPathCost || !wrapper_.rows)
                paths.try_emplace(path.xpath, path);
    }
}

/* nullopt when the path breaks a constraint of the column in some record. */
std::optional<Proposal> TreeAdapter::judge(std::size_t column, const PathCandidate &path) {
    Proposal proposal;
    proposal.path = path;
    proposal.place.refs.resize(records_.size());
    const XPath xpath(path.xpath);
    double sum = 0;
    std::size_t filled = 0;
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const Document &page = *pages_[records_[i].pair].new_page;
        const Selection selection = xpath.evaluate(page, records_[i].element, limits_);
        const ValueId value = values_[column].read_nodes(page, selection);
        if (value == kNoValue || (value == kNullValue && wrapper_.columns[column].required))
            return std::nullopt;
        if (selection.nodes.empty())
            continue;
        const NodeRef ref = selection.nodes.front();
        proposal.place.refs[i] = innermost(page, ref);
        ++filled;
        if (by_text_) {
            sum += text_likeness(fold_space(string_value(page, ref)));
        } else {
            const auto &similar = similar_[records_[i].pair];
            const auto found = similar.find(ref.node);
            sum += found == similar.end() ? 0 : found->second;
        }
        if (proposal.sample.empty())
            proposal.sample = fold_space(string_value(page, ref));
    }
    if (filled == 0)
        return std::nullopt;
    const double share = static_cast<double>(filled) / static_cast<double>(records_.size());
    /* A place that is empty in more, or fewer, records than the old one is less like it. */
    const double balance = 1 - std::fabs(share - old_filled_);
    proposal.similarity = sum / static_cast<double>(filled) * balance;
    return proposal;
}

std::vector<Proposal> TreeAdapter::propose(std::size_t column) {
    learn_column(column);
    std::string tail;
    bool is_known = false;
    by_text_ = true;
    for (std::size_t pair = 0; pair < pages_.size(); ++pair) {
        Selection nodes;
        for (const Record &record : old_[pair].records)
            if (!record.cells[column].nodes.empty())
                nodes.nodes.push_back(record.cells[column].nodes.front());
        const std::optional<PatternTargets> targets = pattern_targets(*pages_[pair].old_page, nodes);
        if (!targets)
            continue;
        is_known = true;
        tail = targets->tail;
        by_text_ = !tail.empty() || std::all_of(targets->elements.begin(), targets->elements.end(), [&](NodeId node) {
            return is_leaf_element(*pages_[pair].old_page, node);
        });
        if (!by_text_)
            similar_[pair] =
                searches_[pair]->similar_to(*pages_[pair].old_page, *targets,
                                            options_.tree_threshold_of(wrapper_.columns[column].name, measure_) / 2);
    }
    std::vector<Proposal> proposals;
    if (!is_known)
        return proposals;
    std::map<std::string, PathCandidate> paths;
    const std::size_t step = std::max<std::size_t>(1, records_.size() / kMaxSeededRecords);
    for (std::size_t i = 0; i < records_.size(); i += step)
        add_seeds(column, tail, records_[i], paths);
    paths.try_emplace(wrapper_.columns[column].xpath, PathCandidate{wrapper_.columns[column].xpath, 0, false});
    for (const auto &[xpath, path] : paths) {
        Interrupt::poll();
        if (std::optional<Proposal> proposal = judge(column, path))
            proposals.push_back(std::move(*proposal));
    }
    std::stable_sort(proposals.begin(), proposals.end(), [](const Proposal &a, const Proposal &b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.path.cost < b.path.cost;
    });
    return proposals;
}

/* Most similar first; no two columns take one place. */
void TreeAdapter::assign(std::vector<std::vector<Proposal>> &proposals) {
    std::vector<const Place *> taken;
    std::vector<bool> done(proposals.size());
    const std::size_t first = wrapper_.rows ? 1 : 0;
    for (std::size_t round = 0; round < proposals.size(); ++round) {
        std::size_t column = proposals.size();
        const Proposal *best = nullptr;
        for (std::size_t i = 0; i < proposals.size(); ++i) {
            if (done[i])
                continue;
            const auto free = std::find_if(proposals[i].begin(), proposals[i].end(), [&](const Proposal &p) {
                return std::none_of(taken.begin(), taken.end(),
                                    [&](const Place *place) { return same_place(*place, p.place); });
            });
            if (free != proposals[i].end() && (best == nullptr || free->similarity > best->similarity)) {
                best = &*free;
                column = i;
            }
        }
        if (best == nullptr)
            return;
        done[column] = true;
        taken.push_back(&best->place);
        PatternAdaptation &pattern = adaptation_.patterns[first + column];
        pattern.new_xpath = adaptation_.wrapper.columns[column].xpath = best->path.xpath;
        pattern.similarity = pattern.confidence = best->similarity;
        pattern.new_sample = abbreviate(best->sample, kMaxSampleBytes);
        for (const Proposal &other : proposals[column])
            if (&other != best && pattern.candidates.size() < 5)
                pattern.candidates.push_back({other.path.xpath, other.similarity, other.similarity, measure_.name});
    }
}

void TreeAdapter::finish() {
    const Extractor extractor(adaptation_.wrapper);
    for (const PagePair &pair : pages_)
        for (const Violation &violation : extractor.extract(*pair.new_page, limits_, pair.is_last_page).violations)
            doubt(violation.pattern, "constraint " + violation.constraint_name + " does not hold: " + violation.detail);
    adaptation_.is_sure = true;
    for (PatternAdaptation &pattern : adaptation_.patterns) {
        const bool is_similar =
            pattern.measure == "kept" || pattern.similarity >= options_.tree_threshold_of(pattern.pattern, measure_);
        if (!is_similar && pattern.reason.empty())
            pattern.reason = "similarity is below the threshold";
        pattern.is_sure = is_similar && pattern.reason.empty();
        adaptation_.is_sure = adaptation_.is_sure && pattern.is_sure;
    }
}

WrapperAdaptation TreeAdapter::run() {
    find_rows();
    std::vector<std::vector<Proposal>> proposals(wrapper_.columns.size());
    for (std::size_t column = 0; column < wrapper_.columns.size(); ++column) {
        PatternAdaptation &pattern = adaptation_.patterns[column + (wrapper_.rows ? 1 : 0)];
        if (records_.empty()) {
            pattern.reason = "there are no records to look in";
        } else if (!wrapper_.columns[column].columns.empty()) {
            pattern.measure = "kept"; /* its constraints decide */
            pattern.similarity = pattern.confidence = 1;
        } else {
            texts_.clear();
            proposals[column] = propose(column);
            for (const std::string &text : texts_)
                if (pattern.old_sample.empty())
                    pattern.old_sample = abbreviate(text, kMaxSampleBytes);
            if (proposals[column].empty())
                pattern.reason = "no place in the new records is similar";
        }
    }
    assign(proposals);
    finish();
    return std::move(adaptation_);
}

} // namespace

WrapperAdaptation adapt_wrapper_by_tree(const Wrapper &wrapper, std::span<const PagePair> pages,
                                        const AdaptMeasure &measure, const AdaptOptions &options,
                                        const AdaptationScope &scope, const Limits &limits) {
    return TreeAdapter(wrapper, pages, measure, options, scope, limits).run();
}

} // namespace webwrap
