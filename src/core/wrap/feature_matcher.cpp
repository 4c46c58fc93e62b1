#include "core/wrap/feature_matcher.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr float kBothEmpty = 0.5F; /* nothing on both sides says little, but not nothing */
constexpr std::size_t kSteps = 256;
constexpr float kRarePage = 300; /* on a page of fewer elements nothing is as rare as it can be */

/* Tags from the element up to the root. */
std::vector<TokenId> tags_above(const PageFeatures &page, ElementId element) {
    std::vector<TokenId> tags;
    for (; element != kNoElement; element = page.parent(element))
        tags.push_back(page.tag(element));
    return tags;
}

float common_share(const std::vector<TokenId> &a, const std::vector<TokenId> &b) {
    std::vector<int> row(b.size() + 1);
    for (const TokenId tag : a) {
        int diagonal = 0;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int above = row[j];
            row[j] = tag == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
            diagonal = above;
        }
    }
    return static_cast<float>(row.back()) / static_cast<float>(std::max(a.size(), b.size()));
}

} // namespace

FeatureMatcher::FeatureMatcher(const PageFeatures &page, const TokenTable &tokens)
    : page_(&page), token_count_(tokens.size()) {
    const auto count = static_cast<ElementId>(page.size());
    for (std::size_t held = 0; held <= page.size(); ++held)
        held_to_weight_.push_back(std::log2(1 + static_cast<float>(page.size()) / (static_cast<float>(held) + 1)));
    for (std::size_t bag = 0; bag < kBagCount; ++bag) {
        Interrupt::poll();
        std::vector<std::int32_t> &first = first_posting_[bag];
        first.assign(token_count_ + 1, 0);
        for (ElementId i = 0; i < count; ++i)
            for (const TokenId token : page.bag(i, static_cast<Bag>(bag)))
                ++first[static_cast<std::size_t>(token) + 1];
        for (std::size_t token = 0; token < token_count_; ++token)
            first[token + 1] += first[token];
        postings_[bag].resize(static_cast<std::size_t>(first.back()));
        std::vector<std::int32_t> next(first.begin(), first.end() - 1);
        element_to_weight_[bag].resize(page.size());
        for (ElementId i = 0; i < count; ++i)
            for (const TokenId token : page.bag(i, static_cast<Bag>(bag))) {
                postings_[bag][static_cast<std::size_t>(next[static_cast<std::size_t>(token)]++)] = i;
                element_to_weight_[bag][static_cast<std::size_t>(i)] += weight(static_cast<Bag>(bag), token);
            }
    }
}

std::span<const ElementId> FeatureMatcher::holders(std::size_t bag, TokenId token) const {
    const auto at = static_cast<std::size_t>(token);
    if (at >= token_count_)
        return {};
    const std::int32_t first = first_posting_[bag][at];
    return {postings_[bag].data() + first, static_cast<std::size_t>(first_posting_[bag][at + 1] - first)};
}

float FeatureMatcher::weight(Bag bag, TokenId token) const {
    return held_to_weight_[holders(static_cast<std::size_t>(bag), token).size()];
}

float FeatureMatcher::likeness(Bag bag, std::span<const TokenId> a, std::span<const TokenId> b) const {
    float common = 0, total = 0;
    for (const TokenId token : a) {
        const float own = weight(bag, token);
        total += own;
        if (std::find(b.begin(), b.end(), token) != b.end())
            common += own;
    }
    for (const TokenId token : b)
        total += weight(bag, token);
    return total > 0 ? common / (total - common) : kBothEmpty;
}

