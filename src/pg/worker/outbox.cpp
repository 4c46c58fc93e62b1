#include <utility>

#include "pg/worker/outbox.hpp"

#include "pg/bridge/guard.hpp"

extern "C" {
#include "access/xlog.h"
#include "postmaster/bgworker.h"
#include "storage/latch.h"
#include "storage/proc.h"
}

namespace webwrap::pg {

namespace {

/* Messages that no writer has come for after this time are given up when somebody else posts. */
constexpr TimestampTz kKeptTime = 10 * USECS_PER_SEC;

/* The current database's slot. Under the lock. */
WriterSlot *find_writer(SharedState &state, bool makes_one) {
    WriterSlot *free = nullptr;
    for (WriterSlot &slot : state.writers) {
        if (slot.database == MyDatabaseId)
            return &slot;
        if (free == nullptr && (!OidIsValid(slot.database) || (slot.pid == 0 && !DsaPointerIsValid(slot.first))))
            free = &slot;
    }
    if (!makes_one || free == nullptr)
        return nullptr;
    *free = WriterSlot{MyDatabaseId, 0, nullptr, 0, 0, InvalidDsaPointer, InvalidDsaPointer};
    return free;
}

Message *message_in(dsa_area *area, dsa_pointer address) {
    return static_cast<Message *>(dsa_get_address(area, address));
}

void append(dsa_area *area, WriterSlot &slot, dsa_pointer address) {
    if (DsaPointerIsValid(slot.last))
        message_in(area, slot.last)->next = address;
    else
        slot.first = address;
    slot.last = address;
}

/* Takes a message out of the queue again; false when the writer has it already. */
bool remove(dsa_area *area, WriterSlot &slot, dsa_pointer address) {
    dsa_pointer previous = InvalidDsaPointer;
    for (dsa_pointer at = slot.first; DsaPointerIsValid(at); at = message_in(area, at)->next) {
        if (at != address) {
            previous = at;
            continue;
        }
        const dsa_pointer next = message_in(area, at)->next;
        if (DsaPointerIsValid(previous))
            message_in(area, previous)->next = next;
        else
            slot.first = next;
        if (slot.last == address)
            slot.last = previous;
        return true;
    }
    return false;
}

bool launch_writer() {
    const Oid database = MyDatabaseId;
    return call_pg([database] {
        BackgroundWorker worker = {};
        worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
        worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
        worker.bgw_restart_time = BGW_NEVER_RESTART;
        worker.bgw_main_arg = ObjectIdGetDatum(database);
        strlcpy(worker.bgw_library_name, "webwrap", sizeof(worker.bgw_library_name));
        strlcpy(worker.bgw_function_name, "webwrap_cache_writer_main", sizeof(worker.bgw_function_name));
        strlcpy(worker.bgw_name, "webwrap cache writer", sizeof(worker.bgw_name));
        strlcpy(worker.bgw_type, "webwrap cache writer", sizeof(worker.bgw_type));
        return RegisterDynamicBackgroundWorker(&worker, nullptr);
    });
}

/* Puts the message into the queue and wakes the writer; says whether one has to be started. False for no room. */
struct Enqueued {
    bool is_queued = false;
    bool needs_writer = false;
};

/* The messages of another database that none of its sessions cares for any more: it may be gone. */
dsa_pointer take_forgotten(SharedState &state) {
    const TimestampTz now = GetCurrentTimestamp();
    const SharedLock lock(state.writers_lock);
    for (WriterSlot &slot : state.writers)
        if (DsaPointerIsValid(slot.first) && slot.pid == 0 && slot.database != MyDatabaseId &&
            slot.used_at + kKeptTime < now)
            return std::exchange(slot, WriterSlot{}).first;
    return InvalidDsaPointer;
}

Enqueued enqueue(SharedState &state, dsa_area *area, dsa_pointer address) {
    const TimestampTz now = GetCurrentTimestamp();
    const SharedLock lock(state.writers_lock);
    Enqueued result;
    WriterSlot *slot = find_writer(state, true);
    if (slot == nullptr)
        return result;
    append(area, *slot, address);
    result.is_queued = true;
    slot->used_at = now;
    if (slot->pid != 0) {
        SetLatch(slot->latch);
    } else if (slot->started_at == 0 || slot->started_at + kStartTime <= now) {
        slot->started_at = now;
        result.needs_writer = true;
    }
    return result;
}

/* Room for a message, or none. A full /dev/shm raises. */
dsa_pointer allocate(dsa_area *area, std::size_t bytes) {
    dsa_pointer address = InvalidDsaPointer;
    dsa_pointer *const out = &address;
    const auto attempt = [area, bytes, out] {
        *out = dsa_allocate_extended(area, sizeof(Message) + bytes, DSA_ALLOC_HUGE | DSA_ALLOC_NO_OOM);
    };
    return has_room_for(attempt) ? address : InvalidDsaPointer;
}

} // namespace

bool post(MessageKind kind, std::initializer_list<std::string_view> parts, const FlightName &flight) {
    Assert(parts.size() <= 2);
    std::size_t bytes = 0;
    for (const std::string_view part : parts)
        bytes += part.size();
    SharedState &state = shared_state();
    dsa_area *area = message_area();
    for (dsa_pointer forgotten = take_forgotten(state); DsaPointerIsValid(forgotten);)
        drop_message(std::exchange(forgotten, message_in(area, forgotten)->next), false);
    const bool is_standby = call_pg([] { return RecoveryInProgress(); });
    const dsa_pointer address = is_standby ? InvalidDsaPointer : allocate(area, bytes);
    if (!DsaPointerIsValid(address)) {
        finish_flight(flight, false);
        return false;
    }
    Message *message = call_pg([area, address] { return message_in(area, address); });
    *message = Message{InvalidDsaPointer, kind, flight, {0, 0}};
    char *target = reinterpret_cast<char *>(message + 1);
    int number = 0;
    for (const std::string_view part : parts) {
        message->part_sizes[number++] = static_cast<std::uint32_t>(part.size());
        memcpy(target, part.data(), part.size());
        target += part.size();
    }
    const Enqueued enqueued = enqueue(state, area, address);
    if (enqueued.is_queued && (!enqueued.needs_writer || launch_writer()))
        return true;
    if (enqueued.is_queued) {
        const SharedLock lock(state.writers_lock);
        WriterSlot *slot = find_writer(state, false);
        if (slot == nullptr) /* a writer has come and gone meanwhile */
            return true;
        slot->started_at = 0;
        if (!remove(area, *slot, address))
            return true;
    }
    drop_message(address, false);
    return false;
}

bool enlist_writer() {
    SharedState &state = shared_state();
    const SharedLock lock(state.writers_lock);
    WriterSlot *slot = find_writer(state, true);
    if (slot == nullptr || slot->pid != 0)
        return false;
    slot->pid = MyProcPid;
    slot->used_at = GetCurrentTimestamp();
    slot->latch = MyLatch;
    slot->started_at = 0;
    return true;
}

std::vector<dsa_pointer> take_messages(std::size_t most) {
    std::vector<dsa_pointer> taken;
    taken.reserve(most);
    SharedState &state = shared_state();
    dsa_area *area = message_area();
    const SharedLock lock(state.writers_lock);
    WriterSlot *slot = find_writer(state, false);
    while (taken.size() < most && slot != nullptr && DsaPointerIsValid(slot->first)) {
        taken.push_back(slot->first);
        slot->first = message_in(area, slot->first)->next;
        if (!DsaPointerIsValid(slot->first))
            slot->last = InvalidDsaPointer;
    }
    return taken;
}

const Message &message_at(dsa_pointer address) { return *message_in(message_area(), address); }

void drop_message(dsa_pointer address, bool is_stored) noexcept {
    dsa_area *area = message_area();
    finish_flight(message_in(area, address)->flight, is_stored);
    dsa_free(area, address);
}

bool retire_writer(bool even_if_busy) noexcept {
    SharedState &state = shared_state();
    const SharedLock lock(state.writers_lock);
    WriterSlot *slot = find_writer(state, false);
    if (slot == nullptr || slot->pid != MyProcPid)
        return true;
    if (DsaPointerIsValid(slot->first) && !even_if_busy)
        return false;
    slot->pid = 0;
    slot->latch = nullptr;
    slot->used_at = GetCurrentTimestamp();
    return true;
}

} // namespace webwrap::pg
