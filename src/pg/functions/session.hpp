#pragma once

#include <memory>
#include <string>

#include "core/fetch/cookie_jar.hpp"

namespace webwrap::pg {

/* The cookies of the current role's session of that name; they live as long as the backend, at most 100 jars of them. */
[[nodiscard]] std::shared_ptr<CookieJar> session_cookies(const std::string &name);

} // namespace webwrap::pg
