#include "core/wrap/examples.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxRecords = 100;

/* JSON whose numbers keep the digits that they were written with. */
struct Json {
    enum class Kind { kNull, kText, kNumber, kBoolean, kArray, kObject } kind = Kind::kNull;
    std::string text;
    std::vector<Json> items;
    std::vector<std::string> names; /* of an object's items */
};

class JsonBuilder : public nlohmann::json_sax<nlohmann::json> {
  public:
    bool null() override { return put({}); }
    bool boolean(bool value) override { return put({Json::Kind::kBoolean, value ? "true" : "false", {}, {}}); }
    bool number_integer(number_integer_t value) override { return put_number(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return put_number(std::to_string(value)); }
    bool number_float(number_float_t, const string_t &raw) override { return put_number(raw); }
    bool string(string_t &value) override { return put({Json::Kind::kText, value, {}, {}}); }
    bool binary(binary_t &) override { return false; }
    bool start_object(std::size_t) override { return open(Json::Kind::kObject); }
    bool start_array(std::size_t) override { return open(Json::Kind::kArray); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t &name) override {
        open_.back()->names.push_back(name);
        return true;
    }
    bool parse_error(std::size_t, const std::string &, const nlohmann::json::exception &) override { return false; }

    Json root;

  private:
    bool put_number(std::string text) { return put({Json::Kind::kNumber, std::move(text), {}, {}}); }
    bool put(Json json) {
        place(std::move(json));
        return true;
    }
    bool open(Json::Kind kind) {
        if (open_.size() >= kMaxDepth)
            return false;
        Json opened;
        opened.kind = kind;
        open_.push_back(place(std::move(opened)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    Json *place(Json json) {
        if (open_.empty()) {
            root = std::move(json);
            return &root;
        }
        open_.back()->items.push_back(std::move(json));
        return &open_.back()->items.back();
    }

    std::vector<Json *> open_; /* only the last one grows, so none of them moves */
};

[[noreturn]] void fail(const std::string &message, const std::string &hint = {}) {
    throw Error(ErrorKind::kInvalidArgument, message, {}, hint);
}

std::string quoted(const std::string &name) { return "\"" + abbreviate(name, 60) + "\""; }

bool is_xpath(const Json &json) {
    return json.kind == Json::Kind::kObject && json.names.size() == 1 && json.names.front() == "xpath" &&
           json.items.front().kind == Json::Kind::kText;
}

ExampleRecord record_from(const Json &json);

ExampleValue array_from(const std::string &column, const Json &json);

ExampleValue value_from(const std::string &column, const Json &json) {
    ExampleValue value;
    switch (json.kind) {
    case Json::Kind::kNull:
        break;
    case Json::Kind::kText:
        value.kind = ExampleValue::Kind::kText;
        value.text = fold_space(json.text);
        if (value.text.empty())
            fail("example of column " + quoted(column) + " is empty", "Use null for a record that has no value there.");
        break;
    case Json::Kind::kNumber:
        value.kind = ExampleValue::Kind::kNumber;
        value.text = json.text;
        break;
    case Json::Kind::kBoolean:
        value.kind = ExampleValue::Kind::kBoolean;
        value.text = json.text;
        break;
    case Json::Kind::kArray:
        return array_from(column, json);
    case Json::Kind::kObject:
        if (!is_xpath(json))
            fail("example of column " + quoted(column) + " is an object without \"xpath\"",
                 "Name a node as {\"xpath\": \"...\"}; nested records are an array of objects.");
        value.kind = ExampleValue::Kind::kXPath;
        value.text = json.items.front().text;
        break;
    }
    return value;
}

ExampleValue array_from(const std::string &column, const Json &json) {
    ExampleValue value;
    if (json.items.empty())
        return value;
    const bool nested = json.items.front().kind == Json::Kind::kObject && !is_xpath(json.items.front());
    value.kind = nested ? ExampleValue::Kind::kRecords : ExampleValue::Kind::kList;
    for (const Json &item : json.items) {
        if (nested != (item.kind == Json::Kind::kObject && !is_xpath(item)) || item.kind == Json::Kind::kArray ||
            item.kind == Json::Kind::kNull)
            fail("examples of column " + quoted(column) + " are of different kinds",
                 "An array holds either values or objects.");
        if (nested)
            value.records.push_back(record_from(item));
        else
            value.items.push_back(value_from(column, item));
    }
    return value;
}

ExampleRecord record_from(const Json &json) {
    ExampleRecord record;
    for (std::size_t i = 0; i < json.names.size(); ++i)
        record.values.push_back({json.names[i], value_from(json.names[i], json.items[i])});
    return record;
}

void check_columns(const std::vector<ExampleRecord> &records) {
    for (const std::string &column : column_names(records)) {
        std::vector<ExampleRecord> nested;
        bool has_value = false;
        for (const ExampleRecord &record : records)
            if (const ExampleValue *value = record.find(column);
                value != nullptr && value->kind != ExampleValue::Kind::kNull) {
                if (has_value && (value->kind == ExampleValue::Kind::kRecords) != !nested.empty())
                    fail("examples of column " + quoted(column) + " are of different kinds");
                has_value = true;
                nested.insert(nested.end(), value->records.begin(), value->records.end());
            }
        if (!has_value)
            fail("column " + quoted(column) + " has no example",
                 "Add its value in at least one record, or leave the column out.");
        check_columns(nested);
    }
}

} // namespace

const ExampleValue *ExampleRecord::find(std::string_view column) const {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const ExampleField &field) { return field.column == column; });
    return found == values.end() ? nullptr : &found->value;
}

std::vector<std::string> column_names(const std::vector<ExampleRecord> &records) {
    std::vector<std::string> names;
    for (const ExampleRecord &record : records)
        for (const auto &[name, value] : record.values)
            if (std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
    return names;
}

std::vector<ExampleRecord> examples_from_json(std::string_view json) {
    JsonBuilder builder;
    if (!nlohmann::json::sax_parse(json, &builder))
        fail("examples are not valid JSON, or nested too deep");
    std::vector<ExampleRecord> records;
    if (builder.root.kind == Json::Kind::kObject)
        records.push_back(record_from(builder.root));
    else if (builder.root.kind == Json::Kind::kArray)
        for (const Json &item : builder.root.items) {
            if (item.kind != Json::Kind::kObject)
                fail("examples must be a JSON object or an array of objects",
                     "Each object is one record: {\"title\": \"...\", \"year\": 1979}.");
            records.push_back(record_from(item));
        }
    else
        fail("examples must be a JSON object or an array of objects",
             "Each object is one record: {\"title\": \"...\", \"year\": 1979}.");
    if (records.empty() || column_names(records).empty())
        fail("there is no example", "Give the values of one or two records.");
    if (records.size() > kMaxRecords)
        fail("there are more than " + std::to_string(kMaxRecords) + " example records",
             "Two or three records that differ say as much.");
    check_columns(records);
    return records;
}

} // namespace webwrap
