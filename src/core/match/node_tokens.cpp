#include "core/match/node_tokens.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/hash.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kUneven = 16; /* from this ratio of sizes on, looking up beats reading on */

double dice(double common, double weight_x, double weight_y) {
    return weight_x + weight_y > 0 ? std::min(1.0, 2 * common / (weight_x + weight_y)) : 1.0;
}

} // namespace

NodeTokens::NodeTokens(const Tree &a, std::span<const SubtreeClass> a_to_class, const Tree &b,
                       std::span<const SubtreeClass> b_to_class, CellBudget &budget) {
    read(a, a_to_class, a_, budget);
    read(b, b_to_class, b_, budget);
    weigh();
    list_postings();
}

void NodeTokens::read(const Tree &tree, std::span<const SubtreeClass> node_to_class, Side &side, CellBudget &budget) {
    const auto size = index(tree.size());
    budget.reserve(tree.size());
    side.labels.resize(size);
    side.tags.resize(size);
    side.structures.resize(size);
    std::vector<std::uint64_t> path(size, 0);
    std::vector<std::uint64_t> positions(size, 0);
    std::unordered_map<std::uint64_t, std::uint64_t> place_to_count; /* of a parent's children with one tag, so far */
    for (TreeNode node = 0; node < tree.size(); ++node) {
        budget.tick(1);
        const auto at = index(node);
        side.labels[at] = label_number(tree, node);
        const TokenId tag = side.tags[at] = number_to_tag_[index(side.labels[at])];
        const auto tag_key = static_cast<std::uint64_t>(tag);
        if (node > 0) {
            const auto parent = index(tree.parent(node));
            const std::uint64_t place = static_cast<std::uint64_t>(parent) << 32 | tag_key;
            path[at] = mix(path[parent], tag_key);
            positions[at] = mix(mix(positions[parent], tag_key), place_to_count[place]++);
        }
        side.structures[at] = {tree.is_leaf(node)
                                   ? kNoToken
                                   : structure_token(kSubtree, static_cast<std::uint64_t>(node_to_class[index(node)])),
                               structure_token(kPath, path[at]), structure_token(kPositions, positions[at])};
    }
    side.token_to_count.assign(index(token_count_), 0);
    for (TreeNode node = 0; node < tree.size(); ++node)
        for_each_token(side, node, [&](TokenId token) { ++side.token_to_count[index(token)]; });
}

std::int32_t NodeTokens::label_number(const Tree &tree, TreeNode node) {
    const auto [entry, is_new] =
        label_to_number_.emplace(tree.label(node), static_cast<std::int32_t>(number_to_tag_.size()));
    if (is_new)
        add_tokens_of(tree.label_table().text(tree.label(node)));
    return entry->second;
}

