#include "core/fetch/message.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"

#ifndef WEBWRAP_VERSION
#define WEBWRAP_VERSION "dev"
#endif

namespace webwrap {

namespace {

constexpr std::size_t kShownBytes = 80;
constexpr const char *kUserAgent = "webwrap/" WEBWRAP_VERSION;

constexpr std::array<std::string_view, 7> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

/* Framing is curl's: a caller who set these could smuggle a second request. */
constexpr std::array<std::string_view, 8> kReservedHeaders = {
    "connection", "content-length", "expect", "http2-settings", "te", "trailer", "transfer-encoding", "upgrade"};

constexpr std::array<std::string_view, 8> kHeadersKeptAcrossOrigins = {
    "accept",        "accept-language",   "cache-control", "content-type",
    "if-none-match", "if-modified-since", "range",         "user-agent"};

bool is_one_of(const auto &names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool has_header(const Headers &headers, std::string_view name) {
    return std::ranges::any_of(headers,
                               [&](const auto &header) { return ascii_lower(header.first) == ascii_lower(name); });
}

bool breaks_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string checked_method(std::string_view method) {
    std::string upper(method);
    for (char &c : upper)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    if (!is_one_of(kMethods, upper))
        throw Error(ErrorKind::kInvalidArgument, "unsupported method \"" + abbreviate(upper, kShownBytes) + "\"", {},
                    "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.");
    return upper;
}

std::string latin1_to_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 4);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text.push_back(c);
            continue;
        }
        text.push_back(static_cast<char>(0xC0 | (byte >> 6)));
        text.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
    return text;
}

/* Header bytes as the database's text: UTF-8 if they are, else latin1; NUL becomes U+FFFD. */
std::string header_text(std::string_view bytes) {
    std::string text = find_invalid_utf8(bytes) == std::string_view::npos ? std::string(bytes) : latin1_to_utf8(bytes);
    for (std::size_t at = text.find('\0'); at != std::string::npos; at = text.find('\0', at))
        text.replace(at, 1, "\xEF\xBF\xBD");
    return text;
}

/* Calls `visit` with each trimmed element of a comma-separated header. */
void for_each_element(std::string_view list, const auto &visit) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (const std::string_view element = trim(list.substr(0, comma)); !element.empty())
            visit(element);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

/* Removes and returns what stands before the next semicolon outside of quotes. */
std::string_view take_parameter(std::string_view &rest) {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < rest.size() && (quoted || rest[at] != ';'); ++at) {
        if (rest[at] == '"')
            quoted = !quoted;
        else if (quoted && rest[at] == '\\' && at + 1 < rest.size())
            ++at;
    }
    const std::string_view parameter = trim(rest.substr(0, at));
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return parameter;
}

/* Whether a header says something to caches only: it does not choose what the site answers. */
bool is_for_caches(std::string_view lower_name, std::string_view value) {
    constexpr std::array<std::string_view, 7> kDirectives = {"max-age",  "max-stale",    "min-fresh",     "no-cache",
                                                             "no-store", "no-transform", "only-if-cached"};
    if (lower_name != "cache-control" && lower_name != "pragma")
        return false;
    bool is_known = true;
    for_each_element(value, [&](std::string_view element) {
        is_known = is_known && is_one_of(kDirectives, ascii_lower(trim(element.substr(0, element.find('=')))));
    });
    return is_known;
}

std::string with_url(std::string_view text, std::string_view url) {
    std::string filled;
    for (std::size_t at = text.find(kUrlPlace); at != std::string_view::npos; at = text.find(kUrlPlace)) {
        filled.append(text.substr(0, at)).append(url);
        text.remove_prefix(at + kUrlPlace.size());
    }
    return filled.append(text);
}

/* URLs in normal form are printable ASCII. */
std::string json_escaped(std::string_view url) {
    std::string escaped;
    for (const char c : url) {
        if (c == '"' || c == '\\')
            escaped.push_back('\\');
        escaped.push_back(c);
    }
    return escaped;
}

} // namespace

