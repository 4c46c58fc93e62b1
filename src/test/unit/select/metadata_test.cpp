#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"
#include "core/select/json_ld.hpp"
#include "core/select/metadata.hpp"

namespace webwrap {
namespace {

using Json = nlohmann::json;

Json metadata_of(std::string_view html, const Limits &limits = {}) {
    return Json::parse(page_metadata(*parse_html(html), limits));
}

TEST(MetadataTest, AnEmptyPageHasEmptyContainers) {
    EXPECT_EQ(metadata_of(""), Json::parse(R"({"meta": {}, "opengraph": {}, "twitter": {}, "links": {}, "feeds": [],
                                               "json_ld": [], "microdata": [], "rdfa": [], "errors": []})"));
}

TEST(MetadataTest, WhatTheHeadSays) {
    const Json found = metadata_of(R"(<html lang=de-AT><head><meta charset=UTF-8><title> A
        page </title><title>no</title><base href="/b/"><meta name=Description content=" about "><meta name=keywords
        content="a, b"><meta name=author content=x><meta name=author content=y><meta name=nothing>
        <link rel=Canonical href=" https://h.test/p "></head><svg><title>no</title></svg>)");
    EXPECT_EQ(found["title"], "A page");
    EXPECT_EQ(found["description"], "about");
    EXPECT_EQ(found["canonical"], "https://h.test/p");
    EXPECT_EQ(found["base"], "/b/");
    EXPECT_EQ(found["language"], "de-AT");
    EXPECT_EQ(found["charset"], "utf-8");
    EXPECT_EQ(found["meta"], Json::parse(R"({"description": " about ", "keywords": "a, b", "author": ["x", "y"]})"));
}

TEST(MetadataTest, CharsetAndLanguageFromHttpEquiv) {
    for (const char *content :
         {"'text/html; charset=ISO-8859-1'", "'x;CHARSET = \"iso-8859-1\"'", "\"charset='iso-8859-1' x\""})
        EXPECT_EQ(metadata_of("<meta http-equiv=Content-Type content=" + std::string(content) + ">")["charset"],
                  "iso-8859-1")
            << content;
    EXPECT_FALSE(metadata_of("<meta http-equiv=content-type content='text/html'>").contains("charset"));
    EXPECT_EQ(metadata_of("<meta http-equiv=content-language content=fr>")["language"], "fr");
    EXPECT_EQ(metadata_of("<html lang=de><meta http-equiv=content-language content=fr>")["language"], "de");
}

TEST(MetadataTest, OpenGraphAndTwitter) {
    const Json found = metadata_of(
        "<meta property=og:title content=T><meta property='og:image' content=1><meta property=OG:image content=2>"
        "<meta property=article:tag content=a><meta property=product:price:amount content=9.90><meta name=og:type "
        "content=website><meta name=twitter:card content=summary><meta property=twitter:site content=@x>"
        "<meta property='og:url al:web:url' content=u><meta name=og:locale property=og:locale content=en>"
        "<meta property=generator content=g>");
    EXPECT_EQ(
        found["opengraph"],
        Json::parse(R"({"og:title": "T", "og:image": ["1", "2"], "article:tag": "a", "product:price:amount": "9.90",
                              "og:type": "website", "og:url": "u", "al:web:url": "u", "og:locale": "en"})"));
    EXPECT_EQ(found["twitter"], Json::parse(R"({"twitter:card": "summary", "twitter:site": "@x"})"));
    EXPECT_EQ(found["meta"]["generator"], "g");
}

TEST(MetadataTest, LinksByRelation) {
    const Json found = metadata_of(
        "<link rel='shortcut ICON' href=/i.png sizes=32x32><link rel=alternate type=application/rss+xml title=News "
        "href=/rss><link rel=alternate hreflang=de href=/de><link rel=x><link href=y><link rel=feed href=/f>");
    EXPECT_EQ(found["links"], Json::parse(R"({"shortcut": [{"href": "/i.png", "sizes": "32x32"}],
        "icon": [{"href": "/i.png", "sizes": "32x32"}],
        "alternate": [{"href": "/rss", "type": "application/rss+xml", "title": "News"}, {"href": "/de", "hreflang": "de"}],
        "feed": [{"href": "/f"}]})"));
    EXPECT_EQ(found["feeds"],
              Json::parse(R"([{"href": "/rss", "type": "application/rss+xml", "title": "News"}, {"href": "/f"}])"));
}

TEST(MetadataTest, JsonLdBlocksAndTheirErrors) {
    const Json found =
        metadata_of("<script type=application/ld+json>{\"@type\": \"A\"}</script><script type='APPLICATION/LD+JSON; x'>"
                    "[1]</script><script type=application/ld+json>{\"a\": }</script><script>{}</script>"
                    "<script type=application/ld+json> </script>");
    EXPECT_EQ(found["json_ld"], Json::parse(R"([{"@type": "A"}, [1]])"));
    EXPECT_EQ(found["errors"], Json::parse(R"([{"part": "json_ld", "ordinal": 3, "message": "not valid JSON at byte 7"},
                                               {"part": "json_ld", "ordinal": 4, "message": "block is empty"}])"));
}

struct Block {
    const char *text;
    const char *json; /* null: a problem is expected, in `problem` */
    const char *problem = "";
};

TEST(JsonLdTest, ReadsWhatPagesWrite) {
    for (const auto &[text, json, problem] : std::initializer_list<Block>{
             {"<!-- {\"a\": 1} -->", "{\"a\":1}"},
             {"//<![CDATA[\n[]\n//]]>", "[]"},
             {"/*<![CDATA[*/ [] /*]]>*/", "[]"},
             {"<![CDATA[[1,2]]]>", "[1,2]"},
             {"\xEF\xBB\xBF{} ;", "{}"},
             {"[1, // one\n 2 /* two */]", "[1,2]"},
             {"[\"\\u00e4\\ud83d\\ude00\\\"\\\\\\n\\u0001\"]", "[\"\u00e4\U0001F600\\\"\\\\\\n\\u0001\"]"},
             {"[\"\\u0000\", \"\\ud800\", \"\\udc00x\", \"\\ud800\\ud800\\udc00\", \"\\\\u0000\"]",
              "[\"\ufffd\",\"\ufffd\",\"\ufffdx\",\"\ufffd\U00010000\",\"\\\\u0000\"]"},
             {"[1.10, 12345678901234567890123, 0.1e-7, -0.0, 1E400, 3.141592653589793238462643, -9223372036854775809]",
              "[1.10,12345678901234567890123,0.1e-7,-0.0,1E400,3.141592653589793238462643,-9223372036854775809]"},
             {"[true, false, null, \"\", {}]", "[true,false,null,\"\",{}]"},
             {"{\"a\": 1, \"a\": 2}", "{\"a\":1,\"a\":2}"},
             {"[1e200000]", nullptr, "number is out of range"},
             {"[1e-17000]", nullptr, "number is out of range: 1e-17000"},
             {"[1e-4000, 1e4000]", "[1e-4000,1e4000]"},
             {"[1,]", nullptr, "not valid JSON at byte 4"},
             {"{} {}", nullptr, "not valid JSON at byte 4"},
             {"nope", nullptr, "not valid JSON at byte 2"},
             {"[\"\\ud83d\\ude0\"]", nullptr, "not valid JSON at byte 14"},
             {"", nullptr, "block is empty"},
             {"<!-- -->", nullptr, "block is empty"},
         }) {
        const JsonBlock block = read_json_ld(text);
        EXPECT_EQ(block.json, json == nullptr ? "" : json) << text;
        EXPECT_EQ(block.problem, problem) << text;
    }
}

TEST(JsonLdTest, NestingIsBounded) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(read_json_ld(nested(512)).json, nested(512));
    EXPECT_EQ(read_json_ld(nested(513)).problem, "nests deeper than 512 levels");
    EXPECT_EQ(read_json_ld(std::string(1'000'000, '[')).problem, "nests deeper than 512 levels");
}

Json items_of(std::string_view html) { return metadata_of(html)["microdata"]; }

TEST(MicrodataTest, ItemsPropertiesAndValues) {
    EXPECT_EQ(
        items_of("<div itemscope itemtype='http://s.test/A  http://s.test/B' itemid=urn:x><p itemprop=name> N <b>x"
                 "</b></p><meta itemprop=m content=c><a itemprop='url u' href=/h>no</a><img itemprop=img src=s>"
                 "<object itemprop=o data=d></object><data itemprop=v value=1>no</data><time itemprop=t "
                 "datetime=2020>no</time><time itemprop=t>2021</time><meter itemprop=r value=0.5></meter></div>"),
        Json::parse(R"([{"type": ["http://s.test/A", "http://s.test/B"], "id": "urn:x", "properties": {
                  "name": [" N x"], "m": ["c"], "url": ["/h"], "u": ["/h"], "img": ["s"], "o": ["d"], "v": ["1"],
                  "t": ["2020", "2021"], "r": ["0.5"]}}])"));
    EXPECT_EQ(items_of("<div itemscope></div><p itemprop=no>x</p>"),
              Json::parse(R"([{"type": [], "properties": {}}])"));
}

