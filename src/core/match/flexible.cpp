#include "core/match/flexible.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <queue>
#include <unordered_map>

#include "core/match/candidate_pairs.hpp"
#include "core/match/node_tokens.hpp"
#include "core/match/subtree_index.hpp"

namespace webwrap {

namespace {

constexpr int kRounds = 2; /* of propagation */
/* How much a pair rises for each pair around it that is taken, and what a pair is worth that is no candidate. */
constexpr double kParentsTaken = 0.25;
constexpr double kChildTaken = 0.25;
constexpr double kOtherTaken = 0.1;
constexpr double kByNeighbours = 0.5;
/* What a pair loses by contradicting others. */
constexpr double kOtherAncestor = 0.25;
constexpr double kOtherBefore = 0.15;

std::size_t index(std::int32_t at) { return static_cast<std::size_t>(at); }

/* A total order of trees by shape and label texts; equal means identical. */
std::strong_ordering compare(const Tree &a, const Tree &b) {
    if (a.size() != b.size())
        return a.size() <=> b.size();
    for (TreeNode node = 0; node < a.size(); ++node) {
        if (a.parent(node) != b.parent(node))
            return a.parent(node) <=> b.parent(node);
        if (a.label(node) != b.label(node))
            return a.label_table().text(a.label(node)).compare(b.label_table().text(b.label(node))) <=> 0;
    }
    return std::strong_ordering::equal;
}

/* One matching of two different trees. */
class FlexibleMatcher {
  public:
    FlexibleMatcher(const Tree &a, const Tree &b, CellBudget &budget)
        : a_(a), b_(b), budget_(budget), a_to_class_(index_.add(a)), b_to_class_(index_.add(b)),
          tokens_(a, a_to_class_, b, b_to_class_, budget), candidates_(a, b, tokens_, budget),
          a_to_previous_(previous_siblings(a)), b_to_previous_(previous_siblings(b)),
          a_to_next_(next_siblings(a_to_previous_)), b_to_next_(next_siblings(b_to_previous_)),
          a_to_b_(a_to_previous_.size(), kNoTreeNode), b_to_a_(b_to_previous_.size(), kNoTreeNode) {}

    std::vector<ScoredPair> match() {
        for (int round = 0; round < kRounds; ++round)
            candidates_.propagate(budget_);
        take_best_first();
        offers_ = {};
        pair_renamed();
        pair_children_in_order();
        pair_equally_frequent();
        pair_renamed();
        pair_children_in_order();
        return scored_pairs();
    }

  private:
    struct Offer {
        double score;
        double distance; /* of the relative places in the pages */
        TreeNode a, b;
        /* True if the other one is to be taken first. */
        bool operator<(const Offer &other) const {
            if (score != other.score)
                return score < other.score;
            if (distance != other.distance)
                return distance > other.distance;
            return a != other.a ? a > other.a : b > other.b;
        }
    };

    static std::vector<TreeNode> next_siblings(const std::vector<TreeNode> &node_to_previous) {
        std::vector<TreeNode> node_to_next(node_to_previous.size(), kNoTreeNode);
        for (std::size_t node = 0; node < node_to_previous.size(); ++node)
            if (node_to_previous[node] != kNoTreeNode)
                node_to_next[index(node_to_previous[node])] = static_cast<TreeNode>(node);
        return node_to_next;
    }

    [[nodiscard]] bool are_free(TreeNode x, TreeNode y) const {
        return a_to_b_[index(x)] == kNoTreeNode && b_to_a_[index(y)] == kNoTreeNode;
    }
    [[nodiscard]] bool are_partners(TreeNode x, TreeNode y) const {
        return x == kNoTreeNode ? y == kNoTreeNode : a_to_b_[index(x)] == y;
    }

    void take_best_first() {
        for (const auto &[x, y, score] : candidates_.pairs())
            offers_.push({score, distance_of(x, y), x, y});
        while (!offers_.empty()) {
            const Offer best = offers_.top();
            offers_.pop();
            budget_.tick(1);
            if (are_free(best.a, best.b))
                take(best.a, best.b);
        }
    }

    [[nodiscard]] double distance_of(TreeNode x, TreeNode y) const {
        return std::abs(static_cast<double>(x) / a_.size() - static_cast<double>(y) / b_.size());
    }

