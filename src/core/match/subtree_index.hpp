#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/match/tree.hpp"

namespace webwrap {

using SubtreeClass = std::int32_t;

/* Subtrees of several trees hash-consed: equal class means identical subtree (label and children in order), verified
 * and not only hashed. What is true of a class is then computed once, however often its subtree occurs: pages repeat
 * themselves, and two versions of a page repeat each other. */
class SubtreeIndex {
  public:
    SubtreeIndex() = default;
    SubtreeIndex(const SubtreeIndex &) = delete;
    SubtreeIndex &operator=(const SubtreeIndex &) = delete;

    /* node_to_class of the tree. Classes known before keep their ids. Throws kInternal when the tree's labels come
     * from another table than those of earlier trees. O(size) expected; polls. */
    [[nodiscard]] std::vector<SubtreeClass> add(const Tree &tree);

    [[nodiscard]] SubtreeClass size() const noexcept { return static_cast<SubtreeClass>(class_to_label_.size()); }
    [[nodiscard]] LabelId label(SubtreeClass id) const { return class_to_label_[index(id)]; }
    [[nodiscard]] std::int32_t subtree_size(SubtreeClass id) const { return class_to_size_[index(id)]; }
    [[nodiscard]] std::span<const SubtreeClass> children(SubtreeClass id) const {
        return std::span<const SubtreeClass>(children_).subspan(
            class_to_first_child_[index(id)], class_to_first_child_[index(id) + 1] - class_to_first_child_[index(id)]);
    }
    [[nodiscard]] std::string_view label_text(LabelId label) const { return labels_->text(label); }
    /* Number of labels of the table behind the trees. */
    [[nodiscard]] std::size_t label_count() const noexcept { return labels_ == nullptr ? 0 : labels_->size(); }

  private:
    static std::size_t index(SubtreeClass id) { return static_cast<std::size_t>(id); }
    SubtreeClass leaf_class(LabelId label);
    SubtreeClass find_or_add(LabelId label, std::int32_t size, std::span<const SubtreeClass> children);
    void grow_slots();

    const LabelTable *labels_ = nullptr;
    std::vector<LabelId> class_to_label_;
    std::vector<std::int32_t> class_to_size_;
    std::vector<std::uint64_t> class_to_hash_;
    std::vector<std::size_t> class_to_first_child_{0}; /* one more entry than classes */
    std::vector<SubtreeClass> children_;
    std::vector<SubtreeClass> label_to_leaf_; /* a short cut: most nodes are leaves */
    std::vector<SubtreeClass> slots_;         /* open addressing; a power of two, at most half full */
};

} // namespace webwrap
