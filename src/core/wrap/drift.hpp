#pragma once

#include "core/wrap/joint.hpp"

namespace webwrap {

/* Judges a column whose best places disagree with some known values. Values may have changed since the old page was
 * read: then they are not found elsewhere in their records, changes are few, or small ones of numbers whose place kept
 * its names. Sets the decision's answer, confidence and reason. */
void judge_drift(Evidence &evidence, const RecordLevel &level, std::size_t column, ColumnDecision &decision);

} // namespace webwrap
