#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {
namespace {

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i)
        out += text;
    return out;
}

/* "html(head,body(p(#x)))": elements, text after #, comments after !. */
std::string shape(const Document &document, NodeId node) {
    switch (document.kind(node)) {
    case NodeKind::kText:
        return "#" + std::string(document.text(node));
    case NodeKind::kComment:
        return "!" + std::string(document.text(node));
    default:
        break;
    }
    std::string out(document.name(node));
    std::string children;
    for (NodeId child = document.first_child(node); child != kNoNode; child = document.next_sibling(child))
        children += (children.empty() ? "" : ",") + shape(document, child);
    return children.empty() ? out : out + "(" + children + ")";
}

std::string body_of(std::string_view page) {
    const auto document = parse_html(page);
    for (NodeId node = 0; node < document->size(); ++node)
        if (document->is_element(node) && document->name(node) == "body")
            return shape(*document, node);
    return {};
}

int greatest_depth(const Document &document) {
    std::vector<int> depths(static_cast<std::size_t>(document.size()), 0);
    for (NodeId node = 1; node < document.size(); ++node)
        depths[static_cast<std::size_t>(node)] = depths[static_cast<std::size_t>(document.parent(node))] + 1;
    return *std::max_element(depths.begin(), depths.end());
}

/* Arrays that do not contradict each other: each subtree ends within its parent's. */
void expect_sound(const Document &document) {
    ASSERT_EQ(document.subtree_size(0), document.size());
    for (NodeId node = 1; node < document.size(); ++node) {
        const NodeId up = document.parent(node);
        ASSERT_GE(up, 0);
        ASSERT_LT(up, node);
        ASSERT_LE(document.end_of(node), document.end_of(up));
        ASSERT_LE(document.first_attribute(node), document.first_attribute(node + 1));
    }
    std::size_t children = 0;
    for (NodeId node = 0; node < document.size(); ++node)
        for (NodeId child = document.first_child(node); child != kNoNode; child = document.next_sibling(child)) {
            ASSERT_EQ(document.parent(child), node);
            ++children;
        }
    ASSERT_EQ(children + 1, static_cast<std::size_t>(document.size()));
}

TEST(HtmlParserTest, WhatLibxml2DoesNotDo) {
    EXPECT_EQ(body_of("<table><tr><td>1</table>"), "body(table(tbody(tr(td(#1)))))");
    EXPECT_EQ(body_of("<p>1<b>2<p>3</b>4"), "body(p(#1,b(#2)),p(b(#3),#4))");
    EXPECT_EQ(body_of("<table>x<tr>y</table>"), "body(#xy,table(tbody(tr)))");
    EXPECT_EQ(body_of("<a>1<a>2"), "body(a(#1),a(#2))");
    EXPECT_EQ(body_of("<select><option>1<option>2</select>3"), "body(select(option(#1),option(#2)),#3)");
    EXPECT_EQ(body_of("<svg><foreignobject><p>1</svg>"), "body(svg(foreignObject(p(#1))))");
    EXPECT_EQ(body_of("<body></p>"), "body(p)");
    EXPECT_EQ(body_of("<noscript><img></noscript>"), "body(img)");
    EXPECT_EQ(body_of("<body><noscript><img></noscript>"), "body(noscript(img))");
}

TEST(HtmlParserTest, TemplatesKeepTheirContentAside) {
    const auto document = parse_html("<body>1<template><td>2<template>3</template></td></template>4");
    expect_sound(*document);
    EXPECT_EQ(document->string_value(0), "14");
    NodeId outer = 0;
    while (document->name(outer) != "template")
        ++outer;
    EXPECT_EQ(document->subtree_size(outer), 1);
    const NodeId content = document->template_content(outer);
    ASSERT_GE(content, document->size());
    EXPECT_EQ(document->parent(content), kNoNode);
    EXPECT_EQ(shape(*document, document->first_child(content)), "td(#2,template)");
    EXPECT_EQ(document->template_content(0), kNoNode);
    const auto shadow = parse_html("<body><div><template shadowrootmode=open>2</template></div>");
    EXPECT_EQ(shadow->string_value(0), "2");
}

TEST(HtmlParserTest, TextOfManyPiecesIsOneNode) {
    EXPECT_EQ(body_of("<p>a</x>b</x>c&amp;d\r\ne"), "body(p(#abc&d\ne))");
    EXPECT_EQ(body_of(repeated("a</x>", 1000)), "body(#" + repeated("a", 1000) + ")");
}

TEST(HtmlParserTest, AttributesKeepTheFirstOfAName) {
    std::string tag = "<p";
    for (int i = 0; i < 100; ++i)
        tag += " a" + std::to_string(i) + "=1";
    for (int i = 0; i < 100; ++i)
        tag += " A" + std::to_string(i) + "=2";
    const auto document = parse_html(tag + ">");
    NodeId p = 0;
    while (document->name(p) != "p")
        ++p;
    EXPECT_EQ(document->first_attribute(p + 1) - document->first_attribute(p), 100);
    EXPECT_EQ(document->attribute_value(p, "a99"), "1");
    EXPECT_EQ(document->attribute_value(p, "a100").data(), nullptr);
}

TEST(HtmlParserTest, DoctypeAndQuirks) {
    const auto standard = parse_html("<!-- x --><!DOCTYPE html><p>");
    EXPECT_EQ(standard->quirks_mode(), QuirksMode::kNoQuirks);
    EXPECT_EQ(standard->doctype().name, "html");
    EXPECT_EQ(standard->name(standard->doctype().before), "html");
    EXPECT_EQ(parse_html("<p>")->quirks_mode(), QuirksMode::kQuirks);
    EXPECT_EQ(parse_html("<p>")->doctype().before, kNoNode);
    EXPECT_EQ(parse_html("<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' 'x'>")->quirks_mode(),
              QuirksMode::kLimitedQuirks);
}

