#include "core/match/tree.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/match/text_pattern.hpp"

namespace webwrap {

namespace {

constexpr LabelId kNoLabel = -1;
constexpr NodeId kNodesPerPoll = 4096;

bool is_only_space(std::string_view text) { return std::all_of(text.begin(), text.end(), is_html_space); }

bool counts_as_node(const Document &document, NodeId node, const TreeOptions &options) {
    switch (document.kind(node)) {
    case NodeKind::kElement:
        return true;
    case NodeKind::kText:
        return options.text_nodes && !is_only_space(document.text(node));
    default:
        return false;
    }
}

/* Gives elements of one document their labels; tag names alone are looked up once each. */
class Labeller {
  public:
    Labeller(const Document &document, const TreeOptions &options, LabelTable &labels)
        : document_(document), options_(options), labels_(labels) {}

    /* The label that the parent has in the tree of the whole page; kNoLabel for an element that has none. */
    LabelId label_above(NodeId element) {
        std::vector<NodeId> chain;
        for (NodeId node = document_.parent(element); node != kNoNode && document_.is_element(node);
             node = document_.parent(node))
            chain.push_back(node);
        LabelId above = kNoLabel;
        for (std::size_t i = chain.size(); i-- > 0;)
            above = label_of(chain[i], above);
        return above;
    }

    /* `above` is the label of the parent, kNoLabel where there is none. */
    LabelId label_of(NodeId node, LabelId above) {
        above_ = options_.path_labels ? above : kNoLabel;
        if (document_.kind(node) == NodeKind::kText)
            return intern_text(node);
        const bool is_tag_only = !options_.id_labels && !options_.class_labels && !options_.attribute_labels &&
                                 options_.attributes.empty() && !options_.path_labels && !puts_text_in_elements();
        return is_tag_only ? intern_tag(node) : intern_with_parts(node);
    }

  private:
    LabelId intern_tag(NodeId node) {
        const auto name = static_cast<std::size_t>(document_.name_id(node));
        if (name >= name_to_label_.size())
            name_to_label_.resize(name + 1, kNoLabel);
        if (name_to_label_[name] == kNoLabel)
            name_to_label_[name] = labels_.intern(document_.name(node));
        return name_to_label_[name];
    }

    [[nodiscard]] bool puts_text_in_elements() const { return options_.text_labels && !options_.text_nodes; }

    LabelId intern_text(NodeId node) {
        text_ = "#text"; /* no tag name starts with '#' */
        append_path();
        if (options_.text_labels)
            append_words_of(document_.text(node));
        return labels_.intern(text_);
    }

    /* NUL separates the parts, since no name, value or text of a document can hold it. */
    LabelId intern_with_parts(NodeId node) {
        text_ = document_.name(node);
        if (options_.id_labels)
            if (const auto id = document_.attribute_value(node, "id"); !id.empty())
                text_.append(1, '\0').append("#").append(id);
        if (options_.class_labels)
            append_class_tokens(document_.attribute_value(node, "class"));
        if (options_.attribute_labels || !options_.attributes.empty())
            append_attributes(node);
        append_path();
        if (puts_text_in_elements()) {
            own_text_.clear();
            for (NodeId child = document_.first_child(node); child != kNoNode; child = document_.next_sibling(child))
                if (document_.kind(child) == NodeKind::kText)
                    own_text_.append(document_.text(child)).append(" ");
            append_words_of(own_text_);
        }
        return labels_.intern(text_);
    }

    /* The parent's label stands for all labels above. */
    void append_path() {
        if (above_ != kNoLabel)
            text_.append(1, '\0').append("/").append(std::to_string(above_));
    }

    void append_words_of(std::string_view text) {
        if (options_.text_pattern != nullptr && !is_only_space(text) && options_.text_pattern->matches(text)) {
            text_.append(1, '\0').append("\""); /* no word is empty */
            return;
        }
        for_each_token(text, [this](std::string_view word) {
            text_.append(1, '\0').append("\"").append(word);
            return true;
        });
    }

    void append_attributes(NodeId node) {
        parts_.clear();
        for (auto at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at) {
            const auto name = document_.name_text(document_.attribute(at).name);
            const bool is_named = std::ranges::find(options_.attributes, name) != options_.attributes.end();
            if (name != "id" && name != "class" && (options_.attribute_labels || is_named))
                parts_.push_back("@" + std::string(name) + "=" + std::string(document_.attribute(at).value));
        }
        std::sort(parts_.begin(), parts_.end());
        for (const std::string &part : parts_)
            text_.append(1, '\0').append(part);
    }

