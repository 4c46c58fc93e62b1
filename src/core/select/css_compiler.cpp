#include "core/select/css_compiler.hpp"

#include <span>

#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxCompounds = 60; /* joined by combinators */

class Compiler {
  public:
    explicit Compiler(const std::string &selector) : selector_(selector) {}

    Program compile(const CssList &list, bool is_scoped) {
        std::vector<ExprId> paths;
        for (const CssComplex &complex : list) {
            check_size(complex);
            paths.push_back(is_scoped ? scoped_path(complex) : page_path(complex));
        }
        const ExprId root = join(Op::kUnion, paths);
        if (builder_.expr(root).depth > kMaxExprDepth)
            throw_bad_selector(selector_, "nested too deeply");
        return builder_.finish(root, "CSS selector", selector_);
    }

  private:
    void check_size(const CssComplex &complex) const {
        if (complex.compounds.size() > kMaxCompounds)
            throw_bad_selector(selector_, "more than " + std::to_string(kMaxCompounds) + " parts");
    }

    /* Operands joined by one operator, as a tree of little depth. */
    ExprId join(Op op, std::span<const ExprId> operands) {
        if (operands.size() == 1)
            return operands.front();
        const std::size_t half = operands.size() / 2;
        const ExprId left = join(op, operands.first(half));
        return builder_.add_operator(op, left, join(op, operands.subspan(half)));
    }

    static Step step_along(Axis axis) {
        Step step;
        step.axis = axis;
        step.test = NodeTest::kAnyName;
        return step;
    }

    void add_predicate(Step &step, ExprId expr) { step.predicates.push_back(builder_.predicate(expr)); }

    ExprId path(std::vector<Step> steps) { return builder_.add_path(PathStart::kContext, -1, {}, std::move(steps)); }

    void append_neighbour(std::vector<Step> &steps, Axis axis) {
        steps.push_back(step_along(axis));
        add_predicate(steps.back(), builder_.add_number(1));
    }

    /* From where the path stands forwards along the combinators. */
    void append_forward(std::vector<Step> &steps, const CssCompound &compound) {
        Axis axis = Axis::kDescendant;
        if (compound.combinator == '>')
            axis = Axis::kChild;
        else if (compound.combinator == '~')
            axis = Axis::kFollowingSibling;
        else if (compound.combinator == '+') {
            append_neighbour(steps, Axis::kFollowingSibling);
            axis = Axis::kSelf;
        }
        Step step = step_along(axis);
        add_compound(step, compound);
        steps.push_back(std::move(step));
    }

    ExprId page_path(const CssComplex &complex) {
        std::vector<Step> steps;
        for (const CssCompound &compound : complex.compounds)
            append_forward(steps, compound);
        return builder_.add_path(PathStart::kRoot, -1, {}, std::move(steps));
    }

    ExprId scoped_path(const CssComplex &complex) {
        return path({matching_step(Axis::kDescendant, complex, complex.compounds.size() - 1)});
    }

    /* A step to elements that match compound `at` and, looking back, all compounds before it. */
    Step matching_step(Axis axis, const CssComplex &complex, std::size_t at) {
        Step step = step_along(axis);
        add_compound(step, complex.compounds[at]);
        if (at > 0)
            add_predicate(step, path(backward_steps(complex, at)));
        return step;
    }

    std::vector<Step> backward_steps(const CssComplex &complex, std::size_t at) {
        std::vector<Step> steps;
        Axis axis = Axis::kAncestor;
        switch (complex.compounds[at].combinator) {
        case '>':
            axis = Axis::kParent;
            break;
        case '~':
            axis = Axis::kPrecedingSibling;
            break;
        case '+':
            append_neighbour(steps, Axis::kPrecedingSibling);
            axis = Axis::kSelf;
            break;
        default:
            break;
        }
        steps.push_back(matching_step(axis, complex, at - 1));
        return steps;
    }

    /* Whether the context node matches one of the selectors. */
    ExprId matches_any(const CssList &list) {
        std::vector<ExprId> paths;
        for (const CssComplex &complex : list) {
            check_size(complex);
            paths.push_back(path({matching_step(Axis::kSelf, complex, complex.compounds.size() - 1)}));
        }
        return any(paths);
    }

    ExprId has_any(const CssList &list) {
        std::vector<ExprId> paths;
        for (const CssComplex &complex : list) {
            check_size(complex);
            std::vector<Step> steps;
            for (const CssCompound &compound : complex.compounds)
                append_forward(steps, compound);
            paths.push_back(path(std::move(steps)));
        }
        return any(paths);
    }

