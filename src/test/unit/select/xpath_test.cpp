#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {
namespace {

std::vector<std::string> values(const Document &document, std::string_view path, NodeId context = 0) {
    std::vector<std::string> found;
    const Selection selection = XPath(path).evaluate(document, context);
    if (!selection.is_node_set)
        return {selection.value};
    for (const NodeRef ref : selection.nodes)
        found.push_back(string_value(document, ref));
    return found;
}

using Strings = std::vector<std::string>;

constexpr std::string_view kPage = "<html><body><ul id=l><li class='a b'>one</li><li>two <b>x</b></li></ul>"
                                   "<a href='/u?x=1&amp;y=2' title='t'>link</a></body></html>";

TEST(XPathTest, SelectsNodesAttributesAndValues) {
    const auto document = parse_html(kPage);
    EXPECT_EQ(values(*document, "//li"), (Strings{"one", "two x"}));
    EXPECT_EQ(values(*document, "//a/@*"), (Strings{"/u?x=1&y=2", "t"}));
    EXPECT_EQ(values(*document, "count(//li)"), Strings{"2"});
    EXPECT_EQ(values(*document, "//li/text()"), (Strings{"one", "two "}));
    EXPECT_EQ(values(*document, "string(//b)"), Strings{"x"});
    EXPECT_EQ(values(*document, "//li = 'one'"), Strings{"true"});
    EXPECT_EQ(values(*document, "//b | //li[1]"), (Strings{"one", "x"}));
}

TEST(XPathTest, ContextNodeMakesRelativePaths) {
    const auto document = parse_html(kPage);
    const Selection rows = XPath("//li").evaluate(*document);
    ASSERT_EQ(rows.nodes.size(), 2u);
    EXPECT_EQ(values(*document, ".//b", rows.nodes[1].node), Strings{"x"});
    EXPECT_EQ(values(*document, ".//b", rows.nodes[0].node), Strings{});
}

TEST(XPathTest, DocumentNodeHasAPlace) {
    const auto document = parse_html(kPage);
    const Selection selection = XPath("/").evaluate(*document);
    ASSERT_EQ(selection.nodes.size(), 1u);
    EXPECT_EQ(selection.nodes[0], (NodeRef{0, -1}));
}

struct BadPath {
    const char *path;
    const char *message;
};

TEST(XPathTest, ErrorsNameThePathAndTheReason) {
    const auto document = parse_html(kPage);
    for (const BadPath &bad :
         {BadPath{"//li[", "invalid XPath \"//li[\": syntax error at character 6"}, BadPath{"", "XPath is empty"},
          BadPath{"nope(1)", "invalid XPath \"nope(1)\": unknown function"},
          BadPath{"//x:y", "invalid XPath \"//x:y\": unknown namespace prefix"},
          BadPath{"$v", "invalid XPath \"$v\": variables are not supported"},
          BadPath{"'abc", "invalid XPath \"'abc\": unfinished string literal at character 5"}}) {
        try {
            (void)XPath(bad.path).evaluate(*document);
            ADD_FAILURE() << bad.path << " gave no error";
        } catch (const Error &e) {
            EXPECT_EQ(e.kind(), ErrorKind::kInvalidXPath);
            EXPECT_EQ(e.message(), bad.message);
        }
    }
    EXPECT_EQ(values(*document, "count(//li)"), Strings{"2"}) << "an error leaves the document usable";
}

TEST(XPathTest, OperationLimitIsAnError) {
    const auto document = parse_html(kPage);
    Limits limits;
    limits.max_xpath_operations = 10;
    try {
        (void)XPath("//*[count(//*[count(//*) > 1]) > 1]").evaluate(*document, 0, limits);
        FAIL() << "no error";
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::kLimitExceeded);
    }
}

TEST(SerializeTest, OuterHtmlFollowsTheHtmlStandard) {
    const auto document = parse_html("<p title='a\"b'>1 &lt; 2 &amp; 3<br>x<!--c--></p><script>a<b</script>");
    const Selection p = XPath("//p").evaluate(*document);
    EXPECT_EQ(outer_html(*document, p.nodes.at(0)), "<p title=\"a&quot;b\">1 &lt; 2 &amp; 3<br>x<!--c--></p>");
    const Selection script = XPath("//script").evaluate(*document);
    EXPECT_EQ(outer_html(*document, script.nodes.at(0)), "<script>a<b</script>");
    const Selection title = XPath("//p/@title").evaluate(*document);
    EXPECT_EQ(outer_html(*document, title.nodes.at(0)), "a\"b");
}

TEST(SerializeTest, PositionalPathSelectsItsNode) {
    const auto document = parse_html(kPage);
    for (const char *path : {"//b", "//li[2]", "//a/@title", "//li[1]/text()"}) {
        const NodeRef node = XPath(path).evaluate(*document).nodes.at(0);
        const Selection again = XPath(positional_path(*document, node)).evaluate(*document);
        ASSERT_EQ(again.nodes.size(), 1u) << path;
        EXPECT_EQ(again.nodes[0], node) << positional_path(*document, node);
    }
}

TEST(SerializeTest, LiteralsSurviveBothQuotes) {
    const auto document = parse_html("<p>x</p>");
    for (const char *text : {"plain", "it's", "say \"hi\"", "it's \"both\"", "'", ""})
        EXPECT_EQ(values(*document, "string(" + xpath_literal(text) + ")"), Strings{text});
}

} // namespace
} // namespace webwrap
