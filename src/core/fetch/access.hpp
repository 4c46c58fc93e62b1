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

/* A host that passes requests on. */
struct Proxy {
    std::string url = {}; /* http, https or socks5h; empty: none */
    std::string username = {};
    std::string password = {};
};

/* A host that loads pages in a browser and gives what came of them. */
struct Renderer {
    std::string url = {};          /* with {url} where the page's goes, percent-encoded; empty: none */
    std::string body = {};         /* of a POST, with {url}, escaped for JSON or percent-encoded; empty: GET */
    std::string content_type = {}; /* of the body; empty: application/json */
};

/* Who asks, and by which way the site is reached. */
struct Access {
    Credentials credentials = {};
    std::string ca_certificates = {}; /* PEM, trusted instead of the system's; empty: the system's. For every hop */
    std::shared_ptr<CookieJar> cookies = {}; /* null: no cookies are kept or sent */
    Proxy proxy = {};
    Renderer renderer = {};

    /* Another host than the site's own connects to it. */
    [[nodiscard]] bool has_helper() const noexcept { return !proxy.url.empty() || !renderer.url.empty(); }
    /* What may be asked of other sites than the one that the credentials are for. */
    [[nodiscard]] Access without_credentials() const;
};

/* A name that tells the way to the site from others, for the shared cache: by which proxy or renderer, and whose certificates
 * are trusted; empty for the usual one. */
[[nodiscard]] std::string name_of_way(const Access &access);

/* Reads "Name: value" lines; blank lines do not count. Throws kInvalidArgument for what first_hop would refuse, without
 * repeating a value. */
[[nodiscard]] Headers parse_header_lines(std::string_view lines);

/* Throw kInvalidArgument unless the text looks like PEM with at least one certificate, or one private key. The text
 * is never repeated. */
void check_certificates(std::string_view pem);
void check_private_key(std::string_view pem);

/* Throws kInvalidOption for a proxy of another kind, without a port or with credentials in it. */
void check_proxy(std::string_view url);

/* Throws kInvalidOption for templates that do not make a URL or have no place for the page's. */
void check_renderer(const Renderer &renderer);

/* Throws kInvalidOption for what does not go together: a renderer loads pages itself, so no secret, cookie or proxy of
 * ours can go with them. */
void check_combination(const Access &access);

} // namespace webwrap
