#pragma once

#include <string_view>

#include "core/match/options.hpp"

namespace webwrap {

/* How alike two texts are by the string counterpart of a tree measure, 0..1, symmetric, 1 for equal texts (paper, section 4:
 * leaf nodes have no tree structure, so their texts are compared). White space is folded and case ignored; texts are
 * compared up to kMaxComparedText characters.
 *   jaro_winkler  Jaro-Winkler similarity of the characters
 *   edit          1 - Levenshtein distance / length of the longer text
 *   the others    Dice coefficient of the multisets of character bigrams
 * O(length), edit and jaro_winkler O(length^2). */
[[nodiscard]] double text_similarity(std::string_view a, std::string_view b, Measure measure);

inline constexpr std::size_t kMaxComparedText = 256;

} // namespace webwrap
