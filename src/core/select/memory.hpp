#pragma once

#include <cstddef>

#include "core/parse/document.hpp"

namespace webwrap {

/* Bytes of a document with its indexes and its mirror; the mirror's are an estimate. */
[[nodiscard]] std::size_t memory_of(const Document &document);

} // namespace webwrap
