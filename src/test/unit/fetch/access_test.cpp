#include "core/fetch/access.hpp"

#include <gtest/gtest.h>

#include "core/fetch/message.hpp"
#include "errors.hpp"

namespace webwrap {
namespace {

constexpr const char *kCertificate = "-----BEGIN CERTIFICATE-----\nMIIB+/==\n-----END CERTIFICATE-----\n";
constexpr const char *kKey =
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB\n\nMIIB\n"
    "-----END EC PRIVATE KEY-----";

void expect_refused(const std::string &text, const auto &check) {
    const auto error = test::error_of([&] { check(text); });
    ASSERT_TRUE(error) << text;
    EXPECT_EQ(error->kind(), ErrorKind::kInvalidArgument);
    for (const std::string &shown : {error->message(), error->detail(), error->hint()})
        EXPECT_EQ(shown.find("sesame"), std::string::npos) << shown;
}

TEST(HeaderLinesTest, OneOnEachLine) {
    EXPECT_EQ(parse_header_lines(""), Headers());
    EXPECT_EQ(parse_header_lines("X-Key:  a b: c \r\n\n  x-other:\n"), (Headers{{"X-Key", "a b: c"}, {"x-other", ""}}));
}

TEST(HeaderLinesTest, ErrorsRepeatNoValue) {
    for (const char *lines : {"sesame", "X: y\nsesame", "ses ame: x", ": sesame", "Content-Length: sesame",
                              "transfer-encoding: sesame", "X: ses\rame"})
        expect_refused(lines, [](const std::string &text) { (void)parse_header_lines(text); });
    const auto error = test::error_of([] { (void)parse_header_lines("X: y\n\nsesame"); });
    EXPECT_EQ(error->message(), "line 3 is no header");
}

TEST(PemTest, CertificatesAndKeysAreToldApart) {
    const std::string both = std::string("comment\n") + kCertificate + "\n" + kKey;
    check_certificates(kCertificate);
    check_certificates(std::string(kCertificate) + kCertificate);
    check_certificates(both);
    check_private_key(kKey);
    check_private_key(both);
    for (const std::string &text :
         {std::string(), std::string("sesame"), std::string(kKey), std::string(kCertificate).substr(0, 50),
          std::string("-----BEGIN CERTIFICATE-----\nses ame?\n-----END CERTIFICATE-----"),
          std::string("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")})
        expect_refused(text, check_certificates);
    for (const std::string &text : {std::string("sesame"), std::string(kCertificate), std::string(kKey) + "\n" + kKey,
                                    std::string("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END CERTIFICATE-----")})
        expect_refused(text, check_private_key);
}

TEST(ProxyTest, KindHostAndPort) {
    for (const char *url : {"http://proxy.test:3128", "https://10.0.0.1:443/", "socks5h://[::1]:1080"})
        check_proxy(url);
    for (const char *url : {"", "http://h", "h:1", "ftp://h:1", "socks5://h:1", "http://u:sesame@h:1", "http://h:1/x",
                            "http://h:1?", "http://h:70000", "http://h:", "http:h:1", "http://:1"})
        EXPECT_ANY_THROW(check_proxy(url)) << url;
}

TEST(RendererTest, PlacesAreFilled) {
    const Url page = parse_url("http://a/x?y=\"z\"&b=\\c{url}");
    ASSERT_EQ(page.text, "http://a/x?y=%22z%22&b=\\c{url}");
    Renderer renderer{.url = "http://r/?u={url}&again={url}"};
    EXPECT_EQ(rendering_of(renderer, page).url.query,
              "u=http%3A%2F%2Fa%2Fx%3Fy%3D%2522z%2522%26b%3D%5Cc%7Burl%7D&again="
              "http%3A%2F%2Fa%2Fx%3Fy%3D%2522z%2522%26b%3D%5Cc%7Burl%7D");
    EXPECT_EQ(rendering_of(renderer, page).body, "");
    renderer = {.url = "http://r/", .body = R"({"u": "{url}"})"};
    EXPECT_EQ(rendering_of(renderer, page).body, R"({"u": "http://a/x?y=%22z%22&b=\\c{url}"})");
    EXPECT_EQ(rendering_of(renderer, page).content_type, "application/json");
    renderer.content_type = "text/plain";
    renderer.body = "{url}";
    EXPECT_EQ(rendering_of(renderer, page).body, "http%3A%2F%2Fa%2Fx%3Fy%3D%2522z%2522%26b%3D%5Cc%7Burl%7D");
}

TEST(RendererTest, NothingGoesWithIt) {
    const auto refused = [](Request request) {
        request.url = "http://a/";
        request.access.renderer.url = "http://r/{url}";
        EXPECT_ANY_THROW((void)first_hop(request));
    };
    refused({.method = "POST"});
    refused({.headers = {{"X", "y"}}});
    refused({.body = "x"});
    refused({.access = {.credentials = {.headers = {{"X", "y"}}}}});
    refused({.access = {.proxy = {.url = "http://p:1"}}});
    const Hop hop = first_hop({.url = "http://a/", .access = {.renderer = {.url = "http://r/{url}"}}});
    EXPECT_FALSE(next_hop(hop, 302, "http://b/"));
}

} // namespace
} // namespace webwrap
