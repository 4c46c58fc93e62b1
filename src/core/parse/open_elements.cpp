#include "core/parse/open_elements.hpp"

#include "core/base/text.hpp"

namespace webwrap {

namespace {

using namespace names;

bool is_mathml_text_point(NameId name) {
    return name == kMi || name == kMo || name == kMn || name == kMs || name == kMtext;
}

bool is_svg_html_point(NameId name) { return name == kForeignObject || name == kDesc || name == kTitle; }

bool is_mathml_html_point(const HtmlTree &tree, NodeId node) {
    const std::string encoding = ascii_lower(tree.attribute_value(tree.attributes_of(node), kEncoding));
    return encoding == "text/html" || encoding == "application/xhtml+xml";
}

} // namespace

OpenElements::Entry OpenElements::describe(NodeId node) const {
    const NameId name = tree_.name(node);
    const NodeSpace space = tree_.space(node);
    const bool is_html_point = space != NodeSpace::kHtml &&
                               (space == NodeSpace::kSvg ? is_svg_html_point(name)
                                                         : name == kAnnotationXml && is_mathml_html_point(tree_, node));
    const bool is_text_point = space == NodeSpace::kMathMl && is_mathml_text_point(name);
    return {node, name, space, is_html_point, is_text_point, -1, {}};
}

void OpenElements::push(NodeId node) {
    tree_.set_open(node, true);
    entries_.push_back(describe(node));
    link(size() - 1);
}

void OpenElements::link(int index) {
    Entry &entry = entries_[static_cast<std::size_t>(index)];
    if (index == 0)
        entry.boundaries.fill(-1);
    else
        entry.boundaries = entries_[static_cast<std::size_t>(index) - 1].boundaries;
    if (entry.space != NodeSpace::kHtml) {
        const bool is_special =
            entry.is_mathml_text_integration_point ||
            (entry.space == NodeSpace::kMathMl ? entry.name == kAnnotationXml : is_svg_html_point(entry.name));
        if (is_special)
            entry.boundaries[kScopeBoundary] = entry.boundaries[kSpecialBoundary] = entry.boundaries[kListBoundary] =
                index;
        return;
    }
    const auto name = static_cast<std::size_t>(entry.name);
    if (name >= name_to_last_.size())
        name_to_last_.resize(std::max<std::size_t>(kKnownCount, 2 * name + 1), -1);
    entry.previous_of_name = name_to_last_[name];
    name_to_last_[name] = index;
    if (!html::is(entry.name, html::kSpecial | html::kScope))
        return;
    if (html::is(entry.name, html::kScope))
        entry.boundaries[kScopeBoundary] = index;
    if (html::is(entry.name, html::kSpecial))
        entry.boundaries[kSpecialBoundary] = index;
    if (html::is(entry.name, html::kListBoundary))
        entry.boundaries[kListBoundary] = index;
    if (html::is(entry.name, html::kModeGiving))
        entry.boundaries[kModeBoundary] = index;
}

NodeId OpenElements::pop() {
    const Entry &entry = entries_.back();
    if (entry.space == NodeSpace::kHtml)
        name_to_last_[static_cast<std::size_t>(entry.name)] = entry.previous_of_name;
    const NodeId node = entry.node;
    tree_.set_open(node, false);
    entries_.pop_back();
    return node;
}

void OpenElements::unlink_from(int index) {
    for (int i = size() - 1; i >= index; --i)
        if (at(i).space == NodeSpace::kHtml)
            name_to_last_[static_cast<std::size_t>(at(i).name)] = at(i).previous_of_name;
}

void OpenElements::relink_from(int index) {
    for (int i = index; i < size(); ++i)
        link(i);
}

void OpenElements::remove(int index) {
    unlink_from(index);
    tree_.set_open(at(index).node, false);
    entries_.erase(entries_.begin() + index);
    relink_from(index);
}

/* Only clones of formatting elements are inserted or take a place: HTML elements that are no boundaries. */
void OpenElements::insert(int index, NodeId node) {
    unlink_from(index);
    tree_.set_open(node, true);
    entries_.insert(entries_.begin() + index, describe(node));
    relink_from(index);
}

void OpenElements::replace(int index, NodeId node) {
    Entry &entry = entries_[static_cast<std::size_t>(index)];
    tree_.set_open(entry.node, false);
    tree_.set_open(node, true);
    entry.node = node;
}

int OpenElements::index_of(NodeId node) const {
    for (int i = last_of(tree_.name(node)); i >= 0; i = at(i).previous_of_name)
        if (at(i).node == node)
            return i;
    return -1;
}

} // namespace webwrap
