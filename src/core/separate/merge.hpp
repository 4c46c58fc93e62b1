#pragma once

#include <unordered_map>
#include <vector>

#include "core/separate/layout.hpp"

namespace webwrap {

/* How two lists of children are aligned. */
enum class Alignment : std::uint8_t {
    kGlobal, /* the paper's, section 5.2: all of both lists, highest total */
    kLocal,  /* SYNTHIA's: the best pair of stretches; what is outside of them becomes conditional */
};

/* Scores of alignment operations; higher is better. */
class AlignmentScores {
  public:
    virtual ~AlignmentScores() = default;
    [[nodiscard]] virtual double match(LayoutId a, LayoutId b, LayoutId merged) = 0;
    [[nodiscard]] virtual double gap(LayoutId a) = 0; /* aligned with null */
};

/* A score matrix filled and traced back: pairs of indexes, -1 for null. Ties prefer the match, then the gap in b.
 * `matches` is a.size x b.size, row by row. O(|a| |b|). */
struct AlignmentResult {
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    std::vector<double> cells; /* (|a| + 1) x (|b| + 1) */
    double score = 0;
};
[[nodiscard]] AlignmentResult align_globally(std::span<const double> matches, std::span<const double> a_gaps,
                                             std::span<const double> b_gaps);
[[nodiscard]] AlignmentResult align_locally(std::span<const double> matches, std::size_t a_size, std::size_t b_size);

/* Folds layout trees into one that generalises both: what differs becomes references, what one lacks conditions. */
class Merger {
  public:
    struct Options {
        Alignment alignment = Alignment::kGlobal;
        /* An iteration may run no times, so that it needs no condition around it. The paper puts one there. */
        bool bare_iterations = true;
        std::size_t most_cells = 40'000; /* of one list alignment; lists above it do not fold */
    };

    Merger(LayoutPool &pool, AlignmentScores &scores, Options options)
        : pool_(pool), scores_(scores), options_(options) {}

    /* The layout tree of a and b folded together, or kNoLayout when their roots do not go together. Operations (1) to (4)
     * of the paper: elements need the same tag and attribute names, as written. Memoised; recursion is as deep as the
     * trees, which the parser bounds. Polls. */
    [[nodiscard]] LayoutId merge(LayoutId a, LayoutId b);
    /* Lists of siblings folded together, each aligned with the other's. False when that is out of bounds. */
    [[nodiscard]] bool merge_lists(std::span<const LayoutId> a, std::span<const LayoutId> b,
                                   std::vector<LayoutId> &merged);
    /* The node as it is where it may be absent. */
    [[nodiscard]] LayoutId optional(LayoutId id);
    /* Pairs merged so far, what memory and time grow with. */
    [[nodiscard]] std::int64_t steps() const { return steps_; }

  private:
    LayoutId merge_new(LayoutId a, LayoutId b);
    LayoutId merge_iteration(LayoutId a, LayoutId b);
    LayoutId merge_elements(LayoutId a, LayoutId b);

    LayoutPool &pool_;
    AlignmentScores &scores_;
    Options options_;
    std::unordered_map<std::uint64_t, LayoutId> merged_;
    std::int64_t steps_ = 0;
};

} // namespace webwrap
