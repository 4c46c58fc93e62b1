#include <algorithm>
#include <cmath>
#include <limits>

#include "core/select/evaluator.hpp"
#include "core/select/evaluator_walk.hpp"
#include "core/select/xpath_number.hpp"

namespace webwrap {

namespace {

constexpr std::int64_t kOperationsPerValue = 4; /* put into a hash table: it takes memory too */

template <typename T> bool is_ordered(Op op, const T &a, const T &b) {
    switch (op) {
    case Op::kEqual:
        return a == b;
    case Op::kNotEqual:
        return a != b;
    case Op::kLess:
        return a < b;
    case Op::kLessEqual:
        return a <= b;
    case Op::kGreater:
        return a > b;
    default:
        return a >= b;
    }
}

Op mirrored(Op op) {
    switch (op) {
    case Op::kLess:
        return Op::kGreater;
    case Op::kLessEqual:
        return Op::kGreaterEqual;
    case Op::kGreater:
        return Op::kLess;
    case Op::kGreaterEqual:
        return Op::kLessEqual;
    default:
        return op;
    }
}

} // namespace

bool Evaluator::compare(const Expr &e, const Focus &focus) {
    const ExprId left = e.operands[0];
    const ExprId right = e.operands[1];
    const ValueType a = expr(left).type;
    const ValueType b = expr(right).type;
    const bool is_equality = e.op == Op::kEqual || e.op == Op::kNotEqual;
    if (is_equality && (a == ValueType::kBoolean || b == ValueType::kBoolean))
        return is_ordered(e.op, boolean(left, focus), boolean(right, focus));
    if (a == ValueType::kNodeSet || b == ValueType::kNodeSet) {
        if (a == b)
            return is_equality ? compare_node_sets(e, focus) : order_nodes(e, focus);
        const bool is_left = a == ValueType::kNodeSet;
        return compare_nodes(is_left ? e.op : mirrored(e.op), is_left ? left : right, is_left ? right : left, focus);
    }
    if (is_equality && a == ValueType::kString && b == ValueType::kString) {
        std::string first;
        std::string second;
        return is_ordered(e.op, string(left, focus, first), string(right, focus, second));
    }
    return is_ordered(e.op, number(left, focus), number(right, focus));
}

/* A node-set on the left of `op` and a number, string or boolean on its right; both operators of equality and order. */
bool Evaluator::compare_nodes(Op op, ExprId nodes_id, ExprId other_id, const Focus &focus) {
    const ValueType type = expr(other_id).type;
    if (type == ValueType::kBoolean)
        return is_ordered(op, boolean(nodes_id, focus) ? 1.0 : 0.0, number(other_id, focus));
    const bool is_text = type == ValueType::kString && (op == Op::kEqual || op == Op::kNotEqual);
    std::string other_buffer;
    const std::string_view other_text = is_text ? string(other_id, focus, other_buffer) : std::string_view();
    const double other_number = is_text ? 0 : number(other_id, focus);
    std::string buffer;
    const auto holds = [&](NodeRef ref) {
        const std::string_view value = value_of(ref, buffer);
        return is_text ? is_ordered(op, value, other_text) : is_ordered(op, number_of(value), other_number);
    };
    bool is_found = false;
    walk_nodes(nodes_id, focus, [&](NodeRef ref) {
        is_found = holds(ref);
        return !is_found;
    });
    return is_found;
}

/* Linear in the text of both sets: one goes into a hash table, the values of the other are looked up. */
bool Evaluator::compare_node_sets(const Expr &e, const Focus &focus) {
    NodeSet left_scratch;
    NodeSet right_scratch;
    ExprId left_id = e.operands[0];
    ExprId right_id = e.operands[1];
    if (expr(left_id).is_constant && !expr(right_id).is_constant)
        std::swap(left_id, right_id); /* so that the table is the one that is kept */
    const NodeSet &left = nodes(left_id, focus, left_scratch);
    const NodeSet &right = nodes(right_id, focus, right_scratch);
    if (left.empty() || right.empty())
        return false;
    std::string buffer;
    if (e.op == Op::kNotEqual) {
        /* False only when there is one value on both sides. */
        const std::string first(value_of(left.front(), buffer));
        const auto differs = [&](NodeRef ref) {
            charge();
            return value_of(ref, buffer) != first;
        };
        return std::any_of(right.begin(), right.end(), differs) || std::any_of(left.begin(), left.end(), differs);
    }
    const auto is_in = [&](const std::unordered_set<std::string> &values, const NodeSet &set) {
        return std::any_of(set.begin(), set.end(), [&](NodeRef ref) {
            charge();
            return values.contains(std::string(value_of(ref, buffer)));
        });
    };
    if (const auto *values = constant_values(right_id, focus))
        return is_in(*values, left);
    const bool is_left_smaller = left.size() < right.size();
    std::unordered_set<std::string> values;
    for (const NodeRef ref : is_left_smaller ? left : right) {
        charge(kOperationsPerValue);
        values.emplace(value_of(ref, buffer));
    }
    return is_in(values, is_left_smaller ? right : left);
}

/* The string values of a node-set that is the same in every context; null for others. */
const std::unordered_set<std::string> *Evaluator::constant_values(ExprId id, const Focus &focus) {
    if (!expr(id).is_constant)
        return nullptr;
    NodeSet scratch;
    (void)nodes(id, focus, scratch);
    Constant &constant = constants_.at(id);
    if (constant.values == nullptr) {
        auto values = std::make_unique<std::unordered_set<std::string>>();
        std::string buffer;
        for (const NodeRef ref : constant.nodes) {
            charge(kOperationsPerValue);
            values->emplace(value_of(ref, buffer));
        }
        constant.values = std::move(values);
    }
    return constant.values.get();
}

/* Some pair is in order exactly when the extremes are. */
bool Evaluator::order_nodes(const Expr &e, const Focus &focus) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    struct Range {
        double least = kInfinity;
        double most = -kInfinity;
        bool is_empty = true;
    };
    std::string buffer;
    const auto range_of = [&](ExprId id) {
        NodeSet scratch;
        Range range;
        for (const NodeRef ref : nodes(id, focus, scratch)) {
            charge();
            const double value = number_of(value_of(ref, buffer));
            if (std::isnan(value))
                continue;
            range.is_empty = false;
            range.least = std::min(range.least, value);
            range.most = std::max(range.most, value);
        }
        return range;
    };
    const Range left = range_of(e.operands[0]);
    const Range right = range_of(e.operands[1]);
    if (left.is_empty || right.is_empty)
        return false;
    const bool is_less = e.op == Op::kLess || e.op == Op::kLessEqual;
    return is_less ? is_ordered(e.op, left.least, right.most) : is_ordered(e.op, left.most, right.least);
}

} // namespace webwrap
