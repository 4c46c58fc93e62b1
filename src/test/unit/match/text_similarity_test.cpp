#include "core/match/text_similarity.hpp"
#include "errors.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "core/base/error.hpp"
#include "core/match/markup.hpp"

namespace webwrap {
namespace {

struct KnownText {
    const char *a;
    const char *b;
    const char *measure;
    double similarity;
};

class KnownTexts : public testing::TestWithParam<KnownText> {};

TEST_P(KnownTexts, BothWaysRound) {
    const auto &[a, b, measure, similarity] = GetParam();
    EXPECT_NEAR(text_similarity_of(a, b, measure), similarity, 1e-12);
    EXPECT_EQ(text_similarity_of(b, a, measure), text_similarity_of(a, b, measure));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, KnownTexts,
    testing::Values(KnownText{"a b", " a\n b ", "exact", 1}, KnownText{"a b", "a c", "exact", 0},
                    KnownText{"", "", "edit", 1}, KnownText{"", "a", "edit", 0}, KnownText{"", "a", "words", 0},
                    KnownText{"the old page", "the new page", "words", 4. / 6},
                    KnownText{"a a b", "a b b", "words", 4. / 6}, /* multisets */
                    KnownText{"night", "nacht", "bigram", 2. / 8}, KnownText{"a", "b", "bigram", 0},
                    KnownText{"a", "ab", "bigram", 0}, KnownText{"aaa", "aa", "bigram", 2. / 3},
                    KnownText{"MARTHA", "MARHTA", "jaro_winkler", 173. / 180},
                    KnownText{"DWAYNE", "DUANE", "jaro_winkler", .84}, KnownText{"abc", "xyz", "jaro_winkler", 0},
                    KnownText{"kitten", "sitting", "edit", 1 - 3. / 7}, KnownText{"abc", "abxc", "edit", 3. / 4},
                    KnownText{"über", "uber", "edit", 3. / 4}, /* characters, not bytes */
                    KnownText{"日本", "日本語", "bigram", 2. / 3}));

TEST(TextSimilarity, IsSymmetricBoundedAndOneForEqualTexts) {
    std::mt19937 random(7);
    const auto random_text = [&random] {
        constexpr std::array kPieces{"a", "b", " ", "ä", "日"};
        std::string text;
        for (auto left = random() % 12; left > 0; --left)
            text += kPieces[random() % kPieces.size()];
        return text;
    };
    for (int round = 0; round < 3000; ++round) {
        const std::string a = random_text(), b = random_text();
        for (const char *measure : {"exact", "words", "bigram", "jaro_winkler", "edit"}) {
            const double similarity = text_similarity_of(a, b, measure);
            ASSERT_GE(similarity, 0) << measure;
            ASSERT_LE(similarity, 1) << measure;
            ASSERT_EQ(text_similarity_of(b, a, measure), similarity) << measure << " '" << a << "' '" << b << "'";
            ASSERT_EQ(text_similarity_of(a, a, measure), 1) << measure << " '" << a << "'";
        }
    }
}

TEST(TextSimilarity, UnknownMeasuresAndLimitsAreErrors) {
    test::expect_error([&] { (void)text_similarity_of("a", "b", "soundex"); }, ErrorKind::kInvalidArgument,
                       "text similarity measure \"soundex\" is not known",
                       "Known measures are exact, words, bigram, jaro_winkler, edit.");
    Limits limits;
    limits.max_match_cells = 10'000;
    EXPECT_THROW((void)text_similarity_of(std::string(200, 'a'), std::string(200, 'b'), "edit", limits), Error);
    EXPECT_NO_THROW((void)text_similarity_of(std::string(200, 'a'), std::string(200, 'b'), "words", limits));
}

} // namespace
} // namespace webwrap
