#pragma once

#include <string>

#include "core/parse/document.hpp"
#include "core/select/display.hpp"

namespace webwrap {

/* Whether the text of tables below the element belongs to it. Tables that are marked as mere layout always do. */
enum class NestedTables : std::uint8_t { kInclude, kLeaveOut };

/* Reads what a page shows as text. Keep one for all elements of a page: it remembers the styles of names. */
class VisibleTextReader {
  public:
    explicit VisibleTextReader(const Document &document) : document_(document), styles_(document) {}

    /* The text of an element as the standard's innerText gives it (rendered text collection steps), by default styles
     * and style attributes only. Whether the element itself or what it stands in is hidden does not matter. Linear in
     * the subtree; polls. */
    [[nodiscard]] std::string read(NodeId element, NestedTables nested = NestedTables::kInclude);

  private:
    const Document &document_;
    Styles styles_;
};

/* What a reader sees of a page. */
[[nodiscard]] std::string visible_text(const Document &document);

/* True for a table element that its author marks as layout (role presentation or none): it is no table of data. */
[[nodiscard]] bool is_layout_table(const Document &document, NodeId table);

} // namespace webwrap
