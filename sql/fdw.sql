-- Foreign tables as far as no web server is needed: options, planning, EXPLAIN. Nothing listens on port 9.
CREATE FUNCTION pg_temp.error_of(statement text)
    RETURNS TABLE (state text, message text, detail text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    message := 'no error';
    RETURN NEXT;
    RAISE EXCEPTION 'undo' USING ERRCODE = 'WW001';
EXCEPTION WHEN SQLSTATE 'WW001' THEN
    NULL;
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
CREATE SERVER site FOREIGN DATA WRAPPER webwrap OPTIONS (base_url 'http://127.0.0.1:9/', requests_per_second '2.5');

-- Options of servers and user mappings.
SELECT options, error.*
FROM unnest(ARRAY[
         $$base_ur 'http://example.org/'$$, $$base_url 'example.org'$$, $$base_url 'ftp://example.org/'$$,
         $$base_url 'http://u:p@example.org/'$$, $$requests_per_second '0'$$, $$requests_per_second 'fast'$$,
         $$requests_per_second 'inf'$$, $$adapt 'perhaps'$$, $$parser 'lxml'$$, $$user_agent E'a\nX: b'$$, $$url 'x'$$, $$bearer_token 'secret'$$
     ]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE SERVER s FOREIGN DATA WRAPPER webwrap OPTIONS (' || options || ')') AS error
ORDER BY ordinal;
SELECT options, error.*
FROM unnest(ARRAY[
         $$bearer_tokn 'secret'$$, $$bearer_token 's', username 'u'$$, $$bearer_token 's', password 'p'$$,
         $$bearer_token E'secret\nX: y'$$, $$user 'u'$$
     ]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE USER MAPPING FOR PUBLIC SERVER site OPTIONS (' || options || ')') AS error
ORDER BY ordinal;
SELECT error.* FROM pg_temp.error_of($$ ALTER FOREIGN DATA WRAPPER webwrap OPTIONS (ADD base_url 'x') $$) AS error;

-- Options of tables.
SELECT options, error.*
FROM unnest(ARRAY[
         $$rows '//li'$$, $$url 'x', row '//li'$$, $$url 'x', min_row '1', rows '//li'$$, $$url 'x', something_else '1'$$,
         $$url 'x', rows '//li', rows_css 'li'$$, $$url 'x', rows_css 'li:hover'$$, $$url 'x', rows_css ':first-of-type'$$,
         $$url 'x', rows '//li['$$, $$url 'x', rows ''$$, $$url 'x', next_page '//a['$$,
         $$url 'x?page={1..'$$, $$url 'x?page=1}'$$, $$url 'x?page={}'$$, $$url 'x?page={9..1}'$$, $$url 'x?page={a b}'$$,
         $$url 'x', rows '//li', min_rows '-1'$$, $$url 'x', rows '//li', min_rows 'ten'$$,
         $$url 'x', rows '//li', max_rows '1.5'$$, $$url 'x', min_rows '1'$$, $$url 'x', rows '//li', min_rows '9', max_rows '1'$$,
         $$url 'x', max_pages '99999999999'$$, $$url 'x', adapt 'maybe'$$, $$url 'x', adapt_threshold '1.1'$$,
         $$url 'x', adapt_threshold 'nan'$$, $$url 'x', adapt_measure 'best'$$, $$url 'x', adapt_measure '"'$$,
         $$url 'x', base_url 'http://example.org/'$$
     ]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE FOREIGN TABLE t (a text OPTIONS (xpath ''b'')) SERVER site OPTIONS (' || options || ')') AS error
ORDER BY ordinal;

-- Options of columns.
SELECT options, error.*
FROM unnest(ARRAY[
         $$xpat 'b'$$, $$xpath 'b['$$, $$xpath ''$$, $$xpath 'b', pattern '('$$, $$xpath 'b', pattern '[z-a]'$$,
         $$xpath 'b', min_occurs '-2'$$, $$xpath 'b', max_occurs 'many'$$,
         $$xpath 'b', css 'b'$$, $$css 'b >'$$, $$css 'b::after'$$, $$css 'b:not(:scope)'$$, $$css ''$$,
         $$xpath 'b', parameter 'a'$$, $$value 'url', xpath 'b'$$, $$value 'now'$$, $$url 'x'$$,
         $$xpath 'b', min_occurs '2', max_occurs '1'$$
     ]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE FOREIGN TABLE t (a text OPTIONS (' || options || ')) SERVER site OPTIONS (url ''x'')') AS error
ORDER BY ordinal;

-- Settings of adaptation and process flow: wrong values, what belongs together, what EXPLAIN shows.
SELECT options, error.*
FROM unnest(ARRAY[
         $$adapt_measures 'best'$$, $$adapt_measures 'simple 2'$$, $$adapt_similarity_threshold '2'$$, $$adapt_labels 'class'$$,
         $$adapt_text_nodes 'perhaps'$$, $$adapt_top_down ','$$, $$adapt_bottom_up 'up'$$, $$adapt_refresh '1 day'$$, $$flow 'forth'$$,
         $$flow 'back, back'$$, $$flow 'consent'$$, $$flow 'back', consent '//a'$$, $$consent '//['$$, $$flow 'alternatives'$$, $$alternatives ' '$$,
         $$stale 'never'$$, $$min_children '1'$$, $$rows '//li', min_children '3', max_children '2'$$, $$xml_schema '<x/>'$$, $$adapt_mesures 'x'$$
     ]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE FOREIGN TABLE t (a text OPTIONS (xpath ''b'')) SERVER site OPTIONS (url ''x'', ' || options || ')') AS error
ORDER BY ordinal;
SELECT options, error.*
FROM unnest(ARRAY[$$xpath 'b', adapt_threshold '2'$$, $$xpath 'b', adapt_similarity_threshold 'x'$$, $$value 'url', adapt_threshold '0.5'$$])
         WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE FOREIGN TABLE t (a text OPTIONS (' || options || ')) SERVER site OPTIONS (url ''x'')') AS error
ORDER BY ordinal;
CREATE FOREIGN TABLE tuned (
    a text OPTIONS (xpath 'b', adapt_threshold '0.9'), c text OPTIONS (xpath 'd', adapt_similarity_threshold '0.25'), old bool OPTIONS (value 'stale')
) SERVER site OPTIONS (url '{1..3}', rows '//li', adapt_threshold '0.8', adapt_measures 'values, clustered 0.85,combined', adapt_measure 'bigram',
    adapt_labels 'path', adapt_text_nodes 'on', adapt_top_down 'c', adapt_bottom_up 'off', adapt_refresh 'off',
    flow 'refresh, consent, back, alternatives', consent '//form', alternatives 'other/{1..3} last', stale 'on');
EXPLAIN (COSTS OFF) SELECT * FROM tuned;
ALTER FOREIGN TABLE tuned OPTIONS (SET adapt_top_down 'none');
EXPLAIN (COSTS OFF) SELECT * FROM tuned;
ALTER FOREIGN TABLE tuned OPTIONS (SET adapt_top_down 'b');
SELECT error.* FROM pg_temp.error_of('EXPLAIN SELECT * FROM tuned') AS error;
ALTER FOREIGN TABLE tuned OPTIONS (SET adapt_top_down 'all', SET alternatives 'x?y={z}');
SELECT error.* FROM pg_temp.error_of('EXPLAIN SELECT * FROM tuned') AS error;

-- What only shows when the table is used.
CREATE FOREIGN TABLE incomplete (a text) SERVER site OPTIONS (url 'x');
SELECT error.* FROM pg_temp.error_of('EXPLAIN SELECT * FROM incomplete') AS error;
CREATE FOREIGN TABLE unfilled (a text OPTIONS (xpath 'b')) SERVER site OPTIONS (url 'x?genre={genre}');
SELECT error.* FROM pg_temp.error_of('EXPLAIN SELECT * FROM unfilled') AS error;
CREATE FOREIGN TABLE useless (a text OPTIONS (xpath 'b'), genre text OPTIONS (parameter 'gender'), other text OPTIONS (parameter 'genre'))
    SERVER site OPTIONS (url 'x?genre={genre}');
SELECT error.* FROM pg_temp.error_of('EXPLAIN SELECT * FROM useless') AS error;

CREATE FOREIGN TABLE film (
    title text OPTIONS (xpath './/h3/a') NOT NULL,
    year int OPTIONS (xpath './/span[@class="year"]', pattern '\((\d{4})\)'),
    gross numeric OPTIONS (xpath './/span[@name="gross"]', locale 'en_US'),
    genre text OPTIONS (parameter 'genre'),
    seen timestamptz OPTIONS (value 'fetched_at'),
    CHECK (year BETWEEN 1880 AND 2100)
) SERVER site OPTIONS (url 'search?genre={genre}&page={1..40}', rows '//div[@class="item"]', min_rows '10', adapt 'on');
CREATE FOREIGN TABLE chain (title text OPTIONS (xpath './/h3/a'), page int OPTIONS (value 'page_number'))
    SERVER site OPTIONS (url 'first.html', rows '//div[@class="item"]', next_page '//a[@rel="next"]/@href', adapt 'off');

-- EXPLAIN shows what a scan would do, and does nothing of it.
EXPLAIN (COSTS OFF) SELECT * FROM film;
EXPLAIN (COSTS OFF) SELECT * FROM film WHERE genre = 'drama' AND year > 2000;
EXPLAIN (COSTS OFF) SELECT title FROM film WHERE genre IN ('drama', 'comedy');
EXPLAIN (COSTS OFF) SELECT title FROM film WHERE 'drama' = genre;
EXPLAIN (COSTS OFF, VERBOSE) SELECT title, year FROM film WHERE genre = lower('DRAMA');
EXPLAIN (COSTS OFF) SELECT * FROM chain;
EXPLAIN (COSTS OFF, FORMAT json) SELECT * FROM film WHERE genre = 'drama';
-- These conditions fill no parameter.
EXPLAIN (COSTS OFF) SELECT title FROM film WHERE genre > 'drama';
EXPLAIN (COSTS OFF) SELECT title FROM film WHERE genre = 'drama' OR year = 1999;
EXPLAIN (COSTS OFF) SELECT title FROM film WHERE genre = title;
EXPLAIN (COSTS OFF) SELECT title FROM film WHERE genre <> ALL ('{drama}');
-- The planner's guesses come from the options.
CREATE FUNCTION pg_temp.planned_rows(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan #>> '{0,Plan,Plan Rows}';
END
$$;
SELECT pg_temp.planned_rows('SELECT * FROM film') AS "40 pages of 10 rows";

-- A plan without rows asks for none.
SELECT * FROM film LIMIT 0;
SELECT title FROM film WHERE genre = 'drama' LIMIT 0;
SELECT * FROM film WHERE false;
SELECT title FROM film WHERE genre = 'drama' AND NULL;
EXPLAIN (COSTS OFF) SELECT * FROM film LIMIT 0;

-- Prepared statements: custom plans hold the value, generic ones evaluate it.
PREPARE by_genre (text) AS SELECT title FROM film WHERE genre = $1;
PREPARE by_genres (text[]) AS SELECT title FROM film WHERE genre = ANY ($1);
SET plan_cache_mode = force_custom_plan;
EXPLAIN (COSTS OFF) EXECUTE by_genre ('drama');
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_genre ('drama');
EXPLAIN (COSTS OFF) EXECUTE by_genres ('{drama,comedy}');
RESET plan_cache_mode;

-- A parameter without a value; a scan that has to fetch meets the address guard.
SELECT error.* FROM pg_temp.error_of('SELECT * FROM film') AS error;
SELECT error.* FROM pg_temp.error_of('SELECT * FROM film WHERE year = 2000') AS error;
SELECT error.* FROM pg_temp.error_of($$ SELECT * FROM film WHERE genre = 'drama' $$) AS error;
-- No value at all equals nothing.
SELECT count(*) FROM film WHERE genre = NULL::text;
PREPARE by_null (text) AS SELECT count(*) FROM film WHERE genre = $1;
SET plan_cache_mode = force_generic_plan;
EXECUTE by_null (NULL);
RESET plan_cache_mode;
SELECT count(*) FROM film WHERE genre = ANY ('{}'::text[]);
SELECT count(*) FROM film WHERE genre = ANY (ARRAY[NULL]::text[]);
SET webwrap.enabled = off;
SELECT error.* FROM pg_temp.error_of('SELECT * FROM chain') AS error;
RESET webwrap.enabled;

-- Importing a page: options.
SELECT options, error.*
FROM unnest(ARRAY['', $$ OPTIONS (min_records '5') $$, $$ OPTIONS (urll 'x') $$, $$ OPTIONS (url 'x', rows '//li') $$,
                  $$ OPTIONS (url 'x', url 'y') $$, $$ OPTIONS (url 'x', min_records '1') $$,
                  $$ OPTIONS (url 'x', min_records 'few') $$, $$ OPTIONS (url 'x{') $$,
                  $$ OPTIONS (url 'films?genre={genre}') $$]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('IMPORT FOREIGN SCHEMA page FROM SERVER site INTO public' || options) AS error
ORDER BY ordinal;

-- Nothing is written to the web.
SELECT error.*
FROM unnest(ARRAY[$$ INSERT INTO film (title) VALUES ('x') $$, $$ UPDATE film SET title = 'x' $$, $$ DELETE FROM film $$,
                  $$ TRUNCATE film $$]) WITH ORDINALITY AS s (statement, ordinal),
     pg_temp.error_of(statement) AS error
ORDER BY ordinal;

-- ALTER checks as CREATE does, and the definition reads back as it was written.
SELECT error.* FROM pg_temp.error_of($$ ALTER FOREIGN TABLE film ALTER COLUMN year OPTIONS (SET pattern '(') $$) AS error;
SELECT error.* FROM pg_temp.error_of($$ ALTER FOREIGN TABLE film OPTIONS (DROP url) $$) AS error;
ALTER FOREIGN TABLE film ALTER COLUMN year OPTIONS (SET xpath './/time', DROP pattern);
ALTER FOREIGN TABLE film DROP COLUMN gross;
EXPLAIN (COSTS OFF, VERBOSE) SELECT * FROM film WHERE genre = 'drama';
SELECT attname, attfdwoptions FROM pg_attribute WHERE attrelid = 'film'::regclass AND attnum > 0 ORDER BY attnum;
SELECT pg_options_to_table(ftoptions) FROM pg_foreign_table WHERE ftrelid = 'film'::regclass;

-- Approve and revert: what does not exist, what is not yours.
SELECT error.*
FROM unnest(ARRAY['SELECT webwrap.approve(4711)', 'SELECT webwrap.revert(4711)']) AS s (statement),
     pg_temp.error_of(statement) AS error;
CREATE ROLE regress_webwrap_reader;
GRANT SELECT (title) ON film TO regress_webwrap_reader;
INSERT INTO webwrap.adaptation (id, batch, relation, option_xpath, old_xpath, new_xpath, measure, similarity, confidence)
VALUES (1, 1, 'film', '//div[@class="item"]', '//div[@class="item"]', '//article', 'simple', 0.9, 0.9),
       (2, 2, 'chain', '//div[@class="item"]', '//div[@class="item"]', '//article', 'simple', 0.9, 0.9);
SET ROLE regress_webwrap_reader;
-- Rows show to those who may read the table.
SELECT id, relation, new_xpath FROM webwrap.adaptation ORDER BY id;
SELECT * FROM webwrap.snapshot;
SELECT webwrap.approve(1);
SELECT webwrap.revert(2);
-- So do reports; what is not shown is as if it were not there. Without the pages there is none.
SELECT error.*
FROM unnest(ARRAY['SELECT webwrap.adaptation_report(1)', 'SELECT webwrap.adaptation_report(2)', 'SELECT webwrap.adaptation_report(4711)'])
     WITH ORDINALITY AS s (statement, ordinal),
     pg_temp.error_of(statement) AS error
ORDER BY ordinal;
DELETE FROM webwrap.adaptation;
RESET ROLE;
SELECT webwrap.approve(1) AS approved, webwrap.revert(2) AS reverted;
SELECT id, status FROM webwrap.adaptation ORDER BY id;

-- The history of a dropped table goes with it.
DROP FOREIGN TABLE film;
SELECT id FROM webwrap.adaptation;
SET client_min_messages = warning;
DROP SERVER site CASCADE;
RESET client_min_messages;
SELECT count(*) FROM webwrap.adaptation;
DROP ROLE regress_webwrap_reader;
