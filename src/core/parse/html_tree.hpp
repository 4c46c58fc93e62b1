#pragma once

/* Internal to parse: the tree while it is built. Nodes are numbered as they are made; finish puts them in document
 * order. */

#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/chunked_array.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* A range of attributes, shared by an element and its clones. */
struct AttributeRange {
    std::int32_t first = 0;
    std::int32_t count = 0;
};

class HtmlTree {
  public:
    /* Levels of nodes below the document, as many as browsers build; what is deeper becomes a sibling of the node at that
     * level in which it would be. */
    static constexpr int kMaxDepth = 513;

    /* Copies the page, zero bytes behind it, into the document that will be. */
    HtmlTree(std::string_view page, const Limits &limits);

    [[nodiscard]] std::string_view page() const { return document_->source_; }
    [[nodiscard]] NameTable &names() { return document_->names_; }
    [[nodiscard]] std::pmr::memory_resource &arena() { return document_->arena_; }
    [[nodiscard]] std::pmr::vector<Attribute> &attributes() { return attributes_; }

    [[nodiscard]] NodeId parent(NodeId node) const { return at(node).parent; }
    [[nodiscard]] NodeId last_child(NodeId node) const { return at(node).last_child; }
    [[nodiscard]] NameId name(NodeId node) const { return at(node).name; }
    [[nodiscard]] NodeSpace space(NodeId node) const { return at(node).space; }
    [[nodiscard]] AttributeRange attributes_of(NodeId node) const { return at(node).attributes; }
    /* The value; data() is null when there is none. */
    [[nodiscard]] std::string_view attribute_value(AttributeRange range, NameId name) const;
    /* Whether an element is on the stack of open elements. */
    [[nodiscard]] bool is_open(NodeId node) const { return at(node).is_open; }
    void set_open(NodeId node, bool is_open) { at(node).is_open = is_open; }

    /* Makes an element that has no parent yet. */
    NodeId make_element(NameId name, NodeSpace space, AttributeRange attributes);
    /* Adds a comment as last child. */
    NodeId append_comment(NodeId parent, std::string_view text);
    /* Places a node without parent before `before`, or last when that is kNoNode. */
    void insert(NodeId parent, NodeId node, NodeId before);
    /* Places text likewise; it becomes part of a text node that stands there already. */
    NodeId insert_text(NodeId parent, NodeId before, std::string_view text);
    void remove(NodeId node);
    void move_children(NodeId from, NodeId to);
    /* Adds the attributes that the element does not have. */
    void merge_attributes(NodeId node, AttributeRange more);

    void set_doctype(std::string_view name, std::string_view public_id, std::string_view system_id);
    void set_quirks_mode(QuirksMode mode) { document_->quirks_mode_ = mode; }
    [[nodiscard]] QuirksMode quirks_mode() const { return document_->quirks_mode_; }
    void add_source_token(std::uint32_t begin_bytes, SourceToken::Kind kind, NodeId node) {
        document_->source_tokens_.push_back({begin_bytes, node, kind});
    }

    [[nodiscard]] std::unique_ptr<Document> finish();

  private:
    struct Node {
        NodeId parent = kNoNode;
        NodeId first_child = kNoNode;
        NodeId last_child = kNoNode;
        NodeId previous = kNoNode;
        NodeId next = kNoNode;
        NameId name = kNoName;
        AttributeRange attributes;
        std::string_view text;
        std::uint32_t text_capacity = 0; /* of a text node's own buffer; 0 when its text is a view */
        NodeKind kind = NodeKind::kDocument;
        NodeSpace space = NodeSpace::kHtml;
        bool is_open = false;
    };
    [[nodiscard]] Node &at(NodeId node) { return nodes_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] const Node &at(NodeId node) const { return nodes_[static_cast<std::size_t>(node)]; }
    NodeId make(NodeKind kind);
    void append_to_text(Node &node, std::string_view text);
    void emit(const Node &node, NodeId parent);
    [[nodiscard]] bool holds_content_aside(const Node &node) const;
    void place_subtree(NodeId top);
    [[nodiscard]] NodeId &placed(NodeId made) { return made_to_node_[static_cast<std::size_t>(made)]; }

    int max_nodes_;
    std::unique_ptr<Document> document_;
    ChunkedArray<Node> nodes_;
    std::pmr::vector<Attribute> attributes_;
    std::pmr::vector<NodeId> made_to_node_;
    std::vector<NodeId> templates_;  /* whose content is kept aside, in the order in which it is placed */
    NodeId doctype_after_ = kNoNode; /* the child of the document before it */
    bool has_doctype_ = false;
};

} // namespace webwrap
