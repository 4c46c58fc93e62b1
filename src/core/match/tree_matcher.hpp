#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/identity.hpp"
#include "core/match/label_sequences.hpp"
#include "core/match/pair_memo.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* The dynamic programme that simple and clustered tree matching share. Its results are those of the plain recursion,
 * because
 *   - an identical pair has the largest value that either side can have, so identical children at both ends of the two
 *     lists are paired at once (any optimal pairing can be exchanged for one that does so);
 *   - a child whose label does not occur among the other side's children adds nothing and is left out, and where that
 *     is all of them no table is opened;
 *   - a pair that could not raise its cell even with the largest value its size or degrees allow is not computed;
 *   - the value of a pair depends on its two subtrees only (a sibling count is the parent's degree), so it is kept in a
 *     memo by classes of identical subtrees, whose size is bounded: a lost entry is computed again.
 * Frames replace recursion; each keeps one rolling row. O(|a|*|b|) time at worst; O(depth*fanout) memory and the memo.
 *
 * Identity says which subtrees are identical, see IndexedIdentity. Scoring says: Value; identical(size), the value of an
 * identical pair, and more for none of that size; leaf(), of a pair of which only one is a leaf; total(matched, degree,
 * degree), of a pair whose children's best pairing is worth `matched`, and matched(total, degree, degree), the way back;
 * bound(tree, node, tree, node), which no pair of inner nodes of one label exceeds. Pairs with different labels are worth 0. */
template <typename Scoring, typename Identity> class TreeMatcher {
  public:
    using Value = typename Scoring::Value;

    /* The trees must outlive the matcher. */
    TreeMatcher(const Tree &a, const Tree &b, Identity identity, Scoring scoring, CellBudget &budget)
        : a_(a), b_(b), identity_(std::move(identity)), scoring_(std::move(scoring)), budget_(budget) {
        frames_.reserve(32);
        items_.reserve(256);
        rows_.reserve(256);
    }

    /* The value of a pair of subtrees, a node of either tree. Throws kLimitExceeded above webwrap.max_match_cells; polls. */
    [[nodiscard]] Value match(TreeNode a, TreeNode b) { return match(a, b, Value{0}); }

    /* The same for a value of at least `needed`; otherwise something below it, which may take much less. */
    [[nodiscard]] Value match(TreeNode a, TreeNode b, Value needed) {
        frames_.clear(); /* an error may have left some */
        items_.clear();
        rows_.clear();
        const auto class_if_free = [](auto class_of) { return Identity::kHasClasses ? class_of() : kNoClass; };
        const Item x{a, a_.label(a), a_.subtree_size(a), class_if_free([&] { return identity_.class_of_a(a); }),
                     kNoColumn};
        const Item y{b, b_.label(b), b_.subtree_size(b), class_if_free([&] { return identity_.class_of_b(b); }),
                     kNoColumn};
        if (knows(x, y))
            return value_;
        open(x, y, needed);
        while (!frames_.empty())
            if (fill())
                close();
        return value_;
    }

  private:
    static constexpr std::int64_t kFrameCells = 16; /* a frame costs about as much as so many cells */
    static constexpr std::int64_t kFewCells = 64;   /* such tables are kept whole, see fill_few; at most 64 */
    static constexpr SubtreeClass kNoClass = -1;
    static constexpr std::int32_t kNoColumn = -1;
    static constexpr std::int32_t kRepeats = -2; /* a link where there are no columns: see find_repeats */

    struct Item {
        TreeNode node;
        LabelId label;
        std::int32_t size;
        SubtreeClass id;   /* kNoClass when it was not asked for */
        std::int32_t link; /* the next column with this label, of a row the first */
    };
    /* Where a row is. Cell 0 is before column 0. */
    struct RowState {
        std::int32_t column; /* of the pair that is looked at */
        std::int32_t next;   /* the first cell that `raised` may have to be carried to */
        std::int32_t end;    /* the cell after the last pair that counted */
        Value before_end;    /* in the row above, at that cell */
        Value raised;        /* in this row, at that cell */
    };
    enum class Table : std::uint8_t { kNone, kSingle, kFew, kRows };
    struct Frame {
        SubtreeClass id_a, id_b; /* kNoClass: the value is not remembered */
        std::int32_t degree_a, degree_b;
        std::size_t first_item, first_a, first_b, first_row;
        std::int32_t count_a, count_b; /* children that take part in the table */
        std::int32_t i;                /* the row */
        bool awaits_value;             /* row.column's pair was computed, its value is in value_ */
        Table table;
        RowState row;
        std::uint64_t known; /* of few cells: those that are computed */
        Value paired;        /* worth of the identical children at both ends */
        Value needed;  /* below which a bound of the pair's value will do; 0 but for what is on the only way to it */
        bool is_bound; /* the table's sum is one */
    };

    /* True when the value, now in value_, takes no look at the children. Only different subtrees of one label that both
     * have children remain. */
    [[nodiscard]] bool knows(const Item &a, const Item &b) {
        if (a.label != b.label)
            value_ = Value{0};
        else if (a.size == 1 || b.size == 1)
            value_ = a.size == b.size ? scoring_.identical(1) : scoring_.leaf();
        else if (!may_share_children(a, b))
            value_ = scoring_.total(Value{0}, a_.degree(a.node), b_.degree(b.node));
        else if (a.id != kNoClass && b.id != kNoClass) {
            if (a.id == b.id) {
                value_ = scoring_.identical(a.size);
                return true;
            }
            const Value *const kept = memo_.find(a.id, b.id);
            if (kept == nullptr)
                return false;
            value_ = *kept;
        } else if (identity_.are_identical(a.node, b.node, budget_))
            value_ = scoring_.identical(a.size);
        else
            return false;
        return true;
    }

    /* Whether two inner nodes may have children of one label. */
    [[nodiscard]] bool may_share_children(const Item &a, const Item &b) const {
        return (a_.shape(a.node).child_labels & b_.shape(b.node).child_labels) != 0;
    }

    /* Begins with the table of a pair's children, and, while that has a single cell, with the table of its pair; or, when
     * no table is needed, leaves the value of the pair that was looked at last in value_. */
    void open(Item a, Item b, Value needed = Value{0}) {
        while (open_table(a, b, needed) == Table::kSingle) {
            needed = needed_sum(frames_.back());
            a = items_[frames_.back().first_a];
            b = items_[frames_.back().first_b];
        }
    }

    [[nodiscard]] Value needed_sum(const Frame &frame) const {
        return scoring_.matched(frame.needed, frame.degree_a, frame.degree_b) - frame.paired;
    }

    [[nodiscard]] Table open_table(const Item &a, const Item &b, Value needed) {
        Frame frame{};
        frame.id_a = a.id;
        frame.id_b = b.id;
        frame.degree_a = a_.degree(a.node);
        frame.degree_b = b_.degree(b.node);
        frame.needed = needed;
        frame.first_item = items_.size();
        collect(frame, a.node, b.node);
        budget_.reserve(kFrameCells + std::int64_t{frame.count_a} * frame.count_b);
        budget_.tick(kFrameCells + frame.degree_a + frame.degree_b);
        frame.table = stays_below_needed(frame) ? Table::kNone : table_of(frame);
        frame.first_row = rows_.size();
        switch (frame.table) {
        case Table::kNone:
            value_ = scoring_.total(frame.paired, frame.degree_a, frame.degree_b);
            is_bound_ = frame.is_bound;
            remember(frame);
            items_.resize(frame.first_item);
            return Table::kNone;
        case Table::kSingle:
            rows_.push_back(Value{0});
            break;
        case Table::kFew:
            list_few_cells(frame);
            break;
        case Table::kRows:
            link_labels(frame);
            rows_.resize(rows_.size() + static_cast<std::size_t>(frame.count_b) + 1, Value{0});
            break;
        }
        frames_.push_back(frame);
        return frame.table;
    }

    /* Whether even all that is left of the children could not make the pair what is needed. Then they count as if they were
     * paired. */
    [[nodiscard]] bool stays_below_needed(Frame &frame) {
        if (frame.needed <= Value{0})
            return false;
        const auto most = [this](std::span<const Item> items) {
            Value sum{0};
            for (const Item &item : items)
                sum += scoring_.identical(item.size);
            return sum;
        };
        const Value sum = std::min(most(rows_of(frame)), most(columns_of(frame)));
        if (sum >= needed_sum(frame))
            return false;
        frame.paired += sum;
        return frame.is_bound = true;
    }

    /* What the children that are not paired yet need. Pairs them when that takes no table. */
    [[nodiscard]] Table table_of(Frame &frame) {
        if (frame.count_a == 0 || frame.count_b == 0)
            return Table::kNone;
        if (frame.count_a == 1 && frame.count_b == 1) {
            Item &a = items_[frame.first_a], &b = items_[frame.first_b];
            if (Identity::kHasClasses)
                find_classes(a, b);
            if (!knows(a, b))
                return Table::kSingle;
            frame.paired += value_;
            return Table::kNone;
        }
        if (pairs_count_alike(frame)) {
            frame.paired += static_cast<Value>(sequences_.longest_common(rows_of(frame), columns_of(frame),
                                                                         a_.label_table().size(), budget_)) *
                            scoring_.identical(1);
            return Table::kNone;
        }
        return std::int64_t{frame.count_a} * frame.count_b <= kFewCells ? Table::kFew : Table::kRows;
    }

    /* Pairs identical children at both ends and keeps of the others those whose label may occur on both sides. */
    void collect(Frame &frame, TreeNode a, TreeNode b) {
        std::uint32_t common = a_.shape(a).child_labels & b_.shape(b).child_labels;
        if (common == 0)
            return;
        if (frame.degree_a == 1 && frame.degree_b == 1) {
            list_only_children(frame, a + 1, b + 1);
            return;
        }
        const TreeNode end_a = a_.end_of(a), end_b = b_.end_of(b);
        ++a;
        ++b;
        while (a < end_a && b < end_b && identity_.are_identical(a, b, budget_)) {
            frame.paired += scoring_.identical(a_.subtree_size(a));
            a = a_.end_of(a);
            b = b_.end_of(b);
        }
        if (frame.paired > Value{0}) /* some are gone */
            common = labels_among(a_, a, end_a) & labels_among(b_, b, end_b);
        if (common == 0)
            return;
        frame.first_a = items_.size();
        list_children(a_, a, end_a, frame.degree_a, common);
        frame.first_b = items_.size();
        list_children(b_, b, end_b, frame.degree_b, common);
        frame.count_a = static_cast<std::int32_t>(frame.first_b - frame.first_a);
        frame.count_b = static_cast<std::int32_t>(items_.size() - frame.first_b);
        pair_last(frame);
        pair_first(frame);
    }

    [[nodiscard]] static std::uint32_t labels_among(const Tree &tree, TreeNode child, TreeNode end) {
        std::uint32_t labels = 0;
        while (child < end) {
            const NodeShape &shape = tree.shape(child);
            labels |= NodeShape::bit_of(shape.label);
            child += shape.size;
        }
        return labels;
    }

    void list_only_children(Frame &frame, TreeNode a, TreeNode b) {
        const NodeShape &shape_a = a_.shape(a), &shape_b = b_.shape(b);
        if (shape_a.label != shape_b.label)
            return;
        frame.first_a = items_.size();
        frame.first_b = frame.first_a + 1;
        frame.count_a = frame.count_b = 1;
        items_.push_back({a, shape_a.label, shape_a.size, kNoClass, kNoColumn});
        items_.push_back({b, shape_b.label, shape_b.size, kNoClass, kNoColumn});
    }

    void list_children(const Tree &tree, TreeNode child, TreeNode end, std::int32_t count, std::uint32_t labels) {
        const std::size_t first = items_.size();
        items_.resize(first + static_cast<std::size_t>(count));
        Item *next = items_.data() + first;
        while (child < end) {
            const NodeShape &shape = tree.shape(child);
            if ((NodeShape::bit_of(shape.label) & labels) != 0)
                *next++ = {child, shape.label, shape.size, kNoClass, kNoColumn};
            child += shape.size;
        }
        items_.resize(static_cast<std::size_t>(next - items_.data()));
    }

    void pair_first(Frame &frame) {
        while (frame.count_a > 0 && frame.count_b > 0 && pair_if_identical(frame, frame.first_a, frame.first_b)) {
            ++frame.first_a;
            ++frame.first_b;
        }
    }
    void pair_last(Frame &frame) {
        while (frame.count_a > 0 && frame.count_b > 0 &&
               pair_if_identical(frame, frame.first_a + static_cast<std::size_t>(frame.count_a) - 1,
                                 frame.first_b + static_cast<std::size_t>(frame.count_b) - 1)) {
        }
    }
    [[nodiscard]] bool pair_if_identical(Frame &frame, std::size_t a, std::size_t b) {
        if (!identity_.are_identical(items_[a].node, items_[b].node, budget_))
            return false;
        frame.paired += scoring_.identical(items_[a].size);
        --frame.count_a;
        --frame.count_b;
        return true;
    }

    [[nodiscard]] std::span<Item> rows_of(const Frame &frame) {
        return std::span(items_).subspan(frame.first_a, static_cast<std::size_t>(frame.count_a));
    }
    [[nodiscard]] std::span<Item> columns_of(const Frame &frame) {
        return std::span(items_).subspan(frame.first_b, static_cast<std::size_t>(frame.count_b));
    }

    /* True only when each pair of children with one label is worth what two leaves are. */
    [[nodiscard]] bool pairs_count_alike(const Frame &frame) {
        const auto labels_of_inner = [](std::span<const Item> items) {
            std::uint32_t labels = 0;
            for (const Item &item : items)
                labels |= item.size > 1 ? NodeShape::bit_of(item.label) : 0;
            return labels;
        };
        const std::uint32_t rows = labels_of_inner(rows_of(frame)), columns = labels_of_inner(columns_of(frame));
        return scoring_.leaf() == scoring_.identical(1) ? (rows & columns) == 0 : (rows | columns) == 0;
    }

    void link_labels(const Frame &frame) {
        const auto rows = rows_of(frame), columns = columns_of(frame);
        label_to_column_.resize(a_.label_table().size());
        for (const Item &item : rows)
            label_to_column_[static_cast<std::size_t>(item.label)] = kNoColumn;
        for (std::size_t at = columns.size(); at-- > 0;)
            columns[at].link = std::exchange(label_to_column_[static_cast<std::size_t>(columns[at].label)],
                                             static_cast<std::int32_t>(at));
        for (Item &item : rows)
            item.link = label_to_column_[static_cast<std::size_t>(item.label)];
    }

    /* Goes on with the table on top; false when the value of a pair is needed, whose table may now be on top. Along a row cells
     * only grow, and from row to row only by pairs of one label: so a row visits these and the cells that they raise. */
    [[nodiscard]] bool fill() {
        if (frames_.back().table == Table::kSingle) { /* open has seen to its pair */
            rows_.back() = value_;
            frames_.back().is_bound = is_bound_;
            return true;
        }
        if (frames_.back().table == Table::kFew)
            return fill_few(frames_.back());
        for (Frame *frame = &frames_.back(); frame->i < frame->count_a; ++frame->i) {
            Item &a = items_[frame->first_a + static_cast<std::size_t>(frame->i)];
            if (!frame->awaits_value)
                frame->row = {a.link, 1, 0, Value{0}, Value{0}};
            if (!fill_row(*frame, a))
                return false;
            budget_.tick(frame->count_b);
        }
        return true;
    }

    [[nodiscard]] bool fill_row(Frame &frame, Item &a) {
        Value *const row = rows_.data() + frame.first_row;
        Item *const columns = items_.data() + frame.first_b;
        RowState at = frame.row;
        const Value most = scoring_.identical(a.size);
        bool has_value = std::exchange(frame.awaits_value, false);
        for (; at.column >= 0; at.column = columns[at.column].link) {
            const Value diagonal = at.column == at.end ? at.before_end : row[at.column];
            const Value above = row[at.column + 1];
            if (!has_value) {
                if (static_cast<Value>(diagonal + most) <= above)
                    continue;
                Item &b = columns[at.column];
                const Value reached = std::max(above, at.raised) - diagonal;
                if (scoring_.identical(std::min(a.size, b.size)) <= reached || bound(a, b) <= reached)
                    continue;
                if (a.size > 1 && b.size > 1)
                    find_classes(a, b);
                if (!knows(a, b)) {
                    frame.row = at;
                    frame.awaits_value = true;
                    open(a, b);
                    return false;
                }
            }
            has_value = false;
            const auto paired = static_cast<Value>(diagonal + value_);
            if (paired <= std::max(above, at.raised))
                continue;
            raise(row, at, at.column);
            at = {at.column, at.column + 2, at.column + 1, above, paired};
            row[at.end] = paired;
        }
        raise(row, at, frame.count_b);
        return true;
    }

    /* Writes the cells up to `end` that nothing but the last written pair raises. */
    static void raise(Value *row, RowState &at, std::int32_t end) {
        for (; at.next <= end && row[at.next] < at.raised; ++at.next)
            row[at.next] = at.raised;
    }

    [[nodiscard]] Value bound(const Item &a, const Item &b) const {
        if (a.size == 1 || b.size == 1)
            return scoring_.identical(1);
        if (!may_share_children(a, b))
            return scoring_.total(Value{0}, a_.degree(a.node), b_.degree(b.node));
        return scoring_.bound(a_, a.node, b_, b.node);
    }

    /* A small table: its cells' values or, until they are known, bounds, and room for the sums. */
    void list_few_cells(Frame &frame) {
        const auto rows = rows_of(frame), columns = columns_of(frame);
        const std::size_t cells = rows.size() * columns.size();
        rows_.resize(rows_.size() + cells + (is_line(frame) ? 1 : (rows.size() + 1) * (columns.size() + 1)), Value{0});
        Value *value = rows_.data() + frame.first_row;
        frame.known = ~std::uint64_t{0};
        if (!Identity::kHasClasses) {
            find_repeats(rows);
            find_repeats(columns);
        }
        std::uint64_t bit = 1;
        for (const Item &a : rows) {
            for (std::size_t j = 0; j < columns.size(); ++j, bit <<= 1, ++value) {
                const Item &b = columns[j];
                if (a.label != b.label)
                    continue;
                if (a.size == 1 || b.size == 1) {
                    *value = a.size == b.size ? scoring_.identical(1) : scoring_.leaf();
                } else {
                    *value = bound(a, b);
                    if (may_share_children(a, b))
                        frame.known ^= bit;
                }
            }
        }
    }

    /* Marks what may be identical to the one beside it, as the records of a list often are. */
    static void find_repeats(std::span<Item> items) {
        for (std::size_t at = 1; at < items.size(); ++at)
            if (items[at].size > 1 && items[at].size == items[at - 1].size && items[at].label == items[at - 1].label)
                items[at].link = items[at - 1].link = kRepeats;
    }

    /* Computes no more pairs than it takes: the best sum with bounds in the place of unknown values is the table's value
     * once one way to it has known values only, else one of the unknown ones on the way is computed. */
    [[nodiscard]] bool fill_few(Frame &frame) {
        Value *const values = rows_.data() + frame.first_row;
        const Value needed = needed_sum(frame);
        std::int32_t first_row = 0;
        if (std::exchange(frame.awaits_value, false)) {
            values[frame.row.column] = value_;
            frame.known |= std::uint64_t{1} << frame.row.column;
            first_row = frame.row.column / frame.count_b;
        }
        for (;;) {
            const std::int32_t cell =
                is_line(frame) ? unknown_if_best(frame, values) : unknown_on_best_way(frame, values, first_row);
            if (cell < 0)
                return true;
            if (rows_.back() < needed)
                return frame.is_bound = true;
            budget_.tick(frame.count_a * frame.count_b);
            Item &a = rows_of(frame)[static_cast<std::size_t>(cell / frame.count_b)];
            Item &b = columns_of(frame)[static_cast<std::size_t>(cell % frame.count_b)];
            if (Identity::kHasClasses || a.link == kRepeats || b.link == kRepeats)
                find_classes(a, b);
            if (!knows(a, b)) {
                frame.row.column = cell;
                frame.awaits_value = true;
                open(a, b);
                return false;
            }
            values[cell] = value_;
            frame.known |= std::uint64_t{1} << cell;
            first_row = cell / frame.count_b;
        }
    }

    [[nodiscard]] static bool is_line(const Frame &frame) { return frame.count_a == 1 || frame.count_b == 1; }

    /* Sums before `first_row` are up to date. */
    [[nodiscard]] static std::int32_t unknown_on_best_way(const Frame &frame, Value *values, std::int32_t first_row) {
        const std::int32_t rows = frame.count_a, columns = frame.count_b, width = columns + 1;
        Value *const sums = values + rows * columns;
        for (std::int32_t i = first_row; i < rows; ++i)
            for (std::int32_t j = 0; j < columns; ++j) {
                Value *const sum = sums + i * width + j;
                sum[width + 1] = std::max({sum[1], sum[width], static_cast<Value>(sum[0] + values[i * columns + j])});
            }
        for (std::int32_t i = rows, j = columns; i > 0 && j > 0;) {
            const Value *const sum = sums + i * width + j;
            const std::int32_t cell = (i - 1) * columns + j - 1;
            if (*sum == sum[-width])
                --i;
            else if (*sum == sum[-1])
                --j;
            else if ((frame.known >> cell & 1) == 0)
                return cell;
            else
                --i, --j;
        }
        return -1;
    }

    /* The same for a line, of which one cell counts. */
    [[nodiscard]] static std::int32_t unknown_if_best(const Frame &frame, Value *values) {
        const std::int32_t cells = frame.count_a * frame.count_b;
        std::int32_t best = 0;
        for (std::int32_t cell = 1; cell < cells; ++cell)
            if (values[cell] > values[best] || (values[cell] == values[best] && (frame.known >> cell & 1) != 0))
                best = cell;
        values[cells] = values[best];
        return (frame.known >> best & 1) != 0 ? -1 : best;
    }

    void find_classes(Item &a, Item &b) {
        if (a.id == kNoClass)
            a.id = identity_.class_of_a(a.node);
        if (b.id == kNoClass)
            b.id = identity_.class_of_b(b.node);
    }

    /* The value of the pair whose table is on top, from the table's last cell. */
    [[nodiscard]] Value total(const Frame &frame) const {
        return scoring_.total(frame.paired + rows_.back(), frame.degree_a, frame.degree_b);
    }

    void remember(const Frame &frame) {
        if (!frame.is_bound && frame.id_a != kNoClass && frame.id_b != kNoClass)
            memo_.store(frame.id_a, frame.id_b, value_);
    }

    void close() {
        const Frame &frame = frames_.back();
        value_ = total(frame);
        is_bound_ = frame.is_bound;
        remember(frame);
        items_.resize(frame.first_item);
        rows_.resize(frame.first_row);
        frames_.pop_back();
    }

    const Tree &a_;
    const Tree &b_;
    Identity identity_;
    Scoring scoring_;
    CellBudget &budget_;
    PairMemo<Value> memo_;
    std::vector<Frame> frames_;
    std::vector<Item> items_;                   /* the children of all open frames */
    std::vector<Value> rows_;                   /* the rows of all open frames */
    std::vector<std::int32_t> label_to_column_; /* the first, while a table's labels are linked */
    LabelSequences sequences_;
    Value value_{};         /* of the pair that was computed last */
    bool is_bound_ = false; /* or a bound of it, see Frame::needed */
};

} // namespace webwrap
