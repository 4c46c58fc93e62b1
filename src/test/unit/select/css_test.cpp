#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/select/css.hpp"
#include "test/unit/select/differential.hpp"

namespace webwrap {
namespace {

constexpr const char *kFolder = "src/test/unit/select/";

constexpr std::string_view kPage = R"(<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>
<div id="d1" class="a b"><p id="p1" class="first">one</p><p id="p2" lang="de-AT">two <a id="a1" href="/x.html" rel="NEXT">x</a></p>
<ul id="u1"><li id="l1" class="a">1</li><li id="l2">2</li><!-- c --><li id="l3" class="a B">3</li><li id="l4"></li></ul></div>
<div id="d2"><h2 id="h">h</h2><p id="p3">three</p><span id="s1"> </span><span id="s2"><!-- c --></span>
<form id="f"><fieldset id="fs" disabled><legend id="g"><input id="i1"></legend><input id="i2" required><p id="p4"><button id="b1">b</button></p></fieldset>
<input id="i3" type="checkbox" checked><input id="i4" type="submit"><select id="se"><optgroup id="og" disabled><option id="o1">1</optgroup><option id="o2" selected>2</select>
<textarea id="ta" readonly></textarea></form><a id="a2">no link</a></div></body></html>)";

std::string ids(const Document &document, const Selection &selection) {
    std::string text;
    for (const NodeRef ref : selection.nodes) {
        const std::string_view id = document.attribute_value(ref.node, "id");
        text += (text.empty() ? "" : " ") + std::string(id.empty() ? document.name(ref.node) : id);
    }
    return text;
}

struct Case {
    const char *selector;
    const char *ids;
};

class CssTest : public testing::TestWithParam<Case> {};

TEST_P(CssTest, SelectsInDocumentOrder) {
    const auto document = parse_html(kPage);
    EXPECT_EQ(ids(*document, CssSelector(GetParam().selector).evaluate(*document)), GetParam().ids)
        << GetParam().selector;
}

INSTANTIATE_TEST_SUITE_P(Combinators, CssTest,
                         testing::Values(Case{"li", "l1 l2 l3 l4"}, Case{"LI", "l1 l2 l3 l4"},
                                         Case{"div p", "p1 p2 p3 p4"}, Case{"div > p", "p1 p2 p3"}, Case{"p + p", "p2"},
                                         Case{"p ~ ul", "u1"}, Case{"li + li", "l2 l3 l4"},
                                         Case{"#l1 ~ li", "l2 l3 l4"}, Case{"h2, p", "p1 p2 h p3 p4"},
                                         Case{"p, #p1, p", "p1 p2 p3 p4"}, Case{"div div", ""},
                                         Case{"body > div li.a", "l1 l3"}, Case{"*|li.a", "l1 l3"},
                                         Case{"p > *", "a1 b1"}));

INSTANTIATE_TEST_SUITE_P(Simple, CssTest,
                         testing::Values(Case{".a", "d1 l1 l3"}, Case{".a.b", "d1"}, Case{".b", "d1"},
                                         Case{"#p1.first", "p1"}, Case{"[class]", "d1 p1 l1 l3"},
                                         Case{"[class=a]", "l1"}, Case{"[class~=a]", "d1 l1 l3"},
                                         Case{"[class~='a b']", ""}, Case{"[lang|=de]", "p2"},
                                         Case{"[href^='/x']", "a1"}, Case{"[href$=html]", "a1"},
                                         Case{"[href*='.h']", "a1"}, Case{"[href*='']", ""}, Case{"[rel=next]", "a1"},
                                         Case{"[rel=next s]", ""}, Case{"[id=P1]", ""}, Case{"[id=P1 i]", "p1"},
                                         Case{"[ID=p1]", "p1"}, Case{".\\61", "d1 l1 l3"}, Case{"#\\70 1", "p1"},
                                         Case{"#p\\31", "p1"}, Case{"li/* no */.a", "l1 l3"}));

INSTANTIATE_TEST_SUITE_P(Structure, CssTest,
                         testing::Values(Case{"li:first-child", "l1"}, Case{"li:last-child", "l4"},
                                         Case{"a:only-child", "a1"}, Case{"p:first-of-type", "p1 p3 p4"},
                                         Case{"p:last-of-type", "p2 p3 p4"}, Case{"p:only-of-type", "p3 p4"},
                                         Case{"li:nth-child(2)", "l2"}, Case{"li:nth-child(odd)", "l1 l3"},
                                         Case{"li:nth-child(-n+2)", "l1 l2"}, Case{"li:nth-child(n+3)", "l3 l4"},
                                         Case{"li:nth-last-child(2)", "l3"}, Case{"li:nth-child(2 of .a)", "l3"},
                                         Case{"li:nth-last-child(1 of .a)", "l3"},
                                         Case{"li:nth-child( 2n + 1 of .a )", "l1"}, Case{"p:nth-of-type(2)", "p2"},
                                         Case{"span:nth-last-of-type(1)", "s2"}, Case{"li:empty", "l4"},
                                         Case{"span:empty", "s2"}, Case{":root", "html"}, Case{":scope > body", "body"},
                                         Case{"html:first-child", "html"}));

INSTANTIATE_TEST_SUITE_P(Logic, CssTest,
                         testing::Values(Case{"li:not(.a)", "l2 l4"}, Case{"li:not(:first-child, .a)", "l2 l4"},
                                         Case{"p:not(#d1 > p)", "p3 p4"}, Case{":is(#l1, #l2)", "l1 l2"},
                                         Case{":where(#d1, #d2) > p", "p1 p2 p3"}, Case{":is()", ""},
                                         Case{"div:has(ul)", "d1"}, Case{"p:has(> a)", "p2"}, Case{"p:has(+ ul)", "p2"},
                                         Case{"p:has(~ ul)", "p1 p2"}, Case{"div:has(h2 + p)", "d2"},
                                         Case{"div:not(:has(form))", "d1"}, Case{":lang(de)", "p2 a1"},
                                         Case{"li:lang(en)", "l1 l2 l3 l4"}, Case{"a:lang('*-AT')", "a1"},
                                         Case{"p:lang(de-DE)", ""}));

INSTANTIATE_TEST_SUITE_P(Forms, CssTest,
                         testing::Values(Case{":any-link", "a1"}, Case{":link", "a1"}, Case{":checked", "i3 o2"},
                                         Case{":disabled", "fs i2 b1 og o1"}, Case{":enabled", "i1 i3 i4 se o2 ta"},
                                         Case{":required", "i2"}, Case{":optional", "i1 i3 i4 se ta"},
                                         Case{":read-write", "i1"}, Case{"form > :read-only", "fs i3 i4 se ta"}));

TEST(CssSelectorTest, ContextBoundsTheResultNotTheSelector) {
    const auto document = parse_html(kPage);
    const NodeId list = CssSelector("#u1").evaluate(*document).nodes.at(0).node;
    EXPECT_EQ(ids(*document, CssSelector("div li.a").evaluate(*document, list)), "l1 l3");
    EXPECT_EQ(ids(*document, CssSelector(":scope > li + li").evaluate(*document, list)), "l2 l3 l4");
    EXPECT_EQ(ids(*document, CssSelector("p").evaluate(*document, list)), "");
    EXPECT_EQ(ids(*document, CssSelector("ul").evaluate(*document, list)), "") << "an element is not below itself";
    EXPECT_EQ(ids(*document, CssSelector(":scope").evaluate(*document, list)), "");
}

struct BadSelector {
    const char *selector;
    const char *reason;
};

TEST(CssSelectorTest, ErrorsNameTheSelectorTheReasonAndTheCharacter) {
    for (const BadSelector &bad :
         {BadSelector{"", "unexpected end at character 1"},
          BadSelector{"li >", "unexpected end at character 5"},
          BadSelector{"> li", "unexpected \">\" at character 1"},
          BadSelector{"li,", "unexpected end at character 4"},
          BadSelector{"li..a", "unexpected \".\" at character 4"},
          BadSelector{"[href", "unexpected end at character 6"},
          BadSelector{"[href=]", "a name or a string in quotes is needed at character 7"},
          BadSelector{"[href='x]", "unfinished string at character 7"},
          BadSelector{"[href=x y]", "unexpected \"y\" at character 9"},
          BadSelector{"#1a", "an id cannot start with a digit at character 1"},
          BadSelector{"a:hover", "pseudo-class \":hover\" depends on more than the page at character 2"},
          BadSelector{"ä:Focus", "pseudo-class \":focus\" depends on more than the page at character 2"},
          BadSelector{"a:nope", "unknown pseudo-class \":nope\" at character 2"},
          BadSelector{"a:nope(1)", "unknown pseudo-class \":nope\" at character 2"},
          BadSelector{"a::before", "pseudo-element \"::before\" is no node of a page at character 2"},
          BadSelector{"a:after", "pseudo-element \"::after\" is no node of a page at character 2"},
          BadSelector{"svg|rect", "namespaces are not supported at character 1"},
          BadSelector{"a || b", "columns are not supported at character 3"},
          BadSelector{"li:nth-child(x)", "an+b, odd, even or a number is needed at character 14"},
          BadSelector{"li:nth-child(2 n)", "an+b, odd, even or a number is needed at character 14"},
          BadSelector{"li:nth-child(+ 2n)", "an+b, odd, even or a number is needed at character 14"},
          BadSelector{"li:nth-child()", "an+b, odd, even or a number is needed at character 14"},
          BadSelector{"li:nth-of-type(2 of .a)", "unexpected \"of\" at character 18"},
          BadSelector{"li:not()", "unexpected \")\" at character 8"},
          BadSelector{"li:not(.a", "unexpected end at character 10"},
          BadSelector{"a b$", "unexpected \"$\" at character 4"}}) {
        try {
            (void)CssSelector(bad.selector);
            ADD_FAILURE() << bad.selector << " gave no error";
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kInvalidSelector);
            EXPECT_EQ(error.message(), "invalid CSS selector \"" + std::string(bad.selector) + "\": " + bad.reason);
        }
    }
}

