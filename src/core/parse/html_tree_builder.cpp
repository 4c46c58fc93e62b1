#include "core/parse/html_tree_builder.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

using namespace names;

namespace {

SourceToken::Kind source_kind(TokenKind kind) {
    switch (kind) {
    case TokenKind::kDoctype:
        return SourceToken::Kind::kDoctype;
    case TokenKind::kStartTag:
        return SourceToken::Kind::kStartTag;
    case TokenKind::kEndTag:
        return SourceToken::Kind::kEndTag;
    case TokenKind::kComment:
        return SourceToken::Kind::kComment;
    default:
        return SourceToken::Kind::kText;
    }
}

} // namespace

HtmlTreeBuilder::HtmlTreeBuilder(std::string_view page, const HtmlOptions &options, const Limits &limits)
    : options_(options), tree_(page, limits),
      tokenizer_(tree_.page(), tree_.names(), tree_.attributes(), tree_.arena(), limits.max_nodes), open_(tree_),
      max_steps_(std::int64_t{64} * limits.max_nodes) {}

std::unique_ptr<Document> HtmlTreeBuilder::run() {
    if (options_.fragment != nullptr)
        start_fragment(*options_.fragment);
    Token token;
    std::uint32_t known_bytes = 0;
    while (!is_stopped_) {
        tokenizer_.next(token);
        if (token.begin_bytes != known_bytes) /* "</>", or a tag that the end of the page cuts off */
            tree_.add_source_token(known_bytes, SourceToken::Kind::kText, kNoNode);
        known_bytes = tokenizer_.position_bytes();
        touched_ = kNoNode;
        const TokenKind kind = token.kind;
        const std::uint32_t begin_bytes = token.begin_bytes;
        process(token);
        if (kind != TokenKind::kEndOfFile)
            tree_.add_source_token(begin_bytes, source_kind(kind), touched_);
    }
    return tree_.finish();
}

void HtmlTreeBuilder::start_fragment(const FragmentContext &context) {
    const NameId name = tree_.names().intern(context.name);
    context_ = tree_.make_element(name, context.space, {});
    context_entry_ = open_.describe(context_);
    if (context.space == NodeSpace::kHtml) {
        if (name == kTitle || name == kTextarea)
            tokenizer_.set_state(TokenizerState::kRcdata);
        else if (name == kStyle || name == kXmp || name == kIframe || name == kNoembed || name == kNoframes ||
                 (name == kNoscript && options_.scripting))
            tokenizer_.set_state(TokenizerState::kRawText);
        else if (name == kScript)
            tokenizer_.set_state(TokenizerState::kScriptData);
        else if (name == kPlaintext)
            tokenizer_.set_state(TokenizerState::kPlainText);
        if (name == kTemplate)
            template_modes_.push_back(Mode::kInTemplate);
        if (name == kForm)
            form_ = context_;
    }
    const NodeId root = tree_.make_element(kHtml, NodeSpace::kHtml, {});
    tree_.insert(0, root, kNoNode);
    open_.push(root);
    reset_mode();
}

void HtmlTreeBuilder::process(Token &token) {
    if (skips_line_feed_) {
        skips_line_feed_ = false;
        if (token.kind == TokenKind::kText && token.text.starts_with('\n')) {
            token.text.remove_prefix(1);
            if (token.text.empty())
                return;
        }
    }
    bool is_done = belongs_to_foreign(token) && in_foreign(token);
    while (!is_done)
        is_done = dispatch(mode_, token) || (belongs_to_foreign(token) && in_foreign(token));
    tokenizer_.set_allows_cdata(!open_.empty() && adjusted_current().space != NodeSpace::kHtml);
}

/* "Tree construction dispatcher": false when the token is processed by the insertion mode. */
bool HtmlTreeBuilder::belongs_to_foreign(const Token &token) const {
    if (open_.empty() || token.kind == TokenKind::kEndOfFile)
        return false;
    const OpenElements::Entry &current = adjusted_current();
    if (current.space == NodeSpace::kHtml)
        return false;
    const bool is_start = token.kind == TokenKind::kStartTag;
    const bool is_text = token.kind == TokenKind::kText;
    if (current.is_mathml_text_integration_point &&
        (is_text || (is_start && token.name != kMglyph && token.name != kMalignmark)))
        return false;
    if (current.space == NodeSpace::kMathMl && current.name == kAnnotationXml && is_start && token.name == kSvg)
        return false;
    return !(current.is_html_integration_point && (is_start || is_text));
}

