#include "core/parse/character_reference.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/text.hpp"

namespace webwrap {

namespace {

struct NamedReference {
    std::string_view name; /* without semicolon */
    char32_t first;
    char32_t second; /* 0 when there is one code point */
    bool is_legacy;  /* stands without semicolon too */
};

constexpr auto kNamed = std::to_array<NamedReference>({
#define X(name, first, second, is_legacy) {name, first, second, (is_legacy) != 0},
#include "core/parse/entities.inc"
#undef X
});

/* What the numbers 0x80 to 0x9F mean: the characters of windows-1252. */
constexpr std::array<char16_t, 32> kC1Replacements = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                      0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

char32_t checked_code_point(char32_t number) {
    if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF))
        return 0xFFFD;
    return number >= 0x80 && number <= 0x9F ? kC1Replacements[number - 0x80] : number;
}

std::size_t read_number(std::string_view text, std::string &out) {
    const bool is_hex = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
    const std::size_t digits = is_hex ? 2 : 1;
    std::size_t at = digits;
    std::uint32_t number = 0;
    for (; at < text.size(); ++at) {
        const int digit = is_hex ? hex_value(text[at]) : (is_digit(text[at]) ? text[at] - '0' : -1);
        if (digit < 0)
            break;
        number = std::min<std::uint32_t>(number * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(digit), 0x110000);
    }
    if (at == digits)
        return 0;
    append_utf8(out, checked_code_point(number));
    return at < text.size() && text[at] == ';' ? at + 1 : at;
}

/* The longest name that the text begins with: the range of names that share its first `at` bytes gets narrower with each
 * byte, and the shortest of a range comes first. */
std::size_t read_name(std::string_view text, bool in_attribute, std::string &out) {
    const NamedReference *best = nullptr;
    std::size_t best_size = 0;
    const auto *begin = kNamed.data();
    const auto *end = begin + kNamed.size();
    for (std::size_t at = 0; at < text.size() && begin != end; ++at) {
        const char c = text[at];
        if (begin->name.size() == at && c == ';' && at > 0) {
            best = begin;
            best_size = at + 1;
            break;
        }
        const auto byte_at = [at](const NamedReference &n) { return n.name.size() > at ? n.name[at] : '\0'; };
        begin = std::partition_point(begin, end, [&](const NamedReference &n) { return byte_at(n) < c; });
        end = std::partition_point(begin, end, [&](const NamedReference &n) { return byte_at(n) <= c; });
        if (begin != end && begin->name.size() == at + 1 && begin->is_legacy) {
            best = begin;
            best_size = at + 1;
        }
    }
    if (best == nullptr)
        return 0;
    if (in_attribute && text[best_size - 1] != ';' && best_size < text.size()) {
        const char next = text[best_size];
        if (next == '=' || is_digit(next) || is_letter(next))
            return 0;
    }
    append_utf8(out, best->first);
    if (best->second != 0)
        append_utf8(out, best->second);
    return best_size;
}

} // namespace

std::size_t read_character_reference(std::string_view after_ampersand, bool in_attribute, std::string &out) {
    if (after_ampersand.empty())
        return 0;
    if (after_ampersand[0] == '#')
        return read_number(after_ampersand, out);
    return is_letter(after_ampersand[0]) ? read_name(after_ampersand, in_attribute, out) : 0;
}

} // namespace webwrap
