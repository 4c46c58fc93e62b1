#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/fetch/client.hpp"
#include "core/fetch/cookie_jar.hpp"
#include "core/wrap/flow.hpp"
#include "pg/fdw/table.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace webwrap::pg {

struct FetchedPage {
    std::string url; /* as the scan names it */
    std::string final_url;
    std::string html;
    TimestampTz fetched_at = 0;
    std::string refresh;   /* value of the Refresh header */
    bool is_stale = false; /* a snapshot in place of what the site has */
};

/* A document of records as it came. */
struct FetchedDocument {
    std::string url; /* as the scan names it */
    Response response;
    TimestampTz fetched_at = 0;
};

using PageHandle = std::shared_ptr<const FetchedPage>;

/* What a scan did, for EXPLAIN ANALYZE. */
struct ScanStatistics {
    std::int64_t requests = 0; /* redirects, retries and robots.txt count */
    std::int64_t bytes = 0;    /* of bodies, decoded */
    std::int64_t cache_hits = 0;
    std::int64_t confirmed = 0; /* stored pages that the site says are still right */
    std::int64_t stale = 0;
    double fetch_ms = 0;  /* time until the pages were there */
    double waited_ms = 0; /* of it, waiting for turns, retries and others' requests */
    std::int64_t pages = 0;
    std::int64_t adaptations = 0;
    std::int64_t hops = 0;        /* requests that process flow rules made */
    std::int64_t stale_pages = 0; /* snapshots in the place of pages */
};

/* The pages of one scan: fetches each URL once and keeps what fits into work_mem for rescans. */
class PageSource {
  public:
    PageSource(const TableDefinition &table, Oid user);

    /* The page at an absolute URL. Throws for any status but success and for bodies that are no text. */
    [[nodiscard]] PageHandle fetch(const std::string &url);

    /* The document at an absolute URL, whatever its media type: the table says what it is. Keeps none. Throws for any status
     * but success. */
    [[nodiscard]] std::unique_ptr<FetchedDocument> fetch_document(const std::string &url);

    /* What a hop leads to, asked for anew, as the page at `url` of the scan. From the first hop on the scan keeps cookies, and
     * what it asks for then is neither taken from the shared cache nor stored there. Throws as fetch. */
    [[nodiscard]] PageHandle follow(const std::string &url, const FlowHop &hop, const std::string &referer);
    /* Makes this the scan's page at its URL. */
    void keep(const PageHandle &page);

    /* The URL in full: relative ones against the server's base_url. */
    [[nodiscard]] std::string absolute(const std::string &url) const { return table_.site.absolute(url); }

    [[nodiscard]] ScanStatistics &statistics() noexcept { return statistics_; }
    [[nodiscard]] const ScanStatistics &statistics() const noexcept { return statistics_; }

  private:
    [[nodiscard]] Request request_for(const std::string &url, bool is_ours);
    [[nodiscard]] PageHandle fetch(const std::string &url, Request request);
    [[nodiscard]] Response response_to(const Request &request);
    void check_site(const std::string &url) const;
    void note_cost(const FetchOutcome &outcome);

    const TableDefinition &table_;
    Oid user_;
    std::optional<Access> access_;       /* with the user's secrets; read for the first page */
    std::shared_ptr<CookieJar> cookies_; /* since the first hop */
    std::map<std::string, PageHandle> kept_;
    std::size_t kept_bytes_ = 0;
    ScanStatistics statistics_;
};

} // namespace webwrap::pg
