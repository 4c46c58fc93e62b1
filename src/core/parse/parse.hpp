#pragma once

#include <memory>
#include <string_view>

#include "core/parse/document.hpp"

namespace webwrap {

/* All three take UTF-8 and own nothing of it afterwards. They poll, and throw kLimitExceeded when a limit is hit. */

/* Any bytes of text give a document: HTML has no syntax errors that matter. */
[[nodiscard]] std::unique_ptr<Document> parse_html(std::string_view html, const Limits &limits = {});

/* Null when the markup is not well-formed XML. No entities beyond the predefined ones, no external anything. */
[[nodiscard]] std::unique_ptr<Document> parse_xml(std::string_view xml, const Limits &limits = {});

/* XML when it is well-formed and its root is no HTML element, else HTML. For a fragment read as HTML the implied html
 * and body elements stay in the document. */
[[nodiscard]] std::unique_ptr<Document> parse_markup(std::string_view markup, const Limits &limits = {});

/* True for the names of HTML elements (lower case), void and obsolete ones included. */
[[nodiscard]] bool is_html_element_name(std::string_view name);

} // namespace webwrap