    void append_class_tokens(std::string_view value) {
        tokens_.clear();
        for_each_token(value, [this](std::string_view token) {
            tokens_.push_back(token);
            return true;
        });
        std::sort(tokens_.begin(), tokens_.end());
        tokens_.erase(std::unique(tokens_.begin(), tokens_.end()), tokens_.end());
        for (const auto token : tokens_)
            text_.append(1, '\0').append(".").append(token);
    }

    const Document &document_;
    const TreeOptions &options_;
    LabelTable &labels_;
    std::vector<LabelId> name_to_label_;
    LabelId above_ = kNoLabel;
    std::string text_, own_text_;
    std::vector<std::string_view> tokens_;
    std::vector<std::string> parts_;
};

std::int32_t count_siblings(const Document &document, NodeId node, const TreeOptions &options) {
    std::int32_t count = 0;
    for (NodeId at = document.first_child(document.parent(node)); at != kNoNode; at = document.next_sibling(at))
        count += counts_as_node(document, at, options);
    return count;
}

} // namespace

LabelId LabelTable::intern(std::string_view text) {
    if (const auto found = text_to_label_.find(text); found != text_to_label_.end())
        return found->second;
    const auto label = static_cast<LabelId>(label_to_text_.size());
    const auto [entry, added] = text_to_label_.emplace(std::string(text), label);
    label_to_text_.push_back(entry->first);
    return label;
}

TreeNode Tree::find(NodeId document_node) const {
    const auto found = std::lower_bound(node_to_document_.begin(), node_to_document_.end(), document_node);
    if (found == node_to_document_.end() || *found != document_node)
        return kNoTreeNode;
    return static_cast<TreeNode>(found - node_to_document_.begin());
}

TreeNode TreeBuilder::add(TreeNode parent, LabelId label, NodeId document_node) {
    tree_.node_to_parent_.push_back(parent);
    tree_.node_to_label_.push_back(label);
    tree_.node_to_document_.push_back(document_node);
    return tree_.size() - 1;
}

Tree TreeBuilder::finish(std::int32_t root_siblings) {
    Tree tree = std::move(tree_);
    tree_ = Tree(*tree.labels_);
    tree.root_siblings_ = root_siblings;
    tree.node_to_shape_.reserve(tree.node_to_label_.size());
    for (const LabelId label : tree.node_to_label_)
        tree.node_to_shape_.push_back({label, 1, 0, 0});
    for (TreeNode node = tree.size() - 1; node > 0; --node) {
        const NodeShape &child = tree.shape(node);
        NodeShape &parent = tree.node_to_shape_[Tree::index(tree.parent(node))];
        parent.size += child.size;
        ++parent.degree;
        parent.child_labels |= NodeShape::bit_of(child.label);
    }
    return tree;
}

Tree tree_of(const Document &document, NodeId root, const TreeOptions &options, LabelTable &labels) {
    TreeBuilder builder(labels);
    const NodeId top = document.kind(root) == NodeKind::kDocument ? document.root_element() : root;
    if (top == kNoNode)
        return builder.finish();
    if (!document.is_element(top))
        throw Error(ErrorKind::kInternal, "the root of a tree is not an element");

    Labeller labeller(document, options, labels);
    const LabelId above_top = options.path_labels ? labeller.label_above(top) : kNoLabel;
    std::vector<TreeNode> document_to_tree(static_cast<std::size_t>(document.subtree_size(top)), kNoTreeNode);
    for (NodeId node = top; node < document.end_of(top); ++node) {
        if (node % kNodesPerPoll == 0)
            Interrupt::poll();
        if (!counts_as_node(document, node, options))
            continue;
        const TreeNode parent =
            node == top ? kNoTreeNode : document_to_tree[static_cast<std::size_t>(document.parent(node) - top)];
        const LabelId above = parent == kNoTreeNode ? above_top : builder.label(parent);
        document_to_tree[static_cast<std::size_t>(node - top)] =
            builder.add(parent, labeller.label_of(node, above), node);
    }
    /* Only one element is the root of a page, whatever stands beside it. */
    const bool is_page_root = document.kind(document.parent(top)) == NodeKind::kDocument;
    return builder.finish(is_page_root ? 1 : count_siblings(document, top, options));
}

} // namespace webwrap
