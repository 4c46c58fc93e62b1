#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/limits.hpp"
#include "core/match/bigram.hpp"
#include "core/match/options.hpp"
#include "core/match/similarity.hpp"
#include "core/match/subtree_index.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

struct SimilarNode {
    NodeId node; /* of the page */
    double similarity;
};

/* A page prepared for many searches: its tree and the classes of its subtrees are made once, O(page). The page need
 * not, the label table must outlive it. */
class SubtreeSearch {
  public:
    SubtreeSearch(const Document &page, LabelTable &labels, const TreeOptions &options, const Limits &limits = {});
    SubtreeSearch(const SubtreeSearch &) = delete;
    SubtreeSearch &operator=(const SubtreeSearch &) = delete;

    /* The elements (with text_nodes also texts) of the page whose subtree has at least the threshold's similarity to
     * the example; best first, equals in document order; nested ones all count, similarity 0 never does. The example's
     * tree is built with the same label table and tree options; an empty one has no similar nodes. Throws
     * kInvalidArgument when the threshold is not in 0..1, kLimitExceeded above max_match_cells (of this call); polls.
     * Every distinct subtree that the bounds do not exclude costs one comparison. */
    [[nodiscard]] std::vector<SimilarNode> find(const Tree &example, Measure measure, double threshold,
                                                const SimilarityOptions &options = {});

    [[nodiscard]] const Tree &tree() const noexcept { return tree_; }

  private:
    void group_identical_nodes();
    [[nodiscard]] std::span<const TreeNode> candidates(const Tree &example, Measure measure,
                                                       const SimilarityOptions &options) const;

    Limits limits_;
    Tree tree_;
    SubtreeIndex index_;
    std::vector<SubtreeClass> node_to_class_;
    std::optional<BigramIndex> bigrams_; /* made on first use */
    std::vector<TreeNode> firsts_;       /* the first node of each class, grouped by label, then in document order */
    std::vector<std::size_t> label_to_first_;      /* into firsts_; one more entry than the page has labels */
    std::vector<TreeNode> node_to_next_identical_; /* in document order, then kNoTreeNode */
};

/* One search, see SubtreeSearch. `labels` is the example's label table, options.tree what it was built with. */
[[nodiscard]] std::vector<SimilarNode> similar_nodes(const Document &page, const Tree &example, LabelTable &labels,
                                                     Measure measure, double threshold,
                                                     const SimilarityOptions &options = {}, const Limits &limits = {});

} // namespace webwrap
