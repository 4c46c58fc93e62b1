/* Tree construction, and what reads whole trees. The first byte chooses scripting (bit 0), whether the page is made
 * UTF-8 first, as decoding does (1), whether what reads trees runs too (2), and the context of a fragment (4 to 7). */

#include <algorithm>
#include <array>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/parse/parse.hpp"
#include "core/select/links.hpp"
#include "core/select/metadata.hpp"
#include "core/select/tables.hpp"
#include "core/select/visible_text.hpp"
#include "core/select/xpath.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

constexpr std::array<FragmentContext, 16> kContexts = {{{""},
                                                        {""},
                                                        {"div"},
                                                        {"table"},
                                                        {"tr"},
                                                        {"td"},
                                                        {"colgroup"},
                                                        {"select"},
                                                        {"template"},
                                                        {"title"},
                                                        {"script"},
                                                        {"frameset"},
                                                        {"form"},
                                                        {"svg", NodeSpace::kSvg},
                                                        {"foreignObject", NodeSpace::kSvg},
                                                        {"annotation-xml", NodeSpace::kMathMl}}};

void check_attributes(const Document &document, NodeId node) {
    std::vector<NameId> names;
    for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at)
        names.push_back(document.attribute(at).name);
    require(names.empty() || document.is_element(node), "only elements have attributes");
    std::sort(names.begin(), names.end());
    require(std::adjacent_find(names.begin(), names.end()) == names.end(), "no element has an attribute twice");
    require(names.empty() || (names.front() >= 0 && names.back() < document.name_count()), "attributes have names");
}

/* Arrays that do not contradict each other: each subtree ends within its parent's. */
void check_tree(const Document &document) {
    require(document.size() >= 1 && document.subtree_size(0) == document.size(), "the document node has all nodes");
    require(document.kind(0) == NodeKind::kDocument && document.parent(0) == kNoNode, "node 0 is the document");
    std::vector<int> depths(static_cast<std::size_t>(document.size()), 0);
    NodeId children = 0;
    for (NodeId node = 0; node < document.size(); ++node) {
        for (NodeId child = document.first_child(node); child != kNoNode; child = document.next_sibling(child)) {
            require(document.parent(child) == node, "children know their parent");
            ++children;
        }
        require(document.first_attribute(node) <= document.first_attribute(node + 1), "attributes are in order");
        check_attributes(document, node);
        if (node == 0)
            continue;
        const NodeId up = document.parent(node);
        require(up >= 0 && up < node, "parents stand in front");
        require(document.subtree_size(node) >= 1 && document.end_of(node) <= document.end_of(up), "subtrees nest");
        const int depth = depths[static_cast<std::size_t>(node)] = depths[static_cast<std::size_t>(up)] + 1;
        require(depth <= 513, "nesting is capped");
        require(document.kind(node) != NodeKind::kDocument, "there is one document node");
        if (document.is_element(node))
            require(document.name_id(node) >= 0 && document.name_id(node) < document.name_count(),
                    "elements have names");
        else
            require(document.subtree_size(node) == 1, "only elements have children");
        require(document.kind(node) != NodeKind::kText || !document.text(node).empty(), "text nodes are not empty");
    }
    require(children + 1 == document.size(), "every node is one child");
}

/* A page has one element below the document node, and no text there. */
void check_top(const Document &document) {
    NodeId elements = 0;
    for (NodeId child = document.first_child(0); child != kNoNode; child = document.next_sibling(child)) {
        require(document.kind(child) != NodeKind::kText, "no text below the document node");
        elements += document.is_element(child) ? 1 : 0;
    }
    require(elements == 1, "one root");
    require(document.name(document.root_element()) == "html", "the root is html");
    const NodeId before = document.doctype().before;
    require(before == kNoNode || (before > 0 && before <= document.size()), "the doctype has a place");
}

void check_source(const Document &document, std::string_view page) {
    require(document.source() == page, "the source is the page");
    const auto tokens = document.source_tokens();
    require(tokens.empty() == page.empty(), "a page consists of tokens");
    require(tokens.empty() || tokens[0].begin_bytes == 0, "the first token begins the page");
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::size_t end = i + 1 < tokens.size() ? tokens[i + 1].begin_bytes : page.size();
        require(tokens[i].begin_bytes < end, "tokens are not empty, in order, and within the page");
        require(tokens[i].node == kNoNode || (tokens[i].node > 0 && tokens[i].node < document.size()),
                "tokens lead to nodes");
    }
}

void check_document(const Document &document, std::string_view page) {
    check_tree(document);
    check_top(document);
    check_source(document, page);
}

/* Whether some string of the JSON has an escaped NUL. */
bool escapes_nul(std::string_view json) {
    for (std::size_t at = json.find('\\'); at < json.size(); at = json.find('\\', at + 2))
        if (json.substr(at + 1).starts_with("u0000"))
            return true;
    return false;
}

/* Everything that reads a whole tree ends, and gives text where the page is text. */
void read_tree(const Document &document, bool is_utf8, const Limits &limits) {
    for (NodeId node = 1; node < document.size(); node += 1 + document.size() / 16)
        require(!document.is_element(node) || positional_path(document, {node, -1}).starts_with('/'),
                "elements have a path");
    std::string texts = string_value(document, {0, -1}) + visible_text(document);
    attempt([&] {
        for (const Table &table : find_tables(document, limits))
            for (const Table::Slots &row : table.rows) {
                require(table.header.empty() || row.size() == table.header.size(), "rows are as wide as the header");
                require(row.size() == table.rows[0].size(), "rows are equally wide");
            }
    });
    attempt([&] {
        for (const Link &link : find_links(document, "http://example.com/a/b", limits)) {
            require(link.url.starts_with("http://") || link.url.starts_with("https://"), "links are http(s)", link.url);
            texts += link.url + link.anchor;
        }
    });
    attempt([&] {
        const std::string metadata = page_metadata(document, limits);
        texts += metadata;
        require(!is_utf8 || nlohmann::json::accept(metadata), "metadata are JSON", metadata);
        require(!escapes_nul(metadata), "metadata have no NUL, which jsonb does not take", metadata);
    });
    require(!is_utf8 || find_invalid_utf8(texts) == std::string::npos, "what is read is UTF-8");
}

void check_page(std::string_view input) {
    const unsigned byte = take_byte(input);
    const bool is_utf8 = (byte & 2) != 0;
    const std::string page = is_utf8 ? repaired(input) : std::string(input);
    const Limits limits = small_limits();
    HtmlOptions options;
    options.scripting = (byte & 1) != 0;
    if (!kContexts[byte >> 4].name.empty())
        options.fragment = &kContexts[byte >> 4];
    const auto document = parse_html(page, limits, options);
    check_document(*document, page);
    if ((byte & 4) != 0)
        read_tree(*document, is_utf8, limits);
    const std::string written = outer_html(*document, {document->root_element(), -1});
    attempt([&] { check_document(*parse_html(written, limits), written); });
}

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    attempt([&] { check_page({reinterpret_cast<const char *>(data), size}); });
    return 0;
}
