-- C++ exceptions and the server's errors: both ways, thousands of times, in the middle of a query.
CREATE FUNCTION pg_temp.parts_of(statement text) RETURNS TABLE (state text, message text, detail text, hint text, has_context bool)
LANGUAGE plpgsql AS $$
DECLARE
    context text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
    has_context := context LIKE '%parts_of(text) line % at EXECUTE';
    RETURN NEXT;
END
$$;

-- SQLSTATE, message, detail, hint and context of an exception.
SELECT * FROM pg_temp.parts_of($$
    SELECT webwrap.apply_wrapper('<p>x', '{"columns": {"a": {"xpath": "//p", "type": "integer"}}}') $$);
SELECT * FROM pg_temp.parts_of($$ SELECT webwrap.xpath('<p>', '//p[') $$);
SELECT * FROM pg_temp.parts_of($$ SELECT webwrap.fetch('http://127.0.0.1:9/') $$);

-- Handlers by name of the condition.
DO $$
BEGIN
    PERFORM webwrap.xpath('<p>', '//p[');
EXCEPTION
    WHEN syntax_error THEN RAISE INFO 'syntax_error: %', SQLERRM;
END
$$;
DO $$
BEGIN
    PERFORM webwrap.fetch('http://127.0.0.1:9/');
EXCEPTION
    WHEN insufficient_privilege THEN RAISE INFO 'insufficient_privilege: %', SQLERRM;
END
$$;

-- Long messages are cut between characters, not inside them.
SELECT state, length(message) < 1100 AS is_short FROM pg_temp.parts_of(format('SELECT webwrap.xpath(%L, %L)', '<p>', repeat('ü', 5000) || '['));
SELECT state, length(message) < 1100 AS is_short FROM pg_temp.parts_of(format('SELECT webwrap.xpath(%L, %L)', '<p>', repeat('[日', 5000)));
SELECT state, detail LIKE 'spalte_ü_%' AS says_which, octet_length(detail) <= 4096 AS is_short FROM pg_temp.parts_of(format(
    'SELECT webwrap.apply_wrapper(%L, %L)', '<p>' || repeat('日', 5000),
    (SELECT jsonb_build_object('columns', jsonb_object_agg('spalte_ü_' || i, jsonb_build_object('xpath', '//p', 'type', 'integer')))
     FROM generate_series(1, 300) i)));

-- A server error that starts under C++ frames: jsonb input, array construction, a cast in the caller.
SELECT * FROM pg_temp.parts_of($$ SELECT webwrap.apply_wrapper('<p>x', 'no json'::jsonb) $$);
SELECT * FROM pg_temp.parts_of($$ SELECT (webwrap.xpath('<p>x', '//p'))[1]::int $$);
SELECT * FROM pg_temp.parts_of($$ SELECT webwrap.store_body('x'::bytea) FROM (SELECT set_config('transaction_read_only', 'on', true)) s $$);
SELECT current_user = session_user AS is_own_role, current_setting('transaction_read_only') AS read_only;

-- Errors inside errors' handlers, and functions that call functions.
CREATE FUNCTION pg_temp.nested(depth int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM webwrap.xpath('<p>', repeat('[', depth + 1));
    RETURN 'never';
EXCEPTION WHEN syntax_error THEN
    IF depth = 0 THEN
        RETURN 'bottom';
    END IF;
    RETURN depth || ' ' || pg_temp.nested(depth - 1) || ' ' || (webwrap.xpath('<p>' || depth, 'string(//p)'))[1];
END
$$;
SELECT pg_temp.nested(10);

-- Thousands of caught errors leave nothing behind, neither in the server's memory contexts nor in C++ (each failing page
-- is 100 kB: leaked ones would add up to hundreds of megabytes).
CREATE PROCEDURE pg_temp.fail_often(times int) LANGUAGE plpgsql AS $$
DECLARE
    page text := '<p>' || repeat('x', 100000);
    caught int := 0;
