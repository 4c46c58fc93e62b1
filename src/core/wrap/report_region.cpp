#include "core/wrap/report_region.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/base/error.hpp"
#include "core/base/escape_html.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/match/flexible.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxLines = 300; /* of one side */
constexpr std::size_t kMaxShownRecords = 8;
constexpr int kMaxIndent = 24;
constexpr std::int32_t kMaxAttributes = 6;
constexpr std::size_t kMaxValueBytes = 80;
constexpr std::size_t kMaxLineTextBytes = 200;
constexpr std::size_t kContextLevels = 2; /* shown around targets that are in no list */
constexpr double kGoldenAngle = 137.508;  /* degrees: hues of neighbouring pairs differ most */

/* Nodes of the two pages by partner. */
class NodePairs {
  public:
    bool add(NodeId a, NodeId b) {
        if (old_to_new_.contains(a) || new_to_old_.contains(b))
            return false;
        old_to_new_[a] = b;
        new_to_old_[b] = a;
        return true;
    }
    [[nodiscard]] NodeId partner_of_old(NodeId node) const {
        const auto found = old_to_new_.find(node);
        return found == old_to_new_.end() ? kNoNode : found->second;
    }

  private:
    std::unordered_map<NodeId, NodeId> old_to_new_, new_to_old_;
};

bool is_within(const Document &page, NodeId node, NodeId outer) { return node >= outer && node < page.end_of(outer); }

std::vector<NodeId> targets_in(const ReportSide &side, NodeId record) {
    std::vector<NodeId> inside;
    for (const NodeId target : side.targets)
        if (is_within(*side.page, target, record))
            inside.push_back(target);
    return inside;
}

/* Equal texts first, in order; then what is left in order, when equally much is left. */
void pair_targets(const ReportSide &a, const std::vector<NodeId> &olds, const ReportSide &b,
                  const std::vector<NodeId> &news, NodePairs &pairs) {
    std::unordered_map<std::string, std::vector<NodeId>> text_to_news;
    for (auto node = news.rbegin(); node != news.rend(); ++node)
        text_to_news[fold_space(b.page->string_value(*node))].push_back(*node);
    std::unordered_set<NodeId> taken;
    std::vector<NodeId> left;
    for (const NodeId node : olds) {
        Interrupt::poll();
        std::vector<NodeId> &same = text_to_news[fold_space(a.page->string_value(node))];
        if (same.empty()) {
            left.push_back(node);
            continue;
        }
        pairs.add(node, same.back());
        taken.insert(same.back());
        same.pop_back();
    }
    std::vector<NodeId> left_new;
    std::copy_if(news.begin(), news.end(), std::back_inserter(left_new),
                 [&](NodeId node) { return !taken.contains(node); });
    if (left.size() == left_new.size())
        for (std::size_t i = 0; i < left.size(); ++i)
            pairs.add(left[i], left_new[i]);
}

void pair_trees(const Document &a, NodeId x, const Document &b, NodeId y, NodePairs &pairs, const Limits &limits) {
    TreeOptions options;
    options.class_labels = true;
    options.text_nodes = true;
    options.text_labels = true;
    LabelTable labels;
    const Tree old_tree = tree_of(a, x, options, labels), new_tree = tree_of(b, y, options, labels);
    try {
        for (const ScoredPair &pair : flexible_mapping(old_tree, new_tree, limits)) {
            const NodeId p = old_tree.document_node(pair.a), q = new_tree.document_node(pair.b);
            if (a.kind(p) == b.kind(q))
                pairs.add(p, q);
        }
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kLimitExceeded) /* a report with fewer colours is better than none */
            throw;
    }
}

