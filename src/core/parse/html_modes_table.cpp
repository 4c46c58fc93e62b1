/* The insertion modes of tables (HTML standard, 13.2.6.4.9 to 13.2.6.4.15). */

#include <algorithm>

#include "core/base/text.hpp"
#include "core/parse/html_tree_builder.hpp"

namespace webwrap {

using namespace names;

namespace {

bool is_one_of(NameId name, std::initializer_list<NameId> list) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

/* "Clear the stack back to a table (body, row) context": html and template always end it. */
void HtmlTreeBuilder::clear_to(std::initializer_list<NameId> context) {
    while (open_.top().space != NodeSpace::kHtml ||
           !(is_one_of(open_.top().name, context) || open_.top().name == kTemplate || open_.top().name == kHtml))
        pop();
}

bool HtmlTreeBuilder::in_table(Token &token) {
    switch (token.kind) {
    case TokenKind::kText:
        if (is_current_any(html::kTablePart) || is_current(kTemplate)) {
            table_text_.clear();
            original_mode_ = mode_;
            mode_ = Mode::kInTableText;
            return false;
        }
        return in_table_otherwise(token);
    case TokenKind::kComment:
        insert_comment(token);
        return true;
    case TokenKind::kDoctype:
        return true;
    case TokenKind::kStartTag:
        switch (token.name) {
        case kCaption:
            clear_to({kTable});
            push_marker();
            insert_element(token);
            mode_ = Mode::kInCaption;
            return true;
        case kColgroup:
            clear_to({kTable});
            insert_element(token);
            mode_ = Mode::kInColumnGroup;
            return true;
        case kCol:
            clear_to({kTable});
            insert_element(kColgroup, {});
            mode_ = Mode::kInColumnGroup;
            return false;
        case kTbody:
        case kTfoot:
        case kThead:
            clear_to({kTable});
            insert_element(token);
            mode_ = Mode::kInTableBody;
            return true;
        case kTd:
        case kTh:
        case kTr:
            clear_to({kTable});
            insert_element(kTbody, {});
            mode_ = Mode::kInTableBody;
            return false;
        case kTable:
            if (!open_.has_in_table_scope(kTable))
                return true;
            pop_until(kTable);
            reset_mode();
            return false;
        case kStyle:
        case kScript:
        case kTemplate:
            return in_head(token);
        case kInput:
            if (ascii_lower(tree_.attribute_value(attributes_of(token), kType)) != "hidden")
                return in_table_otherwise(token);
            insert_void(token);
            return true;
        case kForm:
            if (form_ == kNoNode && !has_template()) {
                form_ = insert_element(token);
                open_.pop();
            }
            return true;
        default:
            return in_table_otherwise(token);
        }
    case TokenKind::kEndTag:
        switch (token.name) {
        case kTable:
            if (open_.has_in_table_scope(kTable)) {
                pop_until(kTable);
                reset_mode();
            }
            return true;
        case kBody:
        case kCaption:
        case kCol:
        case kColgroup:
        case kHtml:
        case kTbody:
        case kTd:
        case kTfoot:
        case kTh:
        case kThead:
        case kTr:
            return true;
        case kTemplate:
            return end_template();
        default:
            return in_table_otherwise(token);
        }
    case TokenKind::kEndOfFile:
        return in_body(token);
    }
    return true;
}

/* What does not belong into a table is placed before it. */
bool HtmlTreeBuilder::in_table_otherwise(Token &token) {
    foster_parenting_ = true;
    const bool is_done = in_body(token);
    const bool is_done_now = is_done || in_body(token); /* <image> became <img> */
    foster_parenting_ = false;
    return is_done_now;
}

bool HtmlTreeBuilder::in_table_text(Token &token) {
    if (token.kind == TokenKind::kText) {
        table_text_.push_back(without_nul(token));
        return true;
    }
    const NodeId touched = touched_;
    const bool is_space = std::all_of(table_text_.begin(), table_text_.end(), [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), is_html_space);
    });
    for (const std::string_view text : table_text_) {
        if (is_space) {
            insert_characters(text);
            continue;
        }
        Token characters;
        characters.kind = TokenKind::kText;
        characters.text = text;
        in_table_otherwise(characters);
    }
    touched_ = touched;
    mode_ = original_mode_;
    return false;
}

bool HtmlTreeBuilder::close_caption() {
    if (!open_.has_in_table_scope(kCaption))
        return false;
    generate_implied_end_tags();
    pop_until(kCaption);
    clear_to_marker();
    mode_ = Mode::kInTable;
    return true;
}

bool HtmlTreeBuilder::in_caption(Token &token) {
    if (token.kind == TokenKind::kEndTag) {
        if (token.name == kCaption) {
            close_caption();
            return true;
        }
        if (token.name == kTable)
            return !close_caption();
        if (is_one_of(token.name, {kBody, kCol, kColgroup, kHtml, kTbody, kTd, kTfoot, kTh, kThead, kTr}))
            return true;
    } else if (token.kind == TokenKind::kStartTag &&
               is_one_of(token.name, {kCaption, kCol, kColgroup, kTbody, kTd, kTfoot, kTh, kThead, kTr})) {
        return !close_caption();
    }
    return in_body(token);
}

