#include "core/fetch/transfer.hpp"

#include <gtest/gtest.h>

#include <array>

#include "core/fetch/client.hpp"
#include "errors.hpp"
#include "loopback_server.hpp"

namespace webwrap {
namespace {

using test::LoopbackServer;
using test::page;

struct MultiDeleter {
    void operator()(CURLM *multi) const noexcept { curl_multi_cleanup(multi); }
};

/* curl, with names of our choice in its memory of look-ups. */
class ProbeTest : public ::testing::Test {
  protected:
    /* "host:port:address,address" */
    void know(const std::string &entry) {
        const std::unique_ptr<CURL, CurlEasyDeleter> easy(curl_easy_init());
        const std::unique_ptr<curl_slist, CurlListDeleter> entries(curl_slist_append(nullptr, entry.c_str()));
        const std::string url = "http://" + entry.substr(0, entry.find(':', entry.find(':') + 1));
        curl_easy_setopt(easy.get(), CURLOPT_RESOLVE, entries.get());
        curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
        curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(
            easy.get(), CURLOPT_OPENSOCKETFUNCTION,
            +[](void *, curlsocktype, curl_sockaddr *) -> curl_socket_t { return CURL_SOCKET_BAD; });
        curl_multi_add_handle(multi_.get(), easy.get());
        (void)drive();
        curl_multi_remove_handle(multi_.get(), easy.get());
    }

    /* Until curl is done with one transfer. */
    CURLcode drive() {
        for (int running = 0;;) {
            curl_multi_perform(multi_.get(), &running);
            int left = 0;
            while (const CURLMsg *message = curl_multi_info_read(multi_.get(), &left))
                if (message->msg == CURLMSG_DONE)
                    return message->data.result;
            curl_multi_poll(multi_.get(), nullptr, 0, 100, nullptr);
        }
    }

    void probe(const std::string &url, const AddressPolicy &policy) {
        const Hop hop = first_hop({.url = url});
        const Limits limits;
        Transfer transfer(multi_.get(), hop, limits, policy, 5000, nullptr, TransferPurpose::kProbe);
        const CURLcode result = drive();
        EXPECT_FALSE(transfer.goes_on(result, false));
        transfer.check(result, false);
    }

    void expect_refused(const std::string &url, const std::string &address, const AddressPolicy &policy = {}) {
        const auto error = test::error_of([&] { probe(url, policy); });
        ASSERT_TRUE(error) << url;
        EXPECT_EQ(error->kind(), ErrorKind::kForbidden) << error->message();
        EXPECT_TRUE(error->message().starts_with("address " + address + " of host")) << error->message();
    }

    static void SetUpTestSuite() { curl_global_init(CURL_GLOBAL_DEFAULT); }

    std::unique_ptr<CURLM, MultiDeleter> multi_{curl_multi_init()};
};

TEST_F(ProbeTest, EveryAddressCounts) {
    know("good.test:80:93.184.216.34,8.8.8.8,[2606:4700::1111]");
    know("last.test:80:93.184.216.34,8.8.8.8,10.0.0.1");
    know("first.test:80:10.0.0.1,93.184.216.34");
    know("six.test:80:93.184.216.34,[2606:4700::1111],[fc00::1]");
    know("only-six.test:80:[2606:4700::1111],[::1]");
    know("secure.test:443:93.184.216.34,169.254.169.254");
    probe("http://good.test/x?y", {});
    expect_refused("http://last.test/", "10.0.0.1");
    expect_refused("http://first.test/", "10.0.0.1");
    expect_refused("http://six.test/", "fc00::1");
    expect_refused("http://only-six.test/", "::1");
    expect_refused("https://secure.test/", "169.254.169.254");
    probe("http://last.test/", AddressPolicy("10.0.0.0/8"));
}

TEST_F(ProbeTest, AddressesInPlaceOfNames) {
    probe("http://93.184.216.34/", {});
    expect_refused("http://127.0.0.1/", "127.0.0.1");
    expect_refused("http://0x7f.1:8080/", "127.0.0.1");
    expect_refused("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1");
}

TEST_F(ProbeTest, NoPacketIsSent) {
    LoopbackServer server([](const std::string &, const std::string &) { return page("x"); });
    const AddressPolicy loopback("127.0.0.0/8");
    probe(server.url("/"), loopback);
    EXPECT_EQ(server.connection_count(), 0u);
    know("open.test:" + server.url("/").substr(17, server.url("/").size() - 18) + ":127.0.0.1,10.0.0.1");
    {
        const std::string url = server.url("/", "open.test");
        const Hop hop = first_hop({.url = url});
        const Limits limits;
        Transfer transfer(multi_.get(), hop, limits, loopback, 5000, nullptr);
        transfer.check(drive(), false);
        EXPECT_EQ(transfer.take_body(), "x");
        expect_refused(url, "10.0.0.1", loopback); /* though the connection to the other address is open */
    }
    EXPECT_EQ(server.connection_count(), 1u);
}

TEST_F(ProbeTest, NamesThatDoNotResolve) {
    const auto error = test::error_of([&] { probe("http://nothing.invalid/", {}); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kNetwork);
    EXPECT_NE(error->message().find("resolve"), std::string::npos) << error->message();
}

} // namespace
} // namespace webwrap
