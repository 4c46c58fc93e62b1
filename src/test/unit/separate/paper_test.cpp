/* Figures and tables of Zhao, Zhang and Qi 2018, and the alignment operations of section 5.2. */

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/separate/fold.hpp"
#include "core/separate/instance.hpp"
#include "core/separate/maintainability.hpp"
#include "core/separate/merge.hpp"
#include "core/separate/separation.hpp"
#include "core/separate/source_layout.hpp"
#include "core/separate/tlbo.hpp"

namespace webwrap {
namespace {

const std::string kFigure1 =
    R"(<div><li><a href="java">Java</a></li><li><a href="php">PHP<span>STAR</span></a></li></div>)";

TEST(SeparatePaper, figure_1_is_reproduced) {
    ASSERT_EQ(kFigure1.size(), 90u);
    EXPECT_NEAR(maintainability_index(count_markup(kFigure1)), 110.106, 0.0005);
    for (const auto method : {SeparationMethod::kOptimal, SeparationMethod::kMaxMi, SeparationMethod::kMaxMiLcs,
                              SeparationMethod::kMiDualTlbo}) {
        const Separation result = separate(kFigure1, method);
        EXPECT_EQ(result.template_text,
                  R"(<div><for1><li><a href="{r1}">{r2}<if1><span>STAR</span></if1></a></li></for1></div>)")
            << separation_method_name(method);
        EXPECT_EQ(paper_notation(result.data), "for1:[{r1:java,r2:Java},{r1:php,r2:PHP,if1:[]}]");
        EXPECT_EQ(result.template_text.size() + paper_notation(result.data).size(), 131u);
        EXPECT_NEAR(result.page_maintainability, 110.106, 0.0005);
        EXPECT_NEAR(result.maintainability, 110.132, 0.0005);
        EXPECT_NEAR(maintainability_index(count_markup(result.template_text)), 110.132, 0.0005);
        EXPECT_DOUBLE_EQ(result.compression_ratio, 131.0 / 90.0);
    }
}

TEST(SeparatePaper, synthia_keeps_the_source_where_it_is_shorter) {
    SeparationOptions options;
    options.threshold = 0.5;
    const Separation result = separate(kFigure1, SeparationMethod::kSynthia, options);
    EXPECT_EQ(result.template_text, kFigure1);
    EXPECT_TRUE(result.data.empty());
    std::string longer;
    for (int i = 0; i < 20; ++i)
        longer += "<li class=\"entry of-a-list with-classes\"><b>" + std::to_string(i) + "</b></li>";
    EXPECT_EQ(separate("<ul>" + longer + "</ul>", SeparationMethod::kSynthia, options).template_text,
              "<ul><for1><li class=\"entry of-a-list with-classes\"><b>{r1}</b></li></for1></ul>");
}

TEST(SeparatePaper, table_1_counts) {
    EXPECT_EQ(count_markup("<p>a</p><p>a</p>"), (MaintainabilityCounts{4, 2, 1, 6}));
    EXPECT_EQ(count_markup("<for1><p class=\"{r1}\">{r2}</p></for1>"), (MaintainabilityCounts{4, 4, 2, 5}));
    EXPECT_EQ(count_markup("<if1><br></if1>"), (MaintainabilityCounts{2, 2, 2, 4}));
    EXPECT_EQ(count_markup("<!-- c --> \n <br>"), (MaintainabilityCounts{1, 1, 1, 2}));
    EXPECT_EQ(count_markup(""), (MaintainabilityCounts{0, 0, 1, 0}));
    EXPECT_NEAR(maintainability_index({0, 0, 1, 0}), 170.77, 1e-9);
}

TEST(SeparatePaper, tables_2_and_3) {
    /* Rows E1 A1 C1 D1 F1, columns A2 B2 D2 F2; null first. */
    const std::vector<double> row_gaps{-4, -1, -6, -4, -5};
    const std::vector<double> column_gaps{-2, -5, -3, -4};
    const std::vector<double> matches{-7, -3, 2, 1, 6, -1, -3, -5, -2, -1, -1, -3, -1, -1, 5, -2, -5, -2, -4, 6};
    const AlignmentResult result = align_globally(matches, row_gaps, column_gaps);
    EXPECT_EQ(result.cells, (std::vector<double>{0,   -2, -7, -10, -14, -4,  -6, -5, -5, -9, -5,  2,   -3, -6, -10,
                                                 -11, -4, 1,  -2,  -6,  -15, -8, -3, 6,  2,  -20, -13, -8, 1,  12}));
    EXPECT_EQ(result.score, 12);
    const std::vector<std::pair<std::int32_t, std::int32_t>> expected{{0, -1}, {1, 0}, {2, 1}, {3, 2}, {4, 3}};
    EXPECT_EQ(result.pairs, expected);
}

TEST(SeparatePaper, figure_3_ends_at_its_best) {
    const Boundaries goal{0, 1, 0, 0};
    const auto fitness = [&](const Boundaries &bits) {
        double equal = 0;
        for (std::size_t i = 0; i < bits.size(); ++i)
            equal += bits[i] == goal[i] ? 1 : 0;
        return equal;
    };
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SeededRandom random(seed);
        EXPECT_EQ(dual_tlbo({{0, 1, 1, 1}, {1, 0, 1, 1}, {0, 1, 0, 1}}, fitness, 1, 1.0, random), goal) << seed;
    }
}

TEST(SeparatePaper, equal_seeds_give_equal_separations) {
    std::string page = "<ul>";
    for (int i = 0; i < 12; ++i)
        page += i % 3 == 0 ? "<li>a</li>" : "<li>b<b>" + std::to_string(i) + "</b></li>";
    SeparationOptions options;
    options.population = 10;
    options.iterations = 10;
    const std::string once = separate(page, SeparationMethod::kMiDualTlbo, options).template_text;
    EXPECT_EQ(separate(page, SeparationMethod::kMiDualTlbo, options).template_text, once);
}

/* The alignment operations on single nodes, in the paper's setting. */
class MergeOperations : public testing::Test {
  protected:
    MergeOperations() : scores_(pool_, {0.5, 1, 0, 0.1}), merger_(pool_, scores_, {Alignment::kGlobal, false, 1000}) {}

