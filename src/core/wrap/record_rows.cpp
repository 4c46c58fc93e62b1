#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/paths.hpp"
#include "core/wrap/record_sites.hpp"

namespace webwrap {

namespace {

constexpr int kShapeDepth = 4;
constexpr std::size_t kMaxShape = 200;
constexpr NodeId kMaxShapeNodes = 2000; /* that are looked at */
constexpr int kPositionalCost = 20;     /* set_paths has positions from here on */
constexpr std::size_t kManyStrangers = 100;

/* Paths of tags inside an element. */
std::set<std::string> shape_of(const Document &page, NodeId element) {
    std::set<std::string> shape;
    std::vector<std::pair<NodeId, std::string>> open;
    const NodeId end = std::min(page.end_of(element), element + kMaxShapeNodes);
    for (NodeId node = element + 1; node < end && shape.size() < kMaxShape; ++node) {
        while (!open.empty() && node >= page.end_of(open.back().first))
            open.pop_back();
        if (!page.is_element(node) || static_cast<int>(open.size()) >= kShapeDepth)
            continue;
        std::string path = (open.empty() ? "" : open.back().second + "/") + std::string(page.name(node));
        shape.insert(path);
        open.emplace_back(node, std::move(path));
    }
    return shape;
}

bool has_text(const Document &page, NodeId element) {
    for (NodeId node = element + 1; node < page.end_of(element); ++node)
        if (page.kind(node) == NodeKind::kText && !trim(page.text(node)).empty())
            return true;
    return false;
}

/* True for paths such as //li[b], //li[b[2]], //li[not(@class)]: they rule strangers out, but tear a list apart as easily. */
bool is_child_test(std::string_view xpath) {
    if (xpath.ends_with("[not(@class)]"))
        return true;
    const std::size_t bracket = xpath.rfind('[');
    if (!xpath.ends_with(']') || bracket == std::string_view::npos)
        return false;
    const std::string_view inside = xpath.substr(bracket + 1, xpath.find(']', bracket) - bracket - 1);
    return std::all_of(inside.begin(), inside.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

} // namespace

/* How many classes two elements share; -1 when neither has any. */
int shared_classes(const Document &page, NodeId a, NodeId b) {
    const std::vector<std::string_view> of_a = class_tokens(page.attribute_value(a, "class"));
    const std::vector<std::string_view> of_b = class_tokens(page.attribute_value(b, "class"));
    if (of_a.empty() && of_b.empty())
        return -1;
    return static_cast<int>(std::count_if(of_a.begin(), of_a.end(), [&](std::string_view token) {
        return std::find(of_b.begin(), of_b.end(), token) != of_b.end();
    }));
}

bool are_alike(const Document &page, NodeId a, NodeId b) {
    if (page.name_id(a) != page.name_id(b))
        return false;
    const std::set<std::string> of_a = shape_of(page, a), of_b = shape_of(page, b);
    const int classes = shared_classes(page, a, b);
    const std::size_t common = static_cast<std::size_t>(
        std::count_if(of_a.begin(), of_a.end(), [&](const std::string &path) { return of_b.contains(path); }));
    const std::size_t least = std::min(of_a.size(), of_b.size()), most = std::max(of_a.size(), of_b.size());
    if (least == 0) {
        const bool has_both = has_text(page, a) && has_text(page, b);
        return has_both && classes != 0 && (most == 0 || most <= 4);
    }
    if (classes == 0) /* other classes, or none on one of them: the inside must say it alone */
        return 5 * common >= 4 * most;
    if (page.attribute_value(a, "class") == page.attribute_value(b, "class"))
        return 2 * common >= least && (classes > 0 || 4 * common >= most);
    return 2 * common > least;
}

RowChoice choose_rows(const Document &page, const RecordSite &site, const Limits &limits) {
    const ElementSet set{&page, site.family};
    RowChoice best;
    std::tuple<std::size_t, bool, std::size_t, int> best_key{};
    std::unordered_map<NodeId, bool> is_stranger;
    std::map<std::vector<NodeId>, std::vector<std::pair<int, std::string>>> same_rows;
    for (const PathCandidate &path : set_paths({&set, 1})) {
        const Selection selection = XPath(path.xpath).evaluate(page, 0, limits);
        std::vector<NodeId> rows;
        for (const NodeRef &ref : selection.nodes)
            if (!ref.is_attribute())
                rows.push_back(ref.node);
        if (!std::includes(rows.begin(), rows.end(), site.family.begin(), site.family.end()))
            continue;
        std::size_t strangers = 0;
        bool is_nested = false;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            is_nested = is_nested || (i > 0 && rows[i] < page.end_of(rows[i - 1]));
            if (std::binary_search(site.family.begin(), site.family.end(), rows[i]) || strangers >= kManyStrangers)
                continue;
            const auto [known, is_new] = is_stranger.try_emplace(rows[i], false);
            if (is_new)
                known->second = !are_alike(page, site.heads.front(), rows[i]);
            strangers += known->second ? 1 : 0;
        }
        if (is_nested)
            continue;
        const std::tuple key{strangers, path.cost >= kPositionalCost || is_child_test(path.xpath), rows.size(),
                             path.cost};
        if (best.xpath.empty() || key < best_key) {
            best = {path.xpath, rows};
            best_key = key;
        }
        same_rows[std::move(rows)].emplace_back(path.cost, path.xpath);
    }
    /* What is chosen is the list; of the paths to it the cheapest will do. */
    if (!best.xpath.empty())
        best.xpath = std::min_element(same_rows[best.rows].begin(), same_rows[best.rows].end())->second;
    return best;
}

} // namespace webwrap
