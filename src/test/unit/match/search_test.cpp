#include "core/match/search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/match/markup.hpp"
#include "core/parse/parse.hpp"
#include "errors.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

/* A document with the shape of a tree; document node n + 1 is tree node n. */
std::unique_ptr<Document> document_of(const Tree &tree) {
    DocumentBuilder builder{Limits{}};
    std::vector<TreeNode> ends;
    for (TreeNode node = 0; node < tree.size(); ++node) {
        for (; !ends.empty() && ends.back() == node; ends.pop_back())
            builder.close_element();
        builder.open_element(tree.label_table().text(tree.label(node)));
        ends.push_back(tree.end_of(node));
    }
    return builder.finish(true, nullptr);
}

std::vector<std::string_view> label_texts(const Tree &tree) {
    std::vector<std::string_view> texts;
    for (TreeNode node = 0; node < tree.size(); ++node)
        texts.push_back(tree.label_table().text(tree.label(node)));
    return texts;
}

using Texts = std::vector<std::string_view>;

TEST(TreeOf, LabelsAreWhatTheOptionsSay) {
    const auto page = parse_xml("<r><x id='i' class=' c b  c'>t<!-- no --><y class=''/> </x><x class='b c'/></r>");
    ASSERT_NE(page, nullptr);
    LabelTable labels;
    EXPECT_EQ(label_texts(tree_of(*page, 0, {}, labels)), (Texts{"r", "x", "y", "x"}));
    EXPECT_EQ(label_texts(tree_of(*page, 0, {.text_nodes = true}, labels)), (Texts{"r", "x", "#text", "y", "x"}));
    const auto with_nul = [](std::string text) { return std::replace(text.begin(), text.end(), '|', '\0'), text; };
    const std::string id = with_nul("x|#i");
    const std::string classes = with_nul("x|.b|.c");
    const std::string both = with_nul("x|#i|.b|.c");
    EXPECT_EQ(label_texts(tree_of(*page, 0, {.id_labels = true}, labels)), (Texts{"r", id, "y", "x"}));
    EXPECT_EQ(label_texts(tree_of(*page, 0, {.class_labels = true}, labels)), (Texts{"r", classes, "y", classes}));
    EXPECT_EQ(label_texts(tree_of(*page, 0, {.id_labels = true, .class_labels = true}, labels)),
              (Texts{"r", both, "y", classes}));
}

TEST(TreeOf, ArraysAgree) {
    std::mt19937 random(11);
    for (int round = 0; round < 100; ++round) {
        LabelTable labels;
        const Tree tree = test::random_tree(random, 50, 3, labels);
        const auto page = document_of(tree);
        const Tree copy = tree_of(*page, 0, {}, labels);
        ASSERT_EQ(copy.size(), tree.size());
        EXPECT_EQ(copy.root_siblings(), 1);
        for (TreeNode node = 0; node < tree.size(); ++node) {
            EXPECT_EQ(copy.label(node), tree.label(node));
            EXPECT_EQ(copy.parent(node), tree.parent(node));
            EXPECT_EQ(copy.subtree_size(node), tree.subtree_size(node));
            EXPECT_EQ(copy.degree(node), tree.degree(node));
            EXPECT_EQ(copy.document_node(node), node + 1);
            EXPECT_EQ(copy.find(node + 1), node);
            const Tree part = tree_of(*page, node + 1, {}, labels);
            EXPECT_EQ(part.size(), tree.subtree_size(node));
            EXPECT_EQ(part.root_siblings(), copy.siblings(node));
            EXPECT_EQ(part.find(node), kNoTreeNode);
        }
    }
    LabelTable labels;
    EXPECT_TRUE(tree_of(*DocumentBuilder{Limits{}}.finish(false, nullptr), 0, {}, labels).empty());
}

class RandomSearch : public testing::TestWithParam<Measure> {};

