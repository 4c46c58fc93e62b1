#include "core/fetch/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr int kMappedBits = 96; /* length of ::ffff:0:0/96, under which IPv4 addresses are held */

using Ipv4 = std::array<std::uint8_t, 4>;

constexpr Address mapped(const Ipv4 &ipv4) {
    return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, ipv4[0], ipv4[1], ipv4[2], ipv4[3]};
}

constexpr Network ipv4_network(std::uint8_t a, std::uint8_t b, std::uint8_t c, int bits) {
    return {mapped({a, b, c, 0}), kMappedBits + bits};
}

constexpr Network ipv6_network(std::uint16_t a, std::uint16_t b, std::uint16_t c, int bits) {
    return {{static_cast<std::uint8_t>(a >> 8), static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b >> 8),
             static_cast<std::uint8_t>(b), static_cast<std::uint8_t>(c >> 8), static_cast<std::uint8_t>(c)},
            bits};
}

constexpr Network kMapped = {mapped({0, 0, 0, 0}), kMappedBits};
constexpr Network kNat64 = ipv6_network(0x64, 0xFF9B, 0, 96);
constexpr Network k6to4 = ipv6_network(0x2002, 0, 0, 16);
constexpr Network kTeredo = ipv6_network(0x2001, 0, 0, 32);
constexpr Network kGlobalUnicast = ipv6_network(0x2000, 0, 0, 3);

/* IANA's registry of special-purpose IPv4 addresses, and multicast. */
constexpr std::array kSpecialIpv4 = {
    ipv4_network(0, 0, 0, 8),       /* this network */
    ipv4_network(10, 0, 0, 8),      /* private */
    ipv4_network(100, 64, 0, 10),   /* shared by carriers */
    ipv4_network(127, 0, 0, 8),     /* loopback */
    ipv4_network(169, 254, 0, 16),  /* link-local, metadata services */
    ipv4_network(172, 16, 0, 12),   /* private */
    ipv4_network(192, 0, 0, 24),    /* protocol assignments */
    ipv4_network(192, 0, 2, 24),    /* documentation */
    ipv4_network(192, 88, 99, 24),  /* 6to4 relays, deprecated */
    ipv4_network(192, 168, 0, 16),  /* private */
    ipv4_network(198, 18, 0, 15),   /* benchmarks */
    ipv4_network(198, 51, 100, 24), /* documentation */
    ipv4_network(203, 0, 113, 24),  /* documentation */
    ipv4_network(224, 0, 0, 4),     /* multicast */
    ipv4_network(240, 0, 0, 4),     /* reserved, broadcast */
};

/* Special-purpose blocks inside 2000::/3. Outside of it nothing is global unicast: ::, ::1, IPv4-compatible addresses,
 * local NAT64 (64:ff9b:1::/48), 100::/64, fc00::/7, fe80::/10, fec0::/10, ff00::/8. */
constexpr std::array kSpecialIpv6 = {
    ipv6_network(0x2001, 0, 0, 23),     /* protocol assignments: ORCHID, benchmarks; Teredo is judged before */
    ipv6_network(0x2001, 0xDB8, 0, 32), /* documentation */
    ipv6_network(0x3FFF, 0, 0, 20),     /* documentation */
};

bool contains(const Network &network, const Address &address) noexcept {
    const auto whole_bytes = static_cast<std::size_t>(network.prefix_bits / 8);
    if (std::memcmp(network.address.data(), address.data(), whole_bytes) != 0)
        return false;
    const int rest_bits = network.prefix_bits % 8;
    if (rest_bits == 0)
        return true;
    const int mask = 0xFF << (8 - rest_bits) & 0xFF;
    return ((network.address[whole_bytes] ^ address[whole_bytes]) & mask) == 0;
}

bool any_contains(const auto &networks, const Address &address) noexcept {
    return std::ranges::any_of(networks, [&](const Network &network) { return contains(network, address); });
}