TEST(MicrodataTest, ANameCountsOnceOnAnElement) {
    EXPECT_EQ(items_of("<div itemscope><i itemprop='b a b a'>1</i><i itemprop='a  b'>2</i></div>")[0]["properties"],
              Json::parse(R"({"a": ["1", "2"], "b": ["1", "2"]})"));
    EXPECT_EQ(
        metadata_of("<div typeof=T vocab=v:><i property='b a b a'>1</i><i property='a  b'>2</i></div>")["rdfa"][0]
                                                                                                       ["properties"],
        Json::parse(R"({"v:a": ["1", "2"], "v:b": ["1", "2"]})"));
}

TEST(RdfaTest, TheInnermostDeclarationOfAPrefixCounts) {
    EXPECT_EQ(metadata_of("<div prefix='p: a: p: b:' typeof=p:T><div prefix='p: c:'><i property=p:x>1</i></div>"
                          "<i property=p:y>2</i></div>")["rdfa"][0],
              Json::parse(R"({"type": ["b:T"], "properties": {"c:x": ["1"], "b:y": ["2"]}})"));
}

TEST(MicrodataTest, ItemsNest) {
    EXPECT_EQ(
        items_of("<div itemscope><div itemprop=a itemscope itemtype=T><i itemprop=b>1</i></div><i itemprop=c>2</i>"
                 "<div itemscope><i itemprop=d>3</i></div></div>"),
        Json::parse(R"([{"type": [], "properties": {"a": [{"type": ["T"], "properties": {"b": ["1"]}}], "c": ["2"]}},
                              {"type": [], "properties": {"d": ["3"]}}])"));
}

