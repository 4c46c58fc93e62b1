#include "core/match/similarity.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core/base/error.hpp"
#include "core/match/bigram.hpp"
#include "core/match/jaro_winkler.hpp"
#include "core/match/markup.hpp"
#include "errors.hpp"
#include "pages.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

using test::children_of;
using test::random_tree;
using test::tree_from_brackets;
using test::varied_tree;

using test::kMeasures;

struct KnownSimilarity {
    const char *a;
    const char *b;
    Measure measure;
    double similarity;
};

class KnownSimilarities : public testing::TestWithParam<KnownSimilarity> {};

TEST_P(KnownSimilarities, BothWaysRound) {
    LabelTable labels;
    const Tree a = tree_from_brackets(GetParam().a, labels);
    const Tree b = tree_from_brackets(GetParam().b, labels);
    EXPECT_NEAR(tree_similarity(a, b, GetParam().measure), GetParam().similarity, 1e-12);
    EXPECT_EQ(tree_similarity(a, b, GetParam().measure), tree_similarity(b, a, GetParam().measure));
}

constexpr const char *kPaperA = "a(b(d,e),c(f),b(e,d),c(g(h,i,j)))";
constexpr const char *kPaperB = "a(b(d,e),c(g(h),f))";

INSTANTIATE_TEST_SUITE_P(
    Trees, KnownSimilarities,
    testing::Values(KnownSimilarity{kPaperA, kPaperB, Measure::kSimple, 14. / 22}, //
                    KnownSimilarity{kPaperA, kPaperB, Measure::kClustered, .375},  //
                    KnownSimilarity{"", "", Measure::kBigram, 1},                  //
                    KnownSimilarity{"", "a", Measure::kJaroWinkler, 0},            //
                    KnownSimilarity{"a", "b", Measure::kSimple, 0},                //
                    KnownSimilarity{"a", "b", Measure::kBigram, 0},                //
                    KnownSimilarity{"a", "a(b)", Measure::kBigram, 0},             //
                    /* ab ac, next bc; ab ac, next cb: 2 of 3 in common */
                    KnownSimilarity{"a(b,c)", "a(c,b)", Measure::kBigram, 2. * 2 / 6},
                    /* ab bc, grandchild ac; aw wb bc, grandchildren ab wc: bc in common */
                    KnownSimilarity{"a(b(c))", "a(w(b(c)))", Measure::kBigram, 2. * 1 / 8},
                    /* b.. as grandchild of a is not its child */
                    KnownSimilarity{"a(x(b))", "a(b)", Measure::kBigram, 0},
                    /* multisets: ab ab, next bb; ab ab ab, next bb bb */
                    KnownSimilarity{"a(b,b)", "a(b,b,b)", Measure::kBigram, 2. * 3 / 8},
                    /* the words of the record-linkage literature as chains */
                    KnownSimilarity{"M(A(R(T(H(A)))))", "M(A(R(H(T(A)))))", Measure::kJaroWinkler, 173. / 180},
                    KnownSimilarity{"D(W(A(Y(N(E)))))", "D(U(A(N(E))))", Measure::kJaroWinkler, .84},
                    KnownSimilarity{"D(I(X(O(N))))", "D(I(C(K(S(O(N(X)))))))", Measure::kJaroWinkler, 61. / 75},
                    /* below the threshold of .7 the common start adds nothing */
                    KnownSimilarity{"a(b,b,b,b,b)", "a(c,c,c,c,c)", Measure::kJaroWinkler, (1. / 6 + 1. / 6 + 1) / 3}));

class RandomSimilarity : public testing::TestWithParam<Measure> {};

TEST_P(RandomSimilarity, IsSymmetricBoundedAndOneForIdenticalTrees) {
    std::mt19937 random(42);
    for (int round = 0; round < 500; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, 40, 3, labels);
        const Tree b = varied_tree(random, a, labels);
        for (const LeafRule leaf : {LeafRule::kPrinted, LeafRule::kBoth})
            for (const RootRule root : {RootRule::kPrinted, RootRule::kOne}) {
                const SimilarityOptions options{{}, leaf, root};
                const double similarity = tree_similarity(a, b, GetParam(), options);
                ASSERT_GE(similarity, 0);
                ASSERT_LE(similarity, 1);
                ASSERT_EQ(tree_similarity(b, a, GetParam(), options), similarity);
                ASSERT_EQ(tree_similarity(a, a, GetParam(), options), 1);
                ASSERT_EQ(tree_similarity(b, b, GetParam(), options), 1);
            }
    }
}

