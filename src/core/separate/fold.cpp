#include "core/separate/fold.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/interrupt.hpp"
#include "core/separate/tlbo.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kLongestPeriod = 6;
constexpr std::int64_t kMostWork = 60'000; /* nodes merged to find the runs of one list */
/* Pairs of nodes merged on a page, apart from kStepsPerNode that each list has in any case. Few siblings of thousands of
 * nodes each would take gigabytes: a list gets a quarter of what is left. */
constexpr std::int64_t kMostSteps = 1'000'000;
constexpr std::int64_t kStepsPerNode = 4;
constexpr int kMostRounds = 8;
constexpr std::int32_t kSmallPage = 300; /* nodes */
constexpr std::uint64_t kOffPrices = 60;
constexpr double kOffBy = 1.5; /* branches at most */
constexpr double kSameIndex = 1e-9;
/* Lines are the unit. A branch costs more the longer the page; here it is free, so that what repeats is folded. */
constexpr LayoutPrices kEagerPrices{0.5, 1.0, 0.0, 0.1};

} // namespace

LayoutPrices LayoutPrices::at(const MaintainabilityCounts &counts) {
    const double symbols = std::max(1.0, static_cast<double>(counts.symbols));
    const double distinct = std::max(2.0, static_cast<double>(counts.distinct));
    const double lines = std::max(1.0, static_cast<double>(counts.lines));
    return {5.2 / symbols, 16.2 / lines, 0.23, 5.2 / (distinct * std::log(distinct))};
}

OptimalFolder::OptimalFolder(LayoutPool &pool)
    : pool_(pool), eager_(kEagerPrices), scores_(pool, eager_), merger_(pool, scores_, Merger::Options()) {}

std::int64_t OptimalFolder::weight(LayoutId id) const {
    const LayoutTotals &totals = pool_.node(id).totals;
    return std::int64_t{2} * totals.lines + totals.symbols;
}

std::int32_t OptimalFolder::shape(LayoutId id) const {
    while (pool_.is_instruction(id))
        id = pool_.children(id)[0];
    return pool_.node(id).kind == LayoutKind::kElement ? pool_.node(id).label : -1;
}

LayoutId OptimalFolder::fold(LayoutId root) {
    MaintainabilityCounter counter(pool_);
    const MaintainabilityCounts plain = counter.count(root);
    Best best{root, plain, maintainability_index(plain)};
    const auto part_of = [&](double share) {
        MaintainabilityCounts counts = plain;
        counts.symbols = static_cast<std::int64_t>(static_cast<double>(plain.symbols) * share);
        counts.distinct = static_cast<std::int64_t>(static_cast<double>(plain.distinct) * share);
        counts.lines = static_cast<std::int64_t>(static_cast<double>(plain.lines) * share);
        return counts;
    };
    if (pool_.node(root).size > kSmallPage) {
        for (const double share : {1.0, 0.5, 0.25, 0.1})
            climb(root, part_of(share), 1, 0, counter, best);
        return best.layout;
    }
    /* Distinct symbols do not quite add up: a text of two nodes goes with the second. On small pages that matters, so
     * that they are tried at other prices for them, and at prices of folds that are somewhat off. */
    for (const double own : {1.0, 0.5, 0.0, -0.5, -1.0, -2.0, 2.0, 4.0})
        for (const double share : {1.0, 0.8, 0.6, 0.4, 0.2})
            climb(root, part_of(share), own, 0, counter, best);
    for (std::uint64_t off = 1; off <= kOffPrices; ++off)
        climb(root, best.counts, off % 2 == 0 ? 1 : 0, off, counter, best);
    return best.layout;
}

void OptimalFolder::climb(LayoutId root, MaintainabilityCounts counts, double own, std::uint64_t off,
                          MaintainabilityCounter &counter, Best &best) {
    double last = -std::numeric_limits<double>::infinity();
    for (int round = 0; round < kMostRounds; ++round) {
        LayoutPrices prices = LayoutPrices::at(counts);
        prices.own *= own;
        Round at{prices, off, {}, {}};
        const LayoutId folded = build(root, at);
        counts = counter.count(folded);
        const double index = maintainability_index(counts);
        if (index > best.index)
            best = {folded, counts, index};
        if (index <= last + kSameIndex || off != 0)
            return;
        last = index;
    }
}

