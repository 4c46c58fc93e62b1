#include "core/wrap/extract.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/value.hpp"
#include "core/wrap/xml_schema.hpp"

namespace webwrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxViolations = 1000; /* of one page: enough to see what is wrong, bounded on huge pages */

/* One column, ready to run. */
struct CompiledColumn {
    const Column *column = nullptr;
    XPath xpath;
    CellReader reader;
    std::vector<CompiledColumn> columns;
    std::string dotted_name; /* "cast.name" */
};

std::vector<CompiledColumn> compile(const std::vector<Column> &columns, const std::string &prefix) {
    std::vector<CompiledColumn> compiled;
    compiled.reserve(columns.size());
    for (const Column &column : columns) {
        std::string name = prefix + column.name;
        std::vector<CompiledColumn> nested = compile(column.columns, name + ".");
        compiled.push_back({&column, XPath(column.xpath), CellReader(column), std::move(nested), std::move(name)});
    }
    return compiled;
}

/* A canonical text as JSON: numbers and booleans unquoted, arrays of nested columns as they are. */
std::string json_value(const Column &column, const std::optional<std::string> &value) {
    if (!value)
        return "null";
    const bool bare = !column.columns.empty() || column.type == CellType::kInteger ||
                      column.type == CellType::kNumeric || column.type == CellType::kBoolean;
    return bare ? *value : Json(*value).dump();
}

std::string json_object(const std::vector<Column> &columns, const std::vector<Cell> &cells) {
    std::string json = "{";
    for (std::size_t i = 0; i < columns.size() && i < cells.size(); ++i) {
        json += (i == 0 ? "" : ", ") + Json(columns[i].name).dump() + ": ";
        json += json_value(columns[i], cells[i].value);
    }
    return json + "}";
}

/* One run over one page. */
class Run {
  public:
    Run(const Document &document, const Limits &limits, Extraction &result)
        : document_(document), limits_(limits), result_(result) {}

    Cell extract(const CompiledColumn &column, NodeId context, std::size_t record);
    std::vector<Cell> extract_all(const std::vector<CompiledColumn> &columns, NodeId context, std::size_t record);
    void violate(const std::string &pattern, const char *constraint, std::size_t record, std::string detail);
    /* Nodes of all columns in one record against the bounds of its pattern. */
    void check_children(const std::string &pattern, int min, int max, const std::vector<Cell> &cells,
                        std::size_t record);
    void check_schema(const XmlSchema &schema, const Wrapper &wrapper, const Record &cells, std::size_t record);

  private:
    void read_nodes(const CompiledColumn &column, std::size_t record, Cell &cell);
    void read_records(const CompiledColumn &column, std::size_t record, Cell &cell);
    void check_occurrence(const CompiledColumn &column, std::size_t record, std::size_t count);
    std::optional<std::string> read(const CompiledColumn &column, std::size_t record, const std::string &text);

    const Document &document_;
    const Limits &limits_;
    Extraction &result_;
    bool has_rows_ = true;

  public:
    void set_has_rows(bool has_rows) { has_rows_ = has_rows; }
};

/* Constraints of the row pattern that one record violates, not their number. */
bool is_of_record(std::string_view constraint) {
    return constraint == "min_children" || constraint == "max_children" || constraint == "xml_schema";
}

void Run::violate(const std::string &pattern, const char *constraint, std::size_t record, std::string detail) {
    if (result_.violations.size() >= kMaxViolations)
        return;
    if (has_rows_ && (pattern != "rows" || is_of_record(constraint)))
        detail = "row " + std::to_string(record + 1) + ": " + detail;
    result_.violations.push_back({pattern, constraint, std::move(detail), record});
}

std::vector<Cell> Run::extract_all(const std::vector<CompiledColumn> &columns, NodeId context, std::size_t record) {
    std::vector<Cell> cells;
    cells.reserve(columns.size());
    for (const CompiledColumn &column : columns)
        cells.push_back(extract(column, context, record));
    return cells;
}

