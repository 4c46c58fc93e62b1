#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

/* A table element by the table model of the HTML standard ("forming a table"). */
struct Table {
    using Slots = std::vector<std::optional<std::string>>; /* one a column; nothing where no cell is */

    NodeId element = kNoNode;
    std::optional<std::string> caption;
    Slots header;            /* empty when the table has no header rows */
    std::vector<Slots> rows; /* body rows, those of tfoot last */
};

/* The tables of a page in document order, nested ones too; neither those marked as layout (role presentation or none) nor
 * those inside a template. A cell that spans several slots is repeated in each; where cells overlap, the first keeps the
 * slot. Spans of rows end with their row group. Texts are visible text with white space folded, without nested tables.
 * Header rows are those of the first thead that has any, else the leading rows of th only (all but the last row at most);
 * in a column they are joined by " / ", repetitions and empty cells left out. Columns are those that have a cell.
 * Linear in page and result; polls. Throws kLimitExceeded above max_document_memory. */
[[nodiscard]] std::vector<Table> find_tables(const Document &document, const Limits &limits = {});

} // namespace webwrap
