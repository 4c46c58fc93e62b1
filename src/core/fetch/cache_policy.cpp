#include "core/fetch/cache_policy.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/base/text.hpp"
#include "core/fetch/http_date.hpp"

namespace webwrap {

namespace {

constexpr std::int64_t kMostSeconds = std::int64_t{1} << 31;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::size_t kMostVaryNames = 64; /* each is looked up among all headers; more of them count as "*" */

/* Statuses whose responses may be stored without a word about it (RFC 9110 section 15.1); 206 we never store. */
constexpr std::array kCacheableStatuses = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501};
/* Statuses that a ttl speaks about: keeping a passing failure because of one would only prolong it. */
constexpr std::array kTtlStatuses = {200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 410, 414, 501};

/* Headers of a 304 that say nothing about the stored response: those of the connection, and those that describe a body,
 * which is the stored one and is read as its own headers say. Servers do send wrong ones with a 304. */
constexpr std::array<std::string_view, 15> kNotRenewed = {"connection",
                                                          "content-encoding",
                                                          "content-length",
                                                          "content-md5",
                                                          "content-range",
                                                          "content-type",
                                                          "keep-alive",
                                                          "proxy-authenticate",
                                                          "proxy-authorization",
                                                          "proxy-authentication-info",
                                                          "proxy-connection",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "upgrade"};

/* A request with one of these asks about a copy or a part that is not ours. */
constexpr std::array<std::string_view, 6> kOwnConditions = {"range",    "if-match",      "if-modified-since",
                                                            "if-range", "if-none-match", "if-unmodified-since"};

bool is_one_of(const auto &values, const auto &value) { return std::ranges::find(values, value) != values.end(); }

bool is_named(const auto &header, std::string_view name) {
    return header.first.size() == name.size() && ascii_lower(header.first) == name;
}

bool has_header(const Headers &headers, std::string_view name) {
    return std::ranges::any_of(headers, [&](const auto &header) { return is_named(header, name); });
}

/* The first value of that name that is not empty, or empty. */
std::string_view first_value(const Headers &headers, std::string_view name) {
    for (const auto &header : headers)
        if (is_named(header, name) && !trim(header.second).empty())
            return trim(header.second);
    return {};
}

/* Calls `visit` with each element, trimmed and in lower case, of all headers of that name. */
void for_each_name(const Headers &headers, std::string_view name, const auto &visit) {
    for (const auto &header : headers) {
        if (!is_named(header, name))
            continue;
        std::string_view rest = header.second;
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            if (const std::string_view element = trim(rest.substr(0, comma)); !element.empty())
                visit(ascii_lower(element));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
}

/* Removes and returns the quoted string at the start, without quotes and escapes; nothing when no quote ends it. */
std::optional<std::string> take_quoted(std::string_view &rest) {
    std::string text;
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (rest[at] == '"') {
            rest.remove_prefix(at + 1);
            return text;
        }
        if (rest[at] == '\\' && at + 1 < rest.size())
            ++at;
        text.push_back(rest[at]);
    }
    return std::nullopt;
}

/* Calls `visit` with name (lower case) and argument of each directive of a Cache-Control value. */
void for_each_directive(std::string_view rest, const auto &visit) {
    while (!rest.empty()) {
        const std::size_t name_end = std::min(rest.find_first_of(",="), rest.size());
        const std::string name = ascii_lower(trim(rest.substr(0, name_end)));
        rest.remove_prefix(name_end);
        std::string argument;
        if (rest.starts_with('=')) {
            rest.remove_prefix(std::min(rest.find_first_not_of(" \t", 1), rest.size()));
            std::optional<std::string> quoted = rest.starts_with('"') ? take_quoted(rest) : std::nullopt;
            const std::size_t end = std::min(rest.find(','), rest.size());
            const std::string_view unquoted = trim(rest.substr(0, end));
            argument = quoted.value_or("").append(quoted && !unquoted.empty() ? " " : "").append(unquoted);
            rest.remove_prefix(end);
        }
        if (!name.empty())
            visit(name, argument);
        rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    }
}

/* Whole seconds, at most 2^31; nothing for anything but digits. */
std::optional<std::int64_t> parse_seconds(std::string_view text) {
    if (text.empty() || !std::ranges::all_of(text, is_digit))
        return std::nullopt;
    std::int64_t seconds = 0;
    for (const char c : text)
        seconds = std::min(seconds * 10 + (c - '0'), kMostSeconds);
    return seconds;
}

/* The directives of all Cache-Control headers of a message. Field names with no-cache and private are not looked at: such
 * a response counts as one without them, the stricter reading. */
struct Directives {
    bool no_store = false;
    bool no_cache = false;
    bool is_private = false;
    bool is_public = false;
    bool must_revalidate = false;
    bool proxy_revalidate = false;
    std::optional<std::int64_t> max_age;
    std::optional<std::int64_t> s_maxage;
    std::optional<std::int64_t> stale_while_revalidate;
    std::optional<std::int64_t> max_stale;
    std::optional<std::int64_t> min_fresh;

