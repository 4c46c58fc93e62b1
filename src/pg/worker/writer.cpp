#include <vector>

#include "pg/bridge/guard.hpp"
#include "pg/bridge/interrupt.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/spi.hpp"
#include "pg/worker/mailbox.hpp"
#include "pg/worker/writer.hpp"

extern "C" {
#include "access/xact.h"
#include "access/xlog.h"
#include "storage/latch.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

namespace webwrap::pg {

namespace {

constexpr const char *kFunction = "webwrap_writer_main";
constexpr const char *kName = "webwrap writer";

/* Waits until the worker has stopped or time is up; true when it has stopped. */
bool wait_for_stop(BackgroundWorkerHandle *handle) {
    const TimestampTz deadline = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), Settings::writer_timeout_ms);
    for (;;) {
        poll_interrupts();
        const bool goes_on = call_pg([handle, deadline] {
            pid_t pid = 0;
            if (GetBackgroundWorkerPid(handle, &pid) == BGWH_STOPPED)
                return false;
            const long left_ms = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);
            if (left_ms <= 0)
                return false;
            (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, Min(left_ms, 100L),
                            PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
            return true;
        });
        if (!goes_on)
            break;
    }
    return call_pg([handle] {
        pid_t pid = 0;
        return GetBackgroundWorkerPid(handle, &pid) == BGWH_STOPPED;
    });
}

/* A mailbox that this process looks at for as long as it waits, also when that ends with a cancel. */
class Attached {
  public:
    explicit Attached(dsm_segment *segment) noexcept : segment_(segment) {}
    ~Attached() { dsm_detach(segment_); }
    Attached(const Attached &) = delete;
    Attached &operator=(const Attached &) = delete;
    [[nodiscard]] const Mailbox &box() const { return *static_cast<const Mailbox *>(dsm_segment_address(segment_)); }

  private:
    dsm_segment *segment_;
};

WriteOutcome write_now(const std::string &learned) {
    const char *text = learned.data();
    const std::size_t size = learned.size();
    struct Launched {
        dsm_segment *segment;
        BackgroundWorkerHandle *handle;
        bool is_running;
    };
    Launched launched{};
    Launched *const made = &launched;
    const bool has_room = has_room_for([text, size, made] {
        made->segment = make_mailbox(text, size);
        made->is_running = launch_worker(kFunction, kName, dsm_segment_handle(made->segment), &made->handle);
        if (!made->is_running)
            drop_mailbox(made->segment);
    });
    if (!has_room || !launched.is_running)
        return WriteOutcome::kNoWorker;
    const Attached mailbox(launched.segment);
    const bool has_stopped = wait_for_stop(launched.handle);
    const Progress progress = mailbox.box().progress;
    if (progress == Progress::kDone)
        return WriteOutcome::kWritten;
    return has_stopped ? WriteOutcome::kFailed : WriteOutcome::kUnconfirmed;
}

/* Mailboxes whose tables the current transaction made: no other transaction sees those before commit. */
struct Deferred {
    std::vector<std::string> texts;
    std::vector<dsm_segment *> mailboxes;
};

Deferred &deferred() {
    static constinit Deferred *kept = nullptr;
    if (kept == nullptr)
        kept = new Deferred();
    return *kept;
}

/* Memory and segments are taken before the commit, where failing is still allowed; after it workers are only launched. */
void at_transaction_end(XactEvent event, void *) {
    Deferred &waiting = deferred();
    switch (event) {
    case XACT_EVENT_PRE_COMMIT:
        guard([&waiting] {
            waiting.mailboxes.reserve(waiting.texts.size());
            for (const std::string &text : waiting.texts) {
                const char *data = text.data();
                const std::size_t size = text.size();
                waiting.mailboxes.push_back(call_pg([data, size] { return make_mailbox(data, size); }));
            }
            waiting.texts.clear();
        });
        break;
    case XACT_EVENT_PRE_PREPARE:
        waiting.texts.clear(); /* nobody is left to hand them over when the transaction commits */
        break;
    case XACT_EVENT_COMMIT:
        for (dsm_segment *mailbox : waiting.mailboxes) {
            if (!launch_worker(kFunction, kName, dsm_segment_handle(mailbox), nullptr))
                dsm_unpin_segment(dsm_segment_handle(mailbox));
            dsm_detach(mailbox);
        }
        waiting.mailboxes.clear();
        break;
    case XACT_EVENT_ABORT:
        for (dsm_segment *mailbox : waiting.mailboxes)
            drop_mailbox(mailbox);
        waiting.mailboxes.clear();
        waiting.texts.clear();
        break;
    default:
        break;
    }
}

void defer(const std::string &learned) {
    static constinit bool is_registered = false;
    if (!is_registered) {
        call_pg([] { RegisterXactCallback(at_transaction_end, nullptr); });
        is_registered = true;
    }
    deferred().texts.push_back(learned);
}

/* True when the current transaction made the relation's catalog entry. */
bool is_uncommitted(Oid relation) {
    return call_pg([relation] {
        HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(tuple))
            return false;
        const bool is_ours = TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
        ReleaseSysCache(tuple);
        return is_ours;
    });
}

void store(Mailbox *box) {
    const std::string learned(box->text(), box->size);
    TrustedQueries queries;
    queries.run("SELECT webwrap.record_learned($1::pg_catalog.jsonb)", {parameter(learned)}, false);
    queries.finish();
}

} // namespace

WriteOutcome write_learned(Oid relation, const std::string &learned) {
    if (call_pg([] { return RecoveryInProgress(); }))
        return WriteOutcome::kNoWorker;
    if (is_uncommitted(relation)) {
        defer(learned);
        return WriteOutcome::kDeferred;
    }
    return write_now(learned);
}

} // namespace webwrap::pg

extern "C" {

PGDLLEXPORT void webwrap_writer_main(Datum argument);

void webwrap_writer_main(Datum argument) {
    using namespace webwrap::pg;
    Mailbox *box = open_mailbox(argument);
    /* A session that locked our tables must not pile up writers. */
    SetConfigOption("lock_timeout", "10s", PGC_USERSET, PGC_S_SESSION);
    run_order(box, "webwrap.record_learned", store);
}
}
