\echo Use "CREATE EXTENSION webwrap" to load this file. \quit

DO $$
BEGIN
    IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'feature_not_supported',
            MESSAGE = pg_catalog.format('webwrap needs a database with encoding UTF8, this one has %s',
                                        pg_catalog.getdatabaseencoding()),
            HINT = 'Create one with CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0.';
    END IF;
    -- Roles belong to the cluster: another database may have made it already.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'webwrap_fetch') THEN
        CREATE ROLE webwrap_fetch NOLOGIN;
        COMMENT ON ROLE webwrap_fetch IS 'may use the network through webwrap';
    END IF;
END
$$;

-- Made here, not by the control file, so that it belongs to the extension: DROP EXTENSION takes it along, and a schema of
-- this name that somebody else has made before is an error, not a place where they could add functions to ours.
CREATE SCHEMA webwrap;
COMMENT ON SCHEMA webwrap IS 'web pages as tables that repair themselves';
GRANT USAGE ON SCHEMA webwrap TO PUBLIC;
