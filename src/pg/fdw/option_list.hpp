#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/bridge/server.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace webwrap::pg {

/* Options of one object, in catalog order. */
using Options = std::vector<std::pair<std::string, std::string>>;

/* A list of DefElem as texts. */
[[nodiscard]] Options options_of(List *list);

/* The value, or null when the option is not given. */
[[nodiscard]] const std::string *find_option(const Options &options, std::string_view name);

/* Checks what IMPORT FOREIGN SCHEMA was given; throws as the validator does for other objects. */
void check_import_options(const Options &options);

} // namespace webwrap::pg
