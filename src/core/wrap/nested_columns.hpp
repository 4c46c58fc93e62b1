#pragma once

#include <vector>

#include "core/wrap/alignment.hpp"

namespace webwrap {

/* A nested column adapted with all that is in it. */
struct NestedAdaptation {
    Column column;                           /* the old one where a pattern is not sure or nothing had to change */
    std::vector<PatternAdaptation> patterns; /* the column's own, then those in it by dotted names ("parts.count") */
};

/* Adapts a nested column inside the records of one level: each old record and the new one that it is found in are a pair of
 * pages of their own, whose records are the column's. Polls. */
[[nodiscard]] NestedAdaptation adapt_nested(const Evidence &evidence, const RecordLevel &level, std::size_t column,
                                            const AdaptOptions &options);

} // namespace webwrap
