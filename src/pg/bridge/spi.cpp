#include <unordered_map>

#include "pg/bridge/spi.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "utils/snapmgr.h"
}

namespace webwrap::pg {

Parameter parameter(std::string_view text) { return {TEXTOID, text_datum(text)}; }

Parameter bytea_parameter(std::string_view bytes) { return {BYTEAOID, bytea_datum(bytes)}; }

Parameter oid_parameter(Oid oid) { return {OIDOID, ObjectIdGetDatum(oid)}; }

Parameter int4_parameter(std::int32_t number) { return {INT4OID, Int32GetDatum(number)}; }

Parameter int8_parameter(std::int64_t number) { return {INT8OID, Int64GetDatum(number)}; }

TrustedQueries::TrustedQueries() {
    GetUserIdAndSecContext(&caller_, &caller_security_);
    const int security = caller_security_;
    settings_level_ = call_pg([security] {
        const int level = NewGUCNestLevel();
        (void)set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
                                0, false);
        SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, security | SECURITY_LOCAL_USERID_CHANGE);
        (void)set_config_option("max_parallel_workers_per_gather", "0", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
                                true, 0, false);
        SPI_connect();
        /* In parallel mode no newer snapshot can be taken. */
        PushActiveSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot());
        return level;
    });
}

/* Only gives the identity back; stacks and settings are unwound by finish() or by abort. */
TrustedQueries::~TrustedQueries() { SetUserIdAndSecContext(caller_, caller_security_); }

void TrustedQueries::finish() {
    const int level = settings_level_;
    call_pg([level] {
        PopActiveSnapshot();
        SPI_finish();
        AtEOXact_GUC(true, level);
    });
}

std::uint64_t TrustedQueries::run(const char *sql, std::initializer_list<Parameter> parameters, bool is_read_only) {
    const Parameter *first = parameters.begin();
    const int count = static_cast<int>(parameters.size());
    return call_pg([sql, first, count, is_read_only] {
        Oid types[16];
        Datum values[16];
        char nulls[16];
        Assert(count <= 16);
        for (int i = 0; i < count; ++i) {
            types[i] = first[i].type;
            values[i] = first[i].value.datum;
            nulls[i] = first[i].value.is_null ? 'n' : ' ';
        }
        const int code = SPI_execute_with_args(sql, count, types, values, nulls, is_read_only, 0);
        if (code < 0)
            elog(ERROR, "query failed: %s", SPI_result_code_string(code));
        return SPI_processed;
    });
}

namespace {

constexpr int kMaxParameters = 16;

/* Plans by the address of their text, for the life of the process. */
SPIPlanPtr &kept_plan(const char *sql) {
    static constinit std::unordered_map<const char *, SPIPlanPtr> *plans = nullptr;
    if (plans == nullptr)
        plans = new std::unordered_map<const char *, SPIPlanPtr>();
    return (*plans)[sql];
}

} // namespace

std::uint64_t TrustedQueries::run_kept(const char *sql, std::initializer_list<Parameter> parameters,
                                       bool is_read_only) {
    const Parameter *first = parameters.begin();
    const int count = static_cast<int>(parameters.size());
    SPIPlanPtr *plan = &kept_plan(sql);
    return call_pg([=] {
        Oid types[kMaxParameters];
        Datum values[kMaxParameters];
        char nulls[kMaxParameters];
        Assert(count <= kMaxParameters);
        for (int i = 0; i < count; ++i) {
            types[i] = first[i].type;
            values[i] = first[i].value.datum;
            nulls[i] = first[i].value.is_null ? 'n' : ' ';
        }
        if (*plan == nullptr) {
            const SPIPlanPtr made = SPI_prepare(sql, count, types);
            if (made == nullptr || SPI_keepplan(made) != 0)
                elog(ERROR, "query failed: %s", SPI_result_code_string(SPI_result));
            *plan = made;
        }
        const int code = SPI_execute_plan(*plan, values, nulls, is_read_only, 0);
        if (code < 0)
            elog(ERROR, "query failed: %s", SPI_result_code_string(code));
        return SPI_processed;
    });
}

std::optional<std::string> TrustedQueries::text(std::uint64_t row, int column) const {
    const char *value = call_pg([row, column] {
        return const_cast<const char *>(SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column + 1));
    });
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::string> TrustedQueries::bytes(std::uint64_t row, int column) const {
    const std::optional<std::string_view> found = spi_bytes(row, column);
    return found ? std::optional<std::string>(*found) : std::nullopt;
}

std::optional<std::string_view> spi_bytes(std::uint64_t row, int column) {
    struct Bytes {
        const char *data;
        std::size_t size;
    };
    const Bytes found = call_pg([row, column] {
        bool is_null = false;
        const Datum value = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column + 1, &is_null);
        if (is_null)
            return Bytes{nullptr, 0};
        const struct varlena *plain = PG_DETOAST_DATUM_PACKED(value);
        return Bytes{VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
    });
    if (found.data == nullptr)
        return std::nullopt;
    return std::string_view(found.data, found.size);
}

} // namespace webwrap::pg
