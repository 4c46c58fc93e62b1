#include "core/match/similarity.hpp"

#include <algorithm>

#include "core/match/bigram.hpp"
#include "core/match/clustered.hpp"
#include "core/match/edit_distance.hpp"
#include "core/match/flexible.hpp"
#include "core/match/jaro_winkler.hpp"
#include "core/match/simple.hpp"
#include "core/match/weighted_matcher.hpp"

namespace webwrap {

namespace {

/* Bounds are computed by other roundings than the values that they bound. */
constexpr double kRoundingSlack = 1e-9;

bool is_below(double bound, double threshold) { return bound <= 0 || bound + kRoundingSlack < threshold; }

double dice(std::int64_t common, std::int64_t size_a, std::int64_t size_b) {
    return 2.0 * static_cast<double>(common) / static_cast<double>(size_a + size_b);
}

double smaller_by_greater(std::int32_t a, std::int32_t b) {
    return static_cast<double>(std::min(a, b)) / std::max(a, b);
}

} // namespace

/* What all measures share: an example, a page, and what they cost. */
class SimilarityQuery::Scorer {
  public:
    Scorer(const IndexedTree &example, TreeNode root, const IndexedTree &page, CellBudget &budget)
        : example_(example), root_(root), page_(page), budget_(budget) {}
    virtual ~Scorer() = default;
    [[nodiscard]] virtual double similarity(TreeNode node) = 0;
    [[nodiscard]] virtual double similarity_from(TreeNode node, double) { return similarity(node); }
    [[nodiscard]] virtual bool may_reach(TreeNode node, double threshold) = 0;

  protected:
    [[nodiscard]] const Tree &example() const { return example_.tree; }
    [[nodiscard]] const Tree &page() const { return page_.tree; }
    [[nodiscard]] TreeNode root() const { return root_; }
    [[nodiscard]] TreeNode example_size() const { return example().subtree_size(root_); }
    [[nodiscard]] bool is_same_label(TreeNode node) const { return page().label(node) == example().label(root_); }
    [[nodiscard]] CellBudget &budget() const { return budget_; }
    [[nodiscard]] SubtreeClass example_class() const { return example_.node_to_class[static_cast<std::size_t>(root_)]; }
    [[nodiscard]] SubtreeClass page_class(TreeNode node) const {
        return page_.node_to_class[static_cast<std::size_t>(node)];
    }
    /* (1/max(t', t'')) / max(1/t', 1/t'') */
    [[nodiscard]] double sibling_ratio(TreeNode node, RootRule rule) const {
        return rule == RootRule::kOne ? 1.0 : smaller_by_greater(example().siblings(root()), page().siblings(node));
    }
    /* Of two inner nodes each child of the one with fewer counts 1 at most. */
    [[nodiscard]] double clustered_bound(TreeNode node, RootRule rule) const {
        const bool is_inner_pair = !example().is_leaf(root()) && !page().is_leaf(node);
        return sibling_ratio(node, rule) *
               (is_inner_pair ? smaller_by_greater(example().degree(root()), page().degree(node)) : 1.0);
    }

  private:
    IndexedTree example_;
    TreeNode root_;
    IndexedTree page_;
    CellBudget &budget_;
};

/* How often each label occurs in the example; bounds the number of nodes of equal label in the example and another. */
class SimilarityQuery::LabelHistogram {
  public:
    LabelHistogram(std::span<const LabelId> labels, std::size_t label_count) : label_to_count_(label_count, 0) {
        for (const LabelId label : labels)
            ++count_of(label);
    }

    [[nodiscard]] std::int64_t common(std::span<const LabelId> labels, CellBudget &budget) {
        budget.reserve(static_cast<std::int64_t>(labels.size()));
        budget.tick(static_cast<std::int64_t>(labels.size()));
        std::int64_t common = 0;
        for (const LabelId label : labels)
            common += count_of(label)-- > 0;
        for (const LabelId label : labels) /* as it was */
            ++count_of(label);
        return common;
    }

  private:
    std::int32_t &count_of(LabelId label) { return label_to_count_[static_cast<std::size_t>(label)]; }
    std::vector<std::int32_t> label_to_count_;
};

class SimilarityQuery::SimpleScorer final : public Scorer {
  public:
    SimpleScorer(const SubtreeIndex &index, const IndexedTree &example, TreeNode root, const IndexedTree &page,
                 CellBudget &budget)
        : Scorer(example, root, page, budget),
          matcher_(example.tree, page.tree, IndexedIdentity(example.node_to_class, page.node_to_class), SimpleScoring{},
                   budget),
          histogram_(example.tree.labels_of(root), index.label_count()) {}

    [[nodiscard]] double similarity(TreeNode node) override { return similarity_from(node, 0); }
    [[nodiscard]] double similarity_from(TreeNode node, double threshold) override {
        const TreeNode size = page().subtree_size(node);
        const double needed = threshold * static_cast<double>(example_size() + size) / 2;
        return dice(matcher_.match(root(), node, static_cast<std::int32_t>(needed)), example_size(), size);
    }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        if (!is_same_label(node))
            return false;
        const TreeNode size = page().subtree_size(node);
        return !is_below(dice(std::min(size, example_size()), size, example_size()), threshold) &&
               !is_below(dice(histogram_.common(page().labels_of(node), budget()), size, example_size()), threshold);
    }

