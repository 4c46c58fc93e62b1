#pragma once

/* Internal to select: the libxml2 tree of a document whose parser made none. */

#include "core/parse/libxml.hpp"

namespace webwrap {

/* The document's mirror: the one that is there, or one made from the arrays and attached. Names go over as they are, whatever
 * their characters; there are no namespaces and no document type. Linear time; polls. Throws kLimitExceeded when arrays and
 * tree together would take more than max_document_memory. */
[[nodiscard]] LibxmlMirror &mirror_of(const Document &document, const Limits &limits);

/* Bytes that the tree of a document takes in libxml2, roughly. */
[[nodiscard]] std::size_t mirror_bytes(const Document &document);

} // namespace webwrap
