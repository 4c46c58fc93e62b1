#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/match/subtree_index.hpp"

namespace webwrap {

/* Values of unordered pairs of subtree classes, in bounded memory: a full table overwrites. What was stored last is
 * always found. Both operations O(1). */
template <typename Value> class PairMemo {
  public:
    /* Null when the pair is not there (any more); the pointer is valid until the next store. */
    [[nodiscard]] const Value *find(SubtreeClass a, SubtreeClass b) const {
        if (slots_.empty())
            return nullptr;
        const std::uint64_t key = key_of(a, b);
        std::size_t at = home_of(key);
        for (std::size_t probe = 0; probe < kProbes; ++probe, at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].key == key)
                return &slots_[at].value;
            if (slots_[at].key == kFreeKey)
                return nullptr;
        }
        return nullptr;
    }

    void store(SubtreeClass a, SubtreeClass b, Value value) {
        if (slots_.size() <= 2 * used_ && slots_.size() < kMaxSlots)
            grow();
        put({key_of(a, b), value});
    }

  private:
    struct Slot {
        std::uint64_t key;
        Value value;
    };
    static constexpr std::uint64_t kFreeKey = ~std::uint64_t{0}; /* no class is negative */
    static constexpr std::size_t kProbes = 8;
    static constexpr std::size_t kMinSlots = 64;
    static constexpr std::size_t kMaxSlots = std::size_t{1} << 20; /* 16 MB */

    static std::uint64_t key_of(SubtreeClass a, SubtreeClass b) {
        if (a > b)
            std::swap(a, b);
        return (static_cast<std::uint64_t>(a) << 32) | static_cast<std::uint64_t>(b);
    }
    [[nodiscard]] std::size_t home_of(std::uint64_t key) const {
        return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> 32) & (slots_.size() - 1);
    }

    void put(const Slot &slot) {
        const std::size_t home = home_of(slot.key);
        std::size_t at = home;
        for (std::size_t probe = 0; probe < kProbes; ++probe, at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].key == kFreeKey)
                ++used_;
            if (slots_[at].key == kFreeKey || slots_[at].key == slot.key) {
                slots_[at] = slot;
                return;
            }
        }
        slots_[home] = slot;
    }

    void grow() {
        const auto old = std::exchange(
            slots_, std::vector<Slot>(slots_.empty() ? kMinSlots : 4 * slots_.size(), Slot{kFreeKey, Value{}}));
        used_ = 0;
        for (const Slot &slot : old)
            if (slot.key != kFreeKey)
                put(slot);
    }

    std::vector<Slot> slots_; /* a power of two */
    std::size_t used_ = 0;
};

} // namespace webwrap
