/* The stages of a flight before its transfer: cache, single flight, robots.txt, turn. */

#include <algorithm>

#include "core/fetch/run.hpp"

namespace webwrap {

namespace {

/* How often to look whether another's request has come back, or whether a host has a connection to spare. */
constexpr std::int64_t kLookMs = 5;
constexpr std::int64_t kLongestTurnMs = 1000; /* then asks again: the pace may have changed */

/* The request that would make this hop again. */
Request request_of_hop(const Flight &flight) {
    Request request = *flight.request;
    request.url = flight.hop.url.text;
    request.headers = flight.hop.headers;
    request.user_agent = flight.hop.user_agent;
    request.access = flight.hop.access;
    request.cache.mode = CacheUse::Mode::kReload;
    return request;
}

} // namespace

void Run::plan(Flight &flight) {
    if (!flight.has_started) {
        flight.has_started = true;
        flight.started_at = Clock::now();
    }
    const CacheUse &use = flight.request->cache;
    flight.asked_at_us = now_us();
    flight.to_confirm.reset();
    flight.pass.reset();
    flight.uses_cache = false;
    if (place_.services.cache != nullptr && use.mode != CacheUse::Mode::kNone) {
        if (std::optional<std::string> identity = cache_identity(flight.hop)) {
            flight.uses_cache = true;
            if (flight.hop.access.has_helper()) /* what a helper connects to, only the policy it was checked by knows */
                identity->append("\nwithin ").append(place_.policy.allowed_networks());
            flight.key = {flight.hop.url.text, std::move(*identity)};
            flight.rules = use.rules;
            flight.rules.is_shared = flight.hop.access.credentials.empty();
            if (use_stored(flight, false))
                return;
        }
    }
    if (use.mode == CacheUse::Mode::kOnly)
        throw Error(ErrorKind::kDisabled, "page " + quoted(flight.hop.url.text) + " is not in the cache", {},
                    "While webwrap.offline is on nothing is fetched.");
    if (flight.uses_cache) {
        flight.pass = place_.services.cache->join(flight.key);
        if (flight.pass->role() == FlightPass::Role::kFollower) {
            give_up_place(flight); /* which the leader may need: it gives up its own between two tries */
            return wait(flight, Flight::Stage::kFollow, kLookMs);
        }
        if (flight.pass->role() == FlightPass::Role::kLeader && use_stored(flight, false))
            return; /* it came between looking and leading */
    }
    ask_robots(flight);
}

/* Delivers a stored response if one may answer this hop; otherwise remembers one that the host could confirm.
 * `just_fetched`: another's request for the same has just come back. */
bool Run::use_stored(Flight &flight, bool just_fetched) {
    const CacheUse &use = flight.request->cache;
    const Headers sent = sent_headers(flight.hop);
    for (CachedResponse &stored : place_.services.cache->find(flight.key)) {
        Reuse reuse = reuse_of(stored.head, sent, flight.rules, now_us());
        if (reuse == Reuse::kNever || !may_read(stored))
            continue;
        CacheState state = CacheState::kHit;
        if (just_fetched && stored.head.received_at_us >= flight.asked_at_us &&
            may_be_shared_by_waiting(stored.head, sent, flight.rules))
            reuse = Reuse::kFresh;
        else if (use.mode == CacheUse::Mode::kReload)
            reuse = Reuse::kValidate;
        else if (use.mode == CacheUse::Mode::kOnly)
            state = std::exchange(reuse, Reuse::kFresh) == Reuse::kFresh ? CacheState::kHit : CacheState::kStale;
        if (reuse == Reuse::kStaleWhileRevalidate)
            state = CacheState::kStale;
        if (reuse == Reuse::kValidate) {
            if (!flight.to_confirm && !validators(stored.head).empty())
                flight.to_confirm = std::move(stored);
            continue;
        }
        std::optional<std::string> body = place_.services.cache->body(stored);
        if (!body)
            continue;
        if (reuse == Reuse::kStaleWhileRevalidate)
            place_.services.cache->refresh(flight.key, request_of_hop(flight));
        deliver_stored(flight, std::move(stored), std::move(*body), state);
        return true;
    }
    return false;
}

/* The guard holds for what was fetched before, too, maybe by somebody who may connect to more. */
bool Run::may_read(const CachedResponse &stored) const {
    const std::optional<Address> peer = parse_address(stored.peer.c_str());
    return peer.has_value() && place_.policy.permits(*peer);
}

void Run::follow(Flight &flight) {
    switch (flight.pass->progress()) {
    case FlightPass::Progress::kUnderWay:
        /* The leader may be slow for reasons of its own, so half of the time is kept for a request of our own. */
        if (remaining_ms(flight) <= place_.limits.request_timeout_ms / 2)
            break;
        return wait(flight, Flight::Stage::kFollow, kLookMs);
    case FlightPass::Progress::kStored:
        if (use_stored(flight, true))
            return;
        break;
    case FlightPass::Progress::kLanded:
        break;
    case FlightPass::Progress::kAbandoned:
        return line_up(flight, Flight::Stage::kPlan);
    }
    flight.pass.reset();
    line_up(flight, Flight::Stage::kAlone);
}

void Run::ask_robots(Flight &flight) {
    if (!flight.request->respects_robots)
        return want_turn(flight);
    const auto known = place_.robots.find(robots_name(flight));
    if (known == place_.robots.end() || known->second.expires <= Clock::now())
        return request_robots(flight);
    const RobotsRules &rules = known->second.rules;
    const Url &url = flight.hop.url;
    const std::string path = url.path + (url.has_query ? "?" + url.query : "");
    if (rules.allows(path))
        return want_turn(flight);
    const char *hint = "Option respect_robots decides whether robots.txt is kept to.";
    const std::optional<Error> &failure = known->second.failure;
    if (failure && failure->kind() == ErrorKind::kForbidden)
        throw Error(*failure); /* what holds for the host's robots.txt holds for its pages */
    if (failure)
        throw Error(failure->kind(),
                    "could not read robots.txt of page " + quoted(url.text) + ": " + failure->message(),
                    failure->detail(), failure->hint().empty() ? hint : failure->hint());
    throw Error(ErrorKind::kForbidden, "robots.txt of its host forbids page " + quoted(url.text),
                "The rule is \"" + abbreviate(rules.rule_for(path), 200) + "\".", hint);
}

/* Whoever reaches a site by another way, or shows a certificate, may get another file. */
std::string Run::robots_name(const Flight &flight) {
    const Credentials &credentials = flight.hop.access.credentials;
    return flight.hop.url.origin() + "\n" + name_of_way(flight.hop.access) + "\n" +
           (credentials.client_certificate.empty() ? "" : credentials.identity) + "\n" + flight.hop.user_agent;
}

/* One request for all that wait for it. */
void Run::request_robots(Flight &waiting) {
    const std::string name = robots_name(waiting);
    wait(waiting, Flight::Stage::kRobots, kForeverMs);
    if (robots_flights_.contains(name))
        return;
    auto flight = std::make_unique<Flight>();
    flight->own_request = std::make_unique<Request>(robots_request(*waiting.request, waiting.hop));
    flight->request = flight->own_request.get();
    flight->robots_name = name;
    flight->hop = first_hop(*flight->request);
    flight->first_url = flight->hop.url.text;
    Flight &made = *robots_flights_.emplace(name, std::move(flight)).first->second;
    guarded(made, &Run::plan);
}

void Run::note_robots(const std::string &name, const std::string &user_agent, const FetchOutcome &outcome) {
    constexpr std::size_t kMaxKnown = 10'000;
    constexpr std::chrono::minutes kKept(60);
    constexpr std::chrono::seconds kFailureKept(30);
    if (place_.robots.size() >= kMaxKnown)
        place_.robots.clear();
    KnownRobots &known = place_.robots[name];
    const int status = outcome.response ? outcome.response->status : 0;
    known = KnownRobots{};
    known.rules = RobotsRules::of_response(status, outcome.response ? outcome.response->body : "", user_agent);
    known.expires = Clock::now() + kKept;
    if (known.rules.allows_nothing()) {
        known.failure = outcome.error
                            ? *outcome.error
                            : Error(ErrorKind::kHttpStatus, "it answered with status " + std::to_string(status));
        known.expires = Clock::now() + kFailureKept;
    }
    for (Flight *flight : waiting_)
        if (flight->stage == Flight::Stage::kRobots && robots_name(*flight) == name)
            flight->due = Clock::now();
}

void Run::want_turn(Flight &flight) {
    if (Turns *turns = place_.services.turns; turns != nullptr) {
        TurnRules rules{flight.request->requests_per_second, max_per_origin_};
        const auto known = place_.robots.find(robots_name(flight));
        if (flight.request->respects_robots && known != place_.robots.end())
            if (const std::optional<double> delay_s = known->second.rules.crawl_delay_s(); delay_s && *delay_s > 0)
                rules.requests_per_second =
                    rules.requests_per_second > 0 ? std::min(rules.requests_per_second, 1 / *delay_s) : 1 / *delay_s;
        const std::string origin = flight.hop.url.origin();
        const Turns::Answer answer = turns->take(origin, rules);
        if (!answer.is_taken) {
            if (answer.is_hosts_wish && answer.wait_ms >= remaining_ms(flight))
                throw Error(ErrorKind::kTimeout,
                            "could not fetch " + quoted(flight.hop.url.text) + ": its host asks for no requests for " +
                                std::to_string((answer.wait_ms + 999) / 1000) + " s",
                            {}, "Try again later, or raise webwrap.request_timeout.");
            return wait(flight, Flight::Stage::kTurn, std::clamp(answer.wait_ms, std::int64_t{1}, kLongestTurnMs));
        }
        flight.turn = TurnHold(turns, origin);
    }
    take_off(flight);
}

void Run::take_off(Flight &flight) {
    stop_waiting(flight);
    flight.sent = flight.hop;
    if (flight.to_confirm)
        for (auto &validator : validators(flight.to_confirm->head))
            flight.sent.headers.push_back(std::move(validator));
    ++flight.cost.attempts;
    flight.requested_at_us = now_us();
    const long timeout_ms = place_.limits.request_timeout_ms > 0 ? std::max(remaining_ms(flight), 1L) : 0;
    flight.stage = Flight::Stage::kWire;
    flight.transfer =
        std::make_unique<Transfer>(place_.multi, flight.sent, place_.limits, place_.policy, timeout_ms, &flight);
}

} // namespace webwrap
