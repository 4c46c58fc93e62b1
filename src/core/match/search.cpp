#include "core/match/search.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

#include "core/base/error.hpp"

namespace webwrap {

namespace {

void check_threshold(double threshold) {
    if (threshold >= 0 && threshold <= 1)
        return;
    std::ostringstream text; /* of NaN too, which is neither */
    text << "similarity threshold " << threshold << " is not between 0 and 1";
    throw Error(ErrorKind::kInvalidArgument, text.str());
}

} // namespace

SubtreeSearch::SubtreeSearch(const Document &page, LabelTable &labels, const TreeOptions &options, const Limits &limits)
    : limits_(limits), tree_(tree_of(page, 0, options, labels)), node_to_class_(index_.add(tree_)) {
    group_identical_nodes();
}

void SubtreeSearch::group_identical_nodes() {
    std::vector<TreeNode> class_to_last(static_cast<std::size_t>(index_.size()), kNoTreeNode);
    label_to_first_.assign(index_.label_count() + 1, 0);
    node_to_next_identical_.assign(static_cast<std::size_t>(tree_.size()), kNoTreeNode);
    for (TreeNode node = 0; node < tree_.size(); ++node) {
        TreeNode &last = class_to_last[static_cast<std::size_t>(node_to_class_[static_cast<std::size_t>(node)])];
        if (last == kNoTreeNode) {
            firsts_.push_back(node);
            ++label_to_first_[static_cast<std::size_t>(tree_.label(node)) + 1];
        } else {
            node_to_next_identical_[static_cast<std::size_t>(last)] = node;
        }
        last = node;
    }
    std::partial_sum(label_to_first_.begin(), label_to_first_.end(), label_to_first_.begin());
    std::stable_sort(firsts_.begin(), firsts_.end(),
                     [this](TreeNode a, TreeNode b) { return tree_.label(a) < tree_.label(b); });
}

/* One node of each class that the measure can find similar at all. */
std::span<const TreeNode> SubtreeSearch::candidates(const Tree &example, Measure measure,
                                                    const SimilarityOptions &options) const {
    if (!options.is_plain())
        return firsts_;
    if (measure != Measure::kSimple && measure != Measure::kClustered)
        return firsts_;
    const auto label = static_cast<std::size_t>(example.label(0)); /* these two want equal roots */
    if (label + 1 >= label_to_first_.size())
        return {};
    return std::span(firsts_).subspan(label_to_first_[label], label_to_first_[label + 1] - label_to_first_[label]);
}

std::vector<SimilarNode> SubtreeSearch::find(const Tree &example, Measure measure, double threshold,
                                             const SimilarityOptions &options) {
    check_threshold(threshold);
    check_options(options, measure);
    std::vector<SimilarNode> found;
    if (example.empty() || tree_.empty())
        return found;
    if (measure == Measure::kBigram && !bigrams_)
        bigrams_.emplace(tree_);

    const auto example_to_class = index_.add(example);
    CellBudget budget(limits_);
    SimilarityQuery query(index_, {example, example_to_class}, 0,
                          {tree_, node_to_class_, bigrams_ ? &*bigrams_ : nullptr}, measure, options, budget);
    /* By the printed root rule siblings count, which differ within a class. */
    const bool is_same_for_class = measure != Measure::kClustered || options.root_rule == RootRule::kOne;
    for (const TreeNode first : candidates(example, measure, options)) {
        budget.tick(1);
        double similarity = -1;
        for (TreeNode node = first; node != kNoTreeNode;
             node = node_to_next_identical_[static_cast<std::size_t>(node)]) {
            if (node == first || !is_same_for_class)
                similarity = query.may_reach(node, threshold) ? query.similarity_from(node, threshold) : -1;
            if (similarity > 0 && similarity >= threshold)
                found.push_back({tree_.document_node(node), similarity});
            else if (is_same_for_class)
                break;
        }
    }
    std::sort(found.begin(), found.end(), [](const SimilarNode &a, const SimilarNode &b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.node < b.node;
    });
    return found;
}

std::vector<SimilarNode> similar_nodes(const Document &page, const Tree &example, LabelTable &labels, Measure measure,
                                       double threshold, const SimilarityOptions &options, const Limits &limits) {
    return SubtreeSearch(page, labels, options.tree, limits).find(example, measure, threshold, options);
}

} // namespace webwrap