LayoutId OptimalFolder::fold_at(LayoutId root, const LayoutPrices &prices) {
    Round round{prices, 0, {}, {}};
    return build(root, round);
}

const std::vector<FoldCandidate> &OptimalFolder::candidates_of(LayoutId parent) {
    if (const auto found = candidates_.find(parent); found != candidates_.end())
        return found->second;
    const auto children = pool_.children(parent);
    const std::vector<LayoutId> plain(children.begin(), children.end());
    std::vector<FoldCandidate> found;
    if (plain.size() > 1) {
        enumerate(plain, plain, found);
        std::vector<LayoutId> eager;
        for (const LayoutId child : plain)
            eager.push_back(fold_eagerly(child));
        if (eager != plain)
            enumerate(eager, plain, found);
        std::ranges::stable_sort(found, {}, &FoldCandidate::end);
    }
    return candidates_.emplace(parent, std::move(found)).first->second;
}

void OptimalFolder::enumerate(std::span<const LayoutId> list, std::span<const LayoutId> plain,
                              std::vector<FoldCandidate> &found) {
    std::vector<std::int64_t> before{0}; /* weight of the plain children before each place */
    for (const LayoutId child : plain)
        before.push_back(before.back() + weight(child));
    std::int64_t nodes = 0;
    for (const LayoutId id : list)
        nodes += pool_.node(id).size;
    const std::int64_t most_steps =
        merger_.steps() + std::max(kStepsPerNode * nodes, (kMostSteps - merger_.steps()) / 4);
    for (std::size_t period = 1; period <= std::min(kLongestPeriod, list.size() / 2); ++period)
        enumerate_period(list, period, before, most_steps, found);
}

void OptimalFolder::enumerate_period(std::span<const LayoutId> list, std::size_t period,
                                     std::span<const std::int64_t> before, std::int64_t most_steps,
                                     std::vector<FoldCandidate> &found) {
    const std::size_t size = list.size();
    const auto skeleton = [&](std::size_t at) { return pool_.node(list[at]).skeleton; };
    const auto repeats = [&](std::size_t at) { return shape(list[at]) == shape(list[at + period]); };
    /* Starts: all when that is little work, else those where what repeats is not the same one place before. */
    std::int64_t nodes = 0;
    for (const LayoutId id : list)
        nodes += pool_.node(id).size;
    std::vector<std::size_t> starts;
    for (int strictness = 0; strictness < 3; ++strictness) {
        starts.clear();
        for (std::size_t start = 0; start + 2 * period <= size; ++start) {
            bool is_start = true;
            for (std::size_t k = 0; k < period && is_start; ++k)
                is_start = repeats(start + k);
            if (is_start && period > 1) { /* a unit of equals is a run of single nodes */
                bool is_mixed = false;
                for (std::size_t k = 1; k < period; ++k)
                    is_mixed = is_mixed || skeleton(start + k) != skeleton(start);
                is_start = is_mixed;
            }
            if (is_start && strictness > 0 && start > 0) {
                is_start = strictness == 1 ? skeleton(start - 1) != skeleton(start - 1 + period) : !repeats(start - 1);
            }
            if (is_start)
                starts.push_back(start);
        }
        if (static_cast<std::int64_t>(starts.size()) * nodes / 2 <= kMostWork)
            break;
    }
    std::int64_t work = 0;
    std::vector<LayoutId> unit;
    for (const std::size_t start : starts) {
        if (work > 4 * kMostWork || merger_.steps() > most_steps)
            break;
        unit.clear();
        for (std::size_t k = 0; k < period; ++k) {
            LayoutId id = list[start + k];
            if (period == 1 && pool_.node(id).kind == LayoutKind::kIf)
                id = pool_.children(id)[0];
            unit.push_back(id);
        }
        for (std::size_t end = start + period; end + period <= size && merger_.steps() <= most_steps; end += period) {
            if ((++polls_ & 0xFF) == 0)
                Interrupt::poll();
            bool fits = true;
            for (std::size_t k = 0; k < period && fits; ++k) {
                LayoutId other = list[end + k];
                if (period == 1 && pool_.node(other).kind == LayoutKind::kIf)
                    other = pool_.children(other)[0];
                work += pool_.node(unit[k]).skeleton == pool_.node(other).skeleton ? 1 : pool_.node(other).size;
                unit[k] = merger_.merge(unit[k], other);
                fits = unit[k] != kNoLayout;
            }
            if (!fits)
                break;
            const LayoutId fold =
                period == 1 && pool_.node(unit[0]).kind == LayoutKind::kFor ? unit[0] : pool_.iteration(unit);
            if (weight(fold) < before[end + period] - before[start])
                found.push_back({static_cast<std::int32_t>(start), static_cast<std::int32_t>(end + period), fold});
        }
    }
}

