#include <gtest/gtest.h>

#include "../fetch/errors.hpp"
#include "core/parse/page_text.hpp"

namespace webwrap {
namespace {

Response response_of(const std::string &type, const std::string &charset, const std::string &body) {
    Response response;
    response.final_url = "http://a/x";
    response.content_type = type;
    response.charset = charset;
    response.body = body;
    return response;
}

TEST(PageTextTest, ErrorsNameTheUrl) {
    const Response wrong = response_of("text/html", "utf-8", "<p>Gr\xFC\xDF");
    const auto error = test::error_of([&] { (void)page_text(wrong); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kDecoding);
    EXPECT_EQ(error->message(), "could not decode \"http://a/x\": invalid UTF-8 at byte offset 5: 0xfc");
    const auto text = page_text(response_of("text/html", "", "<p>Gr\xFC\xDF"));
    ASSERT_TRUE(text);
    EXPECT_EQ(text->text, "<p>Gr\u00fc\u00df");
    EXPECT_EQ(text->encoding, "windows-1252");
}

TEST(PageTextTest, MetaCountsInMarkupOnly) {
    const std::string body = "{\"html\": \"<meta charset=windows-1251> \u00e9\"}";
    EXPECT_EQ(page_text(response_of("application/json", "", body))->encoding, "UTF-8");
    EXPECT_EQ(page_text(response_of("text/html", "", body))->encoding, "windows-1251");
}

TEST(PageTextTest, TheHeaderIsReadAsItWasSent) {
    Response response = response_of("text/plain", "", std::string("a\0b", 3));
    EXPECT_FALSE(page_text(response));
    response.headers = {{"content-type", "image/png"}, {"content-type", "text/plain; charset=x"}};
    EXPECT_TRUE(page_text(response));
    response.headers = {{"content-type", "text/plain"}};
    EXPECT_FALSE(page_text(response));
    response.headers.emplace_back("x-content-type-options", " NoSniff , x");
    EXPECT_EQ(page_text(response)->text, "a\uFFFDb");
}

TEST(PageTextTest, OtherThanTextIsNothing) { EXPECT_FALSE(page_text(response_of("image/png", "", "\x89PNG"))); }

} // namespace
} // namespace webwrap
