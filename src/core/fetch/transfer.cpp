#include "core/fetch/transfer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <new>

#include "core/base/text.hpp"
#include "core/fetch/cookie_jar.hpp"

namespace webwrap {

namespace {

/* Small pages may be compressed as well as they can be. */
constexpr std::size_t kFreeExpansionBytes = std::size_t{1} << 20;

constexpr std::size_t kShownBytes = 500;
constexpr std::size_t kShownCodingBytes = 40;

std::string quoted(const Url &url) { return "\"" + abbreviate(url.text, kShownBytes) + "\""; }

std::string size_text(std::size_t bytes) {
    if (bytes != 0 && bytes % (std::size_t{1} << 20) == 0)
        return std::to_string(bytes >> 20) + " MB";
    if (bytes != 0 && bytes % (std::size_t{1} << 10) == 0)
        return std::to_string(bytes >> 10) + " kB";
    return std::to_string(bytes) + " bytes";
}

std::string time_text(long milliseconds) {
    return milliseconds % 1000 == 0 ? std::to_string(milliseconds / 1000) + " s" : std::to_string(milliseconds) + " ms";
}

/* Text of curl, which may quote what a server sent, as a sentence for DETAIL. */
std::string sentence(const char *text) {
    std::string clean = fold_space(text);
    for (char &c : clean)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F)
            c = '?';
    if (!clean.empty() && clean.back() != '.')
        clean.push_back('.');
    return clean;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        text.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
        text.push_back(kHex[static_cast<unsigned char>(c) & 15]);
    }
    return text;
}

void copy_peer_text(const sockaddr &address, std::array<char, 64> &text) noexcept {
    if (address.sa_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, &address, sizeof ipv4);
        inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
    } else if (address.sa_family == AF_INET6) {
        sockaddr_in6 ipv6{};
        std::memcpy(&ipv6, &address, sizeof ipv6);
        inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size());
    } else {
        std::strcpy(text.data(), "of unknown kind");
    }
}

} // namespace

Error large_page(const Url &url, const Limits &limits) {
    return {ErrorKind::kLimitExceeded,
            "page " + quoted(url) + " is larger than " + size_text(limits.max_page_size_bytes),
            {},
            "Raise webwrap.max_page_size."};
}

SignalBlock::SignalBlock() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP})
        sigdelset(&blocked, fault);
    pthread_sigmask(SIG_BLOCK, &blocked, &previous_);
}

SignalBlock::~SignalBlock() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

Transfer::Transfer(CURLM *multi, const Hop &hop, const Limits &limits, const AddressPolicy &policy, long timeout_ms,
                   void *owner, TransferPurpose purpose)
    : multi_(multi), hop_(hop), limits_(limits), policy_(policy), easy_(curl_easy_init()), purpose_(purpose),
      leg_(purpose == TransferPurpose::kProbe || hop.access.has_helper() ? Leg::kProbe : Leg::kRequest),
      timeout_ms_(timeout_ms) {
    if (easy_ == nullptr)
        throw std::bad_alloc();
    if (!hop.access.renderer.url.empty())
        rendering_ = rendering_of(hop.access.renderer, hop.url);
    set(CURLOPT_PRIVATE, owner);
    start(timeout_ms);
}

void Transfer::start(long timeout_ms) {
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L); /* otherwise the end of a transfer waits for a hanging name look-up */
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PROXY, ""); /* the environment must not lead requests past the address guard */
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_ACCEPT_ENCODING, kAcceptedCodings);
    set(CURLOPT_HTTP_CONTENT_DECODING, 0L); /* curl would not tell that a compressed stream ends early */
    set(CURLOPT_TIMEOUT_MS, timeout_ms);
    set(CURLOPT_CONNECTTIMEOUT_MS, limits_.connect_timeout_ms);
    set(CURLOPT_LOW_SPEED_LIMIT, limits_.low_speed_bytes_per_s);
    set(CURLOPT_LOW_SPEED_TIME, limits_.low_speed_time_s);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_PREREQFUNCTION, &Transfer::on_request);
    set(CURLOPT_PREREQDATA, this);
    if (leg_ == Leg::kProbe)
        set_probe();
    else if (!rendering_.url.text.empty())
        set_rendering();
    else
        set_request();
    const SignalBlock block;
    const CURLMcode code = curl_multi_add_handle(multi_, easy_.get());
    if (code == CURLM_OUT_OF_MEMORY)
        throw std::bad_alloc();
    if (code != CURLM_OK)
        throw Error(ErrorKind::kInternal, std::string("could not start a transfer: ") + curl_multi_strerror(code));
}

