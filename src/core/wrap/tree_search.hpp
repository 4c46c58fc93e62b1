#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/match/search.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/pattern_targets.hpp"

namespace webwrap {

/* Finds elements of a new page by their likeness to examples, the tree-grams of the old page (paper, section 4): the tree
 * measure compares subtrees; examples that are leaves, with no element inside, are compared by the measure's counterpart on
 * texts. The page's tree is made once. Documents must outlive it. */
class TreeSearch {
  public:
    TreeSearch(const Document &new_page, const AdaptOptions &options, Measure measure, const Limits &limits);

    /* Elements of the new page with at least this similarity to any of the examples: element to similarity. Of the
     * examples kMaxExamples are used, evenly chosen. Never the elements around the whole page's content. Polls. */
    [[nodiscard]] std::map<NodeId, double> similar_to(const Document &old_page, const PatternTargets &examples,
                                                      double threshold);

    static constexpr std::size_t kMaxExamples = 8;

  private:
    void add_similar_texts(const Document &old_page, const PatternTargets &examples, double threshold,
                           std::map<NodeId, double> &found);

    const Document &page_;
    const AdaptOptions &options_;
    Measure measure_;
    Limits limits_;
    LabelTable labels_;
    std::unique_ptr<SubtreeSearch> search_;
};

/* How alike the texts of two leaves are by the string counterpart of a tree measure, 0..1, symmetric, 1 for equal texts
 * (paper, section 4: leaf nodes have no tree structure, so their texts are compared): text_similarity by Jaro-Winkler or edit
 * distance for the measures of these names, by character bigrams for the others. Case is ignored, and what follows the
 * first 256 characters. */
[[nodiscard]] double leaf_similarity(std::string_view a, std::string_view b, Measure measure);

/* True when the element holds no other element. */
[[nodiscard]] bool is_leaf_element(const Document &page, NodeId element);

/* Of elements of which some stand in others the most similar ones, in document order. */
[[nodiscard]] std::vector<NodeId> without_nesting(const Document &page, const std::map<NodeId, double> &similar);

/* What `xpath` selected on the old page, found on the new one by a tree measure alone: subtrees with at least the
 * threshold's similarity, and an XPath for them. A pattern of one element takes the most similar one; among equals the place
 * and the text decide, or its confidence is halved. The confidence of an answer is its similarity. Best first, at most five.
 * Polls; throws kLimitExceeded as the measures do. */
[[nodiscard]] std::vector<Candidate> adapt_by_tree(const Document &old_page, std::string_view xpath,
                                                   const Document &new_page, const AdaptMeasure &measure,
                                                   const AdaptOptions &options, const Limits &limits);

} // namespace webwrap
