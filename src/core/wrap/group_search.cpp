#include "core/wrap/group_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxExamples = 5;
constexpr std::size_t kMaxMembers = 60; /* whose likeness makes a group's mean */
constexpr std::size_t kDescribed = 200;
constexpr std::size_t kShortlist = 40;
constexpr std::size_t kRanked = 1000;
constexpr float kCountWeight = 0.05F;
constexpr float kMaxMargin = 0.25F;
constexpr double kMaxLead = 6;

ElementGroup spread(const ElementGroup &all, std::size_t wanted) {
    ElementGroup picks;
    const std::size_t n = std::min(all.size(), wanted);
    for (std::size_t i = 0; i < n; ++i)
        picks.push_back(all[i * all.size() / n]);
    return picks;
}

float ratio(std::size_t a, std::size_t b) {
    return static_cast<float>(std::min(a, b)) / static_cast<float>(std::max<std::size_t>(1, std::max(a, b)));
}

bool are_nested(const PageFeatures &page, ElementId a, ElementId b) {
    return page.node(a) < page.end(b) && page.node(b) < page.end(a);
}

/* True when the element stands in or around one of the sorted group. */
bool touches(const PageFeatures &page, const ElementGroup &group, ElementId element) {
    const auto after = std::upper_bound(group.begin(), group.end(), element);
    return (after != group.begin() && are_nested(page, element, *(after - 1))) ||
           (after != group.end() && are_nested(page, element, *after));
}

} // namespace

GroupSearch::GroupSearch(const PageFeatures &its_page, const PageCounts &its_counts, ElementGroup targets,
                         const FeatureMatcher &matcher, const PageCounts &counts, const RankingModel &model)
    : its_page_(its_page), its_counts_(its_counts), page_(matcher.page()), matcher_(matcher), counts_(counts),
      model_(model), targets_(std::move(targets)) {
    if (targets_.empty() || page_.size() == 0)
        return;
    const bool has_text =
        std::any_of(targets_.begin(), targets_.end(), [this](ElementId target) { return its_page_.has_text(target); });
    kind_ = targets_.size() > 1 ? TargetKind::kList : has_text ? TargetKind::kText : TargetKind::kMedia;
    likeness_ = matcher_.compare(its_page_, spread(targets_, kMaxExamples));
    rarity_ = FeatureMatcher::rarity(likeness_);
    score_elements();
    ranked_ = by_score(scores_, kRanked);
    profile_.emplace(its_page_, its_counts, targets_);
}

void GroupSearch::score_elements() {
    scores_.resize(likeness_.size());
    for (std::size_t i = 0; i < scores_.size(); ++i) {
        float sum = 0;
        for (std::size_t f = 0; f < kFeatureCount; ++f)
            sum += likeness_[i][f] + rarity_[i][f];
        scores_[i] = sum / (2 * static_cast<float>(kFeatureCount));
    }
}

float GroupSearch::margin(const ElementGroup &group, float mean) const {
    for (const ElementId other : ranked_)
        if (!touches(page_, group, other))
            return std::clamp(mean - scores_[static_cast<std::size_t>(other)], -kMaxMargin, kMaxMargin);
    return kMaxMargin;
}

RankedGroup GroupSearch::judge(const ElementGroup &group) const {
    RankedGroup ranked;
    ranked.group = group;
    const ElementGroup members = spread(group, kMaxMembers);
    const float share = 1 / static_cast<float>(members.size());
    float mean = 0, worst = 1;
    for (const ElementId element : members) {
        const auto at = static_cast<std::size_t>(element);
        for (std::size_t f = 0; f < kFeatureCount; ++f) {
            ranked.evidence[f] += likeness_[at][f] * share;
            ranked.evidence[kFeatureCount + f] += rarity_[at][f] * share;
        }
        mean += scores_[at] * share;
        worst = std::min(worst, scores_[at]);
    }
    GroupVector whole =
        compare_groups(its_page_, its_counts_, *profile_, GroupProfile(page_, counts_, group), matcher_);
    whole[static_cast<std::size_t>(GroupFeature::kMargin)] = 0.5F + 2 * margin(group, mean);
    whole[static_cast<std::size_t>(GroupFeature::kWorst)] = worst;
    std::copy(whole.begin(), whole.end(), ranked.evidence.begin() + 2 * kFeatureCount);
    ranked.score = model_.score(kind_, ranked.evidence);
    return ranked;
}

std::vector<RankedGroup> GroupSearch::find() const {
    std::vector<RankedGroup> all;
    if (!profile_)
        return all;
    struct Scored {
        ElementGroup group;
        float score;
    };
    std::vector<Scored> cheap;
    for (ElementGroup &group : kind_ == TargetKind::kList ? list_groups(page_, scores_) : single_groups(scores_)) {
        float sum = 0;
        for (const ElementId element : group)
            sum += scores_[static_cast<std::size_t>(element)];
        const float score =
            sum / static_cast<float>(group.size()) + kCountWeight * ratio(group.size(), targets_.size());
        cheap.push_back({std::move(group), score});
    }
    const auto better = [](const auto &a, const auto &b) {
        return a.score != b.score ? a.score > b.score : a.group < b.group;
    };
    const auto keep_best = [&better](auto &groups, std::size_t most) {
        std::sort(groups.begin(), groups.end(), better);
        if (groups.size() > most)
            groups.resize(most);
    };
    keep_best(cheap, kDescribed);
    std::vector<std::pair<double, RankedGroup>> described;
    for (const Scored &scored : cheap) {
        Interrupt::poll();
        RankedGroup ranked = judge(scored.group);
        const double fair = equal_weights().score(kind_, ranked.evidence);
        described.emplace_back(fair, std::move(ranked));
    }
    std::sort(described.begin(), described.end(), [](const auto &a, const auto &b) {
        return a.first != b.first ? a.first > b.first : a.second.group < b.second.group;
    });
    for (std::size_t i = 0; i < described.size() && i < kShortlist; ++i)
        all.push_back(std::move(described[i].second));
    keep_best(all, kShortlist);
    return all;
}

bool GroupSearch::is_same_answer(const ElementGroup &a, const ElementGroup &b) const {
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!are_nested(page_, a[i], b[i]) || page_.content_hash(a[i]) != page_.content_hash(b[i]))
            return false;
    return true;
}

Lead lead_of(const GroupSearch &search, const std::vector<RankedGroup> &found, const RankedGroup &group) {
    double best = group.score;
    for (const RankedGroup &one : found)
        best = std::max(best, one.score);
    double mass = std::exp(group.score - best), total = mass;
    std::optional<double> other;
    for (const RankedGroup &one : found) {
        if (one.group == group.group)
            continue;
        const double own = std::exp(one.score - best);
        total += own;
        if (search.is_same_answer(one.group, group.group))
            mass += own;
        else
            other = std::max(other.value_or(one.score), one.score);
    }
    /* Where there is no other answer at all, leading proves nothing. */
    if (!other)
        return {0.5, 0};
    return {mass / total, std::clamp(group.score - *other, -kMaxLead, kMaxLead)};
}

} // namespace webwrap
