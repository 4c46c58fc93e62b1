#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/options.hpp"
#include "core/match/pair_memo.hpp"
#include "core/match/subtree_index.hpp"

namespace webwrap {

/* Simple and clustered tree matching with what the plain ones do not have: leaves whose texts are partly similar, and
 * children in any order. A pair of one label (without its words) of which at least one is a leaf is worth the similarity of
 * the texts of the two; clustered with LeafRule::kBoth still wants two leaves. The other pairs are worth what the plain
 * measures say of the best pairing of the children, which is
 *   in order       an alignment,
 *   in any order   an assignment of the greatest sum (Kuhn 1955, Munkres 1957). A node pair with more than
 *                  kMaxAssignedPairs pairs of children (those with no counterpart of their label do not count) is
 *                  aligned in order instead.
 * Values are kept by classes of identical subtrees. Frames replace recursion. */
class WeightedMatcher {
  public:
    static constexpr std::int64_t kMaxAssignedPairs = std::int64_t{1} << 16;

    /* The index must outlive the matcher, and its label table hold all labels already. Reads all of that: O(text). */
    WeightedMatcher(const SubtreeIndex &index, Measure measure, const SimilarityOptions &options, CellBudget &budget);

    /* The value of a pair: of simple up to the smaller size, of clustered 0..1. Throws kLimitExceeded above
     * max_match_cells; polls. O(|a| |b|) at worst in order, else O(|a| |b| fanout). */
    [[nodiscard]] double match(SubtreeClass a, SubtreeClass b);

    /* Whether a pair of roots can be worth anything. */
    [[nodiscard]] bool have_one_kind(LabelId a, LabelId b) const { return kind_of(a) == kind_of(b); }

  private:
    struct Frame {
        SubtreeClass a, b;
        std::size_t first_a, first_b, first_value; /* of its children and values among those of all open frames */
        std::int32_t count_a, count_b;
        std::int32_t i, j; /* the next pair of children */
        double diagonal;   /* in order: of the next cell */
        bool is_assignment;
    };

    [[nodiscard]] std::int32_t kind_of(LabelId label) const { return label_to_kind_[static_cast<std::size_t>(label)]; }
    void read_labels();
    [[nodiscard]] std::optional<double> known_value(SubtreeClass a, SubtreeClass b);
    [[nodiscard]] double text_value(LabelId a, LabelId b);
    void open(SubtreeClass a, SubtreeClass b);
    void list_children(SubtreeClass parent, SubtreeClass other);
    [[nodiscard]] bool fill(Frame &frame);
    void close();

    const SubtreeIndex &index_;
    bool is_clustered_;
    LeafRule leaf_rule_;
    TextMeasure text_measure_;
    bool is_ordered_;
    CellBudget &budget_;
    std::vector<std::int32_t> label_to_kind_; /* labels without their words */
    std::vector<std::string> label_to_text_;  /* the words */
    std::vector<std::int64_t> kind_to_stamp_;
    std::int64_t stamp_ = 0;
    PairMemo<double> pair_to_value_, labels_to_value_;
    std::vector<Frame> frames_;
    std::vector<SubtreeClass> children_;
    std::vector<double> values_; /* a row in order, else all pairs */
    SubtreeClass missing_a_ = 0, missing_b_ = 0;
};

/* The greatest sum of weights, not below 0, of an assignment of rows to columns, each at most once; `weights` has
 * `columns` in each row. O(fewer^2 * more); polls. */
[[nodiscard]] double greatest_assignment(std::span<const double> weights, std::int32_t rows, std::int32_t columns,
                                         CellBudget &budget);

} // namespace webwrap
