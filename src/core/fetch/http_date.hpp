#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace webwrap {

/* Unix seconds of a date in one of the three forms of HTTP (RFC 9110 section 5.6.7), or nothing when it is none. Names are
 * read in any case and days with one digit; the name of the day is not compared with the date. Zones other than GMT are
 * refused. `now_s` places years of two digits: at most 50 years ahead. */
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now_s);

/* The date as HTTP sends it today ("Sun, 06 Nov 1994 08:49:37 GMT"). Dates outside of years 0 to 9999 become the nearest
 * one inside. */
[[nodiscard]] std::string format_http_date(std::int64_t unix_s);

} // namespace webwrap
