#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/fdw/messages.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/timestamp.h"
}

namespace webwrap::pg {

namespace {

std::string rounded(double probability) {
    char text[16];
    const auto end = std::to_chars(std::begin(text), std::end(text), probability, std::chars_format::fixed, 2).ptr;
    return std::string(text, end);
}

std::string pattern_label(const std::string &pattern) {
    return pattern == "rows" ? "row pattern" : "column \"" + pattern + "\"";
}

std::string describe(const PatternAdaptation &pattern) {
    return pattern_label(pattern.pattern) + ": " + pattern.old_xpath + " -> " + pattern.new_xpath + " (confidence " +
           rounded(pattern.confidence) + ")";
}

/* Patterns that are not sure, with what else was considered. */
std::string describe_unsure(const WrapperAdaptation &adaptation) {
    std::string text;
    for (const PatternAdaptation &pattern : adaptation.patterns) {
        if (pattern.is_sure)
            continue;
        text += (text.empty() ? "" : "\n") + pattern_label(pattern.pattern) + ": " + pattern.reason;
        if (pattern.new_xpath != pattern.old_xpath)
            text += "\n  candidate " + pattern.new_xpath + " (confidence " + rounded(pattern.confidence) + ")";
        for (const Candidate &candidate : pattern.candidates)
            text += "\n  candidate " + candidate.xpath + " (confidence " + rounded(candidate.confidence) + ")";
    }
    return text;
}

/* True the first time in the current statement. */
bool is_first_in_statement(Oid relation) {
    static constinit TimestampTz statement = 0;
    static constinit std::vector<Oid> *warned = nullptr;
    if (warned == nullptr)
        warned = new std::vector<Oid>();
    const TimestampTz now = GetCurrentStatementStartTimestamp();
    if (now != statement) {
        statement = now;
        warned->clear();
    }
    if (std::find(warned->begin(), warned->end(), relation) != warned->end())
        return false;
    warned->push_back(relation);
    return true;
}

void warn(const std::string &message, const std::string &detail, const char *hint) {
    const char *message_text = message.c_str();
    const char *detail_text = detail.c_str();
    call_pg([message_text, detail_text, hint] {
        ereport(WARNING, (errmsg("%s", message_text), errdetail("%s", detail_text), errhint("%s", hint)));
    });
}

} // namespace

void throw_missing_parameter(const TableDefinition &table, const std::string &name) {
    const auto source = std::find_if(table.attributes.begin(), table.attributes.end(), [&](const AttributeSource &a) {
        return a.kind == AttributeSource::Kind::kParameter && a.name == name;
    });
    throw Error(ErrorKind::kInvalidArgument,
                "foreign table " + table.name + " needs a value for column \"" + source->attribute +
                    "\" to make its URL",
                {}, "Add a condition such as " + source->attribute + " = '...'.");
}

void throw_too_many_pages(const TableDefinition &table, int max_pages) {
    throw Error(ErrorKind::kLimitExceeded,
                "scan of foreign table " + table.name + " visits more than " + std::to_string(max_pages) + " pages", {},
                "Raise webwrap.max_pages or the table's option max_pages.");
}

void throw_violated(const TableDefinition &table, const std::string &url, const std::vector<Violation> &violations,
                    NoAdaptation why) {
    const char *hint =
        why == NoAdaptation::kOff ? "Option adapt is off: set it to on, or check the table's options against the page."
        : why == NoAdaptation::kNoSnapshot
            ? "No page that the table was right on is kept yet, so there is nothing to adapt from. Check "
              "the table's options against the page."
            : "The layout is as it was: the page itself breaks the constraints.";
    throw Error(ErrorKind::kConstraintViolated,
                "page \"" + url + "\" violates the constraints of foreign table " + table.name,
                describe_violations(violations), hint);
}

void throw_not_adapted(const TableDefinition &table, const std::string &url, const std::vector<Violation> &violations,
                       const WrapperAdaptation &adaptation) {
    throw Error(ErrorKind::kNotAdapted,
                "page \"" + url + "\" has changed and foreign table " + table.name + " could not be adapted to it",
                describe_violations(violations) + "\n" + describe_unsure(adaptation),
                "Change the XPaths with ALTER FOREIGN TABLE, or lower adapt_threshold if a candidate is right.");
}

void throw_still_violated(const TableDefinition &table, const std::string &url, const std::vector<Violation> &remaining,
                          const WrapperAdaptation &adaptation) {
    std::string detail = describe_violations(remaining);
    for (const PatternAdaptation &pattern : adaptation.patterns)
        if (pattern.new_xpath != pattern.old_xpath)
            detail += "\ntried " + describe(pattern);
    throw Error(ErrorKind::kNotAdapted,
                "page \"" + url + "\" violates the constraints of foreign table " + table.name +
                    " after adaptation too",
                detail, "Change the XPaths with ALTER FOREIGN TABLE.");
}

void throw_lost_next_page(const TableDefinition &table, const std::string &url,
                          const std::vector<Candidate> &candidates) {
    std::string detail = "It linked to a next page when the table was last right on it.";
    for (const Candidate &candidate : candidates)
        detail += "\ncandidate " + candidate.xpath + " (confidence " + rounded(candidate.confidence) + ")";
    throw Error(ErrorKind::kConstraintViolated,
                "next_page of foreign table " + table.name + " selects nothing on page \"" + url + "\"", detail,
                "Change option next_page with ALTER FOREIGN TABLE.");
}

void throw_if_vetoed(const TableDefinition &table, const std::string &url, const Learned &learned,
                     const WrapperAdaptation &adaptation) {
    for (const PatternAdaptation &pattern : adaptation.patterns)
        for (const Veto &veto : learned.vetoes)
            if (pattern.pattern == veto.pattern && pattern.new_xpath == veto.xpath &&
                pattern.new_xpath != pattern.old_xpath)
                throw Error(ErrorKind::kNotAdapted,
                            "page \"" + url + "\" has changed and foreign table " + table.name +
                                " must not be adapted as found",
                            describe(pattern) + " was reverted before.",
                            "Change the XPaths with ALTER FOREIGN TABLE, or call webwrap.approve with the id of the "
                            "reverted adaptation.");
}

bool is_changed(const WrapperAdaptation &adaptation) {
    return std::any_of(adaptation.patterns.begin(), adaptation.patterns.end(),
                       [](const PatternAdaptation &p) { return p.new_xpath != p.old_xpath; });
}

void report_adaptation(const TableDefinition &table, const WrapperAdaptation &adaptation) {
    (void)is_first_in_statement(table.relation);
    std::string detail;
    for (const PatternAdaptation &pattern : adaptation.patterns)
        if (pattern.new_xpath != pattern.old_xpath)
            detail += (detail.empty() ? "" : "\n") + describe(pattern);
    warn("foreign table " + table.name + " was adapted to changed pages", detail,
         "webwrap.adaptation holds the history; webwrap.approve(id) keeps it, webwrap.revert(id) takes it back.");
}

void warn_about_adaptations(const TableDefinition &table, const Learned &learned) {
    std::string detail;
    for (const AdaptedPattern &pattern : learned.adapted)
        if (!pattern.is_approved)
            detail += (detail.empty() ? "" : "\n") + pattern_label(pattern.pattern) + ": " + pattern.option_xpath +
                      " -> " + pattern.xpath + " (confidence " + rounded(pattern.confidence) + ")";
    if (!detail.empty() && is_first_in_statement(table.relation))
        warn("foreign table " + table.name + " is read through adapted XPaths", detail,
             "webwrap.approve(id) of webwrap.adaptation ends this warning, webwrap.revert(id) takes the adaptation "
             "back.");
}

void warn_about_stale(const TableDefinition &table, const std::string &url, const Error &reason) {
    warn("foreign table " + table.name + " is read from old pages",
         "The last good snapshot stands for page \"" + url + "\": " + reason.message() + ".",
         "Option stale off makes this an error; a column with option value 'stale' tells such rows.");
}

void warn_matched_nothing(const TableDefinition &table, const std::string &pattern, const std::string &xpath) {
    warn(pattern_label(pattern) + " of foreign table " + table.name + " matched nothing", "Its XPath is " + xpath + ".",
         "Check the XPath against the page.");
}

} // namespace webwrap::pg
