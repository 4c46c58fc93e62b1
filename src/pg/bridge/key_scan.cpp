#include <span>

#include "pg/bridge/key_scan.hpp"

#include "pg/bridge/compat.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/memory.hpp"

extern "C" {
#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace webwrap::pg {

namespace {

/* One row's fields as the server has them; the next row lies behind `next`. */
struct RawRow {
    RawRow *next;
    struct varlena *fields[8];
};

RawRow *read_rows(Oid table, Oid index, const int *columns, int count, struct varlena *key, KeyScanView view) {
    Relation relation = table_open(table, NoLock);
    ScanKeyData condition;
    ScanKeyInit(&condition, 1, BTEqualStrategyNumber, F_BYTEAEQ, PointerGetDatum(key));
    /* In parallel mode no newer snapshot can be taken. */
    const bool is_active = view == KeyScanView::kStatement || IsInParallelMode();
    Snapshot snapshot = RegisterSnapshot(is_active ? GetActiveSnapshot() : GetLatestSnapshot());
    SysScanDesc scan = systable_beginscan(relation, index, true, snapshot, 1, &condition);
    RawRow *rows = nullptr;
    while (HeapTuple tuple = systable_getnext(scan)) {
        auto *row = static_cast<RawRow *>(palloc0(sizeof(RawRow)));
        for (int i = 0; i < count; ++i) {
            bool is_null = false;
            const Datum value = heap_getattr(tuple, columns[i], RelationGetDescr(relation), &is_null);
            if (is_null)
                continue;
            if (TupleDescAttr(RelationGetDescr(relation), columns[i] - 1)->atttypid == INT8OID)
                row->fields[i] = cstring_to_text(psprintf(INT64_FORMAT, DatumGetInt64(value)));
            else
                row->fields[i] = pg_detoast_datum_copy(reinterpret_cast<struct varlena *>(DatumGetPointer(value)));
        }
        row->next = rows;
        rows = row;
    }
    systable_endscan(scan);
    UnregisterSnapshot(snapshot);
    table_close(relation, NoLock);
    return rows;
}

} // namespace

std::vector<RowFields> rows_by_key(const KeyScan &scan, std::string_view key, KeyScanView view) {
    const ScratchMemory scratch;
    const int *columns = scan.columns.data();
    const int count = static_cast<int>(scan.columns.size());
    const char *table_name = scan.table;
    const char *index_name = scan.index;
    const RawRow *rows = call_pg([=] {
        const Oid schema = get_namespace_oid("webwrap", true);
        const Oid table = OidIsValid(schema) ? get_relname_relid(table_name, schema) : InvalidOid;
        const Oid index = OidIsValid(schema) ? get_relname_relid(index_name, schema) : InvalidOid;
        if (!OidIsValid(table) || !OidIsValid(index))
            return static_cast<RawRow *>(nullptr);
        if (view == KeyScanView::kStatement)
            LockRelationOid(table, AccessShareLock);
        else if (!ConditionalLockRelationOid(table, AccessShareLock))
            return static_cast<RawRow *>(nullptr);
        auto *value = static_cast<struct varlena *>(palloc(VARHDRSZ + key.size()));
        SET_VARSIZE(value, VARHDRSZ + key.size());
        memcpy(VARDATA(value), key.data(), key.size());
        RawRow *found = read_rows(table, index, columns, count, value, view);
        UnlockRelationOid(table, AccessShareLock);
        return found;
    });
    std::vector<RowFields> result;
    for (; rows != nullptr; rows = rows->next) {
        RowFields &fields = result.emplace_back();
        for (int i = 0; i < count; ++i) {
            const struct varlena *field = rows->fields[i];
            if (field == nullptr)
                fields.emplace_back();
            else
                fields.emplace_back(std::string(VARDATA_ANY(field), VARSIZE_ANY_EXHDR(field)));
        }
    }
    return result;
}

} // namespace webwrap::pg
