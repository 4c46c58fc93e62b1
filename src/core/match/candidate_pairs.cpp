#include "core/match/candidate_pairs.hpp"

#include <algorithm>

namespace webwrap {

namespace {

/* Shares of a pair's own score and of those around it; they add up to 1. */
constexpr double kOwn = 0.5;
constexpr double kParents = 0.15;
constexpr double kChildren = 0.2;
constexpr double kSibling = 0.075;

std::uint64_t key_of(TreeNode x, TreeNode y) {
    return static_cast<std::uint64_t>(x) << 32 | static_cast<std::uint32_t>(y);
}

std::size_t index(std::int32_t at) { return static_cast<std::size_t>(at); }

} // namespace

std::vector<TreeNode> previous_siblings(const Tree &tree) {
    std::vector<TreeNode> node_to_previous(index(tree.size()), kNoTreeNode);
    std::vector<TreeNode> node_to_last_child(index(tree.size()), kNoTreeNode);
    for (TreeNode node = 1; node < tree.size(); ++node) {
        TreeNode &last = node_to_last_child[index(tree.parent(node))];
        node_to_previous[index(node)] = last;
        last = node;
    }
    return node_to_previous;
}

CandidatePairs::CandidatePairs(const Tree &a, const Tree &b, NodeTokens &tokens, CellBudget &budget)
    : a_(a), b_(b), a_to_previous_(previous_siblings(a)), b_to_previous_(previous_siblings(b)) {
    if (tokens.label_similarity(0, 0) > 0)
        add(0, 0, tokens);
    for (TreeNode x = 0; x < a.size(); ++x) {
        PairId best = kNoPair;
        for (const TreeNode y : tokens.candidates(x, budget)) {
            if (tokens.label_similarity(x, y) > 0)
                add(x, y, tokens);
            const PairId added = find(x, y);
            if (added != kNoPair && (best == kNoPair || pairs_[index(added)].score > pairs_[index(best)].score))
                best = added;
        }
        budget.reserve(static_cast<std::int64_t>(NodeTokens::kMaxCandidates));
        if (best != kNoPair)
            add_with_ancestors(x, pairs_[index(best)].b, tokens, budget);
    }
    sort();
}

/* Parents that share no rare token are candidates if their children are; of parents that share nothing at all, one
 * may have a level more. */
void CandidatePairs::add_with_ancestors(TreeNode x, TreeNode y, const NodeTokens &tokens, CellBudget &budget) {
    const auto share = [&](TreeNode p, TreeNode q) {
        return p != kNoTreeNode && q != kNoTreeNode && tokens.label_similarity(p, q) > 0;
    };
    for (;;) {
        x = a_.parent(x);
        y = b_.parent(y);
        if (x == kNoTreeNode || y == kNoTreeNode)
            return;
        if (!share(x, y) && share(x, b_.parent(y)))
            y = b_.parent(y);
        else if (!share(x, y) && share(a_.parent(x), y))
            x = a_.parent(x);
        if (!share(x, y) || !add(x, y, tokens))
            return;
        budget.reserve(1);
        budget.tick(1);
    }
}

CandidatePairs::PairId CandidatePairs::find_parents(TreeNode x, TreeNode y) const {
    const TreeNode above_x = a_.parent(x);
    const TreeNode above_y = b_.parent(y);
    if (above_x == kNoTreeNode || above_y == kNoTreeNode)
        return kNoPair;
    PairId found = find(above_x, above_y);
    if (found == kNoPair && above_y > 0)
        found = find(above_x, b_.parent(above_y));
    if (found == kNoPair && above_x > 0)
        found = find(a_.parent(above_x), above_y);
    return found;
}

bool CandidatePairs::add(TreeNode x, TreeNode y, const NodeTokens &tokens) {
    const bool is_new = known_.emplace(key_of(x, y), static_cast<PairId>(pairs_.size())).second;
    if (is_new)
        pairs_.push_back({x, y, tokens.similarity(x, y)});
    return is_new;
}

CandidatePairs::PairId CandidatePairs::find(TreeNode x, TreeNode y) const {
    const auto found = known_.find(key_of(x, y));
    return found == known_.end() ? kNoPair : found->second;
}

void CandidatePairs::sort() {
    std::sort(pairs_.begin(), pairs_.end(),
              [](const Pair &p, const Pair &q) { return p.a != q.a ? p.a < q.a : p.b < q.b; });
    const auto count = static_cast<PairId>(pairs_.size());
    node_to_first_.assign(index(a_.size()) + 1, 0);
    for (PairId id = 0; id < count; ++id) {
        known_[key_of(pairs_[index(id)].a, pairs_[index(id)].b)] = id;
        ++node_to_first_[index(pairs_[index(id)].a) + 1];
    }
    for (std::size_t x = 0; x < index(a_.size()); ++x)
        node_to_first_[x + 1] += node_to_first_[x];

    pair_to_parents_.assign(pairs_.size(), kNoPair);
    pair_to_previous_.assign(pairs_.size(), kNoPair);
    pair_to_next_.assign(pairs_.size(), kNoPair);
    for (PairId id = 0; id < count; ++id) {
        const Pair &pair = pairs_[index(id)];
        pair_to_parents_[index(id)] = find_parents(pair.a, pair.b);
        const TreeNode before_a = a_to_previous_[index(pair.a)];
        const TreeNode before_b = b_to_previous_[index(pair.b)];
        if (before_a == kNoTreeNode || before_b == kNoTreeNode)
            continue;
        const PairId before = find(before_a, before_b);
        pair_to_previous_[index(id)] = before;
        if (before != kNoPair)
            pair_to_next_[index(before)] = id;
    }
}

/* Each child of the node of a counts with its best pair among the children of the node of b. */
void CandidatePairs::sum_children() {
    children_.assign(pairs_.size(), 0);
    std::vector<TreeNode> pair_to_last_child(pairs_.size(), kNoTreeNode);
    std::vector<double> pair_to_best(pairs_.size(), 0);
    for (std::size_t id = 0; id < pairs_.size(); ++id) {
        if (pair_to_parents_[id] == kNoPair)
            continue;
        const auto parents = index(pair_to_parents_[id]);
        if (pair_to_last_child[parents] != pairs_[id].a) {
            pair_to_last_child[parents] = pairs_[id].a;
            pair_to_best[parents] = 0;
        }
        children_[parents] += std::max(0.0, pairs_[id].score - pair_to_best[parents]);
        pair_to_best[parents] = std::max(pair_to_best[parents], pairs_[id].score);
    }
}

void CandidatePairs::propagate(CellBudget &budget) {
    sum_children();
    const auto score_of = [this](PairId id) { return id == kNoPair ? 0.0 : pairs_[index(id)].score; };
    const auto has_next = [](const Tree &tree, TreeNode node) {
        return node > 0 && tree.end_of(node) < tree.end_of(tree.parent(node));
    };
    next_scores_.resize(pairs_.size());
    for (std::size_t id = 0; id < pairs_.size(); ++id) {
        const auto &[x, y, own] = pairs_[id];
        /* What is missing on both sides speaks neither for nor against a pair. */
        const double parents = x == 0 && y == 0 ? own : score_of(pair_to_parents_[id]);
        const double children =
            a_.is_leaf(x) && b_.is_leaf(y) ? own : std::min(1.0, children_[id] / std::max(a_.degree(x), b_.degree(y)));
        const bool are_first = a_to_previous_[index(x)] == kNoTreeNode && b_to_previous_[index(y)] == kNoTreeNode;
        const double before = are_first ? own : score_of(pair_to_previous_[id]);
        const double after = !has_next(a_, x) && !has_next(b_, y) ? own : score_of(pair_to_next_[id]);
        next_scores_[id] = kOwn * own + kParents * parents + kChildren * children + kSibling * (before + after);
        budget.tick(1);
    }
    for (std::size_t id = 0; id < pairs_.size(); ++id)
        pairs_[id].score = next_scores_[id];
}

} // namespace webwrap
