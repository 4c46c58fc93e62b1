#pragma once

#include <optional>

#include "core/fetch/client.hpp"
#include "core/parse/charset.hpp"

namespace webwrap {

/* The body of a response as text, or nothing when it is none. Throws kDecoding, naming URL and encoding. */
[[nodiscard]] std::optional<DecodedText> page_text(const Response &response);

} // namespace webwrap
