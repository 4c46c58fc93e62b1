#include "pg/worker/mailbox.hpp"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}

namespace webwrap::pg {

dsm_segment *make_mailbox(const char *text, std::size_t size) {
    dsm_segment *segment = dsm_create(sizeof(Mailbox) + size, 0);
    auto *box = static_cast<Mailbox *>(dsm_segment_address(segment));
    box->database = MyDatabaseId;
    box->progress = Progress::kPending;
    box->size = size;
    memcpy(box->text(), text, size);
    dsm_pin_mapping(segment);
    dsm_pin_segment(segment);
    return segment;
}

void drop_mailbox(dsm_segment *segment) {
    dsm_unpin_segment(dsm_segment_handle(segment));
    dsm_detach(segment);
}

bool launch_worker(const char *function, const char *name, dsm_handle mailbox, BackgroundWorkerHandle **handle) {
    BackgroundWorker worker = {};
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker.bgw_restart_time = BGW_NEVER_RESTART;
    worker.bgw_main_arg = UInt32GetDatum(mailbox);
    worker.bgw_notify_pid = MyProcPid;
    strlcpy(worker.bgw_library_name, "webwrap", sizeof(worker.bgw_library_name));
    strlcpy(worker.bgw_function_name, function, sizeof(worker.bgw_function_name));
    strlcpy(worker.bgw_name, name, sizeof(worker.bgw_name));
    strlcpy(worker.bgw_type, name, sizeof(worker.bgw_type));
    return RegisterDynamicBackgroundWorker(&worker, handle);
}

Mailbox *open_mailbox(Datum argument) {
    const dsm_handle handle = DatumGetUInt32(argument);
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();
    dsm_segment *segment = dsm_attach(handle);
    if (segment == nullptr)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("webwrap worker has no mailbox")));
    dsm_pin_mapping(segment);
    dsm_unpin_segment(handle);
    auto *box = static_cast<Mailbox *>(dsm_segment_address(segment));
    before_shmem_exit(
        [](int, Datum shared) {
            auto *mailbox = reinterpret_cast<Mailbox *>(DatumGetPointer(shared));
            if (mailbox->progress == Progress::kPending)
                mailbox->progress = Progress::kFailed;
        },
        PointerGetDatum(box));
    connect_worker(box->database);
    return box;
}

void run_order(Mailbox *box, const char *activity, void (*work)(Mailbox *box)) {
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    pgstat_report_activity(STATE_RUNNING, activity);
    guard([box, work] { work(box); });
    PopActiveSnapshot();
    CommitTransactionCommand();
    box->progress = Progress::kDone;
    pgstat_report_activity(STATE_IDLE, nullptr);
}

void connect_worker(Oid database) {
    BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
    SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_SESSION);
    SetConfigOption("default_transaction_isolation", "read committed", PGC_USERSET, PGC_S_SESSION);
}

} // namespace webwrap::pg
