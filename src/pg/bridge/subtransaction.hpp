#pragma once

/* The one way to survive a server error: a subtransaction. Included by guard.hpp. */

#include "pg/bridge/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/resowner.h"
}

namespace webwrap::pg {

namespace detail {

/* What the failed call left on the error stack, as plain data; leaves the error stack empty. */
struct ErrorCopy {
    int sqlstate;
    const char *message;
};

} // namespace detail

template <typename Call> std::optional<AbsorbedError> try_pg(Call call, PassesOn passes_on) {
    static_assert(std::is_trivially_destructible_v<Call>);
    const MemoryContext caller = CurrentMemoryContext;
    const ResourceOwner owner = CurrentResourceOwner;
    detail::ErrorCopy copy{0, nullptr};
    detail::ErrorCopy *const out = &copy;
    call_pg([&call, caller, owner, out, passes_on] {
        BeginInternalSubTransaction(nullptr);
        MemoryContextSwitchTo(caller);
        PG_TRY();
        {
            call();
            ReleaseCurrentSubTransaction();
        }
        PG_CATCH();
        {
            MemoryContextSwitchTo(caller);
            ErrorData *error = CopyErrorData();
            if (passes_on(error->sqlerrcode))
                PG_RE_THROW();
            FlushErrorState();
            RollbackAndReleaseCurrentSubTransaction();
            out->sqlstate = error->sqlerrcode;
            out->message = error->message != nullptr ? error->message : "";
        }
        PG_END_TRY();
        MemoryContextSwitchTo(caller);
        CurrentResourceOwner = owner;
    });
    if (copy.message == nullptr)
        return std::nullopt;
    return AbsorbedError{copy.sqlstate, copy.message};
}

} // namespace webwrap::pg
