#include <algorithm>

#include "pg/fdw/table.hpp"
#include "pg/fdw/plan.hpp"
#include "pg/bridge/compat.hpp"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_operator.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"
}

namespace webwrap::pg {

namespace {

/* A page costs about what ten thousand rows cost: the planner shall ask for each only once. */
constexpr double kPageCost = 100;
constexpr double kRowsPerPage = 50;
constexpr double kUnknownPages = 10;
constexpr double kRecordsPerDocument = 10'000;

struct Estimate {
    double rows = 0;
    double pages = 0;
};

/* From the options alone: nothing is fetched while planning. */
Estimate estimate(const TableDefinition &table) {
    Estimate guess;
    guess.pages = table.next_page.empty() ? static_cast<double>(std::min<std::int64_t>(table.url.count(), 1'000'000))
                                          : kUnknownPages;
    const double per_page = table.format != DocumentFormat::kHtml ? kRecordsPerDocument
                            : !table.wrapper.rows                 ? 1
                            : table.wrapper.rows->min > 0         ? table.wrapper.rows->min
                                                                  : kRowsPerPage;
    guess.rows = guess.pages * per_page;
    return guess;
}

bool is_equality(Oid operator_id, Oid type) {
    const TypeCacheEntry *entry = lookup_type_cache(type, TYPECACHE_EQ_OPR);
    return OidIsValid(entry->eq_opr) && operator_id == entry->eq_opr;
}

/* The column of this relation that an expression is, or 0. */
AttrNumber column_of(Node *node, Index relation) {
    if (IsA(node, RelabelType))
        node = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg);
    if (!IsA(node, Var))
        return 0;
    const Var *var = reinterpret_cast<Var *>(node);
    return static_cast<Index>(var->varno) == relation && var->varlevelsup == 0 ? var->varattno : 0;
}

/* A condition `column = value` or `column = ANY (array)` whose value is known before the scan. */
struct Condition {
    AttrNumber column = 0;
    Expr *value = nullptr;
    bool is_array = false;
};

bool is_known_before(Node *node) { return !contain_var_clause(node) && !contain_volatile_functions(node); }

Condition condition_of(Expr *clause, Index relation) {
    Condition condition;
    if (IsA(clause, OpExpr)) {
        const OpExpr *op = reinterpret_cast<OpExpr *>(clause);
        if (list_length(op->args) != 2)
            return condition;
        for (int side = 0; side < 2; ++side) {
            auto *column = static_cast<Node *>(list_nth(op->args, side));
            auto *value = static_cast<Node *>(list_nth(op->args, 1 - side));
            const AttrNumber number = column_of(column, relation);
            if (number > 0 && is_known_before(value) && is_equality(op->opno, exprType(column)))
                return {number, reinterpret_cast<Expr *>(value), false};
        }
    } else if (IsA(clause, ScalarArrayOpExpr)) {
        const ScalarArrayOpExpr *op = reinterpret_cast<ScalarArrayOpExpr *>(clause);
        auto *column = static_cast<Node *>(linitial(op->args));
        auto *value = static_cast<Node *>(lsecond(op->args));
        const AttrNumber number = column_of(column, relation);
        if (op->useOr && number > 0 && is_known_before(value) && is_equality(op->opno, exprType(column)))
            return {number, reinterpret_cast<Expr *>(value), true};
    }
    return condition;
}

} // namespace

void get_relation_size(PlannerInfo *root, RelOptInfo *relation, Oid table) {
    const Estimate guess = estimate(read_table(table));
    call_pg([root, relation, guess] {
        relation->rows = clamp_row_est(
            guess.rows * clauselist_selectivity(root, relation->baserestrictinfo, 0, JOIN_INNER, nullptr));
    });
}

void get_paths(PlannerInfo *root, RelOptInfo *relation, Oid table) {
    const Estimate guess = estimate(read_table(table));
    call_pg([root, relation, guess] {
        const Cost startup = kPageCost;
        const Cost total = startup + kPageCost * guess.pages + cpu_tuple_cost * guess.rows;
        add_path(relation, reinterpret_cast<Path *>(make_foreign_path(root, relation, relation->rows, startup, total,
                                                                      relation->lateral_relids)));
    });
}

/* Numbers of the columns that the query asks for; 0 is the row as a whole. */
List *columns_asked_for(const RelOptInfo *relation) {
    Bitmapset *found = nullptr;
    pull_varattnos(reinterpret_cast<Node *>(relation->reltarget->exprs), relation->relid, &found);
    ListCell *cell = nullptr;
    foreach (cell, relation->baserestrictinfo)
        pull_varattnos(reinterpret_cast<Node *>(lfirst_node(RestrictInfo, cell)->clause), relation->relid, &found);
    List *columns = NIL;
    for (int member = -1; (member = bms_next_member(found, member)) >= 0;)
        if (const int number = member + FirstLowInvalidHeapAttributeNumber; number >= 0)
            columns = lappend_int(columns, number);
    return columns;
}

/* fdw_private: one list of names, one of array flags, of the parameters that conditions fill, one of the columns asked for;
 * fdw_exprs: values of the parameters. All conditions are checked again on the rows. */
