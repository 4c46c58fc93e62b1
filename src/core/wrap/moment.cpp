#include "core/wrap/moment.hpp"

#include <unicode/ucal.h>
#include <unicode/udat.h>

#include <cstdio>
#include <vector>

#include "core/base/error.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxText = 80;
constexpr const char *kSqlLocale = "en_US_POSIX"; /* the server reads month names in it, whatever its settings */
constexpr const char16_t *kNamedMonthPatterns[] = {u"d MMM y", u"d MMMM y", u"MMM d, y", u"MMMM d, y"};

struct UdatClose {
    void operator()(UDateFormat *format) const noexcept { udat_close(format); }
};
using FormatHandle = std::unique_ptr<UDateFormat, UdatClose>;

/* A cursor over a text of fixed notation. */
struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    [[nodiscard]] bool done() const { return at == text.size(); }
    bool take(char c) {
        if (done() || text[at] != c)
            return false;
        ++at;
        return true;
    }
    /* Exactly `count` digits. */
    bool number(int count, int &value) {
        value = 0;
        for (int i = 0; i < count; ++i, ++at) {
            if (done() || text[at] < '0' || text[at] > '9')
                return false;
            value = value * 10 + (text[at] - '0');
        }
        return true;
    }
};

int days_of_month(int year, int month) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[month - 1];
}

