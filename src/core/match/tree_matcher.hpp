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
 *   - a child whose label does not occur among the other side's children adds nothing and is left out;
 *   - a pair that could not raise its cell even with the largest value its size or degrees allow is not computed;
 *   - the value of a pair depends on its two subtrees only (a sibling count is the parent's degree), so it is kept in a
 *     memo by classes of identical subtrees, whose size is bounded: a lost entry is computed again.
 * Frames replace recursion; each keeps one rolling row. O(|a|*|b|) time at worst; O(depth*fanout) memory and the memo.
 *
 * Identity says which subtrees are identical, see IndexedIdentity. Scoring says: Value; identical(size), the value of an
 * identical pair; leaf(), of a pair of which only one is a leaf; total(matched, degree, degree), of a pair whose
 * children's best pairing is worth `matched`; bound(tree, node, tree, node), which no pair of inner nodes of one label
 * exceeds. Pairs with different labels are worth 0. */
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
        needed_ = needed;
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
        open(x, y);
        while (!frames_.empty())
            if (fill())
                close();
        return value_;
    }

  private:
    static constexpr std::int64_t kFrameCells = 16;  /* a frame costs about as much as so many cells */
    static constexpr std::int64_t kFewCells = 64;    /* such tables are kept whole, see fill_few; at most 64 */
    static constexpr std::int32_t kFewChildren = 16; /* without a table these are soon looked at again */
    static constexpr SubtreeClass kNoClass = -1;
    static constexpr std::int32_t kNoColumn = -1;

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
    };

    /* True when the value, now in value_, takes no look at the children. Only different subtrees of one label that both
     * have children remain. */
    [[nodiscard]] bool knows(const Item &a, const Item &b) {
        if (a.label != b.label)
            value_ = Value{0};
        else if (a.size == 1 || b.size == 1)
            value_ = a.size == b.size ? scoring_.identical(1) : scoring_.leaf();
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

    /* Begins with the table of a pair's children, and, while that has a single cell, with the table of its pair; or, when
     * no table is needed, leaves the value of the pair that was looked at last in value_. */
    void open(Item a, Item b) {
        while (open_table(a, b) == Table::kSingle) {
            a = items_[frames_.back().first_a];
            b = items_[frames_.back().first_b];
        }
    }

    [[nodiscard]] Table open_table(const Item &a, const Item &b) {
        Frame frame{};
        frame.id_a = a.id;
        frame.id_b = b.id;
        frame.degree_a = a_.degree(a.node);
        frame.degree_b = b_.degree(b.node);
        frame.first_item = items_.size();
        collect(frame, a.node, b.node);
        budget_.reserve(kFrameCells + std::int64_t{frame.count_a} * frame.count_b);
        budget_.tick(kFrameCells + frame.degree_a + frame.degree_b);
        frame.table = frames_.empty() && stays_below_needed(frame) ? Table::kNone : table_of(frame);
        frame.first_row = rows_.size();
        switch (frame.table) {
        case Table::kNone:
            value_ = scoring_.total(frame.paired, frame.degree_a, frame.degree_b);
            if (frame.degree_a + frame.degree_b > kFewChildren)
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

    /* Whether even all that is left of the children of the pair that was asked for could not make it what is needed. Then
     * they count as if they were paired, and nothing is remembered. */
    [[nodiscard]] bool stays_below_needed(Frame &frame) {
        const auto most = [this](std::span<const Item> items) {
            Value sum{0};
            for (const Item &item : items)
                sum += scoring_.identical(item.size);
            return sum;
        };
        const Value paired = frame.paired + std::min(most(rows_of(frame)), most(columns_of(frame)));
        if (scoring_.total(paired, frame.degree_a, frame.degree_b) >= needed_)
            return false;
        frame.paired = paired;
        frame.id_a = kNoClass;
        return true;
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
        const TreeNode end_a = a_.end_of(a), end_b = b_.end_of(b);
        ++a;
        ++b;
        while (a < end_a && b < end_b && identity_.are_identical(a, b, budget_)) {
            frame.paired += scoring_.identical(a_.subtree_size(a));
            a = a_.end_of(a);
            b = b_.end_of(b);
        }
        const std::uint64_t common = labels_among(a_, a, end_a) & labels_among(b_, b, end_b);
        if (common == 0)
            return;
        frame.first_a = items_.size();
        list_children(a_, a, end_a, common);
        frame.first_b = items_.size();
        list_children(b_, b, end_b, common);
        frame.count_a = static_cast<std::int32_t>(frame.first_b - frame.first_a);
        frame.count_b = static_cast<std::int32_t>(items_.size() - frame.first_b);
        pair_last(frame);
        pair_first(frame);
    }

    /* Labels as a set that holds 64 kinds of them. */
    static std::uint64_t bit_of(LabelId label) { return std::uint64_t{1} << (static_cast<std::uint32_t>(label) % 64); }
    static std::uint64_t labels_among(const Tree &tree, TreeNode child, TreeNode end) {
        std::uint64_t labels = 0;
        for (; child < end; child = tree.end_of(child))
            labels |= bit_of(tree.label(child));
        return labels;
    }
    void list_children(const Tree &tree, TreeNode child, TreeNode end, std::uint64_t labels) {
        for (; child < end; child = tree.end_of(child))
            if (const LabelId label = tree.label(child); (bit_of(label) & labels) != 0)
                items_.push_back({child, label, tree.subtree_size(child), kNoClass, kNoColumn});
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
            std::uint64_t labels = 0;
            for (const Item &item : items)
                labels |= item.size > 1 ? bit_of(item.label) : 0;
            return labels;
        };
        const std::uint64_t rows = labels_of_inner(rows_of(frame)), columns = labels_of_inner(columns_of(frame));
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
                if (static_cast<Value>(diagonal + bound(a, b)) <= std::max(above, at.raised))
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
        return a.size == 1 || b.size == 1 ? scoring_.identical(1) : scoring_.bound(a_, a.node, b_, b.node);
    }

    /* A small table: its cells' values or, until they are known, bounds, and room for the sums. */
    void list_few_cells(Frame &frame) {
        const auto rows = rows_of(frame), columns = columns_of(frame);
        const std::size_t cells = rows.size() * columns.size();
        rows_.resize(rows_.size() + cells + (rows.size() + 1) * (columns.size() + 1), Value{0});
        Value *value = rows_.data() + frame.first_row;
        frame.known = ~std::uint64_t{0};
        column_labels_.clear();
        const auto labels_below = [](const Tree &tree, const Item &item) {
            return labels_among(tree, item.node + 1, tree.end_of(item.node));
        };
        for (const Item &b : columns)
            column_labels_.push_back(labels_below(b_, b));
        std::uint64_t bit = 1;
        for (const Item &a : rows) {
            const std::uint64_t labels = labels_below(a_, a);
            for (std::size_t j = 0; j < columns.size(); ++j, bit <<= 1, ++value) {
                const Item &b = columns[j];
                if (a.label != b.label)
                    continue;
                if (a.size == 1 || b.size == 1) {
                    *value = a.size == b.size ? scoring_.identical(1) : scoring_.leaf();
                } else if ((labels & column_labels_[j]) == 0) {
                    *value = scoring_.total(Value{0}, a_.degree(a.node), b_.degree(b.node));
                } else {
                    *value = bound(a, b);
                    frame.known ^= bit;
                }
            }
        }
    }

    /* Computes no more pairs than it takes: the best sum with bounds in the place of unknown values is the table's value
     * once one way to it has known values only, else one of the unknown ones on the way is computed. */
    [[nodiscard]] bool fill_few(Frame &frame) {
        Value *const values = rows_.data() + frame.first_row;
        std::int32_t first_row = 0;
        if (std::exchange(frame.awaits_value, false)) {
            values[frame.row.column] = value_;
            frame.known |= std::uint64_t{1} << frame.row.column;
            first_row = frame.row.column / frame.count_b;
        }
        for (;;) {
            const std::int32_t cell = unknown_on_best_way(frame, values, first_row);
            if (cell < 0)
                return true;
            if (frames_.size() == 1 && total(frame) < needed_) {
                frame.id_a = kNoClass; /* a bound is nothing to remember */
                return true;
            }
            budget_.tick(frame.count_a * frame.count_b);
            Item &a = rows_of(frame)[static_cast<std::size_t>(cell / frame.count_b)];
            Item &b = columns_of(frame)[static_cast<std::size_t>(cell % frame.count_b)];
            if (Identity::kHasClasses)
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
        if (frame.id_a != kNoClass && frame.id_b != kNoClass)
            memo_.store(frame.id_a, frame.id_b, value_);
    }

    void close() {
        const Frame &frame = frames_.back();
        value_ = total(frame);
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
    std::vector<std::uint64_t> column_labels_;  /* of the children of columns, while a small table is opened */
    std::vector<std::int32_t> label_to_column_; /* the first, while a table's labels are linked */
    LabelSequences sequences_;
    Value needed_{}; /* of the pair that was asked for */
    Value value_{};  /* of the pair that was computed last */
};

} // namespace webwrap
