#include "core/fetch/client.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "errors.hpp"
#include "loopback_server.hpp"

namespace webwrap {
namespace {

using test::Answer;
using test::LoopbackServer;
using test::page;
using test::redirect;

const AddressPolicy kLoopback("127.0.0.0/8");

/* A server with one page of each kind that the tests need. */
Answer answer_for(const std::string &path, const std::string &request) {
    if (path == "/ok")
        return page("<p>Gr\u00fc\u00dfe</p>", "Content-Type: text/html; charset=utf-8\r\nX-A: 1\r\nX-A: 2\r\n");
    if (path == "/echo")
        return page(request, "Content-Type: text/plain\r\n");
    if (path == "/missing")
        return page("gone", "", "404 Not Found");
    if (path == "/image")
        return page("\x89PNG", "Content-Type: image/png\r\n");
    if (path == "/bad-utf8")
        return page("\xFC", "Content-Type: text/html; charset=utf-8\r\n");
    if (path == "/drop")
        return {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning", true};
    if (path == "/large")
        return page(std::string(5000, 'x'));
    if (path == "/large-header")
        return page("", "X-Large: " + std::string(5000, 'x') + "\r\n");
    if (path == "/huge-line")
        return page("", "X-Large: " + std::string(500'000, 'x') + "\r\n");
    if (path == "/codings")
        return page("", "Content-Encoding: gzip, gzip\r\n");
    if (path == "/loop")
        return redirect("/loop");
    if (path == "/two")
        return redirect("/one", "301 Moved");
    if (path == "/one")
        return redirect("ok?");
    if (path == "/ok?" || path == "/")
        return page("<p>ok</p>");
    if (path == "/inside")
        return redirect("http://10.0.0.1/");
    if (path == "/file")
        return redirect("file:///etc/passwd");
    return {}; /* /hang */
}

class ClientTest : public ::testing::Test {
  protected:
    [[nodiscard]] Request get(const std::string &path) const { return {.url = server_.url(path)}; }

    std::optional<Error> error_of(const Request &request, const Limits &limits = {},
                                  const AddressPolicy &policy = kLoopback) {
        return test::error_of([&] { (void)client_.fetch(request, limits, policy); });
    }

    void expect_error(const Request &request, const Limits &limits, ErrorKind kind, const std::string &message,
                      const std::string &hint) {
        const auto error = error_of(request, limits);
        ASSERT_TRUE(error);
        EXPECT_EQ(error->kind(), kind);
        EXPECT_EQ(error->message(), message);
        EXPECT_EQ(error->hint(), hint);
    }

    LoopbackServer server_{answer_for};
    Client client_;
};

TEST_F(ClientTest, ResponseHasAllParts) {
    const Response response = client_.fetch(get("/ok"), {}, kLoopback);
    EXPECT_EQ(response.url, server_.url("/ok"));
    EXPECT_EQ(response.final_url, response.url);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/html");
    EXPECT_EQ(response.charset, "utf-8");
    EXPECT_EQ(response.body, "<p>Gr\u00fc\u00dfe</p>");
    EXPECT_EQ(response.redirects, 0);
    EXPECT_EQ(
        response.headers,
        (Headers{{"content-type", "text/html; charset=utf-8"}, {"x-a", "1"}, {"x-a", "2"}, {"content-length", "14"}}));
}

TEST_F(ClientTest, AnyStatusIsAResponse) {
    const Response response = client_.fetch(get("/missing"), {}, kLoopback);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "gone");
}

TEST_F(ClientTest, OtherThanTextStaysBytes) {
    const Response response = client_.fetch(get("/image"), {}, kLoopback);
    EXPECT_EQ(response.body, "\x89PNG");
    EXPECT_EQ(response.charset, "");
}

TEST_F(ClientTest, RequestsCarryMethodHeadersAndBody) {
    Request request = get("/echo");
    request.method = "POST";
    request.headers = {{"X-A", "1"}, {"X-Empty", ""}, {"Content-Type", "text/x"}};
    request.body = "a=b";
    request.user_agent = "agent/1";
    const std::string seen = client_.fetch(request, {}, kLoopback).body;
    for (const char *part : {"POST /echo HTTP/1.1\r\n", "User-Agent: agent/1\r\n", "X-A: 1\r\n", "X-Empty:\r\n",
                             "Content-Type: text/x\r\n", "Content-Length: 3\r\n", "Accept-Encoding: ", "\r\n\r\na=b"})
        EXPECT_NE(seen.find(part), std::string::npos) << part << " in " << seen;
    EXPECT_EQ(seen.find("Expect:"), std::string::npos);
    EXPECT_NE(client_.fetch(get("/echo"), {}, kLoopback).body.find("User-Agent: webwrap/"), std::string::npos);
}

TEST_F(ClientTest, ConnectionsAreKept) {
    for (int i = 0; i < 5; ++i)
        (void)client_.fetch(get("/ok"), {}, kLoopback);
    EXPECT_EQ(server_.connection_count(), 1u);
}

TEST_F(ClientTest, RedirectsAreFollowed) {
    const Response response = client_.fetch(get("/two"), {}, kLoopback);
    EXPECT_EQ(response.url, server_.url("/two"));
    EXPECT_EQ(response.final_url, server_.url("/ok?"));
    EXPECT_EQ(response.redirects, 2);
    EXPECT_EQ(server_.requests().size(), 3u);
}

TEST_F(ClientTest, RedirectLoopsEnd) {
    Limits limits;
    limits.max_redirects = 3;
    expect_error(get("/loop"), limits, ErrorKind::kLimitExceeded,
                 "page \"" + server_.url("/loop") + "\" redirects more than 3 times", "Raise webwrap.max_redirects.");
    EXPECT_EQ(server_.requests().size(), 4u);
}

TEST_F(ClientTest, SizesAreLimited) {
    Limits limits;
    limits.max_page_size_bytes = 4096;
    expect_error(get("/large"), limits, ErrorKind::kLimitExceeded,
                 "page \"" + server_.url("/large") + "\" is larger than 4 kB", "Raise webwrap.max_page_size.");
    limits.max_page_size_bytes = 5000;
    EXPECT_EQ(client_.fetch(get("/large"), limits, kLoopback).body.size(), 5000u);
    limits.max_header_size_bytes = 5000;
    expect_error(get("/large-header"), limits, ErrorKind::kLimitExceeded,
                 "header of \"" + server_.url("/large-header") + "\" is larger than 5000 bytes",
                 "Raise webwrap.max_header_size.");
    expect_error(get("/huge-line"), limits, ErrorKind::kLimitExceeded,
                 "header of \"" + server_.url("/huge-line") + "\" is larger than 5000 bytes",
                 "Raise webwrap.max_header_size.");
    limits.max_header_size_bytes = 6000;
    EXPECT_EQ(client_.fetch(get("/large-header"), limits, kLoopback).status, 200);
}

TEST_F(ClientTest, ChainedCodingsAreRefused) {
    const auto error = error_of(get("/codings"));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kNetwork);
    EXPECT_NE(error->message().find("compressed more than once"), std::string::npos);
}

TEST_F(ClientTest, NetworkFailuresNameUrlAndReason) {
    const auto dropped = error_of(get("/drop"));
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->kind(), ErrorKind::kNetwork);
    EXPECT_EQ(dropped->message(), "could not fetch \"" + server_.url("/drop") + "\": Transferred a partial file");
}

TEST_F(ClientTest, BytesThatAreNoTextAreAResponse) {
    EXPECT_EQ(client_.fetch(get("/bad-utf8"), {}, kLoopback).body, "\xFC");
}

TEST_F(ClientTest, TimeoutsNameTheirSetting) {
    Limits limits;
    limits.request_timeout_ms = 50;
    expect_error(get("/hang"), limits, ErrorKind::kTimeout,
                 "could not fetch \"" + server_.url("/hang") + "\" within 50 ms", "Raise webwrap.request_timeout.");
}

TEST_F(ClientTest, TheGuardSeesResolvedAddresses) {
    const auto refused = [&](const std::string &url, const std::string &address) {
        const auto error = error_of({.url = url}, {}, AddressPolicy());
        ASSERT_TRUE(error) << url;
        EXPECT_EQ(error->kind(), ErrorKind::kForbidden) << error->message();
        EXPECT_NE(error->message().find("address " + address), std::string::npos) << error->message();
        EXPECT_NE(error->hint().find("webwrap.allowed_networks"), std::string::npos);
    };
    refused(server_.url("/ok"), "127.0.0.1 of host \"127.0.0.1\" is not allowed");
    refused(server_.url("/ok", "2130706433"), "127.0.0.1");
    refused(server_.url("/ok", "0x7f.1"), "127.0.0.1");
    refused(server_.url("/ok", "[::ffff:127.0.0.1]"), "::ffff:127.0.0.1");
    refused("http://0.0.0.0/", "0.0.0.0");
    refused("http://[::1]/", "::1");
    refused("http://169.254.169.254/latest/meta-data/", "169.254.169.254");
    refused(server_.url("/ok", "localhost"), "");
    EXPECT_EQ(server_.connection_count(), 0u);
}

TEST_F(ClientTest, TheGuardSeesEveryHop) {
    const auto error = error_of(get("/inside"));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kForbidden);
    EXPECT_EQ(error->message(), "address 10.0.0.1 of host \"10.0.0.1\" is not allowed");
    EXPECT_EQ(error->detail(), "Redirected from \"" + server_.url("/inside") + "\".");
    EXPECT_EQ(error_of(get("/file"))->kind(), ErrorKind::kInvalidUrl);
}

TEST_F(ClientTest, TheGuardSeesReusedConnections) {
    (void)client_.fetch(get("/ok"), {}, kLoopback);
    const auto error = error_of(get("/ok"), {}, AddressPolicy());
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kForbidden);
    EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(ClientTest, ManyRequestsAreIndependent) {
    const std::vector<Request> requests = {get("/ok"),      get("/drop"), {.url = "ftp://x/"},
                                           get("/missing"), get("/two"),  get("/bad-utf8")};
    std::vector<std::string> outcomes(requests.size());
    client_.fetch_many(requests, {}, kLoopback, 3, 2, [&](FetchOutcome &&outcome) {
        EXPECT_NE(outcome.response.has_value(), outcome.error.has_value());
        EXPECT_EQ(outcomes.at(outcome.request_index), "") << "each request is reported once";
        outcomes[outcome.request_index] = outcome.response
                                              ? std::to_string(outcome.response->status)
                                              : "error " + std::to_string(static_cast<int>(outcome.error->kind()));
    });
    const auto error = [](ErrorKind kind) { return "error " + std::to_string(static_cast<int>(kind)); };
    EXPECT_EQ(outcomes, (std::vector<std::string>{"200", error(ErrorKind::kNetwork), error(ErrorKind::kInvalidUrl),
                                                  "404", "200", "200"}));
}

TEST(ClientConcurrencyTest, OriginsGetNoMoreThanTheirShare) {
    std::mutex mutex;
    int active = 0;
    int most = 0;
    LoopbackServer server([&](const std::string &, const std::string &) {
        {
            const std::lock_guard lock(mutex);
            most = std::max(most, ++active);
        }
        std::this_thread::yield();
        const std::lock_guard lock(mutex);
        --active;
        return page("x");
    });
    const std::vector<Request> requests(60, Request{.url = server.url("/")});
    for (const auto &[max_concurrent, max_per_host] : {std::pair{8, 2}, std::pair{3, 8}}) {
        most = 0;
        std::size_t done = 0;
        Client client;
        client.fetch_many(requests, {}, kLoopback, max_concurrent, max_per_host,
                          [&](FetchOutcome &&outcome) { done += outcome.response.has_value(); });
        EXPECT_EQ(done, requests.size());
        EXPECT_LE(most, std::min(max_concurrent, max_per_host));
    }
}

TEST_F(ClientTest, WhatDoneThrowsPassesThrough) {
    const std::vector<Request> requests(10, get("/ok"));
    EXPECT_THROW(
        client_.fetch_many(requests, {}, kLoopback, 4, 4, [](FetchOutcome &&) { throw std::runtime_error("stop"); }),
        std::runtime_error);
    EXPECT_EQ(client_.fetch(get("/ok"), {}, kLoopback).status, 200);
}

struct Cancelled {};

/* Polls until the given one throws; counts on nothing but the calls. */
class PollThatThrows {
  public:
    explicit PollThatThrows(int after) {
        left_ = after;
        Interrupt::poll_hook = [] {
            if (--left_ == 0)
                throw Cancelled();
        };
    }
    ~PollThatThrows() { Interrupt::poll_hook = nullptr; }

  private:
    static inline int left_ = 0;
};

TEST_F(ClientTest, InterruptsEndHangingTransfers) {
    for (const int after : {1, 2, 3, 5}) {
        const PollThatThrows poll(after);
        EXPECT_THROW((void)client_.fetch(get("/hang"), {}, kLoopback), Cancelled);
    }
    {
        const PollThatThrows poll(4);
        const std::vector<Request> requests(6, get("/hang"));
        EXPECT_THROW(client_.fetch_many(requests, {}, kLoopback, 4, 4, [](FetchOutcome &&) {}), Cancelled);
    }
    EXPECT_EQ(client_.fetch(get("/ok"), {}, kLoopback).status, 200);
}

} // namespace
} // namespace webwrap
