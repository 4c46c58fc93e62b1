#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace webwrap::pg {

/* The body with this hash in webwrap.body, or nothing. Throws kCorrupted when it does not match its hash. */
[[nodiscard]] std::optional<std::string> stored_body(std::string_view hash);

/* The same as the running statement sees it, for many bodies in a row: prefixes are kept for the next ones. */
[[nodiscard]] std::optional<std::string> stored_body_in_statement(std::string_view hash);

/* A body that is the prefix of many, kept in the session's memory (32 MB at most of all of them); null when there is
 * none with that hash, or when it has a prefix itself. */
[[nodiscard]] std::shared_ptr<const std::string> stored_prefix(std::string_view hash);

} // namespace webwrap::pg
