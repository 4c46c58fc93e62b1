#include "core/match/edit_distance.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

/* What a remembered distance counts, beside the cell that computes it: it stays in memory. */
constexpr std::int64_t kRowCells = 4;
/* A table costs about as much as so many cells before it has any. */
constexpr std::int64_t kTableCells = 16;

constexpr TreeNode kNodesPerPoll = 4096;

using Children = std::vector<TreeNode>;

Children children_of(const Tree &tree, TreeNode node) {
    Children children;
    for (TreeNode child = node + 1; child < tree.end_of(node); child = tree.end_of(child))
        children.push_back(child);
    return children;
}

/* Goes down from two roots as long as they are equal and differ in one child each; what then is left of the two trees,
 * with a root each. */
class Remainder {
  public:
    Remainder(const Tree &a, const Tree &b) : a_(a), b_(b), a_to_class_(index_.add(a)), b_to_class_(index_.add(b)) {
        for (TreeNode x = 0, y = 0; a_.label(x) == b_.label(y);) {
            as_ = children_of(a_, x);
            bs_ = children_of(b_, y);
            label_ = a_.label(x);
            drop_identical_ends();
            if (as_.size() != 1 || bs_.size() != 1)
                break;
            x = as_.front();
            y = bs_.front();
        }
    }

    [[nodiscard]] std::pair<Tree, Tree> trees() const {
        if (label_ == kNoLabel)
            return {a_, b_};
        return {copy_of(a_, as_), copy_of(b_, bs_)};
    }

  private:
    static constexpr LabelId kNoLabel = -1;

    void drop_identical_ends() {
        const auto are_identical = [this](TreeNode x, TreeNode y) {
            return a_to_class_[static_cast<std::size_t>(x)] == b_to_class_[static_cast<std::size_t>(y)];
        };
        while (!as_.empty() && !bs_.empty() && are_identical(as_.back(), bs_.back())) {
            as_.pop_back();
            bs_.pop_back();
        }
        const auto ends = std::mismatch(as_.begin(), as_.end(), bs_.begin(), bs_.end(), are_identical);
        as_.erase(as_.begin(), ends.first);
        bs_.erase(bs_.begin(), ends.second);
    }

    [[nodiscard]] Tree copy_of(const Tree &tree, const Children &children) const {
        TreeBuilder builder(tree.label_table());
        builder.add(kNoTreeNode, label_);
        for (const TreeNode child : children) {
            const TreeNode shift = builder.next() - child;
            for (TreeNode node = child; node < tree.end_of(child); ++node)
                builder.add(node == child ? 0 : tree.parent(node) + shift, tree.label(node));
        }
        return builder.finish();
    }

    const Tree &a_;
    const Tree &b_;
    SubtreeIndex index_;
    std::vector<SubtreeClass> a_to_class_;
    std::vector<SubtreeClass> b_to_class_;
    Children as_, bs_;
    LabelId label_ = kNoLabel; /* of the last pair of equal roots */
};

} // namespace

PostorderTree::PostorderTree(const Tree &tree, TreeNode root, std::span<const SubtreeClass> node_to_class,
                             bool is_mirrored)
    : root_(root) {
    const TreeNode size = tree.subtree_size(root);
    const auto count = index(size);
    node_to_position_.resize(count);
    label_.resize(count);
    leaf_.resize(count);
    class_.resize(count);
    is_keyroot_.assign(count, false);
    std::vector<std::int32_t> node_to_depth(count, 0);
    for (TreeNode offset = 0; offset < size; ++offset) {
        const TreeNode node = root + offset;
        if (offset % kNodesPerPoll == 0)
            Interrupt::poll();
        if (offset > 0)
            node_to_depth[index(offset)] = node_to_depth[index(tree.parent(node) - root)] + 1;
        /* The mirror image's post-order is the pre-order backwards. */
        const std::int32_t at =
            is_mirrored ? size - 1 - offset : offset - node_to_depth[index(offset)] + tree.subtree_size(node) - 1;
        node_to_position_[index(offset)] = at;
        label_[index(at)] = tree.label(node);
        leaf_[index(at)] = at - tree.subtree_size(node) + 1;
        class_[index(at)] = node_to_class[static_cast<std::size_t>(node)];
        is_keyroot_[index(at)] =
            offset == 0 || leaf_[index(at)] != leaf_[index(node_to_position_[index(tree.parent(node) - root)])];
    }
}

