#pragma once

#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/wrap/adapt.hpp"

namespace webwrap {

/* What `xpath` selected on the old page, found on the new one by its known values alone: elements with equal texts (or
 * attributes, as the XPath's end says) on one path of tags, and an XPath that selects all of them. Nothing but values is
 * looked at, so an answer needs content that stayed; its confidence follows from the share of the values that are there and
 * how many different ones they are, and is halved where two paths have them. At most one answer. Polls. */
[[nodiscard]] std::vector<Candidate> adapt_by_values(const Document &old_page, std::string_view xpath,
                                                     const Document &new_page, const AdaptOptions &options,
                                                     const Limits &limits);

} // namespace webwrap
