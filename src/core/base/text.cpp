#include "core/base/text.hpp"

#include <cstdint>
#include <cstring>

namespace webwrap {

namespace {

/* Length of a valid UTF-8 sequence at `at`, or 0. */
std::size_t sequence_length(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    const unsigned char lead = byte(at);
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return continues(at + 1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!continues(at + 1) || !continues(at + 2))
            return 0;
        if ((lead == 0xE0 && byte(at + 1) < 0xA0) || (lead == 0xED && byte(at + 1) > 0x9F))
            return 0;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3))
            return 0;
        if ((lead == 0xF0 && byte(at + 1) < 0x90) || (lead == 0xF4 && byte(at + 1) > 0x8F))
            return 0;
        return 4;
    }
    return 0;
}

/* Bytes of white space at `at` (HTML space: 1, NBSP: 2), or 0. */
std::size_t space_length(std::string_view text, std::size_t at) noexcept {
    if (is_html_space(text[at]))
        return 1;
    if (text[at] == '\xC2' && at + 1 < text.size() && text[at + 1] == '\xA0')
        return 2;
    return 0;
}

} // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    for (std::size_t at = 0; at < text.size();) {
        std::uint64_t word = 0; /* most of a page is ASCII: eight bytes at a time */
        if (text.size() - at >= sizeof word) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if ((word & kHighBits) == 0) {
                at += sizeof word;
                continue;
            }
        }
        const std::size_t length = sequence_length(text, at);
        if (length == 0)
            return at;
        at += length;
    }
    return std::string_view::npos;
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = space_length(text, 0);
        if (length == 0)
            break;
        text.remove_prefix(length);
    }
    while (!text.empty()) {
        if (is_html_space(text.back()))
            text.remove_suffix(1);
        else if (text.size() >= 2 && text.substr(text.size() - 2) == "\xC2\xA0")
            text.remove_suffix(2);
        else
            break;
    }
    return text;
}

std::string fold_space(std::string_view text) {
    text = trim(text);
    std::string folded;
    folded.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = space_length(text, at);
        if (length == 0) {
            folded.push_back(text[at]);
            ++at;
            continue;
        }
        if (folded.back() != ' ')
            folded.push_back(' ');
        at += length;
    }
    return folded;
}

std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char &c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string abbreviate(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes)
        return std::string(text);
    std::size_t cut = max_bytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
        --cut;
    return std::string(text.substr(0, cut)) + "…";
}

void append_utf8(std::string &out, char32_t code_point) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

} // namespace webwrap
