#include <algorithm>
#include <limits>

#include "core/select/evaluator.hpp"
#include "core/select/evaluator_walk.hpp"

namespace webwrap {

namespace {

/* Document order without duplicates; sets that already are cost one pass. */
void normalise(std::vector<NodeRef> &set) {
    const auto is_out_of_order = [](const NodeRef &a, const NodeRef &b) { return a >= b; };
    if (std::adjacent_find(set.begin(), set.end(), is_out_of_order) == set.end())
        return;
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
}

} // namespace

const Evaluator::NodeSet &Evaluator::nodes(ExprId id, const Focus &focus, NodeSet &scratch) {
    const Expr &e = expr(id);
    if (!e.is_constant) {
        find_nodes(e, focus, scratch);
        return scratch;
    }
    const auto kept = constants_.find(id);
    if (kept != constants_.end())
        return kept->second.nodes;
    find_nodes(e, focus, scratch);
    return constants_.emplace(id, Constant{std::move(scratch), nullptr}).first->second.nodes;
}

NodeRef Evaluator::first_node(ExprId id, const Focus &focus) {
    NodeRef first;
    walk_nodes(id, focus, [&](NodeRef node) {
        first = node;
        return false;
    });
    return first;
}

void Evaluator::find_nodes(const Expr &e, const Focus &focus, NodeSet &out) {
    out.clear();
    if (e.op == Op::kUnion) {
        NodeSet left_scratch;
        NodeSet right_scratch;
        const NodeSet &left = nodes(e.operands[0], focus, left_scratch);
        const NodeSet &right = nodes(e.operands[1], focus, right_scratch);
        charge(static_cast<std::int64_t>(left.size() + right.size()));
        out.reserve(left.size() + right.size());
        std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(out));
        return;
    }
    start_path(e, focus, out);
    NodeSet next;
    for (const Step &step : e.steps) {
        if (out.empty())
            return;
        take_step(step, out, next);
        out.swap(next);
    }
}

void Evaluator::start_path(const Expr &e, const Focus &focus, NodeSet &out) {
    switch (e.start) {
    case PathStart::kContext:
        out.push_back(focus.node);
        return;
    case PathStart::kRoot:
        out.push_back(NodeRef{0, -1});
        return;
    case PathStart::kExpr: {
        NodeSet scratch;
        out = nodes(e.operands[0], focus, scratch);
        for (const Predicate &predicate : e.predicates)
            filter(predicate, out);
        return;
    }
    }
}

/* Whether a path selects anything; looks no further than the first node of its last step. */
bool Evaluator::exists(const Expr &e, const Focus &focus) {
    if (e.attribute >= 0)
        return find_attribute(focus.node, e.attribute) >= 0;
    if (e.op == Op::kUnion) {
        NodeSet scratch;
        return !nodes(e.operands[0], focus, scratch).empty() || !nodes(e.operands[1], focus, scratch).empty();
    }
    NodeSet set;
    start_path(e, focus, set);
    NodeSet next;
    for (std::size_t i = 0; i + 1 < e.steps.size() && !set.empty(); ++i) {
        take_step(e.steps[i], set, next);
        set.swap(next);
    }
    if (e.steps.empty() || set.empty())
        return !set.empty();
    const Step &last = e.steps.back();
    if (last.is_positional || set.size() > 1) {
        take_step(last, set, next);
        return !next.empty();
    }
    return !walk(last, set.front(), [&](NodeRef node) { return !passes(last, node); });
}

void Evaluator::take_step(const Step &step, const NodeSet &in, NodeSet &out) {
    out.clear();
    if (step.axis == Axis::kDescendantChild)
        take_children_by_parent(step, in, out);
    else if (step.is_positional)
        for (const NodeRef context : in)
            take_positional(step, context, out);
    else if (step.axis == Axis::kAttribute && step.test == NodeTest::kName)
        return take_attributes(step, in, out);
    else if (in.size() == 1 && step.axis == Axis::kDescendant && step.test == NodeTest::kName &&
             step.predicates.empty())
        return take_named(step, in.front(), out);
    else if (in.size() == 1 && step.axis < Axis::kAncestor)
        return walk_all(step, in.front(), out); /* forward, so in order */
    else
        take_union(step, in, out);
    normalise(out);
}

void Evaluator::walk_all(const Step &step, NodeRef context, NodeSet &out) {
    walk(step, context, [&](NodeRef node) {
        if (passes(step, node))
            out.push_back(node);
        return true;
    });
}

