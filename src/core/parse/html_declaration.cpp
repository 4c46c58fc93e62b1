/* Comments, document types and CDATA sections (HTML standard, 13.2.5.41 to 13.2.5.71). */

#include <algorithm>
#include <cstring>

#include "core/base/text.hpp"
#include "core/parse/html_tokenizer.hpp"

namespace webwrap {

namespace {

bool starts_with_folded(std::string_view text, std::string_view lower) {
    return text.size() >= lower.size() && ascii_lower(text.substr(0, lower.size())) == lower;
}

} // namespace

/* At "<!". False when it was the opening of a CDATA section. */
bool Tokenizer::read_declaration(Token &token) {
    const std::string_view rest(at_ + 2, static_cast<std::size_t>(end_ - at_ - 2));
    if (rest.starts_with("--")) {
        at_ += 4;
        read_comment(token);
        return true;
    }
    if (starts_with_folded(rest.substr(0, 7), "doctype")) {
        at_ += 9;
        read_doctype(token);
        return true;
    }
    if (allows_cdata_ && rest.starts_with("[CDATA[")) {
        at_ += 9;
        state_ = TokenizerState::kCdata;
        return false;
    }
    at_ += 2;
    read_bogus_comment(token);
    return true;
}

void Tokenizer::read_bogus_comment(Token &token) {
    const auto *stop = static_cast<const char *>(std::memchr(at_, '>', static_cast<std::size_t>(end_ - at_)));
    const char *const begin = at_;
    at_ = stop == nullptr ? end_ : stop + 1;
    token.kind = TokenKind::kComment;
    token.text = clean(begin, stop == nullptr ? end_ : stop, false);
}

/* Behind "<!--". */
void Tokenizer::read_comment(Token &token) {
    const char *const begin = at_;
    const char *stop = nullptr;
    const std::string_view rest(begin, static_cast<std::size_t>(end_ - begin));
    token.kind = TokenKind::kComment;
    if (rest.starts_with(">") || rest.starts_with("->")) {
        at_ += rest[0] == '>' ? 1 : 2;
        token.text = "";
        return;
    }
    for (std::size_t at = rest.find("--"); at != std::string_view::npos; at = rest.find("--", at + 1)) {
        const std::string_view after = rest.substr(at + 2);
        if (after.starts_with(">") || after.starts_with("!>")) {
            stop = begin + at;
            at_ = stop + (after[0] == '>' ? 3 : 4);
            break;
        }
    }
    if (stop == nullptr) { /* the end of the page: what may have begun the end of the comment is not part of it */
        at_ = stop = end_;
        for (const std::string_view end : {"--!", "--", "-"})
            if (rest.ends_with(end)) {
                stop -= end.size();
                break;
            }
    }
    token.text = clean(begin, stop, false);
}

/* The bytes with ASCII letters in lower case. */
std::string_view Tokenizer::lower(const char *begin, const char *end) {
    const std::string_view text = clean(begin, end, false);
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) ? keep(ascii_lower(text))
                                                                                              : text;
}

/* Behind "<!doctype". */
void Tokenizer::read_doctype(Token &token) {
    token.kind = TokenKind::kDoctype;
    token.forces_quirks = false;
    token.text = token.public_id = token.system_id = {};
    skip_space();
    if (at_ == end_ || *at_ == '>') {
        token.forces_quirks = true;
        at_ = std::min(at_ + 1, end_);
        return;
    }
    const char *const begin = at_;
    while (at_ != end_ && *at_ != '>' && !is_html_space(*at_))
        ++at_;
    token.text = lower(begin, at_);
    skip_space();
    if (at_ == end_)
        token.forces_quirks = true;
    else if (*at_ != '>')
        read_doctype_ids(token);
    /* Bogus DOCTYPE state: whatever stands before ">" does not count. */
    const auto *stop = static_cast<const char *>(std::memchr(at_, '>', static_cast<std::size_t>(end_ - at_)));
    at_ = stop == nullptr ? end_ : stop + 1;
}

void Tokenizer::read_doctype_ids(Token &token) {
    const std::string_view word(at_, std::min<std::size_t>(6, static_cast<std::size_t>(end_ - at_)));
    const bool is_public = starts_with_folded(word, "public");
    if (!is_public && !starts_with_folded(word, "system")) {
        token.forces_quirks = true;
        return;
    }
    at_ += 6;
    if (!read_doctype_id(is_public ? token.public_id : token.system_id, token))
        return;
    skip_space();
    if (is_public && (*at_ == '"' || *at_ == '\'')) {
        if (!read_doctype_id(token.system_id, token))
            return;
        skip_space();
    }
    /* What follows a system identifier does not matter. */
    if (at_ == end_ || (*at_ != '>' && is_public && token.system_id.data() == nullptr))
        token.forces_quirks = true;
}

/* A quoted identifier; false when it is missing or not closed, which means quirks. */
bool Tokenizer::read_doctype_id(std::string_view &id, Token &token) {
    skip_space();
    const char quote = *at_;
    if (at_ == end_ || (quote != '"' && quote != '\'')) {
        token.forces_quirks = true;
        return false;
    }
    const char *const begin = ++at_;
    while (at_ != end_ && *at_ != quote && *at_ != '>')
        ++at_;
    id = clean(begin, at_, false);
    if (at_ == end_ || *at_ == '>') {
        token.forces_quirks = true;
        return false;
    }
    ++at_;
    return true;
}

} // namespace webwrap