    explicit Directives(const Headers &headers) {
        for (const auto &header : headers)
            if (is_named(header, "cache-control"))
                for_each_directive(header.second,
                                   [&](const std::string &name, const std::string &argument) { add(name, argument); });
    }

  private:
    void add(std::string_view name, std::string_view argument) {
        /* Of contradicting values the one counts that lets less be reused; an invalid one is 0. */
        const auto at_most = [&](std::optional<std::int64_t> &value) {
            value = std::min(value.value_or(kMostSeconds), parse_seconds(argument).value_or(0));
        };
        if (name == "no-store")
            no_store = true;
        else if (name == "no-cache")
            no_cache = true;
        else if (name == "private")
            is_private = true;
        else if (name == "public")
            is_public = true;
        else if (name == "must-revalidate")
            must_revalidate = true;
        else if (name == "proxy-revalidate")
            proxy_revalidate = true;
        else if (name == "max-age")
            at_most(max_age);
        else if (name == "s-maxage")
            at_most(s_maxage);
        else if (name == "stale-while-revalidate")
            at_most(stale_while_revalidate);
        else if (name == "max-stale" && argument.empty()) /* however stale */
            max_stale = max_stale.value_or(kMostSeconds);
        else if (name == "max-stale")
            at_most(max_stale);
        else if (name == "min-fresh")
            min_fresh = std::max(min_fresh.value_or(0), parse_seconds(argument).value_or(0));
    }
};

/* Time that has passed, and none when a clock was set back. */
std::int64_t elapsed_us(std::int64_t from_us, std::int64_t to_us) {
    if (to_us <= from_us)
        return 0;
    const std::uint64_t elapsed = static_cast<std::uint64_t>(to_us) - static_cast<std::uint64_t>(from_us);
    return static_cast<std::int64_t>(
        std::min(elapsed, static_cast<std::uint64_t>(kMostSeconds * kMicrosecondsPerSecond)));
}

std::int64_t floor_seconds(std::int64_t time_us) {
    return time_us / kMicrosecondsPerSecond - (time_us % kMicrosecondsPerSecond < 0 ? 1 : 0);
}

/* When the origin made the response: its Date, and the moment of arrival where it has none. */
std::int64_t made_at_s(const StoredHead &stored) {
    const std::int64_t received_at_s = floor_seconds(stored.received_at_us);
    return parse_http_date(first_value(stored.headers, "date"), received_at_s).value_or(received_at_s);
}

/* Lifetime by Expires; one that is no date ("0") has expired, and of several the first to expire counts. */
std::optional<std::int64_t> expires_in_s(const StoredHead &stored) {
    std::optional<std::int64_t> lifetime;
    const std::int64_t made_at = made_at_s(stored);
    for (const auto &header : stored.headers) {
        if (!is_named(header, "expires"))
            continue;
        const std::int64_t expires_at =
            parse_http_date(header.second, floor_seconds(stored.received_at_us)).value_or(made_at);
        const std::int64_t own = std::clamp<std::int64_t>(expires_at - made_at, 0, kMostSeconds);
        lifetime = std::min(lifetime.value_or(kMostSeconds), own);
    }
    return lifetime;
}

bool ttl_holds(int status, const CacheRules &rules) { return rules.ttl_s && is_one_of(kTtlStatuses, status); }

bool has_conditions(const Headers &request_headers) {
    return std::ranges::any_of(kOwnConditions,
                               [&](std::string_view name) { return has_header(request_headers, name); });
}

/* Whether the request wants the server itself to say that a response still holds. */
bool demands_validation(const Directives &asked, const Headers &request_headers) {
    bool has_pragma = false;
    for_each_name(request_headers, "pragma", [&](const std::string &name) { has_pragma |= name == "no-cache"; });
    return asked.no_cache || has_pragma || asked.max_age == 0;
}

/* Whether the response may not be used once it is stale. */
bool forbids_stale(const Directives &said, const StoredHead &stored, const CacheRules &rules) {
    return !ttl_holds(stored.status, rules) &&
           (said.must_revalidate || (rules.is_shared && (said.proxy_revalidate || said.s_maxage)));
}

/* The age that counts against the lifetime. A ttl counts from the moment at which we got the response: how long a cache on
 * the way had it before is the server's word, which the ttl overrides. */
std::int64_t age_for_lifetime_s(const StoredHead &stored, const CacheRules &rules, std::int64_t now_us) {
    if (ttl_holds(stored.status, rules))
        return elapsed_us(stored.received_at_us, now_us) / kMicrosecondsPerSecond;
    return current_age_s(stored, now_us);
}

bool is_answer(const StoredHead &stored, const Headers &request_headers, const CacheRules &rules) {
    return !has_conditions(request_headers) &&
           is_storable("GET", request_headers, stored.status, stored.headers, rules) &&
           is_selected(stored, request_headers);
}

/* What may not be used any more by its lifetime alone. */
Reuse reuse_of_stale(const StoredHead &stored, const Directives &asked, const Directives &said, const CacheRules &rules,
                     std::int64_t staleness_s) {
    if (forbids_stale(said, stored, rules))
        return Reuse::kValidate;
    if (asked.max_stale && staleness_s <= *asked.max_stale)
        return Reuse::kFresh;
    if (asked.max_age || asked.min_fresh) /* the request said how old is too old */
        return Reuse::kValidate;
    const std::int64_t window_s = std::max(rules.stale_while_revalidate_s, said.stale_while_revalidate.value_or(0));
    return window_s > 0 && staleness_s <= window_s ? Reuse::kStaleWhileRevalidate : Reuse::kValidate;
}

/* The value in normal form: blanks folded, none at the ends. */
std::string folded(std::string_view value) {
    std::string text;
    for_each_token(value, [&](std::string_view word) {
        text.append(text.empty() ? "" : " ").append(word);
        return true;
    });
    return text;
}

std::string normal_value(const Headers &headers, std::string_view name) {
    std::string value;
    bool is_first = true;
    for (const auto &header : headers) {
        if (!is_named(header, name))
            continue;
        value.append(is_first ? "" : ", ").append(folded(header.second));
        is_first = false;
    }
    return value;
}

/* Names in lower case, sorted, each once; "*" alone or among them for a response that answers no other request. */
std::vector<std::string> vary_names(const Headers &response_headers) {
    std::vector<std::string> names;
    for_each_name(response_headers, "vary", [&](std::string name) { names.push_back(std::move(name)); });
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names.size() <= kMostVaryNames ? names : std::vector<std::string>{"*"};
}

} // namespace