void FeatureMatcher::compare_bags(const PageFeatures &its_page, ElementId example,
                                  std::vector<FeatureVector> &scores) const {
    std::vector<float> common(page_->size());
    for (std::size_t bag = 0; bag < kBagCount; ++bag) {
        Interrupt::poll();
        std::fill(common.begin(), common.end(), 0.0F);
        float total = 0;
        for (const TokenId token : its_page.bag(example, static_cast<Bag>(bag))) {
            const float own = weight(static_cast<Bag>(bag), token);
            total += own;
            for (const ElementId element : holders(bag, token))
                common[static_cast<std::size_t>(element)] += own;
        }
        for (std::size_t i = 0; i < common.size(); ++i) {
            const float either = total + element_to_weight_[bag][i] - common[i];
            scores[i][bag] += either > 0 ? common[i] / either : kBothEmpty;
        }
    }
}

void FeatureMatcher::compare_rest(const PageFeatures &its_page, ElementId example,
                                  std::vector<FeatureVector> &scores) const {
    Interrupt::poll();
    const std::vector<TokenId> tags = tags_above(its_page, example);
    std::unordered_map<TokenId, float> path_to_share;
    for (std::size_t i = 0; i < page_->size(); ++i) {
        const auto element = static_cast<ElementId>(i);
        for (std::size_t scalar = 0; scalar < kScalarCount; ++scalar) {
            const float a = its_page.scalars(example)[scalar], b = page_->scalars(element)[scalar];
            scores[i][kBagCount + scalar] += scalar == static_cast<std::size_t>(Scalar::kTitle)
                                                 ? 1 - std::abs(a - b)
                                                 : (std::min(a, b) + 1) / (std::max(a, b) + 1);
        }
        const bool both_headings = its_page.is_heading(example) && page_->is_heading(element);
        scores[i][kTagFeature] += its_page.tag(example) == page_->tag(element) ? 1.0F : both_headings ? 0.5F : 0.0F;
        const std::uint64_t text = its_page.content_hash(example);
        scores[i][kEqualTextFeature] += text != 0 && text == page_->content_hash(element) ? 1.0F : 0.0F;
        scores[i][kSamePathFeature] += its_page.path(example) == page_->path(element) ? 1.0F : 0.0F;
        const auto [share, is_new] = path_to_share.try_emplace(page_->path(element), 0.0F);
        if (is_new)
            share->second = common_share(tags, tags_above(*page_, element));
        scores[i][kPathFeature] += share->second;
    }
}

std::vector<FeatureVector> FeatureMatcher::compare(const PageFeatures &its_page,
                                                   std::span<const ElementId> examples) const {
    std::vector<FeatureVector> scores(page_->size());
    for (const ElementId example : examples) {
        compare_bags(its_page, example, scores);
        compare_rest(its_page, example, scores);
    }
    const float share = 1 / static_cast<float>(std::max<std::size_t>(1, examples.size()));
    for (FeatureVector &vector : scores)
        for (float &score : vector)
            score *= share;
    return scores;
}

std::vector<FeatureVector> FeatureMatcher::rarity(const std::vector<FeatureVector> &scores) {
    std::vector<FeatureVector> rare(scores.size());
    const auto count = static_cast<float>(scores.size());
    const float most = std::log(std::max(count, kRarePage) + 1);
    const auto step_of = [](float score) {
        return std::min(kSteps - 1, static_cast<std::size_t>(score * static_cast<float>(kSteps)));
    };
    for (std::size_t feature = 0; feature < kFeatureCount; ++feature) {
        Interrupt::poll();
        std::array<std::int32_t, kSteps + 1> at_least{};
        for (const FeatureVector &vector : scores)
            ++at_least[step_of(vector[feature])];
        std::array<float, kSteps> step_to_rarity{};
        for (std::size_t step = kSteps; step-- > 0;) {
            at_least[step] += at_least[step + 1];
            step_to_rarity[step] = std::log((count + 1) / std::max(1.0F, static_cast<float>(at_least[step]))) / most;
        }
        for (std::size_t i = 0; i < scores.size(); ++i)
            rare[i][feature] = step_to_rarity[step_of(scores[i][feature])];
    }
    return rare;
}

} // namespace webwrap
