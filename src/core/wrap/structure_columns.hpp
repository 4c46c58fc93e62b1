#pragma once

#include <string>
#include <vector>

#include "core/wrap/adapt_options.hpp"
#include "core/wrap/compared_pages.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/places.hpp"
#include "core/wrap/profile.hpp"

namespace webwrap {

/* A place of the new records that a column may have moved to, with what speaks for it. */
struct StructureOption {
    Place place;
    double named = 0;            /* likeness to those labels and names of the old place that no other column had */
    double likeness = 0;         /* of the values' profile, and of how often there is one */
    double probability = 0;      /* of the fitted model, that a group of these elements is what is looked for */
    std::vector<ValueId> values; /* in the rows where it stands */
    std::string sample;

    [[nodiscard]] double fit() const { return named + likeness + probability; }
};

/* Where a column is taken from when none of its known values is on the new page. */
struct StructureDecision {
    std::vector<StructureOption> options; /* the chosen one first */
    bool is_found = false;                /* there is one */
    double confidence = 0;
    std::string reason; /* why it is not higher */
};

/* Decides all columns inside rows of the first new page jointly: no two take one place unless they did before. `pages` are the
 * evidence's first pair. The probability of the fitted model is raised where labels or names tell the place from all others, and
 * lowered where nothing but the position tells it from another of like values. Nested columns are left undecided. Polls. */
[[nodiscard]] std::vector<StructureDecision> decide_by_structure(Evidence &evidence, const ComparedPages &pages,
                                                                 const std::vector<NodeId> &rows,
                                                                 const AdaptationModel &model);

/* True for a text that ends in an ellipsis. */
[[nodiscard]] bool is_cut_short(const std::string &value);

/* Why the new values of a column are not such as the old ones were, although they can be read: a mark for "no value", texts cut
 * short, two values in one text. Empty when they are. */
[[nodiscard]] std::string strange_values(const Column &column, const std::vector<std::string> &before, bool had_nulls,
                                         const std::vector<std::string> &now, bool has_nulls);

} // namespace webwrap
