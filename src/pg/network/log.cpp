#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/fetch/public_url.hpp"
#include "pg/network/log.hpp"

#include "pg/bridge/guard.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/time.hpp"
#include "pg/worker/outbox.hpp"

namespace webwrap::pg {

namespace {

using nlohmann::json;

void warn_once() {
    static constinit bool has_warned = false;
    if (std::exchange(has_warned, true))
        return;
    call_pg([] {
        ereport(WARNING, (errmsg("requests of this session are not logged in webwrap.request_log"),
                          errdetail("No background worker can write them."),
                          errhint("Raise max_worker_processes; on a standby the log is not kept.")));
    });
}

} // namespace

void log_request(const Request &request, const FetchOutcome &outcome) {
    if (!Settings::log_requests)
        return;
    json line = {{"role", GetUserId()},
                 {"method", abbreviate(request.method, 20)},
                 {"url", public_url(request.url)},
                 {"attempts", outcome.cost.attempts},
                 {"bytes", outcome.cost.wire_bytes},
                 {"waited_ms", outcome.cost.waited_ms},
                 {"requested_at_us", GetCurrentTimestamp() + kPostgresEpochUs}};
    if (outcome.response) {
        line["status"] = outcome.response->status;
        line["elapsed_ms"] = outcome.response->elapsed_ms;
        line["cache"] = name_of(outcome.response->cache);
    }
    if (outcome.error)
        line["sqlstate"] = std::string(unpack_sql_state(sqlstate_of(outcome.error->kind())));
    const std::string text = json::array({line}).dump(-1, ' ', false, json::error_handler_t::replace);
    if (!post(MessageKind::kLog, {text}, FlightName{}))
        warn_once();
}

const char *name_of(CacheState state) {
    switch (state) {
    case CacheState::kMiss:
        return "miss";
    case CacheState::kHit:
        return "hit";
    case CacheState::kConfirmed:
        return "confirmed";
    case CacheState::kStale:
        return "stale";
    }
    return "miss";
}

} // namespace webwrap::pg