bool is_storable(std::string_view method, const Headers &request_headers, int status, const Headers &response_headers,
                 const CacheRules &rules) {
    const Directives asked(request_headers);
    const Directives said(response_headers);
    if (ascii_lower(method) != "get" || status < 200 || status > 599 || status == 206 || status == 304)
        return false;
    if (asked.no_store || said.no_store || has_header(request_headers, "range") ||
        is_one_of(vary_names(response_headers), "*"))
        return false;
    const bool has_ttl = ttl_holds(status, rules);
    if (rules.is_shared && said.is_private && !has_ttl)
        return false;
    if (rules.is_shared && has_header(request_headers, "authorization") && !said.is_public && !said.s_maxage &&
        !said.must_revalidate)
        return false;
    return has_ttl || is_one_of(kCacheableStatuses, status) || said.max_age || (rules.is_shared && said.s_maxage) ||
           has_header(response_headers, "expires");
}

Headers selecting_headers(const Headers &response_headers, const Headers &request_headers) {
    Headers selecting;
    for (std::string &name : vary_names(response_headers)) {
        std::string value = normal_value(request_headers, name);
        selecting.emplace_back(std::move(name), std::move(value));
    }
    return selecting;
}

bool is_selected(const StoredHead &stored, const Headers &request_headers) {
    return std::ranges::all_of(vary_names(stored.headers), [&](const std::string &name) {
        /* A name that is not listed came with a 304: nobody knows what the first request had there. */
        return name != "*" && has_header(stored.selecting, name) &&
               normal_value(stored.selecting, name) == normal_value(request_headers, name);
    });
}

