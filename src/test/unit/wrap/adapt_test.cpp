#include "core/wrap/adapt.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "goods.hpp"

namespace webwrap {
namespace {

using test::Good;
using test::goods;
using test::page_of;

std::string article(const std::string &title, const std::string &author, bool is_new) {
    const std::string text =
        "<p>First paragraph about many things.</p><p>Second one, longer than the first one was.</p>";
    if (!is_new)
        return "<html><body><div id='top'><a href='/'>Home</a></div><div class='post'><h1>" + title +
               "</h1><span class='author'>By " + author + "</span>" + text +
               "</div><div id='foot'>Contact</div></body></html>";
    return "<html><body><header><nav><a href='/'>Home</a><a href='/x'>Other</a></nav></header><main><article><div><h1 "
           "class='headline'>" +
           title + "</h1></div><div class='meta'><span class='author-name'>By " + author +
           "</span><time>today</time></div>" + text +
           "</article></main><footer><span>Contact</span></footer></body></html>";
}

TEST(Adapt, finds_a_single_element_with_other_content) {
    const auto old_page = parse_html(article("How to mend a chair", "Carl Voss", false));
    const auto new_page = parse_html(article("Painting old doors", "Dora Quist", true));
    const std::vector<Candidate> title = adapt(*old_page, "//div[@class='post']/h1", *new_page, {}, {});
    ASSERT_FALSE(title.empty());
    const Selection selection = XPath(title.front().xpath).evaluate(*new_page);
    ASSERT_EQ(selection.nodes.size(), 1U);
    EXPECT_EQ(string_value(*new_page, selection.nodes.front()), "Painting old doors");
    EXPECT_GE(title.front().confidence, 0.7);
}

TEST(Adapt, rebuilds_a_list) {
    const auto item = [](const Good &good) { return "<li>" + good.name + " by " + good.maker + "</li>"; };
    const auto next = [](const Good &good) {
        return "<div class='entry'>" + good.name + " by " + good.maker + "</div>";
    };
    const auto old_page = parse_html(page_of(goods(9), item));
    const auto new_page = parse_html(page_of(goods(7), next, "<section class='entries'>", "</section>"));
    const std::vector<Candidate> found = adapt(*old_page, "//ul/li", *new_page, {}, {});
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(XPath(found.front().xpath).evaluate(*new_page).nodes.size(), 7U) << found.front().xpath;
}

TEST(Adapt, keeps_the_attribute_at_the_end) {
    const auto old_page = parse_html("<body><div class='pic'><img src='/a.png' alt='A lamp'></div><p>Text</p></body>");
    const auto new_page =
        parse_html("<body><main><figure class='pic'><img src='/a.png' alt='A lamp'></figure></main><p>Text</p></body>");
    const std::vector<Candidate> found = adapt(*old_page, "//div/img/@src", *new_page, {0.0, 0.0, "simple"}, {});
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(found.front().xpath.ends_with("/@src")) << found.front().xpath;
}

TEST(Adapt, gives_no_answer_when_there_is_none) {
    const auto old_page = parse_html(article("How to mend a chair", "Carl Voss", false));
    const auto new_page = parse_html("<html><body><p>We have closed.</p></body></html>");
    EXPECT_TRUE(adapt(*old_page, "//span[@class='author']", *new_page, {}, {}).empty());
    EXPECT_TRUE(adapt(*old_page, "//table", *new_page, {}, {}).empty());
    EXPECT_TRUE(adapt(*old_page, "count(//p)", *new_page, {}, {}).empty());
    EXPECT_THROW((void)adapt(*old_page, "//[", *new_page, {}, {}), Error);
}

TEST(StillHolds, knows_an_unchanged_page_and_a_lost_pattern) {
    const auto old_page = parse_html(article("How to mend a chair", "Carl Voss", false));
    const auto other = parse_html(article("Painting old doors", "Dora Quist", false));
    EXPECT_EQ(still_holds(*old_page, "//div[@class='post']/h1", *old_page, {}, {}), 1);
    EXPECT_GT(still_holds(*old_page, "//div[@class='post']/h1", *other, {}, {}), 0.5);
    EXPECT_EQ(still_holds(*old_page, "//table", *other, {}, {}), 0);
    EXPECT_EQ(still_holds(*old_page, "//div[@class='post']/h1", *parse_html("<p>Closed</p>"), {}, {}), 0);
}

TEST(StillHolds, sees_that_something_else_is_selected) {
    const auto old_page = parse_html(article("How to mend a chair", "Carl Voss", false));
    const auto new_page = parse_html("<html><body><div class='post'><p>First paragraph about many things.</p>"
                                     "<span class='author'>Contact</span></div><div><h1>Painting old doors</h1>"
                                     "<b class='author'>By Dora Quist</b></div></body></html>");
    const double now = still_holds(*old_page, "/html/body/div[1]/*[1]", *new_page, {}, {});
    EXPECT_LT(now, 0.9);
}

TEST(AdaptOptions, are_read_from_json) {
    const AdaptOptions options = adapt_options_from_json(R"({"threshold":0.5,"measure":"bigram"})");
    EXPECT_EQ(options.threshold, 0.5);
    EXPECT_EQ(options.measure, "bigram");
    for (const char *bad : {"[]", R"({"treshold":1})", R"({"threshold":2})", R"({"measure":"x"})"})
        EXPECT_THROW((void)adapt_options_from_json(bad), Error) << bad;
}

} // namespace
} // namespace webwrap
