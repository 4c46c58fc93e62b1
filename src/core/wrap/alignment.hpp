#pragma once

#include <vector>

#include "core/wrap/evidence.hpp"

namespace webwrap {

/* An old record and the element of the new page that holds its values. */
struct AlignedRecord {
    std::size_t record = 0; /* index in Evidence::records() */
    NodeId element = kNoNode;
    NodeId end = kNoNode; /* end of the record's region: its own subtree and, up to the next record, its siblings' */
    double share = 0;     /* of the record's values that can be found at all, weighed by how telling they are */
};

/* One way to see the records of the new pages: elements with one path of tags, each holding one old record. */
struct RecordLevel {
    std::vector<AlignedRecord> aligned; /* at most one for each old record; elements are distinct */
    double support = 0;                 /* sum of the shares */
    std::size_t present = 0;            /* aligned records that are more than a chance likeness */
    std::size_t missed = 0;             /* records that are on the new pages as a whole, but not at this level */
};

/* Levels at which the old records are found on the new pages, best first; empty when they are not. Records are matched by
 * the values that they hold, so order does not matter, and lists that hold single values of them do not win. O(values *
 * occurrences * depth); polls. */
[[nodiscard]] std::vector<RecordLevel> align_records(Evidence &evidence);

/* Hash of the tags from the root to the element. */
[[nodiscard]] std::uint64_t tag_path_hash(const Document &document, NodeId element);

} // namespace webwrap
