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
};

enum class CssMatch : std::uint8_t { kIncludes, kDashMatch, kPrefix, kSuffix, kSubstring, kEquals };

struct CssTest {
    CssTestKind kind = CssTestKind::kEmpty;
    CssMatch match = CssMatch::kEquals;
    bool ignores_case = false;
    bool is_last = false;    /* kNth counts from the end */
    bool is_of_type = false; /* kNth counts siblings of the same name */
    std::int32_t name = -1;  /* kAttribute; kType: the name in lower case */
    std::int32_t other = -1; /* kType: the name as written */
    std::int32_t a = 0;
    std::int32_t b = 0;
    std::int32_t of = -1; /* kNth: expression that counted siblings satisfy */
    std::string value;
};

} // namespace webwrap
