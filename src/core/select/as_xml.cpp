#include "core/select/as_xml.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <unicode/utf8.h>

#include "core/base/interrupt.hpp"
#include "core/select/output_budget.hpp"

namespace webwrap {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kReplacementBytes = "\xEF\xBF\xBD";

/* Calls `visit` with each character and its bytes; bytes that are no UTF-8 come as U+FFFD. */
template <typename Visit> void for_each_character(std::string_view text, Visit visit) {
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        const std::int32_t begin = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        if (c < 0)
            visit(kReplacement, kReplacementBytes);
        else
            visit(static_cast<char32_t>(c),
                  text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin)));
    }
}

/* Char of XML 1.0 (production 2). */
bool is_xml_character(char32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0x10FFFF);
}

/* NameStartChar and NameChar of XML 1.0 (productions 4 and 4a), without the colon. */
bool is_name_character(char32_t c, bool is_first) {
    struct Range {
        char32_t first;
        char32_t last;
    };
    static constexpr std::array<Range, 15> kStart{{{'A', 'Z'},
                                                   {'_', '_'},
                                                   {'a', 'z'},
                                                   {0xC0, 0xD6},
                                                   {0xD8, 0xF6},
                                                   {0xF8, 0x2FF},
                                                   {0x370, 0x37D},
                                                   {0x37F, 0x1FFF},
                                                   {0x200C, 0x200D},
                                                   {0x2070, 0x218F},
                                                   {0x2C00, 0x2FEF},
                                                   {0x3001, 0xD7FF},
                                                   {0xF900, 0xFDCF},
                                                   {0xFDF0, 0xFFFC},
                                                   {0x10000, 0xEFFFF}}};
    static constexpr std::array<Range, 6> kMore{
        {{'-', '-'}, {'.', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}}};
    const auto holds = [c](const Range &range) { return c >= range.first && c <= range.last; };
    return std::any_of(kStart.begin(), kStart.end(), holds) ||
           (!is_first && std::any_of(kMore.begin(), kMore.end(), holds));
}

std::string coerce_without_colon(std::string_view name) {
    std::string out;
    for_each_character(name, [&out](char32_t c, std::string_view bytes) {
        if (is_name_character(c, out.empty())) {
            out += bytes;
            return;
        }
        std::array<char, 16> number{};
        std::snprintf(number.data(), number.size(), "U%05X", static_cast<unsigned>(c));
        out += number.data();
    });
    return out;
}

void append_escaped(std::string &out, std::string_view text) {
    for (const char c : text)
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\r':
            out += "&#13;";
            break;
        default:
            out += c;
        }
}

void append_start_tag(std::string &out, const Document &document, NodeId node, const std::string &name) {
    out.append("<").append(name);
    std::vector<std::string> seen; /* names that differ may be coerced to one */
    for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at) {
        const Attribute &attribute = document.attribute(at);
        std::string attribute_name = coerce_xml_name(document.name_text(attribute.name));
        if (attribute_name == "xmlns") /* would move all names below into a namespace */
            continue;
        const bool is_plain = attribute_name == document.name_text(attribute.name);
        if (!is_plain) {
            const bool is_known = std::find(seen.begin(), seen.end(), attribute_name) != seen.end() ||
                                  document.attribute_value(node, attribute_name).data() != nullptr;
            if (is_known)
                continue;
            seen.push_back(attribute_name);
        }
        out.append(" ").append(attribute_name).append("=\"");
        append_escaped(out, coerce_xml_text(attribute.value));
        out += '"';
    }
}

} // namespace

std::string coerce_xml_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for_each_character(text, [&out](char32_t c, std::string_view bytes) {
        if (c == '\f')
            out += ' ';
        else
            out += is_xml_character(c) ? bytes : kReplacementBytes;
    });
    return out;
}

std::string coerce_xml_comment(std::string_view text) {
    std::string out;
    for (const char c : coerce_xml_text(text)) {
        if (c == '-' && out.ends_with('-'))
            out += ' ';
        out += c;
    }
    if (out.ends_with('-'))
        out += ' ';
    return out;
}

std::string coerce_xml_name(std::string_view name) {
    constexpr std::string_view kXml = "xml:";
    if (name.starts_with(kXml)) {
        const std::string local = coerce_without_colon(name.substr(kXml.size()));
        if (!local.empty() && local[0] == name[kXml.size()]) /* else no name follows the colon */
            return std::string(kXml) + local;
    }
    return coerce_without_colon(name);
}

std::string as_xml(const Document &document, const Limits &limits) {
    struct Open {
        NodeId node;
        std::string name;
    };
    std::string out;
    std::vector<Open> open;
    OutputBudget budget(limits, "XML tags and texts");
    std::size_t charged_bytes = 0;
    const auto close = [&] {
        out.append("</").append(open.back().name).append(">");
        open.pop_back();
    };
    for (NodeId node = 1; node < document.size(); ++node) {
        if (node % 1024 == 0)
            Interrupt::poll();
        while (!open.empty() && document.end_of(open.back().node) <= node)
            close();
        switch (document.kind(node)) {
        case NodeKind::kElement: {
            const std::string name = coerce_xml_name(document.name(node));
            append_start_tag(out, document, node, name);
            const bool is_empty = document.subtree_size(node) == 1;
            out += is_empty ? "/>" : ">";
            if (!is_empty)
                open.push_back({node, name});
            break;
        }
        case NodeKind::kText:
            append_escaped(out, coerce_xml_text(document.text(node)));
            break;
        case NodeKind::kComment:
            out.append("<!--").append(coerce_xml_comment(document.text(node))).append("-->");
            break;
        case NodeKind::kDocument:
            break;
        }
        budget.charge(out.size() - charged_bytes);
        charged_bytes = out.size();
    }
    while (!open.empty())
        close();
    return out;
}

} // namespace webwrap
