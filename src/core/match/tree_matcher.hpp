#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/identity.hpp"
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
 * children's best pairing is worth `matched`; bound(size, degree, size, degree), which no pair of such inner nodes
 * exceeds. Pairs with different labels are worth 0. */
template <typename Scoring, typename Identity> class TreeMatcher {
  public:
    using Value = typename Scoring::Value;

    /* The trees must outlive the matcher. */
    TreeMatcher(const Tree &a, const Tree &b, Identity identity, const Scoring &scoring, CellBudget &budget)
        : a_(a), b_(b), identity_(std::move(identity)), scoring_(scoring), budget_(budget),
          label_to_stamp_(a.label_table().size(), 0) {}

    /* The value of a pair of subtrees, a node of either tree. Throws kLimitExceeded above webwrap.max_match_cells; polls. */
    [[nodiscard]] Value match(TreeNode a, TreeNode b) {
        frames_.clear(); /* an error may have left some */
        items_.clear();
        rows_.clear();
        const auto class_if_free = [](auto class_of) { return Identity::kHasClasses ? class_of() : kNoClass; };
        const Item x{a, a_.label(a), a_.subtree_size(a), a_.degree(a),
                     class_if_free([&] { return identity_.class_of_a(a); }), -1};
        const Item y{b, b_.label(b), b_.subtree_size(b), b_.degree(b),
                     class_if_free([&] { return identity_.class_of_b(b); }), -1};
        if (knows(x, y))
            return value_;
        open(x, y);
        while (!frames_.empty())
            if (fill())
                close();
        return value_;
    }

  private:
    static constexpr std::int64_t kFrameCells = 16; /* a frame costs about as much as so many cells */
    static constexpr SubtreeClass kNoClass = -1;

    struct Item {
        TreeNode node;
        LabelId label;
        std::int32_t size;
        std::int32_t degree;
        SubtreeClass id;   /* kNoClass when it was not asked for */
        std::int32_t link; /* the next column with this label, of a row the first; -1 for none */
    };
    /* Where a row is. Cell 0 is before column 0. */
    struct RowState {
        std::int32_t column; /* of the pair that is looked at */
        std::int32_t next;   /* the first cell that `raised` may have to be carried to */
        std::int32_t end;    /* the cell after the last pair that counted */
        Value before_end;    /* in the row above, at that cell */
        Value raised;        /* in this row, at that cell */
        Value diagonal;      /* in the row above, before the column */
    };
    struct Frame {
        SubtreeClass id_a, id_b; /* kNoClass: the value is not remembered */
        std::int32_t degree_a, degree_b;
        std::size_t first_item, first_a, first_b, first_row;
        std::int32_t count_a, count_b; /* children that take part in the table */
        std::int32_t i;                /* the row */
        bool awaits_value;             /* row.column's pair was computed, its value is in value_ */
        bool remembers; /* values of the table's pairs; a single pair comes up no more often than its parents */
        RowState row;
        Value paired; /* worth of the identical children at both ends */
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

    /* Begins with the table of a pair's children, or, when that takes no table, leaves the pair's value in value_. */
    void open(const Item &a, const Item &b) {
        Frame frame{};
        frame.id_a = a.id;
        frame.id_b = b.id;
        frame.degree_a = a.degree;
        frame.degree_b = b.degree;
        frame.first_item = items_.size();
        collect(frame, a.node, b.node);
        budget_.reserve(kFrameCells + std::int64_t{frame.count_a} * frame.count_b);
        budget_.tick(kFrameCells + a.degree + b.degree);
        const bool is_empty = frame.count_a == 0 || frame.count_b == 0;
        if (is_empty || pairs_count_alike(frame)) {
            if (!is_empty)
                frame.paired += static_cast<Value>(longest_common_labels(frame)) * scoring_.identical(1);
            value_ = scoring_.total(frame.paired, frame.degree_a, frame.degree_b);
            items_.resize(frame.first_item);
            return;
        }
        link_labels(frame);
        frame.remembers = Identity::kHasClasses || frame.count_a > 1 || frame.count_b > 1;
        frame.first_row = rows_.size();
        rows_.resize(rows_.size() + static_cast<std::size_t>(frame.count_b) + 1, Value{0});
        frames_.push_back(frame);
    }

    /* Pairs identical children at both ends and keeps of the others those whose label occurs on both sides. */
    void collect(Frame &frame, TreeNode a, TreeNode b) {
        const TreeNode end_a = a_.end_of(a), end_b = b_.end_of(b);
        ++a;
        ++b;
        while (a < end_a && b < end_b && identity_.are_identical(a, b, budget_)) {
            frame.paired += scoring_.identical(a_.subtree_size(a));
            a = a_.end_of(a);
            b = b_.end_of(b);
        }
        frame.first_a = frame.first_b = items_.size();
        if (a == end_a || b == end_b)
            return;
        list_children(a_, a, end_a);
        frame.first_b = items_.size();
        list_children(b_, b, end_b);
        frame.count_a = static_cast<std::int32_t>(frame.first_b - frame.first_a);
        frame.count_b = static_cast<std::int32_t>(items_.size() - frame.first_b);
        pair_last(frame);
        if (frame.count_a == 0 || frame.count_b == 0)
            return;
        if (frame.count_a == 1 && frame.count_b == 1) {
            if (items_[frame.first_a].label != items_[frame.first_b].label)
                frame.count_a = 0;
            return;
        }
        keep_common_labels(frame);
        pair_first(frame);
        pair_last(frame);
    }

    void list_children(const Tree &tree, TreeNode child, TreeNode end) {
        for (; child < end; child = tree.end_of(child))
            items_.push_back({child, tree.label(child), tree.subtree_size(child), tree.degree(child), kNoClass, -1});
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

    void keep_common_labels(Frame &frame) {
        const auto stamp = [this](std::size_t first, std::int32_t count) {
            ++stamp_;
            for (std::size_t at = first; at < first + static_cast<std::size_t>(count); ++at)
                label_to_stamp_[static_cast<std::size_t>(items_[at].label)] = stamp_;
        };
        const auto keep_stamped = [this](std::size_t first, std::int32_t count) {
            std::size_t kept = first;
            for (std::size_t at = first; at < first + static_cast<std::size_t>(count); ++at)
                if (label_to_stamp_[static_cast<std::size_t>(items_[at].label)] == stamp_)
                    items_[kept++] = items_[at];
            return static_cast<std::int32_t>(kept - first);
        };
        stamp(frame.first_b, frame.count_b);
        frame.count_a = keep_stamped(frame.first_a, frame.count_a);
        stamp(frame.first_a, frame.count_a);
        frame.count_b = keep_stamped(frame.first_b, frame.count_b);
    }

    [[nodiscard]] std::span<Item> rows_of(const Frame &frame) {
        return std::span(items_).subspan(frame.first_a, static_cast<std::size_t>(frame.count_a));
    }
    [[nodiscard]] std::span<Item> columns_of(const Frame &frame) {
        return std::span(items_).subspan(frame.first_b, static_cast<std::size_t>(frame.count_b));
    }

    /* True when each pair of children with one label is worth what two leaves are. */
    [[nodiscard]] bool pairs_count_alike(const Frame &frame) {
        const auto is_inner = [](const Item &item) { return item.size > 1; };
        const auto rows = rows_of(frame), columns = columns_of(frame);
        if (scoring_.leaf() != scoring_.identical(1))
            return std::ranges::none_of(rows, is_inner) && std::ranges::none_of(columns, is_inner);
        ++stamp_;
        for (const Item &item : rows)
            if (is_inner(item))
                label_to_stamp_[static_cast<std::size_t>(item.label)] = stamp_;
        return std::ranges::none_of(columns, [&](const Item &item) {
            return is_inner(item) && label_to_stamp_[static_cast<std::size_t>(item.label)] == stamp_;
        });
    }

    /* The longest common subsequence of the children's labels, 64 columns at once (Hyyro 2004): a bit is 0 where a cell
     * is greater than the one before. */
    [[nodiscard]] std::int64_t longest_common_labels(const Frame &frame) {
        auto rows = rows_of(frame), columns = columns_of(frame);
        if (rows.size() > columns.size())
            std::swap(rows, columns);
        label_to_columns_.resize(label_to_stamp_.size(), 0);
        const auto columns_with = [this](const Item &item) -> std::uint64_t & {
            return label_to_columns_[static_cast<std::size_t>(item.label)];
        };
        row_to_carry_.assign(columns.size() > 64 ? rows.size() : 0, 0);
        std::int64_t length = 0;
        for (; !columns.empty(); columns = columns.subspan(std::min<std::size_t>(64, columns.size()))) {
            const auto block = columns.first(std::min<std::size_t>(64, columns.size()));
            for (std::size_t at = 0; at < block.size(); ++at)
                columns_with(block[at]) |= std::uint64_t{1} << at;
            std::uint64_t flat = ~std::uint64_t{0};
            if (row_to_carry_.empty())
                for (const Item &item : rows) {
                    const std::uint64_t common = flat & columns_with(item);
                    flat = (flat + common) | (flat - common);
                }
            else
                for (std::size_t at = 0; at < rows.size(); ++at) {
                    const std::uint64_t common = flat & columns_with(rows[at]);
                    const std::uint64_t sum = flat + common, carried = sum + row_to_carry_[at];
                    row_to_carry_[at] = sum < flat || carried < sum ? 1 : 0;
                    flat = carried | (flat - common);
                }
            length += std::popcount(~flat << (64 - block.size()));
            for (const Item &item : block)
                columns_with(item) = 0;
            budget_.tick(static_cast<std::int64_t>(rows.size() + block.size()));
        }
        return length;
    }

    void link_labels(const Frame &frame) {
        const auto rows = rows_of(frame), columns = columns_of(frame);
        label_to_column_.resize(label_to_stamp_.size());
        for (const Item &item : rows)
            label_to_column_[static_cast<std::size_t>(item.label)] = -1;
        for (std::size_t at = columns.size(); at-- > 0;)
            columns[at].link = std::exchange(label_to_column_[static_cast<std::size_t>(columns[at].label)], static_cast<std::int32_t>(at));
        for (Item &item : rows)
            item.link = label_to_column_[static_cast<std::size_t>(item.label)];
    }

    /* Goes on with the table on top; false when the value of a pair is needed, whose table may now be on top. Along a row cells
     * only grow, and from row to row only by pairs of one label: so a row visits these and the cells that they raise. */
    [[nodiscard]] bool fill() {
        for (Frame *frame = &frames_.back(); frame->i < frame->count_a; ++frame->i) {
            Item &a = items_[frame->first_a + static_cast<std::size_t>(frame->i)];
            if (!frame->awaits_value)
                frame->row = {a.link, 1, 0, Value{0}, Value{0}, Value{0}};
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
            if (!has_value) {
                at.diagonal = at.column == at.end ? at.before_end : row[at.column];
                raise(row, at, at.column);
                const Value best = std::max(row[at.column + 1], at.raised);
                Item &b = columns[at.column];
                if (static_cast<Value>(at.diagonal + most) <= best ||
                    static_cast<Value>(at.diagonal + bound(a, b)) <= best)
                    continue;
                if (frame.remembers && a.size > 1 && b.size > 1)
                    find_classes(a, b);
                if (!knows(a, b)) {
                    frame.row = at;
                    frame.awaits_value = true;
                    open(Item(a), Item(b));
                    return false;
                }
            }
            has_value = false;
            at.end = at.column + 1;
            at.before_end = row[at.end];
            at.raised = std::max({at.before_end, at.raised, static_cast<Value>(at.diagonal + value_)});
            row[at.end] = at.raised;
            at.next = at.end + 1;
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
        return a.size == 1 || b.size == 1 ? scoring_.identical(1)
                                          : scoring_.bound(a.size, a.degree, b.size, b.degree);
    }

    void find_classes(Item &a, Item &b) {
        if (a.id == kNoClass)
            a.id = identity_.class_of_a(a.node);
        if (b.id == kNoClass)
            b.id = identity_.class_of_b(b.node);
    }

    void close() {
        const Frame &frame = frames_.back();
        const Value matched = frame.paired + rows_[frame.first_row + static_cast<std::size_t>(frame.count_b)];
        value_ = scoring_.total(matched, frame.degree_a, frame.degree_b);
        if (frame.id_a != kNoClass && frame.id_b != kNoClass)
            memo_.store(frame.id_a, frame.id_b, value_);
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
    std::vector<Item> items_; /* the children of all open frames */
    std::vector<Value> rows_; /* the rows of all open frames */
    std::vector<std::uint64_t> label_to_stamp_;
    std::uint64_t stamp_ = 0;
    std::vector<std::int32_t> label_to_column_;    /* the first, while a table's labels are linked */
    std::vector<std::uint64_t> label_to_columns_;  /* as bits, 0 unless longest_common_labels is at work */
    std::vector<std::uint8_t> row_to_carry_;
    Value value_{}; /* of the pair that was computed last */
};

} // namespace webwrap
