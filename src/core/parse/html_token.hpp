#pragma once

/* Internal to parse: what the tokenizer hands to tree construction. */

#include <cstdint>
#include <string_view>

#include "core/parse/names.hpp"

namespace webwrap {

enum class TokenKind : std::uint8_t { kDoctype, kStartTag, kEndTag, kComment, kText, kEndOfFile };

/* Views point into the page or the document's arena. */
struct Token {
    TokenKind kind = TokenKind::kEndOfFile;
    bool is_self_closing = false;
    bool has_nul = false; /* text as the page has it, NUL characters included: tree construction decides on them */
    bool forces_quirks = false;
    NameId name = kNoName; /* of a tag, in lower case */
    std::int32_t first_attribute = 0;
    std::int32_t attribute_count = 0;
    std::string_view text; /* text, comment, or name of a document type; data() is null when that has no name */
    std::string_view public_id;
    std::string_view system_id;    /* data() is null when there is none, which differs from an empty one */
    std::uint32_t begin_bytes = 0; /* where it stands in the page */
};

} // namespace webwrap
