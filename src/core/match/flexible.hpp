#pragma once

#include <cstdint>
#include <vector>

#include "core/base/limits.hpp"
#include "core/match/cell_budget.hpp"
#include "core/match/mapping.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* Flexible matching of two trees: which node became which, whatever was moved, wrapped, renamed or inserted. After
 * Brisset, Rouvoy, Seinturier and Pawlak, SFTM: Fast Matching of Web Pages using Similarity-based Flexible Tree Matching
 * (2020): rarity-weighed tokens give a few candidates for each node (NodeTokens), candidates support those of their
 * parents, children and siblings, and a matching is taken from what results. Theirs is searched at random; ours is
 * greedy, the best pair first, and pairs next to a taken one rise. A node that shares no label token with any is then
 * paired with the parent that most of its children have now, what has no rare token in the order of the children of
 * pairs, and labels that are left equally often on both sides in document order. Deterministic; a node has one partner at most.
 *
 * Returns the pairs in pre-order of a. A pair's similarity is that of its labels (2 * weight of the common tokens /
 * weight of both), less a quarter if the nearest matched ancestors are not each other's partners, and 15 % if the
 * nearest matched siblings before are not (across inserted levels). With the arguments exchanged the pairs are the same
 * ones. Identical trees are mapped as they stand, with similarity 1.
 *
 * Throws kLimitExceeded above max_match_cells (nodes, postings and candidate pairs count); polls. O(n log n) for n nodes
 * with bounded labels: posting lists, candidates and neighbours of a pair are. */
[[nodiscard]] std::vector<ScoredPair> flexible_mapping(const Tree &a, const Tree &b, const Limits &limits = {});
[[nodiscard]] std::vector<ScoredPair> flexible_mapping(const Tree &a, const Tree &b, CellBudget &budget);

/* 2 * sum of the similarities of flexible_mapping's pairs / (|a| + |b|): 0..1, symmetric to the last bit, 1 for identical
 * trees only (labels as sets of tokens). Two empty trees are identical. */
[[nodiscard]] double flexible_similarity(const Tree &a, const Tree &b, CellBudget &budget);

} // namespace webwrap
