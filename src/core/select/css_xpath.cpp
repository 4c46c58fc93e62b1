#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/select/css.hpp"
#include "core/select/css_selector.hpp"

namespace webwrap {

namespace {

constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";

/* Whether XPath takes a name as it is. */
bool is_plain_name(std::string_view name) {
    const auto starts_name = [](char c) { return is_letter(c) || c == '_'; };
    return !name.empty() && starts_name(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
        return starts_name(c) || is_digit(c) || c == '-' || c == '.';
    });
}

/* Escapes of CSS stand for characters that no literal of an XPath may hold. */
bool is_no_xml_character(char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r'; }

std::string without_case(const std::string &value) {
    return "translate(" + value + ", '" + std::string(kUpper) + "', '" + std::string(kLower) + "')";
}

std::string token_test(const std::string &value, const std::string &token) {
    return "contains(concat(' ', normalize-space(" + value + "), ' '), " + xpath_literal(" " + token + " ") + ")";
}

/* Writes selectors as conditions and paths; the counterpart of the compiler. */
class Writer {
  public:
    Writer(std::string_view selector, XPathContext context) : selector_(selector), context_(context) {}

    std::string write(const CssList &list) {
        std::string text;
        for (const CssComplex &complex : list)
            text += (text.empty() ? "" : " | ") + path(complex);
        if (std::any_of(text.begin(), text.end(), is_no_xml_character))
            fail("a control character");
        return text;
    }

  private:
    /* The test of a step and what stands in its brackets. */
    struct Parts {
        std::string test = "*";
        std::string predicates;
        void add(const std::string &condition) { predicates += "[" + condition + "]"; }
        [[nodiscard]] std::string text() const { return test + predicates; }
    };

    [[noreturn]] void fail(const std::string &part) const {
        throw_bad_selector(selector_, part + " cannot be written as an XPath");
    }

    static bool starts_at_scope(const CssComplex &complex) {
        const auto &simples = complex.compounds.front().simples;
        return complex.compounds.size() > 1 && simples.size() == 1 && simples[0].kind == CssSimpleKind::kScope &&
               (complex.compounds[1].combinator == ' ' || complex.compounds[1].combinator == '>');
    }

    std::string path(const CssComplex &complex) {
        if (context_ == XPathContext::kPage)
            return forward(complex, 0, "");
        if (starts_at_scope(complex))
            return forward(complex, 1, ".");
        return ".//" + matching(complex, complex.compounds.size() - 1);
    }

    /* The compounds from `from` on as steps after `text`. */
    std::string forward(const CssComplex &complex, std::size_t from, std::string text) {
        for (std::size_t i = from; i < complex.compounds.size(); ++i) {
            switch (complex.compounds[i].combinator) {
            case '>':
                text += "/";
                break;
            case '~':
                text += "/following-sibling::";
                break;
            case '+':
                text += "/following-sibling::*[1]/self::";
                break;
            default:
                text += "//";
            }
            text += parts_of(complex.compounds[i]).text();
        }
        return text;
    }

    /* Compound `at` with what is before it as a condition. */
    std::string matching(const CssComplex &complex, std::size_t at) {
        Parts parts = parts_of(complex.compounds[at]);
        if (at > 0)
            parts.add(backward(complex, at));
        return parts.text();
    }

    std::string backward(const CssComplex &complex, std::size_t at) {
        const std::string before = matching(complex, at - 1);
        switch (complex.compounds[at].combinator) {
        case '>':
            return "parent::" + before;
        case '~':
            return "preceding-sibling::" + before;
        case '+':
            return "preceding-sibling::*[1]/self::" + before;
        default:
            return "ancestor::" + before;
        }
    }

    std::string any_of(const CssList &list) {
        std::string text;
        for (const CssComplex &complex : list)
            text += (text.empty() ? "self::" : " or self::") + matching(complex, complex.compounds.size() - 1);
        return text.empty() ? "false()" : text;
    }

    std::string has_any(const CssList &list) {
        std::string text;
        for (const CssComplex &complex : list)
            text += (text.empty() ? "" : " or ") + forward(complex, 0, ".");
        return text;
    }

    Parts parts_of(const CssCompound &compound) {
        Parts parts;
        for (const CssSimple &simple : compound.simples)
            if (simple.kind == CssSimpleKind::kType)
                add_type(parts, simple.name);
        for (const CssSimple &simple : compound.simples)
            add_simple(parts, simple);
        return parts;
    }

    /* Elements of HTML have names in lower case; of others the name is taken as written too. */
    static void add_type(Parts &parts, const std::string &name) {
        const std::string lower = ascii_lower(name);
        if (lower != name)
            parts.add("name() = " + xpath_literal(lower) + " or name() = " + xpath_literal(name));
        else if (is_plain_name(name))
            parts.test = name;
        else
            parts.add("name() = " + xpath_literal(name));
    }

    static std::string attribute_of(const std::string &name) {
        const std::string lower = ascii_lower(name);
        if (lower != name)
            return "@*[name() = " + xpath_literal(lower) + " or name() = " + xpath_literal(name) + "]";
        return is_plain_name(name) ? "@" + name : "@*[name() = " + xpath_literal(name) + "]";
    }

    void add_simple(Parts &parts, const CssSimple &simple) {
        switch (simple.kind) {
        case CssSimpleKind::kType:
        case CssSimpleKind::kUniversal:
            return;
        case CssSimpleKind::kId:
            return parts.add("@id = " + xpath_literal(simple.value));
        case CssSimpleKind::kClass:
            return parts.add(is_token(simple.value) ? token_test("@class", simple.value) : "false()");
        case CssSimpleKind::kHasAttribute:
            return parts.add(attribute_of(simple.name));
        case CssSimpleKind::kAttribute:
            return parts.add(attribute_test(simple));
        case CssSimpleKind::kIs:
            return parts.add(any_of(simple.list));
        case CssSimpleKind::kNot:
            return parts.add("not(" + any_of(simple.list) + ")");
        case CssSimpleKind::kHas:
            return parts.add(has_any(simple.list));
        case CssSimpleKind::kNth:
            return add_nth(parts, simple);
        case CssSimpleKind::kEmpty:
            return parts.add("not(*) and not(text())");
        case CssSimpleKind::kRoot:
            return parts.add("not(parent::*)");
        case CssSimpleKind::kScope:
            if (context_ == XPathContext::kPage)
                return parts.add("not(parent::*)");
            fail("\":scope\" anywhere but in front of a child or descendant");
        case CssSimpleKind::kLanguage:
            return parts.add(language_test(simple.value));
        }
    }

    static bool is_token(std::string_view value) {
        return !value.empty() && std::none_of(value.begin(), value.end(), is_html_space);
    }

    static std::string attribute_test(const CssSimple &simple) {
        const bool ignores_case =
            simple.letter_case == CssCase::kIgnored ||
            (simple.letter_case == CssCase::kByDocument && ignores_case_of(ascii_lower(simple.name)));
        const std::string attribute = attribute_of(simple.name);
        const std::string value = ignores_case ? without_case(attribute) : attribute;
        const std::string text = ignores_case ? ascii_lower(simple.value) : simple.value;
        const std::string literal = xpath_literal(text);
        /* translate() makes "" of an attribute that is not there. */
        const std::string guard = ignores_case && text.empty() ? attribute + " and " : "";
        switch (simple.match) {
        case CssMatch::kEquals:
            return guard + value + " = " + literal;
        case CssMatch::kIncludes:
            return is_token(text) ? token_test(value, text) : "false()";
        case CssMatch::kDashMatch:
            return guard + "(" + value + " = " + literal + " or starts-with(" + value + ", " +
                   xpath_literal(text + "-") + "))";
        case CssMatch::kPrefix:
            return text.empty() ? "false()" : "starts-with(" + value + ", " + literal + ")";
        case CssMatch::kSubstring:
            return text.empty() ? "false()" : "contains(" + value + ", " + literal + ")";
        case CssMatch::kSuffix:
            break;
        }
        if (text.empty())
            return "false()";
        /* substring() counts characters from 1 */
        const auto length = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
        return "string-length(" + value + ") >= " + std::to_string(length) + " and substring(" + value +
               ", string-length(" + value + ") - " + std::to_string(length - 1) + ") = " + literal;
    }

    void add_nth(Parts &parts, const CssSimple &simple) {
        std::string counted = "*";
        if (simple.is_of_type) {
            if (parts.test == "*")
                fail("\"of-type\" without a plain name of the type");
            counted = parts.test;
        } else if (!simple.list.empty()) {
            const std::string condition = any_of(simple.list);
            parts.add(condition);
            counted += "[" + condition + "]";
        }
        const std::string axis = simple.is_last ? "following-sibling::" : "preceding-sibling::";
        const int a = simple.a;
        const int b = simple.b;
        if (a == 0 && b == 1) {
            parts.add("not(" + axis + counted + ")");
            return;
        }
        const std::string position = "count(" + axis + counted + ") + 1";
        if (a == 0) {
            parts.add(position + " = " + std::to_string(b));
            return;
        }
        /* mod keeps the sign of its left side, and 0 has none that matters. */
        const std::string rest =
            "(" + position + " - " + (b < 0 ? "(" + std::to_string(b) + ")" : std::to_string(b)) + ")";
        if (a != 1 && a != -1)
            parts.add(rest + " mod " + std::to_string(a < 0 ? -a : a) + " = 0");
        parts.add(position + (a > 0 ? " >= " : " <= ") + std::to_string(b));
    }

    std::string language_test(std::string_view ranges) {
        std::string text;
        while (!ranges.empty()) {
            const std::string range(ranges.substr(0, ranges.find('\n')));
            ranges.remove_prefix(range.size() + 1);
            if (range.empty() || range.find('*') != std::string::npos)
                fail("\":lang\" with \"\" or \"*\"");
            text += text.empty() ? "" : " or ";
            text += "starts-with(concat(" + without_case("ancestor-or-self::*[@lang][1]/@lang") + ", '-'), " +
                    xpath_literal(range + "-") + ")";
        }
        return text;
    }

    std::string_view selector_;
    XPathContext context_;
};

} // namespace

std::string css_to_xpath(std::string_view selector, XPathContext context) {
    return Writer(selector, context).write(parse_css(selector));
}

} // namespace webwrap
