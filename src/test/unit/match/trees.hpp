#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/match/options.hpp"
#include "core/match/tree.hpp"

namespace webwrap::test {

inline constexpr std::array kMeasures{Measure::kSimple,      Measure::kClustered, Measure::kBigram,
                                      Measure::kJaroWinkler, Measure::kEdit,      Measure::kFlexible};

/* A tree in the notation of the papers, a(b,c(d)); empty text gives an empty tree. */
inline Tree tree_from_brackets(std::string_view text, LabelTable &labels, std::int32_t root_siblings = 1) {
    TreeBuilder builder(labels);
    std::vector<TreeNode> open;
    TreeNode last = kNoTreeNode;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '(') {
            open.push_back(last);
            ++at;
        } else if (text[at] == ')') {
            open.pop_back();
            ++at;
        } else if (text[at] == ',') {
            ++at;
        } else {
            const std::size_t end = std::min(text.find_first_of("(),", at), text.size());
            last = builder.add(open.empty() ? kNoTreeNode : open.back(), labels.intern(text.substr(at, end - at)));
            at = end;
        }
    }
    return builder.finish(root_siblings);
}

/* A chain root(...(leaf)) of `size` nodes, labelled "n" but for the last. */
inline Tree chain(TreeNode size, std::string_view last, LabelTable &labels) {
    TreeBuilder builder(labels);
    for (TreeNode node = 0; node < size; ++node)
        builder.add(node - 1, labels.intern(node + 1 == size ? last : "n"));
    return builder.finish();
}

/* A random tree of 1 .. max_size nodes; few labels make many pairs match. */
inline Tree random_tree(std::mt19937 &random, TreeNode max_size, int label_count, LabelTable &labels) {
    const auto below = [&random](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
    TreeBuilder builder(labels);
    std::vector<TreeNode> path; /* the rightmost one */
    const TreeNode size = 1 + below(max_size);
    for (TreeNode node = 0; node < size; ++node) {
        if (!path.empty())
            path.resize(1 + static_cast<std::size_t>(below(static_cast<int>(path.size()))));
        const auto label = node == 0 ? std::string("a") : std::string(1, static_cast<char>('a' + below(label_count)));
        path.push_back(builder.add(path.empty() ? kNoTreeNode : path.back(), labels.intern(label)));
    }
    return builder.finish(1 + below(4));
}

/* A tree and a variation of it: some nodes relabelled, left out with their subtrees, or repeated. */
inline Tree varied_tree(std::mt19937 &random, const Tree &tree, LabelTable &labels) {
    TreeBuilder builder(labels);
    std::vector<TreeNode> old_to_new(static_cast<std::size_t>(tree.size()), kNoTreeNode);
    for (TreeNode node = 0; node < tree.size();) {
        const bool is_root = node == 0;
        if (!is_root && random() % 10 == 0) {
            node = tree.end_of(node);
            continue;
        }
        const TreeNode parent = is_root ? kNoTreeNode : old_to_new[static_cast<std::size_t>(tree.parent(node))];
        const LabelId label = !is_root && random() % 10 == 0 ? labels.intern("z") : tree.label(node);
        if (!is_root && random() % 10 == 0)
            builder.add(parent, label);
        old_to_new[static_cast<std::size_t>(node)] = builder.add(parent, label);
        ++node;
    }
    return builder.finish();
}

inline std::vector<TreeNode> children_of(const Tree &tree, TreeNode node) {
    std::vector<TreeNode> children;
    for (TreeNode child = node + 1; child < tree.end_of(node); child = tree.end_of(child))
        children.push_back(child);
    return children;
}

} // namespace webwrap::test