    /* Identical subtrees are paired as a whole, unless some of them is taken. */
    void take(TreeNode x, TreeNode y) {
        const bool are_identical = a_to_class_[index(x)] == b_to_class_[index(y)];
        TreeNode count = 1;
        if (are_identical) {
            const TreeNode size = a_.subtree_size(x);
            while (count < size && are_free(x + count, y + count))
                ++count;
            budget_.tick(count);
            count = count == size ? size : 1;
        }
        for (TreeNode offset = 0; offset < count; ++offset) {
            a_to_b_[index(x + offset)] = y + offset;
            b_to_a_[index(y + offset)] = x + offset;
        }
        offer_around(x, y, count == a_.subtree_size(x));
    }

    void offer_around(TreeNode x, TreeNode y, bool is_whole_subtree) {
        if (x > 0 && y > 0)
            offer(a_.parent(x), b_.parent(y), kChildTaken);
        if (const auto above = candidates_.find_parents(x, y); above != CandidatePairs::kNoPair)
            offer(candidates_.pairs()[index(above)].a, candidates_.pairs()[index(above)].b, kChildTaken);
        offer(a_to_previous_[index(x)], b_to_previous_[index(y)]);
        offer(a_to_next_[index(x)], b_to_next_[index(y)]);
        if (is_whole_subtree || a_.is_leaf(x) || b_.is_leaf(y))
            return;
        offer(x + 1, y + 1);
        for (TreeNode child = x + 1; child < a_.end_of(x); child = a_.end_of(child))
            for (auto id = candidates_.first_of(child); id < candidates_.first_of(child + 1); ++id)
                if (const TreeNode other = candidates_.pairs()[index(id)].b; b_.parent(other) == y)
                    offer(child, other);
    }

    /* Offers a pair next to a taken one once more, for what it is worth now. */
    void offer(TreeNode x, TreeNode y, double rise = 0) {
        if (x == kNoTreeNode || y == kNoTreeNode || !are_free(x, y))
            return;
        const auto id = candidates_.find(x, y);
        double score = 0;
        if (id != CandidatePairs::kNoPair) {
            score = candidates_.pairs()[index(id)].score;
        } else {
            if (tokens_.label_similarity(x, y) <= 0)
                return;
            score = kByNeighbours * tokens_.similarity(x, y);
        }
        budget_.reserve(1);
        offers_.push({score + rise + rise_of(x, y), distance_of(x, y), x, y});
    }

    [[nodiscard]] double rise_of(TreeNode x, TreeNode y) const {
        const auto taken = [this](TreeNode p, TreeNode q) {
            return p != kNoTreeNode && q != kNoTreeNode && a_to_b_[index(p)] == q;
        };
        double rise = taken(a_to_previous_[index(x)], b_to_previous_[index(y)]) ? kOtherTaken : 0;
        rise += taken(a_to_next_[index(x)], b_to_next_[index(y)]) ? kOtherTaken : 0;
        rise += x > 0 && y > 0 && taken(a_.parent(x), b_.parent(y)) ? kParentsTaken : 0;
        return rise;
    }

    /* A node whose label shares nothing with any other's is the one that most of its children's partners are in now, or
     * what that is in where a level came between. From the leaves up. */
    void pair_renamed() {
        for (TreeNode x = a_.size() - 1; x >= 0; --x) {
            budget_.tick(1);
            if (a_to_b_[index(x)] != kNoTreeNode || a_.is_leaf(x))
                continue;
            TreeNode y = elected(x, [this](TreeNode partner) { return b_.parent(partner); });
            if (y == kNoTreeNode)
                y = elected(x, [this](TreeNode partner) {
                    const TreeNode parent = b_.parent(partner);
                    return parent == kNoTreeNode ? kNoTreeNode : b_.parent(parent);
                });
            if (y != kNoTreeNode && b_to_a_[index(y)] == kNoTreeNode)
                take_quietly(x, y);
        }
    }

