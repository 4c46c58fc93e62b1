#pragma once

#include "pg/bridge/server.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace webwrap::pg {

/* The statements that make a foreign table of each list of the page that option url names; a list of C strings. Fetches the
 * page as a scan by the current user would. A notice says which lists are left out and why, and when there is none. */
[[nodiscard]] List *import_schema(ImportForeignSchemaStmt *statement, Oid server);

} // namespace webwrap::pg