/* A step without counting predicates from all contexts at once; the result may lack order. */
void Evaluator::take_union(const Step &step, const NodeSet &in, NodeSet &out) {
    switch (step.axis) {
    case Axis::kDescendant:
    case Axis::kDescendantOrSelf:
    case Axis::kDescendantAttribute:
        return take_descendants(step, in, out);
    case Axis::kAncestor:
    case Axis::kAncestorOrSelf:
        return take_ancestors(step, in, out);
    case Axis::kFollowingSibling:
    case Axis::kPrecedingSibling:
        return take_siblings(step, in, out);
    case Axis::kFollowing: { /* the context that ends first sees them all */
        const auto ends_before = [&](const NodeRef &a, const NodeRef &b) {
            return document_.end_of(a.node) < document_.end_of(b.node);
        };
        return walk_all(step, *std::min_element(in.begin(), in.end(), ends_before), out);
    }
    case Axis::kPreceding: /* the last one does */
        return walk_all(step, in.back(), out);
    case Axis::kParent: {
        NodeId last = kNoNode;
        for (const NodeRef context : in) {
            const NodeId parent = context.is_attribute() ? context.node : document_.parent(context.node);
            if (parent != last)
                walk_all(step, context, out);
            last = parent;
        }
        return;
    }
    default:
        for (const NodeRef context : in)
            walk_all(step, context, out);
    }
}

/* All descendants of a name: a part of the index. */
void Evaluator::take_named(const Step &step, NodeRef context, NodeSet &out) {
    if (context.is_attribute())
        return;
    const auto elements = indexes_.elements_named(name(step.name));
    const auto first = std::upper_bound(elements.begin(), elements.end(), context.node);
    const auto end = std::lower_bound(first, elements.end(), document_.end_of(context.node));
    charge(1 + (end - first));
    out.reserve(static_cast<std::size_t>(end - first));
    for (auto at = first; at != end; ++at)
        out.push_back(NodeRef{*at, -1});
}

/* At most one attribute of a name for each context, so in order. */
void Evaluator::take_attributes(const Step &step, const NodeSet &in, NodeSet &out) {
    out.reserve(in.size());
    for (const NodeRef context : in) {
        const std::int32_t attribute = find_attribute(context, step.name);
        if (attribute >= 0 && passes(step, NodeRef{context.node, attribute}))
            out.push_back(NodeRef{context.node, attribute});
    }
}

/* A context inside the subtree of one before it adds nothing. */
void Evaluator::take_descendants(const Step &step, const NodeSet &in, NodeSet &out) {
    NodeId covered = 0;
    for (const NodeRef context : in) {
        if (!context.is_attribute() && context.node < covered) {
            charge();
            continue;
        }
        walk_all(step, context, out);
        if (!context.is_attribute())
            covered = document_.end_of(context.node);
    }
}

/* Climbs from each context only to where the one before it has passed: linear in the nodes found. */
void Evaluator::take_ancestors(const Step &step, const NodeSet &in, NodeSet &out) {
    NodeId last = kNoNode; /* all of it and above it was looked at */
    for (const NodeRef context : in) {
        const bool is_own = step.axis == Axis::kAncestorOrSelf;
        if (is_own && context.is_attribute() && matches_attribute(step, context.attribute) && passes(step, context))
            out.push_back(context);
        const NodeId start = is_own || context.is_attribute() ? context.node : document_.parent(context.node);
        for (NodeId node = start; node != kNoNode; node = document_.parent(node)) {
            charge();
            if (last != kNoNode && node <= last && last < document_.end_of(node))
                break;
            if (matches(step, node) && passes(step, NodeRef{node, -1}))
                out.push_back(NodeRef{node, -1});
        }
        if (start != kNoNode)
            last = start;
    }
}

/* Of the contexts below one parent the first (or last) sees the siblings of all. */
void Evaluator::take_siblings(const Step &step, const NodeSet &in, NodeSet &out) {
    std::unordered_set<NodeId> parents;
    NodeId last = kNoNode;
    const auto visit = [&](NodeRef context) {
        charge();
        const NodeId parent = document_.parent(context.node);
        if (context.is_attribute() || parent == last || !parents.insert(parent).second)
            return;
        last = parent;
        walk_all(step, context, out);
    };
    if (step.axis == Axis::kFollowingSibling)
        std::for_each(in.begin(), in.end(), visit);
    else
        std::for_each(in.rbegin(), in.rend(), visit);
}

