#include <gtest/gtest.h>

#include "core/base/interrupt.hpp"
#include "core/parse/parse.hpp"
#include "core/select/memory.hpp"
#include "test/unit/select/differential.hpp"

namespace webwrap {
namespace {

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

std::string value(const Document &document, const std::string &path, const Limits &limits = {}) {
    return test::ours(path, document, 0, limits);
}

constexpr int kMany = 40'000;

/* Within 50 operations a node or so: nothing quadratic fits. */
Limits linear_limits(const Document &document) {
    Limits limits;
    limits.max_xpath_operations = 50 * std::int64_t{document.size()};
    return limits;
}

class LinearTest : public testing::TestWithParam<const char *> {};

TEST_P(LinearTest, CostsAFewOperationsANode) {
    const auto document = parse_html("<div>" + repeated("<p>x</p><q>y</q>", kMany) + "</div>");
    ASSERT_TRUE(XPath(GetParam()).is_compiled());
    EXPECT_EQ(value(*document, GetParam(), linear_limits(*document)).find("error"), std::string::npos)
        << value(*document, GetParam(), linear_limits(*document));
}

INSTANTIATE_TEST_SUITE_P(Hostile, LinearTest,
                         testing::Values("//p = //q", "//p != //p", "//p < //q", "count(//p[. = //q])", "//p[1]",
                                         "//p[last()]", "//p[position() mod 2 = 0]", "count(//p/following-sibling::q)",
                                         "count(//p/preceding-sibling::*)", "count(//p/following::q)",
                                         "count(//q/preceding::p)", "count(//p/ancestor::*)", "count(//p/..)",
                                         "count(//p/../*)", "count(//p | //q)", "//*[count(*) > 3]", "(//p)[last()]",
                                         "sum(//p)", "count(//p[following-sibling::*[1][self::q]])",
                                         "count(//q[preceding-sibling::*[1][self::p]])",
                                         "count(//node()//node()//node())", "count(//p[count(//q) > 1])", "string(/)",
                                         "//*[count(//*[count(//*) > 1]) > 1]"));

TEST(EngineTest, QuadraticExpressionsEndInALimitError) {
    const auto document = parse_html("<div>" + repeated("<p>x</p><q>y</q>", kMany) + "</div>");
    Limits limits;
    limits.max_xpath_operations = 5'000'000;
    for (const char *path : {"//p[count(following-sibling::p) > 20000]", "count(//p[count(preceding::q) = 3])",
                             "//p[following::q[. = 'z']]", "//p[contains(string(/), 'nope')]"})
        EXPECT_EQ(value(*document, path, limits),
                  "error XPath \"" + std::string(path) + "\" needs more than 5000000 operations");
}

TEST(EngineTest, LimitNamesTheExpressionAndTheSetting) {
    const auto document = parse_html(repeated("<p>x</p>", 100));
    Limits limits;
    limits.max_xpath_operations = 150;
    try {
        (void)XPath("//p[. = 'y']").evaluate(*document, 0, limits);
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kLimitExceeded);
        EXPECT_EQ(error.message(), "XPath \"//p[. = 'y']\" needs more than 150 operations");
        EXPECT_EQ(error.hint(), "Raise webwrap.max_xpath_operations or make the path more specific.");
    }
}

TEST(EngineTest, DeepDocumentsCostWhatTheyHold) {
    const auto document = parse_html(repeated("<div>", 400) + "x");
    EXPECT_EQ(value(*document, "count(//div[count(.//*) > 3])"),
              test::libxml("count(//div[count(.//*) > 3])", *document, 0, {}));
    EXPECT_EQ(value(*document, "count(//div//div//div//div)", linear_limits(*document)), "value 397");
    EXPECT_EQ(value(*document, "count(//div/ancestor::div)", linear_limits(*document)), "value 399");
}

TEST(EngineTest, LongAndDeepExpressionsDoNotOverflow) {
    const auto document = parse_html("<p>x</p>");
    std::string sum = "1";
    for (int i = 0; i < 5'000; ++i)
        sum += " + 1";
    const std::string parentheses = repeated("(", 300) + "1" + repeated(")", 300);
    const std::string predicates = "//p" + repeated("[. and //p", 300) + repeated("]", 300);
    const std::string nested = "//p" + repeated("[. and .//text()/parent::p", 95) + repeated("]", 95);
    EXPECT_TRUE(XPath(nested).is_compiled());
    EXPECT_FALSE(XPath(predicates).is_compiled());
    for (const std::string &path : {sum, parentheses, predicates, nested}) {
        EXPECT_EQ(test::ours(path, *document, 0, {}), test::libxml(path, *document, 0, {})) << path.substr(0, 40);
    }
}

thread_local int polls = 0;

TEST(EngineTest, PollsAsItRuns) {
    const auto document = parse_html("<div>" + repeated("<p>x</p>", kMany) + "</div>");
    Interrupt::poll_hook = [] { ++polls; };
    polls = 0;
    (void)XPath("count(//p[. = 'x'])").evaluate(*document);
    Interrupt::poll_hook = nullptr;
    EXPECT_GT(polls, kMany / 4096);
}

struct Cancelled {};

TEST(EngineTest, ACancelledEvaluationLeavesTheDocumentUsable) {
    const auto document = parse_html("<div>" + repeated("<p class='a'>x</p>", kMany) + "</div>");
    for (const char *path : {"//p", "//p[. = //p]", "id('x')"}) {
        Interrupt::poll_hook = [] {
            if (--polls == 0)
                throw Cancelled{};
        };
        for (polls = 1; polls < 8; ++polls) {
            const int wait = polls;
            try {
                (void)XPath(path).evaluate(*document);
            } catch (const Cancelled &) {
            }
            polls = wait;
        }
        Interrupt::poll_hook = nullptr;
        EXPECT_EQ(value(*document, path), value(*test::copy_arrays(*document), path)) << path;
    }
}

TEST(EngineTest, ProgramsServeManyDocuments) {
    const XPath path("//b[@x]/i");
    const auto one = parse_html("<i></i><b x=1><i>1</i></b>");
    const auto other = parse_html("<p x=2></p><b><i>2</i></b><b x=3><i>3</i></b>");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(string_value(*one, path.evaluate(*one).nodes.at(0)), "1");
        EXPECT_EQ(string_value(*other, path.evaluate(*other).nodes.at(0)), "3");
    }
    for (int i = 0; i < 100; ++i) /* more programs than the document remembers */
        EXPECT_EQ(value(*one, "count(//i[" + std::to_string(i + 1) + "])"), i == 0 ? "value 2" : "value 0");
    EXPECT_EQ(path.evaluate(*one).nodes.size(), 1u);
}

TEST(MirrorTest, HasTheNodesOfTheArraysUnderAnyName) {
    DocumentBuilder builder(Limits{});
    builder.open_element("html");
    builder.open_element("a:b");
    builder.add_attribute("@click", "1");
    builder.add_attribute("\"", "2");
    builder.add_attribute("id", "x");
    builder.add_attribute("empty", "");
    builder.add_text("one");
    builder.add_text("two"); /* two nodes, side by side */
    builder.add_comment("c");
    builder.close_element();
    builder.close_element();
    const auto document = builder.finish(false, nullptr);
    EXPECT_EQ(document->mirror(), nullptr);
    EXPECT_EQ(test::libxml("//node()", *document, 0, {}), "5 nodes 1 2 3 4 5");
    EXPECT_NE(document->mirror(), nullptr);
    EXPECT_EQ(test::libxml("//@*", *document, 0, {}), "4 nodes 2@0 2@1 2@2 2@3");
    EXPECT_EQ(value(*document, "id('x')"), "1 nodes 2");
    EXPECT_EQ(test::libxml("name(//@*)", *document, 0, {}), "value @click");
    EXPECT_EQ(test::libxml("count(//@*[. = ''])", *document, 0, {}), "value 1");
    EXPECT_EQ(test::libxml("string(/)", *document, 0, {}), "value onetwo");
}

TEST(MirrorTest, IsMadeOnlyForWhatNeedsIt) {
    const auto document = test::copy_arrays(*parse_html("<p id=x>one</p>"));
    (void)XPath("//p").evaluate(*document);
    EXPECT_EQ(document->mirror(), nullptr);
    const std::size_t before = memory_of(*document);
    EXPECT_EQ(value(*document, "id('x')"), "1 nodes 4");
    EXPECT_NE(document->mirror(), nullptr);
    EXPECT_GT(memory_of(*document), before);
}

TEST(MirrorTest, CountsAgainstTheMemoryOfADocument) {
    const auto document = test::copy_arrays(*parse_html(repeated("<p class='x'>one</p>", 1000)));
    Limits limits;
    limits.max_document_memory_bytes = document->memory_bytes() + 1000;
    EXPECT_EQ(value(*document, "count(//p)", limits), "value 1000");
    EXPECT_EQ(value(*document, "count(//p[lang('en')])", limits),
              "error document with its tree for libxml2 needs more than " +
                  std::to_string(limits.max_document_memory_bytes >> 10) + " kB of memory");
    EXPECT_EQ(value(*document, "count(//p[lang('en')])"), "value 0");
}

TEST(EngineTest, WordsOfAnAttributeAreFoundAsWritten) {
    const auto document =
        parse_html("<p class='a  b'>1<p class='ab'>2<p class='\tb\n'>3<p title='b'>4<p class='b-c'>5<b class=b>6</b>");
    for (const char *path : {"//p[contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
                             "//*[contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
                             "//text()[contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
                             "//@*[contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
                             "//p[contains(concat(' ', normalize-space(@title), ' '), ' b ')]",
                             "//p[contains(concat(' ', normalize-space(@class), ' '), ' a b ')]",
                             "//p[contains(concat(' ', normalize-space(@class), ' '), '  ')]",
                             "//p[contains(concat(' ', normalize-space(@class), ' '), ' b')]",
                             "//p[2][contains(concat(' ', normalize-space(@class), ' '), ' b ')]",
                             "//p[contains(concat(' ', normalize-space(@class), ' '), ' b ')][2]",
                             "(//p)[contains(concat(' ', normalize-space(@class), ' '), ' b ')]"})
        for (int i = 0; i < 5; ++i) /* with and without the index */
            EXPECT_EQ(test::ours(path, *document, 0, {}), test::libxml(path, *document, 0, {})) << path;
}

/* libxml2 streams paths without brackets, and loses the node itself then. */
TEST(EngineTest, TheContextNodeIsBelowItself) {
    const auto document = parse_html("<p>x");
    const NodeId body = 3;
    for (const std::string path : {".//.", ".//./.", ".//.|p"}) {
        EXPECT_EQ(test::ours(path, *document, body, {}), "3 nodes 3 4 5") << path;
        EXPECT_EQ(test::libxml("(" + path + ")", *document, body, {}), "3 nodes 3 4 5") << path;
    }
}

TEST(MirrorTest, XmlKeepsItsNamespaces) {
    const auto document = parse_xml("<r xmlns:x='u'><x:a>1</x:a><a>2</a></r>");
    EXPECT_EQ(value(*document, "//a"), "1 nodes 4");
    EXPECT_EQ(value(*document, "name(//*[2])"), "value a");
    EXPECT_EQ(value(*document, "local-name(/*/*[1])"), "value a");
    EXPECT_EQ(value(*document, "namespace-uri(/*/*[1])"), "value u");
}

} // namespace
} // namespace webwrap
