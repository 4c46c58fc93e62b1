#include <gtest/gtest.h>

#include <algorithm>

#include "goods.hpp"

namespace webwrap {
namespace {

using test::as_json;
using test::classic;
using test::classic_wrapper;
using test::Good;
using test::goods;
using test::page_of;

/* Adapts the classic wrapper to a new page and reads a further page of the new layout with the result. */
struct Redesign {
    Redesign(const std::string &old_html, const std::string &new_html)
        : old_page(parse_html(old_html)), new_page(parse_html(new_html)) {
        const PagePair pair{old_page.get(), new_page.get(), false};
        adaptation = adapt_wrapper(classic_wrapper(), {&pair, 1}, {}, {});
    }

    [[nodiscard]] bool is_sure() const { return adaptation.is_sure; }
    [[nodiscard]] const PatternAdaptation &pattern(const std::string &name) const {
        return *std::find_if(adaptation.patterns.begin(), adaptation.patterns.end(),
                             [&](const PatternAdaptation &one) { return one.pattern == name; });
    }
    /* All reasons, for failing tests. */
    [[nodiscard]] std::string reasons() const {
        std::string text;
        for (const PatternAdaptation &one : adaptation.patterns)
            text += one.pattern + " " + one.new_xpath + " " + std::to_string(one.confidence) + " " + one.reason + "\n";
        return text;
    }
    [[nodiscard]] std::vector<std::string> read(const std::string &html) const {
        const auto page = parse_html(html);
        std::vector<std::string> all;
        for (const Record &record : Extractor(adaptation.wrapper).extract(*page, {}).records)
            all.push_back(record_to_json(adaptation.wrapper, record));
        return all;
    }

