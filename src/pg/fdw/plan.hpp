#pragma once

#include "core/fetch/url_template.hpp"
#include "pg/bridge/server.hpp"

extern "C" {
#include "foreign/fdwapi.h"
}

namespace webwrap::pg {

/* Planner callbacks: they read the catalogs, never the network. */
void get_relation_size(PlannerInfo *root, RelOptInfo *relation, Oid table);
void get_paths(PlannerInfo *root, RelOptInfo *relation, Oid table);
ForeignScan *get_plan(PlannerInfo *root, RelOptInfo *relation, Oid table, ForeignPath *path, List *target_list,
                      List *clauses, Plan *outer_plan);

/* Evaluates the conditions that fill the URL's parameters, prepared by get_plan. */
[[nodiscard]] UrlParameters evaluate_parameters(ForeignScanState *scan, List *expressions);

/* Which of the table's columns the query asks for. */
[[nodiscard]] std::vector<bool> asked_columns(ForeignScan *plan, std::size_t count);

/* Names of the parameters that WHERE fills, for EXPLAIN. */
[[nodiscard]] std::vector<std::string> pushed_parameters(ForeignScan *plan);

} // namespace webwrap::pg