  private:
    TreeMatcher<SimpleScoring, IndexedIdentity> matcher_;
    LabelHistogram histogram_;
};

class SimilarityQuery::ClusteredScorer final : public Scorer {
  public:
    ClusteredScorer(const IndexedTree &example, TreeNode root, const IndexedTree &page,
                    const SimilarityOptions &options, CellBudget &budget)
        : Scorer(example, root, page, budget),
          matcher_(example.tree, page.tree, IndexedIdentity(example.node_to_class, page.node_to_class),
                   ClusteredScoring{options.leaf_rule}, budget),
          root_rule_(options.root_rule) {}

    [[nodiscard]] double similarity(TreeNode node) override { return similarity_from(node, 0); }
    [[nodiscard]] double similarity_from(TreeNode node, double threshold) override {
        const double ratio = sibling_ratio(node, root_rule_);
        return matcher_.match(root(), node, threshold / ratio - kRoundingSlack) * ratio;
    }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        return is_same_label(node) && !is_below(clustered_bound(node, root_rule_), threshold);
    }

  private:
    TreeMatcher<ClusteredScoring, IndexedIdentity> matcher_;
    RootRule root_rule_;
};

class SimilarityQuery::WeightedScorer final : public Scorer {
  public:
    WeightedScorer(const SubtreeIndex &index, const IndexedTree &example, TreeNode root, const IndexedTree &page,
                   Measure measure, const SimilarityOptions &options, CellBudget &budget)
        : Scorer(example, root, page, budget), matcher_(index, measure, options, budget), measure_(measure),
          root_rule_(options.root_rule) {}

    [[nodiscard]] double similarity(TreeNode node) override {
        const double value = matcher_.match(example_class(), page_class(node));
        const double similarity = measure_ == Measure::kClustered
                                      ? value * sibling_ratio(node, root_rule_)
                                      : 2 * value / (example_size() + page().subtree_size(node));
        return std::min(similarity, 1.0); /* sums of fractions round */
    }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        if (!matcher_.have_one_kind(example().label(root()), page().label(node)))
            return false;
        const TreeNode size = page().subtree_size(node);
        return !is_below(measure_ == Measure::kClustered ? clustered_bound(node, root_rule_)
                                                         : dice(std::min(size, example_size()), size, example_size()),
                         threshold);
    }

  private:
    WeightedMatcher matcher_;
    Measure measure_;
    RootRule root_rule_;
};

class SimilarityQuery::BigramScorer final : public Scorer {
  public:
    BigramScorer(const IndexedTree &example, TreeNode root, const IndexedTree &page, CellBudget &budget)
        : Scorer(example, root, page, budget),
          own_index_(page.bigrams == nullptr ? std::make_unique<BigramIndex>(page.tree) : nullptr),
          query_(example.tree, root, page.bigrams == nullptr ? *own_index_ : *page.bigrams) {}

    [[nodiscard]] double similarity(TreeNode node) override { return query_.similarity(node, budget()); }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        return !is_below(query_.upper_bound(node), threshold);
    }

  private:
    std::unique_ptr<BigramIndex> own_index_;
    BigramQuery query_;
};

class SimilarityQuery::JaroWinklerScorer final : public Scorer {
  public:
    JaroWinklerScorer(const SubtreeIndex &index, const IndexedTree &example, TreeNode root, const IndexedTree &page,
                      CellBudget &budget)
        : Scorer(example, root, page, budget), query_(example.tree.labels_of(root), index.label_count()),
          histogram_(example.tree.labels_of(root), index.label_count()) {}

    [[nodiscard]] double similarity(TreeNode node) override {
        return query_.similarity(page().labels_of(node), budget());
    }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        const TreeNode size = page().subtree_size(node);
        const auto length = static_cast<std::size_t>(size);
        return !is_below(query_.upper_bound(length, std::min(size, example_size())), threshold) &&
               !is_below(query_.upper_bound(length, histogram_.common(page().labels_of(node), budget())), threshold);
    }

  private:
    JaroWinklerQuery query_;
    LabelHistogram histogram_;
};

class SimilarityQuery::EditScorer final : public Scorer {
  public:
    EditScorer(const SubtreeIndex &index, const IndexedTree &example, TreeNode root, const IndexedTree &page,
               CellBudget &budget)
        : Scorer(example, root, page, budget),
          query_(index, example.tree, root, example.node_to_class, page.tree, page.node_to_class),
          histogram_(example.tree.labels_of(root), index.label_count()) {}

