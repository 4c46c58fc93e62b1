#include "core/separate/layout.hpp"

#include <algorithm>

#include <xxhash.h>

#include "core/base/error.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMostPoolBytes = std::size_t{1} << 30;

std::uint64_t hash_of(LayoutKind kind, std::int32_t label, std::span<const std::int32_t> a,
                      std::span<const std::int32_t> b) {
    std::uint64_t hash = XXH3_64bits_withSeed(a.data(), a.size_bytes(), static_cast<std::uint64_t>(kind) + 1);
    hash = XXH3_64bits_withSeed(b.data(), b.size_bytes(), hash);
    return hash ^ (static_cast<std::uint64_t>(static_cast<std::uint32_t>(label)) * 0x9E3779B97F4A7C15ull);
}

} // namespace

LayoutPool::LayoutPool() : table_(1024, kNoLayout) { (void)value(""); }

ValueId LayoutPool::value(std::string_view text) {
    if (const auto found = value_ids_.find(text); found != value_ids_.end())
        return found->second;
    const auto id = static_cast<ValueId>(values_.size());
    values_.emplace_back(text);
    value_ids_.emplace(values_.back(), id);
    value_to_count_.push_back(0);
    return id;
}

FrameId LayoutPool::frame(const LayoutFrame &frame) {
    std::string key;
    for (const std::string &piece : frame.start)
        key.append(piece).push_back('\0');
    key.push_back('\0');
    key += frame.end;
    const auto [found, is_new] = frame_ids_.emplace(std::move(key), static_cast<FrameId>(frames_.size()));
    if (is_new) {
        frames_.push_back(frame);
        frame_to_name_.push_back(names_.emplace(frame.name, static_cast<std::int32_t>(names_.size())).first->second);
    }
    return found->second;
}

void LayoutPool::count_text(ValueId id) { ++value_to_count_[static_cast<std::size_t>(id)]; }

LayoutId LayoutPool::text(ValueId lead, ValueId text) { return add(LayoutKind::kText, text, {&lead, 1}, {}); }

LayoutId LayoutPool::reference(ValueId lead) { return add(LayoutKind::kReference, 0, {&lead, 1}, {}); }

LayoutId LayoutPool::element(FrameId frame, std::span<const ValueId> slots, std::span<const LayoutId> children) {
    return add(LayoutKind::kElement, frame, slots, children);
}

LayoutId LayoutPool::iteration(std::span<const LayoutId> unit) { return add(LayoutKind::kFor, 0, {}, unit); }

LayoutId LayoutPool::condition(LayoutId child) {
    if (is_instruction(child) && node(child).kind == LayoutKind::kIf)
        return child;
    return add(LayoutKind::kIf, 0, {}, {&child, 1});
}

std::size_t LayoutPool::memory_bytes() const {
    return nodes_.capacity() * (sizeof(LayoutNode) + sizeof(std::uint64_t)) +
           (slots_.capacity() + children_.capacity() + table_.capacity()) * sizeof(std::int32_t) +
           skeletons_.size() * 64;
}

LayoutId LayoutPool::add(LayoutKind kind, std::int32_t label, std::span<const ValueId> slots,
                         std::span<const LayoutId> children) {
    const std::uint64_t hash = hash_of(kind, label, slots, children);
    std::size_t at = hash & (table_.size() - 1);
    for (; table_[at] != kNoLayout; at = (at + 1) & (table_.size() - 1))
        if (node_to_hash_[static_cast<std::size_t>(table_[at])] == hash &&
            equals(table_[at], kind, label, slots, children))
            return table_[at];
    if ((nodes_.size() & 0xFFFF) == 0xFFFF && memory_bytes() > kMostPoolBytes)
        throw Error(ErrorKind::kLimitExceeded,
                    "separation needs more than " + std::to_string(kMostPoolBytes >> 20) + " MB of layout trees");
    LayoutNode fresh{kind,
                     label,
                     static_cast<std::int32_t>(slots_.size()),
                     static_cast<std::int32_t>(slots.size()),
                     static_cast<std::int32_t>(children_.size()),
                     static_cast<std::int32_t>(children.size()),
                     0,
                     1,
                     totals_of(kind, label, slots, children)};
    for (const LayoutId child : children)
        fresh.size += node(child).size;
    fresh.skeleton = skeleton_of(kind, label, children);
    /* The arguments may be views into the arrays that grow. */
    const std::vector<std::int32_t> slots_copy(slots.begin(), slots.end());
    const std::vector<std::int32_t> children_copy(children.begin(), children.end());
    slots_.insert(slots_.end(), slots_copy.begin(), slots_copy.end());
    children_.insert(children_.end(), children_copy.begin(), children_copy.end());
    const auto id = static_cast<LayoutId>(nodes_.size());
    nodes_.push_back(fresh);
    node_to_hash_.push_back(hash);
    table_[at] = id;
    if (nodes_.size() * 2 > table_.size())
        grow();
    return id;
}

