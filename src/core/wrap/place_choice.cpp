#include "core/wrap/place_choice.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/places.hpp"
#include "core/wrap/value.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxSpots = 12; /* of one value in one record */
constexpr std::size_t kMaxRows = 400; /* that decide between places */
constexpr std::size_t kMaxIdAnchors = 3;
constexpr int kCountingIdCost = 5;
constexpr double kMissingCost = 6, kPatternCost = 3, kLocaleCost = 0.5, kAttributeCost = 0.5, kPositionCost = 20,
                 kHeadingCost = -2, kRareLabelCost = 40;

/* What a path gives in each row. */
struct RowTexts {
    std::vector<std::string> texts; /* empty: no node */
    std::size_t several = 0;        /* rows where it selects more than one node, or one of another record */
};

RowTexts texts_of(const RecordView &view, const XPath &xpath, std::span<const NodeId> rows) {
    RowTexts result;
    for (const NodeId row : rows) {
        const Selection selection = xpath.evaluate(*view.page, row, view.limits);
        const bool is_foreign = std::any_of(selection.nodes.begin(), selection.nodes.end(), [&](const NodeRef &ref) {
            return ref.node < row || ref.node >= view.end_of(row);
        });
        if (selection.nodes.size() > 1 || is_foreign)
            ++result.several;
        result.texts.push_back(selection.nodes.size() == 1
                                   ? fold_space(string_value(*view.page, selection.nodes.front()))
                                   : std::string());
    }
    return result;
}

double affinity_of(const std::string &name, const RecordView &view, NodeId head, NodeRef ref) {
    const PlaceNames names = place_names(*view.page, view.site->is_page ? 0 : head, ref);
    PlaceNames wanted;
    wanted.labels = wanted.names = words_of(name);
    return name_similarity(wanted, names);
}

/* True for a path that compares the text of a node. */
bool has_literal(const std::string &xpath) {
    return xpath.find("normalize-space(.)=") != std::string::npos ||
           xpath.find("normalize-space(preceding-sibling") != std::string::npos;
}

/* True where the text that a path compares has a number: a value rather than a label. */
bool labels_with_number(const std::string &xpath) {
    for (std::size_t at = xpath.find(")="); at != std::string::npos; at = xpath.find(")=", at + 2)) {
        const std::size_t end = xpath.find(']', at);
        if (std::any_of(xpath.begin() + static_cast<std::ptrdiff_t>(at),
                        xpath.begin() + static_cast<std::ptrdiff_t>(std::min(end, xpath.size())), is_digit))
            return true;
    }
    return false;
}

/* True for a path over a text that is a label wherever it stands: a term, a header, a text that ends in a colon. */
bool is_label_by_itself(const std::string &xpath) {
    return xpath.find("//dt[") != std::string::npos || xpath.find("//th[") != std::string::npos ||
           xpath.find(":']") != std::string::npos;
}

/* Values where the column has a reading, aligned with the rows. */
std::vector<std::string> values_of(const Reading &reading, const std::vector<std::string> &texts) {
    Column column;
    reading.apply_to(column);
    const CellReader reader(column);
    std::vector<std::string> values;
    for (const std::string &text : texts)
        values.push_back(reader.read(text).text.value_or(std::string()));
    return values;
}

class PlaceSearch {
  public:
    PlaceSearch(const RecordView &view, const std::string &name, std::span<const ColumnExample> examples,
                ValueFinder &finder)
        : view_(view), name_(name), examples_(examples), finder_(finder) {
        rows_ = view.rows;
        if (rows_.size() > kMaxRows) {
            rows_.resize(kMaxRows);
            for (const NodeId head : view.site->heads)
                if (!std::binary_search(rows_.begin(), rows_.end(), head))
                    rows_.push_back(head);
            std::sort(rows_.begin(), rows_.end());
        }
    }

    std::vector<ColumnPlace> search(std::string &problem);

  private:
    void try_path(const PathCandidate &path, const Spot &spot, std::string &problem);
    [[nodiscard]] bool explains(const XPath &xpath, std::vector<ReadingSample> &samples,
                                std::vector<std::string> &null_texts);
    [[nodiscard]] bool rows_are_uniform();