NodePairs pair_nodes(const ReportSide &a, const ReportSide &b, const std::vector<RecordPair> &records,
                     const Limits &limits) {
    NodePairs pairs;
    for (const RecordPair &pair : records) {
        const NodeId x = a.records[pair.old_record], y = b.records[pair.new_record];
        pairs.add(x, y);
        pair_targets(a, targets_in(a, x), b, targets_in(b, y), pairs);
    }
    if (records.empty())
        pair_targets(a, a.targets, b, b.targets, pairs);
    for (std::size_t i = 0; i < std::min(records.size(), kMaxShownRecords); ++i) {
        Interrupt::poll();
        pair_trees(*a.page, a.records[records[i].old_record], *b.page, b.records[records[i].new_record], pairs, limits);
    }
    pair_trees(*a.page, 0, *b.page, 0, pairs, limits);
    return pairs;
}

/* Elements whose content is no text for people. */
bool is_opaque(std::string_view name) {
    static constexpr std::array<std::string_view, 6> kOpaque{"script", "style", "template", "noscript", "svg", "math"};
    return std::find(kOpaque.begin(), kOpaque.end(), name) != kOpaque.end();
}

/* The lines of one side. */
class Region {
  public:
    Region(const ReportSide &side, const std::vector<NodeId> &records) : side_(side), page_(*side.page) {
        const std::vector<NodeId> &anchors = records.empty() ? side.targets : records;
        root_ = root_of(anchors, records.empty() ? kContextLevels : 1);
        const std::size_t count = std::min(anchors.size(), kMaxLines / 4);
        for (std::size_t i = 0; i < count; ++i)
            for (NodeId node = anchors[i]; node != kNoNode && node >= root_ && shown_.insert(node).second;)
                node = page_.parent(node);
        for (const NodeId record : records)
            add_subtree(record);
        add_subtree(root_);
        nodes_.assign(shown_.begin(), shown_.end());
        std::sort(nodes_.begin(), nodes_.end());
    }

    [[nodiscard]] const std::vector<NodeId> &nodes() const { return nodes_; }
    [[nodiscard]] bool shows(NodeId node) const { return shown_.contains(node); }

    /* `numbers` says which pair a node is of. */
    [[nodiscard]] std::string html(const std::unordered_map<NodeId, std::size_t> &numbers, const char *own,
                                   const char *other) const {
        std::string html;
        const std::unordered_set<NodeId> records(side_.records.begin(), side_.records.end());
        const std::unordered_set<NodeId> targets(side_.targets.begin(), side_.targets.end());
        const int top = nodes_.empty() ? 0 : page_.depth(root_);
        bool was_left_out = false;
        NodeId next = root_;
        for (const NodeId node : nodes_) {
            Interrupt::poll();
            for (; next < node; ++next)
                was_left_out = was_left_out || is_line(next);
            next = node + 1;
            if (std::exchange(was_left_out, false))
                html += "<li class=\"gap\">\u2026</li>\n";
            const auto number = numbers.find(node);
            html += "<li";
            const std::string depth = std::to_string(std::min(page_.depth(node) - top, kMaxIndent));
            std::string style = "--d:" + depth, badge;
            std::string classes = targets.contains(node) ? "target" : "";
            if (number != numbers.end()) {
                const std::string text = std::to_string(number->second);
                const auto hue = static_cast<long>(static_cast<double>(number->second) * kGoldenAngle);
                style += ";--h:" + std::to_string(hue % 360);
                classes += classes.empty() ? "pair" : " pair";
                html += " id=\"" + std::string(own) + "-" + text + "\"";
                badge = " <a href=\"#" + std::string(other) + "-" + text + "\" aria-label=\"node " + text + " on the " +
                        other + " page\">" + text + "</a>";
            }
            if (!classes.empty())
                html += " class=\"" + classes + "\"";
            html += " style=\"" + style + "\"><code>" + line(node) + "</code>";
            if (records.contains(node) && page_.is_element(node))
                html += " <span class=\"mark\">record</span>";
            if (targets.contains(node))
                html += " <span class=\"mark\">selected</span>";
            html += badge + "</li>\n";
        }
        for (; next < page_.end_of(root_); ++next)
            was_left_out = was_left_out || is_line(next);
        return was_left_out ? html + "<li class=\"gap\">\u2026</li>\n" : html;
    }

