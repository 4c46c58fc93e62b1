#include "core/wrap/number.hpp"

#include <unicode/uchar.h>
#include <unicode/ucurr.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <memory>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxExponent = 1000; /* digits that an exponent may add */

/* Sign, whole digits, fraction digits and exponent of a number in plain notation. */
struct Parts {
    bool is_negative = false;
    std::string whole;
    std::string fraction;
    std::string exponent; /* with its sign; empty when there is none */
};

std::optional<Parts> split_plain(std::string_view text) {
    Parts parts;
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+'))
        parts.is_negative = text[at++] == '-';
    while (at < text.size() && is_digit(text[at]))
        parts.whole.push_back(text[at++]);
    if (at < text.size() && text[at] == '.') {
        ++at;
        while (at < text.size() && is_digit(text[at]))
            parts.fraction.push_back(text[at++]);
        if (parts.fraction.empty())
            return std::nullopt;
    }
    if (parts.whole.empty() && parts.fraction.empty())
        return std::nullopt;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
            if (text[at] == '-')
                parts.exponent = "-";
            ++at;
        }
        const std::size_t first = at;
        while (at < text.size() && is_digit(text[at]))
            parts.exponent.push_back(text[at++]);
        if (at == first || at - first > 4)
            return std::nullopt;
    }
    if (at != text.size())
        return std::nullopt;
    return parts;
}

void strip_leading_zeros(std::string &digits) {
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty())
        digits = "0";
}

std::string join_parts(Parts parts) {
    strip_leading_zeros(parts.whole);
    std::string text = parts.is_negative ? "-" + parts.whole : parts.whole;
    if (!parts.fraction.empty())
        text += "." + parts.fraction;
    if (!parts.exponent.empty())
        text += "e" + parts.exponent;
    return text;
}

/* Moves the decimal point `places` to the right. */
void shift_right(Parts &parts, std::size_t places) {
    for (std::size_t i = 0; i < places; ++i) {
        parts.whole.push_back(parts.fraction.empty() ? '0' : parts.fraction.front());
        if (!parts.fraction.empty())
            parts.fraction.erase(0, 1);
    }
}

void shift_left(Parts &parts, std::size_t places) {
    for (std::size_t i = 0; i < places; ++i) {
        const char last = parts.whole.empty() ? '0' : parts.whole.back();
        if (!parts.whole.empty())
            parts.whole.pop_back();
        parts.fraction.insert(parts.fraction.begin(), last);
    }
}

/* All the spaces and apostrophes that stand for one in numbers: pages write whichever they like. */
char16_t folded_symbol(char16_t c) {
    if (c == u'\u00A0' || c == u'\u202F' || c == u'\u2009')
        return u' ';
    return c == u'\u2019' ? u'\'' : c;
}

std::u16string folded_symbols(std::u16string text) {
    for (char16_t &c : text)
        c = folded_symbol(c);
    return text;
}

std::u16string symbol_of(const UNumberFormat *format, UNumberFormatSymbol symbol) {
    UErrorCode status = U_ZERO_ERROR;
    char16_t buffer[32];
    const int32_t length = unum_getSymbol(format, symbol, buffer, 32, &status);
    return U_SUCCESS(status) && length < 32 ? std::u16string(buffer, static_cast<std::size_t>(length))
                                            : std::u16string();
}

bool is_currency_sign(char16_t c) { return u_charType(c) == U_CURRENCY_SYMBOL; }

bool is_currency_code(std::u16string_view code) {
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char16_t c) { return c >= u'A' && c <= u'Z'; }))
        return false;
    const std::u16string terminated(code);
    UErrorCode status = U_ZERO_ERROR;
    return ucurr_getNumericCode(terminated.c_str()) != 0 && U_SUCCESS(status);
}

/* True for "$", "US$", "EUR" and the locale's own symbols. */
bool is_currency(std::u16string_view text, const std::vector<std::u16string> &own) {
    if (std::find(own.begin(), own.end(), text) != own.end() || is_currency_code(text))
        return true;
    if (text.empty() || text.size() > 4)
        return false;
    const bool sign_ends = is_currency_sign(text.back());
    return sign_ends && std::all_of(text.begin(), text.end() - 1, [](char16_t c) { return c >= u'A' && c <= u'Z'; });
}

