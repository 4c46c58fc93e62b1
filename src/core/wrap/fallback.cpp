#include "core/wrap/fallback.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/alignment.hpp"
#include "core/wrap/paths.hpp"
#include "core/wrap/relocate.hpp"
#include "core/wrap/structure_columns.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxRowGroups = 4;
constexpr std::size_t kMaxCandidates = 5;
constexpr std::size_t kMaxSampleBytes = 120;
constexpr double kNamedRows = 0.9; /* most columns stand in the rows under the names that they had */
constexpr double kDoubtful = 0.3;

class StructureAdapter {
  public:
    StructureAdapter(Evidence &evidence, const AdaptOptions &options)
        : evidence_(evidence), options_(options), model_(options.model ? *options.model : fitted_model()) {}

    std::optional<WrapperAdaptation> run();

  private:
    bool find_rows();
    PatternAdaptation row_pattern(const std::vector<StructureDecision> &decisions) const;
    PatternAdaptation column_pattern(std::size_t column, const StructureDecision &decision) const;
    void verify(WrapperAdaptation &adaptation);
    void verify_values(WrapperAdaptation &adaptation, const std::vector<Extraction> &extractions);
    void verify_others(WrapperAdaptation &adaptation, const Extractor &extractor);

    Evidence &evidence_;
    const AdaptOptions &options_;
    const AdaptationModel &model_;
    std::optional<ComparedPages> pages_; /* the first pair, from find_rows() on */
    std::string row_path_;
    double row_confidence_ = 0;
    std::vector<NodeId> rows_; /* of the first new page */
};

/* The record pattern is adapted like a single one, on the first pair. */
bool StructureAdapter::find_rows() {
    std::vector<NodeId> targets;
    for (const KnownRecord &record : evidence_.records())
        if (record.pair == 0)
            targets.push_back(record.row.node);
    if (targets.size() < 2)
        return false;
    pages_.emplace(evidence_.old_page(0), evidence_.new_page(0));
    Relocator relocator(*pages_, targets, model_);
    const std::vector<Relocation> &found = relocator.find();
    for (std::size_t i = 0; i < found.size() && i < kMaxRowGroups; ++i) {
        if (found[i].elements.size() < 2)
            continue;
        const ElementSet set{&evidence_.new_page(0), found[i].elements};
        for (const PathCandidate &path : set_paths({&set, 1})) {
            const Selection selection = XPath(path.xpath).evaluate(evidence_.new_page(0), 0, evidence_.limits());
            const bool is_exact = selection.nodes.size() == set.elements.size() &&
                                  std::equal(selection.nodes.begin(), selection.nodes.end(), set.elements.begin(),
                                             [](NodeRef ref, NodeId element) {
                                                 return ref == NodeRef{element, -1};
                                             });
            if (!is_exact)
                continue;
            row_path_ = path.xpath;
            rows_ = found[i].elements;
            row_confidence_ = model_.answer.probability(relocator.trust(found[i]));
            return true;
        }
    }
    return false;
}

PatternAdaptation StructureAdapter::row_pattern(const std::vector<StructureDecision> &decisions) const {
    PatternAdaptation rows;
    rows.pattern = "rows";
    rows.old_xpath = evidence_.wrapper().rows->xpath;
    rows.new_xpath = row_path_;
    rows.measure = "structure";
    rows.reason = "the known records are not on the new page";
    rows.new_sample = abbreviate(fold_space(evidence_.new_page(0).string_value(rows_.front())), kMaxSampleBytes);
    rows.confidence = row_confidence_;
    const auto sure = std::count_if(decisions.begin(), decisions.end(), [](const StructureDecision &decision) {
        return decision.is_found && decision.confidence >= kNamedRows;
    });
    if (decisions.size() > 2 && static_cast<std::size_t>(sure) * 2 > decisions.size())
        rows.confidence = std::max(rows.confidence, kNamedRows);
    return rows;
}

PatternAdaptation StructureAdapter::column_pattern(std::size_t column, const StructureDecision &decision) const {
    PatternAdaptation pattern;
    pattern.pattern = evidence_.wrapper().columns[column].name;
    pattern.old_xpath = pattern.new_xpath = evidence_.wrapper().columns[column].xpath;
    pattern.measure = "structure";
    pattern.reason = decision.reason;
    pattern.confidence = decision.confidence;
    for (std::size_t i = 0; i < decision.options.size(); ++i) {
        const StructureOption &option = decision.options[i];
        if (i == 0 && decision.is_found) {
            pattern.new_xpath = option.place.path.xpath;
            pattern.new_sample = abbreviate(option.sample, kMaxSampleBytes);
        } else if (pattern.candidates.size() < kMaxCandidates) {
            pattern.candidates.push_back(
                {option.place.path.xpath, 0, std::min(option.probability, decision.confidence), "structure"});
        }
    }
    return pattern;
}

