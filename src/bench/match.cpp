/* Tree matching of two versions of a page, and search for a small subtree in a page, against the textbook recursion:
 * Ferrara & Baumgartner 2011, algorithm 1, on plain nodes. Trees are made beforehand; what our side indexes is timed in
 * "match" and prepared once per page in "search", as its users do. Then the edit distance of some of the pairs, against
 * Zhang and Shasha's algorithm as it is printed. Both sides must give equal scores. */

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "bench/harness.hpp"
#include "core/match/clustered.hpp"
#include "core/match/edit_distance.hpp"
#include "core/match/search.hpp"
#include "core/match/simple.hpp"
#include "core/parse/parse.hpp"

using namespace webwrap;
using namespace webwrap::bench;

namespace {

constexpr double kThreshold = 0.5;
constexpr double kRounding = 1e-12;
constexpr TreeNode kMinQueryNodes = 28, kMaxQueryNodes = 32;
constexpr std::size_t kQueriesPerPage = 10;
constexpr std::size_t kEditPairs = 10; /* the peer takes long */
constexpr const char *kPeer = "textbook-recursion";
constexpr const char *kEditPeer = "textbook-zhang-shasha";

struct PlainNode {
    LabelId label;
    std::vector<const PlainNode *> children;
};

/* The algorithm as printed; `divisor` is the greater number of siblings of the two nodes. */
double plain_match(const PlainNode &a, const PlainNode &b, std::size_t divisor) {
    if (a.label != b.label)
        return 0;
    const std::size_t m = a.children.size(), n = b.children.size();
    std::vector<std::vector<double>> best(m + 1, std::vector<double>(n + 1, 0));
    for (std::size_t i = 1; i <= m; ++i)
        for (std::size_t j = 1; j <= n; ++j) {
            const double pair = plain_match(*a.children[i - 1], *b.children[j - 1], std::max(m, n));
            best[i][j] = std::max({best[i][j - 1], best[i - 1][j], best[i - 1][j - 1] + pair});
        }
    return (m > 0 && n > 0 ? best[m][n] : best[m][n] + 1) / static_cast<double>(divisor);
}

/* Simple tree matching as Selkow has it: the same without divisors. */
std::int32_t plain_simple_match(const PlainNode &a, const PlainNode &b) {
    if (a.label != b.label)
        return 0;
    const std::size_t m = a.children.size(), n = b.children.size();
    std::vector<std::vector<std::int32_t>> best(m + 1, std::vector<std::int32_t>(n + 1, 0));
    for (std::size_t i = 1; i <= m; ++i)
        for (std::size_t j = 1; j <= n; ++j) {
            const std::int32_t pair = plain_simple_match(*a.children[i - 1], *b.children[j - 1]);
            best[i][j] = std::max({best[i][j - 1], best[i - 1][j], best[i - 1][j - 1] + pair});
        }
    return best[m][n] + 1;
}

std::vector<PlainNode> plain_nodes(const Tree &tree) {
    std::vector<PlainNode> nodes(static_cast<std::size_t>(tree.size()));
    const auto at = [&](TreeNode node) -> PlainNode & { return nodes[static_cast<std::size_t>(node)]; };
    for (TreeNode node = 0; node < tree.size(); ++node) {
        at(node).label = tree.label(node);
        if (node > 0)
            at(tree.parent(node)).children.push_back(&at(node));
    }
    return nodes;
}

/* Zhang and Shasha 1989, figures 7 and 8: nodes in post-order, keyroots, a distance for each pair of nodes. */
class PlainEditDistance {
  public:
    PlainEditDistance(const PlainNode &a, const PlainNode &b) {
        number(a, a_);
        number(b, b_);
    }

    std::int64_t distance() {
        tree_distance_.assign(a_.labels.size(), std::vector<int>(b_.labels.size(), 0));
        for (const int x : a_.keyroots)
            for (const int y : b_.keyroots)
                fill(x, y);
        return tree_distance_.back().back();
    }

  private:
    struct Numbered {
        std::vector<LabelId> labels;
        std::vector<int> leaves, keyroots; /* leftmost leaf of each node */
    };

    static int number(const PlainNode &node, Numbered &nodes, bool is_keyroot = true) {
        int leaf = -1;
        for (const PlainNode *child : node.children) {
            const int below = number(*child, nodes, child != node.children.front());
            leaf = leaf < 0 ? below : leaf;
        }
        const int at = static_cast<int>(nodes.labels.size());
        nodes.labels.push_back(node.label);
        nodes.leaves.push_back(leaf < 0 ? at : leaf);
        if (is_keyroot)
            nodes.keyroots.push_back(at);
        return nodes.leaves.back();
    }

