#pragma once

#include <optional>
#include <vector>

#include "core/wrap/compared_pages.hpp"
#include "core/wrap/confidence.hpp"
#include "core/wrap/group_search.hpp"
#include "core/wrap/surroundings.hpp"

namespace webwrap {

/* A set of elements of the new page that may be what the old XPath selected. */
struct Relocation {
    std::vector<NodeId> elements; /* in document order */
    RankedGroup ranked;
};

/* What is known to belong to other patterns: elements of the old page and of the new one, sorted. */
struct TakenElsewhere {
    std::vector<NodeId> old_elements, new_elements;
};

/* Finds the elements of one pattern on another page, with no record or known wrapper around it. Pages and model must outlive
 * it. */
class Relocator {
  public:
    /* `targets` are elements of the old page, at least one. Polls. */
    Relocator(const ComparedPages &pages, const std::vector<NodeId> &targets, const AdaptationModel &model);

    /* Best first; empty when the new page has no elements. Polls. */
    [[nodiscard]] const std::vector<Relocation> &find();
    /* The same judgement of given elements of the new page; nullopt when they are no elements of its body. */
    [[nodiscard]] std::optional<Relocation> judge(const std::vector<NodeId> &elements) const;
    /* What speaks for the relocation as an answer: its lead, its evidence, and the way back, which looks for the group on
     * the old page as if that were the new one. What is taken elsewhere is no rival. Polls. */
    [[nodiscard]] TrustVector trust(const Relocation &relocation, const TakenElsewhere &taken = {});
    [[nodiscard]] bool is_same_answer(const Relocation &a, const Relocation &b) const {
        return search_.is_same_answer(a.ranked.group, b.ranked.group);
    }

    [[nodiscard]] TargetKind kind() const { return search_.kind(); }

  private:
    const ComparedPages &pages_;
    const AdaptationModel &model_;
    GroupSearch search_;
    Surroundings around_;
    std::vector<RankedGroup> ranked_;
    std::vector<Relocation> found_;
    bool is_found_ = false;
};

} // namespace webwrap