    std::unique_ptr<Document> old_page, new_page;
    WrapperAdaptation adaptation;
};

std::vector<std::string> as_json_all(const std::vector<Good> &all) {
    std::vector<std::string> json;
    for (const Good &good : all)
        json.push_back(as_json(good));
    return json;
}

using Render = std::function<std::string(const std::vector<Good> &)>;

/* The adapted wrapper must read this page and another one of the layout exactly. */
void expect_right(const Render &render, std::size_t count = 16) {
    const Redesign redesign(classic(goods(count)), render(goods(count)));
    ASSERT_TRUE(redesign.is_sure()) << redesign.reasons();
    EXPECT_EQ(redesign.read(render(goods(count))), as_json_all(goods(count))) << redesign.reasons();
    EXPECT_EQ(redesign.read(render(goods(24, 100))), as_json_all(goods(24, 100))) << redesign.reasons();
}

/* Right or not sure: never sure and wrong. */
void expect_never_wrong(const Render &render, std::size_t count = 16) {
    const Redesign redesign(classic(goods(count)), render(goods(count)));
    if (!redesign.is_sure())
        return;
    EXPECT_EQ(redesign.read(render(goods(24, 100))), as_json_all(goods(24, 100))) << redesign.reasons();
}

void expect_abstains(const Render &render, const std::string &pattern, const std::string &reason) {
    const Redesign redesign(classic(goods(16)), render(goods(16)));
    EXPECT_FALSE(redesign.is_sure()) << redesign.reasons();
    EXPECT_FALSE(redesign.pattern(pattern).is_sure) << redesign.reasons();
    EXPECT_NE(redesign.pattern(pattern).reason.find(reason), std::string::npos) << redesign.reasons();
}

std::string labelled(const Good &good) {
    const auto pair = [](const char *label, const std::string &value) {
        return value.empty() ? "" : std::string("<dt>") + label + "</dt><dd>" + value + "</dd>";
    };
    return "<li><h3>" + good.name + "</h3><dl>" + pair("Sold by", good.seller) + pair("Price", good.price) +
           pair("Made by", good.maker) + pair("Date", good.made) + "</dl></li>";
}

std::string classed(const Good &good) {
    const auto span = [](const char *name, const std::string &value) {
        return value.empty() ? "" : std::string("<span class='x ") + name + "'>" + value + "</span>";
    };
    return "<li class='card'><div><b class='title'>" + good.name + "</b>" + span("seller", good.seller) +
           span("maker", good.maker) + span("price", good.price) + "<time datetime='" + good.made +
           "'>some time ago</time></div></li>";
}

TEST(AdaptWrapper, keeps_what_still_works) {
    const Redesign redesign(classic(goods(12)), classic(goods(12)));
    ASSERT_TRUE(redesign.is_sure()) << redesign.reasons();
    for (const PatternAdaptation &pattern : redesign.adaptation.patterns)
        EXPECT_EQ(pattern.new_xpath, pattern.old_xpath);
    EXPECT_EQ(redesign.pattern("rows").similarity, 1);
}

TEST(AdaptWrapper, follows_labels_when_members_are_optional) {
    expect_right([](const std::vector<Good> &all) { return page_of(all, labelled); });
}

TEST(AdaptWrapper, follows_classes_and_attributes) {
    expect_right([](const std::vector<Good> &all) { return page_of(all, classed); });
}

TEST(AdaptWrapper, finds_values_that_stand_in_attributes_only) {
    expect_right([](const std::vector<Good> &all) {
        return page_of(
            all,
            [](const Good &good) {
                return "<div class='tile' data-name='" + good.name + "' data-maker='" + good.maker + "' data-seller='" +
                       good.seller + "' data-price='" + good.price + "' data-made='" + good.made +
                       "'><img src='x.png'></div>";
            },
            "<section>", "</section>");
    });
}

TEST(AdaptWrapper, does_not_mind_the_order_of_records) {
    std::vector<Good> shuffled = goods(16);
    std::reverse(shuffled.begin(), shuffled.end());
    std::swap(shuffled[2], shuffled[9]);
    const Redesign redesign(classic(goods(16)), page_of(shuffled, classed));
    ASSERT_TRUE(redesign.is_sure()) << redesign.reasons();
    EXPECT_EQ(redesign.read(page_of(shuffled, classed)), as_json_all(shuffled));
}

TEST(AdaptWrapper, tells_two_columns_of_one_kind_apart) {
    for (const bool with_names : {true, false})
        expect_right([&](const std::vector<Good> &all) {
            std::vector<Good> swapped = all;
            for (Good &good : swapped)
                std::swap(good.maker, good.seller);
            return classic(swapped, with_names ? "Name Seller Maker Price Made" : "");
        });
}

TEST(AdaptWrapper, asks_the_names_when_two_columns_have_equal_values) {
    std::vector<Good> all = goods(12);
    for (Good &good : all)
        good.seller = good.maker;
    const auto render = [](const std::vector<Good> &some) {
        std::vector<Good> swapped = some;
        for (Good &good : swapped)
            std::swap(good.maker, good.seller);
        return classic(swapped, "Name Seller Maker Price Made");
    };
    const Redesign named(classic(all), render(all));
    ASSERT_TRUE(named.is_sure()) << named.reasons();
    EXPECT_EQ(named.read(render(goods(12))), as_json_all(goods(12))) << named.reasons();
    /* Nothing tells them apart: nobody knows. */
    const auto bare = [](const std::vector<Good> &some) {
        return page_of(
            some,
            [](const Good &good) {
                return "<tr><td>" + good.name + "</td><td>" + good.seller + "</td><td>" + good.maker + "</td><td>" +
                       good.price + "</td><td>" + good.made + "</td></tr>";
            },
            "<table>", "</table>");
    };
    const Redesign nameless(classic(all), bare(all));
    EXPECT_FALSE(nameless.is_sure()) << nameless.reasons();
    EXPECT_NE(nameless.pattern("maker").reason.find("names do not tell"), std::string::npos) << nameless.reasons();
}

TEST(AdaptWrapper, refuses_marks_for_no_value) {
    for (const std::string mark : {"\xE2\x80\x94", "n/a"}) {
        const auto render = [&](const std::vector<Good> &all) {
            std::vector<Good> marked = all;
            for (Good &good : marked)
                if (good.seller.empty())
                    good.seller = mark;
            return page_of(marked, classed);
        };
        expect_abstains(render, "seller", mark);
    }
}

TEST(AdaptWrapper, refuses_a_mark_in_records_it_did_not_know) {
    std::vector<Good> known = goods(3), all = goods(16);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].seller = i < 12 ? "Somebody " + std::to_string(i) : "-";
    std::vector<Good> old(all.begin(), all.begin() + 12);
    const Redesign redesign(classic(old), page_of(all, classed));
    EXPECT_FALSE(redesign.is_sure());
    EXPECT_NE(redesign.pattern("seller").reason.find("mark for no value"), std::string::npos) << redesign.reasons();
}

TEST(AdaptWrapper, refuses_values_that_lost_something) {
    expect_abstains(
        [](const std::vector<Good> &all) {
            std::vector<Good> rounded = all;
            for (Good &good : rounded)
                if (!good.price.empty())
                    good.price = good.price.substr(0, good.price.find('.'));
            return page_of(rounded, classed);
        },
        "price", "known");
    expect_abstains(
        [](const std::vector<Good> &all) {
            std::vector<Good> without = all;
            for (Good &good : without)
                good.maker.clear();
            return page_of(without, classed);
        },
        "maker", "");
}

TEST(AdaptWrapper, refuses_positions_among_siblings_that_may_be_missing) {
    const Render render = [](const std::vector<Good> &all) {
        return page_of(all, [](const Good &good) {
            const auto span = [](const std::string &value) {
                return value.empty() ? "" : "<span>" + value + "</span>";
            };
            return "<li><b>" + good.name + "</b>" + span(good.maker) + span(good.seller) + span(good.price) +
                   span(good.made) + "</li>";
        });
    };
    expect_abstains(render, "made", "");
    /* Even where all known records are complete. */
    std::vector<Good> complete;
    for (const Good &good : goods(40))
        if (!good.seller.empty() && !good.price.empty())
            complete.push_back(good);
    const Redesign redesign(classic(complete), render(complete));
    EXPECT_FALSE(redesign.is_sure()) << redesign.reasons();
}

TEST(AdaptWrapper, is_not_led_astray_by_other_lists) {
    const std::string decoy = "<aside><ul>" + [] {
        std::string items;
        for (const Good &good : goods(6, 3))
            items += "<li class='card'><b class='title'>" + good.name + "</b> by <i>" + good.maker + "</i></li>";
        return items;
    }() + "</ul></aside>";
    expect_right([&](const std::vector<Good> &all) {
        return page_of(all, classed, decoy + "<ul class='list'>", "</ul>" + decoy);
    });
}

TEST(AdaptWrapper, leaves_out_what_stands_between_the_records) {
    expect_right([](const std::vector<Good> &all) {
        std::size_t n = 0;
        return page_of(all, [&n](const Good &good) {
            return (++n % 5 == 0 ? std::string("<li class='promo'><a href='#'>Buy now for 9.99</a></li>")
                                 : std::string()) +
                   labelled(good);
        });
    });
    expect_right([](const std::vector<Good> &all) {
        std::string html = classic(all, "");
        const std::string row = "<tr class='good'>";
        html.insert(html.find(row, html.size() / 2), "<tr><td colspan='5'>Advertisement</td></tr>");
        while (html.find(row) != std::string::npos)
            html.replace(html.find(row), row.size(), "<tr>");
        return html.replace(html.find("id='goods'"), 10, "class='c'");
    });
}

TEST(AdaptWrapper, crosses_containers) {
    expect_right([](const std::vector<Good> &all) {
        std::size_t n = 0;
        const std::size_t half = all.size() / 2;
        return page_of(
            all,
            [&](const Good &good) {
                return (n++ == half ? std::string("</ul></div><div class='col'><ul>") : std::string()) + classed(good);
            },
            "<div class='col'><ul>", "</ul></div>");
    });
}

TEST(AdaptWrapper, reads_records_of_two_rows) {
    expect_right([](const std::vector<Good> &all) {
        return page_of(
            all,
            [](const Good &good) {
                return "<tr class='a'><td>" + good.name + "</td><td>" + good.maker + "</td></tr><tr class='b'><td>" +
                       good.seller + "</td><td>" + good.price + "</td><td>" + good.made + "</td></tr>";
            },
            "<table><tbody>", "</tbody></table>");
    });
}

TEST(AdaptWrapper, never_errs_on_nasty_layouts) {
    /* Generated class names only. */
    expect_never_wrong([](const std::vector<Good> &all) {
        return page_of(
            all,
            [](const Good &good) {
                return "<div class='css-1x2y3z'><div class='sc-aXbYcZ'>" + good.name + "</div><div>" + good.maker +
                       "</div><div>" + good.seller + "</div><div>" + good.price + "</div><div>" + good.made +
                       "</div></div>";
            },
            "<div>", "</div>");
    });
    /* Text after labels, values may be missing. */
    expect_never_wrong([](const std::vector<Good> &all) {
        return page_of(all, [](const Good &good) {
            const auto line = [](const char *label, const std::string &value) {
                return value.empty() ? "" : std::string("<b>") + label + ":</b> " + value + "<br>";
            };
            return "<li><h4>" + good.name + "</h4><p>" + line("Maker", good.maker) + line("Seller", good.seller) +
                   line("Price", good.price) + line("Made", good.made) + "</p></li>";
        });
    });
    /* Cells that span rows. */
    expect_never_wrong([](const std::vector<Good> &all) {
        std::string html = "<html><body><table>";
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool starts = i % 2 == 0;
            html += "<tr>" + (starts ? "<td rowspan='2'>" + all[i].maker + "</td>" : std::string()) + "<td>" +
                    all[i].name + "</td><td>" + all[i].seller + "</td><td>" + all[i].price + "</td><td>" + all[i].made +
                    "</td></tr>";
        }
        return html + "</table></body></html>";
    });
    /* No record element at all. */
    expect_never_wrong([](const std::vector<Good> &all) {
        return page_of(
            all,
            [](const Good &good) {
                const auto p = [](const std::string &value) { return value.empty() ? "" : "<p>" + value + "</p>"; };
                return "<h3>" + good.name + "</h3>" + p(good.maker) + p(good.seller) + p(good.price) + p(good.made);
            },
            "<main>", "</main>");
    });
    /* Records inside records. */
    expect_never_wrong([](const std::vector<Good> &all) {
        std::size_t n = 0;
        return page_of(all, [&](const Good &good) {
            const std::string inner =
                "<div class='also'><b class='title'>" + all[(n++ + 3) % all.size()].name + "</b></div>";
            return "<li class='card'><b class='title'>" + good.name + "</b><i>" + good.maker + "</i><u>" + good.seller +
                   "</u><s>" + good.price + "</s><em>" + good.made + "</em>" + inner + "</li>";
        });
    });
}

