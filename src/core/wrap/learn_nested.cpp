#include <algorithm>
#include <set>

#include "core/base/text.hpp"
#include "core/wrap/learn_columns.hpp"
#include "core/wrap/paths.hpp"

namespace webwrap {

namespace {

constexpr const char *kItem = "item"; /* the one column of a list of values */

/* Items of an example as records. */
std::vector<ExampleRecord> records_of(const ExampleValue &value) {
    if (value.kind == ExampleValue::Kind::kRecords)
        return value.records;
    std::vector<ExampleRecord> records;
    const auto add = [&](ExampleValue item) {
        /* Several nodes are one text. */
        if (item.kind == ExampleValue::Kind::kNumber)
            item.kind = ExampleValue::Kind::kText;
        records.push_back({{{kItem, std::move(item)}}});
    };
    for (const ExampleValue &item : value.items)
        add(item);
    if (value.is_scalar() && value.kind != ExampleValue::Kind::kNull)
        add(value);
    return records;
}

/* Rows inside one record that a relative path gives. */
std::vector<NodeId> rows_of(const RecordView &view, const XPath &xpath, NodeId record) {
    std::vector<NodeId> rows;
    for (const NodeRef &ref : xpath.evaluate(*view.page, record, view.limits).nodes)
        if (!ref.is_attribute() && ref.node >= record && ref.node < view.end_of(record))
            rows.push_back(ref.node);
    return rows;
}

/* The cheapest path from the record to all of the family and nothing unlike it, or empty. */
std::string inner_path(const RecordView &view, const RecordSite &inner, NodeId record) {
    std::set<std::string> tried;
    std::vector<PathCandidate> paths;
    for (const NodeId one : inner.heads)
        for (PathCandidate &path :
             view.site->is_page ? page_paths(*view.page, {one, -1}) : relative_paths(*view.page, record, {one, -1}))
            if (tried.insert(path.xpath).second)
                paths.push_back(std::move(path));
    /* The last step of a path to one of several siblings is a position. */
    for (std::size_t i = paths.size(); i-- > 0;) {
        const std::size_t bracket = paths[i].xpath.rfind('[');
        if (paths[i].xpath.ends_with(']') && bracket != std::string::npos &&
            std::all_of(paths[i].xpath.begin() + static_cast<std::ptrdiff_t>(bracket) + 1, paths[i].xpath.end() - 1,
                        is_digit))
            if (std::string all = paths[i].xpath.substr(0, bracket); tried.insert(all).second)
                paths.push_back({std::move(all), paths[i].cost, paths[i].shifts && all.find('[') != all.npos});
    }
    std::stable_sort(paths.begin(), paths.end(), [](const PathCandidate &a, const PathCandidate &b) {
        return std::pair(a.shifts, a.cost) < std::pair(b.shifts, b.cost);
    });
    for (const PathCandidate &path : paths) {
        const std::vector<NodeId> rows = rows_of(view, XPath(path.xpath), record);
        const bool is_family = std::includes(rows.begin(), rows.end(), inner.family.begin(), inner.family.end()) &&
                               std::all_of(rows.begin(), rows.end(),
                                           [&](NodeId row) { return are_alike(*view.page, inner.heads.front(), row); });
        if (is_family)
            return path.xpath;
    }
    return {};
}

} // namespace

std::optional<LearnedColumn> ColumnLearner::nested_column(const std::string &name,
                                                          const std::vector<ColumnExample> &examples,
                                                          std::optional<Error> &failure) {
    const auto spots_of = [&](const ExampleRecord &item, NodeId head) {
        std::vector<ValueSpots> spots;
        for (const auto &[key, value] : item.values)
            if (value.is_scalar() && value.kind != ExampleValue::Kind::kNull)
                spots.push_back({key, spots_in(name, value, head), value.kind == ExampleValue::Kind::kXPath});
        return spots;
    };
    const auto first = std::find_if(examples.begin(), examples.end(), [](const ColumnExample &example) {
        return example.value->items.size() > 1 || example.value->records.size() > 1;
    });
    const ColumnExample &leading = first == examples.end() ? examples.front() : *first;
    std::vector<std::vector<ValueSpots>> spots;
    for (const ExampleRecord &item : records_of(*leading.value))
        spots.push_back(spots_of(item, leading.head));
    if (spots.empty())
        return std::nullopt;
    for (const RecordSite &inner : record_sites(*view_.page, spots)) {
        const bool is_inside = std::all_of(inner.heads.begin(), inner.heads.end(), [&](NodeId head) {
            return head > leading.head && head < view_.end_of(leading.head);
        });
        if (inner.is_page || !is_inside)
            continue;
        const std::string path = inner_path(view_, inner, leading.head);
        if (path.empty())
            continue;
        const XPath xpath(path);
        RecordView inside{view_.page, &inner, {}, view_.limits, {}};
        LearnedColumn learned;
        for (const NodeId row : view_.rows) {
            const std::vector<NodeId> rows = rows_of(view_, xpath, row);
            learned.present += rows.empty() ? 0 : 1;
            inside.rows.insert(inside.rows.end(), rows.begin(), rows.end());
        }
        std::vector<ExampleRecord> items;
        std::vector<NodeId> heads;
        bool are_found = true;
        for (const ColumnExample &example : examples) {
            const std::vector<NodeId> rows = rows_of(view_, xpath, example.head);
            const std::vector<ExampleRecord> wanted = records_of(*example.value);
            for (std::size_t i = 0; i < wanted.size() && are_found; ++i) {
                const std::vector<ValueSpots> of_item = spots_of(wanted[i], example.head);
                const auto holder = std::find_if(rows.begin(), rows.end(), [&](NodeId row) {
                    const NodeId end = inside.end_of(row);
                    return std::find(heads.begin(), heads.end(), row) == heads.end() &&
                           std::all_of(of_item.begin(), of_item.end(), [&](const ValueSpots &value) {
                               return std::any_of(value.spots.begin(), value.spots.end(), [&](const Spot &spot) {
                                   return spot.ref.node >= row && spot.ref.node < end;
                               });
                           });
                });
                are_found = holder != rows.end();
                if (are_found) {
                    items.push_back(wanted[i]);
                    heads.push_back(*holder);
                }
            }
        }
        if (!are_found)
            continue;
        LearnedColumns columns = ColumnLearner(inside, finder_, spots_).learn(items, heads);
        if (columns.failure) {
            if (!failure)
                failure = std::move(columns.failure);
            continue;
        }
        learned.column.name = name;
        learned.column.xpath = path;
        learned.column.max_occurs = -1;
        learned.ref = {inner.heads.front(), -1};
        if (leading.value->kind == ExampleValue::Kind::kRecords) {
            for (LearnedColumn &one : columns.columns)
                learned.column.columns.push_back(std::move(one.column));
        } else {
            const Column &item = columns.columns.front().column;
            if (item.xpath != ".")
                learned.column.xpath += item.xpath.substr(1);
            learned.column.pattern = item.pattern;
            learned.column.null_values = item.null_values;
        }
        return learned;
    }
    return std::nullopt;
}

} // namespace webwrap
