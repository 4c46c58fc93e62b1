#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webwrap {

/* What a site's /robots.txt lets one crawler fetch (RFC 9309). */
class RobotsRules {
  public:
    RobotsRules() = default; /* allows everything */

    /* Allows nothing but /robots.txt: for one that cannot be reached. */
    [[nodiscard]] static RobotsRules nothing();

    /* The rules in a robots.txt for the product that leads `user_agent` ("webwrap/0.1.0 (+https://...)" is webwrap): all
     * groups that name it, else all groups for "*". Only the first 500 KiB count, without a line that they cut; lines end
     * with CR, LF or both. Never fails: what is no record says nothing. Linear but for sorting the rules; polls. */
    [[nodiscard]] static RobotsRules parse(std::string_view text, std::string_view user_agent);

    /* The rules that follow from a response to the request for /robots.txt, redirects followed: those in `text` for a
     * success; none when there is no such file (3xx, 4xx); nothing is allowed when the server cannot say now (429, 5xx, and
     * whatever is no final status, like 0 for no response). */
    [[nodiscard]] static RobotsRules of_response(int status, std::string_view text, std::string_view user_agent);

    /* Whether the path with its query may be fetched. The longest matching rule decides, of equal ones that which allows;
     * percent-encoding in either makes no difference where it makes none to a URL. At worst the rules' length times the path's; polls. */
    [[nodiscard]] bool allows(std::string_view path_and_query) const;

    /* The rule that decides, for messages: "disallow: /private", ASCII, in normal form; empty when no rule does. Lives as
     * long as this object. */
    [[nodiscard]] std::string_view rule_for(std::string_view path_and_query) const;

    [[nodiscard]] bool allows_nothing() const noexcept { return allows_nothing_; }

    /* Seconds between two requests that the groups used ask for, the most of them; 0 to 300. */
    [[nodiscard]] std::optional<double> crawl_delay_s() const { return crawl_delay_s_; }

    /* The sitemaps named anywhere in the file, as they are written, at most 1,000. */
    [[nodiscard]] const std::vector<std::string> &sitemaps() const { return sitemaps_; }

  private:
    friend class RobotsParser;

    struct Rule {
        std::string line; /* as rule_for shows it */
        bool is_allow = false;
        [[nodiscard]] std::string_view pattern() const;
    };
    [[nodiscard]] const Rule *deciding_rule(std::string_view normal_path) const;

    std::vector<Rule> rules_; /* the longest first, of equal length those that allow first */
    std::optional<double> crawl_delay_s_;
    std::vector<std::string> sitemaps_;
    bool allows_nothing_ = false;
};

} // namespace webwrap
