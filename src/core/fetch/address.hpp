#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace webwrap {

/* An IPv4 or IPv6 address; IPv4 is held as IPv4-mapped IPv6. */
using Address = std::array<std::uint8_t, 16>;

struct Network {
    Address address{};
    int prefix_bits = 0; /* of the 128-bit form */
};

/* An address in its usual text form; nothing for all else. */
[[nodiscard]] std::optional<Address> parse_address(const char *text) noexcept;

/* Parses "10.0.0.0/8", "::1", "fd00::/8"; bits beyond the prefix do not count. "::/0" contains the IPv4 addresses too.
 * Throws kInvalidArgument. */
[[nodiscard]] Network parse_network(std::string_view text);

/* Says which addresses may be connected to: everything that is globally reachable unicast, and what the allow-list
 * names. Mapped, NAT64, 6to4 and Teredo addresses are judged by the IPv4 addresses inside, unless it names them. */
class AddressPolicy {
  public:
    AddressPolicy() = default;
    /* Comma-separated networks, maybe none; throws kInvalidArgument. */
    explicit AddressPolicy(std::string_view allowed_networks);

    [[nodiscard]] bool permits(const Address &address) const noexcept;
    [[nodiscard]] bool permits(const sockaddr *address) const noexcept;
    /* Whether the allow-list names the address: being public is not enough. */
    [[nodiscard]] bool lists(const Address &address) const noexcept;
    [[nodiscard]] bool lists(const sockaddr *address) const noexcept;

    /* As they were given. */
    [[nodiscard]] const std::string &allowed_networks() const noexcept { return text_; }

  private:
    std::string text_;
    std::vector<Network> allowed_;
};

[[nodiscard]] std::string address_text(const sockaddr *address);

} // namespace webwrap
