/* Settings of section 4 of the paper: each changes an outcome. */

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/priorities.hpp"
#include "core/wrap/tree_search.hpp"
#include "goods.hpp"

namespace webwrap {
namespace {

using test::classic;
using test::classic_wrapper;
using test::Good;
using test::goods;
using test::page_of;

std::vector<std::string> values(const Document &page, const std::string &xpath) {
    std::vector<std::string> texts;
    for (const NodeRef &ref : XPath(xpath).evaluate(page).nodes)
        texts.push_back(string_value(page, ref));
    return texts;
}

/* Values of the first answer, or nothing where there is none. */
std::vector<std::string> answer(const std::string &before, const std::string &xpath, const std::string &after,
                                const std::string &options) {
    const auto old_page = parse_html(before), new_page = parse_html(after);
    const std::vector<Candidate> found =
        adapt_by_priority(*old_page, xpath, *new_page, adapt_options_from_json(options), {});
    return found.empty() ? std::vector<std::string>() : values(*new_page, found.front().xpath);
}

using Texts = std::vector<std::string>;

const std::string kBox = "<div class='box'><h2>Lamp</h2><p><b>12</b><i>new</i></p></div>";

// -- thresholds and order of measures

TEST(Settings, similarity_threshold_decides_what_a_tree_measure_answers) {
    const std::string before = "<body><div class='top'><a>x</a></div>" + kBox + "</body>";
    const std::string after =
        "<body><section><a>y</a></section><div class='b'><h2>Kettle</h2><p><b>9</b></p></div></body>";
    const auto ask = [&](const char *threshold) {
        return answer(before, "//div[@class='box']", after,
                      std::string(R"({"measures": ["simple"], "similarity_threshold": )") + threshold + "}");
    };
    EXPECT_EQ(ask("0.8"), Texts{"Kettle9"});
    EXPECT_EQ(ask("0.95"), Texts{});
}

TEST(Settings, a_measure_may_have_a_threshold_of_its_own) {
    const std::string before = "<body>" + kBox + "</body>";
    const std::string after = "<body><div class='b'><h2>Kettle</h2><p><b>9</b></p></div></body>";
    EXPECT_EQ(answer(before, "//div", after, R"({"measures": "simple 0.8", "threshold": 1})"), Texts{"Kettle9"});
    EXPECT_EQ(answer(before, "//div", after, R"({"measures": "simple 0.95", "threshold": 0})"), Texts{});
}

/* The known value stands in one place, the known structure in another. */
TEST(Settings, the_first_measure_that_answers_wins) {
    const std::string before = "<body><div class='box'><h2>Lamp</h2></div></body>";
    const std::string after = "<body><p>Lamp</p><div class='box'><h2>Stool</h2></div></body>";
    const auto ask = [&](const char *measures) {
        return answer(before, "//div", after, std::string(R"({"measures": [)") + measures + "]}");
    };
    EXPECT_EQ(ask(R"("values", "simple")"), Texts{"Lamp"});
    EXPECT_EQ(ask(R"("simple", "values")"), Texts{"Stool"});
}

TEST(Settings, the_next_measure_is_asked_when_one_has_no_answer) {
    const std::string before = "<body><div class='box'><h2>Lamp</h2></div></body>";
    const std::string after = "<body><div class='box'><h2>Stool</h2></div></body>";
    EXPECT_EQ(answer(before, "//div", after, R"({"measures": ["values"]})"), Texts{});
    EXPECT_EQ(answer(before, "//div", after, R"({"measures": ["values", "clustered"]})"), Texts{"Stool"});
}

/* Two boxes: one with the children permuted, one with other children in the old order. */
TEST(Settings, measures_differ_in_what_they_find) {
    const std::string before = "<body><div><h2>a</h2><p>b</p><ul><li>c</li></ul><em>d</em></div></body>";
    const std::string after =
        "<body><section><div><em>permuted</em><ul><li>c</li></ul><p>b</p><h2>a</h2></div></section>"
        "<section><div><h2>in order</h2><p>b</p><ol></ol><em>d</em></div></section></body>";
    EXPECT_EQ(answer(before, "//div", after, R"({"measures": "simple 0.5"})").front().substr(0, 8), "in order");
    EXPECT_EQ(answer(before, "//div", after, R"({"measures": "bigram 0.5"})").front().substr(0, 8), "permuted");
}

TEST(Settings, every_measure_finds_an_unchanged_subtree) {
    const std::string before = "<body><p>x</p>" + kBox + "</body>";
    const std::string after = "<body><main><p>x</p><div><p>y</p></div>" + kBox + "</main></body>";
    for (const char *measure :
         {"values", "combined", "simple", "clustered", "bigram", "jaro_winkler", "edit", "flexible"})
        EXPECT_EQ(answer(before, "//div[@class='box']", after, std::string(R"({"measures": ")") + measure + R"("})"),
                  Texts{"Lamp12new"})
            << measure;
}

TEST(Settings, leaves_are_found_by_their_texts) {
    const std::string before = "<body><p><b>Weight</b> <i>12 kg, steel</i></p></body>";
    const std::string after = "<body><ul><li>Length</li><li>11.8 kg, steel</li><li>red</li></ul></body>";
    for (const char *measure : {"simple", "jaro_winkler", "edit", "bigram"})
        EXPECT_EQ(answer(before, "//i", after, std::string(R"({"measures": ")") + measure + R"( 0.6"})"),
                  Texts{"11.8 kg, steel"})
            << measure;
}

TEST(Settings, equal_leaves_of_one_pattern_are_not_told_apart) {
    const std::string before = "<body><p><i>new</i></p></body>";
    const std::string after = "<body><p><i>new</i></p><p><i>new</i></p></body>";
    EXPECT_EQ(answer(before, "//i", after, R"({"measures": "simple"})"), Texts{});
}

TEST(Settings, a_list_is_found_by_a_tree_measure) {
    const auto item = [](const Good &good) { return "<li><h3>" + good.name + "</h3><p>" + good.maker + "</p></li>"; };
    const std::string before = page_of(goods(5), item);
    const std::string after = page_of(goods(7, 20), item, "<main><section><ul>", "</ul></section></main>");
    Texts names;
    for (const Good &good : goods(7, 20))
        names.push_back(good.name + good.maker);
    EXPECT_EQ(answer(before, "//ul/li", after, R"({"measures": ["values", "clustered 0.85"]})"), names);
}

// -- label flags: of two boxes one has the old tags, another one what the flag looks at

struct LabelCase {
    const char *name;
    const char *options;
    const char *before;
    const char *decoy; /* what bare tags find */
    const char *meant; /* what the flag finds */
};

class Labels : public ::testing::TestWithParam<LabelCase> {};

TEST_P(Labels, change_what_is_found) {
    const LabelCase &one = GetParam();
    const std::string before = std::string("<body>") + one.before + "</body>";
    const std::string after = std::string("<body>") + one.decoy + one.meant + "</body>";
    const std::string xpath = "//div[p]";
    const Texts plain = answer(before, xpath, after, R"({"measures": "simple 0.4"})");
    const Texts flagged =
        answer(before, xpath, after, std::string(R"({"measures": "simple 0.4", )") + one.options + "}");
    ASSERT_EQ(plain.size(), 1U);
    ASSERT_EQ(flagged.size(), 1U);
    EXPECT_EQ(plain.front(), "decoy");
    EXPECT_EQ(flagged.front(), "meant");
}

INSTANTIATE_TEST_SUITE_P(
    Settings, Labels,
    ::testing::Values(
        LabelCase{"id", R"("labels": "tag+id")", "<div id=a><p>old</p><b></b></div>",
                  "<div id=z><p>decoy</p><b></b></div>", "<div id=a><p>meant</p></div>"},
        LabelCase{"class", R"("labels": "tag+class")", "<div class=a><p>old</p><b></b></div>",
                  "<div class=z><p>decoy</p><b></b></div>", "<div class=a><p>meant</p></div>"},
        LabelCase{"id_and_class", R"("labels": "tag+id+class")", "<div class=a id=i><p>old</p><b></b></div>",
                  "<div class=a id=z><p>decoy</p><b></b></div>", "<div class=a id=i><p>meant</p></div>"},
        LabelCase{"attributes", R"("labels": "tag+attributes")", "<div data-k=a><p>old</p><b></b></div>",
                  "<div data-k=z><p>decoy</p><b></b></div>", "<div data-k=a><p>meant</p></div>"},
        LabelCase{"named_attributes", R"("labels": ["data-k"])", "<div data-k=a title=i><p>old</p><b></b></div>",
                  "<div data-k=z title=i><p>decoy</p><b></b></div>", "<div data-k=a title=z><p>meant</p></div>"},
        LabelCase{"path", R"("labels": "path")", "<main><div><p>old</p><b></b></div></main>",
                  "<aside><div><p>decoy</p><b></b></div></aside>", "<main><div><p>meant</p></div></main>"},
        LabelCase{"text_nodes", R"("text_nodes": true)", "<div><p>old<b></b></p></div>",
                  "<div><p><b>decoy</b></p></div>", "<div><p>meant<b></b><u></u></p></div>"},
        LabelCase{"texts", R"("text": "exact")", "<div title=x><p>x</p><b>k</b><b>l</b><b></b></div>",
                  "<div><p>decoy</p><b></b><b></b><b></b></div>", "<div><p>meant</p><b></b></div>"}),
    [](const auto &info) { return std::string(info.param.name); });

// -- thresholds and measures of a wrapper

std::string cards(const std::vector<Good> &all) {
    return page_of(
        all,
        [](const Good &good) {
            return "<article class='card'><h3>" + good.name + "</h3><p class='maker'>" + good.maker +
                   "</p><p class='seller'>" + good.seller + "</p><b class='price'>" + good.price + "</b><time>" +
                   good.made + "</time></article>";
        },
        "<main>", "</main>");
}

WrapperAdaptation adapted(const Wrapper &wrapper, const std::string &before, const std::string &after,
                          bool is_last_page = true) {
    const auto old_page = parse_html(before), new_page = parse_html(after);
    const PagePair pair{old_page.get(), new_page.get(), is_last_page};
    return adapt_wrapper(wrapper, {&pair, 1}, wrapper.adaptation, {});
}

const PatternAdaptation &of(const WrapperAdaptation &adaptation, const std::string &name) {
    for (const PatternAdaptation &pattern : adaptation.patterns)
        if (pattern.pattern == name)
            return pattern;
    throw std::runtime_error(name);
}

TEST(Settings, a_column_may_have_thresholds_of_its_own) {
    Wrapper wrapper = classic_wrapper();
    EXPECT_TRUE(adapted(wrapper, classic(goods(12)), cards(goods(12))).is_sure);
    wrapper.adaptation.patterns["maker"].threshold = 1;
    const WrapperAdaptation strict = adapted(wrapper, classic(goods(12)), cards(goods(12)));
    EXPECT_FALSE(strict.is_sure);
    EXPECT_FALSE(of(strict, "maker").is_sure);
    EXPECT_TRUE(of(strict, "name").is_sure);
    wrapper.adaptation.patterns.clear();
    wrapper.adaptation.threshold = 1;
    wrapper.adaptation.patterns["name"].threshold = 0;
    const WrapperAdaptation one = adapted(wrapper, classic(goods(12)), cards(goods(12)));
    EXPECT_TRUE(of(one, "name").is_sure);
    EXPECT_FALSE(of(one, "maker").is_sure);
}

TEST(Settings, a_column_may_have_a_similarity_threshold_of_its_own) {
    Wrapper wrapper = classic_wrapper();
    wrapper.adaptation.patterns["maker"].similarity_threshold = 1; /* td became p */
    const WrapperAdaptation strict = adapted(wrapper, classic(goods(12)), cards(goods(12)));
    EXPECT_FALSE(of(strict, "maker").is_sure);
    EXPECT_TRUE(of(strict, "name").is_sure);
}

/* All content is new, the records' structure is the old one at another place. */
TEST(Settings, a_wrapper_is_adapted_by_a_tree_measure_where_values_are_gone) {
    const auto old_item = [](const Good &good) {
        return "<li class='e'><h3><a href='#'>" + good.name + "</a></h3><p><i>" + good.price + "</i></p></li>";
    };
    const auto new_item = [](const Good &good) {
        return "<li><h3><a href='#'>" + good.name + "</a></h3><p><i>" + good.price + "</i></p></li>";
    };
    const std::string before = page_of(goods(8), old_item),
                      after = page_of(goods(8, 40), new_item, "<div><ol>", "</ol></div>");
    Wrapper wrapper = wrapper_from_json(R"({"rows": {"xpath": "//li[@class='e']", "min": 3}, "columns": {
        "name": {"xpath": "h3", "required": true}, "price": {"xpath": "p", "type": "numeric"}}})");
    wrapper.adaptation.measures = adapt_measures_from_text("values");
    EXPECT_FALSE(adapted(wrapper, before, after).is_sure);
    wrapper.adaptation.measures = adapt_measures_from_text("values, clustered 0.7");
    const WrapperAdaptation found = adapted(wrapper, before, after);
    ASSERT_TRUE(found.is_sure) << of(found, "rows").reason << of(found, "name").reason << of(found, "price").reason;
    EXPECT_EQ(of(found, "rows").measure, "clustered");
    const auto new_page = parse_html(after);
    const Extraction extraction = Extractor(found.wrapper).extract(*new_page, {});
    ASSERT_EQ(extraction.records.size(), 8U);
    EXPECT_EQ(extraction.records[0].cells[0].value, goods(1, 40).front().name);
    EXPECT_EQ(extraction.records[0].cells[1].value, goods(1, 40).front().price);
}

// -- triggers

/* The seller may be missing, so nothing is violated when its XPath finds none. */
TEST(Settings, top_down_says_which_columns_follow_their_record) {
    const auto seller_with = [](const char *top_down) {
        Wrapper wrapper = classic_wrapper();
        wrapper.columns[1].required = wrapper.columns[4].required = true;
        wrapper.adaptation.top_down = top_down_from_text(top_down);
        const WrapperAdaptation found = adapted(wrapper, classic(goods(12)), cards(goods(12)));
        EXPECT_TRUE(found.is_sure) << top_down;
        EXPECT_NE(of(found, "maker").measure, "kept") << "it is violated, so it is adapted for its own sake";
        EXPECT_EQ(of(found, "price").measure, "kept") << top_down;
        return of(found, "seller").measure;
    };
    EXPECT_EQ(seller_with("none"), "kept");
    EXPECT_EQ(seller_with("seller"), "values");
    Wrapper wrapper = classic_wrapper();
    EXPECT_EQ(of(adapted(wrapper, classic(goods(12)), cards(goods(12))), "price").measure, "values");
}

/* What the row XPath finds satisfies the row pattern, but is another list. */
TEST(Settings, bottom_up_adapts_the_record_for_its_columns_sake) {
    const std::string before = page_of(
        goods(8), [](const Good &good) { return "<li><b>" + good.name + "</b><i>" + good.maker + "</i></li>"; });
    const std::string after =
        "<body><ul class='list'><li>Home</li><li>About</li><li>Help</li></ul>" +
        page_of(
            goods(8),
            [](const Good &good) { return "<article><h3>" + good.name + "</h3><p>" + good.maker + "</p></article>"; },
            "<main>", "</main>") +
        "</body>";
    for (const char *measures : {"combined", "values"}) {
        Wrapper wrapper = wrapper_from_json(R"({"rows": {"xpath": "//ul[@class='list']/li", "min": 2}, "columns": {
            "name": {"xpath": "b", "required": true}, "maker": {"xpath": "i", "required": true}}})");
        wrapper.adaptation.measures = adapt_measures_from_text(measures);
        const WrapperAdaptation up = adapted(wrapper, before, after);
        EXPECT_TRUE(up.is_sure);
        EXPECT_NE(of(up, "rows").new_xpath, of(up, "rows").old_xpath);
        wrapper.adaptation.bottom_up = false;
        const WrapperAdaptation alone = adapted(wrapper, before, after);
        EXPECT_FALSE(alone.is_sure);
        EXPECT_EQ(of(alone, "rows").new_xpath, of(alone, "rows").old_xpath);
    }
}