Reuse reuse_of(const StoredHead &stored, const Headers &request_headers, const CacheRules &rules, std::int64_t now_us) {
    if (!is_answer(stored, request_headers, rules))
        return Reuse::kNever;
    const Directives asked(request_headers);
    const Directives said(stored.headers);
    if (demands_validation(asked, request_headers) || (said.no_cache && !ttl_holds(stored.status, rules)) ||
        (asked.max_age && current_age_s(stored, now_us) > *asked.max_age))
        return Reuse::kValidate;
    const std::int64_t lifetime = lifetime_s(stored, rules).value_or(0);
    const std::int64_t age = age_for_lifetime_s(stored, rules, now_us);
    if (age >= lifetime)
        return reuse_of_stale(stored, asked, said, rules, age - lifetime);
    return age + asked.min_fresh.value_or(0) <= lifetime ? Reuse::kFresh : Reuse::kValidate;
}

bool may_be_shared_by_waiting(const StoredHead &stored, const Headers &request_headers, const CacheRules &rules) {
    if (!is_answer(stored, request_headers, rules))
        return false;
    const Directives asked(request_headers);
    const Directives said(stored.headers);
    const std::optional<std::int64_t> lifetime = lifetime_s(stored, rules);
    const std::int64_t age_on_arrival = age_for_lifetime_s(stored, rules, stored.received_at_us);
    if (demands_validation(asked, request_headers) ||
        (asked.max_age && current_age_s(stored, stored.received_at_us) > *asked.max_age) ||
        (asked.min_fresh && age_on_arrival + *asked.min_fresh > lifetime.value_or(0)))
        return false;
    if (ttl_holds(stored.status, rules))
        return lifetime > 0; /* a ttl of zero asks for an answer of one's own */
    return !said.no_cache && (age_on_arrival < lifetime.value_or(0) || !forbids_stale(said, stored, rules));
}

Headers validators(const StoredHead &stored) {
    Headers conditions;
    const auto add = [&](std::string_view validator, const char *condition) {
        const std::string_view value = first_value(stored.headers, validator);
        if (!value.empty() && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos)
            conditions.emplace_back(condition, value);
    };
    add("etag", "if-none-match");
    add("last-modified", "if-modified-since");
    return conditions;
}

void renew(StoredHead &stored, const Headers &not_modified_headers, std::int64_t requested_at_us,
           std::int64_t received_at_us) {
    std::vector<std::string> kept(kNotRenewed.begin(), kNotRenewed.end());
    for_each_name(not_modified_headers, "connection", [&](std::string name) { kept.push_back(std::move(name)); });
    std::ranges::sort(kept);
    Headers news;
    std::vector<std::string> replaced = {"age", "date"}; /* of a response whose time is over */
    for (const auto &[name, value] : not_modified_headers) {
        std::string lower = ascii_lower(name);
        if (std::ranges::binary_search(kept, lower))
            continue;
        replaced.push_back(lower);
        news.emplace_back(std::move(lower), value);
    }
    std::ranges::sort(replaced);
    std::erase_if(stored.headers,
                  [&](const auto &header) { return std::ranges::binary_search(replaced, ascii_lower(header.first)); });
    stored.headers.insert(stored.headers.end(), news.begin(), news.end());
    stored.requested_at_us = requested_at_us;
    stored.received_at_us = received_at_us;
}

std::int64_t current_age_s(const StoredHead &stored, std::int64_t now_us) {
    const std::string_view age_list = first_value(stored.headers, "age");
    const std::int64_t age_s = parse_seconds(trim(age_list.substr(0, age_list.find(',')))).value_or(0);
    const std::int64_t apparent_age_s =
        std::clamp<std::int64_t>(floor_seconds(stored.received_at_us) - made_at_s(stored), 0, kMostSeconds);
    const std::int64_t corrected_age_us =
        age_s * kMicrosecondsPerSecond + elapsed_us(stored.requested_at_us, stored.received_at_us);
    const std::int64_t age_us =
        std::max(apparent_age_s * kMicrosecondsPerSecond, corrected_age_us) + elapsed_us(stored.received_at_us, now_us);
    return std::min(age_us / kMicrosecondsPerSecond, kMostSeconds);
}

std::optional<std::int64_t> lifetime_s(const StoredHead &stored, const CacheRules &rules) {
    if (ttl_holds(stored.status, rules))
        return std::clamp<std::int64_t>(*rules.ttl_s, 0, kMostSeconds);
    const Directives said(stored.headers);
    if (rules.is_shared && said.s_maxage)
        return said.s_maxage;
    return said.max_age ? said.max_age : expires_in_s(stored);
}

} // namespace webwrap
