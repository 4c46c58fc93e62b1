#include "core/match/subtree_index.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr SubtreeClass kNoClass = -1;
constexpr TreeNode kNodesPerPoll = 4096;

std::uint64_t hash_of(LabelId label, std::span<const SubtreeClass> children) {
    return XXH3_64bits_withSeed(children.data(), children.size_bytes(), static_cast<XXH64_hash_t>(label));
}

} // namespace

std::vector<SubtreeClass> SubtreeIndex::add(const Tree &tree) {
    if (labels_ != nullptr && labels_ != &tree.label_table())
        throw Error(ErrorKind::kInternal, "compared trees do not share a label table");
    labels_ = &tree.label_table();

    label_to_leaf_.resize(labels_->size(), kNoClass);

    std::vector<SubtreeClass> node_to_class(static_cast<std::size_t>(tree.size()));
    std::vector<SubtreeClass> children;
    for (TreeNode node = tree.size() - 1; node >= 0; --node) { /* children come before their parent */
        if (node % kNodesPerPoll == 0)
            Interrupt::poll();
        if (tree.is_leaf(node)) {
            node_to_class[static_cast<std::size_t>(node)] = leaf_class(tree.label(node));
            continue;
        }
        children.clear();
        for (TreeNode child = node + 1; child < tree.end_of(node); child = tree.end_of(child))
            children.push_back(node_to_class[static_cast<std::size_t>(child)]);
        node_to_class[static_cast<std::size_t>(node)] =
            find_or_add(tree.label(node), tree.subtree_size(node), children);
    }
    return node_to_class;
}

SubtreeClass SubtreeIndex::leaf_class(LabelId label) {
    SubtreeClass &known = label_to_leaf_[static_cast<std::size_t>(label)];
    if (known == kNoClass)
        known = find_or_add(label, 1, {});
    return known;
}

SubtreeClass SubtreeIndex::find_or_add(LabelId label, std::int32_t size, std::span<const SubtreeClass> children) {
    if (slots_.size() <= 2 * class_to_label_.size())
        grow_slots();
    const std::uint64_t hash = hash_of(label, children);
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    for (; slots_[slot] != kNoClass; slot = (slot + 1) & mask) {
        const SubtreeClass candidate = slots_[slot];
        if (class_to_hash_[index(candidate)] == hash && this->label(candidate) == label &&
            std::ranges::equal(this->children(candidate), children))
            return candidate;
    }
    const SubtreeClass added = this->size();
    slots_[slot] = added;
    class_to_label_.push_back(label);
    class_to_size_.push_back(size);
    class_to_hash_.push_back(hash);
    children_.insert(children_.end(), children.begin(), children.end());
    class_to_first_child_.push_back(children_.size());
    return added;
}

void SubtreeIndex::grow_slots() {
    slots_.assign(slots_.empty() ? 256 : 4 * slots_.size(), kNoClass);
    const std::size_t mask = slots_.size() - 1;
    for (SubtreeClass id = 0; id < size(); ++id) {
        std::size_t slot = class_to_hash_[index(id)] & mask;
        while (slots_[slot] != kNoClass)
            slot = (slot + 1) & mask;
        slots_[slot] = id;
    }
}

} // namespace webwrap
