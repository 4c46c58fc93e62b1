#pragma once

#include "core/fetch/services.hpp"
#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* The identity of a user mapping begins so, and ends with this and the Oid of its role unless that is PUBLIC. */
inline constexpr std::string_view kMappingIdentity = "mapping ";
inline constexpr std::string_view kIdentityRole = " for ";

/* The HTTP cache in table webwrap.cached_response: read by every backend directly, written by the background writer, so
 * that a fill outlives the caller's rollback and works under READ ONLY. */
class SharedCache final : public ResponseCache {
  public:
    [[nodiscard]] std::vector<CachedResponse> find(const CacheKey &key) override;
    [[nodiscard]] std::optional<std::string> body(const CachedResponse &stored) override;
    [[nodiscard]] std::unique_ptr<FlightPass> join(const CacheKey &key) override;
    void store(const CacheKey &key, const StoredHead &head, const std::string &peer, std::string_view body,
               FlightPass *flight) override;
    void renew(const CacheKey &key, const CachedResponse &confirmed, FlightPass *flight) override;
    void refresh(const CacheKey &key, const Request &request) override;
};

} // namespace webwrap::pg
