#include <gtest/gtest.h>

#include "core/parse/parse.hpp"
#include "core/separate/list_names.hpp"
#include "core/separate/page_tables.hpp"

namespace webwrap {
namespace {

PageTables tables_of(const std::string &html, std::size_t min_records = 3) {
    return find_page_tables(*parse_html(html), html, min_records);
}

/* "name(column type, ...)" of each table, then its rows as JSON; then what is rejected. */
std::vector<std::string> described(const PageTables &found) {
    std::vector<std::string> lines;
    for (const PageTable &table : found.tables) {
        std::string line = table.name + "(";
        for (const Column &column : table.wrapper.columns)
            line += (line.ends_with('(') ? "" : ", ") + column.name + " " + std::string(cell_type_name(column.type));
        lines.push_back(line + ")");
        for (const Record &record : table.records)
            lines.push_back(record_to_json(table.wrapper, record));
        for (const std::string &column : table.left_out)
            lines.push_back("left out: " + column);
    }
    for (const RejectedList &list : found.rejected)
        lines.push_back("rejected " + list.name + ": " + list.reason);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(PageTables, a_table_has_the_names_of_its_header) {
    const std::string html = "<h2>Films of the year</h2><table><tr><th>Title<th>Box office<th>Order</tr>"
                             "<tr><td><a href=/1>Alien</a><td>$12<td>1</tr><tr><td><a href=/2>Ran</a><td><td>2</tr>"
                             "<tr><td><a href=/3>Brazil</a><td>$5<td>3</tr></table>";
    EXPECT_EQ(described(tables_of(html)),
              (Lines{"films_of_the_year(title text, title_url text, box_office integer, order integer)",
                     R"({"title": "Alien", "title_url": "/1", "box_office": 12, "order": 1})",
                     R"({"title": "Ran", "title_url": "/2", "box_office": null, "order": 2})",
                     R"({"title": "Brazil", "title_url": "/3", "box_office": 5, "order": 3})"}));
}

TEST(PageTables, records_are_named_by_classes_and_labels) {
    const auto card = [](const std::string &name, const std::string &year, const std::string &seller) {
        return "<div class='film odd'><h3><a href='/" + year + "'>" + name + "</a></h3>" +
               (seller.empty() ? "" : "<p class='film__seller'>" + seller + "</p>") + "<dl><dt>Year</dt><dd>" + year +
               "</dd></dl><span>Buy now</span></div>";
    };
    const std::string html = "<body><main>" + card("Alien", "1979", "Moor") + card("Ran", "1985", "") +
                             card("Brazil", "1984", "Lund") + card("Heat", "1995", "Voss") + "</main>";
    EXPECT_EQ(described(tables_of(html)),
              (Lines{"film(title text, url text, seller text, year integer)",
                     R"({"title": "Alien", "url": "/1979", "seller": "Moor", "year": 1979})",
                     R"({"title": "Ran", "url": "/1985", "seller": null, "year": 1985})",
                     R"({"title": "Brazil", "url": "/1984", "seller": "Lund", "year": 1984})",
                     R"({"title": "Heat", "url": "/1995", "seller": "Voss", "year": 1995})"}));
}

TEST(PageTables, two_lists_are_two_tables) {
    const std::string html = "<h3>Needs</h3><ul><li>1 cup <b>flour</b></li><li>salt</li><li>2 eggs</li></ul>"
                             "<h3>Steps</h3><ol><li>Stir.</li><li>Wait.</li><li>Bake.</li></ol>";
    EXPECT_EQ(described(tables_of(html)),
              (Lines{"needs(column1 text)", R"({"column1": "1 cup flour"})", R"({"column1": "salt"})",
                     R"({"column1": "2 eggs"})", "steps(column1 text)", R"({"column1": "Stir."})",
                     R"({"column1": "Wait."})", R"({"column1": "Bake."})"}));
}

TEST(PageTables, short_lists_and_pages_without_lists_have_none) {
    EXPECT_EQ(described(tables_of("<h1>About</h1><p>One thing.</p><ul><li>a</li><li>b</li></ul>")), Lines{});
    EXPECT_EQ(described(tables_of("<ul><li>a</li><li>b</li></ul>", 2)),
              (Lines{"list1(column1 text)", R"({"column1": "a"})", R"({"column1": "b"})"}));
    EXPECT_EQ(described(tables_of("")), Lines{});
}

TEST(PageTables, what_stands_between_the_records_is_none) {
    std::string html = "<table id=goods><tr><th>Name<th>Price</tr>";
    for (int i = 0; i < 6; ++i)
        html += "<tr><td>Lamp " + std::string(1, static_cast<char>('a' + i)) + "<td>" + std::to_string(10 + i) +
                "</tr>" + (i == 2 ? "<tr><td colspan=2>Advertisement</tr>" : "");
    const PageTables found = tables_of(html + "</table>");
    ASSERT_EQ(found.tables.size(), 1u) << ::testing::PrintToString(described(found));
    EXPECT_EQ(found.tables[0].name, "goods");
    ASSERT_EQ(found.tables[0].records.size(), 6u);
    EXPECT_EQ(found.tables[0].records[3].cells[0].value, "Lamp d");
}

/* A cell that spans rows moves those of the next row: positions would read the wrong column. */
TEST(PageTables, tables_with_spans_are_rejected) {
    EXPECT_EQ(described(tables_of(
                  "<table><caption>Goods</caption><tr><th>Maker<th>Name</tr><tr><td rowspan=2>Moor<td>Lamp</tr>"
                  "<tr><td>Chair</tr><tr><td>Lund<td>Vase</tr></table>")),
              (Lines{"rejected goods: cells of its rows span several rows or columns"}));
}

TEST(PageTables, texts_without_elements_are_rejected) {
    const PageTables found = tables_of("<p>one<br>two<br>three<br>four<br></p>");
    EXPECT_TRUE(found.tables.empty());
    EXPECT_EQ(described(found), (Lines{"rejected list1: its records begin with text that no element holds"}));
}

TEST(PageTables, lists_inside_records_are_said_to_be_left_out) {
    std::string html = "<main>";
    for (int i = 0; i < 4; ++i) {
        html += "<article class=film><h3>Film " + std::string(1, static_cast<char>('a' + i)) + "</h3><ul>";
        for (int tag = 0; tag <= i; ++tag)
            html += "<li>tag " + std::string(1, static_cast<char>('a' + tag));
        html += "</ul></article>";
    }
    EXPECT_EQ(described(tables_of(html)),
              (Lines{"film(title text)", R"({"title": "Film a"})", R"({"title": "Film b"})", R"({"title": "Film c"})",
                     R"({"title": "Film d"})", "left out: list of li inside its records"}));
}

/* One class in several places is one kind of record; what only has the tag in common is not. */
TEST(PageTables, lists_of_one_class_are_one_table_and_others_are_told_by_their_headings) {
    const auto list = [](const std::string &heading, const std::string &item, int count) {
        std::string html = "<h4>" + heading + "</h4><ul>";
        for (int i = 0; i < count; ++i)
            html += item + heading + " " + std::string(1, static_cast<char>('a' + i)) + "</li>";
        return html + "</ul>";
    };
    const std::string html = "<div class=text>" + list("Tools", "<li>", 3) + "<p>x</p>" + list("Shops", "<li>", 4) +
                             "</div><div class=recipe>" + list("Dough", "<li class=ingredient>", 3) + "<p>y</p>" +
                             list("Filling", "<li class=ingredient>", 5) + "</div>";
    const PageTables found = tables_of(html);
    std::vector<std::string> sizes;
    for (const PageTable &table : found.tables)
        sizes.push_back(table.name + " " + std::to_string(table.records.size()));
    EXPECT_EQ(sizes, (Lines{"tools 3", "shops 4", "ingredient 8"})) << ::testing::PrintToString(described(found));
}

/* Text that follows a record's first element is a field as well. */
TEST(PageTables, texts_beside_the_head_of_a_record_are_fields) {
    std::string html = "<div id=people>";
    for (const std::string name : {"Abel", "Berta", "Carl", "Dora"})
        html += "<b>" + name + "</b> lives in " + name + "town<hr>";
    const PageTables found = tables_of(html + "</div>");
    ASSERT_EQ(found.tables.size(), 1u) << ::testing::PrintToString(described(found));
    ASSERT_EQ(found.tables[0].wrapper.columns.size(), 2u);
    ASSERT_EQ(found.tables[0].records.size(), 4u);
    EXPECT_EQ(found.tables[0].records[2].cells[1].value, "lives in Carltown");
}

TEST(ListNames, are_identifiers) {
    EXPECT_EQ(identifier_from("Box office ($)"), "box_office");
    EXPECT_EQ(identifier_from("a\"; DROP TABLE film; --"), "a_drop_table_film");
    EXPECT_EQ(identifier_from("Länge"), "länge");
    EXPECT_EQ(identifier_from("1979"), "");
    EXPECT_EQ(identifier_from("--"), "");
    EXPECT_EQ(identifier_from("this is a whole sentence indeed"), "");
    EXPECT_EQ(identifier_from(std::string(64, 'a')), "");
}

TEST(ListNames, what_several_want_none_gets) {
    EXPECT_EQ(unique_names({{"name"}, {"name", "maker"}, {"ctid"}, {}, {"column4"}}, "column", {"ctid"}),
              (Lines{"column1", "maker", "column3", "column5", "column4"}));
}

} // namespace
} // namespace webwrap
