#include "core/select/tables.hpp"

#include <algorithm>
#include <climits>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/links.hpp"
#include "core/select/output_budget.hpp"
#include "core/select/visible_text.hpp"

namespace webwrap {

namespace {

constexpr int kMaxColumnSpan = 1000; /* limits of the standard */
constexpr int kMaxRowSpan = 65534;
constexpr std::string_view kHeadingSeparator = " / ";

using CellId = std::int32_t; /* index of the table's cells */
constexpr CellId kNoCell = -1;

struct Names {
    explicit Names(const Document &document)
        : table(document.find_name("table")), caption(document.find_name("caption")),
          thead(document.find_name("thead")), tbody(document.find_name("tbody")), tfoot(document.find_name("tfoot")),
          tr(document.find_name("tr")), td(document.find_name("td")), th(document.find_name("th")) {}

    NameId table, caption, thead, tbody, tfoot, tr, td, th;
};

/* The rules for parsing non-negative integers, or `otherwise` when they give an error; large numbers come out as max. */
int span_of(std::string_view text, int otherwise, int max) {
    while (!text.empty() && is_html_space(text.front()))
        text.remove_prefix(1);
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+'))
        text.remove_prefix(1);
    int number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
        number = std::min(number * 10 + (text[digits] - '0'), max);
    return digits == 0 || (is_negative && number != 0) ? otherwise : number;
}

/* Rows of slots as cells, before texts are put in. */
struct Grid {
    struct Row {
        std::vector<CellId> slots;
        NodeId group = kNoNode; /* thead, tbody or tfoot element, or kNoNode for a row of the table itself */
        bool is_all_headers = true;
    };
    std::vector<Row> rows;
    std::vector<NodeId> cells;
    std::size_t columns = 0;
};

/* The algorithm for forming a table. What spans rows is kept by column and written when its row comes, so that only rows
 * that exist cost memory. */
class GridBuilder {
  public:
    GridBuilder(const Document &document, const Names &names, OutputBudget &budget)
        : document_(document), names_(names), budget_(budget) {}

    [[nodiscard]] Grid build(NodeId table) {
        std::vector<NodeId> feet;
        for (NodeId child = document_.first_child(table); child != kNoNode; child = document_.next_sibling(child)) {
            const NameId name = name_of(child);
            if (name == kNoName)
                continue;
            if (name == names_.tr) {
                add_row(child, kNoNode);
            } else if (name == names_.tfoot) {
                end_group();
                feet.push_back(child);
            } else if (name == names_.thead || name == names_.tbody) {
                add_group(child);
            }
        }
        for (const NodeId foot : feet)
            add_group(foot);
        return std::move(grid_);
    }

  private:
    /* A cell that reaches into rows to come; rows are counted from the start of their group. */
    struct Span {
        CellId cell;
        int last_row;
    };
    /* Spans in a column in the order of their cells. The first that has not ended has the slot, so those behind it matter
     * only when it ends. */
    struct Column {
        std::vector<Span> spans;
        std::size_t first = 0;
    };

    NameId name_of(NodeId node) const {
        return document_.is_element(node) && document_.space(node) == NodeSpace::kHtml ? document_.name_id(node)
                                                                                       : kNoName;
    }

    void add_group(NodeId group) {
        end_group();
        for (NodeId child = document_.first_child(group); child != kNoNode; child = document_.next_sibling(child))
            if (name_of(child) != kNoName && name_of(child) == names_.tr)
                add_row(child, group);
        end_group();
    }

    void end_group() {
        columns_.clear();
        row_ = 0;
    }

    void add_row(NodeId tr, NodeId group) {
        Interrupt::poll();
        Grid::Row row;
        row.group = group;
        grow_spans(row);
        bool has_cell = false;
        std::size_t column = 0;
        for (NodeId child = document_.first_child(tr); child != kNoNode; child = document_.next_sibling(child)) {
            const NameId name = name_of(child);
            if (name == kNoName || (name != names_.td && name != names_.th))
                continue;
            while (column < row.slots.size() && row.slots[column] != kNoCell)
                ++column;
            column += place(child, row, column);
            row.is_all_headers = row.is_all_headers && name == names_.th;
            has_cell = true;
        }
        row.is_all_headers = row.is_all_headers && has_cell;
        grid_.columns = std::max(grid_.columns, row.slots.size());
        grid_.rows.push_back(std::move(row));
        ++row_;
    }

