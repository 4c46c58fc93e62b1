#include <array>

#include <nlohmann/json.hpp>

#include "core/fetch/message.hpp"
#include "core/store/codec.hpp"
#include "pg/network/cache.hpp"

#include "pg/bridge/guard.hpp"
#include "pg/bridge/key_scan.hpp"
#include "pg/network/body_store.hpp"
#include "pg/network/refresh.hpp"
#include "pg/shared/flights.hpp"
#include "pg/shared/refreshers.hpp"
#include "pg/worker/outbox.hpp"

namespace webwrap::pg {

namespace {

using nlohmann::json;

/* Columns of webwrap.cached_response. */
enum Column : int { kUrl = 3, kIdentity = 4, kHead = 5, kPeer = 6, kBodyHash = 7 };
constexpr std::array kColumns{static_cast<int>(kUrl), static_cast<int>(kIdentity), static_cast<int>(kHead),
                              static_cast<int>(kPeer), static_cast<int>(kBodyHash)};
constexpr KeyScan kScan{"cached_response", "cached_response_pkey", kColumns};

std::string_view view_of(const BodyHash &hash) { return {reinterpret_cast<const char *>(hash.data()), hash.size()}; }

BodyHash key_hash(const CacheKey &key) { return body_hash(key.identity + "\n" + key.url); }

std::string hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text.push_back(kDigits[static_cast<std::uint8_t>(byte) >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

std::string to_text(const json &value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json head_to_json(const StoredHead &head) {
    return {{"status", head.status},
            {"headers", head.headers},
            {"selecting", head.selecting},
            {"requested_at_us", head.requested_at_us},
            {"received_at_us", head.received_at_us}};
}

StoredHead head_from_json(const std::string &text) {
    const json value = json::parse(text);
    StoredHead head;
    head.status = value.at("status").get<int>();
    head.headers = value.at("headers").get<Headers>();
    head.selecting = value.at("selecting").get<Headers>();
    head.requested_at_us = value.at("requested_at_us").get<std::int64_t>();
    head.received_at_us = value.at("received_at_us").get<std::int64_t>();
    return head;
}

/* Who may see that a response is stored, and its headers: for one that a mapping's secrets brought, the role that they were
 * used for, as its identity says; the reader of a view is another one. */
Oid owner_of(const CacheKey &key) {
    const std::string_view first_line = std::string_view(key.identity).substr(0, key.identity.find('\n'));
    const std::size_t at = first_line.rfind(kIdentityRole);
    if (!first_line.starts_with(kMappingIdentity) || at == std::string_view::npos)
        return GetUserId();
    return static_cast<Oid>(std::stoul(std::string(first_line.substr(at + kIdentityRole.size()))));
}

/* What webwrap.record_response and webwrap.renew_response take. */
json message_of(const CacheKey &key, const StoredHead &head, const std::string &peer) {
    std::string content_type;
    for (const auto &[name, value] : head.headers)
        if (name == "content-type")
            content_type = parse_content_type(value).media_type;
    return json({{"key", hex(view_of(key_hash(key)))},
                 {"variant", hex(view_of(body_hash(to_text(json(head.selecting)))))},
                 {"url", key.url},
                 {"identity", key.identity},
                 {"head", to_text(head_to_json(head))},
                 {"peer", peer},
                 {"status", head.status},
                 {"content_type", content_type},
                 {"received_at_us", head.received_at_us},
                 {"stored_by", owner_of(key)}});
}

} // namespace

std::vector<CachedResponse> SharedCache::find(const CacheKey &key) {
    std::vector<CachedResponse> found;
    for (const RowFields &row : rows_by_key(kScan, view_of(key_hash(key))))
        if (row[0] == key.url && row[1] == key.identity) /* the key is a hash */
            found.push_back({head_from_json(row[2].value()), row[3].value(), row[4].value()});
    return found;
}

std::optional<std::string> SharedCache::body(const CachedResponse &stored) { return stored_body(stored.body_name); }

std::unique_ptr<FlightPass> SharedCache::join(const CacheKey &key) { return join_flight(key); }

void SharedCache::store(const CacheKey &key, const StoredHead &head, const std::string &peer, std::string_view body,
                        FlightPass *flight) {
    const std::string message = to_text(message_of(key, head, peer));
    (void)post(MessageKind::kResponse, {message, body}, hand_over_flight(flight));
}

void SharedCache::renew(const CacheKey &key, const CachedResponse &confirmed, FlightPass *flight) {
    json renewal = message_of(key, confirmed.head, confirmed.peer);
    renewal["body"] = hex(confirmed.body_name);
    const std::string message = to_text(renewal);
    (void)post(MessageKind::kRenewal, {message}, hand_over_flight(flight));
}

/* The first one that finds it stale has it refreshed: the flight under this name marks that somebody does. */
void SharedCache::refresh(const CacheKey &key, const Request &request) {
    const std::unique_ptr<FlightPass> mark = join_flight({key.url, key.identity + "\nrefresh"});
    if (mark->role() != FlightPass::Role::kLeader)
        return;
    const std::optional<int> place = take_refresher_place();
    if (!place)
        return; /* whoever finds it stale next tries again */
    (void)hand_over_flight(mark.get());
    start_refresh(request, *place);
}

} // namespace webwrap::pg
