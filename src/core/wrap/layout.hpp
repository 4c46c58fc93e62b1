#pragma once

#include <string>
#include <vector>

#include "core/wrap/adapt.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {

/* What the columns of one page look like, whatever records it holds: where they stand and what their values are. The
 * document and the extraction must outlive it. */
class LayoutView {
  public:
    LayoutView(const Document &page, const Extraction &extraction) : page_(&page), extraction_(&extraction) {}

    /* Labels and names around the column's values in the first few records; worked out once. */
    [[nodiscard]] const PlaceNames &names(std::size_t column);
    [[nodiscard]] std::vector<std::string> values(std::size_t column) const;
    /* Records in which the column's XPath selects something. */
    [[nodiscard]] std::size_t selected(std::size_t column) const;
    [[nodiscard]] std::size_t records() const noexcept { return extraction_->records.size(); }

  private:
    const Document *page_;
    const Extraction *extraction_;
    std::vector<PlaceNames> names_; /* by column, where is_named_ */
    std::vector<bool> is_named_;
};

/* Health of a column by layout alone, for pages that share no records: its label may have moved to another column, or its
 * values look like another's. */
[[nodiscard]] PatternHealth compare_column(LayoutView &before, LayoutView &now, const Wrapper &wrapper,
                                           std::size_t column);

} // namespace webwrap
