#include "core/base/text.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/fdw/record_row.hpp"

extern "C" {
#include "access/sysattr.h"
#include "access/tupdesc.h"
#include "mb/pg_wchar.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace webwrap::pg {

namespace {

constexpr int kShownBytes = 100; /* of a value that its type refuses, as COPY shows */

} // namespace

RecordRow::RecordRow(const TableDefinition &table, ForeignScanState *scan, const std::vector<bool> &is_asked)
    : table_(table), scan_(scan), shared_texts_(table.attributes.size()), texts_(table.attributes.size()) {
    prepare(is_asked);
    prepare_checks();
}

void RecordRow::prepare(const std::vector<bool> &is_asked) {
    /* The slot's own descriptor does not say what is NOT NULL. */
    const TupleDesc row_type = RelationGetDescr(scan_->ss.ss_currentRelation);
    const MemoryContext context = scan_->ss.ps.state->es_query_cxt;
    const std::size_t count = table_.attributes.size();
    columns_ = call_pg([row_type, context, count] {
        auto *columns = static_cast<Column *>(MemoryContextAllocZero(context, sizeof(Column) * Max(count, 1)));
        for (std::size_t i = 0; i < count; ++i) {
            const Form_pg_attribute attribute = TupleDescAttr(row_type, static_cast<int>(i));
            if (attribute->attisdropped)
                continue;
            Oid input = InvalidOid;
            getTypeInputInfo(attribute->atttypid, &input, &columns[i].io_parameter);
            fmgr_info_cxt(input, &columns[i].input, context);
            columns[i].type_modifier = attribute->atttypmod;
            columns[i].is_not_null = attribute->attnotnull;
        }
        return columns;
    });
    for (std::size_t i = 0; i < count; ++i)
        columns_[i].is_asked = is_asked[i];
}

/* What a CHECK looks at is converted, too. */
void RecordRow::prepare_checks() {
    const TupleConstr *constraints = RelationGetDescr(scan_->ss.ss_currentRelation)->constr;
    if (constraints == nullptr || constraints->num_check == 0)
        return;
    EState *estate = scan_->ss.ps.state;
    check_count_ = constraints->num_check;
    const int count = check_count_;
    Column *columns = columns_;
    const auto column_count = static_cast<int>(table_.attributes.size());
    checks_ = call_pg([constraints, estate, count, columns, column_count] {
        const MemoryContext caller = MemoryContextSwitchTo(estate->es_query_cxt);
        auto *checks = static_cast<Check *>(palloc0(sizeof(Check) * static_cast<std::size_t>(count)));
        Bitmapset *used = nullptr;
        for (int i = 0; i < count; ++i) {
            auto *expression = static_cast<Expr *>(stringToNode(constraints->check[i].ccbin));
            checks[i].name = pstrdup(constraints->check[i].ccname);
            checks[i].state = ExecPrepareExpr(expression, estate);
            pull_varattnos(reinterpret_cast<Node *>(expression), 1, &used);
        }
        for (int i = 0; i < column_count; ++i)
            columns[i].is_asked |= bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used) ||
                                   bms_is_member(i + 1 - FirstLowInvalidHeapAttributeNumber, used);
        MemoryContextSwitchTo(caller);
        return checks;
    });
}

void RecordRow::mark_needed(std::vector<RecordField> &fields) const {
    for (std::size_t i = 0; i < table_.attributes.size(); ++i)
        if (table_.attributes[i].kind == AttributeSource::Kind::kField)
            fields[table_.attributes[i].column].is_needed = columns_[i].is_asked || columns_[i].is_not_null;
}

void RecordRow::begin_document(const PageFacts &facts) {
    for (std::size_t i = 0; i < table_.attributes.size(); ++i) {
        const AttributeSource &source = table_.attributes[i];
        texts_[i] = nullptr;
        if (source.kind == AttributeSource::Kind::kParameter) {
            if (const auto found = facts.parameters.find(source.name); found != facts.parameters.end())
                texts_[i] = found->second.front().c_str();
        } else if (source.kind == AttributeSource::Kind::kPage) {
            shared_texts_[i] = page_value(facts, source.name, 0);
            texts_[i] = shared_texts_[i].c_str();
        }
    }
}

