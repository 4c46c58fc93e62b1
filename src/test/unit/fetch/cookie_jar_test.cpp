#include "core/fetch/cookie_jar.hpp"

#include <gtest/gtest.h>

#include "core/fetch/client.hpp"
#include "errors.hpp"
#include "loopback_server.hpp"

namespace webwrap {
namespace {

TEST(CookieJarsTest, TheOneUsedLastStays) {
    CookieJars jars(2);
    const std::shared_ptr<CookieJar> a = jars.open("a");
    const std::shared_ptr<CookieJar> b = jars.open("b");
    EXPECT_EQ(jars.open("a"), a);
    (void)jars.open("c");
    EXPECT_EQ(jars.open("a"), a);
    EXPECT_NE(jars.open("b"), b) << "it was used before a, so c took its place";
    EXPECT_TRUE(jars.end("a"));
    EXPECT_FALSE(jars.end("a"));
    EXPECT_NE(jars.open("a"), a);
}

TEST(CookieJarTest, ConcurrentRequestsShareAJarThatMayEndBeforeThem) {
    test::LoopbackServer server([](const std::string &path, const std::string &request) {
        if (path == "/set")
            return test::page("x", "Set-Cookie: a=1\r\n");
        return test::page(request);
    });
    const AddressPolicy policy("127.0.0.0/8");
    auto jars = std::make_unique<CookieJars>(1);
    std::vector<Request> requests(20, Request{.url = server.url("/set")});
    for (Request &request : requests)
        request.access.cookies = jars->open("s");
    Request echo{.url = server.url("/echo"), .access = {.cookies = jars->open("s")}};
    jars.reset();
    Client client;
    client.fetch_many(requests, {}, policy, 8, 8,
                      [&](FetchOutcome &&outcome) { EXPECT_EQ(outcome.response->status, 200); });
    EXPECT_NE(client.fetch(echo, {}, policy).body.find("\r\nCookie: a=1\r\n"), std::string::npos);
    echo.access.cookies.reset();
    EXPECT_EQ(client.fetch(echo, {}, policy).body.find("Cookie"), std::string::npos);
}

} // namespace
} // namespace webwrap
