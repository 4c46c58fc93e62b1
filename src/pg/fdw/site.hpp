#pragma once

#include <string>

#include "core/fetch/request.hpp"
#include "pg/fdw/option_list.hpp"

namespace webwrap::pg {

/* What the options of a foreign server say about requests. No secrets: they come from user mappings. */
struct Site {
    Oid server = InvalidOid;
    std::string base_url;
    std::string user_agent;
    Access access;
    double requests_per_second = 0; /* 0: no limit */
    int max_retries = -1;           /* -1: webwrap.max_retries */
    std::optional<bool> respects_robots;
    std::optional<std::int64_t> cache_ttl_s;
    std::int64_t stale_while_revalidate_s = 0;

    /* The URL in full and in normal form: relative ones against base_url. */
    [[nodiscard]] std::string absolute(const std::string &url) const;
    /* Whether an absolute URL has the origin of base_url: only such requests carry credentials. */
    [[nodiscard]] bool contains(const std::string &url) const;
    /* Makes a request one in the site's manner, URL and secrets apart. */
    void prepare(Request &request) const;
};

[[nodiscard]] Site read_site(Oid server, const Options &server_options);

/* The site of a foreign server of ours. Raises where there is none or the user may not use it (42501). */
[[nodiscard]] Site read_site(const std::string &server_name, Oid user);

/* The site's access with the secrets that the user's mapping holds, or else the mapping for PUBLIC, maybe none. Throws
 * where the site has a renderer and the mapping has credentials. */
[[nodiscard]] Access personal_access(const Site &site, Oid user);

} // namespace webwrap::pg
