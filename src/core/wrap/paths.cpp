#include "core/wrap/paths.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxAnchors = 4;    /* ancestors that may anchor a path */
constexpr std::size_t kMaxTests = 6;      /* tests of one element */
constexpr std::size_t kMaxNameBytes = 40; /* an attribute value longer than this is data, not a name */
constexpr int kTagCost = 6, kCellCost = 5, kPositionCost = 10, kLabelCost = 4;

bool is_cell(std::string_view tag) { return tag == "td" || tag == "th"; }

bool is_path_name(std::string_view name) {
    return !name.empty() && name.find_first_of(":<>\"'= ") == std::string_view::npos;
}

/* True for attributes whose values name kinds of things rather than single things. */
bool names_kinds(std::string_view name) {
    return name == "itemprop" || name == "property" || name == "role" || name == "rel" || name == "name" ||
           name == "type" || name == "headers" || name == "scope" || name == "itemtype" || name == "aria-label";
}

/* A child step: the tag, with its position where siblings share the tag. */
struct Step {
    std::string text;
    bool has_position = false;
    bool is_cell = false;
};

Step step_to(const Document &document, NodeId element) {
    const NameId name = document.name_id(element);
    int position = 0, count = 0;
    for (NodeId sibling = document.first_child(document.parent(element)); sibling != kNoNode;
         sibling = document.next_sibling(sibling)) {
        if (!document.is_element(sibling) || document.name_id(sibling) != name)
            continue;
        ++count;
        if (sibling == element)
            position = count;
    }
    Step step{std::string(document.name(element)), count > 1, is_cell(document.name(element))};
    if (step.has_position)
        step.text += "[" + std::to_string(position) + "]";
    return step;
}

/* What follows the element's path when an attribute or a text node is the target. */
std::string tail_of(const Document &document, NodeRef target) {
    if (target.is_attribute())
        return "/@" + std::string(document.name_text(document.attribute(target.attribute).name));
    if (document.is_element(target.node))
        return {};
    int position = 0;
    for (NodeId sibling = document.first_child(document.parent(target.node));
         sibling != kNoNode && sibling <= target.node; sibling = document.next_sibling(sibling))
        if (document.kind(sibling) == NodeKind::kText && !trim(document.text(sibling)).empty())
            ++position;
    return "/text()[normalize-space()][" + std::to_string(position) + "]";
}

/* Test for a label element by its text. An element around a lone label has the same text: it is ruled out. */
std::string label_test(const Document &document, NodeId label, const std::string &text) {
    const std::string_view tag = document.name(label);
    const bool may_nest = document.subtree_size(label) <= 2 && tag != "dt" && tag != "th";
    return std::string(tag) + (may_nest ? "[not(*) and normalize-space(.)=" : "[normalize-space(.)=") +
           xpath_literal(text) + "]";
}

/* Writes all paths to one target. */
class PathWriter {
  public:
    PathWriter(const Document &document, NodeId context, NodeRef target)
        : document_(document), target_(target), tail_(tail_of(document, target)) {
        element_ = document.kind(target.node) == NodeKind::kText ? document.parent(target.node) : target.node;
        tail_shifts_ = tail_.starts_with("/text") && !tail_.ends_with("[1]");
        enter(context);
    }

    std::vector<PathCandidate> write();

  private:
    void enter(NodeId context);
    void add(const std::string &path, int cost, bool shifts);
    void add_tests();
    void add_anchored();
    void add_labelled();
    void add_text_labelled();
    void add_positional();
    /* Path from chain_[from] (excluded) down to the element. */
    [[nodiscard]] std::string suffix(std::size_t from, bool &shifts, int &positions) const;

    const Document &document_;
    NodeRef target_;
    std::string tail_;
    bool tail_shifts_ = false;
    NodeId element_ = kNoNode;
    NodeId top_ = kNoNode;     /* the context, or the sibling after it that holds the target */
    std::string prefix_ = "."; /* from the context to top_ */
    int prefix_cost_ = 0;
    bool prefix_shifts_ = false;
    std::vector<NodeId> chain_; /* top_, ..., element_ */
    std::vector<PathCandidate> paths_;
};

