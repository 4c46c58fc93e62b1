#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/match/mapping.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* The room's measures on markup, as the SQL functions of the same names need them. Markup is read by parse_markup: as
 * XML when it is well-formed and its root is no HTML element, else as HTML, whose implied html, head and body count.
 * All poll and throw kLimitExceeded where a limit is hit. */

[[nodiscard]] std::int64_t simple_tree_matching_of_markup(std::string_view a, std::string_view b,
                                                          const Limits &limits = {});

[[nodiscard]] double clustered_tree_matching_of_markup(std::string_view a, std::string_view b,
                                                       const Limits &limits = {});

/* `measure` as measure_from_name, `options_json` as similarity_options_from_json has them. */
[[nodiscard]] double tree_similarity_of_markup(std::string_view a, std::string_view b, std::string_view measure,
                                               std::string_view options_json = "{}", const Limits &limits = {});

[[nodiscard]] std::int64_t tree_edit_distance_of_markup(std::string_view a, std::string_view b,
                                                        const Limits &limits = {});

/* Of plain texts, by a measure of text_measure_from_name. */
[[nodiscard]] double text_similarity_of(std::string_view a, std::string_view b, std::string_view measure,
                                        const Limits &limits = {});

/* tree_mapping of the two trees; numbers are those of the elements in pre-order, texts with text_nodes included. For
 * flexible, options that are not given are labels "tag+attributes" and text "exact". */
[[nodiscard]] std::vector<ScoredPair> tree_mapping_of_markup(std::string_view a, std::string_view b,
                                                             std::string_view measure,
                                                             std::string_view options_json = "{}",
                                                             const Limits &limits = {});

struct SimilarPath {
    std::string xpath; /* positional */
    double similarity;
};

/* The nodes of the page that SubtreeSearch::find gives for the example, which parse_example reads. */
[[nodiscard]] std::vector<SimilarPath> similar_nodes_of_markup(std::string_view page, std::string_view example,
                                                               double threshold, std::string_view measure,
                                                               std::string_view options_json = "{}",
                                                               const Limits &limits = {});

/* The markup of one element, to be looked for in a page. */
struct Example {
    std::unique_ptr<Document> document;
    NodeId root; /* the element that was meant, without what the parser put around it */
};

/* For an XML page the example is read as XML if it is well-formed; else as parse_markup decides. HTML that does not
 * begin as a page does (doctype, html, head or body) is a fragment, so that implied elements do not count. Throws
 * kInvalidArgument unless it holds exactly one element at its top. */
[[nodiscard]] Example parse_example(std::string_view markup, bool for_xml_page, const Limits &limits = {});

} // namespace webwrap