void trim_spaces(std::u16string_view &text) {
    while (!text.empty() && text.front() == u' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == u' ')
        text.remove_suffix(1);
}

bool is_number_character(char16_t c) { return u_charType(c) == U_DECIMAL_DIGIT_NUMBER; }

struct UnumClose {
    void operator()(UNumberFormat *format) const noexcept { unum_close(format); }
};

/* Takes one sign away from the front. */
bool take_sign(std::u16string_view &text, const std::u16string &minus, bool &is_negative) {
    if (text.empty())
        return false;
    const char16_t first = text.front();
    const bool is_minus = first == u'-' || first == u'\u2212' || (minus.size() == 1 && first == minus[0]);
    if (!is_minus && first != u'+')
        return false;
    is_negative = is_minus;
    text.remove_prefix(1);
    return true;
}

/* Powers of ten of the magnitude letter that ends the text right after a digit; 0 when none does. */
std::size_t take_magnitude(std::u16string_view &text) {
    if (text.size() < 2 || !is_number_character(text[text.size() - 2]))
        return 0;
    std::size_t zeros = 0;
    if (text.back() == u'K' || text.back() == u'k')
        zeros = 3;
    else if (text.back() == u'M')
        zeros = 6;
    else if (text.back() == u'B')
        zeros = 9;
    if (zeros != 0)
        text.remove_suffix(1);
    return zeros;
}

/* Digits with validated groups: 1 to `primary` digits may stand alone; otherwise groups of `secondary` and a last one of
 * `primary` digits. */
bool read_groups(std::u16string_view text, const std::u16string &grouping, std::size_t primary, std::size_t secondary,
                 std::string &digits) {
    std::vector<std::size_t> groups{0};
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_number_character(text[at])) {
            digits.push_back(static_cast<char>('0' + u_charDigitValue(text[at])));
            ++groups.back();
        } else if (grouping.size() == 1 && text[at] == grouping[0]) {
            groups.push_back(0);
        } else {
            return false;
        }
    }
    if (groups.size() == 1)
        return groups[0] > 0;
    if (groups.back() != primary || groups.front() == 0 || groups.front() > secondary)
        return false;
    return std::all_of(groups.begin() + 1, groups.end() - 1, [&](std::size_t n) { return n == secondary; });
}

} // namespace

NumberReader::NumberReader(const std::string &locale) : has_locale_(!locale.empty()) {
    if (!has_locale_)
        return;
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UNumberFormat, UnumClose> format(
        unum_open(UNUM_DECIMAL, nullptr, 0, locale.c_str(), nullptr, &status));
    if (U_FAILURE(status))
        throw Error(ErrorKind::kInvalidOption, "unknown locale \"" + locale + "\"");
    grouping_ = folded_symbols(symbol_of(format.get(), UNUM_GROUPING_SEPARATOR_SYMBOL));
    decimal_ = folded_symbols(symbol_of(format.get(), UNUM_DECIMAL_SEPARATOR_SYMBOL));
    monetary_grouping_ = folded_symbols(symbol_of(format.get(), UNUM_MONETARY_GROUPING_SEPARATOR_SYMBOL));
    monetary_decimal_ = folded_symbols(symbol_of(format.get(), UNUM_MONETARY_SEPARATOR_SYMBOL));
    minus_ = symbol_of(format.get(), UNUM_MINUS_SIGN_SYMBOL);
    for (const UNumberFormatSymbol symbol : {UNUM_CURRENCY_SYMBOL, UNUM_INTL_CURRENCY_SYMBOL})
        if (std::u16string own = symbol_of(format.get(), symbol); !own.empty())
            currencies_.push_back(folded_symbols(std::move(own)));
    if (const int32_t size = unum_getAttribute(format.get(), UNUM_GROUPING_SIZE); size > 0)
        primary_group_ = secondary_group_ = static_cast<std::size_t>(size);
    if (const int32_t size = unum_getAttribute(format.get(), UNUM_SECONDARY_GROUPING_SIZE); size > 0)
        secondary_group_ = static_cast<std::size_t>(size);
}

