#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webwrap {

/* An absolute http or https URL in the normal form of the URL standard (url.spec.whatwg.org), without its fragment. */
struct Url {
    std::string text;     /* scheme://[userinfo@]host[:port]/path[?query] */
    std::string scheme;   /* "http" or "https" */
    std::string userinfo; /* "user" or "user:password"; empty but for what resolve_link gives */
    std::string host;     /* lower case, IDNA in ASCII, brackets kept around IPv6 literals */
    int port = 0;         /* explicit or the scheme's default */
    std::string path;
    std::string query;      /* without '?', empty when absent */
    bool has_query = false; /* tells "x?" from "x" */

    [[nodiscard]] std::string origin() const { return scheme + "://" + host + ":" + std::to_string(port); }
};

/* Hosts come out as they are looked up: IDNA in ASCII, numeric forms of IPv4 (2130706433, 0x7f.1) as four decimal
 * numbers, IPv6 in canonical form. Throws kInvalidUrl for anything but http and https, for credentials in the URL
 * (which no message repeats), control characters and bad syntax. Linear. */
[[nodiscard]] Url parse_url(std::string_view text);

/* Resolves a reference against a base as browsers do (URL standard, basic URL parser): controls and blanks at the ends
 * and line breaks and tabs inside are removed, backslashes are slashes. Throws as parse_url, but for control characters:
 * they are percent-encoded. */
[[nodiscard]] Url resolve_url(const Url &base, std::string_view reference);

/* What a link of a page points to, credentials included: for showing, not for fetching. Nothing when it is no http or
 * https URL, or relative and `base` is null. */
[[nodiscard]] std::optional<Url> resolve_link(const Url *base, std::string_view reference);

/* The scheme of an absolute URL in lower case ("mailto"); empty for a relative reference. */
[[nodiscard]] std::string scheme_of(std::string_view reference);

/* The text percent-encoded for use inside a query value or path segment. */
[[nodiscard]] std::string percent_encode(std::string_view text);

} // namespace webwrap