TEST(MicrodataTest, ItemrefAddsPropertiesFromElsewhere) {
    EXPECT_EQ(items_of("<i id=x itemprop=a>1</i><div itemscope itemref='y x nope y'><i itemprop=a>2</i></div>"
                       "<div id=y><i itemprop=a>3</i><i itemprop=b>4</i></div>"),
              Json::parse(R"([{"type": [], "properties": {"a": ["1", "2", "3"], "b": ["4"]}}])"));
    EXPECT_EQ(items_of("<div id=x><div itemscope itemref=x><i itemprop=a>1</i><div itemprop=n itemscope><i itemprop=b>2"
                       "</i></div></div></div>"),
              Json::parse(R"([{"type": [], "properties": {"a": ["1"],
                                                          "n": [{"type": [], "properties": {"b": ["2"]}}]}}])"))
        << "an ancestor: what was met is not met again";
}

TEST(MicrodataTest, CyclesAndDepthAreReported) {
    const Json cycle = metadata_of("<div itemscope itemref=x></div><div id=x itemprop=a itemscope itemref=y></div>"
                                   "<div id=y itemprop=b itemscope itemref=x></div>");
    EXPECT_EQ(cycle["microdata"][0]["properties"]["a"][0]["properties"]["b"][0]["properties"]["a"],
              Json::array({nullptr}));
    EXPECT_EQ(cycle["errors"], Json::parse(R"([{"part": "microdata", "message": "item is a property of itself: a"}])"));
    std::string deep = "<div itemscope>";
    for (int i = 0; i < 70; ++i)
        deep += "<div itemprop=a itemscope>";
    EXPECT_EQ(metadata_of(deep)["errors"],
              Json::parse(R"([{"part": "microdata", "message": "items nest deeper than 64 levels: a"}])"));
}

