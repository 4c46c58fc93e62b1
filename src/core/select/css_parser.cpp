#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/select/css_lexer.hpp"
#include "core/select/css_selector.hpp"

namespace webwrap {

namespace {

constexpr int kMaxNesting = 16;                /* functions inside functions */
constexpr int kMaxCoefficient = 1'000'000'000; /* of an+b; pages have fewer nodes */

struct Alias {
    std::string_view name;
    std::string_view selector;
};

/* Pseudo-classes of forms and links in other selectors, by the definitions of the HTML standard. */
constexpr auto kAliases = std::to_array<Alias>({
    {"any-link", ":is(a, area)[href]"},
    {"link", ":is(a, area)[href]"},
    {"checked", "input:is([type=checkbox], [type=radio])[checked], option[selected]"},
    {"disabled",
     ":is(button, input, select, textarea, optgroup, option, fieldset)[disabled], optgroup[disabled] > option, "
     "fieldset[disabled] > :is(button, input, select, textarea, fieldset), "
     "fieldset[disabled] > :not(legend:first-of-type) :is(button, input, select, textarea, fieldset)"},
    {"enabled", ":is(button, input, select, textarea, optgroup, option, fieldset):not(:disabled)"},
    {"required", ":is(input, select, textarea)[required]"},
    {"optional", ":is(input, select, textarea):not([required])"},
    {"read-write",
     ":is(textarea, input:not([type=hidden], [type=range], [type=color], [type=checkbox], [type=radio], [type=file], "
     "[type=submit], [type=image], [type=reset], [type=button])):not([readonly], :disabled), "
     ":is([contenteditable=\"\"], [contenteditable=true i], [contenteditable=plaintext-only i])"},
    {"read-only", ":not(:read-write)"},
});

struct Structural {
    std::string_view name;
    bool is_last;
    bool is_of_type;
    bool is_only; /* first and last */
};
constexpr auto kStructural = std::to_array<Structural>({{"first-child", false, false, false},
                                                        {"last-child", true, false, false},
                                                        {"only-child", false, false, true},
                                                        {"first-of-type", false, true, false},
                                                        {"last-of-type", true, true, false},
                                                        {"only-of-type", false, true, true}});
constexpr auto kNth = std::to_array<Structural>({{"nth-child", false, false, false},
                                                 {"nth-last-child", true, false, false},
                                                 {"nth-of-type", false, true, false},
                                                 {"nth-last-of-type", true, true, false}});

/* Standard, but what they say is not in the page. */
constexpr auto kDynamic = std::to_array<std::string_view>({"active",
                                                           "autofill",
                                                           "blank",
                                                           "buffering",
                                                           "current",
                                                           "default",
                                                           "defined",
                                                           "dir",
                                                           "focus",
                                                           "focus-visible",
                                                           "focus-within",
                                                           "fullscreen",
                                                           "future",
                                                           "hover",
                                                           "in-range",
                                                           "indeterminate",
                                                           "invalid",
                                                           "local-link",
                                                           "modal",
                                                           "muted",
                                                           "open",
                                                           "out-of-range",
                                                           "past",
                                                           "paused",
                                                           "picture-in-picture",
                                                           "placeholder-shown",
                                                           "playing",
                                                           "popover-open",
                                                           "seeking",
                                                           "stalled",
                                                           "state",
                                                           "target",
                                                           "target-within",
                                                           "user-invalid",
                                                           "user-valid",
                                                           "valid",
                                                           "visited",
                                                           "volume-locked"});

constexpr auto kOldPseudoElements = std::to_array<std::string_view>({"before", "after", "first-line", "first-letter"});

template <typename Specs> auto find_name(const Specs &specs, std::string_view name) {
    return std::find_if(specs.begin(), specs.end(), [&](const auto &spec) { return spec.name == name; });
}

class Parser {
  public:
    explicit Parser(std::string_view text) : lexer_(text) { advance(); }

    CssList parse() {
        CssList list = read_list(false);
        if (token_.kind != CssTokenKind::kEnd)
            fail_unexpected();
        return list;
    }

