#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/wrap/places.hpp"

namespace webwrap {

/* Where one column is taken from at one level of records, and how sure that is. */
struct ColumnDecision {
    std::vector<Place> places; /* what was considered, the chosen one first */
    bool is_found = false;     /* places.front() is the answer */
    double confidence = 0;
    std::string reason; /* why it is not sure; empty when nothing speaks against it */
};

/* Decides all columns together: no two columns take one place unless they did so before, and where several places
 * explain the known values equally well the names around them decide, or nobody. Nested columns are left undecided.
 * Polls. */
[[nodiscard]] std::vector<ColumnDecision> decide_columns(Evidence &evidence, const RecordLevel &level);

} // namespace webwrap
