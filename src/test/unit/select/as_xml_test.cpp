#include "core/select/as_xml.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {
namespace {

struct Case {
    std::string_view given;
    std::string_view expected;
};

TEST(AsXmlTest, Coercions) {
    using namespace std::string_view_literals;
    for (const auto &[given, expected] : std::to_array<Case>({
             {"a\fb", "a b"},
             {"a\0b"sv, "a\uFFFDb"},
             {"a\xEF\xBF\xBF"
              "b",
              "a\uFFFDb"},
             {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
             {"\xC3", "\uFFFD"},
             {"\uFFFD \U0001F600", "\uFFFD \U0001F600"},
         }))
        EXPECT_EQ(coerce_xml_text(given), expected);
    for (const auto &[given, expected] : std::to_array<Case>({{"a--b", "a- -b"}, {"---", "- - - "}, {"-a-", "-a- "}}))
        EXPECT_EQ(coerce_xml_comment(given), expected);
    for (const auto &[given, expected] : std::to_array<Case>({
             {"data-id", "data-id"},
             {"@click", "U00040click"},
             {"1a", "U00031a"},
             {"v-on:x", "v-onU0003Ax"},
             {"xml:lang", "xml:lang"},
             {"xml:", "xmlU0003A"},
             {"xlink:href", "xlinkU0003Ahref"},
             {"gr\u00fc\u00df", "gr\u00fc\u00df"},
         }))
        EXPECT_EQ(coerce_xml_name(given), expected);
}

TEST(AsXmlTest, PagesAreWellFormed) {
    for (const auto &[given, expected] : std::to_array<Case>({
             {"<p>1<br>&lt;<!-- a -- b --->", "<html><head/><body><p>1<br/>&lt;<!-- a - - b - --></p></body></html>"},
             {"<script>if (a < b && c) x('\"')</script>",
              "<html><head><script>if (a &lt; b &amp;&amp; c) x('&quot;')</script></head><body/></html>"},
             {"<svg xmlns='http://www.w3.org/2000/svg' xlink:href=x viewbox=y><a:b @c=1 u00040c=2>",
              "<html><head/><body><svg xlinkU0003Ahref=\"x\" viewBox=\"y\"><aU0003Ab U00040c=\"1\" "
              "u00040c=\"2\"/></svg></body></html>"},
             {"<p a@=1 aU00040=2 @=3 @=4 a`=5>",
              "<html><head/><body><p aU00040=\"1\" au00040=\"2\" U00040=\"3\" aU00060=\"5\"/></body></html>"},
         })) {
        const std::string xml = as_xml(*parse_html(given));
        EXPECT_EQ(xml, expected);
        EXPECT_NE(parse_xml(xml), nullptr) << xml;
    }
}

TEST(AsXmlTest, TheLimitIsNamed) {
    Limits limits;
    limits.max_document_memory_bytes = 1024;
    try {
        (void)as_xml(*parse_html(std::string(5000, 'x') + "<p>y"), limits);
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.message(), "XML tags and texts of the page need more than 1 kB of memory");
    }
}

} // namespace
} // namespace webwrap