bool read_iso_date(Cursor &cursor, std::string &date) {
    int year = 0, month = 0, day = 0;
    if (!cursor.number(4, year) || !cursor.take('-') || !cursor.number(2, month) || !cursor.take('-') ||
        !cursor.number(2, day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    date = cursor.text.substr(cursor.at - 10, 10);
    return true;
}

bool read_iso_offset(Cursor &cursor, std::string &offset) {
    if (cursor.take('Z') || cursor.take('z')) {
        offset = "+00:00";
        return true;
    }
    const char sign = cursor.done() ? '\0' : cursor.text[cursor.at];
    if (sign != '+' && sign != '-')
        return false;
    ++cursor.at;
    int hours = 0, minutes = 0;
    if (!cursor.number(2, hours))
        return false;
    if (!cursor.done()) {
        cursor.take(':');
        if (!cursor.number(2, minutes))
            return false;
    }
    if (hours > 15 || minutes > 59)
        return false;
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%c%02d:%02d", sign, hours, minutes);
    offset = buffer;
    return true;
}

bool read_iso_time(Cursor &cursor, std::string &time) {
    int hour = 0, minute = 0, second = 0;
    if (!cursor.number(2, hour) || !cursor.take(':') || !cursor.number(2, minute))
        return false;
    std::string fraction;
    if (cursor.take(':')) {
        if (!cursor.number(2, second))
            return false;
        if (cursor.take('.') || cursor.take(','))
            while (!cursor.done() && cursor.text[cursor.at] >= '0' && cursor.text[cursor.at] <= '9')
                fraction.push_back(cursor.text[cursor.at++]);
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    char buffer[48];
    std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", hour, minute, second);
    time = buffer;
    if (!fraction.empty())
        time += "." + fraction.substr(0, 6);
    return true;
}

std::optional<std::string> read_iso(std::string_view text, bool with_time) {
    Cursor cursor{text};
    std::string date, time = "00:00:00", offset;
    if (!read_iso_date(cursor, date))
        return std::nullopt;
    if (!with_time)
        return cursor.done() ? std::optional(date) : std::nullopt;
    if (!cursor.done()) {
        if (!cursor.take('T') && !cursor.take('t') && !cursor.take(' '))
            return std::nullopt;
        if (!read_iso_time(cursor, time))
            return std::nullopt;
        cursor.take(' ');
        if (!cursor.done() && !read_iso_offset(cursor, offset))
            return std::nullopt;
    }
    if (!cursor.done())
        return std::nullopt;
    return date + " " + time + offset;
}

/* Year, month and day of a count of days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms"). */
std::string date_from_days(long days) {
    days += 719'468;
    const long era = (days >= 0 ? days : days - 146'096) / 146'097;
    const long day_of_era = days - era * 146'097;
    const long year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const long day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const long shifted = (5 * day_of_year + 2) / 153;
    const long day = day_of_year - (153 * shifted + 2) / 5 + 1;
    const long month = shifted < 10 ? shifted + 3 : shifted - 9;
    const long year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    if (year < 100 || year > 9999) /* a year of two digits, or none that the server writes in four */
        return {};
    char buffer[48];
    std::snprintf(buffer, sizeof buffer, "%04ld-%02ld-%02ld", year, month, day);
    return buffer;
}

/* A year of one or two letters would be completed relative to today; four take it as written. */
std::u16string with_full_year(const std::u16string &pattern) {
    std::u16string full;
    bool is_quoted = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        is_quoted = is_quoted != (pattern[i] == u'\'');
        const bool is_year = pattern[i] == u'y' && !is_quoted;
        if (!is_year)
            full.push_back(pattern[i]);
        else if (i + 1 == pattern.size() || pattern[i + 1] != u'y')
            full += u"yyyy";
    }
    return full;
}

std::u16string pattern_of(const UDateFormat *format) {
    char16_t buffer[128];
    UErrorCode status = U_ZERO_ERROR;
    const int32_t length = udat_toPattern(format, false, buffer, 128, &status);
    return U_SUCCESS(status) && length < 128 ? std::u16string(buffer, static_cast<std::size_t>(length))
                                             : std::u16string();
}

FormatHandle open_format(UDateFormatStyle time, UDateFormatStyle date, const std::string &locale,
                         const std::u16string &pattern) {
    UErrorCode status = U_ZERO_ERROR;
    const char16_t utc[] = u"UTC";
    FormatHandle format(udat_open(time, date, locale.c_str(), utc, -1, pattern.empty() ? nullptr : pattern.data(),
                                  pattern.empty() ? -1 : static_cast<int32_t>(pattern.size()), &status));
    if (U_FAILURE(status))
        throw Error(ErrorKind::kInvalidOption, "unknown locale \"" + locale + "\"");
    return format;
}

/* The format made strict, or null when it cannot be. */
FormatHandle strict_format(const std::string &locale, const std::u16string &pattern) {
    FormatHandle format = open_format(UDAT_PATTERN, UDAT_PATTERN, locale, with_full_year(pattern));
    udat_setLenient(format.get(), false);
    UErrorCode status = U_ZERO_ERROR;
    for (const UDateFormatBooleanAttribute attribute :
         {UDAT_PARSE_ALLOW_NUMERIC, UDAT_PARSE_PARTIAL_LITERAL_MATCH, UDAT_PARSE_MULTIPLE_PATTERNS_FOR_MATCH})
        udat_setBooleanAttribute(format.get(), attribute, attribute == UDAT_PARSE_MULTIPLE_PATTERNS_FOR_MATCH, &status);
    UCalendar *calendar = ucal_clone(udat_getCalendar(format.get()), &status);
    if (U_SUCCESS(status)) {
        ucal_setGregorianChange(calendar, -1e15, &status); /* fails for other calendars, which is fine */
        udat_setCalendar(format.get(), calendar);
        ucal_close(calendar);
    }
    return format;
}

} // namespace

struct MomentReader::Formats {
    std::vector<FormatHandle> list;
};

MomentReader::MomentReader(const std::string &locale, bool with_time)
    : formats_(std::make_unique<Formats>()), with_time_(with_time) {
    if (locale.empty()) {
        /* SQL's own notation includes month names; with a name no order of day and month is ambiguous. */
        for (const char16_t *pattern : kNamedMonthPatterns)
            if (!with_time)
                formats_->list.push_back(strict_format(kSqlLocale, pattern));
        return;
    }
    for (const UDateFormatStyle date : {UDAT_FULL, UDAT_LONG, UDAT_MEDIUM, UDAT_SHORT}) {
        if (!with_time) {
            formats_->list.push_back(strict_format(locale, pattern_of(open_format(UDAT_NONE, date, locale, {}).get())));
            continue;
        }
        for (const UDateFormatStyle time : {UDAT_MEDIUM, UDAT_SHORT})
            formats_->list.push_back(strict_format(locale, pattern_of(open_format(time, date, locale, {}).get())));
    }
    if (with_time)
        return;
    for (const char16_t *pattern : kNamedMonthPatterns)
        formats_->list.push_back(strict_format(locale, pattern));
}

MomentReader::~MomentReader() = default;
MomentReader::MomentReader(MomentReader &&) noexcept = default;
MomentReader &MomentReader::operator=(MomentReader &&) noexcept = default;

std::optional<std::string> MomentReader::read(std::string_view text) const {
    if (text.empty() || text.size() > kMaxText)
        return std::nullopt;
    if (std::optional<std::string> iso = read_iso(text, with_time_))
        return iso;
    const std::u16string wide = formats_->list.empty() ? std::u16string() : utf16_from(text);
    for (const FormatHandle &format : formats_->list) {
        int32_t position = 0;
        UErrorCode status = U_ZERO_ERROR;
        const UDate moment =
            udat_parse(format.get(), wide.data(), static_cast<int32_t>(wide.size()), &position, &status);
        if (U_FAILURE(status) || position != static_cast<int32_t>(wide.size()))
            continue;
        const long seconds = static_cast<long>(moment / 1000.0 - (moment < 0 ? 0.999 : 0));
        const long days = seconds >= 0 ? seconds / 86'400 : (seconds - 86'399) / 86'400;
        std::string date = date_from_days(days);
        if (date.empty())
            continue;
        if (!with_time_)
            return date;
        const long second = seconds - days * 86'400;
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, " %02ld:%02ld:%02ld", second / 3600, second / 60 % 60, second % 60);
        return date + buffer;
    }
    return std::nullopt;
}

} // namespace webwrap