std::vector<std::int32_t> PostorderTree::distinct_keyroots() const {
    std::vector<std::int32_t> keyroots;
    std::unordered_set<SubtreeClass> seen;
    for (std::int32_t at = 0; at < size(); ++at)
        if (is_keyroot(at) && seen.insert(subtree_class(at)).second)
            keyroots.push_back(at);
    return keyroots;
}

std::int64_t PostorderTree::weight() const {
    std::int64_t sum = 0;
    for (const std::int32_t keyroot : distinct_keyroots())
        sum += subtree_size(keyroot);
    return sum;
}

EditDistanceQuery::EditDistanceQuery(const SubtreeIndex &index, const Tree &example, TreeNode example_root,
                                     std::span<const SubtreeClass> example_to_class, const Tree &page,
                                     std::span<const SubtreeClass> page_to_class)
    : example_(example, example_root, example_to_class, false), page_(page, 0, page_to_class, false) {
    PostorderTree mirrored_example(example, example_root, example_to_class, true);
    PostorderTree mirrored_page(page, 0, page_to_class, true);
    const auto cost_of = [](const PostorderTree &a, const PostorderTree &b) {
        return static_cast<double>(a.weight()) * static_cast<double>(b.weight());
    };
    if (cost_of(mirrored_example, mirrored_page) < cost_of(example_, page_)) {
        example_ = std::move(mirrored_example);
        page_ = std::move(mirrored_page);
    }
    class_to_row_.assign(static_cast<std::size_t>(index.size()), kNoRow);
    number_example_classes(index);
    const auto width = static_cast<std::size_t>(example_.size()) + 1;
    above_.resize(width);
    line_.resize(width);
}

void EditDistanceQuery::number_example_classes(const SubtreeIndex &index) {
    std::vector<std::int32_t> class_to_number(static_cast<std::size_t>(index.size()), -1);
    example_to_number_.reserve(static_cast<std::size_t>(example_.size()));
    for (std::int32_t at = 0; at < example_.size(); ++at) {
        std::int32_t &number = class_to_number[static_cast<std::size_t>(example_.subtree_class(at))];
        if (number < 0)
            number = static_cast<std::int32_t>(example_class_count_++);
        example_to_number_.push_back(number);
    }
    for (const std::int32_t keyroot : example_.distinct_keyroots()) {
        example_keyroots_.push_back({example_.leaf(keyroot), keyroot});
        example_weight_ += example_.subtree_size(keyroot);
    }
}

/* Keyroots come after those below them, whose rows they need. */
std::int64_t EditDistanceQuery::distance(TreeNode page_node, CellBudget &budget) {
    const std::int32_t top = page_.position(page_node);
    if (row_of_class(top) == kNoRow) {
        for (std::int32_t at = page_.leaf(top); at < top; ++at)
            if (page_.is_keyroot(at) && row_of_class(at) == kNoRow)
                complete_rows(at, budget);
        budget.tick(page_.subtree_size(top));
        complete_rows(top, budget);
    }
    return row_of(top)[example_to_number_.back()];
}

/* Distances of all subtrees on the left path of a keyroot to all subtrees of the example. */
void EditDistanceQuery::complete_rows(std::int32_t page_keyroot, CellBudget &budget) {
    const Range page{page_.leaf(page_keyroot), page_keyroot};
    const std::int64_t size = page_.subtree_size(page_keyroot);
    budget.reserve(size * example_weight_ + kTableCells * static_cast<std::int64_t>(example_keyroots_.size()));
    add_rows(page, budget);
    for (const Range &example : example_keyroots_)
        if (example_.subtree_class(example.last) == page_.subtree_class(page.last))
            fill_identical(example, page);
        else
            fill(example, page, budget);
}

