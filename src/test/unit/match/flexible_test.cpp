#include "core/match/flexible.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/match/markup.hpp"
#include "core/match/similarity.hpp"
#include "core/parse/parse.hpp"
#include "errors.hpp"
#include "pages.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

using test::random_tree;
using test::tree_from_brackets;
using test::varied_tree;

double similarity_of(const char *a, const char *b) {
    LabelTable labels;
    return tree_similarity(tree_from_brackets(a, labels), tree_from_brackets(b, labels), Measure::kFlexible);
}

TEST(FlexibleSimilarity, CountsWhatStaysTogether) {
    EXPECT_EQ(similarity_of("", ""), 1);
    EXPECT_EQ(similarity_of("", "a"), 0);
    EXPECT_EQ(similarity_of("a(b,c)", "a(b,c)"), 1);
    EXPECT_EQ(similarity_of("a(b,c)", "x(y,z)"), 0);
    /* A level more costs its node, wherever it is. */
    EXPECT_DOUBLE_EQ(similarity_of("a(b(c,d),e)", "a(w(b(c,d),e))"), 2. * 5 / 11);
    EXPECT_DOUBLE_EQ(similarity_of("a(b(c,d),e)", "a(b(w(c,d)),e)"), 2. * 5 / 11);
    EXPECT_DOUBLE_EQ(similarity_of("a(b(c,d),e,f)", "a(w(b(c,d),e),f)"), 2. * 6 / 13);
    /* A subtree that moved: c's ancestor and place are others, d and e keep theirs; so do x and y, which lose nothing. */
    EXPECT_DOUBLE_EQ(similarity_of("a(x(c(d,e)),y)", "a(x,y(c(d,e)))"), 2. * (5 + .75) / 12);
    /* Exchanged siblings: what is before each is another. */
    EXPECT_DOUBLE_EQ(similarity_of("a(b,c)", "a(c,b)"), 2. * (1 + .85 + .85) / 6);
    /* A renamed node shares nothing, but what is in it has the same ancestors. */
    EXPECT_DOUBLE_EQ(similarity_of("a(b(c),d)", "a(n(c),d)"), 2. * 3 / 8);
}

TEST(FlexibleSimilarity, PartsOfLabelsCountByRarity) {
    const auto page = [](const char *html) { return parse_xml(html); };
    const auto compare = [&](const char *a, const char *b, const TreeOptions &options) {
        LabelTable labels;
        const Tree x = tree_of(*page(a), 0, options, labels);
        const Tree y = tree_of(*page(b), 0, options, labels);
        return tree_similarity(x, y, Measure::kFlexible);
    };
    const TreeOptions classes{.class_labels = true};
    EXPECT_EQ(compare("<a class='x y'/>", "<a class='y x'/>", classes), 1);
    /* Tokens a, .y of both weigh ln 2, .x and .z of one weigh ln 3. */
    EXPECT_NEAR(compare("<a class='x y'/>", "<a class='z y'/>", classes),
                2 * std::log(2.) / (2 * std::log(2.) + std::log(3.)), 1e-12);
    const TreeOptions all{.id_labels = true, .class_labels = true, .attribute_labels = true, .text_labels = true};
    EXPECT_EQ(compare("<a b='1' c='2'>some words</a>", "<a c='2' b='1'> some  words </a>", all), 1);
    const double other_value = compare("<a b='1'/>", "<a b='2'/>", all);
    EXPECT_GT(other_value, compare("<a b='1'/>", "<a c='1'/>", all)) << "the name of an attribute counts";
    EXPECT_LT(compare("<a>one two</a>", "<a>one three</a>", all), 1);
    EXPECT_EQ(compare("<a>one two</a>", "<a>one three</a>", {}), 1);
    EXPECT_EQ(compare("<a>one two</a>", "<a>one three</a>", {.text_nodes = true}), 1);
    EXPECT_LT(compare("<a>one two</a>", "<a>one three</a>", {.text_nodes = true, .text_labels = true}), 1);
}

void expect_matching(const Tree &a, const Tree &b, const std::vector<ScoredPair> &pairs) {
    std::vector<bool> is_b_taken(static_cast<std::size_t>(b.size()));
    TreeNode previous = kNoTreeNode;
    for (const auto &[x, y, similarity] : pairs) {
        ASSERT_GT(x, previous) << "in pre-order of a, each node once";
        previous = x;
        ASSERT_LT(x, a.size());
        ASSERT_FALSE(is_b_taken[static_cast<std::size_t>(y)]);
        is_b_taken[static_cast<std::size_t>(y)] = true;
        ASSERT_EQ(a.label(x) == b.label(y), similarity > 0) << "labels of one token are equal or share nothing";
        ASSERT_LE(similarity, 1);
    }
}

