#pragma once

/* Internal to parse: the innermost loops of the tokenizer, 16 bytes at a time where the processor can. All of them read
 * up to 15 bytes behind what they find, which Tokenizer::kPaddingBytes allows for. */

#include <array>
#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace webwrap {

/* The first of four bytes at or after `at`; one of them must be NUL, which stands at the end. */
template <char A, char B, char C, char D> [[nodiscard]] inline const char *find_any(const char *at) noexcept {
#if defined(__SSE2__)
    for (;; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at));
        const auto is = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
        const auto found = static_cast<unsigned>(
            _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(is(A), is(B)), _mm_or_si128(is(C), is(D)))));
        if (found != 0)
            return at + std::countr_zero(found);
    }
#else
    while (*at != A && *at != B && *at != C && *at != D)
        ++at;
    return at;
#endif
}

/* Kinds of bytes in tags: 0 ends the name, else the byte in lower case. */
using ByteTable = std::array<unsigned char, 256>;

constexpr ByteTable make_name_bytes(bool is_attribute) {
    ByteTable table{};
    for (std::size_t c = 0; c < table.size(); ++c)
        table[c] = static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    for (const char c : {'\t', '\n', '\f', '\r', ' ', '/', '>', '\0'})
        table[static_cast<unsigned char>(c)] = 0;
    if (is_attribute)
        table['='] = 0;
    return table;
}

inline constexpr ByteTable kTagNameBytes = make_name_bytes(false);
inline constexpr ByteTable kAttributeNameBytes = make_name_bytes(true);

} // namespace webwrap