    /* The node that holds the partners of more than half of those children that have one, or kNoTreeNode. */
    template <typename HolderOf> TreeNode elected(TreeNode x, const HolderOf &holder_of) {
        TreeNode best = kNoTreeNode;
        TreeNode most = 0;
        TreeNode voters = 0;
        votes_.clear();
        for (TreeNode child = x + 1; child < a_.end_of(x); child = a_.end_of(child), budget_.tick(1)) {
            const TreeNode partner = a_to_b_[index(child)];
            if (partner == kNoTreeNode)
                continue;
            ++voters;
            const TreeNode holder = holder_of(partner);
            const TreeNode votes = holder == kNoTreeNode ? 0 : ++votes_[holder];
            if (votes > most) {
                most = votes;
                best = holder;
            }
        }
        return 2 * most > voters ? best : kNoTreeNode;
    }

    /* Labels that are left equally often in both trees are paired in document order: a list whose entries look all the same
     * and whose frame is another one. */
    void pair_equally_frequent() {
        std::unordered_map<LabelId, std::vector<TreeNode>> label_to_free;
        std::unordered_map<LabelId, std::size_t> label_to_count;
        for (TreeNode y = 0; y < b_.size(); ++y, budget_.tick(1))
            if (b_to_a_[index(y)] == kNoTreeNode)
                label_to_free[b_.label(y)].push_back(y);
        for (TreeNode x = 0; x < a_.size(); ++x, budget_.tick(1))
            if (a_to_b_[index(x)] == kNoTreeNode)
                ++label_to_count[a_.label(x)];
        std::unordered_map<LabelId, std::size_t> label_to_next;
        for (TreeNode x = 0; x < a_.size(); ++x, budget_.tick(1)) {
            if (a_to_b_[index(x)] != kNoTreeNode)
                continue;
            const auto found = label_to_free.find(a_.label(x));
            if (found != label_to_free.end() && found->second.size() == label_to_count[a_.label(x)])
                take_quietly(x, found->second[label_to_next[a_.label(x)]++]);
        }
    }

    /* The first free child of a label gets the first one of the other side, and so on; then the same by tag names. */
    void pair_children_in_order() {
        for (TreeNode x = 0; x < a_.size(); ++x) {
            const TreeNode y = a_to_b_[index(x)];
            if (y == kNoTreeNode)
                continue;
            pair_free_children(x, y, [](const Tree &tree, TreeNode node) { return tree.label(node); });
            pair_free_children(x, y, [this](const Tree &tree, TreeNode node) {
                return &tree == &a_ ? tokens_.tag_of_a(node) : tokens_.tag_of_b(node);
            });
        }
    }

    template <typename KeyOf> void pair_free_children(TreeNode x, TreeNode y, const KeyOf &key_of) {
        free_.clear();
        std::unordered_map<std::int32_t, std::size_t> key_to_place;
        for (TreeNode child = y + 1; child < b_.end_of(y); child = b_.end_of(child), budget_.tick(1))
            if (b_to_a_[index(child)] == kNoTreeNode)
                free_.push_back({key_of(b_, child), child});
        if (free_.empty())
            return;
        std::stable_sort(free_.begin(), free_.end(), [](auto &p, auto &q) { return p.first < q.first; });
        for (std::size_t place = free_.size(); place-- > 0;)
            key_to_place[free_[place].first] = place;
        for (TreeNode child = x + 1; child < a_.end_of(x); child = a_.end_of(child), budget_.tick(1)) {
            if (a_to_b_[index(child)] != kNoTreeNode)
                continue;
            const std::int32_t key = key_of(a_, child);
            const auto found = key_to_place.find(key);
            if (found == key_to_place.end() || found->second == free_.size() || free_[found->second].first != key)
                continue;
            const TreeNode partner = free_[found->second++].second;
            if (are_free(child, partner))
                take_quietly(child, partner);
        }
    }

    void take_quietly(TreeNode x, TreeNode y) {
        a_to_b_[index(x)] = y;
        b_to_a_[index(y)] = x;
    }

    /* Ancestors and siblings are those in the matched part of the tree: levels that have no partner do not count. */
    struct Surroundings {
        std::vector<TreeNode> node_to_ancestor, node_to_before;
    };

