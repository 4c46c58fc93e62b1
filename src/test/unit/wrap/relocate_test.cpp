/* What speaks against an answer: texts, names and metadata that stayed elsewhere. */

#include "core/wrap/relocate.hpp"

#include <gtest/gtest.h>

#include "core/parse/parse.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/page_data.hpp"
#include "core/wrap/surroundings.hpp"
#include "core/wrap/targets.hpp"

namespace webwrap {
namespace {

std::vector<NodeId> nodes_of(const Document &page, const std::string &xpath) {
    const auto targets = targets_of(page, XPath(xpath).evaluate(page));
    EXPECT_TRUE(targets.has_value()) << xpath;
    return targets ? targets->elements : std::vector<NodeId>{};
}

/* The trust in what `answer` selects on the new page as what `target` selected on the old one. */
float trust_in(const std::string &old_html, const std::string &target, const std::string &new_html,
               const std::string &answer, Trust what) {
    const auto old_page = parse_html(old_html), new_page = parse_html(new_html);
    const ComparedPages pages(*old_page, *new_page);
    Relocator relocator(pages, nodes_of(*old_page, target), fitted_model());
    const auto relocation = relocator.judge(nodes_of(*new_page, answer));
    EXPECT_TRUE(relocation.has_value()) << answer;
    return relocation ? relocator.trust(*relocation)[static_cast<std::size_t>(what)] : -1;
}

TEST(Durations, are_read_as_minutes) {
    EXPECT_EQ(minutes_of_duration("PT30M"), 30);
    EXPECT_EQ(minutes_of_duration("PT1H30M"), 90);
    EXPECT_EQ(minutes_of_duration("P1DT2H"), 1560);
    EXPECT_EQ(minutes_of_duration("P0DT0H45M0S"), 45);
    for (const char *other :
         {"", "P", "PT", "PT30", "P30M", "PTM", "PT1H30", "Pan", "Potato", "30", "PT99999999999M", "PT1Y", "P1H"})
        EXPECT_FALSE(minutes_of_duration(other).has_value()) << other;
}

TEST(Relocate, a_label_of_another_text_speaks_against_an_answer) {
    const std::string old_html =
        "<dl><dt>Ready in</dt><dd class=a>40 min</dd><dt>Rest</dt><dd class=b>10 min</dd></dl>";
    const std::string new_html =
        "<ul><li><b>Rest</b><i class=b>12 min</i></li><li><b>Ready in</b><i class=a>35 min</i></li>"
        "<li><b>Cooking</b><i class=c>20 min</i></li></ul>";
    const auto own = [&](const std::string &answer, Trust what) {
        return trust_in(old_html, "//dd[@class='a']", new_html, answer, what);
    };
    EXPECT_EQ(own("//i[@class='a']", Trust::kLabelOwn), 1.0F);
    EXPECT_EQ(own("//i[@class='b']", Trust::kLabelOwn), 0.0F);
    EXPECT_EQ(own("//i[@class='c']", Trust::kLabelOwn), 0.5F);
    EXPECT_EQ(own("//i[@class='a']", Trust::kNamesOwn), 1.0F);
    EXPECT_EQ(own("//i[@class='b']", Trust::kNamesOwn), 0.0F);
    /* A label inside. */
    EXPECT_EQ(own("//li[1]", Trust::kLabelOwn), 0.0F);
    EXPECT_EQ(own("//li[2]", Trust::kLabelOwn), 1.0F);
}

TEST(Relocate, texts_around_are_missed_elsewhere) {
    const std::string before = "<h2>What you need for it</h2>", after = "<p>Serve it warm with bread.</p>";
    const std::string old_html = "<div>" + before + "<ul id=x><li>salt<li>rice</ul>" + after + "</div><p>About us</p>";
    std::string far;
    for (int i = 0; i < 100; ++i)
        far += "<p>Another paragraph " + std::to_string(i) + "</p>";
    const std::string new_html = "<section>" + before + "<ol id=y><li>oil<li>peas</ol>" + after + "</section>" + far +
                                 "<ol id=z><li>home<li>news</ol>";
    const auto lost = [&](const std::string &answer) {
        return trust_in(old_html, "//ul[@id='x']/li", new_html, answer, Trust::kAroundLost);
    };
    EXPECT_EQ(lost("//ol[@id='y']/li"), 0.0F);
    EXPECT_GT(lost("//ol[@id='z']/li"), 0.5F);
    /* What is not on the new page at all is not missed. */
    EXPECT_EQ(trust_in(old_html, "//ul[@id='x']/li", far + "<ol><li>oil<li>peas</ol>", "//ol/li", Trust::kAroundLost),
              0.0F);
}

TEST(Relocate, metadata_say_what_the_answer_is_not) {
    const auto page = [](const std::string &total, const std::string &body) {
        return R"(<script type="application/ld+json">{"totalTime": ")" + total + R"(", "prepTime": "PT15M"}</script>)" +
               body;
    };
    const std::string old_html = page("PT1H10M", "<p>All <b>1 h 10 m</b></p><p>Preparing <i>15 m</i></p>");
    const std::string new_html = page("PT50M", "<p>Preparing <i>15 min</i></p><p>All <b>50 min</b></p>");
    EXPECT_EQ(trust_in(old_html, "//b", new_html, "//b", Trust::kDataLost), 0.0F);
    EXPECT_EQ(trust_in(old_html, "//b", new_html, "//i", Trust::kDataLost), 1.0F);
    /* A page that states nothing is no evidence. */
    EXPECT_EQ(trust_in(old_html, "//b", "<p>Preparing <i>15 min</i></p>", "//i", Trust::kDataLost), 0.0F);
}

TEST(Relocate, markup_that_no_old_element_had_speaks_against_an_answer) {
    const std::string old_html = "<ul><li>2 eggs</li><li>salt <a href=s>of the sea</a></li></ul>";
    const std::string new_html =
        "<ul><li><strong>Dough</strong></li><li>3 eggs</li><li>salt <a href=t>of the rock</a></li><li>flour</li></ul>";
    EXPECT_EQ(trust_in(old_html, "//li", new_html, "//li", Trust::kOtherMarkup), 0.25F);
    EXPECT_EQ(trust_in(old_html, "//li", new_html, "//li[not(strong)]", Trust::kOtherMarkup), 0.0F);
}

TEST(Relocate, an_element_without_text_is_little_else_than_its_tag) {
    const std::string old_html = "<div><img src='a.png'><b>Tea</b></div>";
    const std::string new_html = "<p><span></span><img src='b.png'><i>Tea</i></p>";
    EXPECT_EQ(trust_in(old_html, "//img", new_html, "//img", Trust::kTagLost), 0.0F);
    EXPECT_EQ(trust_in(old_html, "//img", new_html, "//span", Trust::kTagLost), 1.0F);
    EXPECT_EQ(trust_in(old_html, "//b", new_html, "//i", Trust::kTagLost), 0.0F);
}

} // namespace
} // namespace webwrap
