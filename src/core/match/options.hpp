#pragma once

#include <cstdint>
#include <string_view>

#include "core/match/clustered.hpp"
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
};

/* Options from a JSON object; a missing key keeps its default (by default the first value named here):
 *   labels      "tag" | "tag+id" | "tag+class" | "tag+id+class" | "tag+attributes" | "tag+path"
 *   text_nodes  false | true
 *   text        "any" | "exact"        TreeOptions::text_labels
 *   leaf        "printed" | "both"     LeafRule
 *   root        "one" | "printed"      RootRule
 * Throws kInvalidOption, listing what is valid, for anything else. */
[[nodiscard]] SimilarityOptions similarity_options_from_json(std::string_view json,
                                                             const SimilarityOptions &defaults = {});

} // namespace webwrap
