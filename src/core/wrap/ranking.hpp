#pragma once

#include <array>
#include <string>

#include "core/wrap/group_features.hpp"

namespace webwrap {

/* What is looked for decides which weights apply. */
enum class TargetKind : std::size_t { kText, kList, kMedia }; /* one element with text, several, one without text */
inline constexpr std::size_t kTargetKinds = 3;

/* Evidence for a group: mean likeness of its elements, mean rarity, likeness as a whole. */
inline constexpr std::size_t kRankFeatureCount = 2 * kFeatureCount + kGroupFeatureCount;
using RankVector = std::array<float, kRankFeatureCount>;

/* Weights of the evidence, none negative: a linear model whose scores are compared within one page. */
struct RankingModel {
    std::array<RankVector, kTargetKinds> weights{};

    [[nodiscard]] double score(TargetKind kind, const RankVector &evidence) const;
};

/* Every feature of a family counts the same, and so does every family: nothing is fitted. */
[[nodiscard]] const RankingModel &equal_weights();

/* "name", "rarity of name", "count": in the order of RankVector. */
[[nodiscard]] const std::array<std::string, kRankFeatureCount> &rank_feature_names();

} // namespace webwrap
