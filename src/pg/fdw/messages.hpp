#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/extract.hpp"
#include "pg/fdw/learned.hpp"
#include "pg/fdw/table.hpp"

namespace webwrap::pg {

/* What a scan tells its user: errors with everything that helps to mend them, warnings once a statement. */

/* Why a violated page was not adapted to. */
enum class NoAdaptation { kOff, kNoSnapshot, kNothingMoved };

[[noreturn]] void throw_missing_parameter(const TableDefinition &table, const std::string &name);
[[noreturn]] void throw_too_many_pages(const TableDefinition &table, int max_pages);
[[noreturn]] void throw_violated(const TableDefinition &table, const std::string &url,
                                 const std::vector<Violation> &violations, NoAdaptation why);
[[noreturn]] void throw_not_adapted(const TableDefinition &table, const std::string &url,
                                    const std::vector<Violation> &violations, const WrapperAdaptation &adaptation);
[[noreturn]] void throw_still_violated(const TableDefinition &table, const std::string &url,
                                       const std::vector<Violation> &remaining, const WrapperAdaptation &adaptation);
[[noreturn]] void throw_lost_next_page(const TableDefinition &table, const std::string &url,
                                       const std::vector<Candidate> &candidates);
void throw_if_vetoed(const TableDefinition &table, const std::string &url, const Learned &learned,
                     const WrapperAdaptation &adaptation);

/* True when a pattern's XPath differs from before. */
[[nodiscard]] bool is_changed(const WrapperAdaptation &adaptation);

/* Warns that the scan has just adapted the table. */
void report_adaptation(const TableDefinition &table, const WrapperAdaptation &adaptation);
/* Warns, once a statement, that the table is read through adaptations nobody has approved. */
void warn_about_adaptations(const TableDefinition &table, const Learned &learned);
/* Warns that a page is read as it was when the table was right on it, and why. */
void warn_about_stale(const TableDefinition &table, const std::string &url, const Error &reason);
void warn_matched_nothing(const TableDefinition &table, const std::string &pattern, const std::string &xpath);

} // namespace webwrap::pg
