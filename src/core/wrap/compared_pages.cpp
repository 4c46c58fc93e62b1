#include "core/wrap/compared_pages.hpp"

#include <algorithm>

namespace webwrap {

namespace {

/* Share of one set that is in another; 0 for none. */
template <typename Set> float share_in(const Set &all, const Set &other) {
    const auto common = std::count_if(all.begin(), all.end(), [&](const auto &one) { return other.contains(one); });
    return all.empty() ? 0 : static_cast<float>(common) / static_cast<float>(all.size());
}

} // namespace

ComparedPages::ComparedPages(const Document &old_page, const Document &new_page)
    : old_features_(old_page, tokens_), new_features_(new_page, tokens_), old_matcher_(old_features_, tokens_),
      new_matcher_(new_features_, tokens_), old_counts_(old_features_), new_counts_(new_features_),
      texts_stay_(share_in(old_counts_.texts, new_counts_.texts)),
      names_stay_(share_in(old_counts_.names, new_counts_.names)) {}

} // namespace webwrap