TEST(Settings, without_bottom_up_columns_are_adapted_inside_their_records) {
    const auto before = page_of(goods(8), [](const Good &good) { return "<li><b>" + good.name + "</b></li>"; });
    const auto after =
        page_of(goods(8), [](const Good &good) { return "<li><i>1</i><em>" + good.name + "</em></li>"; });
    Wrapper wrapper = wrapper_from_json(R"({"rows": {"xpath": "//ul/li", "min": 2}, "columns": {
        "name": {"xpath": "b", "required": true}}, "adapt": {"bottom_up": false}})");
    const WrapperAdaptation found = adapted(wrapper, before, after);
    EXPECT_TRUE(found.is_sure);
    EXPECT_EQ(of(found, "rows").new_xpath, "//ul/li");
    EXPECT_NE(of(found, "name").new_xpath, "b");
}

// -- constraints

/* A constraint decides whether an adaptation is accepted: here what was found holds 14 records of five cells each. */
bool is_accepted(const std::function<void(Wrapper &)> &change) {
    Wrapper wrapper = classic_wrapper();
    change(wrapper);
    const bool is_last_page = false; /* which may hold fewer */
    return adapted(wrapper, classic(goods(12)), cards(goods(14)), is_last_page).is_sure;
}

TEST(Settings, how_often_a_pattern_occurs_decides_what_is_accepted) {
    EXPECT_TRUE(is_accepted([](Wrapper &wrapper) { wrapper.rows->max = 14; }));
    EXPECT_FALSE(is_accepted([](Wrapper &wrapper) { wrapper.rows->max = 13; }));
    EXPECT_TRUE(is_accepted([](Wrapper &wrapper) { wrapper.rows->min = 12; }));
    EXPECT_FALSE(is_accepted([](Wrapper &wrapper) { wrapper.rows->min = 15; }));
    EXPECT_TRUE(is_accepted([](Wrapper &wrapper) { wrapper.columns[1].min_occurs = 1; }));
    EXPECT_FALSE(is_accepted([](Wrapper &wrapper) { wrapper.columns[1].min_occurs = 2; }));
}

