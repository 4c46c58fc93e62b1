#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/wrap/adapt.hpp"

namespace webwrap {

/* What one way to adapt a wrapper may do. */
struct AdaptationScope {
    bool keeps_rows = false; /* the row pattern keeps its XPath */
    bool structure = true;   /* where no known value is found again, structure and names may decide */
};

/* One XPath by the ways of options.measures, in their order: the answers of the first whose best one reaches its threshold,
 * those below it left out. Without measures this is adapt(). Polls. */
[[nodiscard]] std::vector<Candidate> adapt_by_priority(const Document &old_page, std::string_view xpath,
                                                       const Document &new_page, const AdaptOptions &options,
                                                       const Limits &limits);

/* All patterns jointly by known values, see docs/wrap.md. Part of adapt_wrapper. */
[[nodiscard]] WrapperAdaptation adapt_by_records(const Wrapper &wrapper, std::span<const PagePair> pages,
                                                 const AdaptOptions &options, const AdaptationScope &scope,
                                                 const Limits &limits);

} // namespace webwrap
