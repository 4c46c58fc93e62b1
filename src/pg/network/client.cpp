#include <algorithm>

#include "pg/network/client.hpp"

#include "pg/bridge/settings.hpp"
#include "pg/network/cache.hpp"
#include "pg/network/log.hpp"
#include "pg/shared/turns.hpp"

namespace webwrap::pg {

namespace {

/* What a backend fetches with; connections outlive statements. */
struct Network {
    SharedCache cache;
    SharedTurns turns;
    Client client{{&cache, &turns}};
};

/* Never destroyed: a backend may leave through exit() at any time. */
Client &client() {
    static constinit Network *kept = nullptr;
    if (kept == nullptr)
        kept = new Network();
    return kept->client;
}

void require_network() {
    if (!Settings::enabled)
        throw Error(ErrorKind::kDisabled, "network use is switched off", {},
                    "A superuser can set webwrap.enabled to on.");
}

} // namespace

void fetch_all(std::span<const Request> requests, const Limits &limits,
               const std::function<void(FetchOutcome &&)> &done) {
    require_network();
    std::vector<Request> offline;
    if (Settings::offline) {
        offline.assign(requests.begin(), requests.end());
        for (Request &request : offline)
            request.cache.mode = CacheUse::Mode::kOnly;
        requests = offline;
    }
    const auto logged = [&](FetchOutcome &&outcome) {
        log_request(requests[outcome.request_index], outcome);
        done(std::move(outcome));
    };
    client().fetch_many(requests, limits, current_address_policy(), Settings::max_concurrent_requests,
                        Settings::max_connections_per_host, logged);
}

FetchOutcome fetch_one(const Request &request, const Limits &limits) {
    FetchOutcome outcome;
    fetch_all(std::span(&request, 1), limits, [&](FetchOutcome &&only) { outcome = std::move(only); });
    if (outcome.error)
        throw Error(*outcome.error);
    return outcome;
}

void set_request_defaults(Request &request) {
    request.user_agent = Settings::user_agent;
    request.max_retries = Settings::max_retries;
    request.cache.mode = CacheUse::Mode::kUse;
}

} // namespace webwrap::pg
