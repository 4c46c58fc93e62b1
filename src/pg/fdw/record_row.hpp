#pragma once

#include <string>
#include <vector>

#include "core/parse/records.hpp"
#include "pg/fdw/rows.hpp"
#include "pg/fdw/table.hpp"

namespace webwrap::pg {

/* Makes rows of the table's types from records, one at a time, of the columns that the query or a constraint needs. Values
 * live in the memory context of the call, which the executor resets before it asks for the next row. */
class RecordRow {
  public:
    RecordRow(const TableDefinition &table, ForeignScanState *scan, const std::vector<bool> &is_asked);
    RecordRow(const RecordRow &) = delete;
    RecordRow &operator=(const RecordRow &) = delete;

    /* Says which fields a reader has to give. */
    void mark_needed(std::vector<RecordField> &fields) const;

    /* Takes what is the same in all rows of a document. */
    void begin_document(const PageFacts &facts);

    /* Puts the record into the scan's slot. Raises the types' own errors with URL, line and column as context; throws
     * kConstraintViolated for NOT NULL and CHECK. */
    void store(const RecordReader &record, const PageFacts &facts, std::size_t row_number);

  private:
    /* What one attribute needs; lives in the query's memory context. */
    struct Column {
        FmgrInfo input;
        Oid io_parameter;
        int32 type_modifier;
        bool is_not_null;
        bool is_asked; /* its value, not only whether it has one */
    };
    struct Check {
        const char *name;
        ExprState *state;
    };
    /* For the context line of errors. */
    struct Place {
        const char *table;
        const char *url;
        std::int64_t line;
        const char *column;
        const char *text;
    };
    enum class Broken { kNothing, kNotNull, kCheck };

    void prepare(const std::vector<bool> &is_asked);
    void prepare_checks();
    static void say_where(void *place);
    Broken convert(const PageFacts &facts, std::int64_t line, std::size_t *which) const;
    [[noreturn]] void throw_violated(const PageFacts &facts, std::int64_t line, Broken broken, std::size_t which) const;

    const TableDefinition &table_;
    ForeignScanState *scan_;
    Column *columns_ = nullptr;
    Check *checks_ = nullptr;
    int check_count_ = 0;
    std::vector<std::string> shared_texts_; /* by attribute: what the document or the row says besides fields */
    std::vector<const char *> texts_;       /* by attribute, of the row at hand */
};

} // namespace webwrap::pg
