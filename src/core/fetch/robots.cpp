#include "core/fetch/robots.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

/* RFC 9309 section 2.5 demands no less. It bounds the rules, too: the shortest one takes 8 bytes, so 64,000 of them. */
constexpr std::size_t kMostTextBytes = std::size_t{500} << 10;
constexpr std::size_t kMostSitemaps = 1'000;
constexpr double kMostCrawlDelaySeconds = 300; /* sites ask for days to keep crawlers off, which "disallow" is for */
constexpr std::size_t kMostNumberBytes = 32;

constexpr std::string_view kAllow = "allow: ";
constexpr std::string_view kDisallow = "disallow: ";
constexpr std::string_view kRobotsPath = "/robots.txt";

bool is_one_of(char c, std::string_view characters) { return characters.find(c) != std::string_view::npos; }

bool is_unreserved(char c) { return is_letter(c) || is_digit(c) || is_one_of(c, "-._~"); }

void append_escaped(std::string &out, char c) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
}

/* One spelling for all that mean the same place (RFC 9309 section 2.2.2): escapes of characters that need none are
 * undone, what may not stand in a URL is escaped. ":" and "@" mean the same in both spellings, in a query also "/" and "?";
 * so does "'", which our own URLs escape there. Stars and dollars that are no wildcards come out escaped. */
std::string normal_form(std::string_view text, bool is_pattern) {
    std::string normal;
    normal.reserve(text.size());
    bool is_query = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        const bool is_escape =
            c == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
        if (is_escape) {
            c = static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
            at += 2;
        }
        const bool is_wildcard = is_pattern && !is_escape && (c == '*' || (c == '$' && at + 1 == text.size()));
        const bool stays =
            is_escape ? is_one_of(c, ":@") || (is_query && is_one_of(c, "/?'")) : is_one_of(c, ":/?@[]!&'()+,;=");
        if (is_unreserved(c) || is_wildcard || stays)
            normal.push_back(c);
        else
            append_escaped(normal, c);
        is_query = is_query || (c == '?' && !is_escape);
    }
    return normal;
}

std::string normal_path(std::string_view path_and_query) {
    std::string path = normal_form(path_and_query, false);
    if (!path.starts_with('/'))
        path.insert(path.begin(), '/');
    return path;
}

/* Whether a pattern matches the start of the path, or all of it when it ends with "$". Each piece between stars is taken
 * where it first occurs, which leaves the most for those behind it: no way back is ever needed. */
bool matches(std::string_view pattern, std::string_view path) {
    const bool is_anchored = pattern.ends_with('$');
    if (is_anchored)
        pattern.remove_suffix(1);
    std::size_t star = pattern.find('*');
    if (!path.starts_with(pattern.substr(0, star)))
        return false;
    if (star == std::string_view::npos)
        return !is_anchored || path.size() == pattern.size();
    path.remove_prefix(star);
    for (;;) {
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        if (star == std::string_view::npos)
            break;
        const std::size_t found = path.find(pattern.substr(0, star));
        if (found == std::string_view::npos)
            return false;
        path.remove_prefix(found + star);
    }
    return is_anchored ? path.ends_with(pattern) : path.find(pattern) != std::string_view::npos;
}

/* The name of a product in lower case: "webwrap" of "webwrap/0.1.0 (+https://...)". */
std::string product_token(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && (is_letter(text[length]) || text[length] == '_' || text[length] == '-'))
        ++length;
    return ascii_lower(text.substr(0, length));
}

/* The number at the start, or nothing. */
std::optional<double> parse_delay(std::string_view text) {
    if (text.empty() || !(is_digit(text.front()) || text.front() == '.'))
        return std::nullopt; /* no sign, no "inf" */
    text = text.substr(0, kMostNumberBytes);
    double seconds = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
    if (problem != std::errc{})
        return std::nullopt;
    return std::min(seconds, kMostCrawlDelaySeconds);
}

std::string_view take_line(std::string_view &rest) {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size())); /* of CRLF, LF then ends an empty line */
    return line;
}

} // namespace

/* Reads the records of a file in their order. Rules of groups for the product and of groups for "*" are both kept until
 * the end tells which of them count. */
class RobotsParser {
  public:
    explicit RobotsParser(std::string_view user_agent) : token_(product_token(user_agent)) {}

