#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"
#include "core/wrap/adapt_options.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

struct Candidate {
    std::string xpath;
    double similarity = 0;     /* tree similarity of what it selects to what the old XPath selected, 0..1 */
    double confidence = 0;     /* probability that it selects the same kind of data, 0..1 */
    std::string measure;       /* what decided: tree measure name, "values", ... */
    std::string evidence = {}; /* with AdaptOptions::explain a JSON object, see docs/wrap.md; else empty */
};

/* Where the data that `xpath` selected on the old page are on the new one: best first, none below the threshold. Empty
 * also when the old XPath selects nothing. Throws kInvalidXPath. Polls. */
[[nodiscard]] std::vector<Candidate> adapt(const Document &old_page, std::string_view xpath, const Document &new_page,
                                           const AdaptOptions &options, const Limits &limits);

/* Probability that `xpath` selects on the new page the kind of data it selected on the old one; 0 when it selects nothing
 * there, 1 on an unchanged page. */
[[nodiscard]] double still_holds(const Document &old_page, std::string_view xpath, const Document &new_page,
                                 const AdaptOptions &options, const Limits &limits);

/* An old page that the wrapper was right on, and the page that now stands in its place (the same URL where possible). */
struct PagePair {
    const Document *old_page = nullptr;
    const Document *new_page = nullptr;
    bool is_last_page = false;
};

struct PatternAdaptation {
    std::string pattern; /* column name, "rows", or the dotted name of what is nested in a column */
    std::string old_xpath;
    std::string new_xpath; /* equals old_xpath when the pattern is kept */
    bool is_sure = false;  /* confidence reaches the threshold; all must be before an adapted wrapper is used */
    double similarity = 0;
    double confidence = 0;
    std::string measure;
    std::string old_sample;            /* one value on the old page */
    std::string new_sample;            /* one value on the new page */
    std::vector<Candidate> candidates; /* what else was considered, best first, at most five */
    std::string reason;                /* why it is not sure, for people */
    std::string evidence = {};         /* with AdaptOptions::explain a JSON object, see docs/wrap.md; else empty */
};

struct WrapperAdaptation {
    Wrapper wrapper; /* with the new XPaths */
    bool is_sure = false;
    std::vector<PatternAdaptation> patterns; /* the row pattern first, then each column */
};

/* Adapts all patterns jointly: records first, columns inside them, constraints checked on every pair. `wrapper` is right
 * on the old pages. Unsure patterns keep their old XPath and name a reason. Polls. */
[[nodiscard]] WrapperAdaptation adapt_wrapper(const Wrapper &wrapper, std::span<const PagePair> pages,
                                              const AdaptOptions &options, const Limits &limits);

/* What watches for silent breakage: 1 for each pattern ("rows", then columns) when what it selects on the new page is the
 * kind of data it selected on the old one; low when a different place of the new page explains the old values, labels and
 * structure better than the selected one. Cheap on a page of unchanged layout. */
struct PatternHealth {
    std::string pattern;
    double holds = 1;
    std::string reason;
};
[[nodiscard]] std::vector<PatternHealth> check_health(const Wrapper &wrapper, const PagePair &pages,
                                                      const Limits &limits);

/* The same for an adapted wrapper: `before` reads the old page, `after`, which differs in its XPaths only, the new one.
 * Meant for each page that is read with an adapted wrapper and whose old version is known: it sees what the pages that the
 * adaptation was made on did not show, such as a mark for "no value" in a column that always had one there, or texts cut
 * short. Stricter than the check of an unchanged wrapper. */
[[nodiscard]] std::vector<PatternHealth> check_health(const Wrapper &before, const Wrapper &after,
                                                      const PagePair &pages, const Limits &limits);

/* Watches many pages of one listing, each with records of its own: labels, names and kind of values of each column are
 * compared with those of a reference page. Cheap: a fraction of an extraction. */
class HealthMonitor {
  public:
    /* The reference, which the wrapper is right on, must outlive the monitor. */
    HealthMonitor(const Extractor &extractor, const Document &reference, const Limits &limits);
    ~HealthMonitor();

    /* Health of each column on a page from what the same wrapper extracted there; empty when that is nothing. */
    [[nodiscard]] std::vector<PatternHealth> check(const Document &page, const Extraction &extraction);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace webwrap
