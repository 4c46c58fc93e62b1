#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace webwrap {

/* Documents that are lists of records, read one record at a time: CSV by RFC 4180 and newline-delimited JSON. */

/* A field that the reader's user wants: in CSV a name of the header line, or a position from 1 on where there is none; in
 * JSON a top-level member, or a JSON pointer (RFC 6901) when it begins with a slash. */
struct RecordField {
    std::string name;
    bool is_needed = true; /* false: it has to be there, but nobody will ask for its value */
};

/* UTF-8 that is checked piece by piece as a reader comes to it, so that the first records of a large document are there
 * at once, and so that an error can name its line. */
class CheckedText {
  public:
    /* The text has to outlive this; `source` is its URL, for messages. */
    CheckedText(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {}

    [[nodiscard]] const char *begin() const noexcept { return text_.data(); }
    [[nodiscard]] const char *end() const noexcept { return text_.data() + text_.size(); }

    /* Throws kDecoding when a byte before `end` is no UTF-8 or NUL. The text from `from` on begins at line `line`. Polls. */
    void check(const char *from, const char *end, std::int64_t line) {
        if (static_cast<std::size_t>(end - text_.data()) > good_bytes_)
            check_more(from, end, line);
    }
    /* 'Line 7 of "http://site/x.csv".', for details. */
    [[nodiscard]] std::string place(std::int64_t line) const;

  private:
    void check_more(const char *from, const char *end, std::int64_t line);

    std::string_view text_;
    std::string source_;
    std::size_t good_bytes_ = 0;
};

/* Reads a document from its first to its last record. */
class RecordReader {
  public:
    virtual ~RecordReader() = default;

    /* Goes to the next record; false when there is none. Throws kDecoding and kBadFormat, with URL and line as detail.
     * O(bytes of the record); polls. */
    [[nodiscard]] virtual bool next() = 0;

    /* The value of the field with this index as text that ends with NUL, or null for none; good until next(). */
    [[nodiscard]] const char *value(std::size_t field) const noexcept {
        const std::size_t offset = slot_to_offset_[field_to_slot_[field]];
        return offset == kNone ? nullptr : values_.data() + offset;
    }
    /* The line that the record begins in, from 1 on. */
    [[nodiscard]] std::int64_t line() const noexcept { return line_; }

  protected:
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

    void clear_values();
    void add_value(std::size_t slot, std::string_view value);

    std::vector<std::size_t> field_to_slot_; /* fields of the same name share one */
    std::vector<std::size_t> slot_to_offset_;
    std::string values_;
    std::int64_t line_ = 0;
};

struct CsvOptions {
    char delimiter = ',';
    bool has_header = true;
    std::size_t field_count = 0; /* of every record where there is no header; 0: as the first record has */
};

/* Fields are separated by the delimiter, records end with LF or CRLF; a quoted field may hold all of these, its quotes
 * doubled. A field that is empty and not quoted has no value. The text has to outlive the reader. Throws kUndefinedField
 * when the header lacks a field, kBadFormat when it has it twice or is missing. */
[[nodiscard]] std::unique_ptr<RecordReader> read_csv(std::string_view text, std::string source,
                                                     const CsvOptions &options, std::vector<RecordField> fields);

/* Each line holds one JSON object; empty lines count for nothing. A missing member and null have no value, texts are
 * unescaped, objects and arrays are their JSON text as it stands. The text has to outlive the reader. Throws
 * kInvalidOption for a malformed JSON pointer. */
[[nodiscard]] std::unique_ptr<RecordReader> read_ndjson(std::string_view text, std::string source,
                                                        std::vector<RecordField> fields);

} // namespace webwrap
