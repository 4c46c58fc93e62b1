#include "core/select/xpath_parser.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/select/xpath_number.hpp"

namespace webwrap {

namespace {

/* Leaves the parser when an expression is not for the compiled engine; never leaves compile_xpath. */
struct NotCompiled {};

struct FunctionSpec {
    std::string_view name;
    Function function;
    ValueType type;
    int least;
    int most; /* -1: any number */
    bool takes_nodes;
};

constexpr auto kFunctions = std::to_array<FunctionSpec>({
    {"boolean", Function::kBoolean, ValueType::kBoolean, 1, 1, false},
    {"ceiling", Function::kCeiling, ValueType::kNumber, 1, 1, false},
    {"concat", Function::kConcat, ValueType::kString, 2, -1, false},
    {"contains", Function::kContains, ValueType::kBoolean, 2, 2, false},
    {"count", Function::kCount, ValueType::kNumber, 1, 1, true},
    {"false", Function::kFalse, ValueType::kBoolean, 0, 0, false},
    {"floor", Function::kFloor, ValueType::kNumber, 1, 1, false},
    {"last", Function::kLast, ValueType::kNumber, 0, 0, false},
    {"local-name", Function::kLocalName, ValueType::kString, 0, 1, true},
    {"name", Function::kName, ValueType::kString, 0, 1, true},
    {"namespace-uri", Function::kNamespaceUri, ValueType::kString, 0, 1, true},
    {"normalize-space", Function::kNormalizeSpace, ValueType::kString, 0, 1, false},
    {"not", Function::kNot, ValueType::kBoolean, 1, 1, false},
    {"number", Function::kNumber, ValueType::kNumber, 0, 1, false},
    {"position", Function::kPosition, ValueType::kNumber, 0, 0, false},
    {"round", Function::kRound, ValueType::kNumber, 1, 1, false},
    {"starts-with", Function::kStartsWith, ValueType::kBoolean, 2, 2, false},
    {"string", Function::kString, ValueType::kString, 0, 1, false},
    {"string-length", Function::kStringLength, ValueType::kNumber, 0, 1, false},
    {"substring", Function::kSubstring, ValueType::kString, 2, 3, false},
    {"substring-after", Function::kSubstringAfter, ValueType::kString, 2, 2, false},
    {"substring-before", Function::kSubstringBefore, ValueType::kString, 2, 2, false},
    {"sum", Function::kSum, ValueType::kNumber, 1, 1, true},
    {"translate", Function::kTranslate, ValueType::kString, 3, 3, false},
    {"true", Function::kTrue, ValueType::kBoolean, 0, 0, false},
});

struct AxisName {
    std::string_view name;
    Axis axis;
};
constexpr auto kAxes = std::to_array<AxisName>({{"ancestor", Axis::kAncestor},
                                                {"ancestor-or-self", Axis::kAncestorOrSelf},
                                                {"attribute", Axis::kAttribute},
                                                {"child", Axis::kChild},
                                                {"descendant", Axis::kDescendant},
                                                {"descendant-or-self", Axis::kDescendantOrSelf},
                                                {"following", Axis::kFollowing},
                                                {"following-sibling", Axis::kFollowingSibling},
                                                {"parent", Axis::kParent},
                                                {"preceding", Axis::kPreceding},
                                                {"preceding-sibling", Axis::kPrecedingSibling},
                                                {"self", Axis::kSelf}});

constexpr bool starts_name(char c) { return is_letter(c) || c == '_'; }
constexpr bool continues_name(char c) { return starts_name(c) || is_digit(c) || c == '-' || c == '.'; }

/* What `//` stands for. */
Step any_descendant() {
    Step step;
    step.axis = Axis::kDescendantOrSelf;
    return step;
}

/* Recursive descent over the grammar of XPath 1.0, without a lexer: what a name or a star means depends on where it stands. */
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Program parse() {
        const ExprId root = expr();
        if (at_ != text_.size())
            throw NotCompiled{};
        /* Outside of predicates there is no position; libxml2 says so. */
        if (builder_.expr(root).needs_position)
            throw NotCompiled{};
        return builder_.finish(root, "XPath", std::string(text_));
    }

  private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void skip_space() {
        while (is_xpath_space(peek()))
            ++at_;
    }
    bool take(std::string_view token) {
        if (!text_.substr(at_).starts_with(token))
            return false;
        at_ += token.size();
        skip_space();
        return true;
    }
    void require(std::string_view token) {
        if (!take(token))
            throw NotCompiled{};
    }
    /* The name at the current position, nothing consumed; empty when there is none. */
    [[nodiscard]] std::string_view peek_name() const {
        if (!starts_name(peek()))
            return {};
        std::size_t length = 1;
        while (continues_name(peek(length)))
            ++length;
        if ((peek(length) & 0x80) != 0) /* other letters: libxml2 knows which may stand in a name */
            throw NotCompiled{};
        return text_.substr(at_, length);
    }
    void skip(std::size_t length) {
        at_ += length;
        skip_space();
    }
    bool take_word(std::string_view word) {
        if (peek_name() != word)
            return false;
        skip(word.size());
        return true;
    }
    ExprId checked(ExprId id) const {
        if (builder_.expr(id).depth > kMaxExprDepth)
            throw NotCompiled{};
        return id;
    }
    ExprId binary(Op op, ExprId left, ExprId right) { return checked(builder_.add_operator(op, left, right)); }