    const RecordView &view_;
    const std::string &name_;
    std::span<const ColumnExample> examples_;
    ValueFinder &finder_;
    std::vector<NodeId> rows_;
    const ColumnExample *first_ = nullptr;
    std::vector<ColumnPlace> places_;
    std::map<std::vector<std::string>, std::optional<Reading>> known_readings_;
    std::optional<bool> is_uniform_;
};

/* True when all rows are built alike, so that a position means the same in each. */
bool PlaceSearch::rows_are_uniform() {
    if (is_uniform_)
        return *is_uniform_;
    std::set<std::vector<NameId>> forms;
    for (const NodeId row : rows_) {
        std::vector<NameId> form;
        for (NodeId node = row; node < view_.end_of(row); ++node)
            if (view_.page->is_element(node) && form.size() < 200)
                form.push_back(view_.page->name_id(node));
        forms.insert(std::move(form));
        if (forms.size() > 1)
            break;
    }
    is_uniform_ = forms.size() == 1;
    return *is_uniform_;
}

bool PlaceSearch::explains(const XPath &xpath, std::vector<ReadingSample> &samples,
                           std::vector<std::string> &null_texts) {
    for (const ColumnExample &example : examples_) {
        const Selection selection = xpath.evaluate(*view_.page, example.head, view_.limits);
        if (example.value->kind == ExampleValue::Kind::kNull) {
            if (selection.nodes.size() > 1)
                return false;
            if (!selection.nodes.empty())
                if (std::string text = fold_space(string_value(*view_.page, selection.nodes.front())); !text.empty())
                    null_texts.push_back(std::move(text));
            continue;
        }
        if (selection.nodes.size() != 1)
            return false;
        const NodeRef ref = selection.nodes.front();
        std::string text = fold_space(string_value(*view_.page, ref));
        if (example.value->kind == ExampleValue::Kind::kXPath) {
            if (example.spots.empty() || innermost(*view_.page, ref) != innermost(*view_.page, example.spots[0].ref))
                return false;
        } else if (finder_.holds(*example.value, text) == Holds::kNo) {
            return false;
        }
        samples.push_back({example.value, std::move(text)});
    }
    return true;
}

void PlaceSearch::try_path(const PathCandidate &path, const Spot &spot, std::string &problem) {
    std::vector<ReadingSample> samples;
    std::vector<std::string> null_texts;
    /* What is a value of this record is no label of others. */
    if (std::any_of(view_.data.begin(), view_.data.end(), [&](const std::string &text) {
            return path.xpath.find("=" + xpath_literal(text) + "]") != std::string::npos;
        }))
        return;
    const XPath xpath(path.xpath);
    if (!explains(xpath, samples, null_texts))
        return;
    RowTexts found = texts_of(view_, xpath, rows_);
    if (found.several > 0) {
        if (problem.empty())
            problem = path.xpath + " selects several nodes in " + std::to_string(found.several) + " of " +
                      std::to_string(rows_.size()) + " records";
        return;
    }
    const std::size_t rows = rows_.size();
    const auto present = static_cast<std::size_t>(
        std::count_if(found.texts.begin(), found.texts.end(), [](const std::string &text) { return !text.empty(); }));
    if (path.shifts && (present < rows || !rows_are_uniform())) {
        problem = "only a position among siblings, " + path.xpath + ", tells its place, and records differ in these";
        return;
    }
    if (has_literal(path.xpath) && rows > 1 && present < 2 && !is_label_by_itself(path.xpath)) {
        problem = "only one record has a value beside the text that " + path.xpath + " looks for";
        return;
    }
    const auto [known, is_new] = known_readings_.try_emplace(found.texts);
    if (is_new) {
        std::vector<std::string> texts;
        for (const std::string &text : found.texts)
            if (!text.empty())
                texts.push_back(text);
        known->second = learn_reading(finder_, samples, texts, null_texts);
    }
    if (!known->second) {
        if (problem.empty() || problem.starts_with(path.xpath))
            problem = "the texts at " + path.xpath + " cannot all be read in the way of the example";
        return;
    }
    ColumnPlace place;
    place.xpath = path.xpath;
    place.reading = *known->second;
    place.ref = spot.ref;
    place.is_positional = path.shifts;
    place.present = present;
    place.values = values_of(place.reading, found.texts);
    const std::string_view tag = view_.page->is_element(spot.ref.node) ? view_.page->name(spot.ref.node) : "";
    const bool is_heading = tag.size() == 2 && tag[0] == 'h' && is_digit(tag[1]);
    const bool is_labelled = has_literal(path.xpath);
    const bool is_doubtful = view_.site->is_page ? is_labelled && labels_with_number(path.xpath) : 2 * present < rows;
    place.cost = path.cost + (path.shifts ? kPositionCost : 0) + (is_labelled && is_doubtful ? kRareLabelCost : 0) +
                 kMissingCost * static_cast<double>(rows - present) / static_cast<double>(rows) +
                 (place.reading.is_part ? kPatternCost : 0) + (place.reading.locale.empty() ? 0 : kLocaleCost) +
                 (spot.ref.is_attribute() ? kAttributeCost : 0) + (is_heading ? kHeadingCost : 0);
    const auto same = std::find_if(places_.begin(), places_.end(), [&](const ColumnPlace &one) {
        return one.values == place.values && one.reading.type == place.reading.type;
    });
    if (same == places_.end())
        places_.push_back(std::move(place));
    else if (place.cost < same->cost)
        *same = std::move(place);
}

