#include "core/fetch/host.hpp"

#include <arpa/inet.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

/* Punycode takes quadratic time and cannot be interrupted; names of DNS have 253 bytes at most. */
constexpr std::size_t kMaxConvertedBytes = 1000;

struct IdnaDeleter {
    void operator()(UIDNA *idna) const noexcept { uidna_close(idna); }
};

/* Characters that no domain may hold after decoding: what would end or restructure a URL. */
bool is_forbidden_in_domain(char c) {
    constexpr std::string_view kForbidden = " #/:<>?@[\\]^|%";
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || kForbidden.find(c) != std::string_view::npos;
}

bool has_punycode_label(std::string_view host) {
    for (std::size_t at = 0; at < host.size();) {
        if (host.substr(at).starts_with("xn--"))
            return true;
        const std::size_t dot = host.find('.', at);
        if (dot == std::string_view::npos)
            break;
        at = dot + 1;
    }
    return false;
}

/* The name in ASCII by UTS 46 as browsers look it up, or nothing. Only names that are not plain ASCII need the tables. */
std::optional<std::string> domain_to_ascii(const std::string &domain) {
    const std::string lower = ascii_lower(domain);
    if (std::ranges::none_of(lower, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }) &&
        !has_punycode_label(lower))
        return lower;
    if (domain.size() > kMaxConvertedBytes)
        return std::nullopt;
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UIDNA, IdnaDeleter> idna(uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
        &error));
    if (U_FAILURE(error))
        throw Error(ErrorKind::kInternal, std::string("could not open the IDNA tables: ") + u_errorName(error));
    /* The standard asks neither for the limits of DNS nor for the rules about hyphens. */
    constexpr std::uint32_t kHarmless = UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN |
                                        UIDNA_ERROR_HYPHEN_3_4 | UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                                        UIDNA_ERROR_DOMAIN_NAME_TOO_LONG;
    std::string ascii(512, '\0');
    for (int attempt = 0; attempt < 2; ++attempt) {
        UIDNAInfo info = UIDNA_INFO_INITIALIZER;
        error = U_ZERO_ERROR;
        const std::int32_t length =
            uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<std::int32_t>(domain.size()), ascii.data(),
                                   static_cast<std::int32_t>(ascii.size()), &info, &error);
        if (error == U_BUFFER_OVERFLOW_ERROR) {
            ascii.resize(static_cast<std::size_t>(length) + 1);
            continue;
        }
        if (U_FAILURE(error) || (info.errors & ~kHarmless) != 0)
            return std::nullopt;
        ascii.resize(static_cast<std::size_t>(length));
        return ascii;
    }
    return std::nullopt;
}

/* One number of an IPv4 address: decimal, 0 octal, 0x hexadecimal; nothing when it is no number. Values that no address
 * can hold come out as 2^32. */
std::optional<std::uint64_t> ipv4_number(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    } else if (text.size() > 1 && text[0] == '0') {
        text.remove_prefix(1);
        base = 8;
    }
    constexpr std::uint64_t kTooLarge = std::uint64_t{1} << 32;
    std::uint64_t number = 0;
    for (const char c : text) {
        const int digit = hex_value(c);
        if (digit < 0 || digit >= base)
            return std::nullopt;
        number = std::min(number * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit), kTooLarge);
    }
    return number;
}

/* The host without one dot at its end. */
std::string_view without_final_dot(std::string_view host) {
    if (host.size() > 1 && host.ends_with('.'))
        host.remove_suffix(1);
    return host;
}

/* True when the last label is a number: such a host is an IPv4 address or nothing. */
bool ends_in_number(std::string_view host) {
    host = without_final_dot(host);
    const std::string_view label = host.substr(host.rfind('.') + 1); /* npos + 1 is 0 */
    if (label.empty())
        return false;
    return std::ranges::all_of(label, is_digit) || ipv4_number(label).has_value();
}

HostResult parse_ipv4(std::string_view host) {
    static constexpr const char *kProblem = "the host is not a valid IPv4 address";
    host = without_final_dot(host);
    std::uint32_t address = 0;
    for (int part = 0;; ++part) {
        const std::size_t dot = host.find('.');
        const std::optional<std::uint64_t> number = ipv4_number(host.substr(0, dot));
        const bool is_last = dot == std::string_view::npos;
        if (part > 3 || !number || (!is_last && *number > 255))
            return {{}, kProblem};
        const int free_bits = 32 - 8 * part;
        if (is_last) {
            if (*number >= std::uint64_t{1} << free_bits)
                return {{}, kProblem};
            address |= static_cast<std::uint32_t>(*number);
            break;
        }
        address |= static_cast<std::uint32_t>(*number) << (free_bits - 8);
        host.remove_prefix(dot + 1);
    }
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += (text.empty() ? "" : ".") + std::to_string(address >> shift & 0xFF);
    return {text, nullptr};
}

using Pieces = std::array<unsigned, 8>;

/* First and one past the last piece of the longest run of zeros that is longer than one; the first of equal ones. */
std::pair<std::size_t, std::size_t> longest_zero_run(const Pieces &pieces) {
    std::pair<std::size_t, std::size_t> best{pieces.size(), pieces.size()};
    for (std::size_t at = 0; at < pieces.size();) {
        std::size_t end = at;
        while (end < pieces.size() && pieces[end] == 0)
            ++end;
        if (end - at > std::max<std::size_t>(best.second - best.first, 1))
            best = {at, end};
        at = std::max(end, at + 1);
    }
    return best;
}

/* The address in the standard's one spelling, never with a dotted end as inet_ntop writes some. */
HostResult parse_ipv6(std::string_view text) {
    if (text.find('%') != std::string_view::npos)
        return {{}, "zone identifiers are not supported"};
    in6_addr address{};
    if (text.find('\0') != std::string_view::npos || inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1)
        return {{}, "bad ipv6 address"};
    Pieces pieces{};
    for (std::size_t i = 0; i < pieces.size(); ++i)
        pieces[i] = address.s6_addr[2 * i] * 256U + address.s6_addr[2 * i + 1];
    const auto [first, last] = longest_zero_run(pieces);
    std::string host = "[";
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i == first) {
            host += i == 0 ? "::" : ":";
            i = last - 1;
            continue;
        }
        std::array<char, 8> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), pieces[i], 16).ptr;
        host.append(digits.data(), end);
        host += i + 1 < pieces.size() ? ":" : "";
    }
    return {host + "]", nullptr};
}

} // namespace

std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (is_escape) {
            decoded.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
            i += 2;
        } else {
            decoded.push_back(text[i]);
        }
    }
    return decoded;
}

HostResult parse_host(std::string_view text) {
    static constexpr const char *kBadName = "the host is not a valid internationalized name";
    if (text.starts_with('[')) {
        if (!text.ends_with(']'))
            return {{}, "bad ipv6 address"};
        return parse_ipv6(text.substr(1, text.size() - 2));
    }
    const std::string domain = percent_decode(text);
    if (find_invalid_utf8(domain) != std::string_view::npos)
        return {{}, kBadName};
    const std::optional<std::string> ascii = domain_to_ascii(domain);
    if (!ascii)
        return {{}, kBadName};
    if (ascii->empty() || std::ranges::any_of(*ascii, is_forbidden_in_domain))
        return {{}, "bad hostname"};
    if (ends_in_number(*ascii))
        return parse_ipv4(*ascii);
    return {*ascii, nullptr};
}

} // namespace webwrap