void EditDistanceQuery::add_rows(Range page, CellBudget &budget) {
    for (std::int32_t at = page.first; at <= page.last; ++at) {
        if (page_.leaf(at) != page.first || row_of_class(at) != kNoRow)
            continue;
        budget.reserve(kRowCells * static_cast<std::int64_t>(example_class_count_));
        row_of_class(at) = static_cast<std::int32_t>(rows_.size() / example_class_count_);
        rows_.resize(rows_.size() + example_class_count_);
    }
}

/* Of two subtrees on one left path the smaller is part of the greater, so the rest is deleted. */
void EditDistanceQuery::fill_identical(Range example, Range page) {
    for (std::int32_t at = page.first; at <= page.last; ++at) {
        if (page_.leaf(at) != page.first)
            continue;
        Distance *const row = row_of(at);
        for (std::int32_t on = example.first; on <= example.last; ++on)
            if (example_.leaf(on) == example.first)
                row[example_to_number_[static_cast<std::size_t>(on)]] =
                    std::abs(page_.subtree_size(at) - example_.subtree_size(on));
    }
}

/* The table of forest distances, a line for each position of the page. A line refers to the one above and to the one
 * before its leftmost leaf: the latter are kept for the left paths that are open, and no others. */
void EditDistanceQuery::fill(Range example, Range page, CellBudget &budget) {
    const auto width = static_cast<std::size_t>(example.last - example.first) + 2;
    std::size_t open_count = 0;
    for (std::size_t cell = 0; cell < width; ++cell)
        above_[cell] = static_cast<Distance>(cell);
    for (std::int32_t at = page.first; at <= page.last; ++at) {
        if (page_.leaf(at) == at) {
            if (bases_.size() < (open_count + 1) * width)
                bases_.resize(2 * (open_count + 1) * width);
            std::copy_n(above_.begin(), width, bases_.begin() + static_cast<std::ptrdiff_t>(open_count * width));
            ++open_count;
        }
        fill_line(example, page, at, bases_.data() + (open_count - 1) * width);
        std::swap(above_, line_);
        if (page_.is_keyroot(at))
            --open_count;
        budget.tick(static_cast<std::int64_t>(width));
    }
}

void EditDistanceQuery::fill_line(Range example, Range page, std::int32_t at, const Distance *base) {
    Distance *const row = row_of(at);
    Distance *const line = line_.data();
    const Distance *const above = above_.data();
    const std::int32_t *const numbers = example_to_number_.data() + example.first;
    const std::int32_t *const leaves = example_.leaves() + example.first;
    const LabelId *const labels = example_.labels() + example.first;
    const LabelId label = page_.label(at);
    const std::int32_t count = example.last - example.first + 1;
    Distance left = at - page.first + 1; /* cells wait for each other only through this: one addition, one comparison */
    line[0] = left;
    if (page_.leaf(at) != page.first) {
        for (std::int32_t i = 0; i < count; ++i) {
            const Distance forests = base[leaves[i] - example.first] + row[numbers[i]];
            left = std::min(left + 1, std::min(above[i + 1] + 1, forests));
            line[i + 1] = left;
        }
        return;
    }
    for (std::int32_t i = 0; i < count; ++i) {
        left = std::min(above[i + 1], left) + 1;
        if (leaves[i] == example.first) /* two trees and not forests: their distance */
            row[numbers[i]] = left = std::min(left, above[i] + (labels[i] == label ? 0 : 1));
        else
            left = std::min(left, base[leaves[i] - example.first] + row[numbers[i]]);
        line[i + 1] = left;
    }
}

std::int64_t tree_edit_distance(const Tree &a, const Tree &b, const Limits &limits) {
    if (a.empty() || b.empty())
        return a.size() + b.size();
    const auto [x, y] = Remainder(a, b).trees();
    SubtreeIndex index;
    const auto x_to_class = index.add(x);
    const auto y_to_class = index.add(y);
    CellBudget budget(limits);
    return EditDistanceQuery(index, x, 0, x_to_class, y, y_to_class).distance(0, budget);
}

} // namespace webwrap
