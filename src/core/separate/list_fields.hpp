#pragma once

#include <string>
#include <vector>

#include "core/separate/record_lists.hpp"
#include "core/select/tables.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

/* Something that the records of a list have: the same place in each. */
struct ListField {
    std::vector<NodeRef> refs;      /* by record; node kNoNode where it has none */
    std::vector<std::string> names; /* that the page gives it, the best first; identifiers */
    bool is_text = true;            /* what a reader sees, not an attribute */
};

struct ListFields {
    std::vector<ListField> fields;
    std::vector<std::string> inner_lists; /* tags of texts that repeat in a record, more often in some than in others */
};

/* The fields of the records in the page's order: texts, addresses of links and images, machine-readable dates. Of tables
 * with header cells the cells; else what most records have and what differs between records, since equal text is the
 * template's. A line of text with markup in it is a field, and its marked parts are fields too. `table` is what
 * find_tables says of list.table, or null. O(nodes of the records * depth); polls. */
[[nodiscard]] ListFields list_fields(const Document &page, const RecordList &list, const Table *table);

/* Names that the page gives the list, the best first; identifiers. */
[[nodiscard]] std::vector<std::string> list_names(const Document &page, const RecordList &list, const Table *table);

} // namespace webwrap
