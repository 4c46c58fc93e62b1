#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/subtree_index.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* Which subtrees of two trees are identical, when a SubtreeIndex already says so: O(1) each. Nothing is owned. */
class IndexedIdentity {
  public:
    /* By the same index. */
    IndexedIdentity(std::span<const SubtreeClass> a_to_class, std::span<const SubtreeClass> b_to_class)
        : a_to_class_(a_to_class), b_to_class_(b_to_class) {}

    /* Classes cost nothing, so that each value may be remembered by them. */
    static constexpr bool kHasClasses = true;

    [[nodiscard]] bool are_identical(TreeNode a, TreeNode b, CellBudget &) const {
        return class_of_a(a) == class_of_b(b);
    }
    [[nodiscard]] SubtreeClass class_of_a(TreeNode node) const { return a_to_class_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] SubtreeClass class_of_b(TreeNode node) const { return b_to_class_[static_cast<std::size_t>(node)]; }

  private:
    std::span<const SubtreeClass> a_to_class_;
    std::span<const SubtreeClass> b_to_class_;
};

/* The same without an index, for trees that are compared once: a subtree is a range of an array, and ranges are compared
 * when that is asked for, and a class is found when it is asked for, by the range's hash and verified. Most of two versions
 * of a page is never looked at again after it was found identical, or has no counterpart at all; an index would have to
 * read all of it. The trees must outlive this. */
class RangeIdentity {
  public:
    RangeIdentity(const Tree &a, const Tree &b) : a_(a), b_(b) {
        for (const Tree *tree : {&a, &b})
            for (TreeNode node = 0; node < tree->size(); node += kShapesPerLine)
                __builtin_prefetch(&tree->shape(node)); /* in order, before a matching goes through them in leaps */
    }

    static constexpr bool kHasClasses = false;

    /* O(nodes up to the first difference), and O(1) where the difference lies that was found last; counts as a cell for
     * each 32 nodes. */
    [[nodiscard]] bool are_identical(TreeNode a, TreeNode b, CellBudget &budget) {
        if (a_.label(a) != b_.label(b) || a_.subtree_size(a) != b_.subtree_size(b))
            return false;
        if (a_.is_leaf(a))
            return true;
        const bool holds_last_difference =
            b - a == different_b_ - different_a_ && a <= different_a_ && different_a_ < a_.end_of(a);
        return !holds_last_difference && compare(a, b, budget);
    }

    /* Equal for identical subtrees only, of either tree. O(subtree) expected. */
    [[nodiscard]] SubtreeClass class_of_a(TreeNode node) { return class_of(a_, node, a_to_class_); }
    [[nodiscard]] SubtreeClass class_of_b(TreeNode node) { return class_of(b_, node, b_to_class_); }

  private:
    struct Slot {
        std::uint64_t hash;
        const Tree *tree; /* null: free */
        TreeNode node;
        SubtreeClass id;
    };

    static constexpr TreeNode kShapesPerLine = 64 / sizeof(NodeShape); /* of the processor's cache */

    [[nodiscard]] bool compare(TreeNode a, TreeNode b, CellBudget &budget);
    [[nodiscard]] SubtreeClass class_of(const Tree &tree, TreeNode node, std::vector<SubtreeClass> &node_to_class);
    void grow_slots();

    const Tree &a_;
    const Tree &b_;
    TreeNode different_a_ = -1; /* where compare last found nodes that differ */
    TreeNode different_b_ = -1;
    std::vector<SubtreeClass> a_to_class_, b_to_class_; /* made on first use */
    std::vector<Slot> slots_;                           /* open addressing; a power of two, at most half full */
    SubtreeClass classes_ = 0;
};

} // namespace webwrap
