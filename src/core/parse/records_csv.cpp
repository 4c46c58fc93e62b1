#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/records.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kShownNameBytes = 60;
constexpr std::size_t kShownNames = 50;

class CsvReader final : public RecordReader {
  public:
    CsvReader(std::string_view text, std::string source, const CsvOptions &options, std::vector<RecordField> fields)
        : text_(text, std::move(source)), delimiter_(options.delimiter), at_(text_.begin()),
          field_count_(options.field_count), has_header_(options.has_header) {
        for (const char c : {delimiter_, '"', '\r', '\n'})
            ends_plain_[static_cast<unsigned char>(c)] = true;
        if (has_header_)
            read_header(fields);
        else
            place_by_position(fields);
    }

    bool next() override;

  private:
    struct Field {
        std::string_view bytes; /* between the quotes */
        bool is_quoted = false;
        bool has_quotes = false; /* doubled ones inside */
    };

    template <typename Visit> std::size_t visit_record(Visit visit);
    Field read_field();
    Field read_quoted();
    void end_field();
    void keep(std::size_t column, const Field &field);
    void want(std::size_t column, bool is_needed);
    void read_header(const std::vector<RecordField> &fields);
    void place_by_position(const std::vector<RecordField> &fields);
    void check_count(std::size_t count);
    [[noreturn]] void fail(std::string message, std::int64_t line, std::string hint = {}) const {
        throw Error(ErrorKind::kBadFormat, std::move(message), text_.place(line), std::move(hint));
    }

    CheckedText text_;
    char delimiter_;
    std::array<bool, 256> ends_plain_{};
    const char *at_;
    std::int64_t next_line_ = 1;
    std::size_t field_count_;
    bool has_header_;
    std::vector<std::size_t> column_to_slot_; /* of the document's columns */
};

std::string unescaped(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text += bytes[i];
        i += bytes[i] == '"'; /* the second of two */
    }
    return text;
}

/* Stands at an opening quote. */
CsvReader::Field CsvReader::read_quoted() {
    Field field{{}, true, false};
    const char *const begin = ++at_;
    for (;;) {
        const auto *quote =
            static_cast<const char *>(std::memchr(at_, '"', static_cast<std::size_t>(text_.end() - at_)));
        if (quote == nullptr)
            fail("quoted field does not end", next_line_);
        at_ = quote + 1;
        if (at_ == text_.end() || *at_ != '"') {
            field.bytes = {begin, static_cast<std::size_t>(quote - begin)};
            next_line_ += std::count(begin, quote, '\n');
            return field;
        }
        ++at_;
        field.has_quotes = true;
    }
}

CsvReader::Field CsvReader::read_field() {
    if (at_ != text_.end() && *at_ == '"') {
        const Field field = read_quoted();
        end_field();
        return field;
    }
    const char *const begin = at_;
    const char *const end = text_.end();
    while (at_ != end && !ends_plain_[static_cast<unsigned char>(*at_)])
        ++at_;
    const Field field{{begin, static_cast<std::size_t>(at_ - begin)}, false, false};
    end_field();
    return field;
}

/* Behind a field come a delimiter, the end of the line or that of the document. */
void CsvReader::end_field() {
    if (at_ == text_.end() || *at_ == delimiter_ || *at_ == '\n')
        return;
    if (*at_ == '\r') {
        if (at_ + 1 != text_.end() && at_[1] == '\n')
            return;
        fail("carriage return without a line feed outside of quotes", next_line_,
             "Lines end with LF or CRLF; a field that holds a carriage return is quoted.");
    }
    if (*at_ == '"')
        fail("quote inside a field that is not quoted", next_line_,
             "A field that holds a quote is quoted, and the quote doubled.");
    fail("text after the closing quote of a field", next_line_,
         "A quote inside a quoted field is doubled. The table's option delimiter may be wrong.");
}

/* Calls visit with the number of each field of the record at hand and the field; returns how many there are. */
template <typename Visit> std::size_t CsvReader::visit_record(Visit visit) {
    const char *const begin = at_;
    line_ = next_line_;
    std::size_t count = 0;
    for (;;) {
        visit(count++, read_field());
        if (count % 4096 == 0)
            Interrupt::poll();
        if (at_ == text_.end())
            break;
        if (*at_ == delimiter_) {
            ++at_;
            continue;
        }
        at_ += *at_ == '\r' ? 2 : 1;
        ++next_line_;
        break;
    }
    text_.check(begin, at_, line_);
    return count;
}

