#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/wrap/extract.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* What a schema says against a record. */
struct SchemaProblem {
    std::string column; /* child element of the record that it is about; empty for the record itself */
    std::string message;
};

/* An XML Schema 1.0 as the data model of records: each is written as XML, `<name><column>value</column></name>`, and
 * validated by libxml2. Nothing is read but the text: includes and imports of other documents and document type
 * declarations are refused, as are numbers of occurrences above kMaxOccurs, whose automata would not fit anywhere. */
class XmlSchema {
  public:
    static constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
    static constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 20;
    static constexpr int kMaxOccurs = 10'000;

    /* Compiles the schema. Throws kInvalidOption with what is wrong with it. */
    explicit XmlSchema(std::string_view text);
    ~XmlSchema();
    XmlSchema(XmlSchema &&) noexcept;
    XmlSchema &operator=(XmlSchema &&) noexcept;

    /* Problems of one record in document order, at most kMaxProblems; polls first. O(size of the record). */
    [[nodiscard]] std::vector<SchemaProblem> check(const Wrapper &wrapper, const Record &record) const;

    static constexpr std::size_t kMaxProblems = 20;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/* The XML that a schema sees: a column without value has no element, one of several nodes an element for each value, a
 * nested column one for each sub-record. Names that XML does not have are escaped as SQL/XML does it, `_x0020_`. */
[[nodiscard]] std::string record_to_xml(const Wrapper &wrapper, const Record &record);

} // namespace webwrap
