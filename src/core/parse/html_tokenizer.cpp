#include "core/parse/html_tokenizer.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/character_reference.hpp"
#include "core/parse/scan.hpp"

namespace webwrap {

namespace {

constexpr std::ptrdiff_t kPollBytes = 1 << 18;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

} // namespace

struct Tokenizer::Run {
    const char *piece; /* what of the page is not yet in scratch_ */
    bool is_copied = false;
    bool has_nul = false;
};

Tokenizer::Tokenizer(std::string_view page, NameTable &names, std::pmr::vector<Attribute> &attributes,
                     std::pmr::memory_resource &arena, int max_attributes)
    : begin_(page.data()), end_(page.data() + page.size()), at_(begin_), next_poll_(begin_ + kPollBytes), names_(names),
      attributes_(attributes), arena_(arena), max_attributes_(static_cast<std::size_t>(max_attributes)),
      name_to_last_tag_(&arena) {}

std::string_view Tokenizer::keep(std::string_view text) {
    if (text.empty())
        return "";
    auto *copy = static_cast<char *>(arena_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

void Tokenizer::poll_at_times() {
    if (at_ < next_poll_)
        return;
    next_poll_ = at_ + kPollBytes;
    Interrupt::poll();
}

void Tokenizer::next(Token &token) {
    poll_at_times();
    for (;;) {
        token.begin_bytes = static_cast<std::uint32_t>(at_ - begin_);
        if (at_ == end_) {
            token.kind = TokenKind::kEndOfFile;
            return;
        }
        switch (state_) {
        case TokenizerState::kData:
            if (*at_ == '<' && starts_markup(at_)) {
                if (read_markup(token))
                    return;
                continue;
            }
            return read_data(token);
        case TokenizerState::kRcdata:
        case TokenizerState::kRawText:
        case TokenizerState::kScriptData: {
            const char *const stop = state_ == TokenizerState::kScriptData ? find_script_end(at_) : find_end_tag(at_);
            if (stop != at_) {
                token.text = {at_, static_cast<std::size_t>(stop - at_)};
                return read_raw(token);
            }
            state_ = TokenizerState::kData;
            continue;
        }
        case TokenizerState::kPlainText:
            return read_plain(token);
        case TokenizerState::kCdata:
            read_cdata(token);
            if (!token.text.empty())
                return;
        }
    }
}

/* "<" that is no markup is text, and so is "</" at the end of the page. */
bool Tokenizer::starts_markup(const char *angle) const {
    const char c = angle[1];
    return is_letter(c) || c == '!' || c == '?' || (c == '/' && angle + 2 < end_);
}

void Tokenizer::read_data(Token &token) {
    Run run{at_};
    scratch_.clear();
    for (const char *p = at_;;) {
        p = find_any<'<', '&', '\r', '\0'>(p);
        if (*p == '<') {
            if (starts_markup(p))
                return finish_text(token, run, p);
            ++p;
        } else if (*p == '&') {
            const std::size_t before = scratch_.size();
            const std::size_t read =
                read_character_reference({p + 1, static_cast<std::size_t>(end_ - p - 1)}, false, scratch_);
            if (read > 0) {
                scratch_.insert(before, run.piece, static_cast<std::size_t>(p - run.piece));
                run.is_copied = true;
                run.piece = p + 1 + read;
            }
            p += 1 + read;
        } else if (*p == '\r') {
            scratch_.append(run.piece, p).append(1, '\n');
            run.is_copied = true;
            p += p[1] == '\n' ? 2 : 1;
            run.piece = p;
        } else if (p == end_) {
            return finish_text(token, run, p);
        } else {
            run.has_nul = true;
            ++p;
        }
        at_ = p;
        poll_at_times();
    }
}

void Tokenizer::finish_text(Token &token, Run &run, const char *end) {
    token.kind = TokenKind::kText;
    token.has_nul = run.has_nul;
    token.text = {run.piece, static_cast<std::size_t>(end - run.piece)};
    if (run.is_copied)
        token.text = keep(scratch_.append(token.text));
    at_ = end;
}

/* token.text holds the bytes; they become text by the rules of RCDATA or raw text. */
void Tokenizer::read_raw(Token &token) {
    const char *const begin = at_;
    at_ += token.text.size();
    token.kind = TokenKind::kText;
    token.has_nul = false;
    token.text = clean(begin, at_, state_ == TokenizerState::kRcdata);
}

void Tokenizer::read_plain(Token &token) {
    token.text = {at_, static_cast<std::size_t>(end_ - at_)};
    read_raw(token);
}

void Tokenizer::read_cdata(Token &token) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const std::size_t close = rest.find("]]>");
    const char *const stop = close == std::string_view::npos ? end_ : at_ + close;
    const std::string_view section(at_, static_cast<std::size_t>(stop - at_));
    token.kind = TokenKind::kText;
    token.has_nul = section.find('\0') != std::string_view::npos;
    token.text = section;
    if (section.find('\r') != std::string_view::npos) {
        scratch_.clear();
        for (const char *p = at_; p != stop; ++p)
            if (*p != '\r')
                scratch_ += *p;
            else if (p[1] != '\n' || p + 1 == stop)
                scratch_ += '\n';
        token.text = keep(scratch_);
    }
    at_ = close == std::string_view::npos ? end_ : stop + 3;
    state_ = TokenizerState::kData;
}

bool Tokenizer::read_markup(Token &token) {
    const char c = at_[1];
    if (is_letter(c)) {
        ++at_;
        return read_tag(token, TokenKind::kStartTag);
    }
    if (c == '!')
        return read_declaration(token);
    if (c == '?') {
        ++at_;
        read_bogus_comment(token);
        return true;
    }
    at_ += 2;
    if (is_letter(*at_))
        return read_tag(token, TokenKind::kEndTag);
    if (*at_ == '>') {
        ++at_;
        return false;
    }
    read_bogus_comment(token);
    return true;
}

bool Tokenizer::read_tag(Token &token, TokenKind kind) {
    const std::size_t known_attributes = attributes_.size();
    token.kind = kind;
    token.is_self_closing = false;
    token.first_attribute = static_cast<std::int32_t>(known_attributes);
    token.name = read_name(kTagNameBytes.data());
    const bool is_whole = *at_ == '>' ? (++at_, true) : read_attributes(token);
    if (!is_whole || kind == TokenKind::kEndTag)
        attributes_.resize(known_attributes);
    token.attribute_count = static_cast<std::int32_t>(attributes_.size() - known_attributes);
    if (is_whole && kind == TokenKind::kStartTag)
        last_start_tag_ = token.name;
    return is_whole;
}

NameId Tokenizer::read_name(const unsigned char *kinds) {
    const char *const begin = at_;
    std::uint64_t key = 0;
    int size = 0;
    for (; size <= 8; ++size) {
        const unsigned char c = kinds[static_cast<unsigned char>(begin[size])];
        if (c == 0)
            break;
        if (size < 8)
            key |= static_cast<std::uint64_t>(c) << (8 * size);
    }
    const char *const stop = begin + size;
    if (size > 8 || size == 0 || (*stop == '\0' && stop != end_))
        return read_long_name(begin, kinds);
    at_ = stop;
    return names_.intern_short(key);
}

/* Names of more than 8 bytes, and those with NUL characters or a leading "=". */
NameId Tokenizer::read_long_name(const char *begin, const unsigned char *kinds) {
    scratch_.clear();
    const char *p = begin;
    if (*p == '=')
        scratch_ += *p++;
    for (;; ++p) {
        if (const unsigned char c = kinds[static_cast<unsigned char>(*p)]; c != 0)
            scratch_ += static_cast<char>(c);
        else if (*p == '\0' && p != end_)
            scratch_ += kReplacement;
        else
            break;
    }
    at_ = p;
    return names_.intern(scratch_);
}

/* From behind the tag's name to behind its ">"; false when the page ends before. */
bool Tokenizer::read_attributes(Token &token) {
    ++tag_serial_;
    for (;;) {
        skip_space();
        if (*at_ == '>') {
            ++at_;
            return true;
        }
        if (*at_ == '/') {
            ++at_;
            if (*at_ == '>') {
                ++at_;
                token.is_self_closing = true;
                return true;
            }
            continue;
        }
        if (at_ == end_)
            return false;
        read_attribute(token);
        poll_at_times();
    }
}

void Tokenizer::read_attribute(Token &token) {
    const NameId name = read_name(kAttributeNameBytes.data());
    std::string_view value = "";
    const char *const after_name = at_;
    skip_space();
    if (*at_ == '=') {
        ++at_;
        skip_space();
        if (*at_ == '"' || *at_ == '\'')
            value = read_quoted_value(*at_);
        else if (*at_ != '>')
            value = read_unquoted_value();
    } else {
        at_ = after_name;
    }
    /* Only the first of a name counts. A short list is looked through, a long one has marks per name. */
    constexpr std::size_t kShortList = 8;
    const auto first = static_cast<std::size_t>(token.first_attribute);
    const auto own = static_cast<std::size_t>(name);
    if (attributes_.size() - first < kShortList) {
        for (std::size_t i = first; i < attributes_.size(); ++i)
            if (attributes_[i].name == name)
                return;
    } else {
        if (name_to_last_tag_.size() < static_cast<std::size_t>(names_.size()))
            name_to_last_tag_.resize(std::max<std::size_t>(1024, 2 * static_cast<std::size_t>(names_.size())));
        if (attributes_.size() - first == kShortList)
            for (std::size_t i = first; i < attributes_.size(); ++i)
                name_to_last_tag_[static_cast<std::size_t>(attributes_[i].name)] = tag_serial_;
        if (name_to_last_tag_[own] == tag_serial_)
            return;
        name_to_last_tag_[own] = tag_serial_;
    }
    if (attributes_.size() >= max_attributes_)
        throw_too_many_nodes(static_cast<std::int64_t>(max_attributes_));
    attributes_.push_back({name, value});
}

std::string_view Tokenizer::read_quoted_value(char quote) {
    const char *const begin = ++at_;
    bool is_plain = true;
    for (const char *p = begin;; ++p) {
        p = quote == '"' ? find_any<'"', '&', '\r', '\0'>(p) : find_any<'\'', '&', '\r', '\0'>(p);
        if (*p == quote) {
            at_ = p + 1;
            return is_plain ? std::string_view(begin, static_cast<std::size_t>(p - begin)) : clean(begin, p, true);
        }
        if (p == end_) {
            at_ = end_;
            return "";
        }
        is_plain = false;
    }
}

std::string_view Tokenizer::read_unquoted_value() {
    const char *const begin = at_;
    bool is_plain = true;
    const char *p = begin;
    for (; *p != '>' && !is_html_space(*p) && p != end_; ++p)
        is_plain = is_plain && *p != '&' && *p != '\0';
    at_ = p;
    return is_plain ? std::string_view(begin, static_cast<std::size_t>(p - begin)) : clean(begin, p, true);
}

/* The bytes as text: NUL becomes U+FFFD, CR and CR LF become LF, character references are read where `decodes` (as in
 * attribute values when a value is read, by the rules of text in RCDATA). */
std::string_view Tokenizer::clean(const char *begin, const char *end, bool decodes) {
    const auto size = static_cast<std::size_t>(end - begin);
    const std::string_view bytes(begin, size);
    const auto has = [bytes](char c) { return bytes.find(c) != std::string_view::npos; };
    decodes = decodes && has('&');
    if (!decodes && !has('\r') && !has('\0'))
        return size == 0 ? std::string_view("") : bytes;
    const bool in_attribute = state_ == TokenizerState::kData;
    scratch_.clear();
    for (const char *p = begin; p != end;) {
        const std::size_t read =
            *p == '&' && decodes
                ? read_character_reference({p + 1, static_cast<std::size_t>(end - p - 1)}, in_attribute, scratch_)
                : 0;
        if (read > 0)
            p += read;
        else if (*p == '\r')
            scratch_ += '\n';
        else if (*p == '\0')
            scratch_ += kReplacement;
        else
            scratch_ += *p;
        const bool is_pair = *p == '\r' && read == 0 && p + 1 != end && p[1] == '\n';
        p += is_pair ? 2 : 1;
    }
    return keep(scratch_);
}

void Tokenizer::skip_space() {
    while (is_html_space(*at_))
        ++at_;
}

/* Whether "</name" stands there, followed by what ends a tag's name. */
bool Tokenizer::is_end_tag_of(const char *angle, std::string_view name) const {
    if (static_cast<std::size_t>(end_ - angle) < name.size() + 3 || angle[1] != '/')
        return false;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (kTagNameBytes[static_cast<unsigned char>(angle[2 + i])] != static_cast<unsigned char>(name[i]))
            return false;
    const char after = angle[2 + name.size()];
    return is_html_space(after) || after == '/' || after == '>';
}

/* The end tag that ends raw text, or the end of the page. */
const char *Tokenizer::find_end_tag(const char *from) const {
    if (last_start_tag_ == kNoName)
        return end_;
    const std::string_view name = names_.text(last_start_tag_);
    for (const char *p = from;; ++p) {
        p = static_cast<const char *>(std::memchr(p, '<', static_cast<std::size_t>(end_ - p)));
        if (p == nullptr)
            return end_;
        if (is_end_tag_of(p, name))
            return p;
    }
}

/* The same for scripts, where "<!--" hides a whole "<script>...</script>" (states "script data escaped" and "script data
 * double escaped"). */
const char *Tokenizer::find_script_end(const char *from) const {
    enum class State { kPlain, kEscaped, kDoubleEscaped } state = State::kPlain;
    const std::string_view name = names_.text(last_start_tag_);
    const auto starts = [this](const char *p, std::string_view text) {
        return static_cast<std::size_t>(end_ - p) >= text.size() && std::memcmp(p, text.data(), text.size()) == 0;
    };
    const auto is_script_tag = [this](const char *p, std::string_view tag) {
        if (static_cast<std::size_t>(end_ - p) <= tag.size())
            return false;
        for (std::size_t i = 0; i < tag.size(); ++i)
            if ((is_letter(tag[i]) ? p[i] | 0x20 : p[i]) != tag[i])
                return false;
        const char after = p[tag.size()];
        return is_html_space(after) || after == '/' || after == '>';
    };
    for (const char *p = from;; ++p) {
        p = state == State::kPlain ? static_cast<const char *>(std::memchr(p, '<', static_cast<std::size_t>(end_ - p)))
                                   : find_any<'<', '-', '\0', '\0'>(p);
        if (p == nullptr || p == end_)
            return end_;
        if (*p == '-') {
            if (starts(p, "-->"))
                state = State::kPlain;
        } else if (*p != '<') {
            continue;
        } else if (state == State::kDoubleEscaped) {
            if (is_script_tag(p, "</script"))
                state = State::kEscaped;
        } else if (last_start_tag_ != kNoName && is_end_tag_of(p, name)) {
            return p;
        } else if (state == State::kPlain && starts(p, "<!--")) {
            state = State::kEscaped;
            ++p; /* the dashes may begin "-->" */
        } else if (state == State::kEscaped && is_script_tag(p, "<script")) {
            state = State::kDoubleEscaped;
        }
    }
}

} // namespace webwrap
