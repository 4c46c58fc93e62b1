#pragma once

/* Internal to select: the libxml2 tree of a document whose parser made none. */

#include "core/parse/libxml.hpp"

namespace webwrap {

/* The document's mirror: the one that is there, or one made from the arrays and attached. Names go over as they are, whatever
 * their characters; there are no namespaces and no document type. Linear time; polls. */
[[nodiscard]] LibxmlMirror &mirror_of(const Document &document);

} // namespace webwrap
