#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* A list of records of a page as a relation. */
struct PageTable {
    std::string name; /* an identifier, no two alike */
    Wrapper wrapper;  /* reads exactly the list's records from the page: it has been run there */
    std::vector<Record> records;
    std::vector<std::string> left_out; /* fields without a place that an XPath tells, lists inside of records */
};

/* A list that is no table, and why. */
struct RejectedList {
    std::string name;
    std::string reason;
};

struct PageTables {
    std::vector<PageTable> tables; /* in document order */
    std::vector<RejectedList> rejected;
};

/* The lists of a page (find_record_lists) with wrappers learned from their own records, in the manner of learn_wrapper: a
 * wrapper counts when its rows are the list's records and each column gives each record's own node. Columns are the fields
 * of list_fields; a list needs one of text. Names come from the page where it has clear ones, else they are list1..,
 * column1... `page` is what parse_html makes of `html`. Polls. Throws kLimitExceeded. */
[[nodiscard]] PageTables find_page_tables(const Document &page, std::string_view html, std::size_t min_records,
                                          const Limits &limits = {});

} // namespace webwrap
