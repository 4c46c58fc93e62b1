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

/* The path made for what `target` selects on one page selects what it selects on the next one, too. */
void expect_to_hold(const std::string &page_html, const std::string &next_html, const std::string &target) {
    const auto page = parse_html(page_html), next = parse_html(next_html);
    const auto path = exact_path(*page, selected(*page, target), {});
    ASSERT_TRUE(path.has_value());
    EXPECT_EQ(selected(*page, *path), selected(*page, target)) << *path;
    EXPECT_EQ(selected(*next, *path), selected(*next, target)) << *path;
}

std::vector<bool> lasting_ids(const std::string &html, const std::string &elements) {
    const auto page = parse_html(html);
    std::vector<bool> lasting;
    for (const NodeId element : selected(*page, elements))
        lasting.push_back(has_lasting_id(*page, element));
    return lasting;
}

TEST(AnchoredPath, selects_on_the_next_page_of_the_template_too) {
    for (const char *target : {"//h1", "//section", "//section/p"})
        expect_to_hold(story("Tea with Ginger!", "tea-with-ginger"), story("Pickled plums", "pickled-plums"), target);
}

TEST(AnchoredPath, does_not_take_a_phrase_in_an_attribute_for_a_name) {
    expect_to_hold(
        "<main><figure><img data-item-name='Tea with Ginger' src='1'></figure></main><aside><img src='2'></aside>",
        "<main><figure><img data-item-name='Pickled Plums' src='3'></figure></main><aside><img src='4'></aside>",
        "//figure/img");
}

TEST(AnchoredPath, does_not_rest_on_marked_up_words_of_a_text) {
    expect_to_hold("<div class='text'><p>Welcome.</p></div><ol class='steps'>"
                   "<li><div class='text'><p>Heat the <a>oven</a>.</p></div></li>"
                   "<li><div class='text'><p>Bake with <a>care</a>.</p></div></li></ol>",
                   "<div class='text'><p>Welcome <a>back</a>.</p></div><ol class='steps'>"
                   "<li><div class='text'><p>Mix.</p></div></li></ol>",
                   "//li/div/p");
}

TEST(AnchoredPath, prefers_an_id_that_lasts) {
    const auto page = parse_html(story("Tea with Ginger!", "tea-with-ginger"));
    EXPECT_EQ(exact_path(*page, selected(*page, "//aside"), {}), "//aside[@id='side']");
}

TEST(LastingId, is_no_slug_and_not_generated) {
    EXPECT_EQ(
        lasting_ids(
            "<body><h2>Über Tee &amp; Kaffee</h2><div id='über-tee-kaffee'></div><div id='h-uber'></div>"
            "<div id='toc-über-tee-kaffee-2'></div><div id='tee'></div><div id='a8f3e1b9'></div><div></div></body>",
            "//div"),
        (std::vector<bool>{false, true, false, true, false, false}));
}

TEST(LastingId, of_one_word_is_a_slug_where_the_title_has_the_word) {
    EXPECT_EQ(lasting_ids("<title>Quickstart - Some project</title><section id='quickstart'><h1>Quickstart</h1>"
                          "<section id='options'><h2>Options</h2></section></section>"
                          "<section id='project'><h2>About it</h2></section>"
                          "<h2>Project</h2><section id='project'><p>1</p></section>",
                          "//section"),
              (std::vector<bool>{false, true, true, true}));
}

TEST(LastingId, is_no_slug_in_other_letters_than_its_text) {
    EXPECT_EQ(lasting_ids("<body><h1>Süßkartoffel \u2013 Brötchen</h1><h2>Борщ с мясом</h2><h2>Été</h2>"
                          "<div id='susskartoffel-brotchen'></div><div id='suesskartoffel-broetchen'></div>"
                          "<div id='süßkartoffel-brötchen'></div><div id='nuss-und-brot'></div>"
                          "<div id='main-content'></div><div id='борщ-с-мясом'></div></body>",
                          "//div"),
              (std::vector<bool>{false, false, false, true, true, false}));
}

} // namespace
} // namespace webwrap