    /* Takes the slots that cells of rows above reach. */
    void grow_spans(Grid::Row &row) {
        budget_.charge(sizeof row + columns_.size() * sizeof(CellId));
        row.slots.resize(columns_.size(), kNoCell);
        for (std::size_t at = 0; at < columns_.size(); ++at) {
            Column &column = columns_[at];
            while (column.first < column.spans.size() && column.spans[column.first].last_row < row_)
                ++column.first;
            if (column.first < column.spans.size())
                row.slots[at] = column.spans[column.first].cell;
        }
        while (!row.slots.empty() && row.slots.back() == kNoCell)
            row.slots.pop_back();
    }

    /* Puts a cell at a free slot; returns how many columns it spans. */
    std::size_t place(NodeId node, Grid::Row &row, std::size_t column) {
        const auto width = static_cast<std::size_t>(
            std::max(span_of(document_.attribute_value(node, "colspan"), 1, kMaxColumnSpan), 1));
        const int height = span_of(document_.attribute_value(node, "rowspan"), 1, kMaxRowSpan);
        const auto cell = static_cast<CellId>(grid_.cells.size());
        grid_.cells.push_back(node);
        const std::size_t end = column + width;
        budget_.charge(width * sizeof(CellId));
        if (row.slots.size() < end)
            row.slots.resize(end, kNoCell);
        for (std::size_t at = column; at < end; ++at)
            if (row.slots[at] == kNoCell)
                row.slots[at] = cell;
        if (height != 1)
            add_span({cell, height == 0 ? INT_MAX : row_ + height - 1}, column, end);
        return width;
    }

    void add_span(Span span, std::size_t begin, std::size_t end) {
        if (columns_.size() < end) {
            budget_.charge((end - columns_.size()) * sizeof(Column));
            columns_.resize(end);
        }
        budget_.charge((end - begin) * sizeof(Span));
        for (std::size_t at = begin; at < end; ++at)
            columns_[at].spans.push_back(span);
    }

    const Document &document_;
    const Names &names_;
    OutputBudget &budget_;
    Grid grid_;
    std::vector<Column> columns_; /* those that a cell spans rows in */
    int row_ = 0;
};

/* Puts texts into the grid's slots. */
class TableReader {
  public:
    TableReader(const Document &document, const Limits &limits)
        : document_(document), names_(document), budget_(limits, "tables"), texts_(document) {}

    [[nodiscard]] const Names &names() const noexcept { return names_; }

    [[nodiscard]] Table read(NodeId element) {
        const Grid grid = GridBuilder(document_, names_, budget_).build(element);
        std::vector<std::string> cell_to_text;
        cell_to_text.reserve(grid.cells.size());
        for (const NodeId cell : grid.cells)
            cell_to_text.push_back(text_of(cell));
        Table table;
        table.element = element;
        table.caption = caption_of(element);
        const std::vector<bool> is_header = header_rows(grid);
        if (std::ranges::find(is_header, true) != is_header.end())
            begin_header(table, grid.columns);
        for (std::size_t i = 0; i < grid.rows.size(); ++i) {
            Interrupt::poll();
            if (is_header[i])
                add_to_header(table, grid.rows[i], cell_to_text);
            else
                table.rows.push_back(slots_of(grid, grid.rows[i], cell_to_text));
        }
        budget_.charge(table.rows.size() * repeated_bytes(table)); /* each row of the result carries them */
        return table;
    }

  private:
    [[nodiscard]] std::string text_of(NodeId node) {
        std::string text = fold_space(texts_.read(node, NestedTables::kLeaveOut));
        budget_.charge(sizeof(std::string) + text.size());
        return text;
    }

