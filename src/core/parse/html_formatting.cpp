/* The list of active formatting elements and the adoption agency (HTML standard, 13.2.4.3 and 13.2.6.4.7). */

#include <algorithm>

#include "core/parse/html_tree_builder.hpp"

namespace webwrap {

using namespace names;

namespace {

constexpr int kOuterLoops = 8;
constexpr int kInnerLoops = 3;
constexpr int kEqualEntries = 3; /* "Noah's Ark clause" */

} // namespace

bool HtmlTreeBuilder::same_attributes(AttributeRange a, AttributeRange b) const {
    if (a.count != b.count)
        return false;
    if (a.first == b.first)
        return true;
    const auto &all = const_cast<HtmlTree &>(tree_).attributes();
    for (std::int32_t i = a.first; i < a.first + a.count; ++i) {
        const Attribute &attribute = all[static_cast<std::size_t>(i)];
        const std::string_view other = tree_.attribute_value(b, attribute.name);
        if (other.data() == nullptr || other != attribute.value)
            return false;
    }
    return true;
}

void HtmlTreeBuilder::push_formatting(NodeId node, const Token &token) {
    const AttributeRange attributes = attributes_of(token);
    int equal = 0;
    for (std::size_t at = formatting_.size(); at-- > 0 && formatting_[at].node != kNoNode;) {
        charge(0);
        const Formatting &entry = formatting_[at];
        if (entry.name != token.name || entry.attributes.count != attributes.count)
            continue;
        charge(attributes.count * attributes.count);
        if (same_attributes(entry.attributes, attributes) && ++equal == kEqualEntries) {
            formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        }
    }
    formatting_.push_back({node, token.name, attributes});
}

void HtmlTreeBuilder::clear_to_marker() {
    while (!formatting_.empty()) {
        const bool is_marker = formatting_.back().node == kNoNode;
        formatting_.pop_back();
        if (is_marker)
            break;
    }
}

void HtmlTreeBuilder::reconstruct_formatting() {
    const auto is_settled = [this](const Formatting &entry) {
        return entry.node == kNoNode || tree_.is_open(entry.node);
    };
    if (formatting_.empty() || is_settled(formatting_.back()))
        return;
    std::size_t first = formatting_.size() - 1;
    while (first > 0 && !is_settled(formatting_[first - 1]))
        --first;
    for (std::size_t at = first; at < formatting_.size(); ++at) {
        charge(0);
        formatting_[at].node = insert_element(formatting_[at].name, formatting_[at].attributes);
    }
}

/* Index of the last entry of the name behind the last marker, or -1. */
int HtmlTreeBuilder::last_formatting(NameId name) const {
    for (std::size_t at = formatting_.size(); at-- > 0 && formatting_[at].node != kNoNode;)
        if (formatting_[at].name == name)
            return static_cast<int>(at);
    return -1;
}

int HtmlTreeBuilder::formatting_index(NodeId node) const {
    for (std::size_t at = formatting_.size(); at-- > 0;)
        if (formatting_[at].node == node)
            return static_cast<int>(at);
    return -1;
}

void HtmlTreeBuilder::adopt(NameId subject) {
    if (is_current(subject) && formatting_index(open_.top().node) < 0) {
        pop();
        return;
    }
    for (int i = 0; i < kOuterLoops && adopt_once(subject); ++i) {
    }
}

/* One round of the outer loop; false when the algorithm is over. */
bool HtmlTreeBuilder::adopt_once(NameId subject) {
    charge(static_cast<int>(std::min<std::size_t>(formatting_.size(), 64)));
    const int formatting = last_formatting(subject);
    if (formatting < 0) {
        any_other_end(subject);
        return false;
    }
    const Formatting subject_entry = formatting_[static_cast<std::size_t>(formatting)];
    const auto drop = [this](int at) { formatting_.erase(formatting_.begin() + at); };
    if (!tree_.is_open(subject_entry.node)) {
        drop(formatting);
        return false;
    }
    const int formatting_at = open_.index_of(subject_entry.node);
    if (formatting_at < open_.boundary(OpenElements::kScopeBoundary))
        return false;
    const int block_at = furthest_block(formatting_at);
    if (block_at < 0) {
        pop_to(formatting_at);
        drop(formatting);
        return false;
    }
    charge(open_.size() - formatting_at);
    const NodeId block = open_.at(block_at).node;
    const NodeId common_ancestor = open_.at(formatting_at - 1).node;

    int bookmark = formatting;
    const NodeId last = adopt_between(formatting_at, block_at, bookmark);
    tree_.remove(last);
    const Place place = place_for(common_ancestor);
    tree_.insert(place.parent, last, place.before);

    const NodeId clone = tree_.make_element(subject_entry.name, NodeSpace::kHtml, subject_entry.attributes);
    tree_.move_children(block, clone);
    tree_.insert(block, clone, kNoNode);

    const int had = formatting_index(subject_entry.node);
    formatting_.insert(formatting_.begin() + bookmark, {clone, subject_entry.name, subject_entry.attributes});
    drop(had < bookmark ? had : had + 1);
    open_.remove(open_.index_of(subject_entry.node));
    int below = open_.size() - 1;
    while (open_.at(below).node != block)
        --below;
    open_.insert(below + 1, clone);
    touched_ = subject_entry.node;
    return true;
}

/* The topmost special element above the formatting element, or -1. */
int HtmlTreeBuilder::furthest_block(int formatting) const {
    int block = -1;
    for (int at = open_.boundary(OpenElements::kSpecialBoundary); at > formatting;
         at = at > 0 ? open_.at(at - 1).boundaries[OpenElements::kSpecialBoundary] : -1)
        block = at;
    return block;
}

/* The inner loop: clones the formatting elements between the furthest block and the formatting element around the block,
 * takes other elements off the stack. Returns the outermost node of what it built. */
NodeId HtmlTreeBuilder::adopt_between(int formatting_at, int block_at, int &bookmark) {
    const NodeId block = open_.at(block_at).node;
    NodeId last = block;
    int counter = 0;
    for (int at = block_at - 1; at > formatting_at; --at) {
        ++counter;
        const NodeId node = open_.at(at).node;
        int entry = formatting_index(node);
        if (counter > kInnerLoops && entry >= 0) {
            formatting_.erase(formatting_.begin() + entry);
            if (entry < bookmark)
                --bookmark;
            entry = -1;
        }
        if (entry < 0) {
            charge(open_.size() - at);
            open_.remove(at);
            continue;
        }
        Formatting &kept = formatting_[static_cast<std::size_t>(entry)];
        const NodeId clone = tree_.make_element(kept.name, NodeSpace::kHtml, kept.attributes);
        kept.node = clone;
        open_.replace(at, clone);
        if (last == block)
            bookmark = entry + 1;
        tree_.remove(last);
        tree_.insert(clone, last, kNoNode);
        last = clone;
    }
    return last;
}

} // namespace webwrap
