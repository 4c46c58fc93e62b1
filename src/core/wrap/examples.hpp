#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webwrap {

struct ExampleRecord;

/* What somebody says that one column of one record holds. */
struct ExampleValue {
    enum class Kind {
        kNull,    /* nothing stands there */
        kText,    /* `text`, white space folded; a date where it is written as ISO 8601 has it */
        kNumber,  /* `text` in JSON's notation, exact */
        kBoolean, /* `text` is true or false */
        kXPath,   /* the node that `text` selects */
        kList,    /* the values of several nodes, `items` */
        kRecords  /* nested records, `records` */
    };
    Kind kind = Kind::kNull;
    std::string text;
    std::vector<ExampleValue> items;
    std::vector<ExampleRecord> records;

    [[nodiscard]] bool is_scalar() const noexcept { return kind != Kind::kList && kind != Kind::kRecords; }
};

/* A type of its own rather than a pair: what a pair asks of its parts, it would ask of an ExampleValue not yet complete. */
struct ExampleField {
    std::string column;
    ExampleValue value;
};

struct ExampleRecord {
    std::vector<ExampleField> values; /* in the order given, each name once */

    /* Null where the record has no such column. */
    [[nodiscard]] const ExampleValue *find(std::string_view column) const;
};

/* Records from a JSON array of objects, or from one object. A value is a string, a number, a boolean, null, {"xpath": "..."},
 * an array of such values, or an array of objects (nested records). Throws kInvalidArgument, naming the column, for anything
 * else, for no record at all, and for a column that has no value in any record. */
[[nodiscard]] std::vector<ExampleRecord> examples_from_json(std::string_view json);

/* All columns of the records, in order of their first mention. */
[[nodiscard]] std::vector<std::string> column_names(const std::vector<ExampleRecord> &records);

} // namespace webwrap
