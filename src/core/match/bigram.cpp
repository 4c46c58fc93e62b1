#include "core/match/bigram.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr TreeNode kNodesPerPoll = 4096;

enum class BigramKind : std::uint64_t { kChild, kGrandchild, kNextSibling };

std::uint64_t key_of(BigramKind kind, LabelId first, LabelId second) {
    return static_cast<std::uint64_t>(kind) << 62 | static_cast<std::uint64_t>(first) << 31 |
           static_cast<std::uint64_t>(second);
}

/* Calls visit(node, kind, key) for all bigrams within the subtree; node is the one with the second label. */
template <typename Visit> void for_each_bigram(const Tree &tree, TreeNode root, const Visit &visit) {
    for (TreeNode parent = root; parent < tree.end_of(root); ++parent) {
        TreeNode previous = kNoTreeNode;
        for (TreeNode child = parent + 1; child < tree.end_of(parent); child = tree.end_of(child)) {
            if (child % kNodesPerPoll == 0)
                Interrupt::poll();
            const LabelId label = tree.label(child);
            visit(child, BigramKind::kChild, key_of(BigramKind::kChild, tree.label(parent), label));
            if (parent != root)
                visit(child, BigramKind::kGrandchild,
                      key_of(BigramKind::kGrandchild, tree.label(tree.parent(parent)), label));
            if (previous != kNoTreeNode)
                visit(child, BigramKind::kNextSibling, key_of(BigramKind::kNextSibling, tree.label(previous), label));
            previous = child;
        }
    }
}

} // namespace

BigramIndex::BigramIndex(const Tree &tree)
    : tree_(tree), node_to_bigrams_(static_cast<std::size_t>(tree.size()), {kNoBigram, kNoBigram, kNoBigram}) {
    for_each_bigram(tree, 0, [this](TreeNode node, BigramKind kind, std::uint64_t key) {
        const auto number = static_cast<std::int32_t>(key_to_bigram_.size());
        const std::int32_t bigram = key_to_bigram_.emplace(key, number).first->second;
        NodeBigrams &bigrams = node_to_bigrams_[static_cast<std::size_t>(node)];
        (kind == BigramKind::kChild        ? bigrams.as_child
         : kind == BigramKind::kGrandchild ? bigrams.as_grandchild
                                           : bigrams.as_next_sibling) = bigram;
    });
    node_to_inner_before_.reserve(static_cast<std::size_t>(tree.size()) + 1);
    node_to_inner_before_.push_back(0);
    for (TreeNode node = 0; node < tree.size(); ++node)
        node_to_inner_before_.push_back(node_to_inner_before_.back() + (tree.is_leaf(node) ? 0 : 1));
}

std::int32_t BigramIndex::find(std::uint64_t key) const {
    const auto found = key_to_bigram_.find(key);
    return found == key_to_bigram_.end() ? kNoBigram : found->second;
}

/* Every node but the root is a child, every node two levels down a grandchild, every child but its parent's first a
 * next sibling. */
std::int64_t BigramIndex::count(TreeNode node) const {
    const std::int64_t below = tree_.subtree_size(node) - 1;
    const std::int64_t inner = node_to_inner_before_[static_cast<std::size_t>(tree_.end_of(node))] -
                               node_to_inner_before_[static_cast<std::size_t>(node)];
    return below + (below - tree_.degree(node)) + (below - inner);
}

BigramQuery::BigramQuery(const Tree &example, TreeNode root, const BigramIndex &index)
    : index_(index), example_label_(example.label(root)), bigram_to_count_(index.distinct(), 0) {
    for_each_bigram(example, root, [this](TreeNode, BigramKind, std::uint64_t key) {
        ++example_count_;
        if (const std::int32_t bigram = index_.find(key); bigram != BigramIndex::kNoBigram)
            ++bigram_to_count_[static_cast<std::size_t>(bigram)];
    });
}

double BigramQuery::similarity(TreeNode node, CellBudget &budget) {
    if (are_both_single(node))
        return single_similarity(node);
    const Tree &tree = index_.tree();
    budget.reserve(tree.subtree_size(node));
    budget.tick(tree.subtree_size(node));

    const auto for_each_count = [&](const auto &visit) {
        const auto visit_bigram = [&](std::int32_t bigram) {
            if (bigram != BigramIndex::kNoBigram)
                visit(bigram_to_count_[static_cast<std::size_t>(bigram)]);
        };
        for (TreeNode at = node + 1; at < tree.end_of(node); ++at) {
            const BigramIndex::NodeBigrams &bigrams = index_.bigrams(at);
            visit_bigram(bigrams.as_child);
            visit_bigram(bigrams.as_next_sibling);
            if (tree.parent(at) != node)
                visit_bigram(bigrams.as_grandchild);
        }
    };
    std::int64_t common = 0;
    for_each_count([&](std::int32_t &left) { common += left-- > 0; });
    for_each_count([](std::int32_t &left) { ++left; }); /* as it was */
    return dice(common, node);
}

double BigramQuery::upper_bound(TreeNode node) const {
    return are_both_single(node) ? single_similarity(node) : dice(std::min(index_.count(node), example_count_), node);
}

bool BigramQuery::are_both_single(TreeNode node) const { return example_count_ == 0 && index_.tree().is_leaf(node); }

double BigramQuery::single_similarity(TreeNode node) const {
    return index_.tree().label(node) == example_label_ ? 1.0 : 0.0;
}

double BigramQuery::dice(std::int64_t common, TreeNode node) const {
    return 2.0 * static_cast<double>(common) / static_cast<double>(index_.count(node) + example_count_);
}

} // namespace webwrap
