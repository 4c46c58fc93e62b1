#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "core/base/limits.hpp"
#include "core/fetch/address.hpp"
#include "core/fetch/content_coding.hpp"
#include "core/fetch/message.hpp"

namespace webwrap {

struct CurlEasyDeleter {
    void operator()(CURL *easy) const noexcept { curl_easy_cleanup(easy); }
};
struct CurlListDeleter {
    void operator()(curl_slist *list) const noexcept { curl_slist_free_all(list); }
};

/* Signals that the process handles stay blocked while an object lives, so that threads which curl starts for name
 * look-ups inherit the mask and the server's handlers only ever run in the server's own thread. */
class SignalBlock {
  public:
    SignalBlock() noexcept;
    ~SignalBlock();
    SignalBlock(const SignalBlock &) = delete;
    SignalBlock &operator=(const SignalBlock &) = delete;

  private:
    sigset_t previous_;
};

enum class TransferPurpose {
    kRequest,
    kProbe /* only looks at every address that the host has; no packet goes there */
};

/* The error for a page above max_page_size. */
[[nodiscard]] Error large_page(const Url &url, const Limits &limits);

/* One hop on its way: an easy handle in a multi handle, and what curl's callbacks have collected. Hop, limits and
 * policy must outlive it. Its end removes it from the multi handle at any stage, without waiting for anything. Where a
 * proxy or a renderer connects to the host, a request begins with a probe: each address of the host has to be permitted,
 * as the helper chooses one itself. The helper's own address has to be in the allow-list. */
class Transfer {
  public:
    Transfer(CURLM *multi, const Hop &hop, const Limits &limits, const AddressPolicy &policy, long timeout_ms,
             void *owner, TransferPurpose purpose = TransferPurpose::kRequest);
    ~Transfer();
    Transfer(const Transfer &) = delete;
    Transfer &operator=(const Transfer &) = delete;

    /* The owner given to the transfer of this handle. */
    [[nodiscard]] static void *owner_of(CURL *easy) noexcept;

    /* To be asked when curl is done: true when that was a probe and the request itself is on its way now. Throws as
     * check() does. */
    [[nodiscard]] bool goes_on(CURLcode result, bool timed_out);

    /* Throws what made the transfer fail: kForbidden, kLimitExceeded, kTimeout, kNetwork or std::bad_alloc. `timed_out`
     * says that the request as a whole has used up its time. */
    void check(CURLcode result, bool timed_out) const;

    /* Whether the transfer failed in a way that may pass: a time limit, or a connection that broke. */
    [[nodiscard]] bool was_lost(CURLcode result) const noexcept;

    [[nodiscard]] int status() const;
    /* The address at the other end; where a helper is there, one of the host's. */
    [[nodiscard]] std::string peer() const;
    [[nodiscard]] const HeaderBlock &headers() const noexcept { return headers_; }
    [[nodiscard]] std::string take_body() noexcept { return std::move(body_); }

  private:
    /* Why one of our callbacks stopped the transfer. */
    enum class Stop {
        kNone,
        kBodySize,
        kExpansion,
        kHeaderSize,
        kManyCodings,
        kTransferCoding,
        kUnknownCoding,
        kDamagedBody,
        kAddress,
        kOutOfMemory
    };

    /* What is under way. */
    enum class Leg { kProbe, kRequest };

    void start(long timeout_ms);
    template <typename T> void set(CURLoption option, T value);
    void set_blob(CURLoption option, const std::string &text);
    void set_probe();
    void set_request();
    void set_rendering();
    void set_headers();
    void set_tls();
    void set_proxy();
    [[nodiscard]] Stop take(std::string_view wire);
    [[nodiscard]] Stop append_body(std::string_view data);
    [[nodiscard]] Stop check_codings();
    void add_header(const std::string &line);
    [[nodiscard]] bool connects_to_helper() const noexcept;
    void check_probe(CURLcode result, bool timed_out) const;
    [[noreturn]] void throw_network(CURLcode result) const;
    [[noreturn]] void throw_timeout(bool timed_out) const;
    [[noreturn]] void throw_forbidden() const;
    [[noreturn]] void throw_large_header() const;
    [[noreturn]] void throw_expansion() const;
    [[noreturn]] void throw_coding(std::string_view what) const;
    void throw_stop() const;

    static std::size_t on_body(char *data, std::size_t size, std::size_t count, void *self) noexcept;
    static std::size_t on_header(char *data, std::size_t size, std::size_t count, void *self) noexcept;
    static curl_socket_t on_open_socket(void *self, curlsocktype purpose, curl_sockaddr *address) noexcept;
    static int on_request(void *self, char *peer, char *local, int peer_port, int local_port) noexcept;

    CURLM *multi_;
    const Hop &hop_;
    const Limits &limits_;
    const AddressPolicy &policy_;
    std::unique_ptr<CURL, CurlEasyDeleter> easy_;
    std::unique_ptr<curl_slist, CurlListDeleter> header_list_;
    TransferPurpose purpose_;
    Leg leg_;
    long timeout_ms_;
    std::array<char, 64> probed_address_{}; /* text of the last one; empty: none was seen */
    Rendering rendering_;                   /* what is sent in place of the hop, where a renderer is asked */
    std::string identity_;                  /* client certificate and what else tells who asks, as PEM */
    HeaderBlock headers_;
    std::size_t header_bytes_ = 0;
    std::string content_coding_; /* of the body, as the header says; empty: none */
    std::unique_ptr<ContentDecoder> decoder_;
    std::size_t wire_bytes_ = 0; /* of the body, as it came */
    std::string body_;
    Stop stop_ = Stop::kNone;
    bool opened_socket_ = false;
    bool is_connected_ = false;              /* over a new connection or a kept one */
    std::array<char, 64> refused_address_{}; /* text; empty when none was refused */
    std::array<char, CURL_ERROR_SIZE> error_text_{};
};

} // namespace webwrap