    ExprId any(const std::vector<ExprId> &conditions) {
        if (conditions.empty())
            return builder_.add_call(Function::kFalse, ValueType::kBoolean, {});
        return join(Op::kOr, conditions);
    }

    void add_compound(Step &step, const CssCompound &compound) {
        for (const CssSimple &simple : compound.simples)
            add_simple(step, simple);
    }

    void add_simple(Step &step, const CssSimple &simple) {
        const std::string lower = ascii_lower(simple.name);
        switch (simple.kind) {
        case CssSimpleKind::kUniversal:
            return;
        case CssSimpleKind::kType:
            if (lower == simple.name) {
                step.test = NodeTest::kName;
                step.name = builder_.name(lower);
                return;
            }
            return add_test(step, named_test(CssTestKind::kType, simple.name));
        case CssSimpleKind::kId:
        case CssSimpleKind::kClass: {
            const bool is_id = simple.kind == CssSimpleKind::kId;
            CssTest test = named_test(is_id ? CssTestKind::kId : CssTestKind::kClass, is_id ? "id" : "class");
            test.value = simple.value;
            return add_test(step, std::move(test));
        }
        case CssSimpleKind::kHasAttribute:
        case CssSimpleKind::kAttribute:
            return add_attribute(step, simple, lower);
        case CssSimpleKind::kIs:
            return add_predicate(step, matches_any(simple.list));
        case CssSimpleKind::kNot:
            return add_predicate(step,
                                 builder_.add_call(Function::kNot, ValueType::kBoolean, {matches_any(simple.list)}));
        case CssSimpleKind::kHas:
            return add_predicate(step, has_any(simple.list));
        case CssSimpleKind::kNth:
            return add_nth(step, simple);
        case CssSimpleKind::kEmpty:
            return add_test(step, {.kind = CssTestKind::kEmpty, .value = {}});
        case CssSimpleKind::kRoot:
            return add_test(step, {.kind = CssTestKind::kRoot, .value = {}});
        case CssSimpleKind::kScope:
            return add_test(step, {.kind = CssTestKind::kScope, .value = {}});
        case CssSimpleKind::kLanguage: {
            CssTest test = named_test(CssTestKind::kLanguage, "lang");
            test.other = builder_.name("xml:lang");
            test.value = simple.value;
            return add_test(step, std::move(test));
        }
        }
    }

    void add_test(Step &step, CssTest test) { add_predicate(step, builder_.add_css(std::move(test))); }

    CssTest named_test(CssTestKind kind, const std::string &name) {
        CssTest test;
        test.kind = kind;
        test.name = builder_.name(ascii_lower(name));
        test.other = builder_.name(name);
        return test;
    }

    /* Plain presence and equality take the form that XPath gives them, which is the fastest. */
    void add_attribute(Step &step, const CssSimple &simple, const std::string &lower) {
        const bool is_listed = simple.letter_case == CssCase::kByDocument && ignores_case_of(lower);
        const bool is_presence = simple.kind == CssSimpleKind::kHasAttribute;
        const bool is_plain =
            simple.match == CssMatch::kEquals && simple.letter_case != CssCase::kIgnored && !is_listed;
        if (lower == simple.name && (is_presence || is_plain)) {
            Step attribute;
            attribute.axis = Axis::kAttribute;
            attribute.test = NodeTest::kName;
            attribute.name = builder_.name(lower);
            const ExprId value = path({attribute});
            return add_predicate(
                step,
                is_presence ? value : builder_.add_operator(Op::kEqual, value, builder_.add_literal(simple.value)));
        }
        CssTest test = named_test(CssTestKind::kAttribute, simple.name);
        test.match = simple.match;
        test.ignores_case = simple.letter_case == CssCase::kIgnored;
        test.ignores_case_in_html = is_listed;
        test.value = simple.value;
        test.is_presence = is_presence;
        add_test(step, std::move(test));
    }

    void add_nth(Step &step, const CssSimple &simple) {
        CssTest test;
        test.kind = CssTestKind::kNth;
        test.is_last = simple.is_last;
        test.is_of_type = simple.is_of_type;
        test.a = simple.a;
        test.b = simple.b;
        if (!simple.list.empty())
            test.of = matches_any(simple.list);
        add_test(step, std::move(test));
    }

    const std::string &selector_;
    ProgramBuilder builder_;
};

} // namespace

Program compile_css(const CssList &list, const std::string &selector, bool is_scoped) {
    return Compiler(selector).compile(list, is_scoped);
}

} // namespace webwrap
