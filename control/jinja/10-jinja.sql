\echo Use "CREATE EXTENSION webwrap_jinja CASCADE" to load this file. \quit

DO LANGUAGE plpython3u $python$
try:
    import jinja2
except ImportError:
    plpy.error('webwrap_jinja needs Jinja2 in the Python of the server', sqlstate='0A000', hint='Install python3-jinja2.')
$python$;

-- The Python modules of src/jinja, which the build puts in; a session loads them once.
CREATE FUNCTION webwrap.jinja_source() RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
AS $source$
SELECT pg_catalog.jsonb_build_array(
@SOURCES@)
$source$;
COMMENT ON FUNCTION webwrap.jinja_source() IS 'The modules that webwrap.render runs: an array of name and Python source.';

CREATE TABLE webwrap.dataset (
    id int PRIMARY KEY,
    name text NOT NULL,
    relation regclass,
    sql text,
    columns text[] NOT NULL,
    metrics jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
    CHECK (num_nonnulls(relation, sql) = 1)
);
COMMENT ON TABLE webwrap.dataset IS
'What dataset(id) and metric(name, id) mean in templates, as the datasets of a Superset. Whoever writes here writes SQL for '
'everyone who renders.';
COMMENT ON COLUMN webwrap.dataset.id IS 'number of the dataset in Superset';
COMMENT ON COLUMN webwrap.dataset.name IS 'for messages';
COMMENT ON COLUMN webwrap.dataset.relation IS 'table of a physical dataset';
COMMENT ON COLUMN webwrap.dataset.sql IS 'query of a virtual dataset; may be a template';
COMMENT ON COLUMN webwrap.dataset.columns IS 'names of its columns, in order';
COMMENT ON COLUMN webwrap.dataset.metrics IS 'expressions by name: {"total": "SUM(gross)"}; may be templates';
GRANT SELECT ON webwrap.dataset TO PUBLIC;

CREATE TABLE webwrap.saved_query (
    name text PRIMARY KEY,
    template text NOT NULL,
    context jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(context) = 'object'),
    owner regrole NOT NULL DEFAULT current_user::text::regrole,
    description text NOT NULL DEFAULT ''
);
COMMENT ON TABLE webwrap.saved_query IS
'Templated queries by name, which run with the rights of who calls them. Everyone may read them. Who is granted INSERT, UPDATE or '
'DELETE may write those of roles that they are a member of.';
COMMENT ON COLUMN webwrap.saved_query.name IS 'what webwrap.saved_rows and webwrap.refresh_saved call it';
COMMENT ON COLUMN webwrap.saved_query.template IS 'one SELECT, with Jinja';
COMMENT ON COLUMN webwrap.saved_query.context IS 'default context: parameters of the author, which a call''s context replaces by key';
COMMENT ON COLUMN webwrap.saved_query.owner IS 'role whose members may change it';
COMMENT ON COLUMN webwrap.saved_query.description IS 'for people';
GRANT SELECT ON webwrap.saved_query TO PUBLIC;
ALTER TABLE webwrap.saved_query ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON webwrap.saved_query FOR SELECT USING (true);
CREATE POLICY owner_writes ON webwrap.saved_query USING (pg_has_role(owner, 'USAGE')) WITH CHECK (pg_has_role(owner, 'USAGE'));

SELECT pg_catalog.pg_extension_config_dump('webwrap.dataset', '');
SELECT pg_catalog.pg_extension_config_dump('webwrap.saved_query', '');