  private:
    void advance() { token_ = lexer_.next(); }
    void skip_space() {
        if (token_.kind == CssTokenKind::kSpace)
            advance();
    }
    [[nodiscard]] bool is(std::string_view delimiter) const {
        return token_.kind == CssTokenKind::kDelimiter && token_.text == delimiter;
    }
    bool take(std::string_view delimiter) {
        if (!is(delimiter))
            return false;
        advance();
        return true;
    }
    [[noreturn]] void fail(const std::string &reason, std::size_t byte) const {
        throw_bad_selector_at(lexer_.text(), reason, byte);
    }
    [[noreturn]] void fail(const std::string &reason) const { fail(reason, token_.begin); }
    [[noreturn]] void fail_unexpected() const {
        if (token_.kind == CssTokenKind::kEnd)
            fail("unexpected end");
        fail("unexpected \"" + std::string(lexer_.text().substr(token_.begin, token_.end - token_.begin)) + "\"");
    }
    std::string require_name() {
        if (token_.kind != CssTokenKind::kName)
            fail_unexpected();
        std::string name = std::move(token_.text);
        advance();
        return name;
    }
    void require_close() {
        skip_space();
        if (!take(")"))
            fail_unexpected();
    }

    CssList read_list(bool is_relative);
    CssComplex read_complex(bool is_relative);
    char read_combinator();
    [[nodiscard]] bool starts_compound() const;
    CssCompound read_compound();
    void read_type(CssCompound &compound);
    void read_attribute(CssCompound &compound);
    void read_match(CssSimple &simple);
    void read_pseudo(CssCompound &compound);
    void read_plain_pseudo(CssCompound &compound, const std::string &name, std::size_t begin);
    void read_function(CssCompound &compound, const std::string &name, std::size_t begin);
    void read_nth(CssCompound &compound, const Structural &nth);
    std::string read_nth_text();
    void read_languages(CssCompound &compound);
    [[noreturn]] void fail_pseudo(const std::string &name, std::size_t begin) const;

