#include "core/match/edit_distance.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/match/similarity.hpp"
#include "core/parse/parse.hpp"
#include "errors.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

using test::chain;
using test::children_of;
using test::random_tree;
using test::tree_from_brackets;
using test::varied_tree;

/* The definition of the distance as a recursion over forests: the last root of one of them goes, or both are paired. Forests
 * are lists of roots; what was computed is remembered. */
class ForestRecursion {
  public:
    ForestRecursion(const Tree &a, const Tree &b) : a_(a), b_(b) {}

    std::int64_t distance() { return distance({0}, {0}); }

  private:
    using Forest = std::vector<TreeNode>;

    std::int64_t distance(const Forest &as, const Forest &bs) {
        if (as.empty() || bs.empty())
            return size_of(a_, as) + size_of(b_, bs);
        const auto known = known_.find({as, bs});
        if (known != known_.end())
            return known->second;
        const TreeNode x = as.back();
        const TreeNode y = bs.back();
        const Forest as_before(as.begin(), as.end() - 1);
        const Forest bs_before(bs.begin(), bs.end() - 1);
        const std::int64_t deleted = distance(with_children(a_, as_before, x), bs) + 1;
        const std::int64_t inserted = distance(as, with_children(b_, bs_before, y)) + 1;
        const std::int64_t paired = distance(as_before, bs_before) + distance(children_of(a_, x), children_of(b_, y)) +
                                    (a_.label(x) == b_.label(y) ? 0 : 1);
        return known_[{as, bs}] = std::min({deleted, inserted, paired});
    }

    static std::int64_t size_of(const Tree &tree, const Forest &roots) {
        std::int64_t size = 0;
        for (const TreeNode root : roots)
            size += tree.subtree_size(root);
        return size;
    }

    static Forest with_children(const Tree &tree, Forest roots, TreeNode node) {
        for (const TreeNode child : children_of(tree, node))
            roots.push_back(child);
        return roots;
    }

    const Tree &a_;
    const Tree &b_;
    std::map<std::pair<Forest, Forest>, std::int64_t> known_;
};

struct KnownDistance {
    const char *a;
    const char *b;
    std::int64_t distance;
};

class KnownDistances : public testing::TestWithParam<KnownDistance> {};

TEST_P(KnownDistances, BothWaysRound) {
    LabelTable labels;
    const Tree a = tree_from_brackets(GetParam().a, labels);
    const Tree b = tree_from_brackets(GetParam().b, labels);
    EXPECT_EQ(tree_edit_distance(a, b), GetParam().distance);
    EXPECT_EQ(tree_edit_distance(b, a), GetParam().distance);
}

INSTANTIATE_TEST_SUITE_P(Trees, KnownDistances,
                         testing::Values(KnownDistance{"", "", 0},                                                //
                                         KnownDistance{"", "a(b)", 2},                                            //
                                         KnownDistance{"a", "a", 0},                                              //
                                         KnownDistance{"a", "b", 1},                                              //
                                         KnownDistance{"f(d(a,c(b)),e)", "f(c(d(a,b)),e)", 2}, /* of the paper */ //
                                         KnownDistance{"a(b(d,e),c(f),b(e,d),c(g(h,i,j)))", "a(b(d,e),c(g(h),f))",
                                                       8},                                                   //
                                         KnownDistance{"a(b(c(d)))", "a(x(b(c(d))))", 1}, /* a level more */ //
                                         KnownDistance{"a(b,c)", "a(c,b)", 2}, /* order counts */            //
                                         KnownDistance{"a(b,c,d)", "a(w(b,c,d))", 1},                        //
                                         KnownDistance{"a(b,b,b)", "b(b,b)", 2},                             //
                                         KnownDistance{"x(x(x(x)))", "x(x,x,x)", 4}));

struct Shape {
    TreeNode max_size;
    int label_count;
};

class RandomEditDistance : public testing::TestWithParam<Shape> {};

TEST_P(RandomEditDistance, EqualsTheRecursionOverForestsAndIsSymmetric) {
    std::mt19937 random(1989);
    for (int round = 0; round < 250; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, GetParam().max_size, GetParam().label_count, labels);
        const Tree b = round % 2 == 0 ? random_tree(random, GetParam().max_size, GetParam().label_count, labels)
                                      : varied_tree(random, a, labels);
        const std::int64_t distance = tree_edit_distance(a, b);
        ASSERT_EQ(distance, ForestRecursion(a, b).distance()) << "round " << round;
        ASSERT_EQ(tree_edit_distance(b, a), distance) << "round " << round;
        ASSERT_EQ(tree_edit_distance(a, a), 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, RandomEditDistance,
                         testing::Values(Shape{6, 2}, Shape{12, 1}, Shape{20, 2}, Shape{24, 3}, Shape{30, 8}));

/* Rows that one question left behind serve the next one. */
TEST(EditDistanceQuery, AnswersForAllSubtreesInAnyOrder) {
    std::mt19937 random(4);
    for (int round = 0; round < 60; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, 14, 2, labels);
        const Tree b = random_tree(random, 20, 2, labels);
        SubtreeIndex index;
        const auto a_to_class = index.add(a);
        const auto b_to_class = index.add(b);
        CellBudget budget{Limits{}};
        const auto root = static_cast<TreeNode>(random() % static_cast<unsigned>(a.size()));
        EditDistanceQuery query(index, a, root, a_to_class, b, b_to_class);
        for (int question = 0; question < 30; ++question) {
            const auto node = static_cast<TreeNode>(random() % static_cast<unsigned>(b.size()));
            const auto part = [&labels](const Tree &tree, TreeNode top) {
                TreeBuilder builder(labels);
                for (TreeNode at = top; at < tree.end_of(top); ++at)
                    builder.add(at == top ? kNoTreeNode : tree.parent(at) - top, tree.label(at));
                return builder.finish();
            };
            ASSERT_EQ(query.distance(node, budget), ForestRecursion(part(a, root), part(b, node)).distance());
        }
    }
}

