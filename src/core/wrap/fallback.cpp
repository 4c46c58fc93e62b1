#include "core/wrap/fallback.hpp"

#include <algorithm>
#include <map>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/paths.hpp"
#include "core/wrap/places.hpp"
#include "core/wrap/profile.hpp"
#include "core/wrap/relocate.hpp"

namespace webwrap {

namespace {

constexpr double kMostConfidence = 0.68; /* without known values no answer is surer than this */
constexpr std::size_t kMaxRowGroups = 4;
constexpr std::size_t kMaxSampledRows = 4;
constexpr std::size_t kMaxPaths = 300;
constexpr double kMinMatch = 0.3;

/* A path of one column with what speaks for it in all new rows. */
struct Proposal {
    PathCandidate path;
    double score = 0;
    double filled = 0; /* share of rows with a value */
    Place place;       /* names and nodes only */
    std::string sample;
};

class StructureAdapter {
  public:
    StructureAdapter(Evidence &evidence, const AdaptOptions &options) : evidence_(evidence), options_(options) {}

    std::optional<WrapperAdaptation> run();

  private:
    bool find_rows();
    void learn_old(std::size_t column);
    std::vector<Proposal> propose(std::size_t column);
    std::optional<Proposal> judge(std::size_t column, const PathCandidate &path);
    PatternAdaptation decide(std::size_t column, const std::vector<Place> &taken, std::optional<Place> &place);

    Evidence &evidence_;
    const AdaptOptions &options_;
    std::string row_path_;
    double row_confidence_ = 0;
    std::vector<NodeId> rows_; /* of the first new page */
    PlaceNames old_names_;     /* of the column at hand */
    ValueProfile old_profile_;
    double old_filled_ = 0;
};

/* The record pattern is adapted like a single one, on the first pair. */
bool StructureAdapter::find_rows() {
    std::vector<NodeId> targets;
    for (const KnownRecord &record : evidence_.records())
        if (record.pair == 0)
            targets.push_back(record.row.node);
    if (targets.size() < 2)
        return false;
    const AdaptationModel &model = options_.model ? *options_.model : fitted_model();
    Relocator relocator(evidence_.old_page(0), targets, evidence_.new_page(0), model);
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
            row_confidence_ = std::min(kMostConfidence, model.answer.probability(relocator.trust(found[i])));
            return true;
        }
    }
    return false;
}

void StructureAdapter::learn_old(std::size_t column) {
    std::vector<PlaceNames> names;
    std::vector<std::string> values;
    std::size_t records = 0;
    for (const KnownRecord &record : evidence_.records()) {
        ++records;
        if (record.values[column] <= 0)
            continue;
        values.push_back(evidence_.values(column).value(record.values[column]));
        if (names.size() < 8 && !record.nodes[column].empty()) {
            const Document &page = evidence_.old_page(record.pair);
            names.push_back(place_names(page, record.row.node, innermost(page, record.nodes[column].front())));
        }
    }
    old_names_ = common_names(names);
    old_profile_ = profile_of(values);
    old_filled_ = static_cast<double>(values.size()) / static_cast<double>(std::max<std::size_t>(1, records));
}

/* nullopt when the path breaks a constraint of the column in some row. */
std::optional<Proposal> StructureAdapter::judge(std::size_t column, const PathCandidate &path) {
    Proposal proposal;
    proposal.path = path;
    proposal.place.refs.resize(rows_.size());
    const Document &page = evidence_.new_page(0);
    const XPath xpath(path.xpath);
    ColumnValues &values = evidence_.values(column);
    std::vector<std::string> texts;
    std::vector<PlaceNames> names;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Selection selection = xpath.evaluate(page, rows_[i], evidence_.limits());
        const ValueId value = values.read_nodes(page, selection);
        if (value == kNoValue || (value == kNullValue && values.column().required))
            return std::nullopt;
        if (selection.nodes.empty())
            continue;
        proposal.place.refs[i] = innermost(page, selection.nodes.front());
        if (value > 0)
            texts.push_back(values.value(value));
        if (names.size() < 8)
            names.push_back(place_names(page, rows_[i], proposal.place.refs[i]));
    }
    if (texts.empty())
        return std::nullopt;
    proposal.sample = texts.front();
    proposal.place.names = common_names(names);
    proposal.place.name_match = name_similarity(old_names_, proposal.place.names);
    proposal.filled = static_cast<double>(texts.size()) / static_cast<double>(rows_.size());
    const double filled = std::min(proposal.filled, old_filled_) / std::max({proposal.filled, old_filled_, 0.01});
    proposal.score =
        0.5 * proposal.place.name_match + 0.35 * profile_similarity(old_profile_, profile_of(texts)) + 0.15 * filled;
    if (path.shifts)
        proposal.score *= 0.7;
    return proposal;
}

