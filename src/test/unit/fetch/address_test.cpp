#include "core/fetch/address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <iterator>
#include <sstream>

#include "errors.hpp"

namespace webwrap {
namespace {

std::vector<std::string> words(const std::string &text) {
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

Address address(const std::string &text) {
    const auto parsed = parse_address(text.c_str());
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed.value_or(Address{});
}

TEST(AddressTest, PublicAddressesArePermitted) {
    const AddressPolicy policy;
    for (const std::string &text :
         words("1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 "
               "169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 "
               "198.17.255.255 198.20.0.0 223.255.255.255 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1 "
               "2001:4860:4860::8888 2600:: 2a00:1450:4001::1 2001:200::1 2001:0:808:808::f7f7:f7f7"))
        EXPECT_TRUE(policy.permits(address(text))) << text;
}

TEST(AddressTest, SpecialAddressesAreRefused) {
    const AddressPolicy policy;
    for (const std::string &text :
         words("0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.255 "
               "169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 "
               "198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 "
               "255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 fc00::1 fdff::1 fe80::1 fec0::1 ff02::1 100::1 "
               "2001:db8::1 2001:10::1 2001:20::1 2001:2::1 3fff::1 5f00::1 4000:: ::ffff:127.0.0.1 "
               "::ffff:10.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1::1 "
               "64:ff9b:1::8.8.8.8 2002:7f00:1::1 2002:a9fe:a9fe:: 2002:a00:1::"))
        EXPECT_FALSE(policy.permits(address(text))) << text;
}

/* Teredo: 2001:0:<server>:<flags>:<port>:<client, inverted> */
TEST(AddressTest, TeredoIsJudgedByServerAndClient) {
    const AddressPolicy policy;
    EXPECT_FALSE(policy.permits(address("2001:0:808:808:0:0:80ff:fffe"))) << "client 127.0.0.1";
    EXPECT_FALSE(policy.permits(address("2001:0:808:808:8000:1234:5601:5601"))) << "client 169.254.169.254";
    EXPECT_FALSE(policy.permits(address("2001:0:7f00:1::f7f7:f7f7"))) << "server 127.0.0.1";
    EXPECT_TRUE(AddressPolicy("127.0.0.1").permits(address("2001:0:808:808:0:0:80ff:fffe")));
}

TEST(AddressTest, AllowedNetworks) {
    const AddressPolicy policy(" 127.0.0.1, 10.1.0.0/16 ,fd00::/8,");
    for (const char *text : {"127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "10.1.0.0",
                             "10.1.255.255", "fd12::1", "1.1.1.1"})
        EXPECT_TRUE(policy.permits(address(text))) << text;
    for (const char *text : {"127.0.0.2", "10.0.255.255", "10.2.0.0", "fc00::1", "::1"})
        EXPECT_FALSE(policy.permits(address(text))) << text;
    EXPECT_TRUE(AddressPolicy("0.0.0.0/0").permits(address("255.255.255.255")));
    EXPECT_FALSE(AddressPolicy("0.0.0.0/0").permits(address("::1")));
    EXPECT_TRUE(AddressPolicy("::/0").permits(address("127.0.0.1")));
    EXPECT_TRUE(AddressPolicy("10.9.8.7/31").permits(address("10.9.8.6")));
    EXPECT_TRUE(AddressPolicy("64:ff9b:1::/48").permits(address("64:ff9b:1::7f00:1")));
    EXPECT_FALSE(AddressPolicy("").permits(address("::1")));
}

TEST(AddressTest, MalformedNetworks) {
    for (const char *text : {"localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0", "::1/129",
                             "1.2.3.4,,", "10.0.0.0/8 fd00::/8", "010.0.0.1"}) {
        const auto error = test::error_of([&] { (void)AddressPolicy(text); });
        ASSERT_TRUE(error) << text;
        EXPECT_EQ(error->kind(), ErrorKind::kInvalidArgument);
        EXPECT_NE(error->message().find("invalid network"), std::string::npos);
    }
}

TEST(AddressTest, SocketAddresses) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    inet_pton(AF_INET, "127.0.0.1", &ipv4.sin_addr);
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    inet_pton(AF_INET6, "2600::1", &ipv6.sin6_addr);
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    const auto *loopback = reinterpret_cast<const sockaddr *>(&ipv4);
    const auto *global = reinterpret_cast<const sockaddr *>(&ipv6);
    const auto *pipe = reinterpret_cast<const sockaddr *>(&local);
    EXPECT_FALSE(AddressPolicy().permits(loopback));
    EXPECT_TRUE(AddressPolicy("127.0.0.0/8").permits(loopback));
    EXPECT_TRUE(AddressPolicy().permits(global));
    EXPECT_FALSE(AddressPolicy("::/0").permits(pipe)) << "only IP can be judged";
    EXPECT_EQ(address_text(loopback), "127.0.0.1");
    EXPECT_EQ(address_text(global), "2600::1");
    EXPECT_EQ(address_text(pipe), "unknown address");
}

TEST(AddressPolicyTest, BeingPublicIsNotBeingListed) {
    const AddressPolicy policy("10.0.0.0/8, fd00::/8");
    const auto listed = [&](const char *text) { return policy.lists(*parse_address(text)); };
    EXPECT_TRUE(listed("10.1.2.3"));
    EXPECT_TRUE(listed("::ffff:10.1.2.3"));
    EXPECT_TRUE(listed("fd00::1"));
    EXPECT_FALSE(listed("8.8.8.8"));
    EXPECT_FALSE(listed("127.0.0.1"));
    EXPECT_FALSE(listed("2606:4700::1111"));
    EXPECT_FALSE(AddressPolicy().lists(*parse_address("8.8.8.8")));
}

} // namespace
} // namespace webwrap
