#include "core/select/css_lexer.hpp"

#include <array>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/select/css_selector.hpp"

namespace webwrap {

namespace {

constexpr bool is_hex(char c) { return hex_value(c) >= 0; }
constexpr bool is_name_start(char c) { return is_letter(c) || c == '_' || (c & 0x80) != 0; }
constexpr bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '-'; }

} // namespace

void throw_bad_selector(std::string_view selector, const std::string &reason) {
    throw Error(ErrorKind::kInvalidSelector, "invalid CSS selector \"" + abbreviate(selector, 200) + "\": " + reason);
}

void throw_bad_selector_at(std::string_view selector, const std::string &reason, std::size_t byte) {
    std::size_t character = 1;
    for (const char c : selector.substr(0, byte))
        character += (c & 0xC0) == 0x80 ? 0 : 1;
    throw_bad_selector(selector, reason + " at character " + std::to_string(character));
}

/* A backslash before anything but the end of a line. */
bool CssLexer::is_escape(std::size_t ahead) const {
    const char c = peek(ahead + 1);
    return peek(ahead) == '\\' && at_ + ahead + 1 < text_.size() && c != '\n' && c != '\r' && c != '\f';
}

bool CssLexer::starts_name(std::size_t ahead) const {
    if (peek(ahead) == '-')
        return is_name_start(peek(ahead + 1)) || peek(ahead + 1) == '-' || is_escape(ahead + 1);
    return is_name_start(peek(ahead)) || is_escape(ahead);
}

std::string CssLexer::read_escape() {
    ++at_;
    std::string text;
    if (!is_hex(peek())) {
        text += text_[at_++];
        while (!is_at_end() && (peek() & 0xC0) == 0x80)
            text += text_[at_++];
        return text;
    }
    unsigned code = 0;
    for (int i = 0; i < 6 && is_hex(peek()); ++i, ++at_)
        code = code * 16 + static_cast<unsigned>(hex_value(peek()));
    if (peek() == '\r' && peek(1) == '\n')
        ++at_;
    if (!is_at_end() && is_html_space(peek()))
        ++at_;
    const bool is_character = code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    append_utf8(text, is_character ? code : 0xFFFD);
    return text;
}

std::string CssLexer::read_name() {
    std::string name;
    while (is_name_part(peek()) || is_escape(0)) {
        if (peek() == '\\')
            name += read_escape();
        else
            name += text_[at_++];
    }
    return name;
}

std::string CssLexer::read_string() {
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    std::string value;
    for (;;) {
        if (is_at_end() || peek() == '\n' || peek() == '\r' || peek() == '\f')
            throw_bad_selector_at(text_, "unfinished string", begin);
        if (peek() == quote) {
            ++at_;
            return value;
        }
        if (peek() == '\\' && peek(1) == '\r' && peek(2) == '\n')
            at_ += 3;
        else if (peek() == '\\' && at_ + 1 < text_.size() && !is_escape(0)) /* a line goes on */
            at_ += 2;
        else if (peek() == '\\' && is_escape(0))
            value += read_escape();
        else
            value += text_[at_++];
    }
}

void CssLexer::skip_comments() {
    while (peek() == '/' && peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
    }
}

CssToken CssLexer::next() {
    skip_comments();
    CssToken token;
    token.begin = at_;
    const char c = peek();
    if (is_at_end()) {
        token.kind = CssTokenKind::kEnd;
    } else if (is_html_space(c)) {
        token.kind = CssTokenKind::kSpace;
        while (!is_at_end() && is_html_space(peek())) {
            ++at_;
            skip_comments();
        }
    } else if (c == '"' || c == '\'') {
        token.kind = CssTokenKind::kString;
        token.text = read_string();
    } else if (c == '#' && (is_name_part(peek(1)) || is_escape(1))) {
        token.kind = CssTokenKind::kHash;
        ++at_;
        token.is_name = starts_name(0);
        token.text = read_name();
    } else if (is_digit(c) || (c == '+' && (is_digit(peek(1)) || (peek(1) | 0x20) == 'n')) ||
               (c == '-' && (is_digit(peek(1)) || ((peek(1) | 0x20) == 'n' && !is_name_part(peek(2)))))) {
        token.kind = CssTokenKind::kNumber;
        do
            token.text += text_[at_++];
        while (is_name_part(peek()));
    } else if (starts_name(0)) {
        token.kind = CssTokenKind::kName;
        token.text = read_name();
        if (peek() == '(') {
            token.kind = CssTokenKind::kFunction;
            ++at_;
        }
    } else {
        token.kind = CssTokenKind::kDelimiter;
        token.text = text_[at_++];
        const bool is_pair = (peek() == '=' && token.text.find_first_of("~|^$*") != std::string::npos) ||
                             (peek() == '|' && c == '|') || (peek() == ':' && c == ':');
        if (is_pair)
            token.text += text_[at_++];
    }
    token.end = at_;
    return token;
}

} // namespace webwrap