LayoutId OptimalFolder::fold_eagerly(LayoutId id) {
    if (pool_.node(id).child_count == 0)
        return id;
    if (const auto found = eager_folds_.find(id); found != eager_folds_.end())
        return found->second;
    const auto children = pool_.children(id);
    std::vector<LayoutId> plain;
    const std::vector<LayoutId> list(children.begin(), children.end());
    for (const LayoutId child : list)
        plain.push_back(fold_eagerly(child));
    LayoutId folded = id;
    if (pool_.is_instruction(id)) {
        folded = pool_.node(id).kind == LayoutKind::kFor ? pool_.iteration(plain) : merger_.optional(plain[0]);
    } else {
        std::vector<FoldCandidate> candidates;
        enumerate(plain, plain, candidates);
        std::ranges::stable_sort(candidates, {}, &FoldCandidate::end);
        std::vector<double> best(plain.size() + 1, 0);
        std::vector<const FoldCandidate *> chosen(plain.size() + 1, nullptr);
        std::size_t next = 0;
        for (std::size_t end = 1; end <= plain.size(); ++end) {
            best[end] = best[end - 1] + scores_.cost(plain[end - 1]);
            for (; next < candidates.size() && candidates[next].end == static_cast<std::int32_t>(end); ++next) {
                const double cost =
                    best[static_cast<std::size_t>(candidates[next].begin)] + scores_.cost(candidates[next].fold);
                if (cost < best[end]) {
                    best[end] = cost;
                    chosen[end] = &candidates[next];
                }
            }
        }
        std::vector<LayoutId> kept;
        for (std::size_t end = plain.size(); end > 0;) {
            kept.push_back(chosen[end] == nullptr ? plain[end - 1] : chosen[end]->fold);
            end = chosen[end] == nullptr ? end - 1 : static_cast<std::size_t>(chosen[end]->begin);
        }
        std::ranges::reverse(kept);
        const auto slots = pool_.slots(id);
        const std::vector<ValueId> slots_copy(slots.begin(), slots.end());
        folded = pool_.element(pool_.node(id).label, slots_copy, kept);
    }
    eager_folds_.emplace(id, folded);
    return folded;
}

double OptimalFolder::cost_of(LayoutId id, Round &round) {
    const LayoutNode &node = pool_.node(id);
    if (node.child_count == 0)
        return round.prices.cost(node.totals);
    if (const auto found = round.costs.find(id); found != round.costs.end())
        return found->second;
    LayoutTotals own = node.totals;
    for (const LayoutId child : pool_.children(id)) {
        const LayoutTotals &inner = pool_.node(child).totals;
        own += {-inner.symbols, -inner.lines, -inner.branches, -inner.own};
    }
    double cost = round.prices.cost(own);
    if (pool_.is_instruction(id)) {
        const auto children = pool_.children(id);
        const std::vector<LayoutId> list(children.begin(), children.end());
        for (const LayoutId child : list)
            cost += cost_of(child, round);
    } else {
        cost += partition(id, round, nullptr);
    }
    round.costs.emplace(id, cost);
    return cost;
}

