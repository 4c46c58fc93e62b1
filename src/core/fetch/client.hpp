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
#include "core/fetch/request.hpp"
#include "core/fetch/services.hpp"

namespace webwrap {

/* Performs requests with curl's multi interface: keeps connections between calls, polls while it resolves, connects and
 * reads, follows redirects itself and checks the resolved address of every hop. Each hop goes through the cache, shares
 * the request of others for the same (single flight), keeps to robots.txt where asked to, waits for its turn at the host
 * and is repeated where that helps. Not thread-safe; one per backend. */
class Client {
  public:
    explicit Client(FetchServices services = {});
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
