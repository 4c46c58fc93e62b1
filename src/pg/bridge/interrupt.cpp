#include "pg/bridge/interrupt.hpp"

#include "pg/bridge/compat.hpp"

namespace webwrap::pg {

namespace {

constexpr int kIntervalMs = 50;

/* What the signal handler may touch. */
constinit volatile unsigned long *volatile watched = nullptr;

/* Runs inside the handler of SIGALRM. Only requests that the next CHECK_FOR_INTERRUPTS answers with an error count: others
 * must not stop anything. */
void look_for_request() {
    if (watched != nullptr && (QueryCancelPending || ProcDiePending))
        *watched = 1;
}

} // namespace

void watch_budget(volatile unsigned long *budget) noexcept {
    static constinit bool is_registered = false;
    static constinit TimeoutId timer = MAX_TIMEOUTS;
    if (!is_registered) {
        timer = RegisterTimeout(USER_TIMEOUT, look_for_request);
        is_registered = true;
    }
    watched = budget;
    if (budget != nullptr)
        start_periodic_timeout(timer, kIntervalMs);
    else
        disable_timeout(timer, false);
}

} // namespace webwrap::pg
