#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fetch/cache_policy.hpp"

namespace webwrap {

/* What fetching asks of the place that it runs in. In the server, caches, flights and turns are shared by all its
 * backends; where there is none of them (unit tests, benchmarks) requests just go out. */

struct Request;

/* What a stored response is found by. Requests of different identities never see each other's responses. */
struct CacheKey {
    std::string url;
    std::string identity;
};

/* One stored response; its body is read when it is wanted. */
struct CachedResponse {
    StoredHead head;
    std::string peer;      /* address that it came from: who may not connect there may not read it either */
    std::string body_name; /* what the cache finds the body by */
};

/* A part in the one request that all who want the same response at the same time share. Its end leaves the flight; a
 * leader that has not landed abandons it. */
class FlightPass {
  public:
    enum class Role {
        kLeader,   /* makes the request */
        kFollower, /* waits for another's */
        kAlone     /* makes a request of its own: there is no room for one more flight */
    };
    enum class Progress {
        kUnderWay,
        kStored,    /* the cache has the response */
        kLanded,    /* the leader got something that others cannot use */
        kAbandoned, /* the leader gave up: somebody else has to lead */
    };
    virtual ~FlightPass() = default;
    FlightPass() = default;
    FlightPass(const FlightPass &) = delete;
    FlightPass &operator=(const FlightPass &) = delete;

    [[nodiscard]] virtual Role role() const noexcept = 0;
    [[nodiscard]] virtual Progress progress() = 0;
    /* Whether anybody waits for the leader. */
    [[nodiscard]] virtual bool is_awaited() = 0;
    /* Ends the leader's flight with nothing for others. */
    virtual void land() noexcept = 0;
};

/* The shared HTTP cache. What it does may throw; nothing that it cannot do (store while nobody writes) is an error. */
class ResponseCache {
  public:
    virtual ~ResponseCache() = default;

    /* All stored variants of a key. */
    [[nodiscard]] virtual std::vector<CachedResponse> find(const CacheKey &key) = 0;
    /* Nothing when it has gone meanwhile. */
    [[nodiscard]] virtual std::optional<std::string> body(const CachedResponse &stored) = 0;
    [[nodiscard]] virtual std::unique_ptr<FlightPass> join(const CacheKey &key) = 0;
    /* Hands a response over to be stored; the flight that it came from ends as stored once others can find it. */
    virtual void store(const CacheKey &key, const StoredHead &head, const std::string &peer, std::string_view body,
                       FlightPass *flight) = 0;
    /* The same for one that a 304 has confirmed: its head is new. */
    virtual void renew(const CacheKey &key, const CachedResponse &confirmed, FlightPass *flight) = 0;
    /* Has a stale response fetched anew by somebody else with this request, later. */
    virtual void refresh(const CacheKey &key, const Request &request) = 0;
};

/* How often a host may be asked, over all who ask. */
struct TurnRules {
    double requests_per_second = 0; /* 0: no limit */
    int max_connections = 0;        /* 0: no limit */
};

class Turns {
  public:
    struct Answer {
        bool is_taken = false;
        std::int64_t wait_ms = 0;   /* before it makes sense to ask again */
        bool is_hosts_wish = false; /* the host has asked for it (Retry-After) */
    };
    virtual ~Turns() = default;
    /* Takes one of the host's connections if its pace allows a request now. */
    [[nodiscard]] virtual Answer take(const std::string &origin, const TurnRules &rules) = 0;
    virtual void give_back(const std::string &origin) noexcept = 0;
    /* Nobody asks the host before that many milliseconds have passed. */
    virtual void hold_off(const std::string &origin, std::int64_t wait_ms) = 0;
};

struct FetchServices {
    ResponseCache *cache = nullptr;
    Turns *turns = nullptr;
};

} // namespace webwrap
