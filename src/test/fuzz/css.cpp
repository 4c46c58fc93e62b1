/* CSS: the first line of an input is the selector, the rest the page. A selector and its XPath select the same. */

#include <algorithm>
#include <string>

#include "core/parse/parse.hpp"
#include "core/select/css.hpp"
#include "core/select/xpath.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

constexpr std::size_t kMostSelectorBytes = 200;

/* What XPath 1.0 does not know of: quirks mode, namespaces, form feeds as white space. */
bool xpath_knows(const Document &document) {
    if (document.quirks_mode() == QuirksMode::kQuirks)
        return false;
    for (NodeId node = 0; node < document.size(); ++node)
        if (document.space(node) != NodeSpace::kHtml)
            return false;
    for (std::int32_t at = 0; at < document.first_attribute(document.size()); ++at)
        if (document.attribute(at).value.find('\f') != std::string_view::npos)
            return false;
    return true;
}

/* Languages of a page stand in more places than lang attributes. */
bool tests_language(const std::string &path) { return path.find("ancestor-or-self::*[@lang]") != std::string::npos; }

void check_selection(const Selection &selection, const Document &document, NodeId context) {
    require(selection.is_node_set, "selectors select nodes");
    require(std::is_sorted(selection.nodes.begin(), selection.nodes.end()), "elements are in document order");
    require(std::adjacent_find(selection.nodes.begin(), selection.nodes.end()) == selection.nodes.end(),
            "elements are selected once");
    for (const NodeRef ref : selection.nodes) {
        require(ref.node > context && ref.node < document.end_of(context), "elements are below the context");
        require(!ref.is_attribute() && document.is_element(ref.node), "only elements are selected");
    }
}

/* Where one of the two ends at a limit there is nothing to compare. */
void compare(const CssSelector &selector, const std::string *path, const Document &document, NodeId context,
             const Limits &limits) {
    attempt([&] {
        const Selection ours = selector.evaluate(document, context, limits);
        check_selection(ours, document, context);
        if (path == nullptr)
            return;
        Selection peer;
        try {
            peer = XPath(*path).evaluate(document, context, limits);
        } catch (const Error &error) {
            require(error.kind() == ErrorKind::kLimitExceeded, "the XPath of a selector runs",
                    selector.selector() + "\n" + error.message());
            return;
        }
        require(ours.nodes == peer.nodes, "the XPath of a selector selects the same",
                selector.selector() + "\nfrom node " + std::to_string(context) + " as " + *path);
    });
}

void check_selector(std::string_view input) {
    const std::string text = repaired(take_line(input));
    if (text.size() > kMostSelectorBytes)
        return;
    const Limits limits = small_limits();
    const CssSelector selector(text);
    std::string page_path;
    std::string element_path;
    const bool has_page_path = attempt([&] { page_path = css_to_xpath(text, XPathContext::kPage); });
    const bool has_element_path = attempt([&] { element_path = css_to_xpath(text, XPathContext::kElement); });
    const auto document = parse_html(repaired(input), limits);
    const bool is_comparable = xpath_knows(*document) && !tests_language(page_path + element_path);
    compare(selector, has_page_path && is_comparable ? &page_path : nullptr, *document, 0, limits);
    const NodeId stride = 1 + document->size() / 8;
    for (NodeId node = 1; node < document->size(); node += stride)
        if (document->is_element(node))
            compare(selector, has_element_path && is_comparable ? &element_path : nullptr, *document, node, limits);
}

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    attempt([&] { check_selector({reinterpret_cast<const char *>(data), size}); });
    return 0;
}
