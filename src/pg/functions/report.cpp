#include <algorithm>

#include "core/parse/parse.hpp"
#include "core/wrap/report.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/spi.hpp"

using namespace webwrap;
using namespace webwrap::pg;

namespace {

/* A page that is kept, without its bytes. */
struct KeptPage {
    std::int64_t batch = 0;
    std::string url, wrapper, taken_at;
};

/* The batch of an adaptation that the caller may see, by the rule of the table's policy. Another one is as good as none: that it
 * exists is nothing to tell. */
AdaptationReport find_adaptation(TrustedQueries &queries, std::int64_t id, Oid caller, Oid &relation) {
    const std::uint64_t count = queries.run(
        "SELECT a.id, a.batch, a.relation::oid, a.relation::text, a.adapted_at::text, "
        "coalesce(a.column_name::text, 'rows'), a.option_xpath, a.old_xpath, a.new_xpath, a.measure, a.status, "
        "a.similarity, a.confidence, a.evidence::text FROM webwrap.adaptation a "
        "WHERE a.batch = (SELECT b.batch FROM webwrap.adaptation b WHERE b.id = $1) "
        "AND has_any_column_privilege($2, a.relation::oid, 'SELECT') ORDER BY a.id",
        {int8_parameter(id), oid_parameter(caller)}, true);
    if (count == 0)
        throw Error(ErrorKind::kInvalidArgument, "there is no adaptation " + std::to_string(id), {},
                    "webwrap.adaptation lists those of the tables that you may read.");
    AdaptationReport report;
    report.id = id;
    report.batch = std::stoll(queries.text(0, 1).value());
    relation = static_cast<Oid>(std::stoul(queries.text(0, 2).value()));
    report.table = queries.text(0, 3).value();
    report.adapted_at = queries.text(0, 4).value();
    for (std::uint64_t row = 0; row < count; ++row) {
        if (std::stoll(queries.text(row, 0).value()) == id)
            report.chosen = report.patterns.size();
        ReportPattern pattern;
        pattern.pattern = queries.text(row, 5).value();
        pattern.option_xpath = queries.text(row, 6).value();
        pattern.old_xpath = queries.text(row, 7).value();
        pattern.new_xpath = queries.text(row, 8).value();
        pattern.measure = queries.text(row, 9).value();
        pattern.status = queries.text(row, 10).value();
        pattern.similarity = std::stod(queries.text(row, 11).value());
        pattern.confidence = std::stod(queries.text(row, 12).value());
        pattern.evidence = queries.text(row, 13).value_or("");
        report.patterns.push_back(std::move(pattern));
    }
    return report;
}

/* The XPath that a kept page's wrapper has for a pattern. */
std::string xpath_of(const KeptPage &page, const std::string &pattern) {
    const Wrapper wrapper = wrapper_from_json(page.wrapper);
    if (pattern == "rows" && wrapper.rows)
        return wrapper.rows->xpath;
    for (const Column &column : wrapper.columns)
        if (column.name == pattern)
            return column.xpath;
    return {};
}

/* Those of one generation, in the order in which adaptation sees them, on which an XPath of the adaptation is right. */
std::vector<KeptPage> pages_with(const std::vector<KeptPage> &all, const ReportPattern &pattern,
                                 const std::string &xpath, std::int64_t batch, bool is_before) {
    std::vector<KeptPage> pages;
    for (const KeptPage &page : all)
        if ((is_before ? page.batch < batch : page.batch == batch) &&
            (pages.empty() || pages.front().batch == page.batch) && xpath_of(page, pattern.pattern) == xpath)
            pages.push_back(page);
    return pages;
}

std::vector<KeptPage> kept_pages(TrustedQueries &queries, Oid relation, std::int64_t batch) {
    const std::uint64_t count = queries.run(
        "SELECT batch, url, wrapper, taken_at::text FROM webwrap.snapshot WHERE relation = $1 AND batch <= $2 "
        "ORDER BY batch DESC, taken_at, url",
        {oid_parameter(relation), int8_parameter(batch)}, true);
    std::vector<KeptPage> pages;
    for (std::uint64_t row = 0; row < count; ++row)
        pages.push_back({std::stoll(queries.text(row, 0).value()), queries.text(row, 1).value(),
                         queries.text(row, 2).value(), queries.text(row, 3).value()});
    return pages;
}

/* Old and new page, of one URL where both are kept. */
std::pair<KeptPage, KeptPage> choose_pages(const std::vector<KeptPage> &all, const AdaptationReport &report) {
    const ReportPattern &pattern = report.patterns[report.chosen];
    const std::string name = "adaptation " + std::to_string(report.id);
    const std::vector<KeptPage> olds = pages_with(all, pattern, pattern.old_xpath, report.batch, true);
    if (olds.empty())
        throw Error(ErrorKind::kInvalidArgument, "the page before " + name + " is no longer kept", {},
                    "Pages are kept for the last two batches of a table and for approved ones.");
    const std::vector<KeptPage> news = pages_with(all, pattern, pattern.new_xpath, report.batch, false);
    if (news.empty())
        throw Error(
            ErrorKind::kInvalidArgument, "the page that " + name + " was made on is not kept", {},
            "Pages are kept for the last two batches of a table and for approved ones, new pages only with option "
            "adapt_refresh on.");
    for (const KeptPage &before : olds)
        for (const KeptPage &after : news)
            if (before.url == after.url)
                return {before, after};
    return {olds.front(), news.front()};
}

std::string body_of(TrustedQueries &queries, Oid relation, const KeptPage &page) {
    queries.run(
        "SELECT webwrap.load_body(body_hash) FROM webwrap.snapshot WHERE relation = $1 AND batch = $2 AND url = $3",
        {oid_parameter(relation), int8_parameter(page.batch), parameter(page.url)}, true);
    return queries.bytes(0, 0).value_or("");
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_adaptation_report) {
    const Oid caller = GetUserId();
    const Limits limits = current_limits();
    AdaptationReport report;
    std::string old_html, new_html;
    {
        TrustedQueries queries;
        Oid relation = InvalidOid;
        report = find_adaptation(queries, DatumGetInt64(fcinfo->args[0].value), caller, relation);
        const auto [before, after] = choose_pages(kept_pages(queries, relation, report.batch), report);
        old_html = body_of(queries, relation, before);
        new_html = body_of(queries, relation, after);
        report.old_page = {nullptr, before.url, before.taken_at, wrapper_from_json(before.wrapper)};
        report.new_page = {nullptr, after.url, after.taken_at, wrapper_from_json(after.wrapper)};
        queries.finish();
    }
    const auto old_document = parse_html_by(report.old_page.wrapper.parser, old_html, limits);
    const auto new_document = parse_html_by(report.new_page.wrapper.parser, new_html, limits);
    report.old_page.document = old_document.get();
    report.new_page.document = new_document.get();
    return text_datum(report_html(report, limits));
}