void doubt(WrapperAdaptation &adaptation, std::size_t pattern, std::string reason) {
    adaptation.patterns[pattern].confidence = std::min(adaptation.patterns[pattern].confidence, kDoubtful);
    adaptation.patterns[pattern].reason = std::move(reason);
}

void StructureAdapter::verify(WrapperAdaptation &adaptation) {
    const Extractor extractor(adaptation.wrapper);
    std::vector<Extraction> extractions;
    for (const PagePair &pair : evidence_.pages()) {
        extractions.push_back(extractor.extract(*pair.new_page, evidence_.limits(), pair.is_last_page));
        for (const Violation &violation : extractions.back().violations) {
            std::size_t at = 0;
            for (std::size_t i = 0; i < adaptation.patterns.size(); ++i)
                if (adaptation.patterns[i].pattern == violation.pattern)
                    at = i;
            doubt(adaptation, at, "constraint " + violation.constraint_name + " does not hold: " + violation.detail);
        }
    }
    verify_values(adaptation, extractions);
    verify_others(adaptation, extractor);
}

void StructureAdapter::verify_values(WrapperAdaptation &adaptation, const std::vector<Extraction> &extractions) {
    for (std::size_t column = 0; column < evidence_.column_count(); ++column) {
        std::vector<std::string> before, now;
        bool had_nulls = false, has_nulls = false;
        for (const KnownRecord &record : evidence_.records()) {
            if (record.values[column] > 0)
                before.push_back(evidence_.values(column).value(record.values[column]));
            else
                had_nulls = true;
        }
        for (const Extraction &extraction : extractions)
            for (const Record &record : extraction.records) {
                if (record.cells[column].value)
                    now.push_back(*record.cells[column].value);
                else
                    has_nulls = true;
            }
        std::string strange = strange_values(evidence_.wrapper().columns[column], before, had_nulls, now, has_nulls);
        if (!strange.empty())
            doubt(adaptation, column + 1, std::move(strange));
    }
}

/* Elements on the same level as the rows that can be read like them, and are not selected. */
void StructureAdapter::verify_others(WrapperAdaptation &adaptation, const Extractor &extractor) {
    const Document &page = evidence_.new_page(0);
    const std::uint64_t level = tag_path_hash(page, rows_.front());
    std::vector<XPath> columns;
    for (const Column &column : extractor.wrapper().columns)
        columns.emplace_back(column.xpath);
    std::size_t others = 0;
    for (NodeId node = 1; node < page.size(); ++node) {
        if (!page.is_element(node) || page.name(node) != page.name(rows_.front()) ||
            std::binary_search(rows_.begin(), rows_.end(), node) || tag_path_hash(page, node) != level)
            continue;
        Interrupt::poll();
        std::size_t filled = 0;
        for (std::size_t column = 0; column < columns.size(); ++column)
            filled +=
                evidence_.values(column).read_nodes(page, columns[column].evaluate(page, node, evidence_.limits())) > 0
                    ? 1
                    : 0;
        others += filled * 2 > columns.size() ? 1 : 0;
    }
    if (others > 0)
        doubt(adaptation, 0, std::to_string(others) + " other elements can be read like the rows");
}

std::optional<WrapperAdaptation> StructureAdapter::run() {
    if (!find_rows())
        return std::nullopt;
    WrapperAdaptation adaptation;
    adaptation.wrapper = evidence_.wrapper();
    adaptation.wrapper.rows->xpath = row_path_;
    const std::vector<StructureDecision> decisions = decide_by_structure(evidence_, *pages_, rows_, model_);
    adaptation.patterns.push_back(row_pattern(decisions));
    for (std::size_t column = 0; column < decisions.size(); ++column) {
        adaptation.patterns.push_back(column_pattern(column, decisions[column]));
        adaptation.wrapper.columns[column].xpath = adaptation.patterns.back().new_xpath;
    }
    verify(adaptation);
    adaptation.is_sure = true;
    for (PatternAdaptation &pattern : adaptation.patterns) {
        pattern.is_sure = pattern.confidence >= options_.threshold_of(pattern.pattern) &&
                          pattern.similarity >= options_.similarity_threshold_of(pattern.pattern);
        if (pattern.is_sure)
            pattern.reason.clear();
        adaptation.is_sure = adaptation.is_sure && pattern.is_sure;
    }
    return adaptation;
}

} // namespace

std::optional<WrapperAdaptation> adapt_by_structure(Evidence &evidence, const AdaptOptions &options) {
    return StructureAdapter(evidence, options).run();
}

} // namespace webwrap
