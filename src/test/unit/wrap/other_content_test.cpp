/* Redesigns that known values alone do not solve: other content, two lists, rows that only a text tells. */
#include <gtest/gtest.h>

#include "core/wrap/row_marks.hpp"
#include "core/wrap/structure_columns.hpp"
#include "goods.hpp"

namespace webwrap {
namespace {

using test::as_json;
using test::classic;
using test::classic_wrapper;
using test::Good;
using test::goods;
using test::page_of;

WrapperAdaptation adapted(const std::string &old_html, const std::string &new_html) {
    const auto old_page = parse_html(old_html), new_page = parse_html(new_html);
    const PagePair pair{old_page.get(), new_page.get(), false};
    return adapt_wrapper(classic_wrapper(), {&pair, 1}, {}, {});
}

std::string reasons(const WrapperAdaptation &adaptation) {
    std::string text;
    for (const PatternAdaptation &one : adaptation.patterns)
        text += one.pattern + " " + one.new_xpath + " " + std::to_string(one.confidence) + " " + one.reason + "\n";
    return text;
}

std::vector<std::string> read(const WrapperAdaptation &adaptation, const std::string &html) {
    const auto page = parse_html(html);
    std::vector<std::string> all;
    for (const Record &record : Extractor(adaptation.wrapper).extract(*page, {}).records)
        all.push_back(record_to_json(adaptation.wrapper, record));
    return all;
}

std::vector<std::string> as_json_all(const std::vector<Good> &all) {
    std::vector<std::string> json;
    for (const Good &good : all)
        json.push_back(as_json(good));
    return json;
}

/* Goods of which not one value of a text column was known before. */
std::vector<Good> strangers(std::size_t count) {
    std::vector<Good> all = goods(count, 300);
    for (Good &good : all) {
        good.name = "Grand " + good.name;
        good.maker = "Ida " + good.maker;
        if (!good.seller.empty())
            good.seller = "Uwe " + good.seller;
        good.made.replace(0, 2, "19");
    }
    return all;
}

std::string boxes(const std::vector<Good> &all, const std::vector<std::string> &labels) {
    return page_of(
        all,
        [&](const Good &good) {
            const std::vector<std::string> values{good.name, good.seller, good.maker, good.made, good.price};
            std::string html = "<article>";
            for (std::size_t i = 0; i < values.size(); ++i)
                html += "<div><span>" + labels[i] + "</span><b>" + values[i] + "</b></div>";
            return html + "</article>";
        },
        "<section>", "</section>");
}

const std::vector<std::string> kLabels{"Name", "Seller", "Maker", "Made", "Price"};

TEST(OtherContent, is_adapted_where_labels_tell_the_columns) {
    const std::vector<Good> all = strangers(16);
    const WrapperAdaptation adaptation = adapted(classic(goods(16)), boxes(all, kLabels));
    ASSERT_TRUE(adaptation.is_sure) << reasons(adaptation);
    EXPECT_EQ(adaptation.patterns[2].measure, "structure");
    EXPECT_EQ(read(adaptation, boxes(all, kLabels)), as_json_all(all)) << reasons(adaptation);
}

TEST(OtherContent, is_refused_where_nothing_tells_two_columns_apart) {
    const std::vector<std::string> labels{"Navn", "Handler", "Fabrikant", "Dato", "Pris"};
    const WrapperAdaptation adaptation = adapted(classic(goods(16)), boxes(strangers(16), labels));
    EXPECT_FALSE(adaptation.is_sure) << reasons(adaptation);
    EXPECT_FALSE(adaptation.patterns[2].is_sure) << reasons(adaptation);
}

TEST(OtherContent, is_refused_with_a_mark_for_no_value) {
    std::vector<Good> all = strangers(16);
    for (Good &good : all)
        if (good.seller.empty())
            good.seller = "-";
    const WrapperAdaptation adaptation = adapted(classic(goods(16)), boxes(all, kLabels));
    EXPECT_FALSE(adaptation.is_sure) << reasons(adaptation);
    EXPECT_NE(adaptation.patterns[3].reason.find("mark for no value"), std::string::npos) << reasons(adaptation);
}

TEST(OtherContent, is_refused_when_further_elements_can_be_read_like_the_rows) {
    const std::vector<Good> all = strangers(16);
    const auto with_class = [](std::string html, const std::string &name) {
        for (std::size_t at = 0; (at = html.find("<article>", at)) != std::string::npos;)
            html.replace(at, 9, "<article class='" + name + "'>");
        return html;
    };
    std::string html = with_class(boxes(all, kLabels), "good");
    const std::string more = with_class(boxes(strangers(4), kLabels), "advert");
    const std::size_t from = more.find("<section>"), to = more.find("<footer>");
    html.insert(html.find("<footer>"), more.substr(from, to - from));
    const WrapperAdaptation adaptation = adapted(classic(goods(16)), html);
    EXPECT_FALSE(adaptation.is_sure) << reasons(adaptation);
    EXPECT_NE(adaptation.patterns.front().reason.find("other elements can be read like the rows"), std::string::npos)
        << reasons(adaptation);
}

TEST(StrangeValues, are_named) {
    Column column;
    column.type = CellType::kText;
    using Strings = std::vector<std::string>;
    const Strings before{"Abel Moor", "Berta Lund", "Carl Voss"};
    EXPECT_EQ(strange_values(column, before, true, {"Dora Quist", "Emil Hartz"}, true), "");
    EXPECT_NE(strange_values(column, before, true, {"Dora Quist", "\xE2\x80\x94"}, false), "");
    EXPECT_NE(strange_values(column, before, false, {"Dora Q\xE2\x80\xA6"}, false), "");
    EXPECT_NE(strange_values(column, before, false, {"Dora Quist / Emil", "Carl / Dora"}, false), "");
    EXPECT_NE(strange_values(column, before, true, {"Dora", "unknown", "unknown"}, false), "");
    EXPECT_EQ(strange_values(column, before, true, {"Dora", "Abel Moor", "Abel Moor"}, false), "");
    column.type = CellType::kNumeric;
    EXPECT_EQ(strange_values(column, {"1"}, true, {"2.5", "2.5"}, false), "");
}

TEST(RowMarks, tell_rows_that_have_no_names) {
    const auto page = parse_html("<div><div><p>other</p><p>1</p></div><div><p>Price</p><p>1</p></div></div>"
                                 "<div><div><p>Price</p><p>2</p></div></div>");
    const Selection rows = XPath("//div/div[p[.='Price']]").evaluate(*page, 0, {});
    ElementSet set{page.get(), {}};
    for (const NodeRef &row : rows.nodes)
        set.elements.push_back(row.node);
    const std::vector<PathCandidate> paths = marked_paths({&set, 1});
    ASSERT_EQ(paths.size(), 1U);
    EXPECT_EQ(paths.front().xpath, "//div[./p[normalize-space(.)='Price']]");
    EXPECT_EQ(XPath(paths.front().xpath).evaluate(*page, 0, {}).nodes, rows.nodes);
}

TEST(RowMarks, are_used_when_two_lists_have_generated_names_only) {
    const auto render = [](const std::vector<Good> &all) {
        const Good *half = &all[all.size() / 2];
        return page_of(
            all,
            [&](const Good &good) {
                std::string html = good.name == half->name ? "</div></div><div><div>" : "";
                const auto field = [&html](const char *label, const std::string &value) {
                    html += std::string("<div><span>") + label + "</span><b>" + value + "</b></div>";
                };
                html += "<div>";
                field("Name", good.name);
                field("Seller", good.seller);
                field("Maker", good.maker);
                field("Price", good.price);
                field("Made", good.made);
                return html + "</div>";
            },
            "<div><div><div><div>Elsewhere</div><div>Lamp 1</div></div></div></div><div><div>", "</div></div>");
    };
    const WrapperAdaptation adaptation = adapted(classic(goods(16)), render(goods(16)));
    ASSERT_TRUE(adaptation.is_sure) << reasons(adaptation);
    EXPECT_NE(adaptation.patterns.front().new_xpath.find("normalize-space(.)='"), std::string::npos)
        << reasons(adaptation);
    EXPECT_EQ(read(adaptation, render(goods(24, 100))), as_json_all(goods(24, 100))) << reasons(adaptation);
}

std::vector<std::string> sick(const std::string &old_html, const std::string &new_html, const char *rows) {
    Wrapper wrapper = classic_wrapper();
    wrapper.rows->xpath = rows;
    const auto old_page = parse_html(old_html), new_page = parse_html(new_html);
    std::vector<std::string> names;
    for (const PatternHealth &health : check_health(wrapper, {old_page.get(), new_page.get(), false}, {}))
        if (health.holds < 0.5)
            names.push_back(health.pattern);
    return names;
}

TEST(CheckHealth, sees_a_second_list_of_another_build) {
    const char *rows = "//tr[@class='good']";
    const std::string old_html = classic(goods(12));
    const auto with = [&](const std::string &list) {
        std::string html = old_html;
        return html.insert(html.find("</body>"), list);
    };
    const std::string other = classic(goods(12, 200));
    const std::size_t from = other.find("<table"), to = other.find("</body>");
    const std::string same = other.substr(from, to - from);
    std::string renamed = same;
    renamed.replace(renamed.find("goods"), 5, "liked");
    EXPECT_EQ(sick(old_html, with(renamed), rows), std::vector<std::string>{"rows"});
    EXPECT_EQ(sick(old_html, with(same), rows), std::vector<std::string>{}); /* the list has grown */
}

TEST(CheckHealth, sees_texts_cut_short_on_a_page_of_other_content) {
    std::vector<Good> cut = goods(12, 60);
    for (Good &good : cut)
        good.maker = good.maker.substr(0, 3) + "\xE2\x80\xA6";
    EXPECT_EQ(sick(classic(goods(12)), classic(cut), "//tr[@class='good']"), std::vector<std::string>{"maker"});
}

TEST(Drift, needs_no_name_where_most_numbers_are_equal_and_the_others_hardly_changed) {
    const auto page = [](const std::vector<Good> &all, double factor) {
        std::vector<Good> dearer = all;
        for (std::size_t i = 0; i < dearer.size(); ++i) {
            const double price = 100.25 + static_cast<double>(i * 17);
            dearer[i].price = std::to_string(price * (i % 4 == 0 ? factor : 1)).substr(0, 6);
        }
        return dearer;
    };
    const auto render = [](const std::vector<Good> &all) {
        return page_of(all, [](const Good &good) {
            return "<li><h3>" + good.name + "</h3><p class='seller'>" + good.seller + "</p><p class='maker'>" +
                   good.maker + "</p><p class='amount'>" + good.price + "</p><p class='made'>" + good.made +
                   "</p></li>";
        });
    };
    const std::vector<Good> all = page(goods(40), 1);
    EXPECT_TRUE(adapted(classic(all), render(page(goods(40), 1.03))).is_sure)
        << reasons(adapted(classic(all), render(page(goods(40), 1.03))));
    EXPECT_FALSE(adapted(classic(all), render(page(goods(40), 1.2))).is_sure);
}

} // namespace
} // namespace webwrap
