/* The URL standard (url.spec.whatwg.org) for http and https: one table a chapter, cases of our own. */
#include <gtest/gtest.h>

#include "core/fetch/url.hpp"

namespace webwrap {
namespace {

struct Case {
    const char *reference;
    const char *expected; /* null: no http or https URL */
};

void expect_links(const char *base_text, std::initializer_list<Case> cases) {
    const Url base = parse_url(base_text);
    for (const auto &[reference, expected] : cases) {
        const auto url = resolve_link(&base, reference);
        EXPECT_EQ(url ? url->text : "none", expected == nullptr ? "none" : expected) << "\"" << reference << "\"";
        if (url) {
            EXPECT_EQ(resolve_link(nullptr, url->text)->text, url->text) << "the normal form is a fixed point";
        }
    }
}

TEST(UrlStandardTest, Schemes) {
    expect_links("https://h.test/d/f?q", {
                                             {"HtTp://x", "http://x/"},
                                             {"https:", "https://h.test/d/f?q"},
                                             {"https:x", "https://h.test/d/x"},
                                             {"https:/x", "https://h.test/x"},
                                             {"https:?x", "https://h.test/d/f?x"},
                                             {"https:#x", "https://h.test/d/f?q"},
                                             {"https:\\\\x", "https://x/"},
                                             {"https:/\\x", "https://x/"},
                                             {"http:x", "http://x/"},
                                             {"http:/x", "http://x/"},
                                             {"http:\\x", "http://x/"},
                                             {"http:////x/y", "http://x/y"},
                                             {"http:", nullptr},
                                             {"http://", nullptr},
                                             {"ftp://x/", nullptr},
                                             {"mailto:a@x", nullptr},
                                             {"javascript:void(0)", nullptr},
                                             {"about:blank", nullptr},
                                             {"tel:+49", nullptr},
                                             {"1http://x", "https://h.test/d/1http://x"},
                                             {"ht%74p://x", "https://h.test/d/ht%74p://x"},
                                             {":x", "https://h.test/d/:x"},
                                             {"a/b:c", "https://h.test/d/a/b:c"},
                                         });
    EXPECT_FALSE(resolve_link(nullptr, "x"));
    EXPECT_FALSE(resolve_link(nullptr, "//x"));
    EXPECT_EQ(resolve_link(nullptr, "https:x")->text, "https://x/");
    EXPECT_EQ(scheme_of(" \tMAILTO:x"), "mailto");
    EXPECT_EQ(scheme_of("da\nta:x"), "data");
    EXPECT_EQ(scheme_of("/a:b"), "");
}

TEST(UrlStandardTest, BlanksLineBreaksAndBackslashes) {
    expect_links("http://h.test/d/f?q", {
                                            {" \x01\x1f x \x02 ", "http://h.test/d/x"},
                                            {"\t/a\n/b\r\n", "http://h.test/a/b"},
                                            {"h\tt\ntp\r://\nx\t", "http://x/"},
                                            {"", "http://h.test/d/f?q"},
                                            {" \n ", "http://h.test/d/f?q"},
                                            {"a\x0c"
                                             "b\x7f",
                                             "http://h.test/d/a%0Cb%7F"},
                                            {"\\x", "http://h.test/x"},
                                            {"\\\\x\\y", "http://x/y"},
                                            {"/\\x/y", "http://x/y"},
                                            {"a\\b\\..\\c", "http://h.test/d/a/c"},
                                            {"?a\\b", "http://h.test/d/f?a\\b"},
                                            {"///x/y", "http://x/y"},
                                            {"//", nullptr},
                                            {"//?x", nullptr},
                                        });
}

TEST(UrlStandardTest, Paths) {
    expect_links("http://h.test/a/b/c?q", {
                                              {"..", "http://h.test/a/"},
                                              {"../..", "http://h.test/"},
                                              {"../../../x", "http://h.test/x"},
                                              {"./x/.", "http://h.test/a/b/x/"},
                                              {"x/..", "http://h.test/a/b/"},
                                              {"x//../y", "http://h.test/a/b/x/y"},
                                              {"/x///y", "http://h.test/x///y"},
                                              {"%2e", "http://h.test/a/b/"},
                                              {"%2E%2e/x", "http://h.test/a/x"},
                                              {".%2e/x", "http://h.test/a/x"},
                                              {"%2e./x", "http://h.test/a/x"},
                                              {"...", "http://h.test/a/b/..."},
                                              {"%2e%2e%2e", "http://h.test/a/b/%2e%2e%2e"},
                                              {"..x", "http://h.test/a/b/..x"},
                                              {".x", "http://h.test/a/b/.x"},
                                              {"..;x", "http://h.test/a/b/..;x"},
                                              {"/a b\"<>`{}^|", "http://h.test/a%20b%22%3C%3E%60%7B%7D%5E|"},
                                              {"/!$&'()*+,;=:@[]~-._", "http://h.test/!$&'()*+,;=:@[]~-._"},
                                              {"/%zz%4", "http://h.test/%zz%4"},
                                              {"/%7e%C3%a4", "http://h.test/%7e%C3%a4"},
                                              {"/\u00e4\u20ac\U0001F600", "http://h.test/%C3%A4%E2%82%AC%F0%9F%98%80"},
                                              {"http://x?y/..", "http://x/?y/.."},
                                              {"http://x#y", "http://x/"},
                                          });
    expect_links("http://h.test", {{"x", "http://h.test/x"}, {"..", "http://h.test/"}, {"?x", "http://h.test/?x"}});
    expect_links("http://h.test/a//", {{"x", "http://h.test/a//x"}, {"..", "http://h.test/a/"}});
}

TEST(UrlStandardTest, Queries) {
    expect_links("http://h.test/p?q=1#f", {
                                              {"?", "http://h.test/p?"},
                                              {"?#x", "http://h.test/p?"},
                                              {"#", "http://h.test/p?q=1"},
                                              {"#x?y", "http://h.test/p?q=1"},
                                              {"?a b\"<>'#c", "http://h.test/p?a%20b%22%3C%3E%27"},
                                              {"?`{}^|\\?/:@", "http://h.test/p?`{}^|\\?/:@"},
                                              {"?\u00fc=%fc", "http://h.test/p?%C3%BC=%fc"},
                                              {"x?y?z", "http://h.test/x?y?z"},
                                          });
    expect_links("http://h.test/p?", {{"#x", "http://h.test/p?"}, {"", "http://h.test/p?"}, {"x", "http://h.test/x"}});
}

TEST(UrlStandardTest, UsersAndPorts) {
    expect_links("http://h.test/", {
                                       {"//u@x", "http://u@x/"},
                                       {"//u:p@x:81/y", "http://u:p@x:81/y"},
                                       {"//u:@x", "http://u@x/"},
                                       {"//:p@x", "http://:p@x/"},
                                       {"//@x", "http://x/"},
                                       {"//:@x", "http://x/"},
                                       {"//a@b@x", "http://a%40b@x/"},
                                       {"//a:b:c@x", "http://a:b%3Ac@x/"},
                                       {"//\u00e4 [|]@x", "http://%C3%A4%20%5B%7C%5D@x/"},
                                       {"//u@", nullptr},
                                       {"//u@/x", nullptr},
                                       {"//x:", "http://x/"},
                                       {"//x:80/", "http://x/"},
                                       {"//x:0/", "http://x:0/"},
                                       {"//x:00000000081", "http://x:81/"},
                                       {"//x:65535", "http://x:65535/"},
                                       {"//x:65536", nullptr},
                                       {"//x:8a", nullptr},
                                       {"//x:-1", nullptr},
                                       {"//x:8:1", nullptr},
                                       {"//:80", nullptr},
                                       {"https://x:443", "https://x/"},
                                       {"https://x:80", "https://x:80/"},
                                   });
    const Url base = *resolve_link(nullptr, "http://u:p@x:81/d/f");
    EXPECT_EQ(resolve_link(&base, "g")->text, "http://u:p@x:81/d/g") << "a relative reference keeps the user";
    EXPECT_EQ(resolve_link(&base, "//y")->text, "http://y/");
}

TEST(UrlStandardTest, Names) {
    expect_links("http://h.test/", {
                                       {"//EXAMPLE.Test", "http://example.test/"},
                                       {"//ex%41mple.test", "http://example.test/"},
                                       {"//b\u00fccher.test", "http://xn--bcher-kva.test/"},
                                       {"//B%C3%9Ccher.test", "http://xn--bcher-kva.test/"},
                                       {"//stra\u00dfe.test", "http://xn--strae-oqa.test/"},
                                       {"//a\u3002b\uff0ec", "http://a.b.c/"},
                                       {"//\uff21\uff22", "http://ab/"},
                                       {"//a\u00adb", "http://ab/"},
                                       {"//\u00ad", nullptr},
                                       {"//XN--BCHER-KVA.test", "http://xn--bcher-kva.test/"},
                                       {"//xn--", nullptr},
                                       {"//xn--a", nullptr},
                                       {"//a_b-.-c..d.", "http://a_b-.-c..d./"},
                                       {"//--a--b", "http://--a--b/"},
                                       {"//!$&'()*+,;=~\"`{}", "http://!$&'()*+,;=~\"`{}/"},
                                       {"//a b", nullptr},
                                       {"//a%20b", nullptr},
                                       {"//a<b", nullptr},
                                       {"//a^b", nullptr},
                                       {"//a|b", nullptr},
                                       {"//a%b", nullptr},
                                       {"//a%00b", nullptr},
                                       {"//a%2fb", nullptr},
                                       {"//a%3ab", nullptr},
                                       {"//a]b", nullptr},
                                       {"//%ff", nullptr},
                                       {"//\ufffd", nullptr},
                                       {"//\u05d0a\u05d1.test", nullptr}, /* mixes directions */
                                   });
}

TEST(UrlStandardTest, NamesToConvertAreBounded) {
    std::string name;
    while (name.size() < 990)
        name += "\u00fc";
    EXPECT_TRUE(resolve_link(nullptr, "http://" + name));
    EXPECT_FALSE(resolve_link(nullptr, "http://" + name + name));
    EXPECT_TRUE(resolve_link(nullptr, "http://" + std::string(5000, 'u')));
}

TEST(UrlStandardTest, Ipv4) {
    expect_links("http://h.test/", {
                                       {"//1.2.3.4", "http://1.2.3.4/"},
                                       {"//1.2.3.4.", "http://1.2.3.4/"},
                                       {"//1.2.3.4..", "http://1.2.3.4../"},
                                       {"//1", "http://0.0.0.1/"},
                                       {"//1.", "http://0.0.0.1/"},
                                       {"//1.256", "http://1.0.1.0/"},
                                       {"//1.2.65535", "http://1.2.255.255/"},
                                       {"//1.2.65536", nullptr},
                                       {"//4294967295", "http://255.255.255.255/"},
                                       {"//4294967296", nullptr},
                                       {"//99999999999999999999999999", nullptr},
                                       {"//0x", "http://0.0.0.0/"},
                                       {"//0x.0x.0", "http://0.0.0.0/"},
                                       {"//0XFF.0377.255.0xff", "http://255.255.255.255/"},
                                       {"//08", nullptr},
                                       {"//0x1g", "http://0x1g/"},
                                       {"//a.1", nullptr},
                                       {"//a.0x1", nullptr},
                                       {"//a.0x1x", "http://a.0x1x/"},
                                       {"//1.a", "http://1.a/"},
                                       {"//1..2", nullptr},
                                       {"//.1", nullptr},
                                       {"//1.2.3.4..", "http://1.2.3.4../"},
                                       {"//256.1.1.1", nullptr},
                                       {"//%30x7f.1", "http://127.0.0.1/"},
                                       {"//\uff11.\uff12", "http://1.0.0.2/"},
                                   });
}

TEST(UrlStandardTest, Ipv6) {
    expect_links("http://h.test/", {
                                       {"//[::]", "http://[::]/"},
                                       {"//[::1]:80", "http://[::1]/"},
                                       {"//u@[::1]:81/x", "http://u@[::1]:81/x"},
                                       {"//[1:0:0:2:0:0:0:3]", "http://[1:0:0:2::3]/"},
                                       {"//[1:0:0:2:3:0:0:4]", "http://[1::2:3:0:0:4]/"},
                                       {"//[1:0:2:3:4:5:6:7]", "http://[1:0:2:3:4:5:6:7]/"},
                                       {"//[1:2:3:4:5:6:0:0]", "http://[1:2:3:4:5:6::]/"},
                                       {"//[0001:0ABC::]", "http://[1:abc::]/"},
                                       {"//[::1.2.3.4]", "http://[::102:304]/"},
                                       {"//[::ffff:1.2.3.4]", "http://[::ffff:102:304]/"},
                                       {"//[1:2:3:4:5:6:7::]", "http://[1:2:3:4:5:6:7:0]/"},
                                       {"//[1:2:3:4:5:6:7]", nullptr},
                                       {"//[1:2:3:4:5:6:7:8:9]", nullptr},
                                       {"//[1::2::3]", nullptr},
                                       {"//[12345::]", nullptr},
                                       {"//[::1.2.3]", nullptr},
                                       {"//[::1.2.3.04]", nullptr},
                                       {"//[::1.2.3.256]", nullptr},
                                       {"//[::1", nullptr},
                                       {"//[::1]x", nullptr},
                                       {"//[fe80::1%25e]", nullptr},
                                       {"//[]", nullptr},
                                       {"//[:]", nullptr},
                                       {"//[::%31]", nullptr},
                                   });
}

} // namespace
} // namespace webwrap
