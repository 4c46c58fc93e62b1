#pragma once

#include <cstdint>
#include <string_view>

#include "core/match/clustered.hpp"
#include "core/match/text_similarity.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

enum class Measure : std::uint8_t { kSimple, kClustered, kBigram, kJaroWinkler, kEdit, kFlexible };

/* The measure of a name: simple, clustered, bigram, jaro_winkler, edit, flexible. Throws kInvalidArgument, listing them, for others. */
[[nodiscard]] Measure measure_from_name(std::string_view name);
[[nodiscard]] std::string_view name_of(Measure measure);

struct SimilarityOptions {
    TreeOptions tree;                        /* for whoever builds the trees; measures do not look at it */
    LeafRule leaf_rule = LeafRule::kPrinted; /* of measure clustered */
    RootRule root_rule = RootRule::kOne;     /* of measure clustered */
    TextMeasure text_measure =
        TextMeasure::kExact; /* of the texts of leaves, with tree.text_labels; simple, clustered */
    bool is_ordered = true;  /* the order of children counts; simple and clustered */

    [[nodiscard]] bool is_plain() const noexcept { return text_measure == TextMeasure::kExact && is_ordered; }
};

/* Throws kInvalidOption when an option is set that the measure does not know. */
void check_options(const SimilarityOptions &options, Measure measure);

/* Options from a JSON object; a missing key keeps its default (by default the first value named here):
 *   labels        "tag" | "tag+id" | "tag+class" | "tag+id+class" | "tag+attributes" | "path", or an array of names of
 *                 attributes that count beside the tag
 *   text_nodes    false | true
 *   text          "any" | "exact" | "words" | "bigram" | "jaro_winkler" | "edit"
 *                 TreeOptions::text_labels unless "any"; TextMeasure
 *   text_pattern  a regular expression: TreeOptions::text_pattern, text is then "exact" unless it is given
 *   order         true | false
 *   leaf          "printed" | "both"   LeafRule
 *   root          "one" | "printed"    RootRule
 * Throws kInvalidOption, listing what is valid, for anything else. */
[[nodiscard]] SimilarityOptions similarity_options_from_json(std::string_view json,
                                                             const SimilarityOptions &defaults = {});

} // namespace webwrap
