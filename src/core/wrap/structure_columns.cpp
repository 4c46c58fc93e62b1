#include "core/wrap/structure_columns.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "core/base/interrupt.hpp"
#include "core/wrap/paths.hpp"
#include "core/wrap/relocate.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxSampledRows = 4;
constexpr std::size_t kMaxPaths = 300;
constexpr int kMaxPathCost = 8;
constexpr std::size_t kMaxOptions = 6;
constexpr std::size_t kMaxNamed = 8;       /* records whose labels are compared */
constexpr double kNamed = 0.8;             /* likeness of names that tells a place */
constexpr double kNamedMargin = 0.3;       /* by which it must be more than that of any other place */
constexpr double kSameName = 0.5;          /* of two columns of the old page: their names do not tell them apart */
constexpr double kNamedOdds = 30;          /* how much more probable a place is that names tell from all others */
constexpr double kRivalMargin = 0.15;      /* of likeness, within which another place is as good */
constexpr double kLeastProbability = 0.05; /* where the model has nothing to compare */
constexpr double kUnsure = 0.45;           /* nothing but position tells the place from another one */
constexpr double kShiftingConfidence = 0.6;
constexpr double kMinFit = 0.3;
constexpr double kMinOften = 0.4; /* ratio of how often there is a value, below which a place is another field */

using Words = std::vector<std::string>;

double overlap(const Words &a, const Words &b) {
    if (a.empty() || b.empty())
        return 0;
    const std::set<std::string> left(a.begin(), a.end()), right(b.begin(), b.end());
    std::size_t common = 0;
    for (const std::string &word : left)
        common += right.contains(word) ? 1 : 0;
    return static_cast<double>(common) / static_cast<double>(left.size() + right.size() - common);
}

/* What is known of a column on the old page. */
struct OldColumn {
    PlaceNames names; /* only those that no other column has */
    ValueProfile profile;
    double filled = 0;           /* share of records with a value */
    std::vector<NodeId> targets; /* elements of the first pair */
    bool is_attribute = false;
};

class StructureDecider {
  public:
    StructureDecider(Evidence &evidence, const ComparedPages &pages, const std::vector<NodeId> &rows,
                     const AdaptationModel &model)
        : evidence_(evidence), pages_(pages), rows_(rows), model_(model), page_(evidence.new_page(0)) {}

    std::vector<StructureDecision> run();

  private:
    void learn_old();
    [[nodiscard]] OldColumn old_column(std::size_t column) const;
    [[nodiscard]] std::vector<StructureOption> options_of(std::size_t column);
    [[nodiscard]] std::optional<StructureOption> judge(std::size_t column, const PathCandidate &path);
    [[nodiscard]] std::vector<NodeId> elements_of(const StructureOption &option) const;
    void ask_model(std::size_t column, std::span<StructureOption> options, const TakenElsewhere &taken);
    void ask_again(std::size_t column);
    [[nodiscard]] bool shared_before(std::size_t a, std::size_t b) const;
    void assign();
    void weigh(std::size_t column);

    Evidence &evidence_;
    const ComparedPages &pages_; /* the first pair */
    const std::vector<NodeId> &rows_;
    const AdaptationModel &model_;
    const Document &page_;
    std::vector<OldColumn> old_;
    std::vector<StructureDecision> decisions_;
};

NodeId element_at(const Document &page, NodeRef ref) {
    return ref.is_attribute() || page.is_element(ref.node) ? ref.node : page.parent(ref.node);
}

OldColumn StructureDecider::old_column(std::size_t column) const {
    OldColumn old;
    std::vector<PlaceNames> names;
    std::vector<std::string> values;
    for (const KnownRecord &record : evidence_.records()) {
        if (record.values[column] <= 0)
            continue;
        values.push_back(evidence_.values(column).value(record.values[column]));
        if (record.nodes[column].empty())
            continue;
        const Document &page = evidence_.old_page(record.pair);
        const NodeRef place = innermost(page, record.nodes[column].front());
        if (names.size() < kMaxNamed)
            names.push_back(place_names(page, record.row.node, place));
        old.is_attribute = place.is_attribute();
        if (record.pair == 0)
            old.targets.push_back(element_at(page, place));
    }
    old.names = common_names(names);
    old.profile = profile_of(values);
    old.filled = static_cast<double>(values.size()) / static_cast<double>(evidence_.records().size());
    std::sort(old.targets.begin(), old.targets.end());
    old.targets.erase(std::unique(old.targets.begin(), old.targets.end()), old.targets.end());
    return old;
}

void StructureDecider::learn_old() {
    for (std::size_t column = 0; column < evidence_.column_count(); ++column) {
        Interrupt::poll();
        old_.push_back(old_column(column));
    }
    const std::vector<OldColumn> all = old_;
    for (std::size_t a = 0; a < all.size(); ++a)
        for (std::size_t b = 0; b < all.size(); ++b) {
            if (a == b || shared_before(a, b))
                continue;
            if (overlap(all[a].names.labels, all[b].names.labels) >= kSameName)
                old_[a].names.labels.clear();
            if (overlap(all[a].names.names, all[b].names.names) >= kSameName)
                old_[a].names.names.clear();
        }
}