    LayoutId node(const std::string &markup) {
        const LayoutId page = layout_of_page(pool_, markup);
        return pool_.children(page)[0];
    }
    std::string shown(LayoutId id) {
        const ValueId slots[] = {kEmptyValue, kEmptyValue};
        const LayoutId root = pool_.element(pool_.frame({{""}, "", ""}), slots, {&id, 1});
        std::string out;
        show(root, out);
        return out;
    }
    void show(LayoutId id, std::string &out) {
        const LayoutNode &node = pool_.node(id);
        const auto slots = pool_.slots(id);
        const auto slot = [&](std::size_t at) {
            return slots[at] == kVariable ? std::string("{}") : std::string(pool_.value_text(slots[at]));
        };
        if (node.kind == LayoutKind::kFor || node.kind == LayoutKind::kIf) {
            out += node.kind == LayoutKind::kFor ? "for(" : "if(";
        } else if (node.kind == LayoutKind::kElement) {
            out += slot(0);
            const LayoutFrame &frame = pool_.frame_of(node.label);
            for (std::size_t i = 0; i < frame.start.size(); ++i)
                out += (i > 0 ? slot(i) : "") + frame.start[i];
        } else {
            out += slot(0) + (node.kind == LayoutKind::kText ? std::string(pool_.value_text(node.label)) : "{}");
        }
        const auto children = pool_.children(id);
        for (const LayoutId child : std::vector<LayoutId>(children.begin(), children.end()))
            show(child, out);
        if (pool_.is_instruction(id))
            out += ")";
        else if (node.kind == LayoutKind::kElement)
            out += slot(slots.size() - 1) + pool_.frame_of(node.label).end;
    }