    ExprId expr();
    ExprId and_expr();
    ExprId equality();
    ExprId relational();
    ExprId additive();
    ExprId multiplicative();
    ExprId unary();
    ExprId union_expr();
    ExprId path();
    ExprId primary();
    ExprId literal();
    ExprId number();
    ExprId call();
    [[nodiscard]] bool is_filter() const;
    std::vector<Predicate> predicates();
    void relative_path(std::vector<Step> &steps);
    Step step();
    void node_test(Step &step);

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    ProgramBuilder builder_;
};

ExprId Parser::expr() {
    if (++depth_ > kMaxExprDepth)
        throw NotCompiled{};
    skip_space();
    ExprId left = and_expr();
    while (take_word("or"))
        left = binary(Op::kOr, left, and_expr());
    --depth_;
    return left;
}

ExprId Parser::and_expr() {
    ExprId left = equality();
    while (take_word("and"))
        left = binary(Op::kAnd, left, equality());
    return left;
}

ExprId Parser::equality() {
    ExprId left = relational();
    for (;;)
        if (take("="))
            left = binary(Op::kEqual, left, relational());
        else if (take("!="))
            left = binary(Op::kNotEqual, left, relational());
        else
            return left;
}

ExprId Parser::relational() {
    ExprId left = additive();
    for (;;)
        if (take("<="))
            left = binary(Op::kLessEqual, left, additive());
        else if (take("<"))
            left = binary(Op::kLess, left, additive());
        else if (take(">="))
            left = binary(Op::kGreaterEqual, left, additive());
        else if (take(">"))
            left = binary(Op::kGreater, left, additive());
        else
            return left;
}

ExprId Parser::additive() {
    ExprId left = multiplicative();
    for (;;)
        if (take("+"))
            left = binary(Op::kAdd, left, multiplicative());
        else if (take("-"))
            left = binary(Op::kSubtract, left, multiplicative());
        else
            return left;
}

ExprId Parser::multiplicative() {
    ExprId left = unary();
    for (;;)
        if (take("*"))
            left = binary(Op::kMultiply, left, unary());
        else if (take_word("div"))
            left = binary(Op::kDivide, left, unary());
        else if (take_word("mod"))
            left = binary(Op::kModulo, left, unary());
        else
            return left;
}

ExprId Parser::unary() {
    int minuses = 0;
    while (take("-"))
        ++minuses;
    ExprId value = union_expr();
    if (minuses == 0)
        return value;
    /* An even number of signs leaves the value, as a number. */
    if (minuses % 2 == 0)
        return checked(builder_.add_call(Function::kNumber, ValueType::kNumber, {value}));
    return checked(builder_.add_operator(Op::kNegate, value));
}

ExprId Parser::union_expr() {
    ExprId left = path();
    while (take("|")) {
        const ExprId right = path();
        if (builder_.expr(left).type != ValueType::kNodeSet || builder_.expr(right).type != ValueType::kNodeSet)
            throw NotCompiled{};
        left = binary(Op::kUnion, left, right);
    }
    return left;
}

constexpr bool is_node_type(std::string_view name) {
    return name == "text" || name == "comment" || name == "node" || name == "processing-instruction";
}

/* Whether a path starts with an expression rather than with a step. */
bool Parser::is_filter() const {
    const char c = peek();
    if (c == '$')
        throw NotCompiled{};
    if (c == '(' || c == '"' || c == '\'' || is_digit(c) || (c == '.' && is_digit(peek(1))))
        return true;
    const std::string_view name = peek_name();
    std::size_t after = name.size();
    while (is_xpath_space(peek(after)))
        ++after;
    return !name.empty() && peek(after) == '(' && !is_node_type(name);
}

ExprId Parser::path() {
    std::vector<Step> steps;
    if (!is_filter()) {
        PathStart start = PathStart::kContext;
        if (take("//")) {
            start = PathStart::kRoot;
            steps.push_back(any_descendant());
            relative_path(steps);
        } else if (take("/")) {
            start = PathStart::kRoot;
            const char c = peek();
            if (starts_name(c) || c == '.' || c == '@' || c == '*' || (c & 0x80) != 0)
                relative_path(steps);
        } else {
            relative_path(steps);
        }
        return checked(builder_.add_path(start, -1, {}, std::move(steps)));
    }
    const ExprId start = primary();
    std::vector<Predicate> filters = predicates();
    if (take("//")) {
        steps.push_back(any_descendant());
        relative_path(steps);
    } else if (take("/")) {
        relative_path(steps);
    }
    if (filters.empty() && steps.empty())
        return start;
    if (builder_.expr(start).type != ValueType::kNodeSet)
        throw NotCompiled{};
    return checked(builder_.add_path(PathStart::kExpr, start, std::move(filters), std::move(steps)));
}

ExprId Parser::primary() {
    if (take("(")) {
        const ExprId inner = expr();
        require(")");
        return inner;
    }
    if (peek() == '"' || peek() == '\'')
        return literal();
    if (is_digit(peek()) || peek() == '.')
        return number();
    return call();
}

ExprId Parser::literal() {
    const std::size_t end = text_.find(peek(), at_ + 1);
    if (end == std::string_view::npos)
        throw NotCompiled{};
    const std::string_view text = text_.substr(at_ + 1, end - at_ - 1);
    for (const char c : text)
        if (static_cast<unsigned char>(c) < ' ' && !is_xpath_space(c)) /* no character of XML */
            throw NotCompiled{};
    at_ = end + 1;
    skip_space();
    return builder_.add_literal(std::string(text));
}

ExprId Parser::number() {
    std::size_t length = 0;
    while (is_digit(peek(length)))
        ++length;
    if (peek(length) == '.')
        do
            ++length;
        while (is_digit(peek(length)));
    if (peek(length) == 'e' || peek(length) == 'E') /* libxml2 reads exponents */
        throw NotCompiled{};
    const double value = number_of(text_.substr(at_, length));
    skip(length);
    return builder_.add_number(value);
}

ExprId Parser::call() {
    const std::string_view name = peek_name();
    const auto *spec =
        std::find_if(kFunctions.begin(), kFunctions.end(), [&](const FunctionSpec &f) { return f.name == name; });
    if (spec == kFunctions.end())
        throw NotCompiled{};
    skip(name.size());
    require("(");
    std::vector<ExprId> arguments;
    if (!take(")")) {
        do
            arguments.push_back(expr());
        while (take(","));
        require(")");
    }
    const int count = static_cast<int>(arguments.size());
    if (count < spec->least || (spec->most >= 0 && count > spec->most))
        throw NotCompiled{};
    for (const ExprId argument : arguments)
        if (spec->takes_nodes && builder_.expr(argument).type != ValueType::kNodeSet)
            throw NotCompiled{};
    return checked(builder_.add_call(spec->function, spec->type, std::move(arguments)));
}

std::vector<Predicate> Parser::predicates() {
    std::vector<Predicate> found;
    while (take("[")) {
        found.push_back(builder_.predicate(expr()));
        require("]");
    }
    return found;
}

void Parser::relative_path(std::vector<Step> &steps) {
    for (;;) {
        steps.push_back(step());
        if (take("//"))
            steps.push_back(any_descendant());
        else if (!take("/"))
            return;
    }
}

Step Parser::step() {
    Step step;
    if (take("..")) {
        step.axis = Axis::kParent;
        return step;
    }
    if (take(".")) {
        step.axis = Axis::kSelf;
        return step;
    }
    if (take("@")) {
        step.axis = Axis::kAttribute;
    } else {
        const std::string_view name = peek_name();
        std::size_t after = name.size();
        while (is_xpath_space(peek(after)))
            ++after;
        if (!name.empty() && peek(after) == ':' && peek(after + 1) == ':') {
            const auto *axis =
                std::find_if(kAxes.begin(), kAxes.end(), [&](const AxisName &a) { return a.name == name; });
            if (axis == kAxes.end())
                throw NotCompiled{};
            step.axis = axis->axis;
            skip(after + 2);
        }
    }
    node_test(step);
    step.predicates = predicates();
    return step;
}

void Parser::node_test(Step &step) {
    if (take("*")) {
        step.test = NodeTest::kAnyName;
        return;
    }
    const std::string_view name = peek_name();
    if (name.empty())
        throw NotCompiled{};
    skip(name.size());
    if (peek() == ':') /* a prefix */
        throw NotCompiled{};
    if (peek() != '(') {
        step.test = NodeTest::kName;
        step.name = builder_.name(name);
        return;
    }
    if (name == "text")
        step.test = NodeTest::kText;
    else if (name == "comment")
        step.test = NodeTest::kComment;
    else if (name == "node")
        step.test = NodeTest::kNode;
    else
        throw NotCompiled{};
    require("(");
    require(")");
}

} // namespace

std::optional<Program> compile_xpath(std::string_view path) {
    try {
        return Parser(path).parse();
    } catch (const NotCompiled &) {
        return std::nullopt;
    }
}

} // namespace webwrap
