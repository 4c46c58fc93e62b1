#pragma once

/* Internal to parse: the tokenizer of the HTML standard (13.2.5). States are positions in the code, but for those that
 * tree construction sets. */

#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>

#include "core/parse/document.hpp"
#include "core/parse/html_token.hpp"
#include "core/parse/names.hpp"

namespace webwrap {

enum class TokenizerState : std::uint8_t { kData, kRcdata, kRawText, kScriptData, kPlainText, kCdata };

class Tokenizer {
  public:
    static constexpr std::size_t kPaddingBytes = 32; /* zero bytes that must follow the page in memory */

    /* `page` stays in place as long as the tokens are used. Names go to `names`, attributes behind those in `attributes`,
     * texts that differ from the page's bytes to `arena`. Throws kLimitExceeded above max_nodes attributes. */
    Tokenizer(std::string_view page, NameTable &names, std::pmr::vector<Attribute> &attributes,
              std::pmr::memory_resource &arena, int max_attributes);

    /* Fills the next token; kEndOfFile again and again at the end. Linear in the token's bytes; polls. */
    void next(Token &token);

    void set_state(TokenizerState state) noexcept { state_ = state; }
    /* The start tag whose end tag ends raw text and RCDATA; the tokenizer notes it itself, tests begin with one. */
    void set_last_start_tag(NameId name) noexcept { last_start_tag_ = name; }
    /* Whether "<![CDATA[" opens a section: the adjusted current node is foreign. */
    void set_allows_cdata(bool allows) noexcept { allows_cdata_ = allows; }
    /* Copies into the arena. */
    [[nodiscard]] std::string_view keep(std::string_view text);
    /* Offset behind the token read last. */
    [[nodiscard]] std::uint32_t position_bytes() const noexcept { return static_cast<std::uint32_t>(at_ - begin_); }

  private:
    /* One run of text: a view into the page until something in it differs from the page's bytes. */
    struct Run;

    void read_data(Token &token);
    void read_raw(Token &token);
    void read_plain(Token &token);
    void read_cdata(Token &token);
    void finish_text(Token &token, Run &run, const char *end);
    [[nodiscard]] bool starts_markup(const char *angle) const;
    bool read_markup(Token &token); /* false when the page ends inside of it or it is nothing */
    bool read_tag(Token &token, TokenKind kind);
    [[nodiscard]] NameId read_name(const unsigned char *kinds);
    [[nodiscard]] NameId read_long_name(const char *begin, const unsigned char *kinds);
    bool read_attributes(Token &token);
    void read_attribute(Token &token);
    [[nodiscard]] std::string_view read_quoted_value(char quote);
    [[nodiscard]] std::string_view read_unquoted_value();
    [[nodiscard]] std::string_view clean(const char *begin, const char *end, bool decodes);
    bool read_declaration(Token &token);
    void read_comment(Token &token);
    void read_bogus_comment(Token &token);
    void read_doctype(Token &token);
    void read_doctype_ids(Token &token);
    [[nodiscard]] bool read_doctype_id(std::string_view &id, Token &token);
    [[nodiscard]] std::string_view lower(const char *begin, const char *end);
    void skip_space();
    [[nodiscard]] const char *find_end_tag(const char *from) const;
    [[nodiscard]] bool is_end_tag_of(const char *angle, std::string_view name) const;
    [[nodiscard]] const char *find_script_end(const char *from) const;
    void poll_at_times();

    const char *begin_;
    const char *end_; /* a NUL byte stands there: scans need not look for the end */
    const char *at_;
    const char *next_poll_;
    NameTable &names_;
    std::pmr::vector<Attribute> &attributes_;
    std::pmr::memory_resource &arena_;
    std::size_t max_attributes_;
    TokenizerState state_ = TokenizerState::kData;
    bool allows_cdata_ = false;
    NameId last_start_tag_ = kNoName;
    std::string scratch_;
    std::pmr::vector<std::uint32_t> name_to_last_tag_; /* serial number of the last start tag with the attribute */
    std::uint32_t tag_serial_ = 0;
};

} // namespace webwrap