ForeignScan *get_plan(PlannerInfo *, RelOptInfo *relation, Oid table, ForeignPath *, List *target_list, List *clauses,
                      Plan *outer_plan) {
    const TableDefinition definition = read_table(table);
    struct Lists {
        List *names;
        List *flags;
        List *values;
    };
    Lists lists{NIL, NIL, NIL};
    for (const AttributeSource &source : definition.attributes) {
        if (source.kind != AttributeSource::Kind::kParameter)
            continue;
        const auto number = static_cast<AttrNumber>(&source - definition.attributes.data() + 1);
        const char *name = source.name.c_str();
        const Index relid = relation->relid;
        Lists *out = &lists;
        call_pg([clauses, number, name, relid, out] {
            ListCell *cell = nullptr;
            foreach (cell, clauses) {
                const Condition condition = condition_of(lfirst_node(RestrictInfo, cell)->clause, relid);
                if (condition.column != number)
                    continue;
                out->names = lappend(out->names, makeString(pstrdup(name)));
                out->flags = lappend_int(out->flags, condition.is_array ? 1 : 0);
                out->values = lappend(out->values, condition.value);
            }
        });
    }
    return call_pg([lists, relation, target_list, clauses, outer_plan] {
        return make_foreignscan(target_list, extract_actual_clauses(clauses, false), relation->relid, lists.values,
                                list_make3(lists.names, lists.flags, columns_asked_for(relation)), NIL, NIL,
                                outer_plan);
    });
}

namespace {

/* Values of a parameter as text, pallocated; `count` 0 for NULL, which equals nothing. */
struct Texts {
    char **texts;
    int count;
};

char *text_of(Datum value, Oid type) {
    Oid output = InvalidOid;
    bool is_varlena = false;
    getTypeOutputInfo(type, &output, &is_varlena);
    return OidOutputFunctionCall(output, value);
}

Texts texts_of(Datum value, Oid type, bool is_array) {
    if (!is_array) {
        char **one = static_cast<char **>(palloc(sizeof(char *)));
        one[0] = text_of(value, type);
        return {one, 1};
    }
    ArrayType *array = DatumGetArrayTypeP(value);
    int16 length = 0;
    bool by_value = false;
    char align = 0;
    get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
    Datum *values = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &values, &nulls, &count);
    Texts texts{static_cast<char **>(palloc(sizeof(char *) * static_cast<std::size_t>(Max(count, 1)))), 0};
    for (int i = 0; i < count; ++i)
        if (!nulls[i])
            texts.texts[texts.count++] = text_of(values[i], ARR_ELEMTYPE(array));
    return texts;
}

} // namespace

UrlParameters evaluate_parameters(ForeignScanState *scan, List *expressions) {
    UrlParameters parameters;
    const auto *plan = reinterpret_cast<ForeignScan *>(scan->ss.ps.plan);
    auto *names = static_cast<List *>(linitial(plan->fdw_private));
    auto *flags = static_cast<List *>(lsecond(plan->fdw_private));
    ExprContext *context = scan->ss.ps.ps_ExprContext;
    for (int i = 0; i < list_length(names); ++i) {
        auto *state = static_cast<ExprState *>(list_nth(expressions, i));
        const bool is_array = list_nth_int(flags, i) != 0;
        const Texts found = call_pg([state, context, is_array] {
            bool is_null = false;
            const Datum value = ExecEvalExpr(state, context, &is_null);
            return is_null ? Texts{nullptr, 0}
                           : texts_of(value, exprType(reinterpret_cast<Node *>(state->expr)), is_array);
        });
        std::vector<std::string> values;
        for (int v = 0; v < found.count; ++v)
            if (std::find(values.begin(), values.end(), found.texts[v]) == values.end())
                values.emplace_back(found.texts[v]);
        /* All conditions hold, so only what each of them names is asked for. */
        const auto [known, is_first] = parameters.emplace(strVal(list_nth(names, i)), values);
        if (!is_first)
            std::erase_if(known->second, [&](const std::string &value) {
                return std::find(values.begin(), values.end(), value) == values.end();
            });
    }
    return parameters;
}

std::vector<bool> asked_columns(ForeignScan *plan, std::size_t count) {
    std::vector<bool> is_asked(count);
    const auto *list = static_cast<const List *>(lthird(plan->fdw_private));
    for (int i = 0; i < list_length(list); ++i) {
        const auto number = static_cast<std::size_t>(list_nth_int(list, i));
        if (number == 0)
            is_asked.assign(count, true);
        else if (number <= count)
            is_asked[number - 1] = true;
    }
    return is_asked;
}

std::vector<std::string> pushed_parameters(ForeignScan *plan) {
    std::vector<std::string> names;
    auto *list = static_cast<List *>(linitial(plan->fdw_private));
    for (int i = 0; i < list_length(list); ++i)
        if (std::find(names.begin(), names.end(), strVal(list_nth(list, i))) == names.end())
            names.emplace_back(strVal(list_nth(list, i)));
    return names;
}

} // namespace webwrap::pg
