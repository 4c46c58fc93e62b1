#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/fetch/access.hpp"
#include "core/fetch/cache_policy.hpp"
#include "core/fetch/services.hpp"

namespace webwrap {

/* How a request uses the shared cache. */
struct CacheUse {
    enum class Mode {
        kNone,   /* neither reads nor stores */
        kUse,    /* stored responses as far as they are fresh */
        kReload, /* asks again and stores the answer */
        kOnly    /* what is stored, however old; no request is made */
    } mode = Mode::kNone;
    CacheRules rules;
};

struct Request {
    std::string url = {};
    std::string method = "GET";
    std::vector<std::pair<std::string, std::string>> headers = {}; /* CR, LF and NUL are refused */
    std::string body = {};
    std::string user_agent = {}; /* empty: webwrap/<version> */
    Access access = {};
    CacheUse cache = {};
    bool respects_robots = false;
    double requests_per_second = 0; /* to one host, over all who ask; 0: no limit */
    int max_retries = 0;            /* of what may work later: 429, 503, time-outs, lost connections */
};

/* Where a response came from. */
enum class CacheState {
    kMiss,      /* fetched */
    kHit,       /* stored and fresh, or just fetched by another */
    kConfirmed, /* stored, and the host has confirmed it (304) */
    kStale      /* stored, used while it is fetched anew, or because no request may be made */
};

struct Response {
    std::string url;       /* as asked */
    std::string final_url; /* after redirects */
    int status = 0;
    Headers headers;          /* of the last hop only */
    std::string content_type; /* media type without parameters, lower case; empty when absent */
    std::string charset;      /* label that the transport gives; empty when absent */
    std::string body;         /* after content decoding */
    double elapsed_ms = 0;
    int redirects = 0;
    CacheState cache = CacheState::kMiss; /* of the last hop */
    std::int64_t received_at_us = 0;      /* since 1970; for a stored response the time when it came or was confirmed */
};

/* What one request took. */
struct RequestCost {
    int attempts = 0;           /* transfers, those of redirects and retries included */
    double waited_ms = 0;       /* for a turn, for robots.txt, for another's request and between retries */
    std::size_t wire_bytes = 0; /* bodies that came over the network, decoded */
};

/* Outcome of one request of many: a response, or the error that ended it. */
struct FetchOutcome {
    std::size_t request_index = 0;
    std::optional<Response> response = {};
    std::optional<Error> error = {};
    RequestCost cost = {};
};

} // namespace webwrap
