#include "core/base/hash.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace webwrap {
namespace {

TEST(HashTest, PairsOfSmallNumbersDiffer) {
    std::unordered_set<std::uint64_t> hashes;
    for (std::uint64_t a = 0; a < 1000; ++a)
        for (std::uint64_t b = 0; b < 300; ++b)
            hashes.insert(mix(a, b));
    EXPECT_EQ(hashes.size(), 300'000U);
}

TEST(HashTest, OrderCounts) { EXPECT_NE(mix(1, 2), mix(2, 1)); }

} // namespace
} // namespace webwrap
