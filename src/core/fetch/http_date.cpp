#include "core/fetch/http_date.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "core/base/text.hpp"

namespace webwrap {

namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t kShortNameLength = 3;
constexpr std::int64_t kMostSecondsAhead = std::chrono::seconds{std::chrono::years{50}}.count();

constexpr std::int64_t first_second(int year) {
    using namespace std::chrono_literals;
    return sys_seconds(sys_days(std::chrono::year{year} / std::chrono::January / 1d)).time_since_epoch().count();
}
constexpr std::int64_t kFirstSecond = first_second(0);
constexpr std::int64_t kLastSecond = first_second(10000) - 1;

struct Fields {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

/* Reads a text piece by piece. After the first piece that is not there nothing is read any more and `failed` stays. */
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool is_done() const { return !failed_ && rest_.empty(); }
    [[nodiscard]] bool next_is(char c) const { return rest_.starts_with(c); }

    /* The letters that follow, in lower case. */
    std::string word() {
        std::size_t length = 0;
        while (length < rest_.size() && is_letter(rest_[length]))
            ++length;
        std::string letters = ascii_lower(rest_.substr(0, length));
        fail_unless(length > 0);
        drop(length);
        return letters;
    }

    void literal(std::string_view text) {
        fail_unless(ascii_lower(rest_.substr(0, text.size())) == ascii_lower(text));
        drop(text.size());
    }

    void blanks() {
        const std::size_t length = std::min(rest_.find_first_not_of(' '), rest_.size());
        fail_unless(length > 0);
        drop(length);
    }

    int number(std::size_t least_digits, std::size_t most_digits) {
        int value = 0;
        std::size_t length = 0;
        while (length < rest_.size() && length < most_digits && is_digit(rest_[length])) {
            value = value * 10 + (rest_[length] - '0');
            ++length;
        }
        fail_unless(length >= least_digits);
        drop(length);
        return value;
    }

    unsigned month() {
        const std::string name = word();
        const auto *const found = std::ranges::find_if(kMonths, [&](auto month) { return ascii_lower(month) == name; });
        fail_unless(found != kMonths.end());
        return static_cast<unsigned>(found - kMonths.begin()) + 1;
    }

    void time(Fields &fields) {
        fields.hour = number(2, 2);
        literal(":");
        fields.minute = number(2, 2);
        literal(":");
        fields.second = number(2, 2);
    }

  private:
    void fail_unless(bool holds) { failed_ = failed_ || !holds; }
    void drop(std::size_t length) {
        if (!failed_)
            rest_.remove_prefix(length);
    }

    std::string_view rest_;
    bool failed_ = false;
};

bool is_day_name(const std::string &name) {
    return std::ranges::any_of(kDays, [&](std::string_view day) {
        return name == ascii_lower(day) || name == ascii_lower(day.substr(0, kShortNameLength));
    });
}

int year_of(std::int64_t unix_s) {
    const sys_seconds time{seconds{std::clamp(unix_s, kFirstSecond, kLastSecond)}};
    return static_cast<int>(year_month_day{std::chrono::floor<days>(time)}.year());
}

std::optional<std::int64_t> unix_seconds(const Fields &fields) {
    const year_month_day date{std::chrono::year{fields.year}, std::chrono::month{fields.month},
                              std::chrono::day{fields.day}};
    constexpr int kLeapSecond = 60;
    if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > kLeapSecond)
        return std::nullopt;
    const sys_seconds time =
        sys_days(date) + std::chrono::hours{fields.hour} + std::chrono::minutes{fields.minute} + seconds{fields.second};
    return time.time_since_epoch().count();
}

/* A year of two digits means the latest one that is at most 50 years ahead. */
std::optional<std::int64_t> in_some_century(Fields fields, std::int64_t now_s) {
    constexpr int kCentury = 100;
    const int two_digits = fields.year;
    const std::int64_t latest = std::clamp(now_s, kFirstSecond, kLastSecond) + kMostSecondsAhead;
    for (const int ahead : {1, 0, -1}) {
        fields.year = (year_of(now_s) / kCentury + ahead) * kCentury + two_digits;
        const std::optional<std::int64_t> time = unix_seconds(fields);
        if (time && *time <= latest)
            return time;
    }
    return std::nullopt;
}

/* The rest of "Sun Nov  6 08:49:37 1994". */
Fields read_asctime(Reader &reader) {
    Fields fields;
    reader.blanks();
    fields.month = reader.month();
    reader.blanks();
    fields.day = static_cast<unsigned>(reader.number(1, 2));
    reader.blanks();
    reader.time(fields);
    reader.blanks();
    fields.year = reader.number(4, 4);
    return fields;
}

} // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now_s) {
    Reader reader(trim(text));
    if (!is_day_name(reader.word()))
        return std::nullopt;
    Fields fields;
    if (!reader.next_is(',')) {
        fields = read_asctime(reader);
        return reader.is_done() ? unix_seconds(fields) : std::nullopt;
    }
    reader.literal(",");
    reader.blanks();
    fields.day = static_cast<unsigned>(reader.number(1, 2));
    const bool is_rfc850 = reader.next_is('-');
    const auto separator = [&] { is_rfc850 ? reader.literal("-") : reader.blanks(); };
    separator();
    fields.month = reader.month();
    separator();
    fields.year = is_rfc850 ? reader.number(2, 2) : reader.number(4, 4);
    reader.blanks();
    reader.time(fields);
    reader.blanks();
    reader.literal("gmt");
    if (!reader.is_done())
        return std::nullopt;
    return is_rfc850 ? in_some_century(fields, now_s) : unix_seconds(fields);
}

std::string format_http_date(std::int64_t unix_s) {
    const sys_seconds time{seconds{std::clamp(unix_s, kFirstSecond, kLastSecond)}};
    const sys_days day = std::chrono::floor<days>(time);
    const year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    const auto padded = [](auto number, std::size_t width) {
        std::string digits = std::to_string(number);
        digits.insert(0, width - std::min(width, digits.size()), '0');
        return digits;
    };
    std::string text(kDays[std::chrono::weekday{day}.c_encoding()].substr(0, kShortNameLength));
    text.append(", ").append(padded(unsigned(date.day()), 2));
    text.append(" ").append(kMonths[unsigned(date.month()) - 1]);
    text.append(" ").append(padded(int(date.year()), 4));
    text.append(" ").append(padded(clock.hours().count(), 2));
    text.append(":").append(padded(clock.minutes().count(), 2));
    text.append(":").append(padded(clock.seconds().count(), 2));
    return text.append(" GMT");
}

} // namespace webwrap