    void fill(int x, int y) {
        const auto at = [](int position) { return static_cast<std::size_t>(position); };
        const int first_x = a_.leaves[at(x)], first_y = b_.leaves[at(y)];
        std::vector<std::vector<int>> forest(at(x - first_x + 2), std::vector<int>(at(y - first_y + 2), 0));
        for (int i = first_x; i <= x; ++i)
            forest[at(i - first_x + 1)][0] = i - first_x + 1;
        for (int j = first_y; j <= y; ++j)
            forest[0][at(j - first_y + 1)] = j - first_y + 1;
        for (int i = first_x; i <= x; ++i)
            for (int j = first_y; j <= y; ++j) {
                const std::size_t row = at(i - first_x + 1), cell = at(j - first_y + 1);
                const int without = std::min(forest[row - 1][cell], forest[row][cell - 1]) + 1;
                if (a_.leaves[at(i)] == first_x && b_.leaves[at(j)] == first_y) {
                    const int relabelled = a_.labels[at(i)] != b_.labels[at(j)];
                    forest[row][cell] = std::min(without, forest[row - 1][cell - 1] + relabelled);
                    tree_distance_[at(i)][at(j)] = forest[row][cell];
                } else {
                    const int before = forest[at(a_.leaves[at(i)] - first_x)][at(b_.leaves[at(j)] - first_y)];
                    forest[row][cell] = std::min(without, before + tree_distance_[at(i)][at(j)]);
                }
            }
    }

    Numbered a_, b_;
    std::vector<std::vector<int>> tree_distance_;
};

/* A small subtree of the old page, looked for in the new one. */
struct Query {
    Tree tree;
    std::vector<PlainNode> plain;
};

/* A page of two dates. */
struct Pair {
    LabelTable labels;
    std::unique_ptr<Document> old_page, new_page;
    std::unique_ptr<Tree> old_tree, new_tree;
    std::vector<PlainNode> old_plain, new_plain;
    std::vector<Query> queries;
    double ours = 0, plain = 0; /* the last scores of the whole pages */
    std::int64_t our_pairs = 0, plain_pairs = 0;
    std::int64_t our_distance = 0, plain_distance = 0;
    std::vector<std::vector<SimilarNode>> our_finds;
    std::vector<std::vector<double>> plain_scores; /* by query and node of the new tree */
};

void choose_queries(Pair &pair) {
    std::vector<TreeNode> roots;
    for (TreeNode node = 0; node < pair.old_tree->size(); ++node)
        if (pair.old_tree->subtree_size(node) >= kMinQueryNodes && pair.old_tree->subtree_size(node) <= kMaxQueryNodes)
            roots.push_back(node);
    for (const std::size_t at : spread(roots.size(), kQueriesPerPage)) {
        Tree tree = tree_of(*pair.old_page, pair.old_tree->document_node(roots[at]), {}, pair.labels);
        std::vector<PlainNode> plain = plain_nodes(tree);
        pair.queries.push_back({std::move(tree), std::move(plain)});
    }
}

std::vector<std::unique_ptr<Pair>> read_pairs(const Options &options) {
    std::ifstream cases(options.evolution + "/cases.jsonl");
    std::set<std::pair<std::string, std::string>> names;
    for (std::string line; std::getline(cases, line);) {
        const auto one = nlohmann::json::parse(line);
        names.emplace(one.at("old_page").get<std::string>(), one.at("new_page").get<std::string>());
    }
    if (names.empty())
        fail("no cases in " + options.evolution + "/cases.jsonl");
    const std::vector<std::pair<std::string, std::string>> sorted(names.begin(), names.end());
    std::vector<std::unique_ptr<Pair>> pairs;
    for (const std::size_t at : spread(sorted.size(), options.count)) {
        auto pair = std::make_unique<Pair>();
        pair->old_page = parse_html(read_page(options.evolution, sorted[at].first + ".html"));
        pair->new_page = parse_html(read_page(options.evolution, sorted[at].second + ".html"));
        pair->old_tree = std::make_unique<Tree>(tree_of(*pair->old_page, 0, {}, pair->labels));
        pair->new_tree = std::make_unique<Tree>(tree_of(*pair->new_page, 0, {}, pair->labels));
        pair->old_plain = plain_nodes(*pair->old_tree);
        pair->new_plain = plain_nodes(*pair->new_tree);
        choose_queries(*pair);
        pairs.push_back(std::move(pair));
    }
    return pairs;
}

Limits unlimited() {
    Limits limits;
    limits.max_match_cells = std::int64_t{1} << 60; /* the peer has no limit */
    return limits;
}

double search_ours(Pair &pair) {
    SubtreeSearch search(*pair.new_page, pair.labels, {}, unlimited());
    pair.our_finds.clear();
    return seconds_of([&] {
        for (const Query &query : pair.queries)
            pair.our_finds.push_back(search.find(query.tree, Measure::kClustered, kThreshold));
    });
}

double search_plain(Pair &pair) {
    pair.plain_scores.clear();
    return seconds_of([&] {
        for (const Query &query : pair.queries) {
            auto &scores = pair.plain_scores.emplace_back();
            for (const PlainNode &node : pair.new_plain)
                scores.push_back(plain_match(query.plain.front(), node, 1));
        }
    });
}

/* Fails unless both sides scored alike; returns how many nodes all searches found. */
std::size_t check_scores(const std::vector<std::unique_ptr<Pair>> &pairs) {
    std::size_t found_nodes = 0;
    for (const auto &pair : pairs) {
        if (std::abs(pair->ours - pair->plain) > kRounding)
            fail(format("clustered tree matching differs: ours %.12f, plain %.12f", pair->ours, pair->plain));
        if (pair->our_pairs != pair->plain_pairs)
            fail("simple tree matching differs");
        for (std::size_t query = 0; query < pair->queries.size(); ++query) {
            auto scores = pair->plain_scores[query];
            for (const SimilarNode &found : pair->our_finds[query]) {
                double &score = scores[static_cast<std::size_t>(pair->new_tree->find(found.node))];
                if (std::abs(score - found.similarity) > kRounding)
                    fail(format("search differs: ours %.12f, plain %.12f", found.similarity, score));
                score = 0;
                ++found_nodes;
            }
            if (std::ranges::any_of(scores, [](double score) { return score >= kThreshold + kRounding; }))
                fail("search missed a node that the plain recursion finds");
        }
    }
    return found_nodes;
}

/* Prints the edit distances' table. */
void run_edit(const std::vector<std::unique_ptr<Pair>> &pairs, int rounds) {
    const std::vector<std::size_t> chosen = spread(pairs.size(), kEditPairs);
    const auto over_chosen = [&](const auto &run) {
        double seconds = 0;
        for (const std::size_t at : chosen)
            seconds += seconds_of([&] { run(*pairs[at]); });
        return seconds;
    };
    std::vector<Contender> edit = {
        {"webwrap",
         [&] {
             return over_chosen([](Pair &pair) {
                 pair.our_distance = tree_edit_distance(*pair.old_tree, *pair.new_tree, unlimited());
             });
         }},
        {kEditPeer, [&] {
             return over_chosen([](Pair &pair) {
                 pair.plain_distance = PlainEditDistance(pair.old_plain.front(), pair.new_plain.front()).distance();
             });
         }}};
    run_rounds(edit, rounds);
    for (const std::size_t at : chosen)
        if (pairs[at]->our_distance != pairs[at]->plain_distance)
            fail("edit distance differs");
    std::printf("edit: %zu of the pairs; equal distances\n", chosen.size());
    report("edit", edit, [&](double seconds) {
        return format("%10.1f us a pair", seconds * 1e6 / static_cast<double>(chosen.size()));
    });
}

template <typename Run> Contender over(std::string name, std::vector<std::unique_ptr<Pair>> &pairs, Run run) {
    return {std::move(name), [&pairs, run] {
                double seconds = 0;
                for (const auto &pair : pairs)
                    seconds += run(*pair);
                return seconds;
            }};
}

} // namespace

