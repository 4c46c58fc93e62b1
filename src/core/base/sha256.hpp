#pragma once

#include <string>
#include <string_view>

namespace webwrap {

/* sha256_hex returns the SHA-256 digest (FIPS 180-4) of the bytes in lower-case hex: a name for texts of others that
 * nobody can make a second text for, which the faster hashes of the store do not promise. */
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace webwrap
