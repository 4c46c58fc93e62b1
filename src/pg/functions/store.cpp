#include "core/store/codec.hpp"
#include "pg/network/body_store.hpp"
#include "pg/bridge/spi.hpp"

#include "pg/bridge/server.hpp"

using namespace webwrap;
using namespace webwrap::pg;

namespace {

/* Level 3 writes at hundreds of MB/s; recompression at a higher level is the work of idle time. */
constexpr int kLevel = 3;

std::string_view view_of(const BodyHash &hash) { return {reinterpret_cast<const char *>(hash.data()), hash.size()}; }

/* The prefix of a stored body that has one, else the body itself: prefixes do not chain. */
std::string root_of(TrustedQueries &queries, std::string_view hash) {
    if (queries.run("SELECT coalesce(prefix_hash, hash) FROM webwrap.body WHERE hash = $1", {bytea_parameter(hash)},
                    true) == 0)
        return std::string(hash);
    return queries.bytes(0, 0).value();
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_store_body) {
    if (fcinfo->args[0].isnull) {
        fcinfo->isnull = true;
        return 0;
    }
    const std::string_view body = bytea_argument(fcinfo, 0);
    const BodyHash hash = body_hash(body);
    TrustedQueries queries;
    /* drop_unused_bodies takes it alone: what is found here stays until the reference to it is committed. */
    queries.run("SELECT pg_advisory_xact_lock_shared('webwrap.body'::regclass::oid::int, 0)", {}, false);
    if (const auto stored = stored_body(view_of(hash))) {
        if (*stored != body)
            throw Error(ErrorKind::kCorrupted, "another body has the same hash");
    } else {
        std::string prefix;
        Parameter prefix_parameter{BYTEAOID, Value{}};
        if (!fcinfo->args[1].isnull) {
            const std::string prefix_hash = root_of(queries, bytea_argument(fcinfo, 1));
            if (auto found = stored_body(prefix_hash)) {
                prefix = std::move(*found);
                prefix_parameter = bytea_parameter(prefix_hash);
            }
        }
        /* Another writer may store the same body meanwhile: equal hashes were just verified to mean equal bytes. */
        queries.run("INSERT INTO webwrap.body (hash, prefix_hash, codec, size_bytes, bytes) "
                    "VALUES ($1, $2, 'zstd', $3, $4) ON CONFLICT (hash) DO NOTHING",
                    {bytea_parameter(view_of(hash)), prefix_parameter,
                     int8_parameter(static_cast<std::int64_t>(body.size())),
                     bytea_parameter(compress_body(body, prefix, kLevel))},
                    false);
    }
    queries.finish();
    return bytea_datum(view_of(hash));
}

WEBWRAP_SQL_FUNCTION(webwrap_load_body) {
    const auto body = stored_body(bytea_argument(fcinfo, 0));
    if (!body) {
        fcinfo->isnull = true;
        return 0;
    }
    return bytea_datum(*body);
}