bool Transfer::goes_on(CURLcode result, bool timed_out) {
    if (leg_ != Leg::kProbe || purpose_ == TransferPurpose::kProbe)
        return false;
    check(result, timed_out);
    curl_off_t used_us = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_TOTAL_TIME_T, &used_us);
    void *owner = owner_of(easy_.get());
    {
        const SignalBlock block;
        curl_multi_remove_handle(multi_, easy_.get());
    }
    curl_easy_reset(easy_.get());
    set(CURLOPT_PRIVATE, owner);
    leg_ = Leg::kRequest;
    start(timeout_ms_ > 0 ? std::max(timeout_ms_ - static_cast<long>(used_us / 1000), 1L) : 0);
    return true;
}

Transfer::~Transfer() {
    const SignalBlock block;
    curl_multi_remove_handle(multi_, easy_.get());
    easy_.reset();
}

void *Transfer::owner_of(CURL *easy) noexcept {
    void *owner = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    return owner;
}

int Transfer::status() const {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

std::string Transfer::peer() const {
    if (probed_address_[0] != '\0')
        return probed_address_.data();
    const char *address = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_PRIMARY_IP, &address);
    return address == nullptr ? std::string() : address;
}

bool Transfer::was_lost(CURLcode result) const noexcept {
    if (stop_ != Stop::kNone)
        return false;
    switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    case CURLE_OK:
        return decoder_ != nullptr && !decoder_->may_end();
    default:
        return false;
    }
}

template <typename T> void Transfer::set(CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code == CURLE_OUT_OF_MEMORY)
        throw std::bad_alloc();
    if (code != CURLE_OK)
        throw Error(ErrorKind::kInternal, "could not set curl option " + std::to_string(static_cast<int>(option)) +
                                              ": " + curl_easy_strerror(code));
}

/* Connects to nothing, as on_open_socket refuses each address. */
void Transfer::set_probe() {
    const std::string url = hop_.url.scheme + "://" + hop_.url.host + ":" + std::to_string(hop_.url.port) + "/";
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_CONNECT_ONLY, 1L);
    set(CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 1L); /* no need to wait before the other kind of address is looked at */
    set(CURLOPT_FRESH_CONNECT, 1L);             /* one that is open would be taken without a look at the others */
}

void Transfer::set_request() {
    set(CURLOPT_URL, hop_.url.text.c_str());
    set(CURLOPT_PIPEWAIT,
        hop_.url.scheme == "https" ? 1L : 0L); /* rather a stream of HTTP/2 than one more connection */
    set(CURLOPT_USERAGENT, hop_.user_agent.c_str());
    if (hop_.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (hop_.method != "GET" || !hop_.body.empty()) {
        if (!hop_.body.empty() || hop_.method == "POST") {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hop_.body.size()));
            set(CURLOPT_POSTFIELDS, hop_.body.c_str());
        }
        set(CURLOPT_CUSTOMREQUEST, hop_.method.c_str());
    }
    set_headers();
    set_tls();
    set_proxy();
    if (hop_.access.cookies != nullptr)
        hop_.access.cookies->attach(easy_.get(), hop_.url.text.size());
}

/* Nothing of the hop but its URL and the name that we go by. */
void Transfer::set_rendering() {
    set(CURLOPT_URL, rendering_.url.text.c_str());
    set(CURLOPT_USERAGENT, hop_.user_agent.c_str());
    add_header("Expect:");
    if (!rendering_.body.empty()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(rendering_.body.size()));
        set(CURLOPT_POSTFIELDS, rendering_.body.c_str());
        add_header("Content-Type: " + rendering_.content_type);
    }
    set(CURLOPT_HTTPHEADER, header_list_.get());
    set_tls();
}

void Transfer::set_headers() {
    add_header("Expect:"); /* a wait for "100 Continue" helps no one here */
    std::string cookie;
    for (const Headers *headers : {&hop_.headers, &hop_.access.credentials.headers})
        for (const auto &[name, value] : *headers) {
            if (ascii_lower(name) == "range")
                set(CURLOPT_ACCEPT_ENCODING, "identity"); /* a part of a compressed page cannot be unpacked */
            if (hop_.access.cookies != nullptr && ascii_lower(name) == "cookie")
                cookie += (cookie.empty() ? "" : "; ") + value;
            else
                add_header(value.empty() ? name + ";" : name + ": " + value); /* the semicolon is how curl says empty */
        }
    set(CURLOPT_HTTPHEADER, header_list_.get());
    if (!cookie.empty())
        set(CURLOPT_COOKIE, cookie.c_str()); /* one header with those of the jar */
}

