-- key to body_hash are read by number in src/pg/network/cache.cpp: add columns at the end only.
CREATE TABLE webwrap.cached_response (
    key bytea NOT NULL CHECK (octet_length(key) = 16),
    variant bytea NOT NULL CHECK (octet_length(variant) = 16),
    url text NOT NULL,
    identity text NOT NULL,
    head text NOT NULL,
    peer text NOT NULL,
    body_hash bytea NOT NULL REFERENCES webwrap.body,
    status int NOT NULL,
    content_type text NOT NULL,
    received_at timestamptz NOT NULL,
    stored_by oid NOT NULL,
    stored_bytes bigint NOT NULL,
    PRIMARY KEY (key, variant)
);
CREATE INDEX cached_response_body_hash_idx ON webwrap.cached_response (body_hash);
CREATE INDEX cached_response_received_at_idx ON webwrap.cached_response (received_at);
COMMENT ON TABLE webwrap.cached_response IS
'The shared HTTP cache: one row for each response, and for each of its variants where it has a Vary header. Not dumped. '
'webwrap.cache shows it.';
COMMENT ON COLUMN webwrap.cached_response.key IS 'hash of identity and URL; a hit is verified by comparing both';
COMMENT ON COLUMN webwrap.cached_response.variant IS 'hash of the request headers that Vary names';
COMMENT ON COLUMN webwrap.cached_response.identity IS
'names the user mapping that the request used, without its secrets, a server with certificates of its own, a user agent that '
'is not the usual one, and headers that the request set, a line each; empty for a request of nobody in particular';
COMMENT ON COLUMN webwrap.cached_response.head IS 'status, headers and times as JSON';
COMMENT ON COLUMN webwrap.cached_response.peer IS
'address that it came from: who may not connect there does not get it from the cache either';
COMMENT ON COLUMN webwrap.cached_response.stored_by IS 'role that fetched it';
COMMENT ON COLUMN webwrap.cached_response.stored_bytes IS 'size of the compressed body, the head and the URL';

