#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/budget.hpp"
#include "core/base/limits.hpp"
#include "core/parse/names.hpp"

namespace webwrap {

using NodeId = std::int32_t; /* index in document order; 0 is the document node */
inline constexpr NodeId kNoNode = -1;

enum class NodeKind : std::uint8_t { kDocument, kElement, kText, kComment };

enum class NodeSpace : std::uint8_t { kHtml, kSvg, kMathMl }; /* namespace of an element of an HTML page */

struct Attribute {
    NameId name;
    std::string_view value;
};

/* The document type declaration; no node of its own, as in the data model of XPath. */
struct Doctype {
    std::string_view name;
    std::string_view public_id;
    std::string_view system_id;
    NodeId before = kNoNode; /* the node that follows it; kNoNode when the page has no declaration */
};

enum class QuirksMode : std::uint8_t { kNoQuirks, kLimitedQuirks, kQuirks };

/* What a selection engine hangs on a document: made on first use, freed with the document. */
struct DocumentAttachment {
    virtual ~DocumentAttachment() = default;
};

/* A piece of the page as it was written; the pieces of an HTML page, in order, are the page byte for byte. */
struct SourceToken {
    std::uint32_t begin_bytes; /* offset; it ends where the next one begins */
    NodeId node; /* what it opens, closes or adds to, in templates too; kNoNode when it left no trace in the tree */
    enum class Kind : std::uint8_t { kDoctype, kStartTag, kEndTag, kComment, kText } kind;
};

/* Throws kLimitExceeded: the page has more nodes and attributes than webwrap.max_nodes allows. */
[[noreturn]] void throw_too_many_nodes(std::int64_t max_nodes);

/* A parsed page: flat arrays in document order, all owned by the document. Immutable once built, so views and ids stay
 * valid as long as the document lives. The parser behind it is not visible here. */
class Document {
  public:
    explicit Document(const Limits &limits);
    ~Document();
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;

    /* The number of nodes; ids run from 0 (the document node) to size() - 1. */
    [[nodiscard]] NodeId size() const noexcept { return static_cast<NodeId>(node_to_kind_.size()) - aside_; }
    /* With the nodes in contents of templates, whose ids are size() and above. */
    [[nodiscard]] NodeId total_size() const noexcept { return static_cast<NodeId>(node_to_kind_.size()); }
    [[nodiscard]] NodeKind kind(NodeId node) const { return node_to_kind_[index(node)]; }
    [[nodiscard]] bool is_element(NodeId node) const { return kind(node) == NodeKind::kElement; }
    /* kNoNode for the document node. */
    [[nodiscard]] NodeId parent(NodeId node) const { return node_to_parent_[index(node)]; }
    /* Nodes of the subtree, the node included: its descendants are node + 1 .. node + subtree_size(node) - 1. */
    [[nodiscard]] NodeId subtree_size(NodeId node) const { return node_to_size_[index(node)]; }
    [[nodiscard]] NodeId end_of(NodeId node) const { return node + subtree_size(node); }
    /* The node that holds the content of a template element, or kNoNode. As in a browser such content is no part of the
     * tree: its ids are size() and above, the holder is of kind kDocument and has no parent. */
    [[nodiscard]] NodeId template_content(NodeId node) const;
    /* First child or kNoNode; siblings: next_sibling until kNoNode. */
    [[nodiscard]] NodeId first_child(NodeId node) const { return subtree_size(node) > 1 ? node + 1 : kNoNode; }
    [[nodiscard]] NodeId next_sibling(NodeId node) const;
    /* The element below the document node, or kNoNode when the page has none. */
    [[nodiscard]] NodeId root_element() const;
    [[nodiscard]] int depth(NodeId node) const;

    /* Tag name in lower case (HTML) or as written (XML); kNoName for other kinds. */
    [[nodiscard]] NameId name_id(NodeId node) const { return node_to_name_[index(node)]; }
    [[nodiscard]] std::string_view name(NodeId node) const { return name_text(name_id(node)); }
    [[nodiscard]] std::string_view name_text(NameId name) const { return names_.text(name); }
    /* kNoName when the page cannot use the name: neither is it a known one nor was it met. */
    [[nodiscard]] NameId find_name(std::string_view name) const { return names_.find(name); }
    /* All ids of names are below it. */
    [[nodiscard]] NameId name_count() const noexcept { return names_.size(); }

