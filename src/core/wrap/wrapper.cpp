#include "core/wrap/wrapper.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/select/css.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/value.hpp"
#include "core/wrap/xml_schema.hpp"

namespace webwrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxNesting = 16; /* columns inside columns */
constexpr int kUnbounded = -1;

struct TypeName {
    std::string_view name;
    CellType type;
};
constexpr std::array<TypeName, 6> kTypeNames{{{"text", CellType::kText},
                                              {"integer", CellType::kInteger},
                                              {"numeric", CellType::kNumeric},
                                              {"boolean", CellType::kBoolean},
                                              {"date", CellType::kDate},
                                              {"timestamp", CellType::kTimestamp}}};

constexpr std::array<std::string_view, 6> kWrapperKeys{"rows", "columns", "parser", "name", "xml_schema", "adapt"};
constexpr std::array<std::string_view, 8> kRowKeys{"xpath",        "css",          "min",       "max",
                                                   "min_children", "max_children", "threshold", "similarity_threshold"};
constexpr std::array<std::string_view, 15> kColumnKeys{
    "xpath",   "css",          "type",         "required",   "pattern",
    "locale",  "null_values",  "min_occurs",   "max_occurs", "separator",
    "columns", "min_children", "max_children", "threshold",  "similarity_threshold"};

template <typename Names> std::string join_names(const Names &names) {
    std::string joined;
    for (std::string_view name : names)
        joined += (joined.empty() ? "" : ", ") + std::string(name);
    return joined;
}

std::string in_quotes(std::string_view text) { return "\"" + abbreviate(text, 60) + "\""; }

[[noreturn]] void fail(const std::string &message, const std::string &hint = {}) {
    throw Error(ErrorKind::kInvalidOption, message, {}, hint);
}

/* Throws unless `object` is an object whose keys are all in `names`. `where` names it in messages: `column "year"`. */
template <typename Names> void check_keys(const Json &object, const Names &names, const std::string &where) {
    if (!object.is_object())
        fail(where + " must be a JSON object");
    for (const auto &[key, value] : object.items()) {
        bool known = false;
        for (std::string_view name : names)
            known = known || key == name;
        if (!known)
            fail("unknown key " + in_quotes(key) + " in " + where, "Valid keys are " + join_names(names) + ".");
    }
}

std::string string_of(const Json &object, const char *key, const std::string &where, std::string fallback) {
    const auto found = object.find(key);
    if (found == object.end())
        return fallback;
    if (!found->is_string())
        fail(in_quotes(key) + " of " + where + " must be a string");
    return found->get<std::string>();
}

