#include "core/fetch/url.hpp"
#include "core/parse/page_text.hpp"
#include "pg/bridge/interrupt.hpp"
#include "pg/bridge/network.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/fdw/pages.hpp"

extern "C" {
#include "storage/latch.h"
#include "utils/wait_event.h"
}

namespace webwrap::pg {

PageSource::PageSource(const TableDefinition &table, Oid user) : table_(table), user_(user) {}

/* Keeps requests_per_second within this scan; interruptible. */
void PageSource::wait_for_turn() {
    if (table_.requests_per_second <= 0 || last_request_at_ == 0)
        return;
    const TimestampTz turn = last_request_at_ + static_cast<TimestampTz>(USECS_PER_SEC / table_.requests_per_second);
    for (TimestampTz now = GetCurrentTimestamp(); now < turn; now = GetCurrentTimestamp()) {
        poll_interrupts();
        const long left_ms = static_cast<long>((turn - now) / 1000 + 1);
        call_pg([left_ms] {
            (void)WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left_ms, PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
        });
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
    if (!access_)
        access_ = personal_access(table_.site, user_);
    require_network();
    wait_for_turn();
    Request request;
    request.url = url;
    request.user_agent = table_.site.user_agent.empty() ? Settings::user_agent : table_.site.user_agent;
    /* Credentials are for the server's own site: a next_page link may lead elsewhere. */
    request.access = is_ours ? *access_ : access_->without_credentials();
    last_request_at_ = GetCurrentTimestamp();
    Response response = client().fetch(request, current_limits(), current_address_policy());
    ++statistics_.requests;
    statistics_.bytes += static_cast<std::int64_t>(response.body.size());
    if (response.status < 200 || response.status > 299)
        throw Error(ErrorKind::kHttpStatus,
                    "page \"" + request.url + "\" answered with status " + std::to_string(response.status));
    std::optional<DecodedText> text = page_text(response);
    if (!text)
        throw Error(ErrorKind::kDecoding,
                    "page \"" + request.url + "\" is no text but \"" + response.content_type + "\"");
    const auto page = std::make_shared<const FetchedPage>(
        FetchedPage{url, std::move(response.final_url), std::move(text->text), GetCurrentTimestamp()});
    if (kept_bytes_ + page->html.size() <= static_cast<std::size_t>(work_mem) << 10) {
        kept_bytes_ += page->html.size();
        kept_.emplace(url, page);
    }
    return page;
}

} // namespace webwrap::pg
