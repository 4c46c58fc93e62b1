#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

/* A node whose text holds an example value. */
struct Spot {
    NodeRef ref;
    bool is_part = false; /* the text says more than the value */
};

/* The spots of one value of one example record. */
struct ValueSpots {
    std::string column;
    std::vector<Spot> spots;    /* in document order */
    bool is_exact_node = false; /* the example names the node */
};

/* Where the example records may stand: an element for each, that element's like siblings, and what of the page belongs to
 * a record. */
struct RecordSite {
    std::vector<NodeId> heads;  /* of the example records; one is the page when the page is the record */
    std::vector<NodeId> family; /* the heads and their siblings of the same kind; in document order */
    bool is_flat = false;       /* a record goes on in the siblings after its head, up to the next head */
    bool is_page = false;
    NodeId container = kNoNode; /* the smallest element that holds all values of the first record */
    std::size_t parts = 0;      /* values that the container has only as parts of texts or in attributes */

    /* The nodes of the record that begins at a head or another row: [row, end). */
    [[nodiscard]] NodeId end_of_record(const Document &page, NodeId row, std::span<const NodeId> rows) const;
};

/* Sites for all records, by closeness of the first record's values: parts of texts last, small containers first; of one
 * container from the inside out. With one record also the page itself, after the sites of its container. */
[[nodiscard]] std::vector<RecordSite> record_sites(const Document &page,
                                                   const std::vector<std::vector<ValueSpots>> &records);

/* How many classes two elements share; -1 when neither has any. */
[[nodiscard]] int shared_classes(const Document &page, NodeId a, NodeId b);

/* Whether two elements may be records of one list: tag, classes and what is inside them. */
[[nodiscard]] bool are_alike(const Document &page, NodeId a, NodeId b);

/* The rows that an XPath selects for a family. */
struct RowChoice {
    std::string xpath;
    std::vector<NodeId> rows;
};

/* The narrowest list with all of the family that names can tell, without others among its rows if possible; by position
 * where no names do. Empty xpath when there is none. */
[[nodiscard]] RowChoice choose_rows(const Document &page, const RecordSite &site, const Limits &limits);

} // namespace webwrap