Address embedded(const Address &address, std::size_t at, std::uint8_t inversion = 0) noexcept {
    Ipv4 ipv4{};
    for (std::size_t i = 0; i < ipv4.size(); ++i)
        ipv4[i] = address[at + i] ^ inversion;
    return mapped(ipv4);
}

std::optional<Address> address_of(const sockaddr *address) noexcept {
    if (address == nullptr)
        return std::nullopt;
    if (address->sa_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, address, sizeof ipv4);
        Ipv4 bytes{};
        std::memcpy(bytes.data(), &ipv4.sin_addr, bytes.size());
        return mapped(bytes);
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 ipv6{};
        std::memcpy(&ipv6, address, sizeof ipv6);
        Address bytes{};
        std::memcpy(bytes.data(), &ipv6.sin6_addr, bytes.size());
        return bytes;
    }
    return std::nullopt;
}

} // namespace

std::optional<Address> parse_address(const char *text) noexcept {
    Ipv4 ipv4{};
    if (inet_pton(AF_INET, text, ipv4.data()) == 1)
        return mapped(ipv4);
    Address ipv6{};
    if (inet_pton(AF_INET6, text, ipv6.data()) == 1)
        return ipv6;
    return std::nullopt;
}

Network parse_network(std::string_view text) {
    const std::string_view trimmed = trim(text);
    const std::size_t slash = trimmed.find('/');
    const std::string host(trimmed.substr(0, slash));
    const std::optional<Address> address = parse_address(host.c_str());
    const bool is_ipv4 = host.find(':') == std::string::npos;
    const int max_bits = is_ipv4 ? 128 - kMappedBits : 128;
    int bits = max_bits;
    bool valid = address.has_value() && host.find('\0') == std::string::npos;
    if (slash != std::string_view::npos) {
        const std::string_view digits = trimmed.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        valid = valid && error == std::errc() && end == digits.data() + digits.size() && bits >= 0 && bits <= max_bits;
    }
    if (!valid)
        throw Error(ErrorKind::kInvalidArgument, "invalid network \"" + abbreviate(trimmed, 80) + "\"", {},
                    "Write an address or a network such as 10.0.0.0/8 or fd00::/8.");
    return {*address, is_ipv4 ? kMappedBits + bits : bits};
}

AddressPolicy::AddressPolicy(std::string_view allowed_networks) : text_(allowed_networks) {
    while (!trim(allowed_networks).empty()) {
        const std::size_t comma = allowed_networks.find(',');
        allowed_.push_back(parse_network(allowed_networks.substr(0, comma)));
        if (comma == std::string_view::npos)
            break;
        allowed_networks.remove_prefix(comma + 1);
    }
}

bool AddressPolicy::permits(const Address &address) const noexcept {
    if (lists(address))
        return true;
    if (contains(kMapped, address))
        return !any_contains(kSpecialIpv4, address);
    if (contains(kNat64, address))
        return permits(embedded(address, 12));
    if (contains(k6to4, address))
        return permits(embedded(address, 2));
    if (contains(kTeredo, address)) /* the server in the clear, the client inverted (RFC 4380 section 4) */
        return permits(embedded(address, 4)) && permits(embedded(address, 12, 0xFF));
    return contains(kGlobalUnicast, address) && !any_contains(kSpecialIpv6, address);
}

bool AddressPolicy::permits(const sockaddr *address) const noexcept {
    const std::optional<Address> parsed = address_of(address);
    return parsed.has_value() && permits(*parsed);
}

bool AddressPolicy::lists(const Address &address) const noexcept { return any_contains(allowed_, address); }

bool AddressPolicy::lists(const sockaddr *address) const noexcept {
    const std::optional<Address> parsed = address_of(address);
    return parsed.has_value() && lists(*parsed);
}

std::string address_text(const sockaddr *address) {
    const std::optional<Address> parsed = address_of(address);
    if (!parsed.has_value())
        return "unknown address";
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, parsed->data() + kMappedBits / 8, text.data(), text.size());
    else
        inet_ntop(AF_INET6, parsed->data(), text.data(), text.size());
    return text.data();
}

} // namespace webwrap
