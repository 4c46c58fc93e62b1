#include <nlohmann/json.hpp>

#include "core/parse/page_text.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/network.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"

#include "pg/bridge/server.hpp"

extern "C" {
#include "utils/timestamp.h"
}

using namespace webwrap;
using namespace webwrap::pg;
using nlohmann::json;

namespace {

constexpr int kResponseColumns = 12;

/* Options of a call: what they say about the request, and limits that they narrow. */
struct FetchOptions {
    Request request;
    Limits limits;
};

[[noreturn]] void throw_bad_option(const std::string &name, const char *need) {
    throw Error(ErrorKind::kInvalidOption, "option \"" + name + "\" must be " + need);
}

const std::string &string_option(const std::string &name, const json &value) {
    if (!value.is_string())
        throw_bad_option(name, "a string");
    return value.get_ref<const std::string &>();
}

void read_option(FetchOptions &options, const std::string &name, const json &value) {
    if (name == "method") {
        options.request.method = string_option(name, value);
    } else if (name == "body") {
        options.request.body = string_option(name, value);
    } else if (name == "user_agent") {
        options.request.user_agent = string_option(name, value);
    } else if (name == "headers") {
        if (!value.is_object())
            throw_bad_option(name, "an object");
        for (const auto &[header, text] : value.items())
            options.request.headers.emplace_back(header, string_option(name + "." + header, text));
    } else if (name == "timeout_ms") {
        if (!value.is_number_integer() || value.get<long>() < 1)
            throw_bad_option(name, "a positive integer");
        options.limits.request_timeout_ms = std::min(options.limits.request_timeout_ms, value.get<long>());
    } else {
        throw Error(ErrorKind::kInvalidOption, "unknown option \"" + name + "\"", {},
                    "Valid options are method, headers, body, user_agent and timeout_ms.");
    }
}

FetchOptions read_options(const std::string &text) {
    const json parsed = json::parse(text);
    if (!parsed.is_object())
        throw Error(ErrorKind::kInvalidOption, "options must be a JSON object");
    FetchOptions options;
    options.limits = current_limits();
    options.request.user_agent = Settings::user_agent;
    for (const auto &[name, value] : parsed.items())
        read_option(options, name, value);
    return options;
}

std::string headers_json(const Headers &headers) {
    json object = json::object();
    for (const auto &[name, value] : headers)
        object[name].push_back(value);
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Value text_or_null(const std::string &text) { return text.empty() ? Value{} : Value{text_datum(text)}; }

std::vector<Value> response_values(const Response &response) {
    const std::optional<DecodedText> text = page_text(response);
    return {text_datum(response.url),
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
        return response_values(*outcome.response);
    } catch (const Error &error) {
        return error_values(url, error);
    }
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_fetch) {
    FetchOptions options = read_options(jsonb_argument(fcinfo, 1));
    options.request.url = text_argument(fcinfo, 0);
    require_network();
    const Response response = client().fetch(options.request, options.limits, current_address_policy());
    return row_datum(fcinfo, response_values(response));
}

WEBWRAP_SQL_FUNCTION(webwrap_fetch_many) {
    RowSink rows(fcinfo);
    const FetchOptions options = read_options(jsonb_argument(fcinfo, 1));
    std::vector<Request> requests;
    for (std::string &url : text_array_argument(fcinfo, 0)) {
        requests.push_back(options.request);
        requests.back().url = std::move(url);
    }
    require_network();
    client().fetch_many(requests, options.limits, current_address_policy(), Settings::max_concurrent_requests,
                        Settings::max_connections_per_host, [&](FetchOutcome &&outcome) {
                            const ScratchMemory scratch;
                            rows.put(outcome_values(requests[outcome.request_index].url, outcome));
                        });
    return 0;
}
