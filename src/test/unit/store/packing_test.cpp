#include "core/store/packing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace webwrap {
namespace {

using Prefixes = std::vector<std::size_t>;

std::size_t total(const PackingCosts &costs, const Prefixes &page_to_prefix) {
    std::size_t sum = 0;
    for (std::size_t page = 0; page < costs.size(); ++page)
        sum += costs[page][page_to_prefix[page]];
    return sum;
}

std::size_t optimum(const PackingCosts &costs, std::size_t fixed) {
    std::size_t least = SIZE_MAX;
    for (unsigned open = 1; open < 1U << costs.size(); ++open) {
        if ((open & ((1U << fixed) - 1)) != (1U << fixed) - 1)
            continue;
        std::size_t sum = 0;
        for (std::size_t page = 0; page < costs.size(); ++page) {
            std::size_t cost = SIZE_MAX;
            for (std::size_t prefix = 0; prefix < costs.size(); ++prefix)
                if ((open >> prefix & 1) && (!(open >> page & 1) || page == prefix))
                    cost = std::min(cost, costs[page][prefix]);
            sum += cost;
        }
        least = std::min(least, sum);
    }
    return least;
}

/* Points on a line: the farther apart, the less two pages share. */
PackingCosts random_costs(std::size_t pages, std::minstd_rand &random) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < pages; ++i)
        at.push_back(random() % 1000);
    PackingCosts costs(pages, std::vector<std::size_t>(pages));
    for (std::size_t i = 0; i < pages; ++i)
        for (std::size_t j = 0; j < pages; ++j)
            costs[i][j] = i == j ? 300 + at[i] % 50 : (at[i] > at[j] ? at[i] - at[j] : at[j] - at[i]) + random() % 30;
    return costs;
}

TEST(Packing, NothingToPack) { EXPECT_TRUE(choose_prefixes({}, 0).empty()); }

TEST(Packing, OnePageStandsAlone) { EXPECT_EQ(choose_prefixes({{50}}, 0), Prefixes{0}); }

TEST(Packing, ThePageInTheMiddleIsThePrefix) {
    EXPECT_EQ(choose_prefixes({{50, 10, 40}, {10, 50, 10}, {40, 10, 50}}, 0), (Prefixes{1, 1, 1}));
}

TEST(Packing, TwoDesignsGetTwoPrefixes) {
    const PackingCosts costs{{60, 2, 55, 55}, {2, 60, 55, 55}, {55, 55, 59, 1}, {55, 55, 2, 58}};
    EXPECT_EQ(choose_prefixes(costs, 0), (Prefixes{0, 0, 3, 3}));
}

TEST(Packing, WhatOthersDependOnStays) {
    const PackingCosts costs{{50, 1, 1}, {30, 55, 9}, {30, 9, 55}};
    EXPECT_EQ(choose_prefixes(costs, 1), (Prefixes{0, 0, 0}));
    EXPECT_EQ(choose_prefixes(costs, 0), (Prefixes{1, 1, 1}));
}

TEST(Packing, PrefixesHaveNone) {
    std::minstd_rand random(1);
    for (int round = 0; round < 200; ++round) {
        const Prefixes chosen = choose_prefixes(random_costs(1 + random() % 12, random), 0);
        for (const std::size_t prefix : chosen)
            EXPECT_EQ(chosen[prefix], prefix);
    }
}

TEST(Packing, NearlyAlwaysTheOptimum) {
    std::minstd_rand random(2);
    int optimal = 0;
    constexpr int kRounds = 300;
    for (int round = 0; round < kRounds; ++round) {
        const std::size_t pages = 1 + random() % 9, fixed = random() % 2 * (random() % pages);
        const PackingCosts costs = random_costs(pages, random);
        const std::size_t least = optimum(costs, fixed), found = total(costs, choose_prefixes(costs, fixed));
        EXPECT_GE(found, least);
        EXPECT_LE(static_cast<double>(found), 1.1 * static_cast<double>(least));
        optimal += found == least;
    }
    EXPECT_GE(optimal, kRounds * 99 / 100);
}

} // namespace
} // namespace webwrap
