#pragma once

#include <optional>

#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* Places for those that fetch stale responses anew. They are at most half of max_worker_processes, so that there is always
 * a slot for the writer that stores what they bring. */

/* Takes a place for a refresher that is about to be started; none when all are taken. */
[[nodiscard]] std::optional<int> take_refresher_place();

/* The refresher is there: its place is free when it ends. */
void keep_refresher_place(int place);

/* The refresher could not be started. */
void give_up_refresher_place(int place) noexcept;

} // namespace webwrap::pg
