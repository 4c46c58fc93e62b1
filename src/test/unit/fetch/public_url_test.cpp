#include "core/fetch/public_url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace webwrap {
namespace {

TEST(PublicUrlTest, WhatIsNoSecretStays) {
    for (const char *url : {"", "a", "https://a.example/", "https://a.example:8443/b/c?d=e&f=%20g#h",
                            "https://a.example/?page=2&monkey=1&keyword=x&author=y&codec=z&passage=1&design=2",
                            "https://a.example/token/secret?x", "https://a.example/?token&secret", "/a?b=c", "?", "=",
                            "&&==;;##", "%", "?%", "?%3", "?a%3Db=c",

                            "http://[::1]/?x=@", "http://a/@b", "https://a.example/?x=http://b/c@d", "\xFF\xFE?\x80=1"})
        EXPECT_EQ(public_url(url), url);
    const std::string_view with_nul("http://a/?b=\0c", 14);
    EXPECT_EQ(public_url(with_nul), with_nul);
}

TEST(PublicUrlTest, UserinfoIsDropped) {
    EXPECT_EQ(public_url("https://user:word@a.example/b"), "https://a.example/b");
    EXPECT_EQ(public_url("https://user@a.example"), "https://a.example");
    EXPECT_EQ(public_url("https://us@er:wo@rd@a.example?x=@"), "https://a.example?x=@");
    EXPECT_EQ(public_url("//user:word@a.example/"), "//a.example/");
    EXPECT_EQ(public_url("HTTP:\\\\user:word@a.example\\b"), "HTTP:\\\\a.example\\b");
    EXPECT_EQ(public_url("http:user:word@a.example/"), "http:a.example/");
    EXPECT_EQ(public_url(" https:////user:word@a.example/"), " https:////a.example/");
    EXPECT_EQ(public_url("ftp://user:word@a.example/"), "ftp://a.example/");
    EXPECT_EQ(public_url("user:word@a.example/b"), "a.example/b") << "not even a URL";
    EXPECT_EQ(public_url("user@a.example"), "a.example");
    EXPECT_EQ(public_url("https://a.example/?next=http://user:word@b/c&d=e"), "https://a.example/?next=http://b/c&d=e");
}

TEST(PublicUrlTest, NamesThatLookLikeSecrets) {
    for (const char *name : {"token",
                             "access_token",
                             "TOKEN",
                             "csrfToken2",
                             "client_secret",
                             "password",
                             "passwd",
                             "user_pwd",
                             "apikey",
                             "api_key",
                             "api-key",
                             "api.key",
                             "x-API-Key",
                             "key",
                             "Key",
                             "sig",
                             "X-Amz-Signature",
                             "auth",
                             "session",
                             "sid",
                             "code",
                             "credential",
                             "X-Amz-Credential",
                             "credentials",
                             "access_key",
                             "AWSAccessKeyId",
                             "private_key",
                             "PHPSESSID",
                             "session_id",
                             "jwt",
                             "pass",
                             "pin",
                             "otp",
                             "hmac",
                             "bearer",
                             "authorization",
                             "user[password]",
                             "user[key]",
                             "user%5Bkey%5D",
                             "%74oken",
                             "to%6Ben",
                             "_key_",
                             "passphrase"})
        EXPECT_EQ(public_url(std::string("https://a/?x=1&") + name + "=hidden&y=2"),
                  std::string("https://a/?x=1&") + name + "=***&y=2");
}

TEST(PublicUrlTest, WholeValuesAreHidden) {
    EXPECT_EQ(public_url("/?key=a=b;c?d/e:f%26g%3Dh@i&j=k"), "/?key=***&j=k");
    EXPECT_EQ(public_url("/?key=&j=k"), "/?key=&j=k") << "nothing to hide";
    EXPECT_EQ(public_url("/?key=a#b"), "/?key=***#b");
    EXPECT_EQ(public_url("/?key=a&key=b"), "/?key=***&key=***");
    EXPECT_EQ(public_url("/?a=key=b"), "/?a=key=b") << "a value, no name";
    EXPECT_EQ(public_url("?key=\xFF%zz"), "?key=***");
    EXPECT_EQ(public_url("?a=1;key=b"), "?a=1;key=***");
}

TEST(PublicUrlTest, FragmentsAndPathParameters) {
    EXPECT_EQ(public_url("https://a/#access_token=b&state=c"), "https://a/#access_token=***&state=c");
    EXPECT_EQ(public_url("https://a/b;jsessionid=c/d;e=f?g=h"), "https://a/b;jsessionid=***/d;e=f?g=h");
    EXPECT_EQ(public_url("https://a/b;jsessionid=c?g=h"), "https://a/b;jsessionid=***?g=h");
}

TEST(PublicUrlTest, UrlsInsideOfValues) {
    EXPECT_EQ(public_url("https://a/?u=https://b/?token=c&d=e"), "https://a/?u=https://b/?token=***&d=e");
    EXPECT_EQ(public_url("https://a/?u=https%3A%2F%2Fb%2F%3Ftoken%3Dc%26d%3De&f=g"),
              "https://a/?u=https%3A%2F%2Fb%2F%3Ftoken%3D***%26d%3De&f=g");
}

TEST(PublicUrlTest, LongOnesAreCutBehindTheSecret) {
    const std::string longest = "https://a/?b=" + std::string(1'987, 'c');
    EXPECT_EQ(public_url(longest), longest);
    EXPECT_EQ(public_url(longest + "c"), longest.substr(0, 1'997) + "…");
    EXPECT_EQ(public_url("https://a/?key=" + std::string(10'000'000, 'k') + "&b=c"), "https://a/?key=***&b=c");
    EXPECT_EQ(public_url("https://a/?b=" + std::string(1'983, 'c') + "é" + std::string(9, 'd')),
              "https://a/?b=" + std::string(1'983, 'c') + "…")
        << "characters stay whole";
}

TEST(PublicUrlTest, HostileTextsCostLittle) {
    for (const char *piece :
         {"/", "//", "://", "://@", "@", "?", "=", "&a=", ";key=", "%3D", "%26key%3Da", "[", "key"}) {
        std::string text = "http://a/?";
        while (text.size() < 1'000'000)
            text += piece;
        EXPECT_LE(public_url(text).size(), 2'000u) << piece;
    }
}

} // namespace
} // namespace webwrap
