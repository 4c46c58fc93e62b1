-- prefix_hash, size_bytes and bytes are read by number in src/pg/network/body_store.cpp: add columns at the end only.
CREATE TABLE webwrap.body (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 16),
    prefix_hash bytea,
    codec text NOT NULL CHECK (codec IN ('zstd')),
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    bytes bytea NOT NULL,
    level smallint NOT NULL DEFAULT 3,
    -- A prefix has none itself: the foreign key refers to roots only.
    is_root bool NOT NULL GENERATED ALWAYS AS (prefix_hash IS NULL) STORED,
    prefix_is_root bool GENERATED ALWAYS AS (CASE WHEN prefix_hash IS NOT NULL THEN true END) STORED,
    UNIQUE (hash, is_root),
    FOREIGN KEY (prefix_hash, prefix_is_root) REFERENCES webwrap.body (hash, is_root)
);
CREATE INDEX body_prefix_hash_idx ON webwrap.body (prefix_hash) WHERE prefix_hash IS NOT NULL;
ALTER TABLE webwrap.body ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE webwrap.body IS
'Content-addressed store of page bodies: each body once, under its XXH3 128-bit hash, compressed with zstd, with another '
'body as raw prefix where prefix_hash names one. Read through webwrap.load_body.';
COMMENT ON COLUMN webwrap.body.size_bytes IS 'size before compression';
COMMENT ON COLUMN webwrap.body.level IS 'of zstd: 3 when written, higher when recompressed';
COMMENT ON COLUMN webwrap.body.is_root IS 'has no prefix, so may be the prefix of others';

CREATE FUNCTION webwrap.store_body(body bytea, prefix_hash bytea DEFAULT NULL) RETURNS bytea
    AS 'MODULE_PATHNAME', 'webwrap_store_body'
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000;
REVOKE ALL ON FUNCTION webwrap.store_body(bytea, bytea) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.store_body(bytea, bytea) IS
'Stores a body unless it is there and returns its hash (16 bytes). prefix_hash: a stored body that this one resembles; of one '
'that has a prefix itself, that prefix is used. Raises XX001 when another body has the same hash.';

CREATE FUNCTION webwrap.load_body(hash bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'webwrap_load_body'
    LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 10000;
REVOKE ALL ON FUNCTION webwrap.load_body(bytea) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.load_body(bytea) IS
'The stored body with this hash, or NULL. Raises XX001 when it does not match its hash.';