/* `unbounded` tells whether -1 and null stand for no bound. */
int count_of(const Json &object, const char *key, const std::string &where, int fallback, bool unbounded) {
    const auto found = object.find(key);
    if (found == object.end())
        return fallback;
    if (unbounded && (found->is_null() || *found == kUnbounded))
        return kUnbounded;
    if (!found->is_number_integer() || *found < 0 || *found > 1'000'000'000)
        fail(in_quotes(key) + " of " + where + " must be a count",
             unbounded ? "Counts are 0 or more; -1 stands for no bound." : "Counts are 0 or more.");
    return found->get<int>();
}

std::vector<std::string> null_values_of(const Json &object, const std::string &where) {
    std::vector<std::string> values;
    const auto found = object.find("null_values");
    if (found == object.end())
        return values;
    if (!found->is_array())
        fail("\"null_values\" of " + where + " must be an array of strings");
    for (const Json &value : *found) {
        if (!value.is_string())
            fail("\"null_values\" of " + where + " must be an array of strings");
        values.push_back(value.get<std::string>());
    }
    return values;
}

/* The XPath of a pattern, or that of its selector. */
std::string xpath_from(const Json &object, const std::string &where, XPathContext context) {
    std::string xpath = string_of(object, "xpath", where, {});
    const std::string css = string_of(object, "css", where, {});
    if (xpath.empty() && css.empty())
        fail(where + " has no \"xpath\" and no \"css\"");
    if (css.empty())
        return xpath;
    if (!xpath.empty())
        fail(where + " has both \"xpath\" and \"css\"");
    try {
        return css_to_xpath(css, context);
    } catch (const Error &error) {
        throw Error(error.kind(), error.message(), "The selector belongs to " + where + ".", error.hint());
    }
}

std::optional<double> threshold_from(const Json &object, const char *key, const std::string &where) {
    const auto found = object.find(key);
    if (found == object.end())
        return std::nullopt;
    if (!found->is_number() || found->get<double>() < 0 || found->get<double>() > 1)
        fail(in_quotes(key) + " of " + where + " must be a number from 0 to 1");
    return found->get<double>();
}

void read_thresholds(const Json &object, const std::string &where, const std::string &pattern, AdaptOptions &options) {
    const PatternThresholds own{threshold_from(object, "threshold", where),
                                threshold_from(object, "similarity_threshold", where)};
    if (own.threshold || own.similarity_threshold)
        options.patterns[pattern] = own;
}

void check_children_bounds(int min, int max, const std::string &where) {
    if (max != kUnbounded && min > max)
        fail("\"min_children\" of " + where + " is " + std::to_string(min) + ", more than the " + std::to_string(max) +
             " of \"max_children\"");
}

/* `context` is what the columns' paths start from. */
std::vector<Column> columns_from(const Json &object, const std::string &where, int nesting, XPathContext context);

Column column_from(const std::string &name, const Json &object, int nesting, XPathContext context) {
    const std::string where = "column " + in_quotes(name);
    check_keys(object, kColumnKeys, where);
    Column column;
    column.name = name;
    column.xpath = xpath_from(object, where, context);
    column.type = cell_type_from_name(string_of(object, "type", where, "text"));
    if (const auto found = object.find("required"); found != object.end()) {
        if (!found->is_boolean())
            fail("\"required\" of " + where + " must be true or false");
        column.required = found->get<bool>();
    }
    column.pattern = string_of(object, "pattern", where, {});
    column.locale = string_of(object, "locale", where, {});
    column.null_values = null_values_of(object, where);
    if (const auto found = object.find("columns"); found != object.end())
        column.columns = columns_from(*found, where, nesting + 1, XPathContext::kElement);
    column.min_occurs = count_of(object, "min_occurs", where, 0, false);
    column.max_occurs = count_of(object, "max_occurs", where, column.columns.empty() ? 1 : kUnbounded, true);
    if (column.max_occurs == 0)
        fail("\"max_occurs\" of " + where + " must be 1 or more", "Leave the column out, or use -1 for no bound.");
    column.separator = string_of(object, "separator", where, column.separator);
    column.min_children = count_of(object, "min_children", where, 0, false);
    column.max_children = count_of(object, "max_children", where, kUnbounded, true);
    check_children_bounds(column.min_children, column.max_children, where);
    if (column.columns.empty() && (column.min_children != 0 || column.max_children != kUnbounded))
        fail(where + " has no columns and cannot have \"min_children\" or \"max_children\"");
    if (nesting > 0 && (object.contains("threshold") || object.contains("similarity_threshold")))
        fail(where + " is nested and has no threshold of its own", "That of the column it is nested in counts.");
    return column;
}

std::vector<Column> columns_from(const Json &object, const std::string &where, int nesting, XPathContext context) {
    if (!object.is_object())
        fail("\"columns\" of " + where + " must be a JSON object");
    if (nesting > kMaxNesting)
        fail("columns are nested more than " + std::to_string(kMaxNesting) + " levels deep");
    std::vector<Column> columns;
    for (const auto &[name, column] : object.items())
        columns.push_back(column_from(name, column, nesting, context));
    return columns;
}

void put_children(Json &object, int min, int max) {
    if (min != 0)
        object["min_children"] = min;
    if (max != kUnbounded)
        object["max_children"] = max;
}

void put_thresholds(Json &object, const AdaptOptions &options, const std::string &pattern) {
    const auto found = options.patterns.find(pattern);
    if (found == options.patterns.end())
        return;
    if (found->second.threshold)
        object["threshold"] = *found->second.threshold;
    if (found->second.similarity_threshold)
        object["similarity_threshold"] = *found->second.similarity_threshold;
}

/* `options` hold the columns' thresholds; null for nested columns. */
Json json_from(const std::vector<Column> &columns, const AdaptOptions *options) {
    const Column defaults;
    Json object = Json::object();
    for (const Column &column : columns) {
        Json one = Json::object();
        one["xpath"] = column.xpath;
        if (column.columns.empty())
            one["type"] = cell_type_name(column.type);
        if (column.required)
            one["required"] = true;
        if (!column.pattern.empty())
            one["pattern"] = column.pattern;
        if (!column.locale.empty())
            one["locale"] = column.locale;
        if (!column.null_values.empty())
            one["null_values"] = column.null_values;
        if (column.min_occurs != 0)
            one["min_occurs"] = column.min_occurs;
        if (column.max_occurs != (column.columns.empty() ? 1 : kUnbounded))
            one["max_occurs"] = column.max_occurs;
        if (column.separator != defaults.separator)
            one["separator"] = column.separator;
        put_children(one, column.min_children, column.max_children);
        if (options != nullptr)
            put_thresholds(one, *options, column.name);
        if (!column.columns.empty())
            one["columns"] = json_from(column.columns, nullptr);
        object[column.name] = std::move(one);
    }
    return object;
}

void check_xpath(const std::string &path, const std::string &where) {
    try {
        const XPath compiled(path);
    } catch (const Error &error) {
        throw Error(error.kind(), error.message(), "The XPath belongs to " + where + ".", error.hint());
    }
}

void check_columns(const std::vector<Column> &columns) {
    for (const Column &column : columns) {
        const std::string where = "column " + in_quotes(column.name);
        check_xpath(column.xpath, where);
        if (column.columns.empty()) {
            const CellReader reader(column);
            continue;
        }
        if (column.type != CellType::kText || !column.pattern.empty() || !column.locale.empty())
            fail(where + " has columns and cannot have a type, pattern or locale of its own");
        check_columns(column.columns);
    }
}

void check_top_down(const Wrapper &wrapper) {
    for (const std::string &name : wrapper.adaptation.top_down.columns)
        if (std::none_of(wrapper.columns.begin(), wrapper.columns.end(),
                         [&](const Column &column) { return column.name == name; }))
            fail("\"top_down\" names " + in_quotes(name) + ", which is no column of the wrapper",
                 "It is \"all\", \"none\" or an array of column names.");
}

} // namespace

