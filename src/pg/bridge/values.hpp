#pragma once

/* Arguments and results of SQL functions. All may throw PendingPgError. */

#include <optional>
#include <span>

#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* Text argument; the view lives as long as the function call. */
[[nodiscard]] std::string_view text_argument(FunctionCallInfo fcinfo, int number);
/* What tells a stored value apart without reading it: two values of equal identity in one session are equal. It holds the
 * snapshot under which the value was seen, since a value that no snapshot sees may leave its number to another. */
struct StoredValueId {
    Oid relation;
    Oid value;
    TransactionId snapshot_xmin;
    TransactionId snapshot_xmax;
    CommandId snapshot_command;
    std::uint32_t snapshot_xcnt;
    std::int32_t snapshot_subxcnt;
    friend bool operator==(const StoredValueId &, const StoredValueId &) = default;
};
/* Nothing for a value that is not stored out of line. */
[[nodiscard]] std::optional<StoredValueId> stored_value_id(FunctionCallInfo fcinfo, int number);
[[nodiscard]] std::string_view bytea_argument(FunctionCallInfo fcinfo, int number);
/* A jsonb argument as JSON text. */
[[nodiscard]] std::string jsonb_argument(FunctionCallInfo fcinfo, int number);
/* Elements of a text[] argument; a NULL element is an error. */
[[nodiscard]] std::vector<std::string> text_array_argument(FunctionCallInfo fcinfo, int number);

[[nodiscard]] Datum text_datum(std::string_view text);
[[nodiscard]] Datum bytea_datum(std::string_view bytes);
/* Parses JSON text into jsonb. */
[[nodiscard]] Datum jsonb_datum(const std::string &json);
[[nodiscard]] Datum text_array_datum(const std::vector<std::string> &texts);
/* Nothing becomes NULL. */
[[nodiscard]] Datum text_array_datum(const std::vector<std::optional<std::string>> &texts);

/* A nullable value on its way into a row. */
struct Value {
    Datum datum = 0;
    bool is_null = true;

    Value() = default;
    Value(Datum datum) : datum(datum), is_null(false) {}
};

/* Collects the rows of a set-returning function into a tuplestore. */
class RowSink {
  public:
    /* Prepares materialised return; the expected row type comes from the call. */
    explicit RowSink(FunctionCallInfo fcinfo);
    void put(std::span<const Value> values);
    void put(std::initializer_list<Value> values) { put(std::span(values.begin(), values.size())); }

  private:
    ReturnSetInfo *info_;
};

/* A composite result of the function's declared row type. */
[[nodiscard]] Datum row_datum(FunctionCallInfo fcinfo, std::span<const Value> values);

} // namespace webwrap::pg
