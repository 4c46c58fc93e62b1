#pragma once

/* Internal to select: a list of selectors as it is written. */

#include <string>
#include <string_view>
#include <vector>

#include "core/select/css_test.hpp"

namespace webwrap {

struct CssComplex;
using CssList = std::vector<CssComplex>;

enum class CssSimpleKind : std::uint8_t {
    kType,
    kUniversal,
    kId,
    kClass,
    kHasAttribute,
    kAttribute,
    kIs,
    kNot,
    kHas,
    kNth,
    kEmpty,
    kRoot,
    kScope,
    kLanguage,
};

enum class CssCase : std::uint8_t { kByDocument, kIgnored, kRespected };

struct CssSimple {
    CssSimpleKind kind = CssSimpleKind::kUniversal;
    std::string name;  /* of a type or an attribute, as written */
    std::string value; /* of an id, a class, an attribute; language ranges, each with a line end */
    CssMatch match = CssMatch::kEquals;
    CssCase letter_case = CssCase::kByDocument;
    bool is_last = false;
    bool is_of_type = false;
    int a = 0; /* kNth: an+b */
    int b = 0;
    CssList list; /* arguments of :is, :not and :has; S of :nth-child(an+b of S) */
};

struct CssCompound {
    char combinator = ' '; /* to what is before it: ' ', '>', '+' or '~' */
    std::vector<CssSimple> simples;
};

/* Compounds in the order of the text. The first one's combinator counts in :has() only, where it leads from the element. */
struct CssComplex {
    std::vector<CssCompound> compounds;
};

/* Throws kInvalidSelector with the reason and the character. Functions nest at most 16 levels deep. */
[[nodiscard]] CssList parse_css(std::string_view selector);

/* Whether HTML compares the values of an attribute (in lower case) without case. */
[[nodiscard]] bool ignores_case_of(std::string_view attribute);

[[noreturn]] void throw_bad_selector(std::string_view selector, const std::string &reason);

} // namespace webwrap
