#include "pg/functions/session.hpp"

#include "pg/bridge/values.hpp"

using namespace webwrap;
using namespace webwrap::pg;

namespace {

constexpr std::size_t kMaxJars = 100;

CookieJars &jars() {
    /* Never destroyed: a backend may leave through exit() at any time. */
    static constinit CookieJars *kept = nullptr;
    if (kept == nullptr)
        kept = new CookieJars(kMaxJars);
    return *kept;
}

/* SET ROLE must not inherit what another role is logged in to. */
std::string key_of(const std::string &name) {
    return std::to_string(call_pg([] { return GetUserId(); })) + ":" + name;
}

} // namespace

namespace webwrap::pg {

std::shared_ptr<CookieJar> session_cookies(const std::string &name) { return jars().open(key_of(name)); }

} // namespace webwrap::pg

WEBWRAP_SQL_FUNCTION(webwrap_end_session) {
    return BoolGetDatum(jars().end(key_of(std::string(text_argument(fcinfo, 0)))));
}
