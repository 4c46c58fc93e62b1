#include <algorithm>

#include "pg/shared/refreshers.hpp"

#include "pg/shared/segment.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/ipc.h"
}

namespace webwrap::pg {

std::optional<int> take_refresher_place() {
    SharedState &state = shared_state();
    const int places = std::clamp(max_worker_processes / 2, 1, static_cast<int>(kRefresherSlots));
    const TimestampTz now = GetCurrentTimestamp();
    const SharedLock lock(state.writers_lock);
    for (int place = 0; place < places; ++place) {
        RefresherSlot &slot = state.refreshers[place];
        if (slot.pid != 0 || (slot.started_at != 0 && slot.started_at + kStartTime > now))
            continue;
        slot.started_at = now;
        return place;
    }
    return std::nullopt;
}

/* One that came too late finds its place taken, and works without one. */
void keep_refresher_place(int place) {
    SharedState &state = shared_state();
    call_pg([place] { before_shmem_exit([](int, Datum own) { give_up_refresher_place(DatumGetInt32(own)); }, place); });
    const SharedLock lock(state.writers_lock);
    if (state.refreshers[place].pid == 0)
        state.refreshers[place] = RefresherSlot{MyProcPid, 0};
}

void give_up_refresher_place(int place) noexcept {
    SharedState &state = shared_state();
    const SharedLock lock(state.writers_lock);
    RefresherSlot &slot = state.refreshers[place];
    if (slot.pid == 0 || slot.pid == MyProcPid)
        slot = RefresherSlot{};
}

} // namespace webwrap::pg
