#include "core/fetch/message.hpp"

#include <gtest/gtest.h>

#include "errors.hpp"

namespace webwrap {
namespace {

Hop hop_to(const std::string &url, const std::string &method = "GET") {
    Request request;
    request.url = url;
    request.method = method;
    request.body = method == "GET" ? "" : "a=b";
    request.headers = {{"Authorization", "Bearer s"},
                       {"Cookie", "c"},
                       {"X-Api-Key", "k"},
                       {"Accept-Language", "de"},
                       {"Content-Type", "text/x"}};
    return first_hop(request);
}

std::string names(const Hop &hop) {
    std::string text;
    for (const auto &[name, value] : hop.headers)
        text += name + " ";
    return text;
}

TEST(HopTest, OnlyRedirectsWithLocationGoOn) {
    const Hop hop = hop_to("http://a/x");
    for (const int status : {200, 204, 300, 304, 400, 404, 500})
        EXPECT_FALSE(next_hop(hop, status, "/y")) << status;
    for (const int status : {301, 302, 303, 307, 308}) {
        EXPECT_FALSE(next_hop(hop, status, " ")) << status;
        const auto next = next_hop(hop, status, "y?z#f");
        ASSERT_TRUE(next) << status;
        EXPECT_EQ(next->url.text, "http://a/y?z");
    }
}

TEST(HopTest, MethodAndBodyAcrossRedirects) {
    const auto after = [](const char *method, int status) {
        const auto next = next_hop(hop_to("http://a/", method), status, "/y");
        return next->method + ":" + next->body;
    };
    EXPECT_EQ(after("POST", 301), "GET:");
    EXPECT_EQ(after("POST", 302), "GET:");
    EXPECT_EQ(after("POST", 303), "GET:");
    EXPECT_EQ(after("POST", 307), "POST:a=b");
    EXPECT_EQ(after("POST", 308), "POST:a=b");
    EXPECT_EQ(after("PUT", 301), "PUT:a=b");
    EXPECT_EQ(after("PUT", 303), "GET:");
    EXPECT_EQ(after("HEAD", 303), "HEAD:a=b");
    EXPECT_EQ(names(*next_hop(hop_to("http://a/", "POST"), 302, "/y")),
              "Authorization Cookie X-Api-Key Accept-Language ");
}

TEST(HopTest, SecretsStayWithTheirOrigin) {
    const Hop hop = hop_to("http://a/x");
    EXPECT_EQ(names(*next_hop(hop, 302, "/y")), "Authorization Cookie X-Api-Key Accept-Language Content-Type ");
    for (const char *location : {"https://a/", "http://a:8080/", "http://b/", "//sub.a/"})
        EXPECT_EQ(names(*next_hop(hop, 302, location)), "Accept-Language Content-Type ") << location;
}

TEST(HopTest, CredentialsStayWithTheirOriginForGood) {
    Request request{.url = "http://a/x", .headers = {{"x-own", "1"}}};
    request.access.credentials = {.headers = {{"Accept-Language", "secret"}, {"X-Own", "2"}},
                                  .client_certificate = "c",
                                  .client_key = "k",
                                  .client_key_password = "p"};
    request.access.ca_certificates = "ca";
    const Hop first = first_hop(request);
    EXPECT_EQ(first.access.credentials.headers, (Headers{{"Accept-Language", "secret"}}));
    EXPECT_EQ(next_hop(first, 302, "/y")->access.credentials.client_key, "k");
    for (const char *location : {"https://a/", "http://a:8080/", "http://b/"}) {
        const std::optional<Hop> next = next_hop(first, 302, location);
        EXPECT_TRUE(next->access.credentials.empty()) << location;
        EXPECT_EQ(next->access.credentials.client_key + next->access.credentials.client_key_password, "");
        EXPECT_EQ(next->access.ca_certificates, "ca");
        EXPECT_TRUE(next_hop(*next, 302, "http://a/x")->access.credentials.empty()) << "leads back";
    }
    request.access.credentials.headers = {{"X-Key", "sesame\nX: y"}};
    const auto error = test::error_of([&] { (void)first_hop(request); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message().find("sesame"), std::string::npos);
}

TEST(HopTest, RedirectsLeadToHttpOnly) {
    for (const char *location : {"file:///etc/passwd", "ftp://a/", "gopher://a/", "http://ann:secret@b/"}) {
        const auto error = test::error_of([&] { (void)next_hop(hop_to("http://a/x"), 302, location); });
        ASSERT_TRUE(error);
        EXPECT_EQ(error->kind(), ErrorKind::kInvalidUrl);
        EXPECT_NE(error->message().find("page \"http://a/x\" redirects to an invalid URL"), std::string::npos);
        EXPECT_EQ(error->message().find("secret"), std::string::npos);
    }
}

TEST(HopTest, RequestsThatWouldBreakTheProtocol) {
    const auto refused = [](Request request, const char *reason) {
        request.url = "http://a/";
        const auto error = test::error_of([&] { (void)first_hop(request); });
        ASSERT_TRUE(error) << reason;
        EXPECT_EQ(error->kind(), ErrorKind::kInvalidArgument);
        EXPECT_NE(error->message().find(reason), std::string::npos) << error->message();
    };
    refused({.headers = {{"A", "x\r\nB: y"}}}, "line break or NUL");
    refused({.headers = {{"A", std::string("x\0y", 3)}}}, "line break or NUL");
    refused({.headers = {{"A\nB", "x"}}}, "invalid header name");
    refused({.headers = {{"A:", "x"}}}, "invalid header name");
    refused({.headers = {{"", "x"}}}, "invalid header name");
    refused({.headers = {{"Content-Length", "5"}}}, "cannot be set");
    refused({.headers = {{"transfer-encoding", "chunked"}}}, "cannot be set");
    refused({.method = "CONNECT"}, "unsupported method");
    refused({.method = "GET /x"}, "unsupported method");
    refused({.user_agent = "a\r\nb"}, "user agent");
    EXPECT_EQ(first_hop({.url = "http://a/", .method = "post"}).method, "POST");
}

TEST(HeaderBlockTest, KeepsTheFinalResponseInOrder) {
    HeaderBlock headers;
    for (const char *line :
         {"HTTP/1.1 103 Early Hints\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "Set-Cookie: a=1\r\n",
          "X-Folded: one\r\n", "  two\r\n", "SET-COOKIE:b=2 \r\n", "X-Empty:\r\n", "no colon\r\n"})
        headers.add_line(line);
    EXPECT_FALSE(headers.is_complete());
    headers.add_line("\r\n");
    EXPECT_TRUE(headers.is_complete());
    headers.add_line("X-Trailer: late\r\n");
    EXPECT_EQ(headers.to_text(),
              (Headers{{"set-cookie", "a=1"}, {"x-folded", "one two"}, {"set-cookie", "b=2"}, {"x-empty", ""}}));
    EXPECT_EQ(headers.last_value("set-cookie"), "b=2");
    EXPECT_EQ(headers.last_value("link"), "");
}

TEST(HeaderBlockTest, ForeignBytesBecomeText) {
    HeaderBlock headers;
    headers.add_line("X-Latin: caf\xE9\r\n");
    headers.add_line("X-Utf8: caf\xC3\xA9\r\n");
    headers.add_line(std::string_view("X-Nul: a\0b\r\n", 12));
    EXPECT_EQ(headers.to_text(), (Headers{{"x-latin", "caf\u00e9"}, {"x-utf8", "caf\u00e9"}, {"x-nul", "a\uFFFDb"}}));
}

TEST(HeaderBlockTest, Codings) {
    const auto codings = [](std::initializer_list<const char *> lines) {
        HeaderBlock headers;
        for (const char *line : lines)
            headers.add_line(line);
        const auto [content, transfer] = headers.codings();
        std::string all;
        for (const std::string &coding : content)
            all += coding + " ";
        for (const std::string &coding : transfer)
            all += "in " + coding + " ";
        return all;
    };
    EXPECT_EQ(codings({"Content-Length: 3", "Content-Encoding: none"}), "");
    EXPECT_EQ(codings({"Content-Encoding: gzip", "Transfer-Encoding: chunked"}), "gzip ");
    EXPECT_EQ(codings({"Content-Encoding: GZip, br"}), "gzip br ");
    EXPECT_EQ(
        codings({"Content-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "content-encoding: identity,zstd"}),
        "gzip zstd in gzip ");
}

TEST(ContentTypeTest, Parameters) {
    const auto parsed = [](const char *value) {
        const ContentType type = parse_content_type(value);
        return type.media_type + "|" + type.charset;
    };
    EXPECT_EQ(parsed(""), "|");
    EXPECT_EQ(parsed("Text/HTML"), "text/html|");
    EXPECT_EQ(parsed("text/html; charset=utf-8"), "text/html|utf-8");
    EXPECT_EQ(parsed("text/html;CHARSET = \"latin1\" ; x=y"), "text/html|latin1");
    EXPECT_EQ(parsed("text/html; charset='latin1'"), "text/html|latin1");
    EXPECT_EQ(parsed("text/html; a=\"; charset=x\"; charset=y; charset=z"), "text/html|y");
    EXPECT_EQ(parsed("; charset=utf-8"), "|utf-8");
}

} // namespace
} // namespace webwrap
