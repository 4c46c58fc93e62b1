#pragma once

#include <cstdint>

namespace webwrap {

inline constexpr std::uint64_t kGolden = 0x9E37'79B9'7F4A'7C15;

/* A bijective mixer: splitmix64's finaliser (Steele, Lea and Flood 2014). */
[[nodiscard]] constexpr std::uint64_t scramble(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30U)) * 0xBF58'476D'1CE4'E5B9;
    value = (value ^ (value >> 27U)) * 0x94D0'49BB'1331'11EB;
    return value ^ (value >> 31U);
}

/* Two numbers as one. Different pairs get different ones but for chance, small numbers as well; order counts. */
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
    return scramble(a * kGolden + b + 1);
}

} // namespace webwrap
