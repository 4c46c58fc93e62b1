#include "core/store/codec.hpp"
#include "pg/shared/flights.hpp"

#include "pg/bridge/guard.hpp"
#include "pg/shared/segment.hpp"

extern "C" {
#include "access/xlog.h"
}

namespace webwrap::pg {

namespace {

using State = FlightSlot::State;

/* Longer than the writer takes; a follower then asks itself. */
constexpr TimestampTz kLongestStoring = 2 * USECS_PER_SEC;

bool has_ended(State state) { return state == State::kStored || state == State::kLanded || state == State::kAbandoned; }

std::uint32_t next_after(std::uint32_t generation) { return generation + 1 == 0 ? 1 : generation + 1; }

/* The end of a flight: nobody needs the slot once every follower has seen it. Under the lock. */
void end(FlightSlot &slot, State state) noexcept {
    slot.state = slot.followers == 0 ? State::kFree : state;
    slot.leader = 0;
    slot.changed_at = GetCurrentTimestamp();
}

class SharedPass final : public FlightPass {
  public:
    ~SharedPass() override {
        if (role_ == Role::kLeader)
            end_as_leader(State::kAbandoned);
        else if (role_ == Role::kFollower)
            leave();
    }

    [[nodiscard]] Role role() const noexcept override { return role_; }

    [[nodiscard]] Progress progress() override {
        SharedState &state = shared_state();
        const SharedLock lock(state.flights_lock);
        const FlightSlot &slot = state.flights[name_.slot];
        State seen = slot.state;
        if (slot.generation != name_.generation) /* over, and the next one has begun; of earlier ones the cache tells */
            seen = slot.generation == next_after(name_.generation) ? slot.last_end : State::kStored;
        switch (seen) {
        case State::kUnderWay:
            return Progress::kUnderWay;
        case State::kStoring:
            return slot.changed_at + kLongestStoring > GetCurrentTimestamp() ? Progress::kUnderWay : Progress::kLanded;
        case State::kLanded:
            return Progress::kLanded;
        case State::kAbandoned:
            return Progress::kAbandoned;
        case State::kStored:
        case State::kFree:
            break;
        }
        return Progress::kStored;
    }

    [[nodiscard]] bool is_awaited() override {
        SharedState &state = shared_state();
        const SharedLock lock(state.flights_lock);
        return role_ == Role::kLeader && state.flights[name_.slot].followers > 0;
    }

    void land() noexcept override {
        if (role_ == Role::kLeader)
            end_as_leader(State::kLanded);
    }

    FlightName hand_over() noexcept {
        if (role_ != Role::kLeader)
            return {};
        SharedState &state = shared_state();
        const SharedLock lock(state.flights_lock);
        FlightSlot &slot = state.flights[name_.slot];
        slot.state = State::kStoring;
        slot.changed_at = GetCurrentTimestamp();
        slot.leader = 0;
        role_ = Role::kAlone;
        return name_;
    }

    void become(Role role, FlightName name) noexcept {
        role_ = role;
        name_ = name;
    }

  private:
    void end_as_leader(State how) noexcept {
        SharedState &state = shared_state();
        const SharedLock lock(state.flights_lock);
        end(state.flights[name_.slot], how);
        role_ = Role::kAlone;
    }

    void leave() noexcept {
        SharedState &state = shared_state();
        const SharedLock lock(state.flights_lock);
        FlightSlot &slot = state.flights[name_.slot];
        if (slot.generation == name_.generation && slot.followers > 0 && --slot.followers == 0 && has_ended(slot.state))
            slot.state = State::kFree;
    }

    Role role_ = Role::kAlone;
    FlightName name_;
};

/* A flight whose followers have not come back for so long: some of them ended without a word. */
bool is_forgotten(const FlightSlot &slot, TimestampTz now) {
    return (has_ended(slot.state) || slot.state == State::kStoring) && slot.changed_at + 30 * USECS_PER_SEC < now;
}

/* The slot of a key, or one for it; null when its bucket is full. Under the lock. */
FlightSlot *find_slot(SharedState &state, const std::uint64_t (&key)[2]) {
    FlightSlot *bucket = &state.flights[key[0] % (kFlightSlots / kBucketSlots) * kBucketSlots];
    FlightSlot *free = nullptr;
    const TimestampTz now = GetCurrentTimestamp();
    for (FlightSlot *slot = bucket; slot != bucket + kBucketSlots; ++slot) {
        if (slot->state != State::kFree && slot->key[0] == key[0] && slot->key[1] == key[1])
            return slot;
        if (slot->state == State::kFree || is_forgotten(*slot, now))
            free = free == nullptr ? slot : free;
    }
    return free;
}

} // namespace

std::unique_ptr<FlightPass> join_flight(const CacheKey &key) {
    std::uint64_t hash[2];
    const BodyHash bytes = body_hash(std::to_string(MyDatabaseId) + " " + key.identity + " " + key.url);
    memcpy(hash, bytes.data(), sizeof hash);
    SharedState &state = shared_state();
    auto pass = std::make_unique<SharedPass>();
    if (call_pg([] { return RecoveryInProgress(); })) /* nothing is stored there that a follower could take */
        return pass;
    const SharedLock lock(state.flights_lock);
    FlightSlot *slot = find_slot(state, hash);
    if (slot == nullptr)
        return pass;
    const auto number = static_cast<std::uint32_t>(slot - state.flights);
    const bool is_stuck = slot->state == State::kStoring && slot->changed_at + kLongestStoring <= GetCurrentTimestamp();
    const bool is_other = slot->key[0] != hash[0] || slot->key[1] != hash[1];
    if (slot->state != State::kFree && !has_ended(slot->state) && !is_stuck && !is_other) {
        ++slot->followers;
        pass->become(FlightPass::Role::kFollower, FlightName{number, slot->generation});
        return pass;
    }
    const std::uint32_t generation = next_after(slot->generation);
    const State last_end = has_ended(slot->state) ? slot->state : State::kStored;
    *slot = FlightSlot{{hash[0], hash[1]}, State::kUnderWay, generation, MyProcPid, 0, 0, last_end};
    pass->become(FlightPass::Role::kLeader, FlightName{number, generation});
    return pass;
}

FlightName hand_over_flight(FlightPass *pass) noexcept {
    return pass == nullptr ? FlightName{} : static_cast<SharedPass *>(pass)->hand_over();
}

void finish_flight(const FlightName &name, bool is_stored) noexcept {
    if (name.generation == 0)
        return;
    SharedState &state = shared_state();
    const SharedLock lock(state.flights_lock);
    FlightSlot &slot = state.flights[name.slot];
    if (slot.generation == name.generation && slot.state == State::kStoring)
        end(slot, is_stored ? State::kStored : State::kLanded);
}

/* Followers of this process are not counted out: a slot whose count is too high is freed by the next flight of its key. */
void release_flights_of_process() noexcept {
    SharedState &state = shared_state();
    const SharedLock lock(state.flights_lock);
    for (FlightSlot &slot : state.flights)
        if (slot.state == State::kUnderWay && slot.leader == MyProcPid)
            end(slot, State::kAbandoned);
}

} // namespace webwrap::pg
