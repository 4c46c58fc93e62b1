#pragma once

#include <optional>
#include <string_view>

#include "core/fetch/client.hpp"
#include "core/parse/charset.hpp"

namespace webwrap {

/* True when a body is to be read as text: by its media type (lower case) or, without one, by its bytes. */
[[nodiscard]] bool is_text_body(std::string_view media_type, std::string_view body);

/* The body of a response as text, or nothing when it is none. Throws kDecoding, naming URL and encoding. */
[[nodiscard]] std::optional<DecodedText> page_text(const Response &response);

} // namespace webwrap
