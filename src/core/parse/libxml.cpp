#include "core/parse/libxml.hpp"

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

std::string_view view_of(const xmlChar *text) {
    return text == nullptr ? std::string_view("") : std::string_view(reinterpret_cast<const char *>(text));
}

void *id_of(std::int32_t id) { return reinterpret_cast<void *>(static_cast<std::intptr_t>(id) + 1); }

/* The value of an attribute: a view where it is one text node, a copy in the arena where entities split it. */
std::string_view attribute_text(DocumentBuilder &builder, const xmlAttr *attribute) {
    const xmlNode *value = attribute->children;
    if (value == nullptr)
        return "";
    if (value->next == nullptr && value->type == XML_TEXT_NODE)
        return view_of(value->content);
    const std::unique_ptr<xmlChar, decltype(xmlFree)> joined(
        xmlNodeListGetString(attribute->doc, attribute->children, 1), xmlFree);
    return builder.keep(view_of(joined.get()));
}

void add_element(DocumentBuilder &builder, xmlNode *node) {
    if (node->ns != nullptr && node->ns->prefix != nullptr)
        builder.open_element(std::string(view_of(node->ns->prefix)) + ":" + std::string(view_of(node->name)));
    else
        builder.open_element(view_of(node->name));
    node->_private = id_of(builder.last_node());
    for (xmlAttr *a = node->properties; a != nullptr; a = a->next) {
        builder.add_attribute(view_of(a->name), attribute_text(builder, a));
        a->_private = id_of(builder.last_attribute());
    }
}

/* Adds a node that is no element; false when it has no place in the arrays (declarations, processing instructions). */
bool add_leaf(DocumentBuilder &builder, xmlNode *node) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        builder.add_text(view_of(node->content));
    else if (node->type == XML_COMMENT_NODE)
        builder.add_comment(view_of(node->content));
    else
        return false;
    node->_private = id_of(builder.last_node());
    return true;
}

} // namespace

std::unique_ptr<Document> document_from_libxml(XmlDocHandle doc, bool is_xml, const Limits &limits) {
    auto mirror = std::make_unique<LibxmlMirror>(std::move(doc));
    DocumentBuilder builder(limits);
    auto *root = reinterpret_cast<xmlNode *>(mirror->doc.get());
    mirror->doc->_private = id_of(0);
    mirror->node_to_xml.push_back(root);

    std::size_t visited = 0;
    for (xmlNode *node = root->children; node != nullptr;) {
        if (++visited % 4096 == 0)
            Interrupt::poll();
        const bool is_element = node->type == XML_ELEMENT_NODE;
        if (is_element)
            add_element(builder, node);
        if (is_element || add_leaf(builder, node))
            mirror->node_to_xml.push_back(node);
        if (is_element && node->children != nullptr) {
            node = node->children;
            continue;
        }
        if (is_element)
            builder.close_element();
        while (node->next == nullptr && node->parent != root) {
            node = node->parent;
            builder.close_element();
        }
        node = node->next;
    }
    return builder.finish(is_xml, std::move(mirror));
}

} // namespace webwrap