CREATE FUNCTION webwrap.jinja_outcome(template text, context jsonb, parameters jsonb) RETURNS jsonb
LANGUAGE plpython3u STABLE STRICT PARALLEL UNSAFE COST 20000
AS $python$
if GD.get('webwrap_jinja') != '@DIGEST@':
    import json
    import sys
    import types
    for name in [name for name in sys.modules if name.partition('.')[0] == 'webwrap_jinja']:
        del sys.modules[name]
    package = sys.modules['webwrap_jinja'] = types.ModuleType('webwrap_jinja')
    package.__path__ = []
    for name, source in json.loads(plpy.execute('SELECT webwrap.jinja_source() AS source')[0]['source']):
        module = sys.modules['webwrap_jinja.' + name] = types.ModuleType('webwrap_jinja.' + name)
        setattr(package, name, module)
        exec(compile(source, f'<webwrap_jinja.{name}>', 'exec'), module.__dict__)
    GD['webwrap_jinja'], GD['webwrap_jinja.run'] = '@DIGEST@', sys.modules['webwrap_jinja.plpython'].run
return GD['webwrap_jinja.run'](plpy, template, context, parameters)
$python$;
COMMENT ON FUNCTION webwrap.jinja_outcome(text, jsonb, jsonb) IS
'What rendering a template comes to: sql, or sqlstate, message and hint of the error that webwrap.render raises.';

CREATE FUNCTION webwrap.render(template text, context jsonb DEFAULT '{}', parameters jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE COST 20000
AS $$
DECLARE
    -- Python's own errors would carry a prefix and a traceback.
    outcome jsonb := webwrap.jinja_outcome(template, context, parameters);
    error record;
BEGIN
    IF pg_catalog.jsonb_exists(outcome, 'sqlstate') THEN
        SELECT * INTO error FROM pg_catalog.jsonb_to_record(outcome) AS r(sqlstate pg_catalog.text, message pg_catalog.text,
                                                                          hint pg_catalog.text);
        IF error.hint OPERATOR(pg_catalog.=) '' THEN
            RAISE EXCEPTION USING ERRCODE = error.sqlstate, MESSAGE = error.message;
        END IF;
        RAISE EXCEPTION USING ERRCODE = error.sqlstate, MESSAGE = error.message, HINT = error.hint;
    END IF;
    RETURN pg_catalog.jsonb_extract_path_text(outcome, 'sql');
END
$$;
COMMENT ON FUNCTION webwrap.render(text, jsonb, jsonb) IS
'The SQL that a Jinja template gives, with the macros, variables and filters of Superset. Strings of context are from outside: '
'quoted inside literals, an error elsewhere. Strings of parameters are the author''s. Errors: 42601 syntax, 42703 and 42883 unknown '
'names, 22023 a value where it cannot stand, 42501 what the sandbox does not have, 54000, 54001 and 53200 limits.';

CREATE FUNCTION webwrap.jinja_statement(template text, context jsonb, parameters jsonb) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL UNSAFE COST 20000
AS $$
SELECT pg_catalog.regexp_replace(webwrap.render(template, context, parameters), '[;\s]+$', '')
$$;
COMMENT ON FUNCTION webwrap.jinja_statement(text, jsonb, jsonb) IS
'webwrap.render without a semicolon at its end, to stand inside of another statement.';

CREATE FUNCTION webwrap.jinja_columns(statement text) RETURNS text[]
LANGUAGE plpython3u STABLE STRICT PARALLEL UNSAFE COST 20000
SET transaction_read_only = on
AS $python$
return plpy.execute(f'SELECT * FROM ({statement}\n) AS q LIMIT 0').colnames()
$python$;
COMMENT ON FUNCTION webwrap.jinja_columns(text) IS 'Names of the columns of a query, which is not run for it. Runs as the caller.';

CREATE FUNCTION webwrap.query(template text, context jsonb DEFAULT '{}', parameters jsonb DEFAULT '{}') RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 20000 ROWS 1000
SET transaction_read_only = on
SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN QUERY EXECUTE pg_catalog.format(E'SELECT pg_catalog.to_jsonb(q) FROM (%s\n) AS q',
                                           webwrap.jinja_statement(template, context, parameters));
END
$$;
COMMENT ON FUNCTION webwrap.query(text, jsonb, jsonb) IS
'Renders a template and gives the rows of the query, each as a JSON object. Runs as the caller, read-only.';

CREATE FUNCTION webwrap.query_as(template text, context jsonb, shape anyelement, parameters jsonb DEFAULT '{}')
RETURNS SETOF anyelement
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 20000 ROWS 1000
SET transaction_read_only = on
SET standard_conforming_strings = on
AS $$
DECLARE
    shape_type pg_catalog.regtype := pg_catalog.pg_typeof(shape);
    listed text;
    source text := '(%s' OPERATOR(pg_catalog.||) E'\n) AS q';
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.format('q.%I::%s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)), ', '
                                 ORDER BY a.attnum)
    INTO listed
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) t.typrelid
    WHERE t.oid OPERATOR(pg_catalog.=) shape_type AND t.typrelid OPERATOR(pg_catalog.<>) 0
      AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped;
    IF listed IS NULL THEN
        listed := pg_catalog.format('q.value::%s', shape_type);
        source := source OPERATOR(pg_catalog.||) '(value)';
    END IF;
    RETURN QUERY EXECUTE pg_catalog.format('SELECT %s FROM ', listed) OPERATOR(pg_catalog.||)
        pg_catalog.format(source, webwrap.jinja_statement(template, coalesce(context, '{}'), coalesce(parameters, '{}')));
