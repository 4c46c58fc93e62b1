#include "core/select/program.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace webwrap {

namespace {

ValueType type_of(Op op) {
    switch (op) {
    case Op::kUnion:
    case Op::kPath:
        return ValueType::kNodeSet;
    case Op::kLiteral:
        return ValueType::kString;
    case Op::kNumber:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
    case Op::kNegate:
        return ValueType::kNumber;
    default:
        return ValueType::kBoolean;
    }
}

bool is_any_descendant(const Step &step) {
    return step.axis == Axis::kDescendantOrSelf && step.test == NodeTest::kNode && step.predicates.empty();
}

/* The one axis that does what descendant-or-self::node() followed by `step` does, if there is one. */
bool fuse_axis(const Step &step, Axis &fused) {
    switch (step.axis) {
    case Axis::kChild:
        fused = step.is_positional ? Axis::kDescendantChild : Axis::kDescendant;
        return true;
    case Axis::kDescendant:
        fused = Axis::kDescendant;
        return !step.is_positional;
    case Axis::kSelf:
    case Axis::kDescendantOrSelf:
        fused = Axis::kDescendantOrSelf;
        return !step.is_positional;
    case Axis::kAttribute:
        fused = Axis::kDescendantAttribute;
        return !step.is_positional;
    default:
        return false;
    }
}

std::vector<Step> fuse(std::vector<Step> steps) {
    std::vector<Step> fused;
    for (Step &step : steps) {
        step.is_positional = std::any_of(step.predicates.begin(), step.predicates.end(),
                                         [](const Predicate &p) { return p.is_positional(); });
        Axis axis = step.axis;
        if (!fused.empty() && is_any_descendant(fused.back()) && fuse_axis(step, axis)) {
            step.axis = axis;
            fused.back() = std::move(step);
        } else {
            fused.push_back(std::move(step));
        }
    }
    return fused;
}

} // namespace

ExprId ProgramBuilder::add(Expr expr) {
    for (const ExprId operand : expr.operands) {
        expr.depth = std::max(expr.depth, this->expr(operand).depth + 1);
        expr.needs_position = expr.needs_position || this->expr(operand).needs_position;
    }
    program_.exprs.push_back(std::move(expr));
    return static_cast<ExprId>(program_.exprs.size()) - 1;
}

ExprId ProgramBuilder::add_number(double number) {
    Expr expr;
    expr.number = number;
    return add(std::move(expr));
}

ExprId ProgramBuilder::add_literal(std::string text) {
    Expr expr;
    expr.op = Op::kLiteral;
    expr.type = ValueType::kString;
    expr.text = std::move(text);
    return add(std::move(expr));
}

ExprId ProgramBuilder::add_operator(Op op, ExprId left, ExprId right) {
    Expr expr;
    expr.op = op;
    expr.type = type_of(op);
    expr.operands.push_back(left);
    if (right >= 0)
        expr.operands.push_back(right);
    expr.is_constant = op == Op::kUnion && this->expr(left).is_constant && this->expr(right).is_constant;
    return add(std::move(expr));
}

ExprId ProgramBuilder::add_call(Function function, ValueType type, std::vector<ExprId> arguments) {
    if (CssTest word; function == Function::kContains && read_word_test(arguments, word))
        return add_css(std::move(word));
    Expr expr;
    expr.op = Op::kCall;
    expr.type = type;
    expr.function = function;
    expr.operands = std::move(arguments);
    expr.needs_position = function == Function::kPosition || function == Function::kLast;
    return add(std::move(expr));
}

bool ProgramBuilder::is_blank(ExprId id) const { return expr(id).op == Op::kLiteral && expr(id).text == " "; }

/* The way to say "has the class" in XPath: contains(concat(' ', normalize-space(@class), ' '), ' word '). */
bool ProgramBuilder::read_word_test(const std::vector<ExprId> &arguments, CssTest &test) const {
    const Expr &list = expr(arguments[0]);
    const Expr &part = expr(arguments[1]);
    const bool is_list = list.op == Op::kCall && list.function == Function::kConcat && list.operands.size() == 3 &&
                         is_blank(list.operands[0]) && is_blank(list.operands[2]);
    if (!is_list || part.op != Op::kLiteral || part.text.size() < 3)
        return false;
    const Expr &words = expr(list.operands[1]);
    if (words.op != Op::kCall || words.function != Function::kNormalizeSpace || words.operands.size() != 1 ||
        expr(words.operands[0]).attribute < 0)
        return false;
    const std::string word = part.text.substr(1, part.text.size() - 2);
    if (part.text.front() != ' ' || part.text.back() != ' ' || word.find_first_of(" \t\n\r\f") != std::string::npos)
        return false;
    test.kind = CssTestKind::kWord;
    test.name = expr(words.operands[0]).attribute;
    test.value = word;
    return true;
}

