#include "core/fetch/form.hpp"

#include <gtest/gtest.h>

#include "errors.hpp"

namespace webwrap {
namespace {

std::string form(const std::string &json) { return form_text("form", parse_exact_json(json)); }

TEST(ExactJsonTest, NothingIsLost) {
    for (const char *text :
         {"null", "true", "1", "-1", "1.10", "12345678901234567890123", "0.1000000000000000055511151231257827", "[]",
          "{}", "[[],{}]", R"({"a":[1,2.50,{"b":null}],"c":"x\n\"\u001f"})", R"("\u0000")", R"(["ü","😀"])"})
        EXPECT_EQ(exact_json_text(parse_exact_json(text)), text);
    for (const char *text : {"", "{", "[1,]", "tru", "1 2", "1e400"})
        EXPECT_EQ(test::error_of([&] { (void)parse_exact_json(text); })->kind(), ErrorKind::kInvalidArgument) << text;
}

TEST(FormTest, Encoding) {
    EXPECT_EQ(form("{}"), "");
    EXPECT_EQ(form(R"({"a": "x y", "b": "&=+%#?/", "c": "*-._~"})"), "a=x+y&b=%26%3D%2B%25%23%3F%2F&c=*-._%7E");
    EXPECT_EQ(form(R"({"grüße & co": "ü😀\n"})"), "gr%C3%BC%C3%9Fe+%26+co=%C3%BC%F0%9F%98%80%0A");
    EXPECT_EQ(form(R"({"a": 1, "b": -2.50, "c": true, "d": 12345678901234567890123, "e": ""})"),
              "a=1&b=-2.50&c=true&d=12345678901234567890123&e=");
    EXPECT_EQ(form(R"({"a": [], "b": ["x", 1, false]})"), "b=x&b=1&b=false");
    EXPECT_EQ(query_text("query", parse_exact_json(R"({"a b": "x y*~"})")), "a%20b=x%20y%2A~");
}

TEST(FormTest, OtherValuesAreRefusedWithoutBeingRepeated) {
    for (const char *text :
         {R"({"a": null})", R"({"a": {"sesame": 1}})", R"({"a": [["sesame"]]})", R"({"a": [null]})"}) {
        const auto error = test::error_of([&] { (void)form(text); });
        ASSERT_TRUE(error) << text;
        EXPECT_EQ(error->kind(), ErrorKind::kInvalidOption);
        EXPECT_EQ(error->message(), "option \"form.a\" must be a string, a number, a boolean or an array of them");
    }
    EXPECT_EQ(test::error_of([] { (void)form("[1]"); })->message(), "option \"form\" must be an object");
}

TEST(FormTest, QueriesAreAppended) {
    EXPECT_EQ(with_query("http://a/x", ""), "http://a/x");
    EXPECT_EQ(with_query("http://a/x", "a=1"), "http://a/x?a=1");
    EXPECT_EQ(with_query("http://a/x?", "a=1"), "http://a/x?a=1");
    EXPECT_EQ(with_query("http://a/x?b=2", "a=1"), "http://a/x?b=2&a=1");
    EXPECT_EQ(with_query("http://a/x?b=2&", "a=1"), "http://a/x?b=2&a=1");
    EXPECT_EQ(with_query("x#y?z", "a=1"), "x?a=1");
}

} // namespace
} // namespace webwrap
