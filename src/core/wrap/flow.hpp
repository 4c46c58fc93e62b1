#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/fetch/url_template.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* Process flow (paper, section 4): what to do when patterns are not found because the page is another one than meant. */
enum class FlowStep {
    kRefresh,      /* go where the page's own refresh leads */
    kConsent,      /* follow a link of the page, or submit a form of it */
    kBack,         /* ask for the referring page and then for the page again */
    kAlternatives, /* take another page that may hold the records */
};

struct FlowRules {
    std::vector<FlowStep> steps; /* in the order in which they are tried */
    std::string consent;         /* XPath of the link, form or button */
    std::vector<UrlTemplate> alternatives;
    bool stale = false; /* at last the page as it was when it was right */

    [[nodiscard]] bool has(FlowStep step) const;
    [[nodiscard]] bool empty() const { return steps.empty() && !stale; }
};

/* Steps from their names, comma-separated: refresh, consent, back, alternatives. Throws kInvalidOption. */
[[nodiscard]] std::vector<FlowStep> flow_steps_from_text(std::string_view text);
[[nodiscard]] std::string flow_steps_to_text(const std::vector<FlowStep> &steps);
/* Templates of URLs, separated by white space. Throws kInvalidOption. */
[[nodiscard]] std::vector<UrlTemplate> alternatives_from_text(std::string_view text);

/* A request that a page calls for. */
struct FlowHop {
    std::string url; /* absolute */
    std::string method = "GET";
    std::string body; /* application/x-www-form-urlencoded, of a POST */
};

/* Where a page's refresh leads: the value of its Refresh header, if any, else its meta refresh. nullopt without one, for one
 * without URL, and for what is no URL to fetch. `url` is the page's own. */
[[nodiscard]] std::optional<FlowHop> refresh_hop(const Document &page, std::string_view refresh_header,
                                                 const std::string &url);

/* What following the first node of an XPath asks for: the address of a link or attribute, or a form with the fields that it
 * has, as a browser would submit it; a submit button stands for its form and adds its own name. nullopt when the page has no
 * such node or the node leads nowhere. */
[[nodiscard]] std::optional<FlowHop> consent_hop(const Document &page, const std::string &xpath, const std::string &url,
                                                 const Limits &limits);

} // namespace webwrap