TEST(AdaptWrapper, does_not_take_a_like_record_for_one_that_has_left) {
    for (const auto &one : {labelled, classed}) {
        const Render render = [&](const std::vector<Good> &all) { return page_of(all, one); };
        for (const std::size_t gone : {1, 3, 8, 12, 15, 16}) {
            const Redesign redesign(classic(goods(16)), render(goods(16, gone)));
            if (gone <= 3) { /* later too little may be known to tell two columns apart */
                ASSERT_TRUE(redesign.is_sure()) << gone << " gone\n" << redesign.reasons();
            }
            if (redesign.is_sure()) {
                EXPECT_EQ(redesign.read(render(goods(24, 100))), as_json_all(goods(24, 100))) << redesign.reasons();
            }
        }
    }
}

TEST(AdaptWrapper, uses_several_pairs) {
    const auto old_a = parse_html(classic(goods(6))), old_b = parse_html(classic(goods(6, 40)));
    const auto new_a = parse_html(page_of(goods(6), classed)), new_b = parse_html(page_of(goods(6, 40), classed));
    const PagePair pairs[] = {{old_a.get(), new_a.get(), false}, {old_b.get(), new_b.get(), true}};
    const WrapperAdaptation adaptation = adapt_wrapper(classic_wrapper(), pairs, {}, {});
    ASSERT_TRUE(adaptation.is_sure);
    EXPECT_EQ(adaptation.patterns.size(), 6U);
    EXPECT_EQ(adaptation.patterns[0].pattern, "rows");
    EXPECT_EQ(adaptation.patterns[0].measure, "values");
}