void RecordRow::store(const RecordReader &record, const PageFacts &facts, std::size_t row_number) {
    for (std::size_t i = 0; i < table_.attributes.size(); ++i) {
        const AttributeSource &source = table_.attributes[i];
        if (source.kind == AttributeSource::Kind::kField) {
            texts_[i] = columns_[i].is_asked || columns_[i].is_not_null ? record.value(source.column) : nullptr;
        } else if (source.kind == AttributeSource::Kind::kPage && source.name == "row_number") {
            shared_texts_[i] = std::to_string(row_number + 1);
            texts_[i] = shared_texts_[i].c_str();
        }
    }
    std::size_t which = 0;
    std::size_t *where = &which;
    const PageFacts *page = &facts;
    const std::int64_t line = record.line();
    const Broken broken = call_pg([this, page, line, where] { return convert(*page, line, where); });
    if (broken != Broken::kNothing)
        throw_violated(facts, line, broken, which);
}

/* Plain C. `which` is the attribute or constraint that is broken. */
RecordRow::Broken RecordRow::convert(const PageFacts &facts, std::int64_t line, std::size_t *which) const {
    TupleTableSlot *slot = scan_->ss.ss_ScanTupleSlot;
    ExecClearTuple(slot);
    const std::size_t count = table_.attributes.size();
    Place place{table_.name.c_str(), facts.url.c_str(), line, nullptr, nullptr};
    ErrorContextCallback callback{error_context_stack, say_where, &place};
    error_context_stack = &callback;
    for (std::size_t i = 0; i < count; ++i) {
        Column &column = columns_[i];
        const char *text = texts_[i];
        slot->tts_isnull[i] = text == nullptr || !column.is_asked;
        slot->tts_values[i] = 0;
        if (text == nullptr && column.is_not_null) {
            *which = i;
            return Broken::kNotNull; /* the bridge takes the callback off the stack */
        }
        if (slot->tts_isnull[i])
            continue;
        place.column = table_.attributes[i].attribute.c_str();
        place.text = text;
        slot->tts_values[i] =
            InputFunctionCall(&column.input, const_cast<char *>(text), column.io_parameter, column.type_modifier);
    }
    ExecStoreVirtualTuple(slot);
    place.column = nullptr;
    ExprContext *context = scan_->ss.ps.ps_ExprContext;
    context->ecxt_scantuple = slot;
    for (int i = 0; i < check_count_; ++i)
        if (!ExecCheck(checks_[i].state, context)) {
            *which = static_cast<std::size_t>(i);
            return Broken::kCheck;
        }
    return Broken::kNothing;
}

/* The context line of errors while a row is made, in COPY's manner. */
void RecordRow::say_where(void *argument) {
    const auto *place = static_cast<const Place *>(argument);
    const auto line = static_cast<long long>(place->line);
    if (place->column == nullptr) {
        errcontext("foreign table %s, \"%s\" line %lld", place->table, place->url, line);
        return;
    }
    const auto length = static_cast<int>(strnlen(place->text, kShownBytes + MAX_MULTIBYTE_CHAR_LEN));
    const int shown = length > kShownBytes ? pg_mbcliplen(place->text, length, kShownBytes) : length;
    errcontext("foreign table %s, \"%s\" line %lld, column %s: \"%.*s%s\"", place->table, place->url, line,
               place->column, shown, place->text, shown < length ? "..." : "");
}

void RecordRow::throw_violated(const PageFacts &facts, std::int64_t line, Broken broken, std::size_t which) const {
    const std::string what = broken == Broken::kNotNull
                                 ? "column \"" + table_.attributes[which].attribute + "\" has no value"
                                 : "CHECK constraint \"" + std::string(checks_[which].name) + "\" does not hold";
    throw Error(ErrorKind::kConstraintViolated,
                "document \"" + facts.url + "\" violates the constraints of foreign table " + table_.name,
                "Line " + std::to_string(line) + ": " + what + ".");
}

} // namespace webwrap::pg
