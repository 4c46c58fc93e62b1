CREATE FUNCTION webwrap.fdw_handler() RETURNS fdw_handler
    AS 'MODULE_PATHNAME', 'webwrap_fdw_handler' LANGUAGE C STRICT;
COMMENT ON FUNCTION webwrap.fdw_handler() IS 'Handler of foreign-data wrapper webwrap.';

CREATE FUNCTION webwrap.fdw_validator(options text[], catalog oid) RETURNS void
    AS 'MODULE_PATHNAME', 'webwrap_fdw_validator' LANGUAGE C STRICT;
COMMENT ON FUNCTION webwrap.fdw_validator(text[], oid) IS
'Checks options of foreign-data wrapper webwrap when objects are created: names, values, XPaths, patterns, URL templates. '
'Never contacts a site.';

CREATE FOREIGN DATA WRAPPER webwrap HANDLER webwrap.fdw_handler VALIDATOR webwrap.fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER webwrap IS 'web pages as tables that repair themselves';
GRANT USAGE ON FOREIGN DATA WRAPPER webwrap TO webwrap_fetch;

CREATE SEQUENCE webwrap.adaptation_id_seq;
COMMENT ON SEQUENCE webwrap.adaptation_id_seq IS 'Ids of webwrap.adaptation.';
CREATE SEQUENCE webwrap.adaptation_batch_seq;
COMMENT ON SEQUENCE webwrap.adaptation_batch_seq IS 'Batches of webwrap.adaptation.';

CREATE TABLE webwrap.adaptation (
    id bigint PRIMARY KEY DEFAULT nextval('webwrap.adaptation_id_seq'),
    batch bigint NOT NULL,
    adapted_at timestamptz NOT NULL DEFAULT now(),
    relation regclass NOT NULL,
    column_name name,
    option_xpath text NOT NULL,
    old_xpath text NOT NULL,
    new_xpath text NOT NULL,
    measure text NOT NULL,
    similarity float8 NOT NULL,
    confidence float8 NOT NULL,
    old_sample text,
    new_sample text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'approved', 'reverted', 'superseded')),
    evidence jsonb
);
ALTER SEQUENCE webwrap.adaptation_id_seq OWNED BY webwrap.adaptation.id;
CREATE INDEX adaptation_relation_idx ON webwrap.adaptation (relation, batch);
COMMENT ON TABLE webwrap.adaptation IS
'Adapted XPaths of foreign tables, with their history. Patterns that were adapted together share a batch; those with status '
'active or approved stand in for the option value that they replace (option_xpath) until that changes. Rows show to roles '
'that may read the foreign table.';
COMMENT ON COLUMN webwrap.adaptation.column_name IS 'the column, or NULL for the row pattern';
COMMENT ON COLUMN webwrap.adaptation.option_xpath IS 'option value that new_xpath stands in for';
COMMENT ON COLUMN webwrap.adaptation.old_xpath IS 'XPath that was in use before';
COMMENT ON COLUMN webwrap.adaptation.confidence IS 'probability that the adaptation is right, 0..1';
COMMENT ON COLUMN webwrap.adaptation.evidence IS
'why: elements and texts on both pages, features with weights, other groups, as of webwrap.adapt with explain; NULL where the old '
'XPath selected no nodes';
ALTER TABLE webwrap.adaptation ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON webwrap.adaptation FOR SELECT
    USING (pg_catalog.has_any_column_privilege(relation, 'SELECT'));
GRANT SELECT ON webwrap.adaptation TO PUBLIC;

CREATE TABLE webwrap.snapshot (
    relation regclass NOT NULL,
    batch bigint NOT NULL DEFAULT 0,
    url text NOT NULL,
    body_hash bytea NOT NULL REFERENCES webwrap.body,
    is_last_page bool NOT NULL DEFAULT false,
    wrapper text NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (relation, batch, url)
);
CREATE INDEX snapshot_body_hash_idx ON webwrap.snapshot (body_hash);
COMMENT ON TABLE webwrap.snapshot IS
'Pages that a foreign table was right on, whole, as evidence for adaptation; one generation per batch of adaptations, so '
'that a reverted batch leaves the one before intact.';
COMMENT ON COLUMN webwrap.snapshot.batch IS 'batch of webwrap.adaptation in use when the page was taken, 0 for none';
COMMENT ON COLUMN webwrap.snapshot.wrapper IS 'wrapper that is right on the page, as JSON';

