#include <algorithm>
#include <array>
#include <vector>

#include "core/base/interrupt.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

namespace {

template <std::size_t N> bool is_one_of(std::string_view name, const std::array<std::string_view, N> &names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_void(std::string_view name) {
    static constexpr auto kNames =
        std::to_array<std::string_view>({"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr",
                                         "img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr"});
    return is_one_of(name, kNames);
}

/* Elements whose text is written as it is (HTML standard, serialising fragments). */
bool holds_raw_text(std::string_view name) {
    static constexpr auto kNames = std::to_array<std::string_view>(
        {"style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext", "noscript"});
    return is_one_of(name, kNames);
}

void append_escaped(std::string &out, std::string_view text, bool is_attribute) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '&')
            out += "&amp;";
        else if (c == '\xC2' && i + 1 < text.size() && text[i + 1] == '\xA0') {
            out += "&nbsp;";
            ++i;
        } else if (is_attribute && c == '"')
            out += "&quot;";
        else if (!is_attribute && c == '<')
            out += "&lt;";
        else if (!is_attribute && c == '>')
            out += "&gt;";
        else
            out += c;
    }
}

void append_start_tag(std::string &out, const Document &document, NodeId node) {
    out += '<';
    out += document.name(node);
    for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at) {
        const Attribute &attribute = document.attribute(at);
        out += ' ';
        out += document.name_text(attribute.name);
        out += "=\"";
        append_escaped(out, attribute.value, true);
        out += '"';
    }
    out += '>';
}

void append_end_tag(std::string &out, const Document &document, NodeId node) {
    if (!document.is_xml() && is_void(document.name(node)))
        return;
    out += "</";
    out += document.name(node);
    out += '>';
}

void append_leaf(std::string &out, const Document &document, NodeId node) {
    if (document.kind(node) == NodeKind::kComment) {
        out += "<!--";
        out += document.text(node);
        out += "-->";
    } else if (!document.is_xml() && holds_raw_text(document.name(document.parent(node)))) {
        out += document.text(node);
    } else {
        append_escaped(out, document.text(node), false);
    }
}

/* 1-based position among siblings of the same name, or 0 when it is the only one. */
int position_among_namesakes(const Document &document, NodeId node) {
    int position = 0;
    int count = 0;
    const NodeId up = document.parent(node);
    for (NodeId child = document.first_child(up); child != kNoNode; child = document.next_sibling(child)) {
        if (document.kind(child) != document.kind(node) || document.name_id(child) != document.name_id(node))
            continue;
        ++count;
        if (child == node)
            position = count;
    }
    return count > 1 ? position : 0;
}

std::string path_step(const Document &document, NodeId node) {
    std::string step = "/";
    if (document.kind(node) == NodeKind::kText)
        step += "text()";
    else if (document.kind(node) == NodeKind::kComment)
        step += "comment()";
    else
        step += document.name(node);
    if (const int position = position_among_namesakes(document, node); position > 0)
        step += "[" + std::to_string(position) + "]";
    return step;
}

/* The content of a template stands inside of it. */
void append_subtree(std::string &out, const Document &document, NodeId top) {
    struct Open {
        NodeId element; /* whose end tag follows */
        NodeId end;
        NodeId next; /* where to go on behind it */
    };
    std::vector<Open> open;
    const NodeId end = document.end_of(top);
    for (NodeId node = top; node < end || !open.empty();) {
        if (!open.empty() && node >= open.back().end) {
            const Open closed = open.back();
            open.pop_back();
            append_end_tag(out, document, closed.element);
            node = closed.next;
            continue;
        }
        if (node % 4096 == 0)
            Interrupt::poll();
        if (!document.is_element(node)) {
            if (document.kind(node) != NodeKind::kDocument)
                append_leaf(out, document, node);
            ++node;
            continue;
        }
        append_start_tag(out, document, node);
        const NodeId content = document.template_content(node);
        if (content == kNoNode) {
            open.push_back({node, document.end_of(node), document.end_of(node)});
            ++node;
        } else {
            open.push_back({node, document.end_of(content), document.end_of(node)});
            node = content;
        }
    }
}

} // namespace

std::string string_value(const Document &document, NodeRef ref) {
    if (ref.is_attribute())
        return std::string(document.attribute(ref.attribute).value);
    return document.string_value(ref.node);
}

std::string outer_html(const Document &document, NodeRef ref) {
    if (ref.is_attribute() || document.kind(ref.node) == NodeKind::kText ||
        document.kind(ref.node) == NodeKind::kComment)
        return string_value(document, ref);
    std::string out;
    append_subtree(out, document, ref.node);
    return out;
}

std::string positional_path(const Document &document, NodeRef ref) {
    std::vector<NodeId> steps;
    for (NodeId node = ref.node; node > 0; node = document.parent(node))
        steps.push_back(node);
    std::string path;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        path += path_step(document, *step);
    if (ref.is_attribute())
        path += "/@" + std::string(document.name_text(document.attribute(ref.attribute).name));
    return path.empty() ? "/" : path;
}

std::string xpath_literal(std::string_view text) {
    if (text.find('\'') == std::string_view::npos)
        return "'" + std::string(text) + "'";
    if (text.find('"') == std::string_view::npos)
        return "\"" + std::string(text) + "\"";
    std::string literal = "concat(";
    for (std::size_t at = 0; at < text.size();) {
        const char quote = text[at] == '\'' ? '"' : '\'';
        const std::size_t end = std::min(text.find(quote, at), text.size());
        literal += at == 0 ? "" : ", ";
        literal += quote;
        literal += text.substr(at, end - at);
        literal += quote;
        at = end;
    }
    return literal + ")";
}

} // namespace webwrap
