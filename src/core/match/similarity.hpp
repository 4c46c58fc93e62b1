#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/limits.hpp"
#include "core/match/cell_budget.hpp"
#include "core/match/options.hpp"
#include "core/match/subtree_index.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

class BigramIndex;

/* A tree with what is known about it. Nothing is owned. */
struct IndexedTree {
    const Tree &tree;
    const std::vector<SubtreeClass> &node_to_class; /* by the index that is used with it */
    const BigramIndex *bigrams = nullptr;           /* of the page, for measure bigram; made when it is missing */
};

/* One example, a subtree of some tree, compared with subtrees of another tree, of a page for instance. All similarities
 * are in 0..1, symmetric, and 1 for identical subtrees:
 *   simple        2 * simple tree matching / (|a| + |b|), the Dice coefficient
 *   clustered     clustered tree matching(a, b) / the greater of (a, a) and (b, b), which is 1 with RootRule::kOne and
 *                 1/siblings with kPrinted; identical subtrees with unequal numbers of siblings then score less than 1
 *   bigram        Dice coefficient of the multisets of tree bigrams
 *   jaro_winkler  Jaro-Winkler similarity of the labels in pre-order
 *   edit          edit_similarity of the tree edit distance
 *   flexible      flexible_similarity
 * Simple and clustered also with leaves whose texts are partly similar and with children in any order, see
 * WeightedMatcher; other measures throw kInvalidOption then.
 * What the index, the trees and the budget refer to must outlive the query, and all labels are interned before it is
 * made. Results for identical subtrees are computed once per query for simple, clustered and edit. */
class SimilarityQuery {
  public:
    SimilarityQuery(const SubtreeIndex &index, const IndexedTree &example, TreeNode example_root,
                    const IndexedTree &page, Measure measure, const SimilarityOptions &options, CellBudget &budget);
    ~SimilarityQuery();

    /* Throws kLimitExceeded above webwrap.max_match_cells; polls. Simple and clustered: O(|example| * |subtree|) at
     * worst; edit: as EditDistanceQuery::distance; flexible: O(n log n) for n nodes of both; the others:
     * O(|example| + |subtree|). */
    [[nodiscard]] double similarity(TreeNode node);

    /* The same when it is at least the threshold, else anything below; that may take much less. */
    [[nodiscard]] double similarity_from(TreeNode node, double threshold);

    /* False when similarity(node) is certainly below the threshold, or 0. Looks at root labels, sizes and degrees,
     * and, when those do not decide, at the label histograms: O(|subtree|), the rest is O(1). */
    [[nodiscard]] bool may_reach(TreeNode node, double threshold);

  private:
    class Scorer;
    class SimpleScorer;
    class ClusteredScorer;
    class WeightedScorer;
    class BigramScorer;
    class JaroWinklerScorer;
    class EditScorer;
    class FlexibleScorer;
    class LabelHistogram;

    std::unique_ptr<Scorer> scorer_;
};

/* The similarity of two trees by one of SimilarityQuery's measures; two empty trees are identical, an empty and another
 * one have similarity 0. Both trees were built with one label table. Throws kLimitExceeded above max_match_cells;
 * polls. Cost as the measure's, plus O(|a| + |b|). */
[[nodiscard]] double tree_similarity(const Tree &a, const Tree &b, Measure measure,
                                     const SimilarityOptions &options = {}, const Limits &limits = {});

} // namespace webwrap
