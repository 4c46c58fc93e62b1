#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/fetch/url_template.hpp"

namespace webwrap {
namespace {

std::vector<std::string> all_urls(const UrlTemplate &urls, const UrlParameters &values = {}) {
    std::vector<std::string> all;
    for (std::int64_t i = 0; i < urls.count(values); ++i)
        all.push_back(urls.url_at(i, values));
    return all;
}

using Strings = std::vector<std::string>;

TEST(UrlTemplateTest, PlacesAreFilledLastFastest) {
    EXPECT_EQ(all_urls(UrlTemplate("list")), Strings{"list"});
    EXPECT_EQ(all_urls(UrlTemplate("p{1..3}")), (Strings{"p1", "p2", "p3"}));
    EXPECT_EQ(all_urls(UrlTemplate("p{09..10}")), (Strings{"p09", "p10"}));
    EXPECT_EQ(all_urls(UrlTemplate("{a,b}/{1..2}")), (Strings{"a/1", "a/2", "b/1", "b/2"}));
}

TEST(UrlTemplateTest, ParametersAreEncoded) {
    const UrlTemplate urls("s?q={q}&p={1..2}");
    EXPECT_EQ(urls.parameters(), Strings{"q"});
    EXPECT_EQ(all_urls(urls, {{"q", {"a&b", "c d"}}}),
              (Strings{"s?q=a%26b&p=1", "s?q=a%26b&p=2", "s?q=c%20d&p=1", "s?q=c%20d&p=2"}));
    EXPECT_EQ(urls.count({{"q", {}}}), 0);
}

TEST(UrlTemplateTest, RepeatedParameterTakesOneValue) {
    const UrlTemplate urls("{q}/{q}");
    const UrlParameters values = {{"q", {"a", "b"}}};
    EXPECT_EQ(all_urls(urls, values), (Strings{"a/a", "b/b"}));
    EXPECT_EQ(urls.values_at(1, values), (UrlParameters{{"q", {"b"}}}));
}

TEST(UrlTemplateTest, CountSaturates) {
    const std::string range = "{1..4000000000}";
    EXPECT_EQ(UrlTemplate(range + range + range).count(), std::numeric_limits<std::int64_t>::max());
}

TEST(UrlTemplateTest, BadTemplatesAreRefused) {
    for (const char *bad : {"a{", "a}", "{}", "{1..}", "{5..1}", "{a b}", "{{x}}", "{-1..2}"})
        EXPECT_THROW(UrlTemplate{bad}, Error) << bad;
}

} // namespace
} // namespace webwrap