    static Surroundings matched_part(const Tree &tree, const std::vector<TreeNode> &partners) {
        Surroundings around{std::vector<TreeNode>(partners.size(), kNoTreeNode),
                            std::vector<TreeNode>(partners.size(), kNoTreeNode)};
        std::vector<TreeNode> ancestor_to_last(partners.size() + 1, kNoTreeNode); /* the last one is for no ancestor */
        for (TreeNode node = 0; node < tree.size(); ++node) {
            TreeNode ancestor = node > 0 ? tree.parent(node) : kNoTreeNode;
            if (ancestor != kNoTreeNode && partners[index(ancestor)] == kNoTreeNode)
                ancestor = around.node_to_ancestor[index(ancestor)];
            around.node_to_ancestor[index(node)] = ancestor;
            TreeNode &last = ancestor_to_last[ancestor == kNoTreeNode ? partners.size() : index(ancestor)];
            around.node_to_before[index(node)] = last;
            if (partners[index(node)] != kNoTreeNode)
                last = node;
        }
        return around;
    }

    std::vector<ScoredPair> scored_pairs() {
        const Surroundings in_a = matched_part(a_, a_to_b_);
        const Surroundings in_b = matched_part(b_, b_to_a_);
        std::vector<ScoredPair> pairs;
        for (TreeNode x = 0; x < a_.size(); ++x) {
            const TreeNode y = a_to_b_[index(x)];
            budget_.tick(1);
            if (y == kNoTreeNode)
                continue;
            double kept = 1;
            if (!are_partners(in_a.node_to_ancestor[index(x)], in_b.node_to_ancestor[index(y)]))
                kept -= kOtherAncestor;
            if (!are_partners(in_a.node_to_before[index(x)], in_b.node_to_before[index(y)]))
                kept -= kOtherBefore;
            pairs.push_back({x, y, kept * tokens_.label_similarity(x, y)});
        }
        return pairs;
    }

    const Tree &a_;
    const Tree &b_;
    CellBudget &budget_;
    SubtreeIndex index_;
    std::vector<SubtreeClass> a_to_class_;
    std::vector<SubtreeClass> b_to_class_;
    NodeTokens tokens_;
    CandidatePairs candidates_;
    std::vector<TreeNode> a_to_previous_, b_to_previous_, a_to_next_, b_to_next_;
    std::vector<TreeNode> a_to_b_, b_to_a_;
    std::priority_queue<Offer> offers_;
    std::unordered_map<TreeNode, TreeNode> votes_;
    std::vector<std::pair<std::int32_t, TreeNode>> free_;
};

/* Of trees in their order (compare): what is computed does not depend on the order of the arguments. */
std::vector<ScoredPair> map_ordered(const Tree &a, const Tree &b, CellBudget &budget) {
    if (a.empty() || b.empty())
        return {};
    if (compare(a, b) != std::strong_ordering::equal)
        return FlexibleMatcher(a, b, budget).match();
    budget.reserve(a.size());
    std::vector<ScoredPair> pairs;
    for (TreeNode node = 0; node < a.size(); ++node)
        pairs.push_back({node, node, 1});
    return pairs;
}

} // namespace

std::vector<ScoredPair> flexible_mapping(const Tree &a, const Tree &b, CellBudget &budget) {
    if (compare(a, b) != std::strong_ordering::greater)
        return map_ordered(a, b, budget);
    auto pairs = map_ordered(b, a, budget);
    for (ScoredPair &pair : pairs)
        std::swap(pair.a, pair.b);
    std::sort(pairs.begin(), pairs.end(), [](const ScoredPair &p, const ScoredPair &q) { return p.a < q.a; });
    return pairs;
}

std::vector<ScoredPair> flexible_mapping(const Tree &a, const Tree &b, const Limits &limits) {
    CellBudget budget(limits);
    return flexible_mapping(a, b, budget);
}

double flexible_similarity(const Tree &a, const Tree &b, CellBudget &budget) {
    if (a.empty() && b.empty())
        return 1;
    double sum = 0;
    const bool is_ordered = compare(a, b) != std::strong_ordering::greater;
    for (const ScoredPair &pair : is_ordered ? map_ordered(a, b, budget) : map_ordered(b, a, budget))
        sum += pair.similarity;
    return 2 * sum / static_cast<double>(a.size() + b.size());
}

} // namespace webwrap
