#pragma once

/* Random sibling lists, and the best folding of one by trying every partition. */

#include <algorithm>
#include <string>
#include <vector>

#include "core/separate/fold.hpp"
#include "core/separate/maintainability.hpp"
#include "core/separate/merge.hpp"
#include "core/separate/source_layout.hpp"
#include "core/separate/tlbo.hpp"

namespace webwrap::test {

/* A list of `size` items; items of few shapes with few different texts, so that folding pays here and there. */
inline std::string random_list(SeededRandom &random, std::size_t size) {
    const auto word = [&] { return std::string(1, static_cast<char>('a' + random.below(6))); };
    std::string page = "<ul>";
    for (std::size_t i = 0; i < size; ++i) {
        switch (random.below(6)) {
        case 0:
            page += "<li>" + word() + "</li>";
            break;
        case 1:
            page += "<li><a href=\"" + word() + "\">" + word() + "</a></li>";
            break;
        case 2:
            page += "<li><a href=\"" + word() + "\">" + word() + "</a><b>" + word() + "</b></li>";
            break;
        case 3:
            page += "<li><i>" + word() + "</i><b>" + word() + "</b><u>x</u></li>";
            break;
        case 4:
            page += "<hr>";
            break;
        default:
            page += "<li><b>" + word() + "</b></li>";
        }
    }
    return page + "</ul>";
}

/* The highest index of all partitions of the children of `list` into single nodes and runs of repeated units. */
class ExhaustiveSearch {
  public:
    ExhaustiveSearch(LayoutPool &pool, LayoutId list)
        : pool_(pool), list_(list), scores_(pool, {0.5, 1.0, 0.0, 0.1}), merger_(pool, scores_, Merger::Options()),
          counter_(pool), items_(pool.children(list).begin(), pool.children(list).end()) {
        folds_.resize(items_.size());
        for (std::size_t begin = 0; begin < items_.size(); ++begin)
            for (std::size_t unit = 1; begin + 2 * unit <= items_.size(); ++unit)
                add_folds(begin, unit);
    }

    double run() {
        try_from(0);
        return best_;
    }

  private:
    void add_folds(std::size_t begin, std::size_t unit) {
        std::vector<LayoutId> merged(items_.begin() + static_cast<std::ptrdiff_t>(begin),
                                     items_.begin() + static_cast<std::ptrdiff_t>(begin + unit));
        for (std::size_t end = begin + unit; end + unit <= items_.size(); end += unit) {
            for (std::size_t k = 0; k < unit; ++k) {
                merged[k] = merger_.merge(merged[k], items_[end + k]);
                if (merged[k] == kNoLayout)
                    return;
            }
            folds_[begin].emplace_back(end + unit, pool_.iteration(merged));
        }
    }

    void try_from(std::size_t at) {
        if (at == items_.size()) {
            const auto slots = pool_.slots(list_);
            const std::vector<ValueId> copy(slots.begin(), slots.end());
            const LayoutId whole = pool_.element(pool_.node(list_).label, copy, chosen_);
            best_ = std::max(best_, maintainability_index(counter_.count(whole)));
            return;
        }
        chosen_.push_back(items_[at]);
        try_from(at + 1);
        chosen_.pop_back();
        for (const auto &[end, fold] : folds_[at]) {
            chosen_.push_back(fold);
            try_from(end);
            chosen_.pop_back();
        }
    }

    LayoutPool &pool_;
    LayoutId list_;
    PricedScores scores_;
    Merger merger_;
    MaintainabilityCounter counter_;
    std::vector<LayoutId> items_;
    std::vector<std::vector<std::pair<std::size_t, LayoutId>>> folds_; /* by begin: end and fold */
    std::vector<LayoutId> chosen_;
    double best_ = -1e300;
};

struct ExhaustiveComparison {
    int lists = 0;
    int equal = 0;
    double worst = 0; /* by how much ours is lower at most */
};

inline ExhaustiveComparison compare_with_exhaustive(int lists, std::size_t longest, std::uint64_t seed) {
    SeededRandom random(seed);
    ExhaustiveComparison comparison;
    for (int i = 0; i < lists; ++i) {
        LayoutPool pool;
        const LayoutId page = layout_of_page(pool, random_list(random, 1 + random.below(longest)));
        const LayoutId list = pool.children(page)[0];
        MaintainabilityCounter counter(pool);
        const double ours = maintainability_index(counter.count(OptimalFolder(pool).fold(list)));
        const double best = ExhaustiveSearch(pool, list).run();
        ++comparison.lists;
        comparison.equal += ours >= best - 1e-9 ? 1 : 0;
        comparison.worst = std::max(comparison.worst, best - ours);
    }
    return comparison;
}

} // namespace webwrap::test
