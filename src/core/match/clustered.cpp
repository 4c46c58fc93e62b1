#include "core/match/clustered.hpp"

namespace webwrap {

double clustered_tree_matching(const Tree &a, const Tree &b, const Limits &limits, LeafRule leaf_rule,
                               RootRule root_rule) {
    if (a.empty() || b.empty())
        return 0;
    CellBudget budget(limits);
    const double undivided = TreeMatcher(a, b, RangeIdentity(a, b), ClusteredScoring{leaf_rule}, budget).match(0, 0);
    return root_rule == RootRule::kOne ? undivided : undivided / std::max(a.root_siblings(), b.root_siblings());
}

} // namespace webwrap
