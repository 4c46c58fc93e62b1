#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/match/options.hpp"
#include "core/parse/parse.hpp"
#include "core/wrap/confidence.hpp"

namespace webwrap {

/* One way to find patterns again, in the order in which ways are tried. */
struct AdaptMeasure {
    std::string name;                /* "combined", "values" or a tree measure */
    std::optional<double> threshold; /* what an answer of this way needs, instead of the pattern's own threshold */

    /* The tree measure, or nullopt for "combined" and "values". */
    [[nodiscard]] std::optional<Measure> tree_measure() const;
};

/* Thresholds of one pattern that differ from those of its wrapper. */
struct PatternThresholds {
    std::optional<double> threshold;
    std::optional<double> similarity_threshold;
};

/* Whether a pattern is the column, or nested in it by its dotted name ("parts.count" in "parts"). */
[[nodiscard]] bool is_in_column(std::string_view pattern, std::string_view column);

/* Which columns are adapted because their record pattern was. Others keep their XPath while it violates nothing. */
struct TopDown {
    bool all = true;
    std::vector<std::string> columns; /* unless all */

    [[nodiscard]] bool forces(std::string_view column) const;
};

/* Settings of adaptation (paper section 4). */
struct AdaptOptions {
    double threshold = 0.7;                            /* confidence below which webwrap abstains */
    double similarity_threshold = 0.0;                 /* tree similarity below which a candidate is dropped */
    std::string measure = "simple";                    /* tree measure of the similarity that is reported */
    std::shared_ptr<const AdaptationModel> model = {}; /* of "combined"; null: the fitted one */
    HtmlParser parser = HtmlParser::kHtml5;            /* for callers that parse the pages */
    std::vector<AdaptMeasure> measures = {};           /* tried in this order; empty: "combined" alone */
    SimilarityOptions similarity = {};                 /* what trees are made of and how measures look at them */
    TopDown top_down = {};
    bool explain = false;  /* answers carry their evidence */
    bool bottom_up = true; /* a record pattern without violation is adapted for its columns' sake */
    std::map<std::string, PatternThresholds> patterns = {}; /* by column name, or "rows" */

    /* Of a pattern, or of the column that it is nested in. */
    [[nodiscard]] PatternThresholds thresholds_of(const std::string &pattern) const;
    [[nodiscard]] double threshold_of(const std::string &pattern) const;
    [[nodiscard]] double similarity_threshold_of(const std::string &pattern) const;
    /* What an answer of a tree measure needs: the measure's own threshold, else the pattern's similarity threshold, else its
     * threshold of confidence. */
    [[nodiscard]] double tree_threshold_of(const std::string &pattern, const AdaptMeasure &measure) const;
};

/* Reads options of one adaptation as JSON: threshold, similarity_threshold, measure, measures, model, parser, explain, and
 * those of similarity_options_from_json. Throws kInvalidOption. */
[[nodiscard]] AdaptOptions adapt_options_from_json(std::string_view json);

/* The same for a wrapper, which has a parser of its own and triggers: also top_down, bottom_up. Text of a JSON object. */
[[nodiscard]] AdaptOptions wrapper_adapt_options_from_json(std::string_view json);
/* The options of one call on a wrapper: what the JSON object says, which may also be explain, over the wrapper's own. */
[[nodiscard]] AdaptOptions call_adapt_options_from_json(std::string_view json, const AdaptOptions &of_wrapper);
/* What differs from the defaults, as wrapper_adapt_options_from_json reads it; "{}" when nothing does. Thresholds of
 * patterns are left out: they belong to the patterns. */
[[nodiscard]] std::string wrapper_adapt_options_to_json(const AdaptOptions &options);

/* Ways to adapt from their names, comma-separated, each with a threshold behind it where it has one: "values, clustered 0.8,
 * combined". Throws kInvalidOption. */
[[nodiscard]] std::vector<AdaptMeasure> adapt_measures_from_text(std::string_view text);
[[nodiscard]] std::string adapt_measures_to_text(const std::vector<AdaptMeasure> &measures);

/* "all", "none", or names of columns, comma-separated. */
[[nodiscard]] TopDown top_down_from_text(std::string_view text);
[[nodiscard]] std::string top_down_to_text(const TopDown &top_down);

/* Flags of labels by the name that similarity_options_from_json has for them, or names of attributes, comma-separated, each
 * with an @ before it. Throws kInvalidOption. */
[[nodiscard]] TreeOptions labels_from_name(std::string_view name);
[[nodiscard]] std::string labels_name(const TreeOptions &tree);

/* The parts of a comma-separated list, trimmed; none is empty unless the list has an empty part. */
[[nodiscard]] std::vector<std::string> parts_of_list(std::string_view list);

} // namespace webwrap