    [[nodiscard]] static std::size_t repeated_bytes(const Table &table) {
        std::size_t bytes = table.caption ? table.caption->size() : 0;
        for (const auto &heading : table.header)
            bytes += heading ? heading->size() : 0;
        return bytes;
    }

    [[nodiscard]] std::optional<std::string> caption_of(NodeId table) {
        for (NodeId child = document_.first_child(table); child != kNoNode; child = document_.next_sibling(child))
            if (document_.is_element(child) && document_.name_id(child) == names_.caption)
                return text_of(child);
        return std::nullopt;
    }

    [[nodiscard]] std::vector<bool> header_rows(const Grid &grid) const {
        std::vector<bool> is_header(grid.rows.size(), false);
        NodeId head = kNoNode;
        for (std::size_t i = 0; i < grid.rows.size(); ++i) {
            const NodeId group = grid.rows[i].group;
            if (head == kNoNode && group != kNoNode && document_.name_id(group) == names_.thead)
                head = group;
            is_header[i] = head != kNoNode && group == head;
        }
        if (head != kNoNode)
            return is_header;
        std::size_t count = 0;
        while (count < grid.rows.size() && grid.rows[count].is_all_headers)
            ++count;
        if (count == grid.rows.size() && count > 1)
            count = 1; /* a table whose cells are all th has one row of headers, or it would have no data */
        std::fill_n(is_header.begin(), count, true);
        return is_header;
    }

    [[nodiscard]] Table::Slots slots_of(const Grid &grid, const Grid::Row &row,
                                        const std::vector<std::string> &cell_to_text) {
        budget_.charge(grid.columns * sizeof(Table::Slots::value_type));
        Table::Slots slots(grid.columns);
        for (std::size_t column = 0; column < row.slots.size(); ++column) {
            if (row.slots[column] == kNoCell)
                continue;
            const std::string &text = cell_to_text[static_cast<std::size_t>(row.slots[column])];
            budget_.charge(text.size());
            slots[column] = text;
        }
        return slots;
    }

    void begin_header(Table &table, std::size_t columns) {
        budget_.charge(columns * (sizeof(Table::Slots::value_type) + sizeof(CellId)));
        table.header.resize(columns);
        column_to_last_cell_.assign(columns, kNoCell);
    }

    /* Joins the row to the headings above it; a cell that spans rows, or is repeated, is there already. */
    void add_to_header(Table &table, const Grid::Row &row, const std::vector<std::string> &cell_to_text) {
        for (std::size_t column = 0; column < row.slots.size(); ++column) {
            const CellId cell = row.slots[column];
            if (cell == kNoCell)
                continue;
            const std::string &text = cell_to_text[static_cast<std::size_t>(cell)];
            std::optional<std::string> &heading = table.header[column];
            if (!heading)
                heading.emplace();
            CellId &last = column_to_last_cell_[column];
            const bool is_repeated = last != kNoCell && cell_to_text[static_cast<std::size_t>(last)] == text;
            if (text.empty() || is_repeated)
                continue;
            budget_.charge(text.size() + kHeadingSeparator.size());
            if (!heading->empty())
                *heading += kHeadingSeparator;
            *heading += text;
            last = cell;
        }
    }

    const Document &document_;
    const Names names_;
    OutputBudget budget_;
    VisibleTextReader texts_;
    std::vector<CellId> column_to_last_cell_; /* of the headings */
};

} // namespace

std::vector<Table> find_tables(const Document &document, const Limits &limits) {
    std::vector<Table> tables;
    TableReader reader(document, limits);
    const NameId table = reader.names().table;
    if (table == kNoName)
        return tables;
    unsigned visited = 0;
    for (NodeId node = 0; node < document.size(); ++node) {
        if (++visited % 1024 == 0)
            Interrupt::poll();
        if (!document.is_element(node) || document.space(node) != NodeSpace::kHtml)
            continue;
        if (is_inert(document, node))
            node = document.end_of(node) - 1;
        else if (document.name_id(node) == table && !is_layout_table(document, node))
            tables.push_back(reader.read(node));
    }
    return tables;
}

} // namespace webwrap
