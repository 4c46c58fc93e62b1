#include "core/parse/html_tree.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/parse/html_tokenizer.hpp"

namespace webwrap {

HtmlTree::HtmlTree(std::string_view page, const Limits &limits)
    : max_nodes_(limits.max_nodes), document_(std::make_unique<Document>(limits)), nodes_(&document_->budget_),
      attributes_(&document_->budget_), made_to_node_(&document_->budget_) {
    if (page.size() > std::numeric_limits<std::uint32_t>::max() / 2)
        throw Error(ErrorKind::kLimitExceeded, "markup is larger than 2 GB");
    auto *copy = static_cast<char *>(document_->arena_.allocate(page.size() + Tokenizer::kPaddingBytes, 1));
    if (!page.empty())
        std::memcpy(copy, page.data(), page.size());
    std::memset(copy + page.size(), 0, Tokenizer::kPaddingBytes);
    document_->source_ = {copy, page.size()};
    /* What most real pages need. */
    const std::size_t expected = std::min<std::size_t>(page.size() / 32 + 16, 32768);
    attributes_.reserve(expected);
    document_->source_tokens_.reserve(expected);
    make(NodeKind::kDocument);
}

std::string_view HtmlTree::attribute_value(AttributeRange range, NameId name) const {
    for (std::int32_t i = range.first; i < range.first + range.count; ++i)
        if (const Attribute &attribute = attributes_[static_cast<std::size_t>(i)]; attribute.name == name)
            return attribute.value;
    return {};
}

NodeId HtmlTree::make(NodeKind kind) {
    if (nodes_.size() + attributes_.size() >= static_cast<std::size_t>(max_nodes_))
        throw_too_many_nodes(max_nodes_);
    nodes_.emplace_back().kind = kind;
    return static_cast<NodeId>(nodes_.size()) - 1;
}

NodeId HtmlTree::make_element(NameId name, NodeSpace space, AttributeRange attributes) {
    const NodeId node = make(NodeKind::kElement);
    Node &made = at(node);
    made.name = name;
    made.space = space;
    made.attributes = attributes;
    return node;
}

NodeId HtmlTree::append_comment(NodeId parent, std::string_view text) {
    const NodeId node = make(NodeKind::kComment);
    at(node).text = text;
    insert(parent, node, kNoNode);
    return node;
}

void HtmlTree::insert(NodeId parent, NodeId node, NodeId before) {
    Node &placed = at(node);
    Node &up = at(parent);
    placed.parent = parent;
    placed.next = before;
    placed.previous = before == kNoNode ? up.last_child : at(before).previous;
    (placed.previous == kNoNode ? up.first_child : at(placed.previous).next) = node;
    (before == kNoNode ? up.last_child : at(before).previous) = node;
}

NodeId HtmlTree::insert_text(NodeId parent, NodeId before, std::string_view text) {
    const NodeId previous = before == kNoNode ? at(parent).last_child : at(before).previous;
    if (previous != kNoNode && at(previous).kind == NodeKind::kText) {
        append_to_text(at(previous), text);
        return previous;
    }
    const NodeId node = make(NodeKind::kText);
    at(node).text = text;
    insert(parent, node, before);
    return node;
}

/* Buffers double, so that many small additions cost linear time. */
void HtmlTree::append_to_text(Node &node, std::string_view text) {
    const std::size_t size = node.text.size() + text.size();
    const bool is_continued = node.text.data() + node.text.size() == text.data() && node.text_capacity == 0;
    if (!is_continued) {
        auto *buffer = const_cast<char *>(node.text.data());
        if (node.text_capacity < size) {
            const std::size_t capacity =
                std::min<std::size_t>(2 * size + 16, std::numeric_limits<std::uint32_t>::max());
            buffer = static_cast<char *>(document_->arena_.allocate(capacity, 1));
            std::memcpy(buffer, node.text.data(), node.text.size());
            node.text_capacity = static_cast<std::uint32_t>(capacity);
        }
        std::memcpy(buffer + node.text.size(), text.data(), text.size());
        node.text = {buffer, size};
        return;
    }
    node.text = {node.text.data(), size};
}

void HtmlTree::remove(NodeId node) {
    Node &removed = at(node);
    if (removed.parent == kNoNode)
        return;
    Node &up = at(removed.parent);
    (removed.previous == kNoNode ? up.first_child : at(removed.previous).next) = removed.next;
    (removed.next == kNoNode ? up.last_child : at(removed.next).previous) = removed.previous;
    removed.parent = removed.previous = removed.next = kNoNode;
}

void HtmlTree::move_children(NodeId from, NodeId to) {
    for (NodeId child = at(from).first_child; child != kNoNode;) {
        const NodeId next = at(child).next;
        remove(child);
        insert(to, child, kNoNode);
        child = next;
    }
}

void HtmlTree::merge_attributes(NodeId node, AttributeRange more) {
    const AttributeRange had = at(node).attributes;
    const auto known = [this](std::int32_t i) { return attributes_[static_cast<std::size_t>(i)]; };
    std::vector<Attribute> merged;
    for (std::int32_t i = had.first; i < had.first + had.count; ++i)
        merged.push_back(known(i));
    for (std::int32_t i = more.first; i < more.first + more.count; ++i)
        if (attribute_value(had, known(i).name).data() == nullptr)
            merged.push_back(known(i));
    if (merged.size() == static_cast<std::size_t>(had.count))
        return;
    at(node).attributes = {static_cast<std::int32_t>(attributes_.size()), static_cast<std::int32_t>(merged.size())};
    attributes_.insert(attributes_.end(), merged.begin(), merged.end());
}

void HtmlTree::set_doctype(std::string_view name, std::string_view public_id, std::string_view system_id) {
    document_->doctype_ = {name, public_id, system_id, kNoNode};
    doctype_after_ = at(0).last_child;
    has_doctype_ = true;
}

void HtmlTree::emit(const Node &node, NodeId parent) {
    Document &d = *document_;
    d.node_to_kind_.push_back(node.kind);
    d.node_to_parent_.push_back(parent);
    d.node_to_size_.push_back(1);
    d.node_to_name_.push_back(node.name);
    d.node_to_space_.push_back(node.space);
    d.node_to_first_attribute_.push_back(static_cast<std::int32_t>(d.attributes_.size()));
    d.node_to_text_.push_back(node.text);
    const auto first = attributes_.begin() + node.attributes.first;
    d.attributes_.insert(d.attributes_.end(), first, first + node.attributes.count);
}

/* Whether a browser keeps the children of the element aside: a template that is no declarative shadow root. */
bool HtmlTree::holds_content_aside(const Node &node) const {
    if (node.name != names::kTemplate || node.space != NodeSpace::kHtml || node.first_child == kNoNode)
        return false;
    const NameId mode = document_->names_.find("shadowrootmode");
    return mode == kNoName || attribute_value(node.attributes, mode).data() == nullptr;
}

/* Emits a node with what is below it in document order: the document, or the content of a template under a holder. */
void HtmlTree::place_subtree(NodeId top) {
    Document &d = *document_;
    const NodeId holder = d.size();
    int depth = 0;
    NodeId deepest_parent = kNoNode; /* of the nodes at the last level */
    const auto place_of = [&](NodeId made) { return made == top ? holder : placed(made); };
    for (NodeId made = top;;) {
        const Node &node = at(made);
        if (d.size() % 65536 == 0)
            Interrupt::poll();
        if (made == top) {
            emit(Node{}, kNoNode);
            if (top == 0)
                placed(top) = holder;
        } else {
            if (depth == kMaxDepth)
                deepest_parent = place_of(node.parent);
            placed(made) = d.size();
            emit(node, depth <= kMaxDepth ? place_of(node.parent) : deepest_parent);
        }
        const bool is_aside = made != top && holds_content_aside(node);
        if (is_aside)
            templates_.push_back(made);
        if (node.first_child != kNoNode && !is_aside) {
            made = node.first_child;
            ++depth;
            continue;
        }
        while (made != top && at(made).next == kNoNode) {
            made = at(made).parent;
            if (--depth < kMaxDepth)
                d.node_to_size_[Document::index(place_of(made))] = d.size() - place_of(made);
        }
        if (made == top)
            break;
        made = at(made).next;
    }
}

std::unique_ptr<Document> HtmlTree::finish() {
    Document &d = *document_;
    const std::size_t count = nodes_.size();
    d.node_to_kind_.reserve(count);
    d.node_to_parent_.reserve(count);
    d.node_to_size_.reserve(count);
    d.node_to_name_.reserve(count);
    d.node_to_space_.reserve(count);
    d.node_to_first_attribute_.reserve(count + 1);
    d.node_to_text_.reserve(count);
    d.attributes_.reserve(attributes_.size());

    made_to_node_.assign(count, kNoNode);
    place_subtree(0);
    const NodeId size = d.size();
    for (std::size_t i = 0; i < templates_.size(); ++i) { /* contents may hold templates, which come behind */
        const NodeId made = templates_[i];
        d.template_contents_.emplace_back(placed(made), d.size());
        place_subtree(made);
    }
    std::sort(d.template_contents_.begin(), d.template_contents_.end());
    d.aside_ = d.size() - size;
    d.node_to_first_attribute_.push_back(static_cast<std::int32_t>(d.attributes_.size()));
    for (SourceToken &token : d.source_tokens_)
        if (token.node != kNoNode)
            token.node = placed(token.node);
    if (has_doctype_) {
        const NodeId before = doctype_after_ == kNoNode ? at(0).first_child : at(doctype_after_).next;
        d.doctype_.before = before == kNoNode ? d.size() : placed(before);
    }
    return std::move(document_);
}

} // namespace webwrap
