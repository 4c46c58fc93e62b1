#pragma once

#include <string_view>

namespace webwrap {

/* Whether a body is text, by the header's Content-Type as it was sent (empty: absent) and by the body's first 1,445 bytes:
 * the WHATWG MIME Sniffing Standard, section 7, as far as it tells text from the rest. A type that is missing, malformed
 * or says nothing is found out from the bytes, and so is text/plain, which servers send with whatever they do not know,
 * unless `is_certain` (X-Content-Type-Options: nosniff). All other types are believed. */
[[nodiscard]] bool is_text_body(std::string_view content_type, std::string_view body, bool is_certain = false);

} // namespace webwrap
