#include "core/store/packing.hpp"

#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kImpossible = std::numeric_limits<std::size_t>::max();

class PrefixSearch {
  public:
    PrefixSearch(const PackingCosts &costs, std::size_t fixed) : costs_(costs), fixed_(fixed), is_open_(costs.size()) {
        for (std::size_t page = 0; page < fixed; ++page)
            is_open_[page] = true;
    }

    /* From both ends: as few prefixes as can be, and as many. */
    std::vector<std::size_t> run() {
        if (fixed_ == 0)
            open_best_alone();
        const std::size_t from_few = descend();
        const std::vector<bool> few = is_open_;
        is_open_.assign(costs_.size(), true);
        if (from_few <= descend())
            is_open_ = few;
        std::vector<std::size_t> page_to_prefix(costs_.size());
        for (std::size_t page = 0; page < costs_.size(); ++page)
            page_to_prefix[page] = prefix_of(page);
        return page_to_prefix;
    }

  private:
    [[nodiscard]] std::size_t prefix_of(std::size_t page) const {
        if (is_open_[page])
            return page;
        std::size_t best = kImpossible;
        for (std::size_t prefix = 0; prefix < costs_.size(); ++prefix)
            if (is_open_[prefix] && (best == kImpossible || costs_[page][prefix] < costs_[page][best]))
                best = prefix;
        return best;
    }

    /* kImpossible when no page may be a prefix. */
    [[nodiscard]] std::size_t total() const {
        std::size_t sum = 0;
        for (std::size_t page = 0; page < costs_.size(); ++page) {
            const std::size_t prefix = prefix_of(page);
            if (prefix == kImpossible)
                return kImpossible;
            sum += costs_[page][prefix];
        }
        return sum;
    }

    std::size_t descend() {
        std::size_t least = total();
        while (const std::size_t improved = improve(least))
            least = improved;
        return least;
    }

    void open_best_alone() {
        std::size_t best = kImpossible, least = kImpossible;
        for (std::size_t page = 0; page < costs_.size(); ++page) {
            is_open_[page] = true;
            if (const std::size_t sum = total(); sum < least)
                best = page, least = sum;
            is_open_[page] = false;
        }
        if (best != kImpossible)
            is_open_[best] = true;
    }

    /* Makes the best change and returns the new total; 0 when none is better than `least`. */
    std::size_t improve(std::size_t least) {
        constexpr std::size_t kNone = kImpossible;
        std::pair<std::size_t, std::size_t> best{kNone, kNone};
        std::size_t found = least;
        const auto try_change = [&](std::size_t x, std::size_t y) {
            flip(x), flip(y);
            if (const std::size_t sum = total(); sum < found)
                found = sum, best = {x, y};
            flip(x), flip(y);
        };
        for (std::size_t x = fixed_; x < costs_.size(); ++x) {
            Interrupt::poll();
            try_change(x, kNone);
            for (std::size_t y = fixed_; is_open_[x] && y < costs_.size(); ++y)
                if (!is_open_[y])
                    try_change(x, y);
        }
        if (best.first == kNone)
            return 0;
        flip(best.first), flip(best.second);
        return found;
    }

    void flip(std::size_t page) {
        if (page != kImpossible)
            is_open_[page] = !is_open_[page];
    }

    const PackingCosts &costs_;
    std::size_t fixed_;
    std::vector<bool> is_open_;
};

} // namespace

std::vector<std::size_t> choose_prefixes(const PackingCosts &costs, std::size_t fixed_prefixes) {
    return PrefixSearch(costs, fixed_prefixes).run();
}

} // namespace webwrap
