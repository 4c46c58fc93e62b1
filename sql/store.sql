-- The body store: each body once, under its hash.
SELECT length(webwrap.store_body('a page')) AS hash_bytes,
       webwrap.store_body('a page') = webwrap.store_body('a page') AS same_hash,
       webwrap.store_body('a page') = webwrap.store_body('another page') AS other_hash;
SELECT count(*) FROM webwrap.body;
SELECT convert_from(webwrap.load_body(webwrap.store_body('a page')), 'UTF8') AS round_trip,
       webwrap.load_body(decode(repeat('00', 16), 'hex')) AS unknown,
       webwrap.load_body('short') AS no_hash,
       webwrap.load_body(NULL) AS "null",
       webwrap.store_body(NULL) AS store_null;

-- Any bytes, none, and more than compression's windows.
CREATE TEMP TABLE sample (name text PRIMARY KEY, body bytea, hash bytea);
INSERT INTO sample (name, body)
SELECT 'empty', ''::bytea
UNION ALL SELECT 'all bytes', decode(string_agg(lpad(to_hex(i), 2, '0'), '' ORDER BY i), 'hex') FROM generate_series(0, 255) i
UNION ALL SELECT 'repetitive', convert_to(repeat('<li>row</li>', 500000), 'UTF8')
UNION ALL SELECT 'noise', decode(string_agg(md5(i::text), '' ORDER BY i), 'hex') FROM generate_series(1, 20000) i;
UPDATE sample SET hash = webwrap.store_body(body);
SELECT name, length(s.body) AS size, webwrap.load_body(s.hash) = s.body AS round_trip, b.size_bytes = length(s.body) AS says_size,
       length(b.bytes) < 1000 AS is_small, b.codec, b.prefix_hash
FROM sample s JOIN webwrap.body b USING (hash)
ORDER BY name;

-- A sibling page as prefix: the noise they share costs next to nothing.
INSERT INTO sample (name, body) SELECT 'sibling', body || '<p>one more</p>' FROM sample WHERE name = 'noise';
UPDATE sample SET hash = webwrap.store_body(body, (SELECT hash FROM sample WHERE name = 'noise')) WHERE name = 'sibling';
SELECT webwrap.load_body(s.hash) = s.body AS round_trip, b.prefix_hash = n.hash AS has_prefix, length(b.bytes) < 1000 AS is_small
FROM sample s JOIN webwrap.body b USING (hash), sample n
WHERE s.name = 'sibling' AND n.name = 'noise';

-- Chains of prefixes are not made: the prefix of one that has a prefix itself is used, an unknown one is not.
INSERT INTO sample (name, body) VALUES ('grandchild', 'a grandchild'), ('orphan', 'an orphan');
UPDATE sample SET hash = webwrap.store_body(body, (SELECT hash FROM sample WHERE name = 'sibling')) WHERE name = 'grandchild';
UPDATE sample SET hash = webwrap.store_body(body, decode(repeat('00', 16), 'hex')) WHERE name = 'orphan';
SELECT s.name, p.name AS prefix, webwrap.load_body(s.hash) = s.body AS round_trip
FROM sample s JOIN webwrap.body b USING (hash) LEFT JOIN sample p ON p.hash = b.prefix_hash
WHERE s.name IN ('grandchild', 'orphan')
ORDER BY s.name;
SELECT b.prefix_hash IS NULL AS without_prefix
FROM webwrap.body b WHERE b.hash = webwrap.store_body('a page', (SELECT hash FROM sample WHERE name = 'noise'));

-- A body that others need stays, and cannot be deleted.
\set VERBOSITY sqlstate
DELETE FROM webwrap.body WHERE hash = (SELECT hash FROM sample WHERE name = 'noise');
\set VERBOSITY default
SELECT count(*) > 0 AS some_left, bool_or(hash = (SELECT hash FROM sample WHERE name = 'noise')) AS noise_left
FROM webwrap.body;

-- What was tampered with says so. (Each change is undone.)
CREATE FUNCTION pg_temp.after_change(change text, name text)
    RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE change;
    PERFORM webwrap.load_body((SELECT s.hash FROM sample s WHERE s.name = after_change.name));
    message := 'no error';
    RETURN NEXT;
    RAISE EXCEPTION 'undo' USING ERRCODE = 'WW001';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET bytes = set_byte(bytes, 100, get_byte(bytes, 100) # 1)
    WHERE hash = (SELECT hash FROM sample WHERE name = 'noise') $$, 'noise');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET bytes = substr(bytes, 1, length(bytes) - 5)
    WHERE hash = (SELECT hash FROM sample WHERE name = 'noise') $$, 'noise');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET bytes = '' WHERE hash = (SELECT hash FROM sample WHERE name = 'noise') $$, 'noise');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET size_bytes = size_bytes - 1 WHERE hash = (SELECT hash FROM sample WHERE name = 'noise') $$, 'noise');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET size_bytes = size_bytes + 1 WHERE hash = (SELECT hash FROM sample WHERE name = 'noise') $$, 'noise');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET size_bytes = 1::bigint << 60 WHERE hash = (SELECT hash FROM sample WHERE name = 'repetitive') $$,
    'repetitive');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET bytes = (SELECT b.bytes FROM webwrap.body b JOIN sample s USING (hash) WHERE s.name = 'all bytes'),
                            size_bytes = 256
    WHERE hash = (SELECT hash FROM sample WHERE name = 'repetitive') $$, 'repetitive');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET prefix_hash = NULL WHERE hash = (SELECT hash FROM sample WHERE name = 'sibling') $$, 'sibling');
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET prefix_hash = (SELECT hash FROM sample WHERE name = 'sibling')
    WHERE hash = (SELECT hash FROM sample WHERE name = 'noise') $$, 'sibling');
-- Nor is a body trusted to be the one with its hash.
SELECT * FROM pg_temp.after_change($$
    UPDATE webwrap.body SET bytes = (SELECT b.bytes FROM webwrap.body b JOIN sample s USING (hash) WHERE s.name = 'all bytes'),
                            size_bytes = 256
    WHERE hash = webwrap.store_body('a page');
    SELECT webwrap.store_body('a page') $$, 'noise');

-- Nothing refers to these bodies.
SELECT webwrap.drop_unused_bodies() > 0 AS dropped;
SELECT webwrap.drop_unused_bodies() AS prefixes_of_dropped;
SELECT count(*) FROM webwrap.body;
