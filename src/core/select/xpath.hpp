#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* A node, or one attribute of an element. */
struct NodeRef {
    NodeId node = kNoNode;
    std::int32_t attribute = -1; /* index of Document::attribute, or -1 for the node itself */

    [[nodiscard]] bool is_attribute() const noexcept { return attribute >= 0; }
    friend bool operator==(const NodeRef &, const NodeRef &) = default;
    friend auto operator<=>(const NodeRef &, const NodeRef &) = default;
};

/* What an expression gives: nodes in document order, or one value as text (strings, numbers, booleans). */
struct Selection {
    bool is_node_set = true;
    std::vector<NodeRef> nodes;
    std::string value;
};

/* A compiled XPath 1.0 expression. Throws kInvalidXPath with the reason when it does not compile. */
class XPath {
  public:
    explicit XPath(std::string_view path);
    ~XPath();
    XPath(XPath &&) noexcept;
    XPath &operator=(XPath &&) noexcept;

    /* Evaluates with `context` as context node (the document node by default). Throws kInvalidXPath when evaluation
     * fails (unknown function or prefix), kLimitExceeded above max_xpath_operations. Polls. */
    [[nodiscard]] Selection evaluate(const Document &document, NodeId context = 0, const Limits &limits = {}) const;

    /* Whether pages of HTML are searched by the compiled engine; the rest of the language and XML run in libxml2. */
    [[nodiscard]] bool is_compiled() const noexcept;

    [[nodiscard]] const std::string &path() const noexcept { return path_; }

  private:
    struct Compiled;
    std::string path_;
    std::unique_ptr<Compiled> compiled_;
};

/* XPath string value of a node or the value of an attribute; white space is kept. */
[[nodiscard]] std::string string_value(const Document &document, NodeRef ref);

/* HTML serialisation of an element with its content; the value for attributes, text and comments. */
[[nodiscard]] std::string outer_html(const Document &document, NodeRef ref);

/* Elements' tags and positions from the root, `/html/body/div[2]/p[1]`; attributes end in `/@name`. */
[[nodiscard]] std::string positional_path(const Document &document, NodeRef ref);

/* The text as an XPath string literal; concat(...) when it holds both kinds of quotes. */
[[nodiscard]] std::string xpath_literal(std::string_view text);

} // namespace webwrap