END
$$;
COMMENT ON FUNCTION webwrap.query_as(text, jsonb, anyelement, jsonb) IS
'Like webwrap.query, with rows of the type of shape: of a row type each column takes the query''s column of its name, cast; of '
'another type the query''s first column is taken. SELECT * FROM webwrap.query_as(template, context, NULL::film).';

CREATE FUNCTION webwrap.find_saved(name text) RETURNS webwrap.saved_query
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 100
AS $$
DECLARE
    found_query webwrap.saved_query;
BEGIN
    SELECT * INTO found_query FROM webwrap.saved_query s WHERE s.name OPERATOR(pg_catalog.=) find_saved.name;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object',
            MESSAGE = pg_catalog.format('saved query "%s" does not exist', name),
            HINT = 'Insert it into webwrap.saved_query.';
    END IF;
    RETURN found_query;
END
$$;
COMMENT ON FUNCTION webwrap.find_saved(text) IS 'The saved query of that name; an error when there is none.';

CREATE FUNCTION webwrap.saved_rows(name text, context jsonb DEFAULT '{}') RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 20000 ROWS 1000
AS $$
DECLARE
    saved webwrap.saved_query := webwrap.find_saved(name);
BEGIN
    RETURN QUERY SELECT webwrap.query(saved.template, saved_rows.context, saved.context);
END
$$;
COMMENT ON FUNCTION webwrap.saved_rows(text, jsonb) IS 'The rows of a saved query, each as a JSON object. Runs as the caller, read-only.';

CREATE FUNCTION webwrap.saved_rows_as(name text, context jsonb, shape anyelement) RETURNS SETOF anyelement
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 20000 ROWS 1000
AS $$
DECLARE
    saved webwrap.saved_query := webwrap.find_saved(name);
BEGIN
    RETURN QUERY SELECT * FROM webwrap.query_as(saved.template, saved_rows_as.context, shape, saved.context);
END
$$;
COMMENT ON FUNCTION webwrap.saved_rows_as(text, jsonb, anyelement) IS
'The rows of a saved query with the type of shape, see webwrap.query_as. Runs as the caller, read-only.';

CREATE FUNCTION webwrap.refresh_saved(name text, target regclass, context jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000
AS $$
DECLARE
    saved webwrap.saved_query := webwrap.find_saved(name);
    kind "char" := (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) target);
    given text[];
    listed text;
    stored bigint;