TEST_P(RandomSimilarity, HoldsWithAttributesAndTextWhateverTheLabels) {
    const std::string measure(name_of(GetParam()));
    std::mt19937 random(2000);
    for (int round = 0; round < 2000; ++round) {
        const std::string a = test::random_markup(random, 25);
        const std::string b = test::random_markup(random, 25);
        constexpr std::array kOptions{"{}", R"({"labels": "tag+class", "text_nodes": true})",
                                      R"({"labels": "tag+attributes", "text": "exact"})",
                                      R"({"labels": "tag+id", "text_nodes": true, "text": "exact"})"};
        const char *const options = kOptions[static_cast<std::size_t>(round) % kOptions.size()];
        const double similarity = tree_similarity_of_markup(a, b, measure, options);
        ASSERT_GE(similarity, 0) << a << b;
        ASSERT_LE(similarity, 1) << a << b;
        ASSERT_EQ(tree_similarity_of_markup(b, a, measure, options), similarity) << a << b;
        ASSERT_EQ(tree_similarity_of_markup(a, a, measure, options), 1) << a;
    }
}

INSTANTIATE_TEST_SUITE_P(Measures, RandomSimilarity, testing::ValuesIn(kMeasures));

TEST(ClusteredSimilarity, PrintedRootRuleComparesNumbersOfSiblings) {
    LabelTable labels;
    const Tree a = tree_from_brackets("a(b,c)", labels, 10);
    const Tree b = tree_from_brackets("a(b)", labels, 5);
    EXPECT_DOUBLE_EQ(tree_similarity(a, b, Measure::kClustered), .5);
    EXPECT_DOUBLE_EQ(tree_similarity(a, b, Measure::kClustered, {{}, LeafRule::kPrinted, RootRule::kPrinted}), .25);
    EXPECT_DOUBLE_EQ(tree_similarity(a, a, Measure::kClustered, {{}, LeafRule::kPrinted, RootRule::kPrinted}), 1);
}

/* Textbook versions. */

using Bigrams = std::map<std::string, int>;

Bigrams plain_bigrams(const Tree &tree, TreeNode root) {
    Bigrams bigrams;
    for (TreeNode node = root; node < tree.end_of(root); ++node) {
        const auto text = [&tree](TreeNode at) { return std::to_string(tree.label(at)); };
        const auto children = children_of(tree, node);
        for (std::size_t i = 0; i < children.size(); ++i) {
            ++bigrams["child " + text(node) + " " + text(children[i])];
            if (i > 0)
                ++bigrams["next " + text(children[i - 1]) + " " + text(children[i])];
            for (const TreeNode grandchild : children_of(tree, children[i]))
                ++bigrams["grandchild " + text(node) + " " + text(grandchild)];
        }
    }
    return bigrams;
}

double plain_bigram_similarity(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
    const Bigrams as = plain_bigrams(a, x);
    const Bigrams bs = plain_bigrams(b, y);
    int common = 0;
    int total = 0;
    for (const auto &[bigram, count] : as) {
        total += count;
        if (const auto found = bs.find(bigram); found != bs.end())
            common += std::min(count, found->second);
    }
    for (const auto &[bigram, count] : bs)
        total += count;
    return total == 0 ? a.label(x) == b.label(y) : 2. * common / total;
}

double plain_jaro_winkler(std::span<const LabelId> s, std::span<const LabelId> t) {
    const int window = std::max(static_cast<int>(std::max(s.size(), t.size())) / 2 - 1, 0);
    std::vector<bool> taken(t.size());
    std::vector<LabelId> from_s;
    for (int i = 0; i < static_cast<int>(s.size()); ++i)
        for (int j = std::max(0, i - window); j < std::min(static_cast<int>(t.size()), i + window + 1); ++j)
            if (!taken[static_cast<std::size_t>(j)] &&
                s[static_cast<std::size_t>(i)] == t[static_cast<std::size_t>(j)]) {
                taken[static_cast<std::size_t>(j)] = true;
                from_s.push_back(s[static_cast<std::size_t>(i)]);
                break;
            }
    if (from_s.empty())
        return 0;
    double transposed = 0;
    for (std::size_t j = 0, at = 0; j < t.size(); ++j)
        if (taken[j])
            transposed += t[j] != from_s[at++];
    const auto m = static_cast<double>(from_s.size());
    const double shares = m / static_cast<double>(s.size()) + m / static_cast<double>(t.size());
    const double jaro = (shares + (m - transposed / 2) / m) / 3;
    std::size_t prefix = 0;
    while (prefix < std::min({s.size(), t.size(), std::size_t{4}}) && s[prefix] == t[prefix])
        ++prefix;
    return jaro > .7 ? jaro + static_cast<double>(prefix) * .1 * (1 - jaro) : jaro;
}

