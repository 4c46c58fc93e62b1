#pragma once

#include <vector>

#include "core/base/limits.hpp"
#include "core/match/options.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

struct TreeNodePair {
    TreeNode a;
    TreeNode b;
    friend bool operator==(const TreeNodePair &, const TreeNodePair &) = default;
};

struct ScoredPair {
    TreeNode a;
    TreeNode b;
    double similarity; /* 0..1 */
};

/* The pairs behind simple_tree_matching, in pre-order of both trees: a largest matching that keeps labels, parents and
 * the order of siblings. Of equally large ones it takes identical children at both ends of a list first, then the
 * earlier sibling, so the result is deterministic but favours the order of the arguments. Throws kLimitExceeded above
 * max_match_cells. O(|a|*|b|) time at worst; memory as simple_tree_matching plus two bits a cell of one node's
 * children; polls. */
[[nodiscard]] std::vector<TreeNodePair> simple_tree_mapping(const Tree &a, const Tree &b, const Limits &limits = {});

/* The mapping behind a measure, in pre-order of a: of simple the pairs of simple_tree_mapping, each with the simple
 * similarity of its subtrees; of flexible those of flexible_mapping. Throws kInvalidArgument for measures that have
 * none, kLimitExceeded as these do. */
[[nodiscard]] std::vector<ScoredPair> tree_mapping(const Tree &a, const Tree &b, Measure measure,
                                                   const Limits &limits = {});

} // namespace webwrap