ExprId ProgramBuilder::add_css(CssTest test) {
    Expr expr;
    expr.op = Op::kCss;
    expr.type = ValueType::kBoolean;
    if (test.of >= 0)
        expr.depth = this->expr(test.of).depth + 1;
    expr.css = std::move(test);
    return add(std::move(expr));
}

ExprId ProgramBuilder::add_path(PathStart start, ExprId start_expr, std::vector<Predicate> predicates,
                                std::vector<Step> steps) {
    Expr expr;
    expr.op = Op::kPath;
    expr.type = ValueType::kNodeSet;
    expr.start = start;
    if (start == PathStart::kExpr)
        expr.operands.push_back(start_expr);
    expr.predicates = std::move(predicates);
    expr.steps = fuse(std::move(steps));
    for (Step &step : expr.steps)
        note_class(step);
    for (const Predicate &p : expr.predicates)
        expr.depth = std::max(expr.depth, this->expr(p.expr).depth + 1);
    for (const Step &step : expr.steps)
        for (const Predicate &p : step.predicates)
            expr.depth = std::max(expr.depth, this->expr(p.expr).depth + 1);
    expr.is_constant = start == PathStart::kRoot || (start == PathStart::kExpr && this->expr(start_expr).is_constant);
    if (start == PathStart::kContext && expr.steps.size() == 1 && expr.steps[0].axis == Axis::kAttribute &&
        expr.steps[0].test == NodeTest::kName && expr.steps[0].predicates.empty())
        expr.attribute = expr.steps[0].name;
    expr.is_self = start == PathStart::kContext && expr.steps.size() == 1 && expr.steps[0].axis == Axis::kSelf &&
                   expr.steps[0].test == NodeTest::kNode && expr.steps[0].predicates.empty();
    return add(std::move(expr));
}

void ProgramBuilder::note_class(Step &step) const {
    if (step.test != NodeTest::kAnyName && step.test != NodeTest::kName)
        return;
    for (const Predicate &p : step.predicates) {
        const Expr &e = expr(p.expr);
        if (p.is_positional()) /* what is counted may not be left out */
            return;
        if (e.op == Op::kCss && (e.css.kind == CssTestKind::kClass || e.css.kind == CssTestKind::kWord) &&
            program_.names[static_cast<std::size_t>(e.css.name)] == "class")
            step.class_token = e.css.value;
    }
}

Predicate ProgramBuilder::predicate(ExprId id) const {
    Predicate predicate;
    predicate.expr = id;
    const Expr &e = expr(id);
    const auto is_call = [](const Expr &x, Function function) { return x.op == Op::kCall && x.function == function; };
    const auto set_position = [&](double number) {
        predicate.kind = PredicateKind::kPosition;
        const bool is_possible =
            number >= 1 && number <= std::numeric_limits<std::int32_t>::max() && number == std::floor(number);
        predicate.position = is_possible ? static_cast<std::int32_t>(number) : -1;
    };
    if (e.op == Op::kNumber) {
        set_position(e.number);
    } else if (is_call(e, Function::kLast)) {
        predicate.kind = PredicateKind::kLast;
    } else if (e.op == Op::kPath && e.attribute >= 0) {
        predicate.kind = PredicateKind::kHasAttribute;
        predicate.name = e.attribute;
    } else if (e.op == Op::kEqual) {
        const Expr *left = &expr(e.operands[0]);
        const Expr *right = &expr(e.operands[1]);
        if (right->attribute >= 0 || is_call(*right, Function::kPosition))
            std::swap(left, right);
        if (left->attribute >= 0 && right->op == Op::kLiteral) {
            predicate.kind = PredicateKind::kAttributeEquals;
            predicate.name = left->attribute;
            predicate.value = right->text;
        } else if (is_call(*left, Function::kPosition) && right->op == Op::kNumber) {
            set_position(right->number);
        } else if (is_call(*left, Function::kPosition) && is_call(*right, Function::kLast)) {
            predicate.kind = PredicateKind::kLast;
        }
    }
    if (predicate.kind == PredicateKind::kTest && (e.type == ValueType::kNumber || e.needs_position))
        predicate.kind = PredicateKind::kPositional;
    return predicate;
}

NameIndex ProgramBuilder::name(std::string_view name) {
    const auto [found, is_new] =
        name_to_index_.try_emplace(std::string(name), static_cast<NameIndex>(program_.names.size()));
    if (is_new)
        program_.names.emplace_back(name);
    return found->second;
}

Program ProgramBuilder::finish(ExprId root, std::string kind, std::string source) {
    static constinit std::atomic<std::uint64_t> last_id{0};
    program_.id = ++last_id;
    program_.root = root;
    program_.kind = std::move(kind);
    program_.source = std::move(source);
    return std::move(program_);
}

} // namespace webwrap
