#pragma once

#include "core/fetch/client.hpp"

namespace webwrap::pg {

/* Hands a line for webwrap.request_log over to the background writer, without secrets; nothing while webwrap.log_requests
 * is off. At once, so that a later error or cancel loses no line. */
void log_request(const Request &request, const FetchOutcome &outcome);

/* How the log and EXPLAIN call a state of the cache. */
[[nodiscard]] const char *name_of(CacheState state);

} // namespace webwrap::pg