Cell Run::extract(const CompiledColumn &column, NodeId context, std::size_t record) {
    Cell cell;
    Selection selection = column.xpath.evaluate(document_, context, limits_);
    if (!selection.is_node_set) {
        if (!column.columns.empty())
            throw Error(ErrorKind::kInvalidXPath, "XPath of column \"" + column.dotted_name + "\" selects no nodes",
                        "Nested columns need nodes to stand in.");
        cell.value = read(column, record, selection.value);
        check_occurrence(column, record, trim(selection.value).empty() ? 0 : 1);
    } else {
        cell.nodes = std::move(selection.nodes);
        check_occurrence(column, record, cell.nodes.size());
        if (column.columns.empty())
            read_nodes(column, record, cell);
        else
            read_records(column, record, cell);
    }
    const std::size_t problems = result_.violations.size();
    if (column.column->required && !cell.value &&
        (problems == 0 || result_.violations.back().pattern != column.dotted_name ||
         result_.violations.back().record != record))
        violate(column.dotted_name, "required", record, "no value");
    return cell;
}

void Run::check_occurrence(const CompiledColumn &column, std::size_t record, std::size_t count) {
    const auto nodes = [&] { return std::to_string(count) + (count == 1 ? " node" : " nodes"); };
    if (static_cast<std::size_t>(column.column->min_occurs) > count)
        violate(column.dotted_name, "min_occurs", record,
                nodes() + ", at least " + std::to_string(column.column->min_occurs) + " expected");
    if (column.column->max_occurs >= 0 && static_cast<std::size_t>(column.column->max_occurs) < count)
        violate(column.dotted_name, "max_occurs", record,
                nodes() + ", at most " + std::to_string(column.column->max_occurs) + " expected");
}

void Run::check_children(const std::string &pattern, int min, int max, const std::vector<Cell> &cells,
                         std::size_t record) {
    std::size_t count = 0;
    for (const Cell &cell : cells)
        count += cell.nodes.empty() ? (cell.value ? 1 : 0) : cell.nodes.size();
    const auto found = [&] { return std::to_string(count) + (count == 1 ? " child" : " children"); };
    if (count < static_cast<std::size_t>(min))
        violate(pattern, "min_children", record, found() + ", at least " + std::to_string(min) + " expected");
    if (max >= 0 && count > static_cast<std::size_t>(max))
        violate(pattern, "max_children", record, found() + ", at most " + std::to_string(max) + " expected");
}

void Run::check_schema(const XmlSchema &schema, const Wrapper &wrapper, const Record &cells, std::size_t record) {
    for (SchemaProblem &problem : schema.check(wrapper, cells)) {
        const bool is_column = std::any_of(wrapper.columns.begin(), wrapper.columns.end(),
                                           [&](const Column &column) { return column.name == problem.column; });
        violate(is_column ? problem.column : "rows", "xml_schema", record, std::move(problem.message));
    }
}

std::optional<std::string> Run::read(const CompiledColumn &column, std::size_t record, const std::string &text) {
    CellValue value = column.reader.read(text);
    if (!value.problem.empty())
        violate(column.dotted_name, value.is_pattern_problem ? "pattern" : "type", record, std::move(value.problem));
    return std::move(value.text);
}

void Run::read_nodes(const CompiledColumn &column, std::size_t record, Cell &cell) {
    std::size_t values = 0;
    for (const NodeRef &node : cell.nodes) {
        Interrupt::poll();
        std::optional<std::string> value = read(column, record, string_value(document_, node));
        if (!value)
            continue;
        if (cell.nodes.size() > 1)
            cell.parts.push_back(*value);
        if (++values == 1)
            cell.value = std::move(value);
        else if (column.column->type == CellType::kText)
            *cell.value += column.column->separator + *value;
    }
    if (values > 1 && column.column->type != CellType::kText) {
        cell.value.reset();
        violate(column.dotted_name, "type", record,
                std::to_string(values) + " values, but type " + std::string(cell_type_name(column.column->type)) +
                    " holds one");
    }
}

