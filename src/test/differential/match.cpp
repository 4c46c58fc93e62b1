/* Tree edit distances of pairs of pages and of subtrees of them, one JSON object a line, for match.py to compare. */

#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "bench/harness.hpp"
#include "core/match/edit_distance.hpp"
#include "core/parse/parse.hpp"

using namespace webwrap;
using nlohmann::json;

namespace {

constexpr TreeNode kMinNodes = 10, kMaxNodes = 120;
constexpr int kRandomPairs = 300, kRandomNodes = 80, kRandomLabels = 4;

json tree_json(const Tree &tree) {
    json nodes = json::array();
    for (TreeNode node = 0; node < tree.size(); ++node)
        nodes.push_back({tree.parent(node), tree.label_table().text(tree.label(node))});
    return nodes;
}

void print_pair(const char *kind, const Tree &a, const Tree &b) {
    const json line = {
        {"kind", kind}, {"a", tree_json(a)}, {"b", tree_json(b)}, {"distance", tree_edit_distance(a, b)}};
    std::printf("%s\n", line.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
}

/* A subtree of a page, small enough for peers in Python. */
Tree part_of(const Document &page, LabelTable &labels, std::mt19937 &random) {
    const Tree whole = tree_of(page, 0, {}, labels);
    std::vector<TreeNode> roots;
    for (TreeNode node = 0; node < whole.size(); ++node)
        if (whole.subtree_size(node) >= kMinNodes && whole.subtree_size(node) <= kMaxNodes)
            roots.push_back(node);
    if (roots.empty())
        return tree_of(page, 0, {}, labels);
    return tree_of(page, whole.document_node(roots[random() % roots.size()]), {.text_nodes = true}, labels);
}

Tree random_tree(LabelTable &labels, std::mt19937 &random) {
    TreeBuilder builder(labels);
    std::vector<TreeNode> path;
    const auto size = static_cast<TreeNode>(1 + random() % kRandomNodes);
    for (TreeNode node = 0; node < size; ++node) {
        if (!path.empty())
            path.resize(1 + random() % path.size());
        const auto label = labels.intern(std::string(1, static_cast<char>('a' + random() % kRandomLabels)));
        path.push_back(builder.add(path.empty() ? kNoTreeNode : path.back(), label));
    }
    return builder.finish();
}

} // namespace

int main(int argc, char **argv) {
    const bench::Options options = bench::options_from(argc, argv);
    std::mt19937 random(1989);
    for (int pair = 0; pair < kRandomPairs; ++pair) {
        LabelTable labels;
        const Tree a = random_tree(labels, random);
        print_pair("random", a, random_tree(labels, random));
    }
    std::unique_ptr<Document> previous;
    for (const std::string &text : bench::read_pages(options)) {
        auto page = parse_html(text);
        if (previous != nullptr) {
            LabelTable labels;
            const Tree a = part_of(*previous, labels, random);
            print_pair("pages", a, part_of(*page, labels, random));
            print_pair("page", part_of(*page, labels, random), part_of(*page, labels, random));
        }
        previous = std::move(page);
    }
    return 0;
}
