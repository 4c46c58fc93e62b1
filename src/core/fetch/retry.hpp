#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace webwrap {

/* Whether a failed try may be repeated, and when. */

/* Whether repeating a request of this method, whose first try may have reached the server, does nothing twice: GET, HEAD,
 * OPTIONS, PUT and DELETE, in any case. */
[[nodiscard]] bool is_retryable_method(std::string_view method);

/* Whether a status says "not now": 429 and 503. */
[[nodiscard]] bool is_retryable_status(int status);

/* What a Retry-After header asks to wait, as seconds or as a date after `now_s` (unix time): 0 to 24 hours, or nothing when
 * it is neither. */
[[nodiscard]] std::optional<std::int64_t> retry_after_ms(std::string_view value, std::int64_t now_s);

/* How long to wait after try 1, 2, ... failed: 500 ms doubled with each, up to 30 s; of that one half for certain and
 * `random` (0 to 1) of the other, so that those who failed together do not come back together. */
[[nodiscard]] std::int64_t backoff_ms(int attempt, double random);

} // namespace webwrap
