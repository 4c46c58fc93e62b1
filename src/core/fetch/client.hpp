#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/limits.hpp"
#include "core/fetch/access.hpp"
#include "core/fetch/address.hpp"
#include "core/fetch/headers.hpp"

namespace webwrap {

struct Request {
    std::string url = {};
    std::string method = "GET";
    std::vector<std::pair<std::string, std::string>> headers = {}; /* CR, LF and NUL are refused */
    std::string body = {};
    std::string user_agent = {}; /* empty: webwrap/<version> */
    Access access = {};
};

struct Response {
    std::string url;       /* as asked */
    std::string final_url; /* after redirects */
    int status = 0;
    Headers headers;          /* of the last hop only */
    std::string content_type; /* media type without parameters, lower case; empty when absent */
    std::string charset;      /* label that the transport gives; empty when absent */
    std::string body;         /* after content decoding */
    double elapsed_ms = 0;
    int redirects = 0;
};

/* Outcome of one request of many: a response, or the error that ended it. */
struct FetchOutcome {
    std::size_t request_index = 0;
    std::optional<Response> response;
    std::optional<Error> error;
};

/* Performs requests with curl's multi interface: keeps connections between calls, polls while it resolves, connects and
 * reads, follows redirects itself and checks the resolved address of every hop. Not thread-safe; one per backend. */
class Client {
  public:
    Client();
    ~Client();
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    /* Any HTTP status is a response. Throws kNetwork, kTimeout, kForbidden, kInvalidUrl, kLimitExceeded, kDecoding. */
    [[nodiscard]] Response fetch(const Request &request, const Limits &limits, const AddressPolicy &policy);

    /* Up to `max_concurrent` at a time (at most `max_per_host` to one origin); `done` is called once per request in
     * completion order. What `done` or a poll throws ends all transfers and passes through. */
    void fetch_many(std::span<const Request> requests, const Limits &limits, const AddressPolicy &policy,
                    int max_concurrent, int max_per_host, const std::function<void(FetchOutcome &&)> &done);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace webwrap