    CssLexer lexer_;
    CssToken token_;
    int nesting_ = 0;
};

CssList Parser::read_list(bool is_relative) {
    CssList list;
    do {
        skip_space();
        list.push_back(read_complex(is_relative));
        skip_space();
    } while (take(","));
    return list;
}

bool Parser::starts_compound() const {
    switch (token_.kind) {
    case CssTokenKind::kName:
    case CssTokenKind::kHash:
        return true;
    case CssTokenKind::kDelimiter:
        return token_.text == "*" || token_.text == "." || token_.text == "[" || token_.text == ":" ||
               token_.text == "::" || token_.text == "|";
    default:
        return false;
    }
}

/* The combinator before the next compound; '\0' when the selector ends here. */
char Parser::read_combinator() {
    const bool has_space = token_.kind == CssTokenKind::kSpace;
    skip_space();
    if (is("||"))
        fail("columns are not supported");
    for (const char combinator : {'>', '+', '~'})
        if (take(std::string_view(&combinator, 1))) {
            skip_space();
            return combinator;
        }
    return has_space && starts_compound() ? ' ' : '\0';
}

CssComplex Parser::read_complex(bool is_relative) {
    CssComplex complex;
    char combinator = ' ';
    if (is_relative)
        if (const char leading = read_combinator(); leading != '\0')
            combinator = leading;
    do {
        CssCompound compound = read_compound();
        compound.combinator = combinator;
        complex.compounds.push_back(std::move(compound));
        combinator = read_combinator();
    } while (combinator != '\0');
    return complex;
}

CssCompound Parser::read_compound() {
    CssCompound compound;
    if (!starts_compound())
        fail_unexpected();
    read_type(compound);
    for (;;) {
        if (token_.kind == CssTokenKind::kHash) {
            if (!token_.is_name)
                fail("an id cannot start with a digit");
            compound.simples.push_back({.kind = CssSimpleKind::kId, .name = {}, .value = token_.text, .list = {}});
            advance();
        } else if (take(".")) {
            compound.simples.push_back(
                {.kind = CssSimpleKind::kClass, .name = {}, .value = require_name(), .list = {}});
        } else if (take("[")) {
            read_attribute(compound);
        } else if (is(":") || is("::")) {
            read_pseudo(compound);
        } else {
            return compound;
        }
    }
}

/* A type or universal selector, if there is one. HTML has no prefixes: of namespaces only "any" means something. */
void Parser::read_type(CssCompound &compound) {
    if (token_.kind != CssTokenKind::kName && !is("*") && !is("|"))
        return;
    const std::size_t begin = token_.begin;
    CssSimple simple;
    const auto read = [&] {
        simple.kind = is("*") ? CssSimpleKind::kUniversal : CssSimpleKind::kType;
        if (!take("*"))
            simple.name = require_name();
    };
    if (is("|"))
        fail("namespaces are not supported", begin);
    read();
    if (take("|")) {
        if (simple.kind != CssSimpleKind::kUniversal)
            fail("namespaces are not supported", begin);
        read();
    }
    compound.simples.push_back(std::move(simple));
}

void Parser::read_attribute(CssCompound &compound) {
    CssSimple simple;
    simple.kind = CssSimpleKind::kHasAttribute;
    skip_space();
    if (take("*")) {
        if (!take("|"))
            fail_unexpected();
    } else {
        (void)take("|");
    }
    simple.name = require_name();
    if (is("|"))
        fail("namespaces are not supported");
    skip_space();
    if (!is("]"))
        read_match(simple);
    if (!take("]"))
        fail_unexpected();
    compound.simples.push_back(std::move(simple));
}

void Parser::read_match(CssSimple &simple) {
    struct Operator {
        std::string_view text;
        CssMatch match;
    };
    constexpr auto kOperators = std::to_array<Operator>({{"=", CssMatch::kEquals},
                                                         {"~=", CssMatch::kIncludes},
                                                         {"|=", CssMatch::kDashMatch},
                                                         {"^=", CssMatch::kPrefix},
                                                         {"$=", CssMatch::kSuffix},
                                                         {"*=", CssMatch::kSubstring}});
    const auto *found =
        std::find_if(kOperators.begin(), kOperators.end(), [&](const Operator &o) { return is(o.text); });
    if (found == kOperators.end())
        fail_unexpected();
    simple.kind = CssSimpleKind::kAttribute;
    simple.match = found->match;
    advance();
    skip_space();
    if (token_.kind == CssTokenKind::kString) {
        simple.value = token_.text;
        advance();
    } else if (token_.kind == CssTokenKind::kName) {
        simple.value = require_name();
    } else {
        fail("a name or a string in quotes is needed");
    }
    skip_space();
    if (token_.kind != CssTokenKind::kName)
        return;
    const std::string flag = ascii_lower(token_.text);
    if (flag != "i" && flag != "s")
        fail_unexpected();
    simple.letter_case = flag == "i" ? CssCase::kIgnored : CssCase::kRespected;
    advance();
    skip_space();
}

void Parser::fail_pseudo(const std::string &name, std::size_t begin) const {
    if (std::find(kDynamic.begin(), kDynamic.end(), name) != kDynamic.end())
        fail("pseudo-class \":" + name + "\" depends on more than the page", begin);
    fail("unknown pseudo-class \":" + name + "\"", begin);
}

void Parser::read_pseudo(CssCompound &compound) {
    const std::size_t begin = token_.begin;
    const bool is_element = is("::");
    advance();
    const bool is_function = token_.kind == CssTokenKind::kFunction;
    if (!is_function && token_.kind != CssTokenKind::kName)
        fail_unexpected();
    const std::string name = ascii_lower(token_.text);
    if (is_element || (!is_function && std::find(kOldPseudoElements.begin(), kOldPseudoElements.end(), name) !=
                                           kOldPseudoElements.end()))
        fail("pseudo-element \"::" + name + "\" is no node of a page", begin);
    advance();
    if (is_function)
        read_function(compound, name, begin);
    else
        read_plain_pseudo(compound, name, begin);
}

CssSimple nth_of(const Structural &spec, bool is_last) {
    CssSimple simple;
    simple.kind = CssSimpleKind::kNth;
    simple.is_last = is_last;
    simple.is_of_type = spec.is_of_type;
    simple.b = 1;
    return simple;
}

void Parser::read_plain_pseudo(CssCompound &compound, const std::string &name, std::size_t begin) {
    CssSimple simple;
    if (name == "root") {
        simple.kind = CssSimpleKind::kRoot;
    } else if (name == "scope") {
        simple.kind = CssSimpleKind::kScope;
    } else if (name == "empty") {
        simple.kind = CssSimpleKind::kEmpty;
    } else if (const auto *spec = find_name(kStructural, name); spec != kStructural.end()) {
        if (spec->is_only)
            compound.simples.push_back(nth_of(*spec, true));
        simple = nth_of(*spec, spec->is_last);
    } else if (const auto *alias = find_name(kAliases, name); alias != kAliases.end()) {
        simple.kind = CssSimpleKind::kIs;
        simple.list = parse_css(alias->selector);
    } else {
        fail_pseudo(name, begin);
    }
    compound.simples.push_back(std::move(simple));
}

void Parser::read_function(CssCompound &compound, const std::string &name, std::size_t begin) {
    if (++nesting_ > kMaxNesting)
        fail("more than " + std::to_string(kMaxNesting) + " functions inside each other", begin);
    CssSimple simple;
    skip_space();
    if (name == "is" || name == "where" || name == "not" || name == "has") {
        simple.kind = name == "not" ? CssSimpleKind::kNot : name == "has" ? CssSimpleKind::kHas : CssSimpleKind::kIs;
        if (simple.kind != CssSimpleKind::kIs || !is(")")) /* :is() selects nothing */
            simple.list = read_list(simple.kind == CssSimpleKind::kHas);
        require_close();
        compound.simples.push_back(std::move(simple));
    } else if (const auto *nth = find_name(kNth, name); nth != kNth.end()) {
        read_nth(compound, *nth);
    } else if (name == "lang") {
        read_languages(compound);
    } else {
        fail_pseudo(name, begin);
    }
    --nesting_;
}

/* The characters of an+b without white space, in lower case; empty when white space stands where none may. */
std::string Parser::read_nth_text() {
    std::string text;
    bool has_space = false;
    for (;; advance()) {
        if (token_.kind == CssTokenKind::kSpace) {
            has_space = true;
            continue;
        }
        const bool is_sign = is("+") || is("-");
        const bool is_part = token_.kind == CssTokenKind::kNumber || token_.kind == CssTokenKind::kName || is_sign;
        if (!is_part || (token_.kind == CssTokenKind::kName && ascii_lower(token_.text) == "of"))
            return text;
        const auto ends_in_sign = [&] { return text.size() > 1 && (text.back() == '+' || text.back() == '-'); };
        const bool starts_with_sign = token_.text.starts_with('+') || token_.text.starts_with('-');
        if (has_space && !text.empty() && !starts_with_sign && !ends_in_sign())
            return {};
        text += ascii_lower(token_.text);
        has_space = false;
    }
}

/* A signed whole number that is the whole text; false for anything else. */
bool read_integer(std::string_view text, int &value) {
    const bool has_plus = text.starts_with('+');
    if (has_plus)
        text.remove_prefix(1);
    if (text.empty() || (has_plus && text.front() == '-'))
        return false;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.back() < '0' || text.back() > '9')
        return false;
    if (code == std::errc::result_out_of_range || value > kMaxCoefficient || value < -kMaxCoefficient)
        value = text.front() == '-' ? -kMaxCoefficient : kMaxCoefficient;
    return true;
}

bool read_an_plus_b(std::string_view text, int &a, int &b) {
    if (text == "odd" || text == "even") {
        a = 2;
        b = text == "odd" ? 1 : 0;
        return true;
    }
    const std::size_t n = text.find('n');
    if (n == std::string_view::npos) {
        a = 0;
        return read_integer(text, b);
    }
    const std::string_view factor = text.substr(0, n);
    const std::string_view rest = text.substr(n + 1);
    if (factor.empty() || factor == "+" || factor == "-")
        a = factor == "-" ? -1 : 1;
    else if (!read_integer(factor, a))
        return false;
    b = 0;
    return rest.empty() || ((rest.front() == '+' || rest.front() == '-') && read_integer(rest, b));
}

void Parser::read_nth(CssCompound &compound, const Structural &nth) {
    CssSimple simple = nth_of(nth, nth.is_last);
    const std::size_t begin = token_.begin;
    if (!read_an_plus_b(read_nth_text(), simple.a, simple.b))
        fail("an+b, odd, even or a number is needed", begin);
    if (!nth.is_of_type && token_.kind == CssTokenKind::kName && ascii_lower(token_.text) == "of") {
        advance();
        simple.list = read_list(false);
    }
    require_close();
    compound.simples.push_back(std::move(simple));
}

void Parser::read_languages(CssCompound &compound) {
    CssSimple simple;
    simple.kind = CssSimpleKind::kLanguage;
    do {
        skip_space();
        if (token_.kind != CssTokenKind::kName && token_.kind != CssTokenKind::kString)
            fail_unexpected();
        if (token_.text.find('\n') != std::string::npos)
            fail_unexpected();
        simple.value += ascii_lower(token_.text) + "\n";
        advance();
        skip_space();
    } while (take(","));
    require_close();
    compound.simples.push_back(std::move(simple));
}

} // namespace

CssList parse_css(std::string_view selector) { return Parser(selector).parse(); }

bool ignores_case_of(std::string_view attribute) {
    static constexpr auto kNames = std::to_array<std::string_view>(
        {"accept",     "accept-charset", "align",     "alink",    "axis",     "bgcolor", "charset",
         "checked",    "clear",          "codetype",  "color",    "compact",  "declare", "defer",
         "dir",        "direction",      "disabled",  "enctype",  "face",     "frame",   "hreflang",
         "http-equiv", "lang",           "language",  "link",     "media",    "method",  "multiple",
         "nohref",     "noresize",       "noshade",   "nowrap",   "readonly", "rel",     "rev",
         "rules",      "scope",          "scrolling", "selected", "shape",    "target",  "text",
         "type",       "valign",         "valuetype", "vlink"});
    return std::find(kNames.begin(), kNames.end(), attribute) != kNames.end();
}

} // namespace webwrap
