#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/fetch/url_template.hpp"
#include "core/wrap/extract.hpp"
#include "pg/fdw/table.hpp"

extern "C" {
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "utils/timestamp.h"
}

namespace webwrap::pg {

/* What all rows of one page share. */
struct PageFacts {
    std::string url;
    TimestampTz fetched_at = 0;
    std::int64_t number = 0; /* from 1 */
    bool is_adapted = false;
    bool is_stale = false;
    UrlParameters parameters; /* one value each: those of this page's URL */
};

/* Text of what an option value names; rows count from 0. */
[[nodiscard]] std::string page_value(const PageFacts &facts, std::string_view name, std::size_t row);

/* A page's rows as the table's types, in a memory context of their own. */
class RowBuilder {
  public:
    RowBuilder(const TableDefinition &table, ForeignScanState *scan);
    ~RowBuilder();
    RowBuilder(const RowBuilder &) = delete;
    RowBuilder &operator=(const RowBuilder &) = delete;

    /* Converts all records and evaluates the table's CHECK constraints; the rows replace those of the page before.
     * Returns what does not hold, at most one violation a call; then there are no rows. */
    [[nodiscard]] std::optional<Violation> build(const Extraction &extraction, const PageFacts &facts);

    /* Stores a row in the scan's slot. Plain C: may be called inside call_pg. */
    void put(std::size_t row) const;

  private:
    struct Converter;
    struct Check;

    void prepare_converters();
    void prepare_checks();
    [[nodiscard]] std::vector<const char *> cell_texts(const Extraction &extraction, const PageFacts &facts,
                                                       std::vector<std::string> &kept) const;
    void convert(const char *const *texts, std::size_t rows, std::size_t *row, int *attribute) const;
    void check(std::size_t rows, std::size_t *row, int *check) const;

    const TableDefinition &table_;
    ForeignScanState *scan_;
    MemoryContext context_ = nullptr; /* of the scan; rows live in its child page_context_ */
    MemoryContext page_context_ = nullptr;
    Converter *converters_ = nullptr; /* one per attribute */
    Check *checks_ = nullptr;
    int check_count_ = 0;
    int attribute_count_ = 0;
    Datum *values_ = nullptr; /* rows of attribute_count_ */
    bool *nulls_ = nullptr;
};

} // namespace webwrap::pg
