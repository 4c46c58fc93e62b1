/* "The rules for the 'in body' insertion mode" (HTML standard, 13.2.6.4.7). */

#include <algorithm>

#include "core/base/text.hpp"
#include "core/parse/html_tree_builder.hpp"

namespace webwrap {

using namespace names;

bool HtmlTreeBuilder::in_body(Token &token) {
    switch (token.kind) {
    case TokenKind::kText:
        return in_body_text(token);
    case TokenKind::kComment:
        insert_comment(token);
        return true;
    case TokenKind::kDoctype:
        return true;
    case TokenKind::kStartTag:
        return in_body_start(token);
    case TokenKind::kEndTag:
        return in_body_end(token);
    case TokenKind::kEndOfFile:
        return end_of_file(token);
    }
    return true;
}

std::string_view HtmlTreeBuilder::without_nul(const Token &token) {
    if (!token.has_nul)
        return token.text;
    std::string without(token.text);
    std::erase(without, '\0');
    return tokenizer_.keep(without);
}

bool HtmlTreeBuilder::in_body_text(const Token &token) {
    const std::string_view text = without_nul(token);
    if (text.empty())
        return true;
    reconstruct_formatting();
    insert_characters(text);
    if (frameset_ok_)
        frameset_ok_ = std::all_of(text.begin(), text.end(), is_html_space);
    return true;
}

bool HtmlTreeBuilder::end_of_file(Token &token) {
    if (!template_modes_.empty())
        return in_template(token);
    is_stopped_ = true;
    return true;
}

bool HtmlTreeBuilder::in_body_start(Token &token) {
    if (html::is(token.name, html::kHeadContent))
        return in_head(token);
    if (html::is(token.name, html::kBlock)) {
        close_p_in_button_scope();
        insert_element(token);
        return true;
    }
    switch (token.name) {
    case kHtml:
        return merge_html(token);
    case kBody:
        return start_body(token);
    case kFrameset:
        return start_frameset(token);
    case kP:
        close_p_in_button_scope();
        insert_element(token);
        return true;
    case kH1:
    case kH2:
    case kH3:
    case kH4:
    case kH5:
    case kH6:
        close_p_in_button_scope();
        if (is_current_any(html::kHeading))
            pop();
        insert_element(token);
        return true;
    case kPre:
    case kListing:
        close_p_in_button_scope();
        insert_element(token);
        skips_line_feed_ = true;
        frameset_ok_ = false;
        return true;
    case kForm:
        if (form_ != kNoNode && !has_template())
            return true;
        close_p_in_button_scope();
        insert_element(token);
        if (!has_template())
            form_ = open_.top().node;
        return true;
    case kLi:
    case kDd:
    case kDt:
        return start_list_item(token);
    case kPlaintext:
        close_p_in_button_scope();
        insert_element(token);
        tokenizer_.set_state(TokenizerState::kPlainText);
        return true;
    case kButton:
        if (open_.has_in_scope(kButton)) {
            generate_implied_end_tags();
            pop_until(kButton);
        }
        reconstruct_formatting();
        insert_element(token);
        frameset_ok_ = false;
        return true;
    case kA:
        if (const int open = last_formatting(kA); open >= 0) {
            const NodeId node = formatting_[static_cast<std::size_t>(open)].node;
            adopt(kA);
            if (const int at = formatting_index(node); at >= 0)
                formatting_.erase(formatting_.begin() + at);
            if (tree_.is_open(node))
                open_.remove(open_.index_of(node));
        }
        reconstruct_formatting();
        push_formatting(insert_element(token), token);
        return true;
    case kNobr:
        reconstruct_formatting();
        if (open_.has_in_scope(kNobr)) {
            adopt(kNobr);
            reconstruct_formatting();
        }
        push_formatting(insert_element(token), token);
        return true;
    case kApplet:
    case kMarquee:
    case kObject:
        reconstruct_formatting();
        insert_element(token);
        push_marker();
        frameset_ok_ = false;
        return true;
    case kTable:
        if (tree_.quirks_mode() != QuirksMode::kQuirks)
            close_p_in_button_scope();
        insert_element(token);
        frameset_ok_ = false;
        mode_ = Mode::kInTable;
        return true;
    case kArea:
    case kBr:
    case kEmbed:
    case kImg:
    case kKeygen:
    case kWbr:
        reconstruct_formatting();
        insert_void(token);
        frameset_ok_ = false;
        return true;
    case kInput:
        return start_input(token);
    case kParam:
    case kSource:
    case kTrack:
        insert_void(token);
        return true;
    case kHr:
        close_p_in_button_scope();
        if (open_.has_in_scope(kSelect))
            generate_implied_end_tags();
        insert_void(token);
        frameset_ok_ = false;
        return true;
    case kImage:
        token.name = kImg;
        return false;
    case kTextarea:
        frameset_ok_ = false;
        skips_line_feed_ = true;
        read_text_of(token, TokenizerState::kRcdata);
        return true;
    case kXmp:
        close_p_in_button_scope();
        reconstruct_formatting();
        frameset_ok_ = false;
        read_text_of(token, TokenizerState::kRawText);
        return true;
    case kIframe:
        frameset_ok_ = false;
        read_text_of(token, TokenizerState::kRawText);
        return true;
    case kNoembed:
        read_text_of(token, TokenizerState::kRawText);
        return true;
    case kNoscript:
        if (options_.scripting) {
            read_text_of(token, TokenizerState::kRawText);
            return true;
        }
        break;
    case kSelect:
        return start_select(token);
    case kOptgroup:
    case kOption:
        return start_option(token);
    case kRb:
    case kRtc:
    case kRp:
    case kRt:
        if (open_.has_in_scope(kRuby))
            generate_implied_end_tags(token.name == kRp || token.name == kRt ? NameId{kRtc} : kNoName);
        insert_element(token);
        return true;
    case kMath:
        return start_foreign(token, NodeSpace::kMathMl);
    case kSvg:
        return start_foreign(token, NodeSpace::kSvg);
    case kCaption:
    case kCol:
    case kColgroup:
    case kFrame:
    case kHead:
    case kTbody:
    case kTd:
    case kTfoot:
    case kTh:
    case kThead:
    case kTr:
        return true;
    default:
        break;
    }
    reconstruct_formatting();
    insert_element(token);
    if (html::is(token.name, html::kFormatting))
        push_formatting(open_.top().node, token);
    return true;
}

bool HtmlTreeBuilder::start_body(const Token &token) {
    if (open_.size() < 2 || open_.at(1).name != kBody || open_.at(1).space != NodeSpace::kHtml || has_template())
        return true;
    frameset_ok_ = false;
    tree_.merge_attributes(open_.at(1).node, attributes_of(token));
    return true;
}

bool HtmlTreeBuilder::start_frameset(const Token &token) {
    if (open_.size() < 2 || open_.at(1).name != kBody || !frameset_ok_)
        return true;
    tree_.remove(open_.at(1).node);
    pop_to(1);
    insert_element(token);
    mode_ = Mode::kInFrameset;
    return true;
}

/* li, dd and dt close an open one of their kind unless something special stands between. */
bool HtmlTreeBuilder::start_list_item(const Token &token) {
    frameset_ok_ = false;
    const int open = token.name == kLi ? open_.last_of(kLi) : std::max(open_.last_of(kDd), open_.last_of(kDt));
    if (open >= 0 && open >= open_.boundary(OpenElements::kListBoundary)) {
        const NameId name = open_.at(open).name;
        generate_implied_end_tags(name);
        pop_until(name);
    }
    close_p_in_button_scope();
    insert_element(token);
    return true;
}

bool HtmlTreeBuilder::start_input(const Token &token) {
    if (context_ != kNoNode && tree_.name(context_) == kSelect)
        return true;
    if (open_.has_in_scope(kSelect))
        pop_until(kSelect);
    reconstruct_formatting();
    insert_void(token);
    if (ascii_lower(tree_.attribute_value(attributes_of(token), kType)) != "hidden")
        frameset_ok_ = false;
    return true;
}

bool HtmlTreeBuilder::start_select(const Token &token) {
    if (context_ != kNoNode && tree_.name(context_) == kSelect)
        return true;
    if (open_.has_in_scope(kSelect)) {
        pop_until(kSelect);
        return true;
    }
    reconstruct_formatting();
    insert_element(token);
    frameset_ok_ = false;
    return true;
}

bool HtmlTreeBuilder::start_option(const Token &token) {
    if (open_.has_in_scope(kSelect))
        generate_implied_end_tags(token.name == kOption ? NameId{kOptgroup} : kNoName);
    else if (is_current(kOption))
        pop();
    reconstruct_formatting();
    insert_element(token);
    return true;
}

bool HtmlTreeBuilder::start_foreign(const Token &token, NodeSpace space) {
    reconstruct_formatting();
    spell_attributes(token, space);
    insert_element(token, space);
    if (token.is_self_closing)
        open_.pop();
    return true;
}

bool HtmlTreeBuilder::in_body_end(Token &token) {
    if (html::is(token.name, html::kBlock))
        return end_block(token);
    if (html::is(token.name, html::kFormatting)) {
        adopt(token.name);
        return true;
    }
    switch (token.name) {
    case kTemplate:
        return end_template();
    case kBody:
    case kHtml:
        if (!open_.has_in_scope(kBody))
            return true;
        mode_ = Mode::kAfterBody;
        return token.name == kBody;
    case kButton:
    case kListing:
    case kPre:
    case kSelect:
        return end_block(token);
    case kForm:
        return end_form();
    case kP:
        if (!open_.has_in_button_scope(kP))
            insert_element(kP, {});
        close_p();
        return true;
    case kLi:
        if (open_.has_in_list_scope(kLi)) {
            generate_implied_end_tags(kLi);
            pop_until(kLi);
        }
        return true;
    case kDd:
    case kDt:
        if (open_.has_in_scope(token.name)) {
            generate_implied_end_tags(token.name);
            pop_until(token.name);
        }
        return true;
    case kH1:
    case kH2:
    case kH3:
    case kH4:
    case kH5:
    case kH6:
        return end_heading();
    case kApplet:
    case kMarquee:
    case kObject:
        if (open_.has_in_scope(token.name)) {
            generate_implied_end_tags();
            pop_until(token.name);
            clear_to_marker();
        }
        return true;
    case kBr:
        reconstruct_formatting();
        insert_element(kBr, {});
        open_.pop();
        frameset_ok_ = false;
        return true;
    default:
        return any_other_end(token.name);
    }
}

bool HtmlTreeBuilder::any_other_end(NameId name) {
    const int open = open_.last_of(name);
    if (open < 0 || open < open_.boundary(OpenElements::kSpecialBoundary))
        return true;
    generate_implied_end_tags(name);
    pop_to(open);
    return true;
}

bool HtmlTreeBuilder::end_block(const Token &token) {
    if (open_.has_in_scope(token.name)) {
        generate_implied_end_tags();
        pop_until(token.name);
    }
    return true;
}

bool HtmlTreeBuilder::end_form() {
    if (has_template()) {
        if (open_.has_in_scope(kForm)) {
            generate_implied_end_tags();
            pop_until(kForm);
        }
        return true;
    }
    const NodeId form = form_;
    form_ = kNoNode;
    if (form == kNoNode || !tree_.is_open(form) || open_.index_of(form) < open_.boundary(OpenElements::kScopeBoundary))
        return true;
    generate_implied_end_tags();
    const int at = open_.index_of(form);
    charge(open_.size() - at);
    open_.remove(at);
    touched_ = form;
    return true;
}

bool HtmlTreeBuilder::end_heading() {
    int open = -1;
    for (const NameId name : {kH1, kH2, kH3, kH4, kH5, kH6})
        open = std::max(open, open_.last_of(name));
    if (open < 0 || open < open_.boundary(OpenElements::kScopeBoundary))
        return true;
    generate_implied_end_tags();
    pop_to(open);
    return true;
}

} // namespace webwrap
