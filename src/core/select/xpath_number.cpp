#include "core/select/xpath_number.hpp"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cmath>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace webwrap {

namespace {

constexpr bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/* Bytes of the character at the front of a text that is not empty. */
std::size_t character_size(std::string_view text) {
    std::size_t size = 1;
    while (size < text.size() && continues_character(text[size]))
        ++size;
    return size;
}

/* Characters `from` (counted from 0) up to but not including `to`. */
std::string_view characters(std::string_view text, int from, int to) {
    std::size_t begin = text.size();
    std::size_t end = text.size();
    int count = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (continues_character(text[at]))
            continue;
        if (count == from)
            begin = at;
        if (count == to) {
            end = at;
            break;
        }
        ++count;
    }
    return begin < end ? text.substr(begin, end - begin) : std::string_view("");
}

double round_half_up(double number) {
    const double down = std::floor(number);
    return number - down >= 0.5 ? down + 1.0 : down;
}

/* A position counted from 1 as a whole number; NaN and what is too large lie behind every text. */
int first_position(double start) {
    if (!(start < INT_MAX))
        return INT_MAX;
    return start >= 1.0 ? static_cast<int>(round_half_up(start)) : 1;
}

} // namespace

double number_of(std::string_view text) {
    const bool is_negative = !text.empty() && text.front() == '-';
    const std::string_view digits = text.substr(is_negative ? 1 : 0);
    if (!digits.empty() && digits.size() <= 15 && digits.find_first_not_of("0123456789") == std::string_view::npos) {
        double value = 0;
        for (const char c : digits)
            value = value * 10 + (c - '0');
        return is_negative ? -value : value;
    }
    return xmlXPathStringEvalNumber(reinterpret_cast<const xmlChar *>(std::string(text).c_str()));
}

std::string number_text(double number) {
    if (number != 0 && std::fabs(number) < 1e9 && number == std::floor(number))
        return std::to_string(static_cast<long>(number));
    const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlXPathCastNumberToString(number), xmlFree);
    if (text == nullptr)
        throw std::bad_alloc();
    return reinterpret_cast<const char *>(text.get());
}

double xpath_round(double number) { return number >= -0.5 && number < 0.5 ? number * 0.0 : round_half_up(number); }

std::string_view xpath_substring(std::string_view text, double start) {
    return characters(text, first_position(start) - 1, INT_MAX);
}

std::string_view xpath_substring(std::string_view text, double start, double length) {
    const double end = round_half_up(start) + round_half_up(length);
    int last = INT_MAX;
    if (!(end >= 1.0))
        last = 1;
    else if (end < INT_MAX)
        last = static_cast<int>(end);
    const int first = first_position(start);
    return first < last ? characters(text, first - 1, last - 1) : std::string_view("");
}

std::size_t xpath_string_length(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text)
        length += continues_character(c) ? 0 : 1;
    return length;
}

std::string xpath_normalize_space(std::string_view text) {
    std::string normal;
    normal.reserve(text.size());
    bool has_space = false;
    for (const char c : text) {
        if (is_xpath_space(c)) {
            has_space = !normal.empty();
            continue;
        }
        if (has_space)
            normal += ' ';
        has_space = false;
        normal += c;
    }
    return normal;
}

static bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

/* By bytes: those of other characters stay what they are. */
static std::string translate_ascii(std::string_view text, std::string_view from, std::string_view to) {
    constexpr std::int16_t kRemoved = -1;
    std::array<std::int16_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = static_cast<std::int16_t>(i);
    for (std::size_t i = from.size(); i-- > 0;) /* backwards, so that the first one counts */
        table[static_cast<unsigned char>(from[i])] = i < to.size() ? static_cast<std::int16_t>(to[i]) : kRemoved;
    std::string result;
    result.reserve(text.size());
    for (const char c : text)
        if (const std::int16_t now = table[static_cast<unsigned char>(c)]; now != kRemoved)
            result += static_cast<char>(now);
    return result;
}

std::string xpath_translate(std::string_view text, std::string_view from, std::string_view to) {
    if (is_ascii(from) && is_ascii(to))
        return translate_ascii(text, from, to);
    std::unordered_map<std::string_view, std::string_view> replacements;
    while (!from.empty()) {
        const std::size_t size = character_size(from);
        const std::size_t to_size = to.empty() ? 0 : character_size(to);
        replacements.try_emplace(from.substr(0, size), to.substr(0, to_size)); /* the first one counts */
        from.remove_prefix(size);
        to.remove_prefix(to_size);
    }
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const std::string_view character = text.substr(0, character_size(text));
        const auto found = replacements.find(character);
        result += found == replacements.end() ? character : found->second;
        text.remove_prefix(character.size());
    }
    return result;
}

} // namespace webwrap
