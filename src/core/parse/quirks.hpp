#pragma once

#include "core/parse/document.hpp"
#include "core/parse/html_token.hpp"

namespace webwrap {

/* The mode that a document type declaration asks for (HTML standard, 13.2.6.4.1); a page without one is in quirks mode. */
[[nodiscard]] QuirksMode quirks_of(const Token &doctype);

} // namespace webwrap
