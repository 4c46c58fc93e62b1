#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* A list of records of a page. A record is the nodes [head, end): an element, or one and siblings that follow it. */
struct RecordList {
    std::vector<NodeId> heads; /* in document order, each once */
    std::vector<NodeId> ends;
    NodeId table = kNoNode; /* the element whose rows the records are, where it is a table with header cells */
    bool is_nested = false; /* inside records of another list */
    std::string problem;    /* why the records are not nodes of the page; empty when they are */
};

/* The lists of at least `min_records` records that a page has, in document order: the body rows of tables with header
 * cells, and what separation by method records finds to repeat elsewhere. `page` is what parse_html makes of `html`. A list
 * inside records of another one is taken over all of these together, when it is long itself. Polls. Throws kLimitExceeded
 * as separate() does. */
[[nodiscard]] std::vector<RecordList> find_record_lists(const Document &page, std::string_view html,
                                                        std::size_t min_records, const Limits &limits = {});

} // namespace webwrap
