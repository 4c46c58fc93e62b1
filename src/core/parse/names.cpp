#include "core/parse/names.hpp"

#include <array>
#include <cstring>

namespace webwrap {

namespace {

constexpr auto kKnownTexts = std::to_array<std::string_view>({
#define X(constant, text) text,
#include "core/parse/names.inc"
#undef X
});

/* A name of at most 8 bytes is its own key; a longer one has a hash for a key, and its text is compared. */
constexpr bool is_short(std::string_view name) { return name.size() <= 8; }

constexpr std::uint64_t key_of(std::string_view name) {
    std::uint64_t key = 0;
    if (is_short(name)) {
        for (std::size_t i = 0; i < name.size(); ++i)
            key |= static_cast<std::uint64_t>(static_cast<unsigned char>(name[i])) << (8 * i);
        return key;
    }
    key = 0xcbf29ce484222325U;
    for (const char c : name)
        key = (key ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return key;
}

constexpr std::size_t slot_of(std::uint64_t key, int bits) {
    return static_cast<std::size_t>(((key ^ (key >> 29)) * 0x9e3779b97f4a7c15U) >> (64 - bits));
}

constexpr int kKnownBits = 11;

struct KnownSlot {
    std::uint64_t key = 0;
    NameId id = kNoName;
};

constexpr auto make_known_slots() {
    std::array<KnownSlot, std::size_t{1} << kKnownBits> slots{};
    for (std::size_t i = 0; i < kKnownTexts.size(); ++i) {
        const std::uint64_t key = key_of(kKnownTexts[i]);
        std::size_t at = slot_of(key, kKnownBits);
        while (slots[at].id != kNoName)
            at = (at + 1) % slots.size();
        slots[at] = {key, static_cast<NameId>(i)};
    }
    return slots;
}

constexpr auto kKnownSlots = make_known_slots();

NameId look_up_known(std::uint64_t key, std::string_view name) {
    for (std::size_t at = slot_of(key, kKnownBits);; at = (at + 1) % kKnownSlots.size()) {
        const KnownSlot &slot = kKnownSlots[at];
        if (slot.id == kNoName)
            return kNoName;
        if (slot.key == key) {
            const std::string_view known = kKnownTexts[static_cast<std::size_t>(slot.id)];
            if (name.data() == nullptr ? is_short(known) : known == name)
                return slot.id;
        }
    }
}

} // namespace

NameId NameTable::intern_short(std::uint64_t key) {
    if (const NameId known = look_up_known(key, {}); known != kNoName)
        return known;
    std::array<char, 8> bytes{};
    std::size_t size = 0;
    for (; size < bytes.size() && (key >> (8 * size)) != 0; ++size)
        bytes[size] = static_cast<char>(key >> (8 * size));
    const std::string_view name(bytes.data(), size);
    const NameId own = find_own(key, name);
    return own != kNoName ? own : add(key, name);
}

NameId NameTable::intern(std::string_view name) {
    const std::uint64_t key = key_of(name);
    if (const NameId known = look_up_known(key, name); known != kNoName)
        return known;
    const NameId own = find_own(key, name);
    return own != kNoName ? own : add(key, name);
}

NameId NameTable::find(std::string_view name) const {
    const std::uint64_t key = key_of(name);
    const NameId known = look_up_known(key, name);
    return known != kNoName ? known : find_own(key, name);
}

NameId NameTable::find_known(std::string_view name) { return look_up_known(key_of(name), name); }

std::string_view NameTable::text(NameId id) const {
    if (id < 0)
        return {};
    if (id < names::kKnownCount)
        return kKnownTexts[static_cast<std::size_t>(id)];
    return texts_[static_cast<std::size_t>(id - names::kKnownCount)];
}

NameId NameTable::find_own(std::uint64_t key, std::string_view name) const {
    if (slots_.empty())
        return kNoName;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = slot_of(key, 32) & mask; slots_[at].id != kNoName; at = (at + 1) & mask)
        if (slots_[at].key == key && text(slots_[at].id) == name)
            return slots_[at].id;
    return kNoName;
}

NameId NameTable::add(std::uint64_t key, std::string_view name) {
    if (2 * (texts_.size() + 1) > slots_.size())
        grow();
    const NameId id = size();
    if (name.empty()) {
        texts_.emplace_back("");
    } else {
        auto *copy = static_cast<char *>(memory_->allocate(name.size(), 1));
        std::memcpy(copy, name.data(), name.size());
        texts_.emplace_back(copy, name.size());
    }
    put(key, id);
    return id;
}

void NameTable::put(std::uint64_t key, NameId id) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot_of(key, 32) & mask;
    while (slots_[at].id != kNoName)
        at = (at + 1) & mask;
    slots_[at] = {key, id};
}

void NameTable::grow() {
    std::pmr::vector<Slot> old(slots_.size() < 64 ? 128 : 2 * slots_.size(), Slot{}, slots_.get_allocator());
    old.swap(slots_);
    for (const Slot &slot : old)
        if (slot.id != kNoName)
            put(slot.key, slot.id);
}

} // namespace webwrap