TEST(Settings, how_often_children_occur_decides_what_is_accepted) {
    EXPECT_TRUE(is_accepted([](Wrapper &wrapper) { wrapper.rows->min_children = 5; }));
    EXPECT_FALSE(is_accepted([](Wrapper &wrapper) { wrapper.rows->min_children = 6; }));
    EXPECT_TRUE(is_accepted([](Wrapper &wrapper) { wrapper.rows->max_children = 5; }));
    EXPECT_FALSE(is_accepted([](Wrapper &wrapper) { wrapper.rows->max_children = 4; }));
}

TEST(Settings, a_data_type_decides_what_is_accepted) {
    EXPECT_TRUE(is_accepted([](Wrapper &wrapper) { wrapper.columns[4].type = CellType::kDate; }));
    EXPECT_FALSE(is_accepted([](Wrapper &wrapper) { wrapper.columns[4].type = CellType::kNumeric; }));
}

TEST(Settings, an_xml_schema_decides_what_is_accepted) {
    const std::string schema =
        R"(<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='good'><xs:complexType>
        <xs:sequence><xs:element name='name' type='xs:string'/><xs:element name='maker' type='xs:string'/>
        <xs:element name='seller' type='xs:string' minOccurs='0'/><xs:element name='price' minOccurs='0'><xs:simpleType>
        <xs:restriction base='xs:decimal'><xs:maxInclusive value='LIMIT'/></xs:restriction></xs:simpleType></xs:element>
        <xs:element name='made' type='xs:date'/></xs:sequence></xs:complexType></xs:element></xs:schema>)";
    const auto sure_with = [&](const std::string &limit) {
        Wrapper wrapper = classic_wrapper();
        wrapper.name = "good";
        wrapper.xml_schema = schema;
        wrapper.xml_schema.replace(schema.find("LIMIT"), 5, limit);
        return adapted(wrapper, classic(goods(12)), cards(goods(12))).is_sure;
    };
    EXPECT_TRUE(sure_with("200"));
    EXPECT_FALSE(sure_with("50"));
}

