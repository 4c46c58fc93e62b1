#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/features.hpp"
#include "core/wrap/profile.hpp"

namespace webwrap {

/* A set of elements of the new page that may be what the old XPath selected, with what speaks for it. */
struct Relocation {
    std::vector<NodeId> elements; /* in document order */
    double mean = 0;              /* mean likeness of its elements to the old ones, features and rarity, 0..1 */
    double profile = 0;           /* likeness of the texts as a whole */
    double count = 0;             /* smaller over greater number of elements */
    double margin = 0;            /* mean minus the best element left out */
    double back = 0;              /* way back: likeness to the old elements minus that to the best other element */
    double score = 0;             /* all of it */
};

/* Finds the elements of one pattern on another page, with no record or known wrapper around it: a mean of simple features
 * and their rarity scores elements, groups are built from the best ones, and the best groups are scored as a whole and on
 * their way back. Documents must outlive it. */
class Relocator {
  public:
    /* `targets` are elements of the old page, at least one. */
    Relocator(const Document &old_page, std::vector<NodeId> targets, const Document &new_page);

    /* Best first; empty when the new page has no elements. Polls. */
    [[nodiscard]] std::vector<Relocation> find();
    /* The same judgement of given elements of the new page. */
    [[nodiscard]] Relocation judge(std::vector<NodeId> elements);

  private:
    [[nodiscard]] std::vector<std::vector<NodeId>> groups();
    void score(Relocation &relocation);
    void look_back(Relocation &relocation);
    [[nodiscard]] std::vector<std::string> texts_of(const Document &page, const std::vector<NodeId> &elements) const;
    [[nodiscard]] float score_of(NodeId element) const;

    const Document &old_page_;
    const Document &new_page_;
    std::vector<NodeId> targets_;
    TokenTable tokens_;
    PageFeatures old_features_;
    PageFeatures new_features_;
    FeatureMatcher new_matcher_;
    std::unique_ptr<FeatureMatcher> old_matcher_;
    std::vector<float> scores_;        /* by element of the new page */
    std::vector<std::int32_t> ranked_; /* elements of the new page, best first */
    ValueProfile old_profile_;
};

} // namespace webwrap
