#include "core/fetch/url.hpp"
#include "core/parse/page_text.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/time.hpp"
#include "pg/fdw/pages.hpp"
#include "pg/network/client.hpp"

namespace webwrap::pg {

PageSource::PageSource(const TableDefinition &table, Oid user) : table_(table), user_(user) {}

Request PageSource::request_for(const std::string &url, bool is_ours) {
    Request request;
    set_request_defaults(request);
    request.url = url;
    request.respects_robots = true;
    table_.site.prepare(request);
    /* Credentials are for the server's own site: a next_page link may lead elsewhere. */
    if (!access_)
        access_ = personal_access(table_.site, user_);
    request.access = is_ours ? *access_ : access_->without_credentials();
    return request;
}

void PageSource::note_cost(const FetchOutcome &outcome) {
    statistics_.requests += outcome.cost.attempts;
    statistics_.bytes += static_cast<std::int64_t>(outcome.cost.wire_bytes);
    statistics_.waited_ms += outcome.cost.waited_ms;
    statistics_.fetch_ms += outcome.response->elapsed_ms;
    switch (outcome.response->cache) {
    case CacheState::kMiss:
        break;
    case CacheState::kHit:
        ++statistics_.cache_hits;
        break;
    case CacheState::kConfirmed:
        ++statistics_.confirmed;
        break;
    case CacheState::kStale:
        ++statistics_.stale;
        break;
    }
}

PageHandle PageSource::fetch(const std::string &url) {
    if (const auto found = kept_.find(url); found != kept_.end())
        return found->second;
    const bool is_ours = table_.site.contains(url);
    /* USAGE on a server is for its site only. Other addresses, of options and of next_page links, are for those who could
     * make a server for them. */
    if (!is_ours && !table_.leaves_base_url)
        throw Error(
            ErrorKind::kForbidden,
            "page \"" + url + "\" is not of the site of foreign table " + table_.name + "'s server",
            "The table's owner may not choose other addresses.",
            "Use a URL of the site of the server's base_url, or grant role webwrap_fetch to the table's owner.");
    const FetchOutcome outcome = fetch_one(request_for(url, is_ours), current_limits());
    note_cost(outcome);
    const Response &response = *outcome.response;
    if (response.status < 200 || response.status > 299)
        throw Error(ErrorKind::kHttpStatus,
                    "page \"" + url + "\" answered with status " + std::to_string(response.status));
    std::optional<DecodedText> text = page_text(response);
    if (!text)
        throw Error(ErrorKind::kDecoding, "page \"" + url + "\" is no text but \"" + response.content_type + "\"");
    const auto page = std::make_shared<const FetchedPage>(
        FetchedPage{url, response.final_url, std::move(text->text), response.received_at_us - kPostgresEpochUs});
    if (kept_bytes_ + page->html.size() <= static_cast<std::size_t>(work_mem) << 10) {
        kept_bytes_ += page->html.size();
        kept_.emplace(url, page);
    }
    return page;
}

} // namespace webwrap::pg
