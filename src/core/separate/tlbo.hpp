#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace webwrap {

/* Where a list of siblings is cut: one bit between each two neighbours, 1 for a boundary. */
using Boundaries = std::vector<std::uint8_t>;

/* A generator whose numbers are the same everywhere (SplitMix64). */
class SeededRandom {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t next();
    [[nodiscard]] std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

  private:
    std::uint64_t state_;
};

/* Dual teaching and learning based optimisation (Zhao et al. 2018, section 5.3): the individual of highest fitness that was
 * met. An iteration: all learn from the best and from two random fellows, and keep what is better; a copy of the
 * population learns from the worst and keeps what is worse; bits on which the new best and the new worst agree are not
 * learned, and the best with those bits flipped takes its place when it is better. Values are rounded and clamped to 0 and
 * 1. Fitness is asked once per new individual: iterations * population * 4 times. */
[[nodiscard]] Boundaries dual_tlbo(std::vector<Boundaries> population,
                                   const std::function<double(const Boundaries &)> &fitness, int iterations,
                                   double learning_rate, SeededRandom &random);

} // namespace webwrap
