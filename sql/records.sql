-- Foreign tables over CSV and ndjson as far as no web server is needed: options, planning, EXPLAIN. Nothing listens on port 9.
CREATE FUNCTION pg_temp.error_of(statement text)
    RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    message := 'no error';
    RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
CREATE SERVER data FOREIGN DATA WRAPPER webwrap OPTIONS (base_url 'http://127.0.0.1:9/', adapt 'on');

-- Options of tables.
SELECT options, error.*
FROM unnest(ARRAY[
         $$format 'xls'$$, $$delimiter ';'$$, $$format 'ndjson', header 'off'$$, $$format 'csv', delimiter ''$$, $$format 'csv', delimiter ';;'$$,
         $$format 'csv', delimiter '"'$$, $$format 'csv', delimiter E'\n'$$, $$format 'csv', delimiter '§'$$, $$format 'csv', header 'perhaps'$$,
         $$format 'csv', rows '//li'$$, $$format 'csv', adapt 'on'$$, $$format 'ndjson', next_page '//a'$$, $$format 'csv', parser 'html5'$$,
         $$format 'csv', min_rows '1'$$
     ]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE FOREIGN TABLE t (a text) SERVER data OPTIONS (url ''x'', ' || options || ')') AS error
ORDER BY ordinal;

-- Options of columns.
SELECT options, error.*
FROM unnest(ARRAY[$$field ''$$, $$field 'a', xpath 'b'$$, $$field 'a', value 'url'$$, $$field 'a', parameter 'b'$$, $$field 'a', null_value '-'$$])
         WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of('CREATE FOREIGN TABLE t (a text OPTIONS (' || options || ')) SERVER data OPTIONS (url ''x'', format ''csv'')') AS error
ORDER BY ordinal;
CREATE FOREIGN TABLE mixed (a text, b text OPTIONS (xpath 'b')) SERVER data OPTIONS (url 'x', format 'csv');
CREATE FOREIGN TABLE page (a text OPTIONS (field 'b')) SERVER data OPTIONS (url 'x');
SELECT error.* FROM unnest(ARRAY['mixed', 'page']) AS t (name), pg_temp.error_of('EXPLAIN SELECT * FROM ' || name) AS error;

-- What EXPLAIN shows. A change of format takes what the old one needed with it.
CREATE FOREIGN TABLE reading (
    topic text NOT NULL, at timestamptz OPTIONS (field 'ts'), day date OPTIONS (parameter 'day'), line bigint OPTIONS (value 'row_number')
) SERVER data OPTIONS (url 'mqtt/{day}.csv', format 'csv', delimiter E'\t', header 'true', cache_ttl '1 hour');
EXPLAIN (COSTS OFF, VERBOSE) SELECT topic, line FROM reading WHERE day = '2024-05-01';
SELECT error.* FROM pg_temp.error_of($$ ALTER FOREIGN TABLE reading OPTIONS (SET format 'ndjson') $$) AS error;
ALTER FOREIGN TABLE reading OPTIONS (SET format 'ndjson', DROP delimiter, DROP header);
EXPLAIN (COSTS OFF) SELECT * FROM reading;
SELECT error.* FROM pg_temp.error_of('SELECT * FROM reading') AS error;
SELECT * FROM reading LIMIT 0;
SET client_min_messages = warning;
DROP SERVER data CASCADE;
