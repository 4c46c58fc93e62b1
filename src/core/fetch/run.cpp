#include "core/fetch/run.hpp"

#include <algorithm>
#include <new>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/fetch/retry.hpp"

namespace webwrap {

namespace {

/* A pending interrupt is noticed after this wait at the latest, even if its signal came just before the wait began. */
constexpr int kInterruptibleWaitMs = 100;
constexpr int kPlainWaitMs = 1000;
/* How often to look whether another's request has come back, or whether a host has a connection to spare. */
constexpr std::int64_t kLookMs = 5;
constexpr std::int64_t kLongestTurnMs = 1000; /* then asks again: the pace may have changed */
constexpr std::int64_t kForeverMs = 86'400'000;
/* A host that asks for more than this is not waited for, nor does it stop others. */
constexpr std::int64_t kMaxHoldOffMs = 60'000;

void check_multi(CURLMcode code) {
    if (code == CURLM_OUT_OF_MEMORY)
        throw std::bad_alloc();
    if (code != CURLM_OK)
        throw Error(ErrorKind::kInternal, std::string("curl failed: ") + curl_multi_strerror(code));
}

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

double milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

std::string quoted(const std::string &url) { return "\"" + abbreviate(url, 500) + "\""; }

std::string_view header_value(const Headers &headers, std::string_view name) {
    for (auto header = headers.rbegin(); header != headers.rend(); ++header)
        if (header->first == name)
            return header->second;
    return {};
}

/* What of a response is for others, too: a cookie is for the one that it was set for. */
StoredHead for_all(StoredHead head) {
    std::erase_if(head.headers,
                  [](const auto &header) { return header.first == "set-cookie" || header.first == "set-cookie2"; });
    return head;
}

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

/* The error, with the way to the URL that it names. */
Error with_redirects(const Error &error, const Flight &flight) {
    if (flight.redirects == 0 || error.message().find(flight.first_url) != std::string::npos)
        return error;
    const std::string way = "Redirected from " + quoted(flight.first_url) + ".";
    return {error.kind(), error.message(), error.detail().empty() ? way : error.detail() + " " + way, error.hint()};
}

} // namespace

Run::Run(const Place &place, int max_concurrent, int max_per_origin, const std::function<void(FetchOutcome &&)> &done)
    : place_(place), max_concurrent_(std::max(max_concurrent, 1)), max_per_origin_(std::max(max_per_origin, 1)),
      done_(done), queue_(max_per_origin), random_(static_cast<std::minstd_rand::result_type>(now_us())) {
    /* Only what the site itself did wrong counts for others: settings that stood in the way may have changed. */
    std::erase_if(place_.robots, [](const auto &known) {
        const std::optional<Error> &failure = known.second.failure;
        return failure && failure->kind() != ErrorKind::kHttpStatus && failure->kind() != ErrorKind::kNetwork;
    });
}

void Run::add(const Request &request) {
    auto flight = std::make_unique<Flight>();
    flight->request = &request;
    flight->request_index = flights_.size();
    try {
        flight->hop = first_hop(request);
    } catch (const Error &error) {
        flights_.push_back(nullptr);
        done_(FetchOutcome{flight->request_index, std::nullopt, error, {}});
        return;
    }
    flight->first_url = flight->hop.url.text;
    queue_.push(flight.get());
    flights_.push_back(std::move(flight));
    ++unfinished_;
}

void Run::run() {
    while (unfinished_ > 0 || !finished_.empty()) {
        look_after_waiting();
        let_in();
        int running = 0;
        {
            const SignalBlock block;
            check_multi(curl_multi_perform(place_.multi, &running));
        }
        Interrupt::poll();
        hand_out();
        if (collect_finished() || !finished_.empty() || unfinished_ == 0)
            continue;
        const Interrupt::Wait wait;
        check_multi(curl_multi_poll(place_.multi, nullptr, 0, wait_ms(), nullptr));
    }
}

/* After the next requests are on their way: what the receiver does with a response takes its time. */
void Run::hand_out() {
    std::vector<FetchOutcome> finished;
    finished.swap(finished_);
    for (FetchOutcome &outcome : finished)
        done_(std::move(outcome));
}

/* Until something has to be looked at again. */
int Run::wait_ms() const {
    Clock::duration wait =
        std::chrono::milliseconds(Interrupt::poll_hook != nullptr ? kInterruptibleWaitMs : kPlainWaitMs);
    const Clock::time_point now = Clock::now();
    for (const Flight *flight : waiting_)
        wait = std::min(wait, flight->due - now);
    return static_cast<int>(std::max(std::chrono::ceil<std::chrono::milliseconds>(wait).count(), std::int64_t{0}));
}

void Run::let_in() {
    while (active_ < max_concurrent_) {
        Flight *flight = queue_.take();
        if (flight == nullptr)
            return;
        ++active_;
        flight->has_place = true;
        guarded(*flight, &Run::begin);
    }
}

void Run::begin(Flight &flight) {
    switch (flight.stage) {
    case Flight::Stage::kRest:
        return want_turn(flight);
    case Flight::Stage::kAlone:
        return ask_robots(flight);
    default:
        return plan(flight);
    }
}

/* Waits for a place to begin that stage in; what is asked for robots.txt needs none. */
void Run::line_up(Flight &flight, Flight::Stage stage) {
    stop_waiting(flight);
    flight.stage = stage;
    if (flight.is_for_robots())
        begin(flight);
    else
        queue_.push(&flight);
}

void Run::look_after_waiting() {
    const Clock::time_point now = Clock::now();
    std::vector<Flight *> due;
    std::ranges::copy_if(waiting_, std::back_inserter(due), [now](const Flight *f) { return f->due <= now; });
    for (Flight *flight : due) /* a flight leaves the list only by its own doing */
        guarded(*flight, &Run::resume);
}

/* What a step throws ends its flight only. */
void Run::guarded(Flight &flight, void (Run::*step)(Flight &)) {
    try {
        (this->*step)(flight);
    } catch (const Error &error) {
        fail(flight, error);
    }
}

void Run::resume(Flight &flight) {
    switch (flight.stage) {
    case Flight::Stage::kFollow:
        return follow(flight);
    case Flight::Stage::kRobots:
        return ask_robots(flight);
    case Flight::Stage::kTurn:
        return want_turn(flight);
    case Flight::Stage::kRest:
        return line_up(flight, Flight::Stage::kRest);
    case Flight::Stage::kPlan:
    case Flight::Stage::kAlone:
    case Flight::Stage::kWire:
        return;
    }
}

void Run::wait(Flight &flight, Flight::Stage stage, std::int64_t wait_ms) {
    const Clock::time_point now = Clock::now();
    if (flight.stage != stage || std::ranges::find(waiting_, &flight) == waiting_.end()) {
        stop_waiting(flight);
        flight.stage = stage;
        flight.since = now;
        waiting_.push_back(&flight);
    }
    flight.due = now + std::chrono::milliseconds(wait_ms);
}

void Run::stop_waiting(Flight &flight) {
    if (std::erase(waiting_, &flight) == 0)
        return;
    const Clock::duration waited = Clock::now() - flight.since;
    flight.cost.waited_ms += milliseconds(waited);
    if (flight.stage == Flight::Stage::kTurn)
        flight.queued += waited;
}

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

/* False when no transfer has ended. */
bool Run::collect_finished() {
    bool any = false;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(place_.multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        any = true;
        auto &flight = *static_cast<Flight *>(Transfer::owner_of(message->easy_handle));
        flight.result = message->data.result; /* the message dies with the handle */
        guarded(flight, &Run::land);
    }
    return any;
}

/* Turns the end of a hop into the next hop, the next try or the outcome of the request. */
void Run::land(Flight &flight) {
    Transfer &transfer = *flight.transfer;
    const bool timed_out = place_.limits.request_timeout_ms > 0 && remaining_ms(flight) <= 0;
    try {
        if (transfer.goes_on(flight.result, timed_out))
            return;
        transfer.check(flight.result, timed_out);
    } catch (const Error &) {
        if (!timed_out && transfer.was_lost(flight.result) && rest(flight, 0))
            return;
        throw;
    }
    StoredHead head;
    head.status = transfer.status();
    head.headers = transfer.headers().to_text();
    head.requested_at_us = flight.requested_at_us;
    head.received_at_us = now_us();
    if (flight.to_confirm && head.status == 304)
        return confirm(flight, head);
    if (is_retryable_status(head.status)) {
        const std::optional<std::int64_t> asked_ms =
            retry_after_ms(header_value(head.headers, "retry-after"), head.received_at_us / 1'000'000);
        if (asked_ms && place_.services.turns != nullptr)
            place_.services.turns->hold_off(flight.hop.url.origin(), std::min(*asked_ms, kMaxHoldOffMs));
        if (rest(flight, asked_ms.value_or(0)))
            return;
    }
    const std::string peer = transfer.peer();
    std::string body = transfer.take_body();
    flight.cost.wire_bytes += body.size();
    if (flight.uses_cache)
        keep(flight, head, peer, body);
    deliver_head(flight, std::move(head), std::move(body), CacheState::kMiss);
}

/* The host says that the stored response is still right. */
void Run::confirm(Flight &flight, const StoredHead &not_modified) {
    CachedResponse stored = *std::exchange(flight.to_confirm, std::nullopt);
    std::optional<std::string> body = place_.services.cache->body(stored);
    const std::string_view tag = header_value(not_modified.headers, "etag");
    const bool is_other = !tag.empty() && tag != header_value(stored.head.headers, "etag");
    if (!body || is_other) { /* evicted meanwhile, or the host speaks of another one */
        leave_wire(flight);
        return want_turn(flight);
    }
    renew(stored.head, not_modified.headers, not_modified.requested_at_us, not_modified.received_at_us);
    stored.peer = flight.transfer->peer();
    CachedResponse kept = stored;
    kept.head = for_all(stored.head);
    place_.services.cache->renew(flight.key, kept, flight.pass.get());
    deliver_stored(flight, std::move(stored), std::move(*body), CacheState::kConfirmed);
}

/* Stores what can answer a later request, or one that waits now. */
void Run::keep(Flight &flight, StoredHead &head, const std::string &peer, const std::string &body) {
    const CacheRules &rules = flight.rules;
    const Headers sent = sent_headers(flight.hop);
    if (is_storable(flight.hop.method, sent, head.status, head.headers, rules)) {
        head.selecting = selecting_headers(head.headers, sent);
        const Reuse reuse = reuse_of(head, sent, rules, head.received_at_us);
        if (reuse == Reuse::kFresh || reuse == Reuse::kStaleWhileRevalidate ||
            (reuse == Reuse::kValidate && !validators(head).empty()) ||
            (flight.pass != nullptr && flight.pass->is_awaited()))
            return place_.services.cache->store(flight.key, for_all(head), peer, body, flight.pass.get());
    }
    if (flight.pass != nullptr)
        flight.pass->land();
}

/* The time before another try, unless there is none or no time for one. */
bool Run::rest(Flight &flight, std::int64_t least_ms) {
    if (flight.tries >= flight.request->max_retries || !is_retryable_method(flight.hop.method))
        return false;
    const double random = static_cast<double>(random_() - std::minstd_rand::min()) /
                          static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
    const std::int64_t wait_ms = std::max(least_ms, backoff_ms(flight.tries + 1, random));
    if (place_.limits.request_timeout_ms > 0 && wait_ms >= remaining_ms(flight))
        return false;
    ++flight.tries;
    leave_wire(flight);
    give_up_place(flight);
    wait(flight, Flight::Stage::kRest, wait_ms);
    return true;
}

void Run::deliver_stored(Flight &flight, CachedResponse &&stored, std::string &&body, CacheState state) {
    if (body.size() > place_.limits.max_page_size_bytes) /* somebody with a wider limit has fetched it */
        throw large_page(flight.hop.url, place_.limits);
    deliver_head(flight, std::move(stored.head), std::move(body), state);
}

/* Follows a redirect, or delivers the response. */
void Run::deliver_head(Flight &flight, StoredHead &&head, std::string &&body, CacheState state) {
    if (redirect(flight, head))
        return;
    FetchOutcome outcome{flight.request_index, Response{}, std::nullopt, {}};
    Response &response = *outcome.response;
    const ContentType type = parse_content_type(header_value(head.headers, "content-type"));
    response.url = flight.request->url;
    response.final_url = flight.hop.url.text;
    response.status = head.status;
    response.headers = std::move(head.headers);
    response.content_type = type.media_type;
    response.charset = type.charset;
    response.body = std::move(body);
    response.redirects = flight.redirects;
    response.elapsed_ms = milliseconds(Clock::now() - flight.started_at);
    response.cache = state;
    response.received_at_us = head.received_at_us;
    finish(flight, std::move(outcome));
}

bool Run::redirect(Flight &flight, const StoredHead &head) {
    std::optional<Hop> next = next_hop(flight.hop, head.status, header_value(head.headers, "location"));
    if (!next)
        return false;
    if (flight.redirects >= place_.limits.max_redirects)
        throw Error(ErrorKind::kLimitExceeded,
                    "page " + quoted(flight.first_url) + " redirects more than " +
                        std::to_string(place_.limits.max_redirects) + " times",
                    {}, "Raise webwrap.max_redirects.");
    leave_wire(flight);
    give_up_place(flight);
    flight.pass.reset();
    flight.tries = 0;
    ++flight.redirects;
    flight.hop = std::move(*next);
    line_up(flight, Flight::Stage::kPlan);
    return true;
}

void Run::fail(Flight &flight, const Error &error) {
    if (flight.pass != nullptr && error.kind() == ErrorKind::kNetwork)
        flight.pass->land(); /* the host fails everybody: those who wait need not fail one after the other */
    finish(flight, FetchOutcome{flight.request_index, std::nullopt, with_redirects(error, flight), {}});
}

void Run::finish(Flight &flight, FetchOutcome &&outcome) {
    stop_waiting(flight);
    leave_wire(flight);
    outcome.cost = flight.cost;
    if (flight.is_for_robots()) {
        const std::unique_ptr<Flight> ended = std::move(robots_flights_.extract(flight.robots_name).mapped());
        note_robots(ended->robots_name, ended->hop.user_agent, outcome);
        return;
    }
    give_up_place(flight);
    flights_[flight.request_index].reset();
    --unfinished_;
    finished_.push_back(std::move(outcome));
}

void Run::leave_wire(Flight &flight) {
    flight.transfer.reset();
    flight.turn = TurnHold();
}

void Run::give_up_place(Flight &flight) {
    if (!std::exchange(flight.has_place, false))
        return;
    --active_;
    queue_.release(flight.hop.url);
}

long Run::remaining_ms(const Flight &flight) const {
    if (place_.limits.request_timeout_ms <= 0)
        return kForeverMs;
    Clock::duration used = Clock::now() - flight.started_at - flight.queued;
    if (flight.stage == Flight::Stage::kTurn)
        used -= Clock::now() - flight.since;
    return place_.limits.request_timeout_ms - static_cast<long>(milliseconds(used));
}

} // namespace webwrap
