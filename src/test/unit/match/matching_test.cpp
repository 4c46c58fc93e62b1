#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/match/clustered.hpp"
#include "core/match/mapping.hpp"
#include "core/match/simple.hpp"
#include "errors.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

using test::chain;
using test::children_of;
using test::random_tree;
using test::tree_from_brackets;
using test::varied_tree;

/* The algorithms as the papers print them: recursive, on nodes, nothing remembered. */

template <typename Value, typename Weight>
Value best_pairing(const std::vector<TreeNode> &as, const std::vector<TreeNode> &bs, const Weight &weight) {
    std::vector<std::vector<Value>> cells(as.size() + 1, std::vector<Value>(bs.size() + 1, Value{0}));
    for (std::size_t i = 1; i <= as.size(); ++i)
        for (std::size_t j = 1; j <= bs.size(); ++j)
            cells[i][j] =
                std::max({cells[i][j - 1], cells[i - 1][j], cells[i - 1][j - 1] + weight(as[i - 1], bs[j - 1])});
    return cells.back().back();
}

std::int64_t plain_simple(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
    if (a.label(x) != b.label(y))
        return 0;
    return 1 +
           best_pairing<std::int64_t>(children_of(a, x), children_of(b, y), [&](TreeNode child_a, TreeNode child_b) {
               return plain_simple(a, child_a, b, child_b);
           });
}

double plain_clustered(const Tree &a, TreeNode x, const Tree &b, TreeNode y, LeafRule rule) {
    if (a.label(x) != b.label(y))
        return 0;
    const int m = a.degree(x);
    const int n = b.degree(y);
    const double matched =
        best_pairing<double>(children_of(a, x), children_of(b, y), [&](TreeNode child_a, TreeNode child_b) {
            return plain_clustered(a, child_a, b, child_b, rule);
        });
    const double divisor = std::max(a.siblings(x), b.siblings(y));
    const bool is_inner = rule == LeafRule::kPrinted ? m > 0 && n > 0 : m > 0 || n > 0;
    return is_inner ? matched * 1 / divisor : matched + 1 / divisor;
}

struct KnownCase {
    const char *a;
    const char *b;
    std::int64_t simple;
    double clustered;
    double clustered_both;
};

class KnownMatching : public testing::TestWithParam<KnownCase> {};

TEST_P(KnownMatching, BothWaysRound) {
    LabelTable labels;
    const Tree a = tree_from_brackets(GetParam().a, labels);
    const Tree b = tree_from_brackets(GetParam().b, labels);
    for (const auto &[x, y] : {std::pair(&a, &b), std::pair(&b, &a)}) {
        EXPECT_EQ(simple_tree_matching(*x, *y), GetParam().simple);
        EXPECT_DOUBLE_EQ(clustered_tree_matching(*x, *y), GetParam().clustered);
        EXPECT_DOUBLE_EQ(clustered_tree_matching(*x, *y, {}, LeafRule::kBoth), GetParam().clustered_both);
        EXPECT_EQ(static_cast<std::int64_t>(simple_tree_mapping(*x, *y).size()), GetParam().simple);
    }
}

INSTANTIATE_TEST_SUITE_P(Trees, KnownMatching,
                         testing::Values(KnownCase{"a(b(d,e),c(f),b(e,d),c(g(h,i,j)))", "a(b(d,e),c(g(h),f))", 7, .375,
                                                   .375},
                                         KnownCase{"a", "a", 1, 1, 1},                                         //
                                         KnownCase{"a", "b", 0, 0, 0},                                         //
                                         KnownCase{"", "", 0, 0, 0},                                           //
                                         KnownCase{"a(b)", "", 0, 0, 0},                                       //
                                         KnownCase{"a(b,c)", "x(b,c)", 0, 0, 0},                               //
                                         KnownCase{"a(b,c)", "a(b,c)", 3, 1, 1},                               //
                                         KnownCase{"a(b,c)", "a(c,b)", 2, .5, .5}, /* order counts */          //
                                         KnownCase{"a(b(c(d)))", "a(x(b(c(d))))", 1, 0, 0}, /* a level more */ //
                                         KnownCase{"a", "a(b,c)", 1, 1, 0},               /* the leaf defect */
                                         KnownCase{"a(b,b,b,b)", "a(b)", 2, .25, .25},    //
                                         KnownCase{"a(b(x),b(y))", "a(b(y))", 3, .5, .5}, //
                                         KnownCase{"a(b(c,d),b(c))", "a(b(c),b(c,d))", 5, .5, .5}));

