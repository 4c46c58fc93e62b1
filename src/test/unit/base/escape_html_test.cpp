#include "core/base/escape_html.hpp"

#include <gtest/gtest.h>

namespace webwrap {
namespace {

TEST(EscapeHtml, escapes_markup_and_what_hides_text) {
    EXPECT_EQ(escape_html("<a href=\"x\" title='y'>&amp;"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;");
    EXPECT_EQ(escape_html(std::string_view("a\0b\x1b\x7f", 5)), "a\uFFFDb\uFFFD\uFFFD");
    EXPECT_EQ(escape_html("x\u202Ey\u2066z\u200F\u0085"), "x\uFFFDy\uFFFDz\uFFFD\uFFFD");
    EXPECT_EQ(escape_html("é\u2026\u20AC\U0001F600\n\t"), "é\u2026\u20AC\U0001F600\n\t");
    EXPECT_EQ(escape_html("cut \xE2\x80"), "cut \xE2\x80");
    EXPECT_EQ(escape_html("one\r\ntwo"), "one\r\ntwo");
}

} // namespace
} // namespace webwrap
