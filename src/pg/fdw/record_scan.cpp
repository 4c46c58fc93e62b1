#include "pg/fdw/record_scan.hpp"

#include "pg/bridge/guard.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/fdw/messages.hpp"

namespace webwrap::pg {

RecordScan::RecordScan(TableDefinition table, ForeignScanState *scan, Oid user, const std::vector<bool> &is_asked)
    : table_(std::move(table)), pages_(table_, user), row_(table_, scan, is_asked) {
    row_.mark_needed(table_.fields);
}

void RecordScan::start(UrlParameters parameters) {
    parameters_ = std::move(parameters);
    for (const std::string &name : table_.url.parameters())
        if (!parameters_.contains(name))
            throw_missing_parameter(table_, name);
    url_index_ = 0;
    url_count_ = table_.url.count(parameters_);
    visited_.clear();
    facts_ = PageFacts{};
    reader_.reset();
}

bool RecordScan::next_row() {
    while (reader_ == nullptr || !reader_->next())
        if (!next_document())
            return false;
    row_.store(*reader_, facts_, next_row_number_++);
    return true;
}

bool RecordScan::next_document() {
    const std::optional<std::string> url = next_url();
    if (!url)
        return false;
    const int max_pages = table_.max_pages > 0 ? table_.max_pages : Settings::max_pages;
    if (facts_.number >= max_pages)
        throw_too_many_pages(table_, max_pages);
    ++facts_.number;
    open(*url);
    ++pages_.statistics().pages;
    return true;
}

std::optional<std::string> RecordScan::next_url() {
    while (url_index_ < url_count_) {
        const std::int64_t index = url_index_++;
        const std::string url = pages_.absolute(table_.url.url_at(index, parameters_));
        if (!visited_.insert(url).second)
            continue;
        facts_.parameters = table_.url.values_at(index, parameters_);
        return url;
    }
    return std::nullopt;
}

void RecordScan::open(const std::string &url) {
    reader_.reset();
    if (document_ == nullptr || document_->url != url) {
        text_.reset();
        document_.reset(); /* before the next one is there */
        document_ = pages_.fetch_document(url);
        text_ = std::make_unique<RecordText>(document_->response);
    }
    facts_.url = url;
    facts_.fetched_at = document_->fetched_at;
    row_.begin_document(facts_);
    next_row_number_ = 0;
    reader_ = table_.format == DocumentFormat::kCsv ? read_csv(text_->text(), url, table_.csv, table_.fields)
                                                    : read_ndjson(text_->text(), url, table_.fields);
}

} // namespace webwrap::pg