TEST(SequenceMeasures, EqualTheTextbookOnAllSubtrees) {
    std::mt19937 random(1999);
    for (int round = 0; round < 100; ++round) {
        LabelTable labels;
        const Tree a = random_tree(random, 30, 4, labels);
        const Tree b = varied_tree(random, a, labels);
        const BigramIndex b_bigrams(b);
        CellBudget budget{Limits{}};
        for (TreeNode x = 0; x < a.size(); ++x) {
            BigramQuery bigram(a, x, b_bigrams);
            JaroWinklerQuery jaro_winkler(a.labels_of(x), labels.size());
            for (TreeNode y = 0; y < b.size(); ++y) {
                ASSERT_NEAR(bigram.similarity(y, budget), plain_bigram_similarity(a, x, b, y), 1e-12);
                ASSERT_GE(bigram.upper_bound(y), bigram.similarity(y, budget));
                ASSERT_NEAR(jaro_winkler.similarity(b.labels_of(y), budget),
                            plain_jaro_winkler(a.labels_of(x), b.labels_of(y)), 1e-12);
            }
        }
    }
}

TEST(Measures, NamesAreKnownOrListed) {
    EXPECT_EQ(measure_from_name("simple"), Measure::kSimple);
    EXPECT_EQ(measure_from_name("clustered"), Measure::kClustered);
    EXPECT_EQ(measure_from_name("bigram"), Measure::kBigram);
    EXPECT_EQ(measure_from_name("jaro_winkler"), Measure::kJaroWinkler);
    EXPECT_EQ(measure_from_name("edit"), Measure::kEdit);
    EXPECT_EQ(measure_from_name("flexible"), Measure::kFlexible);
    test::expect_error([&] { (void)measure_from_name("editing"); }, ErrorKind::kInvalidArgument,
                       "tree similarity measure \"editing\" is not known",
                       "Known measures are simple, clustered, bigram, jaro_winkler, edit, flexible.");
}

TEST(SimilarityOptionsFromJson, ReadsAllKeys) {
    const SimilarityOptions none = similarity_options_from_json("{}");
    EXPECT_FALSE(none.tree.id_labels || none.tree.class_labels || none.tree.text_nodes);
    EXPECT_EQ(none.leaf_rule, LeafRule::kPrinted);
    EXPECT_EQ(none.root_rule, RootRule::kOne);
    const SimilarityOptions all = similarity_options_from_json(
        R"({"labels": "tag+attributes", "text_nodes": true, "text": "exact", "leaf": "both", "root": "printed"})");
    EXPECT_TRUE(all.tree.id_labels && all.tree.class_labels && all.tree.text_nodes);
    EXPECT_TRUE(all.tree.attribute_labels && all.tree.text_labels);
    EXPECT_EQ(all.leaf_rule, LeafRule::kBoth);
    EXPECT_EQ(all.root_rule, RootRule::kPrinted);
    EXPECT_TRUE(similarity_options_from_json(R"({"labels": "tag+id"})").tree.id_labels);
    EXPECT_FALSE(similarity_options_from_json(R"({"labels": "tag+class"})").tree.id_labels);
}

struct OptionError {
    const char *json;
    const char *message;
    const char *hint;
};

class InvalidOptions : public testing::TestWithParam<OptionError> {};

TEST_P(InvalidOptions, SayWhatIsValid) {
    test::expect_error([&] { (void)similarity_options_from_json(GetParam().json); }, ErrorKind::kInvalidOption,
                       GetParam().message, GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    Json, InvalidOptions,
    testing::Values(OptionError{R"({"label": "tag"})", "tree similarity option \"label\" is not known",
                                "Valid options are labels, text_nodes, text, text_pattern, order, leaf, root."},
                    OptionError{R"({"labels": "id"})", "value \"id\" of tree similarity option \"labels\" is not valid",
                                "Valid values are tag, tag+id, tag+class, tag+id+class, tag+attributes, path."},
                    OptionError{R"({"text_nodes": "yes"})",
                                "value \"yes\" of tree similarity option \"text_nodes\" is not valid",
                                "Valid values are true, false."},
                    OptionError{R"({"leaf": 1})", "value \"1\" of tree similarity option \"leaf\" is not valid",
                                "Valid values are printed, both."},
                    OptionError{R"({"root": null})", "value \"null\" of tree similarity option \"root\" is not valid",
                                "Valid values are one, printed."},
                    OptionError{"[]", "tree similarity options are not a JSON object",
                                "Valid options are labels, text_nodes, text, text_pattern, order, leaf, root."},
                    OptionError{"{", "tree similarity options are not a JSON object",
                                "Valid options are labels, text_nodes, text, text_pattern, order, leaf, root."}));

TEST(Similarity, AllMeasuresAreLimitedAndWide) {
    LabelTable labels;
    std::mt19937 random(3);
    const Tree a = random_tree(random, 5000, 5, labels);
    const Tree b = random_tree(random, 5000, 5, labels);
    Limits limits;
    limits.max_match_cells = 1;
    for (const Measure measure : kMeasures) {
        EXPECT_NO_THROW((void)tree_similarity(a, b, measure));
        EXPECT_THROW((void)tree_similarity(a, b, measure, {}, limits), Error) << static_cast<int>(measure);
    }
}

} // namespace
} // namespace webwrap
