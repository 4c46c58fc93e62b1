#pragma once

/* Random XPath expressions over the names of the small pages; the same ones for the same seed everywhere. */

#include <cstdint>
#include <string>
#include <vector>

namespace webwrap::test {

class RandomExpressions {
  public:
    explicit RandomExpressions(std::uint64_t seed) : state_(seed) {}

    std::string next() { return expression(3); }

  private:
    using Words = std::vector<const char *>;

    std::uint64_t below(std::uint64_t limit) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return (state_ >> 33) % limit;
    }
    std::string pick(const Words &words) { return words[below(words.size())]; }

    std::string expression(int depth) {
        switch (depth <= 0 ? 0 : below(4)) {
        case 1:
            return boolean(depth);
        case 2:
            return number(depth);
        case 3:
            return string(depth);
        default:
            return nodes(depth);
        }
    }

    std::string any(int depth) { return below(3) == 0 ? "(" + expression(depth) + ")" : expression(depth); }

    std::string boolean(int depth) {
        if (depth <= 0)
            return pick({"true()", "false()", "@class", "a", "1 = 1"});
        switch (below(6)) {
        case 0:
            return "not(" + expression(depth - 1) + ")";
        case 1:
            return "(" + expression(depth - 1) + pick({" and ", " or "}) + expression(depth - 1) + ")";
        case 2:
            return "contains(" + expression(depth - 1) + ", " + string(depth - 2) + ")";
        case 3:
            return "starts-with(" + string(depth - 1) + ", " + string(depth - 2) + ")";
        case 4:
            return "boolean(" + expression(depth - 1) + ")";
        default:
            return "(" + any(depth - 1) + pick({" = ", " != ", " < ", " <= ", " > ", " >= "}) + any(depth - 1) + ")";
        }
    }

    std::string number(int depth) {
        if (depth <= 0)
            return pick({"0", "1", "2", "3", "1.5", "-1", "(0 div 0)", "(1 div 0)", "position()", "last()"});
        switch (below(6)) {
        case 0:
            return "count(" + nodes(depth - 1) + ")";
        case 1:
            return "(" + any(depth - 1) + pick({" + ", " - ", " * ", " div ", " mod "}) + any(depth - 1) + ")";
        case 2:
            return pick({"floor(", "ceiling(", "round(", "number(", "-("}) + expression(depth - 1) + ")";
        case 3:
            return "string-length(" + expression(depth - 1) + ")";
        case 4:
            return "sum(" + nodes(depth - 1) + ")";
        default:
            return number(0);
        }
    }

    std::string string(int depth) {
        if (depth <= 0)
            return pick({"'a'", "''", "'item'", "'1'", "'  x y '", "string()", "name()", "'next'", "'.html'"});
        switch (below(7)) {
        case 0:
            return "concat(" + expression(depth - 1) + ", " + string(depth - 2) + ")";
        case 1:
            return pick({"string(", "normalize-space("}) + expression(depth - 1) + ")";
        case 2:
            return pick({"name(", "local-name("}) + nodes(depth - 1) + ")";
        case 3:
            return pick({"substring-before(", "substring-after("}) + string(depth - 1) + ", " + string(0) + ")";
        case 4:
            return "substring(" + expression(depth - 1) + ", " + number(depth - 2) + ", " + number(depth - 2) + ")";
        case 5:
            return "translate(" + string(depth - 1) + ", 'abcx ', 'AB')";
        default:
            return string(0);
        }
    }

    std::string nodes(int depth) {
        switch (below(8)) {
        case 0:
            return "(" + path(depth) + " | " + path(depth - 1) + ")";
        case 1:
            return "(" + path(depth) + ")" + predicates(depth) + (below(2) == 0 ? "" : "/" + steps(depth));
        default:
            return path(depth);
        }
    }

    /* Not .//. : there libxml2 leaves out the context node, against the standard. */
    std::string path(int depth) { return pick({"", "", "/", "//", "//", ".//", "./"}) + steps(depth); }

    std::string steps(int depth) {
        std::string text = step(depth);
        for (std::uint64_t more = below(3); more > 0; --more)
            text += pick({"/", "/", "//"}) + step(depth);
        return text;
    }

    std::string step(int depth) {
        if (below(10) == 0)
            return pick({"self::node()", ".."});
        if (below(8) == 0)
            return pick({"@class", "@*", "@href", "@id", "attribute::node()", "@data-n"}) + predicates(depth - 1);
        return pick({"", "", "", "", "child::", "descendant::", "descendant-or-self::", "self::", "parent::",
                     "ancestor::", "ancestor-or-self::", "following-sibling::", "preceding-sibling::", "following::",
                     "preceding::"}) +
               pick({"*", "*", "li", "li", "ul", "a", "div", "p", "td", "b", "node()", "text()", "comment()", "none"}) +
               predicates(depth);
    }

    std::string predicates(int depth) {
        std::string text;
        while (depth > 0 && below(5) < 2)
            text += "[" + predicate(depth - 1) + "]";
        return text;
    }

    std::string predicate(int depth) {
        if (below(3) == 0)
            return pick({"1", "2", "last()", "last() - 1", "position() = 2", "position() < 3", "position() = last()",
                         "position() mod 2 = 1", "@class", "@class = 'item'", "@href", "a", "not(a)", "text()",
                         "contains(concat(' ', normalize-space(@class), ' '), ' item ')", ". = 'next'", "'2'", "0.5"});
        return expression(depth);
    }

    std::uint64_t state_;
};

} // namespace webwrap::test
