#pragma once

#include <string>

#include "core/parse/document.hpp"

namespace webwrap {

/* What a page says about itself, as a JSON object that jsonb takes; docs/select.md lists its members. References stay as
 * written. Linear in page and result; polls. Throws kLimitExceeded above max_document_memory and max_nodes. */
[[nodiscard]] std::string page_metadata(const Document &document, const Limits &limits = {});

} // namespace webwrap
