#pragma once

#include <array>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/wrap/feature_matcher.hpp"
#include "core/wrap/groups.hpp"

namespace webwrap {

/* Likeness of two groups of elements as wholes, each 0..1. */
enum class GroupFeature : std::size_t {
    kCount,          /* smaller over greater number of elements */
    kCountClose,     /* the same on a logarithmic scale */
    kLengths,        /* quantiles of the lengths of their texts */
    kShapes,         /* shapes of their texts, as a distribution */
    kWords,          /* words of their texts, likewise */
    kHeading,        /* heading before the first */
    kBefore,         /* words before the first */
    kAfter,          /* words after the last */
    kOnePath,        /* share of elements with the commonest path of tags */
    kOneClass,       /* and class */
    kSpan,           /* share of the page from the first to the last */
    kDensity,        /* share of the text from the first to the last that is theirs */
    kPathShare,      /* share of the page's elements with their path of tags that they are */
    kClassShare,     /* and class */
    kCoverage,       /* share of their container's text that is theirs */
    kContainerName,  /* names of the container */
    kContainerAbove, /* names around the container */
    kContainerSize,  /* its share of the page's text */
    kDistinct,       /* share of texts that differ */
    kAdjacent,       /* share that follow a sibling of the group */
    kComplete,       /* share of their parents' children of their tag that they are */
    kKnownTexts,     /* share whose text stood in the other group */
    kNotElsewhere,   /* share whose text did not stand elsewhere on the other page */
    kNamesOwn,       /* share of its names, and its parent's, that did not stand elsewhere on the other page */
    kLabelOwn,       /* 1: its label is the other's; 0: it is another text of the other page */
    kMargin,         /* lead of their likeness over the best element left out */
    kWorst,          /* likeness of the least like element */
};
inline constexpr std::size_t kGroupFeatureCount = 27;

using GroupVector = std::array<float, kGroupFeatureCount>;

/* Numbers of elements with one path, and with one path and class, of a page; its texts and names. */
struct PageCounts {
    explicit PageCounts(const PageFeatures &page);
    std::unordered_map<std::uint64_t, std::int32_t> path_to_count, class_to_count, family_to_count;
    std::unordered_set<std::uint64_t> texts; /* of elements */
    std::unordered_set<std::uint64_t> runs;  /* of text nodes */
    std::unordered_set<TokenId> names;
};

/* What a group looks like as a whole. */
struct GroupProfile {
    GroupProfile(const PageFeatures &page, const PageCounts &counts, const ElementGroup &group);

    ElementId first = kNoElement, last = kNoElement, container = kNoElement;
    std::size_t count = 0;
    std::array<float, 5> lengths{};                       /* quantiles */
    std::vector<std::pair<TokenId, float>> shapes, words; /* by token; shares */
    std::unordered_set<std::uint64_t> texts;
    float one_path = 0, one_class = 0, span = 0, density = 0, path_share = 0, class_share = 0, coverage = 0;
    float container_size = 0, distinct = 0, adjacent = 0, complete = 0;
};

/* Compares all but the last two, which depend on the scores of elements. `matcher` belongs to b's page and weighs
 * tokens. */
[[nodiscard]] GroupVector compare_groups(const PageFeatures &a_page, const PageCounts &a_counts, const GroupProfile &a,
                                         const GroupProfile &b, const FeatureMatcher &matcher);

} // namespace webwrap
