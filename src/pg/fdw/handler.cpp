#include "pg/fdw/record_scan.hpp"
#include "pg/fdw/scan.hpp"
#include "pg/fdw/import.hpp"
#include "pg/fdw/plan.hpp"
#include "pg/bridge/compat.hpp"
#include "pg/bridge/memory.hpp"

extern "C" {
#include "commands/explain.h"
#if __has_include("commands/explain_format.h")
#include "commands/explain_format.h"
#endif
#include "executor/executor.h"
#include "foreign/fdwapi.h"
#include "utils/rel.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

/* State of one scan node; in the query's memory context. */
struct ScanState {
    DocumentScan *scan = nullptr; /* made with the first row asked for */
    List *parameters = NIL;       /* expression states */
    Oid role = InvalidOid;        /* whose user mapping counts: who opened a cursor, not who reads it */
    bool is_started = false;
};

Oid role_of(ForeignScanState *node) {
    const Oid role = check_as_user(reinterpret_cast<ForeignScan *>(node->ss.ps.plan), node->ss.ps.state);
    return OidIsValid(role) ? role : GetUserId();
}

void begin_scan(ForeignScanState *node, int flags) {
    auto *plan = reinterpret_cast<ForeignScan *>(node->ss.ps.plan);
    auto *state = static_cast<ScanState *>(palloc0(sizeof(ScanState)));
    node->fdw_state = state;
    state->role = role_of(node);
    if (!(flags & EXEC_FLAG_EXPLAIN_ONLY))
        state->parameters = ExecInitExprList(plan->fdw_exprs, &node->ss.ps);
}

void start_scan(ForeignScanState *node, ScanState *state) {
    if (state->scan == nullptr) {
        const MemoryContext context = node->ss.ps.state->es_query_cxt;
        TableDefinition table = read_table(RelationGetRelid(node->ss.ss_currentRelation));
        auto *plan = reinterpret_cast<ForeignScan *>(node->ss.ps.plan);
        if (table.format == DocumentFormat::kHtml)
            state->scan = make_in_context<TableScan>(context, std::move(table), node, state->role);
        else
            state->scan = make_in_context<RecordScan>(context, std::move(table), node, state->role,
                                                      asked_columns(plan, table.attributes.size()));
    }
    state->scan->start(evaluate_parameters(node, state->parameters));
    state->is_started = true;
}

TupleTableSlot *next_row(ForeignScanState *node) {
    auto *state = static_cast<ScanState *>(node->fdw_state);
    if (!state->is_started)
        start_scan(node, state);
    TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
    if (!state->scan->next_row())
        call_pg([slot] { ExecClearTuple(slot); });
    return slot;
}

void end_scan(ForeignScanState *node) {
    auto *state = static_cast<ScanState *>(node->fdw_state);
    if (state != nullptr && state->scan != nullptr)
        state->scan->finish();
}

void explain_text(ExplainState *es, const char *label, const std::string &text) {
    const char *value = text.c_str();
    call_pg([es, label, value] { ExplainPropertyText(label, value, es); });
}

void explain_count(ExplainState *es, const char *label, const char *unit, std::int64_t count) {
    call_pg([es, label, unit, count] { ExplainPropertyInteger(label, unit, count, es); });
}

void explain_time(ExplainState *es, const char *label, double milliseconds) {
    call_pg([es, label, milliseconds] { ExplainPropertyFloat(label, "ms", milliseconds, 3, es); });
}

std::string cache_policy_text(const TableDefinition &table) {
    std::string text =
        table.site.cache_ttl_s ? "ttl " + std::to_string(*table.site.cache_ttl_s) + " s" : "as the site says";
    if (table.site.stale_while_revalidate_s > 0)
        text += ", stale while revalidated for " + std::to_string(table.site.stale_while_revalidate_s) + " s";
    return text;
}

/* What the table's options say; fetches nothing. */
void explain_definition(ForeignScanState *node, ExplainState *es, const TableDefinition &table) {
    explain_text(es, "URL Template",
                 table.site.base_url + (table.site.base_url.empty() ? "" : " + ") + table.url.text());
    if (table.format != DocumentFormat::kHtml)
        explain_text(es, "Format", document_format_name(table.format));
    if (table.next_page.empty())
        explain_count(es, "URLs", nullptr, table.url.count());
    else
        explain_text(es, "Next Page", table.next_page);
    std::string pushed;
    for (const std::string &name : pushed_parameters(reinterpret_cast<ForeignScan *>(node->ss.ps.plan)))
        pushed += (pushed.empty() ? "" : ", ") + name;
    if (!pushed.empty())
        explain_text(es, "URL Parameters", pushed);
    if (es->verbose && table.wrapper.rows)
        explain_text(es, "Row XPath", table.wrapper.rows->xpath);
    explain_text(es, "Cache", cache_policy_text(table));
    if (table.format != DocumentFormat::kHtml)
        return; /* records are read by name: nothing adapts */
    explain_text(es, "Adaptation", table.adapts ? "on" : "off");
    if (const std::string settings = adaptation_settings_text(table); table.adapts && !settings.empty())
        explain_text(es, "Adaptation Settings", settings);
    if (const std::string flow = flow_text(table); !flow.empty())
        explain_text(es, "Flow", flow);
}

void explain_scan(ForeignScanState *node, ExplainState *es) {
    const TableDefinition table = read_table(RelationGetRelid(node->ss.ss_currentRelation));
    explain_definition(node, es, table);
    const bool has_flow = !table.flow.empty();
    const auto *state = static_cast<const ScanState *>(node->fdw_state);
    if (!es->analyze || state == nullptr)
        return;
    const ScanStatistics done = state->scan == nullptr ? ScanStatistics{} : state->scan->statistics();
    explain_count(es, "Requests", nullptr, done.requests);
    explain_count(es, "Cache Hits", nullptr, done.cache_hits);
    explain_count(es, "Confirmed", nullptr, done.confirmed);
    explain_count(es, "Stale", nullptr, done.stale);
    explain_count(es, "Bytes Received", "B", done.bytes);
    explain_count(es, "Pages", nullptr, done.pages);
    if (table.format == DocumentFormat::kHtml)
        explain_count(es, "Adaptations", nullptr, done.adaptations);
    if (has_flow) {
        explain_count(es, "Hops", nullptr, done.hops);
        explain_count(es, "Pages from Snapshots", nullptr, done.stale_pages);
    }
    if (es->timing) {
        explain_time(es, "Fetch Time", done.fetch_ms);
        explain_time(es, "Wait Time", done.waited_ms);
    }
}

FdwRoutine *make_routine() {
    FdwRoutine *routine = makeNode(FdwRoutine);
    routine->GetForeignRelSize = [](PlannerInfo *root, RelOptInfo *relation, Oid table) {
        guard([=] { get_relation_size(root, relation, table); });
    };
    routine->GetForeignPaths = [](PlannerInfo *root, RelOptInfo *relation, Oid table) {
        guard([=] { get_paths(root, relation, table); });
    };
    routine->GetForeignPlan = [](PlannerInfo *root, RelOptInfo *relation, Oid table, ForeignPath *path, List *targets,
                                 List *clauses, Plan *outer) {
        return guard([=] { return get_plan(root, relation, table, path, targets, clauses, outer); });
    };
    routine->BeginForeignScan = begin_scan;
    routine->IterateForeignScan = [](ForeignScanState *node) { return guard([=] { return next_row(node); }); };
    routine->ReScanForeignScan = [](ForeignScanState *node) {
        static_cast<ScanState *>(node->fdw_state)->is_started = false;
    };
    routine->EndForeignScan = [](ForeignScanState *node) { guard([=] { end_scan(node); }); };
    routine->ExplainForeignScan = [](ForeignScanState *node, ExplainState *es) {
        guard([=] { explain_scan(node, es); });
    };
    routine->ImportForeignSchema = [](ImportForeignSchemaStmt *statement, Oid server) {
        return guard([=] { return import_schema(statement, server); });
    };
    return routine;
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_fdw_handler) {
    return PointerGetDatum(call_pg([] { return make_routine(); }));
}
