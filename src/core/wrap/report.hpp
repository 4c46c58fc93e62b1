#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* A page that an adaptation was made on, and the wrapper that is right on it. */
struct ReportPage {
    const Document *document = nullptr;
    std::string url;
    std::string taken_at;
    Wrapper wrapper;
};

/* One adapted pattern as it is stored. */
struct ReportPattern {
    std::string pattern; /* column, or "rows" */
    std::string option_xpath, old_xpath, new_xpath;
    std::string measure, status;
    double similarity = 0, confidence = 0;
    std::string evidence; /* PatternAdaptation::evidence; empty: none was kept */
};

struct AdaptationReport {
    std::int64_t id = 0;
    std::int64_t batch = 0;
    std::string table;
    std::string adapted_at;
    std::vector<ReportPattern> patterns; /* all of the batch */
    std::size_t chosen = 0;              /* of them, the one that the report is about */
    ReportPage old_page, new_page;
};

/* One self-contained page of HTML about an adaptation, for people: what changed, values before and after, both page regions side by
 * side with corresponding nodes in one colour, evidence of what was chosen and of what was not. It has no script, loads
 * nothing, forbids both to itself, and shows what pages say as text only. Throws kInvalidOption for evidence that is no JSON
 * object. Polls. */
[[nodiscard]] std::string report_html(const AdaptationReport &report, const Limits &limits);

} // namespace webwrap
