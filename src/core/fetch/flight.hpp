#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "core/base/text.hpp"
#include "core/fetch/message.hpp"
#include "core/fetch/services.hpp"
#include "core/fetch/transfer.hpp"

namespace webwrap {

using Clock = std::chrono::steady_clock;

inline constexpr std::int64_t kForeverMs = 86'400'000;

[[nodiscard]] inline std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

[[nodiscard]] inline double milliseconds(Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/* A URL as messages show it. */
[[nodiscard]] inline std::string quoted(const std::string &url) { return "\"" + abbreviate(url, 500) + "\""; }

/* A connection of a host, taken; given back at its end. */
class TurnHold {
  public:
    TurnHold() = default;
    TurnHold(Turns *turns, std::string origin) : turns_(turns), origin_(std::move(origin)) {}
    TurnHold(TurnHold &&other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), origin_(std::move(other.origin_)) {}
    TurnHold &operator=(TurnHold &&other) noexcept {
        std::swap(turns_, other.turns_);
        std::swap(origin_, other.origin_);
        return *this;
    }
    ~TurnHold() {
        if (turns_ != nullptr)
            turns_->give_back(origin_);
    }

  private:
    Turns *turns_ = nullptr;
    std::string origin_;
};

/* Inside fetch/: one request with all its hops and tries. */
struct Flight {
    /* What it waits for while it has no transfer. */
    enum class Stage {
        kPlan,   /* nothing: its hop is new */
        kFollow, /* another's request for the same */
        kAlone,  /* nothing: there was nothing for it in what it followed */
        kRobots, /* the robots.txt of its origin */
        kTurn,   /* the host's pace, or one of its connections */
        kRest,   /* the time before the next try */
        kWire    /* its transfer */
    };

    const Request *request = nullptr;
    std::unique_ptr<Request> own_request; /* of a request for robots.txt */
    std::size_t request_index = 0;
    std::string robots_name; /* not empty: whose robots.txt this is the request for */
    Hop hop;
    std::string first_url;
    int redirects = 0;
    int tries = 0; /* of this hop, failed */
    bool has_started = false;
    Clock::time_point started_at;
    Clock::duration queued{}; /* waiting for turns: no part of the request's time */
    RequestCost cost;

    Stage stage = Stage::kPlan;
    bool has_place = false;  /* counts against the limits of its run */
    Clock::time_point due;   /* when to look again at what it waits for */
    Clock::time_point since; /* when it began to wait */

    bool uses_cache = false; /* this hop */
    CacheKey key;
    CacheRules rules;
    std::int64_t asked_at_us = 0; /* when the hop was planned, since 1970 */
    std::optional<CachedResponse> to_confirm;
    std::unique_ptr<FlightPass> pass;

    TurnHold turn;
    Hop sent; /* the hop with the headers that ask to confirm what is stored */
    std::int64_t requested_at_us = 0;
    CURLcode result = CURLE_OK;
    std::unique_ptr<Transfer> transfer; /* refers to the sent hop: goes first */

    [[nodiscard]] bool is_for_robots() const noexcept { return !robots_name.empty(); }
};

} // namespace webwrap
