#include "core/fetch/http_date.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace webwrap {
namespace {

constexpr std::int64_t kNow = 1'780'000'000; /* in May 2026 */
constexpr std::int64_t kDay = 86'400;

TEST(HttpDateTest, ThreeFormsOfOneMoment) {
    for (const char *text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
          "  Sun, 06 Nov 1994 08:49:37 GMT\t", "sun, 06 nov 1994 08:49:37 gmt", "SUNDAY, 06-NOV-94 08:49:37 GMT",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun Nov 06 08:49:37 1994"})
        EXPECT_EQ(parse_http_date(text, kNow), 784111777) << text;
}

TEST(HttpDateTest, TheNameOfTheDayNeedNotFit) {
    EXPECT_EQ(parse_http_date("Mon, 06 Nov 1994 08:49:37 GMT", kNow), 784111777);
}

TEST(HttpDateTest, CalendarsEnds) {
    EXPECT_EQ(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT", kNow), 0);
    EXPECT_EQ(parse_http_date("Wed, 31 Dec 1969 23:59:59 GMT", kNow), -1);
    EXPECT_EQ(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT", kNow), 951782400);
    EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow), 1483228800) << "a leap second";
    EXPECT_EQ(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT", kNow), 253402300799);
    EXPECT_EQ(parse_http_date("Sat, 01 Jan 0000 00:00:00 GMT", kNow), -62167219200);
}

TEST(HttpDateTest, GarbageIsNoDate) {
    for (const char *text : {"",
                             " ",
                             "0",
                             "-1",
                             "now",
                             "Sun",
                             "Sun,",
                             "784111777",
                             "1994-11-06T08:49:37Z",
                             "06 Nov 1994 08:49:37 GMT",
                             "Foo, 06 Nov 1994 08:49:37 GMT",
                             "Su, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 EST",
                             "Sun, 06 Nov 1994 08:49:37 +0000",
                             "Sun, 06 Nov 1994 08:49:37 GMT+1",
                             "Sun, 06 Nov 1994 08:49:37 GMTx",
                             "Sun, 06 Nov 94 08:49:37 GMT",
                             "Sun, 06 Nov 19945 08:49:37 GMT",
                             "Sun, 06 November 1994 08:49:37 GMT",
                             "Sun, 06 Xyz 1994 08:49:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, 31 Nov 1994 08:49:37 GMT",
                             "Sun, 29 Feb 1994 08:49:37 GMT",
                             "Thu, 29 Feb 1900 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:00:00 GMT",
                             "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 06 Nov 1994 08:49:61 GMT",
                             "Sun, 06 Nov 1994 8:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49 GMT",
                             "Sun, 06 Nov 1994  08.49.37 GMT",
                             "Sun,06 Nov 1994 08:49:37 GMT",
                             "Sunday, 06-Nov-1994 08:49:37 GMT",
                             "Sunday, 06-Nov 94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994 GMT",
                             "Sun Nov  6 08:49:37 94",
                             "Sun, 006 Nov 1994 08:49:37 GMT",
                             "Sun, -6 Nov 1994 08:49:37 GMT"})
        EXPECT_FALSE(parse_http_date(text, kNow)) << text;
    EXPECT_FALSE(parse_http_date(std::string_view("Sun, 06 Nov 1994 08:49:37 GMT\0", 30), kNow)) << "a NUL";
    EXPECT_FALSE(parse_http_date(std::string(1 << 20, '9'), kNow));
    EXPECT_FALSE(parse_http_date("Sun" + std::string(1 << 20, ' '), kNow));
}

TEST(HttpDateTest, TwoDigitsOfAYearAreAtMostFiftyYearsAhead) {
    const auto year = [](const char *digits, const char *now) {
        const auto time = parse_http_date(std::string("Monday, 02-Jan-") + digits + " 00:00:00 GMT",
                                          *parse_http_date(std::string("Mon, 02 Jan ") + now + " 00:00:00 GMT", 0));
        return format_http_date(*time).substr(12, 4);
    };
    EXPECT_EQ(year("26", "2026"), "2026");
    EXPECT_EQ(year("25", "2026"), "2025");
    EXPECT_EQ(year("75", "2026"), "2075");
    EXPECT_EQ(year("77", "2026"), "1977");
    EXPECT_EQ(year("94", "1994"), "1994");
    EXPECT_EQ(year("43", "1994"), "2043");
    EXPECT_EQ(year("45", "1994"), "1945");
    EXPECT_EQ(year("00", "1999"), "2000");
    EXPECT_EQ(year("99", "2000"), "1999");
    EXPECT_EQ(year("30", "2090"), "2130");
    EXPECT_EQ(year("60", "2090"), "2060");
}

TEST(HttpDateTest, ALeapDayFallsIntoACenturyThatHasIt) {
    const auto in_2060 = parse_http_date("Thu, 01 Jan 2060 00:00:00 GMT", 0);
    EXPECT_EQ(parse_http_date("Tuesday, 29-Feb-00 00:00:00 GMT", *in_2060), 951782400) << "2100 has none";
    EXPECT_FALSE(parse_http_date("Tuesday, 30-Feb-00 00:00:00 GMT", *in_2060));
}

TEST(HttpDateTest, ImpossibleClocksAreHarmless) {
    for (const std::int64_t now : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
        EXPECT_TRUE(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now) || now < 0);
}

TEST(HttpDateTest, DatesAreWrittenInTheFirstForm) {
    EXPECT_EQ(format_http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(format_http_date(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
    EXPECT_EQ(format_http_date(std::numeric_limits<std::int64_t>::max()), "Fri, 31 Dec 9999 23:59:59 GMT");
    EXPECT_EQ(format_http_date(std::numeric_limits<std::int64_t>::min()), "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST(HttpDateTest, WhatIsWrittenIsReadAgain) {
    for (std::int64_t time = -80 * 365 * kDay; time < 200 * 365 * kDay; time += 3 * kDay + 12'345)
        ASSERT_EQ(parse_http_date(format_http_date(time), kNow), time);
}

} // namespace
} // namespace webwrap
