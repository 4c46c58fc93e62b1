CREATE SEQUENCE webwrap.page_template_id_seq;
COMMENT ON SEQUENCE webwrap.page_template_id_seq IS 'Ids of webwrap.page_template.';
CREATE TABLE webwrap.page_template (
    id bigint PRIMARY KEY DEFAULT nextval('webwrap.page_template_id_seq'),
    owner text NOT NULL,
    site text NOT NULL,
    prefix_hash bytea NOT NULL REFERENCES webwrap.body,
    sketch bytea NOT NULL,
    UNIQUE (owner, site, prefix_hash)
);
ALTER SEQUENCE webwrap.page_template_id_seq OWNED BY webwrap.page_template.id;
CREATE INDEX page_template_prefix_hash_idx ON webwrap.page_template (prefix_hash);
COMMENT ON TABLE webwrap.page_template IS
'Templates of the pages that an owner keeps of a site: a page of each serves as prefix when others are compressed.';
COMMENT ON COLUMN webwrap.page_template.prefix_hash IS 'that page; it stays as long as the template, even when it is deleted as a page';
COMMENT ON COLUMN webwrap.page_template.sketch IS 'what its markup looks like: hashes of its elements, four bytes each';

-- owner, url, body_hash and encoding are read by number in src/pg/functions/page.cpp: add columns at the end only.
CREATE TABLE webwrap.stored_page (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 16),
    owner text NOT NULL,
    url text NOT NULL,
    site text NOT NULL,
    fetched_at timestamptz NOT NULL,
    body_hash bytea NOT NULL REFERENCES webwrap.body,
    size_bytes bigint NOT NULL,
    template bigint REFERENCES webwrap.page_template,
    status int NOT NULL,
    content_type text NOT NULL,
    encoding text,
    headers jsonb,
    is_packed bool NOT NULL DEFAULT false
);
CREATE INDEX stored_page_url_idx ON webwrap.stored_page USING hash (url);
CREATE INDEX stored_page_body_hash_idx ON webwrap.stored_page (body_hash);
CREATE INDEX stored_page_template_idx ON webwrap.stored_page (template);
CREATE INDEX stored_page_fetched_at_idx ON webwrap.stored_page (fetched_at);
CREATE INDEX stored_page_unpacked_idx ON webwrap.stored_page (owner, site) WHERE NOT is_packed;
COMMENT ON TABLE webwrap.stored_page IS 'The page store: one row for each version of a page. webwrap.page shows it.';
COMMENT ON COLUMN webwrap.stored_page.key IS 'hash of owner, URL and time';
COMMENT ON COLUMN webwrap.stored_page.owner IS
'name of the role whose page it is, or public; renaming a role does not rename it here';
COMMENT ON COLUMN webwrap.stored_page.site IS 'host of the URL, empty when it is no http or https URL';
COMMENT ON COLUMN webwrap.stored_page.encoding IS 'of the body; NULL when it is no text';
COMMENT ON COLUMN webwrap.stored_page.is_packed IS 'has been recompressed against the best prefix of its site';

CREATE SEQUENCE webwrap.page_policy_id_seq AS int;
COMMENT ON SEQUENCE webwrap.page_policy_id_seq IS 'Ids of webwrap.page_policy.';
CREATE TABLE webwrap.page_policy (
    id int PRIMARY KEY DEFAULT nextval('webwrap.page_policy_id_seq'),
    owner text,
    url_pattern text NOT NULL DEFAULT '%',
    keep_versions int CHECK (keep_versions >= 1),
    keep_for interval CHECK (keep_for >= interval '0'),
    max_bytes bigint CHECK (max_bytes >= 0)
);
ALTER SEQUENCE webwrap.page_policy_id_seq OWNED BY webwrap.page_policy.id;
COMMENT ON TABLE webwrap.page_policy IS
'How much of the page store is kept: webwrap.page_trim deletes what exceeds a line of it.';
COMMENT ON COLUMN webwrap.page_policy.owner IS 'whose pages; NULL for all';
COMMENT ON COLUMN webwrap.page_policy.url_pattern IS 'LIKE pattern of their URLs';
COMMENT ON COLUMN webwrap.page_policy.keep_versions IS 'the newest versions of each page that stay; NULL for all';
COMMENT ON COLUMN webwrap.page_policy.keep_for IS 'age at which a version goes; NULL for never';
COMMENT ON COLUMN webwrap.page_policy.max_bytes IS
'compressed bytes of all these pages, above which the oldest versions go; NULL for no limit';


