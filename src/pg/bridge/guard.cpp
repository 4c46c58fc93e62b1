#include "core/base/interrupt.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/interrupt.hpp"

extern "C" {
#include "utils/wait_event.h"
}

namespace webwrap::pg {

int sqlstate_of(ErrorKind kind) noexcept {
    switch (kind) {
    case ErrorKind::kInvalidArgument:
    case ErrorKind::kInvalidUrl:
        return ERRCODE_INVALID_PARAMETER_VALUE;
    case ErrorKind::kInvalidOption:
        return ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE;
    case ErrorKind::kInvalidXPath:
    case ErrorKind::kInvalidSelector:
        return ERRCODE_SYNTAX_ERROR;
    case ErrorKind::kForbidden:
        return ERRCODE_INSUFFICIENT_PRIVILEGE;
    case ErrorKind::kDisabled:
        return ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
    case ErrorKind::kNetwork:
    case ErrorKind::kHttpStatus:
        return ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION;
    case ErrorKind::kTimeout:
        return ERRCODE_CONNECTION_FAILURE;
    case ErrorKind::kDecoding:
        return ERRCODE_CHARACTER_NOT_IN_REPERTOIRE;
    case ErrorKind::kBadFormat:
        return ERRCODE_BAD_COPY_FILE_FORMAT;
    case ErrorKind::kUndefinedField:
        return ERRCODE_UNDEFINED_COLUMN;
    case ErrorKind::kLimitExceeded:
        return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
    case ErrorKind::kConstraintViolated:
    case ErrorKind::kNotAdapted:
        return ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION;
    case ErrorKind::kCorrupted:
        return ERRCODE_DATA_CORRUPTED;
    case ErrorKind::kInternal:
        break;
    }
    return ERRCODE_INTERNAL_ERROR;
}

namespace {

/* Copies as much as fits, cut at a character boundary: the server refuses half characters. */
void copy_text(char *target, std::size_t size, const char *source) noexcept {
    std::size_t length = strnlen(source, size);
    if (length == size) {
        length = size - 1;
        while (length > 0 && (static_cast<unsigned char>(source[length]) & 0xC0) == 0x80)
            --length;
    }
    memcpy(target, source, length);
    target[length] = '\0';
}

} // namespace

void ErrorReport::set(const Error &error) noexcept {
    set(sqlstate_of(error.kind()), error.what());
    copy_text(detail_, sizeof(detail_), error.detail().c_str());
    copy_text(hint_, sizeof(hint_), error.hint().c_str());
}

void ErrorReport::set(int sqlstate, const char *message) noexcept {
    sqlstate_ = sqlstate;
    copy_text(message_, sizeof(message_), message);
}

void ErrorReport::raise() const {
    ereport(ERROR, (errcode(sqlstate_), errmsg("%s", message_), detail_[0] != '\0' ? errdetail("%s", detail_) : 0,
                    hint_[0] != '\0' ? errhint("%s", hint_) : 0));
    pg_unreachable();
}

bool detail::ends_statement(int sqlstate) noexcept {
    const int category = ERRCODE_TO_CATEGORY(sqlstate);
    return category == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION) ||
           category == ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES) ||
           category == ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR) ||
           category == ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR);
}

bool is_interruption(int sqlstate) noexcept {
    return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION);
}

bool in_parallel_mode() noexcept { return IsInParallelMode(); }

void poll_interrupts() {
    if (InterruptPending)
        call_pg([] { CHECK_FOR_INTERRUPTS(); });
}

void install_interrupt_hooks() noexcept {
    Interrupt::poll_hook = poll_interrupts;
    Interrupt::fuse_hook = watch_budget;
    Interrupt::wait_hook = [](bool begins) noexcept {
        if (begins)
            pgstat_report_wait_start(PG_WAIT_EXTENSION);
        else
            pgstat_report_wait_end();
    };
    Interrupt::pending_hook = []() noexcept {
        return InterruptPending && InterruptHoldoffCount == 0 && CritSectionCount == 0;
    };
}

} // namespace webwrap::pg