// -- reading and writing

TEST(Settings, a_wrapper_keeps_its_settings) {
    const std::string json =
        R"({"rows":{"xpath":"//li","min_children":1,"max_children":9,"threshold":0.5},"columns":{"a":{"xpath":"b",)"
        R"("type":"text","similarity_threshold":0.25}},"name":"good","adapt":{"threshold":0.9,"measures":"values, clustered 0.8",)"
        R"("labels":"path","top_down":["a"],"bottom_up":false}})";
    EXPECT_EQ(wrapper_to_json(wrapper_from_json(json)), json);
    EXPECT_EQ(top_down_to_text(top_down_from_text("none")), "none");
    EXPECT_EQ(top_down_to_text(top_down_from_text("a,b")), "a, b");
    EXPECT_EQ(top_down_to_text(top_down_from_text("all")), "all");
}

TEST(Settings, a_wrapper_keeps_attributes_and_texts_of_labels) {
    const std::string json =
        R"({"columns":{"a":{"xpath":"b","type":"text"}},"adapt":{"labels":["data-k","rel"],"text":"words"}})";
    EXPECT_EQ(wrapper_to_json(wrapper_from_json(json)), json);
    EXPECT_EQ(labels_name(labels_from_name("@data-k,@rel")), "@data-k, @rel");
    EXPECT_EQ(labels_from_name("@data-k, @rel").attributes, (Texts{"data-k", "rel"}));
    for (const char *name : {"@", "@a, b", "@a,", "data-k"})
        EXPECT_THROW((void)labels_from_name(name), Error) << name;
}

TEST(Settings, texts_are_compared_symmetrically) {
    for (const Measure measure : {Measure::kSimple, Measure::kEdit, Measure::kJaroWinkler}) {
        EXPECT_EQ(leaf_similarity("Martha", "marhta ", measure), leaf_similarity("marhta", "martha", measure));
        EXPECT_EQ(leaf_similarity(" a  b", "A b", measure), 1);
        EXPECT_EQ(leaf_similarity("a", "", measure), 0);
        EXPECT_LT(leaf_similarity("abc", "xyz", measure), 0.01);
    }
    EXPECT_NEAR(leaf_similarity("martha", "marhta", Measure::kJaroWinkler), 0.9611, 0.0001);
    EXPECT_NEAR(leaf_similarity("kitten", "sitting", Measure::kEdit), 1 - 3.0 / 7, 1e-9);
}

} // namespace
} // namespace webwrap
