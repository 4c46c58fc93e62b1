#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/select/tables.hpp"

namespace webwrap {
namespace {

std::string line_of(const Table::Slots &slots) {
    std::string line;
    for (const auto &slot : slots)
        line += (line.empty() ? "" : "|") + slot.value_or("NULL");
    return line;
}

/* Each table as "caption [header] row; row". */
std::string tables_of(std::string_view html, const Limits &limits = {}) {
    std::string text;
    for (const Table &table : find_tables(*parse_html(html), limits)) {
        text += text.empty() ? "" : "\n";
        text += table.caption ? *table.caption + " " : "";
        text += table.header.empty() ? "" : "[" + line_of(table.header) + "] ";
        for (const Table::Slots &row : table.rows)
            text += (&row == table.rows.data() ? "" : "; ") + line_of(row);
    }
    return text;
}

struct Case {
    const char *html;
    const char *expected;
};

void expect_tables(std::initializer_list<Case> cases) {
    for (const auto &[html, expected] : cases)
        EXPECT_EQ(tables_of(html), expected) << html;
}

TEST(TablesTest, RowsAndHeaders) {
    expect_tables({
        {"<p>none</p>", ""},
        {"<table></table>", ""},
        {"<table><caption> a  b </caption><tr><td>1", "a b 1"},
        {"<table><tr><td>1<td>2<tr><td>3<td> 4 <b>5</b>", "1|2; 3|4 5"},
        {"<table><tr><th>a<th>b<tr><td>1<td>2", "[a|b] 1|2"},
        {"<table><tr><th>a<td>1<tr><th>b<td>2", "a|1; b|2"},
        {"<table><thead><tr><td>a<td>b<tbody><tr><th>1<th>2", "[a|b] 1|2"},
        {"<table><thead><tr><th>a<tbody><tr><th>b<tr><td>1", "[a] b; 1"},
        {"<table><thead></thead><tbody><tr><th>a<tr><td>1", "[a] 1"},
        {"<table><thead><tr><th>a<tbody><tr><td>1</td></tr></tbody><thead><tr><th>b<tbody><tr><td>2", "[a] 1; b; 2"},
        {"<table><tr><td>1</td></tr><thead><tr><th>a", "[a] 1"},
        {"<table><tfoot><tr><td>9<tbody><tr><td>1<tfoot><tr><td>8<tbody><tr><td>2", "1; 2; 9; 8"},
        {"<table><tr><th>a<tr><th>b<tr><th>c", "[a] b; c"},
        {"<table><tr><th>a<th>b", "[a|b] "},
        {"<table><tr><tr><td>1", "NULL; 1"},
        {"<table><tr><td>1<td>2<tr><td>3", "1|2; 3|NULL"},
        {"<table><colgroup span=5><tr><td>1", "1"},
    });
}

TEST(TablesTest, SeveralHeaderRowsAreJoined) {
    expect_tables({
        {"<table><tr><th rowspan=2>Year<th colspan=2>Sales<tr><th>EU<th>US<tr><td>1<td>2<td>3",
         "[Year|Sales / EU|Sales / US] 1|2|3"},
        {"<table><thead><tr><th>a<th>b<tr><th>a<th><tbody><tr><td>1<td>2", "[a|b] 1|2"},
        {"<table><thead><tr><th><th>b<tr><th>a<tbody><tr><td>1<td>2<td>3", "[a|b|NULL] 1|2|3"},
    });
}

TEST(TablesTest, SpansRepeatTheirText) {
    expect_tables({
        {"<table><tr><td colspan=2>a<td>b<tr><td>1<td>2<td>3", "a|a|b; 1|2|3"},
        {"<table><tr><td rowspan=2>a<td>b<tr><td>1", "a|b; a|1"},
        {"<table><tr><td rowspan=2 colspan=2>a<td>b<tr><td>1<tr><td>2", "a|a|b; a|a|1; 2|NULL|NULL"},
        {"<table><tr><td>a<td rowspan=2>b<td>c<tr><td>1<td>2", "a|b|c; 1|b|2"},
        {"<table><tbody><tr><td rowspan=0>a<td>b<tr><td>1<tr><td>2<tbody><tr><td>3", "a|b; a|1; a|2; 3|NULL"},
        {"<table><tbody><tr><td rowspan=5>a<td>b<tr><td>1<tbody><tr><td>2<td>3", "a|b; a|1; 2|3"},
        {"<table><tr><td rowspan=65535>a<td>1<tr><td>2", "a|1; a|2"},
        /* A cell that runs into one from above: the first keeps the slot. */
        {"<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c<td>d", "a|b|NULL; c|b|d"},
        {"<table><tr><td rowspan=3>a<td>b<tr><td rowspan=2>c<tr><td>d", "a|b|NULL; a|c|NULL; a|c|d"},
        /* The second has it when the first has ended. */
        {"<table><tr><td>a<td rowspan=2>b<tr><td colspan=2 rowspan=3>c<tr><td>d<tr><td>e",
         "a|b|NULL; c|b|NULL; c|c|d; c|c|e"},
    });
    for (const auto &[span, expected] : {Case{"0", "a; b"},
                                         {"-2", "a; b"},
                                         {"x", "a; b"},
                                         {"", "a; b"},
                                         {" +2x", "a|a; b|NULL"},
                                         {"2.9", "a|a; b|NULL"}})
        EXPECT_EQ(tables_of("<table><tr><td colspan='" + std::string(span) + "'>a<tr><td>b"), expected) << span;
    const auto wide = find_tables(*parse_html("<table><tr><td colspan=99999999999>a"));
    ASSERT_EQ(wide.size(), 1U);
    EXPECT_EQ(wide[0].rows.at(0).size(), 1000U);
}

TEST(TablesTest, NestedTablesAreTablesOfTheirOwn) {
    expect_tables({
        {"<table><tr><td>a<table><tr><td>b</table>c<td>d</table>", "a c|d\nb"},
        {"<table><tr><td>a<table role=presentation><tr><td>b<td>c</table></table>", "a b c"},
        {"<table role=' None '><tr><td>a<table><tr><td>b</table></table>", "b"},
        {"<template><table><tr><td>a</table></template>", ""},
    });
}

TEST(TablesTest, CellsHoldVisibleText) {
    expect_tables({
        {"<table><tr><td><span style='display:none'>0012</span>12<td><p>a</p><p>b</p><td>c<br>d<td><img alt=no>",
         "12|a b|c d|"},
        {"<table style='display:none'><tr hidden><td hidden>1", "1"},
    });
}

TEST(TablesTest, MemoryIsBounded) {
    Limits limits;
    limits.max_document_memory_bytes = 8 << 20;
    std::string wide = "<table><tr>";
    for (int i = 0; i < 100; ++i)
        wide += "<td colspan=1000 rowspan=0>x</td>";
    for (int i = 0; i < 10000; ++i)
        wide += "<tr>";
    std::string repeated = "<table><tr><td colspan=1000 rowspan=0>" + std::string(1000, 'x');
    for (int i = 0; i < 1000; ++i)
        repeated += "<tr>";
    std::string tall = "<table><tr><td colspan=1000>x";
    for (int i = 0; i < 1000; ++i)
        tall += "<tr><td>y";
    std::string headed = "<table><tr><th>" + std::string(100'000, 'x');
    for (int i = 0; i < 1000; ++i)
        headed += "<tr><td>y";
    for (const std::string &page : {wide, repeated, tall, headed}) {
        const auto document = parse_html(page);
        try {
            (void)find_tables(*document, limits);
            ADD_FAILURE() << "no error";
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kLimitExceeded);
            EXPECT_EQ(error.message(), "tables of the page need more than 8192 kB of memory");
            EXPECT_EQ(error.hint(), "Raise webwrap.max_document_memory.");
        }
    }
}

} // namespace
} // namespace webwrap
