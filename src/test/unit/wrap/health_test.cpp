#include <gtest/gtest.h>

#include "goods.hpp"

namespace webwrap {
namespace {

using test::classic;
using test::classic_wrapper;
using test::Good;
using test::goods;

std::vector<std::string> sick(const std::string &old_html, const std::string &new_html,
                              const Wrapper &after = classic_wrapper()) {
    const auto old_page = parse_html(old_html), new_page = parse_html(new_html);
    std::vector<std::string> names;
    for (const PatternHealth &health :
         check_health(classic_wrapper(), after, {old_page.get(), new_page.get(), false}, {}))
        if (health.holds < 0.5) {
            EXPECT_FALSE(health.reason.empty());
            names.push_back(health.pattern);
        }
    return names;
}

using Strings = std::vector<std::string>;

std::vector<Good> swapped(std::vector<Good> all) {
    for (Good &good : all)
        std::swap(good.maker, good.seller);
    return all;
}

constexpr const char *kSwappedHead = "Name Seller Maker Price Made";

TEST(CheckHealth, is_quiet_when_nothing_changed) { EXPECT_EQ(sick(classic(goods(12)), classic(goods(12))), Strings{}); }

TEST(CheckHealth, is_quiet_when_only_the_content_changed) {
    EXPECT_EQ(sick(classic(goods(12)), classic(goods(12, 60))), Strings{});
    EXPECT_EQ(sick(classic(goods(12)), classic(goods(12, 6))), Strings{});
    EXPECT_EQ(sick(classic(goods(12), ""), classic(goods(12, 60), "")), Strings{});
    std::vector<Good> dearer = goods(12);
    for (Good &good : dearer)
        if (!good.price.empty())
            good.price = "1" + good.price;
    EXPECT_EQ(sick(classic(goods(12)), classic(dearer)), Strings{});
}

TEST(CheckHealth, sees_two_columns_change_places) {
    EXPECT_EQ(sick(classic(goods(12)), classic(swapped(goods(12)), kSwappedHead)), (Strings{"maker", "seller"}));
    EXPECT_EQ(sick(classic(goods(12), ""), classic(swapped(goods(12)), "")), (Strings{"maker", "seller"}));
}

TEST(CheckHealth, sees_a_swap_that_shows_in_one_record) {
    std::vector<Good> all = goods(12);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].seller = i == 7 ? "Zoe Unger" : all[i].maker;
    EXPECT_EQ(sick(classic(all, ""), classic(swapped(all), "")), (Strings{"maker", "seller"}));
}

TEST(CheckHealth, sees_labels_change_places_when_no_record_is_shared) {
    EXPECT_EQ(sick(classic(goods(12)), classic(swapped(goods(12, 60)), kSwappedHead)), (Strings{"maker", "seller"}));
}

TEST(CheckHealth, sees_marks_for_no_value) {
    std::vector<Good> marked = goods(12);
    for (Good &good : marked)
        if (good.seller.empty())
            good.seller = "\xE2\x80\x93";
    EXPECT_EQ(sick(classic(goods(12)), classic(marked)), Strings{"seller"});
}

TEST(CheckHealth, sees_another_list_in_the_place_of_the_records) {
    std::string moved = classic(goods(12));
    moved.replace(moved.find("id='goods'"), 10, "id='moved'");
    const std::string other = classic(goods(5, 200));
    moved.insert(moved.find("<table"),
                 other.substr(other.find("<table"), other.find("</body>") - other.find("<table")));
    EXPECT_EQ(sick(classic(goods(12)), moved), Strings{"rows"});
}

TEST(CheckHealth, is_stricter_with_an_adapted_wrapper) {
    Wrapper adapted = classic_wrapper();
    adapted.columns[0].xpath = "./td[@class='n']";
    EXPECT_EQ(sick(classic(goods(12)), classic(goods(12)), adapted), Strings{});
    std::vector<Good> cut = goods(12);
    cut[3].name = cut[3].name.substr(0, 4) + "\xE2\x80\xA6";
    EXPECT_EQ(sick(classic(goods(12)), classic(cut), adapted), Strings{"name"});
    std::vector<Good> filled = goods(12);
    filled[3].seller = "unknown";
    EXPECT_EQ(sick(classic(goods(12)), classic(filled), adapted), Strings{"seller"});
}

} // namespace
} // namespace webwrap