/* True when both columns read the same nodes of all old records. */
bool StructureDecider::shared_before(std::size_t a, std::size_t b) const {
    bool is_shared = false;
    for (const KnownRecord &record : evidence_.records()) {
        if (record.nodes[a].empty() || record.nodes[b].empty())
            continue;
        const Document &page = evidence_.old_page(record.pair);
        if (innermost(page, record.nodes[a].front()) != innermost(page, record.nodes[b].front()))
            return false;
        is_shared = true;
    }
    return is_shared;
}

/* nullopt when the path breaks a constraint of the column in some row, leads from elements to attributes or back, or has values much more seldom or more often. */
std::optional<StructureOption> StructureDecider::judge(std::size_t column, const PathCandidate &path) {
    StructureOption option;
    option.place.path = path;
    option.place.refs.resize(rows_.size());
    const XPath xpath(path.xpath);
    ColumnValues &values = evidence_.values(column);
    const OldColumn &old = old_[column];
    std::vector<std::string> texts;
    std::vector<PlaceNames> names;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Selection selection = xpath.evaluate(page_, rows_[i], evidence_.limits());
        const ValueId value = values.read_nodes(page_, selection);
        if (value == kNoValue || (value == kNullValue && values.column().required))
            return std::nullopt;
        if (selection.nodes.empty())
            continue;
        option.place.refs[i] = innermost(page_, selection.nodes.front());
        if (option.place.refs[i].is_attribute() != old.is_attribute)
            return std::nullopt;
        option.values.push_back(value);
        if (value > 0)
            texts.push_back(values.value(value));
        if (names.size() < kMaxNamed)
            names.push_back(place_names(page_, rows_[i], option.place.refs[i]));
    }
    if (texts.empty())
        return std::nullopt;
    option.sample = texts.front();
    option.place.names = common_names(names);
    const PlaceNames &is = option.place.names;
    option.named =
        std::max({overlap(old.names.labels, is.labels), overlap(old.names.names, is.names),
                  kNamed * overlap(old.names.labels, is.names), kNamed * overlap(old.names.names, is.labels)});
    option.place.name_match = option.named;
    const double filled = static_cast<double>(texts.size()) / static_cast<double>(rows_.size());
    const double often = std::min(filled, old.filled) / std::max({filled, old.filled, 0.01});
    if (often < kMinOften)
        return std::nullopt;
    option.likeness = 0.7 * profile_similarity(old.profile, profile_of(texts)) + 0.3 * often;
    if (path.shifts)
        option.likeness *= 0.7;
    return option;
}

std::vector<StructureOption> StructureDecider::options_of(std::size_t column) {
    std::map<std::string, PathCandidate> paths;
    const std::size_t step = std::max<std::size_t>(1, rows_.size() / kMaxSampledRows);
    for (std::size_t i = 0; i < rows_.size(); i += step) {
        Interrupt::poll();
        for (const PageItem &item : evidence_.new_index(0).items_in(rows_[i], page_.end_of(rows_[i]))) {
            if (paths.size() >= kMaxPaths || evidence_.value_of(0, column, item.text) <= 0)
                continue;
            for (PathCandidate &path : relative_paths(page_, rows_[i], item.ref))
                if (path.cost <= kMaxPathCost)
                    paths.try_emplace(path.xpath, path);
        }
    }
    std::vector<StructureOption> all, distinct;
    for (const auto &[xpath, path] : paths) {
        Interrupt::poll();
        if (std::optional<StructureOption> option = judge(column, path))
            all.push_back(std::move(*option));
    }
    std::stable_sort(all.begin(), all.end(), [](const StructureOption &a, const StructureOption &b) {
        return a.fit() != b.fit() ? a.fit() > b.fit() : a.place.path.cost < b.place.path.cost;
    });
    for (StructureOption &option : all) {
        const bool is_known = std::any_of(distinct.begin(), distinct.end(), [&](const StructureOption &other) {
            return same_place(other.place, option.place) || other.values == option.values;
        });
        if (!is_known && distinct.size() < kMaxOptions)
            distinct.push_back(std::move(option));
    }
    ask_model(column, distinct, {});
    return distinct;
}

/* Elements of the places, sorted; none when one is an attribute's. */
std::vector<NodeId> StructureDecider::elements_of(const StructureOption &option) const {
    std::vector<NodeId> elements;
    for (const NodeRef &ref : option.place.refs) {
        if (ref.node == kNoNode)
            continue;
        if (ref.is_attribute())
            return {};
        elements.push_back(element_at(page_, ref));
    }
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    return elements;
}

