#include "core/wrap/wrapper.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace webwrap {
namespace {

/* "message | hint" of the error that reading the JSON raises, or "". */
std::string error_of(std::string_view json, ErrorKind kind = ErrorKind::kInvalidOption) {
    try {
        (void)wrapper_from_json(json);
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), kind);
        return error.message() + " | " + error.hint();
    }
    return {};
}

TEST(WrapperJson, round_trips) {
    const char *json = R"J({"rows":{"xpath":"//li","min":1,"max":50},"columns":{"b":{"xpath":"./b","type":"numeric",)J"
                       R"J("required":true,"pattern":"(\\d+)","locale":"de_DE","null_values":["-"],"min_occurs":1,)J"
                       R"J("max_occurs":-1,"separator":"; "},"a":{"xpath":"./a","type":"text"},)J"
                       R"J("cast":{"xpath":"./ul/li","columns":{"name":{"xpath":".","type":"text"}}}}})J";
    const Wrapper wrapper = wrapper_from_json(json);
    EXPECT_EQ(wrapper_to_json(wrapper), json);
    EXPECT_EQ(wrapper.rows->max, 50);
    EXPECT_EQ(wrapper.columns[0].name, "b");
    EXPECT_EQ(wrapper.columns[0].max_occurs, -1);
    EXPECT_EQ(wrapper.columns[1].max_occurs, 1);
    EXPECT_EQ(wrapper.columns[2].max_occurs, -1);
    EXPECT_EQ(wrapper.columns[2].columns[0].name, "name");
}

TEST(WrapperJson, needs_no_rows) { EXPECT_FALSE(wrapper_from_json(R"({"columns":{"a":{"xpath":"//h1"}}})").rows); }

TEST(WrapperJson, names_what_is_wrong_and_what_is_valid) {
    EXPECT_EQ(error_of("{"), "wrapper is not valid JSON | ");
    EXPECT_EQ(error_of("{}"), "wrapper has no \"columns\" | ");
    EXPECT_EQ(error_of(R"({"row":{},"columns":{"a":{"xpath":"b"}}})"),
              "unknown key \"row\" in wrapper | Valid keys are rows, columns, parser, name, xml_schema, adapt.");
    EXPECT_EQ(
        error_of(R"({"columns":{"a":{"xpath":"b","typ":"text"}}})"),
        "unknown key \"typ\" in column \"a\" | Valid keys are xpath, css, type, required, pattern, locale, "
        "null_values, "
        "min_occurs, max_occurs, separator, columns, min_children, max_children, threshold, similarity_threshold.");
    EXPECT_EQ(error_of(R"({"columns":{"a":{"xpath":"b","type":"int"}}})"),
              "unknown type \"int\" | Valid types are text, integer, numeric, boolean, date, timestamp.");
    EXPECT_EQ(error_of(R"({"columns":{"a":{"type":"text"}}})"), "column \"a\" has no \"xpath\" and no \"css\" | ");
    EXPECT_EQ(error_of(R"({"columns":{"a":{"xpath":"b","required":1}}})"),
              "\"required\" of column \"a\" must be true or false | ");
    EXPECT_EQ(error_of(R"({"columns":{"a":{"xpath":"b","max_occurs":0}}})").substr(0, 52),
              "\"max_occurs\" of column \"a\" must be 1 or more | Leave");
    EXPECT_EQ(error_of(R"({"rows":{"xpath":"//li","min":-1},"columns":{"a":{"xpath":"b"}}})").substr(0, 36),
              "\"min\" of \"rows\" must be a count | Co");
    EXPECT_NE(error_of(R"({"columns":{"a":{"xpath":"//["}}})", ErrorKind::kInvalidXPath), "");
    EXPECT_NE(error_of(R"({"columns":{"a":{"xpath":"b","pattern":"("}}})"), "");
}

} // namespace
} // namespace webwrap
