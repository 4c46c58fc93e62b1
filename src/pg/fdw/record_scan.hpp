#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/parse/record_text.hpp"
#include "core/parse/records.hpp"
#include "pg/fdw/pages.hpp"
#include "pg/fdw/record_row.hpp"
#include "pg/fdw/scan.hpp"
#include "pg/fdw/table.hpp"

namespace webwrap::pg {

/* A scan of documents of records: each is fetched when its first row is asked for and read row by row. Memory is that of one
 * document; where its charset is not UTF-8, twice that. */
class RecordScan final : public DocumentScan {
  public:
    RecordScan(TableDefinition table, ForeignScanState *scan, Oid user, const std::vector<bool> &is_asked);

    void start(UrlParameters parameters) override;
    [[nodiscard]] bool next_row() override;

    [[nodiscard]] const ScanStatistics &statistics() const noexcept override { return pages_.statistics(); }

  private:
    [[nodiscard]] bool next_document();
    [[nodiscard]] std::optional<std::string> next_url();
    void open(const std::string &url);

    TableDefinition table_;
    PageSource pages_;
    RecordRow row_;

    std::unique_ptr<FetchedDocument> document_; /* kept for rescans until another one is read */
    std::unique_ptr<RecordText> text_;          /* of document_ */
    std::unique_ptr<RecordReader> reader_;      /* over text_ */

    UrlParameters parameters_;
    PageFacts facts_;
    std::int64_t url_index_ = 0;
    std::int64_t url_count_ = 0;
    std::set<std::string> visited_;
    std::size_t next_row_number_ = 0; /* in the document, from 0 on */
};

} // namespace webwrap::pg
