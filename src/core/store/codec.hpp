#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace webwrap {

/* Fingerprint of a body: XXH3, 128 bits, big-endian canonical form. A hit is verified by comparing the bytes. */
using BodyHash = std::array<std::uint8_t, 16>;

[[nodiscard]] BodyHash body_hash(std::string_view bytes);

/* "zstd": one frame; with a prefix the frame can only be read with the same prefix (ZSTD_CCtx_refPrefix). Polls, but
 * not while it reads the prefix. Throws kInternal when compression fails. */
[[nodiscard]] std::string compress_body(std::string_view bytes, std::string_view prefix, int level);

/* The inverse; throws kCorrupted when the frame is damaged or does not give `size_bytes` bytes. */
[[nodiscard]] std::string decompress_body(std::string_view frame, std::string_view prefix, std::size_t size_bytes);

} // namespace webwrap
