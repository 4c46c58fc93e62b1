#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* The tree bigrams of one tree. A bigram is a pair of labels: (parent, child), (grandparent, grandchild), or (sibling,
 * next sibling). Parent pairs survive permutations, grandparent pairs an inserted or removed level. Collins (1996) has
 * the string original; the tree variant is ours, since Ferrara & Baumgartner (2011, section 4) only name it. */
class BigramIndex {
  public:
    static constexpr std::int32_t kNoBigram = -1;
    /* The bigrams whose second label is the node's, by number, or kNoBigram. */
    struct NodeBigrams {
        std::int32_t as_child, as_grandchild, as_next_sibling;
    };

    /* The tree must outlive the index. O(size) expected; polls. */
    explicit BigramIndex(const Tree &tree);

    [[nodiscard]] const Tree &tree() const noexcept { return tree_; }
    [[nodiscard]] const NodeBigrams &bigrams(TreeNode node) const {
        return node_to_bigrams_[static_cast<std::size_t>(node)];
    }
    /* The number of a bigram, or kNoBigram when the tree does not have it. */
    [[nodiscard]] std::int32_t find(std::uint64_t key) const;
    [[nodiscard]] std::size_t distinct() const noexcept { return key_to_bigram_.size(); }
    /* How many bigrams lie within the subtree of a node. O(1). */
    [[nodiscard]] std::int64_t count(TreeNode node) const;

  private:
    const Tree &tree_;
    std::unordered_map<std::uint64_t, std::int32_t> key_to_bigram_;
    std::vector<NodeBigrams> node_to_bigrams_;
    std::vector<TreeNode> node_to_inner_before_; /* inner nodes before a node; one more entry than nodes */
};

/* One subtree to be compared with many of an indexed tree, by the Dice coefficient of their bigram multisets. */
class BigramQuery {
  public:
    /* The index must outlive the query. O(|example subtree| + distinct bigrams) expected; polls. */
    BigramQuery(const Tree &example, TreeNode root, const BigramIndex &index);

    /* 0..1; 1 for equal multisets. Subtrees of a single node have no bigrams: two of them compare labels, and one is 0
     * to anything bigger. O(|subtree|). */
    [[nodiscard]] double similarity(TreeNode node, CellBudget &budget);
    /* No less than similarity(node). O(1). */
    [[nodiscard]] double upper_bound(TreeNode node) const;

  private:
    [[nodiscard]] bool are_both_single(TreeNode node) const;
    [[nodiscard]] double single_similarity(TreeNode node) const;
    [[nodiscard]] double dice(std::int64_t common, TreeNode node) const;

    const BigramIndex &index_;
    LabelId example_label_;
    std::int64_t example_count_ = 0;
    std::vector<std::int32_t> bigram_to_count_; /* in the example */
};

} // namespace webwrap
