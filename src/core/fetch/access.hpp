#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/fetch/headers.hpp"

namespace webwrap {

class CookieJar;

/* What proves to a site who asks. It goes to the origin of the request only: a redirect to another origin drops it for
 * good, also when a later hop leads back. */
struct Credentials {
    Headers headers = {};                 /* sent as they are, unless the request has a header of that name itself */
    std::string client_certificate = {};  /* PEM, maybe with the certificates that lead to its authority */
    std::string client_key = {};          /* PEM */
    std::string client_key_password = {}; /* of an encrypted key */
    std::string identity =
        {}; /* tells them from others in the shared cache and gives none of them away; empty: not shared */

    [[nodiscard]] bool empty() const noexcept { return headers.empty() && client_certificate.empty(); }
};

/* Who asks, and by which way the site is reached. */
struct Access {
    Credentials credentials = {};
    std::string ca_certificates = {}; /* PEM, trusted instead of the system's; empty: the system's. For every hop */
    std::shared_ptr<CookieJar> cookies = {}; /* null: no cookies are kept or sent */
    std::string identity = {};               /* tells the way from others in the shared cache; empty: the usual one */
};

/* Reads "Name: value" lines; blank lines do not count. Throws kInvalidArgument for what first_hop would refuse, without
 * repeating a value. */
[[nodiscard]] Headers parse_header_lines(std::string_view lines);

/* Throw kInvalidArgument unless the text looks like PEM with at least one certificate, or one private key. The text
 * is never repeated. */
void check_certificates(std::string_view pem);
void check_private_key(std::string_view pem);

} // namespace webwrap
