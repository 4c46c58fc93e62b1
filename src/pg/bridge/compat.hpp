#pragma once

/* Differences between PostgreSQL 13 and 18; the only place that tests PG_VERSION_NUM. */

#include "pg/bridge/guard.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "common/base64.h"
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "optimizer/pathnode.h"
#include "utils/acl.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif
#if PG_VERSION_NUM >= 170000
#include "storage/dsm_registry.h"
#endif
}

namespace webwrap::pg {

inline void reserve_setting_prefix(const char *prefix) {
#if PG_VERSION_NUM >= 150000
    MarkGUCPrefixReserved(prefix);
#else
    EmitWarningsOnPlaceholders(prefix);
#endif
}

/* Calls the timer's handler every so often until it is disabled; before PostgreSQL 15 once. */
inline void start_periodic_timeout(TimeoutId timer, int interval_ms) {
#if PG_VERSION_NUM >= 150000
    enable_timeout_every(timer, TimestampTzPlusMilliseconds(GetCurrentTimestamp(), interval_ms), interval_ms);
#else
    enable_timeout_after(timer, interval_ms);
#endif
}

/* Base64 without line breaks; the length, or -1 when there is no room. */
inline int encode_base64(const char *source, int size, char *target, int room) {
#if PG_VERSION_NUM >= 180000
    return pg_b64_encode(reinterpret_cast<const uint8 *>(source), size, target, room);
#else
    return pg_b64_encode(source, size, target, room);
#endif
}

inline bool owns_relation(Oid relation, Oid role) {
#if PG_VERSION_NUM >= 160000
    return object_ownercheck(RelationRelationId, relation, role);
#else
    return pg_class_ownercheck(relation, role);
#endif
}

inline bool may_use_wrapper(Oid wrapper, Oid role) {
#if PG_VERSION_NUM >= 160000
    return object_aclcheck(ForeignDataWrapperRelationId, wrapper, role, ACL_USAGE) == ACLCHECK_OK;
#else
    return pg_foreign_data_wrapper_aclcheck(wrapper, role, ACL_USAGE) == ACLCHECK_OK;
#endif
}

/* Raises 42501 unless the role has USAGE on the foreign server. */
inline void check_server_usage(Oid server, Oid role, const char *name) {
#if PG_VERSION_NUM >= 160000
    const AclResult result = object_aclcheck(ForeignServerRelationId, server, role, ACL_USAGE);
#else
    const AclResult result = pg_foreign_server_aclcheck(server, role, ACL_USAGE);
#endif
    if (result != ACLCHECK_OK)
        aclcheck_error(result, OBJECT_FOREIGN_SERVER, name);
}

inline ForeignPath *make_foreign_path(PlannerInfo *root, RelOptInfo *relation, double rows, Cost startup, Cost total,
                                      Relids required_outer) {
#if PG_VERSION_NUM >= 180000
    return create_foreignscan_path(root, relation, nullptr, rows, 0, startup, total, NIL, required_outer, nullptr, NIL,
                                   NIL);
#elif PG_VERSION_NUM >= 170000
    return create_foreignscan_path(root, relation, nullptr, rows, startup, total, NIL, required_outer, nullptr, NIL,
                                   NIL);
#else
    return create_foreignscan_path(root, relation, nullptr, rows, startup, total, NIL, required_outer, nullptr, NIL);
#endif
}

/* The role whose privileges and user mapping a scan uses: a view's owner where the table stands in a view, or 0. */
inline Oid check_as_user(ForeignScan *plan, EState *estate) {
#if PG_VERSION_NUM >= 160000
    (void)estate;
    return plan->checkAsUser;
#else
    return exec_rt_fetch(plan->scan.scanrelid, estate)->checkAsUser;
#endif
}

/* A segment of dynamic shared memory that all backends of the cluster find by a name, made and initialised by the first
 * one that asks; it lives as long as the server. Before PostgreSQL 17 nobody keeps such names: a file does, in the folder
 * for temporary statistics. `is_ours` recognises a segment that it names. */
#if PG_VERSION_NUM >= 170000
inline void *attach_named_segment(const char *name, Size size, void (*initialize)(void *), bool (*)(const void *)) {
    bool is_found = false;
    return GetNamedDSMSegment(name, size, initialize, &is_found);
}
#else
void *attach_named_segment(const char *name, Size size, void (*initialize)(void *), bool (*is_ours)(const void *));
#endif

/* Prepares a set-returning function to return a tuplestore of the row type that the caller expects. */
inline void materialize_result(FunctionCallInfo fcinfo) {
#if PG_VERSION_NUM >= 150000
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
#else
    auto *info = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    if (info == nullptr || !IsA(info, ReturnSetInfo) || !(info->allowedModes & SFRM_Materialize) ||
        info->expectedDesc == nullptr)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("set-valued function called in context that cannot accept a set")));
    const MemoryContext caller = MemoryContextSwitchTo(info->econtext->ecxt_per_query_memory);
    info->returnMode = SFRM_Materialize;
    info->setDesc = CreateTupleDescCopy(info->expectedDesc);
    info->setResult = tuplestore_begin_heap((info->allowedModes & SFRM_Materialize_Random) != 0, false, work_mem);
    MemoryContextSwitchTo(caller);
#endif
}

} // namespace webwrap::pg
