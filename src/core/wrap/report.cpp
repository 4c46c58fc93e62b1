#include "core/wrap/report.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.hpp"
#include "core/base/escape_html.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/report_region.hpp"

namespace webwrap {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxValueRows = 100;
constexpr std::size_t kMaxValueBytes = 300;
constexpr std::size_t kMaxTerms = 80;
constexpr std::size_t kMaxLikeRecords = 50; /* records that share a value which still tells them apart */

constexpr const char *kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --soft: #f3f3f6; --rule: #c9c9d2; --tint: 88%; --edge: 38%; --focus: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6eb; --paper: #16161a; --soft: #222228; --rule: #4a4a55; --tint: 22%; --edge: 62%; --focus: #8ab4f8; }
}
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
code, .tree { font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; } caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { border: 1px solid var(--rule); padding: .2rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: var(--soft); } td.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } .sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
@media (max-width: 50rem) { .sides { grid-template-columns: 1fr; } }
.sides > section { min-width: 0; } .box { max-height: 40rem; overflow: auto; border: 1px solid var(--rule); }
.tree { list-style: none; margin: 0; padding: .5rem; }
.tree li { padding: 0 .3rem; margin-left: calc(var(--d, 0) * .9rem); border-left: .3rem solid transparent; }
.tree li.pair { background: hsl(var(--h) 60% var(--tint)); border-left-color: hsl(var(--h) 60% var(--edge)); }
.tree li.target { outline: 2px solid var(--ink); outline-offset: -2px; }
.tree li:target { outline: 3px solid var(--focus); outline-offset: -2px; }
.tree a { color: inherit; font-weight: bold; } a:focus-visible, .box:focus-visible { outline: 3px solid var(--focus); }
.mark { border: 1px solid; border-radius: .2rem; padding: 0 .2rem; font-size: .75rem; }
.text { font-style: italic; } .changed { font-weight: bold; }
meter { width: 6rem; }
</style>
)";

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
}

std::string cell(const std::string &html) { return "<td>" + html + "</td>"; }
std::string number_cell(double value) { return "<td class=\"number\">" + number(value) + "</td>"; }
std::string code(std::string_view text) { return "<code>" + escape_html(text) + "</code>"; }

json part_of(const json &object, const char *key) { return object.is_object() ? object.value(key, json()) : json(); }

double number_at(const json &object, const char *key) {
    const json value = part_of(object, key);
    return value.is_number() ? value.get<double>() : 0;
}