void CsvReader::keep(std::size_t column, const Field &field) {
    if (column >= column_to_slot_.size() || column_to_slot_[column] == kNone)
        return;
    if (field.has_quotes)
        add_value(column_to_slot_[column], unescaped(field.bytes));
    else if (field.is_quoted || !field.bytes.empty())
        add_value(column_to_slot_[column], field.bytes);
}

bool CsvReader::next() {
    Interrupt::poll();
    if (at_ == text_.end())
        return false;
    clear_values();
    check_count(visit_record([this](std::size_t column, const Field &field) { keep(column, field); }));
    return true;
}

void CsvReader::check_count(std::size_t count) {
    if (count == field_count_)
        return;
    const auto fields = [](std::size_t n) { return std::to_string(n) + (n == 1 ? " field" : " fields"); };
    if (field_count_ == 0) { /* the first record says */
        if (count < column_to_slot_.size())
            throw Error(ErrorKind::kUndefinedField,
                        "record has no field " + std::to_string(column_to_slot_.size()) + ", it has " + fields(count),
                        text_.place(line_));
        field_count_ = count;
        return;
    }
    fail("record has " + fields(count) + " instead of " + std::to_string(field_count_), line_,
         has_header_ ? "Every record has as many fields as the header line."
                     : "Every record has a field for each column of the table, or as many as the first record where "
                       "columns have option field.");
}

/* Gives the field that is being placed a slot for this column of the document. */
void CsvReader::want(std::size_t column, bool is_needed) {
    if (column >= column_to_slot_.size())
        column_to_slot_.resize(column + 1, kNone);
    if (column_to_slot_[column] == kNone && is_needed) {
        column_to_slot_[column] = slot_to_offset_.size();
        slot_to_offset_.push_back(kNone);
    }
    field_to_slot_.push_back(is_needed ? column_to_slot_[column] : 0);
}

std::string names_of(const std::vector<std::string> &header) {
    std::string text;
    for (std::size_t i = 0; i < header.size() && i < kShownNames; ++i)
        text += (i == 0 ? "\"" : ", \"") + abbreviate(header[i], kShownNameBytes) + "\"";
    return header.size() > kShownNames ? text + ", ..." : text;
}

void CsvReader::read_header(const std::vector<RecordField> &fields) {
    if (at_ == text_.end())
        fail("document is empty, it has no header line", 1, "Set option header 'false' if it never has one.");
    std::vector<std::string> header;
    field_count_ = visit_record([&](std::size_t, const Field &field) {
        header.push_back(field.has_quotes ? unescaped(field.bytes) : std::string(field.bytes));
    });
    for (const RecordField &field : fields) {
        const auto found = std::find(header.begin(), header.end(), field.name);
        if (found == header.end())
            throw Error(ErrorKind::kUndefinedField, "header has no field \"" + field.name + "\"",
                        text_.place(line_) + " Its fields are: " + names_of(header) + ".",
                        "A column's option field names its field, option delimiter of the table the delimiter.");
        if (std::find(found + 1, header.end(), field.name) != header.end())
            fail("header has field \"" + field.name + "\" more than once", line_,
                 "Set option header 'false', and the position of the field as option field of the column.");
        want(static_cast<std::size_t>(found - header.begin()), field.is_needed);
    }
}

void CsvReader::place_by_position(const std::vector<RecordField> &fields) {
    for (const RecordField &field : fields) {
        std::size_t position = 0;
        const char *const end = field.name.data() + field.name.size();
        const auto [stop, code] = std::from_chars(field.name.data(), end, position);
        if (code != std::errc{} || stop != end || position == 0 || position > 1'000'000)
            throw Error(ErrorKind::kInvalidOption, "\"" + field.name + "\" is no position of a field", {},
                        "Without a header line option field is a number from 1 on.");
        want(position - 1, field.is_needed);
    }
}

} // namespace

std::unique_ptr<RecordReader> read_csv(std::string_view text, std::string source, const CsvOptions &options,
                                       std::vector<RecordField> fields) {
    return std::make_unique<CsvReader>(text, std::move(source), options, std::move(fields));
}

} // namespace webwrap
