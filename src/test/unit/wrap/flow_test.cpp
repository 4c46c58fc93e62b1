#include "core/wrap/flow.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {
namespace {

const std::string kUrl = "http://a.example/list/1?x=y";

std::string refresh(const std::string &content, const std::string &header = "") {
    const auto page = parse_html("<meta http-equiv=Refresh content=\"" + content + "\"><p>x");
    const std::optional<FlowHop> hop = refresh_hop(*page, header, kUrl);
    return hop ? hop->url : "";
}

TEST(Flow, reads_where_a_refresh_leads) {
    EXPECT_EQ(refresh("0; url=/home"), "http://a.example/home");
    EXPECT_EQ(refresh("5;URL = 'next'"), "http://a.example/list/next");
    EXPECT_EQ(refresh("0, http://b.example/"), "http://b.example/");
    EXPECT_EQ(refresh("30"), "");
    EXPECT_EQ(refresh("; url=x"), "");
    EXPECT_EQ(refresh("0; url=mailto:x"), "");
    EXPECT_EQ(refresh("30", "0; url=/by-header"), "http://a.example/by-header");
    EXPECT_EQ(refresh("0; url=/by-meta", "0; url=/by-header"), "http://a.example/by-header");
    EXPECT_FALSE(refresh_hop(*parse_html("<p>x"), "", kUrl));
}

std::optional<FlowHop> consent(const std::string &html, const std::string &xpath) {
    return consent_hop(*parse_html(html), xpath, kUrl, {});
}

TEST(Flow, follows_links_and_attributes) {
    EXPECT_EQ(consent("<a id=ok href='/ok'>Yes</a>", "//a[@id='ok']")->url, "http://a.example/ok");
    EXPECT_EQ(consent("<p data-go='ok'>", "//p/@data-go")->url, "http://a.example/list/ok");
    EXPECT_FALSE(consent("<p>", "//a"));
    EXPECT_FALSE(consent("<a href='javascript:x()'>", "//a"));
    EXPECT_FALSE(consent("<p>x</p>", "//p"));
    EXPECT_FALSE(consent("<p>x</p>", "count(//p)"));
}

TEST(Flow, submits_forms_as_browsers_do) {
    const std::string form = "<form method=POST action='/agree?to=1'><input type=hidden name=t value='a b'>"
                             "<input type=checkbox name=no><input type=checkbox name=yes checked>"
                             "<input name=off value=1 disabled><textarea name=note>n&amp;m</textarea>"
                             "<select name=s><option value=1>a<option selected>b c</select>"
                             "<button name=go value=all>All</button><button name=go value=none>None</button></form>";
    const std::optional<FlowHop> whole = consent(form, "//form");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->method, "POST");
    EXPECT_EQ(whole->url, "http://a.example/agree?to=1");
    EXPECT_EQ(whole->body, "note=n%26m&s=b+c&t=a+b&yes=on");
    EXPECT_EQ(consent(form, "//button[2]")->body, "go=none&note=n%26m&s=b+c&t=a+b&yes=on");
    const std::optional<FlowHop> get = consent("<form action='/s?old=1'><input name=q value=1></form>", "//form");
    ASSERT_TRUE(get);
    EXPECT_EQ(get->method, "GET");
    EXPECT_EQ(get->url, "http://a.example/s?q=1");
    EXPECT_FALSE(consent("<button>x</button>", "//button"));
}

TEST(Flow, steps_are_named) {
    EXPECT_EQ(flow_steps_to_text(flow_steps_from_text("back,refresh")), "back, refresh");
    EXPECT_THROW((void)flow_steps_from_text("back, forth"), Error);
    EXPECT_THROW((void)flow_steps_from_text("back, back"), Error);
    EXPECT_THROW((void)flow_steps_from_text(""), Error);
    EXPECT_EQ(alternatives_from_text(" a?{1..3}  b ").size(), 2U);
    EXPECT_THROW((void)alternatives_from_text(" "), Error);
}

} // namespace
} // namespace webwrap
