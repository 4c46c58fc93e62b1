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
    if (cookies_ != nullptr && request.access.renderer.url.empty()) {
        request.access.cookies = cookies_;
        request.cache.mode = CacheUse::Mode::kNone;
    }
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

/* USAGE on a server is for its site only. Other addresses, of options and of links, are for those who could make a server for
 * them. */
void PageSource::check_site(const std::string &url) const {
    if (table_.site.contains(url) || table_.leaves_base_url)
        return;
    throw Error(ErrorKind::kForbidden,
                "page \"" + url + "\" is not of the site of foreign table " + table_.name + "'s server",
                "The table's owner may not choose other addresses.",
                "Use a URL of the site of the server's base_url, or grant role webwrap_fetch to the table's owner.");
}

PageHandle PageSource::fetch(const std::string &url) {
    if (const auto found = kept_.find(url); found != kept_.end())
        return found->second;
    check_site(url);
    PageHandle page = fetch(url, request_for(url, table_.site.contains(url)));
    keep(page);
    return page;
}

PageHandle PageSource::follow(const std::string &url, const FlowHop &hop, const std::string &referer) {
    check_site(hop.url);
    if (cookies_ == nullptr)
        cookies_ = std::make_shared<CookieJar>();
    Request request = request_for(hop.url, table_.site.contains(hop.url));
    request.cache.mode = CacheUse::Mode::kNone;
    request.method = hop.method;
    request.body = hop.body;
    if (hop.method != "GET")
        request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    if (!referer.empty() && table_.site.contains(referer) && table_.site.contains(hop.url))
        request.headers.emplace_back("Referer", referer);
    ++statistics_.hops;
    return fetch(url, std::move(request));
}

std::unique_ptr<FetchedDocument> PageSource::fetch_document(const std::string &url) {
    check_site(url);
    auto document = std::make_unique<FetchedDocument>();
    document->url = url;
    document->response = response_to(request_for(url, table_.site.contains(url)));
    document->fetched_at = document->response.received_at_us - kPostgresEpochUs;
    return document;
}

/* Throws for any status but success. */
Response PageSource::response_to(const Request &request) {
    FetchOutcome outcome = fetch_one(request, current_limits());
    note_cost(outcome);
    if (const int status = outcome.response->status; status < 200 || status > 299)
        throw Error(ErrorKind::kHttpStatus,
                    "page \"" + request.url + "\" answered with status " + std::to_string(status));
    return std::move(*outcome.response);
}

PageHandle PageSource::fetch(const std::string &url, Request request) {
    const std::string asked = request.url;
    const Response response = response_to(request);
    std::optional<DecodedText> text = page_text(response);
    if (!text)
        throw Error(ErrorKind::kDecoding, "page \"" + asked + "\" is no text but \"" + response.content_type + "\"");
    return std::make_shared<const FetchedPage>(
        FetchedPage{url, response.final_url, std::move(text->text), response.received_at_us - kPostgresEpochUs,
                    std::string(header_value(response.headers, "refresh")), false});
}

void PageSource::keep(const PageHandle &page) {
    const auto before = kept_.find(page->url);
    const std::size_t freed = before == kept_.end() ? 0 : before->second->html.size();
    if (before != kept_.end())
        kept_.erase(before);
    kept_bytes_ -= freed;
    if (kept_bytes_ + page->html.size() > static_cast<std::size_t>(work_mem) << 10)
        return;
    kept_bytes_ += page->html.size();
    kept_.emplace(page->url, page);
}

} // namespace webwrap::pg
