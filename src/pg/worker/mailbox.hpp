#pragma once

#include "pg/bridge/guard.hpp"

extern "C" {
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
}

namespace webwrap::pg {

enum class Progress : std::uint32_t { kPending, kDone, kFailed };

/* One text on its way to a worker of its own: this header, then `size` bytes, in a segment of dynamic shared memory that is
 * pinned, so that it outlives the caller until the worker has taken it over. */
struct Mailbox {
    Oid database;
    volatile Progress progress;
    std::size_t size;

    [[nodiscard]] char *text() { return reinterpret_cast<char *>(this + 1); }
};

/* The first two are for call_pg or for code without C++ objects: they may raise. */

[[nodiscard]] dsm_segment *make_mailbox(const char *text, std::size_t size);

/* Starts a worker of that name at that function of ours; false when there is no slot for it. */
[[nodiscard]] bool launch_worker(const char *function, const char *name, dsm_handle mailbox,
                                 BackgroundWorkerHandle **handle);

/* The worker's side: takes the mailbox over and connects to its database; until `progress` is set, the worker's end counts
 * as a failure. */
[[nodiscard]] Mailbox *open_mailbox(Datum argument);

/* Runs the work of a worker that has one order in a transaction of its own, and marks the mailbox as done. */
void run_order(Mailbox *box, const char *activity, void (*work)(Mailbox *box));

/* Connects this worker to a database, as the bootstrap superuser. Its transactions write, whatever the database's default. */
void connect_worker(Oid database);

/* Gives up a mailbox that nobody will open. */
void drop_mailbox(dsm_segment *segment);

} // namespace webwrap::pg
