/* The insertion modes before the body and after it, text, and templates (HTML standard, 13.2.6.4). */

#include "core/base/text.hpp"
#include "core/parse/html_tree_builder.hpp"
#include "core/parse/quirks.hpp"

namespace webwrap {

using namespace names;

namespace {

bool is_start(const Token &token, NameId name) { return token.kind == TokenKind::kStartTag && token.name == name; }
bool is_end(const Token &token, NameId name) { return token.kind == TokenKind::kEndTag && token.name == name; }

/* End tags that imply what is missing instead of being ignored. */
bool is_end_that_implies(const Token &token) {
    return is_end(token, kHead) || is_end(token, kBody) || is_end(token, kHtml) || is_end(token, kBr);
}

} // namespace

/* Cuts the white space at the beginning off the text and returns it. */
std::string_view HtmlTreeBuilder::take_leading_space(Token &token) const {
    std::size_t size = 0;
    while (size < token.text.size() && is_html_space(token.text[size]))
        ++size;
    const std::string_view space = token.text.substr(0, size);
    token.text.remove_prefix(size);
    return space;
}

/* What most modes do alike: comments and leading white space go to the current node, a document type nowhere. True when
 * nothing of the token is left. */
bool HtmlTreeBuilder::goes_to_current_node(Token &token) {
    if (token.kind == TokenKind::kText) {
        insert_characters(take_leading_space(token));
        return token.text.empty();
    }
    if (token.kind == TokenKind::kComment)
        insert_comment(token);
    return token.kind == TokenKind::kComment || token.kind == TokenKind::kDoctype;
}

/* White space behind the body belongs into it. True when nothing else is in the text. */
bool HtmlTreeBuilder::goes_to_body(Token &token) {
    Token space = token;
    space.has_nul = false;
    space.text = take_leading_space(token);
    if (!space.text.empty())
        in_body(space);
    return token.text.empty();
}

void HtmlTreeBuilder::insert_only_space(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_html_space(text[end]))
            ++end;
        insert_characters(text.substr(at, end - at));
        at = end;
        while (at < text.size() && !is_html_space(text[at]))
            ++at;
    }
}

bool HtmlTreeBuilder::initial(Token &token) {
    if (token.kind == TokenKind::kText) {
        take_leading_space(token);
        if (token.text.empty())
            return true;
    } else if (token.kind == TokenKind::kComment) {
        insert_comment(token, 0);
        return true;
    } else if (token.kind == TokenKind::kDoctype) {
        const auto or_empty = [](std::string_view text) {
            return text.data() == nullptr ? std::string_view("") : text;
        };
        tree_.set_doctype(or_empty(token.text), or_empty(token.public_id), or_empty(token.system_id));
        tree_.set_quirks_mode(quirks_of(token));
        mode_ = Mode::kBeforeHtml;
        return true;
    }
    tree_.set_quirks_mode(QuirksMode::kQuirks);
    mode_ = Mode::kBeforeHtml;
    return false;
}

bool HtmlTreeBuilder::before_html(Token &token) {
    AttributeRange attributes;
    bool is_html = false;
    if (token.kind == TokenKind::kDoctype)
        return true;
    if (token.kind == TokenKind::kComment) {
        insert_comment(token, 0);
        return true;
    }
    if (token.kind == TokenKind::kText) {
        take_leading_space(token);
        if (token.text.empty())
            return true;
    } else if (is_start(token, kHtml)) {
        attributes = attributes_of(token);
        is_html = true;
    } else if (token.kind == TokenKind::kEndTag && !is_end_that_implies(token)) {
        return true;
    }
    const NodeId root = tree_.make_element(kHtml, NodeSpace::kHtml, attributes);
    tree_.insert(0, root, kNoNode);
    open_.push(root);
    touched_ = is_html ? root : kNoNode;
    mode_ = Mode::kBeforeHead;
    return is_html;
}

bool HtmlTreeBuilder::before_head(Token &token) {
    AttributeRange attributes;
    bool is_head = false;
    if (token.kind == TokenKind::kDoctype)
        return true;
    if (token.kind == TokenKind::kComment) {
        insert_comment(token);
        return true;
    }
    if (token.kind == TokenKind::kText) {
        take_leading_space(token);
        if (token.text.empty())
            return true;
    } else if (is_start(token, kHtml)) {
        return in_body(token);
    } else if (is_start(token, kHead)) {
        attributes = attributes_of(token);
        is_head = true;
    } else if (token.kind == TokenKind::kEndTag && !is_end_that_implies(token)) {
        return true;
    }
    head_ = insert_element(kHead, attributes);
    if (!is_head)
        touched_ = kNoNode;
    mode_ = Mode::kInHead;
    return is_head;
}

