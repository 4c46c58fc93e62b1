#include "core/wrap/fallback.hpp"

namespace webwrap {

std::optional<WrapperAdaptation> adapt_by_structure(Evidence &, const AdaptOptions &) { return std::nullopt; }

} // namespace webwrap
