#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/limits.hpp"
#include "core/match/tree_matcher.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* A pair counts 1 plus its children's best order-preserving pairing. */
struct SimpleScoring {
    using Value = std::int32_t;
    [[nodiscard]] static Value identical(std::int32_t size) { return size; }
    [[nodiscard]] static Value leaf() { return 1; }
    [[nodiscard]] static Value total(Value matched, std::int32_t, std::int32_t) { return matched + 1; }
    [[nodiscard]] static Value bound(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
        return std::min(a.subtree_size(x), b.subtree_size(y));
    }
};

/* Simple tree matching (Selkow 1977; Yang 1991): the number of pairs in a largest matching that keeps labels, parents
 * and the order of siblings and pairs the roots; 0 when the roots' labels differ or a tree is empty. Symmetric. Throws
 * kLimitExceeded above max_match_cells. O(|a|*|b|) time at worst, linear for identical trees; O(|a|+|b|) memory;
 * polls. */
[[nodiscard]] std::int64_t simple_tree_matching(const Tree &a, const Tree &b, const Limits &limits = {});

} // namespace webwrap