/* RFC 9110 section 5.6.2. */
bool is_header_name(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

void check_header(const std::string &name, const std::string &value) {
    if (!is_header_name(name))
        throw Error(ErrorKind::kInvalidArgument,
                    "invalid header name \"" + abbreviate(fold_space(name), kShownBytes) + "\"");
    if (breaks_line(value))
        throw Error(ErrorKind::kInvalidArgument, "value of header \"" + name + "\" contains a line break or NUL");
    if (is_one_of(kReservedHeaders, ascii_lower(name)))
        throw Error(ErrorKind::kInvalidArgument, "header \"" + name + "\" cannot be set");
}

Hop first_hop(const Request &request) {
    Hop hop;
    hop.url = parse_url(request.url);
    hop.method = checked_method(request.method);
    for (const auto &[name, value] : request.headers)
        check_header(name, value);
    hop.headers = request.headers;
    hop.body = request.body;
    hop.user_agent = request.user_agent.empty() ? kUserAgent : request.user_agent;
    if (breaks_line(hop.user_agent))
        throw Error(ErrorKind::kInvalidArgument, "user agent contains a line break or NUL");
    hop.access = request.access;
    check_combination(hop.access);
    if (!hop.access.renderer.url.empty() && (hop.method != "GET" || !hop.body.empty() || !hop.headers.empty()))
        throw Error(ErrorKind::kInvalidOption, "a renderer gets nothing but URLs",
                    "It loads the page itself, so method, headers and body of the request would have no effect.");
    for (const auto &[name, value] : hop.access.credentials.headers)
        check_header(name, value);
    std::erase_if(hop.access.credentials.headers,
                  [&](const auto &header) { return has_header(request.headers, header.first); });
    /* Many sites may live at one address, and this header says which of them gets the request. */
    if (!hop.access.credentials.empty() && has_header(request.headers, "host"))
        throw Error(ErrorKind::kInvalidArgument, "header \"host\" cannot be set in a request with credentials", {},
                    "The credentials of a user mapping are for the host of the server's base_url.");
    return hop;
}

Headers sent_headers(const Hop &hop) {
    Headers sent;
    for (const auto &[name, value] : hop.headers)
        sent.emplace_back(ascii_lower(name), value);
    sent.emplace_back("user-agent", hop.user_agent);
    sent.emplace_back("accept-encoding",
                      "all"); /* always the same, whatever curl was built with: bodies are kept plain */
    return sent;
}

std::optional<std::string> cache_identity(const Hop &hop) {
    constexpr std::array<std::string_view, 6> kHarmless = {"accept", "accept-language", "cache-control",
                                                           "pragma", "referer",         "user-agent"};
    if (hop.method != "GET" || !hop.body.empty() || hop.access.cookies != nullptr)
        return std::nullopt;
    const Credentials &credentials = hop.access.credentials;
    if (!credentials.empty() && credentials.identity.empty())
        return std::nullopt;
    std::string identity = credentials.empty() ? "" : credentials.identity;
    /* Line by line: no part can have a line break, so none can pass for two. */
    const auto add = [&](const std::string &part) { identity += (identity.empty() ? "" : "\n") + part; };
    if (const std::string way = name_of_way(hop.access); !way.empty())
        add(way);
    if (hop.user_agent != kUserAgent)
        add("as " + hop.user_agent);
    for (const auto &[name, value] : hop.headers) {
        const std::string lower = ascii_lower(name);
        if (!is_one_of(kHarmless, lower))
            return std::nullopt;
        if (!is_for_caches(lower, value)) /* not every site that looks at it says so in Vary */
            add("with " + lower + ": " + value);
    }
    return identity;
}

Request robots_request(const Request &request, const Hop &hop) {
    constexpr std::int64_t kKept_s = 3600; /* RFC 9309 section 2.4 allows a day */
    Request robots;
    robots.url = hop.url.scheme + "://" + hop.url.host + ":" + std::to_string(hop.url.port) + "/robots.txt";
    robots.user_agent = hop.user_agent;
    robots.access = hop.access;
    robots.access.credentials.headers.clear(); /* without its certificate a client may not be let in at all */
    robots.access.cookies = nullptr;
    robots.access.renderer = {}; /* a browser would make a page of it */
    robots.max_retries = request.max_retries;
    robots.cache.mode = request.cache.mode == CacheUse::Mode::kReload ? CacheUse::Mode::kUse : request.cache.mode;
    robots.cache.rules.ttl_s = kKept_s;
    return robots;
}

Rendering rendering_of(const Renderer &renderer, const Url &page) {
    const std::string percent_encoded = percent_encode(page.text);
    Rendering rendering;
    rendering.url = parse_url(with_url(renderer.url, percent_encoded));
    if (renderer.body.empty())
        return rendering;
    rendering.content_type = renderer.content_type.empty() ? "application/json" : renderer.content_type;
    const bool is_json = parse_content_type(rendering.content_type).media_type == "application/json";
    rendering.body = with_url(renderer.body, is_json ? json_escaped(page.text) : percent_encoded);
    return rendering;
}

std::optional<Hop> next_hop(const Hop &hop, int status, std::string_view location) {
    const bool is_redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    if (!is_redirect || trim(location).empty() || !hop.access.renderer.url.empty())
        return std::nullopt;
    Hop next = hop;
    try {
        next.url = resolve_url(hop.url, location);
    } catch (const Error &error) {
        throw Error(error.kind(),
                    "page \"" + abbreviate(hop.url.text, kShownBytes) + "\" redirects to an " + error.message(),
                    error.detail(), error.hint());
    }
    const bool becomes_get =
        (status == 303 && hop.method != "HEAD") || ((status == 301 || status == 302) && hop.method == "POST");
    if (becomes_get) {
        next.method = "GET";
        next.body.clear();
    }
    const bool same_origin = next.url.origin() == hop.url.origin();
    if (!same_origin)
        next.access.credentials = {};
    std::erase_if(next.headers, [&](const auto &header) {
        const std::string name = ascii_lower(header.first);
        return (becomes_get && name.starts_with("content-")) ||
               (!same_origin && !is_one_of(kHeadersKeptAcrossOrigins, name));
    });
    return next;
}

void HeaderBlock::add_line(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);
    if (is_complete_)
        return;
    if (line.empty()) {
        is_complete_ = !is_informational_;
        return;
    }
    if (line.starts_with("HTTP/")) {
        const std::size_t space = line.find(' ');
        is_informational_ = space != std::string_view::npos && line.substr(space + 1).starts_with('1');
        headers_.clear();
        return;
    }
    if (is_html_space(line.front())) { /* an obsolete folded line goes on with the value before */
        if (!headers_.empty())
            headers_.back().second.append(" ").append(trim(line));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos)
        return;
    headers_.emplace_back(ascii_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
}

HeaderBlock::Codings HeaderBlock::codings() const {
    Codings codings;
    for (const auto &[name, value] : headers_) {
        const bool is_content = name == "content-encoding";
        if (is_content || name == "transfer-encoding")
            for_each_element(value, [&](std::string_view element) {
                const std::string coding = ascii_lower(element);
                if (coding != "identity" && coding != (is_content ? "none" : "chunked"))
                    (is_content ? codings.content : codings.transfer).push_back(coding);
            });
    }
    return codings;
}

std::string_view HeaderBlock::last_value(std::string_view name) const { return header_value(headers_, name); }

Headers HeaderBlock::to_text() const {
    Headers text;
    text.reserve(headers_.size());
    for (const auto &[name, value] : headers_)
        text.emplace_back(header_text(name), header_text(value));
    return text;
}

ContentType parse_content_type(std::string_view value) {
    ContentType type;
    std::string_view rest = value;
    type.media_type = ascii_lower(take_parameter(rest));
    std::ranges::replace_if(/* it is shown in messages */
                            type.media_type, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    while (!rest.empty() && type.charset.empty()) {
        const std::string_view parameter = take_parameter(rest);
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos || ascii_lower(trim(parameter.substr(0, equals))) != "charset")
            continue;
        std::string_view charset = trim(parameter.substr(equals + 1));
        if (charset.size() >= 2 && charset.front() == charset.back() &&
            (charset.front() == '"' || charset.front() == '\''))
            charset = charset.substr(1, charset.size() - 2);
        type.charset = charset;
    }
    return type;
}

} // namespace webwrap
