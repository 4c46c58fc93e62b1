#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/fetch/url.hpp"
#include "core/parse/parse.hpp"
#include "core/wrap/explain.hpp"
#include "core/wrap/priorities.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/fdw/messages.hpp"
#include "pg/fdw/scan.hpp"

namespace webwrap::pg {

namespace {

/* Below this probability a pattern counts as drifted though no constraint is violated. */
constexpr double kHealthy = 0.5;

Violation emptied() { return {"rows", "drift", "it selects nothing", 0}; }

std::vector<Violation> drifted(const std::vector<PatternHealth> &health) {
    std::vector<Violation> violations;
    for (const PatternHealth &pattern : health)
        if (pattern.holds < kHealthy)
            violations.push_back({pattern.pattern, "drift", pattern.reason, 0});
    return violations;
}

} // namespace

TableScan::TableScan(TableDefinition table, ForeignScanState *scan, Oid user)
    : table_(std::move(table)), options_wrapper_(wrapper_to_json(table_.wrapper)), pages_(table_, user),
      rows_(table_, scan), column_saw_null_(table_.wrapper.columns.size()),
      column_to_found_pages_(table_.wrapper.columns.size()) {}

void TableScan::start(UrlParameters parameters) {
    parameters_ = std::move(parameters);
    for (const std::string &name : table_.url.parameters())
        if (!parameters_.contains(name))
            throw_missing_parameter(table_, name);
    url_index_ = 0;
    url_count_ = table_.url.count(parameters_);
    next_link_.reset();
    visited_.clear();
    facts_ = PageFacts{};
    row_ = 0;
    extraction_ = Extraction{};
}

bool TableScan::next_row() {
    while (row_ >= extraction_.records.size())
        if (!next_page())
            return false;
    const std::size_t row = row_++;
    call_pg([this, row] { rows_.put(row); });
    return true;
}

bool TableScan::next_page() {
    const std::optional<std::string> url = next_url();
    if (!url) {
        warn_about_empty_patterns();
        return false;
    }
    const int max_pages = table_.max_pages > 0 ? table_.max_pages : Settings::max_pages;
    if (facts_.number >= max_pages)
        throw_too_many_pages(table_, max_pages);
    if (!has_learned_) {
        learned_ = load_learned(table_);
        extractor_ = std::make_unique<Extractor>(learned_.wrapper);
        has_learned_ = true;
        warn_about_adaptations(table_, learned_);
    }
    ++facts_.number;
    load_or_recover(*url);
    return true;
}

/* The next URL that was not visited yet: the link of the last page first, then the template's. */
std::optional<std::string> TableScan::next_url() {
    if (next_link_) {
        const std::string link = *std::exchange(next_link_, std::nullopt);
        if (visited_.insert(link).second) {
            referrer_ = facts_.url;
            return link;
        }
    }
    while (url_index_ < url_count_) {
        const std::int64_t index = url_index_++;
        const std::string url = pages_.absolute(table_.url.url_at(index, parameters_));
        if (!visited_.insert(url).second)
            continue;
        facts_.parameters = table_.url.values_at(index, parameters_);
        referrer_.clear();
        url_at_hand_ = index;
        return url;
    }
    return std::nullopt;
}

void TableScan::load_or_recover(const std::string &url) {
    std::optional<Error> failure;
    try {
        const Arrival arrival = arrive(pages_.fetch(url));
        load(*arrival.page, *arrival.document);
    } catch (const Error &error) {
        failure = error; /* what comes next calls the server: not from inside a handler */
    }
    if (!failure && is_emptied() && !table_.flow.empty() && !facts_.is_stale) {
        /* A list that must not be empty: no violation on the last page, but the rules may know where it is. */
        if (!recover(url, Error(ErrorKind::kConstraintViolated, "page \"" + url + "\" has no rows"))) {
            const Arrival arrival = arrive(pages_.fetch(url));
            load(*arrival.page, *arrival.document);
        }
        return;
    }
    if (failure && !recover(url, *failure))
        throw *failure;
}

void TableScan::load(const FetchedPage &page, const Document &document) {
    facts_.url = page.url;
    facts_.fetched_at = page.fetched_at;
    facts_.is_stale = page.is_stale;
    follow_next_link(page, document);
    is_last_page_ = url_index_ >= url_count_ && !next_link_;
    row_ = 0;
    check_page(page, document);
    note_evidence(page);
    note_empty_patterns();
    ++pages_.statistics().pages;
}

/* Leaves extraction_ and rows_ with the page's checked rows, or throws. */
void TableScan::check_page(const FetchedPage &page, const Document &document) {
    std::vector<Violation> violations = extract(document);
    if (violations.empty())
        violations = find_drift(page, document);
    if (!violations.empty())
        repair(page, document, violations);
}

std::vector<Violation> TableScan::extract(const Document &document) {
    facts_.is_adapted = wrapper_to_json(extractor_->wrapper()) != options_wrapper_;
    extraction_ = extractor_->extract(document, current_limits(), is_last_page_);
    if (!extraction_.violations.empty())
        return extraction_.violations;
    if (std::optional<Violation> violation = rows_.build(extraction_, facts_))
        return {*violation};
    return {};
}

/* The last page may have fewer rows than the minimum, but a list that must not be empty is not empty by chance. */
bool TableScan::is_emptied() const {
    return extraction_.records.empty() && table_.wrapper.rows && table_.wrapper.rows->min > 0;
}

const Snapshot *TableScan::reference_for(const std::string &url) const {
    const std::vector<Snapshot> &known = learned_.snapshots.empty() ? evidence_ : learned_.snapshots;
    const auto same = std::find_if(known.begin(), known.end(), [&](const Snapshot &s) { return s.url == url; });
    if (same != known.end())
        return &*same;
    /* Pages under other XPaths show nothing of another page's layout. */
    const std::vector<Snapshot> &alike = learned_.has_current_evidence() ? known : evidence_;
    return alike.empty() ? nullptr : &alike.front();
}

const Document &TableScan::snapshot_document(const Snapshot &snapshot) {
    std::unique_ptr<Document> &document = snapshot_documents_[snapshot.url];
    if (document == nullptr)
        document = parse_html_by(table_.wrapper.parser, snapshot.html, current_limits());
    return *document;
}

/* Patterns that select something of another kind than before, though every constraint holds: silent breakage. A page that
 * is known is compared record by record, any other one by its layout. */
std::vector<Violation> TableScan::find_drift(const FetchedPage &page, const Document &document) {
    const Snapshot *reference = reference_for(page.url);
    if (reference == nullptr || reference->html == page.html)
        return {};
    if (is_emptied())
        return {emptied()};
    std::vector<PatternHealth> health;
    if (reference->url == page.url) {
        const PagePair pair{&snapshot_document(*reference), &document, is_last_page_};
        const bool is_read_alike = learned_.has_current_evidence() || learned_.snapshots.empty();
        health = is_read_alike ? check_health(learned_.wrapper, pair, current_limits())
                               : check_health(learned_.evidence_wrapper, learned_.wrapper, pair, current_limits());
    } else {
        if (monitor_ == nullptr)
            monitor_ = std::make_unique<HealthMonitor>(*extractor_, snapshot_document(*reference), current_limits());
        health = monitor_->check(document, extraction_);
    }
    return drifted(health);
}

AdaptOptions TableScan::adapt_options() const {
    AdaptOptions options = table_.adaptation;
    if (options.threshold < 0)
        options.threshold = Settings::adaptation_threshold;
    return options;
}

/* Adapts the wrapper to the page's new layout and extracts the page with it, or throws what is wrong. */
void TableScan::repair(const FetchedPage &page, const Document &document, const std::vector<Violation> &violations) {
    if (!table_.adapts)
        throw_violated(table_, page.url, violations, NoAdaptation::kOff);
    if (learned_.snapshots.empty())
        throw_violated(table_, page.url, violations, NoAdaptation::kNoSnapshot);
    /* The pages that stand in the snapshots' places now; each is fetched once a scan anyway. */
    std::vector<std::unique_ptr<Document>> documents;
    std::vector<PagePair> pairs;
    Lesson lesson;
    for (const Snapshot &snapshot : learned_.snapshots) {
        const PageHandle now = fetch_if_there(snapshot.url);
        if (now == nullptr)
            continue;
        documents.push_back(arrive(now).document);
        pairs.push_back({&snapshot_document(snapshot), documents.back().get(), snapshot.is_last_page});
        lesson.snapshots.push_back({now->url, now->html, snapshot.is_last_page, 0});
    }
    if (pairs.empty())
        throw_violated(table_, page.url, violations, NoAdaptation::kNoSnapshot);
    WrapperAdaptation adaptation = adapt_wrapper(learned_.evidence_wrapper, pairs, adapt_options(), current_limits());
    if (!adaptation.is_sure)
        throw_not_adapted(table_, page.url, violations, adaptation);
    throw_if_vetoed(table_, page.url, learned_, adaptation);
    adopt(adaptation, page, document, violations, *documents.front());
    if (is_changed(adaptation))
        explain_patterns(adaptation, learned_.evidence_wrapper, pairs, current_limits());
    lesson.adaptations = adaptation.patterns;
    if (!table_.refreshes)
        lesson.snapshots.clear();
    std::vector<Snapshot> evidence = table_.refreshes ? lesson.snapshots : learned_.snapshots;
    const Wrapper evidence_wrapper = table_.refreshes ? adaptation.wrapper : learned_.evidence_wrapper;
    if (is_changed(adaptation)) {
        ++pages_.statistics().adaptations;
        store_lesson(table_, learned_, adaptation.wrapper, lesson);
        report_adaptation(table_, adaptation);
        learned_ = load_learned(table_);
    }
    /* Whatever could be stored: from here on the new pages are the measure, unless the old ones shall stay it. */
    learned_.wrapper = adaptation.wrapper;
    learned_.evidence_wrapper = evidence_wrapper;
    learned_.snapshots = std::move(evidence);
    monitor_.reset();
    snapshot_documents_.clear();
    evidence_.clear();
    std::fill(column_saw_null_.begin(), column_saw_null_.end(), false);
}

/* The page as it is now, or nothing when it is gone: a page less to compare, not a failed scan. */
PageHandle TableScan::fetch_if_there(const std::string &url) {
    try {
        return pages_.fetch(url);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kHttpStatus)
            throw;
        return nullptr;
    }
}

