#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* An absolute http or https URL in normal form. */
struct Url {
    std::string text;   /* scheme://host[:port]/path[?query], fragment and credentials removed */
    std::string scheme; /* "http" or "https" */
    std::string host;   /* lower case, IDNA, brackets kept around IPv6 literals */
    int port = 0;       /* explicit or the scheme's default */
    std::string path;
    std::string query; /* without '?', empty when absent */

    [[nodiscard]] std::string origin() const { return scheme + "://" + host + ":" + std::to_string(port); }
};

/* Hosts come out as they are looked up: IDNA in ASCII, numeric forms of IPv4 (2130706433, 0x7f.1) as four decimal
 * numbers, IPv6 in canonical form. Throws kInvalidUrl for anything but http and https, for credentials in the URL
 * (which no message repeats), control characters and bad syntax. */
[[nodiscard]] Url parse_url(std::string_view text);

/* Resolves a reference against a base (RFC 3986 section 5.3) as browsers do: white space at the ends and line breaks
 * inside are removed. Throws as parse_url. */
[[nodiscard]] Url resolve_url(const Url &base, std::string_view reference);

/* The text percent-encoded for use inside a query value or path segment. */
[[nodiscard]] std::string percent_encode(std::string_view text);

} // namespace webwrap
