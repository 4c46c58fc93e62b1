#pragma once

#include <optional>

#include "core/wrap/adapt.hpp"
#include "core/wrap/evidence.hpp"

namespace webwrap {

/* Adapts a wrapper whose known records are not on the new pages: the record pattern by structure and names, then each
 * column inside the new records. Less sure than known values. nullopt when nothing fits. Polls. */
[[nodiscard]] std::optional<WrapperAdaptation> adapt_by_structure(Evidence &evidence, const AdaptOptions &options);

} // namespace webwrap