std::vector<Proposal> StructureAdapter::propose(std::size_t column) {
    std::map<std::string, PathCandidate> paths;
    const std::size_t step = std::max<std::size_t>(1, rows_.size() / kMaxSampledRows);
    for (std::size_t i = 0; i < rows_.size(); i += step) {
        Interrupt::poll();
        const Document &page = evidence_.new_page(0);
        for (const PageItem &item : evidence_.new_index(0).items_in(rows_[i], page.end_of(rows_[i]))) {
            if (paths.size() >= kMaxPaths || evidence_.value_of(0, column, item.text) <= 0)
                continue;
            for (PathCandidate &path : relative_paths(page, rows_[i], item.ref))
                if (path.cost <= 8)
                    paths.try_emplace(path.xpath, path);
        }
    }
    std::vector<Proposal> proposals;
    for (const auto &[xpath, path] : paths) {
        Interrupt::poll();
        if (std::optional<Proposal> proposal = judge(column, path))
            proposals.push_back(std::move(*proposal));
    }
    std::stable_sort(proposals.begin(), proposals.end(), [](const Proposal &a, const Proposal &b) {
        return a.score != b.score ? a.score > b.score : a.path.cost < b.path.cost;
    });
    return proposals;
}

PatternAdaptation StructureAdapter::decide(std::size_t column, const std::vector<Place> &taken,
                                           std::optional<Place> &place) {
    const Column &declared = evidence_.wrapper().columns[column];
    PatternAdaptation pattern;
    pattern.pattern = declared.name;
    pattern.old_xpath = pattern.new_xpath = declared.xpath;
    pattern.measure = "structure";
    pattern.reason = "its known values are not on the new page, and names and shapes are too weak to be sure";
    if (!declared.columns.empty())
        return pattern;
    learn_old(column);
    for (const Proposal &proposal : propose(column)) {
        const bool is_taken = std::any_of(taken.begin(), taken.end(),
                                          [&](const Place &other) { return same_place(other, proposal.place); });
        if (is_taken || proposal.score < kMinMatch)
            continue;
        if (place && same_place(*place, proposal.place))
            continue;
        if (!place) {
            place = proposal.place;
            pattern.new_xpath = proposal.path.xpath;
            pattern.confidence = std::min(kMostConfidence, proposal.score);
            pattern.new_sample = abbreviate(proposal.sample, 120);
        } else if (pattern.candidates.size() < 5) {
            pattern.candidates.push_back(
                {proposal.path.xpath, 0, std::min(kMostConfidence, proposal.score) / 2, "structure"});
        }
    }
    return pattern;
}

std::optional<WrapperAdaptation> StructureAdapter::run() {
    if (!find_rows())
        return std::nullopt;
    WrapperAdaptation adaptation;
    adaptation.wrapper = evidence_.wrapper();
    PatternAdaptation rows;
    rows.pattern = "rows";
    rows.old_xpath = evidence_.wrapper().rows->xpath;
    rows.new_xpath = adaptation.wrapper.rows->xpath = row_path_;
    rows.confidence = row_confidence_;
    rows.measure = "structure";
    rows.reason = "the known records are not on the new page";
    rows.new_sample = abbreviate(fold_space(evidence_.new_page(0).string_value(rows_.front())), 120);
    adaptation.patterns.push_back(std::move(rows));
    std::vector<Place> taken;
    for (std::size_t column = 0; column < evidence_.column_count(); ++column) {
        std::optional<Place> place;
        PatternAdaptation pattern = decide(column, taken, place);
        adaptation.wrapper.columns[column].xpath = pattern.new_xpath;
        if (place)
            taken.push_back(std::move(*place));
        adaptation.patterns.push_back(std::move(pattern));
    }
    adaptation.is_sure = true;
    for (PatternAdaptation &pattern : adaptation.patterns) {
        pattern.is_sure = pattern.confidence >= options_.threshold_of(pattern.pattern);
        adaptation.is_sure = adaptation.is_sure && pattern.is_sure;
    }
    const Extractor extractor(adaptation.wrapper);
    for (const PagePair &pair : evidence_.pages())
        if (!extractor.extract(*pair.new_page, evidence_.limits(), pair.is_last_page).violations.empty())
            adaptation.is_sure = false;
    return adaptation;
}

} // namespace

std::optional<WrapperAdaptation> adapt_by_structure(Evidence &evidence, const AdaptOptions &options) {
    return StructureAdapter(evidence, options).run();
}

} // namespace webwrap
