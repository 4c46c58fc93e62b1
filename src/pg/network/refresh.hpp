#pragma once

#include "core/fetch/request.hpp"

namespace webwrap::pg {

/* Has a worker of its own fetch a response anew, in the manner of this request and under this session's settings. When
 * there is no worker slot nothing happens: the next one that finds the response stale tries again. `place` is one of
 * take_refresher_place. */
void start_refresh(const Request &request, int place);

} // namespace webwrap::pg
