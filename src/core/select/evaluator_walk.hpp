#pragma once

/* Internal to the evaluator: the axes. */

#include <algorithm>

#include "core/select/evaluator.hpp"

namespace webwrap {

inline bool Evaluator::matches(const Step &step, NodeId node) const {
    switch (step.test) {
    case NodeTest::kName:
        return document_.name_id(node) == name(step.name);
    case NodeTest::kAnyName:
        return document_.kind(node) == NodeKind::kElement;
    case NodeTest::kText:
        return document_.kind(node) == NodeKind::kText;
    case NodeTest::kComment:
        return document_.kind(node) == NodeKind::kComment;
    case NodeTest::kNode:
        return true;
    }
    return false;
}

/* Names of attributes count on the axis of attributes only: elsewhere a name means an element. */
inline bool Evaluator::matches_attribute(const Step &step, std::int32_t attribute) const {
    if (step.test == NodeTest::kNode)
        return true;
    if (step.axis != Axis::kAttribute && step.axis != Axis::kDescendantAttribute)
        return false;
    return step.test == NodeTest::kAnyName ||
           (step.test == NodeTest::kName && document_.attribute(attribute).name == name(step.name));
}

/* Nodes `first` up to but not including `end` that the step's test accepts. Long ranges use the indexes. */
template <typename Visit> bool Evaluator::walk_range(const Step &step, NodeId first, NodeId end, Visit visit) {
    constexpr NodeId kLongRange = 48;
    const auto walk_list = [&](std::span<const NodeId> elements) {
        for (auto at = std::lower_bound(elements.begin(), elements.end(), first); at != elements.end() && *at < end;
             ++at) {
            charge();
            if (matches(step, *at) && !visit(NodeRef{*at, -1}))
                return false;
        }
        return true;
    };
    if (end - first > kLongRange) {
        if (!step.class_token.empty() && indexes_.wants_classes())
            return walk_list(indexes_.elements_of_class(step.class_token));
        if (step.test == NodeTest::kName)
            return walk_list(indexes_.elements_named(name(step.name)));
    }
    constexpr NodeId kChunk = 64;
    while (first < end) {
        const NodeId chunk_end = std::min(end, first + kChunk);
        charge(chunk_end - first);
        for (; first < chunk_end; ++first)
            if (matches(step, first) && !visit(NodeRef{first, -1}))
                return false;
    }
    return true;
}

/* Following and preceding nodes of an attribute are those of its element, as in libxml2. */
template <typename Visit> bool Evaluator::walk_from_attribute(const Step &step, NodeRef context, Visit visit) {
    const NodeRef element{context.node, -1};
    switch (step.axis) {
    case Axis::kSelf:
    case Axis::kDescendantOrSelf:
        return !matches_attribute(step, context.attribute) || visit(context);
    case Axis::kParent:
        charge();
        return !matches(step, context.node) || visit(element);
    case Axis::kAncestorOrSelf:
        if (matches_attribute(step, context.attribute) && !visit(context))
            return false;
        [[fallthrough]];
    case Axis::kAncestor:
        for (NodeId node = context.node; node != kNoNode; node = document_.parent(node)) {
            charge();
            if (matches(step, node) && !visit(NodeRef{node, -1}))
                return false;
        }
        return true;
    case Axis::kFollowing:
    case Axis::kPreceding:
        return walk(step, element, visit);
    default:
        return true;
    }
}

/* Calls `visit` with the nodes of the axis that the step's test accepts, in the order of the axis, until it returns false;
 * the result is false then. */
template <typename Visit> bool Evaluator::walk(const Step &step, NodeRef context, Visit visit) {
    if (context.is_attribute())
        return walk_from_attribute(step, context, visit);
    const NodeId self = context.node;
    const NodeId parent = document_.parent(self);
    const auto offer = [&](NodeId node) {
        charge();
        return !matches(step, node) || visit(NodeRef{node, -1});
    };
    switch (step.axis) {
    case Axis::kSelf:
        return offer(self);
    case Axis::kChild:
    case Axis::kDescendantChild:
        for (NodeId node = self + 1, end = document_.end_of(self); node < end; node = document_.end_of(node))
            if (!offer(node))
                return false;
        return true;
    case Axis::kDescendantOrSelf:
        return offer(self) && walk_range(step, self + 1, document_.end_of(self), visit);
    case Axis::kDescendant:
        return walk_range(step, self + 1, document_.end_of(self), visit);
    case Axis::kAttribute:
        for (std::int32_t at = document_.first_attribute(self); at < document_.first_attribute(self + 1); ++at) {
            charge();
            if (matches_attribute(step, at) && !visit(NodeRef{self, at}))
                return false;
        }
        return true;
    case Axis::kDescendantAttribute:
        for (NodeId node = self; node < document_.end_of(self); ++node) {
            charge();
            for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at)
                if (matches_attribute(step, at) && !visit(NodeRef{node, at}))
                    return false;
        }
        return true;
    case Axis::kParent:
        return parent == kNoNode || offer(parent);
    case Axis::kAncestorOrSelf:
        if (!offer(self))
            return false;
        [[fallthrough]];
    case Axis::kAncestor:
        for (NodeId node = parent; node != kNoNode; node = document_.parent(node))
            if (!offer(node))
                return false;
        return true;
    case Axis::kFollowingSibling:
        if (parent == kNoNode)
            return true;
        for (NodeId node = document_.end_of(self), end = document_.end_of(parent); node < end;
             node = document_.end_of(node))
            if (!offer(node))
                return false;
        return true;
    case Axis::kPrecedingSibling:
        /* The node before a sibling is the last one below the sibling before it. */
        for (NodeId node = self - 1; node > parent; --node) {
            for (; document_.parent(node) != parent; node = document_.parent(node))
                charge();
            if (!offer(node))
                return false;
        }
        return true;
    case Axis::kFollowing:
        return walk_range(step, document_.end_of(self), document_.size(), visit);
    case Axis::kPreceding:
        for (NodeId node = self - 1; node > 0; --node) {
            const bool is_ancestor = document_.end_of(node) > self;
            charge();
            if (!is_ancestor && matches(step, node) && !visit(NodeRef{node, -1}))
                return false;
        }
        return true;
    }
    return true;
}

/* Calls `visit` with the nodes of an expression in document order until it returns false. Makes no set of them where one step
 * forward finds them. */
template <typename Visit> void Evaluator::walk_nodes(ExprId id, const Focus &focus, Visit visit) {
    const Expr &e = expr(id);
    if (e.is_self) {
        visit(focus.node);
        return;
    }
    if (e.attribute >= 0) {
        const std::int32_t attribute = find_attribute(focus.node, e.attribute);
        if (attribute >= 0)
            visit(NodeRef{focus.node.node, attribute});
        return;
    }
    if (e.op == Op::kPath && e.start == PathStart::kContext && e.steps.size() == 1 && !e.steps[0].is_positional &&
        e.steps[0].axis <= Axis::kParent) {
        const Step &step = e.steps[0];
        walk(step, focus.node, [&](NodeRef node) { return !passes(step, node) || visit(node); });
        return;
    }
    NodeSet scratch;
    for (const NodeRef node : nodes(id, focus, scratch)) {
        charge();
        if (!visit(node))
            return;
    }
}

} // namespace webwrap
