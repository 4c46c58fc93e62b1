/* Tree-construction cases: markup and the dump of the tree that it must give. */

#include <algorithm>
#include <map>

#include "core/parse/parse.hpp"
#include "test/conformance/conformance.hpp"

namespace webwrap::conformance {

namespace {

const char *space_prefix(NodeSpace space) {
    return space == NodeSpace::kSvg ? "svg " : space == NodeSpace::kMathMl ? "math " : "";
}

/* "xlink:href" of a foreign element stands in a namespace, which the dumps write with a space. */
std::string dumped_name(const Document &document, NodeId node, std::string_view name) {
    static constexpr std::string_view kNames[] = {"xlink:actuate", "xlink:arcrole", "xlink:href", "xlink:role",
                                                  "xlink:show",    "xlink:title",   "xlink:type", "xml:lang",
                                                  "xml:space",     "xmlns:xlink"};
    std::string text(name);
    if (document.space(node) != NodeSpace::kHtml &&
        std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames))
        std::replace(text.begin(), text.end(), ':', ' ');
    return text;
}

void dump_attributes(std::string &out, const Document &document, NodeId node, const std::string &indent) {
    std::map<std::string, std::string> sorted;
    for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at) {
        const Attribute &attribute = document.attribute(at);
        sorted[dumped_name(document, node, document.name_text(attribute.name))] = attribute.value;
    }
    for (const auto &[name, value] : sorted)
        out.append(indent).append(name).append("=\"").append(value).append("\"\n");
}

void dump_doctype(std::string &out, const Doctype &doctype) {
    out.append("| <!DOCTYPE ").append(doctype.name);
    if (!doctype.public_id.empty() || !doctype.system_id.empty())
        out.append(" \"").append(doctype.public_id).append("\" \"").append(doctype.system_id).append("\"");
    out += ">\n";
}

void dump_children(std::string &out, const Document &document, NodeId parent, const std::string &indent);

void dump_node(std::string &out, const Document &document, NodeId node, const std::string &indent) {
    switch (document.kind(node)) {
    case NodeKind::kElement:
        out.append(indent).append("<").append(space_prefix(document.space(node))).append(document.name(node)) += ">\n";
        dump_attributes(out, document, node, indent + "  ");
        if (document.name(node) == "template" && document.space(node) == NodeSpace::kHtml) {
            const NodeId content = document.template_content(node);
            out.append(indent).append("  content\n");
            dump_children(out, document, content == kNoNode ? node : content, indent + "    ");
        } else {
            dump_children(out, document, node, indent + "  ");
        }
        break;
    case NodeKind::kText:
        out.append(indent).append("\"").append(document.text(node)).append("\"\n");
        break;
    case NodeKind::kComment:
        out.append(indent).append("<!-- ").append(document.text(node)).append(" -->\n");
        break;
    case NodeKind::kDocument:
        break;
    }
}

void dump_children(std::string &out, const Document &document, NodeId parent, const std::string &indent) {
    for (NodeId child = document.first_child(parent); child != kNoNode;) {
        if (parent == 0 && document.doctype().before == child)
            dump_doctype(out, document.doctype());
        dump_node(out, document, child, indent);
        child = document.end_of(child) < document.end_of(parent) ? document.end_of(child) : kNoNode;
    }
}

std::string dump(const Document &document, bool is_fragment) {
    std::string out;
    dump_children(out, document, is_fragment ? document.root_element() : 0, "| ");
    if (out.ends_with('\n'))
        out.pop_back();
    return out;
}

/* What the tokens of the source, put together, give: the input again. */
bool is_covered(const Document &document, const std::string &input) {
    std::uint32_t known = 0;
    const auto tokens = document.source_tokens();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i == 0 ? tokens[i].begin_bytes != 0 : tokens[i].begin_bytes <= known)
            return false;
        known = tokens[i].begin_bytes;
    }
    return document.source() == input && tokens.empty() == input.empty();
}

} // namespace

void run_tree_file(const std::string &path, Tally &tally) {
    for (const Case &c : read_cases(read_file(path))) {
        const std::string &input = *find_section(c, "#data");
        const std::string *expected = find_section(c, "#document");
        if (expected == nullptr)
            continue;
        HtmlOptions options;
        FragmentContext context;
        const std::string *fragment = find_section(c, "#document-fragment");
        if (fragment != nullptr) {
            context.name = *fragment;
            for (const NodeSpace space : {NodeSpace::kSvg, NodeSpace::kMathMl})
                if (context.name.starts_with(space_prefix(space))) {
                    context.name.remove_prefix(std::string_view(space_prefix(space)).size());
                    context.space = space;
                }
            options.fragment = &context;
        }
        for (const bool scripting : {false, true}) {
            if (find_section(c, scripting ? "#script-off" : "#script-on") != nullptr)
                continue;
            options.scripting = scripting;
            const auto document = parse_html(input, {}, options);
            report(tally, path + (scripting ? " [scripting]" : ""), input, *expected,
                   is_covered(*document, input) ? dump(*document, fragment != nullptr)
                                                : std::string("source tokens do not cover the input"));
        }
    }
}

} // namespace webwrap::conformance