bool HtmlTreeBuilder::in_column_group(Token &token) {
    if (goes_to_current_node(token))
        return true;
    switch (token.kind) {
    case TokenKind::kStartTag:
        if (token.name == kHtml)
            return in_body(token);
        if (token.name == kCol) {
            insert_void(token);
            return true;
        }
        if (token.name == kTemplate)
            return in_head(token);
        break;
    case TokenKind::kEndTag:
        if (token.name == kColgroup) {
            if (is_current(kColgroup)) {
                pop();
                mode_ = Mode::kInTable;
            }
            return true;
        }
        if (token.name == kCol)
            return true;
        if (token.name == kTemplate)
            return end_template();
        break;
    case TokenKind::kEndOfFile:
        return in_body(token);
    default:
        break;
    }
    if (!is_current(kColgroup))
        return true;
    pop();
    mode_ = Mode::kInTable;
    return false;
}

bool HtmlTreeBuilder::in_table_body(Token &token) {
    const auto end_body = [this] {
        clear_to({kTbody, kTfoot, kThead});
        pop();
        mode_ = Mode::kInTable;
    };
    if (token.kind == TokenKind::kStartTag) {
        if (token.name == kTr) {
            clear_to({kTbody, kTfoot, kThead});
            insert_element(token);
            mode_ = Mode::kInRow;
            return true;
        }
        if (token.name == kTh || token.name == kTd) {
            clear_to({kTbody, kTfoot, kThead});
            insert_element(kTr, {});
            mode_ = Mode::kInRow;
            return false;
        }
    }
    const bool ends_by_start = token.kind == TokenKind::kStartTag &&
                               is_one_of(token.name, {kCaption, kCol, kColgroup, kTbody, kTfoot, kThead});
    if (ends_by_start || (token.kind == TokenKind::kEndTag && token.name == kTable)) {
        if (!open_.has_in_table_scope(kTbody) && !open_.has_in_table_scope(kThead) && !open_.has_in_table_scope(kTfoot))
            return true;
        end_body();
        return false;
    }
    if (token.kind == TokenKind::kEndTag) {
        if (is_one_of(token.name, {kTbody, kTfoot, kThead})) {
            if (open_.has_in_table_scope(token.name))
                end_body();
            return true;
        }
        if (is_one_of(token.name, {kBody, kCaption, kCol, kColgroup, kHtml, kTd, kTh, kTr}))
            return true;
    }
    return in_table(token);
}

bool HtmlTreeBuilder::in_row(Token &token) {
    const auto end_row = [this] {
        if (!open_.has_in_table_scope(kTr))
            return false;
        clear_to({kTr});
        pop();
        mode_ = Mode::kInTableBody;
        return true;
    };
    if (token.kind == TokenKind::kStartTag) {
        if (token.name == kTh || token.name == kTd) {
            clear_to({kTr});
            insert_element(token);
            mode_ = Mode::kInCell;
            push_marker();
            return true;
        }
        if (is_one_of(token.name, {kCaption, kCol, kColgroup, kTbody, kTfoot, kThead, kTr}))
            return !end_row();
    } else if (token.kind == TokenKind::kEndTag) {
        if (token.name == kTr) {
            end_row();
            return true;
        }
        if (token.name == kTable)
            return !end_row();
        if (is_one_of(token.name, {kTbody, kTfoot, kThead}))
            return !open_.has_in_table_scope(token.name) || !end_row();
        if (is_one_of(token.name, {kBody, kCaption, kCol, kColgroup, kHtml, kTd, kTh}))
            return true;
    }
    return in_table(token);
}

void HtmlTreeBuilder::close_cell() {
    generate_implied_end_tags();
    pop_to(std::max({open_.last_of(kTd), open_.last_of(kTh), 0}));
    clear_to_marker();
    mode_ = Mode::kInRow;
}

bool HtmlTreeBuilder::in_cell(Token &token) {
    if (token.kind == TokenKind::kEndTag) {
        if (token.name == kTd || token.name == kTh) {
            if (!open_.has_in_table_scope(token.name))
                return true;
            generate_implied_end_tags();
            pop_until(token.name);
            clear_to_marker();
            mode_ = Mode::kInRow;
            return true;
        }
        if (is_one_of(token.name, {kBody, kCaption, kCol, kColgroup, kHtml}))
            return true;
        if (is_one_of(token.name, {kTable, kTbody, kTfoot, kThead, kTr})) {
            if (!open_.has_in_table_scope(token.name))
                return true;
            close_cell();
            return false;
        }
    } else if (token.kind == TokenKind::kStartTag &&
               is_one_of(token.name, {kCaption, kCol, kColgroup, kTbody, kTd, kTfoot, kTh, kThead, kTr})) {
        if (!open_.has_in_table_scope(kTd) && !open_.has_in_table_scope(kTh))
            return true;
        close_cell();
        return false;
    }
    return in_body(token);
}

} // namespace webwrap
