#pragma once

/* Internal to select: tests of CSS that XPath has no short form for. */

#include <cstdint>
#include <string>

namespace webwrap {

enum class CssTestKind : std::uint8_t {
    kClass,     /* .value */
    kId,        /* #value */
    kAttribute, /* [name op value] */
    kNth,       /* :nth-child(an+b of S) and its relatives */
    kEmpty,
    kRoot,
    kScope,
    kType, /* names of HTML elements in lower case, others as written */
    kLanguage,
    kWord, /* XPath's contains(concat(' ', normalize-space(@name), ' '), ' value ') */
};

enum class CssMatch : std::uint8_t { kIncludes, kDashMatch, kPrefix, kSuffix, kSubstring, kEquals };

struct CssTest {
    CssTestKind kind = CssTestKind::kEmpty;
    CssMatch match = CssMatch::kEquals;
    bool ignores_case = false;
    bool ignores_case_in_html = false; /* kAttribute: of elements of HTML, by the name of the attribute */
    bool is_presence = false;          /* kAttribute: with any value */
    bool is_last = false;              /* kNth counts from the end */
    bool is_of_type = false;           /* kNth counts siblings of the same name */
    std::int32_t name = -1;  /* kAttribute, kType: the name in lower case, for elements of HTML; kLanguage: lang */
    std::int32_t other = -1; /* the same as written, for other elements; kLanguage: xml:lang */
    std::int32_t a = 0;
    std::int32_t b = 0;
    std::int32_t of = -1; /* kNth: expression that counted siblings satisfy */
    std::string value;
};

} // namespace webwrap
