#pragma once

/* The compiled engine against libxml2 on the same tree. Shared by the unit tests and the program over real pages. */

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/parse/document.hpp"
#include "core/select/libxml_xpath.hpp"
#include "core/select/xpath.hpp"

namespace webwrap::test {

inline std::string read_file(const std::string &name) {
    std::ifstream file(name, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/* Lines that are not empty and no comments. */
inline std::vector<std::string> read_expressions(const std::string &name) {
    std::istringstream lines(read_file(name));
    std::vector<std::string> expressions;
    for (std::string line; std::getline(lines, line);)
        if (!line.empty() && (line[0] != '#' || line == "#"))
            expressions.push_back(line);
    return expressions;
}

/* A copy of the arrays alone, whatever tree the parser made: the engines meet on what the arrays say. */
inline std::unique_ptr<Document> copy_arrays(const Document &source, const Limits &limits = {}) {
    DocumentBuilder builder(limits);
    std::vector<NodeId> open;
    for (NodeId node = 1; node < source.size(); ++node) {
        for (; !open.empty() && source.end_of(open.back()) <= node; open.pop_back())
            builder.close_element();
        if (source.kind(node) == NodeKind::kText)
            builder.add_text(builder.keep(source.text(node)));
        else if (source.kind(node) == NodeKind::kComment)
            builder.add_comment(builder.keep(source.text(node)));
        if (!source.is_element(node))
            continue;
        builder.open_element(source.name(node));
        for (std::int32_t at = source.first_attribute(node); at < source.first_attribute(node + 1); ++at)
            builder.add_attribute(source.name_text(source.attribute(at).name),
                                  builder.keep(source.attribute(at).value));
        open.push_back(node);
    }
    return builder.finish(false, nullptr);
}

/* What an expression gives, as text to compare and to print. */
template <typename Evaluate> std::string outcome_of(Evaluate evaluate) {
    try {
        const Selection selection = evaluate();
        if (!selection.is_node_set)
            return "value " + selection.value;
        std::string text = std::to_string(selection.nodes.size()) + " nodes";
        for (const NodeRef ref : selection.nodes)
            text += " " + std::to_string(ref.node) + (ref.is_attribute() ? "@" + std::to_string(ref.attribute) : "");
        return text;
    } catch (const Error &error) {
        return "error " + error.message();
    }
}

inline std::string ours(const std::string &path, const Document &document, NodeId context, const Limits &limits) {
    return outcome_of([&] { return XPath(path).evaluate(document, context, limits); });
}

inline std::string libxml(const std::string &path, const Document &document, NodeId context, const Limits &limits) {
    return outcome_of([&] { return LibxmlXPath(path).evaluate(document, context, limits); });
}

} // namespace webwrap::test