TEST(CssSelectorTest, LengthAndNestingHaveLimits) {
    std::string deep = "a";
    for (int i = 0; i < 30; ++i)
        deep = ":not(" + deep + ")";
    EXPECT_THROW(CssSelector{deep}, Error);
    std::string longer = "a";
    for (int i = 0; i < 1000; ++i)
        longer += " a";
    EXPECT_THROW(CssSelector{longer}, Error);
    std::string list = "a";
    for (int i = 0; i < 10'000; ++i)
        list += ",b";
    EXPECT_NO_THROW(CssSelector{list});
}

TEST(CssSelectorTest, OperationLimitIsAnError) {
    const auto document = parse_html(kPage);
    Limits limits;
    limits.max_xpath_operations = 10;
    try {
        (void)CssSelector("div p").evaluate(*document, 0, limits);
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kLimitExceeded);
        EXPECT_EQ(error.message(), "CSS selector \"div p\" needs more than 10 operations");
    }
}

std::size_t count(std::string_view selector, std::string_view page) {
    return CssSelector(selector).evaluate(*parse_html(page)).nodes.size();
}

TEST(CssSelectorTest, QuirksModeFoldsClassesAndIds) {
    const std::string body = "<p class=Item id=One>x";
    EXPECT_EQ(count(".item", body), 1u);
    EXPECT_EQ(count("#one", body), 1u);
    EXPECT_EQ(count("[class=item]", body), 0u);
    EXPECT_EQ(count(".item", "<!DOCTYPE html>" + body), 0u);
    EXPECT_EQ(count("#one", "<!DOCTYPE html>" + body), 0u);
    EXPECT_EQ(count("#One.Item", "<!DOCTYPE html>" + body), 1u);
}

