#include <gtest/gtest.h>

#include "../fetch/errors.hpp"
#include "core/parse/page_text.hpp"

namespace webwrap {
namespace {

TEST(PageTextTest, WhatIsText) {
    for (const char *type :
         {"text/html", "text/plain", "text/csv", "application/xhtml+xml", "application/xml", "application/json",
          "application/ld+json", "application/rss+xml", "image/svg+xml", "application/javascript"})
        EXPECT_TRUE(is_text_body(type, "\x01")) << type;
    for (const char *type : {"image/png", "application/pdf", "application/octet-stream", "application/zip"})
        EXPECT_FALSE(is_text_body(type, "<html>")) << type;
    EXPECT_TRUE(is_text_body("", "<p>text\r\n\t\x1B[0m"));
    EXPECT_TRUE(is_text_body("", std::string_view("\xFF\xFEp\0", 4)));
    EXPECT_FALSE(is_text_body("", std::string_view("\x89PNG\r\n\x1A\n\0", 9)));
}

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

TEST(PageTextTest, OtherThanTextIsNothing) { EXPECT_FALSE(page_text(response_of("image/png", "", "\x89PNG"))); }

} // namespace
} // namespace webwrap