bool HtmlTreeBuilder::dispatch(Mode mode, Token &token) {
    switch (mode) {
    case Mode::kInitial:
        return initial(token);
    case Mode::kBeforeHtml:
        return before_html(token);
    case Mode::kBeforeHead:
        return before_head(token);
    case Mode::kInHead:
        return in_head(token);
    case Mode::kInHeadNoscript:
        return in_head_noscript(token);
    case Mode::kAfterHead:
        return after_head(token);
    case Mode::kInBody:
        return in_body(token);
    case Mode::kText:
        return text(token);
    case Mode::kInTable:
        return in_table(token);
    case Mode::kInTableText:
        return in_table_text(token);
    case Mode::kInCaption:
        return in_caption(token);
    case Mode::kInColumnGroup:
        return in_column_group(token);
    case Mode::kInTableBody:
        return in_table_body(token);
    case Mode::kInRow:
        return in_row(token);
    case Mode::kInCell:
        return in_cell(token);
    case Mode::kInTemplate:
        return in_template(token);
    case Mode::kAfterBody:
        return after_body(token);
    case Mode::kInFrameset:
        return in_frameset(token);
    case Mode::kAfterFrameset:
        return after_frameset(token);
    case Mode::kAfterAfterBody:
        return after_after_body(token);
    case Mode::kAfterAfterFrameset:
        return after_after_frameset(token);
    }
    return true;
}

bool HtmlTreeBuilder::is_current(NameId name) const {
    return !open_.empty() && open_.top().name == name && open_.top().space == NodeSpace::kHtml;
}

bool HtmlTreeBuilder::is_current_any(unsigned classes) const {
    return !open_.empty() && open_.top().space == NodeSpace::kHtml && html::is(open_.top().name, classes);
}

/* "Appropriate place for inserting a node". */
HtmlTreeBuilder::Place HtmlTreeBuilder::place_for(NodeId target) const {
    const bool is_fostered =
        foster_parenting_ && tree_.space(target) == NodeSpace::kHtml && html::is(tree_.name(target), html::kTablePart);
    return is_fostered ? foster_place() : Place{target, kNoNode};
}

HtmlTreeBuilder::Place HtmlTreeBuilder::foster_place() const {
    const int table = open_.last_of(kTable);
    const int last_template = open_.last_of(kTemplate);
    if (last_template > table)
        return {open_.at(last_template).node, kNoNode};
    if (table < 0)
        return {open_.at(0).node, kNoNode};
    const NodeId node = open_.at(table).node;
    if (const NodeId parent = tree_.parent(node); parent != kNoNode)
        return {parent, node};
    return {open_.at(table - 1).node, kNoNode};
}

/* A node that would be deeper than browsers nest becomes a sibling of the one it belongs into. */
HtmlTreeBuilder::Place HtmlTreeBuilder::within_depth(Place place) const {
    if (open_.size() < HtmlTree::kMaxDepth || place.before != kNoNode || tree_.parent(place.parent) == kNoNode)
        return place;
    return {tree_.parent(place.parent), kNoNode};
}

NodeId HtmlTreeBuilder::insert_element(const Token &token, NodeSpace space) {
    return insert_element(token.name, attributes_of(token), space);
}

NodeId HtmlTreeBuilder::insert_element(NameId name, AttributeRange attributes, NodeSpace space) {
    const Place place = within_depth(place_for(open_.top().node));
    const NodeId node = tree_.make_element(name, space, attributes);
    tree_.insert(place.parent, node, place.before);
    open_.push(node);
    touched_ = node;
    return node;
}

void HtmlTreeBuilder::insert_void(const Token &token) {
    const NodeId node = insert_element(token);
    open_.pop();
    touched_ = node;
}

