#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/select/links.hpp"

namespace webwrap {
namespace {

using Strings = std::vector<std::string>;

std::vector<Link> links_of(std::string_view html, std::string_view base = "https://h.test/d/f?q") {
    return find_links(*parse_html(html), base);
}

Strings urls_of(std::string_view html, std::string_view base = "https://h.test/d/f?q") {
    Strings urls;
    for (const Link &link : links_of(html, base))
        urls.push_back(link.url);
    return urls;
}

/* The anchor of the page's only link. */
std::string anchor_of(std::string_view html) {
    const std::vector<Link> links = links_of(html);
    EXPECT_EQ(links.size(), 1U) << html;
    return links.empty() ? "no link" : links[0].anchor;
}

TEST(LinksTest, ResolvesAsBrowsersDo) {
    EXPECT_EQ(urls_of("<a href=' x\ny '>1</a><a href='\\\\c.test\\p'>2</a><a href='?a b'>3</a><a href=''>4</a>"
                      "<a href='http://u:p@b\u00fccher.test:80/%2e./\u00e4?\u00e4#f'>5</a><a href='//[::0001]'>6</a>"
                      "<a href='//0x7f.1'>7</a>"),
              (Strings{"https://h.test/d/xy", "https://c.test/p", "https://h.test/d/f?a%20b", "https://h.test/d/f?q",
                       "http://u:p@xn--bcher-kva.test/%C3%A4?%C3%A4", "https://[::1]/", "https://127.0.0.1/"}));
    EXPECT_EQ(urls_of("<a href='mailto:a@b.test'>1</a><a href='javascript:x()'>2</a><a href='//a b'>3</a><a>4</a>"
                      "<a href='tel:1'>5</a><a href='http://:80'>6</a>"),
              Strings{});
}

TEST(LinksTest, TheFirstBaseWithHrefCounts) {
    EXPECT_EQ(urls_of("<base target=x><base href='/b/'><base href='/c/'><a href=x>1</a>"),
              Strings{"https://h.test/b/x"});
    EXPECT_EQ(urls_of("<base href='//c.test/b/f'><a href=x>1</a><a href=#y>2</a>"),
              (Strings{"https://c.test/b/x", "https://c.test/b/f"}));
    EXPECT_EQ(urls_of("<base href='http://u:p@c.test/'><a href=x>1</a>"), Strings{"http://u:p@c.test/x"});
    for (const char *base : {"http://[bad", "data:text/plain,x", "javascript:1", "https://:1/"})
        EXPECT_EQ(urls_of(std::string("<base href='") + base + "'><a href=x>1</a>"), Strings{"https://h.test/d/x"})
            << base;
    EXPECT_EQ(urls_of("<base href='ftp://c.test/'><a href=x>1</a><a href='https://d.test/x'>2</a>"),
              Strings{"https://d.test/x"})
        << "relative links lead to ftp";
}

TEST(LinksTest, AnchorIsWhatTheLinkShows) {
    EXPECT_EQ(anchor_of("<a href=x> one <b>two</b>\n three </a>"), "one two three");
    EXPECT_EQ(anchor_of("<a href=x><div>one</div><div>two</div></a>"), "one two");
    EXPECT_EQ(anchor_of("<a href=x><style>s{}</style>one<span hidden>no</span></a>"), "one");
    EXPECT_EQ(anchor_of("<div style='display:none'><a href=x>one</a></div>"), "one");
    EXPECT_EQ(anchor_of("<a href=x><img alt=' a  b '><img alt=c><img></a>"), "a b c");
    EXPECT_EQ(anchor_of("<a href=x title=t>one <img alt=no></a>"), "one");
    EXPECT_EQ(anchor_of("<a href=x title=t aria-label=l><i></i></a>"), "l");
    EXPECT_EQ(anchor_of("<a href=x title=t><img></a>"), "t");
    EXPECT_EQ(anchor_of("<a href=x></a>"), "");
    EXPECT_EQ(anchor_of("<map><area href=x alt=' an  area '></map>"), "an area");
}

TEST(LinksTest, RelIsASetOfTokens) {
    const std::vector<Link> links = links_of("<a href=x rel=' NoFollow\tUGC '>1</a><a href=y>2</a>");
    ASSERT_EQ(links.size(), 2U);
    EXPECT_EQ(links[0].rel, (Strings{"nofollow", "ugc"}));
    EXPECT_EQ(links[1].rel, Strings{});
}

TEST(LinksTest, WhatTemplatesHoldIsNoLink) {
    EXPECT_EQ(urls_of("<template><base href='/t/'><a href=x>1</a></template><a href=y>2</a>"),
              Strings{"https://h.test/d/y"});
}

TEST(LinksTest, Errors) {
    for (const char *base : {"", "x", "ftp://h.test/", "http://u:p@h.test/"}) {
        try {
            (void)links_of("<a href=x>1</a>", base);
            ADD_FAILURE() << base;
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kInvalidUrl);
        }
    }
    Limits limits;
    limits.max_document_memory_bytes = 64 << 10;
    std::string page;
    for (int i = 0; i < 40; ++i)
        page += "<a href=x>" + std::string(2000, 'x') + "</a>";
    const auto document = parse_html(page);
    try {
        (void)find_links(*document, "http://h.test/", limits);
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.message(), "links of the page need more than 64 kB of memory");
        EXPECT_EQ(error.hint(), "Raise webwrap.max_document_memory.");
    }
}

} // namespace
} // namespace webwrap