TEST(AdaptWrapper, abstains_when_the_records_are_gone) {
    const Redesign redesign(classic(goods(12)), "<html><body><h1>Please log in</h1><p>Moved.</p></body></html>");
    EXPECT_FALSE(redesign.is_sure());
    for (const PatternAdaptation &pattern : redesign.adaptation.patterns) {
        EXPECT_EQ(pattern.new_xpath, pattern.old_xpath);
        EXPECT_FALSE(pattern.reason.empty());
    }
}

TEST(AdaptWrapper, adapts_a_page_that_is_one_record) {
    const Wrapper wrapper =
        wrapper_from_json(R"({"columns":{"name":{"xpath":"//h1"},"maker":{"xpath":"//table//tr[1]/td"}}})");
    const auto old_page = parse_html(
        "<body><h1>Copper kettle with lid</h1><table><tr><th>Maker</th><td>Berta Lund</td></tr></table></body>");
    const auto new_page =
        parse_html("<body><div class='head'><h2 class='name'>Copper kettle with lid</h2></div><dl><dt>Maker</dt>"
                   "<dd>Berta Lund</dd><dt>Seller</dt><dd>Abel Moor</dd></dl></body>");
    const PagePair pair{old_page.get(), new_page.get(), false};
    const WrapperAdaptation adaptation = adapt_wrapper(wrapper, {&pair, 1}, {}, {});
    EXPECT_EQ(adaptation.wrapper.columns[1].xpath,
              "//dt[normalize-space(.)='Maker']/following-sibling::*[1][self::dd]");
    EXPECT_TRUE(adaptation.patterns[1].is_sure) << adaptation.patterns[1].confidence << adaptation.patterns[1].reason;
}

} // namespace
} // namespace webwrap
