#include "core/parse/document.hpp"

#include <algorithm>
#include <cstring>

namespace webwrap {

void throw_too_many_nodes(std::int64_t max_nodes) {
    throw Error(ErrorKind::kLimitExceeded, "page has more than " + std::to_string(max_nodes) + " nodes and attributes",
                {}, "Raise webwrap.max_nodes.");
}

Document::Document(const Limits &limits)
    : budget_(limits.max_document_memory_bytes, "webwrap.max_document_memory"), arena_(&budget_),
      node_to_kind_(&budget_), node_to_parent_(&budget_), node_to_size_(&budget_), node_to_name_(&budget_),
      node_to_space_(&budget_), node_to_first_attribute_(&budget_), node_to_text_(&budget_), attributes_(&budget_),
      names_(&arena_), template_contents_(&budget_), source_tokens_(&budget_) {}

Document::~Document() = default;

NodeId Document::next_sibling(NodeId node) const {
    const NodeId up = parent(node);
    if (up == kNoNode)
        return kNoNode;
    const NodeId next = end_of(node);
    return next < end_of(up) ? next : kNoNode;
}

NodeId Document::root_element() const {
    for (NodeId child = first_child(0); child != kNoNode; child = next_sibling(child))
        if (is_element(child))
            return child;
    return kNoNode;
}

NodeId Document::template_content(NodeId node) const {
    const auto found = std::lower_bound(template_contents_.begin(), template_contents_.end(), std::pair(node, kNoNode));
    return found != template_contents_.end() && found->first == node ? found->second : kNoNode;
}

int Document::depth(NodeId node) const {
    int depth = 0;
    for (NodeId up = parent(node); up != kNoNode; up = parent(up))
        ++depth;
    return depth;
}

std::string_view Document::attribute_value(NodeId node, std::string_view name) const {
    const NameId id = find_name(name);
    if (id == kNoName)
        return {};
    for (std::int32_t at = first_attribute(node); at < first_attribute(node + 1); ++at)
        if (attribute(at).name == id)
            return attribute(at).value;
    return {};
}

std::string Document::string_value(NodeId node) const {
    if (kind(node) == NodeKind::kComment)
        return std::string(text(node));
    std::string value;
    for (NodeId at = node; at < end_of(node); ++at)
        if (kind(at) == NodeKind::kText)
            value += text(at);
    return value;
}

DocumentBuilder::DocumentBuilder(const Limits &limits)
    : limits_(limits), document_(std::make_unique<Document>(limits)) {
    open_.push_back(add_node(NodeKind::kDocument));
}

DocumentBuilder::~DocumentBuilder() = default;

NodeId DocumentBuilder::last_node() const { return document_->size() - 1; }

std::int32_t DocumentBuilder::last_attribute() const {
    return static_cast<std::int32_t>(document_->attributes_.size()) - 1;
}

NodeId DocumentBuilder::add_node(NodeKind kind) {
    Document &d = *document_;
    if (d.node_to_kind_.size() + d.attributes_.size() >= static_cast<std::size_t>(limits_.max_nodes))
        throw_too_many_nodes(limits_.max_nodes);
    const NodeId node = d.size();
    d.node_to_kind_.push_back(kind);
    d.node_to_parent_.push_back(open_.empty() ? kNoNode : open_.back());
    d.node_to_size_.push_back(1);
    d.node_to_name_.push_back(kNoName);
    d.node_to_space_.push_back(NodeSpace::kHtml);
    d.node_to_first_attribute_.push_back(static_cast<std::int32_t>(d.attributes_.size()));
    d.node_to_text_.emplace_back();
    return node;
}

std::string_view DocumentBuilder::keep(std::string_view text) {
    if (text.empty())
        return {};
    auto *copy = static_cast<char *>(document_->arena_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

void DocumentBuilder::open_element(std::string_view name) {
    if (static_cast<int>(open_.size()) > limits_.max_depth)
        throw Error(ErrorKind::kLimitExceeded,
                    "page nests elements deeper than " + std::to_string(limits_.max_depth) + " levels", {},
                    "Raise webwrap.max_depth.");
    const NodeId node = add_node(NodeKind::kElement);
    document_->node_to_name_[Document::index(node)] = document_->names_.intern(name);
    open_.push_back(node);
}

void DocumentBuilder::add_attribute(std::string_view name, std::string_view value) {
    Document &d = *document_;
    if (d.node_to_kind_.size() + d.attributes_.size() >= static_cast<std::size_t>(limits_.max_nodes))
        throw_too_many_nodes(limits_.max_nodes);
    /* A null view means "no such attribute": an empty value needs an address of its own. */
    d.attributes_.push_back({d.names_.intern(name), value.data() == nullptr ? std::string_view("") : value});
}

void DocumentBuilder::close_element() {
    const NodeId node = open_.back();
    open_.pop_back();
    document_->node_to_size_[Document::index(node)] = document_->size() - node;
}

void DocumentBuilder::add_text(std::string_view text) {
    document_->node_to_text_[Document::index(add_node(NodeKind::kText))] = text;
}

void DocumentBuilder::add_comment(std::string_view text) {
    document_->node_to_text_[Document::index(add_node(NodeKind::kComment))] = text;
}

std::unique_ptr<Document> DocumentBuilder::finish(bool is_xml, std::unique_ptr<DocumentAttachment> mirror) {
    while (!open_.empty())
        close_element();
    Document &d = *document_;
    d.node_to_first_attribute_.push_back(static_cast<std::int32_t>(d.attributes_.size()));
    d.is_xml_ = is_xml;
    d.mirror_ = std::move(mirror);
    return std::move(document_);
}

} // namespace webwrap
