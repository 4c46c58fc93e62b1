/* What describes an element when it is looked for on another page. */

#include "core/wrap/features.hpp"

#include <gtest/gtest.h>

#include "core/parse/parse.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {
namespace {

using Words = std::vector<std::string>;

TEST(Words, are_split_at_signs_and_capitals_and_lowered) {
    EXPECT_EQ(words_of("recipe-card__titleText h2"), (Words{"recipe", "card", "title", "text", "h2"}));
    EXPECT_EQ(words_of("HTMLPage 12x"), (Words{"htmlpage", "12x"}));
    EXPECT_EQ(words_of("Ältere ÉTUDE, ΣΟΦΟΣ"), (Words{"ältere", "étude", "σοφος"}));
    EXPECT_EQ(words_of(" -.,"), Words{});
}

/* Siblings are those of one parent and tag, however many parents and tags a page has. */
TEST(Features, siblings_of_other_parents_and_tags_do_not_count) {
    std::string html;
    unsigned seed = 1;
    for (int i = 0; i < 2000; ++i) {
        seed = seed * 1103515245 + 12345;
        const std::string tag = "t" + std::to_string(seed / 65536 % 500);
        html += "<div><" + tag + ">x</" + tag + "><b></b></div>";
    }
    const auto page = parse_html(html);
    TokenTable tokens;
    const PageFeatures features(*page, tokens);
    for (std::size_t i = 0; i < features.size(); ++i) {
        const auto element = static_cast<ElementId>(i);
        if (page->name(features.node(element)).starts_with("t")) {
            ASSERT_EQ(features.ordinal(element), 1);
            ASSERT_EQ(features.scalar(element, Scalar::kSiblings), 1);
        }
    }
}

TEST(Features, a_bag_holds_each_token_once_and_no_more_than_64) {
    std::string text = "again again Again";
    for (int i = 0; i < 30; ++i)
        text += " w" + std::to_string(i);
    std::string html = "<div title=x>" + text;
    for (int i = 0; i < 100; ++i)
        html += "<a" + std::to_string(i) + ">y</a" + std::to_string(i) + ">";
    const auto page = parse_html(html);
    TokenTable tokens;
    const PageFeatures features(*page, tokens);
    for (std::size_t i = 0; i < features.size(); ++i) {
        const auto element = static_cast<ElementId>(i);
        if (page->name(features.node(element)) != "div")
            continue;
        EXPECT_EQ(features.bag(element, Bag::kOwn).size(), 31U);
        EXPECT_EQ(features.bag(element, Bag::kChildren).size(), 64U);
        return;
    }
    FAIL() << "no div";
}

} // namespace
} // namespace webwrap
