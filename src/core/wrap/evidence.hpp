#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/limits.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/value.hpp"

namespace webwrap {

using TextId = std::int32_t;  /* a distinct text of one page */
using ValueId = std::int32_t; /* a distinct canonical value of one column */
inline constexpr ValueId kNullValue = 0;
inline constexpr ValueId kNoValue = -1; /* a text that is no value of the column */

/* One place of a page that holds a text: an element, a text node between elements, or an attribute. */
struct PageItem {
    NodeRef ref;
    TextId text;
};

/* All short texts of a page, in document order. Scripts and styles are left out; a text that is all of its element's
 * content is the element's item only. The document must outlive the index. O(page); polls. */
class PageIndex {
  public:
    PageIndex(const Document &document, std::size_t max_text_bytes);

    [[nodiscard]] const Document &document() const noexcept { return *document_; }
    [[nodiscard]] std::span<const PageItem> items() const noexcept { return items_; }
    /* Items whose node is in [first, end). */
    [[nodiscard]] std::span<const PageItem> items_in(NodeId first, NodeId end) const;
    [[nodiscard]] std::size_t text_count() const noexcept { return texts_.size(); }
    [[nodiscard]] const std::string &text(TextId id) const { return texts_[static_cast<std::size_t>(id)]; }

  private:
    void add(NodeRef ref, std::string text);

    const Document *document_;
    std::vector<PageItem> items_;
    std::vector<std::string> texts_; /* white space folded */
    std::unordered_map<std::string, TextId> text_to_id_;
};

/* One column's reader with its values interned, so that equal values (1.50 and 1.5 of a numeric column) compare fast. */
class ColumnValues {
  public:
    explicit ColumnValues(const Column &column);

    [[nodiscard]] const Column &column() const noexcept { return *column_; }
    /* Interns a canonical text as CellReader gives it. */
    [[nodiscard]] ValueId intern(const std::string &canonical);
    /* What the column reads in a text. Results are remembered. */
    [[nodiscard]] ValueId read(const std::string &text);
    /* What the extractor would make of these nodes: values joined, too many nodes are no value. */
    [[nodiscard]] ValueId read_nodes(const Document &document, const Selection &selection);
    [[nodiscard]] const std::string &value(ValueId id) const { return values_[static_cast<std::size_t>(id)]; }

  private:
    const Column *column_;
    CellReader reader_;
    std::unordered_map<std::string, ValueId> text_to_value_;
    std::unordered_map<std::string, ValueId> value_to_id_;
    std::vector<std::string> values_{""};
};

/* A record of an old page: what the wrapper read there. */
struct KnownRecord {
    std::size_t pair = 0;
    NodeRef row;
    std::vector<ValueId> values;             /* by column */
    std::vector<std::vector<ValueId>> parts; /* by column: the values of single nodes where several make the cell */
    std::vector<std::vector<NodeRef>> nodes; /* by column: where they stood */
};

/* Everything known about a set of page pairs before a decision: the old records, and the new pages' texts as each column
 * reads them. Pages and wrapper must outlive it. */
class Evidence {
  public:
    Evidence(const Wrapper &wrapper, std::span<const PagePair> pages, const Limits &limits);

    [[nodiscard]] const Wrapper &wrapper() const noexcept { return *wrapper_; }
    [[nodiscard]] const Limits &limits() const noexcept { return limits_; }
    [[nodiscard]] std::size_t column_count() const noexcept { return wrapper_->columns.size(); }
    [[nodiscard]] std::span<const PagePair> pages() const noexcept { return pages_; }
    [[nodiscard]] const Document &old_page(std::size_t pair) const { return *pages_[pair].old_page; }
    [[nodiscard]] const Document &new_page(std::size_t pair) const { return *pages_[pair].new_page; }
    [[nodiscard]] const PageIndex &new_index(std::size_t pair) const { return *indexes_[pair]; }
    [[nodiscard]] const std::vector<KnownRecord> &records() const noexcept { return records_; }
    [[nodiscard]] ColumnValues &values(std::size_t column) { return columns_[column]; }
    /* What the column reads in a text of the pair's new page. */
    [[nodiscard]] ValueId value_of(std::size_t pair, std::size_t column, TextId text);

  private:
    void read_records(std::size_t pair, const Extractor &extractor);

    const Wrapper *wrapper_;
    std::span<const PagePair> pages_;
    Limits limits_;
    std::vector<ColumnValues> columns_;
    std::vector<KnownRecord> records_;
    std::vector<std::unique_ptr<PageIndex>> indexes_;
    std::vector<std::vector<std::vector<ValueId>>> text_to_value_; /* by pair, column, text; kUnread where not known */
};

/* True for elements whose content is no text of the page (script, style, template and the like). */
[[nodiscard]] bool is_hidden_content(std::string_view tag);

} // namespace webwrap
