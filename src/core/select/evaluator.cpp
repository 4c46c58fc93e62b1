#include "core/select/evaluator.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/xpath_number.hpp"

namespace webwrap {

namespace {

constexpr std::int64_t kCheckInterval = 4096;  /* operations between two looks for a cancel request */
constexpr std::size_t kBytesPerOperation = 16; /* of text copied or searched */

double truncated_modulo(double a, double b) { return b == 0 ? std::nan("") : std::fmod(a, b); }

} // namespace

Evaluator::Evaluator(const Program &program, const Document &document, NodeId context, std::int64_t max_operations)
    : program_(program), document_(document), indexes_(DocumentIndexes::of(document)),
      names_(indexes_.names_of(program)), context_(context), max_operations_(max_operations),
      next_check_(std::min(kCheckInterval, max_operations + 1)) {}

Selection Evaluator::run() {
    const Focus focus{NodeRef{context_, -1}};
    const Expr &root = expr(program_.root);
    Selection selection;
    if (root.type == ValueType::kNodeSet) {
        find_nodes(root, focus, selection.nodes);
        return selection;
    }
    selection.is_node_set = false;
    if (root.type == ValueType::kBoolean) {
        selection.value = boolean(program_.root, focus) ? "true" : "false";
    } else if (root.type == ValueType::kNumber) {
        selection.value = number_text(number(program_.root, focus));
    } else {
        std::string buffer;
        selection.value = std::string(string(program_.root, focus, buffer));
    }
    return selection;
}

void Evaluator::check() {
    Interrupt::poll();
    if (operations_ > max_operations_)
        throw Error(ErrorKind::kLimitExceeded,
                    program_.kind + " \"" + abbreviate(program_.source, 200) + "\" needs more than " +
                        std::to_string(max_operations_) + " operations",
                    {}, "Raise webwrap.max_xpath_operations or make the path more specific.");
    next_check_ = std::min(operations_ + kCheckInterval, max_operations_ + 1);
}

bool Evaluator::boolean(ExprId id, const Focus &focus) {
    const Expr &e = expr(id);
    switch (e.op) {
    case Op::kOr:
        return boolean(e.operands[0], focus) || boolean(e.operands[1], focus);
    case Op::kAnd:
        return boolean(e.operands[0], focus) && boolean(e.operands[1], focus);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
        return compare(e, focus);
    case Op::kCss:
        return css(e, focus);
    case Op::kPath:
    case Op::kUnion:
        if (e.is_constant) {
            NodeSet scratch;
            return !nodes(id, focus, scratch).empty();
        }
        return exists(e, focus);
    case Op::kLiteral:
        return !e.text.empty();
    case Op::kCall:
        if (e.type == ValueType::kBoolean)
            return call_boolean(e, focus);
        if (e.type == ValueType::kString) {
            std::string buffer;
            return !call_string(e, focus, buffer).empty();
        }
        [[fallthrough]];
    default: {
        const double value = number(id, focus);
        return value != 0 && !std::isnan(value);
    }
    }
}

double Evaluator::number(ExprId id, const Focus &focus) {
    const Expr &e = expr(id);
    switch (e.op) {
    case Op::kNumber:
        return e.number;
    case Op::kAdd:
        return number(e.operands[0], focus) + number(e.operands[1], focus);
    case Op::kSubtract:
        return number(e.operands[0], focus) - number(e.operands[1], focus);
    case Op::kMultiply:
        return number(e.operands[0], focus) * number(e.operands[1], focus);
    case Op::kDivide:
        return number(e.operands[0], focus) / number(e.operands[1], focus);
    case Op::kModulo:
        return truncated_modulo(number(e.operands[0], focus), number(e.operands[1], focus));
    case Op::kNegate:
        return -number(e.operands[0], focus);
    case Op::kCall:
        if (e.type == ValueType::kNumber)
            return call_number(e, focus);
        break;
    default:
        break;
    }
    if (e.type == ValueType::kBoolean)
        return boolean(id, focus) ? 1 : 0;
    std::string buffer;
    return number_of(string(id, focus, buffer));
}

std::string_view Evaluator::string(ExprId id, const Focus &focus, std::string &buffer) {
    const Expr &e = expr(id);
    switch (e.type) {
    case ValueType::kNodeSet: {
        const NodeRef first = first_node(id, focus);
        return first.node == kNoNode ? std::string_view("") : value_of(first, buffer);
    }
    case ValueType::kNumber:
        buffer = number_text(number(id, focus));
        return buffer;
    case ValueType::kBoolean:
        return boolean(id, focus) ? "true" : "false";
    case ValueType::kString:
        break;
    }
    return e.op == Op::kLiteral ? std::string_view(e.text) : call_string(e, focus, buffer);
}

/* A view into the document where the value is in one piece, as it mostly is. */
std::string_view Evaluator::value_of(NodeRef ref, std::string &buffer) {
    if (ref.is_attribute())
        return document_.attribute(ref.attribute).value;
    if (document_.kind(ref.node) == NodeKind::kText || document_.kind(ref.node) == NodeKind::kComment)
        return document_.text(ref.node);
    std::string_view only;
    bool is_one_piece = true;
    for (NodeId node = ref.node + 1; node < document_.end_of(ref.node); ++node) {
        charge();
        if (document_.kind(node) != NodeKind::kText)
            continue;
        const std::string_view text = document_.text(node);
        if (only.empty()) {
            only = text;
            continue;
        }
        if (is_one_piece)
            buffer = only;
        is_one_piece = false;
        charge(static_cast<std::int64_t>(text.size() / kBytesPerOperation));
        buffer += text;
    }
    return is_one_piece ? only : std::string_view(buffer);
}

std::string_view Evaluator::name_of(NodeRef ref) const {
    if (ref.is_attribute())
        return document_.name_text(document_.attribute(ref.attribute).name);
    return document_.name(ref.node);
}

/* The string value of the only argument, or of the context node when there is none. */
std::string_view Evaluator::own_or_first(const Expr &e, const Focus &focus, std::string &buffer) {
    return e.operands.empty() ? value_of(focus.node, buffer) : string(e.operands[0], focus, buffer);
}

bool Evaluator::call_boolean(const Expr &e, const Focus &focus) {
    switch (e.function) {
    case Function::kTrue:
        return true;
    case Function::kFalse:
        return false;
    case Function::kNot:
        return !boolean(e.operands[0], focus);
    case Function::kBoolean:
        return boolean(e.operands[0], focus);
    default:
        break;
    }
    std::string buffer;
    std::string other;
    const std::string_view text = string(e.operands[0], focus, buffer);
    const std::string_view part = string(e.operands[1], focus, other);
    if (e.function == Function::kStartsWith)
        return text.starts_with(part);
    charge(static_cast<std::int64_t>(text.size() / kBytesPerOperation));
    return text.find(part) != std::string_view::npos;
}

double Evaluator::call_number(const Expr &e, const Focus &focus) {
    std::string buffer;
    switch (e.function) {
    case Function::kLast:
        return focus.size;
    case Function::kPosition:
        return focus.position;
    case Function::kCount: {
        NodeSet scratch;
        return static_cast<double>(nodes(e.operands[0], focus, scratch).size());
    }
    case Function::kSum: {
        NodeSet scratch;
        double sum = 0;
        for (const NodeRef ref : nodes(e.operands[0], focus, scratch)) {
            charge();
            sum += number_of(value_of(ref, buffer));
        }
        return sum;
    }
    case Function::kStringLength: {
        const std::string_view text = own_or_first(e, focus, buffer);
        charge(static_cast<std::int64_t>(text.size() / kBytesPerOperation));
        return static_cast<double>(xpath_string_length(text));
    }
    case Function::kNumber:
        return e.operands.empty() ? number_of(value_of(focus.node, buffer)) : number(e.operands[0], focus);
    case Function::kFloor:
        return std::floor(number(e.operands[0], focus));
    case Function::kCeiling:
        return std::ceil(number(e.operands[0], focus));
    default:
        return xpath_round(number(e.operands[0], focus));
    }
}

std::string_view Evaluator::call_string(const Expr &e, const Focus &focus, std::string &buffer) {
    std::string first;
    std::string second;
    switch (e.function) {
    case Function::kString:
        return own_or_first(e, focus, buffer);
    case Function::kName:
    case Function::kLocalName: {
        const NodeRef ref = e.operands.empty() ? focus.node : first_node(e.operands[0], focus);
        return ref.node == kNoNode ? std::string_view("") : name_of(ref);
    }
    case Function::kNamespaceUri: /* there are none, but the argument may hit a limit */
        if (!e.operands.empty())
            (void)first_node(e.operands[0], focus);
        return "";
    case Function::kConcat: {
        std::string joined;
        for (const ExprId operand : e.operands) {
            joined += string(operand, focus, first);
            charge(static_cast<std::int64_t>(joined.size() / kBytesPerOperation));
        }
        buffer = std::move(joined);
        return buffer;
    }
    case Function::kNormalizeSpace: {
        const std::string_view text = own_or_first(e, focus, first);
        charge(static_cast<std::int64_t>(text.size() / kBytesPerOperation));
        buffer = xpath_normalize_space(text);
        return buffer;
    }
    case Function::kTranslate: {
        std::string third;
        const std::string_view text = string(e.operands[0], focus, first);
        const std::string_view from = string(e.operands[1], focus, second);
        const std::string_view to = string(e.operands[2], focus, third);
        charge(static_cast<std::int64_t>((text.size() + from.size()) / 2));
        buffer = xpath_translate(text, from, to);
        return buffer;
    }
    case Function::kSubstring: {
        const std::string_view text = string(e.operands[0], focus, first);
        const double start = number(e.operands[1], focus);
        charge(static_cast<std::int64_t>(text.size() / kBytesPerOperation));
        buffer = e.operands.size() == 2 ? xpath_substring(text, start)
                                        : xpath_substring(text, start, number(e.operands[2], focus));
        return buffer;
    }
    default: /* substring-before and substring-after */
        break;
    }
    const std::string_view text = string(e.operands[0], focus, first);
    const std::string_view part = string(e.operands[1], focus, second);
    charge(static_cast<std::int64_t>(text.size() / kBytesPerOperation));
    const std::size_t at = text.find(part);
    if (at == std::string_view::npos)
        return "";
    buffer = e.function == Function::kSubstringBefore ? text.substr(0, at) : text.substr(at + part.size());
    return buffer;
}

} // namespace webwrap
