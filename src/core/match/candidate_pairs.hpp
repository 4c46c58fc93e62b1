#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/node_tokens.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* The pairs of nodes that flexible matching considers, with scores in 0..1: the similarity of their tokens, then mixed
 * with the scores of the pairs around them. Sorted by the node of a, then of b. */
class CandidatePairs {
  public:
    using PairId = std::int32_t;
    static constexpr PairId kNoPair = -1;

    struct Pair {
        TreeNode a, b;
        double score;
    };

    /* Every node's candidates, the pairs of their best one's ancestors, and the roots. Polls. */
    CandidatePairs(const Tree &a, const Tree &b, NodeTokens &tokens, CellBudget &budget);

    /* One round of propagation: a pair keeps a share of its own score and takes others from its parents' pair (one
     * level more on either side is no obstacle), the best pairs of its children, and the siblings before and after.
     * Polls. */
    void propagate(CellBudget &budget);

    [[nodiscard]] const std::vector<Pair> &pairs() const noexcept { return pairs_; }
    /* Pairs of a node of a: first_of(x) .. first_of(x + 1) - 1. */
    [[nodiscard]] PairId first_of(TreeNode x) const { return node_to_first_[static_cast<std::size_t>(x)]; }
    [[nodiscard]] PairId find(TreeNode x, TreeNode y) const;
    /* The pair of the parents, or of a parent and a grandparent. */
    [[nodiscard]] PairId find_parents(TreeNode x, TreeNode y) const;

  private:
    void add_with_ancestors(TreeNode x, TreeNode y, const NodeTokens &tokens, CellBudget &budget);
    bool add(TreeNode x, TreeNode y, const NodeTokens &tokens);
    void sort();
    void sum_children();

    const Tree &a_;
    const Tree &b_;
    std::vector<TreeNode> a_to_previous_, b_to_previous_; /* sibling, or kNoTreeNode */
    std::vector<Pair> pairs_;
    std::unordered_map<std::uint64_t, PairId> known_;
    std::vector<PairId> node_to_first_;
    std::vector<PairId> pair_to_parents_, pair_to_previous_, pair_to_next_;
    std::vector<double> children_; /* of each pair: the sum of its children's best scores */
    std::vector<double> next_scores_;
};

/* The sibling before each node, or kNoTreeNode. O(size). */
[[nodiscard]] std::vector<TreeNode> previous_siblings(const Tree &tree);

} // namespace webwrap
