#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/wrap/features.hpp"

namespace webwrap {

/* Likeness of two elements, feature by feature: bags, scalars, then these. */
inline constexpr std::size_t kTagFeature = kBagCount + kScalarCount; /* tags: equal, both headings, or not */
inline constexpr std::size_t kEqualTextFeature = kTagFeature + 1;
inline constexpr std::size_t kSamePathFeature = kTagFeature + 2; /* the same tags from the root */
inline constexpr std::size_t kPathFeature = kTagFeature + 3;     /* common subsequence of these tags */
inline constexpr std::size_t kFeatureCount = kTagFeature + 4;

using FeatureVector = std::array<float, kFeatureCount>;

/* Compares elements with all elements of a page: for each feature a likeness in 0..1 for every element. Rare tokens of the
 * page weigh more (Jaccard index weighted by inverse document frequency). */
class FeatureMatcher {
  public:
    FeatureMatcher(const PageFeatures &page, const TokenTable &tokens);

    [[nodiscard]] const PageFeatures &page() const noexcept { return *page_; }
    /* Mean likeness of the examples (elements of `its_page`) to every element of the page. O(tokens' occurrences +
     * elements). Polls. */
    [[nodiscard]] std::vector<FeatureVector> compare(const PageFeatures &its_page,
                                                     std::span<const ElementId> examples) const;
    /* How rare each likeness is on the page, 0..1: log(N / number of elements that are at least as like) / log N. */
    [[nodiscard]] static std::vector<FeatureVector> rarity(const std::vector<FeatureVector> &scores);
    /* Weight of a token of the page's bag. */
    [[nodiscard]] float weight(Bag bag, TokenId token) const;
    /* Likeness of two sets of tokens by those weights; 0.5 when both are empty. */
    [[nodiscard]] float likeness(Bag bag, std::span<const TokenId> a, std::span<const TokenId> b) const;

  private:
    void compare_bags(const PageFeatures &its_page, ElementId example, std::vector<FeatureVector> &scores) const;
    void compare_rest(const PageFeatures &its_page, ElementId example, std::vector<FeatureVector> &scores) const;
    [[nodiscard]] std::span<const ElementId> holders(std::size_t bag, TokenId token) const;

    const PageFeatures *page_;
    std::size_t token_count_;
    std::vector<float> held_to_weight_;                              /* by the number of elements that have a token */
    std::array<std::vector<ElementId>, kBagCount> postings_;         /* elements by token */
    std::array<std::vector<std::int32_t>, kBagCount> first_posting_; /* one more entry than tokens */
    std::array<std::vector<float>, kBagCount> element_to_weight_;    /* sum over its tokens */
};

} // namespace webwrap
