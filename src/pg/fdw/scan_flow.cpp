/* What a scan does when a page is another one than meant (paper, section 4: process flow). */

#include <algorithm>

#include "core/base/text.hpp"
#include "core/fetch/url.hpp"
#include "core/parse/parse.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/fdw/messages.hpp"
#include "pg/fdw/scan.hpp"

namespace webwrap::pg {

namespace {

constexpr int kMaxHops = 5; /* from one page to the one that is meant */

/* What another page, or an old one, can stand in for. */
bool is_recoverable(const Error &error) {
    switch (error.kind()) {
    case ErrorKind::kHttpStatus:
    case ErrorKind::kNetwork:
    case ErrorKind::kTimeout:
    case ErrorKind::kDecoding:
    case ErrorKind::kConstraintViolated:
    case ErrorKind::kNotAdapted:
        return true;
    default:
        return false;
    }
}

} // namespace

/* No record, or one that is not right. */
bool TableScan::is_wrong(const Document &document) const {
    const Extraction extraction = extractor_->extract(document, current_limits(), true);
    return extraction.records.empty() || !extraction.violations.empty() ||
           extraction.empty_patterns.size() == table_.wrapper.columns.size();
}

/* Where the page itself leads to, by the rules of the table; each place once. */
std::optional<FlowHop> TableScan::called_hop(const FetchedPage &page, const Document &document,
                                             std::set<std::string> &followed) const {
    for (const FlowStep step : table_.flow.steps) {
        std::optional<FlowHop> hop;
        if (step == FlowStep::kRefresh)
            hop = refresh_hop(document, page.refresh, page.final_url);
        else if (step == FlowStep::kConsent)
            hop = consent_hop(document, table_.flow.consent, page.final_url, current_limits());
        if (hop && followed.insert(hop->method + " " + hop->url + " " + hop->body).second)
            return hop;
    }
    return std::nullopt;
}

/* The page itself, or what it leads to while it is wrong. After a hop that answered with a wrong page the page is asked for
 * again: what the hop has set is in the cookies. */
TableScan::Arrival TableScan::arrive(PageHandle page) {
    const auto parsed = [this](const PageHandle &handle) {
        return parse_html_by(table_.wrapper.parser, handle->html, current_limits());
    };
    Arrival arrival{page, parsed(page)};
    if ((!table_.flow.has(FlowStep::kRefresh) && !table_.flow.has(FlowStep::kConsent)) || page->is_stale)
        return arrival;
    std::set<std::string> followed;
    bool was_hop = false;
    for (int hops = 0; hops < kMaxHops && is_wrong(*arrival.document); ++hops) {
        const std::string &from = arrival.page->final_url;
        std::optional<FlowHop> hop = called_hop(*arrival.page, *arrival.document, followed);
        const bool is_called = hop.has_value();
        if (!hop && was_hop)
            hop = FlowHop{page->url, "GET", {}};
        if (!hop)
            break;
        was_hop = is_called;
        const PageHandle next = pages_.follow(page->url, *hop, from);
        arrival = {next, parsed(next)};
    }
    if (arrival.page != page) /* wrong or not: behind the hops may be a new layout */
        pages_.keep(arrival.page);
    return arrival;
}

std::string TableScan::next_link_on(const Document &document) const {
    const Selection found = XPath(table_.next_page).evaluate(document, 0, current_limits());
    const std::string link = !found.is_node_set    ? found.value
                             : found.nodes.empty() ? std::string()
                                                   : string_value(document, found.nodes.front());
    return std::string(trim(link));
}

/* Tries what the rules have for a page that is wrong for good; false when nothing helps. */
bool TableScan::recover(const std::string &url, const Error &reason) {
    if (table_.flow.empty() || !is_recoverable(reason))
        return false;
    for (const FlowStep step : table_.flow.steps)
        if ((step == FlowStep::kBack && go_back(url)) || (step == FlowStep::kAlternatives && take_alternative()))
            return true;
    return table_.flow.stale && take_snapshot(url, reason);
}

/* Loads the page if it is right as it is. */
bool TableScan::try_page(PageHandle page) {
    const Arrival arrival = arrive(std::move(page));
    if (is_wrong(*arrival.document))
        return false;
    next_link_.reset();
    try {
        load(*arrival.page, *arrival.document);
    } catch (const Error &error) {
        if (!is_recoverable(error))
            throw;
        extraction_ = Extraction{};
        return false;
    }
    return true;
}

/* Steps back to the page whose link led here, else to the site's entrance, and comes again: by what it links to now, with the
 * cookies that it sets and naming it as the referring page. */
bool TableScan::go_back(const std::string &url) {
    const std::string referrer = referrer_.empty() ? table_.site.base_url : referrer_;
    if (referrer.empty())
        return false;
    try {
        const PageHandle before = pages_.follow(referrer, FlowHop{referrer, "GET", {}}, {});
        std::string target = url;
        if (!referrer_.empty() && !table_.next_page.empty()) {
            const auto document = parse_html_by(table_.wrapper.parser, before->html, current_limits());
            const std::string link = next_link_on(*document);
            if (link.empty())
                return false;
            target = resolve_url(parse_url(before->final_url), link).text;
            visited_.insert(target);
        }
        return try_page(pages_.follow(target, FlowHop{target, "GET", {}}, referrer));
    } catch (const Error &error) {
        if (!is_recoverable(error))
            throw;
        return false;
    }
}

/* The first alternative that is right; each as the page at its own URL. */
bool TableScan::take_alternative() {
    if (!referrer_.empty())
        return false; /* alternatives stand for pages of the template */
    for (const UrlTemplate &alternative : table_.flow.alternatives) {
        std::string url;
        if (alternative.count(parameters_) == url_count_)
            url = alternative.url_at(url_at_hand_, parameters_);
        else if (alternative.count(facts_.parameters) == 1)
            url = alternative.url_at(0, facts_.parameters);
        else
            throw Error(ErrorKind::kInvalidOption,
                        "alternative \"" + alternative.text() + "\" of " + table_.name + " has another number of URLs",
                        {}, "An alternative has one URL, or as many as option url.");
        url = pages_.absolute(url);
        try {
            if (try_page(pages_.fetch(url)))
                return true;
        } catch (const Error &error) {
            if (!is_recoverable(error))
                throw;
        }
    }
    return false;
}

/* The page as it was when the table was right on it, read by the wrapper of that time. */
bool TableScan::take_snapshot(const std::string &url, const Error &reason) {
    const auto known = std::find_if(learned_.snapshots.begin(), learned_.snapshots.end(),
                                    [&](const Snapshot &snapshot) { return snapshot.url == url; });
    if (known == learned_.snapshots.end())
        return false;
    const Snapshot snapshot = *known;
    const TimestampTz taken_at =
        GetCurrentTimestamp() - static_cast<TimestampTz>(snapshot.age_s * static_cast<double>(USECS_PER_SEC));
    const FetchedPage page{url, url, snapshot.html, taken_at, {}, true};
    const auto document = parse_html_by(table_.wrapper.parser, page.html, current_limits());
    const Wrapper now = learned_.wrapper;
    extractor_ = std::make_unique<Extractor>(learned_.evidence_wrapper);
    learned_.wrapper = learned_.evidence_wrapper;
    next_link_.reset();
    load(page, *document);
    learned_.wrapper = now;
    extractor_ = std::make_unique<Extractor>(now);
    ++pages_.statistics().stale_pages;
    if (!std::exchange(has_warned_of_stale_, true))
        warn_about_stale(table_, url, reason);
    return true;
}

} // namespace webwrap::pg