TEST_P(RandomSearch, FindsWhatAComparisonWithEveryNodeFinds) {
    std::mt19937 random(5);
    for (int round = 0; round < 60; ++round)
        for (const RootRule root_rule : {RootRule::kOne, RootRule::kPrinted}) {
            LabelTable labels;
            const Tree shape = test::random_tree(random, 80, 3, labels);
            const auto page = document_of(shape);
            const auto origin = static_cast<NodeId>(1 + random() % static_cast<unsigned>(shape.size()));
            const Tree example = test::varied_tree(random, tree_of(*page, origin, {}, labels), labels);
            const SimilarityOptions options{{}, LeafRule::kBoth, root_rule};
            for (const double threshold : {0., .3, .5, .8, 1.}) {
                std::vector<SimilarNode> expected;
                for (NodeId node = 1; node < page->size(); ++node) {
                    const double similarity =
                        tree_similarity(example, tree_of(*page, node, {}, labels), GetParam(), options);
                    if (similarity > 0 && similarity >= threshold)
                        expected.push_back({node, similarity});
                }
                std::stable_sort(expected.begin(), expected.end(),
                                 [](auto &a, auto &b) { return a.similarity > b.similarity; });
                const auto found = similar_nodes(*page, example, labels, GetParam(), threshold, options);
                ASSERT_EQ(found.size(), expected.size()) << "round " << round << " threshold " << threshold;
                for (std::size_t i = 0; i < found.size(); ++i) {
                    ASSERT_EQ(found[i].node, expected[i].node);
                    ASSERT_EQ(found[i].similarity, expected[i].similarity);
                }
            }
        }
}

INSTANTIATE_TEST_SUITE_P(Measures, RandomSearch, testing::ValuesIn(test::kMeasures));

TEST(SubtreeSearch, ServesManyExamples) {
    LabelTable labels;
    const auto page = parse_xml("<r><x><y/><z/></x><x><y/></x><w><x/></w></r>");
    SubtreeSearch search(*page, labels, {});
    EXPECT_EQ(search.find(test::tree_from_brackets("x(y,z)", labels), Measure::kSimple, .7).size(), 2U);
    EXPECT_EQ(search.find(test::tree_from_brackets("w(x)", labels), Measure::kSimple, 1).size(), 1U);
    EXPECT_EQ(search.find(test::tree_from_brackets("new(x)", labels), Measure::kSimple, 0).size(), 0U);
    EXPECT_EQ(search.find(test::tree_from_brackets("", labels), Measure::kBigram, 0).size(), 0U);
}

int polls_left = 0;

