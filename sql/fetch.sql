-- Refusals of fetch that no server is needed for: nothing here leaves the machine.
CREATE FUNCTION pg_temp.error_of(statement text)
    RETURNS TABLE (state text, message text, detail text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    message := 'no error';
    RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;

-- Addresses that are not public, however they are written. Port 9 stands for a service that must not be reached.
SELECT url, error.*
FROM unnest(ARRAY[
         'http://127.0.0.1/', 'http://127.0.0.1:9/', 'https://127.0.0.1/', 'http://127.1/', 'http://2130706433/',
         'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.0.0.1./', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/',
         'http://[::ffff:7f00:1]/', 'http://[::127.0.0.1]/', 'http://[64:ff9b::127.0.0.1]/', 'http://[2002:7f00:1::]/',
         'http://0.0.0.0/', 'http://[::]/', 'http://10.1.2.3/', 'http://172.16.0.1/', 'http://192.168.0.1/',
         'http://100.64.0.1/', 'http://169.254.169.254/latest/meta-data/', 'http://[fe80::1]/', 'http://[fd00:ec2::254]/',
         'http://224.0.0.1/', 'http://255.255.255.255/', E'http://127\u30020.0.1/', E'http://\uff11\uff12\uff17.0.0.1/'
     ]) WITH ORDINALITY AS u (url, ordinal),
     pg_temp.error_of(format('SELECT webwrap.fetch(%L)', url)) AS error
ORDER BY ordinal;

-- URLs that are none, or none of ours.
SELECT error.*
FROM unnest(ARRAY[
         'ftp://example.org/', 'file:///etc/passwd', 'gopher://example.org/', 'javascript:alert(1)', 'example.org', '', '/a',
         'http://', 'http://user:secret@example.org/', 'http://user@example.org/', 'http://example.org:99999/',
         'http://exa mple.org/', 'http://[::1/', 'http://1.2.3.4.5/', E'http://example.org/\r\nX: y'
     ]) WITH ORDINALITY AS u (url, ordinal),
     pg_temp.error_of(format('SELECT webwrap.fetch(%L)', url)) AS error
ORDER BY ordinal;

-- Options.
SELECT options, error.*
FROM unnest(ARRAY['{"metod": "GET"}', '[]', '"x"', '{"method": 1}', '{"method": "GE T"}', '{"headers": []}',
                  '{"headers": {"a": 1}}', '{"headers": {"a b": "c"}}', '{"headers": {"a": "c\r\nX: y"}}',
                  '{"timeout_ms": 0}', '{"timeout_ms": "1s"}', '{"timeout_ms": 1.5}', '{"body": 1}', '{"user_agent": null}',
                  '{"user_agent": "a\nb"}'
     ]::jsonb[]) WITH ORDINALITY AS o (options, ordinal),
     pg_temp.error_of(format('SELECT webwrap.fetch(%L, %L)', 'http://127.0.0.1:9/', options)) AS error
ORDER BY ordinal;

-- NULL arguments fetch nothing.
SELECT webwrap.fetch(NULL) IS NULL AS fetch_of_null;
SELECT count(*) FROM webwrap.fetch_many(NULL);
SELECT count(*) FROM webwrap.fetch_many('{}');
SELECT error.* FROM pg_temp.error_of($$ SELECT webwrap.fetch_many(ARRAY['http://127.0.0.1:9/', NULL]) $$) AS error;
SELECT error.* FROM pg_temp.error_of($$ SELECT webwrap.fetch_many(ARRAY['http://127.0.0.1:9/'], '{"metod": "GET"}') $$) AS error;

-- fetch_many turns failures into rows.
SELECT url, final_url, status, headers, content_type, charset, body, html, fetched_at, elapsed_ms, from_cache, error
FROM webwrap.fetch_many(ARRAY['http://127.0.0.1:9/', 'ftp://example.org/', 'http://[::1]:9/'])
ORDER BY url;

-- An allowed network allows that network only.
SET webwrap.allowed_networks = '10.0.0.0/8';
SELECT error.* FROM pg_temp.error_of($$ SELECT webwrap.fetch('http://127.0.0.1:9/') $$) AS error;
RESET webwrap.allowed_networks;

-- The switch.
SET webwrap.enabled = off;
SELECT error.*
FROM unnest(ARRAY[$$ SELECT webwrap.fetch('http://127.0.0.1:9/') $$,
                  $$ SELECT webwrap.fetch_many(ARRAY['http://127.0.0.1:9/']) $$]) AS s (statement),
     pg_temp.error_of(statement) AS error;
RESET webwrap.enabled;

-- Who may use the network, and who may change what the network is.
CREATE ROLE regress_webwrap_reader;
CREATE ROLE regress_webwrap_fetcher IN ROLE webwrap_fetch;
SET ROLE regress_webwrap_reader;
SELECT webwrap.fetch('http://127.0.0.1:9/');
SELECT * FROM webwrap.fetch_many(ARRAY['http://127.0.0.1:9/']);
RESET ROLE;
SET ROLE regress_webwrap_fetcher;
SELECT webwrap.fetch('http://127.0.0.1:9/');
SET webwrap.enabled = off;
SET webwrap.allowed_networks = '0.0.0.0/0';
SELECT set_config('webwrap.allowed_networks', '0.0.0.0/0', true);
SET webwrap.max_page_size = '1MB';
RESET ROLE;
DROP ROLE regress_webwrap_reader, regress_webwrap_fetcher;
