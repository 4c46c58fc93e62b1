#pragma once

#include <unordered_map>
#include <unordered_set>

#include "core/wrap/groups.hpp"

namespace webwrap {

/* The texts around elements of one page, as far as they stand on another page, too: where those elements are found there,
 * these texts are to be expected around them. Near texts weigh more, and longer ones, since those do not stand anywhere. */
class Surroundings {
  public:
    /* `other_texts`: hashes of all texts of the other page. */
    Surroundings(const PageFeatures &page, const ElementGroup &group,
                 const std::unordered_set<std::uint64_t> &other_texts);

    /* Share of the texts around the group that stand on the other page; 0 when there are none. */
    [[nodiscard]] float staying() const noexcept { return all_ > 0 ? stays_ / all_ : 0; }
    /* Share of all texts around that stand on the other page, but not around this group of it. */
    [[nodiscard]] float lost_around(const PageFeatures &other, const ElementGroup &group) const;

  private:
    std::unordered_map<std::uint64_t, float> text_to_weight_; /* of those that stay */
    float all_ = 0, stays_ = 0;
};

} // namespace webwrap