TEST(MicrodataTest, ReferencesAreBounded) {
    std::string page = "<div id=x>";
    for (int i = 0; i < 200; ++i)
        page += "<i itemprop=a>1</i>";
    page += "</div>";
    for (int i = 0; i < 200; ++i)
        page += "<div itemscope itemref=x></div>";
    Limits limits;
    limits.max_nodes = 20'000;
    try {
        (void)metadata_of(page, limits);
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kLimitExceeded);
        EXPECT_EQ(error.message(), "microdata items of the page refer to more than 20000 nodes");
        EXPECT_EQ(error.hint(), "Raise webwrap.max_nodes.");
    }
}

Json rdfa_of(std::string_view html) { return metadata_of(html)["rdfa"]; }

TEST(RdfaTest, ItemsPropertiesAndValues) {
    EXPECT_EQ(
        rdfa_of(
            "<div vocab='http://s.test/' typeof='A B' resource='#x'><p property=name> N <b>x</b></p><meta property=m "
            "content=c><a property='url u' href=/h>no</a><img property=img src=s><time property=t datetime=2020>no"
            "</time><i property=t>2021</i><i property='og:title http://t.test/p x:y'>1</i></div>"),
        Json::parse(R"([{"type": ["http://s.test/A", "http://s.test/B"], "id": "#x", "properties": {
                  "http://s.test/name": [" N x"], "http://s.test/m": ["c"], "http://s.test/url": ["/h"],
                  "http://s.test/u": ["/h"], "http://s.test/img": ["s"], "http://s.test/t": ["2020", "2021"],
                  "http://ogp.me/ns#title": ["1"], "http://t.test/p": ["1"], "x:y": ["1"]}}])"));
    EXPECT_EQ(
        rdfa_of("<meta property=og:title content=x><p property=no>x</p><div typeof=T property=p>no vocabulary</div>"),
        Json::array());
}

TEST(RdfaTest, ItemsNestAndScopesEnd) {
    EXPECT_EQ(
        rdfa_of("<div prefix='p: http://p.test/ q: http://q.test/' typeof=p:A><div property=p:a typeof=q:B>"
                "<i property=q:b>1</i></div><i property=p:c>2</i><div typeof=p:C><i property=p:d>3</i></div></div>"
                "<div typeof=p:D></div><div vocab='http://v.test/'><div about=/s><i property=e>4</i></div></div>"
                "<div resource=/empty>x</div>"),
        Json::parse(R"([{"type": ["http://p.test/A"], "properties": {
                      "http://p.test/a": [{"type": ["http://q.test/B"], "properties": {"http://q.test/b": ["1"]}}],
                      "http://p.test/c": ["2"]}},
                  {"type": ["http://p.test/C"], "properties": {"http://p.test/d": ["3"]}},
                  {"type": ["p:D"], "properties": {}},
                  {"type": [], "id": "/s", "properties": {"http://v.test/e": ["4"]}}])"));
}

TEST(RdfaTest, LongVocabulariesAreBounded) {
    std::string page = "<div typeof=A vocab='http://v.test/" + std::string(100'000, 'v') + "'>";
    for (int i = 0; i < 200; ++i)
        page += "<i property=p>x</i>";
    Limits limits;
    limits.max_document_memory_bytes = 8 << 20;
    const auto document = parse_html(page);
    try {
        (void)page_metadata(*document, limits);
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.message(), "metadata of the page need more than 8192 kB of memory");
    }
}

TEST(RdfaTest, DepthIsReported) {
    std::string deep = "<div vocab='http://v.test/' typeof=A>";
    for (int i = 0; i < 70; ++i)
        deep += "<div property=a typeof=A>";
    EXPECT_EQ(metadata_of(deep)["errors"],
              Json::parse(R"([{"part": "rdfa", "message": "items nest deeper than 64 levels: http://v.test/a"}])"));
}

} // namespace
} // namespace webwrap