TEST(FlexibleMapping, IsAMatchingAndTheSameFromBothSides) {
    std::mt19937 random(2020);
    for (int round = 0; round < 500; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, round % 2 == 0 ? 25 : 200, 1 + round % 7, labels);
        const Tree b = round % 3 == 0 ? random_tree(random, 200, 4, labels) : varied_tree(random, a, labels);
        const auto there = flexible_mapping(a, b);
        expect_matching(a, b, there);
        auto back = flexible_mapping(b, a);
        ASSERT_EQ(back.size(), there.size());
        std::sort(back.begin(), back.end(), [](auto &p, auto &q) { return p.b < q.b; });
        for (std::size_t at = 0; at < there.size(); ++at) {
            ASSERT_EQ(there[at].a, back[at].b);
            ASSERT_EQ(there[at].b, back[at].a);
            ASSERT_EQ(there[at].similarity, back[at].similarity);
        }
        ASSERT_EQ(flexible_mapping(a, a).size(), static_cast<std::size_t>(a.size()));
    }
}

/* The number of the element with an id, in pre-order of the elements. */
TreeNode node_of(const Document &page, const Tree &tree, std::string_view attribute, std::string_view value) {
    for (NodeId node = 0; node < page.size(); ++node)
        if (page.is_element(node) && page.attribute_value(node, attribute) == value)
            return tree.find(node);
    return kNoTreeNode;
}

TEST(FlexibleMapping, FindsMovedWrappedAndRenamedElementsOfARedesign) {
    const auto old_page = parse_html(test::shop_page(false));
    const auto new_page = parse_html(test::shop_page(true));
    const TreeOptions options{.id_labels = true, .class_labels = true, .attribute_labels = true, .text_labels = true};
    LabelTable labels;
    const Tree a = tree_of(*old_page, 0, options, labels);
    const Tree b = tree_of(*new_page, 0, options, labels);
    std::map<TreeNode, TreeNode> a_to_b;
    for (const auto &[x, y, similarity] : flexible_mapping(a, b))
        a_to_b[x] = y;
    int right = 0;
    int all = 0;
    for (int item = 0; item < test::kShopItems; ++item)
        for (const char *part : {"name", "price", "row"}) {
            /* Attribute `truth` is on both pages, with values that have nothing in common. */
            const std::string key = std::string(part) + std::to_string(item);
            const TreeNode x = node_of(*old_page, a, "truth", "old-" + key);
            const TreeNode y = node_of(*new_page, b, "truth", "new-" + key);
            ASSERT_NE(x, kNoTreeNode) << key;
            ASSERT_NE(y, kNoTreeNode) << key;
            const auto found = a_to_b.find(x);
            right += found != a_to_b.end() && found->second == y;
            ++all;
        }
    EXPECT_EQ(right, all);
    EXPECT_EQ(a_to_b[node_of(*old_page, a, "truth", "old-search")], node_of(*new_page, b, "truth", "new-search"));
}

/* Without attributes and words all rows look the same; then the order of the page is all there is. */
TEST(FlexibleMapping, PairsUniformListsInOrderWhateverTheirFrame) {
    LabelTable labels;
    std::string old_list = "table(";
    std::string new_list = "main(section(";
    for (int row = 0; row < 100; ++row) {
        old_list += std::string(row == 0 ? "" : ",") + "tr(td(a),td)";
        new_list += std::string(row == 0 ? "" : ",") + "li(h3(a),p)";
    }
    const Tree a = tree_from_brackets(old_list + ")", labels);
    const Tree b = tree_from_brackets(new_list + "))", labels);
    int links = 0;
    std::vector<TreeNode> a_to_b(static_cast<std::size_t>(a.size()), kNoTreeNode);
    for (const auto &[x, y, similarity] : flexible_mapping(a, b))
        a_to_b[static_cast<std::size_t>(x)] = y;
    for (int row = 0; row < 100; ++row) { /* tr td a td, and li h3 a p */
        EXPECT_EQ(a_to_b[static_cast<std::size_t>(1 + 4 * row)], 2 + 4 * row);
        links += a_to_b[static_cast<std::size_t>(3 + 4 * row)] == 4 + 4 * row;
    }
    EXPECT_EQ(links, 100);
    EXPECT_EQ(a_to_b[0], 1);
}

