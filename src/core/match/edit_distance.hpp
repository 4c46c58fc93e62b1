#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/limits.hpp"
#include "core/match/cell_budget.hpp"
#include "core/match/subtree_index.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* A subtree in post-order, or its mirror image: Zhang and Shasha's view of a tree. A position's leftmost leaf begins
 * the range of its subtree; a keyroot is the highest position with its leftmost leaf. */
class PostorderTree {
  public:
    PostorderTree(const Tree &tree, TreeNode root, std::span<const SubtreeClass> node_to_class, bool is_mirrored);

    [[nodiscard]] std::int32_t size() const noexcept { return static_cast<std::int32_t>(label_.size()); }
    /* The position of a node of the subtree. */
    [[nodiscard]] std::int32_t position(TreeNode node) const { return node_to_position_[index(node - root_)]; }
    [[nodiscard]] LabelId label(std::int32_t at) const { return label_[index(at)]; }
    [[nodiscard]] std::int32_t leaf(std::int32_t at) const { return leaf_[index(at)]; }
    [[nodiscard]] SubtreeClass subtree_class(std::int32_t at) const { return class_[index(at)]; }
    [[nodiscard]] bool is_keyroot(std::int32_t at) const { return is_keyroot_[index(at)]; }
    [[nodiscard]] std::int32_t subtree_size(std::int32_t at) const { return at - leaf(at) + 1; }
    [[nodiscard]] const std::int32_t *leaves() const noexcept { return leaf_.data(); }
    [[nodiscard]] const LabelId *labels() const noexcept { return label_.data(); }
    /* The first keyroot of each class of identical subtrees; ascending. */
    [[nodiscard]] std::vector<std::int32_t> distinct_keyroots() const;
    /* Sum of the sizes of their subtrees: what the tree multiplies the cost of a distance with. */
    [[nodiscard]] std::int64_t weight() const;

  private:
    static std::size_t index(std::int32_t at) { return static_cast<std::size_t>(at); }

    TreeNode root_;
    std::vector<std::int32_t> node_to_position_;
    std::vector<LabelId> label_;
    std::vector<std::int32_t> leaf_;
    std::vector<SubtreeClass> class_;
    std::vector<bool> is_keyroot_;
};

/* Tree edit distances between one example, a subtree of some tree, and subtrees of a page: the least number of nodes to
 * insert, delete and relabel that makes the one the other (Tai 1979; the algorithm is Zhang and Shasha's of 1989 on
 * classes of identical subtrees, from the left or mirrored, whichever has less to do). Exact and symmetric. The page's
 * rows are kept, so nested subtrees are computed once. Nothing that is passed is owned. */
class EditDistanceQuery {
  public:
    EditDistanceQuery(const SubtreeIndex &index, const Tree &example, TreeNode example_root,
                      std::span<const SubtreeClass> example_to_class, const Tree &page,
                      std::span<const SubtreeClass> page_to_class);

    /* Throws kLimitExceeded above webwrap.max_match_cells; polls. O(|a|*|b|*min(depth, leaves) of both) time at worst;
     * memory: a distance for each pair of distinct subtrees and depth*|example| for the table. */
    [[nodiscard]] std::int64_t distance(TreeNode page_node, CellBudget &budget);

  private:
    using Distance = std::int32_t;
    static constexpr std::int32_t kNoRow = -1;

    struct Range { /* the subtree of a keyroot */
        std::int32_t first, last;
    };

    void number_example_classes(const SubtreeIndex &index);
    void complete_rows(std::int32_t page_keyroot, CellBudget &budget);
    void add_rows(Range page, CellBudget &budget);
    void fill_identical(Range example, Range page);
    void fill(Range example, Range page, CellBudget &budget);
    void fill_line(Range example, Range page, std::int32_t at, const Distance *base);
    [[nodiscard]] Distance *row_of(std::int32_t page_at) {
        return rows_.data() + static_cast<std::size_t>(row_of_class(page_at)) * example_class_count_;
    }
    [[nodiscard]] std::int32_t &row_of_class(std::int32_t page_at) {
        return class_to_row_[static_cast<std::size_t>(page_.subtree_class(page_at))];
    }

    PostorderTree example_;
    PostorderTree page_;
    std::vector<Range> example_keyroots_;
    std::int64_t example_weight_ = 0;
    std::vector<std::int32_t> example_to_number_; /* of its class, dense; by position */
    std::size_t example_class_count_ = 0;
    std::vector<std::int32_t> class_to_row_; /* of the page's classes; kNoRow until the class is needed */
    std::vector<Distance> rows_;             /* of page classes, example_class_count_ each */
    std::vector<Distance> above_, line_;     /* two lines of the forest table */
    std::vector<Distance> bases_;            /* the lines that open left paths go back to, one behind the other */
};

/* The tree edit distance with unit costs; to an empty tree the size of the other. Equal roots and identical subtrees at
 * both ends of their children are left out first, which is exact: where both forests end with one tree, or one label
 * encloses both, some cheapest mapping maps it to itself. Errors and cost as EditDistanceQuery::distance. */
[[nodiscard]] std::int64_t tree_edit_distance(const Tree &a, const Tree &b, const Limits &limits = {});

/* 1 - 2 d / (|a| + |b| + d): one minus Li and Zhang's normalisation of the distance, which is a metric in 0..1 (A metric
 * normalization of tree edit distance, 2011). 1 for identical trees only. */
[[nodiscard]] inline double edit_similarity(std::int64_t distance, std::int64_t size_a, std::int64_t size_b) {
    return static_cast<double>(size_a + size_b - distance) / static_cast<double>(size_a + size_b + distance);
}

} // namespace webwrap