/* Takes the adapted wrapper into use if the page at hand is right under it, and looks like `known`, a page that the
 * adaptation was made on. */
void TableScan::adopt(const WrapperAdaptation &adaptation, const FetchedPage &page, const Document &document,
                      const std::vector<Violation> &violations, const Document &known) {
    extractor_ = std::make_unique<Extractor>(adaptation.wrapper);
    std::vector<Violation> remaining = extract(document);
    if (remaining.empty() && is_emptied())
        remaining.push_back(emptied());
    else if (remaining.empty())
        remaining = drifted(HealthMonitor(*extractor_, known, current_limits()).check(document, extraction_));
    if (remaining.empty())
        return;
    extractor_ = std::make_unique<Extractor>(learned_.wrapper);
    if (is_changed(adaptation))
        throw_still_violated(table_, page.url, remaining, adaptation);
    throw_violated(table_, page.url, violations, NoAdaptation::kNothingMoved);
}

void TableScan::follow_next_link(const FetchedPage &page, const Document &document) {
    if (table_.next_page.empty())
        return;
    const std::string link = next_link_on(document);
    if (!link.empty()) {
        next_link_ = resolve_url(parse_url(page.final_url), link).text;
        return;
    }
    /* The page that had a link before and has none now may be the last one, or the link has moved. */
    const Snapshot *reference = reference_for(page.url);
    if (reference != nullptr && reference->url == page.url && !reference->is_last_page &&
        !next_link_on(snapshot_document(*reference)).empty())
        throw_lost_next_page(table_, page.url,
                             adapt_by_priority(snapshot_document(*reference), table_.next_page, document,
                                               adapt_options(), current_limits()));
}