bool HtmlTreeBuilder::in_head(Token &token) {
    if (goes_to_current_node(token))
        return true;
    switch (token.kind) {
    case TokenKind::kStartTag:
        switch (token.name) {
        case kHtml:
            return in_body(token);
        case kBase:
        case kBasefont:
        case kBgsound:
        case kLink:
        case kMeta:
            insert_void(token);
            return true;
        case kTitle:
            read_text_of(token, TokenizerState::kRcdata);
            return true;
        case kNoscript:
            if (options_.scripting) {
                read_text_of(token, TokenizerState::kRawText);
            } else {
                insert_element(token);
                mode_ = Mode::kInHeadNoscript;
            }
            return true;
        case kNoframes:
        case kStyle:
            read_text_of(token, TokenizerState::kRawText);
            return true;
        case kScript:
            read_text_of(token, TokenizerState::kScriptData);
            return true;
        case kTemplate:
            return start_template(token);
        case kHead:
            return true;
        default:
            break;
        }
        break;
    case TokenKind::kEndTag:
        if (token.name == kHead) {
            pop();
            mode_ = Mode::kAfterHead;
            return true;
        }
        if (token.name == kTemplate)
            return end_template();
        if (!is_end_that_implies(token))
            return true;
        break;
    default:
        break;
    }
    pop();
    touched_ = kNoNode;
    mode_ = Mode::kAfterHead;
    return false;
}

bool HtmlTreeBuilder::start_template(Token &token) {
    insert_element(token);
    push_marker();
    frameset_ok_ = false;
    mode_ = Mode::kInTemplate;
    template_modes_.push_back(Mode::kInTemplate);
    return true;
}

bool HtmlTreeBuilder::end_template() {
    if (!has_template())
        return true;
    generate_all_implied_end_tags();
    pop_until(kTemplate);
    clear_to_marker();
    template_modes_.pop_back();
    reset_mode();
    return true;
}

bool HtmlTreeBuilder::in_head_noscript(Token &token) {
    if (goes_to_current_node(token))
        return true;
    switch (token.kind) {
    case TokenKind::kStartTag:
        switch (token.name) {
        case kHtml:
            return in_body(token);
        case kBasefont:
        case kBgsound:
        case kLink:
        case kMeta:
        case kNoframes:
        case kStyle:
            return in_head(token);
        case kHead:
        case kNoscript:
            return true;
        default:
            break;
        }
        break;
    case TokenKind::kEndTag:
        if (token.name == kNoscript) {
            pop();
            mode_ = Mode::kInHead;
            return true;
        }
        if (token.name != kBr)
            return true;
        break;
    default:
        break;
    }
    pop();
    mode_ = Mode::kInHead;
    return false;
}

bool HtmlTreeBuilder::after_head(Token &token) {
    if (goes_to_current_node(token))
        return true;
    switch (token.kind) {
    case TokenKind::kStartTag:
        if (html::is(token.name, html::kHeadContent)) {
            open_.push(head_);
            in_head(token);
            open_.remove(open_.index_of(head_));
            return true;
        }
        switch (token.name) {
        case kHtml:
            return in_body(token);
        case kBody:
            insert_element(token);
            frameset_ok_ = false;
            mode_ = Mode::kInBody;
            return true;
        case kFrameset:
            insert_element(token);
            mode_ = Mode::kInFrameset;
            return true;
        case kHead:
            return true;
        default:
            break;
        }
        break;
    case TokenKind::kEndTag:
        if (token.name == kTemplate)
            return end_template();
        if (!is_end_that_implies(token))
            return true;
        break;
    default:
        break;
    }
    insert_element(kBody, {});
    touched_ = kNoNode;
    mode_ = Mode::kInBody;
    return false;
}

/* The text of script, style, title, textarea and their like, up to the end tag. */
bool HtmlTreeBuilder::text(Token &token) {
    if (token.kind == TokenKind::kText) {
        insert_characters(token.text);
        return true;
    }
    pop();
    mode_ = original_mode_;
    return token.kind != TokenKind::kEndOfFile;
}