/* curl keeps what is for the proxy out of what is for the site behind it, and the other way round. */
void Transfer::set_proxy() {
    const Proxy &proxy = hop_.access.proxy;
    if (proxy.url.empty())
        return;
    set(CURLOPT_PROXY, proxy.url.c_str());
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!hop_.access.ca_certificates.empty()) {
        set_blob(CURLOPT_PROXY_CAINFO_BLOB, hop_.access.ca_certificates);
        set(CURLOPT_PROXY_CAPATH, static_cast<const char *>(nullptr));
    }
    if (proxy.username.empty())
        return;
    set(CURLOPT_PROXYUSERNAME, proxy.username.c_str());
    set(CURLOPT_PROXYPASSWORD, proxy.password.c_str());
    /* A tunnel is open to whoever uses its connection, and not every curl compares who opened it. */
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
}

void Transfer::set_tls() {
    const Access &access = hop_.access;
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!access.ca_certificates.empty()) {
        set_blob(CURLOPT_CAINFO_BLOB, access.ca_certificates);
        set(CURLOPT_CAPATH, static_cast<const char *>(nullptr)); /* or the system's would count as well */
    }
    const Credentials &credentials = access.credentials; /* a renderer has none */
    if (credentials.client_certificate.empty())
        return;
    /* A connection is reused where the certificates are equal, whatever the keys are: curl does not compare those. A
     * certificate is no secret, so key and password become a part of it, as text that readers of PEM pass over. */
    identity_ = "password " + hex(credentials.client_key_password) + "\n" + credentials.client_key + "\n" +
                credentials.client_certificate;
    set_blob(CURLOPT_SSLCERT_BLOB, identity_);
    set_blob(CURLOPT_SSLKEY_BLOB, credentials.client_key);
    set(CURLOPT_KEYPASSWD, credentials.client_key_password.c_str()); /* also if empty: OpenSSL would ask the terminal */
}

void Transfer::set_blob(CURLoption option, const std::string &text) {
    curl_blob blob{const_cast<char *>(text.data()), text.size(), CURL_BLOB_NOCOPY};
    set(option, &blob);
}

void Transfer::add_header(const std::string &line) {
    curl_slist *extended = curl_slist_append(header_list_.get(), line.c_str());
    if (extended == nullptr)
        throw std::bad_alloc();
    if (extended != header_list_.get()) {
        (void)header_list_.release();
        header_list_.reset(extended);
    }
}

std::size_t Transfer::on_body(char *data, std::size_t size, std::size_t count, void *self) noexcept {
    auto &transfer = *static_cast<Transfer *>(self);
    try {
        transfer.stop_ = transfer.take({data, size * count});
    } catch (...) {
        transfer.stop_ = Stop::kOutOfMemory;
    }
    return transfer.stop_ == Stop::kNone ? size * count : CURL_WRITEFUNC_ERROR;
}

/* Bytes of the body as they came. */
Transfer::Stop Transfer::take(std::string_view wire) {
    if (wire_bytes_ == 0 && !content_coding_.empty()) {
        decoder_ = make_content_decoder(content_coding_);
        if (decoder_ == nullptr)
            return Stop::kUnknownCoding;
    }
    wire_bytes_ += wire.size();
    if (decoder_ == nullptr)
        return append_body(wire);
    decoder_->feed(wire);
    for (std::string_view piece = decoder_->read(); !piece.empty(); piece = decoder_->read())
        if (const Stop stop = append_body(piece); stop != Stop::kNone)
            return stop;
    return decoder_->is_damaged() ? Stop::kDamagedBody : Stop::kNone;
}

/* Grows to the largest page at most: a string left to itself doubles beyond, and holds its old bytes meanwhile. */
Transfer::Stop Transfer::append_body(std::string_view data) {
    if (data.size() > limits_.max_page_size_bytes - body_.size())
        return Stop::kBodySize;
    const std::size_t size = body_.size() + data.size();
    if (size > kFreeExpansionBytes && size / static_cast<std::size_t>(limits_.max_compression_ratio) > wire_bytes_)
        return Stop::kExpansion;
    if (size > body_.capacity()) {
        std::string larger;
        larger.reserve(std::clamp(2 * body_.capacity(), size, std::max(size, limits_.max_page_size_bytes)));
        larger.append(body_);
        body_.swap(larger);
    }
    body_.append(data);
    return Stop::kNone;
}

