#pragma once

/* Rows of our own tables by key, read straight through the index: no planning and no change of role, so a hundred times
 * cheaper than a query. */

#include <span>

#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

using RowFields = std::vector<std::optional<std::string>>; /* the bytes of each field, of a bigint its text */

struct KeyScan {
    const char *table;            /* in schema webwrap */
    const char *index;            /* its first column is a bytea */
    std::span<const int> columns; /* attribute numbers to read, all of them text, bytea or bigint */
};

/* What a scan sees. */
enum class KeyScanView : std::uint8_t {
    kLatest,    /* what is committed now; nothing when the table is not there or somebody has locked it: nobody waits */
    kStatement, /* what the running statement sees; waits for locks as it does */
};

/* All rows with that key. */
[[nodiscard]] std::vector<RowFields> rows_by_key(const KeyScan &scan, std::string_view key,
                                                 KeyScanView view = KeyScanView::kLatest);

} // namespace webwrap::pg
