#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webwrap::pg {

/* The body with this hash in webwrap.body, or nothing. Throws kCorrupted when it does not match its hash. */
[[nodiscard]] std::optional<std::string> stored_body(std::string_view hash);

} // namespace webwrap::pg