CellType cell_type_from_name(std::string_view name) {
    std::string names;
    for (const TypeName &known : kTypeNames) {
        if (known.name == name)
            return known.type;
        names += (names.empty() ? "" : ", ") + std::string(known.name);
    }
    fail("unknown type " + in_quotes(name), "Valid types are " + names + ".");
}

std::string_view cell_type_name(CellType type) {
    for (const TypeName &known : kTypeNames)
        if (known.type == type)
            return known.name;
    return {};
}

Wrapper wrapper_from_json(std::string_view json) {
    const Json object = Json::parse(json, nullptr, false);
    if (object.is_discarded())
        fail("wrapper is not valid JSON");
    check_keys(object, kWrapperKeys, "wrapper");
    Wrapper wrapper;
    wrapper.parser = html_parser_from_name(string_of(object, "parser", "wrapper", "html5"));
    wrapper.name = string_of(object, "name", "wrapper", wrapper.name);
    wrapper.xml_schema = string_of(object, "xml_schema", "wrapper", {});
    if (const auto found = object.find("adapt"); found != object.end()) {
        try {
            wrapper.adaptation = wrapper_adapt_options_from_json(found->dump());
        } catch (const Error &error) {
            throw Error(error.kind(), error.message() + " in \"adapt\" of wrapper", error.detail(), error.hint());
        }
    }
    if (const auto found = object.find("rows"); found != object.end() && !found->is_null()) {
        check_keys(*found, kRowKeys, "\"rows\"");
        RowPattern rows;
        rows.xpath = xpath_from(*found, "\"rows\"", XPathContext::kPage);
        rows.min = count_of(*found, "min", "\"rows\"", 0, false);
        rows.max = count_of(*found, "max", "\"rows\"", kUnbounded, true);
        rows.min_children = count_of(*found, "min_children", "\"rows\"", 0, false);
        rows.max_children = count_of(*found, "max_children", "\"rows\"", kUnbounded, true);
        check_children_bounds(rows.min_children, rows.max_children, "\"rows\"");
        read_thresholds(*found, "\"rows\"", "rows", wrapper.adaptation);
        wrapper.rows = std::move(rows);
    }
    const auto columns = object.find("columns");
    if (columns == object.end() || columns->empty())
        fail("wrapper has no \"columns\"");
    wrapper.columns = columns_from(*columns, "wrapper", 0, wrapper.rows ? XPathContext::kElement : XPathContext::kPage);
    for (const auto &[name, column] : columns->items())
        read_thresholds(column, "column " + in_quotes(name), name, wrapper.adaptation);
    check_top_down(wrapper);
    check_wrapper(wrapper);
    return wrapper;
}

std::string wrapper_to_json(const Wrapper &wrapper) {
    Json object = Json::object();
    if (wrapper.rows) {
        Json rows = {{"xpath", wrapper.rows->xpath}};
        if (wrapper.rows->min != 0)
            rows["min"] = wrapper.rows->min;
        if (wrapper.rows->max != kUnbounded)
            rows["max"] = wrapper.rows->max;
        put_children(rows, wrapper.rows->min_children, wrapper.rows->max_children);
        put_thresholds(rows, wrapper.adaptation, "rows");
        object["rows"] = std::move(rows);
    }
    object["columns"] = json_from(wrapper.columns, &wrapper.adaptation);
    if (wrapper.parser != HtmlParser::kHtml5)
        object["parser"] = html_parser_name(wrapper.parser);
    if (wrapper.name != Wrapper{}.name)
        object["name"] = wrapper.name;
    if (!wrapper.xml_schema.empty())
        object["xml_schema"] = wrapper.xml_schema;
    if (Json adapt = Json::parse(wrapper_adapt_options_to_json(wrapper.adaptation)); !adapt.empty())
        object["adapt"] = std::move(adapt);
    return object.dump();
}

void check_wrapper(const Wrapper &wrapper) {
    if (wrapper.rows)
        check_xpath(wrapper.rows->xpath, "\"rows\"");
    check_columns(wrapper.columns);
    if (!wrapper.xml_schema.empty())
        const XmlSchema schema(wrapper.xml_schema);
}

} // namespace webwrap
