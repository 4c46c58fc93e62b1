#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/limits.hpp"
#include "core/match/tree_matcher.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* What a pair of equal labels is worth when only one of them is a leaf, before the division by siblings. */
enum class LeafRule : std::uint8_t {
    kPrinted, /* 1, as line 14 of the algorithm has it: any leaf resembles any subtree of its label fully */
    kBoth,    /* 0: no child of the one has a partner, as for two inner nodes; only two leaves are worth 1 */
};

/* What the value of the two roots is divided by. */
enum class RootRule : std::uint8_t {
    kPrinted, /* the greater number of siblings, as for all other nodes: Tree::root_siblings() */
    kOne,     /* nothing: a subtree is as similar to itself as a page is, however many siblings it has */
};

/* Algorithm 1 without the division by siblings, which the caller of the recursion does: all children of a pair share
 * one divisor, the greater degree of the two, so dividing their sum gives the same and rounds less. */
struct ClusteredScoring {
    using Value = double;
    LeafRule leaf_rule = LeafRule::kPrinted;

    [[nodiscard]] static Value identical(std::int32_t) { return 1.0; }
    [[nodiscard]] Value leaf() const { return leaf_rule == LeafRule::kPrinted ? 1.0 : 0.0; }
    [[nodiscard]] static Value total(Value matched, std::int32_t degree_a, std::int32_t degree_b) {
        return matched / std::max(degree_a, degree_b);
    }
    [[nodiscard]] static Value matched(Value total, std::int32_t degree_a, std::int32_t degree_b) {
        return total * std::max(degree_a, degree_b);
    }
    /* Each child of the one with fewer counts 1 at most. */
    [[nodiscard]] static Value bound(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
        const std::int32_t degree_a = a.degree(x), degree_b = b.degree(y);
        return static_cast<Value>(std::min(degree_a, degree_b)) / std::max(degree_a, degree_b);
    }
};

/* Clustered tree matching (Ferrara & Baumgartner 2011, algorithm 1): 0..1, 0 when the roots' labels differ or a tree is
 * empty. With the printed rules exactly the printed algorithm, up to rounding in the last places. Symmetric. Throws
 * kLimitExceeded above max_match_cells. O(|a|*|b|) time at worst, linear for identical trees; O(|a|+|b|) memory;
 * polls. */
[[nodiscard]] double clustered_tree_matching(const Tree &a, const Tree &b, const Limits &limits = {},
                                             LeafRule leaf_rule = LeafRule::kPrinted,
                                             RootRule root_rule = RootRule::kPrinted);

} // namespace webwrap