BEGIN
    FOR i IN 1..times LOOP
        BEGIN
            CASE i % 4
                WHEN 0 THEN PERFORM webwrap.xpath(page, '//p[');
                WHEN 1 THEN PERFORM webwrap.apply_wrapper(page, '{"columns": {"a": {"xpath": "//p", "type": "integer"}}}');
                WHEN 2 THEN PERFORM webwrap.fetch('http://127.0.0.1:9/', jsonb_build_object('body', page, 'method', 'POST'));
                ELSE PERFORM webwrap.tree_similarity(page, page, 'nope');
            END CASE;
        EXCEPTION WHEN OTHERS THEN
            caught := caught + 1;
        END;
    END LOOP;
    RAISE INFO '% errors', caught;
END
$$;
CREATE FUNCTION pg_temp.process_kb() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT substring(pg_read_file('/proc/self/status') FROM 'VmRSS:\s+(\d+) kB')::bigint $$;
CALL pg_temp.fail_often(400); -- what is allocated once
CREATE TEMP TABLE memory AS
SELECT sum(total_bytes) AS bytes, count(*) AS contexts, pg_temp.process_kb() AS process_kb FROM pg_backend_memory_contexts;
CALL pg_temp.fail_often(4000);
SELECT now.bytes - memory.bytes < 1000000 AS bytes_bounded, now.contexts - memory.contexts < 20 AS contexts_bounded,
       now.process_kb - memory.process_kb < 50000 AS process_bounded
FROM memory, (SELECT sum(total_bytes) AS bytes, count(*) AS contexts, pg_temp.process_kb() AS process_kb
              FROM pg_backend_memory_contexts) AS now;

-- libxml2 is shared with the server's xml type: broken HTML in the middle of an XMLTABLE does not make that fail.
CREATE FUNCTION pg_temp.broken_html() RETURNS text LANGUAGE sql AS $$
    SELECT array_to_string(webwrap.xpath('<p>a</b></div><q &nope; <', '//p'), '') || ' and ' || array_to_string(webwrap.xpath('<!DOCTYPE <<<<', '//p'), '') $$;
SELECT * FROM XMLTABLE('/r/x' PASSING xml '<r><x><y>1</y></x><x/></r>' COLUMNS y text PATH 'y' DEFAULT pg_temp.broken_html());
SELECT * FROM pg_temp.parts_of($$
    SELECT * FROM XMLTABLE('/r/x' PASSING xml '<r><x/></r>' COLUMNS y text PATH 'y' DEFAULT (webwrap.xpath('<p>', '//p['))[1]) $$);
SELECT xpath('/r/x/text()', '<r><x>1</x></r>'::xml), xml_is_well_formed('<r>');

-- Every stage can be cancelled: the session goes on. Each input would run for minutes.
\set VERBOSITY sqlstate
SET webwrap.max_xpath_operations = 2147483647;
SET webwrap.max_match_cells = 2147483647;
SET statement_timeout = '50ms';
-- parse
SELECT sum(cardinality(webwrap.xpath(repeat('<p class="a"><b>x</b> y', 200000) || i, 'count(//p)'))) FROM generate_series(1, 10000) i;
-- select
SELECT webwrap.xpath(repeat('<p>x</p>', 20000), '//p[count(preceding::p[. = following::p]) > 1]');
-- match
SELECT webwrap.simple_tree_matching('<r>' || string_agg(format('<x><a%s/></x>', i), '') || '</r>',
                                    '<r>' || string_agg(format('<x><b%s/></x>', i), '') || '</r>')
FROM generate_series(1, 14000) i;
-- wrap
SELECT count(*) FROM webwrap.adapt(
    (SELECT '<table>' || string_agg(format('<tr><td class="a%s">%s</td><td>%s</td></tr>', i % 7, md5(i::text), i), '') || '</table>' FROM generate_series(1, 5000) i),
    '//td', 
    (SELECT '<ul>' || string_agg(format('<li><b>%s</b><i class="b%s">%s</i></li>', i, i % 5, md5(i::text)), '') || '</ul>' FROM generate_series(1, 5000) i));
SELECT count(*) FROM webwrap.verify(repeat('<p>x</p>', 20000), '{"rows": {"xpath": "//p"}, "columns": {"a": {"xpath": "count(preceding::p[. = following::p])"}}}');
RESET statement_timeout;
RESET webwrap.max_xpath_operations;
RESET webwrap.max_match_cells;
SELECT webwrap.xpath('<p>and it goes on', '//p');