TEST(SubtreeSearch, CanBeCancelledByAnyMeasure) {
    struct Cancelled {};
    std::mt19937 random(8);
    LabelTable labels;
    const auto page = document_of(test::random_tree(random, 60'000, 40, labels));
    const Tree example = test::random_tree(random, 300, 40, labels);
    for (const Measure measure : test::kMeasures) {
        SubtreeSearch search(*page, labels, {});
        polls_left = 2; /* the first ones come from indexing the example */
        Interrupt::poll_hook = [] {
            if (polls_left-- == 0)
                throw Cancelled();
        };
        EXPECT_THROW((void)search.find(example, measure, 0), Cancelled) << static_cast<int>(measure);
        Interrupt::poll_hook = nullptr;
        EXPECT_NO_THROW((void)search.find(example, measure, .9));
    }
}

TEST(SubtreeSearch, ThresholdsOutsideOfTheUnitIntervalAreErrors) {
    LabelTable labels;
    const auto page = parse_xml("<r/>");
    const Tree example = test::tree_from_brackets("r", labels);
    for (const auto &[threshold, text] :
         {std::pair(-.1, "-0.1"), std::pair(1.5, "1.5"), std::pair(std::numeric_limits<double>::quiet_NaN(), "nan")})
        test::expect_error(
            [&, threshold = threshold] { (void)similar_nodes(*page, example, labels, Measure::kSimple, threshold); },
            ErrorKind::kInvalidArgument, std::string("similarity threshold ") + text + " is not between 0 and 1", "");
}

TEST(Markup, WorkedExampleOfThePaper) {
    constexpr std::string_view kA = "<root><b><d/><e/></b><c><f/></c><b><e/><d/></b><c><g><h/><i/><j/></g></c></root>";
    constexpr std::string_view kB = "<root><b><d/><e/></b><c><g><h/></g><f/></c></root>";
    EXPECT_EQ(simple_tree_matching_of_markup(kA, kB), 7);
    EXPECT_EQ(clustered_tree_matching_of_markup(kA, kB), .375);
    EXPECT_EQ(tree_similarity_of_markup(kA, kB, "clustered"), .375);
    EXPECT_EQ(tree_similarity_of_markup(kA, kB, "simple", R"({"text_nodes": true})"), 14. / 22);
}

TEST(Markup, HtmlCountsImpliedElementsOnBothSides) {
    EXPECT_EQ(simple_tree_matching_of_markup("<p>a", "<html><body><p>b</p></body></html>"), 4);
    EXPECT_EQ(simple_tree_matching_of_markup("", ""), 3);
    EXPECT_EQ(tree_similarity_of_markup("", "", "simple"), 1);
}

struct ExampleCase {
    const char *markup;
    bool for_xml_page;
    Texts labels;
};

class Examples : public testing::TestWithParam<ExampleCase> {};

TEST_P(Examples, AreTheElementThatWasMeant) {
    const Example example = parse_example(GetParam().markup, GetParam().for_xml_page);
    LabelTable labels;
    EXPECT_EQ(label_texts(tree_of(*example.document, example.root, {}, labels)), GetParam().labels);
}

INSTANTIATE_TEST_SUITE_P(Markup, Examples,
                         testing::Values(ExampleCase{"<li><a>x</a></li>", false, {"li", "a"}},                     //
                                         ExampleCase{" <!-- c --> <LI><a>x", false, {"li", "a"}},                  //
                                         ExampleCase{"<tr><td>1<td>2", false, {"tr", "td", "td"}},                 //
                                         ExampleCase{"<td><b>1</b></td>", false, {"td", "b"}},                     //
                                         ExampleCase{"<title>t</title>", false, {"title"}},                        //
                                         ExampleCase{"<option>t</option>", false, {"option"}},                     //
                                         ExampleCase{"<p>a</p>", true, {"p"}},                                     //
                                         ExampleCase{"<title>t</title>", true, {"title"}},                         //
                                         ExampleCase{"<item><link>u</link></item>", false, {"item", "link"}},      //
                                         ExampleCase{"<!DOCTYPE html><p>x", false, {"html", "head", "body", "p"}}, //
                                         ExampleCase{"<html><p>x", false, {"html", "head", "body", "p"}},          //
                                         ExampleCase{"<body><p>x", false, {"body", "p"}}));

TEST(Examples, OfNoneOrSeveralElementsAreErrors) {
    for (const auto &[markup, count] : {std::pair("", 0), std::pair("text", 0), std::pair("<li>a<li>b", 2)})
        test::expect_error([&, &markup = markup] { (void)parse_example(markup, false); }, ErrorKind::kInvalidArgument,
                           "example has " + std::to_string(count) + " elements at its top",
                           "An example is the markup of one element.");
}

TEST(Markup, SimilarNodesAreGivenByTheirPaths) {
    constexpr std::string_view kPage = "<body><ul><li><a>1</a><b>x</b></li><li><a>2</a></li><li><i>3</i></li></ul>"
                                       "<ol><li><a>4</a><b>y</b></li></ol></body>";
    const auto found = similar_nodes_of_markup(kPage, "<li><a>?</a><b>?</b></li>", .5, "simple");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].similarity, 1);
    EXPECT_EQ(found[1].similarity, 1);
    EXPECT_DOUBLE_EQ(found[2].similarity, .8);
    EXPECT_EQ(found[0].xpath, "/html/body/ul/li[1]");
    EXPECT_EQ(found[1].xpath, "/html/body/ol/li");
    EXPECT_EQ(found[2].xpath, "/html/body/ul/li[2]");
}

} // namespace
} // namespace webwrap
