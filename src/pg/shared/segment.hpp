#pragma once

/* Memory that all backends of the cluster share, without preloading: the first one that needs it makes it. */

#include "pg/bridge/guard.hpp"

extern "C" {
#include "storage/lwlock.h"
#include "utils/dsa.h"
#include "utils/timestamp.h"
}

namespace webwrap::pg {

/* Hosts, and when they may be asked next. A host's slot is in the bucket that its key says. */
struct TurnSlot {
    std::uint64_t key;          /* hash of the origin, 0: free */
    TimestampTz last_at;        /* when a request of some pace was let through */
    TimestampTz next_at;        /* before that, that request's pace allows no other */
    TimestampTz held_off_until; /* the host's own wish */
    std::int32_t active;        /* requests under way */
};

/* Requests under way that others may wait for. */
struct FlightSlot {
    enum class State : std::uint32_t { kFree, kUnderWay, kStoring, kStored, kLanded, kAbandoned };
    std::uint64_t key[2];
    State state;
    std::uint32_t generation; /* counts the flights of this slot: a pass of an earlier one is void */
    std::int32_t leader;      /* process id */
    std::uint32_t followers;  /* that have not seen the end yet */
    TimestampTz changed_at;   /* when it went over to the writer or ended */
    State last_end;           /* how the flight before this one ended: its followers may still have to see it */
};

/* What waits for the background writer of one database. */
struct WriterSlot {
    Oid database;           /* InvalidOid: free */
    pid_t pid;              /* of the writer, 0: none runs */
    Latch *latch;           /* of the writer */
    TimestampTz started_at; /* when one was asked for, 0: none is about to come */
    TimestampTz used_at;    /* when somebody last cared: what waits for longer belongs to a dropped database */
    dsa_pointer first;
    dsa_pointer last;
};

/* One that fetches a stale response anew. */
struct RefresherSlot {
    pid_t pid;              /* 0: none runs */
    TimestampTz started_at; /* when one was asked for, 0: none is about to come */
};

/* A worker that was asked for and has not come after this time is not awaited any more. */
constexpr TimestampTz kStartTime = 5 * USECS_PER_SEC;

constexpr std::size_t kRefresherSlots = 16;
constexpr std::size_t kTurnSlots = 4096;
constexpr std::size_t kFlightSlots = 1024;
constexpr std::size_t kBucketSlots = 16;
constexpr std::size_t kWriterSlots = 64;
constexpr std::size_t kMessageSpace = std::size_t{64} << 10; /* to begin with; it grows by segments of its own */
constexpr std::size_t kMessageLimit = std::size_t{64} << 20; /* a message that does not fit is not sent */

struct SharedState {
    std::uint64_t magic;
    std::int32_t tranche;
    LWLock turns_lock;
    LWLock flights_lock;
    LWLock writers_lock;
    TurnSlot turns[kTurnSlots];
    FlightSlot flights[kFlightSlots];
    WriterSlot writers[kWriterSlots];
    RefresherSlot refreshers[kRefresherSlots];     /* under writers_lock */
    alignas(16) char message_space[kMessageSpace]; /* a dsa_area */
};

/* The shared state, attached on first use for as long as the process lives. Throws when the server cannot give memory. */
[[nodiscard]] SharedState &shared_state();

/* The area that messages are allocated in. */
[[nodiscard]] dsa_area *message_area();

/* Holds one of the locks above. Between the two ends nothing may raise or throw. (LWLockAcquire itself raises only when a
 * process holds hundreds.) */
class SharedLock {
  public:
    explicit SharedLock(LWLock &lock) noexcept : lock_(lock) { LWLockAcquire(&lock_, LW_EXCLUSIVE); }
    ~SharedLock() { LWLockRelease(&lock_); }
    SharedLock(const SharedLock &) = delete;
    SharedLock &operator=(const SharedLock &) = delete;

  private:
    LWLock &lock_;
};

} // namespace webwrap::pg
