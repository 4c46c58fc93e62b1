#include "pg/bridge/spi.hpp"
#include "pg/bridge/compat.hpp"

extern "C" {
#include "executor/spi.h"
#include "foreign/foreign.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

/* The batch that an adaptation belongs to. */
struct Batch {
    std::int64_t batch = 0;
    Oid relation = InvalidOid;
};

/* Throws when there is no such adaptation, or when the caller does not own its table. Until the transaction ends nobody
 * else decides or learns about the table (record_learned takes the same lock). */
Batch find_batch(TrustedQueries &queries, std::int64_t id, Oid caller) {
    if (queries.run("SELECT batch, relation::oid FROM webwrap.adaptation WHERE id = $1", {int8_parameter(id)}, true) ==
        0)
        throw Error(ErrorKind::kInvalidArgument, "there is no adaptation " + std::to_string(id), {},
                    "webwrap.adaptation lists them.");
    const Batch found{std::stoll(queries.text(0, 0).value()), static_cast<Oid>(std::stoul(queries.text(0, 1).value()))};
    if (!call_pg([&found, caller] { return owns_relation(found.relation, caller); }))
        throw Error(ErrorKind::kForbidden, "must be owner of the foreign table of adaptation " + std::to_string(id));
    queries.run("SELECT pg_advisory_xact_lock('webwrap.adaptation'::regclass::oid::int, $1::int)",
                {oid_parameter(found.relation)}, false);
    return found;
}

/* The new XPath of one pattern of a batch, to be written into the options. */
struct OptionChange {
    std::optional<std::string> column; /* nothing for the row pattern */
    std::string xpath;
};

std::vector<OptionChange> changes_of(TrustedQueries &queries, std::int64_t batch) {
    const std::uint64_t count =
        queries.run("SELECT column_name, new_xpath FROM webwrap.adaptation WHERE batch = $1 ORDER BY id",
                    {int8_parameter(batch)}, true);
    std::vector<OptionChange> changes;
    for (std::uint64_t row = 0; row < count; ++row)
        changes.push_back({queries.text(row, 0), queries.text(row, 1).value()});
    return changes;
}

/* Whether the table, or the column, has an option. */
bool has_option(Oid relation, const char *column, const char *name) {
    return call_pg([relation, column, name] {
        List *options = column == nullptr ? GetForeignTable(relation)->options
                                          : GetForeignColumnOptions(relation, get_attnum(relation, column));
        ListCell *cell = nullptr;
        foreach (cell, options)
            if (strcmp(lfirst_node(DefElem, cell)->defname, name) == 0)
                return true;
        return false;
    });
}

/* The clause that puts an XPath in the place of the XPath or selector of a pattern. */
std::string option_clause(Oid relation, const OptionChange &change) {
    const char *column = change.column ? change.column->c_str() : nullptr;
    const char *xpath = change.xpath.c_str();
    const char *css_name = column == nullptr ? "rows_css" : "css";
    const char *name = column == nullptr ? "rows" : "xpath";
    const bool is_css = has_option(relation, column, css_name);
    std::string clause = " OPTIONS (";
    clause += is_css ? std::string("DROP ") + css_name + ", ADD " : std::string("SET ");
    clause +=
        std::string(name) + " " + call_pg([xpath] { return const_cast<const char *>(quote_literal_cstr(xpath)); });
    return clause + ")";
}

/* ALTER FOREIGN TABLE as the caller, with the checks and hooks that it brings. */
void write_options(Oid relation, const std::vector<OptionChange> &changes) {
    std::string sql = "ALTER FOREIGN TABLE ";
    sql += call_pg([relation] {
        return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation));
    });
    for (std::size_t i = 0; i < changes.size(); ++i) {
        sql += i == 0 ? " " : ", ";
        if (changes[i].column) {
            const char *column = changes[i].column->c_str();
            sql += std::string("ALTER COLUMN ") + call_pg([column] { return quote_identifier(column); });
        }
        sql += option_clause(relation, changes[i]);
    }
    const char *text = sql.c_str();
    call_pg([text] {
        SPI_connect();
        if (SPI_execute(text, false, 0) != SPI_OK_UTILITY)
            elog(ERROR, "could not write options");
        SPI_finish();
    });
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_revert) {
    const Oid caller = GetUserId();
    TrustedQueries queries;
    const Batch batch = find_batch(queries, fcinfo->args[0].value, caller);
    const std::uint64_t reverted =
        queries.run("UPDATE webwrap.adaptation SET status = 'reverted' WHERE batch = $1 AND status <> 'reverted'",
                    {int8_parameter(batch.batch)}, false);
    /* The state before comes back where nothing newer is in use. */
    queries.run("UPDATE webwrap.adaptation a SET status = 'active' WHERE a.relation = $1 AND a.batch = "
                "(SELECT max(b.batch) FROM webwrap.adaptation b WHERE b.relation = $1 AND b.status = 'superseded') "
                "AND NOT EXISTS (SELECT FROM webwrap.adaptation c WHERE c.relation = $1 "
                "AND c.status IN ('active', 'approved'))",
                {oid_parameter(batch.relation), int8_parameter(batch.batch)}, false);
    queries.finish();
    return Int32GetDatum(static_cast<int32>(reverted));
}

WEBWRAP_SQL_FUNCTION(webwrap_approve) {
    const Oid caller = GetUserId();
    const bool writes_options = DatumGetBool(fcinfo->args[1].value);
    std::vector<OptionChange> changes;
    Batch batch;
    std::uint64_t approved = 0;
    {
        TrustedQueries queries;
        batch = find_batch(queries, fcinfo->args[0].value, caller);
        queries.run("UPDATE webwrap.adaptation SET status = 'superseded' WHERE relation = $1 AND batch <> $2 "
                    "AND status IN ('active', 'approved')",
                    {oid_parameter(batch.relation), int8_parameter(batch.batch)}, false);
        approved = queries.run("UPDATE webwrap.adaptation SET status = 'approved' WHERE batch = $1",
                               {int8_parameter(batch.batch)}, false);
        changes = changes_of(queries, batch.batch);
        queries.finish();
    }
    if (writes_options)
        write_options(batch.relation, changes);
    return Int32GetDatum(static_cast<int32>(approved));
}
