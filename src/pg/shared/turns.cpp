#include <algorithm>

#include "core/store/codec.hpp"
#include "pg/shared/turns.hpp"

#include "pg/bridge/guard.hpp"
#include "pg/shared/segment.hpp"

namespace webwrap::pg {

namespace {

constexpr std::int64_t kLookAgainMs = 10; /* when all connections of a host are taken */
constexpr double kLongestInterval_s = 86'400;
constexpr TimestampTz kPaceKept =
    300 * USECS_PER_SEC; /* of a host that nobody asks, when another one needs its place */

/* Keys of the turns that this process holds, each as often as it holds one. */
std::vector<std::uint64_t> &held() {
    static constinit std::vector<std::uint64_t> *kept = nullptr;
    if (kept == nullptr)
        kept = new std::vector<std::uint64_t>();
    return *kept;
}

std::uint64_t key_of(const std::string &origin) {
    std::uint64_t key = 0;
    const BodyHash hash = body_hash(origin);
    memcpy(&key, hash.data(), sizeof key);
    return std::max<std::uint64_t>(key, 1);
}

/* The host's slot. A new host takes the place of the one of its bucket that has been idle for longest, if any is. */
TurnSlot *find_slot(SharedState &state, std::uint64_t key, bool makes_one, TimestampTz now) {
    TurnSlot *bucket = &state.turns[key % (kTurnSlots / kBucketSlots) * kBucketSlots];
    TurnSlot *idle = nullptr;
    for (TurnSlot *slot = bucket; slot != bucket + kBucketSlots; ++slot) {
        if (slot->key == key)
            return slot;
        const bool is_idle = slot->active == 0 && slot->held_off_until <= now &&
                             (slot->next_at <= now || slot->last_at + kPaceKept <= now);
        if (is_idle && (idle == nullptr || slot->next_at < idle->next_at))
            idle = slot;
    }
    if (!makes_one || idle == nullptr)
        return nullptr;
    *idle = TurnSlot{key, 0, 0, 0, 0};
    return idle;
}

std::int64_t milliseconds_until(TimestampTz time, TimestampTz now) { return (time - now + 999) / 1000; }

TimestampTz interval_of(const TurnRules &rules) {
    return static_cast<TimestampTz>(std::min(1 / rules.requests_per_second, kLongestInterval_s) * USECS_PER_SEC);
}

/* Under the lock. Whoever wants a slower pace than others does not slow those down. */
Turns::Answer take_slot(TurnSlot &slot, const TurnRules &rules, TimestampTz now) {
    if (slot.held_off_until > now)
        return {false, milliseconds_until(slot.held_off_until, now), true};
    const bool has_pace = rules.requests_per_second > 0;
    const TimestampTz allowed_at = has_pace ? std::min(slot.next_at, slot.last_at + interval_of(rules)) : now;
    if (allowed_at > now)
        return {false, milliseconds_until(allowed_at, now), false};
    if (rules.max_connections > 0 && slot.active >= rules.max_connections)
        return {false, kLookAgainMs, false};
    ++slot.active;
    if (has_pace) {
        slot.last_at = now;
        slot.next_at = now + interval_of(rules);
    } else {
        slot.next_at = std::max(slot.next_at, now);
    }
    return {true, 0, false};
}

} // namespace

Turns::Answer SharedTurns::take(const std::string &origin, const TurnRules &rules) {
    SharedState &state = shared_state();
    const std::uint64_t key = key_of(origin);
    held().reserve(held().size() + 1);
    const TimestampTz now = GetCurrentTimestamp();
    const SharedLock lock(state.turns_lock);
    TurnSlot *slot = find_slot(state, key, true, now);
    if (slot == nullptr)
        return {true, 0, false};
    const Answer answer = take_slot(*slot, rules, now);
    if (answer.is_taken)
        held().push_back(key);
    return answer;
}

void SharedTurns::give_back(const std::string &origin) noexcept {
    const std::uint64_t key = key_of(origin);
    const auto mine = std::ranges::find(held(), key);
    if (mine == held().end())
        return; /* it was not governed */
    held().erase(mine);
    SharedState &state = shared_state();
    const SharedLock lock(state.turns_lock);
    if (TurnSlot *slot = find_slot(state, key, false, 0))
        --slot->active;
}

void SharedTurns::hold_off(const std::string &origin, std::int64_t wait_ms) {
    SharedState &state = shared_state();
    const TimestampTz now = GetCurrentTimestamp();
    const SharedLock lock(state.turns_lock);
    if (TurnSlot *slot = find_slot(state, key_of(origin), true, now))
        slot->held_off_until = std::max(slot->held_off_until, now + wait_ms * 1000);
}

void release_turns_of_process() noexcept {
    SharedState &state = shared_state();
    const SharedLock lock(state.turns_lock);
    for (const std::uint64_t key : held())
        if (TurnSlot *slot = find_slot(state, key, false, 0))
            --slot->active;
    held().clear();
}

} // namespace webwrap::pg