    /* Attributes of an element are attribute(first_attribute(n)) .. attribute(first_attribute(n + 1) - 1). */
    [[nodiscard]] std::int32_t first_attribute(NodeId node) const { return node_to_first_attribute_[index(node)]; }
    [[nodiscard]] const Attribute &attribute(std::int32_t at) const {
        return attributes_[static_cast<std::size_t>(at)];
    }
    /* The value, or an empty view with data() == nullptr when the element has no such attribute. */
    [[nodiscard]] std::string_view attribute_value(NodeId node, std::string_view name) const;

    /* Characters of a text or comment node; empty for others. */
    [[nodiscard]] std::string_view text(NodeId node) const { return node_to_text_[index(node)]; }
    /* Concatenated text nodes of the subtree (XPath string value). */
    [[nodiscard]] std::string string_value(NodeId node) const;

    /* kHtml for nodes that are no elements, and throughout XML. */
    [[nodiscard]] NodeSpace space(NodeId node) const { return node_to_space_[index(node)]; }
    [[nodiscard]] const Doctype &doctype() const noexcept { return doctype_; }
    [[nodiscard]] QuirksMode quirks_mode() const noexcept { return quirks_mode_; }

    [[nodiscard]] bool is_xml() const noexcept { return is_xml_; }

    /* The page as it was given and the tokens that it consists of; both empty for XML and for trees of libxml2. */
    [[nodiscard]] std::string_view source() const noexcept { return source_; }
    [[nodiscard]] std::span<const SourceToken> source_tokens() const noexcept { return source_tokens_; }

    /* Bytes of the arrays and texts, attachments apart. */
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return budget_.used_bytes(); }

    /* The libxml2 tree of the page, or null as long as none was made; and the indexes of the selection engine. */
    [[nodiscard]] DocumentAttachment *mirror() const noexcept { return mirror_.get(); }
    void attach_mirror(std::unique_ptr<DocumentAttachment> mirror) const { mirror_ = std::move(mirror); }
    [[nodiscard]] DocumentAttachment *indexes() const noexcept { return indexes_.get(); }
    void attach_indexes(std::unique_ptr<DocumentAttachment> indexes) const { indexes_ = std::move(indexes); }

  private:
    friend class DocumentBuilder;
    friend class HtmlTree;
    static std::size_t index(std::int32_t id) { return static_cast<std::size_t>(id); }

    template <typename T> using Array = std::pmr::vector<T>;

    BudgetResource budget_;
    std::pmr::monotonic_buffer_resource arena_;
    Array<NodeKind> node_to_kind_;
    Array<NodeId> node_to_parent_;
    Array<NodeId> node_to_size_;
    Array<NameId> node_to_name_;
    Array<NodeSpace> node_to_space_;
    Array<std::int32_t> node_to_first_attribute_; /* one more entry than nodes */
    Array<std::string_view> node_to_text_;
    Array<Attribute> attributes_;
    NameTable names_;
    Array<std::pair<NodeId, NodeId>> template_contents_; /* element and holder, by element */
    NodeId aside_ = 0;                                   /* nodes in contents of templates */
    std::string_view source_;
    Array<SourceToken> source_tokens_;
    Doctype doctype_;
    QuirksMode quirks_mode_ = QuirksMode::kNoQuirks;
    bool is_xml_ = false;
    mutable std::unique_ptr<DocumentAttachment> indexes_;
    mutable std::unique_ptr<DocumentAttachment> mirror_; /* views may point into it: goes first */
};

/* The only writer of documents: nodes are opened, filled and closed in document order. */
class DocumentBuilder {
  public:
    explicit DocumentBuilder(const Limits &limits);
    ~DocumentBuilder();

    void open_element(std::string_view name);
    /* Belongs to the element opened last, before its first child. The value must live as long as the document. */
    void add_attribute(std::string_view name, std::string_view value);
    void close_element();
    void add_text(std::string_view text);    /* text must live as long as the document */
    void add_comment(std::string_view text); /* likewise */
    /* Copies text into the document's arena. */
    [[nodiscard]] std::string_view keep(std::string_view text);
    [[nodiscard]] NodeId last_node() const;
    [[nodiscard]] std::int32_t last_attribute() const;
    [[nodiscard]] std::unique_ptr<Document> finish(bool is_xml, std::unique_ptr<DocumentAttachment> mirror);

  private:
    NodeId add_node(NodeKind kind);

    Limits limits_;
    std::unique_ptr<Document> document_;
    std::vector<NodeId> open_;
};

} // namespace webwrap
