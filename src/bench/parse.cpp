/* Bytes to a tree with text: webwrap::parse_html against libxml2, gumbo and MyHTML over the same pages in memory.
 * Building and freeing both count; nothing is read from the tree in the timed rounds. */

#include <gumbo.h>
#include <libxml/HTMLparser.h>
#include <libxml/tree.h>
#include <myhtml/api.h>

#include <cstdio>
#include <string_view>

#include "bench/harness.hpp"
#include "core/parse/parse.hpp"

using namespace webwrap;
using namespace webwrap::bench;

namespace {

/* What a parser found, to see that all did the same work. */
struct Found {
    std::size_t elements = 0;
    std::size_t text_bytes = 0;
};

void parse_ours(const std::string &page, Found *found) {
    const auto document = parse_html(page);
    if (found == nullptr)
        return;
    for (NodeId node = 0; node < document->size(); ++node) {
        found->elements += document->is_element(node) ? 1 : 0;
        found->text_bytes += document->kind(node) == NodeKind::kText ? document->text(node).size() : 0;
    }
}

/* Calls `visit` for each node of a tree in document order. */
template <typename Node, typename First, typename Next, typename Parent, typename Visit>
void walk(Node *root, First first, Next next, Parent parent, Visit visit) {
    for (Node *node = root; node != nullptr;) {
        visit(node);
        if (Node *child = first(node)) {
            node = child;
            continue;
        }
        while (node != root && next(node) == nullptr)
            node = parent(node);
        node = node == root ? nullptr : next(node);
    }
}

void parse_libxml(const std::string &page, Found *found) {
    htmlDocPtr doc = htmlReadMemory(page.data(), static_cast<int>(page.size()), nullptr, "UTF-8",
                                    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    if (doc == nullptr)
        fail("libxml2 gave no tree");
    if (found != nullptr)
        walk(
            xmlDocGetRootElement(doc), [](xmlNode *n) { return n->type == XML_ELEMENT_NODE ? n->children : nullptr; },
            [](xmlNode *n) { return n->next; }, [](xmlNode *n) { return n->parent; },
            [&](xmlNode *n) {
                found->elements += n->type == XML_ELEMENT_NODE ? 1 : 0;
                if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE)
                    found->text_bytes += std::string_view(reinterpret_cast<const char *>(n->content)).size();
            });
    xmlFreeDoc(doc);
}

const GumboVector &children_of(const GumboNode *node) { return node->v.element.children; }

void parse_gumbo(const std::string &page, Found *found) {
    const GumboOptions options = kGumboDefaultOptions;
    GumboOutput *output = gumbo_parse_with_options(&options, page.data(), page.size());
    const auto is_element = [](const GumboNode *n) {
        return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;
    };
    if (found != nullptr)
        walk(
            output->root,
            [&](GumboNode *n) {
                return is_element(n) && children_of(n).length > 0 ? static_cast<GumboNode *>(children_of(n).data[0])
                                                                  : nullptr;
            },
            [](GumboNode *n) {
                const GumboVector &siblings = children_of(n->parent);
                const std::size_t at = n->index_within_parent + 1;
                return at < siblings.length ? static_cast<GumboNode *>(siblings.data[at]) : nullptr;
            },
            [](GumboNode *n) { return n->parent; },
            [&](GumboNode *n) {
                found->elements += is_element(n) ? 1 : 0;
                if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE || n->type == GUMBO_NODE_CDATA)
                    found->text_bytes += std::string_view(n->v.text.text).size();
            });
    gumbo_destroy_output(&options, output);
}

/* MyHTML with one thread, its state made once and cleaned by each parse, as it is meant to be used. */
class MyHtml {
  public:
    MyHtml() : parser_(myhtml_create()), tree_(myhtml_tree_create()) {
        myhtml_init(parser_, MyHTML_OPTIONS_PARSE_MODE_SINGLE, 1, 0);
        myhtml_tree_init(tree_, parser_);
    }
    [[nodiscard]] static std::string version() {
        const myhtml_version_t version = myhtml_version();
        return format("%d.%d.%d", version.major, version.minor, version.patch);
    }
    ~MyHtml() {
        myhtml_tree_destroy(tree_);
        myhtml_destroy(parser_);
    }
    MyHtml(const MyHtml &) = delete;
    MyHtml &operator=(const MyHtml &) = delete;

    void parse(const std::string &page, Found *found) {
        if (MYHTML_FAILED(myhtml_parse(tree_, MyENCODING_UTF_8, page.data(), page.size())))
            fail("MyHTML failed");
        if (found == nullptr)
            return;
        walk(myhtml_tree_get_node_html(tree_), myhtml_node_child, myhtml_node_next, myhtml_node_parent,
             [&](myhtml_tree_node_t *n) {
                 const auto tag = myhtml_node_tag_id(n);
                 found->elements += tag != MyHTML_TAG__TEXT && tag != MyHTML_TAG__COMMENT ? 1 : 0;
                 std::size_t length = 0;
                 if (tag == MyHTML_TAG__TEXT && myhtml_node_text(n, &length) != nullptr)
                     found->text_bytes += length;
             });
    }

  private:
    myhtml_t *parser_;
    myhtml_tree_t *tree_;
};

} // namespace

int main(int argc, char **argv) {
    const Options options = options_from(argc, argv);
    const std::vector<std::string> pages = read_pages(options);
    std::size_t bytes = 0;
    for (const std::string &page : pages)
        bytes += page.size();

    MyHtml myhtml;
    using Parse = std::function<void(const std::string &, Found *)>;
    const std::vector<std::pair<std::string, Parse>> parsers = {
        {"webwrap", parse_ours},
        {"libxml2/" LIBXML_DOTTED_VERSION, parse_libxml},
        {"gumbo/" GUMBO_VERSION, parse_gumbo},
        {"myhtml/" + MyHtml::version(), [&](const std::string &page, Found *found) { myhtml.parse(page, found); }}};

    std::printf("parse: %zu pages, %.1f MB, %d rounds, CPU time\n", pages.size(), static_cast<double>(bytes) / 1e6,
                options.rounds);
    Found ours;
    std::vector<Contender> contenders;
    for (const auto &[name, parse] : parsers) {
        Found found;
        for (const std::string &page : pages)
            parse(page, &found);
        if (contenders.empty())
            ours = found;
        std::printf("  %-24s %zu elements, %zu bytes of text\n", name.c_str(), found.elements, found.text_bytes);
        check_comparable("elements", ours.elements, found.elements);
        check_comparable("bytes of text", ours.text_bytes, found.text_bytes);
        contenders.push_back({name, [&pages, &parse = parse] {
                                  return seconds_of([&] {
                                      for (const std::string &page : pages)
                                          parse(page, nullptr);
                                  });
                              }});
    }
    run_rounds(contenders, options.rounds);
    report("parse", contenders,
           [&](double seconds) { return format("%8.1f MB/s", static_cast<double>(bytes) / 1e6 / seconds); });
    return 0;
}
