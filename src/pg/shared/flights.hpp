#pragma once

#include "core/fetch/services.hpp"
#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* Names one flight from outside of its process: the background writer ends the flights whose responses it has stored. */
struct FlightName {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0; /* 0: none */
};

/* Joins the flight for a key in the current database, or begins it. */
[[nodiscard]] std::unique_ptr<FlightPass> join_flight(const CacheKey &key);

/* Takes a leader's flight over for the writer: from now on finish_flight ends it. None for a pass that leads nothing. */
[[nodiscard]] FlightName hand_over_flight(FlightPass *pass) noexcept;

void finish_flight(const FlightName &name, bool is_stored) noexcept;

void release_flights_of_process() noexcept;

} // namespace webwrap::pg
