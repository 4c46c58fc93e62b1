#include "core/fetch/robots.hpp"

#include <gtest/gtest.h>

#include <string>

namespace webwrap {
namespace {

constexpr const char *kAgent = "webwrap/0.1.0 (+https://webwrap.example/)";

/* Rules of a group for everybody. */
RobotsRules rules(const std::string &lines) { return RobotsRules::parse("User-agent: *\n" + lines, kAgent); }

bool allows(const std::string &lines, const std::string &path) { return rules(lines).allows(path); }

/* Which rule of a whole file decides about "/". */
std::string rule(std::string_view file, const std::string &agent = kAgent) {
    return std::string(RobotsRules::parse(file, agent).rule_for("/"));
}

TEST(RobotsTest, WithoutRulesAllIsAllowed) {
    for (const std::string_view file : {"", "\n\r\n", "# nothing here", "User-agent: *", "User-agent: *\nDisallow:",
                                        "<!DOCTYPE html><p>404: not found", "User-agent: other\nDisallow: /"})
        EXPECT_TRUE(RobotsRules::parse(file, kAgent).allows("/a")) << file;
    EXPECT_TRUE(RobotsRules().allows("/a"));
    EXPECT_EQ(RobotsRules().rule_for("/a"), "");
}

TEST(RobotsTest, AnUnreachableFileAllowsNothing) {
    EXPECT_FALSE(RobotsRules::nothing().allows("/"));
    EXPECT_FALSE(RobotsRules::nothing().allows(""));
    EXPECT_TRUE(RobotsRules::nothing().allows("/robots.txt"));
    EXPECT_EQ(RobotsRules::nothing().rule_for("/"), "") << "no rule of the site says so";
}

TEST(RobotsTest, WhatStatusesMean) {
    const auto allows_all = [](int status) {
        const RobotsRules rules = RobotsRules::of_response(status, "User-agent: *\nDisallow: /no", kAgent);
        return rules.allows("/") && rules.allows("/no");
    };
    for (const int status : {301, 304, 400, 401, 403, 404, 410, 451, 499})
        EXPECT_TRUE(allows_all(status)) << status;
    for (const int status : {0, 100, 429, 500, 502, 503, 599, 600}) {
        EXPECT_FALSE(RobotsRules::of_response(status, "", kAgent).allows("/")) << status;
        EXPECT_TRUE(RobotsRules::of_response(status, "", kAgent).allows("/robots.txt")) << status;
    }
    for (const int status : {200, 204, 206}) {
        const RobotsRules rules = RobotsRules::of_response(status, "User-agent: *\nDisallow: /no", kAgent);
        EXPECT_TRUE(rules.allows("/")) << status;
        EXPECT_FALSE(rules.allows("/no")) << status;
    }
}

TEST(RobotsTest, TheFileItselfIsAllowed) {
    EXPECT_TRUE(allows("Disallow: /", "/robots.txt"));
    EXPECT_EQ(rules("Disallow: /").rule_for("/robots.txt"), "");
    EXPECT_TRUE(allows("Disallow: /", "/%72obots.txt")) << "however it is spelled";
    EXPECT_FALSE(allows("Disallow: /", "/robots.txt2"));
    EXPECT_FALSE(allows("Disallow: /", "/a/robots.txt"));
}

TEST(RobotsGroupTest, OneProductInAnyCase) {
    for (const char *line : {"User-agent: webwrap", "USER-AGENT:WebWrap", " user-agent \t:\t WEBWRAP/2.0 x",
                             "User-agent: webwrap # us", "User-agent: webwrap*"})
        EXPECT_EQ(rule(std::string(line) + "\nDisallow: /"), "disallow: /") << line;
    for (const char *line :
         {"User-agent: webwrapper", "User-agent: webwra", "User-agent: the webwrap", "User-agent: web_wrap",
          "User-agent:", "User-agent", "Useragent: webwrap", "User-agent: *webwrap", "User-agent: 7webwrap"})
        EXPECT_EQ(rule(std::string(line) + "\nDisallow: /"), "") << line;
}

TEST(RobotsGroupTest, TokensOfCallers) {
    const std::string file = "User-agent: *\nDisallow: /\nUser-agent: my-Bot_x\nAllow: /";
    for (const char *agent : {"my-bot_x", "MY-BOT_X/1.0", "My-Bot_X (a; b)"})
        EXPECT_EQ(rule(file, agent), "allow: /") << agent;
    for (const char *agent : {"", "/1.0", "my-bot", "my-bot_xy", " my-bot_x", "*"})
        EXPECT_EQ(rule(file, agent), "disallow: /") << agent;
    EXPECT_EQ(rule("User-agent: 1\nDisallow: /", "2"), "") << "no token equals none";
}

TEST(RobotsGroupTest, OwnGroupsReplaceThoseForAll) {
    const auto file = RobotsRules::parse("User-agent: *\nDisallow: /all\n"
                                         "User-agent: webwrap\nDisallow: /own\n",
                                         kAgent);
    EXPECT_TRUE(file.allows("/all"));
    EXPECT_FALSE(file.allows("/own"));
    EXPECT_EQ(rule("User-agent: webwrap\nUser-agent: *\nDisallow: /"), "disallow: /");
    EXPECT_EQ(rule("User-agent: *\nDisallow: /\nUser-agent: webwrap"), "") << "without a rule of its own";
    EXPECT_EQ(rule("User-agent: webwrap\nDisallow:\nUser-agent: *\nDisallow: /"), "");
}

TEST(RobotsGroupTest, GroupsOfOneNameAreOne) {
    for (const char *name : {"webwrap", "*"}) {
        const std::string line = std::string("User-agent: ") + name + "\n";
        const auto file = RobotsRules::parse(line + "Disallow: /a\nDisallow: /b\n\nUser-agent: other\nDisallow: /c\n" +
                                                 line + "Allow: /a/b\nDisallow: /d",
                                             kAgent);
        for (const char *path : {"/a", "/b", "/d"})
            EXPECT_FALSE(file.allows(path)) << name << path;
        for (const char *path : {"/a/b", "/c", "/e"})
            EXPECT_TRUE(file.allows(path)) << name << path;
    }
}

TEST(RobotsGroupTest, SeveralNamesShareTheirRules) {
    const std::string names = "User-agent: a\n\n# comment\nSitemap: /s\nCrawl-delay: 1\nx: y\nnonsense\n"
                              "User-agent: webwrap\nUser-agent: b\n";
    EXPECT_EQ(rule(names + "Disallow: /"), "disallow: /");
    EXPECT_EQ(rule(names + "Disallow: /", "a"), "disallow: /") << "other records do not end the names";
    EXPECT_EQ(rule("User-agent: webwrap\nDisallow: /x\nUser-agent: b\nDisallow: /"), "") << "a rule does";
    EXPECT_EQ(rule("User-agent: webwrap\nDisallow:\nUser-agent: b\nDisallow: /"), "") << "an empty one too";
}

TEST(RobotsGroupTest, RulesWithoutAName) {
    EXPECT_EQ(rule("Disallow: /\nUser-agent: webwrap\nAllow: /a"), "");
    EXPECT_EQ(rule("User-agent: webwrap\n\n\n\nDisallow: /"), "disallow: /") << "blank lines mean nothing";
}

TEST(RobotsMatchTest, PathsMatchByTheirBeginning) {
    for (const char *path : {"/fish", "/fish.html", "/fish/salmon", "/fishheads?id=1"})
        EXPECT_FALSE(allows("Disallow: /fish", path)) << path;
    for (const char *path : {"/Fish", "/catfish", "/", "/?id=fish", "", "fis"})
        EXPECT_TRUE(allows("Disallow: /fish", path)) << path;
    EXPECT_FALSE(allows("Disallow: /fish", "fish")) << "a path begins with a slash";
    EXPECT_FALSE(allows("Disallow: /", ""));
    EXPECT_FALSE(allows("Disallow: /?a", "?a=1"));
    for (const char *pattern : {"fish", "$", "?", "%2Ffish", "http://a/fish"})
        EXPECT_TRUE(allows(std::string("Disallow: ") + pattern, "/fish")) << pattern;
}

TEST(RobotsMatchTest, TheLongestRuleDecides) {
    const auto file = rules("Allow: /shop/pages/\nDisallow: /shop/pages/secret.gif\nDisallow: /shop");
    EXPECT_EQ(file.rule_for("/shop/pages/"), "allow: /shop/pages/");
    EXPECT_EQ(file.rule_for("/shop/pages/secret.gif"), "disallow: /shop/pages/secret.gif");
    EXPECT_EQ(file.rule_for("/shop/other"), "disallow: /shop");
    EXPECT_EQ(file.rule_for("/elsewhere"), "");
    EXPECT_TRUE(file.allows("/shop/pages/public.gif"));
    EXPECT_FALSE(file.allows("/shop/pages/secret.gif"));
    EXPECT_FALSE(allows("Disallow: /*.htm\nAllow: /page", "/page.htm"));
    EXPECT_TRUE(allows("Disallow: /\nAllow: /$", "/"));
    EXPECT_FALSE(allows("Disallow: /\nAllow: /$", "/page"));
}

TEST(RobotsMatchTest, OfEqualRulesTheOneThatAllows) {
    EXPECT_TRUE(allows("Disallow: /folder\nAllow: /folder", "/folder/page"));
    EXPECT_TRUE(allows("Allow: /folder\nDisallow: /folder", "/folder/page"));
    EXPECT_TRUE(allows("Disallow: /a*c\nAllow: /ab*", "/abc"));
}

TEST(RobotsMatchTest, Wildcards) {
    struct Case {
        const char *pattern;
        const char *path;
        bool matches;
    };
    for (const Case &c : {Case{"/*.php", "/index.php", true},
                          {"/*.php", "/a/b.php5?x=1", true},
                          {"/*.php", "/index.html", false},
                          {"/*.php$", "/index.php", true},
                          {"/*.php$", "/index.php?x=.php", true},
                          {"/*.php$", "/index.php5", false},
                          {"/a*b*c", "/a-c-b-c", true},
                          {"/a*b*c", "/a-c-b", false},
                          {"/a*a", "/a", false},
                          {"/a*a$", "/aa", true},
                          {"/a$", "/a", true},
                          {"/a$", "/a/", false},
                          {"/a$", "/a?", false},
                          {"/$", "/", true},
                          {"*", "/", true},
                          {"*$", "/a", true},
                          {"/*", "/", true},
                          {"/a**b", "/ab", true},
                          {"/***$", "/x", true},
                          {"*/b", "/a/b", true},
                          {"/a*$", "/a/b", true},
                          {"/a$b", "/a$b", true},
                          {"/a$b", "/ab", false},
                          {"/a$$", "/a$", true},
                          {"/a$$", "/a", false},
                          {"/*ab$", "/abxab", true},
                          {"/ab*ab$", "/ab", false},
                          {"/ab*ba$", "/aba", false},
                          {"/a.b", "/axb", false},
                          {"/a?b", "/ab", false}})
        EXPECT_EQ(allows(std::string("Disallow: ") + c.pattern, c.path), !c.matches) << c.pattern << " " << c.path;
}

TEST(RobotsMatchTest, SpellingsOfOnePath) {
    struct Case {
        const char *pattern;
        const char *path;
        bool matches;
    };
    for (const Case &c : {Case{"/%62%61%72", "/bar", true},
                          {"/bar", "/%62%61%72", true},
                          {"/\xE3\x83\x84", "/%E3%83%84", true},
                          {"/%e3%83%84", "/\xE3\x83\x84", true},
                          {"/%E3%83%84", "/%e3%83%84", true},
                          {"/caf\xE9", "/caf%E9", true},
                          {"/a b", "/a%20b", true},
                          {"/a%2Fb", "/a%2fb", true},
                          {"/a%2Fb", "/a/b", false},
                          {"/a/b", "/a%2Fb", false},
                          {"/a%3Fb", "/a?b", false},
                          {"/a?u=http://b", "/a?u=http%3A%2F%2Fb", true},
                          {"/a?u=http%3a%2f%2fb", "/a?u=http://b", true},
                          {"/a?q='b'", "/a?q=%27b%27", true},
                          {"/a?b%26c", "/a?b&c", false},
                          {"/a-%2A.html", "/a-*.html", true},
                          {"/a-%2A.html", "/a-b.html", false},
                          {"/a-*.html", "/a-*.html", true},
                          {"/a%24", "/a$b", true},
                          {"/a%24", "/a", false},
                          {"/50%", "/50%25", true},
                          {"/50%2", "/50%252", true},
                          {"/50%zz", "/50%25zz", true},
                          {"/a%00b", "/a%00b", true},
                          {"/~a", "/%7Ea", true}})
        EXPECT_EQ(allows(std::string("Disallow: ") + c.pattern, c.path), !c.matches) << c.pattern << " " << c.path;
}

TEST(RobotsMatchTest, RulesAreShownInNormalForm) {
    EXPECT_EQ(rules("DISALLOW :  /caf\xC3\xA9/*/%7ea$  # no coffee").rule_for("/caf%C3%A9/b/~a"),
              "disallow: /caf%C3%A9/*/~a$");
    EXPECT_EQ(rules("Allow: /\xFF\x01").rule_for("/%FF%01"), "allow: /%FF%01");
}

TEST(RobotsLineTest, EveryEndOfLine) {
    for (const char *end : {"\n", "\r", "\r\n", "\n\r", "\r\n\r\n"}) {
        const std::string file = std::string("User-agent: webwrap") + end + "Allow: /a" + end + "Disallow: /";
        const auto rules = RobotsRules::parse(file, kAgent);
        EXPECT_TRUE(rules.allows("/a")) << file;
        EXPECT_FALSE(rules.allows("/b")) << file;
    }
}

TEST(RobotsLineTest, ByteOrderMarkCommentsAndBlanks) {
    EXPECT_EQ(rule("\xEF\xBB\xBFUser-agent: *\nDisallow: /"), "disallow: /");
    EXPECT_EQ(rule("\xEF\xBB\xBF\xEF\xBB\xBFUser-agent: *\nDisallow: /"), "") << "one mark only";
    EXPECT_EQ(rule("User-agent: * # all\n#Allow: /\n\t Disallow\t:/#x"), "disallow: /");
    EXPECT_EQ(rule("User-agent: *\nDisallow: #/"), "");
    EXPECT_EQ(rule("User-agent: *\nDisallow /\nDisallow\n: /\n:\n"), "") << "no record without a colon";
}

TEST(RobotsLineTest, BytesThatAreNoText) {
    const std::string_view file("User-agent: *\nDis\0allow: /a\nDisallow: /b\0c\n\0\nDisallow: /\xFF\n", 59);
    const auto rules = RobotsRules::parse(file, kAgent);
    EXPECT_TRUE(rules.allows("/a"));
    EXPECT_TRUE(rules.allows("/b"));
    EXPECT_FALSE(rules.allows("/b%00c"));
    EXPECT_FALSE(rules.allows(std::string_view("/b\0c", 4)));
    EXPECT_FALSE(rules.allows("/%ff"));
}

TEST(RobotsExtraTest, Sitemaps) {
    const auto rules = RobotsRules::parse("sitemap: https://a/1.xml\nUser-agent: other\nSITEMAP:  /2.xml # second\n"
                                          "Sitemap:\nDisallow: /\nSitemap: https://a/\xFF",
                                          kAgent);
    EXPECT_EQ(rules.sitemaps(), (std::vector<std::string>{"https://a/1.xml", "/2.xml", "https://a/\xFF"}));
    std::string many;
    for (int i = 0; i < 5'000; ++i)
        many += "Sitemap: /" + std::to_string(i) + "\n";
    EXPECT_EQ(RobotsRules::parse(many, kAgent).sitemaps().size(), 1'000u);
}

TEST(RobotsExtraTest, CrawlDelay) {
    const auto delay = [](const std::string &value) { return rules("Crawl-delay: " + value).crawl_delay_s(); };
    EXPECT_EQ(delay("10"), 10);
    EXPECT_EQ(delay("0.5"), 0.5);
    EXPECT_EQ(delay(".5"), 0.5);
    EXPECT_EQ(delay("0"), 0);
    EXPECT_EQ(delay("10 seconds"), 10);
    EXPECT_EQ(delay("86400"), 300);
    EXPECT_EQ(delay(std::string(100'000, '9')), 300);
    for (const char *value : {"", "-1", "+1", "x", "inf", "nan", "."})
        EXPECT_EQ(delay(value), std::nullopt) << value;
    EXPECT_EQ(rules("Crawl-delay: 2\nCrawl-delay: 7\nCrawl-delay: 3").crawl_delay_s(), 7) << "the most";
}

TEST(RobotsExtraTest, TheDelayBelongsToItsGroup) {
    const std::string file = "User-agent: *\nCrawl-delay: 9\nDisallow: /x\n\n";
    EXPECT_EQ(RobotsRules::parse(file + "User-agent: webwrap\nCrawl-delay: 2", kAgent).crawl_delay_s(), 2);
    EXPECT_EQ(RobotsRules::parse(file + "User-agent: other\nCrawl-delay: 2", kAgent).crawl_delay_s(), 9);
    EXPECT_EQ(RobotsRules::parse(file + "User-agent: webwrap\nDisallow: /", kAgent).crawl_delay_s(), std::nullopt);
    EXPECT_EQ(RobotsRules::parse("Crawl-delay: 9", kAgent).crawl_delay_s(), std::nullopt);
}

TEST(RobotsHostileTest, OnlyTheFirst500KiBCount) {
    constexpr std::size_t kLimit = 500 * 1024;
    const std::string head = "User-agent: *\n";
    const std::string tail = "Disallow: /a/private";
    const auto with_comment = [&](std::size_t size) {
        return head + "#" + std::string(size - head.size() - 2 - tail.size(), 'x') + "\n" + tail;
    };
    EXPECT_EQ(with_comment(kLimit).size(), kLimit);
    EXPECT_FALSE(RobotsRules::parse(with_comment(kLimit), kAgent).allows("/a/private"));
    EXPECT_FALSE(RobotsRules::parse(with_comment(kLimit) + "\nAllow: /a/private", kAgent).allows("/a/private"));
    const auto cut = RobotsRules::parse(with_comment(kLimit + 7), kAgent);
    EXPECT_TRUE(cut.allows("/a/private"));
    EXPECT_TRUE(cut.allows("/a/")) << "half a rule is none";
}

TEST(RobotsHostileTest, MegabytesOfAnything) {
    constexpr std::size_t kSize = 10'000'000;
    for (const char byte : {'\0', '\n', '\r', ' ', ':', '#', 'a', '*', '\xFF'}) {
        EXPECT_TRUE(RobotsRules::parse(std::string(kSize, byte), kAgent).allows("/a"));
        EXPECT_FALSE(
            RobotsRules::parse("User-agent: *\nDisallow: /\n" + std::string(kSize, byte), kAgent).allows("/a"));
    }
    EXPECT_TRUE(RobotsRules::parse("User-agent: *\nDisallow: /" + std::string(kSize, '*'), kAgent).allows("/a"))
        << "a rule without an end";
}

TEST(RobotsHostileTest, OneHundredThousandRules) {
    std::string file = "User-agent: *\nUser-agent: webwrap\n";
    for (int i = 0; i < 100'000; ++i)
        file += "Disallow: /" + std::to_string(i) + "$\n";
    const auto rules = RobotsRules::parse(file, kAgent);
    EXPECT_FALSE(rules.allows("/7"));
    EXPECT_FALSE(rules.allows("/20000"));
    EXPECT_TRUE(rules.allows("/99999")) << "beyond the limit of size";
    EXPECT_TRUE(rules.allows("/none"));
}

TEST(RobotsHostileTest, StarsWithoutEnd) {
    std::string stars = "/";
    for (int i = 0; i < 10'000; ++i)
        stars += "*a";
    const std::string path = "/" + std::string(20'000, 'a');
    EXPECT_FALSE(allows("Disallow: " + stars, path));
    EXPECT_FALSE(allows("Disallow: " + stars + "$", path));
    EXPECT_TRUE(allows("Disallow: " + stars + "b", path));
    EXPECT_TRUE(allows("Disallow: " + stars + "*b$", path));
    EXPECT_FALSE(allows("Disallow: /" + std::string(100'000, '*'), path));
    EXPECT_TRUE(allows("Disallow: /" + std::string(100'000, '*') + "b", path));
    std::string many;
    for (int i = 0; i < 5'000; ++i)
        many += "Disallow: /*a*a*a*a*a*a*a*a*a*a" + std::to_string(i) + "\n";
    EXPECT_TRUE(allows(many, path));
}

} // namespace
} // namespace webwrap
