#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace webwrap {

/* Options of a call that become a query or a body. */

/* Parses JSON so that numbers keep the digits that they are written with: one that a machine number may not hold exactly
 * becomes bytes (json's binary type). Throws kInvalidArgument, also for numbers beyond 1e308. */
[[nodiscard]] nlohmann::json parse_exact_json(std::string_view text);

/* The value as JSON text, exactly as parse_exact_json has read it. */
[[nodiscard]] std::string exact_json_text(const nlohmann::json &value);

/* An object of texts, numbers, booleans and arrays of them, one pair for each value, sorted by name:
 * application/x-www-form-urlencoded in UTF-8 (URL standard, section 5), or as a query, with %20 for a blank. Throws
 * kInvalidOption, naming option and member, never a value. */
[[nodiscard]] std::string form_text(const std::string &option, const nlohmann::json &members);
[[nodiscard]] std::string query_text(const std::string &option, const nlohmann::json &members);

/* The URL with `query` behind the one that it has, before its fragment. */
[[nodiscard]] std::string with_query(std::string_view url, std::string_view query);

} // namespace webwrap
