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

} // namespace
} // namespace webwrap