SELECT pg_catalog.pg_extension_config_dump('webwrap.adaptation_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.adaptation_batch_seq', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.adaptation', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.snapshot', '');
-- Without what only the cache holds: it can be fetched again. A prefix comes before what refers to it (it has none itself),
-- or a dump as INSERT statements would not restore.
SELECT pg_catalog.pg_extension_config_dump('webwrap.body', $condition$
WHERE NOT EXISTS (SELECT FROM webwrap.cached_response c WHERE c.body_hash = hash)
   OR EXISTS (SELECT FROM webwrap.snapshot s WHERE s.body_hash = hash)
   OR EXISTS (SELECT FROM webwrap.stored_page p WHERE p.body_hash = hash)
   OR EXISTS (SELECT FROM webwrap.page_template t WHERE t.prefix_hash = hash)
   OR EXISTS (SELECT FROM webwrap.body later WHERE later.prefix_hash = webwrap.body.hash)
ORDER BY prefix_hash NULLS FIRST$condition$);

CREATE FUNCTION webwrap.drop_unused_bodies() RETURNS bigint
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT webwrap.drop_bodies(array_agg(b.hash)) FROM webwrap.body b;
$$;
REVOKE ALL ON FUNCTION webwrap.drop_unused_bodies() FROM PUBLIC;
COMMENT ON FUNCTION webwrap.drop_unused_bodies() IS
'Deletes stored bodies that nothing refers to and returns how many; none while another transaction stores one.';

-- Stores one generation's pages and drops what no generation in use needs any more.
CREATE FUNCTION webwrap.record_snapshots(learned jsonb, batch_now bigint) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass := (learned ->> 'relation')::oid::regclass;
    page jsonb;
    prefix bytea;
    replaced bytea[];
    prefixes bytea[];
BEGIN
    replaced := ARRAY(SELECT s.body_hash FROM webwrap.snapshot s WHERE s.relation = target);
    prefixes := ARRAY(SELECT b.prefix_hash FROM webwrap.body b WHERE b.hash = ANY (replaced));
    FOR page IN SELECT * FROM jsonb_array_elements(learned -> 'snapshots') LOOP
        SELECT s.body_hash INTO prefix
        FROM webwrap.snapshot s JOIN webwrap.body b ON b.hash = s.body_hash
        WHERE s.relation = target AND b.prefix_hash IS NULL ORDER BY s.taken_at LIMIT 1;
        INSERT INTO webwrap.snapshot AS s (relation, batch, url, body_hash, is_last_page, wrapper)
        VALUES (target, batch_now, page ->> 'url',
                webwrap.store_body(convert_to(page ->> 'html', 'UTF8'), prefix),
                (page ->> 'is_last_page')::bool, learned ->> 'wrapper')
        ON CONFLICT (relation, batch, url) DO UPDATE
        SET body_hash = excluded.body_hash, is_last_page = excluded.is_last_page,
            wrapper = excluded.wrapper, taken_at = now();
    END LOOP;

    WITH generation AS (
        SELECT DISTINCT s.batch FROM webwrap.snapshot s WHERE s.relation = target ORDER BY s.batch DESC LIMIT 2
    ), kept AS (
        SELECT s.batch, s.url FROM (
            SELECT s.batch, s.url,
                   row_number() OVER (PARTITION BY s.batch ORDER BY s.wrapper = learned ->> 'wrapper' DESC,
                                      s.taken_at DESC, s.url) AS place
            FROM webwrap.snapshot s WHERE s.relation = target
        ) s WHERE s.place <= (learned ->> 'max_snapshots')::int
              AND (s.batch IN (SELECT g.batch FROM generation g)
                   OR EXISTS (SELECT FROM webwrap.adaptation a WHERE a.batch = s.batch AND a.status = 'approved'))
    ), gone AS (
        DELETE FROM webwrap.snapshot s
        WHERE s.relation = target AND (s.batch, s.url) NOT IN (SELECT k.batch, k.url FROM kept k)
        RETURNING s.body_hash
    )
    SELECT replaced || array_agg(g.body_hash) INTO replaced FROM gone g;
    PERFORM webwrap.drop_bodies(replaced);
    PERFORM webwrap.drop_bodies(prefixes); -- those whose last dependent has just gone
END
$$;
REVOKE ALL ON FUNCTION webwrap.record_snapshots(jsonb, bigint) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.record_snapshots(jsonb, bigint) IS
'Part of record_learned: stores pages as snapshots of a batch and applies the retention limits.';