-- Deletes those of the given bodies that nothing refers to any more.
CREATE FUNCTION webwrap.drop_bodies(hashes bytea[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dropped bigint;
BEGIN
    -- Other transactions may have stored references that nobody sees yet: store_body holds this lock.
    IF NOT pg_try_advisory_xact_lock('webwrap.body'::regclass::oid::int, 0) THEN
        RETURN 0;
    END IF;
    DELETE FROM webwrap.body b
    WHERE b.hash = ANY (hashes)
      AND NOT EXISTS (SELECT FROM webwrap.snapshot s WHERE s.body_hash = b.hash)
      AND NOT EXISTS (SELECT FROM webwrap.cached_response c WHERE c.body_hash = b.hash)
      AND NOT EXISTS (SELECT FROM webwrap.stored_page p WHERE p.body_hash = b.hash)
      AND NOT EXISTS (SELECT FROM webwrap.page_template t WHERE t.prefix_hash = b.hash)
      AND NOT EXISTS (SELECT FROM webwrap.body later WHERE later.prefix_hash = b.hash);
    GET DIAGNOSTICS dropped = ROW_COUNT;
    RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION webwrap.drop_bodies(bytea[]) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.drop_bodies(bytea[]) IS
'Deletes those of the given stored bodies that nothing refers to and returns how many; none while another transaction stores one.';

CREATE FUNCTION webwrap.record_response(response jsonb, body bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_hash bytea := webwrap.store_body(body);
    size bigint := (SELECT octet_length(b.bytes) FROM webwrap.body b WHERE b.hash = new_hash)
                   + octet_length(response ->> 'head') + octet_length(response ->> 'url') + octet_length(response ->> 'identity');
    old_hash bytea;
BEGIN
    SELECT c.body_hash INTO old_hash FROM webwrap.cached_response c
    WHERE c.key = decode(response ->> 'key', 'hex') AND c.variant = decode(response ->> 'variant', 'hex');
    INSERT INTO webwrap.cached_response AS c
        (key, variant, url, identity, head, peer, body_hash, status, content_type, received_at, stored_by, stored_bytes)
    VALUES (decode(response ->> 'key', 'hex'), decode(response ->> 'variant', 'hex'), response ->> 'url',
            response ->> 'identity', response ->> 'head', response ->> 'peer', new_hash, (response ->> 'status')::int,
            response ->> 'content_type', to_timestamp((response ->> 'received_at_us')::float8 / 1e6),
            (response ->> 'stored_by')::oid, size)
    ON CONFLICT (key, variant) DO UPDATE
    SET url = excluded.url, identity = excluded.identity, head = excluded.head, peer = excluded.peer,
        body_hash = excluded.body_hash, status = excluded.status, content_type = excluded.content_type,
        received_at = excluded.received_at, stored_by = excluded.stored_by, stored_bytes = excluded.stored_bytes
    WHERE c.received_at <= excluded.received_at;
    IF old_hash <> new_hash THEN
        -- Of the two the one that was not kept: what is stored may be newer than this response.
        PERFORM webwrap.drop_bodies(ARRAY[old_hash, new_hash]);
    END IF;
    RETURN size;
END
$$;
REVOKE ALL ON FUNCTION webwrap.record_response(jsonb, bytea) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.record_response(jsonb, bytea) IS
'What the background writer runs: stores a response in the cache, in the place of an older one, and returns its size there.';

CREATE FUNCTION webwrap.renew_response(response jsonb) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE webwrap.cached_response c
    SET head = response ->> 'head', peer = response ->> 'peer',
        received_at = to_timestamp((response ->> 'received_at_us')::float8 / 1e6)
    WHERE c.key = decode(response ->> 'key', 'hex') AND c.variant = decode(response ->> 'variant', 'hex')
      AND c.body_hash = decode(response ->> 'body', 'hex') -- it is this one that was confirmed
      AND c.received_at <= to_timestamp((response ->> 'received_at_us')::float8 / 1e6);
$$;
REVOKE ALL ON FUNCTION webwrap.renew_response(jsonb) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.renew_response(jsonb) IS
'What the background writer runs: renews a stored response that its site has confirmed.';

CREATE FUNCTION webwrap.trim_cache(max_bytes bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    total bigint := (SELECT coalesce(sum(c.stored_bytes), 0) FROM webwrap.cached_response c);
    hashes bytea[];
BEGIN
    IF total <= max_bytes THEN
        RETURN total;
    END IF;
    -- Somewhat below the limit, so that not each response makes room for itself only.
    WITH kept AS (
        SELECT c.key, c.variant, sum(c.stored_bytes) OVER (ORDER BY c.received_at DESC, c.key, c.variant) AS running
        FROM webwrap.cached_response c
    ), gone AS (
        DELETE FROM webwrap.cached_response c USING kept k
        WHERE k.key = c.key AND k.variant = c.variant AND k.running > max_bytes * 0.9
        RETURNING c.body_hash
    )
    SELECT array_agg(DISTINCT g.body_hash) INTO hashes FROM gone g;
    PERFORM webwrap.drop_bodies(hashes);
    RETURN (SELECT coalesce(sum(c.stored_bytes), 0) FROM webwrap.cached_response c);
END
$$;
REVOKE ALL ON FUNCTION webwrap.trim_cache(bigint) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.trim_cache(bigint) IS
'What the background writer runs: makes the cache smaller than that many bytes of heads and compressed bodies; those that '
'were fetched or confirmed longest ago go. Returns its size.';

-- A barrier: functions of the reader see no rows but the reader's.
CREATE VIEW webwrap.cache WITH (security_barrier) AS
SELECT CASE WHEN o.is_own THEN c.url ELSE regexp_replace(c.url, '\?.*', '?***') END AS url,
       c.identity LIKE 'mapping %' AS is_private, c.status, c.content_type, c.received_at AS fetched_at,
       now() - c.received_at AS age, b.size_bytes, c.stored_bytes, pg_get_userbyid(c.stored_by) AS stored_by,
       (SELECT h ->> 1 FROM jsonb_array_elements(c.head::jsonb -> 'headers') h WHERE h ->> 0 = 'etag' LIMIT 1) AS etag,
       (SELECT string_agg(h ->> 1, ', ') FROM jsonb_array_elements(c.head::jsonb -> 'headers') h
        WHERE h ->> 0 = 'cache-control') AS cache_control
FROM webwrap.cached_response c JOIN webwrap.body b ON b.hash = c.body_hash,
     LATERAL (SELECT EXISTS (SELECT FROM pg_roles r WHERE r.oid = c.stored_by AND pg_has_role(r.oid, 'USAGE'))) AS o (is_own)
WHERE o.is_own OR pg_has_role('pg_monitor', 'USAGE');
GRANT SELECT ON webwrap.cache TO PUBLIC;
COMMENT ON VIEW webwrap.cache IS
'Responses in the shared cache that the current role has fetched; all of them for pg_monitor, without the queries in URLs. is_private: fetched with the '
'secrets of a user mapping, and only served to it. size_bytes: the body; stored_bytes: what the cache takes for it, compressed, '
'with its head.';

CREATE FUNCTION webwrap.cache_clear(url_pattern text DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'webwrap_cache_clear'
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION webwrap.cache_clear(text) IS
'Deletes stored responses that the current role has fetched (a superuser: all), or those of them whose URL is LIKE the '
'pattern, and returns how many. What is being stored at this moment may come after it.';

CREATE TABLE webwrap.request_log (
    requested_at timestamptz NOT NULL,
    role oid NOT NULL,
    method text NOT NULL,
    url text NOT NULL,
    status int,
    cache text,
    attempts int NOT NULL,
    bytes bigint NOT NULL,
    elapsed_ms float8,
    waited_ms float8 NOT NULL,
    sqlstate text
) PARTITION BY RANGE (requested_at);
CREATE INDEX request_log_requested_at_idx ON webwrap.request_log (requested_at);
ALTER TABLE webwrap.request_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_lines ON webwrap.request_log FOR SELECT
    USING (pg_catalog.pg_has_role('pg_monitor', 'USAGE')
           OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = role AND pg_catalog.pg_has_role(r.oid, 'USAGE')));
GRANT SELECT ON webwrap.request_log TO PUBLIC;
COMMENT ON TABLE webwrap.request_log IS
'One line for each request while webwrap.log_requests is on, in partitions by day (UTC) that are kept for '
'webwrap.request_log_retention days. A role sees its own lines, pg_monitor all. Not dumped.';
COMMENT ON COLUMN webwrap.request_log.url IS 'without what looks like a secret in its query';
COMMENT ON COLUMN webwrap.request_log.status IS 'NULL when there was no response: sqlstate says why';
COMMENT ON COLUMN webwrap.request_log.cache IS 'miss, hit, confirmed (304) or stale';
COMMENT ON COLUMN webwrap.request_log.attempts IS 'transfers, redirects and retries included; 0 for a hit';
COMMENT ON COLUMN webwrap.request_log.bytes IS 'bodies that came over the network, decoded';
COMMENT ON COLUMN webwrap.request_log.waited_ms IS
'of elapsed_ms: waiting for a turn, for another''s request, for robots.txt and between retries';

CREATE FUNCTION webwrap.record_requests(lines jsonb, kept_days int) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
DECLARE
    line jsonb;
    day date;
    old regclass;
BEGIN
    FOR line IN SELECT * FROM jsonb_array_elements(lines) LOOP
        day := to_timestamp((line ->> 'requested_at_us')::float8 / 1e6)::date;
        IF to_regclass(format('webwrap.request_log_%s', to_char(day, 'YYYYMMDD'))) IS NULL THEN
            EXECUTE format('CREATE TABLE webwrap.request_log_%s PARTITION OF webwrap.request_log FOR VALUES FROM (%L) TO (%L)',
                           to_char(day, 'YYYYMMDD'), day::timestamptz, (day + 1)::timestamptz);
            -- No policy: default privileges must not lead past those of the whole log.
            EXECUTE format('ALTER TABLE webwrap.request_log_%s ENABLE ROW LEVEL SECURITY', to_char(day, 'YYYYMMDD'));
            -- A member of the extension, so that pg_dump leaves it out as it leaves out the rest of the log.
            EXECUTE format('ALTER EXTENSION webwrap ADD TABLE webwrap.request_log_%s', to_char(day, 'YYYYMMDD'));
            FOR old IN SELECT i.inhrelid::regclass FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                       WHERE i.inhparent = 'webwrap.request_log'::regclass
                         AND c.relname < format('request_log_%s', to_char(day - kept_days, 'YYYYMMDD')) LOOP
                EXECUTE format('ALTER EXTENSION webwrap DROP TABLE %s', old);
                EXECUTE format('DROP TABLE %s', old);
            END LOOP;
        END IF;
        INSERT INTO webwrap.request_log (requested_at, role, method, url, status, cache, attempts, bytes, elapsed_ms,
                                         waited_ms, sqlstate)
        VALUES (to_timestamp((line ->> 'requested_at_us')::float8 / 1e6), (line ->> 'role')::oid, line ->> 'method',
                line ->> 'url', (line ->> 'status')::int, line ->> 'cache', (line ->> 'attempts')::int,
                (line ->> 'bytes')::bigint, (line ->> 'elapsed_ms')::float8, (line ->> 'waited_ms')::float8,
                line ->> 'sqlstate');
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION webwrap.record_requests(jsonb, int) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.record_requests(jsonb, int) IS
'What the background writer runs: adds lines to the request log, makes the partition of a new day and drops those that '
'are older than kept_days.';
