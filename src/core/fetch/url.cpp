#include "core/fetch/url.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

struct CurlUrlDeleter {
    void operator()(CURLU *url) const noexcept { curl_url_cleanup(url); }
};
struct CurlStringDeleter {
    void operator()(char *text) const noexcept { curl_free(text); }
};
struct IdnaDeleter {
    void operator()(UIDNA *idna) const noexcept { uidna_close(idna); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlUrlDeleter>;
using CurlString = std::unique_ptr<char, CurlStringDeleter>;

constexpr unsigned kSetFlags = CURLU_DISALLOW_USER;
constexpr std::size_t kShownBytes = 200;

/* The text as it may stand in a message: short, and without what could be a password. */
std::string shown(std::string_view text) {
    std::string safe(text);
    const std::size_t authority = safe.find("//");
    if (authority != std::string::npos) {
        const std::size_t end = safe.find_first_of("/\\?#", authority + 2);
        const std::size_t at = safe.rfind('@', end);
        if (at != std::string::npos && at > authority)
            safe.replace(authority + 2, at - authority - 2, "***");
    }
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

[[noreturn]] void throw_curl_error(std::string_view text, CURLUcode code) {
    switch (code) {
    case CURLUE_OUT_OF_MEMORY:
        throw std::bad_alloc();
    case CURLUE_USER_NOT_ALLOWED:
        throw_invalid(text, "credentials do not belong in a URL", "Send them in a header of the request instead.");
    case CURLUE_UNSUPPORTED_SCHEME:
        throw_invalid(text, "only http and https can be fetched");
    default:
        throw_invalid(text, ascii_lower(curl_url_strerror(code)));
    }
}

/* The part, or an empty string where the URL has none. */
std::string part_of(const CurlUrl &url, CURLUPart part, unsigned flags = 0) {
    char *raw = nullptr;
    const CURLUcode code = curl_url_get(url.get(), part, &raw, flags);
    const CurlString owned(raw);
    if (code == CURLUE_OUT_OF_MEMORY)
        throw std::bad_alloc();
    return code == CURLUE_OK ? std::string(raw) : std::string();
}

std::string_view trim_html_space(std::string_view text) {
    while (!text.empty() && is_html_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_html_space(text.back()))
        text.remove_suffix(1);
    return text;
}

/* What browsers do with characters that have no place in a URL but stand in many pages: blanks, quotes, angle brackets
 * and bytes beyond ASCII are percent-encoded (curl decodes the host again), a backslash before the query is a slash. */
std::string mend(std::string_view text) {
    std::string mended;
    mended.reserve(text.size());
    bool before_query = true;
    for (const char c : text) {
        if (c == '?' || c == '#')
            before_query = false;
        if (static_cast<unsigned char>(c) >= 0x80 || c == ' ' || c == '"' || c == '<' || c == '>' || c == '`')
            mended += percent_encode(std::string_view(&c, 1));
        else
            mended.push_back(c == '\\' && before_query ? '/' : c);
    }
    return mended;
}

/* True for "name:..." (RFC 3986 section 3.1). */
bool has_scheme(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const std::size_t colon = text.find_first_of(":/?#");
    if (colon == std::string_view::npos || colon == 0 || text[colon] != ':' || !is_letter(text.front()))
        return false;
    return std::ranges::all_of(text.substr(0, colon), [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

void refuse_control_characters(std::string_view whole, std::string_view text) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(text, is_control))
        throw_invalid(whole, "it contains a control character");
}

/* The name in ASCII by UTS 46, as browsers look it up. ICU rather than curl's own conversion, which reads the name in
 * the encoding of the process's locale. */
std::string ascii_host(std::string_view whole, const std::string &host) {
    if (std::ranges::none_of(host, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return ascii_lower(host);
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UIDNA, IdnaDeleter> idna(uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
        &error));
    if (U_FAILURE(error))
        throw Error(ErrorKind::kInternal, std::string("could not open the IDNA tables: ") + u_errorName(error));
    std::array<char, 1024> ascii{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    const std::int32_t length =
        uidna_nameToASCII_UTF8(idna.get(), host.data(), static_cast<std::int32_t>(host.size()), ascii.data(),
                               static_cast<std::int32_t>(ascii.size()), &info, &error);
    constexpr std::uint32_t kHarmless = UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN |
                                        UIDNA_ERROR_HYPHEN_3_4 | UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                        UIDNA_ERROR_DOMAIN_NAME_TOO_LONG;
    if (U_FAILURE(error) || (info.errors & ~kHarmless) != 0)
        throw_invalid(whole, "the host is not a valid internationalized name");
    return std::string(ascii.data(), static_cast<std::size_t>(length));
}

/* True when the last label is a number: such a host is an IPv4 address or nothing (WHATWG URL, "ends in a number"). */
bool ends_in_number(std::string_view host) {
    const std::string_view label = host.substr(host.rfind('.') + 1); /* npos + 1 is 0 */
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (label.empty())
        return false;
    if (std::ranges::all_of(label, is_digit))
        return true;
    return label.starts_with("0x") && label.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

/* The address in its one canonical spelling, so that equal hosts have equal text. */
std::string canonical_ipv6(std::string_view whole, const std::string &host) {
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (host.size() < 2 || host.back() != ']' ||
        inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address) != 1)
        throw_invalid(whole, "the host is not a valid IPv6 address");
    inet_ntop(AF_INET6, &address, text.data(), text.size());
    return "[" + std::string(text.data()) + "]";
}

/* Brings the host to normal form. curl normalises numeric IPv4 forms (2130706433, 0x7f.1) only when it parses a whole
 * URL, so a host that only now turns out to be one is parsed again. */
void normalize_host(std::string_view whole, CurlUrl &url) {
    const std::string host = part_of(url, CURLUPART_HOST);
    if (!part_of(url, CURLUPART_ZONEID).empty())
        throw_invalid(whole, "zone identifiers are not supported");
    const bool is_ipv6 = host.starts_with('[');
    std::string normal = is_ipv6 ? canonical_ipv6(whole, host) : ascii_host(whole, host);
    if (normal.ends_with('.') && ends_in_number(std::string_view(normal).substr(0, normal.size() - 1)))
        normal.pop_back();
    if (normal != host) {
        const CURLUcode code = curl_url_set(url.get(), CURLUPART_HOST, normal.c_str(), 0);
        if (code != CURLUE_OK)
            throw_curl_error(whole, code);
    }
    if (is_ipv6 || !ends_in_number(normal))
        return;
    const std::string text = part_of(url, CURLUPART_URL);
    const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kSetFlags);
    in_addr address{};
    if (code != CURLUE_OK || inet_pton(AF_INET, part_of(url, CURLUPART_HOST).c_str(), &address) != 1)
        throw_invalid(whole, "the host is not a valid IPv4 address");
}

/* Parses what has been mended; `whole` is the text as given, for messages. */
Url parse_mended(std::string_view whole, const std::string &text) {
    CurlUrl url(curl_url());
    if (url == nullptr)
        throw std::bad_alloc();
    const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kSetFlags);
    if (code != CURLUE_OK)
        throw_curl_error(whole, code);
    Url result;
    result.scheme = part_of(url, CURLUPART_SCHEME);
    if (result.scheme != "http" && result.scheme != "https")
        throw_curl_error(whole, CURLUE_UNSUPPORTED_SCHEME);
    normalize_host(whole, url);
    curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
    result.text = part_of(url, CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
    result.host = part_of(url, CURLUPART_HOST);
    result.port = std::stoi(part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT));
    result.path = part_of(url, CURLUPART_PATH);
    result.query = part_of(url, CURLUPART_QUERY);
    return result;
}

} // namespace

Url parse_url(std::string_view text) {
    const std::string_view trimmed = trim_html_space(text);
    refuse_control_characters(text, trimmed);
    if (trimmed.empty())
        throw_invalid(text, "it is empty");
    if (!has_scheme(trimmed))
        throw_invalid(text, "it is not absolute", "Start the URL with http:// or https://.");
    return parse_mended(text, mend(trimmed));
}

Url resolve_url(const Url &base, std::string_view reference) {
    std::string trimmed(trim_html_space(reference));
    std::erase_if(trimmed, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    refuse_control_characters(reference, trimmed);
    if (trimmed.empty() || trimmed.front() == '#')
        return base;
    const std::string mended = mend(trimmed);
    if (has_scheme(mended))
        return parse_mended(reference, mended);
    if (mended.starts_with("//"))
        return parse_mended(reference, base.scheme + ":" + mended);
    if (mended.front() == '/')
        return parse_mended(reference, base.origin() + mended);
    if (mended.front() == '?')
        return parse_mended(reference, base.origin() + base.path + mended);
    return parse_mended(reference, base.origin() + base.path.substr(0, base.path.rfind('/') + 1) + mended);
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded.push_back('%');
        encoded.push_back(kHex[byte >> 4]);
        encoded.push_back(kHex[byte & 15]);
    }
    return encoded;
}

} // namespace webwrap