std::size_t Transfer::on_header(char *data, std::size_t size, std::size_t count, void *self) noexcept {
    constexpr std::size_t kRefused = 0; /* lines are never empty, so this differs from their length */
    auto &transfer = *static_cast<Transfer *>(self);
    const std::size_t bytes = size * count;
    if (bytes > transfer.limits_.max_header_size_bytes - transfer.header_bytes_) {
        transfer.stop_ = Stop::kHeaderSize;
        return kRefused;
    }
    transfer.header_bytes_ += bytes;
    try {
        if (transfer.hop_.access.cookies != nullptr)
            transfer.hop_.access.cookies->note_received(bytes);
        const bool is_trailer = transfer.headers_.is_complete();
        transfer.headers_.add_line(std::string_view(data, bytes));
        if (!is_trailer && transfer.headers_.is_complete())
            transfer.stop_ = transfer.check_codings();
    } catch (...) {
        transfer.stop_ = Stop::kOutOfMemory;
    }
    return transfer.stop_ == Stop::kNone ? bytes : kRefused;
}

/* One coding at most: of two the inner one can unpack a thousandfold to what the outer one reads as nothing. Transfer codings
 * are never asked for, curl would unpack them unasked, and how much came would not be known. */
Transfer::Stop Transfer::check_codings() {
    HeaderBlock::Codings codings = headers_.codings();
    if (codings.content.size() + codings.transfer.size() > 1)
        return Stop::kManyCodings;
    if (!codings.transfer.empty())
        return Stop::kTransferCoding;
    if (!codings.content.empty())
        content_coding_ = std::move(codings.content.front());
    return Stop::kNone;
}

