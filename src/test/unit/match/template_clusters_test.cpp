#include "core/match/template_clusters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/base/error.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {
namespace {

TemplateSketch sketch(std::string_view html) { return template_sketch(*parse_html(html)); }

TemplateSketch of_values(std::vector<std::uint32_t> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    values.resize(std::min(values.size(), TemplateSketch::kSize));
    return {std::move(values)};
}

/* `shared` elements of the template's own and `own` ones of the page. */
TemplateSketch page_of(unsigned site, int shared, int own, std::mt19937 &random) {
    std::vector<std::uint32_t> values;
    std::mt19937 fixed(site);
    for (int i = 0; i < shared; ++i)
        values.push_back(static_cast<std::uint32_t>(fixed()));
    for (int i = 0; i < own; ++i)
        values.push_back(static_cast<std::uint32_t>(random()));
    return of_values(std::move(values));
}

ErrorKind kind_of(const auto &call) {
    try {
        call();
    } catch (const Error &error) {
        return error.kind();
    }
    return ErrorKind::kInternal;
}

TEST(TemplateSketch, WordsRowsAndNumbersDoNotCount) {
    EXPECT_EQ(sketch("<ul class='b a1'><li>x</ul>"), sketch("<ul class=' a22 b b '><li>y<li>z</ul>"));
}

TEST(TemplateSketch, TagsClassesAndPlacesCount) {
    const TemplateSketch page = sketch("<div class=a><p>x</p></div>");
    EXPECT_LT(template_similarity(page, sketch("<div class=b><p>x</p></div>")), 1.0);
    EXPECT_LT(template_similarity(page, sketch("<div class=a><b>x</b></div>")), 1.0);
    EXPECT_LT(template_similarity(page, sketch("<div class=a></div><p>x</p>")), 1.0);
    EXPECT_EQ(template_similarity(page, sketch("<div class=a><p>other</p></div>")), 1.0);
}

TEST(TemplateSketch, SmallSetsAreExact) {
    EXPECT_DOUBLE_EQ(template_similarity(of_values({1, 2, 3}), of_values({2, 3, 4})), 0.5);
    EXPECT_DOUBLE_EQ(template_similarity(of_values({1}), of_values({2})), 0.0);
    EXPECT_DOUBLE_EQ(template_similarity({}, {}), 1.0);
    EXPECT_DOUBLE_EQ(template_similarity({}, of_values({2})), 0.0);
}

TEST(TemplateSketch, LargeSetsAreEstimatedWell) {
    std::mt19937 random(1);
    for (const int own : {500, 2000, 5000}) {
        const double truth = 5000.0 / (5000 + 2 * own);
        const double found = template_similarity(page_of(7, 5000, own, random), page_of(7, 5000, own, random));
        EXPECT_NEAR(found, truth, 4 * 0.5 / 22.6) << own; /* four standard errors */
    }
}

TEST(TemplateSketch, BytesAndBack) {
    std::mt19937 random(1);
    const TemplateSketch page = page_of(1, 100, 900, random);
    EXPECT_EQ(sketch_from_bytes(sketch_to_bytes(page)), page);
    EXPECT_EQ(sketch_from_bytes({}), TemplateSketch{});
    for (const std::string &bytes : {std::string("abc"), std::string(8, 'x'), std::string("\2\0\0\0\1\0\0\0", 8)})
        EXPECT_EQ(kind_of([&] { (void)sketch_from_bytes(bytes); }), ErrorKind::kCorrupted);
}

TEST(TemplateClusters, FindsTheTemplates) {
    std::mt19937 random(3);
    TemplateClusters clusters(0.6, 1000);
    std::vector<std::size_t> site_to_cluster(100, SIZE_MAX);
    for (int page = 0; page < 3000; ++page) {
        const unsigned site = static_cast<unsigned>(random() % 100);
        const auto place = clusters.add(page_of(site, 300, static_cast<int>(random() % 60), random));
        std::size_t &cluster = site_to_cluster[site];
        EXPECT_EQ(place.is_new, cluster == SIZE_MAX);
        if (cluster == SIZE_MAX)
            cluster = place.cluster;
        EXPECT_EQ(place.cluster, cluster);
        EXPECT_GE(place.similarity, 0.6);
    }
    EXPECT_EQ(clusters.size(), std::set(site_to_cluster.begin(), site_to_cluster.end()).size());
}

TEST(TemplateClusters, ThresholdDecides) {
    const TemplateSketch a = of_values({1, 2, 3, 4, 5}), b = of_values({1, 2, 3, 4, 6}); /* 4 of 6 */
    for (const auto &[threshold, is_new] : {std::pair{0.66, false}, std::pair{0.67, true}}) {
        TemplateClusters clusters(threshold, 10);
        EXPECT_TRUE(clusters.add(a).is_new);
        EXPECT_EQ(clusters.add(b).is_new, is_new);
        const auto again = clusters.add(a);
        EXPECT_FALSE(again.is_new);
        EXPECT_EQ(again.similarity, 1.0);
    }
}

TEST(TemplateClusters, TheMostSimilarOneIsChosen) {
    TemplateClusters clusters(0.5, 10);
    EXPECT_EQ(clusters.add(of_values({1, 2, 3, 4, 5, 6})).cluster, 0U);
    EXPECT_EQ(clusters.add(of_values({4, 5, 6, 7, 8, 9})).cluster, 1U);
    EXPECT_EQ(clusters.add(of_values({4, 5, 6, 7, 8, 1})).cluster, 1U);
    EXPECT_EQ(clusters.add({}).cluster, 2U);
    EXPECT_EQ(clusters.add({}).similarity, 1.0);
}

TEST(TemplateClusters, Limits) {
    TemplateClusters clusters(0.6, 1);
    EXPECT_TRUE(clusters.add(of_values({1})).is_new);
    EXPECT_EQ(kind_of([&] { (void)clusters.add(of_values({2})); }), ErrorKind::kLimitExceeded);
    EXPECT_FALSE(clusters.add(of_values({1})).is_new);
    for (const double threshold : {-0.1, 1.1})
        EXPECT_EQ(kind_of([&] { TemplateClusters(threshold, 1); }), ErrorKind::kInvalidOption);
}

} // namespace
} // namespace webwrap
