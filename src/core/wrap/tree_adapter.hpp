#pragma once

#include <span>

#include "core/wrap/priorities.hpp"

namespace webwrap {

/* Adapts all patterns by a tree measure alone (paper, section 4): records are the subtrees of the new pages that are similar
 * enough to old records, columns the places inside them that are most similar to the column's old nodes, leaves by their
 * texts. Similarity, which is the confidence too, has to reach tree_threshold_of the pattern; all constraints have to hold
 * on the new pages. Nested columns keep their XPath. Polls. */
[[nodiscard]] WrapperAdaptation adapt_wrapper_by_tree(const Wrapper &wrapper, std::span<const PagePair> pages,
                                                      const AdaptMeasure &measure, const AdaptOptions &options,
                                                      const AdaptationScope &scope, const Limits &limits);

} // namespace webwrap
