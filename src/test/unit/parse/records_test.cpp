#include "core/parse/records.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "core/base/error.hpp"

namespace webwrap {
namespace {

using Row = std::vector<std::optional<std::string>>;

std::vector<Row> rows_of(RecordReader &reader, std::size_t fields) {
    std::vector<Row> rows;
    while (reader.next()) {
        Row &row = rows.emplace_back();
        for (std::size_t i = 0; i < fields; ++i)
            row.push_back(reader.value(i) == nullptr ? std::nullopt : std::optional<std::string>(reader.value(i)));
    }
    return rows;
}

std::vector<Row> csv(std::string_view text, std::vector<RecordField> fields, CsvOptions options = {}) {
    const std::size_t count = fields.size();
    return rows_of(*read_csv(text, "u", options, std::move(fields)), count);
}

std::vector<Row> ndjson(std::string_view text, std::vector<RecordField> fields) {
    const std::size_t count = fields.size();
    return rows_of(*read_ndjson(text, "u", std::move(fields)), count);
}

template <typename Work> std::string failure(Work work) {
    try {
        work();
    } catch (const Error &error) {
        return error.message() + " | " + error.detail();
    }
    return "no error";
}

TEST(RecordsTest, CsvFields) {
    const std::vector<Row> expected{{"1", std::nullopt}, {"a\r\n\"b\"", ""}, {std::nullopt, "x"}};
    EXPECT_EQ(csv("k,v\n1,\r\n\"a\r\n\"\"b\"\"\",\"\"\n,x", {{"k"}, {"v"}}), expected);
    EXPECT_EQ(csv("1\t2\n", {{"2"}, {"1"}, {"2"}}, {'\t', false, 0}), (std::vector<Row>{{"2", "1", "2"}}));
    EXPECT_EQ(csv("a,b\n1,2", {{"b"}, {"a", false}}).size(), 1U);
    EXPECT_TRUE(csv("", {}, {',', false, 0}).empty());
    EXPECT_EQ(csv("a,\n,", {{"1"}, {"2"}}, {',', false, 2}),
              (std::vector<Row>{{"a", std::nullopt}, {std::nullopt, std::nullopt}}));
}

TEST(RecordsTest, CsvLines) {
    const auto reader = read_csv("a,b\n\"1\n2\",3\n4,5\n", "u", {}, {{"a"}});
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->line(), 2);
    ASSERT_TRUE(reader->next());
    EXPECT_EQ(reader->line(), 4);
    EXPECT_FALSE(reader->next());
    EXPECT_FALSE(reader->next());
}

TEST(RecordsTest, CsvDefects) {
    const auto says = [](std::string_view text) { return failure([text] { (void)csv(text, {{"a"}}); }); };
    EXPECT_EQ(says("a,b\n1\n"), "record has 1 field instead of 2 | Line 2 of \"u\".");
    EXPECT_EQ(says("a\n\"\n\n"), "quoted field does not end | Line 2 of \"u\".");
    EXPECT_EQ(says("a\n1\n\"x\"y\n"), "text after the closing quote of a field | Line 3 of \"u\".");
    EXPECT_EQ(says("b\n"), "header has no field \"a\" | Line 1 of \"u\". Its fields are: \"b\".");
    EXPECT_EQ(says("a\n\"\n\xFF\"\n"), "invalid byte sequence for encoding \"UTF8\": 0xff 0x22 | Line 3 of \"u\".");
}

/* Pieces of the check end between characters, wherever they fall. */
TEST(RecordsTest, CharactersOverTheEndOfAPiece) {
    for (std::size_t shift = 0; shift < 5; ++shift) {
        std::string text = "a\n" + std::string((std::size_t{256} << 10) - 6 + shift, 'x') + "\xF0\x9F\x8E\xAC\n";
        EXPECT_EQ(csv(text, {{"a"}}).size(), 1U) << shift;
        text[text.size() - 2] = 'x';
        EXPECT_NE(failure([&] { (void)csv(text, {{"a"}}); }), "no error") << shift;
    }
}

TEST(RecordsTest, NdjsonValues) {
    const std::vector<Row> expected{{"1", "-0", "1e300", "[1, {\"x\" : 2}]", "2"},
                                    {std::nullopt, "true", "ü\n", "{}", std::nullopt}};
    EXPECT_EQ(ndjson("{\"a\":1,\"b\":-0,\"c\":1e300,\"d\":[1, {\"x\" : 2}]}\n "
                     "\n{\"a\":null,\"b\":true,\"c\":\"\\u00fc\\n\",\"d\":{},\"e\":[1]}",
                     {{"a"}, {"b"}, {"c"}, {"d"}, {"/d/1/x"}}),
              expected);
}

TEST(RecordsTest, NdjsonDefects) {
    const auto says = [](std::string_view text) { return failure([text] { (void)ndjson(text, {{"a"}}); }); };
    EXPECT_EQ(says("\n[]"), "line is no JSON object but an array | Line 2 of \"u\".");
    EXPECT_EQ(says("{\"a\":1,\"a\":1}"), "object has a member twice that a column reads | Line 1 of \"u\".");
    EXPECT_TRUE(says("{\"a\":1}x").starts_with("invalid JSON at column 8")) << says("{\"a\":1}x");
    EXPECT_TRUE(says("{\"a\":1e400}").starts_with("invalid JSON: number overflow")) << says("{\"a\":1e400}");
    EXPECT_NE(failure([] { (void)ndjson("{}", {{"/~2"}}); }), "no error");
}

} // namespace
} // namespace webwrap