int main(int argc, char **argv) {
    const Options options = options_from(argc, argv);
    std::vector<std::unique_ptr<Pair>> pairs = read_pairs(options);
    std::size_t nodes = 0, queries = 0;
    for (const auto &pair : pairs) {
        nodes += static_cast<std::size_t>(pair->old_tree->size()) + static_cast<std::size_t>(pair->new_tree->size());
        queries += pair->queries.size();
    }
    if (queries == 0)
        fail("no page has a subtree to search for");

    std::vector<Contender> match = {
        over("webwrap", pairs,
             [](Pair &pair) {
                 return seconds_of(
                     [&] { pair.ours = clustered_tree_matching(*pair.old_tree, *pair.new_tree, unlimited()); });
             }),
        over(kPeer, pairs, [](Pair &pair) {
            return seconds_of([&] { pair.plain = plain_match(pair.old_plain.front(), pair.new_plain.front(), 1); });
        })};
    std::vector<Contender> simple = {
        over("webwrap", pairs,
             [](Pair &pair) {
                 return seconds_of(
                     [&] { pair.our_pairs = simple_tree_matching(*pair.old_tree, *pair.new_tree, unlimited()); });
             }),
        over(kPeer, pairs, [](Pair &pair) {
            return seconds_of(
                [&] { pair.plain_pairs = plain_simple_match(pair.old_plain.front(), pair.new_plain.front()); });
        })};
    std::vector<Contender> search = {over("webwrap", pairs, search_ours), over(kPeer, pairs, search_plain)};
    run_rounds(match, options.rounds);
    run_rounds(simple, options.rounds);
    run_rounds(search, options.rounds);
    const std::size_t found = check_scores(pairs);

    std::printf("match: %zu pairs of pages, %zu nodes a page, %d rounds, CPU time; equal scores\n", pairs.size(),
                nodes / 2 / pairs.size(), options.rounds);
    report("match", match, [&](double seconds) {
        return format("%10.1f us a pair", seconds * 1e6 / static_cast<double>(pairs.size()));
    });
    report("match-simple", simple, [&](double seconds) {
        return format("%10.1f us a pair", seconds * 1e6 / static_cast<double>(pairs.size()));
    });
    std::printf("search: %zu queries of %d to %d nodes, %zu nodes found at similarity >= %g; equal scores\n", queries,
                kMinQueryNodes, kMaxQueryNodes, found, kThreshold);
    report("search", search,
           [&](double seconds) { return format("%10.1f us a query", seconds * 1e6 / static_cast<double>(queries)); });
    run_edit(pairs, options.rounds);
    return 0;
}