SELECT pg_catalog.pg_extension_config_dump('webwrap.page_template', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.page_template_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.stored_page', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.page_policy', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.page_policy_id_seq', '');

CREATE FUNCTION webwrap.page_body(key bytea) RETURNS bytea
    AS 'MODULE_PATHNAME', 'webwrap_page_body'
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION webwrap.page_body(bytea) IS
'The body of a stored page as it came, or NULL when there is none with that key that the current role may see. What the column '
'body of webwrap.page calls.';

CREATE FUNCTION webwrap.page_html(key bytea) RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_page_html'
    LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION webwrap.page_html(bytea) IS
'The body of a stored page as text, or NULL when it is no text or there is none with that key that the current role may see. '
'What the column html of webwrap.page calls.';

-- A barrier: functions of the reader see no rows but the reader's.
CREATE VIEW webwrap.page WITH (security_barrier) AS
SELECT p.url, p.fetched_at, p.status, p.content_type, p.headers, p.site, p.template, p.owner, p.size_bytes,
       webwrap.page_html(p.key) AS html, webwrap.page_body(p.key) AS body, p.key, p.body_hash
FROM webwrap.stored_page p
WHERE p.owner = 'public'
   OR p.owner IN (SELECT r.rolname::text FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'USAGE'))
   OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user);
GRANT SELECT ON webwrap.page TO PUBLIC;
COMMENT ON VIEW webwrap.page IS
'Stored pages that the current role may see, one row for each version: its own, those of roles whose privileges it has, and '
'those of public. html and body are decompressed when they are read.';

-- Not made of webwrap.page, or older versions would be decompressed, too.
CREATE VIEW webwrap.latest_page WITH (security_barrier) AS
SELECT p.url, p.fetched_at, p.status, p.content_type, p.headers, p.site, p.template, p.owner, p.size_bytes,
       webwrap.page_html(p.key) AS html, webwrap.page_body(p.key) AS body, p.key, p.body_hash
FROM webwrap.stored_page p
WHERE (p.owner = 'public'
       OR p.owner IN (SELECT r.rolname::text FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(r.oid, 'USAGE'))
       OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user))
  AND NOT EXISTS (SELECT FROM webwrap.stored_page later
                  WHERE later.owner = p.owner AND later.url = p.url AND later.fetched_at > p.fetched_at);
GRANT SELECT ON webwrap.latest_page TO PUBLIC;
COMMENT ON VIEW webwrap.latest_page IS 'The newest version of each page in webwrap.page.';