/* descendant-or-self::node()/child::x[2]: the parents of all x, then the step from each. Linear in the nodes below. */
void Evaluator::take_children_by_parent(const Step &step, const NodeSet &in, NodeSet &out) {
    Step child = step;
    child.axis = Axis::kChild;
    Step descendant;
    descendant.axis = Axis::kDescendant;
    descendant.test = step.test;
    descendant.name = step.name;
    NodeSet found;
    take_step(descendant, in, found);
    std::vector<NodeId> parents;
    for (const NodeRef node : found)
        if (const NodeId parent = document_.parent(node.node); parents.empty() || parents.back() != parent)
            parents.push_back(parent);
    charge(static_cast<std::int64_t>(found.size()));
    std::sort(parents.begin(), parents.end());
    parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
    for (const NodeId parent : parents)
        take_positional(child, NodeRef{parent, -1}, out);
}

/* One context of a step with predicates that count: its nodes in the order of the axis, filtered one predicate after the
 * other. What comes before the first number is tested on the way, and the walk ends where the number is reached. */
void Evaluator::take_positional(const Step &step, NodeRef context, NodeSet &out) {
    std::size_t tests = 0;
    while (!step.predicates[tests].is_positional())
        ++tests;
    const Predicate &first = step.predicates[tests];
    const auto passes_tests = [&](NodeRef node) {
        for (std::size_t i = 0; i < tests; ++i)
            if (!passes(step.predicates[i], Focus{node}))
                return false;
        return true;
    };
    if (first.kind == PredicateKind::kPosition && first.position < 0)
        return;
    NodeSet list;
    std::int32_t position = 0;
    NodeRef last;
    walk(step, context, [&](NodeRef node) {
        if (!passes_tests(node))
            return true;
        ++position;
        if (first.kind == PredicateKind::kLast) {
            last = node;
            return true;
        }
        if (first.kind != PredicateKind::kPosition) {
            list.push_back(node);
            return true;
        }
        if (position < first.position)
            return true;
        last = node;
        return false;
    });
    if (first.kind == PredicateKind::kPositional)
        filter(first, list);
    else if (last.node != kNoNode && (first.kind == PredicateKind::kLast || position == first.position))
        list.push_back(last);
    for (std::size_t i = tests + 1; i < step.predicates.size() && !list.empty(); ++i)
        filter(step.predicates[i], list);
    out.insert(out.end(), list.begin(), list.end());
}

void Evaluator::filter(const Predicate &predicate, NodeSet &list) {
    const auto size = static_cast<std::int32_t>(list.size());
    std::size_t kept = 0;
    for (std::int32_t i = 0; i < size; ++i) {
        charge();
        const NodeRef node = list[static_cast<std::size_t>(i)];
        if (passes(predicate, Focus{node, i + 1, size}))
            list[kept++] = node;
    }
    list.resize(kept);
}

bool Evaluator::passes(const Predicate &predicate, const Focus &focus) {
    switch (predicate.kind) {
    case PredicateKind::kHasAttribute:
        return find_attribute(focus.node, predicate.name) >= 0;
    case PredicateKind::kAttributeEquals: {
        const std::int32_t attribute = find_attribute(focus.node, predicate.name);
        return attribute >= 0 && document_.attribute(attribute).value == predicate.value;
    }
    case PredicateKind::kPosition:
        return focus.position == predicate.position;
    case PredicateKind::kLast:
        return focus.position == focus.size;
    case PredicateKind::kPositional:
        if (expr(predicate.expr).type == ValueType::kNumber)
            return number(predicate.expr, focus) == focus.position;
        break;
    case PredicateKind::kTest:
        break;
    }
    return boolean(predicate.expr, focus);
}

bool Evaluator::passes(const Step &step, NodeRef node) {
    return std::all_of(step.predicates.begin(), step.predicates.end(),
                       [&](const Predicate &predicate) { return passes(predicate, Focus{node}); });
}

std::int32_t Evaluator::find_attribute(NodeRef ref, NameIndex wanted) {
    if (ref.is_attribute())
        return -1;
    const NameId id = name(wanted);
    const std::int32_t end = document_.first_attribute(ref.node + 1);
    std::int32_t at = document_.first_attribute(ref.node);
    charge(1 + end - at);
    for (; at < end; ++at)
        if (document_.attribute(at).name == id)
            return at;
    return -1;
}

} // namespace webwrap
