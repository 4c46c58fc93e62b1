#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/base/text.hpp"
#include "core/fetch/form.hpp"
#include "core/fetch/url.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/time.hpp"
#include "pg/functions/fetch_options.hpp"
#include "pg/functions/session.hpp"
#include "pg/network/client.hpp"

using nlohmann::json;

namespace webwrap::pg {

namespace {

[[noreturn]] void throw_bad_option(const std::string &name, const char *need) {
    throw Error(ErrorKind::kInvalidOption, "option \"" + name + "\" must be " + need);
}

const std::string &string_option(const std::string &name, const json &value) {
    if (!value.is_string())
        throw_bad_option(name, "a string");
    return value.get_ref<const std::string &>();
}

void read_method(FetchOptions &options, const std::string &name, const json &value) {
    options.request.method = string_option(name, value);
}

void read_headers(FetchOptions &options, const std::string &name, const json &value) {
    if (!value.is_object())
        throw_bad_option(name, "an object");
    for (const auto &[header, text] : value.items())
        options.request.headers.emplace_back(header, string_option(name + "." + header, text));
}

void read_body(FetchOptions &options, const std::string &name, const json &value) {
    options.request.body = string_option(name, value);
}

/* The media type that a body of ours has, unless the call says another. */
void set_body(FetchOptions &options, std::string &&body, const char *media_type) {
    options.request.body = std::move(body);
    for (const auto &[name, value] : options.request.headers)
        if (ascii_lower(name) == "content-type")
            return;
    options.request.headers.emplace_back("Content-Type", media_type);
}

void read_form(FetchOptions &options, const std::string &name, const json &value) {
    set_body(options, form_text(name, value), "application/x-www-form-urlencoded");
}

void read_json(FetchOptions &options, const std::string &, const json &value) {
    set_body(options, exact_json_text(value), "application/json");
}

void read_query(FetchOptions &options, const std::string &name, const json &value) {
    options.query = query_text(name, value);
}

void read_server(FetchOptions &options, const std::string &name, const json &value) {
    const Oid user = call_pg([] { return GetUserId(); });
    options.site = read_site(string_option(name, value), user);
    options.personal = personal_access(*options.site, user);
    options.site->prepare(options.request);
    options.request.access = options.personal.without_credentials();
}

/* A way of the call's own takes the place of whatever way its server goes. */
void read_proxy(FetchOptions &options, const std::string &name, const json &value) {
    const std::string &url = string_option(name, value);
    check_proxy(url);
    options.request.access.proxy = {url};
    options.request.access.renderer = {};
    options.has_own_proxy = true;
}

void read_renderer(FetchOptions &options, const std::string &name, const json &value) {
    options.request.access.renderer = {string_option(name, value)};
    options.request.access.proxy = {};
}

void read_renderer_body(FetchOptions &options, const std::string &name, const json &value) {
    options.request.access.renderer.body = string_option(name, value);
}

void read_renderer_type(FetchOptions &options, const std::string &name, const json &value) {
    options.request.access.renderer.content_type = string_option(name, value);
}

void read_session(FetchOptions &options, const std::string &name, const json &value) {
    const std::string &session = string_option(name, value);
    if (session.empty())
        throw_bad_option(name, "a name");
    options.request.access.cookies = session_cookies(session);
}

void read_user_agent(FetchOptions &options, const std::string &name, const json &value) {
    options.request.user_agent = string_option(name, value);
}

void read_timeout(FetchOptions &options, const std::string &name, const json &value) {
    if (!value.is_number_integer() || value.get<long>() < 1)
        throw_bad_option(name, "a positive integer");
    options.limits.request_timeout_ms = std::min(options.limits.request_timeout_ms, value.get<long>());
}

CacheUse::Mode cache_mode(const std::string &name, const std::string &mode) {
    if (mode == "use")
        return CacheUse::Mode::kUse;
    if (mode == "reload")
        return CacheUse::Mode::kReload;
    if (mode == "only")
        return CacheUse::Mode::kOnly;
    if (mode == "off")
        return CacheUse::Mode::kNone;
    throw_bad_option(name, "use, reload, only or off");
}

void read_cache(FetchOptions &options, const std::string &name, const json &value) {
    options.request.cache.mode = cache_mode(name, string_option(name, value));
}

/* The number that a value is, if it is one; those that keep their digits are bytes here. */
std::optional<double> number_of(const json &value) {
    if (value.is_number())
        return value.get<double>();
    if (!value.is_binary())
        return std::nullopt;
    const std::string digits = exact_json_text(value);
    double number = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return code == std::errc{} && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

/* A number of seconds, or an interval as the server writes them. */
std::int64_t seconds_option(const std::string &name, const json &value) {
    const std::optional<double> seconds = number_of(value);
    if (!seconds)
        return interval_seconds(string_option(name, value));
    if (!(*seconds >= 0 && *seconds <= 1e9))
        throw_bad_option(name, "0 or more seconds");
    return static_cast<std::int64_t>(*seconds);
}

void read_cache_ttl(FetchOptions &options, const std::string &name, const json &value) {
    options.request.cache.rules.ttl_s = seconds_option(name, value);
}

void read_stale(FetchOptions &options, const std::string &name, const json &value) {
    options.request.cache.rules.stale_while_revalidate_s = seconds_option(name, value);
}

void read_robots(FetchOptions &options, const std::string &name, const json &value) {
    if (!value.is_boolean())
        throw_bad_option(name, "true or false");
    options.request.respects_robots = value.get<bool>();
}

void read_rate(FetchOptions &options, const std::string &name, const json &value) {
    const std::optional<double> rate = number_of(value);
    if (!rate || !(*rate > 0))
        throw_bad_option(name, "a number above 0");
    options.request.requests_per_second = *rate;
}

void read_retries(FetchOptions &options, const std::string &name, const json &value) {
    if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() > 100)
        throw_bad_option(name, "an integer from 0 to 100");
    options.request.max_retries = value.get<int>();
}

struct OptionReader {
    const char *name;
    void (*read)(FetchOptions &options, const std::string &name, const json &value);
};

/* In the order in which they are read: what the call says itself replaces what its server says. */
constexpr OptionReader kReaders[] = {
    {"server", read_server},
    {"body", read_body},
    {"cache", read_cache},
    {"cache_ttl", read_cache_ttl},
    {"headers", read_headers},
    {"form", read_form},
    {"json", read_json},
    {"max_retries", read_retries},
    {"method", read_method},
    {"proxy", read_proxy},
    {"query", read_query},
    {"renderer", read_renderer},
    {"renderer_body", read_renderer_body},
    {"renderer_content_type", read_renderer_type},
    {"requests_per_second", read_rate},
    {"respect_robots", read_robots},
    {"session", read_session},
    {"stale_while_revalidate", read_stale},
    {"timeout_ms", read_timeout},
    {"user_agent", read_user_agent},
};

[[noreturn]] void throw_unknown_option(const std::string &name) {
    std::string list;
    for (const OptionReader &reader : kReaders)
        list += std::string(list.empty() ? "" : &reader == std::end(kReaders) - 1 ? " and " : ", ") + reader.name;
    throw Error(ErrorKind::kInvalidOption, "unknown option \"" + name + "\"", {}, "Valid options are " + list + ".");
}

void check_given(const json &given) {
    if (given.contains("body") + given.contains("form") + given.contains("json") > 1)
        throw Error(ErrorKind::kInvalidOption, "options \"body\", \"form\" and \"json\" exclude each other");
    if (given.contains("proxy") && given.contains("renderer"))
        throw Error(ErrorKind::kInvalidOption, "options \"proxy\" and \"renderer\" exclude each other");
    for (const char *name : {"renderer_body", "renderer_content_type"})
        if (given.contains(name) && !given.contains("renderer"))
            throw Error(ErrorKind::kInvalidOption, std::string("option \"") + name + "\" needs \"renderer\"");
}

/* Also where a URL is none of the site's and would get no secret: who asks for both is wrong about one of them. */
void check_way(const FetchOptions &options) {
    Access access = options.request.access;
    access.credentials = options.personal.credentials;
    check_combination(access);
    if (!access.renderer.url.empty())
        check_renderer(access.renderer);
}

} // namespace

FetchOptions read_fetch_options(const std::string &json_text) {
    const json given = parse_exact_json(json_text);
    if (!given.is_object())
        throw Error(ErrorKind::kInvalidOption, "options must be a JSON object");
    for (const auto &[name, value] : given.items())
        if (std::ranges::none_of(kReaders, [&](const OptionReader &reader) { return name == reader.name; }))
            throw_unknown_option(name);
    check_given(given);
    FetchOptions options;
    options.limits = current_limits();
    set_request_defaults(options.request);
    if (given.contains("form") || given.contains("json"))
        options.request.method = "POST";
    for (const OptionReader &reader : kReaders)
        if (const auto found = given.find(reader.name); found != given.end())
            reader.read(options, reader.name, *found);
    check_way(options);
    return options;
}

Request request_for(const FetchOptions &options, const std::string &url) {
    Request request = options.request;
    request.url = with_query(url, options.query);
    if (!options.site)
        return request;
    request.url = options.site->absolute(request.url);
    if (!options.site->contains(request.url))
        return request;
    request.access.credentials = options.personal.credentials;
    /* A mapping for PUBLIC is used by roles that must not read it, and such a proxy reads all but what is encrypted. */
    if (options.has_own_proxy && !request.access.credentials.empty() && scheme_of(request.url) != "https")
        throw Error(ErrorKind::kInvalidOption, "a proxy of the call gets no credentials of a user mapping", {},
                    "Name the proxy in the server's option proxy, or fetch a page with https.");
    return request;
}

} // namespace webwrap::pg