void LayoutPool::grow() {
    table_.assign(table_.size() * 2, kNoLayout);
    for (std::size_t id = 0; id < nodes_.size(); ++id) {
        std::size_t at = node_to_hash_[id] & (table_.size() - 1);
        while (table_[at] != kNoLayout)
            at = (at + 1) & (table_.size() - 1);
        table_[at] = static_cast<LayoutId>(id);
    }
}

bool LayoutPool::equals(LayoutId id, LayoutKind kind, std::int32_t label, std::span<const ValueId> slots_of,
                        std::span<const LayoutId> children_of) const {
    const LayoutNode &other = node(id);
    return other.kind == kind && other.label == label && std::ranges::equal(slots(id), slots_of) &&
           std::ranges::equal(children(id), children_of);
}

LayoutTotals LayoutPool::totals_of(LayoutKind kind, std::int32_t label, std::span<const ValueId> slots,
                                   std::span<const LayoutId> children) const {
    LayoutTotals totals;
    switch (kind) {
    case LayoutKind::kText:
        totals = {1, 1, 0, value_to_count_[static_cast<std::size_t>(label)] == 1 ? 1 : 0};
        break;
    case LayoutKind::kReference:
        totals = {1, 1, 0, 1};
        break;
    case LayoutKind::kElement:
        totals = frame_of(label).name.empty() ? LayoutTotals{} : LayoutTotals{1, 2, 0, 0};
        break;
    case LayoutKind::kFor:
    case LayoutKind::kIf:
        totals = {1, 2, 1, 1};
        break;
    }
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
        if (slots[slot] == kVariable)
            totals += LayoutTotals{1, slot == 0 || slot + 1 == slots.size() ? 1 : 0, 0, 1};
    for (const LayoutId child : children)
        totals += node(child).totals;
    return totals;
}

std::int32_t LayoutPool::skeleton_of(LayoutKind kind, std::int32_t label, std::span<const LayoutId> children) {
    if (kind == LayoutKind::kText || kind == LayoutKind::kReference) {
        kind = LayoutKind::kText;
        label = 0;
    }
    std::vector<std::int32_t> key;
    key.reserve(children.size());
    for (const LayoutId child : children)
        key.push_back(node(child).skeleton);
    const std::uint64_t hash = hash_of(kind, label, key, {});
    const auto [begin, end] = skeleton_ids_.equal_range(hash);
    for (auto at = begin; at != end; ++at) {
        const Skeleton &known = skeletons_[static_cast<std::size_t>(at->second)];
        if (known.kind == kind && known.label == label && static_cast<std::size_t>(known.child_count) == key.size() &&
            std::equal(key.begin(), key.end(), skeleton_children_.begin() + known.first_child))
            return at->second;
    }
    const auto id = static_cast<std::int32_t>(skeletons_.size());
    skeletons_.push_back(
        {label, static_cast<std::int32_t>(skeleton_children_.size()), static_cast<std::int32_t>(key.size()), kind});
    skeleton_children_.insert(skeleton_children_.end(), key.begin(), key.end());
    skeleton_ids_.emplace(hash, id);
    return id;
}

} // namespace webwrap
