#include "core/parse/parse.hpp"

#include "core/base/error.hpp"

namespace webwrap {

HtmlParser html_parser_from_name(std::string_view name) {
    for (const HtmlParser parser : {HtmlParser::kHtml5, HtmlParser::kLibxml2})
        if (html_parser_name(parser) == name)
            return parser;
    throw Error(ErrorKind::kInvalidOption, "unknown parser \"" + std::string(name) + "\"", {},
                "Valid parsers are html5, libxml2.");
}

std::string_view html_parser_name(HtmlParser parser) { return parser == HtmlParser::kHtml5 ? "html5" : "libxml2"; }

std::unique_ptr<Document> parse_html_by(HtmlParser parser, std::string_view html, const Limits &limits) {
    return parser == HtmlParser::kHtml5 ? parse_html(html, limits) : parse_html_libxml(html, limits);
}

std::unique_ptr<Document> parse_markup(std::string_view markup, const Limits &limits) {
    if (auto document = parse_xml(markup, limits)) {
        const NodeId root = document->root_element();
        if (root != kNoNode && !is_html_element_name(document->name(root)))
            return document;
    }
    return parse_html(markup, limits);
}

bool is_html_element_name(std::string_view name) { return names::is_html_element(NameTable::find_known(name)); }

} // namespace webwrap