    [[nodiscard]] double similarity(TreeNode node) override {
        return edit_similarity(query_.distance(node, budget()), example_size(), page().subtree_size(node));
    }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        const TreeNode size = page().subtree_size(node);
        return !is_below(bound(size, std::min(size, example_size())), threshold) &&
               !is_below(bound(size, histogram_.common(page().labels_of(node), budget())), threshold);
    }

  private:
    /* All nodes of the greater tree but those with a partner of their label are inserted or relabelled. */
    [[nodiscard]] double bound(TreeNode size, std::int64_t common) const {
        return edit_similarity(std::max(size, example_size()) - common, example_size(), size);
    }

    EditDistanceQuery query_;
    LabelHistogram histogram_;
};

/* Compares copies: tokens are weighed within the two subtrees. */
class SimilarityQuery::FlexibleScorer final : public Scorer {
  public:
    FlexibleScorer(const IndexedTree &example, TreeNode root, const IndexedTree &page, CellBudget &budget)
        : Scorer(example, root, page, budget), example_copy_(copy_of(example.tree, root)) {}

    [[nodiscard]] double similarity(TreeNode node) override {
        return flexible_similarity(example_copy_, copy_of(page(), node), budget());
    }
    [[nodiscard]] bool may_reach(TreeNode node, double threshold) override {
        const TreeNode size = page().subtree_size(node);
        return !is_below(dice(std::min(size, example_size()), size, example_size()), threshold);
    }

  private:
    static Tree copy_of(const Tree &tree, TreeNode root) {
        TreeBuilder builder(tree.label_table());
        for (TreeNode node = root; node < tree.end_of(root); ++node)
            builder.add(node == root ? kNoTreeNode : tree.parent(node) - root, tree.label(node));
        return builder.finish();
    }

    Tree example_copy_;
};

SimilarityQuery::SimilarityQuery(const SubtreeIndex &index, const IndexedTree &example, TreeNode example_root,
                                 const IndexedTree &page, Measure measure, const SimilarityOptions &options,
                                 CellBudget &budget) {
    check_options(options, measure);
    if (!options.is_plain()) {
        scorer_ = std::make_unique<WeightedScorer>(index, example, example_root, page, measure, options, budget);
        return;
    }
    switch (measure) {
    case Measure::kSimple:
        scorer_ = std::make_unique<SimpleScorer>(index, example, example_root, page, budget);
        break;
    case Measure::kClustered:
        scorer_ = std::make_unique<ClusteredScorer>(example, example_root, page, options, budget);
        break;
    case Measure::kBigram:
        scorer_ = std::make_unique<BigramScorer>(example, example_root, page, budget);
        break;
    case Measure::kJaroWinkler:
        scorer_ = std::make_unique<JaroWinklerScorer>(index, example, example_root, page, budget);
        break;
    case Measure::kEdit:
        scorer_ = std::make_unique<EditScorer>(index, example, example_root, page, budget);
        break;
    case Measure::kFlexible:
        scorer_ = std::make_unique<FlexibleScorer>(example, example_root, page, budget);
        break;
    }
}

SimilarityQuery::~SimilarityQuery() = default;

double SimilarityQuery::similarity(TreeNode node) { return scorer_->similarity(node); }

double SimilarityQuery::similarity_from(TreeNode node, double threshold) {
    return scorer_->similarity_from(node, threshold);
}

bool SimilarityQuery::may_reach(TreeNode node, double threshold) { return scorer_->may_reach(node, threshold); }

namespace {

/* An order of trees that does not depend on which was made first. */
bool is_before(const Tree &a, const Tree &b) {
    if (a.size() != b.size())
        return a.size() < b.size();
    for (TreeNode node = 0; node < a.size(); ++node) {
        if (a.subtree_size(node) != b.subtree_size(node))
            return a.subtree_size(node) < b.subtree_size(node);
        if (a.label(node) != b.label(node))
            return a.label_table().text(a.label(node)) < b.label_table().text(b.label(node));
    }
    return false;
}

double similarity_of_indexed(const Tree &a, const Tree &b, Measure measure, const SimilarityOptions &options,
                             const Limits &limits) {
    SubtreeIndex index;
    const auto a_to_class = index.add(a);
    const auto b_to_class = index.add(b);
    CellBudget budget(limits);
    return SimilarityQuery(index, {a, a_to_class}, 0, {b, b_to_class}, measure, options, budget).similarity(0);
}

} // namespace

double tree_similarity(const Tree &a, const Tree &b, Measure measure, const SimilarityOptions &options,
                       const Limits &limits) {
    check_options(options, measure);
    if (a.empty() || b.empty())
        return a.empty() && b.empty() ? 1.0 : 0.0;
    /* Sums of an assignment depend in the last place on the order of its rows and columns. */
    if (!options.is_ordered && is_before(b, a))
        return similarity_of_indexed(b, a, measure, options, limits);
    if (measure == Measure::kSimple && options.is_plain())
        return dice(simple_tree_matching(a, b, limits), a.size(), b.size());
    if (measure == Measure::kEdit)
        return edit_similarity(tree_edit_distance(a, b, limits), a.size(), b.size());
    return similarity_of_indexed(a, b, measure, options, limits);
}

} // namespace webwrap
