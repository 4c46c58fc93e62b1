#include "core/wrap/layout.hpp"

#include <algorithm>
#include <cmath>

#include "core/wrap/places.hpp"
#include "core/wrap/profile.hpp"
#include "core/wrap/structure_columns.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kNamedRecords = 8;
constexpr double kSameNames = 0.5, kSameKind = 0.35;
constexpr double kBroken = 0.02, kDoubtful = 0.3;
constexpr std::size_t kMinCut = 3; /* texts cut short that are no titles which end so */
constexpr double kBadLuck = 0.001; /* chance below which a column is not empty by chance */

} // namespace

const PlaceNames &LayoutView::names(std::size_t column) {
    if (is_named_.size() <= column) {
        names_.resize(column + 1);
        is_named_.resize(column + 1);
    }
    if (is_named_[column])
        return names_[column];
    std::vector<PlaceNames> all;
    for (const Record &record : extraction_->records) {
        const Cell &cell = record.cells[column];
        if (!cell.nodes.empty() && cell.value)
            all.push_back(place_names(*page_, record.row.node, innermost(*page_, cell.nodes.front())));
        if (all.size() == kNamedRecords)
            break;
    }
    names_[column] = common_names(all);
    is_named_[column] = true;
    return names_[column];
}

std::vector<std::string> LayoutView::values(std::size_t column) const {
    std::vector<std::string> values;
    for (const Record &record : extraction_->records)
        if (record.cells[column].value)
            values.push_back(*record.cells[column].value);
    return values;
}

std::size_t LayoutView::selected(std::size_t column) const {
    return static_cast<std::size_t>(
        std::count_if(extraction_->records.begin(), extraction_->records.end(),
                      [column](const Record &record) { return !record.cells[column].nodes.empty(); }));
}

namespace {

/* True when the XPath selects nothing on the page, and from the other page that is too unlikely to be chance. */
bool is_gone(const LayoutView &before, const LayoutView &now, std::size_t column) {
    if (now.selected(column) > 0)
        return false;
    const double missing =
        static_cast<double>(before.records() - before.selected(column) + 1) / static_cast<double>(before.records() + 2);
    return std::pow(missing, static_cast<double>(now.records())) < kBadLuck;
}

} // namespace

PatternHealth compare_column(LayoutView &before, LayoutView &now, const Wrapper &wrapper, std::size_t column) {
    PatternHealth health{wrapper.columns[column].name, 1, {}};
    const PlaceNames was = before.names(column), is = now.names(column);
    const bool is_relabelled = !was.label.empty() && !is.label.empty() && was.label != is.label;
    for (std::size_t other = 0; other < wrapper.columns.size() && is_relabelled; ++other)
        if (other != column && now.names(other).label == was.label && before.names(other).label != was.label)
            return {health.pattern, kBroken, "its label \"" + was.label + "\" now belongs to another column"};
    const std::vector<std::string> old_values = before.values(column), new_values = now.values(column);
    if (is_gone(before, now, column))
        return {health.pattern, kDoubtful, "its XPath selects nothing on the page"};
    const auto cut = std::count_if(new_values.begin(), new_values.end(), is_cut_short);
    if (static_cast<std::size_t>(cut) >= kMinCut && !old_values.empty() &&
        std::none_of(old_values.begin(), old_values.end(), is_cut_short))
        return {health.pattern, kBroken, std::to_string(cut) + " values are cut short, which none was"};
    if (old_values.empty() || new_values.empty() || name_similarity(was, is) >= kSameNames)
        return health;
    if (profile_similarity(profile_of(old_values), profile_of(new_values)) < kSameKind)
        return {health.pattern, kDoubtful, "its values look different and its surroundings have changed"};
    return health;
}

/* The wrapper's view of its reference page. */
struct HealthMonitor::State {
    State(const Extractor &extractor, const Document &reference, const Limits &limits)
        : wrapper(extractor.wrapper()), extraction(extractor.extract(reference, limits, true)),
          view(reference, extraction) {}

    Wrapper wrapper;
    Extraction extraction;
    LayoutView view;
};

HealthMonitor::HealthMonitor(const Extractor &extractor, const Document &reference, const Limits &limits)
    : state_(std::make_unique<State>(extractor, reference, limits)) {}
HealthMonitor::~HealthMonitor() = default;

std::vector<PatternHealth> HealthMonitor::check(const Document &page, const Extraction &extraction) {
    std::vector<PatternHealth> health;
    if (extraction.records.empty())
        return health;
    LayoutView now(page, extraction);
    for (std::size_t column = 0; column < state_->wrapper.columns.size(); ++column)
        if (state_->wrapper.columns[column].columns.empty())
            health.push_back(compare_column(state_->view, now, state_->wrapper, column));
    return health;
}

} // namespace webwrap
