#include "core/match/clustered.hpp"

namespace webwrap {

double clustered_tree_matching(const Tree &a, const Tree &b, const Limits &limits, LeafRule leaf_rule,
                               RootRule root_rule) {
    if (a.empty() || b.empty())
        return 0;
    SubtreeIndex index;
    const auto a_to_class = index.add(a);
    const auto b_to_class = index.add(b);
    CellBudget budget(limits);
    ClusteredMatcher matcher(index, ClusteredScoring{leaf_rule}, budget);
    const double undivided = matcher.match(a_to_class.front(), b_to_class.front());
    return root_rule == RootRule::kOne ? undivided : undivided / std::max(a.root_siblings(), b.root_siblings());
}

} // namespace webwrap
