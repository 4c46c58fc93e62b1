#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/fetch/client.hpp"
#include "core/fetch/flight.hpp"
#include "core/fetch/origin_queue.hpp"
#include "core/fetch/robots.hpp"

namespace webwrap {

/* Inside fetch/: what a client knows about an origin's robots.txt. */
struct KnownRobots {
    RobotsRules rules;
    std::optional<Error> failure; /* why it could not be had; then nothing is allowed */
    Clock::time_point expires;
};

using RobotsMemory = std::unordered_map<std::string, KnownRobots>; /* by what Run::robots_name gives */

/* Inside fetch/: all requests of one call. A flight is let in when its origin has room, and then goes from stage to stage:
 * cache, single flight, robots.txt, turn, transfer; a redirect or a retry begins anew. Whatever leaves run() as an
 * exception, the flights end with this object. */
class Run {
  public:
    struct Place {
        CURLM *multi;
        const Limits &limits;
        const AddressPolicy &policy;
        const FetchServices &services;
        RobotsMemory &robots;
    };

    Run(const Place &place, int max_concurrent, int max_per_origin, const std::function<void(FetchOutcome &&)> &done);

    void add(const Request &request);
    void run();

  private:
    void let_in();
    void hand_out();
    void look_after_waiting();
    bool collect_finished();
    [[nodiscard]] int wait_ms() const;

    /* Each goes on with the next stage, or leaves the flight waiting; throws what ends the request. */
    void begin(Flight &flight);
    void plan(Flight &flight);
    void resume(Flight &flight);
    void follow(Flight &flight);
    void line_up(Flight &flight, Flight::Stage stage);
    void ask_robots(Flight &flight);
    void want_turn(Flight &flight);
    void take_off(Flight &flight);
    void land(Flight &flight);

    [[nodiscard]] bool use_stored(Flight &flight, bool just_fetched);
    void confirm(Flight &flight, const StoredHead &not_modified);
    void keep(Flight &flight, StoredHead &head, const std::string &peer, const std::string &body);
    [[nodiscard]] bool may_read(const CachedResponse &stored) const;

    [[nodiscard]] static std::string robots_name(const Flight &flight);
    void request_robots(Flight &waiting);
    void note_robots(const std::string &name, const std::string &user_agent, const FetchOutcome &outcome);

    [[nodiscard]] bool rest(Flight &flight, std::int64_t least_ms);
    [[nodiscard]] bool redirect(Flight &flight, const StoredHead &head);
    void deliver_stored(Flight &flight, CachedResponse &&stored, std::string &&body, CacheState state);
    void deliver_head(Flight &flight, StoredHead &&head, std::string &&body, CacheState state);
    void fail(Flight &flight, const Error &error);
    void finish(Flight &flight, FetchOutcome &&outcome);

    void guarded(Flight &flight, void (Run::*step)(Flight &));
    void wait(Flight &flight, Flight::Stage stage, std::int64_t wait_ms);
    void stop_waiting(Flight &flight);
    void leave_wire(Flight &flight);
    void give_up_place(Flight &flight);
    [[nodiscard]] long remaining_ms(const Flight &flight) const;

    Place place_;
    int max_concurrent_;
    int max_per_origin_;
    const std::function<void(FetchOutcome &&)> &done_;
    OriginQueue queue_;
    std::vector<std::unique_ptr<Flight>> flights_; /* by request; null once done */
    std::map<std::string, std::unique_ptr<Flight>> robots_flights_;
    std::vector<Flight *> waiting_;
    std::vector<FetchOutcome> finished_; /* not handed out yet */
    std::size_t unfinished_ = 0;
    int active_ = 0; /* let in, and neither resting nor following */
    std::minstd_rand random_;
};

} // namespace webwrap