TEST(ClusteredMatching, RootIsDividedByItsSiblingsUnlessToldOtherwise) {
    LabelTable labels;
    const Tree a = tree_from_brackets("a(b)", labels, 4);
    const Tree b = tree_from_brackets("a(b)", labels, 2);
    EXPECT_DOUBLE_EQ(clustered_tree_matching(a, b), .25);
    EXPECT_DOUBLE_EQ(clustered_tree_matching(a, b, {}, LeafRule::kPrinted, RootRule::kOne), 1);
}

struct RandomShape {
    TreeNode max_size;
    int label_count;
};

class RandomMatching : public testing::TestWithParam<RandomShape> {};

TEST_P(RandomMatching, EqualsPlainRecursionAndIsSymmetric) {
    std::mt19937 random(20110517);
    for (int round = 0; round < 400; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, GetParam().max_size, GetParam().label_count, labels);
        const Tree b = round % 2 == 0 ? random_tree(random, GetParam().max_size, GetParam().label_count, labels)
                                      : varied_tree(random, a, labels);
        ASSERT_EQ(simple_tree_matching(a, b), plain_simple(a, 0, b, 0)) << "round " << round;
        ASSERT_EQ(simple_tree_matching(b, a), simple_tree_matching(a, b)) << "round " << round;
        for (const LeafRule rule : {LeafRule::kPrinted, LeafRule::kBoth}) {
            const double clustered = clustered_tree_matching(a, b, {}, rule);
            ASSERT_NEAR(clustered, plain_clustered(a, 0, b, 0, rule), 1e-12) << "round " << round;
            ASSERT_EQ(clustered_tree_matching(b, a, {}, rule), clustered) << "round " << round;
        }
        EXPECT_EQ(simple_tree_matching(a, a), a.size());
        EXPECT_EQ(clustered_tree_matching(a, a), 1.0 / a.root_siblings());
    }
}

/* Lists of up to a few hundred children: tables of all sizes, more than 64 labels, leaves only or not. */
TEST(Matching, OfLongListsEqualsPlainRecursion) {
    std::mt19937 random(64);
    for (int round = 0; round < 120; ++round) {
        LabelTable labels;
        const int label_count = round % 3 == 0 ? 2 : round % 3 == 1 ? 9 : 150;
        const unsigned inner_of_8 = round % 4 == 0 ? 0 : round % 4 == 1 ? 1 : 5;
        const auto list = [&](unsigned max_length) {
            TreeBuilder builder(labels);
            builder.add(kNoTreeNode, labels.intern("r"));
            for (auto left = random() % max_length; left > 0; --left) {
                const auto label = [&] {
                    return labels.intern("l" + std::to_string(random() % static_cast<unsigned>(label_count)));
                };
                const TreeNode child = builder.add(0, label());
                if (random() % 8 < inner_of_8)
                    for (auto below = 1 + random() % 3; below > 0; --below)
                        builder.add(child, label());
            }
            return builder.finish();
        };
        const Tree a = list(round % 5 == 0 ? 300 : 40);
        const Tree b = round % 2 == 0 ? list(200) : varied_tree(random, a, labels);
        ASSERT_EQ(simple_tree_matching(a, b), plain_simple(a, 0, b, 0)) << "round " << round;
        for (const LeafRule rule : {LeafRule::kPrinted, LeafRule::kBoth}) {
            const double clustered = clustered_tree_matching(a, b, {}, rule);
            ASSERT_NEAR(clustered, plain_clustered(a, 0, b, 0, rule), 1e-12) << "round " << round;
            ASSERT_EQ(clustered_tree_matching(b, a, {}, rule), clustered) << "round " << round;
        }
    }
}

