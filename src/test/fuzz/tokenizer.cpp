/* The tokenizer alone. The first byte chooses the state it starts in (bits 0 to 2), whether CDATA sections are allowed
 * (3), whether start tags switch the state as tree construction does (4), and the last start tag (5 to 7). */

#include <array>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <vector>

#include "core/parse/html_tokenizer.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

/* What U+FFFD takes for a NUL, and more than any character reference gives for its bytes. */
constexpr std::size_t kMostGrowth = 3;

struct Choice {
    TokenizerState state;
    bool allows_cdata;
    bool switches_state;
    std::string_view last_start_tag;
};

Choice choice_of(unsigned byte) {
    static constexpr std::array kStates = {
        TokenizerState::kData,      TokenizerState::kRcdata, TokenizerState::kRawText,    TokenizerState::kScriptData,
        TokenizerState::kPlainText, TokenizerState::kCdata,  TokenizerState::kScriptData, TokenizerState::kRcdata};
    static constexpr std::array<std::string_view, 8> kTags = {"",    "title",     "textarea", "style",
                                                              "xmp", "plaintext", "script",   "a-longer-name"};
    return {kStates[byte & 7], (byte & 8) != 0, (byte & 16) != 0, kTags[byte >> 5]};
}

TokenizerState state_inside(NameId tag) {
    switch (tag) {
    case names::kTitle:
    case names::kTextarea:
        return TokenizerState::kRcdata;
    case names::kStyle:
    case names::kXmp:
        return TokenizerState::kRawText;
    case names::kScript:
        return TokenizerState::kScriptData;
    case names::kPlaintext:
        return TokenizerState::kPlainText;
    default:
        return TokenizerState::kData;
    }
}

class Run {
  public:
    explicit Run(std::string_view page) : page_size_(page.size()) {
        /* Its own block of just that size: reading beyond the padding is seen. */
        block_ = std::make_unique<char[]>(page.size() + Tokenizer::kPaddingBytes);
        std::memcpy(block_.get(), page.data(), page.size());
    }

    void tokenize(const Choice &choice) {
        Tokenizer tokenizer({block_.get(), page_size_}, names_, attributes_, arena_, small_limits().max_nodes);
        tokenizer.set_state(choice.state);
        tokenizer.set_allows_cdata(choice.allows_cdata);
        if (!choice.last_start_tag.empty())
            tokenizer.set_last_start_tag(names_.intern(choice.last_start_tag));
        Token token;
        for (std::size_t tokens = 0, end = 0;; ++tokens) {
            tokenizer.next(token);
            require(token.begin_bytes >= end, "tokens do not overlap");
            require(tokenizer.position_bytes() <= page_size_, "tokens end within the page");
            if (token.kind == TokenKind::kEndOfFile)
                break;
            require(tokenizer.position_bytes() > token.begin_bytes, "every token takes bytes of the page");
            end = tokenizer.position_bytes();
            check(token, end - token.begin_bytes);
            require(tokens < page_size_, "there are no more tokens than bytes");
            if (choice.switches_state && token.kind == TokenKind::kStartTag)
                tokenizer.set_state(state_inside(token.name));
        }
        require(tokenizer.position_bytes() == page_size_, "the whole page is read");
        tokenizer.next(token);
        require(token.kind == TokenKind::kEndOfFile, "the end stays the end");
    }

  private:
    void check(const Token &token, std::size_t page_bytes) {
        const bool is_tag = token.kind == TokenKind::kStartTag || token.kind == TokenKind::kEndTag;
        const std::size_t most = page_bytes * kMostGrowth;
        if (!is_tag) {
            require(token.text.size() <= most, "text is in proportion to the page");
            require(token.kind != TokenKind::kText || !token.text.empty(), "text is not empty");
            require(!has_return(token.text), "line ends are normalised");
        }
        if (token.kind == TokenKind::kDoctype)
            require(token.public_id.size() + token.system_id.size() <= most, "identifiers are in proportion");
        if (is_tag)
            check_tag(token, most);
    }

    void check_tag(const Token &token, std::size_t most) {
        require(token.name >= 0 && token.name < names_.size(), "tags have a name of the table");
        const std::string_view name = names_.text(token.name);
        require(!name.empty() && name == ascii_lower(name), "names of tags are in lower case");
        std::size_t bytes = name.size();
        require(token.first_attribute >= 0 && token.attribute_count >= 0, "ranges of attributes are sound");
        require(static_cast<std::size_t>(token.first_attribute + token.attribute_count) <= attributes_.size(),
                "ranges of attributes end within the array");
        seen_.assign(static_cast<std::size_t>(names_.size()), false);
        for (std::int32_t i = 0; i < token.attribute_count; ++i) {
            const Attribute &attribute = attributes_[static_cast<std::size_t>(token.first_attribute + i)];
            require(attribute.name >= 0 && attribute.name < names_.size(), "attributes have a name of the table");
            require(!seen_[static_cast<std::size_t>(attribute.name)], "a tag has no attribute twice");
            seen_[static_cast<std::size_t>(attribute.name)] = true;
            bytes += names_.text(attribute.name).size() + attribute.value.size();
            require(!has_return(attribute.value), "line ends are normalised in values");
        }
        require(bytes <= most, "tags are in proportion to the page");
    }

    /* A carriage return comes only out of a character reference. */
    [[nodiscard]] bool has_return(std::string_view text) const {
        return text.find('\r') != std::string_view::npos &&
               std::string_view(block_.get(), page_size_).find('&') == std::string_view::npos;
    }

    std::size_t page_size_;
    std::unique_ptr<char[]> block_;
    std::pmr::monotonic_buffer_resource arena_;
    NameTable names_{&arena_};
    std::pmr::vector<Attribute> attributes_{&arena_};
    std::vector<bool> seen_;
};

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    std::string_view page(reinterpret_cast<const char *>(data), size);
    const Choice choice = choice_of(take_byte(page));
    attempt([&] { Run(page).tokenize(choice); });
    return 0;
}
