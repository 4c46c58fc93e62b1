#pragma once

#include <functional>
#include <span>

#include "core/fetch/client.hpp"

namespace webwrap::pg {

/* The one way to the network: everything goes through the backend's client with its shared cache, and into the request log.
 * Both throw kDisabled while webwrap.enabled is off; while webwrap.offline is on only the cache answers. */

/* One response. Throws what fetching throws. */
[[nodiscard]] FetchOutcome fetch_one(const Request &request, const Limits &limits);

/* All responses as they come, webwrap.max_concurrent_requests at a time. */
void fetch_all(std::span<const Request> requests, const Limits &limits,
               const std::function<void(FetchOutcome &&)> &done);

/* How requests that say nothing else use the cache, and how often they are repeated. */
void set_request_defaults(Request &request);

} // namespace webwrap::pg
