#include "core/match/mapping.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/match/flexible.hpp"
#include "core/match/simple.hpp"

namespace webwrap {

namespace {

/* Goes down from the pair of roots: the children of a pair that belongs to the matching are aligned once more, this
 * time keeping the decisions, with the values of the child pairs from the matcher's memo. */
class MappingTracer {
  public:
    MappingTracer(const Tree &a, const Tree &b, const Limits &limits)
        : a_(a), b_(b), budget_(limits), a_to_class_(index_.add(a)), b_to_class_(index_.add(b)),
          matcher_(a, b, IndexedIdentity(a_to_class_, b_to_class_), SimpleScoring{}, budget_) {}

    std::vector<TreeNodePair> trace() {
        if (a_.label(0) == b_.label(0))
            open_.push_back({0, 0});
        while (!open_.empty()) {
            const TreeNodePair pair = open_.back();
            open_.pop_back();
            budget_.tick(1);
            if (a_class(pair.a) == b_class(pair.b))
                pair_all(pair);
            else
                pair_and_align(pair);
        }
        std::sort(pairs_.begin(), pairs_.end(), [](TreeNodePair x, TreeNodePair y) { return x.a < y.a; });
        return std::move(pairs_);
    }

    /* With the Dice coefficient of the pair's subtrees. */
    std::vector<ScoredPair> trace_with_scores() {
        std::vector<ScoredPair> scored;
        for (const TreeNodePair pair : trace()) {
            const std::int64_t matched = matcher_.match(pair.a, pair.b);
            const std::int64_t nodes = std::int64_t{a_.subtree_size(pair.a)} + b_.subtree_size(pair.b);
            scored.push_back({pair.a, pair.b, 2.0 * static_cast<double>(matched) / static_cast<double>(nodes)});
        }
        return scored;
    }

  private:
    [[nodiscard]] SubtreeClass a_class(TreeNode node) const { return a_to_class_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] SubtreeClass b_class(TreeNode node) const { return b_to_class_[static_cast<std::size_t>(node)]; }

    void pair_all(TreeNodePair roots) {
        for (TreeNode offset = 0; offset < a_.subtree_size(roots.a); ++offset)
            pairs_.push_back({roots.a + offset, roots.b + offset});
    }

    static void list_children(const Tree &tree, TreeNode node, std::vector<TreeNode> &children) {
        children.clear();
        for (TreeNode child = node + 1; child < tree.end_of(node); child = tree.end_of(child))
            children.push_back(child);
    }

    void pair_and_align(TreeNodePair roots) {
        pairs_.push_back(roots);
        list_children(a_, roots.a, children_a_);
        list_children(b_, roots.b, children_b_);
        std::size_t first = 0;
        std::size_t end_a = children_a_.size();
        std::size_t end_b = children_b_.size();
        const auto are_identical = [this](std::size_t at_a, std::size_t at_b) {
            return a_class(children_a_[at_a]) == b_class(children_b_[at_b]);
        };
        for (; first < end_a && first < end_b && are_identical(first, first); ++first)
            open_.push_back({children_a_[first], children_b_[first]});
        for (; first < end_a && first < end_b && are_identical(end_a - 1, end_b - 1); --end_a, --end_b)
            open_.push_back({children_a_[end_a - 1], children_b_[end_b - 1]});
        align(std::span(children_a_).subspan(first, end_a - first),
              std::span(children_b_).subspan(first, end_b - first));
    }

    void align(std::span<const TreeNode> as, std::span<const TreeNode> bs) {
        const std::size_t width = bs.size();
        budget_.reserve(static_cast<std::int64_t>(as.size()) * static_cast<std::int64_t>(width));
        from_left_.assign(as.size() * width, false);
        from_above_.assign(as.size() * width, false);
        row_.assign(width + 1, 0);
        for (std::size_t i = 0; i < as.size(); ++i) {
            std::int32_t diagonal = 0;
            for (std::size_t j = 0; j < width; ++j) {
                const std::int32_t above = row_[j + 1];
                const std::int32_t paired = diagonal + matcher_.match(as[i], bs[j]);
                row_[j + 1] = std::max({row_[j], above, paired});
                from_left_[i * width + j] = row_[j + 1] == row_[j];
                from_above_[i * width + j] = row_[j + 1] == above;
                diagonal = above;
            }
            budget_.tick(static_cast<std::int64_t>(width));
        }
        for (std::size_t i = as.size(), j = width; i > 0 && j > 0;) {
            const std::size_t cell = (i - 1) * width + j - 1;
            if (from_left_[cell])
                --j;
            else if (from_above_[cell])
                --i;
            else
                open_.push_back({as[--i], bs[--j]});
        }
    }

    const Tree &a_;
    const Tree &b_;
    CellBudget budget_;
    SubtreeIndex index_;
    std::vector<SubtreeClass> a_to_class_;
    std::vector<SubtreeClass> b_to_class_;
    TreeMatcher<SimpleScoring, IndexedIdentity> matcher_;
    std::vector<TreeNodePair> open_; /* pairs of the matching whose subtrees are still to be paired */
    std::vector<TreeNodePair> pairs_;
    std::vector<TreeNode> children_a_, children_b_;
    std::vector<bool> from_left_, from_above_;
    std::vector<std::int32_t> row_;
};

} // namespace

std::vector<TreeNodePair> simple_tree_mapping(const Tree &a, const Tree &b, const Limits &limits) {
    if (a.empty() || b.empty())
        return {};
    return MappingTracer(a, b, limits).trace();
}

std::vector<ScoredPair> tree_mapping(const Tree &a, const Tree &b, Measure measure, const Limits &limits) {
    if (measure != Measure::kSimple && measure != Measure::kFlexible)
        throw Error(ErrorKind::kInvalidArgument,
                    "tree similarity measure \"" + std::string(name_of(measure)) + "\" has no mapping", {},
                    "Measures with a mapping are simple, flexible.");
    if (a.empty() || b.empty())
        return {};
    return measure == Measure::kSimple ? MappingTracer(a, b, limits).trace_with_scores()
                                       : flexible_mapping(a, b, limits);
}

} // namespace webwrap
