#pragma once

/* What backends hand over to the background writer of their database without waiting for it: responses for the shared
 * cache, lines for the request log. */

#include <initializer_list>

#include "pg/shared/flights.hpp"
#include "pg/shared/segment.hpp"

namespace webwrap::pg {

enum class MessageKind : std::uint32_t {
    kResponse, /* JSON for webwrap.record_response, the body */
    kRenewal,  /* JSON for webwrap.renew_response */
    kLog       /* JSON for webwrap.record_requests */
};

/* Hands a message over; a flight that comes with it ends when the writer has stored the message, or dropped it. False when
 * nobody will: on a standby, without a free worker slot, or with too much (64 MB) waiting already. */
[[nodiscard]] bool post(MessageKind kind, std::initializer_list<std::string_view> parts, const FlightName &flight);

/* The writer's side. */

struct Message {
    dsa_pointer next;
    MessageKind kind;
    FlightName flight;
    std::uint32_t part_sizes[2];

    [[nodiscard]] const char *bytes() const { return reinterpret_cast<const char *>(this + 1); }
    [[nodiscard]] std::string_view part(int number) const {
        return {bytes() + (number == 0 ? 0 : part_sizes[0]), part_sizes[number]};
    }
};

/* Makes this process the writer of its database; false when there is one. */
[[nodiscard]] bool enlist_writer();
/* The messages that wait, oldest first, at most `most`. */
[[nodiscard]] std::vector<dsa_pointer> take_messages(std::size_t most);
[[nodiscard]] const Message &message_at(dsa_pointer address);
void drop_message(dsa_pointer address, bool is_stored) noexcept;
/* Ends this process's time as the writer; false when something has come meanwhile and `even_if_busy` is not set. */
bool retire_writer(bool even_if_busy) noexcept;

} // namespace webwrap::pg
