#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/wrap/classify.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/learn.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"
#include "pg/functions/session_cache.hpp"

#include "pg/bridge/server.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/builtins.h"
#include "utils/varlena.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

constexpr std::size_t kMinCheckedValues = 5; /* fewer do not show that a number is never negative */
constexpr double kIntegerRoom = 100;         /* the greatest number of a page leaves this much to that of other pages */

/* The name as SQL has it, quoted where it must be. */
std::string sql_name(const std::string &name) {
    const char *text = name.c_str();
    return call_pg([text] { return quote_identifier(text); });
}

std::string sql_literal(const std::string &value) {
    const char *text = value.c_str();
    return call_pg([text] { return quote_literal_cstr(text); });
}

/* A name that may have a schema before it, read as SQL reads it. */
std::string sql_qualified_name(const std::string &name) {
    const char *text = name.c_str();
    return call_pg([text] {
        List *parts = textToQualifiedNameList(cstring_to_text(text));
        if (list_length(parts) > 3)
            ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("table name has too many parts"));
        return NameListToQuotedString(parts);
    });
}

class DdlWriter {
  public:
    DdlWriter(const Wrapper &wrapper, const std::vector<Record> &records) : wrapper_(wrapper), records_(records) {}

    [[nodiscard]] std::string write(const std::string &table, const std::string &server, const std::string &url) const;

  private:
    struct Numbers {
        std::size_t count = 0;
        double least = 0, greatest = 0;
    };
    [[nodiscard]] Numbers numbers_of(std::size_t column) const;
    [[nodiscard]] std::string type_of(std::size_t column) const;
    [[nodiscard]] std::string column_definition(std::size_t column) const;

    const Wrapper &wrapper_;
    const std::vector<Record> &records_;
};

DdlWriter::Numbers DdlWriter::numbers_of(std::size_t column) const {
    Numbers numbers;
    for (const Record &record : records_)
        if (const auto &value = record.cells[column].value) {
            const double number = std::strtod(value->c_str(), nullptr);
            numbers.least = numbers.count == 0 ? number : std::min(numbers.least, number);
            numbers.greatest = numbers.count == 0 ? number : std::max(numbers.greatest, number);
            ++numbers.count;
        }
    return numbers;
}

std::string DdlWriter::type_of(std::size_t column) const {
    switch (wrapper_.columns[column].type) {
    case CellType::kText:
        return "text";
    case CellType::kInteger: {
        const Numbers numbers = numbers_of(column);
        const double greatest = kIntegerRoom * std::max(numbers.greatest, -numbers.least);
        return greatest < 2147483647.0 ? "integer" : greatest < 9.2e18 ? "bigint" : "numeric";
    }
    case CellType::kNumeric:
        return "numeric";
    case CellType::kBoolean:
        return "boolean";
    case CellType::kDate:
        return "date";
    case CellType::kTimestamp: {
        const bool has_offset = std::any_of(records_.begin(), records_.end(), [&](const Record &record) {
            const auto &value = record.cells[column].value;
            return value && value->size() > 19 && value->find_first_of("+-", 19) != std::string::npos;
        });
        return has_offset ? "timestamptz" : "timestamp";
    }
    }
    return "text";
}

std::string DdlWriter::column_definition(std::size_t index) const {
    const Column &column = wrapper_.columns[index];
    if (!column.columns.empty())
        throw Error(ErrorKind::kInvalidArgument,
                    "column \"" + abbreviate(column.name, 60) + "\" has nested records, which a foreign table has not",
                    {}, "Leave the column out, or use webwrap.learn_wrapper and webwrap.apply_wrapper.");
    std::vector<std::pair<const char *, std::string>> options{{"xpath", column.xpath}};
    if (!column.pattern.empty())
        options.emplace_back("pattern", column.pattern);
    if (!column.locale.empty())
        options.emplace_back("locale", column.locale);
    if (!column.null_values.empty())
        options.emplace_back("null_value", column.null_values.front());
    if (column.max_occurs != 1)
        options.emplace_back("max_occurs", std::to_string(column.max_occurs));
    std::string text = "  " + sql_name(column.name) + " " + type_of(index) + " OPTIONS (";
    for (std::size_t i = 0; i < options.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::string(options[i].first) + " " + sql_literal(options[i].second);
    text += ")";
    if (column.required)
        text += " NOT NULL";
    const bool is_number = column.type == CellType::kInteger || column.type == CellType::kNumeric;
    if (const Numbers numbers = is_number ? numbers_of(index) : Numbers{};
        numbers.count >= kMinCheckedValues && numbers.least >= 0)
        text += " CHECK (" + sql_name(column.name) + " >= 0)";
    return text;
}

std::string DdlWriter::write(const std::string &table, const std::string &server, const std::string &url) const {
    std::string text = "CREATE FOREIGN TABLE " + sql_qualified_name(table) + " (\n";
    for (std::size_t i = 0; i < wrapper_.columns.size(); ++i)
        text += column_definition(i) + (i + 1 < wrapper_.columns.size() ? ",\n" : "\n");
    text += ") SERVER " + sql_name(server) + " OPTIONS (url " + sql_literal(url);
    if (wrapper_.rows) {
        text += ", rows " + sql_literal(wrapper_.rows->xpath);
        if (wrapper_.rows->min > 0)
            text += ", min_rows " + sql_literal(std::to_string(wrapper_.rows->min));
    }
    return text + ");";
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_learn_wrapper) {
    const Limits limits = current_limits();
    const std::vector<ExampleRecord> examples = examples_from_json(jsonb_argument(fcinfo, 1));
    return jsonb_datum(wrapper_to_json(learn_wrapper(*parsed_page(fcinfo, 0, limits), examples, limits)));
}

WEBWRAP_SQL_FUNCTION(webwrap_suggest_ddl) {
    const Limits limits = current_limits();
    const std::vector<ExampleRecord> examples = examples_from_json(jsonb_argument(fcinfo, 1));
    const std::string table(text_argument(fcinfo, 2)), server(text_argument(fcinfo, 3)), url(text_argument(fcinfo, 4));
    const auto page = parsed_page(fcinfo, 0, limits);
    const Wrapper wrapper = learn_wrapper(*page, examples, limits);
    const Extraction extraction = Extractor(wrapper).extract(*page, limits);
    return text_datum(DdlWriter(wrapper, extraction.records).write(table, server, url));
}

WEBWRAP_SQL_FUNCTION(webwrap_classify) {
    RowSink rows(fcinfo);
    const Limits limits = current_limits();
    const std::vector<PageTemplate> templates = templates_from_json(jsonb_argument(fcinfo, 1));
    std::array<std::shared_ptr<const Document>, 2> pages;
    const auto page = [&](HtmlParser parser) -> const Document & {
        auto &kept = pages[parser == HtmlParser::kHtml5 ? 0 : 1];
        if (kept == nullptr)
            kept = parsed_page(fcinfo, 0, limits, parser);
        return *kept;
    };
    for (const TemplateMatch &match : classify_page(page, templates, limits)) {
        const PageTemplate &one = templates[match.index];
        rows.put({text_datum(one.name), Float8GetDatum(match.similarity), BoolGetDatum(match.is_valid),
                  match.structure ? Value(Float8GetDatum(*match.structure)) : Value(), Float8GetDatum(match.fit),
                  Int32GetDatum(static_cast<int32>(match.records)),
                  match.problem.empty() ? Value() : Value(text_datum(match.problem)),
                  one.options_json.empty() ? Value() : Value(jsonb_datum(one.options_json))});
    }
    return 0;
}
