#include "core/wrap/report.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/wrap/explain.hpp"
#include "core/wrap/report_region.hpp"
#include "goods.hpp"

namespace webwrap {
namespace {

using test::classic;
using test::classic_wrapper;
using test::Good;
using test::goods;
using test::page_of;

std::string cards(const std::vector<Good> &all) {
    return page_of(
        all,
        [](const Good &good) {
            return "<article><h3>" + good.name + "</h3><p class='by'>" + good.maker + "</p><p class='at'>" +
                   good.seller + "</p><b>" + good.price + "</b><time>" + good.made + "</time></article>";
        },
        "<main>", "</main>");
}

/* A report on two pages; its wrappers read names by these paths. */
struct Case {
    std::unique_ptr<Document> before, after;
    AdaptationReport report;

    Case(const std::string &old_html, const std::string &new_html, const std::string &old_wrapper,
         const std::string &new_wrapper)
        : before(parse_html(old_html)), after(parse_html(new_html)) {
        report.id = 7;
        report.table = "public.goods";
        report.patterns = {{"name", "./td", "./td", "./h3", "values", "active", 0.5, 0.9, {}}};
        report.old_page = {before.get(), "http://site/1", "then", wrapper_from_json(old_wrapper)};
        report.new_page = {after.get(), "http://site/1", "now", wrapper_from_json(new_wrapper)};
    }
    [[nodiscard]] std::string html() const { return report_html(report, {}); }
};

constexpr const char *kOldWrapper =
    R"({"rows": {"xpath": "//tr[@class='good']"}, "columns": {"name": {"xpath": "td[1]/a"}}})";
constexpr const char *kNewWrapper = R"({"rows": {"xpath": "//article"}, "columns": {"name": {"xpath": "h3"}}})";

Case goods_case() { return {classic(goods(5)), cards(goods(5)), kOldWrapper, kNewWrapper}; }

/* One line of a region. */
struct Line {
    std::string style, text; /* custom property --h; text of a text node */
};

/* Lines of corresponding nodes by id. */
std::map<std::string, Line> lines_of(const std::string &html) {
    const auto page = parse_html(html);
    std::map<std::string, Line> lines;
    for (const NodeRef &ref : XPath("//ol[@class='tree']/li[@id]").evaluate(*page).nodes) {
        const std::string style(page->attribute_value(ref.node, "style"));
        const Selection text = XPath("code/span[@class='text']").evaluate(*page, ref.node);
        lines[std::string(page->attribute_value(ref.node, "id"))] = {
            style.substr(style.find("--h")), text.nodes.empty() ? "" : string_value(*page, text.nodes.front())};
    }
    return lines;
}

TEST(Report, gives_corresponding_nodes_one_colour_and_links) {
    const std::string html = goods_case().html();
    const auto lines = lines_of(html);
    std::size_t pairs = 0;
    for (const auto &[id, line] : lines) {
        if (!id.starts_with("old-"))
            continue;
        ++pairs;
        const std::string other = "new-" + id.substr(4);
        ASSERT_TRUE(lines.contains(other)) << id;
        EXPECT_EQ(lines.at(other).style, line.style);
        EXPECT_TRUE(line.style.starts_with("--h:")) << line.style;
        EXPECT_NE(html.find("href=\"#" + other + "\""), std::string::npos);
        EXPECT_NE(html.find("href=\"#" + id + "\""), std::string::npos);
    }
    EXPECT_EQ(pairs * 2, lines.size());
    EXPECT_GE(pairs, 5U * 6); /* record, name and its text, three more texts */
}

TEST(Report, pairs_a_name_with_the_same_name_in_another_order) {
    std::vector<Good> turned = goods(5);
    std::reverse(turned.begin(), turned.end());
    const Case turned_case(classic(goods(5)), cards(turned), kOldWrapper, kNewWrapper);
    auto lines = lines_of(turned_case.html());
    std::size_t names = 0;
    for (const Good &good : goods(5))
        for (const auto &[id, line] : lines)
            if (id.starts_with("old-") && line.text == good.name) {
                EXPECT_EQ(lines.at("new-" + id.substr(4)).text, good.name);
                ++names;
            }
    EXPECT_EQ(names, 5U);
}

TEST(Report, shows_values_before_and_after) {
    std::vector<Good> later = goods(5);
    later[2].maker = "Somebody Else";
    const Case changed(
        classic(goods(5)), cards(later),
        R"({"rows": {"xpath": "//tr[@class='good']"}, "columns": {"name": {"xpath": "td[1]/a"}, "maker": {"xpath": "td[2]"}}})",
        R"({"rows": {"xpath": "//article"}, "columns": {"name": {"xpath": "h3"}, "maker": {"xpath": "p[1]"}}})");
    Case of_maker = {classic(goods(5)), cards(later), wrapper_to_json(changed.report.old_page.wrapper),
                     wrapper_to_json(changed.report.new_page.wrapper)};
    of_maker.report.patterns.front().pattern = "maker";
    EXPECT_NE(of_maker.html().find("<td>maker</td><td>" + goods(5)[2].maker +
                                   "</td><td>Somebody Else</td><td class=\"changed\">changed</td>"),
              std::string::npos);
    const std::string of_names = changed.html();
    EXPECT_NE(of_names.find("<td>" + goods(5)[2].name + "</td><td>" + goods(5)[2].name + "</td><td>same</td>"),
              std::string::npos);
    EXPECT_EQ(of_names.find("<td>maker</td>"), std::string::npos); /* other columns are not this report's */
}

TEST(Report, shows_the_evidence) {
    Case one = goods_case();
    const PagePair pair{one.before.get(), one.after.get(), true};
    AdaptOptions options;
    options.explain = true;
    const WrapperAdaptation adapted = adapt_wrapper(one.report.old_page.wrapper, {&pair, 1}, options, {});
    ASSERT_EQ(adapted.patterns[1].pattern, "name");
    ASSERT_FALSE(adapted.patterns[1].evidence.empty());
    one.report.patterns.front().evidence = adapted.patterns[1].evidence;
    const std::string html = one.html();
    EXPECT_NE(html.find("What ranks it"), std::string::npos);
    EXPECT_NE(html.find("<td>not elsewhere</td>"), std::string::npos);
    EXPECT_NE(html.find("Not chosen, 1"), std::string::npos);
    EXPECT_NE(goods_case().html().find("No evidence was kept"), std::string::npos);
    one.report.patterns.front().evidence = "[]";
    EXPECT_THROW((void)one.html(), Error);
    /* What is no evidence of ours is shown as far as it goes. */
    one.report.patterns.front().evidence =
        R"({"old": 1, "features": [1, {"feature": "<b>", "value": "x"}], "others": 3})";
    EXPECT_NE(one.html().find("&lt;b&gt;"), std::string::npos);
}

/* Everything that a page may say ends up as text: no tag, attribute or style of it is live. */
TEST(Report, shows_hostile_pages_as_text) {
    const std::string evil =
        "</code></style><script>alert(1)</script><img src=x onerror='alert(2)'>\"'><svg onload=alert(3)>";
    const std::string inside =
        "&lt;/style>&lt;script>alert(1)&lt;/script>\"'&lt;img src=http://evil/ onerror=alert(2)>";
    const auto page = [&](const std::string &tag) {
        return "<body><" + tag + " title='" + inside +
               "' style='}</style><script>alert(4)</script>' onclick='alert(5)'><i>" + inside + "</i><" + tag +
               " srcdoc='<script>alert(6)</script>'></" + tag + "></" + tag +
               "><script>alert(7)</script><style>*{}</style><a href='javascript:alert(8)'>x</a>";
    };
    Case hostile(page("div"), page("section"), R"({"columns": {"name": {"xpath": "//i"}}})",
                 R"({"columns": {"name": {"xpath": "//i"}}})");
    hostile.report.table = hostile.report.adapted_at = evil;
    hostile.report.old_page.url = hostile.report.new_page.taken_at = evil;
    hostile.report.patterns.front() = {
        "name",
        evil,
        evil + "x",
        evil,
        evil,
        evil,
        0,
        0,
        R"({"kind": "<script>", "old": {"elements": ["<script>"], "values": ["<script>"]},)"
        R"("candidates": [{"xpath": "<script>", "measure": "<script>"}], "others": [{}]})"};
    const std::string html = hostile.html();
    EXPECT_NE(html.find("&lt;script&gt;alert(1)"), std::string::npos);
    const auto shown = parse_html(html);
    const std::set<std::string_view> names{
        "html", "head", "meta", "link",    "style", "title",   "body",  "main",    "h1",      "h2",
        "h3",   "p",    "div",  "section", "table", "caption", "thead", "tbody",   "tr",      "th",
        "td",   "ol",   "li",   "a",       "code",  "span",    "em",    "details", "summary", "meter"};
    const std::set<std::string_view> attributes{"lang",     "charset",    "http-equiv",      "content", "name",  "rel",
                                                "href",     "id",         "class",           "style",   "scope", "role",
                                                "tabindex", "aria-label", "aria-labelledby", "value",   "open"};
    std::size_t styles = 0;
    for (NodeId node = 0; node < shown->size(); ++node) {
        if (!shown->is_element(node))
            continue;
        EXPECT_TRUE(names.contains(shown->name(node))) << shown->name(node);
        styles += shown->name(node) == "style" ? 1 : 0;
        for (std::int32_t at = shown->first_attribute(node); at < shown->first_attribute(node + 1); ++at) {
            const std::string_view name = shown->name_text(shown->attribute(at).name),
                                   value = shown->attribute(at).value;
            EXPECT_TRUE(attributes.contains(name)) << name;
            if (name == "href") {
                EXPECT_TRUE(value.starts_with("#") || value == "data:,") << value;
            } else if (name == "style") {
                EXPECT_EQ(value.find_first_not_of("--dh:;0123456789"), std::string_view::npos) << value;
            }
        }
    }
    EXPECT_EQ(styles, 1U);
}

TEST(Report, is_bounded_for_large_and_deep_pages) {
    std::string deep = "<body><i>x</i>";
    for (int i = 0; i < 500; ++i)
        deep += "<div class='" + std::string(2000, 'c') + "'>";
    std::string wide = "<body><i>x</i>";
    for (int i = 0; i < 20'000; ++i)
        wide += "<p>text " + std::to_string(i) + "</p>";
    const Case large(deep, wide, R"({"columns": {"name": {"xpath": "//i"}}})",
                     R"({"columns": {"name": {"xpath": "//i"}}})");
    EXPECT_LT(large.html().size(), 300'000U);
}

TEST(Report, knows_pages_on_which_nothing_is_left) {
    const Case empty("<p>", "", R"({"columns": {"name": {"xpath": "//i"}}})",
                     R"({"columns": {"name": {"xpath": "//i"}}})");
    EXPECT_NE(empty.html().find("<em>none</em>"), std::string::npos);
    const Case gone(classic(goods(3)), "<p>closed</p>", kOldWrapper, kNewWrapper);
    EXPECT_NE(gone.html().find("0 of them"), std::string::npos);
}

} // namespace
} // namespace webwrap
