#include <gtest/gtest.h>

#include "core/parse/parse.hpp"
#include "core/select/visible_text.hpp"

namespace webwrap {
namespace {

struct Case {
    const char *html;
    const char *text;
};

void expect_texts(std::initializer_list<Case> cases) {
    for (const auto &[html, text] : cases)
        EXPECT_EQ(visible_text(*parse_html("<!DOCTYPE html>" + std::string(html))), text) << html;
}

TEST(VisibleTextTest, TablesInQuirksModeStartAnew) {
    EXPECT_EQ(visible_text(*parse_html("<div style='white-space:pre'><table><tr><td> a  b </td></tr></table></div>")),
              "a b");
}

TEST(VisibleTextTest, WhiteSpaceCollapsesAcrossInlineElements) {
    expect_texts({
        {"", ""},
        {" \n ", ""},
        {"<div> a \t\n b </div>", "a b"},
        {"<div>a <b> b</b> <i>c </i> </div>", "a b c"},
        {"<div><b> </b> a</div>", "a"},
        {"<div>a&nbsp; b</div>", "a\u00a0 b"},
        {"<div>a<wbr>b&shy;c</div>", "ab\u00adc"},
        {"<div>a<!-- c --> b</div>", "a b"},
        {"<div>a <img src=x alt=no> b</div>", "a  b"},
        {"<div><img src=x> b</div>", " b"},
        {"<div>a <input value=no>b</div>", "a b"},
        {"<div>a<button> b </button>c</div>", "abc"},
        {"<div>a <button> b </button> c</div>", "a b c"},
    });
}

TEST(VisibleTextTest, BlocksBreakLines) {
    expect_texts({
        {"<div>a</div><div>b</div>", "a\nb"},
        {"<div>a<div>b</div>c</div>", "a\nb\nc"},
        {"<div><div><div>a</div></div></div><div>b</div>", "a\nb"},
        {"<p>a</p><p>b</p>", "a\n\nb"},
        {"<div>a</div><p>b</p><div>c</div>", "a\n\nb\n\nc"},
        {"<p>a</p> b <p></p> c", "a\n\nb\n\nc"},
        {"<h1>a</h1><ul><li>b<li>c<ul><li>d</ul></ul>e", "a\nb\nc\nd\ne"},
        {"<dl><dt>a<dd>b</dl>", "a\nb"},
        {"<div>a<hr>b</div>", "a\nb"},
        {"a<br>b", "a\nb"},
        {"a <br> b", "a\nb"},
        {"a<br><br>b", "a\n\nb"},
        {"a<br><p>b</p>", "a\n\n\nb"},
        {"<div>a<br></div><div>b</div>", "a\n\nb"},
        {"<blockquote>a</blockquote><address>b</address><section>c</section>", "a\nb\nc"},
        {"<span>a<div>b</div>c</span>", "a\nb\nc"},
        {"<select><option>a<option>b</select>", "a\nb"},
        {"<fieldset><legend>a</legend>b</fieldset>", "a\nb"},
    });
}

TEST(VisibleTextTest, WhatIsOutOfTheFlowIsABlock) {
    expect_texts({
        {"<div>a <span style='position:absolute'>b</span> c</div>", "a\nb\nc"},
        {"<div>a <span style='float:right'>b</span>c</div>", "a\nb\nc"},
        {"<div>a <img style='float:left' src=x> b</div>", "a\nb"},
        {"<div>a <span style='position:relative;float:none'>b</span> c</div>", "a b c"},
        {"<div>a <span style='position:fixed;position:bogus'>b</span> c</div>", "a\nb\nc"},
    });
}

TEST(VisibleTextTest, TablesHaveTabsAndLines) {
    expect_texts({
        {"<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a\tb\nc\td"},
        {"<table> <tr> <td> a </td> <td> b </td> </tr> <tr> <td> c </table>", "a\tb\nc"},
        {"<table><caption>x</caption><thead><tr><th>a<th>b<tbody><tr><td>c<td>d</table>", "x\na\tb\nc\td"},
        {"<div>a<table><tr><td>b</table>c</div>", "a\nb\nc"},
        {"<table><tr><td><td>b</table>", "\tb"},
        {"<table><tr><td><p>a</p><td>b</table>", "a\n\n\tb"},
        {"<table><tr><td>a<table><tr><td>b<td>c<tr><td>d</table><td>e</table>", "a\nb\tc\nd\n\te"},
        {"<table><tr><td>a<td hidden>no<td>b</table>", "a\tb"},
        {"<table><tr><td>a<tr style='display:none'><td>no<tr><td>b</table>", "a\nb"},
        {"<div style='display:table-cell'>a</div><div style='display:table-cell'>b</div>", "a\tb"},
    });
}

TEST(VisibleTextTest, WhatIsNotShownIsNoText) {
    expect_texts({
        {"<title>no</title><style>no</style><script>no</script>a", "a"},
        {"<div hidden>no</div>a<div hidden=until-found>no</div>", "a"},
        {"<div style='color:red; DISPLAY : None'>no</div>a", "a"},
        {"<div style='display:none;display:block'>a</div>", "a"},
        {"<div style='display:none!important;display:block'>no</div>a", "a"},
        {"<div style='display:none;display:bogus'>no</div>a", "a"},
        {"<div style='/*x*/display/**/:none'>no</div>a", "a"},
        {"<div style='background:url(x;display);x-display:none'>a</div>", "a"},
        {"<div hidden style='display:block'>a</div>", "a"},
        {"<div style='visibility:hidden'>no<b style='visibility:visible'>a</b></div>", "a"},
        {"<div aria-hidden=true>a</div>", "a"},
        {"<noscript>a</noscript>", "a"},
        {"<template>no</template>a", "a"},
        {"<textarea>no</textarea>a", "a"},
        {"<iframe>no</iframe><video>no</video><audio>no</audio>a", "a"},
        {"<object>a</object><canvas>b</canvas>", "ab"},
        {"<ruby>a<rp>no</rp><rt>b</rt><rp>no</rp></ruby>", "ab"},
        {"<datalist><option>no</datalist>a", "a"},
        {"<details>no<summary>a</summary><p>no</p></details>b", "a\nb"},
        {"<details><p>no</p></details>b", "b"},
        {"<details open><summary>a</summary>b</details>c", "a\nb\nc"},
        {"<dialog>no</dialog><dialog open>a</dialog>", "a"},
    });
}

TEST(VisibleTextTest, PreformattedTextIsKept) {
    expect_texts({
        {"<pre> a\n  b </pre>", " a\n  b "},
        {"<div>x</div><pre>a\tb</pre><div>y</div>", "x\na\tb\ny"},
        {"<pre>a <b> b\n</b>c</pre>", "a  b\nc"},
        {"<div style='white-space:pre-wrap'> a\n b </div>", " a\n b "},
        {"<div style='white-space: pre-line'> a  b \n  c </div>", "a b\nc"},
        {"<pre><span style='white-space:normal'> a\n b </span></pre>", "a b"},
        {"<div style='white-space:pre'><table><tr><td> a  b </td></tr></table></div>", " a  b "},
    });
}

TEST(VisibleTextTest, ReadsOneElement) {
    const auto document = parse_html("<table><tr><td hidden>a <p>b</p><table><tr><td>c</table>"
                                     "<table role=presentation><tr><td>d</table></table>");
    NodeId cell = 0;
    while (document->name(cell) != "td")
        ++cell;
    VisibleTextReader reader(*document);
    EXPECT_EQ(reader.read(cell), "a\n\nb\n\nc\nd");
    EXPECT_EQ(reader.read(cell, NestedTables::kLeaveOut), "a\n\nb\n\nd");
}

} // namespace
} // namespace webwrap
