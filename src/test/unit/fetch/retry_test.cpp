#include "core/fetch/retry.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace webwrap {
namespace {

constexpr std::int64_t kNow = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */
constexpr std::int64_t kDayMs = 86'400'000;

TEST(RetryTest, OnlyWhatDoesNothingTwiceIsRepeated) {
    for (const char *method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "get", "Delete"})
        EXPECT_TRUE(is_retryable_method(method)) << method;
    for (const char *method : {"POST", "PATCH", "CONNECT", "", "GET ", "GETS"})
        EXPECT_FALSE(is_retryable_method(method)) << method;
}

TEST(RetryTest, OnlyStatusesThatSayNotNow) {
    for (const int status : {429, 503})
        EXPECT_TRUE(is_retryable_status(status)) << status;
    for (const int status : {-1, 0, 200, 301, 304, 400, 404, 408, 428, 430, 500, 502, 504})
        EXPECT_FALSE(is_retryable_status(status)) << status;
}

TEST(RetryAfterTest, Seconds) {
    EXPECT_EQ(retry_after_ms("0", kNow), 0);
    EXPECT_EQ(retry_after_ms("120", kNow), 120'000);
    EXPECT_EQ(retry_after_ms(" 007\t", kNow), 7'000);
    EXPECT_EQ(retry_after_ms("86400", kNow), kDayMs);
    EXPECT_EQ(retry_after_ms("86401", kNow), kDayMs);
    EXPECT_EQ(retry_after_ms(std::string(100'000, '9'), kNow), kDayMs);
}

TEST(RetryAfterTest, Dates) {
    EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:50:37 GMT", kNow), 60'000);
    EXPECT_EQ(retry_after_ms("Sunday, 06-Nov-94 08:50:37 GMT", kNow), 60'000);
    EXPECT_EQ(retry_after_ms("Sun Nov  6 08:50:37 1994", kNow), 60'000);
    EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", kNow), 0);
    EXPECT_EQ(retry_after_ms("Sun, 06 Nov 1994 08:49:36 GMT", kNow), 0) << "over already";
    EXPECT_EQ(retry_after_ms("Mon, 07 Nov 1994 08:49:37 GMT", kNow), kDayMs);
    EXPECT_EQ(retry_after_ms("Fri, 31 Dec 9999 23:59:59 GMT", kNow), kDayMs);
}

TEST(RetryAfterTest, ImpossibleClocksAreHarmless) {
    const char *date = "Sun, 06 Nov 1994 08:49:37 GMT";
    EXPECT_EQ(retry_after_ms(date, std::numeric_limits<std::int64_t>::min()), kDayMs);
    EXPECT_EQ(retry_after_ms(date, std::numeric_limits<std::int64_t>::max()), 0);
}

TEST(RetryAfterTest, Garbage) {
    for (const char *value : {"", " ", "-1", "+1", "1.5", "1e3", "soon", "60, 70", "60s", "Sun, 06 Nov 1994"})
        EXPECT_FALSE(retry_after_ms(value, kNow)) << value;
}

TEST(BackoffTest, DoublesUpToItsLimit) {
    EXPECT_EQ(backoff_ms(1, 1), 500);
    EXPECT_EQ(backoff_ms(2, 1), 1'000);
    EXPECT_EQ(backoff_ms(3, 1), 2'000);
    EXPECT_EQ(backoff_ms(6, 1), 16'000);
    EXPECT_EQ(backoff_ms(7, 1), 30'000);
    EXPECT_EQ(backoff_ms(std::numeric_limits<int>::max(), 1), 30'000);
    for (const int attempt : {0, -1, std::numeric_limits<int>::min()})
        EXPECT_EQ(backoff_ms(attempt, 1), 500) << "as the first";
}

TEST(BackoffTest, HalfOfItIsChance) {
    EXPECT_EQ(backoff_ms(1, 0), 250);
    EXPECT_EQ(backoff_ms(1, 0.5), 375);
    EXPECT_EQ(backoff_ms(9, 0), 15'000);
    EXPECT_EQ(backoff_ms(1, -3), 250);
    EXPECT_EQ(backoff_ms(1, 7), 500);
    EXPECT_EQ(backoff_ms(1, std::numeric_limits<double>::quiet_NaN()), 250);
}

} // namespace
} // namespace webwrap
