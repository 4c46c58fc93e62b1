#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>

#include "core/fetch/flight.hpp"

namespace webwrap {

/* Inside fetch/: flights that have not been let in yet, taken in turn from all origins, none of which gets more than its
 * share. */
class OriginQueue {
  public:
    explicit OriginQueue(int max_per_origin) : max_per_origin_(std::max(max_per_origin, 1)) {}

    /* A flight that has begun goes before those that have not: its time is running. */
    void push(Flight *flight) {
        Origin &origin = origins_[flight->hop.url.origin()];
        if (flight->has_started)
            origin.waiting.push_front(flight);
        else
            origin.waiting.push_back(flight);
        list_if_ready(origin);
    }

    /* The next flight that may start now, or null; it counts against its origin until release(). */
    Flight *take() {
        if (ready_.empty())
            return nullptr;
        Origin &origin = *ready_.front();
        ready_.pop_front();
        origin.is_listed = false;
        Flight *flight = origin.waiting.front();
        origin.waiting.pop_front();
        ++origin.active;
        list_if_ready(origin);
        return flight;
    }

    void release(const Url &url) {
        Origin &origin = origins_.at(url.origin());
        --origin.active;
        list_if_ready(origin);
    }

  private:
    struct Origin {
        std::deque<Flight *> waiting;
        int active = 0;
        bool is_listed = false;
    };

    void list_if_ready(Origin &origin) {
        if (origin.is_listed || origin.waiting.empty() || origin.active >= max_per_origin_)
            return;
        ready_.push_back(&origin);
        origin.is_listed = true;
    }

    int max_per_origin_;
    std::unordered_map<std::string, Origin> origins_; /* its elements never move */
    std::deque<Origin *> ready_;
};

} // namespace webwrap
