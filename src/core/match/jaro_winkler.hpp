#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* The pre-order label sequence of one subtree, to be compared with those of many others by the Jaro-Winkler similarity
 * (Winkler 1990; Ferrara & Baumgartner 2011, section 4, name the tree variant): a node matches a node of equal label
 * at most floor(longer / 2) - 1 places away, transpositions count half each, and above 0.7 a common start of up to four
 * labels adds a tenth of the rest each. Tolerates inserted and removed levels and nodes. */
class JaroWinklerQuery {
  public:
    /* `example` must outlive the query; all labels are below label_count. O(|example| + label_count). */
    JaroWinklerQuery(std::span<const LabelId> example, std::size_t label_count);

    /* 0..1; 1 for equal sequences; symmetric. Neither may be empty. Linear, not quadratic as the textbook has it: for
     * one label the window only moves forward, so the greedy assignment is a merge of two lists of positions. */
    [[nodiscard]] double similarity(std::span<const LabelId> labels, CellBudget &budget);
    /* No less than the similarity to any sequence of that length which shares at most `common` labels. O(1). */
    [[nodiscard]] double upper_bound(std::size_t length, std::int64_t common) const;

  private:
    [[nodiscard]] std::int64_t count_transposed(std::span<const LabelId> matched_labels) const;

    std::span<const LabelId> example_;
    std::vector<std::int32_t> label_to_first_; /* into positions_; one more entry than labels */
    std::vector<std::int32_t> positions_;      /* in the example, grouped by label, ascending */
    std::vector<std::int32_t> label_to_next_;  /* scratch: the position that a label looks at next */
    std::vector<bool> is_matched_;             /* scratch: position in the example */
    std::vector<LabelId> matched_;             /* scratch: matched labels in the other's order */
};

} // namespace webwrap