void Run::read_records(const CompiledColumn &column, std::size_t record, Cell &cell) {
    std::string json;
    for (const NodeRef &node : cell.nodes) {
        if (node.is_attribute())
            throw Error(ErrorKind::kInvalidXPath, "XPath of column \"" + column.dotted_name + "\" selects attributes",
                        "Nested columns need elements to stand in.");
        const std::vector<Cell> cells = extract_all(column.columns, node.node, record);
        check_children(column.dotted_name, column.column->min_children, column.column->max_children, cells, record);
        json += (json.empty() ? "" : ", ") + json_object(column.column->columns, cells);
    }
    if (!cell.nodes.empty())
        cell.value = "[" + json + "]";
}

} // namespace

struct Extractor::State {
    Wrapper wrapper;
    std::optional<XPath> rows;
    std::vector<CompiledColumn> columns; /* point into wrapper.columns */
    std::optional<XmlSchema> schema;
};

Extractor::Extractor(Wrapper wrapper) : state_(std::make_unique<State>()) {
    check_wrapper(wrapper);
    state_->wrapper = std::move(wrapper);
    if (state_->wrapper.rows)
        state_->rows.emplace(state_->wrapper.rows->xpath);
    state_->columns = compile(state_->wrapper.columns, {});
    if (!state_->wrapper.xml_schema.empty())
        state_->schema.emplace(state_->wrapper.xml_schema);
}

Extractor::~Extractor() = default;
Extractor::Extractor(Extractor &&) noexcept = default;
Extractor &Extractor::operator=(Extractor &&) noexcept = default;

const Wrapper &Extractor::wrapper() const noexcept { return state_->wrapper; }

Extraction Extractor::extract(const Document &document, const Limits &limits, bool is_last_page) const {
    Extraction result;
    Run run(document, limits, result);
    std::vector<NodeRef> rows{NodeRef{0, -1}};
    run.set_has_rows(state_->rows.has_value());
    if (state_->rows) {
        Selection selection = state_->rows->evaluate(document, 0, limits);
        if (!selection.is_node_set)
            throw Error(ErrorKind::kInvalidXPath, "XPath of \"rows\" selects no nodes");
        rows = std::move(selection.nodes);
        const RowPattern &pattern = *state_->wrapper.rows;
        const std::string found = std::to_string(rows.size()) + (rows.size() == 1 ? " row" : " rows");
        if (!is_last_page && rows.size() < static_cast<std::size_t>(pattern.min))
            run.violate("rows", "min_rows", 0, found + ", at least " + std::to_string(pattern.min) + " expected");
        if (pattern.max >= 0 && rows.size() > static_cast<std::size_t>(pattern.max))
            run.violate("rows", "max_rows", 0, found + ", at most " + std::to_string(pattern.max) + " expected");
    }
    std::vector<bool> matched(state_->columns.size(), false);
    result.records.reserve(rows.size());
    for (const NodeRef &row : rows) {
        Interrupt::poll();
        if (row.is_attribute())
            throw Error(ErrorKind::kInvalidXPath, "XPath of \"rows\" selects attributes");
        Record record{row, run.extract_all(state_->columns, row.node, result.records.size())};
        for (std::size_t i = 0; i < record.cells.size(); ++i)
            matched[i] = matched[i] || record.cells[i].value || !record.cells[i].nodes.empty();
        const std::size_t number = result.records.size();
        if (const std::optional<RowPattern> &pattern = state_->wrapper.rows)
            run.check_children("rows", pattern->min_children, pattern->max_children, record.cells, number);
        if (state_->schema)
            run.check_schema(*state_->schema, state_->wrapper, record, number);
        result.records.push_back(std::move(record));
    }
    if (rows.empty())
        result.empty_patterns.emplace_back("rows");
    for (std::size_t i = 0; i < matched.size() && !rows.empty(); ++i)
        if (!matched[i])
            result.empty_patterns.push_back(state_->wrapper.columns[i].name);
    return result;
}

std::string record_to_json(const Wrapper &wrapper, const Record &record) {
    return json_object(wrapper.columns, record.cells);
}

} // namespace webwrap
