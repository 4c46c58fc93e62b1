#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/separate/instance.hpp"
#include "core/separate/separation.hpp"
#include "core/separate/site.hpp"
#include "core/separate/source_layout.hpp"
#include "lists.hpp"

namespace webwrap {
namespace {

std::string shop_page(const std::string &title, int goods, bool has_offer) {
    std::string page = "<!DOCTYPE html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n<ul>\n";
    for (int i = 0; i < goods; ++i)
        page += "<li><b>" + title + std::to_string(i) + "</b> <i>" + std::to_string(i * 3) + "</i></li>\n";
    page += "</ul>\n";
    if (has_offer)
        page += "<p>Offer of the day</p>\n";
    return page + "<footer>Shop</footer>\n";
}

TEST(SiteTemplate, holds_for_further_pages) {
    std::string text;
    for (const auto &page : {shop_page("a", 3, false), shop_page("b", 5, true), shop_page("c", 2, false)})
        text = extend_site_template(text, page);
    EXPECT_EQ(text, "<!DOCTYPE html>\n<title>{r1}</title>\n<h1>{r2}</h1>\n<ul><for1>\n<li><b>{r3}</b> "
                    "<i>{r4}</i></li></for1>\n</ul><if1>\n<p>Offer of the day</p></if1>\n<footer>Shop</footer>\n");
    const std::string further = shop_page("d", 7, true);
    const SiteSeparation separation = separate_with(text, further);
    EXPECT_EQ(separation.template_text, text);
    EXPECT_EQ(separation.residual, 0);
    const TemplateData data = parse_template_data(separation.data_text);
    EXPECT_EQ(data["r2"], "d");
    EXPECT_EQ(data["for1"].size(), 7u);
    EXPECT_EQ(restore(text, data), further);
}

TEST(SiteTemplate, a_redesign_leaves_a_residual) {
    const std::string text =
        extend_site_template(extend_site_template("", shop_page("a", 3, false)), shop_page("b", 5, true));
    std::string small_change = shop_page("c", 4, false);
    small_change.replace(small_change.find("<footer>"), 0, "<hr>");
    const SiteSeparation changed = separate_with(text, small_change);
    EXPECT_GT(changed.residual, 0);
    EXPECT_LT(changed.residual, 0.3);
    EXPECT_EQ(restore(changed.template_text, parse_template_data(changed.data_text)), small_change);
    const std::string redesign =
        "<div class=x><table><tr><td>a<td>1<tr><td>b<td>2</table><nav><a href=1>x</a></nav></div>";
    const SiteSeparation other = separate_with(text, redesign);
    EXPECT_GT(other.residual, 0.8);
    EXPECT_EQ(restore(other.template_text, parse_template_data(other.data_text)), redesign);
}

TEST(SiteTemplate, templates_of_others_are_refused) {
    for (const char *text : {"<if1>a<b>c</b></if1>", "<for1>", "<ul> <for1><li>{r1}</li></for1></ul>", "{r2}"})
        EXPECT_THROW((void)separate_with(text, "<ul></ul>"), Error) << text;
}

TEST(SiteTemplate, a_written_template_reads_as_the_layout_it_was) {
    SeededRandom random(3);
    for (int round = 0; round < 300; ++round) {
        const std::string page = test::random_list(random, 1 + random.below(20));
        LayoutPool pool;
        const LayoutId folded = OptimalFolder(pool).fold(layout_of_page(pool, page));
        EXPECT_EQ(layout_of_template(pool, Instantiation(pool).text_of(folded)), folded) << page;
        const Separation separation = separate(page, SeparationMethod::kOptimal);
        EXPECT_DOUBLE_EQ(maintainability_index(count_markup(separation.template_text)), separation.maintainability);
        EXPECT_DOUBLE_EQ(maintainability_index(count_markup(page)), separation.page_maintainability);
    }
}

} // namespace
} // namespace webwrap