std::optional<std::string> NumberReader::read(std::string_view text) const {
    if (text.empty() || text.size() > 400)
        return std::nullopt;
    if (has_locale_)
        return read_localised(folded_symbols(utf16_from(text)));
    const std::optional<Parts> parts = split_plain(text);
    return parts ? std::optional(join_parts(*parts)) : std::nullopt;
}

std::optional<std::string> NumberReader::read_localised(std::u16string folded) const {
    std::u16string_view text = folded;
    Parts parts;
    trim_spaces(text);
    bool has_sign = take_sign(text, minus_, parts.is_negative);
    const auto first_digit = std::find_if(text.begin(), text.end(), is_number_character);
    const auto last_digit = std::find_if(text.rbegin(), text.rend(), is_number_character);
    if (first_digit == text.end())
        return std::nullopt;
    /* A currency may stand in front or behind, not both. */
    std::u16string_view before = text.substr(0, static_cast<std::size_t>(first_digit - text.begin()));
    std::size_t number_end = text.size() - static_cast<std::size_t>(last_digit - text.rbegin());
    if (number_end < text.size() && (text[number_end] == u'K' || text[number_end] == u'k' || text[number_end] == u'M' ||
                                     text[number_end] == u'B')) {
        const bool ends_there =
            number_end + 1 == text.size() || text[number_end + 1] == u' ' || is_currency_sign(text[number_end + 1]);
        number_end += ends_there ? 1 : 0;
    }
    std::u16string_view after = text.substr(number_end);
    std::u16string_view number = text.substr(before.size(), number_end - before.size());
    if (!before.empty() && !has_sign) {
        if (bool negative = false; before.size() > 1) {
            std::u16string_view last = before.substr(before.size() - 1);
            if (take_sign(last, minus_, negative)) {
                has_sign = true;
                parts.is_negative = negative;
                before.remove_suffix(1);
            }
        }
    }
    if (decimal_.size() == 1 && !before.empty() && before.back() == decimal_[0])
        return std::nullopt;
    trim_spaces(before);
    trim_spaces(after);
    if (!before.empty() && !after.empty())
        return std::nullopt;
    const bool is_monetary = !before.empty() || !after.empty();
    if (is_monetary && !is_currency(before.empty() ? after : before, currencies_))
        return std::nullopt;
    const std::size_t magnitude = take_magnitude(number);
    const std::u16string &decimal = is_monetary && !monetary_decimal_.empty() ? monetary_decimal_ : decimal_;
    const std::u16string &grouping = is_monetary && !monetary_grouping_.empty() ? monetary_grouping_ : grouping_;
    const std::size_t point = decimal.empty() ? std::u16string_view::npos : number.find(decimal);
    if (point != std::u16string_view::npos) {
        for (const char16_t c : number.substr(point + decimal.size())) {
            if (!is_number_character(c))
                return std::nullopt;
            parts.fraction.push_back(static_cast<char>('0' + u_charDigitValue(c)));
        }
        if (parts.fraction.empty())
            return std::nullopt;
        number = number.substr(0, point);
    }
    if (!read_groups(number, grouping, primary_group_, secondary_group_, parts.whole))
        return std::nullopt;
    shift_right(parts, magnitude);
    return join_parts(std::move(parts));
}

std::string normal_number(std::string_view canonical) {
    std::optional<Parts> parts = split_plain(canonical);
    if (!parts)
        return std::string(canonical);
    if (!parts->exponent.empty()) {
        const bool to_left = parts->exponent.front() == '-';
        const std::size_t places = std::stoul(to_left ? parts->exponent.substr(1) : parts->exponent);
        if (places > kMaxExponent)
            return std::string(canonical);
        to_left ? shift_left(*parts, places) : shift_right(*parts, places);
        parts->exponent.clear();
    }
    while (!parts->fraction.empty() && parts->fraction.back() == '0')
        parts->fraction.pop_back();
    strip_leading_zeros(parts->whole);
    if (parts->whole == "0" && parts->fraction.empty())
        parts->is_negative = false;
    return join_parts(std::move(*parts));
}

bool is_whole_number(std::string_view canonical) {
    return canonical.find('.') == std::string_view::npos && canonical.find('e') == std::string_view::npos;
}

} // namespace webwrap
