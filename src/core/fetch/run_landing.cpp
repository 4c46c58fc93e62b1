/* What becomes of a flight after its transfer: kept, confirmed, tried again, redirected, delivered. */

#include <algorithm>

#include "core/fetch/retry.hpp"
#include "core/fetch/run.hpp"

namespace webwrap {

namespace {

/* A host that asks for more than this is not waited for, nor does it stop others. */
constexpr std::int64_t kMaxHoldOffMs = 60'000;

/* What of a response is for others, too: a cookie is for the one that it was set for. */
StoredHead for_all(StoredHead head) {
    std::erase_if(head.headers,
                  [](const auto &header) { return header.first == "set-cookie" || header.first == "set-cookie2"; });
    return head;
}

} // namespace

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

} // namespace webwrap
