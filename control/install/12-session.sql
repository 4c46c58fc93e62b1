CREATE FUNCTION webwrap.end_session(name text) RETURNS bool
    AS 'MODULE_PATHNAME', 'webwrap_end_session'
    LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED COST 1;
REVOKE ALL ON FUNCTION webwrap.end_session(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.end_session(text) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.end_session(text) IS
'Forgets the cookies of a session, a name that option session of fetch has made in this backend under the current role. '
'False when there is none. For role webwrap_fetch.';