TEST_P(RandomMatching, MappingIsAMatchingOfTheSameSize) {
    std::mt19937 random(1977);
    for (int round = 0; round < 400; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, GetParam().max_size, GetParam().label_count, labels);
        const Tree b = varied_tree(random, a, labels);
        const auto pairs = simple_tree_mapping(a, b);
        ASSERT_EQ(static_cast<std::int64_t>(pairs.size()), simple_tree_matching(a, b));
        std::vector<TreeNode> a_to_b(static_cast<std::size_t>(a.size()), kNoTreeNode);
        TreeNode previous_b = kNoTreeNode;
        for (const auto &[x, y] : pairs) {
            ASSERT_EQ(a.label(x), b.label(y));
            ASSERT_GT(y, previous_b) << "pre-order is kept in both trees, and no node has two partners";
            previous_b = y;
            a_to_b[static_cast<std::size_t>(x)] = y;
            if (x > 0) {
                ASSERT_EQ(a_to_b[static_cast<std::size_t>(a.parent(x))], b.parent(y));
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, RandomMatching,
                         testing::Values(RandomShape{6, 2}, RandomShape{12, 1}, RandomShape{20, 2}, RandomShape{40, 3},
                                         RandomShape{60, 8}));

TEST(Mapping, PairsTheEarlierOfEqualSiblings) {
    LabelTable labels;
    const Tree a = tree_from_brackets("a(b(x),c)", labels);
    const Tree b = tree_from_brackets("a(b(y),b(z),d)", labels);
    const std::vector<TreeNodePair> expected{{0, 0}, {1, 1}};
    EXPECT_EQ(simple_tree_mapping(a, b), expected);
}

TEST(Matching, DeepChainsNeedNoStack) {
    constexpr TreeNode kSize = 100'000;
    LabelTable labels;
    const Tree a = chain(kSize, "x", labels);
    const Tree b = chain(kSize, "y", labels);
    EXPECT_EQ(simple_tree_matching(a, b), kSize - 1);
    EXPECT_EQ(simple_tree_matching(a, a), kSize);
    EXPECT_EQ(clustered_tree_matching(a, b), 0);
    EXPECT_EQ(clustered_tree_matching(a, chain(kSize, "x", labels)), 1);
    EXPECT_EQ(simple_tree_mapping(a, b).size(), static_cast<std::size_t>(kSize - 1));
}

/* root(n(l0), n(l1), ...): all children of one label, no two identical. */
Tree wide_tree(int width, int first, LabelTable &labels) {
    TreeBuilder builder(labels);
    builder.add(kNoTreeNode, labels.intern("root"));
    for (int child = 0; child < width; ++child)
        builder.add(builder.add(0, labels.intern("n")), labels.intern("l" + std::to_string(first + child)));
    return builder.finish();
}

TEST(Matching, WideListsFinish) {
    LabelTable labels;
    const Tree a = wide_tree(2000, 0, labels);
    const Tree b = wide_tree(2000, 5000, labels);
    EXPECT_EQ(simple_tree_matching(a, b), 2001);
    EXPECT_EQ(clustered_tree_matching(a, b), 0);
}

TEST(Matching, LimitIsAnErrorThatNamesItsSetting) {
    LabelTable labels;
    const Tree a = wide_tree(2000, 0, labels);
    const Tree b = wide_tree(2000, 5000, labels);
    Limits limits;
    limits.max_match_cells = 1'000'000;
    const auto expect_limit_error = [&](const auto &match) {
        test::expect_error([&] { (void)match(a, b, limits); }, ErrorKind::kLimitExceeded,
                           "tree matching needs more than 1000000 cells", "Raise webwrap.max_match_cells.");
    };
    expect_limit_error([](const auto &...args) { return simple_tree_matching(args...); });
    expect_limit_error([](const auto &...args) { return clustered_tree_matching(args...); });
    expect_limit_error([](const auto &...args) { return simple_tree_mapping(args...); });
}

struct Cancelled : std::runtime_error {
    Cancelled() : std::runtime_error("cancelled") {}
};

class PollHook {
  public:
    explicit PollHook(int polls_until_cancel) {
        polls_left_ = polls_until_cancel;
        Interrupt::poll_hook = [] {
            if (polls_left_-- == 0)
                throw Cancelled();
        };
    }
    ~PollHook() { Interrupt::poll_hook = nullptr; }
    PollHook(const PollHook &) = delete;
    PollHook &operator=(const PollHook &) = delete;

  private:
    static inline int polls_left_ = 0;
};

TEST(Matching, CanBeCancelled) {
    LabelTable labels;
    const Tree a = wide_tree(1000, 0, labels);
    const Tree b = wide_tree(1000, 5000, labels);
    for (const int polls : {0, 1, 50}) { /* while indexing, and inside the table of the roots */
        PollHook hook(polls);
        EXPECT_THROW((void)simple_tree_matching(a, b), Cancelled) << polls;
        PollHook again(polls);
        EXPECT_THROW((void)clustered_tree_matching(a, b), Cancelled) << polls;
        PollHook once_more(polls);
        EXPECT_THROW((void)simple_tree_mapping(a, b), Cancelled) << polls;
    }
}

} // namespace
} // namespace webwrap
