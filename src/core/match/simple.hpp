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
    [[nodiscard]] static Value matched(Value total, std::int32_t, std::int32_t) { return total - 1; }
    /* Children pair with children only, and what is below them with what is below them. */
    [[nodiscard]] static Value bound(const Tree &a, TreeNode x, const Tree &b, TreeNode y) {
        const NodeShape &shape_a = a.shape(x), &shape_b = b.shape(y);
        const std::int32_t below_a = shape_a.size - 1 - shape_a.degree, below_b = shape_b.size - 1 - shape_b.degree;
        return 1 + std::min(shape_a.degree, shape_b.degree) + std::min(below_a, below_b);
    }
};

/* Simple tree matching (Selkow 1977; Yang 1991): the number of pairs in a largest matching that keeps labels, parents
 * and the order of siblings and pairs the roots; 0 when the roots' labels differ or a tree is empty. Symmetric. Throws
 * kLimitExceeded above max_match_cells. O(|a|*|b|) time at worst, linear for identical trees; O(|a|+|b|) memory;
 * polls. */
[[nodiscard]] std::int64_t simple_tree_matching(const Tree &a, const Tree &b, const Limits &limits = {});

} // namespace webwrap