TEST(HtmlParserTest, SourceTokensAreThePage) {
    const std::string page = "<!DOCTYPE html>\n<P Class=x>a&amp;b</x></><br/>\r\n<!-- c --></p><td>t<div id=";
    const auto document = parse_html(page);
    ASSERT_EQ(document->source(), page);
    const auto tokens = document->source_tokens();
    std::string rebuilt;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::size_t end = i + 1 < tokens.size() ? tokens[i + 1].begin_bytes : page.size();
        const std::string_view piece = document->source().substr(tokens[i].begin_bytes, end - tokens[i].begin_bytes);
        EXPECT_FALSE(piece.empty());
        if (piece == "<P Class=x>") {
            EXPECT_EQ(document->name(tokens[i].node), "p");
        } else if (piece == "a&amp;b") {
            EXPECT_EQ(document->text(tokens[i].node), "a&b");
        } else if (piece == "</x>" || piece == "</>" || piece == "<div id=") {
            EXPECT_EQ(tokens[i].node, kNoNode) << piece;
        }
        rebuilt += piece;
    }
    EXPECT_EQ(rebuilt, page);
}

TEST(HtmlParserTest, FragmentsStandInTheirContext) {
    const FragmentContext row{"tr"};
    HtmlOptions options;
    options.fragment = &row;
    const auto document = parse_html("<td>1<td>2", {}, options);
    EXPECT_EQ(shape(*document, document->root_element()), "html(td(#1),td(#2))");
}

/* Pages that were written to hurt. */
const std::vector<std::string> &hostile_pages() {
    static const auto *const pages = new std::vector<std::string>{
        repeated("<div>", 50'000),
        repeated("<div>", 20'000) + repeated("<table></table>", 20'000) + repeated("<li></li>", 20'000),
        repeated("<b>", 200'000),
        repeated("<b><div>", 50'000),
        repeated("<a><div>", 50'000),
        repeated("<b><p></b>", 50'000),
        repeated("<i><b><u><div></i></b></u>", 20'000),
        repeated("<table><tr><td><b><table>x", 10'000),
        repeated("<template><td>", 20'000),
        repeated("<svg><foreignObject>", 20'000),
        repeated("<select><option>", 50'000),
        repeated("a</x>", 100'000),
        "<p " + repeated("a=b ", 200'000) + ">",
        "<p x='" + repeated("&amp;", 200'000),
        std::string(1'000'000, '\0'),
        repeated("\r", 1'000'000),
        "<!--" + repeated("--!", 300'000),
        "<script>" + repeated("<!--<script>", 80'000),
        "<title>" + repeated("</titl", 200'000),
        repeated("\xED\xA0\x80", 300'000),
    };
    return *pages;
}

TEST(HtmlParserTest, HostilePagesGiveSoundTrees) {
    for (const std::string &page : hostile_pages()) {
        const auto document = parse_html(page);
        SCOPED_TRACE(page.substr(0, 30));
        expect_sound(*document);
        EXPECT_LE(greatest_depth(*document), 513);
    }
}

TEST(HtmlParserTest, DeepNodesBecomeSiblings) {
    const auto document = parse_html(repeated("<div>", 600) + "x");
    EXPECT_EQ(greatest_depth(*document), 513);
    EXPECT_EQ(document->string_value(0), "x");
    EXPECT_EQ(document->size(), 600 + 5); /* document, html, head, body, text */
}

TEST(HtmlParserTest, LimitsAreNamed) {
    const auto message = [](const std::string &page, const Limits &limits) {
        try {
            (void)parse_html(page, limits);
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kLimitExceeded);
            return error.message() + " | " + error.hint();
        }
        return std::string();
    };
    Limits limits;
    limits.max_nodes = 1000;
    EXPECT_EQ(message(repeated("<p>", 1000), limits),
              "page has more than 1000 nodes and attributes | Raise webwrap.max_nodes.");
    std::string many = "<p";
    for (int i = 0; i < 1000; ++i)
        many += " a" + std::to_string(i);
    EXPECT_EQ(message(many + ">", limits), "page has more than 1000 nodes and attributes | Raise webwrap.max_nodes.");
    std::string fonts;
    for (int i = 0; i < 600; ++i)
        fonts += "<font size=" + std::to_string(i) + ">";
    EXPECT_EQ(message(fonts, limits),
              "page takes more than 64000 steps of tree construction | Raise webwrap.max_nodes, of "
              "which each allows 64 steps.");
    limits = {};
    limits.max_document_memory_bytes = 1 << 20;
    EXPECT_EQ(message(std::string(2 << 20, 'x'), limits),
              "document needs more than 1024 kB of memory | Raise webwrap.max_document_memory.");
}

struct Cancelled {};

TEST(HtmlParserTest, ACancelEndsEveryStage) {
    static int polls_left;
    for (const std::string &page : hostile_pages()) {
        SCOPED_TRACE(page.substr(0, 30));
        polls_left = 2; /* one before the first byte, one more on the way */
        Interrupt::poll_hook = [] {
            if (--polls_left == 0)
                throw Cancelled();
        };
        EXPECT_THROW((void)parse_html(page), Cancelled);
        Interrupt::poll_hook = nullptr;
    }
}

} // namespace
} // namespace webwrap