TEST(CssSelectorTest, NamesInForeignContentKeepTheirCase) {
    const std::string page =
        "<!DOCTYPE html><svg viewBox='0 0 1 1'><linearGradient/></svg><DIV xml:lang=de lang=en>x</DIV>"
        "<svg xml:lang=de><g></g></svg>";
    EXPECT_EQ(count("linearGradient", page), 1u);
    EXPECT_EQ(count("lineargradient", page), 0u);
    EXPECT_EQ(count("DIV", page), 1u);
    EXPECT_EQ(count("svg[viewBox]", page), 1u);
    EXPECT_EQ(count("g:lang(de)", page), 1u);
    EXPECT_EQ(count("div:lang(en)", page), 1u);
}

/* The translation says the same from the whole page and from every element. */
class CssToXPathTest : public testing::TestWithParam<const char *> {};

TEST_P(CssToXPathTest, SelectsTheSame) {
    const auto document = parse_html("<!DOCTYPE html>" + test::read_file(std::string(kFolder) + "pages/" + GetParam()));
    for (const std::string &selector : test::read_expressions(std::string(kFolder) + "selectors.txt")) {
        if (selector.starts_with("!"))
            continue;
        const CssSelector css(selector);
        const XPath page(css_to_xpath(selector, XPathContext::kPage));
        EXPECT_EQ(css.evaluate(*document).nodes, page.evaluate(*document).nodes) << selector << " as " << page.path();
        const XPath relative(css_to_xpath(selector, XPathContext::kElement));
        for (NodeId node = 1; node < document->size(); ++node)
            if (document->is_element(node)) {
                ASSERT_EQ(css.evaluate(*document, node).nodes, relative.evaluate(*document, node).nodes)
                    << selector << " as " << relative.path() << " from node " << node;
            }
    }
}

INSTANTIATE_TEST_SUITE_P(Pages, CssToXPathTest, testing::Values("list.html", "odd.html", "deep.html", "empty.html"));

TEST(CssSelectorTest, WhatXPathCannotSayIsAnError) {
    for (const std::string &line : test::read_expressions(std::string(kFolder) + "selectors.txt")) {
        if (!line.starts_with("!"))
            continue;
        EXPECT_NO_THROW(CssSelector{line.substr(1)}) << line;
        try {
            (void)css_to_xpath(line.substr(1), XPathContext::kElement);
            ADD_FAILURE() << line << " gave no error";
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kInvalidSelector);
            EXPECT_NE(error.message().find("cannot be written as an XPath"), std::string::npos) << error.message();
        }
    }
}

TEST(CssSelectorTest, TranslationsAreReadable) {
    EXPECT_EQ(css_to_xpath("ul > li a[href]", XPathContext::kPage), "//ul/li//a[@href]");
    EXPECT_EQ(css_to_xpath("h3 > a", XPathContext::kElement), ".//a[parent::h3]");
    EXPECT_EQ(css_to_xpath(":scope > h3 > a", XPathContext::kElement), "./h3/a");
    EXPECT_EQ(css_to_xpath(".year", XPathContext::kElement),
              ".//*[contains(concat(' ', normalize-space(@class), ' '), ' year ')]");
}

} // namespace
} // namespace webwrap
