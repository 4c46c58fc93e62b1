#include "core/fetch/url.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/fetch/host.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kShownBytes = 200;
constexpr int kMaxPort = 65535;

/* A URL, or why the text is none. */
struct Parsed {
    Url url;
    const char *problem = nullptr;
    const char *hint = "";
};

Parsed refusal(const char *problem, const char *hint = "") { return {{}, problem, hint}; }

bool is_slash(char c) { return c == '/' || c == '\\'; }

bool is_control_or_blank(char c) { return static_cast<unsigned char>(c) <= 0x20; }

/* Length of "name:" at the start, or 0. */
std::size_t scheme_length(std::string_view text) {
    const std::size_t colon = text.find_first_of(":/\\?#");
    if (colon == std::string_view::npos || colon == 0 || text[colon] != ':' || !is_letter(text.front()))
        return 0;
    const bool is_name = std::ranges::all_of(
        text.substr(0, colon), [&](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
    return is_name ? colon + 1 : 0;
}

/* The text as it may stand in a message: short, and without what could be a password. */
std::string shown(std::string_view text) {
    std::string safe(text);
    std::size_t begin = std::min(text.find(':'), text.find("//"));
    begin = begin == std::string_view::npos ? 0 : begin;
    while (begin < safe.size() && (safe[begin] == ':' || is_slash(safe[begin]) || is_control_or_blank(safe[begin])))
        ++begin;
    const std::size_t end = safe.find_first_of("/\\?#", begin);
    const std::size_t at = safe.rfind('@', end);
    if (at != std::string::npos && at > begin)
        safe.replace(begin, at - begin, "***");
    for (char &c : safe)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = ' ';
    if (find_invalid_utf8(safe) != std::string_view::npos)
        for (char &c : safe)
            if (static_cast<unsigned char>(c) >= 0x80)
                c = '?';
    return abbreviate(safe, kShownBytes);
}

[[noreturn]] void throw_invalid(std::string_view text, const std::string &reason, std::string hint = {}) {
    throw Error(ErrorKind::kInvalidUrl, "invalid URL \"" + shown(text) + "\": " + reason, {}, std::move(hint));
}

/* Bytes that have to be escaped somewhere in a URL. Controls, DEL and everything beyond ASCII always belong to them. */
class EncodeSet {
  public:
    constexpr explicit EncodeSet(std::string_view more) {
        for (std::size_t byte = 0; byte < is_in_.size(); ++byte)
            is_in_[byte] = byte < 0x20 || byte > 0x7E;
        for (const char c : more)
            is_in_[static_cast<unsigned char>(c)] = true;
    }
    [[nodiscard]] constexpr bool contains(char c) const { return is_in_[static_cast<unsigned char>(c)]; }

  private:
    std::array<bool, 256> is_in_{};
};

constexpr EncodeSet kQuerySet(" \"#<>'"); /* of special schemes, which http and https are */
constexpr EncodeSet kPathSet(" \"#<>?^`{}");
constexpr EncodeSet kUserinfoSet(" \"#<>?^`{}/:;=@[\\]|");

void append_encoded_byte(std::string &out, char c) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 15]);
}

void append_encoded(std::string &out, std::string_view text, const EncodeSet &set) {
    for (const char c : text) {
        if (set.contains(c))
            append_encoded_byte(out, c);
        else
            out.push_back(c);
    }
}

