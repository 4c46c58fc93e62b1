#pragma once

/* Internal to select: the tokens of css-syntax that selectors are made of. */

#include <cstdint>
#include <string>
#include <string_view>

namespace webwrap {

enum class CssTokenKind : std::uint8_t {
    kEnd,
    kSpace,
    kName,     /* an identifier; `text` with escapes resolved */
    kFunction, /* the same before its parenthesis, which is consumed */
    kHash,     /* #name */
    kString,
    kNumber,   /* starts with a digit or a sign: what :nth-child takes apart itself */
    kDelimiter /* one character in `text`; of two: ~= |= ^= $= *= || :: */
};

struct CssToken {
    CssTokenKind kind = CssTokenKind::kEnd;
    std::string text;
    bool is_name = false;  /* kHash: what follows could be an identifier */
    std::size_t begin = 0; /* byte where it starts */
    std::size_t end = 0;
};

/* Reads one token after the other. Comments count as nothing. */
class CssLexer {
  public:
    explicit CssLexer(std::string_view text) : text_(text) {}

    /* Throws kInvalidSelector for a string without an end. */
    [[nodiscard]] CssToken next();
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

  private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool is_at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] bool is_escape(std::size_t ahead) const;
    [[nodiscard]] bool starts_name(std::size_t ahead) const;
    std::string read_name();
    std::string read_escape();
    std::string read_string();
    void skip_comments();

    std::string_view text_;
    std::size_t at_ = 0;
};

/* `reason at character n` for a byte of the selector. */
[[noreturn]] void throw_bad_selector_at(std::string_view selector, const std::string &reason, std::size_t byte);

} // namespace webwrap