void PathWriter::enter(NodeId context) {
    top_ = context;
    if (context > 0 && target_.node >= document_.end_of(context)) {
        int position = 0;
        for (NodeId sibling = document_.next_sibling(context); sibling != kNoNode;
             sibling = document_.next_sibling(sibling)) {
            position += document_.is_element(sibling) ? 1 : 0;
            if (target_.node < document_.end_of(sibling)) {
                top_ = sibling;
                break;
            }
        }
        prefix_ =
            "./following-sibling::*[" + std::to_string(position) + "][self::" + std::string(document_.name(top_)) + "]";
        prefix_cost_ = 4;
        prefix_shifts_ = position > 1;
    }
    for (NodeId node = element_; node > 0 && node != top_; node = document_.parent(node))
        chain_.push_back(node);
    chain_.push_back(top_);
    std::reverse(chain_.begin(), chain_.end());
}

void PathWriter::add(const std::string &path, int cost, bool shifts) {
    if (paths_.size() < 200)
        paths_.push_back(
            {path + tail_, cost + prefix_cost_ + (tail_.empty() ? 0 : 1), shifts || prefix_shifts_ || tail_shifts_});
}

std::vector<PathCandidate> PathWriter::write() {
    if (chain_.size() == 1) {
        add(prefix_, target_.is_attribute() ? 1 : 3, false);
    } else {
        add_tests();
        add_anchored();
        add_labelled();
        add_positional();
    }
    add_text_labelled();
    return std::move(paths_);
}

void PathWriter::add_tests() {
    for (const PathCandidate &test : element_tests(document_, element_))
        add(prefix_ + "//" + test.xpath, test.cost, false);
}

std::string PathWriter::suffix(std::size_t from, bool &shifts, int &positions) const {
    std::string path;
    for (std::size_t i = from + 1; i < chain_.size(); ++i) {
        const Step step = step_to(document_, chain_[i]);
        path += "/" + step.text;
        positions += step.has_position ? 1 : 0;
        shifts = shifts || (step.has_position && !step.is_cell);
    }
    return path;
}

void PathWriter::add_anchored() {
    const std::string leaf(document_.name(element_));
    const std::vector<PathCandidate> leaf_tests = element_tests(document_, element_);
    std::size_t anchors = 0;
    for (std::size_t i = chain_.size() - 1; i-- > 1 && anchors < kMaxAnchors; ++anchors) {
        bool shifts = false;
        int positions = 0;
        const std::string rest = suffix(i, shifts, positions);
        for (const PathCandidate &test : element_tests(document_, chain_[i])) {
            if (test.cost >= kTagCost)
                continue;
            const std::string anchor = prefix_ + "//" + test.xpath;
            add(anchor + rest, test.cost + 1 + (positions > 0 ? 3 : 0) + (shifts ? 4 : 0), shifts);
            if (chain_.size() - i > 2)
                add(anchor + "//" + leaf, test.cost + 3, false);
            if (anchors < 2 && leaf_tests.size() > 1)
                add(anchor + "//" + leaf_tests.front().xpath, test.cost + leaf_tests.front().cost, false);
        }
        if (document_.name(chain_[i]) != "div" && document_.name(chain_[i]) != "span")
            add(prefix_ + "//" + std::string(document_.name(chain_[i])) + rest, kTagCost + 1 + (shifts ? 4 : 0),
                shifts);
    }
}

/* Paths over the element that labels the target or one of its ancestors in the record. */
void PathWriter::add_labelled() {
    for (std::size_t i = chain_.size(); i-- > 1;) {
        NodeId label = kNoNode;
        const std::string text = label_before(document_, chain_[i], &label);
        if (text.empty())
            continue;
        bool shifts = false;
        int positions = 0;
        const std::string rest = suffix(i, shifts, positions);
        const std::string tag(document_.name(chain_[i]));
        const int cost = kLabelCost + (shifts ? 4 : 0);
        if (label != kNoNode)
            add(prefix_ + "//" + label_test(document_, label, text) + "/following-sibling::*[1][self::" + tag + "]" +
                    rest,
                cost, shifts);
        else if (!is_cell(tag))
            add(prefix_ + "//" + tag +
                    "[normalize-space(preceding-sibling::node()[1][self::text()])=" + xpath_literal(text) + "]" + rest,
                cost + 1, shifts);
    }
}