std::vector<ColumnPlace> PlaceSearch::search(std::string &problem) {
    for (const ColumnExample &example : examples_)
        if (first_ == nullptr && example.value->kind != ExampleValue::Kind::kNull)
            first_ = &example;
    if (first_ == nullptr)
        return {};
    std::set<std::string> tried;
    std::size_t count = 0;
    for (const bool parts : {false, true})
        for (const Spot &spot : first_->spots) {
            if (spot.is_part != parts || count >= kMaxSpots)
                continue;
            ++count;
            Interrupt::poll();
            std::vector<PathCandidate> paths = view_.site->is_page
                                                   ? page_paths(*view_.page, spot.ref)
                                                   : relative_paths(*view_.page, first_->head, spot.ref);
            std::stable_sort(paths.begin(), paths.end(), [](const PathCandidate &a, const PathCandidate &b) {
                return std::pair(a.shifts, a.cost) < std::pair(b.shifts, b.cost);
            });
            for (const PathCandidate &path : paths)
                if (tried.insert(path.xpath).second)
                    try_path(path, spot, problem);
        }
    for (ColumnPlace &place : places_)
        place.affinity = affinity_of(name_, view_, first_->head, place.ref);
    std::stable_sort(places_.begin(), places_.end(),
                     [](const ColumnPlace &a, const ColumnPlace &b) { return a.cost < b.cost; });
    return std::move(places_);
}

} // namespace

std::vector<ColumnPlace> column_places(const RecordView &view, const std::string &name,
                                       std::span<const ColumnExample> examples, ValueFinder &finder,
                                       std::string &problem) {
    return PlaceSearch(view, name, examples, finder).search(problem);
}

std::vector<PathCandidate> page_paths(const Document &page, NodeRef target) {
    std::vector<PathCandidate> paths;
    for (PathCandidate &path : relative_paths(page, 0, target))
        if (!path.xpath.starts_with(".//head["))
            paths.push_back({path.xpath.substr(1), path.cost, path.shifts});
    std::size_t anchors = 0;
    for (NodeId up = page.is_element(target.node) ? target.node : page.parent(target.node);
         up > 0 && anchors < kMaxIdAnchors; up = page.parent(up)) {
        const std::string_view id = page.attribute_value(up, "id");
        if (id.empty() || !is_stable_token(id))
            continue;
        ++anchors;
        /* An id with a number in it counts things, and another page may count other ones. */
        const int cost = std::any_of(id.begin(), id.end(), is_digit) ? kCountingIdCost : 1;
        const std::string anchor = "//" + std::string(page.name(up)) + "[@id=" + xpath_literal(id) + "]";
        for (PathCandidate &path : relative_paths(page, up, target))
            paths.push_back(
                {anchor + path.xpath.substr(1), path.xpath == "." ? cost - 1 : path.cost + cost, path.shifts});
    }
    return paths;
}

} // namespace webwrap
