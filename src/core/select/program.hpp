#pragma once

/* Internal to select: the form that expressions are compiled to. XPath and CSS give the same programs. */

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/select/css_test.hpp"

namespace webwrap {

enum class Axis : std::uint8_t {
    kChild,
    kDescendant,
    kDescendantOrSelf,
    kAttribute,
    kSelf,
    kParent,
    kAncestor,
    kAncestorOrSelf,
    kFollowingSibling,
    kPrecedingSibling,
    kFollowing,
    kPreceding,
    /* Two steps in one pass; made by the compiler, not written. */
    kDescendantAttribute, /* descendant-or-self::node()/attribute::x */
    kDescendantChild,     /* descendant-or-self::node()/child::x with predicates that count per parent */
};

enum class NodeTest : std::uint8_t { kName, kAnyName, kText, kComment, kNode };

/* XPath 1.0 without variables is statically typed. */
enum class ValueType : std::uint8_t { kNodeSet, kNumber, kString, kBoolean };

enum class Op : std::uint8_t {
    kNumber,
    kLiteral,
    kOr,
    kAnd,
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kModulo,
    kNegate,
    kUnion,
    kPath,
    kCall,
    kCss, /* a test of CSS on the context node */
};

enum class Function : std::uint8_t {
    kLast,
    kPosition,
    kCount,
    kLocalName,
    kName,
    kNamespaceUri,
    kString,
    kConcat,
    kStartsWith,
    kContains,
    kSubstringBefore,
    kSubstringAfter,
    kSubstring,
    kStringLength,
    kNormalizeSpace,
    kTranslate,
    kBoolean,
    kNot,
    kTrue,
    kFalse,
    kNumber,
    kSum,
    kFloor,
    kCeiling,
    kRound,
};

using ExprId = std::int32_t;    /* index into Program::exprs */
using NameIndex = std::int32_t; /* index into Program::names */

enum class PredicateKind : std::uint8_t {
    kTest,            /* true or false whatever the position */
    kHasAttribute,    /* [@name] */
    kAttributeEquals, /* [@name = "value"] */
    kPosition,        /* [3] */
    kLast,            /* [last()] */
    kPositional,      /* a number, or anything that reads position() or last() */
};

struct Predicate {
    PredicateKind kind = PredicateKind::kTest;
    ExprId expr = -1;
    NameIndex name = -1;
    std::int32_t position = 0; /* -1: no position is equal to the number */
    std::string value;

    [[nodiscard]] bool is_positional() const noexcept { return kind >= PredicateKind::kPosition; }
};

struct Step {
    Axis axis = Axis::kChild;
    NodeTest test = NodeTest::kNode;
    NameIndex name = -1;
    bool is_positional = false; /* some predicate is */
    std::string class_token;    /* all that pass have this class: the index of classes finds them */
    std::vector<Predicate> predicates;
};

enum class PathStart : std::uint8_t { kContext, kRoot, kExpr };

struct Expr {
    Op op = Op::kNumber;
    ValueType type = ValueType::kNumber;
    Function function = Function::kTrue;
    PathStart start = PathStart::kContext;
    bool needs_position = false; /* reads position() or last() of its own context */
    bool is_constant = false;    /* node-sets that are the same in every context */
    std::int32_t depth = 1;      /* of the expression below */
    NameIndex attribute = -1;    /* of a path that is just @name */
    bool is_self = false;        /* a path that is just . */
    double number = 0;
    std::string text;
    std::vector<ExprId> operands;      /* of a path: its start when that is an expression */
    std::vector<Predicate> predicates; /* of a path: on its start */
    std::vector<Step> steps;
    CssTest css;
};

/* A compiled expression; immutable. */
struct Program {
    std::uint64_t id = 0; /* of this process: names are resolved once a document */
    std::string kind;     /* for messages: "XPath", "CSS selector" */
    std::string source;
    std::vector<Expr> exprs;
    std::vector<std::string> names;
    ExprId root = -1;
};

/* Nesting of expressions that may run compiled: evaluation recurses as deep. */
inline constexpr int kMaxExprDepth = 200;

/* Puts programs together and brings each part into the form that runs fastest. */
class ProgramBuilder {
  public:
    ExprId add_number(double number);
    ExprId add_literal(std::string text);
    ExprId add_operator(Op op, ExprId left, ExprId right = -1);
    ExprId add_call(Function function, ValueType type, std::vector<ExprId> arguments);
    ExprId add_css(CssTest test);
    ExprId add_path(PathStart start, ExprId start_expr, std::vector<Predicate> predicates, std::vector<Step> steps);
    [[nodiscard]] Predicate predicate(ExprId expr) const;
    NameIndex name(std::string_view name);

    [[nodiscard]] const Expr &expr(ExprId id) const { return program_.exprs[static_cast<std::size_t>(id)]; }
    [[nodiscard]] Program finish(ExprId root, std::string kind, std::string source);

  private:
    ExprId add(Expr expr);
    [[nodiscard]] bool is_blank(ExprId id) const;
    bool read_word_test(const std::vector<ExprId> &arguments, CssTest &test) const;
    void note_class(Step &step) const;
    Program program_;
    std::unordered_map<std::string, NameIndex> name_to_index_;
};

} // namespace webwrap
