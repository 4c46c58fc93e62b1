#include <gtest/gtest.h>

#include <map>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/wrap/classify.hpp"
#include "goods.hpp"

namespace webwrap {
namespace {

using test::Good;
using test::goods;

const std::string kHead =
    "<html><body><header class='top'><a class='logo'>S</a><nav class='menu'><a>1</a></nav></header>";
const std::string kFoot = "<footer class='end'><p>end</p></footer></body></html>";

std::string list_page(const std::vector<Good> &all) {
    std::string html = kHead + "<ul class='goods'>";
    for (const Good &good : all)
        html += "<li class='good'><h3>" + good.name + "</h3>" +
                (good.price.empty() ? "" : "<b class='price'>" + good.price + "</b>") + "</li>";
    return html + "</ul>" + kFoot;
}

std::string detail_page(const Good &good) {
    return kHead + "<article><h1>" + good.name + "</h1><dl class='facts'><dt>Maker</dt><dd>" + good.maker +
           "</dd></dl></article>" + kFoot;
}

std::string maker_page(const std::string &maker) {
    return kHead + "<section class='maker'><h1>" + maker + "</h1><p class='life'>Makes things.</p></section>" + kFoot;
}

const std::map<std::string, std::string> kWrappers{
    {"list", R"({"rows":{"xpath":"//li[@class='good']","min":1},"columns":{"name":{"xpath":"./h3"},)"
             R"("price":{"xpath":"./b[@class='price']","type":"numeric"}}})"},
    {"detail",
     R"({"columns":{"name":{"xpath":"//h1"},"maker":{"xpath":"//dt[.='Maker']/following-sibling::dd","required":true}}})"},
    {"maker", R"({"columns":{"name":{"xpath":"//h1"},"life":{"xpath":"//p[@class='life']","required":true}}})"}};

std::vector<PageTemplate> templates(bool with_examples) {
    const auto all = goods(12);
    std::vector<PageTemplate> made;
    for (const auto &[name, wrapper] : kWrappers) {
        PageTemplate one{name, wrapper_from_json(wrapper), {}, {}};
        if (with_examples)
            one.example = name == "list" ? list_page(all) : name == "detail" ? detail_page(all[0]) : maker_page("Moor");
        made.push_back(std::move(one));
    }
    return made;
}

std::vector<TemplateMatch> classify(const std::string &html, const std::vector<PageTemplate> &known) {
    const auto page = parse_html(html);
    return classify_page([&](HtmlParser) -> const Document & { return *page; }, known, {});
}

TEST(Classify, TellsTemplatesOfOneSiteApartWithAndWithoutExamples) {
    const auto others = goods(9, 40);
    const std::map<std::string, std::string> pages{{"list", list_page({others.begin(), others.begin() + 2})},
                                                   {"detail", detail_page(others[5])},
                                                   {"maker", maker_page("Lund")}};
    for (const bool with_examples : {true, false})
        for (const auto &[name, html] : pages) {
            SCOPED_TRACE(name);
            const auto known = templates(with_examples);
            const auto matches = classify(html, known);
            EXPECT_EQ(known[matches[0].index].name, name);
            EXPECT_TRUE(matches[0].is_valid);
            EXPECT_EQ(matches[0].structure.has_value(), with_examples);
            EXPECT_GT(matches[0].similarity, matches[1].similarity + 0.2);
        }
}

TEST(Classify, PagesOfNoTemplateAreUnlike) {
    for (const std::string &html :
         {std::string(), kHead + "<div class='faq'><h2>Why?</h2><ol><li>So.</li></ol></div>" + kFoot,
          std::string("<table><tr><td><font>old</font></table>")})
        for (const bool with_examples : {true, false}) {
            const auto matches = classify(html, templates(with_examples));
            EXPECT_LT(matches[0].similarity, 0.4) << html;
            EXPECT_FALSE(matches[0].is_valid) << html;
        }
}

TEST(Classify, HowOftenAListRepeatsItselfDoesNotMatter) {
    EXPECT_EQ(signature_of(*parse_html(list_page(goods(6)))), signature_of(*parse_html(list_page(goods(60)))));
    EXPECT_NE(signature_of(*parse_html(list_page(goods(6)))), signature_of(*parse_html(maker_page("Moor"))));
    const auto known = templates(true);
    const auto matches = classify(list_page(goods(12)), known);
    EXPECT_DOUBLE_EQ(*matches[0].structure, 1);
    EXPECT_DOUBLE_EQ(matches[0].similarity, 1);
    EXPECT_EQ(matches[0].records, 12U);
}

TEST(Classify, AWrapperThatFailsLowersButDoesNotHideTheTemplate) {
    auto broken = goods(6);
    for (Good &good : broken)
        good.price = "soon";
    const auto known = templates(true);
    const auto matches = classify(list_page(broken), known);
    EXPECT_EQ(known[matches[0].index].name, "list");
    EXPECT_FALSE(matches[0].is_valid);
    EXPECT_EQ(matches[0].problem, "price: row 1: \"soon\" is not numeric");
    EXPECT_GT(matches[0].similarity, 0.7);
    EXPECT_LT(matches[0].similarity, 1);
}

TEST(Classify, TellingPatternsCountMoreThanTags) {
    std::vector<PageTemplate> known{
        {"bare", wrapper_from_json(R"({"columns":{"name":{"xpath":"//h1"}}})"), {}, {}},
        {"named",
         wrapper_from_json(R"({"columns":{"name":{"xpath":"//h1"},"life":{"xpath":"//p[@class='life']"}}})"),
         {},
         {}}};
    const auto matches = classify(maker_page("Moor"), known);
    EXPECT_EQ(matches[0].index, 1U);
    EXPECT_TRUE(matches[1].is_valid);
}

TEST(Classify, TemplatesFromJson) {
    const auto known = templates_from_json(
        R"({"a":{"columns":{"x":{"xpath":"//p"}}},"b":{"wrapper":{"columns":{"x":{"xpath":"//b"}}},"example":"<p>","options":{"threshold":0.8}}})");
    ASSERT_EQ(known.size(), 2U);
    EXPECT_EQ(known[0].wrapper.columns[0].xpath, "//p");
    EXPECT_EQ(known[1].example, "<p>");
    EXPECT_EQ(known[1].options_json, R"({"threshold":0.8})");
    for (const char *bad : {"[]", R"({"a":1})", R"({"a":{"wrapper":{"columns":{"x":{"xpath":"//b"}}},"more":1}})"})
        try {
            (void)templates_from_json(bad);
            ADD_FAILURE() << bad;
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kInvalidOption);
        }
}

} // namespace
} // namespace webwrap