    void add_line(std::string_view line) {
        line = line.substr(0, line.find('#'));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos)
            return;
        const std::string key = ascii_lower(trim(line.substr(0, colon)));
        const std::string_view value = trim(line.substr(colon + 1));
        if (key == "user-agent")
            add_agent(value);
        else if (key == "allow" || key == "disallow")
            add_rule(key == "allow", value);
        else if (key == "crawl-delay")
            add_delay(parse_delay(value));
        else if (key == "sitemap" && !value.empty() && sitemaps_.size() < kMostSitemaps)
            sitemaps_.emplace_back(value);
    }

    [[nodiscard]] RobotsRules result() && {
        RobotsRules result;
        Group &used = is_named_ ? own_ : others_;
        std::ranges::stable_sort(used.rules, [](const RobotsRules::Rule &a, const RobotsRules::Rule &b) {
            return std::pair(a.pattern().size(), a.is_allow) > std::pair(b.pattern().size(), b.is_allow);
        });
        result.rules_ = std::move(used.rules);
        result.crawl_delay_s_ = used.delay_s;
        result.sitemaps_ = std::move(sitemaps_);
        return result;
    }

  private:
    struct Group {
        bool is_current = false; /* the records that follow belong to it */
        std::vector<RobotsRules::Rule> rules;
        std::optional<double> delay_s;
    };

    void add_agent(std::string_view name) {
        if (!is_in_names_)
            own_.is_current = others_.is_current = false;
        is_in_names_ = true;
        if (name.starts_with('*') && (name.size() == 1 || is_html_space(name[1])))
            others_.is_current = true;
        else if (!token_.empty() && product_token(name) == token_)
            own_.is_current = is_named_ = true;
    }

    /* A pattern that is no path matches none, and an empty one says nothing. Both end the names of the group. */
    void add_rule(bool is_allow, std::string_view pattern) {
        is_in_names_ = false;
        if (!pattern.starts_with('/') && !pattern.starts_with('*'))
            return;
        for (Group *group : {&own_, &others_})
            if (group->is_current)
                group->rules.push_back({.line = std::string(is_allow ? kAllow : kDisallow) + normal_form(pattern, true),
                                        .is_allow = is_allow});
    }

    /* No record of RFC 9309, so it does not end the names of the group either. */
    void add_delay(std::optional<double> delay_s) {
        for (Group *group : {&own_, &others_})
            if (delay_s && group->is_current)
                group->delay_s = std::max(group->delay_s.value_or(0), *delay_s);
    }

    std::string token_;
    Group own_;
    Group others_;
    std::vector<std::string> sitemaps_;
    bool is_named_ = false;
    bool is_in_names_ = false;
};

RobotsRules RobotsRules::nothing() {
    RobotsRules rules;
    rules.allows_nothing_ = true;
    return rules;
}

RobotsRules RobotsRules::parse(std::string_view text, std::string_view user_agent) {
    if (text.size() > kMostTextBytes) {
        /* Half a rule could say the opposite of the whole. */
        const std::size_t last_end = text.substr(0, kMostTextBytes + 1).find_last_of("\r\n");
        text = text.substr(0, last_end == std::string_view::npos ? 0 : last_end);
    }
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    RobotsParser parser(user_agent);
    while (!text.empty()) {
        Interrupt::poll();
        parser.add_line(take_line(text));
    }
    return std::move(parser).result();
}

RobotsRules RobotsRules::of_response(int status, std::string_view text, std::string_view user_agent) {
    if (status >= 200 && status <= 299)
        return parse(text, user_agent);
    return status >= 300 && status <= 499 && status != 429 ? RobotsRules() : nothing();
}

bool RobotsRules::allows(std::string_view path_and_query) const {
    const std::string path = normal_path(path_and_query);
    const Rule *rule = deciding_rule(path);
    return rule == nullptr ? !allows_nothing_ || path == kRobotsPath : rule->is_allow;
}

std::string_view RobotsRules::rule_for(std::string_view path_and_query) const {
    const Rule *rule = deciding_rule(normal_path(path_and_query));
    return rule == nullptr ? std::string_view() : rule->line;
}

std::string_view RobotsRules::Rule::pattern() const {
    return std::string_view(line).substr((is_allow ? kAllow : kDisallow).size());
}

const RobotsRules::Rule *RobotsRules::deciding_rule(std::string_view normal_path) const {
    if (normal_path == kRobotsPath)
        return nullptr;
    for (const Rule &rule : rules_) {
        Interrupt::poll();
        if (matches(rule.pattern(), normal_path))
            return &rule;
    }
    return nullptr;
}

} // namespace webwrap