void StructureDecider::ask_model(std::size_t column, std::span<StructureOption> options, const TakenElsewhere &taken) {
    for (StructureOption &option : options)
        option.probability = kLeastProbability;
    if (old_[column].targets.empty() || options.empty())
        return;
    Relocator relocator(pages_, old_[column].targets, model_);
    for (StructureOption &option : options) {
        Interrupt::poll();
        const std::optional<Relocation> found = relocator.judge(elements_of(option));
        if (!found)
            continue;
        TrustVector trust = relocator.trust(*found, taken);
        /* That the known values are gone is why names and structure are asked; it speaks against no place of them. */
        trust[static_cast<std::size_t>(Trust::kTextsLost)] = 0;
        option.probability = std::max(kLeastProbability, model_.answer.probability(trust));
    }
}

/* Columns are assigned jointly: the places of the others are no rivals of a column's own. */
void StructureDecider::ask_again(std::size_t column) {
    if (!decisions_[column].is_found)
        return;
    TakenElsewhere taken;
    for (std::size_t other = 0; other < decisions_.size(); ++other) {
        if (other == column || !decisions_[other].is_found || shared_before(column, other))
            continue;
        const std::vector<NodeId> elements = elements_of(decisions_[other].options.front());
        taken.new_elements.insert(taken.new_elements.end(), elements.begin(), elements.end());
        taken.old_elements.insert(taken.old_elements.end(), old_[other].targets.begin(), old_[other].targets.end());
    }
    std::sort(taken.new_elements.begin(), taken.new_elements.end());
    std::sort(taken.old_elements.begin(), taken.old_elements.end());
    ask_model(column, std::span(decisions_[column].options).first(1), taken);
}

/* The best pairs of column and place first. */
void StructureDecider::assign() {
    struct Pair {
        std::size_t column, option;
        double fit;
    };
    std::vector<Pair> pairs;
    for (std::size_t column = 0; column < decisions_.size(); ++column)
        for (std::size_t option = 0; option < decisions_[column].options.size(); ++option)
            pairs.push_back({column, option, decisions_[column].options[option].fit()});
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair &a, const Pair &b) { return a.fit > b.fit; });
    std::vector<std::optional<std::size_t>> chosen(decisions_.size());
    for (const Pair &pair : pairs) {
        const Place &place = decisions_[pair.column].options[pair.option].place;
        bool is_free = !chosen[pair.column] && pair.fit >= kMinFit;
        for (std::size_t other = 0; other < chosen.size() && is_free; ++other)
            is_free = !chosen[other] || shared_before(pair.column, other) ||
                      !same_place(decisions_[other].options[*chosen[other]].place, place);
        if (is_free)
            chosen[pair.column] = pair.option;
    }
    for (std::size_t column = 0; column < chosen.size(); ++column) {
        if (!chosen[column])
            continue;
        std::vector<StructureOption> &options = decisions_[column].options;
        const auto first = options.begin() + static_cast<std::ptrdiff_t>(*chosen[column]);
        std::rotate(options.begin(), first, first + 1);
        decisions_[column].is_found = true;
    }
}

void StructureDecider::weigh(std::size_t column) {
    StructureDecision &decision = decisions_[column];
    decision.reason = "its known values are not on the new page, and no place there is like the old one";
    if (!decision.is_found)
        return;
    const StructureOption &best = decision.options.front();
    double other_named = 0, other_likeness = 0;
    for (std::size_t i = 1; i < decision.options.size(); ++i) {
        other_named = std::max(other_named, decision.options[i].named);
        other_likeness = std::max(other_likeness, decision.options[i].likeness);
    }
    const bool is_named = best.named >= kNamed && best.named >= other_named + kNamedMargin;
    const double odds = best.probability / std::max(1e-6, 1 - best.probability) * (is_named ? kNamedOdds : 1);
    decision.confidence = odds / (1 + odds);
    decision.reason =
        "its known values are not on the new page, and labels, names and values are too little to be sure";
    if (!is_named && other_likeness + kRivalMargin >= best.likeness) {
        decision.confidence = std::min(decision.confidence, kUnsure);
        decision.reason = "its known values are not on the new page, and neither labels nor names tell it from \"" +
                          decision.options[1].sample + "\"";
    }
    const Column &declared = evidence_.wrapper().columns[column];
    if (best.place.path.shifts || declared.max_occurs != 1) {
        decision.confidence = std::min(decision.confidence, kShiftingConfidence);
        decision.reason =
            "its known values are not on the new page, and only a position that may shift tells the place";
    }
}

std::vector<StructureDecision> StructureDecider::run() {
    learn_old();
    decisions_.resize(evidence_.column_count());
    for (std::size_t column = 0; column < decisions_.size(); ++column)
        if (evidence_.wrapper().columns[column].columns.empty())
            decisions_[column].options = options_of(column);
    assign();
    for (std::size_t column = 0; column < decisions_.size(); ++column) {
        ask_again(column);
        weigh(column);
    }
    return std::move(decisions_);
}

} // namespace

std::vector<StructureDecision> decide_by_structure(Evidence &evidence, const ComparedPages &pages,
                                                   const std::vector<NodeId> &rows, const AdaptationModel &model) {
    return StructureDecider(evidence, pages, rows, model).run();
}

} // namespace webwrap