/* Two editions of one page as sites make them: another frame, a level more, records that come and go. */
TEST(EditDistance, EqualsTheRecursionOnPages) {
    const auto page_of = [](bool is_new) {
        std::string html =
            is_new ? "<header><nav><a>1</a><a>2</a></nav></header><main>" : "<div><a>1</a><a>2</a></div>";
        for (int item = is_new ? 2 : 0; item < (is_new ? 7 : 6); ++item)
            html += is_new ? "<article><h2><a>t</a></h2><p>x<b>y</b></p></article>"
                           : std::string("<div><h3><a>t</a></h3><p>x") + (item % 2 == 0 ? "<i>y</i>" : "") + "</div>";
        return parse_html(html + (is_new ? "</main><footer><p>f" : "<table><tr><td>f"));
    };
    LabelTable labels;
    const auto old_page = page_of(false);
    const auto new_page = page_of(true);
    for (const bool text_nodes : {false, true}) {
        const Tree a = tree_of(*old_page, 0, {.text_nodes = text_nodes}, labels);
        const Tree b = tree_of(*new_page, 0, {.text_nodes = text_nodes}, labels);
        EXPECT_EQ(tree_edit_distance(a, b), ForestRecursion(a, b).distance());
    }
}

TEST(EditSimilarity, IsOneMinusAMetric) {
    std::mt19937 random(2011);
    for (int round = 0; round < 300; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, 12, 2, labels);
        const Tree b = varied_tree(random, a, labels);
        const Tree c = varied_tree(random, b, labels);
        const auto distance = [](const Tree &x, const Tree &y) { return 1 - tree_similarity(x, y, Measure::kEdit); };
        ASSERT_LE(distance(a, c), distance(a, b) + distance(b, c) + 1e-12);
        ASSERT_EQ(distance(a, b) == 0, tree_edit_distance(a, b) == 0);
    }
    EXPECT_DOUBLE_EQ(edit_similarity(1, 1, 1), 1. / 3);
    EXPECT_DOUBLE_EQ(edit_similarity(0, 5, 5), 1);
}

TEST(EditDistance, DeepAndWideTreesFinish) {
    LabelTable labels;
    EXPECT_EQ(tree_edit_distance(chain(100'000, "x", labels), chain(100'000, "y", labels)), 1);
    Limits limits;
    limits.max_match_cells = std::int64_t{1} << 40;
    const Tree a = chain(3000, "x", labels);
    TreeBuilder builder(labels);
    builder.add(kNoTreeNode, labels.intern("other"));
    for (int child = 1; child < 3000; ++child)
        builder.add(0, labels.intern("n"));
    EXPECT_EQ(tree_edit_distance(a, builder.finish(), limits), 5997);
}

TEST(EditDistance, LimitIsAnErrorThatNamesItsSetting) {
    std::mt19937 random(3);
    LabelTable labels;
    const Tree a = random_tree(random, 3000, 5, labels);
    const Tree b = random_tree(random, 3000, 5, labels);
    Limits limits;
    limits.max_match_cells = 100'000;
    test::expect_error([&] { (void)tree_edit_distance(a, b, limits); }, ErrorKind::kLimitExceeded,
                       "tree matching needs more than 100000 cells", "Raise webwrap.max_match_cells.");
}

int polls_left = 0;

TEST(EditDistance, CanBeCancelled) {
    struct Cancelled {};
    std::mt19937 random(6);
    LabelTable labels;
    const Tree a = random_tree(random, 2000, 5, labels);
    const Tree b = random_tree(random, 2000, 5, labels);
    Interrupt::poll_hook = [] {
        if (polls_left-- == 0)
            throw Cancelled();
    };
    for (const int polls : {0, 1, 20}) { /* while indexing, and inside the tables */
        polls_left = polls;
        EXPECT_THROW((void)tree_edit_distance(a, b), Cancelled) << polls;
    }
    Interrupt::poll_hook = nullptr;
}

} // namespace
} // namespace webwrap
