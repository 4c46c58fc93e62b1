#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {
namespace {

NodeId find_element(const Document &document, std::string_view name) {
    for (NodeId node = 0; node < document.size(); ++node)
        if (document.is_element(node) && document.name(node) == name)
            return node;
    return kNoNode;
}

TEST(ParseHtml, ArraysAreInDocumentOrder) {
    const auto document = parse_html("<ul><li class=x>a<li>b</ul><p>c");
    const NodeId list = find_element(*document, "ul");
    ASSERT_NE(list, kNoNode);
    const NodeId first = document->first_child(list);
    const NodeId second = document->next_sibling(first);
    EXPECT_EQ(document->string_value(first), "a");
    EXPECT_EQ(document->string_value(second), "b");
    EXPECT_EQ(document->next_sibling(second), kNoNode);
    EXPECT_EQ(document->attribute_value(first, "class"), "x");
    EXPECT_EQ(document->attribute_value(second, "class").data(), nullptr);
    for (NodeId node = 1; node < document->size(); ++node) {
        EXPECT_LT(document->parent(node), node);
        EXPECT_LE(document->end_of(node), document->end_of(document->parent(node)));
    }
}

TEST(ParseHtml, EmptyAndTextOnlyInputAreDocuments) {
    EXPECT_EQ(parse_html("")->name(parse_html("")->root_element()), "html");
    EXPECT_EQ(parse_html_libxml("")->root_element(), kNoNode);
    EXPECT_EQ(parse_html("hello")->string_value(0), "hello");
}

TEST(ParseHtml, EmptyAttributeIsPresent) {
    const auto document = parse_html("<input disabled value=''>");
    const NodeId input = find_element(*document, "input");
    EXPECT_NE(document->attribute_value(input, "value").data(), nullptr);
    EXPECT_NE(document->attribute_value(input, "disabled").data(), nullptr);
}

TEST(ParseHtml, EntitiesInAttributesAreResolved) {
    const auto document = parse_html("<a href='?a=1&amp;b=&eacute;'>x</a>");
    EXPECT_EQ(document->attribute_value(find_element(*document, "a"), "href"), "?a=1&b=é");
}

TEST(ParseHtml, CharsetOfMetaIsIgnored) {
    const auto document = parse_html("<meta charset=iso-8859-1><p>\xC3\xA9");
    EXPECT_EQ(document->string_value(find_element(*document, "p")), "\xC3\xA9");
}

TEST(ParseHtmlLibxml, DepthLimitIsAnErrorThatNamesItsSetting) {
    std::string deep;
    for (int i = 0; i < 50'000; ++i)
        deep += "<div>";
    try {
        (void)parse_html_libxml(deep);
        FAIL() << "no error";
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::kLimitExceeded);
        EXPECT_EQ(e.message(), "page nests elements deeper than 512 levels");
        EXPECT_EQ(e.hint(), "Raise webwrap.max_depth.");
    }
}

TEST(ParseHtml, DepthBelowTheLimitIsKept) {
    std::string deep;
    for (int i = 0; i < 500; ++i)
        deep += "<div>";
    const auto document = parse_html(deep + "x");
    NodeId last = document->size() - 1;
    EXPECT_EQ(document->kind(last), NodeKind::kText);
    EXPECT_EQ(document->depth(last), 503);
}

TEST(ParseHtml, NodeLimitIsAnError) {
    Limits limits;
    limits.max_nodes = 100;
    std::string wide;
    for (int i = 0; i < 200; ++i)
        wide += "<p>x</p>";
    EXPECT_THROW((void)parse_html(wide, limits), Error);
}

struct Canceled {};

TEST(ParseHtmlLibxml, PendingInterruptStopsTheParser) {
    Interrupt::pending_hook = []() noexcept { return true; };
    static int polls;
    polls = 0;
    Interrupt::poll_hook = [] {
        if (++polls > 1)
            throw Canceled{};
    };
    EXPECT_THROW((void)parse_html_libxml("<p>x<p>y"), Canceled);
    Interrupt::pending_hook = nullptr;
    Interrupt::poll_hook = nullptr;
}

TEST(ParseHtmlLibxml, HarmlessInterruptLosesNothing) {
    static int asked;
    asked = 0;
    Interrupt::pending_hook = []() noexcept { return ++asked == 2; };
    const auto document = parse_html_libxml("<p>x</p><p>y</p><p>z</p>");
    Interrupt::pending_hook = nullptr;
    EXPECT_GT(asked, 2);
    EXPECT_EQ(document->string_value(0), "xyz");
}

TEST(ParseXml, OnlyWellFormedInputIsADocument) {
    EXPECT_EQ(parse_xml("<a><b></a>"), nullptr);
    EXPECT_EQ(parse_xml(""), nullptr);
    const auto document = parse_xml("<root><b/><B x='1'>t</B></root>");
    ASSERT_NE(document, nullptr);
    EXPECT_TRUE(document->is_xml());
    EXPECT_NE(find_element(*document, "B"), kNoNode);
}

TEST(ParseXml, ExternalEntitiesAreNotLoaded) {
    const auto document = parse_xml("<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r>");
    ASSERT_NE(document, nullptr);
    EXPECT_EQ(document->string_value(0), "");
}

TEST(ParseXml, DepthLimitOfTheLibraryIsAnError) {
    std::string deep;
    for (int i = 0; i < 400; ++i)
        deep += "<n>";
    for (int i = 0; i < 400; ++i)
        deep += "</n>";
    EXPECT_THROW((void)parse_xml(deep), Error);
}

TEST(ParseMarkup, RootDecidesBetweenXmlAndHtml) {
    EXPECT_TRUE(parse_markup("<root><b/></root>")->is_xml());
    EXPECT_FALSE(parse_markup("<div><b>x</b></div>")->is_xml());
    EXPECT_FALSE(parse_markup("<root><b></root>")->is_xml());
}

} // namespace
} // namespace webwrap
