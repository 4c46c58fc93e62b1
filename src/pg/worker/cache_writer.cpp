#include "pg/bridge/guard.hpp"
#include "pg/bridge/interrupt.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/spi.hpp"
#include "pg/worker/mailbox.hpp"
#include "pg/worker/outbox.hpp"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/procsignal.h"
#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"
}

namespace webwrap::pg {

namespace {

constexpr std::size_t kGroupSize = 100; /* messages of one transaction */
constexpr long kIdleMs = 1000;          /* then the writer ends: DROP DATABASE waits for five seconds at most */

/* The messages that this process has taken and not dropped yet: whatever ends it, their flights end too. */
std::vector<dsa_pointer> &group() {
    static constinit std::vector<dsa_pointer> *kept = nullptr;
    if (kept == nullptr)
        kept = new std::vector<dsa_pointer>();
    return *kept;
}

void drop_group(bool is_stored) noexcept {
    for (const dsa_pointer address : group())
        drop_message(address, is_stored);
    group().clear();
}

/* What the cache takes, kept up to date as long as the writer lives; negative: to be counted. */
constinit std::int64_t cache_bytes = -1;

void run_message(TrustedQueries &queries, const Message &message) {
    switch (message.kind) {
    case MessageKind::kResponse:
        queries.run("SELECT webwrap.record_response($1::pg_catalog.jsonb, $2)",
                    {parameter(message.part(0)), bytea_parameter(message.part(1))}, false);
        if (cache_bytes >= 0)
            cache_bytes += std::stoll(queries.text(0, 0).value());
        return;
    case MessageKind::kRenewal:
        queries.run("SELECT webwrap.renew_response($1::pg_catalog.jsonb)", {parameter(message.part(0))}, false);
        return;
    case MessageKind::kLog:
        queries.run("SELECT webwrap.record_requests($1::pg_catalog.jsonb, $2::int)",
                    {parameter(message.part(0)), int4_parameter(Settings::request_log_retention_days)}, false);
        return;
    }
}

void log_failure(const char *what, const std::optional<AbsorbedError> &error) {
    if (!error)
        return;
    const char *text = error->message.c_str();
    const int sqlstate = error->sqlstate;
    call_pg(
        [what, text, sqlstate] { ereport(LOG, (errcode(sqlstate), errmsg("webwrap could not %s: %s", what, text))); });
}

/* One message that cannot be stored must not cost the others. */
void store(const Message &message) {
    const Message *one = &message;
    log_failure("store a response or a log line", try_pg([one] {
                    guard([one] {
                        TrustedQueries queries;
                        run_message(queries, *one);
                        queries.finish();
                    });
                }));
}

/* Keeps the cache below webwrap.cache_size. When it cannot, for a row that somebody has locked, the next group tries. */
void trim() {
    const std::int64_t limit = static_cast<std::int64_t>(Settings::cache_size_kb) << 10;
    if (cache_bytes >= 0 && cache_bytes <= limit)
        return;
    log_failure("trim the cache", try_pg([limit] {
                    guard([limit] {
                        TrustedQueries queries;
                        queries.run("SELECT webwrap.trim_cache($1)", {int8_parameter(limit)}, false);
                        cache_bytes = std::stoll(queries.text(0, 0).value());
                        queries.finish();
                    });
                }));
}

void store_group() {
    for (const dsa_pointer address : group())
        store(message_at(address));
    trim();
}

/* Stores what waits in one transaction; false when there was nothing. */
bool work() {
    group() = take_messages(kGroupSize);
    if (group().empty())
        return false;
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    pgstat_report_activity(STATE_RUNNING, "webwrap.record_response");
    guard([] { store_group(); });
    PopActiveSnapshot();
    CommitTransactionCommand();
    pgstat_report_stat(false); /* autovacuum has to know, also of a writer that is never out of work */
    pgstat_report_activity(STATE_IDLE, nullptr);
    drop_group(true);
    return true;
}

void leave(int, Datum) {
    LWLockReleaseAll(); /* the error that ends this process may have come under one of ours */
    drop_group(false);
    (void)retire_writer(true);
}

void serve() {
    for (;;) {
        ResetLatch(MyLatch);
        CHECK_FOR_INTERRUPTS();
        if (ConfigReloadPending) {
            ConfigReloadPending = false;
            ProcessConfigFile(PGC_SIGHUP);
        }
        if (work())
            continue;
        const int events =
            WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, kIdleMs, PG_WAIT_EXTENSION);
        if (!(events & WL_LATCH_SET) && retire_writer(false))
            return;
    }
}

} // namespace

} // namespace webwrap::pg

extern "C" {

PGDLLEXPORT void webwrap_cache_writer_main(Datum argument);

void webwrap_cache_writer_main(Datum argument) {
    using namespace webwrap::pg;
    pqsignal(SIGTERM, die);
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    BackgroundWorkerUnblockSignals();
    connect_worker(DatumGetObjectId(argument));
    /* What is lost with a crash is fetched again; a session that locked our tables must not hold others up. */
    SetConfigOption("synchronous_commit", "off", PGC_USERSET, PGC_S_SESSION);
    SetConfigOption("lock_timeout", "1s", PGC_USERSET, PGC_S_SESSION);
    if (!guard([] { return enlist_writer(); }))
        return;
    before_shmem_exit(leave, 0);
    serve();
}
}
