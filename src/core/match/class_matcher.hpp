#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/pair_memo.hpp"
#include "core/match/subtree_index.hpp"

namespace webwrap {

/* The dynamic programme that simple and clustered tree matching share, over classes of identical subtrees instead of
 * nodes. Its results are those of the plain recursion, because
 *   - the value of a pair depends on the two classes only (a sibling count is the parent's degree), so it is kept in a
 *     memo, whose size is bounded: a lost entry is computed again;
 *   - an identical pair has the largest value that either side can have, so identical children at both ends of the two
 *     lists are paired at once (any optimal pairing can be exchanged for one that does so);
 *   - a child whose label does not occur among the other side's children adds nothing and is left out.
 * Frames replace recursion; each keeps one rolling row. O(|a|*|b|) time at worst; O(depth*fanout) memory and the memo.
 *
 * Scoring says: Value; identical(size), the value of an identical pair; leaf(), of a pair of which only one is a leaf;
 * total(matched, degree, degree), of a pair whose children's best pairing is worth `matched`. Pairs with different
 * labels are worth 0. */
template <typename Scoring> class ClassMatcher {
  public:
    using Value = typename Scoring::Value;

    ClassMatcher(const SubtreeIndex &index, const Scoring &scoring, CellBudget &budget)
        : index_(index), scoring_(scoring), budget_(budget) {}

    /* The value of a pair of subtrees. Throws kLimitExceeded above webwrap.max_match_cells; polls. */
    [[nodiscard]] Value match(SubtreeClass a, SubtreeClass b) {
        if (const auto known = known_value(item_of(a), item_of(b)))
            return *known;
        frames_.clear(); /* an error may have left some */
        items_.clear();
        rows_.clear();
        open_frame(a, b);
        for (;;) {
            if (!fill(frames_.back())) {
                open_frame(missing_a_, missing_b_);
                continue;
            }
            const Value value = close_frame();
            if (frames_.empty())
                return value;
        }
    }

  private:
    static constexpr std::int64_t kFrameCells = 16; /* a frame costs about as much as so many cells */
    static constexpr std::size_t kFewCells = 16;    /* looking at all of them is cheaper than a frame */

    struct Item {
        SubtreeClass id;
        LabelId label;
        std::int32_t size;
    };
    struct Frame {
        SubtreeClass a, b;
        std::size_t first_item, first_a, first_b, first_row;
        std::int32_t count_a, count_b; /* children that take part in the table */
        std::int32_t i, j;             /* the next cell */
        Value diagonal;                /* of the next cell, when j > 0 */
        Value paired;                  /* worth of the identical children at both ends */
    };

    [[nodiscard]] Item item_of(SubtreeClass id) const { return {id, index_.label(id), index_.subtree_size(id)}; }

    /* The value when it takes no table. Empty only for different subtrees of one label that both have children. */
    [[nodiscard]] std::optional<Value> known_value(const Item &a, const Item &b) const {
        if (a.label != b.label)
            return Value{0};
        if (a.id == b.id)
            return scoring_.identical(a.size);
        if (a.size == 1 || b.size == 1)
            return scoring_.leaf();
        return remembered_value(a.id, b.id);
    }

    [[nodiscard]] std::optional<Value> remembered_value(SubtreeClass a, SubtreeClass b) const {
        if (const Value *const kept = memo_.find(a, b))
            return *kept;
        const auto children_a = index_.children(a);
        const auto children_b = index_.children(b);
        if (children_a.size() * children_b.size() <= kFewCells && !share_a_label(children_a, children_b))
            return scoring_.total(Value{0}, static_cast<std::int32_t>(children_a.size()),
                                  static_cast<std::int32_t>(children_b.size()));
        return std::nullopt;
    }

    [[nodiscard]] bool share_a_label(std::span<const SubtreeClass> as, std::span<const SubtreeClass> bs) const {
        for (const SubtreeClass a : as)
            for (const SubtreeClass b : bs)
                if (index_.label(a) == index_.label(b))
                    return true;
        return false;
    }

    void open_frame(SubtreeClass a, SubtreeClass b) {
        Frame frame{};
        frame.a = a;
        frame.b = b;
        frame.first_item = items_.size();
        collect_items(frame);
        pair_identical_ends(frame);
        budget_.reserve(kFrameCells + std::int64_t{frame.count_a} * frame.count_b);
        budget_.tick(kFrameCells + static_cast<std::int64_t>(index_.children(a).size() + index_.children(b).size()));
        frame.first_row = rows_.size();
        rows_.resize(rows_.size() + static_cast<std::size_t>(frame.count_b) + 1, Value{0});
        frames_.push_back(frame);
    }

    /* Keeps the children whose label occurs on both sides. */
    void collect_items(Frame &frame) {
        label_to_stamp_.resize(index_.label_count(), 0);
        const auto stamp_of = [this](LabelId label) -> std::uint64_t & {
            return label_to_stamp_[static_cast<std::size_t>(label)];
        };
        ++stamp_;
        for (const SubtreeClass child : index_.children(frame.b))
            stamp_of(index_.label(child)) = stamp_;
        frame.first_a = items_.size();
        for (const SubtreeClass child : index_.children(frame.a))
            if (const Item item = item_of(child); stamp_of(item.label) == stamp_)
                items_.push_back(item);
        ++stamp_;
        frame.first_b = items_.size();
        for (std::size_t at = frame.first_a; at < frame.first_b; ++at)
            stamp_of(items_[at].label) = stamp_;
        for (const SubtreeClass child : index_.children(frame.b))
            if (const Item item = item_of(child); stamp_of(item.label) == stamp_)
                items_.push_back(item);
        frame.count_a = static_cast<std::int32_t>(frame.first_b - frame.first_a);
        frame.count_b = static_cast<std::int32_t>(items_.size() - frame.first_b);
    }

    void pair_identical_ends(Frame &frame) const {
        const auto pair_if_identical = [&](std::size_t a, std::size_t b) {
            if (frame.count_a == 0 || frame.count_b == 0 || items_[a].id != items_[b].id)
                return false;
            frame.paired += scoring_.identical(items_[a].size);
            --frame.count_a;
            --frame.count_b;
            return true;
        };
        while (pair_if_identical(frame.first_a, frame.first_b)) {
            ++frame.first_a;
            ++frame.first_b;
        }
        while (pair_if_identical(frame.first_a + static_cast<std::size_t>(frame.count_a) - 1,
                                 frame.first_b + static_cast<std::size_t>(frame.count_b) - 1)) {
        }
    }

    /* Goes on with the table; false when it needs the value of a pair (missing_a_, missing_b_) first. */
    [[nodiscard]] bool fill(Frame &frame) {
        const Item *const bs = items_.data() + frame.first_b;
        Value *const row = rows_.data() + frame.first_row;
        for (; frame.i < frame.count_a; ++frame.i) {
            const Item a = items_[frame.first_a + static_cast<std::size_t>(frame.i)];
            Value diagonal = frame.j == 0 ? Value{0} : frame.diagonal;
            for (std::int32_t j = frame.j; j < frame.count_b; ++j) {
                const auto weight = known_value(a, bs[j]);
                if (!weight) {
                    frame.j = j;
                    frame.diagonal = diagonal;
                    missing_a_ = a.id;
                    missing_b_ = bs[j].id;
                    return false;
                }
                const Value above = row[j + 1];
                row[j + 1] = std::max({above, row[j], static_cast<Value>(diagonal + *weight)});
                diagonal = above;
            }
            frame.j = 0;
            budget_.tick(frame.count_b);
        }
        return true;
    }

    Value close_frame() {
        const Frame frame = frames_.back();
        const Value matched = frame.paired + rows_[frame.first_row + static_cast<std::size_t>(frame.count_b)];
        const Value value = scoring_.total(matched, static_cast<std::int32_t>(index_.children(frame.a).size()),
                                           static_cast<std::int32_t>(index_.children(frame.b).size()));
        memo_.store(frame.a, frame.b, value); /* where the frame below finds it */
        items_.resize(frame.first_item);
        rows_.resize(frame.first_row);
        frames_.pop_back();
        return value;
    }

    const SubtreeIndex &index_;
    Scoring scoring_;
    CellBudget &budget_;
    PairMemo<Value> memo_;
    std::vector<Frame> frames_;
    std::vector<Item> items_; /* the children of all open frames */
    std::vector<Value> rows_; /* the rows of all open frames */
    std::vector<std::uint64_t> label_to_stamp_;
    std::uint64_t stamp_ = 0;
    SubtreeClass missing_a_ = 0;
    SubtreeClass missing_b_ = 0;
};

} // namespace webwrap
