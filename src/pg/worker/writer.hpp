#pragma once

#include <string>

#include "pg/bridge/server.hpp"

namespace webwrap::pg {

/* What became of something learned. */
enum class WriteOutcome {
    kWritten,     /* committed by the background writer */
    kDeferred,    /* will be written when the caller's transaction, which made the table, commits */
    kUnconfirmed, /* the writer is still at it: webwrap.writer_timeout ran out */
    kFailed,      /* the writer failed; the server's log says why */
    kNoWorker,    /* no worker slot, no shared memory, or a standby */
};

/* Hands JSON for webwrap.record_learned to a dynamic background worker, which stores it in a transaction of its own, so
 * that it outlives the caller's rollback and works under READ ONLY. Waits at most webwrap.writer_timeout; polls. */
[[nodiscard]] WriteOutcome write_learned(Oid relation, const std::string &learned);

} // namespace webwrap::pg
