#include "core/separate/tlbo.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

struct Individual {
    Boundaries bits;
    double fitness = 0;
};

/* `sign` is 1 for a population that learns to be good, -1 for one that learns to be bad. */
class Population {
  public:
    Population(std::vector<Individual> members, double sign, const std::function<double(const Boundaries &)> &fitness,
               double rate)
        : members_(std::move(members)), sign_(sign), fitness_(fitness), rate_(rate) {}

    void learn(SeededRandom &random) {
        learn_from_teacher();
        learn_from_fellows(random);
    }

    [[nodiscard]] Individual &best() {
        return *std::ranges::max_element(members_, [this](const Individual &a, const Individual &b) {
            return sign_ * a.fitness < sign_ * b.fitness;
        });
    }
    [[nodiscard]] const std::vector<Individual> &members() const { return members_; }

  private:
    void learn_from_teacher() {
        const Boundaries teacher = best().bits;
        std::vector<double> direction(teacher.size(), 0);
        for (std::size_t bit = 0; bit < teacher.size(); ++bit) {
            double sum = 0;
            for (const Individual &member : members_)
                sum += member.bits[bit];
            direction[bit] = teacher[bit] - sum / static_cast<double>(members_.size());
        }
        move_all(direction);
    }

    void learn_from_fellows(SeededRandom &random) {
        const Boundaries a = members_[random.below(members_.size())].bits;
        const Boundaries b = members_[random.below(members_.size())].bits;
        std::vector<double> direction(a.size(), 0);
        for (std::size_t bit = 0; bit < a.size(); ++bit)
            direction[bit] = static_cast<double>(a[bit]) - static_cast<double>(b[bit]);
        move_all(direction);
    }

    void move_all(const std::vector<double> &direction) {
        for (Individual &member : members_) {
            Interrupt::poll();
            Individual moved{member.bits, 0};
            for (std::size_t bit = 0; bit < direction.size(); ++bit) {
                const double value = std::floor(member.bits[bit] + rate_ * direction[bit] + 0.5);
                moved.bits[bit] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0));
            }
            if (moved.bits == member.bits)
                continue;
            moved.fitness = fitness_(moved.bits);
            if (sign_ * moved.fitness > sign_ * member.fitness)
                member = std::move(moved);
        }
    }

    std::vector<Individual> members_;
    double sign_;
    const std::function<double(const Boundaries &)> &fitness_;
    double rate_;
};

} // namespace

std::uint64_t SeededRandom::next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

Boundaries dual_tlbo(std::vector<Boundaries> initial, const std::function<double(const Boundaries &)> &fitness,
                     int iterations, double learning_rate, SeededRandom &random) {
    std::vector<Individual> members;
    for (Boundaries &bits : initial) {
        const double value = fitness(bits);
        members.push_back({std::move(bits), value});
    }
    Population good(members, 1, fitness, learning_rate);
    for (int iteration = 0; iteration < iterations; ++iteration) {
        Population bad(good.members(), -1, fitness, learning_rate);
        good.learn(random);
        bad.learn(random);
        Individual &best = good.best();
        const Boundaries &worst = bad.best().bits;
        Individual mutated{best.bits, 0};
        for (std::size_t bit = 0; bit < worst.size(); ++bit)
            if (best.bits[bit] == worst[bit])
                mutated.bits[bit] ^= 1;
        if (mutated.bits == best.bits)
            continue;
        mutated.fitness = fitness(mutated.bits);
        if (mutated.fitness > best.fitness)
            best = std::move(mutated);
    }
    return good.best().bits;
}

} // namespace webwrap
