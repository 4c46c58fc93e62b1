#include "core/match/markup.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"

#include "pg/bridge/server.hpp"

using namespace webwrap;
using namespace webwrap::pg;

WEBWRAP_SQL_FUNCTION(webwrap_simple_tree_matching) {
    const std::int64_t pairs =
        simple_tree_matching_of_markup(text_argument(fcinfo, 0), text_argument(fcinfo, 1), current_limits());
    return Int32GetDatum(static_cast<int32>(pairs));
}

WEBWRAP_SQL_FUNCTION(webwrap_clustered_tree_matching) {
    return Float8GetDatum(
        clustered_tree_matching_of_markup(text_argument(fcinfo, 0), text_argument(fcinfo, 1), current_limits()));
}

WEBWRAP_SQL_FUNCTION(webwrap_tree_edit_distance) {
    return Int32GetDatum(static_cast<int32>(
        tree_edit_distance_of_markup(text_argument(fcinfo, 0), text_argument(fcinfo, 1), current_limits())));
}

WEBWRAP_SQL_FUNCTION(webwrap_text_similarity) {
    return Float8GetDatum(text_similarity_of(text_argument(fcinfo, 0), text_argument(fcinfo, 1),
                                             text_argument(fcinfo, 2), current_limits()));
}

WEBWRAP_SQL_FUNCTION(webwrap_tree_mapping) {
    RowSink rows(fcinfo);
    for (const ScoredPair &pair :
         tree_mapping_of_markup(text_argument(fcinfo, 0), text_argument(fcinfo, 1), text_argument(fcinfo, 2),
                                jsonb_argument(fcinfo, 3), current_limits()))
        rows.put({Int32GetDatum(pair.a + 1), Int32GetDatum(pair.b + 1), Float8GetDatum(pair.similarity)});
    return 0;
}

WEBWRAP_SQL_FUNCTION(webwrap_tree_similarity) {
    return Float8GetDatum(tree_similarity_of_markup(text_argument(fcinfo, 0), text_argument(fcinfo, 1),
                                                    text_argument(fcinfo, 2), jsonb_argument(fcinfo, 3),
                                                    current_limits()));
}

WEBWRAP_SQL_FUNCTION(webwrap_similar_nodes) {
    RowSink rows(fcinfo);
    const double threshold = DatumGetFloat8(fcinfo->args[2].value);
    for (const SimilarPath &found :
         similar_nodes_of_markup(text_argument(fcinfo, 0), text_argument(fcinfo, 1), threshold,
                                 text_argument(fcinfo, 3), jsonb_argument(fcinfo, 4), current_limits()))
        rows.put({text_datum(found.xpath), Float8GetDatum(found.similarity)});
    return 0;
}
