#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/limits.hpp"

namespace webwrap {

/* What one matching may spend: cells of dynamic-programming tables, or nodes read where a measure has no table. */
class CellBudget {
  public:
    explicit CellBudget(const Limits &limits) : limit_(limits.max_match_cells) {}

    /* Throws kLimitExceeded when the cells would exceed webwrap.max_match_cells. Costs nothing, does not poll. */
    void reserve(std::int64_t cells) {
        if (cells > limit_ - used_)
            throw Error(ErrorKind::kLimitExceeded, "tree matching needs more than " + std::to_string(limit_) + " cells",
                        {}, "Raise webwrap.max_match_cells.");
        used_ += cells;
    }

    /* Says that so many steps were done; polls every few thousand. */
    void tick(std::int64_t steps) {
        since_poll_ += steps;
        if (since_poll_ >= kStepsPerPoll) {
            since_poll_ = 0;
            Interrupt::poll();
        }
    }

    [[nodiscard]] std::int64_t used() const noexcept { return used_; }

  private:
    static constexpr std::int64_t kStepsPerPoll = 8192;

    std::int64_t limit_;
    std::int64_t used_ = 0;
    std::int64_t since_poll_ = 0;
};

} // namespace webwrap
