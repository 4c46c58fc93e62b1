#include "core/fetch/cache_policy.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <string>

#include "core/fetch/http_date.hpp"

namespace webwrap {

void PrintTo(Reuse reuse, std::ostream *out) {
    constexpr const char *kNames[] = {"fresh", "stale while revalidate", "validate", "never"};
    *out << kNames[static_cast<int>(reuse)];
}

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'780'000'000;
constexpr std::int64_t kMostSeconds = std::int64_t{1} << 31;

const CacheRules kShared = {};
const CacheRules kOwn = {.is_shared = false};

CacheRules with_ttl(std::int64_t ttl_s) { return {.ttl_s = ttl_s}; }

std::string date(std::int64_t after_s) { return format_http_date(kStart + after_s); }

Headers control(const std::string &value) { return {{"cache-control", value}}; }

/* A response that was asked for and came at kStart. */
StoredHead stored(Headers headers, int status = 200) {
    return {.status = status,
            .headers = std::move(headers),
            .requested_at_us = kStart * kSecond,
            .received_at_us = kStart * kSecond};
}

bool stores(int status, const Headers &response, const CacheRules &rules = kShared, const Headers &request = {}) {
    return is_storable("GET", request, status, response, rules);
}

Reuse reuse(const Headers &response, std::int64_t after_s, const Headers &request = {},
            const CacheRules &rules = kShared) {
    return reuse_of(stored(response), request, rules, (kStart + after_s) * kSecond);
}

bool shares(const Headers &response, const Headers &request = {}, const CacheRules &rules = kShared) {
    return may_be_shared_by_waiting(stored(response), request, rules);
}

std::optional<std::int64_t> lifetime(const Headers &response, const CacheRules &rules = kShared) {
    return lifetime_s(stored(response), rules);
}

std::string text(const Headers &headers) {
    std::string text;
    for (const auto &[name, value] : headers)
        text += name + ": " + value + "\n";
    return text;
}

TEST(StorableTest, OnlyGet) {
    EXPECT_TRUE(is_storable("GET", {}, 200, {}, kShared));
    EXPECT_TRUE(is_storable("get", {}, 200, {}, kShared)) << "as requests are written";
    for (const char *method : {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "", "GETS"})
        EXPECT_FALSE(is_storable(method, {}, 200, control("max-age=60, public"), with_ttl(60))) << method;
}

TEST(StorableTest, StatusesThatNeedNoWordAboutIt) {
    for (const int status : {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
        EXPECT_TRUE(stores(status, {})) << status;
    for (const int status : {201, 202, 302, 303, 307, 400, 401, 403, 429, 500, 502, 503, 504})
        EXPECT_FALSE(stores(status, {})) << status;
}

TEST(StorableTest, ExplicitLifetimesMakeOtherFinalStatusesStorable) {
    for (const int status : {201, 302, 307, 403, 429, 500, 503, 599}) {
        EXPECT_TRUE(stores(status, control("max-age=60"))) << status;
        EXPECT_TRUE(stores(status, control("s-maxage=60"))) << status;
        EXPECT_FALSE(stores(status, control("s-maxage=60"), kOwn)) << status;
        EXPECT_TRUE(stores(status, {{"expires", date(60)}})) << status;
    }
}

TEST(StorableTest, PartsAndInterimResponsesNever) {
    for (const int status : {-1, 0, 100, 101, 103, 199, 206, 304, 600, 999}) {
        EXPECT_FALSE(stores(status, control("max-age=60, public"))) << status;
        EXPECT_FALSE(stores(status, control("max-age=60, public"), with_ttl(60))) << status;
    }
    EXPECT_FALSE(stores(200, control("max-age=60"), kShared, {{"Range", "bytes=0-1"}}));
    EXPECT_FALSE(stores(200, {}, with_ttl(60), {{"range", "bytes=0-1"}}));
}

TEST(StorableTest, TtlSpeaksForSuccessesRedirectsAndLastingErrors) {
    for (const int status : {200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 410, 414, 501})
        EXPECT_TRUE(stores(status, {}, with_ttl(60))) << status;
    for (const int status : {201, 400, 401, 403, 429, 500, 502, 503, 504})
        EXPECT_FALSE(stores(status, {}, with_ttl(60))) << status;
    EXPECT_TRUE(stores(503, control("max-age=5"), with_ttl(3600)));
    EXPECT_EQ(lifetime_s(stored(control("max-age=5"), 503), with_ttl(3600)), 5) << "not an hour";
}

TEST(StorableTest, NoStoreWinsOverEverything) {
    EXPECT_FALSE(stores(200, control("no-store")));
    EXPECT_FALSE(stores(200, control("max-age=60, NO-STORE , public"), with_ttl(60)));
    EXPECT_FALSE(stores(200, {{"cache-control", "max-age=60"}, {"Cache-Control", "no-store"}}));
    EXPECT_FALSE(stores(200, control("no-store=1")));
    EXPECT_FALSE(stores(200, control("max-age=60"), with_ttl(60), {{"Cache-Control", "no-store"}}));
}

TEST(StorableTest, PrivateResponsesBelongToOneIdentity) {
    EXPECT_FALSE(stores(200, control("private, max-age=60")));
    EXPECT_TRUE(stores(200, control("private, max-age=60"), kOwn));
    EXPECT_FALSE(stores(200, control("private=\"set-cookie\", max-age=60"))) << "field names are not looked at";
    EXPECT_TRUE(stores(200, control("private, max-age=60"), with_ttl(60)));
}

TEST(StorableTest, AuthorizationNeedsALeaveToShare) {
    const Headers request = {{"Authorization", "Bearer t"}};
    EXPECT_FALSE(stores(200, control("max-age=60"), kShared, request));
    EXPECT_FALSE(stores(200, control("max-age=60"), with_ttl(60), request));
    EXPECT_FALSE(stores(200, control("max-age=60, proxy-revalidate"), kShared, request));
    EXPECT_TRUE(stores(200, control("max-age=60"), kOwn, request));
    for (const char *leave : {"public", "s-maxage=60", "must-revalidate"})
        EXPECT_TRUE(stores(200, control(leave), kShared, request)) << leave;
}

TEST(DirectiveTest, QuotedStringsHideWhatTheyContain) {
    EXPECT_TRUE(stores(200, control("ext=\"no-store\", max-age=1")));
    EXPECT_TRUE(stores(200, control("ext=\"a, no-store, b\", max-age=1")));
    EXPECT_TRUE(stores(200, control("ext=\"a\\\", no-store\", max-age=1")));
    EXPECT_FALSE(stores(200, control("ext=\"a\\\\\", no-store"))) << "the string ends before";
    EXPECT_FALSE(stores(200, control("ext=\"a, no-store"))) << "no string without its end";
    EXPECT_FALSE(stores(200, control("ext=\"a\" b, no-store")));
}

TEST(DirectiveTest, NumbersInEveryShape) {
    EXPECT_EQ(lifetime(control("max-age=60")), 60);
    EXPECT_EQ(lifetime(control("MAX-AGE = 60")), 60);
    EXPECT_EQ(lifetime(control("max-age=\"60\"")), 60);
    EXPECT_EQ(lifetime(control(",, ,max-age=60,")), 60);
    EXPECT_EQ(lifetime(control("max-age=0060")), 60);
    EXPECT_EQ(lifetime(control("max-age=2147483648")), kMostSeconds);
    EXPECT_EQ(lifetime(control("max-age=2147483649")), kMostSeconds);
    EXPECT_EQ(lifetime(control("max-age=" + std::string(10'000, '9'))), kMostSeconds);
    for (const char *value : {"max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=+60", "max-age=60s",
                              "max-age=60 5", "max-age=60; public", "max-age=\"60", "max-age=\"60\"5", "max-age='60'"})
        EXPECT_EQ(lifetime(control(value)), 0) << value;
    EXPECT_EQ(lifetime(control("x-max-age=60")), std::nullopt);
    EXPECT_EQ(lifetime(control("=60")), std::nullopt);
}

TEST(DirectiveTest, OfContradictingLifetimesTheSmallestCounts) {
    EXPECT_EQ(lifetime(control("max-age=60, max-age=30, max-age=90")), 30);
    EXPECT_EQ(lifetime({{"cache-control", "max-age=60"}, {"cache-control", "max-age=30"}}), 30);
    EXPECT_EQ(lifetime(control("max-age=60, max-age=x")), 0);
    EXPECT_EQ(lifetime(control("s-maxage=5, s-maxage=7")), 5);
}

TEST(DirectiveTest, HostileHeadersCostLittle) {
    std::string commas(1 << 20, ',');
    std::string quotes;
    std::string names;
    for (int i = 0; i < 100'000; ++i) {
        quotes += "a=\"\\";
        names += "x" + std::to_string(i) + ", ";
    }
    EXPECT_EQ(lifetime(control(commas + "max-age=1")), 1);
    EXPECT_EQ(lifetime(control(quotes)), std::nullopt);
    EXPECT_FALSE(stores(200, {{"vary", names}})) << "as good as *";
    EXPECT_TRUE(stores(200, {{"vary", std::string(1 << 20, ',') + "a, a, A"}}));
}

TEST(LifetimeTest, TheStrongestStatementCounts) {
    const Headers all = {{"cache-control", "s-maxage=10, max-age=20"}, {"expires", date(30)}, {"date", date(0)}};
    EXPECT_EQ(lifetime(all), 10);
    EXPECT_EQ(lifetime(all, kOwn), 20);
    EXPECT_EQ(lifetime(all, with_ttl(5)), 5);
    EXPECT_EQ(lifetime(all, with_ttl(-5)), 0);
    EXPECT_EQ(lifetime(all, with_ttl(std::numeric_limits<std::int64_t>::max())), kMostSeconds);
    EXPECT_EQ(lifetime({{"expires", date(30)}, {"date", date(0)}}), 30);
    EXPECT_EQ(lifetime({}), std::nullopt);
    EXPECT_EQ(lifetime({{"last-modified", date(-1'000'000)}}), std::nullopt) << "nothing is guessed";
}

TEST(LifetimeTest, ExpiresCountsFromTheServersOwnDate) {
    EXPECT_EQ(lifetime({{"expires", date(30)}}), 30) << "from arrival without a date";
    EXPECT_EQ(lifetime({{"expires", date(30)}, {"date", "yesterday"}}), 30);
    EXPECT_EQ(lifetime({{"expires", date(3630)}, {"date", date(3600)}}), 30) << "a clock that is ahead";
    EXPECT_EQ(lifetime({{"expires", date(-30)}, {"date", date(0)}}), 0);
    EXPECT_EQ(lifetime({{"expires", "Fri, 31 Dec 9999 23:59:59 GMT"}}), kMostSeconds);
    for (const char *value : {"0", "-1", "", "never", "60"})
        EXPECT_EQ(lifetime({{"expires", value}}), 0) << value;
    EXPECT_EQ(lifetime({{"expires", date(30)}, {"expires", date(20)}}), 20);
    EXPECT_EQ(lifetime({{"expires", date(30)}, {"expires", "0"}}), 0);
}

TEST(AgeTest, CountsFromArrival) {
    EXPECT_EQ(current_age_s(stored({}), kStart * kSecond), 0);
    EXPECT_EQ(current_age_s(stored({}), kStart * kSecond + 999'999), 0);
    EXPECT_EQ(current_age_s(stored({}), (kStart + 7) * kSecond), 7);
    EXPECT_EQ(current_age_s(stored({}), (kStart - 7) * kSecond), 0) << "a clock that was set back";
}

TEST(AgeTest, WhatCachesOnTheWayAdd) {
    const auto age = [](Headers headers) { return current_age_s(stored(std::move(headers)), (kStart + 7) * kSecond); };
    EXPECT_EQ(age({{"age", "100"}}), 107);
    EXPECT_EQ(age({{"age", "100, 5"}}), 107) << "the first of a list";
    EXPECT_EQ(age({{"age", "100"}, {"age", "5"}}), 107);
    for (const char *value : {"-100", "x", "1.5", "", ","})
        EXPECT_EQ(age({{"age", value}}), 7) << value;
    EXPECT_EQ(age({{"age", "99999999999999999999"}}), kMostSeconds);
    EXPECT_EQ(age({{"date", date(-50)}}), 57);
    EXPECT_EQ(age({{"date", date(50)}}), 7) << "made in the future";
    EXPECT_EQ(age({{"date", date(-50)}, {"age", "100"}}), 107);
    EXPECT_EQ(age({{"date", date(-500)}, {"age", "100"}}), 507);
    EXPECT_EQ(age({{"date", "Sat, 01 Jan 0000 00:00:00 GMT"}}), kMostSeconds);
}

TEST(AgeTest, TheTimeOfTheRequestCounts) {
    StoredHead head = stored({{"age", "10"}});
    head.requested_at_us = kStart * kSecond - 3'600'000;
    EXPECT_EQ(current_age_s(head, kStart * kSecond), 13);
    EXPECT_EQ(current_age_s(head, kStart * kSecond + 400'000), 14) << "parts of seconds add up";
    head.requested_at_us = (kStart + 10) * kSecond;
    EXPECT_EQ(current_age_s(head, kStart * kSecond), 10) << "a clock that was set back";
}

TEST(AgeTest, ImpossibleTimesAreHarmless) {
    constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    StoredHead head = {.status = 200, .headers = {{"date", date(0)}, {"expires", date(1)}}, .selecting = {}};
    for (const std::int64_t received : {kMin, kMax})
        for (const std::int64_t now : {kMin, kMax}) {
            head.requested_at_us = kMin;
            head.received_at_us = received;
            EXPECT_GE(current_age_s(head, now), 0);
            EXPECT_LE(current_age_s(head, now), kMostSeconds);
            EXPECT_NE(reuse_of(head, {}, kShared, now), Reuse::kNever);
        }
}

TEST(ReuseTest, FreshUntilTheLifetimeIsOver) {
    EXPECT_EQ(reuse(control("max-age=60"), 0), Reuse::kFresh);
    EXPECT_EQ(reuse(control("max-age=60"), 59), Reuse::kFresh);
    EXPECT_EQ(reuse(control("max-age=60"), 60), Reuse::kValidate);
    EXPECT_EQ(reuse(control("max-age=0"), 0), Reuse::kValidate);
    EXPECT_EQ(reuse({}, 0), Reuse::kValidate) << "stale at once";
    EXPECT_EQ(reuse({{"cache-control", "max-age=60"}, {"age", "50"}}, 9), Reuse::kFresh);
    EXPECT_EQ(reuse({{"cache-control", "max-age=60"}, {"age", "50"}}, 10), Reuse::kValidate);
    EXPECT_EQ(reuse({{"expires", date(60)}, {"date", date(0)}}, 59), Reuse::kFresh);
    EXPECT_EQ(reuse({{"expires", "0"}}, 0), Reuse::kValidate);
}

TEST(ReuseTest, TtlOverridesWhatTheResponseSays) {
    for (const char *value :
         {"no-cache", "max-age=0, must-revalidate", "private, no-cache=\"a\"", "s-maxage=0", "max-age=100000"}) {
        EXPECT_EQ(reuse(control(value), 59, {}, with_ttl(60)), Reuse::kFresh) << value;
        EXPECT_EQ(reuse(control(value), 60, {}, with_ttl(60)), Reuse::kValidate) << value;
    }
    EXPECT_EQ(reuse({{"expires", "0"}, {"pragma", "no-cache"}}, 59, {}, with_ttl(60)), Reuse::kFresh);
    EXPECT_EQ(reuse(control("max-age=60"), 0, {}, with_ttl(0)), Reuse::kValidate);
}

TEST(ReuseTest, TtlCountsFromArrival) {
    const Headers old = {{"age", "7200"}, {"date", date(-7200)}};
    EXPECT_EQ(reuse(old, 59, {}, with_ttl(60)), Reuse::kFresh);
    EXPECT_EQ(reuse(old, 60, {}, with_ttl(60)), Reuse::kValidate);
    EXPECT_EQ(reuse(old, 59, control("max-age=60"), with_ttl(60)), Reuse::kValidate) << "the request asks for its age";
}

TEST(ReuseTest, NoCacheAsksTheServerEachTime) {
    EXPECT_EQ(reuse(control("no-cache, max-age=60"), 0), Reuse::kValidate);
    EXPECT_EQ(reuse(control("No-Cache=\"set-cookie\", max-age=60"), 0), Reuse::kValidate);
    EXPECT_EQ(reuse(control("no-cache, max-age=60, stale-while-revalidate=60"), 0), Reuse::kValidate);
}

TEST(ReuseTest, WhatTheRequestDemands) {
    const Headers minute = control("max-age=60");
    EXPECT_EQ(reuse(minute, 1, control("no-cache")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 1, {{"Pragma", "x, No-Cache"}}), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 1, control("no-cache"), with_ttl(60)), Reuse::kValidate) << "ttl or not";
    EXPECT_EQ(reuse(minute, 0, control("max-age=0")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 10, control("max-age=10")), Reuse::kFresh);
    EXPECT_EQ(reuse(minute, 11, control("max-age=10")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 1, control("max-age=x")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 50, control("min-fresh=10")), Reuse::kFresh);
    EXPECT_EQ(reuse(minute, 51, control("min-fresh=10")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 51, control("min-fresh=5, min-fresh=10")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 59, control("min-fresh=x")), Reuse::kFresh);
    EXPECT_EQ(reuse(minute, 1, control("only-if-cached")), Reuse::kFresh);
    EXPECT_EQ(reuse(minute, 61, control("only-if-cached")), Reuse::kValidate);
}

TEST(ReuseTest, MaxStaleTakesStaleResponses) {
    const Headers minute = control("max-age=60");
    EXPECT_EQ(reuse(minute, 70, control("max-stale=10")), Reuse::kFresh);
    EXPECT_EQ(reuse(minute, 71, control("max-stale=10")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 100'000, control("max-stale")), Reuse::kFresh);
    EXPECT_EQ(reuse(minute, 61, control("max-stale=x")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 71, control("max-stale, max-stale=10")), Reuse::kValidate);
    EXPECT_EQ(reuse(minute, 65, control("max-age=62, max-stale=10")), Reuse::kValidate) << "older than it wants";
    EXPECT_EQ(reuse(control("max-age=60, must-revalidate"), 61, control("max-stale")), Reuse::kValidate);
    EXPECT_EQ(reuse(control("s-maxage=60"), 61, control("max-stale")), Reuse::kValidate);
}

TEST(ReuseTest, StaleWhileRevalidate) {
    const Headers response = control("max-age=60, stale-while-revalidate=30");
    const CacheRules longer = {.stale_while_revalidate_s = 50};
    EXPECT_EQ(reuse(response, 59), Reuse::kFresh);
    EXPECT_EQ(reuse(response, 60), Reuse::kStaleWhileRevalidate);
    EXPECT_EQ(reuse(response, 90), Reuse::kStaleWhileRevalidate);
    EXPECT_EQ(reuse(response, 91), Reuse::kValidate);
    EXPECT_EQ(reuse(response, 110, {}, longer), Reuse::kStaleWhileRevalidate) << "the larger of both";
    EXPECT_EQ(reuse(response, 111, {}, longer), Reuse::kValidate);
    EXPECT_EQ(reuse(response, 90, {}, {.stale_while_revalidate_s = 10}), Reuse::kStaleWhileRevalidate);
    EXPECT_EQ(reuse({}, 50, {}, longer), Reuse::kStaleWhileRevalidate) << "without a lifetime, too";
    EXPECT_EQ(reuse({}, 51, {}, longer), Reuse::kValidate);
    EXPECT_EQ(reuse(control("max-age=60, stale-while-revalidate=x"), 60), Reuse::kValidate);
    EXPECT_EQ(reuse(response, 61, control("max-age=100")), Reuse::kValidate) << "the request wants a fresh one";
    EXPECT_EQ(reuse(response, 61, control("min-fresh=0")), Reuse::kValidate);
}

TEST(ReuseTest, WhatForbidsStaleResponses) {
    const CacheRules rules = {.stale_while_revalidate_s = 100};
    const CacheRules own = {.stale_while_revalidate_s = 100, .is_shared = false};
    const CacheRules ttl = {.ttl_s = 60, .stale_while_revalidate_s = 100};
    for (const char *value :
         {"max-age=60, must-revalidate", "max-age=60, proxy-revalidate", "s-maxage=60, max-age=60"}) {
        const bool binds_all = std::string_view(value).find("must") != std::string_view::npos;
        EXPECT_EQ(reuse(control(value), 59, {}, rules), Reuse::kFresh) << value;
        EXPECT_EQ(reuse(control(value), 61, {}, rules), Reuse::kValidate) << value;
        EXPECT_EQ(reuse(control(value), 61, {}, own), binds_all ? Reuse::kValidate : Reuse::kStaleWhileRevalidate)
            << value;
        EXPECT_EQ(reuse(control(value), 61, {}, ttl), Reuse::kStaleWhileRevalidate) << value;
    }
}

TEST(ReuseTest, WhatMayNotBeStoredIsNotUsedEither) {
    const Headers own = control("private, max-age=60");
    EXPECT_EQ(reuse(own, 1), Reuse::kNever) << "it was stored under other rules";
    EXPECT_EQ(reuse(own, 1, {}, kOwn), Reuse::kFresh);
    EXPECT_EQ(reuse(own, 1, {}, with_ttl(60)), Reuse::kFresh);
    EXPECT_EQ(reuse(control("no-store, max-age=60"), 1), Reuse::kNever);
    EXPECT_EQ(reuse(control("max-age=60"), 1, control("no-store")), Reuse::kNever);
    EXPECT_EQ(reuse(control("max-age=60"), 1, {{"authorization", "t"}}), Reuse::kNever);
    EXPECT_EQ(reuse(control("max-age=60"), 1, {{"authorization", "t"}}, kOwn), Reuse::kFresh);
}

TEST(ReuseTest, RequestsWithConditionsOfTheirOwnPassBy) {
    for (const char *name :
         {"Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"})
        EXPECT_EQ(reuse(control("max-age=60"), 1, {{name, "x"}}), Reuse::kNever) << name;
}

TEST(VaryTest, SelectingHeadersInNormalForm) {
    const Headers response = {{"vary", "Accept-Language ,, cookie"}, {"Vary", "COOKIE, X-Absent"}};
    const Headers request = {{"Cookie", " a=1;\t\t b=2 "}, {"accept-language", "de"}, {"ACCEPT-LANGUAGE", "  en  "}};
    EXPECT_EQ(text(selecting_headers(response, request)), "accept-language: de, en\ncookie: a=1; b=2\nx-absent: \n");
    EXPECT_EQ(text(selecting_headers({}, request)), "");
    EXPECT_EQ(text(selecting_headers({{"vary", " , "}}, request)), "");
}

TEST(VaryTest, TheSameRequestIsSelected) {
    StoredHead head = stored({{"vary", "Accept-Language, X-Absent"}, {"cache-control", "max-age=60"}});
    head.selecting = selecting_headers(head.headers, {{"Accept-Language", "de,  en"}, {"cookie", "a"}});
    EXPECT_TRUE(is_selected(head, {{"accept-language", " de, en "}}));
    EXPECT_TRUE(is_selected(head, {{"accept-language", "de"}, {"Accept-Language", "en"}, {"cookie", "b"}}));
    EXPECT_TRUE(is_selected(head, {{"accept-language", "de, en"}, {"x-absent", " "}})) << "absent is empty";
    EXPECT_FALSE(is_selected(head, {{"accept-language", "de"}}));
    EXPECT_FALSE(is_selected(head, {{"accept-language", "DE, en"}})) << "values are taken as they are";
    EXPECT_FALSE(is_selected(head, {}));
    EXPECT_FALSE(is_selected(head, {{"accept-language", "de, en"}, {"x-absent", "1"}}));
    EXPECT_EQ(reuse_of(head, {{"accept-language", "de, en"}}, kShared, kStart * kSecond), Reuse::kFresh);
    EXPECT_EQ(reuse_of(head, {}, kShared, kStart * kSecond), Reuse::kNever);
    EXPECT_EQ(reuse_of(head, {}, with_ttl(60), kStart * kSecond), Reuse::kNever) << "ttl or not";
}

TEST(VaryTest, AStarSelectsNothing) {
    for (const char *vary : {"*", "accept, *", " * "}) {
        EXPECT_FALSE(is_selected(stored({{"vary", vary}}), {})) << vary;
        EXPECT_EQ(reuse({{"vary", vary}, {"cache-control", "max-age=60"}}, 0, {}, with_ttl(60)), Reuse::kNever) << vary;
        EXPECT_FALSE(stores(200, {{"vary", vary}, {"cache-control", "max-age=60"}})) << vary;
    }
}

TEST(WaitingTest, OneAnswerForAllThatWait) {
    EXPECT_TRUE(shares({})) << "a page that says nothing about caching";
    EXPECT_TRUE(shares({{"etag", "\"a\""}}));
    EXPECT_TRUE(shares(control("max-age=60")));
    EXPECT_TRUE(shares(control("max-age=60, must-revalidate")));
    EXPECT_TRUE(shares(control("max-age=0")));
    EXPECT_TRUE(shares(control("private"), {}, kOwn));
    EXPECT_FALSE(shares({{"vary", "accept"}})) << "nobody noted what was selected";
}

TEST(WaitingTest, WhoInsistsGetsAnAnswerOfHisOwn) {
    for (const char *value : {"no-store", "no-cache", "no-cache=\"a\", max-age=60", "private", "must-revalidate",
                              "max-age=0, must-revalidate", "max-age=0, proxy-revalidate", "s-maxage=0"})
        EXPECT_FALSE(shares(control(value))) << value;
    EXPECT_FALSE(shares({{"cache-control", "max-age=60, must-revalidate"}, {"age", "60"}})) << "stale on arrival";
    EXPECT_FALSE(shares({{"vary", "*"}}));
    for (const char *value : {"no-store", "no-cache", "max-age=0", "min-fresh=61"})
        EXPECT_FALSE(shares(control("max-age=60"), control(value))) << value;
    EXPECT_TRUE(shares(control("max-age=60"), control("max-age=5, min-fresh=60")));
    EXPECT_FALSE(shares({{"age", "9"}}, control("max-age=5")));
    EXPECT_FALSE(shares({}, {{"range", "bytes=0-1"}}));
    EXPECT_FALSE(shares({}, {{"if-none-match", "\"a\""}}));
    EXPECT_FALSE(shares(control("max-age=60"), {{"authorization", "t"}}));
    EXPECT_FALSE(may_be_shared_by_waiting(stored({}, 503), {}, kShared));
}

TEST(WaitingTest, TtlDecidesWhereThereIsOne) {
    for (const char *value : {"no-cache", "max-age=0, must-revalidate", "private", "max-age=60"}) {
        EXPECT_TRUE(shares(control(value), {}, with_ttl(60))) << value;
        EXPECT_FALSE(shares(control(value), {}, with_ttl(0))) << value;
    }
    EXPECT_FALSE(shares(control("no-store"), {}, with_ttl(60)));
}

TEST(ValidatorTest, WhatToAskWith) {
    EXPECT_EQ(text(validators(stored({}))), "");
    EXPECT_EQ(text(validators(stored({{"etag", " W/\"a b\" "}}))), "if-none-match: W/\"a b\"\n");
    EXPECT_EQ(text(validators(stored({{"last-modified", date(0)}}))), "if-modified-since: " + date(0) + "\n");
    EXPECT_EQ(text(validators(stored({{"last-modified", "x"}, {"etag", ""}, {"etag", "unquoted"}}))),
              "if-none-match: unquoted\nif-modified-since: x\n");
    EXPECT_EQ(text(validators(stored({{"etag", "\"a\"\r\nx: y"}}))), "") << "what no request may carry";
}

TEST(RenewTest, HeadersAreReplacedAndTimesRenewed) {
    StoredHead head = stored({{"cache-control", "max-age=60"},
                              {"etag", "\"a\""},
                              {"set-cookie", "x"},
                              {"set-cookie", "y"},
                              {"x-kept", "1"}});
    renew(head, {{"Cache-Control", "max-age=30"}, {"set-cookie", "z"}, {"set-cookie", "w"}, {"x-new", "2"}},
          (kStart + 99) * kSecond, (kStart + 100) * kSecond);
    EXPECT_EQ(text(head.headers),
              "etag: \"a\"\nx-kept: 1\ncache-control: max-age=30\nset-cookie: z\nset-cookie: w\nx-new: 2\n");
    EXPECT_EQ(head.requested_at_us, (kStart + 99) * kSecond);
    EXPECT_EQ(head.received_at_us, (kStart + 100) * kSecond);
    EXPECT_EQ(reuse_of(head, {}, kShared, (kStart + 128) * kSecond), Reuse::kFresh);
    EXPECT_EQ(reuse_of(head, {}, kShared, (kStart + 129) * kSecond), Reuse::kValidate);
}

TEST(RenewTest, WhatDescribesTheStoredBytesStays) {
    const Headers own = {{"content-length", "10"},   {"content-encoding", "gzip"}, {"content-type", "text/html"},
                         {"transfer-encoding", "x"}, {"connection", "close"},      {"x-hop", "own"}};
    StoredHead head = stored(own);
    renew(head,
          {{"Content-Length", "0"},
           {"content-encoding", "br"},
           {"content-type", "text/plain"},
           {"content-range", "bytes 0-1/2"},
           {"transfer-encoding", "chunked"},
           {"connection", "keep-alive, X-Hop"},
           {"keep-alive", "timeout=5"},
           {"x-hop", "theirs"},
           {"upgrade", "h2c"}},
          0, 0);
    EXPECT_EQ(head.headers, own);
}

TEST(RenewTest, AgeAndDateOfTheOldResponseGo) {
    StoredHead head = stored({{"age", "7200"}, {"date", date(-7200)}, {"cache-control", "max-age=60"}});
    EXPECT_EQ(reuse_of(head, {}, kShared, kStart * kSecond), Reuse::kValidate);
    renew(head, {}, (kStart + 100) * kSecond, (kStart + 100) * kSecond);
    EXPECT_EQ(text(head.headers), "cache-control: max-age=60\n");
    EXPECT_EQ(reuse_of(head, {}, kShared, (kStart + 159) * kSecond), Reuse::kFresh);
    renew(head, {{"age", "10"}, {"date", date(199)}}, (kStart + 200) * kSecond, (kStart + 200) * kSecond);
    EXPECT_EQ(current_age_s(head, (kStart + 200) * kSecond), 10);
}

TEST(RenewTest, NewDirectivesHold) {
    StoredHead head = stored(control("max-age=60"));
    renew(head, control("no-store"), kStart * kSecond, kStart * kSecond);
    EXPECT_EQ(reuse_of(head, {}, kShared, kStart * kSecond), Reuse::kNever);
    head = stored(control("max-age=60"));
    renew(head, {{"vary", "cookie"}}, kStart * kSecond, kStart * kSecond);
    EXPECT_EQ(reuse_of(head, {}, kShared, kStart * kSecond), Reuse::kNever) << "nobody noted the cookie";
}

} // namespace
} // namespace webwrap
