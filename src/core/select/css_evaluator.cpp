#include <algorithm>

#include "core/base/text.hpp"
#include "core/select/evaluator.hpp"
#include "core/select/xpath_number.hpp"

namespace webwrap {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool are_equal(std::string_view a, std::string_view b, bool ignores_case) {
    if (!ignores_case || a.size() != b.size())
        return a == b;
    return std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool contains(std::string_view text, std::string_view part, bool ignores_case) {
    if (!ignores_case)
        return text.find(part) != std::string_view::npos;
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char x, char y) { return lower(x) == lower(y); }) != text.end();
}

bool has_token(std::string_view list, std::string_view wanted, bool ignores_case) {
    bool is_found = false;
    for_each_token(list, [&](std::string_view token) {
        is_found = are_equal(token, wanted, ignores_case);
        return !is_found;
    });
    return is_found;
}

bool matches_value(CssMatch match, std::string_view value, std::string_view wanted, bool ignores_case) {
    switch (match) {
    case CssMatch::kEquals:
        return are_equal(value, wanted, ignores_case);
    case CssMatch::kIncludes:
        return has_token(value, wanted, ignores_case);
    case CssMatch::kDashMatch:
        return are_equal(value.substr(0, wanted.size()), wanted, ignores_case) &&
               (value.size() == wanted.size() || value[wanted.size()] == '-');
    default:
        break;
    }
    if (wanted.empty() || value.size() < wanted.size()) /* the empty string is part of nothing */
        return false;
    if (match == CssMatch::kPrefix)
        return are_equal(value.substr(0, wanted.size()), wanted, ignores_case);
    if (match == CssMatch::kSuffix)
        return are_equal(value.substr(value.size() - wanted.size()), wanted, ignores_case);
    return contains(value, wanted, ignores_case);
}

/* The part up to the next hyphen, which is taken off. */
std::string_view take_subtag(std::string_view &tag) {
    const std::size_t end = std::min(tag.find('-'), tag.size());
    const std::string_view subtag = tag.substr(0, end);
    tag.remove_prefix(std::min(end + 1, tag.size()));
    return subtag;
}

/* Extended filtering of RFC 4647, section 3.3.2. */
bool is_in_range(std::string_view tag, std::string_view range) {
    if (tag.empty() || range.empty())
        return tag.empty() && range.empty();
    const std::string_view first = take_subtag(range);
    const std::string_view language = take_subtag(tag);
    if (first != "*" && !are_equal(first, language, true))
        return false;
    while (!range.empty()) {
        const std::string_view wanted = take_subtag(range);
        if (wanted == "*")
            continue;
        for (;;) {
            if (tag.empty())
                return false;
            const std::string_view subtag = take_subtag(tag);
            if (are_equal(subtag, wanted, true))
                break;
            if (subtag.size() <= 1) /* what follows a singleton means something else */
                return false;
        }
    }
    return true;
}

bool is_of_form(std::int32_t position, std::int32_t a, std::int32_t b) {
    if (position <= 0)
        return false;
    const std::int64_t rest = std::int64_t{position} - b;
    return a == 0 ? rest == 0 : rest % a == 0 && rest / a >= 0;
}

} // namespace

/* The context node is an element: steps of selectors test that first. XPath's kWord alone takes any node. */
bool Evaluator::css(const Expr &e, const Focus &focus) {
    const CssTest &test = e.css;
    const NodeId node = focus.node.node;
    charge();
    switch (test.kind) {
    case CssTestKind::kClass:
    case CssTestKind::kId:
        return css_class(test, node);
    case CssTestKind::kAttribute:
        return css_attribute(test, node);
    case CssTestKind::kNth:
        return css_nth(e, node);
    case CssTestKind::kEmpty:
        return css_empty(node);
    case CssTestKind::kRoot:
        return document_.parent(node) == 0;
    case CssTestKind::kScope: /* of a whole page: its root */
        return context_ == 0 ? document_.parent(node) == 0 : node == context_;
    case CssTestKind::kType:
        return document_.name_id(node) == name(is_html(node) ? test.name : test.other);
    case CssTestKind::kLanguage:
        return css_language(test, node);
    case CssTestKind::kWord:
        return css_word(test, focus.node);
    }
    return false;
}

/* In quirks mode classes and ids have no case. */
bool Evaluator::css_class(const CssTest &test, NodeId node) {
    const std::int32_t attribute = find_attribute(NodeRef{node, -1}, test.name);
    if (attribute < 0)
        return false;
    const std::string_view value = document_.attribute(attribute).value;
    charge(static_cast<std::int64_t>(value.size() / 16));
    const bool ignores_case = indexes_.ignores_class_case();
    return test.kind == CssTestKind::kId ? are_equal(value, test.value, ignores_case)
                                         : has_token(value, test.value, ignores_case);
}

