/* CSV and ndjson: the first byte chooses the format and the delimiter. Whatever is read of CSV and written again, every field
 * quoted, reads the same; a value of ndjson has no NUL and is UTF-8. */

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "core/parse/records.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

using Row = std::vector<std::optional<std::string>>;

std::vector<Row> rows_of(RecordReader &reader, std::size_t fields) {
    std::vector<Row> rows;
    std::int64_t line = 0;
    while (reader.next()) {
        require(reader.line() > line, "lines go up");
        line = reader.line();
        Row &row = rows.emplace_back();
        for (std::size_t i = 0; i < fields; ++i) {
            const char *value = reader.value(i);
            row.push_back(value == nullptr ? std::nullopt : std::optional<std::string>(value));
            require(value == nullptr || find_invalid_utf8(value) == std::string_view::npos, "values are UTF-8");
        }
    }
    return rows;
}

std::string written(const std::vector<Row> &rows, char delimiter) {
    std::string text;
    for (const Row &row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0)
                text += delimiter;
            if (!row[i])
                continue;
            text += '"';
            for (const char c : *row[i])
                text += c == '"' ? "\"\"" : std::string(1, c);
            text += '"';
        }
        text += "\r\n";
    }
    return text;
}

void check_csv(std::string_view text, char delimiter) {
    for (std::size_t count = 1; count <= 4; ++count) {
        std::vector<RecordField> fields;
        for (std::size_t i = 1; i <= count; ++i)
            fields.push_back({std::to_string(i)});
        const CsvOptions options{delimiter, false, count};
        std::vector<Row> rows;
        if (!attempt([&] { rows = rows_of(*read_csv(text, "u", options, fields), count); }))
            continue;
        const std::string again = written(rows, delimiter);
        require(rows_of(*read_csv(again, "u", options, fields), count) == rows, "what is written reads the same",
                again);
    }
}

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    std::string_view input{reinterpret_cast<const char *>(data), size};
    const unsigned choice = take_byte(input);
    if (choice % 2 == 0)
        check_csv(input, choice % 4 == 0 ? ',' : '\t');
    else
        attempt([&] {
            const std::vector<webwrap::RecordField> fields{{"a"}, {"/a/b"}, {"/b/0"}, {""}};
            (void)rows_of(*webwrap::read_ndjson(input, "u", fields), fields.size());
        });
    return 0;
}
