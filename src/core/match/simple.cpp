#include "core/match/simple.hpp"

namespace webwrap {

std::int64_t simple_tree_matching(const Tree &a, const Tree &b, const Limits &limits) {
    if (a.empty() || b.empty())
        return 0;
    SubtreeIndex index;
    const auto a_to_class = index.add(a);
    const auto b_to_class = index.add(b);
    CellBudget budget(limits);
    return SimpleMatcher(index, SimpleScoring{}, budget).match(a_to_class.front(), b_to_class.front());
}

} // namespace webwrap
