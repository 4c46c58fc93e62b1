#pragma once

#include "pg/bridge/guard.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace webwrap::pg {

/* Microseconds from 1970, where core counts from, to 2000, where the server does. */
constexpr std::int64_t kPostgresEpochUs =
    (static_cast<std::int64_t>(POSTGRES_EPOCH_JDATE) - UNIX_EPOCH_JDATE) * SECS_PER_DAY * USECS_PER_SEC;

/* An interval as the server writes them ("1 hour"), in whole seconds; a month counts 30 days. Raises the server's error
 * for text that is none; throws kInvalidOption when it is negative. */
[[nodiscard]] std::int64_t interval_seconds(const std::string &text);

} // namespace webwrap::pg
