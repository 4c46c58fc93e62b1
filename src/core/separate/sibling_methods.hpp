#pragma once

#include <functional>

#include "core/separate/layout.hpp"
#include "core/separate/separation.hpp"

namespace webwrap {

/* The methods of Zhao et al. 2018 and the SYNTHIA of Omari et al. 2016 as that paper describes it: bottom-up, the children
 * of each node are split into chunks, and a chunk of several becomes an iteration over their common layout.
 *
 * synthia: neighbours go into one chunk when they are similar; local alignment; the source stays where template and data
 * are not shorter. max_mi: neighbours go into one chunk when folding the two does not lower the index of the two. max_mi_lcs: the
 * same with the global alignment of section 5.2, scored by the index. mi_dual_tlbo: section 5.3 on top of that. */
[[nodiscard]] LayoutId fold_siblings(LayoutPool &pool, LayoutId page, SeparationMethod method,
                                     const SeparationOptions &options);

} // namespace webwrap
