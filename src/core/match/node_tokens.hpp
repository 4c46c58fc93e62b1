#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/subtree_index.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

using TokenId = std::int32_t;

/* What makes nodes of two trees alike, as weighed tokens: the parts of the label (see TreeOptions; an attribute also
 * counts without its value) and three of the structure: the subtree below, the labels' first parts on the path from the
 * root, and that path with positions. A token weighs log(1 + nodes of both / nodes that have it), so what is rare on both
 * pages counts most. Ids are given in the order of the nodes, so results depend on the trees only. */
class NodeTokens {
  public:
    /* Nothing is kept of the arguments. O(nodes + text of the distinct labels); polls. */
    NodeTokens(const Tree &a, std::span<const SubtreeClass> a_to_class, const Tree &b,
               std::span<const SubtreeClass> b_to_class, CellBudget &budget);

    /* 2 * weight of the common tokens / weight of both; 0..1, 1 for equal sets. Of the label's tokens only, or all. */
    [[nodiscard]] double label_similarity(TreeNode x, TreeNode y) const;
    [[nodiscard]] double similarity(TreeNode x, TreeNode y) const;
    /* The label's first part, the tag name, as a token. */
    [[nodiscard]] TokenId tag_of_a(TreeNode x) const { return a_.tags[index(x)]; }
    [[nodiscard]] TokenId tag_of_b(TreeNode y) const { return b_.tags[index(y)]; }

    /* The nodes of b that share most with x by tokens which few nodes have (kMaxPostings in each tree): at most
     * kMaxCandidates, the best first, equals in document order. Cost: the posting lists of x's tokens. */
    [[nodiscard]] std::span<const TreeNode> candidates(TreeNode x, CellBudget &budget);

    static constexpr std::int32_t kMaxPostings = 32;
    static constexpr std::size_t kMaxCandidates = 12;

  private:
    static constexpr TokenId kNoToken = -1;
    enum Structure : std::uint8_t { kSubtree, kPath, kPositions, kStructureCount };

    struct Side {
        std::vector<std::int32_t> labels; /* dense numbers of the labels, by node */
        std::vector<TokenId> tags;
        std::vector<std::array<TokenId, kStructureCount>> structures;
        std::vector<std::int32_t> token_to_count;
    };

    static std::size_t index(std::int32_t at) { return static_cast<std::size_t>(at); }
    void read(const Tree &tree, std::span<const SubtreeClass> node_to_class, Side &side, CellBudget &budget);
    std::int32_t label_number(const Tree &tree, TreeNode node);
    void add_tokens_of(std::string_view label);
    TokenId text_token(std::string_view text);
    TokenId structure_token(Structure kind, std::uint64_t key);
    TokenId new_token() { return token_count_++; }
    [[nodiscard]] std::span<const TokenId> label_tokens(std::int32_t number) const {
        return std::span(label_tokens_)
            .subspan(first_token_[index(number)], first_token_[index(number) + 1] - first_token_[index(number)]);
    }
    template <typename Visit> void for_each_token(const Side &side, TreeNode node, const Visit &visit) const;
    void weigh();
    void list_postings();
    [[nodiscard]] double common_label_weight(TreeNode x, TreeNode y) const;

    Side a_, b_;
    TokenId token_count_ = 0;
    std::unordered_map<std::string_view, TokenId> text_to_token_;
    std::array<std::unordered_map<std::uint64_t, TokenId>, kStructureCount> key_to_token_;
    std::unordered_map<LabelId, std::int32_t> label_to_number_;
    std::vector<TokenId> label_tokens_; /* of all labels, sorted and each once per label */
    std::vector<std::size_t> first_token_{0};
    std::vector<TokenId> number_to_tag_;
    std::vector<double> token_to_weight_;
    std::vector<double> number_to_weight_; /* of a label's tokens */
    std::vector<std::size_t> first_posting_;
    std::vector<TreeNode> postings_; /* nodes of b with a rare token */
    std::vector<double> shared_;     /* by node of b; 0 but while candidates are collected */
    std::vector<TreeNode> found_;
};

} // namespace webwrap