    LayoutPool pool_;
    PricedScores scores_;
    Merger merger_;
};

TEST_F(MergeOperations, aligning_with_null_adds_a_condition_once) {
    const LayoutId item = node("<b>x</b>");
    const LayoutId conditional = merger_.optional(item);
    EXPECT_EQ(shown(conditional), "if(<b>x</b>)");
    EXPECT_EQ(merger_.optional(conditional), conditional);
    EXPECT_EQ(shown(merger_.optional(pool_.iteration({&item, 1}))), "if(for(<b>x</b>))");
}

TEST_F(MergeOperations, our_iterations_need_no_condition) {
    Merger ours(pool_, scores_, Merger::Options());
    const LayoutId item = node("<b>x</b>");
    EXPECT_EQ(shown(ours.optional(pool_.iteration({&item, 1}))), "for(<b>x</b>)");
}

TEST_F(MergeOperations, instructions_stay_at_the_root) {
    const LayoutId x = node("<b>x</b>");
    const LayoutId y = node("<b>y</b>");
    EXPECT_EQ(shown(merger_.merge(pool_.condition(x), y)), "if(<b>{}</b>)");
    EXPECT_EQ(shown(merger_.merge(y, pool_.condition(x))), "if(<b>{}</b>)");
    EXPECT_EQ(shown(merger_.merge(pool_.iteration({&x, 1}), y)), "for(<b>{}</b>)");
    EXPECT_EQ(shown(merger_.merge(pool_.iteration({&x, 1}), pool_.iteration({&y, 1}))), "for(<b>{}</b>)");
}

TEST_F(MergeOperations, elements_go_together_by_tag_and_attribute_names) {
    EXPECT_EQ(shown(merger_.merge(node("<a href=\"1\">x</a>"), node("<a href=\"2\">x</a>"))), "<a href=\"{}\">x</a>");
    EXPECT_EQ(merger_.merge(node("<a href=\"1\">x</a>"), node("<b href=\"1\">x</b>")), kNoLayout);
    EXPECT_EQ(merger_.merge(node("<a href=\"1\">x</a>"), node("<a name=\"1\">x</a>")), kNoLayout);
    EXPECT_EQ(merger_.merge(node("<a>x</a>"), node("x")), kNoLayout);
    /* An attribute that became a reference stays one. */
    const LayoutId two = merger_.merge(node("<a href=\"1\">x</a>"), node("<a href=\"2\">x</a>"));
    EXPECT_EQ(merger_.merge(two, node("<a href=\"1\">x</a>")), two);
    EXPECT_EQ(merger_.merge(node("<a href=\"3\">x</a>"), two), two);
}

TEST_F(MergeOperations, texts_that_differ_become_one_reference) {
    const LayoutId reference = merger_.merge(node("x"), node("y"));
    EXPECT_EQ(shown(reference), "{}");
    EXPECT_EQ(merger_.merge(reference, node("z")), reference);
    EXPECT_EQ(merger_.merge(reference, reference), reference);
    EXPECT_EQ(shown(merger_.merge(node(" <!-- 1 -->x"), node(" <!-- 2 -->x"))), "{}x");
}

TEST_F(MergeOperations, children_are_aligned_and_the_rest_is_conditional) {
    EXPECT_EQ(shown(merger_.merge(node("<p><b>1</b><i>2</i></p>"), node("<p><u>0</u><b>1</b><i>3</i></p>"))),
              "<p>if(<u>0</u>)<b>1</b><i>{}</i></p>");
}

TEST_F(MergeOperations, local_alignment_keeps_one_stretch) {
    const AlignmentResult result = align_locally(std::vector<double>{1, -9, -9, -9, 1, -9, -9, -9, 1}, 3, 3);
    EXPECT_EQ(result.score, 3);
    const std::vector<std::pair<std::int32_t, std::int32_t>> expected{{0, 0}, {1, 1}, {2, 2}};
    EXPECT_EQ(result.pairs, expected);
    const AlignmentResult none = align_locally(std::vector<double>{-9}, 1, 1);
    EXPECT_EQ(none.score, 0);
    EXPECT_EQ(none.pairs.size(), 2u);
}

TEST_F(MergeOperations, records_are_aligned_with_the_layout) {
    const LayoutId page =
        layout_of_page(pool_, "<p><b>1</b><i>2</i></p><p><u>0</u><b>3</b><i>4</i></p><p><i>5</i></p>");
    const auto children = pool_.children(page);
    LayoutId merged = children[0];
    merged = merger_.merge(merged, pool_.children(page)[1]);
    merged = merger_.merge(merged, pool_.children(page)[2]);
    const LayoutId fold = pool_.iteration({&merged, 1});
    const ValueId slots[] = {kEmptyValue, kEmptyValue};
    const LayoutId layout = pool_.element(pool_.node(page).label, slots, {&fold, 1});
    const auto result = Instantiation(pool_).run(layout, page);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->text, "<for1><p><if1><u>0</u></if1><if2><b>{r1}</b></if2><i>{r2}</i></p></for1>");
    EXPECT_EQ(paper_notation(result->data), "for1:[{if2:[],r1:1,r2:2},{if1:[],if2:[],r1:3,r2:4},{r2:5}]");
}

TEST(SeparatePaper, methods_and_options_are_checked) {
    EXPECT_THROW((void)separation_method("best"), Error);
    EXPECT_THROW((void)separation_options_from_json("[]"), Error);
    EXPECT_THROW((void)separation_options_from_json(R"({"population": 1})"), Error);
    EXPECT_THROW((void)separation_options_from_json(R"({"people": 1})"), Error);
    EXPECT_EQ(separation_options_from_json(R"({"iterations": 3, "scope": "subtree"})").iterations, 3);
}

} // namespace
} // namespace webwrap
