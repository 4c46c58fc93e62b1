#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/base/error.hpp"
#include "core/match/markup.hpp"
#include "core/match/search.hpp"
#include "core/match/weighted_matcher.hpp"
#include "errors.hpp"
#include "pages.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

using test::children_of;
using test::random_tree;
using test::tree_from_brackets;
using test::varied_tree;

double similarity(const char *a, const char *b, const char *options, const char *measure = "simple") {
    const double forth = tree_similarity_of_markup(a, b, measure, options);
    EXPECT_EQ(tree_similarity_of_markup(b, a, measure, options), forth) << options;
    EXPECT_EQ(tree_similarity_of_markup(a, a, measure, options), 1) << options;
    EXPECT_EQ(tree_similarity_of_markup(b, b, measure, options), 1) << options;
    return forth;
}

/* Each makes two leaves equal, or different, that are the other thing without it. */
struct LabelCase {
    const char *name;
    const char *a;
    const char *b;
    const char *options;
    double without;
    double with;
};

class LabelOptions : public testing::TestWithParam<LabelCase> {};

TEST_P(LabelOptions, ChangeTheOutcome) {
    const LabelCase &one = GetParam();
    EXPECT_DOUBLE_EQ(similarity(one.a, one.b, "{}"), one.without);
    EXPECT_DOUBLE_EQ(similarity(one.a, one.b, one.options), one.with);
}

INSTANTIATE_TEST_SUITE_P(
    All, LabelOptions,
    testing::Values(
        LabelCase{"id", "<x id='1' class='k'/>", "<x id='2' class='k'/>", R"({"labels": "tag+id"})", 1, 0},
        LabelCase{"id_only", "<x id='1' class='k'/>", "<x id='1' class='l'/>", R"({"labels": "tag+id"})", 1, 1},
        LabelCase{"class", "<x class='k'/>", "<x class='l'/>", R"({"labels": "tag+class"})", 1, 0},
        LabelCase{"class_only", "<x id='1' class='k l'/>", "<x id='2' class='l k'/>", R"({"labels": "tag+class"})", 1,
                  1},
        LabelCase{"id_and_class", "<x id='1' class='k'/>", "<x id='1' class='l'/>", R"({"labels": "tag+id+class"})", 1,
                  0},
        LabelCase{"all_attributes", "<x a='1'/>", "<x a='2'/>", R"({"labels": "tag+attributes"})", 1, 0},
        LabelCase{"named_attribute", "<x a='1' b='1'/>", "<x a='2' b='1'/>", R"({"labels": ["a"]})", 1, 0},
        LabelCase{"not_named_attribute", "<x a='1' b='1'/>", "<x a='2' b='1'/>", R"({"labels": ["b"]})", 1, 1},
        LabelCase{"named_id", "<x id='1' class='k'/>", "<x id='2' class='k'/>", R"({"labels": ["id"]})", 1, 0},
        LabelCase{"named_class", "<x id='1' class='k'/>", "<x id='2' class='k'/>", R"({"labels": ["class"]})", 1, 1},
        LabelCase{"text_nodes", "<x>t</x>", "<x/>", R"({"text_nodes": true})", 1, 2. / 3},
        LabelCase{"exact_text", "<x>t</x>", "<x>u</x>", R"({"text": "exact"})", 1, 0},
        LabelCase{"exact_text_nodes", "<x>t</x>", "<x>u</x>", R"({"text": "exact", "text_nodes": true})", 1, .5},
        LabelCase{"pattern_found_in_both", "<x>10.50 EUR</x>", "<x>7 EUR</x>", R"({"text_pattern": "^[0-9.]+ EUR$"})",
                  1, 1},
        LabelCase{"pattern_found_in_one", "<x>10.50 EUR</x>", "<x>sold</x>", R"({"text_pattern": "^[0-9.]+ EUR$"})", 1,
                  0},
        LabelCase{"pattern_found_in_none", "<x>gone</x>", "<x>sold</x>", R"({"text_pattern": "^[0-9.]+ EUR$"})", 1, 0},
        LabelCase{"pattern_and_measure", "<x>abcd</x>", "<x>abce</x>", R"({"text_pattern": "^[0-9]$", "text": "edit"})",
                  1, .75},
        LabelCase{"order", "<x><y/><z/></x>", "<x><z/><y/></x>", R"({"order": false})", 4. / 6, 1}),
    [](const auto &info) { return info.param.name; });

