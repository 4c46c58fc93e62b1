#include "core/match/markup.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/match/clustered.hpp"
#include "core/match/edit_distance.hpp"
#include "core/match/options.hpp"
#include "core/match/search.hpp"
#include "core/match/similarity.hpp"
#include "core/match/simple.hpp"
#include "core/parse/parse.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

namespace {

/* Two trees with one label table. The documents are not kept. */
struct TreePair {
    LabelTable labels;
    Tree a;
    Tree b;

    TreePair(std::string_view markup_a, std::string_view markup_b, const TreeOptions &options, const Limits &limits)
        : a(tree_of(*parse_markup(markup_a, limits), 0, options, labels)),
          b(tree_of(*parse_markup(markup_b, limits), 0, options, labels)) {}
};

std::string_view skip_space_and_comments(std::string_view markup) {
    for (;;) {
        const auto start = std::find_if_not(markup.begin(), markup.end(), is_html_space);
        markup.remove_prefix(static_cast<std::size_t>(start - markup.begin()));
        if (!markup.starts_with("<!--"))
            return markup;
        const auto end = markup.find("-->", 4);
        markup.remove_prefix(end == std::string_view::npos ? markup.size() : end + 3);
    }
}

/* The name of the tag that the markup begins with, in lower case; "!doctype" for a doctype, empty for no tag. */
std::string first_tag(std::string_view markup) {
    markup = skip_space_and_comments(markup);
    if (!markup.starts_with('<'))
        return {};
    const auto end =
        std::find_if(markup.begin() + 1, markup.end(), [](char c) { return is_html_space(c) || c == '>' || c == '/'; });
    return ascii_lower(markup.substr(1, static_cast<std::size_t>(end - markup.begin()) - 1));
}

NodeId first_named(const Document &document, std::string_view name) {
    for (NodeId node = 0; node < document.size(); ++node)
        if (document.is_element(node) && document.name(node) == name)
            return node;
    return kNoNode;
}

/* The only element among the children of `parent`. */
NodeId only_element_in(const Document &document, NodeId parent) {
    NodeId found = kNoNode;
    std::int32_t count = 0;
    for (NodeId node = parent == kNoNode ? kNoNode : document.first_child(parent); node != kNoNode;
         node = document.next_sibling(node))
        if (document.is_element(node)) {
            found = count == 0 ? node : found;
            ++count;
        }
    if (count != 1)
        throw Error(ErrorKind::kInvalidArgument, "example has " + std::to_string(count) + " elements at its top", {},
                    "An example is the markup of one element.");
    return found;
}

/* As the content of a template, which gives a table row or a list item the context that it needs. */
Example parse_fragment(std::string_view markup, const Limits &limits) {
    const FragmentContext context{"template"};
    HtmlOptions options;
    options.fragment = &context;
    auto document = parse_html(markup, limits, options);
    const NodeId root = only_element_in(*document, document->root_element());
    return {std::move(document), root};
}

} // namespace

std::int64_t simple_tree_matching_of_markup(std::string_view a, std::string_view b, const Limits &limits) {
    const TreePair trees(a, b, {}, limits);
    return simple_tree_matching(trees.a, trees.b, limits);
}

double clustered_tree_matching_of_markup(std::string_view a, std::string_view b, const Limits &limits) {
    const TreePair trees(a, b, {}, limits);
    return clustered_tree_matching(trees.a, trees.b, limits);
}

double tree_similarity_of_markup(std::string_view a, std::string_view b, std::string_view measure,
                                 std::string_view options_json, const Limits &limits) {
    const Measure known_measure = measure_from_name(measure);
    const SimilarityOptions options = similarity_options_from_json(options_json);
    const TreePair trees(a, b, options.tree, limits);
    return tree_similarity(trees.a, trees.b, known_measure, options, limits);
}

std::int64_t tree_edit_distance_of_markup(std::string_view a, std::string_view b, const Limits &limits) {
    const TreePair trees(a, b, {}, limits);
    return tree_edit_distance(trees.a, trees.b, limits);
}

double text_similarity_of(std::string_view a, std::string_view b, std::string_view measure, const Limits &limits) {
    CellBudget budget(limits);
    return text_similarity(a, b, text_measure_from_name(measure), budget);
}

std::vector<ScoredPair> tree_mapping_of_markup(std::string_view a, std::string_view b, std::string_view measure,
                                               std::string_view options_json, const Limits &limits) {
    const Measure known_measure = measure_from_name(measure);
    SimilarityOptions defaults;
    if (known_measure == Measure::kFlexible)
        defaults.tree = {.id_labels = true, .class_labels = true, .attribute_labels = true, .text_labels = true};
    const SimilarityOptions options = similarity_options_from_json(options_json, defaults);
    if (!options.is_plain())
        throw Error(ErrorKind::kInvalidOption,
                    std::string(options.is_ordered ? "texts that are partly similar" : "children in any order") +
                        " are not known to tree mappings",
                    {}, "Use tree_similarity or similar_nodes, or text \"exact\" and order true.");
    const TreePair trees(a, b, options.tree, limits);
    return tree_mapping(trees.a, trees.b, known_measure, limits);
}

std::vector<SimilarPath> similar_nodes_of_markup(std::string_view page, std::string_view example, double threshold,
                                                 std::string_view measure, std::string_view options_json,
                                                 const Limits &limits) {
    const Measure known_measure = measure_from_name(measure);
    const SimilarityOptions options = similarity_options_from_json(options_json);
    const auto document = parse_markup(page, limits);
    const Example parsed = parse_example(example, document->is_xml(), limits);
    LabelTable labels;
    const Tree tree = tree_of(*parsed.document, parsed.root, options.tree, labels);
    std::vector<SimilarPath> paths;
    for (const auto &[node, similarity] :
         similar_nodes(*document, tree, labels, known_measure, threshold, options, limits))
        paths.push_back({positional_path(*document, {node, -1}), similarity});
    return paths;
}

Example parse_example(std::string_view markup, bool for_xml_page, const Limits &limits) {
    if (for_xml_page)
        if (auto document = parse_xml(markup, limits)) {
            const NodeId root = only_element_in(*document, 0);
            return {std::move(document), root};
        }
    const std::string tag = first_tag(markup);
    const bool is_page_part = tag == "head" || tag == "body";
    const bool is_page = tag == "html" || tag == "!doctype";
    auto document = parse_markup(markup, limits);
    if (document->is_xml() || is_page) {
        const NodeId root = only_element_in(*document, 0);
        return {std::move(document), root};
    }
    if (is_page_part)
        if (const NodeId root = first_named(*document, tag); root != kNoNode)
            return {std::move(document), root};
    return parse_fragment(markup, limits);
}

} // namespace webwrap