CREATE FUNCTION webwrap.store_page(url text, body bytea, content_type text DEFAULT 'text/html', charset text DEFAULT '',
    fetched_at timestamptz DEFAULT now(), status int DEFAULT 200, headers jsonb DEFAULT NULL, owner text DEFAULT NULL)
    RETURNS bytea
    AS 'MODULE_PATHNAME', 'webwrap_store_page'
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
REVOKE ALL ON FUNCTION webwrap.store_page(text, bytea, text, text, timestamptz, int, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.store_page(text, bytea, text, text, timestamptz, int, jsonb, text) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.store_page(text, bytea, text, text, timestamptz, int, jsonb, text) IS
'Keeps a version of a page in webwrap.page and returns its key. charset: what the server said, or empty. owner: the current role '
'unless given, a role whose privileges it has, or public for everybody to see. A version with the same owner, URL and time is '
'replaced, one of public by superusers only.';

CREATE FUNCTION webwrap.store_html(url text, html text, fetched_at timestamptz DEFAULT now(), owner text DEFAULT NULL)
    RETURNS bytea
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT webwrap.store_page($1, pg_catalog.convert_to($2, 'UTF8'), 'text/html', 'utf-8', $3, 200, NULL, $4);
$$;
REVOKE ALL ON FUNCTION webwrap.store_html(text, text, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.store_html(text, text, timestamptz, text) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.store_html(text, text, timestamptz, text) IS
'Keeps a page that is at hand as text: webwrap.store_page with UTF-8.';

CREATE FUNCTION webwrap.capture_many(urls text[], options jsonb DEFAULT '{}', owner text DEFAULT NULL)
    RETURNS TABLE (url text, final_url text, status int, fetched_at timestamptz, size_bytes bigint, key bytea, error text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.url, r.final_url, r.status, r.fetched_at, pg_catalog.octet_length(r.body)::bigint,
           CASE WHEN r.error IS NULL
                THEN webwrap.store_page(r.url, r.body, coalesce(r.content_type, ''), coalesce(r.charset, ''), r.fetched_at,
                                        r.status, r.headers, $3) END,
           r.error
    FROM webwrap.fetch_many($1, $2) r;
$$;
REVOKE ALL ON FUNCTION webwrap.capture_many(text[], jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.capture_many(text[], jsonb, text) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.capture_many(text[], jsonb, text) IS
'Fetches pages as webwrap.fetch_many does, options included, and keeps each response, whatever its status, in webwrap.page. '
'A page that cannot be fetched has its reason in error.';

CREATE FUNCTION webwrap.capture(url text, options jsonb DEFAULT '{}', owner text DEFAULT NULL) RETURNS bytea
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT webwrap.store_page(r.url, r.body, coalesce(r.content_type, ''), coalesce(r.charset, ''), r.fetched_at, r.status,
                              r.headers, $3)
    FROM webwrap.fetch($1, $2) r;
$$;
REVOKE ALL ON FUNCTION webwrap.capture(text, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.capture(text, jsonb, text) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.capture(text, jsonb, text) IS
'Fetches a page as webwrap.fetch does, keeps the response in webwrap.page and returns its key there.';

CREATE FUNCTION webwrap.page_recompress(max_pages int DEFAULT 100, level int DEFAULT 19) RETURNS bigint
    AS 'MODULE_PATHNAME', 'webwrap_page_recompress'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000000;
REVOKE ALL ON FUNCTION webwrap.page_recompress(int, int) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.page_recompress(int, int) IS
'Compresses up to max_pages stored pages again, at a higher level of zstd, each against the page of its site with which it takes '
'fewest bytes, and returns how many, equal ones once; 0 when there is nothing left to do. Sites in which another transaction stores pages are '
'left for the next call. For pg_cron.';

CREATE FUNCTION webwrap.delete_pages(url_pattern text DEFAULT NULL, older_than timestamptz DEFAULT NULL) RETURNS bigint
    AS 'MODULE_PATHNAME', 'webwrap_delete_pages'
    LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION webwrap.delete_pages(text, timestamptz) IS
'Deletes stored pages of the current role and of roles whose privileges it has, or those of them whose URL is LIKE the pattern '
'and that were fetched before older_than, and returns how many. Pages of public are deleted by a superuser only.';

CREATE FUNCTION webwrap.page_lock(owner text, site text, for_all_others bool) RETURNS bool
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 100
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN for_all_others
                THEN pg_try_advisory_xact_lock('webwrap.stored_page'::regclass::oid::int, hashtext(owner || ' ' || site) & 63)
                ELSE pg_try_advisory_xact_lock_shared('webwrap.stored_page'::regclass::oid::int,
                                                      hashtext(owner || ' ' || site) & 63) END;
$$;
REVOKE ALL ON FUNCTION webwrap.page_lock(text, text, bool) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.page_lock(text, text, bool) IS
'What store_page (shared), page_recompress and page_trim (alone) hold of a site until their transaction ends, so that none takes a '
'prefix away that another is about to use. Nobody waits: false when it cannot be had.';

CREATE FUNCTION webwrap.drop_unused_templates() RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unused webwrap.page_template;
    dropped bigint := 0;
BEGIN
    FOR unused IN SELECT * FROM webwrap.page_template t
                  WHERE NOT EXISTS (SELECT FROM webwrap.stored_page p WHERE p.template = t.id) LOOP
        CONTINUE WHEN NOT webwrap.page_lock(unused.owner, unused.site, true);
        -- Looked at again: it may have been used before the lock was there.
        DELETE FROM webwrap.page_template t
        WHERE t.id = unused.id AND NOT EXISTS (SELECT FROM webwrap.stored_page p WHERE p.template = t.id);
        IF FOUND THEN
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION webwrap.drop_unused_templates() FROM PUBLIC;
COMMENT ON FUNCTION webwrap.drop_unused_templates() IS
'Deletes templates of the page store that no page has, but for sites in which somebody stores pages, and returns how many.';

CREATE FUNCTION webwrap.page_trim() RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    deleted bigint := 0;
    more bigint;
    policy webwrap.page_policy;
BEGIN
    FOR policy IN SELECT * FROM webwrap.page_policy ORDER BY id LOOP
        WITH page AS (
            SELECT p.key, p.fetched_at, row_number() OVER (PARTITION BY p.owner, p.url ORDER BY p.fetched_at DESC, p.key) AS version,
                   sum(octet_length(b.bytes)) OVER (ORDER BY p.fetched_at DESC, p.key) AS running
            FROM webwrap.stored_page p JOIN webwrap.body b ON b.hash = p.body_hash
            WHERE (policy.owner IS NULL OR p.owner = policy.owner) AND p.url LIKE policy.url_pattern
        )
        DELETE FROM webwrap.stored_page p USING page
        WHERE p.key = page.key
          AND (page.version > policy.keep_versions OR page.fetched_at < now() - policy.keep_for
               OR page.running > policy.max_bytes);
        GET DIAGNOSTICS more = ROW_COUNT;
        deleted := deleted + more;
    END LOOP;
    PERFORM webwrap.drop_unused_templates();
    -- Those that a prefix depended on first, then the prefix.
    PERFORM webwrap.drop_unused_bodies();
    PERFORM webwrap.drop_unused_bodies();
    RETURN deleted;
END
$$;
REVOKE ALL ON FUNCTION webwrap.page_trim() FROM PUBLIC;
COMMENT ON FUNCTION webwrap.page_trim() IS
'Deletes stored pages that exceed webwrap.page_policy and returns how many, then templates and bodies that nothing needs any more. '
'For pg_cron.';

CREATE VIEW webwrap.stat_page AS
SELECT p.owner, p.site, count(*) AS pages, count(DISTINCT p.url) AS urls, count(DISTINCT p.template) AS templates,
       count(*) FILTER (WHERE NOT p.is_packed) AS unpacked, sum(p.size_bytes)::bigint AS size_bytes,
       sum(octet_length(b.bytes)) FILTER (WHERE p.is_first)::bigint AS stored_bytes,
       min(p.fetched_at) AS oldest, max(p.fetched_at) AS newest
FROM (SELECT s.*, row_number() OVER (PARTITION BY s.body_hash ORDER BY s.key) = 1 AS is_first FROM webwrap.stored_page s) p
JOIN webwrap.body b ON b.hash = p.body_hash
GROUP BY p.owner, p.site;
GRANT SELECT ON webwrap.stat_page TO pg_monitor;
COMMENT ON VIEW webwrap.stat_page IS
'What the page store holds, by owner and site. size_bytes: as the pages came; stored_bytes: bodies as they are stored, each once. '
'For pg_monitor: how well a page compresses tells what it resembles.';