BEGIN
    IF kind OPERATOR(pg_catalog.=) 'm' THEN
        RETURN webwrap.refresh_view(name, target, context);
    ELSIF kind OPERATOR(pg_catalog.<>) ALL ('{r,p}'::pg_catalog."char"[]) THEN
        RAISE EXCEPTION USING ERRCODE = 'wrong_object_type',
            MESSAGE = pg_catalog.format('%s is no table and no materialized view', target);
    END IF;
    given := webwrap.jinja_columns(webwrap.jinja_statement(saved.template, context, saved.context));
    SELECT pg_catalog.string_agg(pg_catalog.format('%I', a.attname), ', ' ORDER BY a.attnum) INTO listed
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid OPERATOR(pg_catalog.=) target AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
      AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (given);
    IF listed IS NULL OR pg_catalog.cardinality(given) OPERATOR(pg_catalog.<>)
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) target AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
          AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (given)) THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column',
            MESSAGE = pg_catalog.format('%s does not have all columns of saved query "%s"', target, name),
            DETAIL = pg_catalog.format('The query gives %s.', pg_catalog.array_to_string(given, ', '));
    END IF;
    -- Who reads goes on with the old rows until the commit; another refresh waits.
    EXECUTE pg_catalog.format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', target);
    EXECUTE pg_catalog.format('DELETE FROM %s', target);
    -- The source is typed by the table: the query's columns are cast, the others are left to their defaults.
    EXECUTE pg_catalog.format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM webwrap.query_as($1, $2, NULL::%1$s, $3) AS q', target,
                              listed)
    USING pg_catalog.format(E'SELECT %s FROM (%s\n) AS q', (
              SELECT pg_catalog.string_agg(CASE WHEN a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (given)
                                                THEN pg_catalog.format('q.%I', a.attname)
                                                ELSE pg_catalog.format('NULL AS %I', a.attname) END, ', ' ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute a
              WHERE a.attrelid OPERATOR(pg_catalog.=) target AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped),
              pg_catalog.regexp_replace(saved.template, '[;\s]+$', '')), context, saved.context;
    GET DIAGNOSTICS stored = ROW_COUNT;
    RETURN stored;
END
$$;
COMMENT ON FUNCTION webwrap.refresh_saved(text, regclass, jsonb) IS
'Replaces the rows of a table by those of a saved query, in the caller''s transaction, and returns their number. Columns are matched by '
'name; the table''s others get their defaults. Its privileges, indexes and views stay; readers are not blocked. A materialized view '
'over webwrap.saved_rows_as is refreshed, concurrently where it has a unique index.';

CREATE FUNCTION webwrap.refresh_view(name text, target regclass, context jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE COST 100000
AS $$
DECLARE
    is_concurrent bool;
    stored bigint;
BEGIN
    IF context OPERATOR(pg_catalog.<>) '{}' THEN
        RAISE EXCEPTION USING ERRCODE = 'feature_not_supported',
            MESSAGE = pg_catalog.format('the context of materialized view %s is in its definition', target),
            HINT = 'Refresh it without one, or refresh a table.';
    END IF;
    IF pg_catalog.strpos(pg_catalog.pg_get_viewdef(target), pg_catalog.concat('webwrap.saved_rows_as(',
                         pg_catalog.quote_literal(name), '::text')) OPERATOR(pg_catalog.=) 0
       AND pg_catalog.strpos(pg_catalog.pg_get_viewdef(target), pg_catalog.concat('webwrap.saved_rows(',
                             pg_catalog.quote_literal(name), '::text')) OPERATOR(pg_catalog.=) 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = pg_catalog.format('materialized view %s is not made of saved query "%s"', target, name),
            HINT = 'Define it as SELECT * FROM webwrap.saved_rows_as(name, context, shape).';
    END IF;
    SELECT c.relispopulated AND EXISTS (SELECT FROM pg_catalog.pg_index i
        WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
          AND i.indexprs IS NULL)
    INTO is_concurrent FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) target;
    EXECUTE pg_catalog.format('REFRESH MATERIALIZED VIEW %s %s', CASE WHEN is_concurrent THEN 'CONCURRENTLY' END, target);
    EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM %s', target) INTO stored;
    RETURN stored;
END
$$;
COMMENT ON FUNCTION webwrap.refresh_view(text, regclass, jsonb) IS
'Refreshes a materialized view that is made of a saved query; webwrap.refresh_saved calls it.';
