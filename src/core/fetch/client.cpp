#include "core/fetch/client.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <new>
#include <unordered_map>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/fetch/transfer.hpp"

namespace webwrap {

namespace {

using Clock = std::chrono::steady_clock;

/* A pending interrupt is noticed after this wait at the latest, even if its signal came just before the wait began. */
constexpr int kInterruptibleWaitMs = 100;
constexpr int kPlainWaitMs = 1000;
constexpr long kSpareConnections = 8; /* kept open beyond those in use */

struct CurlMultiDeleter {
    void operator()(CURLM *multi) const noexcept {
        const SignalBlock block;
        curl_multi_cleanup(multi);
    }
};

void check_multi(CURLMcode code) {
    if (code == CURLM_OUT_OF_MEMORY)
        throw std::bad_alloc();
    if (code != CURLM_OK)
        throw Error(ErrorKind::kInternal, std::string("curl failed: ") + curl_multi_strerror(code));
}

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

/* One request with all its hops. */
struct Flight {
    std::size_t request_index = 0;
    std::string asked_url;
    Hop hop;
    std::string first_url;
    int redirects = 0;
    bool has_started = false;
    Clock::time_point started_at;
    std::unique_ptr<Transfer> transfer; /* refers to the hop: goes first */
};

/* Flights that wait for a connection, taken in turn from all origins, none of which gets more than its share. */
class OriginQueue {
  public:
    explicit OriginQueue(int max_per_origin) : max_per_origin_(std::max(max_per_origin, 1)) {}

    /* A flight that has begun goes before those that have not: its time is running. */
    void push(Flight *flight) {
        Origin &origin = origins_[flight->hop.url.origin()];
        if (flight->has_started)
            origin.waiting.push_front(flight);
        else
            origin.waiting.push_back(flight);
        list_if_ready(origin);
    }

    /* The next flight that may start now, or null; it counts against its origin until release(). */
    Flight *take() {
        if (ready_.empty())
            return nullptr;
        Origin &origin = *ready_.front();
        ready_.pop_front();
        origin.is_listed = false;
        Flight *flight = origin.waiting.front();
        origin.waiting.pop_front();
        ++origin.active;
        list_if_ready(origin);
        return flight;
    }

    void release(const Url &url) {
        Origin &origin = origins_.at(url.origin());
        --origin.active;
        list_if_ready(origin);
    }

  private:
    struct Origin {
        std::deque<Flight *> waiting;
        int active = 0;
        bool is_listed = false;
    };

    void list_if_ready(Origin &origin) {
        if (origin.is_listed || origin.waiting.empty() || origin.active >= max_per_origin_)
            return;
        ready_.push_back(&origin);
        origin.is_listed = true;
    }

    int max_per_origin_;
    std::unordered_map<std::string, Origin> origins_; /* its elements never move */
    std::deque<Origin *> ready_;
};

/* All requests of one call. Whatever leaves run() as an exception, the flights end with this object. */
class Run {
  public:
    Run(CURLM *multi, const Limits &limits, const AddressPolicy &policy, int max_concurrent, int max_per_origin,
        const std::function<void(FetchOutcome &&)> &done)
        : multi_(multi), limits_(limits), policy_(policy), max_concurrent_(std::max(max_concurrent, 1)), done_(done),
          queue_(max_per_origin) {}

    void add(const Request &request) {
        auto flight = std::make_unique<Flight>();
        flight->request_index = flights_.size();
        flight->asked_url = request.url;
        try {
            flight->hop = first_hop(request);
        } catch (const Error &error) {
            flights_.push_back(nullptr);
            done_(FetchOutcome{flight->request_index, std::nullopt, error});
            return;
        }
        flight->first_url = flight->hop.url.text;
        queue_.push(flight.get());
        flights_.push_back(std::move(flight));
        ++unfinished_;
    }

    void run() {
        while (unfinished_ > 0) {
            start_waiting();
            int running = 0;
            {
                const SignalBlock block;
                check_multi(curl_multi_perform(multi_, &running));
            }
            Interrupt::poll();
            if (!collect_finished() && active_ > 0)
                check_multi(curl_multi_poll(multi_, nullptr, 0,
                                            Interrupt::poll_hook != nullptr ? kInterruptibleWaitMs : kPlainWaitMs,
                                            nullptr));
        }
    }

