#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/wrap/adapt.hpp"

namespace webwrap {

/* Fills the evidence of answers that were found for an XPath: the elements on both pages, their texts, and what the ranking
 * and the confidence make of them under the options' model. Judges anew, so it costs as much as adapt(). Polls. */
void explain_answers(std::vector<Candidate> &answers, const Document &old_page, std::string_view xpath,
                     const Document &new_page, const AdaptOptions &options, const Limits &limits);

/* The same for the patterns of a wrapper that was adapted on these pages, each on the first pair that has what it selected; with
 * the best other groups of the new page, and the XPaths that were considered. The evidence stays empty where the old XPath
 * selects no nodes. Polls. */
void explain_patterns(WrapperAdaptation &adaptation, const Wrapper &before, std::span<const PagePair> pages,
                      const Limits &limits);

} // namespace webwrap
