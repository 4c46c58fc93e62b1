#include "core/wrap/learn_columns.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/places.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxShownValues = 3;

std::string quoted(const std::string &name) { return "\"" + abbreviate(name, 60) + "\""; }

std::string shown_values(const ColumnPlace &place) {
    std::string text;
    std::size_t count = 0;
    for (const std::string &value : place.values)
        if (!value.empty() && count++ < kMaxShownValues)
            text += (text.empty() ? "\"" : ", \"") + abbreviate(value, 40) + "\"";
    return text;
}

Error ambiguous(const std::string &name, const std::vector<ColumnPlace> &places) {
    std::string detail;
    for (std::size_t i = 0; i < places.size() && i < kMaxShownValues; ++i)
        detail += (detail.empty() ? "" : "\n") + places[i].xpath + " gives " + shown_values(places[i]) + ".";
    return {ErrorKind::kInvalidArgument, "examples fit more than one place of column " + quoted(name), detail,
            "Add a second record whose " + quoted(name) +
                " differs from what stands around it, or name the node as {\"xpath\": \"...\"}."};
}

Error unknown_notation(const std::string &name, const Reading &reading) {
    const bool is_moment = reading.type == CellType::kDate || reading.type == CellType::kTimestamp;
    const auto shown = [](const std::string &locale) { return locale.empty() ? "SQL notation" : locale; };
    return {ErrorKind::kInvalidArgument, "examples do not tell the notation of column " + quoted(name),
            "Both " + shown(reading.locale) + " and " + shown(reading.rival_locale) +
                " read them, but read other records differently.",
            is_moment ? "Add a record whose day is above 12."
                      : "Add a record whose number has a decimal or a grouping mark."};
}

} // namespace

std::vector<Spot> ColumnLearner::spots_in(const std::string &name, const ExampleValue &value, NodeId head) const {
    if (!value.is_scalar() || value.kind == ExampleValue::Kind::kNull)
        return {};
    /* A single record's values are looked for where they stand closest together. */
    const NodeId first = view_.site->is_page ? view_.site->container : head;
    const NodeId end = view_.site->is_page ? view_.page->end_of(first) : view_.end_of(head);
    std::vector<Spot> inside = spots_.find(name, value);
    std::erase_if(inside, [&](const Spot &spot) { return spot.ref.node < first || spot.ref.node >= end; });
    return inside;
}

/* The best place and those that are as good but give other values. */
std::vector<ColumnPlace> ColumnLearner::rivals_of(std::vector<ColumnPlace> places) const {
    if (places.empty())
        return places;
    const ColumnPlace best = places.front();
    const auto is_weaker = [&](const ColumnPlace &one) {
        return (one.reading.is_part && !best.reading.is_part) || (one.is_positional && !best.is_positional) ||
               (one.ref.is_attribute() && !best.ref.is_attribute()) || 2 * one.present < best.present;
    };
    std::vector<ColumnPlace> rivals;
    for (ColumnPlace &one : places) {
        const bool is_same_node = std::any_of(rivals.begin(), rivals.end(), [&](const ColumnPlace &known) {
            return innermost(*view_.page, known.ref) == innermost(*view_.page, one.ref);
        });
        if (!is_same_node && (rivals.empty() || !is_weaker(one)))
            rivals.push_back(std::move(one));
    }
    if (rivals.size() > 1) {
        /* The names of one place, and of no other, speak of the column. */
        const auto named = std::max_element(rivals.begin(), rivals.end(),
                                            [](const auto &a, const auto &b) { return a.affinity < b.affinity; });
        const bool is_only = std::count_if(rivals.begin(), rivals.end(), [&](const ColumnPlace &one) {
                                 return one.affinity >= named->affinity;
                             }) == 1;
        if (is_only)
            return {*named};
    }
    return rivals;
}

void ColumnLearner::take(const std::string &name, const ColumnPlace &place) {
    LearnedColumn one;
    one.column.name = name;
    one.column.xpath = place.xpath;
    place.reading.apply_to(one.column);
    one.ref = place.ref;
    one.is_positional = place.is_positional;
    const auto shown = static_cast<std::size_t>(
        std::count_if(place.values.begin(), place.values.end(), [](const std::string &v) { return !v.empty(); }));
    /* Of very long lists only a part was looked at. */
    one.present = shown == place.values.size() ? view_.rows.size() : shown;
    learned_.columns.push_back(std::move(one));
}

