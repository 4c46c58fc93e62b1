#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/fetch/headers.hpp"

namespace webwrap {

/* HTTP caching (RFC 9111) without storage: which responses may be kept, and what a kept one is good for. Nothing is guessed
 * ("heuristic freshness"): a response that does not say how long it lives is stale at once. Names of headers are taken in
 * any case. All functions are pure and linear in the headers. */

/* What the options say about caching one request. */
struct CacheRules {
    /* cache_ttl: overrides what the response says about its lifetime, no-cache, must-revalidate and private included, but
     * not no-store. It holds for successes, redirects and lasting errors; others (429, 500, 503) keep their own word. */
    std::optional<std::int64_t> ttl_s = {};
    std::int64_t stale_while_revalidate_s = 0; /* the larger of this and what the response allows counts */
    bool is_shared = true; /* the request carried no identity: `private` responses are not stored, s-maxage counts */
};

/* What a cache keeps of one response, body apart. Times in microseconds since 1970. */
struct StoredHead {
    int status = 0;
    Headers headers = {};             /* of the response, names in lower case, repeated ones repeated */
    Headers selecting = {};           /* what selecting_headers gave for the request that fetched it */
    std::int64_t requested_at_us = 0; /* of the request that fetched it or validated it last */
    std::int64_t received_at_us = 0;
};

enum class Reuse {
    kFresh,                /* may be used as it is */
    kStaleWhileRevalidate, /* may be used as it is, while somebody validates it */
    kValidate,             /* only once the server confirms it; without validators that means to ask again in full */
    kNever,                /* is no answer to this request */
};

/* Whether the response to this request may be kept. True also for one that is stale at once: `validators` and `lifetime_s`
 * tell whether that is worth it. */
[[nodiscard]] bool is_storable(std::string_view method, const Headers &request_headers, int status,
                               const Headers &response_headers, const CacheRules &rules);

/* The request's values of the headers that the response's Vary names, in normal form (names in lower case, blanks folded,
 * repeated ones joined by ", "), sorted by name; an absent header has value "". Values may be secrets (Cookie). */
[[nodiscard]] Headers selecting_headers(const Headers &response_headers, const Headers &request_headers);

/* Whether the request equals the one that fetched the response as far as Vary goes; never with "Vary: *" or
 * more than 64 names. */
[[nodiscard]] bool is_selected(const StoredHead &stored, const Headers &request_headers);

/* What the stored response is good for at this moment. kNever too when these rules would not have let it be stored, and for
 * requests with a range or preconditions of their own. With a ttl, age counts from when we received the response. */
[[nodiscard]] Reuse reuse_of(const StoredHead &stored, const Headers &request_headers, const CacheRules &rules,
                             std::int64_t now_us);

/* Whether a response that this request waited for, fetched by another one meanwhile, may answer it (collapsed requests, RFC
 * 9111 section 4). One without any lifetime may, unless it or the request insists on validation. */
[[nodiscard]] bool may_be_shared_by_waiting(const StoredHead &stored, const Headers &request_headers,
                                            const CacheRules &rules);

/* if-none-match and if-modified-since to add to the request; empty when the response has no validator. */
[[nodiscard]] Headers validators(const StoredHead &stored);

/* Takes over what a 304 says (RFC 9111 sections 3.2 and 4.3.4) and its times. What describes the stored bytes (length,
 * type, coding, range) and what belongs to a connection stays; a Date or Age that the 304 does not repeat goes. */
void renew(StoredHead &stored, const Headers &not_modified_headers, std::int64_t requested_at_us,
           std::int64_t received_at_us);

/* Seconds since the origin made or confirmed the response (RFC 9111 section 4.2.3), with Age, Date and the time that the
 * request took; 0 to 2^31. */
[[nodiscard]] std::int64_t current_age_s(const StoredHead &stored, std::int64_t now_us);

/* How long the response is fresh, 0 to 2^31: by ttl, s-maxage, max-age or Expires, in this order; nothing when none of
 * them says. */
[[nodiscard]] std::optional<std::int64_t> lifetime_s(const StoredHead &stored, const CacheRules &rules);

} // namespace webwrap
