#pragma once

/* Internal to parse and select: the libxml2 tree behind a document. The library is shared with the server's xml type, so
 * only per-object error handlers are ever set. */

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>

#include <memory>
#include <string>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

#if LIBXML_VERSION >= 21200
using LibxmlError = const xmlError *;
#else
using LibxmlError = xmlErrorPtr;
#endif

template <auto Free> struct LibxmlFree {
    template <typename T> void operator()(T *object) const noexcept { Free(object); }
};
using XmlDocHandle = std::unique_ptr<xmlDoc, LibxmlFree<xmlFreeDoc>>;
using XPathContextHandle = std::unique_ptr<xmlXPathContext, LibxmlFree<xmlXPathFreeContext>>;
using XPathObjectHandle = std::unique_ptr<xmlXPathObject, LibxmlFree<xmlXPathFreeObject>>;
using XPathProgramHandle = std::unique_ptr<xmlXPathCompExpr, LibxmlFree<xmlXPathFreeCompExpr>>;

/* The tree that the arrays were made from. `_private` of each element, text and comment node holds its NodeId + 1, that of
 * each attribute its attribute index + 1. */
struct LibxmlMirror final : DocumentAttachment {
    explicit LibxmlMirror(XmlDocHandle doc) : doc(std::move(doc)) {}

    XmlDocHandle doc;
    std::vector<xmlNode *> node_to_xml;
    XPathContextHandle xpath_context; /* made on first use, kept: creating one registers all functions */
};

/* Makes the arrays from a tree and takes the tree as the document's mirror. */
[[nodiscard]] std::unique_ptr<Document> document_from_libxml(XmlDocHandle doc, bool is_xml, const Limits &limits);

} // namespace webwrap
