/* SVG and MathML in HTML: "the rules for parsing tokens in foreign content" (HTML standard, 13.2.6.5). */

#include <algorithm>

#include "core/base/text.hpp"
#include "core/parse/html_tree_builder.hpp"

namespace webwrap {

using namespace names;

bool HtmlTreeBuilder::in_foreign(Token &token) {
    switch (token.kind) {
    case TokenKind::kText: {
        std::string_view text = token.text;
        if (token.has_nul) {
            std::string replaced;
            for (const char c : text)
                c == '\0' ? replaced.append("\xEF\xBF\xBD") : replaced.append(1, c);
            text = tokenizer_.keep(replaced);
        }
        insert_characters(text);
        if (!std::all_of(token.text.begin(), token.text.end(), [](char c) { return is_html_space(c) || c == '\0'; }))
            frameset_ok_ = false;
        return true;
    }
    case TokenKind::kComment:
        insert_comment(token);
        return true;
    case TokenKind::kStartTag:
        return foreign_start(token);
    case TokenKind::kEndTag:
        return foreign_end(token);
    case TokenKind::kDoctype:
    case TokenKind::kEndOfFile:
        return true;
    }
    return true;
}

void HtmlTreeBuilder::leave_foreign() {
    while (open_.top().space != NodeSpace::kHtml && !open_.top().is_mathml_text_integration_point &&
           !open_.top().is_html_integration_point && open_.size() > 1)
        pop();
}

/* False when the token is to be processed by the insertion mode: it broke out of the foreign content. */
bool HtmlTreeBuilder::foreign_start(Token &token) {
    const auto has = [&](NameId name) { return tree_.attribute_value(attributes_of(token), name).data() != nullptr; };
    if (html::is(token.name, html::kBreaksOut) || (token.name == kFont && (has(kColor) || has(kFace) || has(kSize)))) {
        leave_foreign();
        return false;
    }
    const NodeSpace space = adjusted_current().space;
    spell_attributes(token, space);
    insert_element(space == NodeSpace::kSvg ? spelled_in_svg(token.name) : token.name, attributes_of(token), space);
    if (token.is_self_closing)
        open_.pop();
    return true;
}

bool HtmlTreeBuilder::foreign_end(Token &token) {
    if (token.name == kBr || token.name == kP) {
        leave_foreign();
        return false;
    }
    for (int at = open_.size() - 1; at > 0; --at) {
        charge(0);
        const OpenElements::Entry &entry = open_.at(at);
        if (entry.space == NodeSpace::kHtml)
            return false;
        if (entry.name == token.name || (entry.space == NodeSpace::kSvg && entry.name == spelled_in_svg(token.name))) {
            pop_to(at);
            return true;
        }
    }
    return true;
}

void HtmlTreeBuilder::spell_attributes(const Token &token, NodeSpace space) {
    for (std::int32_t i = token.first_attribute; i < token.first_attribute + token.attribute_count; ++i) {
        Attribute &attribute = tree_.attributes()[static_cast<std::size_t>(i)];
        attribute.name = space == NodeSpace::kSvg ? spelled_as_svg_attribute(attribute.name)
                                                  : spelled_as_mathml_attribute(attribute.name);
    }
}

} // namespace webwrap
