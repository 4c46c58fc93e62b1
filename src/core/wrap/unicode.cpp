#include "core/wrap/unicode.hpp"

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace webwrap {

std::u16string utf16_from(std::string_view utf8) {
    std::u16string utf16(utf8.size() + 1, u'\0');
    int32_t length = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(utf16.data(), static_cast<int32_t>(utf16.size()), &length, utf8.data(),
                         static_cast<int32_t>(utf8.size()), 0xFFFD, nullptr, &status);
    utf16.resize(U_SUCCESS(status) ? static_cast<std::size_t>(length) : 0);
    return utf16;
}

std::string utf8_from(std::u16string_view utf16) {
    std::string utf8(utf16.size() * 3 + 1, '\0');
    int32_t length = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8WithSub(utf8.data(), static_cast<int32_t>(utf8.size()), &length, utf16.data(),
                       static_cast<int32_t>(utf16.size()), 0xFFFD, nullptr, &status);
    utf8.resize(U_SUCCESS(status) ? static_cast<std::size_t>(length) : 0);
    return utf8;
}

std::string lower_case(std::string_view utf8) {
    std::string lower(utf8);
    if (std::all_of(lower.begin(), lower.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
        for (char &c : lower)
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        return lower;
    }
    const std::u16string text = utf16_from(utf8);
    std::u16string folded(text.size() * 3 + 1, u'\0');
    UErrorCode status = U_ZERO_ERROR;
    const int32_t length = u_strToLower(folded.data(), static_cast<int32_t>(folded.size()), text.data(),
                                        static_cast<int32_t>(text.size()), "", &status);
    return U_SUCCESS(status) ? utf8_from(std::u16string_view(folded).substr(0, static_cast<std::size_t>(length)))
                             : lower;
}

bool has_letter_or_digit(std::string_view utf8) {
    int32_t at = 0;
    const auto size = static_cast<int32_t>(utf8.size());
    while (at < size) {
        UChar32 c = 0;
        U8_NEXT(utf8.data(), at, size, c);
        if (c > 0 && u_isalnum(c))
            return true;
    }
    return false;
}

} // namespace webwrap
