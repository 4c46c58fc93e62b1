#include "core/select/mirror.hpp"

#include <libxml/dict.h>
#include <libxml/valid.h>

#include <climits>
#include <new>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

template <typename T> T *require(T *object) {
    if (object == nullptr)
        throw std::bad_alloc();
    return object;
}

const xmlChar *bytes_of(std::string_view text) { return reinterpret_cast<const xmlChar *>(text.data()); }

int size_of(std::string_view text) {
    if (text.size() > INT_MAX)
        throw Error(ErrorKind::kLimitExceeded, "text of a page is larger than 2 GB");
    return static_cast<int>(text.size());
}

void *id_of(std::int32_t id) { return reinterpret_cast<void *>(static_cast<std::intptr_t>(id) + 1); }

/* Builds a tree under a handle that owns it from the first node on, so that nothing leaks when memory or patience ends. */
class MirrorBuilder {
  public:
    explicit MirrorBuilder(const Document &document)
        : document_(document), doc_(require(xmlNewDoc(nullptr))) { /* in one of HTML the document node equals nothing */
        doc_->dict = require(xmlDictCreate());
        doc_->_private = id_of(0);
    }

    std::unique_ptr<LibxmlMirror> build() {
        auto mirror = std::make_unique<LibxmlMirror>(nullptr);
        mirror->node_to_xml.reserve(static_cast<std::size_t>(document_.size()));
        mirror->node_to_xml.push_back(reinterpret_cast<xmlNode *>(doc_.get()));
        for (NodeId node = 1; node < document_.size(); ++node) {
            if (node % 4096 == 0)
                Interrupt::poll();
            xmlNode *made = make(node);
            link(mirror->node_to_xml[static_cast<std::size_t>(document_.parent(node))], made);
            if (document_.is_element(node))
                add_attributes(node, made);
            mirror->node_to_xml.push_back(made);
        }
        /* No xmlXPathOrderDocElems: comparing by the numbers that it gives puts texts into a wrong order (2.9.14). */
        mirror->doc = std::move(doc_);
        return mirror;
    }

  private:
    const xmlChar *name_of(std::string_view name) {
        return require(xmlDictLookup(doc_->dict, bytes_of(name), size_of(name)));
    }

    xmlNode *make(NodeId node) {
        xmlNode *made = nullptr;
        const std::string_view text = document_.text(node);
        if (document_.is_element(node)) {
            /* Takes the name as it is; names of the dictionary are not freed with the node. */
            made = xmlNewDocNodeEatName(doc_.get(), nullptr, const_cast<xmlChar *>(name_of(document_.name(node))),
                                        nullptr);
        } else if (document_.kind(node) == NodeKind::kText) {
            made = xmlNewDocTextLen(doc_.get(), bytes_of(text), size_of(text));
        } else {
            made = xmlNewDocComment(doc_.get(), bytes_of(std::string(text)));
        }
        require(made)->_private = id_of(node);
        return made;
    }

    /* By hand: libxml2 would merge texts that stand side by side, and look for the end of a list of attributes each time. */
    static void link(xmlNode *parent, xmlNode *child) {
        child->parent = parent;
        child->prev = parent->last;
        if (parent->last != nullptr)
            parent->last->next = child;
        else
            parent->children = child;
        parent->last = child;
    }

    void add_attributes(NodeId node, xmlNode *element) {
        xmlAttr *last = nullptr;
        for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at) {
            const Attribute &source = document_.attribute(at);
            xmlAttr *made = require(xmlNewDocProp(doc_.get(), name_of(document_.name_text(source.name)), nullptr));
            made->_private = id_of(at);
            made->parent = element;
            made->prev = last;
            (last != nullptr ? last->next : element->properties) = made;
            last = made;
            if (!source.value.empty()) {
                xmlNode *value = require(xmlNewDocTextLen(doc_.get(), bytes_of(source.value), size_of(source.value)));
                value->parent = reinterpret_cast<xmlNode *>(made);
                made->children = made->last = value;
            }
            if (is_id(node, document_.name_text(source.name))) {
                const std::string id(source.value);
                xmlAddID(nullptr, doc_.get(), bytes_of(id), made); /* fails for a second one of the same name */
            }
        }
    }

    /* What id() looks for in a page, as libxml2 has it. */
    [[nodiscard]] bool is_id(NodeId node, std::string_view name) const {
        return !document_.is_xml() && (name == "id" || (name == "name" && document_.name(node) == "a"));
    }

    const Document &document_;
    XmlDocHandle doc_;
};

} // namespace

LibxmlMirror &mirror_of(const Document &document, const Limits &limits) {
    if (document.mirror() == nullptr) {
        if (document.memory_bytes() + mirror_bytes(document) > limits.max_document_memory_bytes)
            throw Error(ErrorKind::kLimitExceeded,
                        "document with its tree for libxml2 needs more than " +
                            std::to_string(limits.max_document_memory_bytes >> 10) + " kB of memory",
                        {}, "Raise webwrap.max_document_memory.");
        document.attach_mirror(MirrorBuilder(document).build());
    }
    return *static_cast<LibxmlMirror *>(document.mirror());
}

std::size_t mirror_bytes(const Document &document) {
    const auto nodes = static_cast<std::size_t>(document.size());
    const auto attributes = static_cast<std::size_t>(document.first_attribute(document.size()));
    std::size_t text = 0;
    for (NodeId node = 0; node < document.size(); ++node)
        text += document.text(node).size();
    for (std::size_t at = 0; at < attributes; ++at)
        text += document.attribute(static_cast<std::int32_t>(at)).value.size();
    constexpr std::size_t kBlock = 16; /* what an allocation costs besides */
    return nodes * (sizeof(xmlNode) + 2 * kBlock) + attributes * (sizeof(xmlAttr) + sizeof(xmlNode) + 3 * kBlock) +
           text;
}

} // namespace webwrap
