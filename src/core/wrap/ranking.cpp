#include "core/wrap/ranking.hpp"

#include <string_view>

namespace webwrap {

namespace {

constexpr std::array<std::string_view, kFeatureCount> kFeatureNames{
    "name",        "whole names", "data",       "words",     "own text",   "shape",      "parent",  "ancestors",
    "before",      "after",       "label",      "next text", "heading",    "attributes", "address", "children",
    "child names", "subtree",     "path steps", "length",    "digits",     "size",       "depth",   "position",
    "siblings",    "links",       "title",      "tag",       "equal text", "same path",  "path"};

constexpr std::array<std::string_view, kGroupFeatureCount> kGroupFeatureNames{
    "count",           "count closeness", "lengths",       "shapes",
    "vocabulary",      "heading before",  "words before",  "words after",
    "one path",        "one class",       "span",          "density",
    "share of path",   "share of class",  "coverage",      "container name",
    "container above", "container size",  "distinct",      "adjacent",
    "complete",        "known texts",     "not elsewhere", "names own",
    "label own",       "margin",          "worst"};

} // namespace

double RankingModel::score(TargetKind kind, const RankVector &evidence) const {
    const RankVector &own = weights[static_cast<std::size_t>(kind)];
    double sum = 0;
    for (std::size_t i = 0; i < evidence.size(); ++i)
        sum += static_cast<double>(own[i]) * static_cast<double>(evidence[i]);
    return sum;
}

const RankingModel &equal_weights() {
    static const RankingModel model = [] {
        RankingModel equal;
        for (RankVector &weights : equal.weights)
            for (std::size_t i = 0; i < weights.size(); ++i)
                weights[i] = 1 / static_cast<float>(i < 2 * kFeatureCount ? kFeatureCount : kGroupFeatureCount);
        return equal;
    }();
    return model;
}

const std::array<std::string, kRankFeatureCount> &rank_feature_names() {
    static const std::array<std::string, kRankFeatureCount> names = [] {
        std::array<std::string, kRankFeatureCount> all;
        for (std::size_t i = 0; i < kFeatureCount; ++i) {
            all[i] = kFeatureNames[i];
            all[kFeatureCount + i] = "rarity of " + std::string(kFeatureNames[i]);
        }
        for (std::size_t i = 0; i < kGroupFeatureCount; ++i)
            all[2 * kFeatureCount + i] = kGroupFeatureNames[i];
        return all;
    }();
    return names;
}

} // namespace webwrap