std::string text_at(const json &object, const char *key) {
    const json value = part_of(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

/* One side of the comparison: what the wrapper reads on the page. */
struct Reading {
    explicit Reading(const ReportPage &page, const Limits &limits)
        : extraction(Extractor(page.wrapper).extract(*page.document, limits, true)) {}
    Extraction extraction;
};

std::vector<RecordPair> pair_records(const Reading &before, const Reading &after) {
    const std::vector<Record> &olds = before.extraction.records, &news = after.extraction.records;
    using Key = std::pair<std::size_t, std::string>;
    std::map<Key, std::vector<std::size_t>> value_to_news;
    for (std::size_t i = 0; i < news.size(); ++i)
        for (std::size_t c = 0; c < news[i].cells.size(); ++c)
            if (news[i].cells[c].value)
                value_to_news[{c, *news[i].cells[c].value}].push_back(i);
    std::vector<RecordPair> pairs;
    std::set<std::size_t> taken;
    for (std::size_t i = 0; i < olds.size(); ++i) {
        Interrupt::poll();
        std::map<std::size_t, std::size_t> new_to_common;
        std::size_t filled = 0;
        for (std::size_t c = 0; c < olds[i].cells.size(); ++c) {
            if (!olds[i].cells[c].value)
                continue;
            ++filled;
            const auto found = value_to_news.find({c, *olds[i].cells[c].value});
            if (found == value_to_news.end() || found->second.size() > kMaxLikeRecords)
                continue;
            for (const std::size_t one : found->second)
                if (!taken.contains(one))
                    ++new_to_common[one];
        }
        const auto best = std::max_element(new_to_common.begin(), new_to_common.end(),
                                           [](const auto &a, const auto &b) { return a.second < b.second; });
        /* One shared value of many may be chance. */
        if (best == new_to_common.end() || best->second * 2 < filled)
            continue;
        pairs.push_back({i, best->first});
        taken.insert(best->first);
    }
    if (pairs.empty())
        for (std::size_t i = 0; i < std::min(olds.size(), news.size()); ++i)
            pairs.push_back({i, i});
    return pairs;
}

/* Writes one report. */
class Writer {
  public:
    Writer(const AdaptationReport &report, const Limits &limits)
        : report_(report), limits_(limits), pattern_(report.patterns.at(report.chosen)),
          before_(report.old_page, limits), after_(report.new_page, limits), pairs_(pair_records(before_, after_)) {}

    std::string html() {
        html_ = kHead;
        const std::string title =
            "Adaptation " + std::to_string(report_.id) + ": " + name_of(pattern_) + " of " + escape_html(report_.table);
        html_ += "<title>" + title + "</title>\n</head>\n<body>\n<main>\n<h1>" + title + "</h1>\n";
        write_summary();
        write_values();
        write_regions();
        write_evidence();
        write_batch();
        return html_ + "</main>\n</body>\n</html>\n";
    }

  private:
    static std::string name_of(const ReportPattern &pattern) {
        return pattern.pattern == "rows" ? "row pattern" : "column " + escape_html(pattern.pattern);
    }

    void fact(const std::string &name, const std::string &html) {
        html_ += "<tr><th scope=\"row\">" + name + "</th>" + cell(html) + "</tr>\n";
    }

    void write_summary() {
        html_ += "<div class=\"scroll\"><table id=\"summary\"><caption>What was adapted</caption>\n";
        fact("Status", escape_html(pattern_.status));
        fact("Adapted at", escape_html(report_.adapted_at) + ", batch " + std::to_string(report_.batch));
        fact("Confidence", number(pattern_.confidence));
        fact("Tree similarity", number(pattern_.similarity));
        fact("Decided by", escape_html(pattern_.measure));
        fact("XPath before", code(pattern_.old_xpath));
        fact("XPath now", code(pattern_.new_xpath));
        if (pattern_.option_xpath != pattern_.old_xpath)
            fact("Option value", code(pattern_.option_xpath));
        for (const bool is_old : {true, false}) {
            const ReportPage &page = is_old ? report_.old_page : report_.new_page;
            fact(is_old ? "Old page" : "New page", code(page.url) + ", kept " + escape_html(page.taken_at));
        }
        html_ += "</table></div>\n";
    }

    static std::string value_html(const std::optional<std::string> &value) {
        return value ? escape_html(abbreviate(*value, kMaxValueBytes)) : "<em>none</em>";
    }

    /* Values of the pattern in records of a pair; those of all columns for the row pattern. */
    void write_values() {
        const std::vector<Record> &olds = before_.extraction.records, &news = after_.extraction.records;
        const std::vector<Column> &columns = report_.old_page.wrapper.columns;
        const bool is_rows = pattern_.pattern == "rows" && report_.old_page.wrapper.rows.has_value();
        html_ += "<h2>Values before and after</h2>\n<p>" + std::to_string(olds.size()) + " records on the old page, " +
                 std::to_string(news.size()) + " on the new one; " + std::to_string(pairs_.size()) +
                 " of them are taken for the same.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                 "aria-label=\"values\"><table id=\"values\"><thead><tr><th scope=\"col\">Record</th><th "
                 "scope=\"col\">Column</th><th scope=\"col\">Before</th><th scope=\"col\">After</th><th "
                 "scope=\"col\"></th></tr></thead><tbody>\n";
        std::size_t written = 0, left_out = 0;
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            Interrupt::poll();
            const Record &old_record = olds[pairs_[i].old_record], &new_record = news[pairs_[i].new_record];
            for (std::size_t c = 0; c < std::min(old_record.cells.size(), new_record.cells.size()); ++c) {
                if (!is_rows && columns[c].name != pattern_.pattern)
                    continue;
                if (written == kMaxValueRows) {
                    ++left_out;
                    continue;
                }
                ++written;
                const auto &was = old_record.cells[c].value, &is = new_record.cells[c].value;
                html_ += "<tr><td class=\"number\">" + std::to_string(i + 1) + "</td>" +
                         cell(escape_html(columns[c].name)) + cell(value_html(was)) + cell(value_html(is)) +
                         (was == is ? cell("same") : "<td class=\"changed\">changed</td>") + "</tr>\n";
            }
        }
        html_ += "</tbody></table></div>\n";
        if (left_out > 0)
            html_ += "<p>" + std::to_string(left_out) + " more values are left out.</p>\n";
    }

    ReportSide side_of(const ReportPage &page, const Reading &reading) const {
        ReportSide side;
        side.page = page.document;
        std::set<NodeId> targets;
        for (const Record &record : reading.extraction.records) {
            if (page.wrapper.rows)
                side.records.push_back(record.row.node);
            if (pattern_.pattern == "rows" && page.wrapper.rows)
                targets.insert(record.row.node);
            for (std::size_t c = 0; c < record.cells.size(); ++c)
                if (page.wrapper.columns[c].name == pattern_.pattern)
                    for (const NodeRef &ref : record.cells[c].nodes)
                        targets.insert(ref.node);
        }
        side.targets.assign(targets.begin(), targets.end());
        return side;
    }

    void write_regions() {
        const bool has_records = report_.old_page.wrapper.rows && report_.new_page.wrapper.rows;
        const ReportRegions regions =
            report_regions(side_of(report_.old_page, before_), side_of(report_.new_page, after_),
                           has_records ? pairs_ : std::vector<RecordPair>(), limits_);
        html_ += "<h2>Page regions</h2>\n<p>Nodes with one number and colour correspond; the number leads to the other "
                 "page. "
                 "What the XPath selects is framed and marked. " +
                 std::to_string(regions.pairs) + " nodes correspond.</p>\n<div class=\"sides\">\n";
        for (const bool is_old : {true, false}) {
            const std::string name = is_old ? "old" : "new";
            html_ += "<section aria-labelledby=\"" + name + "-head\"><h3 id=\"" + name + "-head\">" +
                     (is_old ? "Old page" : "New page") + "</h3>\n<div class=\"box\" tabindex=\"0\" role=\"region\" " +
                     "aria-labelledby=\"" + name + "-head\"><ol class=\"tree\" role=\"list\">\n" +
                     (is_old ? regions.old_html : regions.new_html) + "</ol></div></section>\n";
        }
        html_ += "</div>\n";
    }

    void write_terms(const std::string &caption, const json &terms) {
        if (!terms.is_array() || terms.empty())
            return;
        double most = 0;
        for (const json &term : terms)
            most = std::max(most, std::abs(number_at(term, "contribution")));
        html_ += "<div class=\"scroll\"><table><caption>" + caption +
                 "</caption><thead><tr><th scope=\"col\">Feature</th><th scope=\"col\">Value</th><th "
                 "scope=\"col\">Weight</th><th scope=\"col\">Contribution</th><th scope=\"col\" "
                 "aria-label=\"share of the largest\"></th></tr></thead><tbody>\n";
        for (std::size_t i = 0; i < std::min(terms.size(), kMaxTerms); ++i) {
            const double contribution = number_at(terms[i], "contribution");
            html_ += "<tr>" + cell(escape_html(text_at(terms[i], "feature"))) +
                     number_cell(number_at(terms[i], "value")) + number_cell(number_at(terms[i], "weight")) +
                     number_cell(contribution) + "<td><meter value=\"" +
                     number(most > 0 ? std::abs(contribution) / most : 0) + "\"></meter></td></tr>\n";
        }
        html_ += "</tbody></table></div>\n";
    }

    void write_elements(const std::string &caption, const json &side) {
        const json &elements = part_of(side, "elements"), &values = part_of(side, "values");
        html_ += "<details><summary>" + caption + ": " +
                 std::to_string(static_cast<std::int64_t>(number_at(side, "count"))) + " elements</summary><ol>\n";
        for (std::size_t i = 0; elements.is_array() && i < elements.size(); ++i) {
            html_ += "<li>" + (elements[i].is_string() ? code(elements[i].get<std::string>()) : std::string());
            if (values.is_array() && i < values.size() && values[i].is_string())
                html_ += " " + escape_html(values[i].get<std::string>());
            html_ += "</li>\n";
        }
        html_ += "</ol></details>\n";
    }

    /* A group of elements with what spoke for it. */
    void write_group(const std::string &title, const json &group, bool is_open) {
        html_ += "<details class=\"candidate\"" + std::string(is_open ? " open" : "") + "><summary>" + title +
                 ": score " + number(number_at(group, "score")) + ", confidence by itself " +
                 number(number_at(part_of(group, "trust"), "probability")) + "</summary>\n";
        write_elements("Elements on the new page", part_of(group, "new"));
        write_terms("What ranks it", part_of(group, "features"));
        const json &trust = part_of(group, "trust");
        write_terms("What the confidence rests on (intercept " + number(number_at(trust, "intercept")) + ")",
                    part_of(trust, "terms"));
        html_ += "</details>\n";
    }

    void write_evidence() {
        html_ += "<h2>Evidence</h2>\n";
        const json evidence = pattern_.evidence.empty() ? json() : json::parse(pattern_.evidence, nullptr, false);
        if (evidence.is_null()) {
            html_ += "<p>No evidence was kept with this adaptation.</p>\n";
            return;
        }
        if (!evidence.is_object())
            throw Error(ErrorKind::kInvalidOption, "evidence of an adaptation must be a JSON object");
        html_ += "<p>" + std::to_string(static_cast<std::int64_t>(number_at(evidence, "groups"))) +
                 " groups of elements were ranked; the XPath was decided by " + escape_html(pattern_.measure) +
                 ". What follows judges each group by itself, without the other patterns.</p>\n";
        write_elements("Elements on the old page", part_of(evidence, "old"));
        write_group("Chosen: " + code(pattern_.new_xpath), evidence, true);
        std::size_t place = 0;
        for (const json &other : part_of(evidence, "others"))
            write_group("Not chosen, " + std::to_string(++place) + ": " + code(text_at(other, "xpath")), other, false);
        write_candidates(part_of(evidence, "candidates"));
    }

    void write_candidates(const json &candidates) {
        if (!candidates.is_array() || candidates.empty())
            return;
        html_ += "<div class=\"scroll\"><table><caption>Other XPaths that were considered</caption><thead><tr><th "
                 "scope=\"col\">XPath</th><th scope=\"col\">Similarity</th><th scope=\"col\">Confidence</th><th "
                 "scope=\"col\">Measure</th></tr></thead><tbody>\n";
        for (const json &candidate : candidates)
            html_ += "<tr>" + cell(code(text_at(candidate, "xpath"))) +
                     number_cell(number_at(candidate, "similarity")) + number_cell(number_at(candidate, "confidence")) +
                     cell(escape_html(text_at(candidate, "measure"))) + "</tr>\n";
        html_ += "</tbody></table></div>\n";
    }

    void write_batch() {
        html_ += "<h2>Adapted together</h2>\n<div class=\"scroll\"><table id=\"batch\"><thead><tr><th "
                 "scope=\"col\">Pattern</th><th scope=\"col\">XPath before</th><th scope=\"col\">XPath now</th><th "
                 "scope=\"col\">Confidence</th><th scope=\"col\">Status</th></tr></thead><tbody>\n";
        for (const ReportPattern &pattern : report_.patterns)
            html_ += "<tr>" + cell(name_of(pattern)) + cell(code(pattern.old_xpath)) + cell(code(pattern.new_xpath)) +
                     number_cell(pattern.confidence) + cell(escape_html(pattern.status)) + "</tr>\n";
        html_ += "</tbody></table></div>\n";
    }

    const AdaptationReport &report_;
    const Limits &limits_;
    const ReportPattern &pattern_;
    const Reading before_, after_;
    const std::vector<RecordPair> pairs_;
    std::string html_;
};

} // namespace

std::string report_html(const AdaptationReport &report, const Limits &limits) { return Writer(report, limits).html(); }

} // namespace webwrap
