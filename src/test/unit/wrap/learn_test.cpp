#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/learn.hpp"
#include "core/wrap/reading.hpp"
#include "core/wrap/record_sites.hpp"
#include "goods.hpp"

namespace webwrap {
namespace {

using test::Good;
using test::goods;
using test::page_of;

Wrapper learn(const std::string &html, const std::string &examples) {
    return learn_wrapper(*parse_html(html), examples_from_json(examples), {});
}

std::vector<std::string> read(const Wrapper &wrapper, const std::string &html) {
    const auto page = parse_html(html);
    std::vector<std::string> records;
    const Extraction extraction = Extractor(wrapper).extract(*page, {});
    EXPECT_TRUE(extraction.violations.empty()) << describe_violations(extraction.violations);
    for (const Record &record : extraction.records)
        records.push_back(record_to_json(wrapper, record));
    return records;
}

/* The error as "message | detail | hint"; "none" when there is none. */
std::string error_of(const std::string &html, const std::string &examples) {
    try {
        (void)learn(html, examples);
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument);
        return error.message() + " | " + error.detail() + " | " + error.hint();
    }
    return "none";
}

struct Shape {
    std::string name;
    std::function<std::string(const Good &)> item;
    std::string before, after;
};

/* Missing sellers and prices leave no element behind, so positions shift. */
std::vector<Shape> shapes() {
    const auto optional = [](const std::string &before, const std::string &value, const std::string &after) {
        return value.empty() ? std::string() : before + value + after;
    };
    return {
        {"cards",
         [=](const Good &g) {
             return "<div class='card'><h3>" + g.name + "</h3>" + optional("<p class='seller'>", g.seller, "</p>") +
                    optional("<b class='price'>$", g.price, "</b>") + "</div>";
         },
         "<div>", "</div>"},
        {"terms",
         [=](const Good &g) {
             return "<dl><dt>Name</dt><dd>" + g.name + "</dd>" + optional("<dt>Seller</dt><dd>", g.seller, "</dd>") +
                    optional("<dt>Price</dt><dd>", g.price, "</dd>") + "</dl>";
         },
         "<div>", "</div>"},
        {"table",
         [=](const Good &g) {
             return "<tr><td>" + g.name + "</td><td>" + g.seller + "</td><td>" + g.price + "</td></tr>";
         },
         "<table><tr><th>Name</th><th>Seller</th><th>Price</th></tr>", "</table>"},
        {"labels",
         [=](const Good &g) {
             return "<div><span>Name: <em>" + g.name + "</em></span>" +
                    optional("<span>Seller: <em>", g.seller, "</em></span>") +
                    optional("<span>Price: <em>", g.price, "</em></span>") + "</div>";
         },
         "<section>", "</section>"},
        {"items",
         [=](const Good &g) {
             return "<li><b>" + g.name + "</b>" + optional("<i>", g.seller, "</i>") +
                    optional("<span>", g.price, "</span>") + "</li>";
         },
         "<ol>", "</ol>"},
    };
}

std::string example_of(const Good &good) {
    return "{\"name\":\"" + good.name + "\",\"seller\":\"" + good.seller + "\",\"price\":" + good.price + "}";
}

TEST(Learn, ReadsWhatIsMissingInSomeRecordsFromOneOrTwoExamplesOnOtherPagesToo) {
    for (const Shape &shape : shapes()) {
        SCOPED_TRACE(shape.name);
        const auto here = goods(12), elsewhere = goods(30, 20);
        const std::string html = page_of(here, shape.item, shape.before, shape.after);
        for (const std::string &examples :
             {example_of(here[0]), "[" + example_of(here[1]) + "," + example_of(here[8]) + "]"}) {
            const Wrapper wrapper = learn(html, examples);
            for (const auto &goods_of_page : {here, elsewhere}) {
                const std::string page = page_of(goods_of_page, shape.item, shape.before, shape.after);
                const std::vector<std::string> records = read(wrapper, page);
                ASSERT_EQ(records.size(), goods_of_page.size()) << wrapper_to_json(wrapper);
                for (std::size_t i = 0; i < records.size(); ++i) {
                    const Good &good = goods_of_page[i];
                    EXPECT_EQ(records[i], "{\"name\": \"" + good.name + "\", \"seller\": " +
                                              (good.seller.empty() ? "null" : "\"" + good.seller + "\"") +
                                              ", \"price\": " + (good.price.empty() ? "null" : good.price) + "}")
                        << wrapper_to_json(wrapper);
                }
            }
        }
    }
}

TEST(Learn, PutsColumnsInTheOrderOfThePage) {
    const Wrapper wrapper = learn("<ul><li><b>a</b><i>1</i><li><b>b</b><i>2</i></ul>", R"({"z":"a","y":1})");
    EXPECT_EQ(wrapper.columns[0].name, "z");
    EXPECT_EQ(wrapper.columns[1].name, "y");
}

TEST(Learn, DoesNotTakeAFieldOfOneRecordForAList) {
    const std::string html = "<table><tr><th>Maker</th><td>Moor</td></tr><tr><th>Seller</th><td>Lund</td></tr>"
                             "<tr><th>Size</th><td>5</td></tr></table>";
    const Wrapper wrapper = learn(html, R"({"seller":"Lund"})");
    EXPECT_FALSE(wrapper.rows.has_value());
    EXPECT_EQ(wrapper.columns[0].xpath, "//th[normalize-space(.)='Seller']/following-sibling::*[1][self::td]");
    EXPECT_TRUE(wrapper.columns[0].required);
}

TEST(Learn, KeepsToTheListOfTheExampleUntilAnotherListHasOneToo) {
    const std::string html = "<div id='a'><p class='x'><b>one</b></p><p class='x'><b>two</b></p></div>"
                             "<div id='b'><p class='x'><b>three</b></p><p class='x'><b>four</b></p></div>";
    EXPECT_EQ(read(learn(html, R"({"n":"one"})"), html).size(), 2U);
    EXPECT_EQ(read(learn(html, R"([{"n":"one"},{"n":"four"}])"), html).size(), 4U);
}

TEST(Learn, RequiresWhatThreeRecordsHaveAndNoLess) {
    const std::string two = "<ul><li><b>a</b></li><li><b>b</b></li></ul>";
    const std::string three = "<ul><li><b>a</b></li><li><b>b</b></li><li><b>c</b></li></ul>";
    EXPECT_FALSE(learn(two, R"({"n":{"xpath":"(//b)[1]"}})").columns[0].required);
    EXPECT_TRUE(learn(three, R"({"n":{"xpath":"(//b)[1]"}})").columns[0].required);
    EXPECT_EQ(learn(three, R"({"n":{"xpath":"(//b)[1]"}})").rows->min, 1);
}

TEST(Learn, ReadsTheTextThatStandsForNothingAsNull) {
    const std::string html = "<table><tr><td>a<td>1<tr><td>b<td>-<tr><td>c<td>3</table>";
    EXPECT_EQ(read(learn(html, R"([{"n":"a","v":1},{"n":"b","v":null}])"), html)[1], R"({"n": "b", "v": null})");
    EXPECT_EQ(learn(html, R"({"n":"a","v":1})").columns[1].null_values, std::vector<std::string>{"-"});
}

TEST(Learn, ExactNumbersStayExact) {
    const std::string html = "<ul><li><b>a</b><i>12345678901234567890.125</i></li><li><b>b</b><i>2</i></li></ul>";
    EXPECT_EQ(read(learn(html, R"({"n":"a","v":12345678901234567890.125})"), html)[0],
              R"({"n": "a", "v": 12345678901234567890.125})");
    EXPECT_NE(error_of(html, R"({"n":"a","v":12345678901234567890.126})").find("is not on the page"),
              std::string::npos);
}

TEST(Learn, NamesTheColumnThatFailsAndWhatToAdd) {
    const std::string html = "<ul><li><b>a</b><i>1</i><u>1</u></li><li><b>b</b><i>2</i><u>3</u></li></ul>";
    EXPECT_EQ(error_of(html, R"({"n":"x"})"), "example of column \"n\" is not on the page | No text or attribute holds "
                                              "\"x\". | Give the value as the page has "
                                              "it, or name its node as {\"xpath\": \"...\"}.");
    EXPECT_EQ(
        error_of(html, R"({"n":"a","v":1})"),
        "examples fit more than one place of column \"v\" | .//i gives \"1\", \"2\".\n.//u gives \"1\", \"3\". | Add a "
        "second record whose \"v\" differs from what stands around it, or name the node as {\"xpath\": \"...\"}.");
    EXPECT_EQ(error_of(html, R"([{"n":"a","v":1},{"n":"b","v":3}])"), "none");
    EXPECT_EQ(error_of(html, R"({"n":"a","v":1,"w":{"xpath":"(//i)[1]"}})"), "none");
}

TEST(Learn, RefusesAPositionThatShifts) {
    const std::string html = "<ul><li><b>a</b><i>x</i><i>y</i></li><li><b>b</b><i>z</i></li><li><b>c</b></li></ul>";
    EXPECT_NE(error_of(html, R"({"n":"a","v":"y"})").find("column \"v\""), std::string::npos);
    /* Where all records are built alike, it does not. */
    const std::string alike = "<ul><li><b>a</b><i>x</i><i>y</i></li><li><b>b</b><i>z</i><i>w</i></li></ul>";
    EXPECT_EQ(read(learn(alike, R"({"n":"a","v":"y"})"), alike)[1], R"({"n": "b", "v": "w"})");
}

TEST(Learn, TrustsNoNumberInAPagesIdsAndLabels) {
    const Wrapper wrapper =
        learn("<div id='post-17'><h1 class='name' id='h-3'>A</h1><p>Takes 5 min</p><p class='by'>B</p></div>",
              R"({"name":"A","by":"B"})");
    EXPECT_EQ(wrapper.columns[0].xpath, "//h1[contains(concat(' ', normalize-space(@class), ' '), ' name ')]");
    EXPECT_EQ(wrapper.columns[1].xpath, "//p[contains(concat(' ', normalize-space(@class), ' '), ' by ')]");
    EXPECT_EQ(learn("<main id='it'><p>A</p></main>", R"({"name":"A"})").columns[0].xpath, "//p");
    EXPECT_EQ(learn("<main><p id='it'>A</p><div><p>x</p></div></main>", R"({"name":"A"})").columns[0].xpath,
              "//p[@id='it']");
}

TEST(Learn, SeveralNodesAndRecordsInsideOne) {
    const std::string html =
        "<ul><li class='f'><h3>A</h3><p>x</p><p>y</p><div><b>N</b><i>1</i></div><div><b>M</b><i>2</i></div></li>"
        "<li class='f'><h3>B</h3><p>z</p></li></ul>";
    const Wrapper wrapper = learn(html, R"({"t":"A","p":["x","y"],"c":[{"n":"N","v":1},{"n":"M","v":2}]})");
    EXPECT_EQ(read(wrapper, html)[0], R"({"t": "A", "p": "x, y", "c": [{"n": "N", "v": 1}, {"n": "M", "v": 2}]})");
    EXPECT_EQ(read(wrapper, html)[1], R"({"t": "B", "p": "z", "c": null})");
    EXPECT_NE(error_of(html, R"({"t":"A","p":["x"]})"), "");
}

TEST(PatternCandidates, EncloseSurroundOrDescribeTheValue) {
    const auto first = [](std::string_view text, std::string_view value, bool is_number) {
        const std::size_t at = text.find(value);
        const PatternSample sample{text, at, at + value.size(), is_number, false};
        return pattern_candidates({&sample, 1}).front();
    };
    EXPECT_EQ(first("Alien (1979) again", "1979", true), R"(\((\d{4})\))");
    EXPECT_EQ(first("Directed by A. B.", "A. B.", false), "^Directed by (.+)$");
    EXPECT_EQ(first("120 min", "120", true), R"(^(\d+) min$)");
    EXPECT_EQ(first("from $1,200.50 on", "1,200.50", true), R"(^from \$(\d+(?:[.,'’]\d+)*[KkMB]?) on$)");
}

TEST(Alike, TagClassesAndInsideDecide) {
    const auto page = parse_html("<ul><li class='a b'><i>1</i></li><li class='b'><i>2</i><u>3</u></li>"
                                 "<li class='ad'><img></li><li class='c'><i>1</i></li><li>text</li></ul>");
    std::vector<NodeId> items;
    for (NodeId node = 1; node < page->size(); ++node)
        if (page->is_element(node) && page->name(node) == "li")
            items.push_back(node);
    const auto alike = [&](std::size_t a, std::size_t b) {
        EXPECT_EQ(are_alike(*page, items[a], items[b]), are_alike(*page, items[b], items[a]));
        return are_alike(*page, items[a], items[b]);
    };
    EXPECT_TRUE(alike(0, 1));
    EXPECT_FALSE(alike(0, 2));
    EXPECT_TRUE(alike(0, 3)) << "other class, same inside";
    EXPECT_FALSE(alike(1, 3)) << "other class, other inside";
    EXPECT_FALSE(alike(0, 4));
}

} // namespace
} // namespace webwrap
