#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/base/interrupt.hpp"
#include "core/fetch/client.hpp"
#include "errors.hpp"
#include "loopback_server.hpp"

namespace webwrap {
namespace {

using test::Answer;
using test::LoopbackServer;
using test::page;
using test::redirect;

const AddressPolicy kLoopback("127.0.0.0/8");

/* A cache in memory, and flights that the test leads in the place of other processes. */
class FakeCache final : public ResponseCache {
  public:
    struct Entry {
        CachedResponse response;
        std::string body;
    };

    struct Pass final : FlightPass {
        explicit Pass(FakeCache &cache, Role role) : cache(cache), given(role) { ++cache.open_passes; }
        ~Pass() override { --cache.open_passes; }
        [[nodiscard]] Role role() const noexcept override { return given; }
        [[nodiscard]] Progress progress() override { return cache.next_progress(); }
        [[nodiscard]] bool is_awaited() override { return cache.is_awaited; }
        void land() noexcept override { ++cache.landed; }
        FakeCache &cache;
        Role given;
    };

    [[nodiscard]] std::vector<CachedResponse> find(const CacheKey &key) override {
        std::vector<CachedResponse> found;
        for (const auto &[name, entry] : entries)
            if (name == key.identity + "|" + key.url)
                found.push_back(entry.response);
        return found;
    }
    [[nodiscard]] std::optional<std::string> body(const CachedResponse &stored) override {
        for (const auto &[name, entry] : entries)
            if (entry.response.body_name == stored.body_name && !is_without_bodies)
                return entry.body;
        return std::nullopt;
    }
    [[nodiscard]] std::unique_ptr<FlightPass> join(const CacheKey &) override {
        const FlightPass::Role role = followers > 0 ? FlightPass::Role::kFollower : FlightPass::Role::kLeader;
        followers = std::max(followers - 1, 0);
        return std::make_unique<Pass>(*this, role);
    }
    void store(const CacheKey &key, const StoredHead &head, const std::string &peer, std::string_view body,
               FlightPass *) override {
        ++stored;
        entries.emplace(key.identity + "|" + key.url,
                        Entry{{head, peer, std::to_string(entries.size())}, std::string(body)});
    }
    void renew(const CacheKey &key, const CachedResponse &confirmed, FlightPass *) override {
        ++renewed;
        entries.find(key.identity + "|" + key.url)->second.response = confirmed;
    }
    void refresh(const CacheKey &, const Request &request) override { refreshed.push_back(request.url); }

    FlightPass::Progress next_progress() {
        if (progress.empty())
            return FlightPass::Progress::kUnderWay;
        const FlightPass::Progress next = progress.front();
        if (progress.size() > 1)
            progress.erase(progress.begin());
        if (on_progress)
            on_progress(next);
        return next;
    }

    std::multimap<std::string, Entry> entries;
    int followers = 0;                          /* how many that join next are followers */
    std::vector<FlightPass::Progress> progress; /* what they see, one after the other */
    std::function<void(FlightPass::Progress)> on_progress;
    bool is_awaited = false;
    bool is_without_bodies = false;
    int open_passes = 0;
    int landed = 0;
    int stored = 0;
    int renewed = 0;
    std::vector<std::string> refreshed;
};

class FakeTurns final : public Turns {
  public:
    [[nodiscard]] Answer take(const std::string &, const TurnRules &rules) override {
        seen = rules;
        ++asked;
        if (refusals > 0) {
            --refusals;
            return {false, wait_ms, is_hosts_wish};
        }
        most = std::max(most, ++taken);
        return {true, 0, false};
    }
    void give_back(const std::string &) noexcept override { --taken; }
    void hold_off(const std::string &, std::int64_t wait_ms) override { held_off_ms.push_back(wait_ms); }

    int refusals = 0;
    std::int64_t wait_ms = 1;
    bool is_hosts_wish = false;
    int asked = 0;
    int taken = 0;
    int most = 0;
    TurnRules seen;
    std::vector<std::int64_t> held_off_ms;
};

/* Pages by path; each call of a path counts. */
class RunTest : public ::testing::Test {
  protected:
    void serve(const std::string &path, LoopbackServer::Answering answer) { pages_[path] = std::move(answer); }
    void serve(const std::string &path, Answer answer) {
        pages_[path] = [answer](const std::string &, const std::string &) { return answer; };
    }
    /* Each answer once, then the last one again. */
    void serve(const std::string &path, std::vector<Answer> answers) {
        pages_[path] = [answers, next = std::size_t{0}](const std::string &, const std::string &) mutable {
            return answers[std::min(next++, answers.size() - 1)];
        };
    }

