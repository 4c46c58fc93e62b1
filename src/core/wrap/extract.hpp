#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

struct Cell {
    std::optional<std::string> value; /* canonical text; JSON for nested columns; nullopt: no value */
    std::vector<NodeRef> nodes;       /* what the XPath selected in this record */
    std::vector<std::string> parts;   /* the values of single nodes where several make the cell */
};

struct Record {
    NodeRef row; /* the document node when the wrapper has no rows */
    std::vector<Cell> cells;
};

/* One integrity constraint that does not hold. `pattern` is the column's name, or "rows". */
struct Violation {
    std::string pattern;
    std::string constraint_name; /* min_rows, max_rows, min_children, max_children, required, type, pattern,
                                    min_occurs, max_occurs, xml_schema */
    std::string detail;          /* "row 3: \"n/a\" is not numeric" */
    std::size_t record = 0;      /* index of the record, 0 for the row pattern */
};

struct Extraction {
    std::vector<Record> records;
    std::vector<Violation> violations;       /* in document order */
    std::vector<std::string> empty_patterns; /* patterns that matched nothing on the whole page */
};

/* A wrapper ready to run on many pages. Throws as check_wrapper. */
class Extractor {
  public:
    explicit Extractor(Wrapper wrapper);
    ~Extractor();
    Extractor(Extractor &&) noexcept;
    Extractor &operator=(Extractor &&) noexcept;

    /* Records in document order with every violation; polls. The row minimum is not checked on the last page. */
    [[nodiscard]] Extraction extract(const Document &document, const Limits &limits, bool is_last_page = false) const;

    [[nodiscard]] const Wrapper &wrapper() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/* The first few violations as text for an error's detail, one a line, and how many more there are. */
[[nodiscard]] std::string describe_violations(const std::vector<Violation> &violations);

/* One record as a JSON object by column names (values typed: numbers and booleans unquoted). */
[[nodiscard]] std::string record_to_json(const Wrapper &wrapper, const Record &record);

} // namespace webwrap
