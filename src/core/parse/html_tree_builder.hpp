#pragma once

/* Internal to parse: tree construction of the HTML standard (13.2.6). One function an insertion mode; each returns true
 * when it is done with the token, false when the token is to be processed again in the mode that it chose. */

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/parse/html_tokenizer.hpp"
#include "core/parse/html_tree.hpp"
#include "core/parse/open_elements.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {

class HtmlTreeBuilder {
  public:
    HtmlTreeBuilder(std::string_view page, const HtmlOptions &options, const Limits &limits);
    [[nodiscard]] std::unique_ptr<Document> run();

  private:
    enum class Mode : std::uint8_t {
        kInitial,
        kBeforeHtml,
        kBeforeHead,
        kInHead,
        kInHeadNoscript,
        kAfterHead,
        kInBody,
        kText,
        kInTable,
        kInTableText,
        kInCaption,
        kInColumnGroup,
        kInTableBody,
        kInRow,
        kInCell,
        kInTemplate,
        kAfterBody,
        kInFrameset,
        kAfterFrameset,
        kAfterAfterBody,
        kAfterAfterFrameset
    };
    /* An element of the list of active formatting elements, or a marker (no node). */
    struct Formatting {
        NodeId node = kNoNode;
        NameId name = kNoName;
        AttributeRange attributes;
    };
    struct Place {
        NodeId parent;
        NodeId before;
    };

    /* html_tree_builder.cpp: the loop, insertion, scopes */
    void start_fragment(const FragmentContext &context);
    void process(Token &token);
    bool dispatch(Mode mode, Token &token);
    [[nodiscard]] const OpenElements::Entry &adjusted_current() const {
        return open_.size() == 1 && context_ != kNoNode ? context_entry_ : open_.top();
    }
    [[nodiscard]] bool belongs_to_foreign(const Token &token) const;
    [[nodiscard]] bool is_current(NameId name) const;
    [[nodiscard]] bool is_current_any(unsigned classes) const;
    [[nodiscard]] Place place_for(NodeId target) const;
    [[nodiscard]] Place foster_place() const;
    [[nodiscard]] Place within_depth(Place place) const;
    NodeId insert_element(const Token &token, NodeSpace space = NodeSpace::kHtml);
    NodeId insert_element(NameId name, AttributeRange attributes, NodeSpace space = NodeSpace::kHtml);
    void insert_void(const Token &token);
    void insert_characters(std::string_view text);
    void insert_comment(const Token &token);
    void insert_comment(const Token &token, NodeId parent);
    void pop();
    void pop_until(NameId name);
    void pop_to(int size);
    void generate_implied_end_tags(NameId except = kNoName);
    void generate_all_implied_end_tags();
    void close_p();
    void close_p_in_button_scope();
    void reset_mode();
    void read_text_of(const Token &token, TokenizerState state);
    void charge(int steps);
    [[nodiscard]] static AttributeRange attributes_of(const Token &token) {
        return {token.first_attribute, token.attribute_count};
    }
    [[nodiscard]] bool has_template() const { return open_.last_of(names::kTemplate) >= 0; }

    /* html_modes_head.cpp: everything before the body, and after it */
    bool initial(Token &token);
    bool before_html(Token &token);
    bool before_head(Token &token);
    bool in_head(Token &token);
    bool in_head_noscript(Token &token);
    bool after_head(Token &token);
    bool text(Token &token);
    bool in_template(Token &token);
    bool start_template(Token &token);
    bool end_template();
    bool after_body(Token &token);
    bool in_frameset(Token &token);
    bool after_frameset(Token &token);
    bool after_after_body(Token &token);
    bool after_after_frameset(Token &token);
    bool merge_html(const Token &token);
    std::string_view take_leading_space(Token &token) const;
    bool goes_to_current_node(Token &token);
    bool goes_to_body(Token &token);
    bool goes_to_frameset(Token &token);
    void insert_only_space(std::string_view text);

    /* html_modes_body.cpp */
    bool in_body(Token &token);
    [[nodiscard]] std::string_view without_nul(const Token &token);
    bool in_body_text(const Token &token);
    bool in_body_start(Token &token);
    bool in_body_end(Token &token);
    bool any_other_end(NameId name);
    bool end_of_file(Token &token);
    bool start_body(const Token &token);
    bool start_frameset(const Token &token);
    bool start_list_item(const Token &token);
    bool start_input(const Token &token);
    bool start_select(const Token &token);
    bool start_option(const Token &token);
    bool start_foreign(const Token &token, NodeSpace space);
    bool end_block(const Token &token);
    bool end_form();
    bool end_heading();

    /* html_modes_table.cpp */
    bool in_table(Token &token);
    bool in_table_text(Token &token);
    bool in_table_otherwise(Token &token);
    bool in_caption(Token &token);
    bool in_column_group(Token &token);
    bool in_table_body(Token &token);
    bool in_row(Token &token);
    bool in_cell(Token &token);
    bool close_caption();
    void close_cell();
    void clear_to(std::initializer_list<NameId> context);

    /* html_formatting.cpp: active formatting elements, adoption agency */
    void push_formatting(NodeId node, const Token &token);
    void push_marker() { formatting_.push_back({}); }
    void clear_to_marker();
    void reconstruct_formatting();
    [[nodiscard]] int last_formatting(NameId name) const;
    [[nodiscard]] int formatting_index(NodeId node) const;
    [[nodiscard]] bool same_attributes(AttributeRange a, AttributeRange b) const;
    void adopt(NameId subject);
    bool adopt_once(NameId subject);
    [[nodiscard]] int furthest_block(int formatting) const;
    NodeId adopt_between(int formatting_at, int block_at, int &bookmark);

    /* html_foreign.cpp */
    bool in_foreign(Token &token);
    void leave_foreign();
    bool foreign_start(Token &token);
    bool foreign_end(Token &token);
    void spell_attributes(const Token &token, NodeSpace space);

    HtmlOptions options_;
    HtmlTree tree_;
    Tokenizer tokenizer_;
    OpenElements open_;
    std::vector<Formatting> formatting_;
    std::vector<Mode> template_modes_;
    std::vector<std::string_view> table_text_;
    Mode mode_ = Mode::kInitial;
    Mode original_mode_ = Mode::kInitial;
    NodeId head_ = kNoNode;
    NodeId form_ = kNoNode;
    NodeId context_ = kNoNode; /* of a fragment: an element outside of the tree */
    OpenElements::Entry context_entry_{};
    NodeId touched_ = kNoNode; /* what the token opened, closed or added to */
    bool frameset_ok_ = true;
    bool foster_parenting_ = false;
    bool skips_line_feed_ = false;
    bool is_stopped_ = false;
    std::int64_t steps_ = 0;
    std::int64_t max_steps_;
};

} // namespace webwrap
