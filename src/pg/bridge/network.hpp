#pragma once

#include "core/fetch/client.hpp"

namespace webwrap::pg {

/* The backend's HTTP client, made on first use and kept: connections outlive statements. */
[[nodiscard]] Client &client();

/* Throws kDisabled while webwrap.enabled is off. */
void require_network();

} // namespace webwrap::pg