/* Whether a kept page shows what no value in this column looks like. */
bool TableScan::covers_null(std::size_t column) {
    if (column_saw_null_[column] || !learned_.has_current_evidence())
        return column_saw_null_[column];
    for (const Snapshot &snapshot : learned_.snapshots)
        for (const Record &record : extractor_->extract(snapshot_document(snapshot), current_limits(), true).records)
            for (std::size_t i = 0; i < record.cells.size(); ++i)
                column_saw_null_[i] = column_saw_null_[i] || !record.cells[i].value;
    return column_saw_null_[column];
}

/* Keeps the first page, and pages that show a missing value in a column where no kept page does: without those nobody
 * could tell a new layout's way of writing "none" from a value. */
void TableScan::note_evidence(const FetchedPage &page) {
    ++checked_pages_;
    if (page.is_stale)
        return;
    if (table_.wrapper.rows && extraction_.records.empty())
        return; /* nothing to compare a later page with */
    const auto room = static_cast<std::size_t>(Settings::snapshot_pages);
    bool is_wanted = evidence_.empty();
    std::vector<bool> has_null(column_saw_null_.size());
    for (const Record &record : extraction_.records)
        for (std::size_t i = 0; i < record.cells.size(); ++i)
            has_null[i] = has_null[i] || !record.cells[i].value;
    for (std::size_t i = 0; i < has_null.size() && !is_wanted && evidence_.size() < room; ++i)
        is_wanted = has_null[i] && !covers_null(i);
    if (!is_wanted || evidence_.size() >= std::max<std::size_t>(room, 1))
        return;
    evidence_.push_back({page.url, page.html, is_last_page_, 0});
    for (std::size_t i = 0; i < has_null.size(); ++i)
        column_saw_null_[i] = column_saw_null_[i] || has_null[i];
}

