#include "core/match/simple.hpp"

namespace webwrap {

std::int64_t simple_tree_matching(const Tree &a, const Tree &b, const Limits &limits) {
    if (a.empty() || b.empty())
        return 0;
    CellBudget budget(limits);
    return TreeMatcher(a, b, RangeIdentity(a, b), SimpleScoring{}, budget).match(0, 0);
}

} // namespace webwrap
