#pragma once

/* Internal to select: runs compiled programs over the arrays of a document. */

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/select/indexes.hpp"
#include "core/select/program.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

/* One run of a program over a document. Polls, and throws kLimitExceeded above `max_operations`; an operation is a node or an
 * attribute looked at, or a few bytes of text read. Recurses as deep as the expression nests, at most kMaxExprDepth. */
class Evaluator {
  public:
    Evaluator(const Program &program, const Document &document, NodeId context, std::int64_t max_operations);

    [[nodiscard]] Selection run();

  private:
    using NodeSet = std::vector<NodeRef>; /* in document order, each node once, unless said otherwise */

    /* The context of an expression: a node and where it stands among those that the step has found. */
    struct Focus {
        NodeRef node;
        std::int32_t position = 1;
        std::int32_t size = 1;
    };
    /* A node-set that is the same in every context, and its string values once they were asked for. */
    struct Constant {
        NodeSet nodes;
        std::unique_ptr<std::unordered_set<std::string>> values;
    };

    /* evaluator.cpp: expressions by the type that is needed. Views live as long as `buffer` and the document. */
    bool boolean(ExprId id, const Focus &focus);
    double number(ExprId id, const Focus &focus);
    std::string_view string(ExprId id, const Focus &focus, std::string &buffer);
    bool call_boolean(const Expr &e, const Focus &focus);
    double call_number(const Expr &e, const Focus &focus);
    std::string_view call_string(const Expr &e, const Focus &focus, std::string &buffer);
    std::string_view own_or_first(const Expr &e, const Focus &focus, std::string &buffer);
    /* First node in document order; kNoNode when there is none. */
    NodeRef first_node(ExprId id, const Focus &focus);
    std::string_view value_of(NodeRef ref, std::string &buffer);
    std::string_view name_of(NodeRef ref) const;

    /* evaluator_compare.cpp */
    bool compare(const Expr &e, const Focus &focus);
    bool compare_node_sets(const Expr &e, const Focus &focus);
    bool compare_nodes(Op op, ExprId nodes_id, ExprId other_id, const Focus &focus);
    bool order_nodes(const Expr &e, const Focus &focus);
    const std::unordered_set<std::string> *constant_values(ExprId id, const Focus &focus);

    /* evaluator_path.cpp */
    /* The nodes of an expression: a kept set, or one made in `scratch`. */
    const NodeSet &nodes(ExprId id, const Focus &focus, NodeSet &scratch);
    void find_nodes(const Expr &e, const Focus &focus, NodeSet &out);
    bool exists(const Expr &e, const Focus &focus);
    void start_path(const Expr &e, const Focus &focus, NodeSet &out);
    void take_step(const Step &step, const NodeSet &in, NodeSet &out);
    void walk_all(const Step &step, NodeRef context, NodeSet &out);
    void take_union(const Step &step, const NodeSet &in, NodeSet &out);
    void take_named(const Step &step, NodeRef context, NodeSet &out);
    void take_attributes(const Step &step, const NodeSet &in, NodeSet &out);
    void take_descendants(const Step &step, const NodeSet &in, NodeSet &out);
    void take_ancestors(const Step &step, const NodeSet &in, NodeSet &out);
    void take_siblings(const Step &step, const NodeSet &in, NodeSet &out);
    void take_children_by_parent(const Step &step, const NodeSet &in, NodeSet &out);
    void take_positional(const Step &step, NodeRef context, NodeSet &out);
    void filter(const Predicate &predicate, NodeSet &list);
    bool passes(const Predicate &predicate, const Focus &focus);
    bool passes(const Step &step, NodeRef node);
    [[nodiscard]] bool matches(const Step &step, NodeId node) const;
    [[nodiscard]] bool matches_attribute(const Step &step, std::int32_t attribute) const;
    /* Index of an element's attribute or -1. */
    std::int32_t find_attribute(NodeRef ref, NameIndex name);
    template <typename Visit> void walk_nodes(ExprId id, const Focus &focus, Visit visit);
    template <typename Visit> bool walk(const Step &step, NodeRef context, Visit visit);
    template <typename Visit> bool walk_range(const Step &step, NodeId first, NodeId end, Visit visit);
    template <typename Visit> bool walk_from_attribute(const Step &step, NodeRef context, Visit visit);

    /* css_evaluator.cpp */
    bool css(const Expr &e, const Focus &focus);
    bool css_class(const CssTest &test, NodeId node);
    bool css_word(const CssTest &test, NodeRef ref);
    bool css_attribute(const CssTest &test, NodeId node);
    bool css_nth(const Expr &e, NodeId node);
    bool css_empty(NodeId node);
    bool css_language(const CssTest &test, NodeId node);
    std::vector<std::int32_t> count_matching(const CssTest &test);
    const std::string &page_language();
    /* Names of HTML are in lower case, those of SVG, MathML and XML as written. */
    [[nodiscard]] bool is_html(NodeId node) const {
        return !document_.is_xml() && document_.space(node) == NodeSpace::kHtml;
    }

    [[nodiscard]] const Expr &expr(ExprId id) const { return program_.exprs[static_cast<std::size_t>(id)]; }
    [[nodiscard]] NameId name(NameIndex index) const { return names_[static_cast<std::size_t>(index)]; }
    void charge(std::int64_t operations = 1) {
        operations_ += operations;
        if (operations_ >= next_check_)
            check();
    }
    void check();

    const Program &program_;
    const Document &document_;
    DocumentIndexes &indexes_;
    const std::vector<NameId> &names_;
    NodeId context_;
    std::int64_t max_operations_;
    std::int64_t operations_ = 0;
    std::int64_t next_check_;
    std::unordered_map<ExprId, Constant> constants_;
    std::unordered_map<const Expr *, std::vector<std::int32_t>> nth_positions_; /* of :nth-child(... of S) */
    std::optional<std::string> page_language_;
};

} // namespace webwrap
