#pragma once

#include <string>

#include "core/base/limits.hpp"
#include "core/fetch/client.hpp"
#include "pg/fdw/site.hpp"

namespace webwrap::pg {

/* What the options of a call of fetch or fetch_many say: about its requests, and limits that they narrow. */
struct FetchOptions {
    Request request; /* all but the URL and the secrets of a user mapping */
    Limits limits;
    std::string query; /* to be added to each URL */
    std::optional<Site> site;
    Access personal;            /* for URLs of the site */
    bool has_own_proxy = false; /* that the call gives, not its server */
};

/* Throws kInvalidOption; raises 42501 for a server that the current user may not use. */
[[nodiscard]] FetchOptions read_fetch_options(const std::string &json_text);

/* The request for one URL; one that is relative is resolved against the site's base_url. Throws kInvalidUrl. */
[[nodiscard]] Request request_for(const FetchOptions &options, const std::string &url);

} // namespace webwrap::pg