/* NUL separates the parts of a label, and = the name of an attribute from its value. */
void NodeTokens::add_tokens_of(std::string_view label) {
    const std::size_t first = label_tokens_.size();
    for (std::string_view rest = label; !rest.empty();) {
        const std::string_view part = rest.substr(0, rest.find('\0'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        label_tokens_.push_back(text_token(part));
        if (part.starts_with('@') && part.find('=') != std::string_view::npos)
            label_tokens_.push_back(text_token(part.substr(0, part.find('='))));
    }
    number_to_tag_.push_back(label_tokens_.size() == first ? kNoToken : label_tokens_[first]);
    const auto begin = label_tokens_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, label_tokens_.end());
    label_tokens_.erase(std::unique(begin, label_tokens_.end()), label_tokens_.end());
    first_token_.push_back(label_tokens_.size());
}

TokenId NodeTokens::text_token(std::string_view text) {
    const auto [entry, is_new] = text_to_token_.emplace(text, token_count_);
    return is_new ? new_token() : entry->second;
}

TokenId NodeTokens::structure_token(Structure kind, std::uint64_t key) {
    const auto [entry, is_new] = key_to_token_[kind].emplace(key, token_count_);
    return is_new ? new_token() : entry->second;
}

template <typename Visit> void NodeTokens::for_each_token(const Side &side, TreeNode node, const Visit &visit) const {
    for (const TokenId token : label_tokens(side.labels[index(node)]))
        visit(token);
    for (const TokenId token : side.structures[index(node)])
        if (token != kNoToken)
            visit(token);
}

void NodeTokens::weigh() {
    a_.token_to_count.resize(index(token_count_), 0);
    b_.token_to_count.resize(index(token_count_), 0);
    const auto nodes = static_cast<double>(a_.labels.size() + b_.labels.size());
    token_to_weight_.resize(index(token_count_));
    for (TokenId token = 0; token < token_count_; ++token)
        token_to_weight_[index(token)] =
            std::log1p(nodes / std::max(1, a_.token_to_count[index(token)] + b_.token_to_count[index(token)]));
    for (std::size_t number = 0; number < number_to_tag_.size(); ++number) {
        double sum = 0;
        for (const TokenId token : label_tokens(static_cast<std::int32_t>(number)))
            sum += token_to_weight_[index(token)];
        number_to_weight_.push_back(sum);
    }
}

void NodeTokens::list_postings() {
    const auto is_rare = [](std::int32_t count) { return count > 0 && count <= kMaxPostings; };
    first_posting_.assign(index(token_count_) + 1, 0);
    for (std::size_t token = 0; token < index(token_count_); ++token) {
        const bool is_listed = is_rare(a_.token_to_count[token]) && is_rare(b_.token_to_count[token]);
        first_posting_[token + 1] = first_posting_[token] + (is_listed ? index(b_.token_to_count[token]) : 0);
    }
    postings_.resize(first_posting_.back());
    std::vector<std::size_t> next(first_posting_.begin(), first_posting_.end() - 1);
    for (TreeNode y = 0; y < static_cast<TreeNode>(b_.labels.size()); ++y)
        for_each_token(b_, y, [&](TokenId token) {
            if (next[index(token)] < first_posting_[index(token) + 1])
                postings_[next[index(token)]++] = y;
        });
    shared_.assign(b_.labels.size(), 0);
}

double NodeTokens::common_label_weight(TreeNode x, TreeNode y) const {
    const std::int32_t number_x = a_.labels[index(x)];
    const std::int32_t number_y = b_.labels[index(y)];
    if (number_x == number_y)
        return number_to_weight_[index(number_x)];
    auto fewer = label_tokens(number_x);
    auto more = label_tokens(number_y);
    if (fewer.size() > more.size())
        std::swap(fewer, more);
    /* One label may hold all words of a page and be compared with thousands: its size must not count each time. */
    const bool is_uneven = more.size() > kUneven * fewer.size();
    double common = 0;
    auto at = more.begin();
    for (const TokenId token : fewer) {
        if (is_uneven)
            at = std::lower_bound(at, more.end(), token);
        else
            while (at != more.end() && *at < token)
                ++at;
        if (at == more.end())
            break;
        if (*at == token)
            common += token_to_weight_[index(token)];
    }
    return common;
}

double NodeTokens::label_similarity(TreeNode x, TreeNode y) const {
    return dice(common_label_weight(x, y), number_to_weight_[index(a_.labels[index(x)])],
                number_to_weight_[index(b_.labels[index(y)])]);
}

double NodeTokens::similarity(TreeNode x, TreeNode y) const {
    double common = common_label_weight(x, y);
    double weight_x = number_to_weight_[index(a_.labels[index(x)])];
    double weight_y = number_to_weight_[index(b_.labels[index(y)])];
    for (std::size_t kind = 0; kind < kStructureCount; ++kind) {
        const TokenId of_x = a_.structures[index(x)][kind];
        const TokenId of_y = b_.structures[index(y)][kind];
        weight_x += of_x == kNoToken ? 0 : token_to_weight_[index(of_x)];
        weight_y += of_y == kNoToken ? 0 : token_to_weight_[index(of_y)];
        common += of_x == of_y && of_x != kNoToken ? token_to_weight_[index(of_x)] : 0;
    }
    return dice(common, weight_x, weight_y);
}

std::span<const TreeNode> NodeTokens::candidates(TreeNode x, CellBudget &budget) {
    found_.clear();
    std::int64_t steps = 0;
    for_each_token(a_, x, [&](TokenId token) {
        const std::size_t end = first_posting_[index(token) + 1];
        steps += 1 + static_cast<std::int64_t>(end - first_posting_[index(token)]);
        for (std::size_t at = first_posting_[index(token)]; at < end; ++at) {
            double &shared = shared_[index(postings_[at])];
            if (shared == 0)
                found_.push_back(postings_[at]);
            shared += token_to_weight_[index(token)];
        }
    });
    budget.reserve(steps);
    budget.tick(steps);
    const auto is_better = [this](TreeNode y, TreeNode z) {
        const double of_y = shared_[index(y)];
        const double of_z = shared_[index(z)];
        return of_y != of_z ? of_y > of_z : y < z;
    };
    const std::size_t kept = std::min(found_.size(), kMaxCandidates);
    std::partial_sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(kept), found_.end(), is_better);
    for (const TreeNode y : found_)
        shared_[index(y)] = 0;
    return std::span(found_).first(kept);
}

} // namespace webwrap
