#include "core/fetch/url.hpp"

#include <gtest/gtest.h>

#include <array>

#include "errors.hpp"

namespace webwrap {
namespace {

struct Case {
    const char *given;
    const char *expected;
};

TEST(UrlTest, NormalForms) {
    const std::array cases = std::to_array<Case>({
        {"http://example.com", "http://example.com/"},
        {"  HTTP://EXAMPLE.com:80/A/../b?x#y\n", "http://example.com/b?x"},
        {"https://example.com:443?q=1", "https://example.com/?q=1"},
        {"https://example.com:8443/", "https://example.com:8443/"},
        {"http://a/b c\"<d>?e f", "http://a/b%20c%22%3Cd%3E?e%20f"},
        {"http://a\\b\\c?d\\e", "http://a/b/c?d\\e"},
        {"http://a/{x}|y", "http://a/%7Bx%7D|y"},
        {"http://m\u00fcnchen.de/\u00e4?\u00f6", "http://xn--mnchen-3ya.de/%C3%A4?%C3%B6"},
        {"http://fa\u00df.de/", "http://xn--fa-hia.de/"},
        {"http://ex%41mple.com/", "http://example.com/"},
        {"http://a/\xFF", "http://a/%FF"},
        {"http://example.com./", "http://example.com./"},
    });
    for (const auto &[given, expected] : cases)
        EXPECT_EQ(parse_url(given).text, expected) << given;
}

TEST(UrlTest, Parts) {
    const Url url = parse_url("https://Example.COM/a/b?c=d&e");
    EXPECT_EQ(url.scheme, "https");
    EXPECT_EQ(url.host, "example.com");
    EXPECT_EQ(url.port, 443);
    EXPECT_EQ(url.path, "/a/b");
    EXPECT_EQ(url.query, "c=d&e");
    EXPECT_EQ(url.origin(), "https://example.com:443");
    EXPECT_EQ(parse_url("http://[::1]:8080/").host, "[::1]");
    EXPECT_EQ(parse_url("http://[::1]:8080/").port, 8080);
}

/* Every way to write an address ends in one spelling, so that guard, cache and crawl see one host. */
TEST(UrlTest, AddressesHaveOneSpelling) {
    const std::array cases = std::to_array<Case>({
        {"http://2130706433/", "127.0.0.1"},
        {"http://0x7f000001/", "127.0.0.1"},
        {"http://0x7f.1/", "127.0.0.1"},
        {"http://0177.0.0.1/", "127.0.0.1"},
        {"http://127.1/", "127.0.0.1"},
        {"http://127.0.0.1./", "127.0.0.1"},
        {"http://%31%32%37.0.0.1/", "127.0.0.1"},
        {"http://\u2460\u2461\u2466.\u24EA.\u24EA.\u2460/", "127.0.0.1"},
        {"http://\uFF11\uFF12\uFF17.0.0.1/", "127.0.0.1"},
        {"http://0/", "0.0.0.0"},
        {"http://[::FFFF:7f00:1]/", "[::ffff:7f00:1]"},
        {"http://[0:0:0:0:0:0:0:1]/", "[::1]"},
        {"http://[2001:DB8:0::1]/", "[2001:db8::1]"},
    });
    for (const auto &[given, expected] : cases)
        EXPECT_EQ(parse_url(given).host, expected) << given;
}

TEST(UrlTest, Refusals) {
    const std::array cases = std::to_array<Case>({
        {"", "it is empty"},
        {"example.com/x", "it is not absolute"},
        {"//example.com/", "it is not absolute"},
        {"ftp://example.com/", "only http and https can be fetched"},
        {"file:///etc/passwd", "only http and https can be fetched"},
        {"javascript:alert(1)", "only http and https can be fetched"},
        {"http://", "no host"},
        {"http://a b/", "bad hostname"},
        {"http://a%2Fb/", "bad hostname"},
        {"http://a:99999/", "port number"},
        {"http://256.1.1.1/", "not a valid IPv4 address"},
        {"http://1.2.3.4.5/", "not a valid IPv4 address"},
        {"http://name.0x10/", "not a valid IPv4 address"},
        {"http://[::1", "bad ipv6 address"},
        {"http://[::g]/", "ipv6"},
        {"http://[fe80::1%25eth0]/", "zone identifiers"},
        {"http://\xFF\xFE/", "not a valid internationalized name"},
        {"http://a/\x01", "control character"},
        {"http://a/\nb", "control character"},
    });
    for (const auto &[given, reason] : cases) {
        const auto error = test::error_of([&] { (void)parse_url(given); });
        ASSERT_TRUE(error) << given;
        EXPECT_EQ(error->kind(), ErrorKind::kInvalidUrl) << given;
        EXPECT_NE(error->message().find(reason), std::string::npos) << error->message();
    }
    EXPECT_THROW((void)parse_url(std::string_view("http://a/\0b", 11)), Error);
}

TEST(UrlTest, MessagesNeverShowCredentials) {
    for (const char *given : {"http://ann:secret@example.com/", "http://secret@example.com", "ftp://ann:secret@x/y",
                              "http://ann:se@cret@:99999/", "//ann:secret@x", "http:///ann:secret@x/",
                              "http:ann:secret@x", "https:\\\\ann:secret@x", "http:/\t/ann:secret@x"}) {
        const auto error = test::error_of([&] { (void)parse_url(given); });
        ASSERT_TRUE(error);
        EXPECT_EQ((error->message() + error->detail() + error->hint()).find("secret"), std::string::npos) << given;
        EXPECT_EQ((error->message() + error->detail() + error->hint()).find("cret@"), std::string::npos) << given;
    }
}

/* The examples of RFC 3986 section 5.4, but for those that browsers and we read otherwise. */
TEST(UrlTest, References) {
    const Url base = parse_url("http://a/b/c/d;p?q");
    const std::array cases = std::to_array<Case>({
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"  g \n", "http://a/b/c/g"},
        {"g\r\n\th", "http://a/b/c/gh"},
        {"a b", "http://a/b/c/a%20b"},
        {"\\\\g\\h", "http://g/h"},
        {"HTTPS://X/", "https://x/"},
        {"http:g", "http://a/b/c/g"},
        {"http:/g", "http://a/g"},
        {"https:g", "https://g/"},
    });
    for (const auto &[given, expected] : cases)
        EXPECT_EQ(resolve_url(base, given).text, expected) << given;
    EXPECT_EQ(resolve_url(base, "2024:x").text, "http://a/b/c/2024:x") << "no scheme begins with a digit";
    EXPECT_EQ(resolve_url(parse_url("http://a"), "g").text, "http://a/g");
    EXPECT_EQ(resolve_url(parse_url("http://a?x=/1/2"), "g").text, "http://a/g");
    EXPECT_EQ(resolve_url(parse_url("https://a:8443/b"), "/c").text, "https://a:8443/c");
    for (const char *given : {"mailto:x@y", "javascript:void(0)", "data:text/html,x", "//u:p@h/", "http://"})
        EXPECT_THROW((void)resolve_url(base, given), Error) << given;
}

TEST(UrlTest, PercentEncode) {
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode("a b&c=/\u00e4"), "a%20b%26c%3D%2F%C3%A4");
}

} // namespace
} // namespace webwrap