curl_socket_t Transfer::on_open_socket(void *self, curlsocktype, curl_sockaddr *address) noexcept {
    auto &transfer = *static_cast<Transfer *>(self);
    const bool is_probe = transfer.leg_ == Leg::kProbe;
    const bool is_permitted = transfer.connects_to_helper() ? transfer.policy_.lists(&address->addr)
                                                            : transfer.policy_.permits(&address->addr);
    if (!is_permitted)
        copy_peer_text(address->addr, transfer.refused_address_);
    if (is_probe)
        copy_peer_text(address->addr, transfer.probed_address_);
    if (!is_permitted || is_probe)
        return CURL_SOCKET_BAD;
    transfer.opened_socket_ = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Sees reused connections too, which an earlier request with a wider policy may have opened. */
int Transfer::on_request(void *self, char *peer, char *, int, int) noexcept {
    auto &transfer = *static_cast<Transfer *>(self);
    const std::optional<Address> address = parse_address(peer);
    if (address.has_value() &&
        (transfer.connects_to_helper() ? transfer.policy_.lists(*address) : transfer.policy_.permits(*address))) {
        transfer.is_connected_ = true;
        return CURL_PREREQFUNC_OK;
    }
    std::strncpy(transfer.refused_address_.data(), peer, transfer.refused_address_.size() - 1);
    transfer.stop_ = Stop::kAddress;
    return CURL_PREREQFUNC_ABORT;
}

bool Transfer::connects_to_helper() const noexcept { return leg_ == Leg::kRequest && hop_.access.has_helper(); }

void Transfer::check(CURLcode result, bool timed_out) const {
    if (leg_ == Leg::kProbe) {
        check_probe(result, timed_out);
        return;
    }
    throw_stop();
    switch (result) {
    case CURLE_OK:
        if (decoder_ != nullptr && !decoder_->may_end())
            throw_coding("ends early");
        return;
    case CURLE_OPERATION_TIMEDOUT:
        throw_timeout(timed_out);
    case CURLE_OUT_OF_MEMORY: /* curl's answer to a header line above its own limit, too */
        if (is_connected_ && !headers_.is_complete())
            throw_large_header();
        throw std::bad_alloc();
    case CURLE_COULDNT_CONNECT:
        if (refused_address_[0] != '\0' && !opened_socket_)
            throw_forbidden();
        throw_network(result);
    default:
        throw_network(result);
    }
}

/* Throws what made one of our callbacks stop the transfer, if one did. */
void Transfer::throw_stop() const {
    switch (stop_) {
    case Stop::kNone:
        return;
    case Stop::kOutOfMemory:
        throw std::bad_alloc();
    case Stop::kBodySize:
        throw large_page(hop_.url, limits_);
    case Stop::kExpansion:
        throw_expansion();
    case Stop::kHeaderSize:
        throw_large_header();
    case Stop::kManyCodings:
        throw Error(ErrorKind::kNetwork,
                    "could not fetch " + quoted(hop_.url) + ": the response is compressed more than once");
    case Stop::kTransferCoding:
        throw Error(ErrorKind::kNetwork, "could not fetch " + quoted(hop_.url) +
                                             ": the response is compressed for the transfer, which was not asked for");
    case Stop::kUnknownCoding:
        throw_coding("is of a kind that was not asked for");
    case Stop::kDamagedBody:
        throw_coding("is damaged");
    case Stop::kAddress:
        throw_forbidden();
    }
}

/* Curl could not connect, as nothing let it; that is how a probe ends well. */
void Transfer::check_probe(CURLcode result, bool timed_out) const {
    if (refused_address_[0] != '\0')
        throw_forbidden();
    if (result == CURLE_COULDNT_CONNECT && probed_address_[0] != '\0')
        return;
    if (result == CURLE_OPERATION_TIMEDOUT)
        throw_timeout(timed_out);
    if (result == CURLE_OUT_OF_MEMORY)
        throw std::bad_alloc();
    throw_network(result);
}

/* The message is curl's fixed text for the code; what differs from run to run (ports, times) goes into the detail. */
void Transfer::throw_network(CURLcode result) const {
    const std::string detail = sentence(error_text_.data());
    std::string hint;
    if (result == CURLE_PEER_FAILED_VERIFICATION)
        hint = "If the site has a certificate of an authority of your own, give that authority's certificate in the "
               "server's option ca_certificate.";
    else if (detail.find("alert certificate required") != std::string::npos)
        hint = "Give client_certificate and client_key in the user mapping.";
    throw Error(ErrorKind::kNetwork, "could not fetch " + quoted(hop_.url) + ": " + curl_easy_strerror(result), detail,
                std::move(hint));
}

/* curl has one code for three limits; only its text tells a slow transfer from one that took too long. */
void Transfer::throw_timeout(bool timed_out) const {
    const bool too_slow = std::string_view(error_text_.data()).starts_with("Operation too slow");
    curl_off_t pretransfer_us = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
    if (!timed_out && pretransfer_us == 0)
        throw Error(ErrorKind::kTimeout,
                    "could not connect to " + quoted(hop_.url) + " within " + time_text(limits_.connect_timeout_ms), {},
                    "Raise webwrap.connect_timeout.");
    if (timed_out || !too_slow)
        throw Error(ErrorKind::kTimeout,
                    "could not fetch " + quoted(hop_.url) + " within " + time_text(limits_.request_timeout_ms), {},
                    "Raise webwrap.request_timeout.");
    throw Error(ErrorKind::kTimeout,
                "could not fetch " + quoted(hop_.url) + ": less than " + std::to_string(limits_.low_speed_bytes_per_s) +
                    " bytes per second arrived for " + std::to_string(limits_.low_speed_time_s) + " s",
                {}, "Lower webwrap.low_speed_limit or raise webwrap.low_speed_time.");
}

void Transfer::throw_forbidden() const {
    if (connects_to_helper())
        throw Error(ErrorKind::kForbidden,
                    std::string("address ") + refused_address_.data() + " of the " +
                        (rendering_.url.text.empty() ? "proxy" : "renderer") + " for " + quoted(hop_.url) +
                        " is not allowed",
                    {},
                    "A superuser can add the address or its network to webwrap.allowed_networks; that it is public is "
                    "not enough for a proxy or renderer.");
    throw Error(ErrorKind::kForbidden,
                std::string("address ") + refused_address_.data() + " of host \"" + hop_.url.host + "\" is not allowed",
                {}, "A superuser can add the address or its network to webwrap.allowed_networks.");
}

void Transfer::throw_expansion() const {
    throw Error(ErrorKind::kLimitExceeded,
                "page " + quoted(hop_.url) + " is more than " + std::to_string(limits_.max_compression_ratio) +
                    " times as large as what came over the network",
                {}, "Raise webwrap.max_compression_ratio.");
}

void Transfer::throw_coding(std::string_view what) const {
    throw Error(ErrorKind::kNetwork,
                "could not fetch " + quoted(hop_.url) + ": the compressed body " + std::string(what),
                sentence(("Its content coding is " + abbreviate(content_coding_, kShownCodingBytes) + ", " +
                          std::to_string(wire_bytes_) + " bytes came")
                             .c_str()));
}

void Transfer::throw_large_header() const {
    throw Error(ErrorKind::kLimitExceeded,
                "header of " + quoted(hop_.url) + " is larger than " + size_text(limits_.max_header_size_bytes), {},
                "Raise webwrap.max_header_size.");
}

} // namespace webwrap
