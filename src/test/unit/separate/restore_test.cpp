/* Whatever a page is, template and data give it back. */

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/separate/instance.hpp"
#include "core/separate/records.hpp"
#include "core/separate/separation.hpp"
#include "core/separate/source_layout.hpp"
#include "lists.hpp"

namespace webwrap {
namespace {

constexpr SeparationMethod kAllMethods[] = {SeparationMethod::kSynthia,  SeparationMethod::kMaxMi,
                                            SeparationMethod::kMaxMiLcs, SeparationMethod::kMiDualTlbo,
                                            SeparationMethod::kOptimal,  SeparationMethod::kRecords};

void expect_restored(const std::string &page, SeparationMethod method) {
    LayoutPool pool;
    EXPECT_EQ(page_of_layout(pool, layout_of_page(pool, page)), page);
    SeparationOptions options;
    options.population = 4;
    options.iterations = 2;
    const Separation result = separate(page, method, options);
    /* As jsonb keeps data: members in another order. */
    const TemplateData stored = TemplateData::parse(nlohmann::json::parse(result.data_text).dump());
    EXPECT_EQ(restore(result.template_text, stored), page);
    EXPECT_FALSE(template_as_jinja(result.template_text).empty() && !page.empty());
}

TEST(Restore, small_pages_of_every_kind) {
    const std::string pages[] = {
        "",
        " ",
        "x",
        "<",
        "</",
        "<p",
        "<p a=\"",
        "</x></x>",
        "<!DOCTYPE html>\r\n<html>\r\n<body>a\r\n</body></html>\r\n",
        "<UL><LI>a<LI>b<LI>c</UL>",
        "<ul><li class=a>1<li class=b>2<li class='c'>3</ul>",
        "<table><tr><td>1<td>2<tr><td>3<td>4</table>",
        "<table>x<tr>y<td>z</table>",
        "<b><p>a</b>b</p><b><p>a</b>b</p>",
        "<template><li>1</li><li>2</li></template>t<template><li>3</li></template>",
        "<script>var a = '<li>';</script><script>var b = '<li>';</script>",
        "<dl><dt>a<dd>b<dt>c<dd>d<dt>e<dd>f</dl>",
        "<svg><g/><g/><g/></svg><math><mi>x</mi></math>",
        "a &amp; b &lt; c &nbsp;",
        "<p>{r1}</p><p>{=r1}</p><p>{==r1}</p><p>{r01}{r}{r1</p>",
        "<for1>a</for1><for1>b</for1><if1></=if1></if2></=for1><=for1>",
        "{{ x }}{% raw %}{# c #}{ {",
        "<p>{</p><p>{{</p><p>%}</p>",
        "<li a=1 a=2>x</li><li a=3 a=4>y</li>",
        "<a href=x/>1</a><a href=y/>2</a><a =a=b>3</a><a/b/c=d>4</a>",
        "<frameset><frame src=a><frame src=b></frameset>",
        "<select><option>1<option>2<option selected>3</select>",
        "<body class=a><body class=b><html lang=x>",
        "</br></p></br></p>",
        "<plaintext><li>1</li><li>2</li>",
    };
    for (const std::string &page : pages)
        for (const SeparationMethod method : kAllMethods) {
            SCOPED_TRACE(page);
            expect_restored(page, method);
        }
}

TEST(Restore, mutated_pages) {
    SeededRandom random(7);
    static constexpr std::string_view kPieces[] = {
        "<li>",    "</li>",        "<ul>", "</ul>", "<b>",        "</b>",     "<td>",     "<tr>",
        "<table>", "</table>",     "{r1}", "<if1>", "</for1>",    "<!--c-->", "\r\n",     " ",
        "x",       "<a href='q'>", "</a>", "&amp;", "<p>",        "<br>",     "<script>", "</script>",
        "{",       "\"",           "<",    ">",     "<template>", "\xC3\xA9"};
    for (int round = 0; round < 3000; ++round) {
        std::string page = test::random_list(random, 1 + random.below(12));
        for (std::size_t change = random.below(8); change > 0; --change) {
            const std::size_t at = random.below(page.size() + 1);
            if (random.below(2) == 0 && at < page.size() && static_cast<unsigned char>(page[at]) < 0x80)
                page.erase(at, 1);
            else if (at == page.size() || (static_cast<unsigned char>(page[at]) & 0xC0) != 0x80)
                page.insert(at, kPieces[random.below(std::size(kPieces))]);
        }
        SCOPED_TRACE(page);
        expect_restored(page, kAllMethods[static_cast<std::size_t>(round) % std::size(kAllMethods)]);
    }
}

TEST(Restore, deep_and_wide_pages) {
    std::string deep;
    for (int i = 0; i < 50'000; ++i)
        deep += "<div>";
    expect_restored(deep, SeparationMethod::kOptimal);
    std::string wide = "<select>";
    for (int i = 0; i < 5'000; ++i)
        wide += "<option value=" + std::to_string(i) + ">" + std::to_string(i % 7) + "</option>";
    expect_restored(wide, SeparationMethod::kOptimal);
    EXPECT_EQ(separate(wide, SeparationMethod::kOptimal).template_text,
              "<select><for1><option value={r1}>{r2}</option></for1>");
}

TEST(Restore, templates_that_do_not_nest_are_refused) {
    for (const char *broken : {"<for1>", "</for1>", "<for1><if1></for1></if1>", "<for1></for2>", "<if1></for1>"})
        EXPECT_THROW((void)restore(broken, TemplateData::object()), Error) << broken;
    std::string deep;
    for (int i = 0; i < 2000; ++i)
        deep += "<if1>";
    EXPECT_THROW((void)restore(deep, TemplateData::object()), Error);
}

TEST(Restore, data_that_do_not_fit_are_refused) {
    const auto restored = [](const char *text, const char *data) { return restore(text, parse_template_data(data)); };
    EXPECT_THROW((void)restored("{r1}", "{}"), Error);
    EXPECT_THROW((void)restored("{r1}", R"({"r1": 1})"), Error);
    EXPECT_THROW((void)restored("<for1>x</for1>", R"({"for1": 1})"), Error);
    EXPECT_THROW((void)restored("<for1>x</for1>", R"({"for1": [1]})"), Error);
    EXPECT_THROW((void)restored("<for1>{r1}</for1>", R"({"r1": "a", "for1": [{}]})"), Error);
    EXPECT_THROW((void)parse_template_data("[]"), Error);
    EXPECT_THROW((void)parse_template_data("{"), Error);
    EXPECT_EQ(restored("<for1>x</for1><if1>y</if1>", "{}"), "");
    EXPECT_EQ(restored("<for1>x</for1><if1>y</if1>z", R"({"for1": [{}, {}], "if1": []})"), "xxyz");
}

TEST(Restore, jinja_templates_keep_what_jinja_would_take) {
    EXPECT_EQ(template_as_jinja("a\r\n{{b\n"), "a{{ '\\r' }}\n{{ '{' }}{b{{ '\\n' }}");
    EXPECT_EQ(template_as_jinja("{\r{\n"), "{{ '{' }}{{ '\\r' }}{{ '{' }}{{ '\\n' }}");
    EXPECT_EQ(template_as_jinja("{{r1}%}"), "{{ '{' }}{{ r1 }}%}");
    EXPECT_EQ(
        template_as_jinja("<for1><if1>{r1}<for2>x</for2></if1></for1>"),
        "{% for item1 in for1 %}{% if item1.if1 is defined %}{{ item1.r1 }}{% for item2 in item1.for2 %}x{% endfor "
        "%}{% endif %}{% endfor %}");
}

TEST(Records, turns_of_nested_iterations) {
    const auto data = parse_template_data(
        R"({"for1": [{"r1": "A", "for2": [{"r2": "1"}, {"r2": " 2 "}]}, {"r1": "B", "if1": [], "for2": [{"r2": "3"}]}]})");
    const auto records = records_of("<for1><h2>{r1}</h2><if1>!</if1><for2><li>{r2}</li></for2></for1>", data);
    ASSERT_EQ(records.size(), 5u);
    EXPECT_EQ(records[0].list, "for1");
    EXPECT_EQ(records[0].text, "A 1 2");
    EXPECT_EQ(records[0].fields, R"({"r1":"A"})");
    EXPECT_EQ(records[2].list, "for2");
    EXPECT_EQ(records[2].number, 2);
    EXPECT_EQ(records[2].parent, 1);
    EXPECT_EQ(records[2].text, "2");
    EXPECT_EQ(records[3].fields, R"({"r1":"B","if1":true})");
    EXPECT_EQ(records[4].number, 3);
    EXPECT_EQ(records[4].parent, 2);
}

TEST(Optimal, is_what_exhaustive_search_finds) {
    const auto comparison = test::compare_with_exhaustive(400, 9, 11);
    EXPECT_EQ(comparison.equal, comparison.lists);
    EXPECT_LE(comparison.worst, 0.1);
}

/* A table of contents of `depth` levels, whose entries differ in what they have in them. */
std::string contents(SeededRandom &random, int depth, std::size_t most) {
    static constexpr std::string_view kTags[] = {"a", "b", "i", "u", "code"};
    std::string list = "<ul>";
    for (std::size_t entry = 3 + random.below(most); entry > 0; --entry) {
        list += "<li>";
        for (std::size_t tags = 1 + random.below(4); tags > 0; --tags) {
            const std::string tag(kTags[random.below(std::size(kTags))]);
            list += "<" + tag + ">" + std::to_string(random.below(100)) + "</" + tag + ">";
        }
        if (depth > 0 && random.below(3) > 0)
            list += contents(random, depth - 1, most);
        list += "</li>";
    }
    return list + "</ul>";
}

/* Merging a few siblings of thousands of nodes each fills a table for every two lists in them: gigabytes, unbounded. */
TEST(Optimal, few_large_siblings_stay_in_bounds) {
    SeededRandom random(5);
    const std::string page = contents(random, 3, 14);
    LayoutPool pool;
    const LayoutId plain = layout_of_page(pool, page);
    const LayoutId folded = OptimalFolder(pool).fold(plain);
    EXPECT_LT(pool.memory_bytes(), 128u << 20);
    MaintainabilityCounter counter(pool);
    EXPECT_GT(maintainability_index(counter.count(folded)), maintainability_index(counter.count(plain)) + 10);
    const auto result = Instantiation(pool).run(folded, plain);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(restore(result->text, result->data) == page);
}

TEST(Optimal, folds_units_of_several_siblings) {
    std::string rows = "<table>";
    std::string terms = "<dl>";
    for (int i = 0; i < 6; ++i) {
        rows += "<tr class=a><td>" + std::to_string(i) + "<tr class=b><td colspan=2>d" + std::to_string(i);
        terms += "<dt>t" + std::to_string(i) + "</dt> <dd>d" + std::to_string(i) + "</dd> ";
    }
    EXPECT_EQ(separate(rows, SeparationMethod::kOptimal).template_text,
              "<table><for1><tr class=a><td>{r1}<tr class=b><td colspan=2>{r2}</for1>");
    EXPECT_EQ(separate(terms + "</dl>", SeparationMethod::kOptimal).template_text,
              "<dl><for1>{s1}<dt>{r1}</dt> <dd>{r2}</dd></for1> </dl>");
}

} // namespace
} // namespace webwrap
