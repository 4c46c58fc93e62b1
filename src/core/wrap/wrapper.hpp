#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/parse/parse.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/adapt_options.hpp"

namespace webwrap {

/* Data types of a column, an integrity constraint of their own. kText accepts everything. */
enum class CellType { kText, kInteger, kNumeric, kBoolean, kDate, kTimestamp };

/* Type from its name in a wrapper ("text", "integer", "numeric", "boolean", "date", "timestamp"); throws kInvalidOption. */
[[nodiscard]] CellType cell_type_from_name(std::string_view name);
[[nodiscard]] std::string_view cell_type_name(CellType type);

/* How one column (a pattern in the paper's words) is found in its record and what a correct value looks like. */
struct Column {
    std::string name;
    std::string xpath; /* relative to the record (".//h3/a"), or to the page when the wrapper has no rows */
    CellType type = CellType::kText;
    bool required = false; /* an empty or missing value violates the wrapper */
    std::string pattern;   /* ICU regular expression searched in the text; its first group, if any, is the value */
    std::string locale;    /* how numbers and dates are written, "en_US", "de_DE"; empty: plain SQL notation */
    std::vector<std::string> null_values; /* texts that mean no value, compared after trimming */
    int min_occurs = 0;                   /* nodes in one record */
    int max_occurs = 1;                   /* -1: unbounded; several nodes of a text column are joined by `separator` */
    std::string separator = ", ";
    std::vector<Column> columns; /* nested pattern: each selected node is a sub-record, the value a JSON array */
    int min_children = 0;        /* of a nested pattern: nodes of all its columns in one sub-record */
    int max_children = -1;       /* -1: unbounded */
};

struct RowPattern {
    std::string xpath;
    int min = 0;
    int max = -1;         /* -1: unbounded */
    int min_children = 0; /* nodes of all columns in one record */
    int max_children = -1;
};

/* A web wrapper: where records are and what they hold. Without `rows` the page is one record. */
struct Wrapper {
    std::optional<RowPattern> rows;
    std::vector<Column> columns;
    HtmlParser parser = HtmlParser::kHtml5; /* that makes the trees which the XPaths are for */
    std::string name = "record";            /* element of one record where a schema checks it */
    std::string xml_schema;                 /* text of an XML Schema that each record has to satisfy; empty: none */
    AdaptOptions adaptation;                /* of the JSON form, its thresholds of patterns included */
};

/* Reads the JSON form that docs/wrap.md describes. Throws kInvalidOption naming the key (unknown keys, wrong types, unknown data
 * types, bad regular expressions), kInvalidXPath naming the column. */
[[nodiscard]] Wrapper wrapper_from_json(std::string_view json);
[[nodiscard]] std::string wrapper_to_json(const Wrapper &wrapper);

/* Throws as wrapper_from_json for XPaths and regular expressions that do not compile. */
void check_wrapper(const Wrapper &wrapper);

} // namespace webwrap
