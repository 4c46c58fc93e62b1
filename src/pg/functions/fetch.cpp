#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/parse/page_text.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/spi.hpp"
#include "pg/bridge/time.hpp"
#include "pg/bridge/values.hpp"
#include "pg/network/client.hpp"
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
            TimestampTzGetDatum(response.received_at_us - kPostgresEpochUs),
            Float8GetDatum(response.elapsed_ms),
            BoolGetDatum(response.cache != CacheState::kMiss),
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
    const FetchOutcome outcome = fetch_one(request_for(options, asked), options.limits);
    return row_datum(fcinfo, response_values(asked, *outcome.response));
}

WEBWRAP_SQL_FUNCTION(webwrap_fetch_many) {
    RowSink rows(fcinfo);
    const FetchOptions options = read_fetch_options(jsonb_argument(fcinfo, 1));
    const std::vector<std::string> asked = text_array_argument(fcinfo, 0);
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
    fetch_all(requests, options.limits, [&](FetchOutcome &&outcome) {
        const ScratchMemory scratch;
        rows.put(outcome_values(asked[request_to_asked[outcome.request_index]], outcome));
    });
    return 0;
}

WEBWRAP_SQL_FUNCTION(webwrap_cache_clear) {
    const Parameter role = oid_parameter(GetUserId());
    const Parameter pattern =
        fcinfo->args[0].isnull ? Parameter{TEXTOID, Value{}} : parameter(text_argument(fcinfo, 0));
    TrustedQueries queries;
    /* CASE, so that the pattern meets no URL of others: LIKE has an error that tells how far one matched. */
    queries.run("WITH gone AS (DELETE FROM webwrap.cached_response c WHERE CASE WHEN "
                "(SELECT r.rolsuper FROM pg_roles r WHERE r.oid = $1) OR EXISTS (SELECT FROM pg_roles r "
                "WHERE r.oid = c.stored_by AND pg_has_role($1, r.oid, 'USAGE')) "
                "THEN $2 IS NULL OR c.url LIKE $2 ELSE false END RETURNING c.body_hash) "
                "SELECT count(*), array_agg(DISTINCT body_hash) FROM gone",
                {role, pattern}, false);
    const std::int64_t cleared = std::stoll(queries.text(0, 0).value());
    if (const std::optional<std::string> hashes = queries.text(0, 1))
        queries.run("SELECT webwrap.drop_bodies($1::bytea[])", {parameter(*hashes)}, false);
    queries.finish();
    return Int64GetDatum(cleared);
}