bool HtmlTreeBuilder::in_template(Token &token) {
    const auto go_on_in = [this](Mode mode) {
        template_modes_.back() = mode;
        mode_ = mode;
        return false;
    };
    switch (token.kind) {
    case TokenKind::kText:
    case TokenKind::kComment:
    case TokenKind::kDoctype:
        return in_body(token);
    case TokenKind::kStartTag:
        if (html::is(token.name, html::kHeadContent))
            return in_head(token);
        switch (token.name) {
        case kCaption:
        case kColgroup:
        case kTbody:
        case kTfoot:
        case kThead:
            return go_on_in(Mode::kInTable);
        case kCol:
            return go_on_in(Mode::kInColumnGroup);
        case kTr:
            return go_on_in(Mode::kInTableBody);
        case kTd:
        case kTh:
            return go_on_in(Mode::kInRow);
        default:
            return go_on_in(Mode::kInBody);
        }
    case TokenKind::kEndTag:
        return token.name == kTemplate ? end_template() : true;
    case TokenKind::kEndOfFile:
        break;
    }
    if (!has_template()) {
        is_stopped_ = true;
        return true;
    }
    pop_until(kTemplate);
    clear_to_marker();
    template_modes_.pop_back();
    reset_mode();
    return false;
}

/* Attributes of a second <html> go to the first. */
bool HtmlTreeBuilder::merge_html(const Token &token) {
    if (!has_template())
        tree_.merge_attributes(open_.at(0).node, attributes_of(token));
    return true;
}

bool HtmlTreeBuilder::after_body(Token &token) {
    switch (token.kind) {
    case TokenKind::kText:
        if (goes_to_body(token))
            return true;
        break;
    case TokenKind::kComment:
        insert_comment(token, open_.at(0).node);
        return true;
    case TokenKind::kDoctype:
        return true;
    case TokenKind::kStartTag:
        if (token.name == kHtml)
            return in_body(token);
        break;
    case TokenKind::kEndTag:
        if (token.name == kHtml) {
            if (context_ == kNoNode)
                mode_ = Mode::kAfterAfterBody;
            return true;
        }
        break;
    case TokenKind::kEndOfFile:
        is_stopped_ = true;
        return true;
    }
    mode_ = Mode::kInBody;
    return false;
}

/* What the modes of framesets do alike. False when the token is left to the mode. */
bool HtmlTreeBuilder::goes_to_frameset(Token &token) {
    switch (token.kind) {
    case TokenKind::kText:
        insert_only_space(token.text);
        return true;
    case TokenKind::kComment:
        insert_comment(token);
        return true;
    case TokenKind::kDoctype:
        return true;
    case TokenKind::kStartTag:
        if (token.name == kHtml)
            return in_body(token);
        return token.name == kNoframes && in_head(token);
    case TokenKind::kEndTag:
        return false;
    case TokenKind::kEndOfFile:
        is_stopped_ = true;
        return true;
    }
    return false;
}

bool HtmlTreeBuilder::in_frameset(Token &token) {
    if (goes_to_frameset(token))
        return true;
    if (is_start(token, kFrameset)) {
        insert_element(token);
    } else if (is_start(token, kFrame)) {
        insert_void(token);
    } else if (is_end(token, kFrameset) && open_.size() > 1) {
        pop();
        if (context_ == kNoNode && !is_current(kFrameset))
            mode_ = Mode::kAfterFrameset;
    }
    return true;
}

bool HtmlTreeBuilder::after_frameset(Token &token) {
    if (!goes_to_frameset(token) && is_end(token, kHtml))
        mode_ = Mode::kAfterAfterFrameset;
    return true;
}

bool HtmlTreeBuilder::after_after_body(Token &token) {
    if (token.kind == TokenKind::kComment) {
        insert_comment(token, 0);
        return true;
    }
    if (token.kind == TokenKind::kDoctype || is_start(token, kHtml))
        return in_body(token);
    if (token.kind == TokenKind::kEndOfFile) {
        is_stopped_ = true;
        return true;
    }
    if (token.kind == TokenKind::kText && goes_to_body(token))
        return true;
    mode_ = Mode::kInBody;
    return false;
}

bool HtmlTreeBuilder::after_after_frameset(Token &token) {
    if (token.kind == TokenKind::kComment)
        insert_comment(token, 0);
    else
        goes_to_frameset(token);
    return true;
}

} // namespace webwrap