void ColumnLearner::learn_scalar(const std::string &name, const std::vector<ColumnExample> &examples) {
    std::string problem;
    std::vector<ColumnPlace> places = rivals_of(column_places(view_, name, examples, finder_, problem));
    if (places.empty()) {
        learned_.failure = Error(
            ErrorKind::kInvalidArgument, "no place explains the examples of column " + quoted(name), problem,
            "Add a second record, one where the value is missing as null, or name the node as {\"xpath\": \"...\"}.");
        return;
    }
    if (!places.front().reading.rival_locale.empty()) {
        fail_ambiguous(unknown_notation(name, places.front().reading));
        return;
    }
    /* In a single record all places give the same. */
    if (places.size() == 1 || view_.site->is_page) {
        /* Who names the node takes its position. */
        const bool is_named = std::all_of(examples.begin(), examples.end(), [](const ColumnExample &example) {
            return example.value->kind == ExampleValue::Kind::kXPath;
        });
        places.front().is_positional = places.front().is_positional && !is_named;
        take(name, places.front());
    } else {
        pending_.push_back({name, std::move(places)});
    }
}

void ColumnLearner::fail_ambiguous(Error failure) {
    learned_.failure = std::move(failure);
    learned_.is_ambiguous = true;
}

/* Columns with several places take the one that no other column has. */
void ColumnLearner::settle() {
    for (bool goes_on = true; goes_on && !pending_.empty();) {
        goes_on = false;
        for (std::size_t i = 0; i < pending_.size(); ++i) {
            Pending &one = pending_[i];
            std::erase_if(one.places, [&](const ColumnPlace &place) {
                return std::any_of(learned_.columns.begin(), learned_.columns.end(), [&](const LearnedColumn &other) {
                    return innermost(*view_.page, other.ref) == innermost(*view_.page, place.ref);
                });
            });
            if (one.places.size() != 1)
                continue;
            take(one.name, one.places.front());
            pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
            goes_on = true;
            break;
        }
    }
    if (!pending_.empty())
        fail_ambiguous(ambiguous(pending_.front().name, pending_.front().places));
}

void ColumnLearner::learn_several(const std::string &name, const std::vector<ColumnExample> &examples) {
    std::optional<Error> failure;
    std::optional<LearnedColumn> column = nested_column(name, examples, failure);
    if (column)
        learned_.columns.push_back(std::move(*column));
    else if (failure)
        learned_.failure = std::move(failure);
    else
        learned_.failure = Error(ErrorKind::kInvalidArgument,
                                 "no list inside the record explains the examples of column " + quoted(name), {},
                                 "Give at least two of the values that stand in one record.");
}

LearnedColumns ColumnLearner::learn(const std::vector<ExampleRecord> &examples, const std::vector<NodeId> &heads) {
    for (const ExampleRecord &record : examples)
        for (const auto &[name, value] : record.values)
            if (value.kind == ExampleValue::Kind::kText || value.kind == ExampleValue::Kind::kNumber)
                view_.data.push_back(value.text);
    for (const std::string &name : column_names(examples)) {
        Interrupt::poll();
        std::vector<ColumnExample> of_column;
        bool is_scalar = true;
        for (std::size_t i = 0; i < examples.size(); ++i) {
            const ExampleValue *value = examples[i].find(name);
            /* A column that a record does not name may have a value there or not. */
            if (value == nullptr)
                continue;
            is_scalar = is_scalar && value->is_scalar();
            of_column.push_back({heads[i], value, spots_in(name, *value, heads[i])});
        }
        if (is_scalar)
            learn_scalar(name, of_column);
        else
            learn_several(name, of_column);
        if (learned_.failure)
            return std::move(learned_);
    }
    settle();
    std::stable_sort(learned_.columns.begin(), learned_.columns.end(),
                     [](const LearnedColumn &a, const LearnedColumn &b) { return a.ref < b.ref; });
    return std::move(learned_);
}

} // namespace webwrap