/* A text node right after its label element. */
void PathWriter::add_text_labelled() {
    if (target_.is_attribute() || document_.is_element(target_.node))
        return;
    NodeId previous = kNoNode;
    for (NodeId sibling = document_.first_child(document_.parent(target_.node)); sibling < target_.node;
         sibling = document_.next_sibling(sibling))
        previous = sibling;
    if (previous == kNoNode || !document_.is_element(previous))
        return;
    const std::string text = fold_space(document_.string_value(previous));
    const std::string next = "/following-sibling::node()[1][self::text()]";
    if (!text.empty() && text.size() <= kMaxNameBytes)
        paths_.push_back(
            {prefix_ + "//" + label_test(document_, previous, text) + next, kLabelCost + prefix_cost_, prefix_shifts_});
    for (const PathCandidate &test : element_tests(document_, previous))
        paths_.push_back({prefix_ + "//" + test.xpath + next, test.cost + 1 + prefix_cost_, prefix_shifts_});
}

void PathWriter::add_positional() {
    bool shifts = false;
    int positions = 0;
    const std::string path = suffix(0, shifts, positions);
    if (shifts)
        add(prefix_ + path, kPositionCost, true);
    else
        add(prefix_ + path, positions > 0 ? kCellCost : kTagCost + 1, false);
    /* Cells counted from the end stay where they are when a cell that spans rows is missing in front. */
    const NodeId first = chain_[1];
    if (!is_cell(document_.name(first)))
        return;
    int after = 0;
    for (NodeId sibling = document_.next_sibling(first); sibling != kNoNode; sibling = document_.next_sibling(sibling))
        after += document_.is_element(sibling) && document_.name_id(sibling) == document_.name_id(first) ? 1 : 0;
    shifts = false;
    const std::string rest = suffix(1, shifts, positions);
    add(prefix_ + "/" + std::string(document_.name(first)) + "[last()" +
            (after > 0 ? "-" + std::to_string(after) : "") + "]" + rest,
        kCellCost + 3, shifts);
}

} // namespace

std::string class_test(std::string_view token) {
    return "contains(concat(' ', normalize-space(@class), ' '), " + xpath_literal(" " + std::string(token) + " ") + ")";
}

std::vector<PathCandidate> element_tests(const Document &document, NodeId element) {
    const std::string tag(document.name(element));
    std::vector<PathCandidate> tests;
    for (std::int32_t at = document.first_attribute(element); at < document.first_attribute(element + 1); ++at) {
        const std::string name(document.name_text(document.attribute(at).name));
        const std::string_view value = document.attribute(at).value;
        if (!is_path_name(name))
            continue;
        const bool is_data = name.starts_with("data-");
        /* A phrase in data is the page's. */
        const bool is_name = names_kinds(name) || (is_data && class_tokens(value).size() == 1);
        if (is_name && !value.empty() && value.size() <= kMaxNameBytes &&
            (is_stable_token(value) || name == "itemtype"))
            tests.push_back({tag + "[@" + name + "=" + xpath_literal(value) + "]", name == "itemprop" ? 1 : 3, false});
        if (is_data || name == "datetime" || name == "headers")
            tests.push_back({tag + "[@" + name + "]", 3, false});
        if (name == "class")
            for (const std::string_view token : class_tokens(value))
                if (is_stable_token(token))
                    tests.push_back({tag + "[" + class_test(token) + "]", 2, false});
    }
    std::stable_sort(tests.begin(), tests.end(), [](const auto &a, const auto &b) { return a.cost < b.cost; });
    if (tests.size() > kMaxTests)
        tests.resize(kMaxTests);
    tests.push_back({tag, kTagCost, false});
    return tests;
}

std::vector<PathCandidate> relative_paths(const Document &document, NodeId context, NodeRef target) {
    /* A text of its own after the context: nothing names it but its place among these. */
    if (context > 0 && document.kind(target.node) == NodeKind::kText &&
        document.parent(target.node) == document.parent(context) && target.node >= document.end_of(context)) {
        int position = 0;
        for (NodeId sibling = document.next_sibling(context); sibling != kNoNode && sibling <= target.node;
             sibling = document.next_sibling(sibling))
            position += document.kind(sibling) == NodeKind::kText && !trim(document.text(sibling)).empty() ? 1 : 0;
        return {{"./following-sibling::text()[normalize-space()][" + std::to_string(position) + "]",
                 kLabelCost + kTagCost, position > 1}};
    }
    return PathWriter(document, context, target).write();
}

} // namespace webwrap
