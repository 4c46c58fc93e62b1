#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/paths.hpp"
#include "core/wrap/reading.hpp"
#include "core/wrap/record_sites.hpp"

namespace webwrap {

/* The records of a page as far as columns are concerned. What it refers to must outlive it. */
struct RecordView {
    const Document *page;
    const RecordSite *site;
    std::vector<NodeId> rows; /* sorted; the heads are among them */
    Limits limits;
    std::vector<std::string> data; /* texts that are values of the example records */

    [[nodiscard]] NodeId end_of(NodeId row) const { return site->end_of_record(*page, row, rows); }
};

/* One example of a column: the record that it belongs to and where its value may stand there. */
struct ColumnExample {
    NodeId head;
    const ExampleValue *value;
    std::vector<Spot> spots; /* inside the record */
};

/* A place of the records that explains all examples of a column. */
struct ColumnPlace {
    std::string xpath;
    Reading reading;
    NodeRef ref; /* of the first example that has a value */
    bool is_positional = false;
    double cost = 0;
    std::size_t present = 0;         /* rows that have a value */
    std::vector<std::string> values; /* by row, as read; empty where there is none */
    double affinity = 0;             /* of the place's names to the column's, 0..1 */
};

/* The places of a column, the best first; places with the same values in all rows count once. `problem` says what was wrong
 * with those that explain the examples but do not suit all rows, and is empty when none did. Polls. */
[[nodiscard]] std::vector<ColumnPlace> column_places(const RecordView &view, const std::string &name,
                                                     std::span<const ColumnExample> examples, ValueFinder &finder,
                                                     std::string &problem);

/* XPaths from the page's root that may select a node: by ids on the way, then as relative_paths. */
[[nodiscard]] std::vector<PathCandidate> page_paths(const Document &page, NodeRef target);

} // namespace webwrap
