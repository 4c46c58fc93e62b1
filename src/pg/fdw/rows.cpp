#include <algorithm>

#include "core/base/text.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/fdw/rows.hpp"

extern "C" {
#include "access/tupdesc.h"
#include "access/xact.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace webwrap::pg {

struct RowBuilder::Converter {
    FmgrInfo input;
    Oid io_parameter;
    int32 type_modifier;
};

struct RowBuilder::Check {
    const char *name;
    ExprState *state;
};

RowBuilder::RowBuilder(const TableDefinition &table, ForeignScanState *scan)
    : table_(table), scan_(scan), attribute_count_(static_cast<int>(table.attributes.size())) {
    context_ = scan->ss.ps.state->es_query_cxt;
    prepare_converters();
    prepare_checks();
}

/* The contexts belong to the query. */
RowBuilder::~RowBuilder() = default;

void RowBuilder::prepare_converters() {
    const TupleDesc row_type = scan_->ss.ss_ScanTupleSlot->tts_tupleDescriptor;
    const MemoryContext context = context_;
    const int count = attribute_count_;
    struct Prepared {
        Converter *converters;
        MemoryContext page_context;
    };
    const Prepared prepared = call_pg([row_type, context, count] {
        Prepared made;
        made.converters = static_cast<Converter *>(
            MemoryContextAllocZero(context, sizeof(Converter) * static_cast<std::size_t>(Max(count, 1))));
        made.page_context = AllocSetContextCreate(context, "webwrap page", ALLOCSET_DEFAULT_SIZES);
        for (int i = 0; i < count; ++i) {
            const Form_pg_attribute attribute = TupleDescAttr(row_type, i);
            if (attribute->attisdropped)
                continue;
            Oid input = InvalidOid;
            getTypeInputInfo(attribute->atttypid, &input, &made.converters[i].io_parameter);
            fmgr_info_cxt(input, &made.converters[i].input, context);
            made.converters[i].type_modifier = attribute->atttypmod;
        }
        return made;
    });
    converters_ = prepared.converters;
    page_context_ = prepared.page_context;
}

void RowBuilder::prepare_checks() {
    const Relation relation = scan_->ss.ss_currentRelation;
    const TupleConstr *constraints = RelationGetDescr(relation)->constr;
    if (constraints == nullptr || constraints->num_check == 0)
        return;
    EState *estate = scan_->ss.ps.state;
    check_count_ = constraints->num_check;
    const int count = check_count_;
    const MemoryContext context = context_;
    checks_ = call_pg([constraints, estate, count, context] {
        const MemoryContext caller = MemoryContextSwitchTo(context);
        auto *checks = static_cast<Check *>(palloc0(sizeof(Check) * static_cast<std::size_t>(count)));
        for (int i = 0; i < count; ++i) {
            checks[i].name = pstrdup(constraints->check[i].ccname);
            checks[i].state = ExecPrepareExpr(static_cast<Expr *>(stringToNode(constraints->check[i].ccbin)), estate);
        }
        MemoryContextSwitchTo(caller);
        return checks;
    });
}

std::string page_value(const PageFacts &facts, std::string_view name, std::size_t row) {
    if (name == "url")
        return facts.url;
    if (name == "page_number")
        return std::to_string(facts.number);
    if (name == "row_number")
        return std::to_string(row + 1);
    if (name == "adapted")
        return facts.is_adapted ? "true" : "false";
    if (name == "stale")
        return facts.is_stale ? "true" : "false";
    const TimestampTz fetched_at = facts.fetched_at;
    return call_pg([fetched_at] { return timestamptz_to_str(fetched_at); });
}

/* Input text of every cell, row by row; null pointers are NULLs. `kept` owns the texts that no record owns. */
std::vector<const char *> RowBuilder::cell_texts(const Extraction &extraction, const PageFacts &facts,
                                                 std::vector<std::string> &kept) const {
    std::vector<const char *> texts;
    texts.reserve(extraction.records.size() * table_.attributes.size());
    kept.reserve(extraction.records.size() * table_.attributes.size());
    for (std::size_t row = 0; row < extraction.records.size(); ++row) {
        for (const AttributeSource &source : table_.attributes) {
            const char *text = nullptr;
            if (source.kind == AttributeSource::Kind::kColumn) {
                const Cell &cell = extraction.records[row].cells[source.column];
                text = cell.value ? cell.value->c_str() : nullptr;
            } else if (source.kind == AttributeSource::Kind::kParameter) {
                const auto found = facts.parameters.find(source.name);
                if (found != facts.parameters.end())
                    text = found->second.front().c_str();
            } else if (source.kind == AttributeSource::Kind::kPage) {
                kept.push_back(page_value(facts, source.name, row));
                text = kept.back().c_str();
            }
            texts.push_back(text);
        }
    }
    return texts;
}

/* Runs the types' input functions; on a server error `row` and `attribute` tell where. */
void RowBuilder::convert(const char *const *texts, std::size_t rows, std::size_t *row, int *attribute) const {
    for (*row = 0; *row < rows; ++*row) {
        CHECK_FOR_INTERRUPTS();
        for (*attribute = 0; *attribute < attribute_count_; ++*attribute) {
            const std::size_t at =
                *row * static_cast<std::size_t>(attribute_count_) + static_cast<std::size_t>(*attribute);
            nulls_[at] = texts[at] == nullptr;
            Converter &converter = converters_[*attribute];
            if (!nulls_[at])
                values_[at] = InputFunctionCall(&converter.input, const_cast<char *>(texts[at]), converter.io_parameter,
                                                converter.type_modifier);
        }
    }
}

void RowBuilder::check(std::size_t rows, std::size_t *row, int *check) const {
    TupleTableSlot *slot = scan_->ss.ss_ScanTupleSlot;
    ExprContext *context = scan_->ss.ps.ps_ExprContext;
    for (*row = 0; *row < rows; ++*row) {
        put(*row);
        context->ecxt_scantuple = slot;
        for (*check = 0; *check < check_count_; ++*check)
            if (!ExecCheck(checks_[*check].state, context))
                return;
        ResetExprContext(context);
    }
    *check = -1;
}

void RowBuilder::put(std::size_t row) const {
    TupleTableSlot *slot = scan_->ss.ss_ScanTupleSlot;
    ExecClearTuple(slot);
    const std::size_t first = row * static_cast<std::size_t>(attribute_count_);
    memcpy(slot->tts_values, values_ + first, sizeof(Datum) * static_cast<std::size_t>(attribute_count_));
    memcpy(slot->tts_isnull, nulls_ + first, sizeof(bool) * static_cast<std::size_t>(attribute_count_));
    ExecStoreVirtualTuple(slot);
}

std::optional<Violation> RowBuilder::build(const Extraction &extraction, const PageFacts &facts) {
    const std::size_t rows = extraction.records.size();
    std::vector<std::string> kept;
    const std::vector<const char *> texts = cell_texts(extraction, facts, kept);
    const char *const *first = texts.data();
    std::size_t row = 0;
    int attribute = 0;
    int failed_check = -1;
    const auto run = [this, first, rows, &row, &attribute, &failed_check] {
        MemoryContextReset(page_context_);
        const MemoryContext caller = MemoryContextSwitchTo(page_context_);
        const std::size_t cells = Max(rows * static_cast<std::size_t>(attribute_count_), std::size_t{1});
        values_ = static_cast<Datum *>(palloc_extended(cells * sizeof(Datum), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
        nulls_ = static_cast<bool *>(palloc_extended(cells, MCXT_ALLOC_HUGE));
        failed_check = -2;
        convert(first, rows, &row, &attribute);
        failed_check = -1;
        if (check_count_ > 0)
            check(rows, &row, &failed_check);
        MemoryContextSwitchTo(caller);
    };
    /* No subtransaction can start in parallel mode: there the server's own error ends the statement. */
    std::optional<AbsorbedError> error;
    if (call_pg([] { return IsInParallelMode(); }))
        call_pg(run);
    else
        error = try_pg(run);
    const std::string at = "row " + std::to_string(row + 1) + ": ";
    if (error && failed_check == -2) {
        const AttributeSource &source = table_.attributes[static_cast<std::size_t>(attribute)];
        return Violation{source.attribute, "type", at + error->message, row};
    }
    if (error || failed_check >= 0) {
        const std::string name = checks_[std::max(failed_check, 0)].name;
        return Violation{name, "check", at + (error ? error->message : "CHECK constraint does not hold"), row};
    }
    return std::nullopt;
}

} // namespace webwrap::pg
