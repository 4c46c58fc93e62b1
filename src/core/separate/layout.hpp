#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace webwrap {

/* A layout tree (Zhao et al. 2018, section 3), made so that it is also the page byte for byte.
 *
 * A node owns the bytes before it that no node of the paper's table 1 stands for: white space, comments, the document type
 * declaration, stray tags. They are its first slot, the *lead*. An element owns its start tag, its end tag and the lead of
 * the end tag. What may differ between nodes that are folded together is a slot; what may not is the frame: the start tag
 * without the values of its attributes, and the end tag. */

using LayoutId = std::int32_t; /* a subtree; equal subtrees have equal ids */
using ValueId = std::int32_t;  /* a string */
using FrameId = std::int32_t;

inline constexpr LayoutId kNoLayout = -1;
inline constexpr ValueId kVariable = -1; /* in a slot: a reference stands here */
inline constexpr ValueId kEmptyValue = 0;

enum class LayoutKind : std::uint8_t { kText, kReference, kElement, kFor, kIf };

/* What the maintainability index counts, as far as it adds up. */
struct LayoutTotals {
    std::int32_t symbols = 0;  /* operators and operands */
    std::int32_t lines = 0;    /* SLOC */
    std::int32_t branches = 0; /* iterations and conditions */
    std::int32_t own = 0;      /* distinct symbols that occur here only: references, instructions, unique texts */

    LayoutTotals &operator+=(const LayoutTotals &other) {
        symbols += other.symbols;
        lines += other.lines;
        branches += other.branches;
        own += other.own;
        return *this;
    }
};

/* The bytes of an element apart from its slots. */
struct LayoutFrame {
    std::vector<std::string> start; /* the start tag, cut at the values of its attributes: one more than values */
    std::string end;                /* the end tag; empty when the page has none */
    std::string name; /* in lower case, what the index tells elements apart by; empty for the page itself */
};

struct LayoutNode {
    LayoutKind kind;
    std::int32_t label; /* FrameId of an element, ValueId of a text, else 0 */
    std::int32_t first_slot;
    std::int32_t slot_count; /* lead, values of attributes, lead of the end tag; a text or reference has a lead only */
    std::int32_t first_child;
    std::int32_t child_count; /* of an iteration: the unit that repeats; of a condition: 1 */
    std::int32_t skeleton;    /* equal for subtrees that differ in slots and texts only */
    std::int32_t size;        /* nodes of the subtree */
    LayoutTotals totals;      /* of the subtree */
};

/* Holds layout trees, each distinct subtree once. Ids stay valid; spans only until the next call that adds. */
class LayoutPool {
  public:
    LayoutPool();

    [[nodiscard]] ValueId value(std::string_view text);
    [[nodiscard]] std::string_view value_text(ValueId id) const { return values_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] FrameId frame(const LayoutFrame &frame);
    [[nodiscard]] const LayoutFrame &frame_of(FrameId id) const { return frames_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] std::int32_t frame_name(FrameId id) const { return frame_to_name_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] std::int32_t name_count() const { return static_cast<std::int32_t>(names_.size()); }
    [[nodiscard]] std::int32_t value_count() const { return static_cast<std::int32_t>(values_.size()); }

    /* Counts a text of the page; texts counted once count as their node's own symbol. Before text() is called for it. */
    void count_text(ValueId id);

    [[nodiscard]] LayoutId text(ValueId lead, ValueId text);
    [[nodiscard]] LayoutId reference(ValueId lead);
    [[nodiscard]] LayoutId element(FrameId frame, std::span<const ValueId> slots, std::span<const LayoutId> children);
    [[nodiscard]] LayoutId iteration(std::span<const LayoutId> unit);
    [[nodiscard]] LayoutId condition(LayoutId child);
    /* An iteration or a condition over whatever a template has in it. */
    [[nodiscard]] LayoutId instruction(LayoutKind kind, std::span<const LayoutId> content) {
        return add(kind, 0, {}, content);
    }

    [[nodiscard]] const LayoutNode &node(LayoutId id) const { return nodes_[static_cast<std::size_t>(id)]; }
    [[nodiscard]] std::span<const LayoutId> children(LayoutId id) const {
        const LayoutNode &at = node(id);
        return std::span(children_).subspan(static_cast<std::size_t>(at.first_child),
                                            static_cast<std::size_t>(at.child_count));
    }
    [[nodiscard]] std::span<const ValueId> slots(LayoutId id) const {
        const LayoutNode &at = node(id);
        return std::span(slots_).subspan(static_cast<std::size_t>(at.first_slot),
                                         static_cast<std::size_t>(at.slot_count));
    }
    [[nodiscard]] bool is_instruction(LayoutId id) const {
        const LayoutKind kind = node(id).kind;
        return kind == LayoutKind::kFor || kind == LayoutKind::kIf;
    }
    [[nodiscard]] LayoutId size() const { return static_cast<LayoutId>(nodes_.size()); }
    /* Bytes held, roughly; callers bound it. */
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    LayoutId add(LayoutKind kind, std::int32_t label, std::span<const ValueId> slots,
                 std::span<const LayoutId> children);
    [[nodiscard]] bool equals(LayoutId id, LayoutKind kind, std::int32_t label, std::span<const ValueId> slots,
                              std::span<const LayoutId> children) const;
    [[nodiscard]] LayoutTotals totals_of(LayoutKind kind, std::int32_t label, std::span<const ValueId> slots,
                                         std::span<const LayoutId> children) const;
    std::int32_t skeleton_of(LayoutKind kind, std::int32_t label, std::span<const LayoutId> children);
    void grow();

    std::deque<std::string> values_;
    std::unordered_map<std::string_view, ValueId> value_ids_;
    std::vector<std::int32_t> value_to_count_;
    std::deque<LayoutFrame> frames_;
    std::unordered_map<std::string, FrameId> frame_ids_;
    std::vector<std::int32_t> frame_to_name_;
    std::unordered_map<std::string, std::int32_t> names_;

    std::vector<LayoutNode> nodes_;
    std::vector<std::uint64_t> node_to_hash_;
    std::vector<ValueId> slots_;
    std::vector<LayoutId> children_;
    std::vector<LayoutId> table_; /* open addressing over node_to_hash_ */

    struct Skeleton {
        std::int32_t label;
        std::int32_t first_child;
        std::int32_t child_count;
        LayoutKind kind;
    };
    std::vector<Skeleton> skeletons_;
    std::vector<std::int32_t> skeleton_children_;
    std::unordered_multimap<std::uint64_t, std::int32_t> skeleton_ids_;
};

} // namespace webwrap