  private:
    /* The deepest element around all anchors, `levels` higher where that is an anchor itself. */
    [[nodiscard]] NodeId root_of(const std::vector<NodeId> &anchors, std::size_t levels) const {
        if (anchors.empty())
            return std::max(page_.root_element(), NodeId{0});
        NodeId root = anchors.front();
        for (const NodeId anchor : anchors)
            while (!is_within(page_, anchor, root))
                root = page_.parent(root);
        for (; levels > 0 && page_.parent(root) > 0 && page_.name(root) != "body"; --levels)
            root = page_.parent(root);
        return root;
    }

    [[nodiscard]] bool is_line(NodeId node) const {
        return page_.is_element(node) || (page_.kind(node) == NodeKind::kText && !trim(page_.text(node)).empty() &&
                                          !is_opaque(page_.name(page_.parent(node))));
    }

    void add_subtree(NodeId root) {
        for (NodeId node = root; node < page_.end_of(root) && shown_.size() < kMaxLines;) {
            Interrupt::poll();
            const NodeId parent = page_.parent(node);
            if (node == root || shown_.contains(parent)) {
                const bool is_text = page_.kind(node) == NodeKind::kText && !trim(page_.text(node)).empty();
                if (page_.is_element(node) || is_text)
                    shown_.insert(node);
            }
            node = page_.is_element(node) && is_opaque(page_.name(node)) ? page_.end_of(node) : node + 1;
        }
    }

    /* A start tag, or a text. */
    [[nodiscard]] std::string line(NodeId node) const {
        if (!page_.is_element(node))
            return "<span class=\"text\">" + escape_html(abbreviate(fold_space(page_.text(node)), kMaxLineTextBytes)) +
                   "</span>";
        std::string tag = "&lt;" + escape_html(abbreviate(page_.name(node), kMaxValueBytes));
        const std::int32_t first = page_.first_attribute(node), end = page_.first_attribute(node + 1);
        for (std::int32_t at = first; at < std::min(end, first + kMaxAttributes); ++at)
            tag += " " + escape_html(abbreviate(page_.name_text(page_.attribute(at).name), kMaxValueBytes)) + "=\"" +
                   escape_html(abbreviate(page_.attribute(at).value, kMaxValueBytes)) + "\"";
        return tag + (end - first > kMaxAttributes ? " \u2026&gt;" : "&gt;");
    }

    const ReportSide &side_;
    const Document &page_;
    NodeId root_ = 0;
    std::unordered_set<NodeId> shown_;
    std::vector<NodeId> nodes_; /* those shown, in document order */
};

} // namespace

ReportRegions report_regions(const ReportSide &old_side, const ReportSide &new_side,
                             const std::vector<RecordPair> &record_pairs, const Limits &limits) {
    std::vector<NodeId> old_records, new_records;
    for (std::size_t i = 0; i < std::min(record_pairs.size(), kMaxShownRecords); ++i) {
        old_records.push_back(old_side.records[record_pairs[i].old_record]);
        new_records.push_back(new_side.records[record_pairs[i].new_record]);
    }
    const NodePairs pairs = pair_nodes(old_side, new_side, record_pairs, limits);
    const Region before(old_side, old_records), after(new_side, new_records);
    std::unordered_map<NodeId, std::size_t> old_numbers, new_numbers;
    for (const NodeId node : before.nodes())
        if (const NodeId partner = pairs.partner_of_old(node); partner != kNoNode && after.shows(partner)) {
            const std::size_t number = old_numbers.size() + 1;
            old_numbers[node] = number;
            new_numbers[partner] = number;
        }
    return {before.html(old_numbers, "old", "new"), after.html(new_numbers, "new", "old"), old_numbers.size()};
}

} // namespace webwrap
