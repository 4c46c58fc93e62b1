-- Rendering in the server. What templates give in detail is in src/test/jinja, without a server.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION webwrap_jinja CASCADE;
RESET client_min_messages;
\set VERBOSITY verbose
\set SHOW_CONTEXT never

-- Every object has a comment. No row is right.
SELECT pg_describe_object(d.classid, d.objid, 0) AS without_comment
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND e.extname = 'webwrap_jinja' AND d.deptype = 'e'
  AND d.classid IN ('pg_proc'::regclass, 'pg_class'::regclass) AND obj_description(d.objid, d.classid::regclass::text) IS NULL;

-- Errors are the server's: SQLSTATE, line, hint.
\set VERBOSITY default
CREATE FUNCTION failure(template text, context jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    RETURN 'rendered: ' || webwrap.render(template, context);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN format('%s: %s / %s', SQLSTATE, SQLERRM, hint);
END
$$;
SELECT failure(E'SELECT 1\nWHERE {{ nowhere }}');
SELECT failure('{{ nothing(1) }}');
SELECT failure('{{ {}.nothing }}');
SELECT failure(E'\n{% if x %}');
SELECT failure('{{ 1|nothing }}');
SELECT failure('{{ ''''.__class__ }}');
SELECT failure('{{ 1 / 0 }}');
SELECT failure('{{ x }}', '{"x": "1 OR 1=1"}');
SELECT failure('{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}');
SELECT failure('{{ "a" * 100000000 }}');
SELECT failure('{% set l = [] %}{% for i in range(400) %}{% set _ = l.append("a" * 1000000) %}{% endfor %}');
SELECT failure('{% include "/etc/passwd" %}');
SELECT failure('{{ metric("total", 1) }}');
SELECT failure('x', '[1]');
SELECT webwrap.render(NULL) IS NULL AS null_is_null;

-- The same value in every kind of literal.
SELECT webwrap.render($$SELECT '{{ x }}', E'{{ x }}'$$, '{"x": "a''b\\c"}');
SET standard_conforming_strings = off;
SELECT webwrap.render($$SELECT '{{ x }}', {{ x|literal }}, {{ [x]|where_in }}$$, $${"x": "a\\'"}$$);
RESET standard_conforming_strings;
SELECT webwrap.render($${{ columns|identifier|join(', ') }}$$, '{"columns": ["plain", "select", "with space", "q\"uote"]}');

-- It stops when the server wants that.
SET statement_timeout = '250ms';
SELECT failure('{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}');
SELECT webwrap.render('{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}');
RESET statement_timeout;

-- Queries run as the caller, read-only.
CREATE SCHEMA doan4;
CREATE TABLE doan4.movie (name text, country text, company text, year int);
INSERT INTO doan4.movie VALUES ('A', 'Japan', 'Toho', 1954), ('B', 'Côte d''Ivoire', 'Films''R', 1990), ('C', 'Norway', 'NF', 2019),
    ('D', 'Japan', 'NF', 2020);
CREATE FUNCTION year(text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT extract(year FROM $1::timestamp)::int $$;
INSERT INTO webwrap.saved_query (name, template) VALUES ('seed', $$
SELECT * FROM DoAn4.movie
{% if filter_values('jcountry')|length ==0 and filter_values('jcompany')|length ==0 %}
where country LIKE '%'
{% else %}
where (country in ({{"'"+ "', '".join(filter_values('jcountry'))+ "'"}})
or company in ({{"'"+ "', '".join(filter_values('jcompany'))+ "'"}}))
{% endif %}
{% if from_dttm != None %}
and ( year >= year('{{from_dttm }}') and year < year('{{ to_dttm }}'))
{% endif %}$$);
SELECT label, string_agg(row->>'name', '' ORDER BY row->>'name') AS names
FROM (VALUES
    (1, 'no filter', '{}'::jsonb),
    (2, 'country', '{"_filters": [{"col": "jcountry", "op": "IN", "val": ["Japan", "Norway"]}]}'),
    (3, 'company', '{"_filters": [{"col": "jcompany", "op": "IN", "val": ["NF"]}]}'),
    (4, 'both', '{"_filters": [{"col": "jcountry", "op": "IN", "val": ["Japan"]}, {"col": "jcompany", "op": "IN", "val": ["NF"]}]}'),
    (5, 'dates', '{"from_dttm": "1980-01-01T00:00:00", "to_dttm": "2020-01-01T00:00:00"}'),
    (6, 'country and time range', '{"_filters": [{"col": "jcountry", "op": "IN", "val": "Japan"}], "time_range": "2000-01-01 : 2021-01-01"}'),
    (7, 'quotes', '{"_filters": [{"col": "jcountry", "op": "IN", "val": ["Côte d''Ivoire"]}]}'),
    (8, 'hostile country', '{"_filters": [{"col": "jcountry", "op": "IN", "val": ["x'') OR 1=1 --"]}]}')
) AS c(n, label, context)
LEFT JOIN LATERAL (SELECT webwrap.saved_rows('seed', context)) AS r(row) ON true
GROUP BY n, label ORDER BY n;
SELECT webwrap.saved_rows('seed', '{"from_dttm": "1900-01-01'') or true) --", "to_dttm": "2020-01-01"}');
SELECT * FROM webwrap.query_as($$SELECT year, '{{ x }}' AS name, country FROM doan4.movie WHERE year > {{ y }} $$,
                               '{"x": "it''s", "y": 2019}', NULL::doan4.movie);
SELECT * FROM webwrap.query_as($$SELECT year, '{{ x }}' AS name, country, 'c' AS company FROM doan4.movie WHERE year > {{ y }}; $$,
                               '{"x": "it''s", "y": 2019}', NULL::doan4.movie);
SELECT * FROM webwrap.query_as('SELECT max(year) FROM doan4.movie', '{}', NULL::text);
CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS $$ DELETE FROM doan4.movie RETURNING 1 $$;
SELECT webwrap.query('SELECT writes()');
SELECT webwrap.query($$SELECT set_config('transaction_read_only', 'off', true), writes()$$);
SELECT webwrap.query('DELETE FROM doan4.movie');
CREATE ROLE regress_webwrap_reader;
GRANT USAGE ON SCHEMA doan4 TO regress_webwrap_reader;
SET ROLE regress_webwrap_reader;
SELECT webwrap.saved_rows('seed');
INSERT INTO webwrap.saved_query (name, template) VALUES ('mine', 'SELECT 1');
RESET ROLE;
GRANT INSERT, UPDATE, DELETE ON webwrap.saved_query TO regress_webwrap_reader;
SET ROLE regress_webwrap_reader;
INSERT INTO webwrap.saved_query (name, template) VALUES ('mine', 'SELECT 1');
UPDATE webwrap.saved_query SET template = 'SELECT 2' RETURNING name;
RESET ROLE;

-- Saved queries fill tables and materialized views.
INSERT INTO webwrap.saved_query (name, template, context) VALUES ('since', $$
SELECT country, count(*) AS films FROM doan4.movie WHERE year >= {{ y }} GROUP BY country;
$$, '{"y": 1900}');
CREATE TABLE by_country (country text PRIMARY KEY, films int, at text DEFAULT 'now');
GRANT SELECT ON by_country TO regress_webwrap_reader;
SELECT webwrap.refresh_saved('since', 'by_country');
SELECT * FROM by_country ORDER BY 1;
SELECT webwrap.refresh_saved('since', 'by_country', '{"y": 2000}');
SELECT *, has_table_privilege('regress_webwrap_reader', 'by_country', 'SELECT') FROM by_country ORDER BY 1;
SELECT webwrap.refresh_saved('since', 'by_country', '{"y": "none"}');
SELECT count(*) AS kept FROM by_country;
SELECT webwrap.refresh_saved('nothing', 'by_country');
ALTER TABLE by_country DROP COLUMN films;
SELECT webwrap.refresh_saved('since', 'by_country');
CREATE VIEW a_view AS SELECT 1 AS country;
SELECT webwrap.refresh_saved('since', 'a_view');
CREATE TYPE country_films AS (country text, films bigint);
CREATE MATERIALIZED VIEW films AS SELECT * FROM webwrap.saved_rows_as('since', '{}', NULL::country_films);
INSERT INTO doan4.movie VALUES ('E', 'Iceland', 'NF', 2021);
SELECT webwrap.refresh_saved('since', 'films');
CREATE UNIQUE INDEX ON films (country);
SELECT webwrap.refresh_saved('since', 'films');
SELECT webwrap.refresh_saved('since', 'films', '{"y": 2000}');
SELECT webwrap.refresh_saved('seed', 'films');

-- Datasets and metrics.
INSERT INTO webwrap.dataset VALUES (7, 'movie', 'doan4.movie', NULL, '{name,year}', '{"first": "MIN({{ time_column|identifier }})"}');
SELECT webwrap.render('SELECT {{ metric("first", 7) }} FROM {{ dataset(7) }}', '{"time_column": "year"}');
SELECT webwrap.query('SELECT {{ metric("first", 7) }} FROM {{ dataset(7) }}', '{"time_column": "year"}');

DROP MATERIALIZED VIEW films;
DROP TABLE by_country;
DROP VIEW a_view;
DROP TYPE country_films;
DROP FUNCTION writes(), year(text), failure(text, jsonb);
DROP SCHEMA doan4 CASCADE;
DROP EXTENSION webwrap_jinja;
DROP EXTENSION plpython3u;
DROP ROLE regress_webwrap_reader;