/* The same leaves below other parents: only a path tells them apart, where a measure does not look at parents. */
TEST(LabelOptions, PathTellsEqualTagsApart) {
    const char *const a = "<r><x><y/></x><z/></r>";
    const char *const b = "<r><x/><y/><z/></r>";
    EXPECT_DOUBLE_EQ(similarity(a, b, "{}", "jaro_winkler"), 1);
    EXPECT_LT(similarity(a, b, R"({"labels": "path"})", "jaro_winkler"), .9);
    EXPECT_LT(similarity("<r><x>t</x></r>", "<r><y>t</y></r>", R"({"labels": "path", "text_nodes": true})", "edit"),
              similarity("<r><x>t</x></r>", "<r><y>t</y></r>", R"({"text_nodes": true})", "edit"));
}

struct GradedCase {
    const char *text;
    double simple; /* of r(x, x) with the texts "the old page" and "the new page" in one of two leaves */
};

class GradedTexts : public testing::TestWithParam<GradedCase> {};

TEST_P(GradedTexts, CountLeavesAsTheirTextsAreSimilar) {
    const char *const a = "<r><x>the old page</x><x>b</x></r>";
    const char *const b = "<r><x>the new page</x><x>b</x></r>";
    const double leaf = GetParam().simple;
    const std::string options = std::string(R"({"text": ")") + GetParam().text + "\"}";
    const std::string as_nodes = std::string(R"({"text_nodes": true, "text": ")") + GetParam().text + "\"}";
    EXPECT_NEAR(similarity(a, b, options.c_str()), 2 * (2 + leaf) / 6, 1e-12);
    EXPECT_NEAR(similarity(a, b, as_nodes.c_str()), 2 * (4 + leaf) / 10, 1e-12);
    EXPECT_NEAR(similarity(a, b, options.c_str(), "clustered"), (1 + leaf) / 2, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Measures, GradedTexts,
                         testing::Values(GradedCase{"words", 4. / 6}, GradedCase{"bigram", 14. / 22},
                                         GradedCase{"edit", 9. / 12}),
                         [](const auto &info) { return info.param.text; });

TEST(GradedTexts, LeafRuleStillHolds) {
    const char *const a = "<r><x>t</x></r>";
    const char *const b = "<r><x>t<y/></x></r>";
    EXPECT_DOUBLE_EQ(similarity(a, b, R"({"text": "edit"})", "clustered"), 1);
    EXPECT_DOUBLE_EQ(similarity(a, b, R"({"text": "edit", "leaf": "both"})", "clustered"), 0);
}

TEST(GradedTexts, AreSearchedFor) {
    const auto find = [](const char *options) {
        return similar_nodes_of_markup("<r><x><y>price 10</y></x><x><y>price 12</y></x><x><y>name</y></x></r>",
                                       "<x><y>price 11</y></x>", .9, "simple", options);
    };
    EXPECT_EQ(find("{}").size(), 3U);
    EXPECT_EQ(find(R"({"text": "exact"})").size(), 0U);
    EXPECT_EQ(find(R"({"text": "edit"})").size(), 2U);
    EXPECT_EQ(find(R"({"text_pattern": "^price [0-9]+$"})").size(), 2U);
}

struct RejectedCase {
    const char *measure;
    const char *options;
    const char *message;
    const char *hint;
};

class RejectedOptions : public testing::TestWithParam<RejectedCase> {};

TEST_P(RejectedOptions, SayWhatIsPossible) {
    test::expect_error([&] { (void)tree_similarity_of_markup("<x/>", "<x/>", GetParam().measure, GetParam().options); },
                       ErrorKind::kInvalidOption, GetParam().message, GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RejectedOptions,
    testing::Values(
        RejectedCase{"edit", R"({"text": "words"})",
                     "texts that are partly similar are not known to tree similarity measure \"edit\"",
                     "Measures with them are simple, clustered."},
        RejectedCase{"bigram", R"({"order": false})",
                     "children in any order are not known to tree similarity measure \"bigram\"",
                     "Measures with them are simple, clustered."},
        RejectedCase{"simple", R"({"text_pattern": "a", "text": "any"})",
                     "tree similarity option \"text_pattern\" needs texts that count",
                     "Leave \"text\" out, or set it to something other than any."},
        RejectedCase{"simple", R"({"text_pattern": "("})",
                     "tree similarity option \"text_pattern\" is not a regular expression: U_REGEX_MISMATCHED_PAREN",
                     ""},
        RejectedCase{"simple", R"({"text_pattern": 1})",
                     "value \"1\" of tree similarity option \"text_pattern\" is not valid",
                     "Valid values are regular expressions."},
        RejectedCase{"simple", R"({"labels": [1]})", "value \"1\" of tree similarity option \"labels\" is not valid",
                     "Valid values are names of attributes in an array."},
        RejectedCase{"simple", R"({"order": 1})", "value \"1\" of tree similarity option \"order\" is not valid",
                     "Valid values are true, false."}));

TEST(RejectedOptions, OfMappings) {
    EXPECT_THROW((void)tree_mapping_of_markup("<x/>", "<x/>", "simple", R"({"order": false})"), Error);
    EXPECT_THROW((void)tree_mapping_of_markup("<x/>", "<x/>", "flexible", R"({"text": "edit"})"), Error);
}

TEST(TextPattern, ThatTakesTooLongIsAnError) {
    const std::string text = "<x>" + std::string(60, 'a') + "</x>";
    try {
        (void)tree_similarity_of_markup(text, text, "simple", R"({"text_pattern": "^(a+)+$b"})");
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kLimitExceeded);
        EXPECT_TRUE(std::string(error.message()).starts_with("pattern \"^(a+)+$b\" takes too long on \"aaa"));
    }
}

/* All assignments, one after the other. */
double plain_assignment(const std::vector<double> &weights, int rows, int columns) {
    if (rows > columns) {
        std::vector<double> turned(weights.size());
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < columns; ++j)
                turned[static_cast<std::size_t>(j * rows + i)] = weights[static_cast<std::size_t>(i * columns + j)];
        return plain_assignment(turned, columns, rows);
    }
    std::vector<int> order(static_cast<std::size_t>(columns));
    std::iota(order.begin(), order.end(), 0);
    double best = 0;
    do {
        double sum = 0;
        for (int i = 0; i < rows; ++i)
            sum += weights[static_cast<std::size_t>(i * columns + order[static_cast<std::size_t>(i)])];
        best = std::max(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    return best;
}

TEST(Assignment, EqualsTheBestOfAllPermutations) {
    std::mt19937 random(1955);
    for (int round = 0; round < 2000; ++round) {
        const int rows = 1 + static_cast<int>(random() % 5), columns = 1 + static_cast<int>(random() % 5);
        std::vector<double> weights(static_cast<std::size_t>(rows * columns));
        for (double &weight : weights)
            weight = random() % 3 == 0 ? 0 : static_cast<double>(random() % 8) / 4;
        CellBudget budget{Limits{}};
        ASSERT_NEAR(greatest_assignment(weights, rows, columns, budget), plain_assignment(weights, rows, columns),
                    1e-12);
    }
}

/* In any order, by recursion and permutations. */
double plain_unordered(const Tree &a, TreeNode x, const Tree &b, TreeNode y, bool is_clustered) {
    if (a.label(x) != b.label(y))
        return 0;
    const auto as = children_of(a, x), bs = children_of(b, y);
    if (as.empty() || bs.empty())
        return 1;
    std::vector<double> weights;
    for (const TreeNode child_a : as)
        for (const TreeNode child_b : bs)
            weights.push_back(plain_unordered(a, child_a, b, child_b, is_clustered));
    const double sum = plain_assignment(weights, static_cast<int>(as.size()), static_cast<int>(bs.size()));
    return is_clustered ? sum / static_cast<double>(std::max(as.size(), bs.size())) : sum + 1;
}

TEST(AnyOrder, EqualsTheBestOfAllPermutationsAndIsNoLessThanInOrder) {
    std::mt19937 random(1957);
    SimilarityOptions options;
    options.is_ordered = false;
    for (int round = 0; round < 400; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, 9, 2, labels);
        const Tree b = round % 2 == 0 ? random_tree(random, 9, 2, labels) : varied_tree(random, a, labels);
        const double simple = tree_similarity(a, b, Measure::kSimple, options);
        ASSERT_NEAR(simple, 2 * plain_unordered(a, 0, b, 0, false) / (a.size() + b.size()), 1e-12);
        ASSERT_GE(simple + 1e-12, tree_similarity(a, b, Measure::kSimple));
        ASSERT_NEAR(tree_similarity(a, b, Measure::kClustered, options), plain_unordered(a, 0, b, 0, true), 1e-12);
    }
}

TEST(AnyOrder, BeyondItsBoundChildrenAreAlignedInOrder) {
    LabelTable labels;
    const auto list = [&labels](int count, bool is_reversed) {
        TreeBuilder builder(labels);
        builder.add(kNoTreeNode, labels.intern("r"));
        for (int i = 0; i < count; ++i)
            builder.add(builder.add(0, labels.intern("x")),
                        labels.intern(std::to_string(is_reversed ? count - 1 - i : i)));
        return builder.finish();
    };
    SimilarityOptions options;
    options.is_ordered = false;
    EXPECT_EQ(tree_similarity(list(100, false), list(100, true), Measure::kSimple, options), 1);
    const Tree longer = list(300, false), reversed = list(300, true);
    EXPECT_EQ(tree_similarity(longer, reversed, Measure::kSimple, options),
              tree_similarity(longer, reversed, Measure::kSimple));
    Limits limits;
    limits.max_match_cells = 100'000;
    EXPECT_THROW((void)tree_similarity(list(100, false), list(100, true), Measure::kSimple, options, limits), Error);
}

TEST(WeightedMatching, OfEqualTextsInOrderIsThePlainOne) {
    std::mt19937 random(33);
    for (int round = 0; round < 300; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, 40, 3, labels);
        const Tree b = varied_tree(random, a, labels);
        for (const LeafRule leaf : {LeafRule::kPrinted, LeafRule::kBoth})
            for (const Measure measure : {Measure::kSimple, Measure::kClustered}) {
                SimilarityOptions plain, graded; /* without words all texts are equal */
                plain.leaf_rule = graded.leaf_rule = leaf;
                graded.text_measure = TextMeasure::kEdit;
                ASSERT_NEAR(tree_similarity(a, b, measure, graded), tree_similarity(a, b, measure, plain), 1e-12);
            }
    }
}

TEST(WeightedMatching, IsSymmetricBoundedAndOneForIdenticalTrees) {
    std::mt19937 random(2011);
    constexpr std::array kOptions{R"({"text": "words"})",
                                  R"({"text": "bigram", "text_nodes": true})",
                                  R"({"text": "jaro_winkler", "order": false})",
                                  R"({"text": "edit", "order": false, "leaf": "both"})",
                                  R"({"order": false, "text_nodes": true})",
                                  R"({"text": "edit", "text_pattern": "^t", "labels": "path"})",
                                  R"({"labels": ["href"], "text_pattern": "u"})"};
    for (int round = 0; round < 2100; ++round) {
        const std::string a = test::random_markup(random, 20), b = test::random_markup(random, 20);
        const char *const options = kOptions[static_cast<std::size_t>(round) % kOptions.size()];
        for (const char *measure : {"simple", "clustered"}) {
            const double value = tree_similarity_of_markup(a, b, measure, options);
            ASSERT_GE(value, 0) << a << b << options;
            ASSERT_LE(value, 1) << a << b << options;
            ASSERT_EQ(tree_similarity_of_markup(b, a, measure, options), value) << a << b << options;
            ASSERT_EQ(tree_similarity_of_markup(a, a, measure, options), 1) << a << options;
        }
    }
}

TEST(WeightedMatching, SearchEqualsAComparisonWithEachNode) {
    std::mt19937 random(71);
    for (int round = 0; round < 100; ++round) {
        const auto page = parse_example("<r>" + test::random_markup(random, 30) + "</r>", true);
        const auto part = parse_example(test::random_markup(random, 6), true);
        SimilarityOptions options = similarity_options_from_json(
            round % 2 == 0 ? R"({"text": "edit"})" : R"({"order": false, "text": "bigram", "text_nodes": true})");
        for (const Measure measure : {Measure::kSimple, Measure::kClustered}) {
            LabelTable labels;
            const Tree example = tree_of(*part.document, part.root, options.tree, labels);
            SubtreeSearch search(*page.document, labels, options.tree);
            const auto found = search.find(example, measure, .4, options);
            std::size_t expected = 0;
            for (TreeNode node = 0; node < search.tree().size(); ++node) {
                if (!page.document->is_element(search.tree().document_node(node)))
                    continue;
                const Tree subtree = tree_of(*page.document, search.tree().document_node(node), options.tree, labels);
                const double value = tree_similarity(example, subtree, measure, options);
                if (value >= .4 + 1e-9) {
                    ++expected;
                    const auto at = std::ranges::find(found, search.tree().document_node(node), &SimilarNode::node);
                    ASSERT_NE(at, found.end());
                    ASSERT_NEAR(at->similarity, value, 1e-12);
                }
            }
            const auto elements = std::ranges::count_if(found, [&](const SimilarNode &one) {
                return page.document->is_element(one.node) && one.similarity >= .4 + 1e-9;
            });
            ASSERT_EQ(static_cast<std::size_t>(elements), expected);
        }
    }
}

} // namespace
} // namespace webwrap
