#pragma once

#include <optional>
#include <vector>

#include "core/wrap/group_features.hpp"
#include "core/wrap/ranking.hpp"

namespace webwrap {

/* A set of elements of a page that may be what is looked for, with what speaks for it. */
struct RankedGroup {
    ElementGroup group;
    RankVector evidence{};
    double score = 0; /* by the ranking model; differences count, not the value */
};

/* Looks on one page for a group of elements of another one: elements are scored by the model's weights of single features and
 * their rarity, groups are built around the best ones, and the model ranks the groups. All arguments must outlive it. */
class GroupSearch {
  public:
    GroupSearch(const PageFeatures &its_page, const PageCounts &its_counts, ElementGroup targets,
                const FeatureMatcher &matcher, const PageCounts &counts, const RankingModel &model);

    /* The best groups by the model's score; empty when there is nothing to find or nowhere to look. Polls. */
    [[nodiscard]] std::vector<RankedGroup> find() const;
    /* The same judgement of one given group of the searched page. */
    [[nodiscard]] RankedGroup judge(const ElementGroup &group) const;
    /* True when both are the same elements but for the level: one inside the other with the same text. */
    [[nodiscard]] bool is_same_answer(const ElementGroup &a, const ElementGroup &b) const;
    [[nodiscard]] TargetKind kind() const noexcept { return kind_; }
    [[nodiscard]] const ElementGroup &targets() const noexcept { return targets_; }
    [[nodiscard]] const PageFeatures &page() const noexcept { return page_; }

  private:
    void score_elements();
    [[nodiscard]] float margin(const ElementGroup &group, float mean) const;

    const PageFeatures &its_page_;
    const PageCounts &its_counts_;
    const PageFeatures &page_;
    const FeatureMatcher &matcher_;
    const PageCounts &counts_;
    const RankingModel &model_;
    ElementGroup targets_;
    TargetKind kind_ = TargetKind::kText;
    std::vector<FeatureVector> likeness_, rarity_; /* by element of the searched page */
    std::vector<float> scores_;                    /* mean of both */
    std::vector<ElementId> ranked_;                /* best first */
    std::optional<GroupProfile> profile_;          /* of the targets */
};

/* What is known of the order among the groups found: how clearly the first, or a given one, leads. */
struct Lead {
    double share = 0; /* softmax mass of the group and of those that are the same answer */
    double lead = 0;  /* its score minus that of the best other answer, bounded */
};
[[nodiscard]] Lead lead_of(const GroupSearch &search, const std::vector<RankedGroup> &found, const RankedGroup &group);

} // namespace webwrap
