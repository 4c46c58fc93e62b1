CREATE TYPE webwrap.response AS (
    url text,
    final_url text,
    status int,
    headers jsonb,
    content_type text,
    charset text,
    body bytea,
    html text,
    fetched_at timestamptz,
    elapsed_ms float8,
    from_cache bool,
    error text
);
COMMENT ON TYPE webwrap.response IS
'One HTTP response. headers: object by lower-case name, each an array of its values in order of arrival. body: after '
'content decoding. html: the body as text, NULL when the media type is no text. error: only fetch_many fills it, with '
'all of the response NULL but url.';

CREATE FUNCTION webwrap.fetch(url text, options jsonb DEFAULT '{}') RETURNS webwrap.response
    AS 'MODULE_PATHNAME', 'webwrap_fetch'
    LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED COST 100000;
REVOKE ALL ON FUNCTION webwrap.fetch(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.fetch(text, jsonb) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.fetch(text, jsonb) IS
'Fetches an http or https URL, following redirects. Any HTTP status is a result. options: method, headers, query, body, form, '
'json, user_agent, timeout_ms; server (a foreign server: its options and the user''s mapping), session (a cookie jar), proxy, '
'renderer, renderer_body, renderer_content_type; cache (use, reload, only, off), cache_ttl, stale_while_revalidate; '
'requests_per_second, respect_robots, max_retries. Raises 08006 on time-outs, HV00N on network failures, 42501 where the '
'address guard, robots.txt or a missing privilege refuses, 54000 at a limit, 22021 when text does not decode, 55000 when '
'webwrap.enabled is off or webwrap.offline on. For role webwrap_fetch.';

CREATE FUNCTION webwrap.fetch_many(urls text[], options jsonb DEFAULT '{}') RETURNS SETOF webwrap.response
    AS 'MODULE_PATHNAME', 'webwrap_fetch_many'
    LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED COST 100000 ROWS 10;
REVOKE ALL ON FUNCTION webwrap.fetch_many(text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webwrap.fetch_many(text[], jsonb) TO webwrap_fetch;
COMMENT ON FUNCTION webwrap.fetch_many(text[], jsonb) IS
'Fetches URLs concurrently (webwrap.max_concurrent_requests, webwrap.max_connections_per_host), one row each in '
'completion order; a failure fills the error column instead of raising. Options as in fetch. For role webwrap_fetch.';
