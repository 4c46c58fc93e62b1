#pragma once

#include <unordered_map>
#include <vector>

#include "core/separate/layout.hpp"
#include "core/separate/maintainability.hpp"
#include "core/separate/merge.hpp"

namespace webwrap {

/* What a unit of each total costs. */
struct LayoutPrices {
    double symbol = 0;
    double line = 0;
    double branch = 0;
    double own = 0;

    [[nodiscard]] double cost(const LayoutTotals &totals) const {
        return symbol * totals.symbols + line * totals.lines + branch * totals.branches + own * totals.own;
    }
    /* The slope of the maintainability index at these counts. */
    [[nodiscard]] static LayoutPrices at(const MaintainabilityCounts &counts);
};

/* Scores by prices that stay as they are: how many lines, symbols and branches an operation saves. */
class PricedScores final : public AlignmentScores {
  public:
    PricedScores(const LayoutPool &pool, const LayoutPrices &prices) : pool_(pool), prices_(prices) {}
    [[nodiscard]] double match(LayoutId a, LayoutId b, LayoutId merged) override {
        return cost(a) + cost(b) - cost(merged);
    }
    [[nodiscard]] double gap(LayoutId a) override { return pool_.is_instruction(a) ? 0 : -prices_.cost({1, 2, 1, 1}); }
    [[nodiscard]] double cost(LayoutId id) const { return prices_.cost(pool_.node(id).totals); }

  private:
    const LayoutPool &pool_;
    LayoutPrices prices_;
};

/* A run of siblings and what it folds to. */
struct FoldCandidate {
    std::int32_t begin;
    std::int32_t end;
    LayoutId fold;
};

/* Ours: the folding of a whole page with the highest maintainability index.
 *
 * The index is a convex function of four totals (N, n, G, SLOC), so its maximum over all foldings lies at a vertex of
 * their convex hull, and each vertex is the best folding for some linear prices. For given prices each list of siblings is
 * an interval partition: dynamic programming over candidate runs solves it. Prices are the slope of the index at the
 * totals found last; by convexity each round gains at least what its prices promise, so rounds ascend. They start from
 * several totals, from those of the page to those of a page folded as far as it goes. */
class OptimalFolder {
  public:
    explicit OptimalFolder(LayoutPool &pool);

    /* The folded layout tree, which generalises `root`. Polls. O(lists * candidates) a round after the candidates are
     * known; these are bounded by kMostWork nodes merged a list, and kMostSteps pairs of nodes a page. */
    [[nodiscard]] LayoutId fold(LayoutId root);
    /* The best folding for given prices. */
    [[nodiscard]] LayoutId fold_at(LayoutId root, const LayoutPrices &prices);
    /* Folds whatever repeats, at prices that favour it: the record structure of a page. */
    [[nodiscard]] LayoutId fold_eagerly(LayoutId id);
    /* The runs that could be folded in a list of siblings. */
    [[nodiscard]] const std::vector<FoldCandidate> &candidates_of(LayoutId parent);

  private:
    struct Round { /* of one price vector */
        LayoutPrices prices;
        std::uint64_t off; /* not 0: prices of folds are off by what this number seeds */
        std::unordered_map<LayoutId, double> costs;
        std::unordered_map<LayoutId, LayoutId> built;
    };

    struct Best {
        LayoutId layout;
        MaintainabilityCounts counts;
        double index;
    };

    /* Rounds from these counts until the index rises no more. */
    void climb(LayoutId root, MaintainabilityCounts counts, double own, std::uint64_t off,
               MaintainabilityCounter &counter, Best &best);
    void enumerate(std::span<const LayoutId> list, std::span<const LayoutId> plain, std::vector<FoldCandidate> &found);
    /* Stops when the merger has made `most_steps`. */
    void enumerate_period(std::span<const LayoutId> list, std::size_t period, std::span<const std::int64_t> before,
                          std::int64_t most_steps, std::vector<FoldCandidate> &found);
    [[nodiscard]] std::int64_t weight(LayoutId id) const;
    [[nodiscard]] std::int32_t shape(LayoutId id) const;
    [[nodiscard]] double cost_of(LayoutId id, Round &round);
    [[nodiscard]] double fold_cost(LayoutId fold, Round &round);
    /* Partition of the children of `parent` with the least cost: chosen candidates, in order. */
    double partition(LayoutId parent, Round &round, std::vector<FoldCandidate> *chosen);
    [[nodiscard]] LayoutId build(LayoutId id, Round &round);

    LayoutPool &pool_;
    LayoutPrices eager_;
    PricedScores scores_;
    Merger merger_;
    std::unordered_map<LayoutId, LayoutId> eager_folds_;
    std::unordered_map<LayoutId, std::vector<FoldCandidate>> candidates_;
    std::unordered_map<LayoutId, LayoutId> improved_; /* a fold with what was found to be better inside */
    std::uint32_t polls_ = 0;
};

} // namespace webwrap
