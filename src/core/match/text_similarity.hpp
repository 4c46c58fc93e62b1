#pragma once

#include <cstdint>
#include <string_view>

#include "core/match/cell_budget.hpp"

namespace webwrap {

/* How much two texts resemble each other:
 *   exact         1 if they are equal, else 0
 *   words         Dice coefficient of the multisets of words
 *   bigram        Dice coefficient of the multisets of pairs of adjacent characters; of single characters equality
 *   jaro_winkler  Jaro-Winkler similarity of the characters
 *   edit          1 - Levenshtein distance / characters of the longer text
 * Characters are code points; runs of white space count as one space, at both ends not at all. */
enum class TextMeasure : std::uint8_t { kExact, kWords, kBigram, kJaroWinkler, kEdit };

/* The measure of a name as above. Throws kInvalidArgument, listing them, for others. */
[[nodiscard]] TextMeasure text_measure_from_name(std::string_view name);
[[nodiscard]] std::string_view name_of(TextMeasure measure);

/* 0..1, symmetric, 1 for equal texts; 0 if only one is empty. Throws kLimitExceeded above max_match_cells; polls.
 * O(|a| * |b|) for edit, after what is equal at both ends; O(n log n) for the others. */
[[nodiscard]] double text_similarity(std::string_view a, std::string_view b, TextMeasure measure, CellBudget &budget);

} // namespace webwrap
