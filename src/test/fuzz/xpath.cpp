/* XPath: the first line of an input is the expression, the rest the page. The engine and libxml2 have to agree. */

#include <algorithm>
#include <string>

#include "core/parse/parse.hpp"
#include "core/select/libxml_xpath.hpp"
#include "core/select/xpath.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

constexpr std::size_t kMostExpressionBytes = 400;

struct Outcome {
    std::string text;
    bool is_limited = false; /* the engines count different things */
};

void check_selection(const Selection &selection, const Document &document) {
    require(std::is_sorted(selection.nodes.begin(), selection.nodes.end()), "nodes are in document order");
    require(std::adjacent_find(selection.nodes.begin(), selection.nodes.end()) == selection.nodes.end(),
            "nodes are selected once");
    for (const NodeRef ref : selection.nodes) {
        require(ref.node >= 0 && ref.node < document.size(), "nodes are of the document");
        require(!ref.is_attribute() || (ref.attribute >= document.first_attribute(ref.node) &&
                                        ref.attribute < document.first_attribute(ref.node + 1)),
                "attributes are of their element");
    }
    require(selection.is_node_set || find_invalid_utf8(selection.value) == std::string::npos, "values are UTF-8");
}

template <typename Evaluate> Outcome outcome_of(const Document &document, Evaluate evaluate) {
    Outcome outcome;
    try {
        const Selection selection = evaluate();
        check_selection(selection, document);
        outcome.text = selection.is_node_set ? "nodes" : "value " + selection.value;
        for (const NodeRef ref : selection.nodes)
            outcome.text += " " + std::to_string(ref.node) + "@" + std::to_string(ref.attribute);
    } catch (const Error &error) {
        outcome.is_limited = error.kind() == ErrorKind::kLimitExceeded;
        require(outcome.is_limited || error.kind() == ErrorKind::kInvalidXPath, "errors are those of XPath",
                error.message());
        outcome.text = "error " + error.message();
    }
    return outcome;
}

/* Paths without brackets are streamed by libxml2, which loses the context node of ".//.": in brackets they are not. */
std::string not_streamed(const std::string &path) {
    return path.find_first_of("[(@") == std::string::npos ? "(" + path + ")" : path;
}

void compare(const XPath &path, const Document &document, NodeId context, const Limits &limits) {
    const Outcome ours = outcome_of(document, [&] { return path.evaluate(document, context, limits); });
    if (!path.is_compiled() || ours.is_limited)
        return;
    const Outcome peer = outcome_of(
        document, [&] { return LibxmlXPath(not_streamed(path.path())).evaluate(document, context, limits); });
    require(peer.is_limited || ours.text == peer.text, "the engines agree",
            path.path() + "\nfrom node " + std::to_string(context) + "\nours    " + ours.text + "\nlibxml2 " +
                peer.text);
}

bool is_plain(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/* The positional path of an element leads back to it, the literal of a text is that text. */
void check_writers(const Document &document, NodeId node, const Limits &limits) {
    bool has_path = document.is_element(node);
    for (NodeId up = node; has_path && up > 0; up = document.parent(up))
        has_path = is_plain(document.name(up));
    if (has_path) {
        const std::string path = positional_path(document, {node, -1});
        attempt([&] {
            require(XPath(path).evaluate(document, 0, limits).nodes == std::vector<NodeRef>{{node, -1}},
                    "positional paths lead back", path);
        });
    }
    const std::string_view text = document.text(node);
    if (document.kind(node) == NodeKind::kText && text.size() < kMostExpressionBytes) {
        const XPath literal(xpath_literal(text));
        require(!literal.is_compiled() || literal.evaluate(document).value == text, "literals are the text", text);
    }
}

void check_expression(std::string_view input) {
    const std::string expression = repaired(take_line(input));
    if (expression.size() > kMostExpressionBytes)
        return;
    const Limits limits = small_limits();
    const XPath path(expression);
    const auto document = parse_html(repaired(input), limits);
    const NodeId stride = 1 + document->size() / 8;
    for (NodeId context = 0; context < document->size(); context += stride) {
        compare(path, *document, context, limits);
        attempt([&] { check_writers(*document, context, limits); });
    }
}

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    attempt([&] { check_expression({reinterpret_cast<const char *>(data), size}); });
    return 0;
}
