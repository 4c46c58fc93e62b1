#include "core/match/subtree_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/base/error.hpp"
#include "core/match/pair_memo.hpp"
#include "trees.hpp"

namespace webwrap {
namespace {

std::string brackets_of(const Tree &tree, TreeNode node) {
    std::string text(tree.label_table().text(tree.label(node)));
    const auto children = test::children_of(tree, node);
    for (std::size_t i = 0; i < children.size(); ++i)
        text += (i == 0 ? "(" : ",") + brackets_of(tree, children[i]);
    return text + (children.empty() ? "" : ")");
}

TEST(SubtreeIndex, EqualClassMeansIdenticalSubtree) {
    std::mt19937 random(7);
    LabelTable labels;
    SubtreeIndex index;
    std::map<std::string, SubtreeClass> text_to_class;
    for (int round = 0; round < 200; ++round) {
        const Tree tree = test::random_tree(random, 30, 2, labels);
        const auto node_to_class = index.add(tree);
        for (TreeNode node = 0; node < tree.size(); ++node) {
            const SubtreeClass id = node_to_class[static_cast<std::size_t>(node)];
            const auto [entry, added] = text_to_class.emplace(brackets_of(tree, node), id);
            ASSERT_EQ(entry->second, id) << entry->first;
            EXPECT_EQ(index.subtree_size(id), tree.subtree_size(node));
            EXPECT_EQ(index.label(id), tree.label(node));
            EXPECT_EQ(static_cast<int>(index.children(id).size()), tree.degree(node));
        }
    }
    EXPECT_EQ(static_cast<std::size_t>(index.size()), text_to_class.size()) << "different subtrees share a class";
}

TEST(SubtreeIndex, RefusesTreesOfTwoLabelTables) {
    LabelTable one;
    LabelTable other;
    SubtreeIndex index;
    (void)index.add(test::tree_from_brackets("a", one));
    try {
        (void)index.add(test::tree_from_brackets("a", other));
        FAIL() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInternal);
        EXPECT_EQ(error.message(), "compared trees do not share a label table");
    }
}

TEST(PairMemo, KeepsPairsOfBothOrdersAndNeverForgetsTheLast) {
    PairMemo<int> memo;
    EXPECT_EQ(memo.find(1, 2), nullptr);
    memo.store(2, 1, 12);
    ASSERT_NE(memo.find(1, 2), nullptr);
    EXPECT_EQ(*memo.find(1, 2), 12);
    EXPECT_EQ(memo.find(2, 2), nullptr);
    for (int i = 0; i < 3'000'000; ++i) { /* more than it can hold */
        memo.store(i, 2 * i, i);
        ASSERT_NE(memo.find(2 * i, i), nullptr);
        ASSERT_EQ(*memo.find(2 * i, i), i);
    }
    int wrong = 0;
    for (int i = 0; i < 3'000'000; ++i)
        if (const int *const kept = memo.find(i, 2 * i))
            wrong += *kept != i;
    EXPECT_EQ(wrong, 0);
}

} // namespace
} // namespace webwrap
