#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/wrap/extract.hpp"
#include "pg/fdw/learned.hpp"
#include "pg/fdw/pages.hpp"
#include "pg/fdw/rows.hpp"
#include "pg/fdw/table.hpp"

namespace webwrap::pg {

/* One scan of a foreign table. Lives in the query's memory context. */
class DocumentScan {
  public:
    virtual ~DocumentScan() = default;

    /* Begins anew with these URL parameters; fetches nothing. */
    virtual void start(UrlParameters parameters) = 0;
    /* Puts the next row into the scan's slot; false at the end. */
    [[nodiscard]] virtual bool next_row() = 0;
    /* Called once when no more rows are wanted. */
    virtual void finish() {}

    [[nodiscard]] virtual const ScanStatistics &statistics() const noexcept = 0;
};

/* A scan of pages with markup: pages are fetched one by one as rows are asked for, checked whole, repaired when their site
 * has changed, and handed out. */
class TableScan final : public DocumentScan {
  public:
    TableScan(TableDefinition table, ForeignScanState *scan, Oid user);

    /* Begins anew with these URL parameters; fetches nothing. */
    void start(UrlParameters parameters) override;
    /* Puts the next row into the scan's slot; false at the end. */
    [[nodiscard]] bool next_row() override;
    /* Stores what was learned; called once when no more rows are wanted. */
    void finish() override;

    [[nodiscard]] const ScanStatistics &statistics() const noexcept override { return pages_.statistics(); }

  private:
    [[nodiscard]] bool next_page();
    [[nodiscard]] std::optional<std::string> next_url();
    void load(const FetchedPage &page, const Document &document);
    void load_or_recover(const std::string &url);
    void check_page(const FetchedPage &page, const Document &document);
    [[nodiscard]] std::vector<Violation> extract(const Document &document);
    [[nodiscard]] std::vector<Violation> find_drift(const FetchedPage &page, const Document &document);
    void repair(const FetchedPage &page, const Document &document, const std::vector<Violation> &violations);
    void adopt(const WrapperAdaptation &adaptation, const FetchedPage &page, const Document &document,
               const std::vector<Violation> &violations, const Document &known);
    [[nodiscard]] PageHandle fetch_if_there(const std::string &url);
    void follow_next_link(const FetchedPage &page, const Document &document);
    void note_evidence(const FetchedPage &page);
    void note_empty_patterns();
    void warn_about_empty_patterns() const;
    [[nodiscard]] bool is_emptied() const;
    [[nodiscard]] const Snapshot *reference_for(const std::string &url) const;
    [[nodiscard]] const Document &snapshot_document(const Snapshot &snapshot);
    [[nodiscard]] bool covers_null(std::size_t column);
    [[nodiscard]] AdaptOptions adapt_options() const;

    /* Process flow: scan_flow.cpp. */
    struct Arrival {
        PageHandle page;
        std::unique_ptr<Document> document;
    };
    [[nodiscard]] Arrival arrive(PageHandle page);
    [[nodiscard]] bool is_wrong(const Document &document) const;
    [[nodiscard]] std::optional<FlowHop> called_hop(const FetchedPage &page, const Document &document,
                                                    std::set<std::string> &followed) const;
    [[nodiscard]] bool recover(const std::string &url, const Error &reason);
    [[nodiscard]] bool try_page(PageHandle page);
    [[nodiscard]] bool go_back(const std::string &url);
    [[nodiscard]] bool take_alternative();
    [[nodiscard]] bool take_snapshot(const std::string &url, const Error &reason);
    [[nodiscard]] std::string next_link_on(const Document &document) const;

    TableDefinition table_;
    std::string options_wrapper_; /* the wrapper of the options as JSON */
    PageSource pages_;
    RowBuilder rows_;
    Learned learned_;
    bool has_learned_ = false; /* learned_ is read on first use: EXPLAIN reads nothing */
    std::unique_ptr<Extractor> extractor_;
    Extraction extraction_;
    PageFacts facts_;
    std::map<std::string, std::unique_ptr<Document>> snapshot_documents_; /* by URL */
    std::unique_ptr<HealthMonitor> monitor_;                              /* of pages that no snapshot shows */

    UrlParameters parameters_;
    std::int64_t url_index_ = 0;
    std::int64_t url_count_ = 0;
    std::optional<std::string> next_link_;
    std::string referrer_;         /* the page whose link led to the one at hand; empty for those of the template */
    std::int64_t url_at_hand_ = 0; /* index in the template */
    bool has_warned_of_stale_ = false;
    std::set<std::string> visited_;
    bool is_last_page_ = false;
    std::size_t row_ = 0;

    std::vector<Snapshot> evidence_;                 /* pages of this scan worth keeping, the first one first */
    std::vector<bool> column_saw_null_;              /* in a page of evidence_ */
    std::vector<std::size_t> column_to_found_pages_; /* pages on which the column's XPath selected something */
    std::size_t rows_found_pages_ = 0;
    std::int64_t checked_pages_ = 0;
    bool is_finished_ = false;
};

} // namespace webwrap::pg