void TableScan::note_empty_patterns() {
    const auto is_empty = [&](const std::string &pattern) {
        return std::find(extraction_.empty_patterns.begin(), extraction_.empty_patterns.end(), pattern) !=
               extraction_.empty_patterns.end();
    };
    rows_found_pages_ += !is_empty("rows");
    for (std::size_t i = 0; i < column_to_found_pages_.size(); ++i)
        column_to_found_pages_[i] += !is_empty(table_.wrapper.columns[i].name);
}

void TableScan::warn_about_empty_patterns() const {
    if (checked_pages_ == 0)
        return;
    if (learned_.wrapper.rows && rows_found_pages_ == 0) {
        warn_matched_nothing(table_, "rows", learned_.wrapper.rows->xpath);
        return;
    }
    for (std::size_t i = 0; i < column_to_found_pages_.size(); ++i)
        if (column_to_found_pages_[i] == 0)
            warn_matched_nothing(table_, learned_.wrapper.columns[i].name, learned_.wrapper.columns[i].xpath);
}

void TableScan::finish() {
    if (std::exchange(is_finished_, true) || evidence_.empty() || Settings::snapshot_pages == 0)
        return;
    if (!table_.refreshes && !learned_.adapted.empty())
        return;
    std::vector<Snapshot> fresh;
    for (const Snapshot &page : evidence_) {
        const auto same = std::find_if(learned_.snapshots.begin(), learned_.snapshots.end(),
                                       [&](const Snapshot &s) { return s.url == page.url; });
        const bool is_known = same != learned_.snapshots.end();
        const bool is_outdated =
            is_known && same->html != page.html && learned_.snapshot_age_s >= Settings::snapshot_interval_s;
        const bool has_room = learned_.snapshots.size() < static_cast<std::size_t>(Settings::snapshot_pages);
        if (is_outdated || (!is_known && has_room))
            fresh.push_back(page);
    }
    if (!fresh.empty())
        store_lesson(table_, learned_, learned_.wrapper, Lesson{{}, std::move(fresh)});
}

} // namespace webwrap::pg