double OptimalFolder::fold_cost(LayoutId fold, Round &round) {
    double cost = round.prices.cost(pool_.node(fold).totals);
    if (const auto found = improved_.find(fold); found != improved_.end())
        cost = std::min(cost, round.prices.cost(pool_.node(found->second).totals));
    if (round.off != 0) {
        SeededRandom random(round.off * 0x100000001B3ull + static_cast<std::uint64_t>(fold));
        cost += round.prices.branch * kOffBy * (static_cast<double>(random.below(2001)) / 1000 - 1);
    }
    return cost;
}

double OptimalFolder::partition(LayoutId parent, Round &round, std::vector<FoldCandidate> *chosen) {
    if ((++polls_ & 0xFF) == 0)
        Interrupt::poll();
    const std::vector<FoldCandidate> &candidates = candidates_of(parent);
    const auto children = pool_.children(parent);
    const std::vector<LayoutId> list(children.begin(), children.end());
    std::vector<double> best(list.size() + 1, 0);
    std::vector<std::int32_t> taken(list.size() + 1, -1);
    std::size_t next = 0;
    for (std::size_t end = 1; end <= list.size(); ++end) {
        best[end] = best[end - 1] + cost_of(list[end - 1], round);
        for (; next < candidates.size() && candidates[next].end == static_cast<std::int32_t>(end); ++next) {
            const double cost =
                best[static_cast<std::size_t>(candidates[next].begin)] + fold_cost(candidates[next].fold, round);
            if (cost < best[end]) {
                best[end] = cost;
                taken[end] = static_cast<std::int32_t>(next);
            }
        }
    }
    if (chosen != nullptr) {
        for (std::size_t end = list.size(); end > 0;) {
            if (taken[end] < 0) {
                --end;
                continue;
            }
            chosen->push_back(candidates[static_cast<std::size_t>(taken[end])]);
            end = static_cast<std::size_t>(chosen->back().begin);
        }
        std::ranges::reverse(*chosen);
    }
    return best.back();
}

LayoutId OptimalFolder::build(LayoutId id, Round &round) {
    const LayoutNode node = pool_.node(id);
    if (node.child_count == 0)
        return id;
    if (const auto found = round.built.find(id); found != round.built.end())
        return found->second;
    const auto children = pool_.children(id);
    const std::vector<LayoutId> list(children.begin(), children.end());
    std::vector<LayoutId> kept;
    LayoutId built = id;
    if (pool_.is_instruction(id)) {
        for (const LayoutId child : list)
            kept.push_back(build(child, round));
        built = node.kind == LayoutKind::kFor ? pool_.iteration(kept) : merger_.optional(kept[0]);
    } else {
        std::vector<FoldCandidate> chosen;
        partition(id, round, &chosen);
        std::size_t at = 0;
        const auto keep_until = [&](std::size_t end) {
            for (; at < end; ++at)
                kept.push_back(build(list[at], round));
        };
        for (const FoldCandidate &candidate : chosen) {
            keep_until(static_cast<std::size_t>(candidate.begin));
            LayoutId fold = build(candidate.fold, round);
            const auto known = improved_.find(candidate.fold);
            if (known != improved_.end() &&
                round.prices.cost(pool_.node(known->second).totals) < round.prices.cost(pool_.node(fold).totals))
                fold = known->second;
            else if (fold != candidate.fold)
                improved_[candidate.fold] = fold;
            kept.push_back(fold);
            at = static_cast<std::size_t>(candidate.end);
        }
        keep_until(list.size());
        const auto slots = pool_.slots(id);
        const std::vector<ValueId> slots_copy(slots.begin(), slots.end());
        built = pool_.element(node.label, slots_copy, kept);
    }
    round.built.emplace(id, built);
    return built;
}

} // namespace webwrap
