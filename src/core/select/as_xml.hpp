#pragma once

#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* The page as well-formed XML without namespaces, for tools that read nothing else. What XML cannot say is coerced by the
 * rules of the HTML standard (13.2.9): form feeds become spaces, other characters that XML does not have U+FFFD, "--" in
 * comments "- -", characters that names cannot have (a colon too, but for xml:) "U" and their number in five hex digits.
 * The text of scripts and styles is escaped like any other. Linear; polls; throws kLimitExceeded above
 * max_document_memory_bytes. */
[[nodiscard]] std::string as_xml(const Document &document, const Limits &limits = {});

/* Its parts, each for what it says: characters, the data of a comment, the name of an element or attribute. */
[[nodiscard]] std::string coerce_xml_text(std::string_view text);
[[nodiscard]] std::string coerce_xml_comment(std::string_view text);
[[nodiscard]] std::string coerce_xml_name(std::string_view name);

} // namespace webwrap
