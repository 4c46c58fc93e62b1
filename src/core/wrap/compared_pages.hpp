#pragma once

#include "core/wrap/feature_matcher.hpp"
#include "core/wrap/group_features.hpp"

namespace webwrap {

/* An old page and a new one with all that describes their elements, to look for any number of patterns on them. The documents
 * must outlive it. O(pages * depth limit); polls. */
class ComparedPages {
  public:
    ComparedPages(const Document &old_page, const Document &new_page);
    ComparedPages(const ComparedPages &) = delete;
    ComparedPages &operator=(const ComparedPages &) = delete;

    [[nodiscard]] const PageFeatures &old_features() const noexcept { return old_features_; }
    [[nodiscard]] const PageFeatures &new_features() const noexcept { return new_features_; }
    [[nodiscard]] const FeatureMatcher &old_matcher() const noexcept { return old_matcher_; }
    [[nodiscard]] const FeatureMatcher &new_matcher() const noexcept { return new_matcher_; }
    [[nodiscard]] const PageCounts &old_counts() const noexcept { return old_counts_; }
    [[nodiscard]] const PageCounts &new_counts() const noexcept { return new_counts_; }
    /* Shares of the old page's texts, and of its names, that stand on the new one. */
    [[nodiscard]] float texts_stay() const noexcept { return texts_stay_; }
    [[nodiscard]] float names_stay() const noexcept { return names_stay_; }

  private:
    TokenTable tokens_;
    PageFeatures old_features_, new_features_;
    FeatureMatcher old_matcher_, new_matcher_; /* after the features of both pages: the token table is full then */
    PageCounts old_counts_, new_counts_;
    float texts_stay_, names_stay_;
};

} // namespace webwrap
