#include "pg/bridge/time.hpp"

#include "pg/bridge/guard.hpp"

extern "C" {
#include "datatype/timestamp.h"
}

namespace webwrap::pg {

std::int64_t interval_seconds(const std::string &text) {
    const char *source = text.c_str();
    const Interval *interval = call_pg([source] {
        return DatumGetIntervalP(
            DirectFunctionCall3(interval_in, CStringGetDatum(source), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
    });
    const std::int64_t days = interval->day + DAYS_PER_MONTH * static_cast<std::int64_t>(interval->month);
    const std::int64_t seconds = interval->time / USECS_PER_SEC + days * SECS_PER_DAY;
    if (seconds < 0)
        throw Error(ErrorKind::kInvalidOption, "interval \"" + text + "\" is negative");
    return seconds;
}

} // namespace webwrap::pg