CREATE FUNCTION webwrap.record_learned(learned jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 10000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass := (learned ->> 'relation')::oid::regclass;
    batch_now bigint := (learned ->> 'batch')::bigint;
    known bool;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = target) THEN
        RETURN;
    END IF;
    -- One writer a table at a time: two scans may have learned the same.
    PERFORM pg_advisory_xact_lock('webwrap.adaptation'::regclass::oid::int, target::oid::int);
    IF jsonb_array_length(learned -> 'adaptations') > 0 THEN
        SELECT count(*) = jsonb_array_length(learned -> 'adaptations')
               AND bool_and(EXISTS (SELECT FROM jsonb_array_elements(learned -> 'adaptations') n
                                    WHERE n ->> 'column_name' IS NOT DISTINCT FROM a.column_name
                                      AND n ->> 'option_xpath' = a.option_xpath AND n ->> 'new_xpath' = a.new_xpath)),
               max(a.batch)
        INTO known, batch_now
        FROM webwrap.adaptation a WHERE a.relation = target AND a.status IN ('active', 'approved');
        IF known IS NOT TRUE THEN
            batch_now := nextval('webwrap.adaptation_batch_seq');
            UPDATE webwrap.adaptation a SET status = 'superseded'
            WHERE a.relation = target AND a.status IN ('active', 'approved');
            INSERT INTO webwrap.adaptation (batch, relation, column_name, option_xpath, old_xpath, new_xpath, measure,
                                            similarity, confidence, old_sample, new_sample, evidence)
            SELECT batch_now, target, n ->> 'column_name', n ->> 'option_xpath', n ->> 'old_xpath', n ->> 'new_xpath',
                   n ->> 'measure', (n ->> 'similarity')::float8, (n ->> 'confidence')::float8, n ->> 'old_sample',
                   n ->> 'new_sample', nullif(n -> 'evidence', 'null')
            FROM jsonb_array_elements(learned -> 'adaptations') n;
        END IF;
    END IF;
    PERFORM webwrap.record_snapshots(learned, batch_now);
END
$$;
REVOKE ALL ON FUNCTION webwrap.record_learned(jsonb) FROM PUBLIC;
COMMENT ON FUNCTION webwrap.record_learned(jsonb) IS
'What the background writer runs: stores the adaptations and snapshots of one scan. Takes {"relation", "batch", "wrapper", '
'"max_snapshots", "adaptations": [...], "snapshots": [{"url", "html", "is_last_page"}]}.';

CREATE FUNCTION webwrap.revert(id bigint) RETURNS int
    AS 'MODULE_PATHNAME', 'webwrap_revert'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION webwrap.revert(bigint) IS
'Takes back an adaptation together with those made in the same batch, since columns only make sense inside their record: '
'the XPaths before are in use again, and the reverted ones are never adapted to again. Returns how many patterns were '
'reverted. For the table''s owner.';

CREATE FUNCTION webwrap.approve(id bigint, write_options bool DEFAULT false) RETURNS int
    AS 'MODULE_PATHNAME', 'webwrap_approve'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION webwrap.approve(bigint, bool) IS
'Marks an adaptation and those of its batch as approved; its snapshots are then kept. write_options: also writes the new '
'XPaths into the foreign table''s options (ALTER FOREIGN TABLE). Returns how many patterns were approved. For the table''s '
'owner.';

CREATE FUNCTION webwrap.adaptation_report(id bigint) RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_adaptation_report'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION webwrap.adaptation_report(bigint) IS
'One HTML page about an adaptation for people to look at: values before and after, both page regions side by side with '
'corresponding nodes in one colour, features with weights of what was chosen and of what was not. The page has no script, loads '
'nothing and shows what the site said as text only. For those who see the row in webwrap.adaptation. Raises 22023 when there is '
'no such row, or when the pages that it was made on are no longer kept.';

CREATE FUNCTION webwrap.forget_dropped() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER COST 1000
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM webwrap.adaptation a USING pg_event_trigger_dropped_objects() d
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND a.relation = d.objid;
    DELETE FROM webwrap.snapshot s USING pg_event_trigger_dropped_objects() d
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND s.relation = d.objid;
END
$$;
REVOKE ALL ON FUNCTION webwrap.forget_dropped() FROM PUBLIC;
COMMENT ON FUNCTION webwrap.forget_dropped() IS
'Forgets adaptations and snapshots of dropped foreign tables, before their object ids can be reused.';

CREATE EVENT TRIGGER webwrap_forget_dropped ON sql_drop
    WHEN TAG IN ('DROP FOREIGN TABLE', 'DROP SERVER', 'DROP SCHEMA', 'DROP OWNED', 'DROP FOREIGN DATA WRAPPER')
    EXECUTE FUNCTION webwrap.forget_dropped();
COMMENT ON EVENT TRIGGER webwrap_forget_dropped IS 'runs webwrap.forget_dropped';
