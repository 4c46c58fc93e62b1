/* Trees of real pages and what the selectors of the unit tests select on them, one JSON object a line, for css.py to compare. */

#include <cstdio>

#include <nlohmann/json.hpp>

#include "bench/harness.hpp"
#include "core/parse/parse.hpp"
#include "core/select/css.hpp"
#include "test/unit/select/differential.hpp"

using namespace webwrap;
using nlohmann::json;

namespace {

/* Kind, parent, name or text, attributes. */
json node_json(const Document &document, NodeId node) {
    if (!document.is_element(node))
        return {document.kind(node) == NodeKind::kText ? "text" : "comment", document.parent(node), document.text(node),
                json::array()};
    json attributes = json::array();
    for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at)
        attributes.push_back({document.name_text(document.attribute(at).name), document.attribute(at).value});
    return {"element", document.parent(node), document.name(node), attributes};
}

} // namespace

int main(int argc, char **argv) {
    const bench::Options options = bench::options_from(argc, argv);
    std::vector<std::string> selectors;
    for (const std::string &line : test::read_expressions("src/test/unit/select/selectors.txt"))
        selectors.push_back(line.starts_with('!') ? line.substr(1) : line);
    for (const std::string &page : bench::read_pages(options)) {
        const auto document = parse_html(page);
        json nodes = json::array({json::array({"document", -1, "", json::array()})});
        for (NodeId node = 1; node < document->size(); ++node)
            nodes.push_back(node_json(*document, node));
        json results = json::object();
        for (const std::string &selector : selectors) {
            json selected = json::array();
            for (const NodeRef ref : CssSelector(selector).evaluate(*document).nodes)
                selected.push_back(ref.node);
            results[selector] = std::move(selected);
        }
        const json line = {{"nodes", std::move(nodes)}, {"results", std::move(results)}};
        std::printf("%s\n", line.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
    }
    return 0;
}
