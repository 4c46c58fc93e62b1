#include "core/wrap/anchored_path.hpp"

#include <gtest/gtest.h>

#include "core/parse/parse.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {
namespace {

std::vector<NodeId> selected(const Document &page, const std::string &xpath) {
    std::vector<NodeId> nodes;
    for (const NodeRef &ref : XPath(xpath).evaluate(page).nodes)
        nodes.push_back(ref.node);
    return nodes;
}

std::string story(const std::string &title, const std::string &slug) {
    return "<html><body><main class='page'><h1 class='title' id='" + slug + "'>" + title + "</h1><section id='" + slug +
           "'><p>One paragraph.</p></section></main><aside id='side'><p>Else.</p></aside>"
           "</body></html>";
}

TEST(AnchoredPath, selects_on_the_next_page_of_the_template_too) {
    const auto page = parse_html(story("Tea with Ginger!", "tea-with-ginger"));
    const auto next = parse_html(story("Pickled plums", "pickled-plums"));
    for (const char *target : {"//h1", "//section", "//section/p"}) {
        const auto path = exact_path(*page, selected(*page, target), {});
        ASSERT_TRUE(path.has_value());
        EXPECT_EQ(selected(*page, *path), selected(*page, target)) << *path;
        EXPECT_EQ(selected(*next, *path), selected(*next, target)) << *path;
    }
}

TEST(AnchoredPath, does_not_take_a_phrase_in_an_attribute_for_a_name) {
    const auto page = parse_html("<main><figure><img data-item-name='Tea with Ginger' src='1'></figure></main>"
                                 "<aside><img src='2'></aside>");
    const auto next = parse_html("<main><figure><img data-item-name='Pickled Plums' src='3'></figure></main>"
                                 "<aside><img src='4'></aside>");
    const auto path = exact_path(*page, selected(*page, "//figure/img"), {});
    ASSERT_TRUE(path.has_value());
    EXPECT_EQ(selected(*next, *path), selected(*next, "//figure/img")) << *path;
}

TEST(AnchoredPath, does_not_rest_on_marked_up_words_of_a_text) {
    const auto page = parse_html("<div class='text'><p>Welcome.</p></div><ol class='steps'>"
                                 "<li><div class='text'><p>Heat the <a>oven</a>.</p></div></li>"
                                 "<li><div class='text'><p>Bake with <a>care</a>.</p></div></li></ol>");
    const auto next = parse_html("<div class='text'><p>Welcome <a>back</a>.</p></div><ol class='steps'>"
                                 "<li><div class='text'><p>Mix.</p></div></li></ol>");
    const auto path = exact_path(*page, selected(*page, "//li/div/p"), {});
    ASSERT_TRUE(path.has_value());
    EXPECT_EQ(selected(*next, *path), selected(*next, "//li/div/p")) << *path;
}

TEST(AnchoredPath, prefers_an_id_that_lasts) {
    const auto page = parse_html(story("Tea with Ginger!", "tea-with-ginger"));
    EXPECT_EQ(exact_path(*page, selected(*page, "//aside"), {}), "//aside[@id='side']");
}

TEST(LastingId, is_no_slug_and_not_generated) {
    const auto page = parse_html("<body><h2>Über Tee &amp; Kaffee</h2><div id='über-tee-kaffee'></div><div id='h-uber'>"
                                 "</div><div id='toc-über-tee-kaffee-2'></div><div id='tee'></div><div id='a8f3e1b9'>"
                                 "</div><div></div></body>");
    const std::vector<NodeId> all = selected(*page, "//div");
    std::vector<bool> lasting;
    for (const NodeId element : all)
        lasting.push_back(has_lasting_id(*page, element));
    EXPECT_EQ(lasting, (std::vector<bool>{false, true, false, true, false, false}));
}

TEST(LastingId, of_one_word_is_a_slug_where_the_title_has_the_word) {
    const auto page = parse_html("<title>Quickstart - Some project</title><section id='quickstart'><h1>Quickstart</h1>"
                                 "<section id='options'><h2>Options</h2></section></section>"
                                 "<section id='project'><h2>About it</h2></section>"
                                 "<h2>Project</h2><section id='project'><p>1</p></section>");
    std::vector<bool> lasting;
    for (const NodeId element : selected(*page, "//section"))
        lasting.push_back(has_lasting_id(*page, element));
    EXPECT_EQ(lasting, (std::vector<bool>{false, true, true, true}));
}

TEST(LastingId, is_no_slug_in_other_letters_than_its_text) {
    const auto page = parse_html("<body><h1>Süßkartoffel \u2013 Brötchen</h1><h2>Борщ с мясом</h2><h2>Été</h2>"
                                 "<div id='susskartoffel-brotchen'></div><div id='suesskartoffel-broetchen'></div>"
                                 "<div id='süßkartoffel-brötchen'></div><div id='nuss-und-brot'></div>"
                                 "<div id='main-content'></div><div id='борщ-с-мясом'></div></body>");
    std::vector<bool> lasting;
    for (const NodeId element : selected(*page, "//div"))
        lasting.push_back(has_lasting_id(*page, element));
    EXPECT_EQ(lasting, (std::vector<bool>{false, false, false, true, true, false}));
}

} // namespace
} // namespace webwrap
