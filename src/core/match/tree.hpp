#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

class TextPattern;

using TreeNode = std::int32_t; /* index in pre-order; 0 is the root */
using LabelId = std::int32_t;  /* interned label, 0 .. LabelTable::size() - 1 */
inline constexpr TreeNode kNoTreeNode = -1;

/* The labels of all trees that are compared with each other: equal label, equal id. Must outlive those trees. */
class LabelTable {
  public:
    LabelTable() = default;
    LabelTable(const LabelTable &) = delete;
    LabelTable &operator=(const LabelTable &) = delete;

    /* The id of a label, a new one when it has not been seen. O(length). */
    LabelId intern(std::string_view text);
    [[nodiscard]] std::string_view text(LabelId label) const { return label_to_text_[static_cast<std::size_t>(label)]; }
    [[nodiscard]] std::size_t size() const noexcept { return label_to_text_.size(); }

  private:
    struct Hash {
        using is_transparent = void; /* the standard's name: NOLINT(readability-identifier-naming) */
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, LabelId, Hash, std::equal_to<>> text_to_label_;
    std::vector<std::string_view> label_to_text_; /* views of the keys, which stay where they are */
};

/* Which nodes of a page become nodes of the tree, and what they are called. An element's label is its tag name; the
 * flags add further parts, NUL between them: its id, its class tokens and its other attributes (sorted, each once, so that
 * their order does not matter), its path, its words. */
struct TreeOptions {
    bool id_labels = false;
    bool class_labels = false;
    bool text_nodes = false;       /* text that is not only white space becomes a leaf labelled #text */
    bool attribute_labels = false; /* attributes other than id and class, each as name and value */
    bool text_labels = false;      /* the words of a text: in the leaf's label, or in its parent's without text_nodes */
    bool path_labels = false;      /* the labels from the page's root to the node, not only its own */
    std::vector<std::string> attributes = {}; /* names of further attributes that count as with attribute_labels */
    std::shared_ptr<const TextPattern> text_pattern = {}; /* all texts in which it is found count as one, of one word */
};

/* What comparisons look at, together, since they go through trees in leaps. */
struct NodeShape {
    LabelId label;
    TreeNode size;              /* nodes of the subtree, the node included */
    std::int32_t degree;        /* number of children */
    std::uint32_t child_labels; /* the labels of the children as a set that holds 32 kinds of them, see bit_of */
    [[nodiscard]] static std::uint32_t bit_of(LabelId label) {
        return std::uint32_t{1} << (static_cast<std::uint32_t>(label) % 32);
    }
};

/* A labelled ordered tree as flat arrays in pre-order: the subtree of a node is the range node .. end_of(node) - 1, and
 * the next sibling of a child is end_of(child). May be empty. Immutable once built. */
class Tree {
  public:
    [[nodiscard]] TreeNode size() const noexcept { return static_cast<TreeNode>(node_to_label_.size()); }
    [[nodiscard]] bool empty() const noexcept { return node_to_label_.empty(); }
    [[nodiscard]] LabelId label(TreeNode node) const { return shape(node).label; }
    /* kNoTreeNode for the root. */
    [[nodiscard]] TreeNode parent(TreeNode node) const { return node_to_parent_[index(node)]; }
    /* Nodes of the subtree, the node included. */
    [[nodiscard]] TreeNode subtree_size(TreeNode node) const { return shape(node).size; }
    [[nodiscard]] TreeNode end_of(TreeNode node) const { return node + subtree_size(node); }
    /* Number of children. */
    [[nodiscard]] std::int32_t degree(TreeNode node) const { return shape(node).degree; }
    [[nodiscard]] const NodeShape &shape(TreeNode node) const { return node_to_shape_[index(node)]; }
    [[nodiscard]] bool is_leaf(TreeNode node) const { return subtree_size(node) == 1; }
    /* Siblings of a node, itself included: t(n) of the paper. For the root: root_siblings(). */
    [[nodiscard]] std::int32_t siblings(TreeNode node) const {
        return node == 0 ? root_siblings_ : degree(parent(node));
    }
    /* Siblings that the root has in the page it comes from, itself included; 1 for the root of a page. */
    [[nodiscard]] std::int32_t root_siblings() const noexcept { return root_siblings_; }
    /* The node of the document that a tree node stands for, or kNoNode for trees that come from elsewhere. */
    [[nodiscard]] NodeId document_node(TreeNode node) const { return node_to_document_[index(node)]; }
    /* The way back, kNoTreeNode when the tree leaves that node out. O(log size). */
    [[nodiscard]] TreeNode find(NodeId document_node) const;
    /* The labels of a subtree in pre-order. */
    [[nodiscard]] std::span<const LabelId> labels_of(TreeNode node) const {
        return std::span<const LabelId>(node_to_label_)
            .subspan(index(node), static_cast<std::size_t>(subtree_size(node)));
    }
    /* The shapes of these nodes, which say all of a subtree: equal ranges, identical subtrees. */
    [[nodiscard]] std::span<const NodeShape> shapes_of(TreeNode node) const {
        return std::span<const NodeShape>(node_to_shape_)
            .subspan(index(node), static_cast<std::size_t>(subtree_size(node)));
    }
    [[nodiscard]] const LabelTable &label_table() const noexcept { return *labels_; }

  private:
    friend class TreeBuilder;
    explicit Tree(const LabelTable &labels) : labels_(&labels) {}
    static std::size_t index(TreeNode node) { return static_cast<std::size_t>(node); }

    const LabelTable *labels_;
    std::vector<TreeNode> node_to_parent_;
    std::vector<NodeShape> node_to_shape_;
    std::vector<LabelId> node_to_label_;
    std::vector<NodeId> node_to_document_;
    std::int32_t root_siblings_ = 1;
};

/* The only writer of trees: nodes are added in pre-order. */
class TreeBuilder {
  public:
    explicit TreeBuilder(const LabelTable &labels) : tree_(labels) {}

    /* Adds a node below `parent` (kNoTreeNode for the root) after everything added before, and returns it. */
    TreeNode add(TreeNode parent, LabelId label, NodeId document_node = kNoNode);
    [[nodiscard]] LabelId label(TreeNode node) const { return tree_.node_to_label_[static_cast<std::size_t>(node)]; }
    /* The node that the next call of add returns. */
    [[nodiscard]] TreeNode next() const noexcept { return tree_.size(); }
    /* The finished tree; the builder is empty afterwards. O(size). */
    [[nodiscard]] Tree finish(std::int32_t root_siblings = 1);

  private:
    Tree tree_;
};

/* The tree of the subtree at `root`, an element, or of the whole page when `root` is the document node (then its root
 * is the root element, and the tree is empty when there is none). Comments never count. The tree copies what it needs
 * of the document and keeps a reference to `labels` only. O(nodes of the subtree + siblings of its root); polls. */
[[nodiscard]] Tree tree_of(const Document &document, NodeId root, const TreeOptions &options, LabelTable &labels);

} // namespace webwrap
