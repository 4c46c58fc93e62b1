#pragma once

/* Queries of our own on our own tables. */

#include <span>

#include "pg/bridge/values.hpp"

namespace webwrap::pg {

/* A type and value of a query parameter. */
struct Parameter {
    Oid type;
    Value value;
};

[[nodiscard]] Parameter parameter(std::string_view text);
[[nodiscard]] Parameter bytea_parameter(std::string_view bytes);
[[nodiscard]] Parameter oid_parameter(Oid oid);
[[nodiscard]] Parameter int4_parameter(std::int32_t number);
[[nodiscard]] Parameter int8_parameter(std::int64_t number);

/* A field of type text or bytea of the last query's rows, columns from 0; it lives until the memory context is reset. */
[[nodiscard]] std::optional<std::string_view> spi_bytes(std::uint64_t row, int column);

/* While alive, queries run as the cluster's first superuser with a fixed search path and the latest snapshot: our tables
 * belong to no user, and REPEATABLE READ must not hide what the background writer has stored (in parallel mode the
 * statement's own snapshot has to do). SQL given to it is constant
 * text; what users say comes in as parameters. finish() ends it; an exception leaves the rest to transaction abort. */
class TrustedQueries {
  public:
    TrustedQueries();
    ~TrustedQueries();
    TrustedQueries(const TrustedQueries &) = delete;
    TrustedQueries &operator=(const TrustedQueries &) = delete;

    /* Runs a query and returns the number of rows that it returned or touched. */
    std::uint64_t run(const char *sql, std::initializer_list<Parameter> parameters, bool is_read_only);

    /* The same for queries that run often: the plan of each text, told by its address, is kept for the session. */
    std::uint64_t run_kept(const char *sql, std::initializer_list<Parameter> parameters, bool is_read_only);

    /* Fields of the last query's rows, from 0. */
    [[nodiscard]] std::optional<std::string> text(std::uint64_t row, int column) const;
    [[nodiscard]] std::optional<std::string> bytes(std::uint64_t row, int column) const;

    void finish();

  private:
    Oid caller_ = InvalidOid;
    int caller_security_ = 0;
    int settings_level_ = 0;
};

} // namespace webwrap::pg