/* Controls and blanks at the ends and line breaks and tabs anywhere are no part of a URL. */
std::string cleaned(std::string_view text) {
    while (!text.empty() && is_control_or_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_control_or_blank(text.back()))
        text.remove_suffix(1);
    std::string clean(text);
    std::erase_if(clean, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return clean;
}

int default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

std::string_view without_slashes(std::string_view text) {
    while (!text.empty() && is_slash(text.front()))
        text.remove_prefix(1);
    return text;
}

/* Reads one "user:password" and writes it escaped; a password without characters leaves no colon. */
void set_userinfo(Url &url, std::string_view text) {
    const std::size_t colon = text.find(':');
    append_encoded(url.userinfo, text.substr(0, colon), kUserinfoSet);
    if (colon == std::string_view::npos || colon + 1 == text.size())
        return;
    url.userinfo += ':';
    append_encoded(url.userinfo, text.substr(colon + 1), kUserinfoSet);
}

/* Port after the host's colon, or -1 when it is none; no digits mean the default. */
int port_number(std::string_view text, int otherwise) {
    if (text.empty())
        return otherwise;
    int port = 0;
    for (const char c : text) {
        if (c < '0' || c > '9')
            return -1;
        port = std::min(port * 10 + (c - '0'), kMaxPort + 1);
    }
    return port > kMaxPort ? -1 : port;
}

/* Reads user, host and port from the start of `rest` and leaves what follows them. Returns what is wrong, or null. */
const char *read_authority(Url &url, std::string_view &rest) {
    std::string_view authority = rest.substr(0, rest.find_first_of("/\\?#"));
    rest.remove_prefix(authority.size());
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        set_userinfo(url, authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    const std::size_t bracket = authority.find(']');
    const bool is_ipv6 = authority.find('[') < std::min(authority.find(':'), bracket);
    const std::size_t colon =
        is_ipv6 ? (bracket == std::string_view::npos ? bracket : authority.find(':', bracket)) : authority.find(':');
    const std::string_view host = authority.substr(0, colon);
    if (host.empty())
        return "no host part in the url";
    HostResult parsed = parse_host(host);
    if (parsed.problem != nullptr)
        return parsed.problem;
    url.host = std::move(parsed.host);
    url.port = port_number(colon == std::string_view::npos ? std::string_view{} : authority.substr(colon + 1),
                           default_port(url.scheme));
    return url.port < 0 ? "port number was not a decimal number between 0 and 65535" : nullptr;
}

/* "." and "..", also with their dots escaped. */
int dots_of(std::string_view segment) {
    int dots = 0;
    while (!segment.empty()) {
        if (segment.front() == '.')
            segment.remove_prefix(1);
        else if (segment.starts_with("%2e") || segment.starts_with("%2E"))
            segment.remove_prefix(3);
        else
            return 0;
        if (++dots > 2)
            return 0;
    }
    return dots;
}

/* Removes the last segment of a path that ends in it or in its slash; leaves the slash before it. */
void shorten_path(std::string &path) {
    if (path.size() > 1)
        path.erase(path.rfind('/', path.size() - 2) + 1);
}

/* Appends the path at the start of `rest`, up to the query, to url.path, which ends in a slash; leaves the query. */
void read_path(Url &url, std::string_view &rest) {
    std::string_view path = rest.substr(0, rest.find_first_of("?#"));
    rest.remove_prefix(path.size());
    while (true) {
        const auto slash = std::ranges::find_if(path, is_slash);
        const bool is_last = slash == path.end();
        const std::string_view segment = path.substr(0, static_cast<std::size_t>(slash - path.begin()));
        const int dots = dots_of(segment);
        if (dots == 2)
            shorten_path(url.path);
        else if (dots == 0)
            append_encoded(url.path, segment, kPathSet);
        if (is_last)
            return;
        if (dots == 0)
            url.path += '/';
        path.remove_prefix(segment.size() + 1);
    }
}

void read_query(Url &url, std::string_view rest) {
    if (!rest.starts_with('?'))
        return;
    rest = rest.substr(1, rest.substr(1).find('#'));
    url.has_query = true;
    url.query.clear();
    append_encoded(url.query, rest, kQuerySet);
}

Parsed finished(Url url) {
    url.text = url.scheme + "://";
    if (!url.userinfo.empty())
        url.text += url.userinfo + "@";
    url.text += url.host;
    if (url.port != default_port(url.scheme))
        url.text += ":" + std::to_string(url.port);
    url.text += url.path;
    if (url.has_query)
        url.text += "?" + url.query;
    return {std::move(url)};
}

/* `rest` begins with the host, or the user before it. */
Parsed parse_from_authority(std::string scheme, std::string_view rest) {
    Url url;
    url.scheme = std::move(scheme);
    if (const char *problem = read_authority(url, rest); problem != nullptr)
        return refusal(problem);
    url.path = "/";
    if (!rest.empty() && is_slash(rest.front()))
        rest.remove_prefix(1);
    read_path(url, rest);
    read_query(url, rest);
    return finished(std::move(url));
}

Parsed parse_relative(const Url &base, std::string_view rest) {
    if (rest.size() > 1 && is_slash(rest[0]) && is_slash(rest[1]))
        return parse_from_authority(base.scheme, without_slashes(rest));
    Url url = base;
    if (rest.empty() || rest.front() == '#')
        return finished(std::move(url));
    url.has_query = false;
    url.query.clear();
    if (is_slash(rest.front())) {
        url.path = "/";
        rest.remove_prefix(1);
    } else if (rest.front() != '?') {
        url.path.erase(url.path.rfind('/') + 1);
    }
    if (!rest.starts_with('?'))
        read_path(url, rest);
    read_query(url, rest);
    return finished(std::move(url));
}

/* The basic URL parser for http and https; text in any other scheme is refused. */
Parsed parse(std::string_view text, const Url *base) {
    const std::string clean = cleaned(text);
    const std::size_t length = scheme_length(clean);
    if (length == 0) {
        if (base == nullptr)
            return refusal("it is not absolute", "Start the URL with http:// or https://.");
        return parse_relative(*base, clean);
    }
    std::string scheme = ascii_lower(std::string_view(clean).substr(0, length - 1));
    const std::string_view rest = std::string_view(clean).substr(length);
    if (scheme != "http" && scheme != "https")
        return refusal("only http and https can be fetched");
    if (base != nullptr && base->scheme == scheme && !rest.starts_with("//"))
        return parse_relative(*base, rest);
    return parse_from_authority(std::move(scheme), without_slashes(rest));
}

Url checked(std::string_view text, Parsed parsed) {
    if (parsed.problem != nullptr)
        throw_invalid(text, parsed.problem, parsed.hint);
    if (!parsed.url.userinfo.empty())
        throw_invalid(text, "credentials do not belong in a URL", "Send them in a header of the request instead.");
    return std::move(parsed.url);
}

} // namespace

Url parse_url(std::string_view text) {
    std::string_view trimmed = text;
    while (!trimmed.empty() && is_html_space(trimmed.front()))
        trimmed.remove_prefix(1);
    while (!trimmed.empty() && is_html_space(trimmed.back()))
        trimmed.remove_suffix(1);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(trimmed, is_control))
        throw_invalid(text, "it contains a control character");
    if (trimmed.empty())
        throw_invalid(text, "it is empty");
    return checked(text, parse(trimmed, nullptr));
}

Url resolve_url(const Url &base, std::string_view reference) { return checked(reference, parse(reference, &base)); }

std::optional<Url> resolve_link(const Url *base, std::string_view reference) {
    Parsed parsed = parse(reference, base);
    if (parsed.problem != nullptr)
        return std::nullopt;
    return std::move(parsed.url);
}

std::string scheme_of(std::string_view reference) {
    const std::string clean = cleaned(reference);
    const std::size_t length = scheme_length(clean);
    return length == 0 ? std::string() : ascii_lower(std::string_view(clean).substr(0, length - 1));
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        const bool unreserved = is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved)
            encoded.push_back(c);
        else
            append_encoded_byte(encoded, c);
    }
    return encoded;
}

} // namespace webwrap
