#include "core/match/identity.hpp"

#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace webwrap {

namespace {

constexpr SubtreeClass kNoClass = -1;
constexpr TreeNode kNodesPerCell = 32;
constexpr std::size_t kHashedEnd = 32;
constexpr TreeNode kBlock = 16; /* nodes compared before a difference is looked for */

/* Of the nodes at both ends; others that differ only in between are told apart when a hit is verified. */
std::uint64_t hash_of(const Tree &tree, TreeNode node) {
    const auto size = static_cast<std::size_t>(tree.subtree_size(node));
    const auto extend = [size](auto values, std::uint64_t hash) {
        if (size <= 2 * kHashedEnd)
            return XXH3_64bits_withSeed(values.data(), values.size_bytes(), hash);
        hash = XXH3_64bits_withSeed(values.data(), kHashedEnd * sizeof(values[0]), hash);
        return XXH3_64bits_withSeed(values.last(kHashedEnd).data(), kHashedEnd * sizeof(values[0]), hash);
    };
    return extend(tree.sizes_of(node), extend(tree.labels_of(node), size));
}

bool have_equal_ranges(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
    return std::ranges::equal(a.labels_of(x), b.labels_of(y)) && std::ranges::equal(a.sizes_of(x), b.sizes_of(y));
}

} // namespace

bool RangeIdentity::compare(TreeNode a, TreeNode b, CellBudget &budget) {
    const TreeNode size = a_.subtree_size(a);
    budget.reserve(size / kNodesPerCell);
    budget.tick(size / kNodesPerCell);
    const LabelId *const labels_a = a_.labels_of(a).data(), *const labels_b = b_.labels_of(b).data();
    const TreeNode *const sizes_a = a_.sizes_of(a).data(), *const sizes_b = b_.sizes_of(b).data();
    const auto first_difference = [&](TreeNode first, TreeNode end) {
        while (first < end && labels_a[first] == labels_b[first] && sizes_a[first] == sizes_b[first])
            ++first;
        return first;
    };
    TreeNode at = 0;
    for (; at + kBlock <= size; at += kBlock) {
        std::uint32_t difference = 0;
        for (TreeNode i = at; i < at + kBlock; ++i)
            difference |= static_cast<std::uint32_t>((labels_a[i] ^ labels_b[i]) | (sizes_a[i] ^ sizes_b[i]));
        if (difference != 0)
            break;
    }
    at = first_difference(at, size);
    if (at == size)
        return true;
    different_a_ = a + at;
    different_b_ = b + at;
    return false;
}

SubtreeClass RangeIdentity::class_of(const Tree &tree, TreeNode node, std::vector<SubtreeClass> &node_to_class) {
    if (node_to_class.empty())
        node_to_class.assign(static_cast<std::size_t>(tree.size()), kNoClass);
    SubtreeClass &known = node_to_class[static_cast<std::size_t>(node)];
    if (known != kNoClass)
        return known;
    if (slots_.size() <= 2 * static_cast<std::size_t>(classes_))
        grow_slots();
    const std::uint64_t hash = hash_of(tree, node);
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (; slots_[at].tree != nullptr; at = (at + 1) & mask)
        if (slots_[at].hash == hash && have_equal_ranges(*slots_[at].tree, slots_[at].node, tree, node))
            return known = slots_[at].id;
    slots_[at] = {hash, &tree, node, classes_};
    return known = classes_++;
}

void RangeIdentity::grow_slots() {
    const auto old = std::exchange(
        slots_, std::vector<Slot>(slots_.empty() ? 128 : 4 * slots_.size(), Slot{0, nullptr, 0, kNoClass}));
    const std::size_t mask = slots_.size() - 1;
    for (const Slot &slot : old) {
        if (slot.tree == nullptr)
            continue;
        std::size_t at = slot.hash & mask;
        while (slots_[at].tree != nullptr)
            at = (at + 1) & mask;
        slots_[at] = slot;
    }
}

} // namespace webwrap