    [[nodiscard]] Request get(const std::string &path) const {
        Request request;
        request.url = server_.url(path);
        request.cache.mode = CacheUse::Mode::kUse;
        return request;
    }
    Response fetch(const Request &request) { return client_.fetch(request, limits_, kLoopback); }
    std::optional<Error> error(const Request &request) {
        return test::error_of([&] { (void)fetch(request); });
    }
    std::vector<std::string> paths() {
        std::vector<std::string> asked;
        for (const std::string &request : server_.requests())
            asked.push_back(request.substr(4, request.find(' ', 4) - 4));
        return asked;
    }
    void TearDown() override {
        EXPECT_EQ(cache_.open_passes, 0);
        EXPECT_EQ(turns_.taken, 0);
    }

    std::mutex mutex_;
    std::map<std::string, LoopbackServer::Answering> pages_;
    LoopbackServer server_{[this](const std::string &path, const std::string &request) {
        const std::lock_guard lock(mutex_);
        const auto found = pages_.find(path);
        return found == pages_.end() ? page("", "", "404 Not Found") : found->second(path, request);
    }};
    Limits limits_;
    FakeCache cache_;
    FakeTurns turns_;
    Client client_{{&cache_, &turns_}};
};

const std::string kFresh = "Cache-Control: max-age=600\r\n";
const std::string kTagged = "ETag: \"1\"\r\n";

Answer confirm_or(const std::string &request, const Answer &otherwise) {
    return request.find("f-none-match: \"1\"") != std::string::npos ||
                   request.find("f-None-Match: \"1\"") != std::string::npos
               ? Answer{"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"}
               : otherwise;
}

TEST_F(RunTest, AFreshResponseMakesNoRequest) {
    serve("/a", page("one", kFresh));
    EXPECT_EQ(fetch(get("/a")).cache, CacheState::kMiss);
    const Response again = fetch(get("/a"));
    EXPECT_EQ(again.cache, CacheState::kHit);
    EXPECT_EQ(again.body, "one");
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(server_.requests().size(), 1U);
    EXPECT_EQ(cache_.stored, 1);
}

TEST_F(RunTest, WhatNobodyCanUseAgainIsNotStored) {
    serve("/a", page("one"));
    (void)fetch(get("/a"));
    EXPECT_EQ(cache_.stored, 0);
    EXPECT_EQ(cache_.landed, 1);
    cache_.is_awaited = true;
    (void)fetch(get("/a"));
    EXPECT_EQ(cache_.stored, 1);
}

TEST_F(RunTest, AStaleResponseIsConfirmed) {
    serve("/a",
          [](const std::string &, const std::string &request) { return confirm_or(request, page("one", kTagged)); });
    (void)fetch(get("/a"));
    const Response again = fetch(get("/a"));
    EXPECT_EQ(again.cache, CacheState::kConfirmed);
    EXPECT_EQ(again.body, "one");
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(cache_.renewed, 1);
    EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(RunTest, AConfirmationOfABodyThatHasGoneIsFetchedInFull) {
    serve("/a",
          [](const std::string &, const std::string &request) { return confirm_or(request, page("one", kTagged)); });
    (void)fetch(get("/a"));
    cache_.is_without_bodies = true;
    const Response again = fetch(get("/a"));
    EXPECT_EQ(again.cache, CacheState::kMiss);
    EXPECT_EQ(again.body, "one");
    EXPECT_EQ(server_.requests().size(), 3U);
}

TEST_F(RunTest, AConfirmationOfAnotherResponseIsFetchedInFull) {
    serve("/a", std::vector<Answer>{page("one", kTagged),
                                    {"HTTP/1.1 304 Not Modified\r\nETag: \"2\"\r\n\r\n"},
                                    page("two", "ETag: \"2\"\r\n")});
    (void)fetch(get("/a"));
    EXPECT_EQ(fetch(get("/a")).body, "two");
}

TEST_F(RunTest, AStaleResponseIsServedWhileItIsFetchedAnew) {
    serve("/a", page("one", "Cache-Control: max-age=0, stale-while-revalidate=600\r\n"));
    (void)fetch(get("/a"));
    EXPECT_EQ(fetch(get("/a")).cache, CacheState::kStale);
    EXPECT_EQ(cache_.refreshed, std::vector<std::string>{server_.url("/a")});
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RunTest, WhoMayNotConnectThereDoesNotReadItEither) {
    serve("/a", page("one", kFresh));
    (void)fetch(get("/a"));
    const auto refused = test::error_of([&] { (void)client_.fetch(get("/a"), limits_, AddressPolicy()); });
    EXPECT_EQ(refused->kind(), ErrorKind::kForbidden);
}

TEST_F(RunTest, AStoredPageKeepsToTheReadersLimit) {
    serve("/a", page(std::string(5000, 'x'), kFresh));
    (void)fetch(get("/a"));
    limits_.max_page_size_bytes = 1000;
    EXPECT_EQ(error(get("/a"))->kind(), ErrorKind::kLimitExceeded);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RunTest, OnlyTheCacheWhenToldSo) {
    serve("/a", page("one", kTagged));
    Request request = get("/a");
    request.cache.mode = CacheUse::Mode::kOnly;
    EXPECT_EQ(error(request)->kind(), ErrorKind::kDisabled);
    (void)fetch(get("/a"));
    EXPECT_EQ(fetch(request).cache, CacheState::kStale);
    request.method = "POST";
    EXPECT_EQ(error(request)->kind(), ErrorKind::kDisabled);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RunTest, RedirectsAreKeptHopByHop) {
    serve("/a", redirect("/b", "301 Moved\r\nCache-Control: max-age=600"));
    serve("/b", page("there", kFresh));
    EXPECT_EQ(fetch(get("/a")).final_url, server_.url("/b"));
    const Response again = fetch(get("/a"));
    EXPECT_EQ(again.body, "there");
    EXPECT_EQ(again.redirects, 1);
    EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(RunTest, AStoredRedirectLoopEnds) {
    serve("/a", redirect("/a", "301 Moved\r\nCache-Control: max-age=600"));
    EXPECT_EQ(error(get("/a"))->kind(), ErrorKind::kLimitExceeded);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RunTest, AFollowerTakesWhatTheLeaderGot) {
    serve("/a", page("mine"));
    cache_.followers = 1;
    cache_.progress = {FlightPass::Progress::kUnderWay, FlightPass::Progress::kUnderWay, FlightPass::Progress::kStored};
    cache_.on_progress = [this](FlightPass::Progress progress) {
        if (progress != FlightPass::Progress::kStored || !cache_.entries.empty())
            return;
        StoredHead head;
        head.status = 200;
        head.requested_at_us = head.received_at_us = INT64_MAX / 2; /* later than it began to wait */
        cache_.store({server_.url("/a"), ""}, head, "127.0.0.1", "theirs", nullptr);
    };
    const Response response = fetch(get("/a"));
    EXPECT_EQ(response.body, "theirs");
    EXPECT_EQ(response.cache, CacheState::kHit);
    EXPECT_TRUE(server_.requests().empty());
}

TEST_F(RunTest, AFollowerAsksItselfWhenThereIsNothingForIt) {
    serve("/a", page("mine"));
    for (const auto progress : {FlightPass::Progress::kLanded, FlightPass::Progress::kStored}) {
        cache_.followers = 1;
        cache_.progress = {FlightPass::Progress::kUnderWay, progress};
        EXPECT_EQ(fetch(get("/a")).body, "mine");
    }
    EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(RunTest, AFollowerOfAnAbandonedFlightJoinsAgain) {
    serve("/a", page("mine", kFresh));
    cache_.followers = 2;
    cache_.progress = {FlightPass::Progress::kAbandoned};
    EXPECT_EQ(fetch(get("/a")).body, "mine");
    EXPECT_EQ(cache_.stored, 1); /* as the leader at last */
}

TEST_F(RunTest, AFailureEndsTheFlightForAll) {
    serve("/a", Answer{"not http", true});
    (void)error(get("/a"));
    EXPECT_EQ(cache_.landed, 1);
}

TEST_F(RunTest, AFollowerThatWaitedTooLongAsksItself) {
    serve("/a", page("mine"));
    cache_.followers = 1;
    limits_.request_timeout_ms = 30;
    const auto outcome = [&] {
        try {
            return fetch(get("/a")).body;
        } catch (const Error &error) {
            return error.message();
        }
    }();
    EXPECT_TRUE(outcome == "mine" || outcome.find("within") != std::string::npos) << outcome;
}

TEST_F(RunTest, WhatMayWorkLaterIsTriedAgain) {
    serve("/a", std::vector<Answer>{page("", "Retry-After: 0\r\n", "503 Busy"), page("now")});
    Request request = get("/a");
    EXPECT_EQ(fetch(request).status, 503);
    serve("/a", std::vector<Answer>{page("", "Retry-After: 0\r\n", "503 Busy"), page("now")});
    request.max_retries = 1;
    EXPECT_EQ(fetch(request).body, "now");
    EXPECT_EQ(turns_.held_off_ms.size(), 2U);
}

TEST_F(RunTest, ALostConnectionIsTriedAgain) {
    serve("/a", std::vector<Answer>{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beg", true}, page("whole")});
    Request request = get("/a");
    request.max_retries = 1;
    EXPECT_EQ(fetch(request).body, "whole");
    serve("/a", Answer{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthe beg", true});
    EXPECT_EQ(error(request)->kind(), ErrorKind::kNetwork);
    EXPECT_EQ(server_.requests().size(), 4U);
}

TEST_F(RunTest, AWishBeyondTheTimeLimitIsNotWaitedFor) {
    serve("/a", page("", "Retry-After: 3600\r\n", "429 Slow down"));
    Request request = get("/a");
    request.max_retries = 5;
    EXPECT_EQ(fetch(request).status, 429);
    EXPECT_EQ(server_.requests().size(), 1U);
    EXPECT_EQ(turns_.held_off_ms, std::vector<std::int64_t>{60'000});
    turns_.refusals = 1;
    turns_.wait_ms = 60'000;
    turns_.is_hosts_wish = true;
    EXPECT_EQ(error(request)->kind(), ErrorKind::kTimeout);
    EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(RunTest, ATurnIsWaitedForAndGivenBack) {
    serve("/a", page("one"));
    turns_.refusals = 3;
    Request request = get("/a");
    request.requests_per_second = 7;
    EXPECT_EQ(fetch(request).body, "one");
    EXPECT_EQ(turns_.asked, 4);
    EXPECT_DOUBLE_EQ(turns_.seen.requests_per_second, 7);
    serve("/a", Answer{"not http", true});
    (void)error(get("/a"));
    EXPECT_EQ(turns_.taken, 0);
}

TEST_F(RunTest, WaitingForATurnIsNoPartOfTheTimeLimit) {
    serve("/a", page("one"));
    turns_.refusals = 30;
    turns_.wait_ms = 10;
    limits_.request_timeout_ms = 200;
    EXPECT_EQ(fetch(get("/a")).body, "one");
}

TEST_F(RunTest, RobotsTxtIsAskedForOnce) {
    serve("/robots.txt",
          page("User-agent: *\nDisallow: /private\nCrawl-delay: 0.001\n", "Content-Type: text/plain\r\n"));
    serve("/a", page("one"));
    std::vector<Request> requests;
    for (const char *path : {"/a", "/private/x", "/a?2", "/missing"}) {
        requests.push_back(get(path));
        requests.back().respects_robots = true;
    }
    std::map<std::size_t, int> status;
    std::size_t forbidden = 0;
    client_.fetch_many(requests, limits_, kLoopback, 4, 4, [&](FetchOutcome &&outcome) {
        if (outcome.error && outcome.error->kind() == ErrorKind::kForbidden)
            ++forbidden;
        else
            status[outcome.request_index] = outcome.response->status;
    });
    EXPECT_EQ(forbidden, 1U);
    EXPECT_EQ(status, (std::map<std::size_t, int>{{0, 200}, {2, 404}, {3, 404}}));
    EXPECT_EQ(std::ranges::count(paths(), "/robots.txt"), 1);
    EXPECT_NEAR(turns_.seen.requests_per_second, 1000, 1);
}

TEST_F(RunTest, RobotsTxtThatCannotBeReadForbids) {
    serve("/robots.txt", page("", "", "500 Broken"));
    Request request = get("/a");
    request.respects_robots = true;
    const auto failure = error(request);
    EXPECT_EQ(failure->kind(), ErrorKind::kHttpStatus);
    EXPECT_NE(failure->message().find("robots.txt"), std::string::npos);
    EXPECT_EQ(paths(), std::vector<std::string>{"/robots.txt"});
}

TEST_F(RunTest, AnExceptionOfTheReceiverEndsEverything) {
    serve("/a", page("one"));
    serve("/slow", Answer{});
    std::vector<Request> requests(6, get("/slow"));
    requests.push_back(get("/a"));
    EXPECT_THROW(client_.fetch_many(requests, limits_, kLoopback, 8, 8,
                                    [](FetchOutcome &&) { throw std::runtime_error("enough"); }),
                 std::runtime_error);
}

TEST_F(RunTest, APollEndsEveryStage) {
    serve("/slow", Answer{});
    serve("/busy", page("", "", "503 Busy"));
    serve("/robots.txt", Answer{});
    struct Cancelled {};
    static int left = 0;
    Interrupt::poll_hook = [] {
        if (--left < 0)
            throw Cancelled();
    };
    Request resting = get("/busy");
    resting.max_retries = 3;
    Request following = get("/slow?");
    Request careful = get("/x");
    careful.respects_robots = true;
    for (const int polls : {0, 1, 2, 5, 20}) {
        cache_.followers = 1; /* the first one to be planned waits for another's */
        left = polls;
        const std::vector<Request> requests{following, get("/slow"), resting, careful};
        EXPECT_THROW(client_.fetch_many(requests, limits_, kLoopback, 8, 8, [](FetchOutcome &&) {}), Cancelled);
        EXPECT_EQ(cache_.open_passes, 0);
        EXPECT_EQ(turns_.taken, 0);
    }
    Interrupt::poll_hook = nullptr;
}

} // namespace
} // namespace webwrap