  private:
    void start_waiting() {
        while (active_ < max_concurrent_) {
            Flight *flight = queue_.take();
            if (flight == nullptr)
                return;
            ++active_;
            if (!flight->has_started) {
                flight->has_started = true;
                flight->started_at = Clock::now();
            }
            const long timeout_ms = limits_.request_timeout_ms > 0 ? std::max(remaining_ms(*flight), 1L) : 0;
            flight->transfer = std::make_unique<Transfer>(multi_, flight->hop, limits_, policy_, timeout_ms, flight);
        }
    }

    /* False when no transfer has ended. */
    bool collect_finished() {
        bool any = false;
        int left = 0;
        while (const CURLMsg *message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            any = true;
            const CURLcode result = message->data.result; /* the message dies with the handle */
            land(*static_cast<Flight *>(Transfer::owner_of(message->easy_handle)), result);
        }
        return any;
    }

    /* Turns the end of a hop into the next hop or into the outcome of the request. */
    void land(Flight &flight, CURLcode result) {
        const Url url = flight.hop.url;
        FetchOutcome outcome{flight.request_index, std::nullopt, std::nullopt};
        try {
            const bool timed_out = limits_.request_timeout_ms > 0 && remaining_ms(flight) <= 0;
            if (flight.transfer->goes_on(result, timed_out))
                return;
            flight.transfer->check(result, timed_out);
            const std::string location(flight.transfer->headers().last_value("location"));
            if (std::optional<Hop> next = next_hop(flight.hop, flight.transfer->status(), location)) {
                if (flight.redirects >= limits_.max_redirects)
                    throw Error(ErrorKind::kLimitExceeded,
                                "page \"" + flight.first_url + "\" redirects more than " +
                                    std::to_string(limits_.max_redirects) + " times",
                                {}, "Raise webwrap.max_redirects.");
                vacate(flight, url);
                ++flight.redirects;
                flight.hop = std::move(*next);
                queue_.push(&flight);
                return;
            }
            outcome.response = response_of(flight);
        } catch (const Error &error) {
            outcome.error = with_redirects(error, flight);
        }
        vacate(flight, url);
        flights_[flight.request_index].reset();
        --unfinished_;
        done_(std::move(outcome));
    }

    void vacate(Flight &flight, const Url &url) {
        flight.transfer.reset();
        --active_;
        queue_.release(url);
    }

    Response response_of(Flight &flight) const {
        Response response;
        response.url = flight.asked_url;
        response.final_url = flight.hop.url.text;
        response.status = flight.transfer->status();
        response.headers = flight.transfer->headers().to_text();
        const ContentType type = parse_content_type(flight.transfer->headers().last_value("content-type"));
        response.content_type = type.media_type;
        response.charset = type.charset;
        response.body = flight.transfer->take_body();
        response.redirects = flight.redirects;
        response.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - flight.started_at).count();
        return response;
    }

    /* The error, with the way to the URL that it names. */
    static Error with_redirects(const Error &error, const Flight &flight) {
        if (flight.redirects == 0 || error.message().find(flight.first_url) != std::string::npos)
            return error;
        const std::string way = "Redirected from \"" + abbreviate(flight.first_url, 500) + "\".";
        return {error.kind(), error.message(), error.detail().empty() ? way : error.detail() + " " + way, error.hint()};
    }

    long remaining_ms(const Flight &flight) const {
        const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - flight.started_at);
        return limits_.request_timeout_ms - static_cast<long>(used.count());
    }

    CURLM *multi_;
    const Limits &limits_;
    const AddressPolicy &policy_;
    int max_concurrent_;
    const std::function<void(FetchOutcome &&)> &done_;
    OriginQueue queue_;
    std::vector<std::unique_ptr<Flight>> flights_; /* by request; null once done */
    std::size_t unfinished_ = 0;
    int active_ = 0;
};

} // namespace

struct Client::State {
    std::unique_ptr<CURLM, CurlMultiDeleter> multi;
};

Client::Client() : state_(std::make_unique<State>()) {}

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
    check_multi(curl_multi_setopt(state_->multi.get(), CURLMOPT_MAXCONNECTS, max_concurrent + kSpareConnections));
    Run run(state_->multi.get(), limits, policy, max_concurrent, max_per_host, done);
    for (const Request &request : requests)
        run.add(request);
    run.run();
}

} // namespace webwrap
