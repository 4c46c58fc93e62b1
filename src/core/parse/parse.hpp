#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/parse/document.hpp"

namespace webwrap {

/* Where a fragment is to be thought of: a page is parsed as the content of that element (HTML standard, 13.4). */
struct FragmentContext {
    std::string_view name;
    NodeSpace space = NodeSpace::kHtml;
};

struct HtmlOptions {
    bool scripting = false;                    /* with scripting on, the content of noscript is text */
    const FragmentContext *fragment = nullptr; /* null for a whole page */
};

/* All of these take UTF-8 and own nothing of it afterwards. They poll, and throw kLimitExceeded when a limit is hit. */

/* The tree that a browser makes of the page (HTML standard, 13.2): any bytes give one, as HTML has no syntax errors that
 * matter. Nodes nest at most 513 deep; what is deeper becomes a sibling, as in browsers. The content of a template
 * element is kept aside (Document::template_content). A fragment is the content of an html element. Linear in the bytes. */
[[nodiscard]] std::unique_ptr<Document> parse_html(std::string_view html, const Limits &limits = {},
                                                   const HtmlOptions &options = {});

/* The tree that libxml2 (and so lxml) makes of the page, with its own ideas of recovery. */
[[nodiscard]] std::unique_ptr<Document> parse_html_libxml(std::string_view html, const Limits &limits = {});

enum class HtmlParser : std::uint8_t { kHtml5, kLibxml2 };

/* By its name in options, "html5" or "libxml2"; throws kInvalidOption. */
[[nodiscard]] HtmlParser html_parser_from_name(std::string_view name);
[[nodiscard]] std::string_view html_parser_name(HtmlParser parser);
/* By parse_html, or by parse_html_libxml for XPaths that were written against lxml. */
[[nodiscard]] std::unique_ptr<Document> parse_html_by(HtmlParser parser, std::string_view html, const Limits &limits);

/* Null when the markup is not well-formed XML. No entities beyond the predefined ones, no external anything. */
[[nodiscard]] std::unique_ptr<Document> parse_xml(std::string_view xml, const Limits &limits = {});

/* XML when it is well-formed and its root is no HTML element, else HTML. For a fragment read as HTML the implied html
 * and body elements stay in the document. */
[[nodiscard]] std::unique_ptr<Document> parse_markup(std::string_view markup, const Limits &limits = {});

/* True for the names of HTML elements (lower case), void and obsolete ones included. */
[[nodiscard]] bool is_html_element_name(std::string_view name);

} // namespace webwrap