TEST(TreeMapping, OfMarkupNumbersElementsInPreOrder) {
    const auto pairs =
        tree_mapping_of_markup("<r><x>one</x><x>two</x></r>", "<r><w><x>two</x></w><x>one</x></r>", "flexible");
    ASSERT_EQ(pairs.size(), 3U);
    EXPECT_EQ(pairs[0].b, 0);
    EXPECT_EQ(pairs[1].b, 3);
    EXPECT_EQ(pairs[2].b, 2);
    const auto simple = tree_mapping_of_markup("<r><x/><y><z/></y></r>", "<r><x/><y/></r>", "simple");
    ASSERT_EQ(simple.size(), 3U);
    EXPECT_DOUBLE_EQ(simple[0].similarity, 6. / 7);
    EXPECT_DOUBLE_EQ(simple[1].similarity, 1);
    EXPECT_DOUBLE_EQ(simple[2].similarity, 2. / 3);
    test::expect_error([&] { (void)tree_mapping_of_markup("<r/>", "<r/>", "edit"); }, ErrorKind::kInvalidArgument,
                       "tree similarity measure \"edit\" has no mapping",
                       "Measures with a mapping are simple, flexible.");
}

/* What is spent grows with the page, not with its square: the budget counts all postings, candidates and offers. */
TEST(FlexibleMapping, CostIsNearlyLinear) {
    const auto spent = [](int items) {
        LabelTable labels;
        const TreeOptions options{.class_labels = true, .text_labels = true};
        const Tree a = tree_of(*parse_html(test::shop_page(false, items)), 0, options, labels);
        const Tree b = tree_of(*parse_html(test::shop_page(true, items)), 0, options, labels);
        CellBudget budget{Limits{}};
        (void)flexible_mapping(a, b, budget);
        return static_cast<double>(budget.used()) / (a.size() + b.size());
    };
    EXPECT_LT(spent(1600), 2 * spent(100));
}

/* One text with all words of the page, which makes it a candidate of everything. */
TEST(FlexibleMapping, OneLongTextAmongManyShortOnesFinishes) {
    std::string words;
    std::string items;
    for (int word = 0; word < 20'000; ++word) {
        words += "w" + std::to_string(word) + " ";
        items += "<i>w" + std::to_string(word) + "</i>";
    }
    const auto pairs =
        tree_mapping_of_markup("<r>" + items + "</r>", "<r><b>" + words + "</b>" + items + "</r>", "flexible");
    EXPECT_EQ(pairs.size(), 20'001U);
    EXPECT_EQ(pairs.back().b, 20'001);
}

TEST(FlexibleMapping, DeepAndWideTreesFinish) {
    LabelTable labels;
    const Tree a = test::chain(20'000, "x", labels);
    const Tree b = test::chain(20'000, "y", labels);
    EXPECT_EQ(flexible_mapping(a, b).size(), 19'999U);
    TreeBuilder one_label(labels);
    TreeBuilder many_labels(labels);
    one_label.add(kNoTreeNode, labels.intern("n"));
    many_labels.add(kNoTreeNode, labels.intern("n"));
    for (int child = 0; child < 20'000; ++child) {
        one_label.add(0, labels.intern("n"));
        many_labels.add(0, labels.intern(child % 2 == 0 ? "n" : "m"));
    }
    EXPECT_EQ(flexible_mapping(one_label.finish(), many_labels.finish()).size(), 10'001U);
}

TEST(FlexibleMapping, LimitIsAnErrorThatNamesItsSetting) {
    std::mt19937 random(3);
    LabelTable labels;
    const Tree a = random_tree(random, 3000, 5, labels);
    const Tree b = random_tree(random, 3000, 5, labels);
    Limits limits;
    limits.max_match_cells = 1000;
    test::expect_error([&] { (void)flexible_mapping(a, b, limits); }, ErrorKind::kLimitExceeded,
                       "tree matching needs more than 1000 cells", "Raise webwrap.max_match_cells.");
}

int polls_left = 0;

TEST(FlexibleMapping, CanBeCancelled) {
    struct Cancelled {};
    std::mt19937 random(6);
    LabelTable labels;
    const Tree a = random_tree(random, 30'000, 50, labels);
    const Tree b = varied_tree(random, a, labels);
    int polls = 0;
    Interrupt::poll_hook = [] { --polls_left; };
    polls_left = 0;
    (void)flexible_mapping(a, b);
    polls = -polls_left;
    EXPECT_GT(polls, 20);
    Interrupt::poll_hook = [] {
        if (polls_left-- == 0)
            throw Cancelled();
    };
    for (const int left : {0, polls / 2, polls - 1}) {
        polls_left = left;
        EXPECT_THROW((void)flexible_mapping(a, b), Cancelled) << left;
    }
    Interrupt::poll_hook = nullptr;
}

} // namespace
} // namespace webwrap
