#include "core/match/identity.hpp"

#include <cstring>
#include <type_traits>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace webwrap {

namespace {

constexpr SubtreeClass kNoClass = -1;
constexpr TreeNode kNodesPerCell = 32;
constexpr std::size_t kHashedEnd = 32;
constexpr TreeNode kBlock = 16; /* nodes compared before a difference is looked for */

static_assert(std::has_unique_object_representations_v<NodeShape>, "shapes are compared as bytes");

/* Of the nodes at both ends; others that differ only in between are told apart when a hit is verified. */
std::uint64_t hash_of(const Tree &tree, TreeNode node) {
    const auto size = static_cast<std::size_t>(tree.subtree_size(node));
    const auto shapes = tree.shapes_of(node);
    if (size <= 2 * kHashedEnd)
        return XXH3_64bits(shapes.data(), shapes.size_bytes());
    const std::uint64_t hash = XXH3_64bits_withSeed(shapes.data(), kHashedEnd * sizeof(NodeShape), size);
    return XXH3_64bits_withSeed(shapes.last(kHashedEnd).data(), kHashedEnd * sizeof(NodeShape), hash);
}

bool have_equal_ranges(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
    const auto shapes_a = a.shapes_of(x), shapes_b = b.shapes_of(y);
    return shapes_a.size() == shapes_b.size() &&
           std::memcmp(shapes_a.data(), shapes_b.data(), shapes_a.size_bytes()) == 0;
}

} // namespace

bool RangeIdentity::compare(TreeNode a, TreeNode b, CellBudget &budget) {
    const TreeNode size = a_.subtree_size(a);
    budget.reserve(size / kNodesPerCell);
    budget.tick(size / kNodesPerCell);
    const NodeShape *const shapes_a = a_.shapes_of(a).data(), *const shapes_b = b_.shapes_of(b).data();
    TreeNode at = 0;
    while (at + kBlock <= size && std::memcmp(shapes_a + at, shapes_b + at, kBlock * sizeof(NodeShape)) == 0)
        at += kBlock;
    while (at < size && shapes_a[at].label == shapes_b[at].label && shapes_a[at].size == shapes_b[at].size)
        ++at;
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
