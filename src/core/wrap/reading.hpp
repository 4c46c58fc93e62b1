#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/parse/document.hpp"
#include "core/wrap/examples.hpp"
#include "core/wrap/moment.hpp"
#include "core/wrap/number.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* How a text holds a value: as a part of it, or as a whole. */
enum class Holds { kNo, kPart, kWhole };

/* Finds values in texts however a page may write them: under SQL notation, the page's own language and the common
 * conventions of numbers and dates. Readers are made once. */
class ValueFinder {
  public:
    explicit ValueFinder(const Document &page);

    /* Of scalar examples other than nodes. The text has its white space folded. */
    [[nodiscard]] Holds holds(const ExampleValue &value, std::string_view text);
    /* Where the value stands in a text that holds it as a part; nothing when it stands there more than once. */
    [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> part(const ExampleValue &value,
                                                                          std::string_view text);

    /* Locales that numbers, or dates, may be written in: SQL notation, which is the empty one, the page's language where it
     * names one, others. */
    [[nodiscard]] bool has_language() const noexcept { return has_language_; }
    [[nodiscard]] const std::vector<std::string> &number_locales() const noexcept { return number_locales_; }
    [[nodiscard]] const std::vector<std::string> &date_locales() const noexcept { return date_locales_; }

  private:
    using Span = std::pair<std::size_t, std::size_t>; /* begin, end */
    [[nodiscard]] std::vector<Span> spans(const ExampleValue &value, std::string_view text);
    [[nodiscard]] std::vector<Span> number_spans(const std::string &value, std::string_view text);
    [[nodiscard]] std::vector<Span> date_spans(const std::string &value, std::string_view text);
    [[nodiscard]] bool is_number(const std::string &normal, std::string_view text);
    [[nodiscard]] bool is_date(const std::string &value, std::string_view text);

    bool has_language_;
    std::vector<std::string> number_locales_, date_locales_;
    std::vector<NumberReader> numbers_; /* by locale */
    std::map<std::pair<std::string, bool>, MomentReader> moments_;
};

/* kDate or kTimestamp for a text in ISO 8601, else kText. */
[[nodiscard]] CellType moment_type_of(std::string_view text);

/* A moment of an example as readers give it. */
[[nodiscard]] std::string canonical_moment(const std::string &text);

/* One example of a column and the text of the node that it was found in. */
struct ReadingSample {
    const ExampleValue *value;
    std::string text;
};

/* How a column's texts become values. */
struct Reading {
    CellType type = CellType::kText;
    std::string pattern;
    std::string locale;
    std::vector<std::string> null_values; /* one at most */
    std::string rival_locale; /* explains the examples as well, but reads other texts differently; or empty */
    bool is_part = false;

    void apply_to(Column &column) const;
};

/* The reading that gives each sample its value and makes something of all other texts of the column. `null_texts` stand
 * where a record has no value. Nothing when there is none. */
[[nodiscard]] std::optional<Reading> learn_reading(ValueFinder &finder, std::span<const ReadingSample> samples,
                                                   std::span<const std::string> texts,
                                                   std::span<const std::string> null_texts);

/* Regular expressions that find the values of samples in their texts, the most telling first: what encloses the value,
 * what surrounds it, the value's own form. A value is [begin, end) of its text. */
struct PatternSample {
    std::string_view text;
    std::size_t begin, end;
    bool is_number = false;    /* a form with grouping and decimal marks is meant, not just these digits */
    bool is_word_form = false; /* the form of its letters and digits tells it, as of dates */
};
[[nodiscard]] std::vector<std::string> pattern_candidates(std::span<const PatternSample> samples);

/* Whether the value that a column read is what the example says. */
[[nodiscard]] bool agrees(const ExampleValue &value, const std::optional<std::string> &read, CellType type);

} // namespace webwrap