/* White space of XPath: a form feed is none. The context may be any node here. */
bool Evaluator::css_word(const CssTest &test, NodeRef ref) {
    const std::int32_t attribute = find_attribute(ref, test.name);
    if (attribute < 0)
        return false;
    const std::string_view value = document_.attribute(attribute).value;
    charge(static_cast<std::int64_t>(value.size() / 16));
    const auto ends_word = [&](std::size_t at) { return at >= value.size() || is_xpath_space(value[at]); };
    for (std::size_t at = value.find(test.value); at != std::string_view::npos; at = value.find(test.value, at + 1))
        if ((at == 0 || is_xpath_space(value[at - 1])) && ends_word(at + test.value.size()))
            return true;
    return false;
}

bool Evaluator::css_attribute(const CssTest &test, NodeId node) {
    const bool is_of_html = is_html(node);
    const std::int32_t attribute = find_attribute(NodeRef{node, -1}, is_of_html ? test.name : test.other);
    if (attribute < 0 || test.is_presence)
        return attribute >= 0;
    const std::string_view value = document_.attribute(attribute).value;
    charge(static_cast<std::int64_t>(value.size() / 16));
    return matches_value(test.match, value, test.value, test.ignores_case || (is_of_html && test.ignores_case_in_html));
}

bool Evaluator::css_nth(const Expr &e, NodeId node) {
    const CssTest &test = e.css;
    const auto at = static_cast<std::size_t>(node);
    if (test.of < 0)
        return is_of_form(indexes_.sibling_positions(test.is_last, test.is_of_type)[at], test.a, test.b);
    auto found = nth_positions_.find(&e);
    if (found == nth_positions_.end())
        found = nth_positions_.emplace(&e, count_matching(test)).first;
    return is_of_form(found->second[at], test.a, test.b);
}

/* Position of each element among those siblings that match a selector; 0 for those that do not. */
std::vector<std::int32_t> Evaluator::count_matching(const CssTest &test) {
    std::vector<std::int32_t> positions(static_cast<std::size_t>(document_.size()), 0);
    std::vector<std::int32_t> parent_to_count(static_cast<std::size_t>(document_.size()), 0);
    for (NodeId i = 1; i < document_.size(); ++i) {
        const NodeId node = test.is_last ? document_.size() - i : i;
        charge();
        if (document_.is_element(node) && boolean(test.of, Focus{NodeRef{node, -1}}))
            positions[static_cast<std::size_t>(node)] =
                ++parent_to_count[static_cast<std::size_t>(document_.parent(node))];
    }
    return positions;
}

bool Evaluator::css_empty(NodeId node) {
    for (NodeId child = node + 1; child < document_.end_of(node); ++child) {
        charge();
        if (document_.kind(child) != NodeKind::kComment)
            return false;
    }
    return true;
}

bool Evaluator::css_language(const CssTest &test, NodeId node) {
    std::string_view tag;
    bool is_known = false;
    for (NodeId up = node; up > 0 && !is_known; up = document_.parent(up)) {
        std::int32_t attribute = find_attribute(NodeRef{up, -1}, test.name);
        if (attribute < 0 && !is_html(up)) /* xml:lang means nothing on an element of HTML */
            attribute = find_attribute(NodeRef{up, -1}, test.other);
        is_known = attribute >= 0;
        if (is_known)
            tag = document_.attribute(attribute).value;
    }
    if (!is_known)
        tag = page_language();
    std::string_view ranges = test.value;
    while (!ranges.empty()) {
        const std::size_t end = ranges.find('\n');
        if (is_in_range(tag, ranges.substr(0, end)))
            return true;
        ranges.remove_prefix(end + 1);
    }
    return false;
}

/* What <meta http-equiv=content-language> says (HTML standard, "pragma-set default language"). */
const std::string &Evaluator::page_language() {
    if (page_language_)
        return *page_language_;
    page_language_.emplace();
    for (const NodeId meta : indexes_.elements_named(document_.find_name("meta"))) {
        charge();
        if (!are_equal(document_.attribute_value(meta, "http-equiv"), "content-language", true))
            continue;
        std::string_view content = trim(document_.attribute_value(meta, "content"));
        if (content.empty() || content.find(',') != std::string_view::npos)
            continue;
        const auto *end = std::find_if(content.begin(), content.end(), is_html_space);
        page_language_->assign(content.begin(), end);
    }
    return *page_language_;
}

} // namespace webwrap
