#include "core/wrap/extract.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {
namespace {

/* Runs a wrapper given as JSON over a page. */
struct Outcome {
    Outcome(std::string_view json, std::string_view html, bool is_last_page = false)
        : page(parse_html(html)), extractor(wrapper_from_json(json)),
          extraction(extractor.extract(*page, {}, is_last_page)) {}

    [[nodiscard]] std::string record(std::size_t at) const {
        return record_to_json(extractor.wrapper(), extraction.records.at(at));
    }
    /* "pattern constraint: detail" of each violation. */
    [[nodiscard]] std::vector<std::string> violations() const {
        std::vector<std::string> all;
        for (const Violation &violation : extraction.violations)
            all.push_back(violation.pattern + " " + violation.constraint_name + ": " + violation.detail);
        return all;
    }

    std::unique_ptr<Document> page;
    Extractor extractor;
    Extraction extraction;
};

using Strings = std::vector<std::string>;

constexpr const char *kList = "<ul><li><b>One</b><i>1</i></li><li><b>Two</b><i>n/a</i></li><li><i>3</i></li></ul>";

TEST(Extractor, gives_typed_records_in_document_order) {
    const Outcome outcome(
        R"({"rows":{"xpath":"//li"},"columns":{"b":{"xpath":"./b"},"i":{"xpath":"./i","type":"integer",)"
        R"("null_values":["n/a"]}}})",
        kList);
    EXPECT_EQ(outcome.violations(), Strings{});
    EXPECT_EQ(outcome.record(0), R"({"b": "One", "i": 1})");
    EXPECT_EQ(outcome.record(1), R"({"b": "Two", "i": null})");
    EXPECT_EQ(outcome.record(2), R"({"b": null, "i": 3})");
}

TEST(Extractor, reports_every_violation) {
    const Outcome outcome(
        R"({"rows":{"xpath":"//li","min":4,"max":2},"columns":{"b":{"xpath":"./b","required":true},)"
        R"("i":{"xpath":"./i","type":"numeric"},"o":{"xpath":"./i","pattern":"^\\d$","min_occurs":2}}})",
        kList);
    EXPECT_EQ(outcome.violations(),
              (Strings{"rows min_rows: 3 rows, at least 4 expected", "rows max_rows: 3 rows, at most 2 expected",
                       "o min_occurs: row 1: 1 node, at least 2 expected", "i type: row 2: \"n/a\" is not numeric",
                       "o min_occurs: row 2: 1 node, at least 2 expected",
                       "o pattern: row 2: \"n/a\" does not match the pattern", "b required: row 3: no value",
                       "o min_occurs: row 3: 1 node, at least 2 expected"}));
}

TEST(Extractor, does_not_check_the_row_minimum_on_the_last_page) {
    const char *json = R"({"rows":{"xpath":"//li","min":4},"columns":{"b":{"xpath":"./b"}}})";
    EXPECT_EQ(Outcome(json, kList, true).violations(), Strings{});
}

TEST(Extractor, never_takes_the_first_of_several_nodes) {
    const char *html = "<p><a>x</a><a>y</a></p>";
    const Outcome one(R"({"columns":{"a":{"xpath":"//a"}}})", html);
    EXPECT_EQ(one.violations(), Strings{"a max_occurs: 2 nodes, at most 1 expected"});
    const Outcome many(R"({"columns":{"a":{"xpath":"//a","max_occurs":-1,"separator":" | "}}})", html);
    EXPECT_EQ(many.violations(), Strings{});
    EXPECT_EQ(many.record(0), R"({"a": "x | y"})");
    const Outcome typed(R"({"columns":{"a":{"xpath":"//b","type":"integer","max_occurs":2}}})", "<b>1</b><b>2</b>");
    EXPECT_EQ(typed.violations(), Strings{"a type: 2 values, but type integer holds one"});
}

TEST(Extractor, reads_attributes_texts_strings_and_numbers) {
    const Outcome outcome(
        R"J({"columns":{"h":{"xpath":"//a/@href"},"t":{"xpath":"//p/text()"},"s":{"xpath":"string(//a)"},)J"
        R"J("n":{"xpath":"count(//a)","type":"integer"},"none":{"xpath":"string(//q)","required":true}}})J",
        "<p>before <a href='/x'>link</a></p>");
    EXPECT_EQ(outcome.record(0), R"({"h": "/x", "t": "before", "s": "link", "n": 1, "none": null})");
    EXPECT_EQ(outcome.violations(), Strings{"none required: no value"});
}

TEST(Extractor, nests_columns) {
    const Outcome outcome(R"({"columns":{"cast":{"xpath":"//li","columns":{"who":{"xpath":"./b"},"age":{"xpath":"./i",)"
                          R"("type":"integer"}}}}})",
                          "<ul><li><b>A \"x\"</b><i>7</i></li><li><b>B</b><i>old</i></li></ul>");
    EXPECT_EQ(outcome.record(0), R"({"cast": [{"who": "A \"x\"", "age": 7}, {"who": "B", "age": null}]})");
    EXPECT_EQ(outcome.violations(), Strings{"cast.age type: \"old\" is not an integer"});
}

TEST(Extractor, names_patterns_that_match_nothing) {
    const Outcome columns(R"({"rows":{"xpath":"//li"},"columns":{"q":{"xpath":"./q"},"i":{"xpath":"./i"}}})", kList);
    EXPECT_EQ(columns.extraction.empty_patterns, Strings{"q"});
    const Outcome rows(R"({"rows":{"xpath":"//tr"},"columns":{"q":{"xpath":"./q"}}})", kList);
    EXPECT_EQ(rows.extraction.empty_patterns, Strings{"rows"});
}

TEST(Extractor, refuses_rows_that_are_no_elements) {
    EXPECT_THROW(Outcome(R"J({"rows":{"xpath":"count(//li)"},"columns":{"b":{"xpath":"./b"}}})J", kList), Error);
    EXPECT_THROW(Outcome(R"({"rows":{"xpath":"//a/@href"},"columns":{"b":{"xpath":"."}}})", "<a href='x'>y</a>"),
                 Error);
}

} // namespace
} // namespace webwrap
