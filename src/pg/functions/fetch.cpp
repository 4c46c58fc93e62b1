#include <nlohmann/json.hpp>

#include "core/parse/page_text.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/network.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"
#include "pg/functions/fetch_options.hpp"

#include "pg/bridge/server.hpp"

extern "C" {
#include "utils/timestamp.h"
}

using namespace webwrap;
using namespace webwrap::pg;
using nlohmann::json;

namespace {

constexpr int kResponseColumns = 12;

std::string headers_json(const Headers &headers) {
    json object = json::object();
    for (const auto &[name, value] : headers)
        object[name].push_back(value);
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Value text_or_null(const std::string &text) { return text.empty() ? Value{} : Value{text_datum(text)}; }

std::vector<Value> response_values(const std::string &url, const Response &response) {
    const std::optional<DecodedText> text = page_text(response);
    return {text_datum(url),
            text_datum(response.final_url),
            Int32GetDatum(response.status),
            jsonb_datum(headers_json(response.headers)),
            text_or_null(response.content_type),
            text ? Value{text_datum(text->encoding)} : Value{},
            bytea_datum(response.body),
            text ? Value{text_datum(text->text)} : Value{},
            TimestampTzGetDatum(GetCurrentTimestamp()),
            Float8GetDatum(response.elapsed_ms),
            BoolGetDatum(false),
            Value{}};
}

std::vector<Value> error_values(const std::string &url, const Error &error) {
    std::vector<Value> values(kResponseColumns);
    values.front() = text_datum(url);
    values.back() = text_datum(error.message());
    return values;
}

/* A response whose text does not decode is a failure too. */
std::vector<Value> outcome_values(const std::string &url, const FetchOutcome &outcome) {
    if (!outcome.response)
        return error_values(url, *outcome.error);
    try {
        return response_values(url, *outcome.response);
    } catch (const Error &error) {
        return error_values(url, error);
    }
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_fetch) {
    const FetchOptions options = read_fetch_options(jsonb_argument(fcinfo, 1));
    const std::string asked(text_argument(fcinfo, 0));
    const Request request = request_for(options, asked);
    require_network();
    const Response response = client().fetch(request, options.limits, current_address_policy());
    return row_datum(fcinfo, response_values(asked, response));
}

WEBWRAP_SQL_FUNCTION(webwrap_fetch_many) {
    RowSink rows(fcinfo);
    const FetchOptions options = read_fetch_options(jsonb_argument(fcinfo, 1));
    const std::vector<std::string> asked = text_array_argument(fcinfo, 0);
    require_network();
    std::vector<Request> requests;
    std::vector<std::size_t> request_to_asked;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        try {
            requests.push_back(request_for(options, asked[i]));
            request_to_asked.push_back(i);
        } catch (const Error &error) {
            rows.put(error_values(asked[i], error));
        }
    }
    client().fetch_many(requests, options.limits, current_address_policy(), Settings::max_concurrent_requests,
                        Settings::max_connections_per_host, [&](FetchOutcome &&outcome) {
                            const ScratchMemory scratch;
                            rows.put(outcome_values(asked[request_to_asked[outcome.request_index]], outcome));
                        });
    return 0;
}
