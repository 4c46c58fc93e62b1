#include <algorithm>

#include <nlohmann/json.hpp>

#include "pg/network/client.hpp"
#include "pg/network/refresh.hpp"

#include "pg/bridge/guard.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/shared/refreshers.hpp"
#include "pg/worker/mailbox.hpp"

extern "C" {
#include "access/xlog.h"
}

namespace webwrap::pg {

namespace {

using nlohmann::json;

/* Settings that a session may have of its own and that decide what it may fetch and at what price. */
constexpr const char *kSettings[] = {"webwrap.allowed_networks",      "webwrap.connect_timeout",
                                     "webwrap.low_speed_limit",       "webwrap.low_speed_time",
                                     "webwrap.max_compression_ratio", "webwrap.max_header_size",
                                     "webwrap.max_page_size",         "webwrap.max_redirects",
                                     "webwrap.request_timeout",       "webwrap.max_connections_per_host"};

/* What one of the few refreshers may take at most, whatever the session's settings. */
constexpr long kLongestMs = 60'000;
constexpr double kSlowestPerSecond = 1.0 / 60;

json request_to_json(const Request &request) {
    const Credentials &credentials = request.access.credentials;
    json value = {
        {"url", request.url},
        {"headers", request.headers},
        {"user_agent", request.user_agent},
        {"secret_headers", credentials.headers},
        {"client_certificate", credentials.client_certificate},
        {"client_key", credentials.client_key},
        {"client_key_password", credentials.client_key_password},
        {"identity", credentials.identity},
        {"ca_certificates", request.access.ca_certificates},
        {"proxy", {request.access.proxy.url, request.access.proxy.username, request.access.proxy.password}},
        {"renderer", {request.access.renderer.url, request.access.renderer.body, request.access.renderer.content_type}},
        {"respects_robots", request.respects_robots},
        {"requests_per_second", request.requests_per_second},
        {"max_retries", request.max_retries},
        {"stale_while_revalidate_s", request.cache.rules.stale_while_revalidate_s}};
    if (request.cache.rules.ttl_s)
        value["ttl_s"] = *request.cache.rules.ttl_s;
    return value;
}

Request request_from_json(const json &value) {
    Request request;
    value.at("url").get_to(request.url);
    value.at("headers").get_to(request.headers);
    value.at("user_agent").get_to(request.user_agent);
    Credentials &credentials = request.access.credentials;
    value.at("secret_headers").get_to(credentials.headers);
    value.at("client_certificate").get_to(credentials.client_certificate);
    value.at("client_key").get_to(credentials.client_key);
    value.at("client_key_password").get_to(credentials.client_key_password);
    value.at("identity").get_to(credentials.identity);
    value.at("ca_certificates").get_to(request.access.ca_certificates);
    const json &proxy = value.at("proxy");
    request.access.proxy = {proxy.at(0), proxy.at(1), proxy.at(2)};
    const json &renderer = value.at("renderer");
    request.access.renderer = {renderer.at(0), renderer.at(1), renderer.at(2)};
    value.at("respects_robots").get_to(request.respects_robots);
    value.at("requests_per_second").get_to(request.requests_per_second);
    value.at("max_retries").get_to(request.max_retries);
    value.at("stale_while_revalidate_s").get_to(request.cache.rules.stale_while_revalidate_s);
    if (value.contains("ttl_s"))
        request.cache.rules.ttl_s = value.at("ttl_s").get<std::int64_t>();
    request.cache.mode = CacheUse::Mode::kReload;
    return request;
}

void fetch_anew(Mailbox *box) {
    const json order = json::parse(std::string_view(box->text(), box->size));
    keep_refresher_place(order.at("place").get<int>());
    for (const auto &[name, value] : order.at("settings").items()) {
        const char *setting = name.c_str();
        const std::string text = value.get<std::string>();
        const char *setting_value = text.c_str();
        call_pg([setting, setting_value] { SetConfigOption(setting, setting_value, PGC_SUSET, PGC_S_SESSION); });
    }
    const Oid role = order.at("role").get<Oid>();
    SetUserIdAndSecContext(role, SECURITY_LOCAL_USERID_CHANGE); /* whose response and whose line in the log it is */
    Request request = request_from_json(order.at("request"));
    if (request.requests_per_second > 0)
        request.requests_per_second = std::max(request.requests_per_second, kSlowestPerSecond);
    Limits limits = current_limits();
    limits.request_timeout_ms = std::min(limits.request_timeout_ms, kLongestMs);
    (void)fetch_one(request, limits);
}

} // namespace

void start_refresh(const Request &request, int place) {
    json settings = json::object();
    for (const char *name : kSettings)
        if (const char *value = call_pg([name] { return GetConfigOption(name, true, false); }))
            settings[name] = value;
    const std::string order =
        json({{"request", request_to_json(request)}, {"settings", settings}, {"role", GetUserId()}, {"place", place}})
            .dump();
    const char *text = order.data();
    const std::size_t size = order.size();
    bool is_running = false;
    bool *const out = &is_running;
    const bool has_room = has_room_for([text, size, out] {
        dsm_segment *mailbox = make_mailbox(text, size);
        *out = launch_worker("webwrap_refresher_main", "webwrap refresher", dsm_segment_handle(mailbox), nullptr);
        if (*out)
            dsm_detach(mailbox);
        else
            drop_mailbox(mailbox);
    });
    if (!has_room || !is_running)
        give_up_refresher_place(place);
}

} // namespace webwrap::pg

extern "C" {

PGDLLEXPORT void webwrap_refresher_main(Datum argument);

void webwrap_refresher_main(Datum argument) {
    using namespace webwrap::pg;
    Mailbox *box = open_mailbox(argument);
    run_order(box, "refreshing a stale response", fetch_anew);
}
}
