#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/fdw/ddl.hpp"

#include "pg/bridge/server.hpp"

namespace webwrap::pg {

namespace {

constexpr std::size_t kMinCheckedValues = 5; /* fewer do not show that a number is never negative */
constexpr double kIntegerRoom = 100;         /* the greatest number of a page leaves this much to that of other pages */

std::string sql_literal(const std::string &value) {
    const char *text = value.c_str();
    return call_pg([text] { return quote_literal_cstr(text); });
}

class DdlWriter {
  public:
    DdlWriter(const Wrapper &wrapper, const std::vector<Record> &records) : wrapper_(wrapper), records_(records) {}

    [[nodiscard]] std::string write(const TableStatement &statement) const;

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

std::string DdlWriter::write(const TableStatement &statement) const {
    std::string text = "CREATE FOREIGN TABLE " + statement.table + " (\n";
    for (std::size_t i = 0; i < wrapper_.columns.size(); ++i)
        text += column_definition(i) + (i + 1 < wrapper_.columns.size() ? ",\n" : "\n");
    text += ") SERVER " + sql_name(statement.server) + " OPTIONS (url " + sql_literal(statement.url);
    if (wrapper_.rows) {
        text += ", rows " + sql_literal(wrapper_.rows->xpath);
        if (wrapper_.rows->min > 0)
            text += ", min_rows " + sql_literal(std::to_string(wrapper_.rows->min));
    }
    if (statement.parser)
        text += ", parser " + sql_literal(std::string(html_parser_name(*statement.parser)));
    return text + ");";
}

} // namespace

std::string create_table_statement(const TableStatement &statement, const Wrapper &wrapper,
                                   const std::vector<Record> &records) {
    return DdlWriter(wrapper, records).write(statement);
}

std::string sql_name(const std::string &name) {
    const char *text = name.c_str();
    return call_pg([text] { return quote_identifier(text); });
}

} // namespace webwrap::pg