void HtmlTreeBuilder::insert_characters(std::string_view text) {
    if (text.empty())
        return;
    const Place place = within_depth(place_for(open_.top().node));
    if (place.parent != 0) /* the document holds no text */
        touched_ = tree_.insert_text(place.parent, place.before, text);
}

void HtmlTreeBuilder::insert_comment(const Token &token) {
    insert_comment(token, within_depth({open_.top().node, kNoNode}).parent);
}

void HtmlTreeBuilder::insert_comment(const Token &token, NodeId parent) {
    touched_ = tree_.append_comment(parent, token.text);
}

void HtmlTreeBuilder::pop() { touched_ = open_.pop(); }

void HtmlTreeBuilder::pop_to(int size) {
    while (open_.size() > size)
        pop();
}

/* Pops up to and with the last HTML element of the name. */
void HtmlTreeBuilder::pop_until(NameId name) { pop_to(std::max(open_.last_of(name), 0)); }

void HtmlTreeBuilder::generate_implied_end_tags(NameId except) {
    while (is_current_any(html::kImpliedEnd) && open_.top().name != except)
        pop();
}

void HtmlTreeBuilder::generate_all_implied_end_tags() {
    while (is_current_any(html::kImpliedEndAll))
        pop();
}

void HtmlTreeBuilder::close_p() {
    generate_implied_end_tags(kP);
    pop_until(kP);
}

void HtmlTreeBuilder::close_p_in_button_scope() {
    if (open_.has_in_button_scope(kP))
        close_p();
}

/* "Reset the insertion mode appropriately". */
void HtmlTreeBuilder::reset_mode() {
    for (int at = open_.boundary(OpenElements::kModeBoundary); at >= 0;) {
        const bool is_last = at == 0;
        const bool is_context = is_last && context_ != kNoNode;
        const NameId name = !is_context                                 ? open_.at(at).name
                            : tree_.space(context_) == NodeSpace::kHtml ? tree_.name(context_)
                                                                        : kNoName;
        switch (name) {
        case kTd:
        case kTh:
            if (is_last)
                break;
            mode_ = Mode::kInCell;
            return;
        case kTr:
            mode_ = Mode::kInRow;
            return;
        case kTbody:
        case kThead:
        case kTfoot:
            mode_ = Mode::kInTableBody;
            return;
        case kCaption:
            mode_ = Mode::kInCaption;
            return;
        case kColgroup:
            mode_ = Mode::kInColumnGroup;
            return;
        case kTable:
            mode_ = Mode::kInTable;
            return;
        case kTemplate:
            mode_ = template_modes_.back();
            return;
        case kHead:
            if (is_last)
                break;
            mode_ = Mode::kInHead;
            return;
        case kFrameset:
            mode_ = Mode::kInFrameset;
            return;
        case kHtml:
            mode_ = head_ == kNoNode ? Mode::kBeforeHead : Mode::kAfterHead;
            return;
        default:
            break;
        }
        if (is_last || name == kBody)
            break;
        at = open_.at(at - 1).boundaries[OpenElements::kModeBoundary];
    }
    mode_ = Mode::kInBody;
}

/* Generic raw text and RCDATA elements, scripts: their content comes as text. */
void HtmlTreeBuilder::read_text_of(const Token &token, TokenizerState state) {
    insert_element(token);
    tokenizer_.set_state(state);
    original_mode_ = mode_;
    mode_ = Mode::kText;
}

/* Accounts for the few loops whose length is not bounded by the token. */
void HtmlTreeBuilder::charge(int steps) {
    steps_ += steps + 1;
    if (steps_ > max_steps_)
        throw Error(ErrorKind::kLimitExceeded,
                    "page takes more than " + std::to_string(max_steps_) + " steps of tree construction",
                    "Its formatting elements are misnested on purpose or by a broken generator.",
                    "Raise webwrap.max_nodes, of which each allows 64 steps.");
    if ((steps_ & 0xFFFF) <= steps)
        Interrupt::poll();
}

std::unique_ptr<Document> parse_html(std::string_view html, const Limits &limits, const HtmlOptions &options) {
    Interrupt::poll();
    return HtmlTreeBuilder(html, options, limits).run();
}

} // namespace webwrap
