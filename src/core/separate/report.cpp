#include "core/separate/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

#include "core/base/escape_html.hpp"
#include "core/base/text.hpp"
#include "core/separate/records.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMostRows = 200; /* of the table of one iteration */
constexpr std::size_t kMostCellBytes = 300;

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Template and data</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse } th, td { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
.code { font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #ccc; padding: .6rem; max-height: 70vh; overflow: auto }
details { border-left: 3px solid #3b7dd8; padding-left: .6rem; margin: .2rem 0 } summary { cursor: pointer; color: #1d4f91; font-weight: 600 }
.if { background: #fdf2d0 } .ref { background: #d9ecd9 } .scroll { overflow: auto }
</style></head><body>
<h1>Template and data</h1>
)";

std::string number_text(double value, const char *pattern) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), pattern, value);
    return text.data();
}

void append_figures(std::string &out, const Separation &separation, std::string_view page, SeparationMethod method) {
    const auto row = [&](const std::string &name, const std::string &value) {
        out += "<tr><th>" + name + "</th><td class=\"number\">" + value + "</td></tr>\n";
    };
    out += "<table id=\"figures\">\n";
    row("method", std::string(separation_method_name(method)));
    row("maintainability of the page", number_text(separation.page_maintainability, "%.3f"));
    row("maintainability of the template", number_text(separation.maintainability, "%.3f"));
    row("page, bytes", std::to_string(page.size()));
    row("template, bytes", std::to_string(separation.template_text.size()));
    row("data, bytes", std::to_string(separation.data_text.size()));
    row("template and data / page, characters", number_text(100 * separation.compression_ratio, "%.1f %%"));
    out += "</table>\n";
}

void append_template(std::string &out, const Separation &separation, const std::map<std::string, std::size_t> &turns) {
    for (const TemplatePiece &piece : parse_template(separation.template_text)) {
        const std::string number = std::to_string(piece.number);
        switch (piece.kind) {
        case PieceKind::kLiteral:
            out += escape_html(piece.text);
            break;
        case PieceKind::kReference:
        case PieceKind::kSpace:
            out += "<span class=\"ref\">{" + std::string(piece.kind == PieceKind::kSpace ? "s" : "r") + number +
                   "}</span>";
            break;
        case PieceKind::kBeginFor: {
            const auto found = turns.find("for" + number);
            out += "<details><summary>for" + number + ", " + std::to_string(found == turns.end() ? 0 : found->second) +
                   " turns</summary>";
            break;
        }
        case PieceKind::kEndFor:
            out += "</details>";
            break;
        case PieceKind::kBeginIf:
            out += "<span class=\"if\">if" + number + "( ";
            break;
        case PieceKind::kEndIf:
            out += " )</span>";
            break;
        }
    }
}

void append_list(std::string &out, const std::string &list, const std::vector<const TemplateRecord *> &records) {
    std::vector<std::string> names;
    std::set<std::string> known;
    std::vector<TemplateData> rows;
    for (const TemplateRecord *record : records) {
        rows.push_back(TemplateData::parse(record->fields));
        for (const auto &[name, value] : rows.back().items())
            if (known.insert(name).second)
                names.push_back(name);
    }
    out += "<h2>" + list + "</h2>\n<div class=\"scroll\"><table class=\"data\">\n<tr><th>record</th><th>visible</th>";
    for (const std::string &name : names)
        out += "<th>" + name + "</th>";
    out += "</tr>\n";
    for (std::size_t row = 0; row < std::min(rows.size(), kMostRows); ++row) {
        out += "<tr><td class=\"number\">" + std::to_string(records[row]->number) + "</td><td>" +
               escape_html(abbreviate(records[row]->text, kMostCellBytes)) + "</td>";
        for (const std::string &name : names) {
            const auto value = rows[row].find(name);
            out += "<td>";
            if (value != rows[row].end())
                out += value->is_string()
                           ? escape_html(abbreviate(value->get_ref<const std::string &>(), kMostCellBytes))
                           : "yes";
            out += "</td>";
        }
        out += "</tr>\n";
    }
    out += "</table></div>\n";
    if (rows.size() > kMostRows)
        out += "<p>" + std::to_string(rows.size() - kMostRows) + " more</p>\n";
}

} // namespace

std::string template_report(std::string_view page, SeparationMethod method, const Limits &limits) {
    const Separation separation = separate(page, method, {}, limits);
    const std::vector<TemplateRecord> records = records_of(separation.template_text, separation.data, limits);
    std::map<std::string, std::size_t> turns;
    std::vector<std::string> lists; /* in the order in which they begin */
    std::map<std::string, std::vector<const TemplateRecord *>> list_to_records;
    for (const TemplateRecord &record : records) {
        if (turns[record.list]++ == 0)
            lists.push_back(record.list);
        list_to_records[record.list].push_back(&record);
    }
    std::string out(kHead);
    append_figures(out, separation, page, method);
    out += "<div class=\"sides\">\n<div><h2>Source</h2><div class=\"code\" id=\"source\">" + escape_html(page) +
           "</div></div>\n<div><h2>Template</h2><div class=\"code\" id=\"template\">";
    append_template(out, separation, turns);
    out += "</div></div>\n</div>\n";
    for (const std::string &list : lists)
        append_list(out, list, list_to_records[list]);
    return out + "</body></html>\n";
}

} // namespace webwrap
