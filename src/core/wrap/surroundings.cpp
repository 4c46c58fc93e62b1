#include "core/wrap/surroundings.hpp"

#include <algorithm>

namespace webwrap {

namespace {

constexpr std::size_t kMostTexts = 40;  /* on each side */
constexpr std::int32_t kMostWords = 12; /* more do not weigh more */
constexpr float kNear = 10;             /* a text as many steps away weighs half */

/* Calls `take` with each text around the group, and its distance. */
template <typename Take> void each_text_around(const PageFeatures &page, const ElementGroup &group, Take take) {
    if (group.empty())
        return;
    const std::vector<TextRun> &texts = page.texts();
    const std::size_t before = page.first_text(page.node(group.front()));
    const std::size_t after = page.first_text(page.end(group.back()));
    for (std::size_t step = 0; step < kMostTexts; ++step) {
        if (step < before)
            take(texts[before - 1 - step], step);
        if (after + step < texts.size())
            take(texts[after + step], step);
    }
}

} // namespace

Surroundings::Surroundings(const PageFeatures &page, const ElementGroup &group,
                           const std::unordered_set<std::uint64_t> &other_texts) {
    each_text_around(page, group, [&](const TextRun &text, std::size_t step) {
        const float weight =
            static_cast<float>(std::min(text.words, kMostWords)) / (1 + static_cast<float>(step) / kNear);
        all_ += weight;
        if (!other_texts.contains(text.hash))
            return;
        stays_ += weight;
        text_to_weight_[text.hash] += weight;
    });
}

float Surroundings::lost_around(const PageFeatures &other, const ElementGroup &group) const {
    if (all_ <= 0)
        return 0;
    std::unordered_set<std::uint64_t> seen;
    float found = 0;
    each_text_around(other, group, [&](const TextRun &text, std::size_t) {
        if (const auto known = text_to_weight_.find(text.hash); known != text_to_weight_.end())
            found += seen.insert(text.hash).second ? known->second : 0;
    });
    return (stays_ - found) / all_;
}

} // namespace webwrap
