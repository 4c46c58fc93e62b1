#include "core/fetch/access.hpp"

#include <gtest/gtest.h>

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

} // namespace
} // namespace webwrap
