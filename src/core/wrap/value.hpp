#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* Outcome of reading one text as a column's value. */
struct CellValue {
    std::optional<std::string> text; /* canonical: "2800000", "1986-05-12", "true"; nullopt is SQL NULL */
    std::string problem;             /* why the text is no value of the column; empty when it is one */
    bool is_pattern_problem = false; /* the pattern found nothing, as opposed to the type refusing the text */
};

/* Reads texts as values of one column: trims and folds white space, applies null_values, pattern, type and locale.
 * Canonical texts are what the server's input functions take under any DateStyle. Compiles its pattern once; throws
 * kInvalidOption when that fails. Matching is bounded in time; running out is a problem, not an endless loop. */
class CellReader {
  public:
    explicit CellReader(const Column &column);
    ~CellReader();
    CellReader(CellReader &&) noexcept;
    CellReader &operator=(CellReader &&) noexcept;

    [[nodiscard]] CellValue read(std::string_view text) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace webwrap
