#include "core/fetch/client.hpp"

#include <new>

#include "core/fetch/run.hpp"

namespace webwrap {

namespace {

constexpr long kSpareConnections = 8; /* kept open beyond those in use */

struct CurlMultiDeleter {
    void operator()(CURLM *multi) const noexcept {
        const SignalBlock block;
        curl_multi_cleanup(multi);
    }
};

/* On first use, not when the module is loaded: a preloaded module would do it in the postmaster. */
void initialize_curl() {
    static constinit bool is_initialized = false;
    if (is_initialized)
        return;
    const SignalBlock block;
    if (const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK)
        throw Error(ErrorKind::kInternal, std::string("could not initialize curl: ") + curl_easy_strerror(code));
    is_initialized = true;
}

} // namespace

struct Client::State {
    FetchServices services;
    std::unique_ptr<CURLM, CurlMultiDeleter> multi;
    RobotsMemory robots;
};

Client::Client(FetchServices services) : state_(std::make_unique<State>()) { state_->services = services; }

Client::~Client() = default;

Response Client::fetch(const Request &request, const Limits &limits, const AddressPolicy &policy) {
    FetchOutcome outcome;
    fetch_many(std::span(&request, 1), limits, policy, 1, 1, [&](FetchOutcome &&only) { outcome = std::move(only); });
    if (outcome.error.has_value())
        throw Error(*outcome.error);
    return std::move(outcome.response).value();
}

void Client::fetch_many(std::span<const Request> requests, const Limits &limits, const AddressPolicy &policy,
                        int max_concurrent, int max_per_host, const std::function<void(FetchOutcome &&)> &done) {
    if (state_->multi == nullptr) {
        initialize_curl();
        state_->multi.reset(curl_multi_init());
        if (state_->multi == nullptr)
            throw std::bad_alloc();
    }
    if (curl_multi_setopt(state_->multi.get(), CURLMOPT_MAXCONNECTS, max_concurrent + kSpareConnections) != CURLM_OK)
        throw std::bad_alloc();
    Run run({state_->multi.get(), limits, policy, state_->services, state_->robots}, max_concurrent, max_per_host,
            done);
    for (const Request &request : requests)
        run.add(request);
    run.run();
}

} // namespace webwrap
