-- The page store: versions of pages, compressed against pages of their template.
CREATE FUNCTION pg_temp.page_of(design text, number int) RETURNS text LANGUAGE sql AS $$
    SELECT format('<html><head><title>%s %s</title></head><body class="%s">', design, number, design)
           || string_agg(format('<div class="%s-%s"><%s class="x%s">%s</%s></div>', design, chr(96 + i % 26 + 1),
                                CASE design WHEN 'old' THEN 'p' ELSE 'span' END, i / 26, md5(design || i),
                                CASE design WHEN 'old' THEN 'p' ELSE 'span' END), '' ORDER BY i)
           || format('<h1>%s</h1></body></html>', md5(number::text))
    FROM generate_series(1, 200) i;
$$;
CREATE TEMP TABLE sample AS
SELECT design, number, 'https://Site.example/' || design || '/' || number AS url, pg_temp.page_of(design, number) AS html,
       timestamptz '2024-01-01' + (design = 'new')::int * interval '1 year' + number * interval '1 day' AS fetched_at
FROM unnest(ARRAY['old', 'new']) design, generate_series(1, 4) number;
SELECT count(webwrap.store_html(url, html, fetched_at)) AS stored
FROM (SELECT * FROM sample ORDER BY fetched_at) s;

-- What went in comes out; each design has its template, whose first page is the prefix of the others.
SELECT count(*) AS pages, count(*) FILTER (WHERE p.html = s.html) AS same_html,
       count(*) FILTER (WHERE p.body = convert_to(s.html, 'UTF8')) AS same_body,
       count(DISTINCT p.template) AS templates, min(p.site) AS site, min(p.owner) = current_user AS is_mine,
       min(p.status) AS status, min(p.content_type) AS content_type, bool_and(p.size_bytes = octet_length(p.html)) AS says_size
FROM webwrap.page p JOIN sample s USING (url, fetched_at);
SELECT s.design, b.prefix_hash IS NULL AS is_prefix, count(*), bool_and(octet_length(b.bytes) < 1000) AS is_small
FROM sample s JOIN webwrap.page p USING (url, fetched_at) JOIN webwrap.body b ON b.hash = p.body_hash
GROUP BY s.design, 2 ORDER BY 1, 2;

-- Versions: an unchanged page takes no body of its own, a version is replaced, the newest is the latest.
SELECT count(*) AS bodies FROM webwrap.body \gset before_
SELECT webwrap.store_html(url, html, '2026-01-01') IS NOT NULL AS stored FROM sample WHERE design = 'old' AND number = 1;
SELECT count(*) - :before_bodies AS new_bodies FROM webwrap.body;
SELECT webwrap.store_html('https://site.example/v', 'first', '2024-01-01') = webwrap.store_html('https://site.example/v', 'second', '2024-01-01') AS same_key;
SELECT webwrap.store_html('https://site.example/v', 'third', '2024-01-02') IS NOT NULL AS stored;
SELECT fetched_at, html FROM webwrap.page WHERE url = 'https://site.example/v' ORDER BY fetched_at;
SELECT fetched_at, html FROM webwrap.latest_page WHERE url = 'https://site.example/v';
-- Nothing is read but what is asked for.
BEGIN;
UPDATE webwrap.body SET bytes = '' WHERE hash = (SELECT body_hash FROM webwrap.page WHERE html = 'second');
SELECT url, size_bytes FROM webwrap.page WHERE url = 'https://site.example/v' ORDER BY fetched_at;
SELECT html FROM webwrap.latest_page WHERE url = 'https://site.example/v';
SELECT count(html) > 0 AS latest FROM webwrap.latest_page;
SELECT html FROM webwrap.page WHERE url = 'https://site.example/v' ORDER BY fetched_at;
ROLLBACK;

-- Any bytes, encodings, statuses and names.
SELECT webwrap.store_page('https://site.example/latin', convert_to('<p>é', 'LATIN1'), 'text/html; charset=iso-8859-1', '', '2024-01-01') IS NOT NULL AS latin,
       webwrap.store_page('https://site.example/image', '\x89504e470d0a1a0a00ff', 'image/png', '', '2024-01-01', 200, '{"etag": ["x"]}') IS NOT NULL AS image,
       webwrap.store_page('https://site.example/gone', '', 'text/html', '', '2024-01-01', 410) IS NOT NULL AS empty,
       webwrap.store_page('no url at all', 'text', 'text/plain', '', '2024-01-01') IS NOT NULL AS no_url;
SELECT url, site, status, content_type, html, octet_length(body) AS size, headers FROM webwrap.page
WHERE url ~ '(latin|image|gone|all)$' ORDER BY url COLLATE "C";
SELECT webwrap.page_body('\x00') AS no_such_body, webwrap.page_html('\x00') AS no_such_page;
SELECT webwrap.store_page(NULL, 'x');
SELECT webwrap.store_page('https://site.example/', NULL);
SELECT webwrap.store_page('https://site.example/bad', '\xff'::bytea, 'text/html', 'utf-8');
SELECT webwrap.store_html('https://site.example/', 'x', owner => 'nobody_at_all');

-- Recompressed: fewer bytes, the same pages, and nothing left to do.
SELECT sum(octet_length(bytes)) AS bytes FROM webwrap.body \gset before_
SELECT webwrap.page_recompress(3) AS some, webwrap.page_recompress() AS rest, webwrap.page_recompress() AS nothing;
SELECT sum(octet_length(bytes)) < :before_bytes AS is_smaller FROM webwrap.body;
SELECT min(level), max(level) FROM webwrap.body b JOIN webwrap.stored_page p ON p.body_hash = b.hash;
SELECT count(*) AS pages, count(*) FILTER (WHERE p.html = s.html) AS same_html, count(DISTINCT p.template) AS templates
FROM webwrap.page p JOIN sample s USING (url, fetched_at);
SELECT webwrap.page_recompress(1, 0);
-- A level can be had again, and a page that came later finds its template.
SELECT webwrap.store_html('https://site.example/old/9', pg_temp.page_of('old', 9), '2024-02-01') IS NOT NULL AS stored;
SELECT webwrap.page_recompress(1, 22) AS packed;
SELECT b.level, b.prefix_hash IS NOT NULL AS has_prefix, p.template = other.template AS same_template
FROM webwrap.page p JOIN webwrap.body b ON b.hash = p.body_hash,
     (SELECT template FROM webwrap.page WHERE url = 'https://Site.example/old/1' LIMIT 1) other
WHERE p.url = 'https://site.example/old/9';

-- Pages that began as prefixes of their own are joined when it pays.
SELECT count(webwrap.store_html('https://join.example/' || number, pg_temp.page_of('old', 100 + number), timestamptz '2024-01-01' + number * interval '1 day'))
FROM generate_series(1, 3) number;
UPDATE webwrap.stored_page SET template = NULL WHERE site = 'join.example';
DELETE FROM webwrap.page_template WHERE site = 'join.example';
SELECT webwrap.page_recompress() AS packed;
SELECT count(DISTINCT p.template) AS templates, count(*) FILTER (WHERE b.prefix_hash IS NULL) AS prefixes,
       count(*) FILTER (WHERE p.html = pg_temp.page_of('old', 100 + right(p.url, 1)::int)) AS same_html
FROM webwrap.page p JOIN webwrap.body b ON b.hash = p.body_hash WHERE p.site = 'join.example';

-- A prefix has none itself, whoever writes the table, and stays as long as it is used.
UPDATE webwrap.body b SET prefix_hash = (SELECT hash FROM webwrap.body WHERE prefix_hash IS NOT NULL ORDER BY hash LIMIT 1)
WHERE hash = webwrap.store_body('on its own');
SELECT count(*) > 0 AS refused FROM webwrap.body later WHERE EXISTS
    (SELECT FROM webwrap.body b WHERE b.hash = later.prefix_hash AND b.prefix_hash IS NOT NULL);
SELECT count(*) AS bodies FROM webwrap.body \gset before_
SELECT webwrap.delete_pages('https://join.example/2') AS deleted;
SELECT webwrap.delete_pages('https://join.example/%') AS deleted, webwrap.delete_pages('https://join.example/%') AS again;
SELECT :before_bodies - count(*) AS dropped_bodies FROM webwrap.body;
SELECT count(*) AS templates_left FROM webwrap.page_template WHERE site = 'join.example';
SELECT webwrap.delete_pages('https://Site.example/old/%', '2024-01-02 12:00') AS deleted_prefix;
SELECT count(*) AS readable FROM webwrap.page p JOIN sample s USING (url, fetched_at) WHERE p.html = s.html;

-- Retention.
INSERT INTO webwrap.page_policy (owner, url_pattern, keep_versions) VALUES (current_user, '%/v', 1);
SELECT webwrap.page_trim() AS trimmed;
SELECT html FROM webwrap.page WHERE url = 'https://site.example/v';
INSERT INTO webwrap.page_policy (url_pattern, keep_for) VALUES ('%/old/%', '1 minute');
SELECT webwrap.page_trim() AS trimmed, (SELECT count(*) FROM webwrap.page WHERE url LIKE '%/old/%') AS before_statement;
SELECT count(*) AS left_of_old FROM webwrap.page WHERE url LIKE '%/old/%';
INSERT INTO webwrap.page_policy (url_pattern, max_bytes) VALUES ('%/new/%', 0);
SELECT webwrap.page_trim() AS trimmed;
SELECT url FROM webwrap.page ORDER BY url COLLATE "C";
SELECT count(*) AS bodies_without_page FROM webwrap.body b
WHERE NOT EXISTS (SELECT FROM webwrap.stored_page p WHERE p.body_hash = b.hash)
  AND NOT EXISTS (SELECT FROM webwrap.page_template t WHERE t.prefix_hash = b.hash);
DELETE FROM webwrap.page_policy;
INSERT INTO webwrap.page_policy (keep_versions) VALUES (0);

-- Whose pages: a role sees its own, those of its groups and those of public.
CREATE ROLE page_alice;
CREATE ROLE page_bob;
CREATE ROLE page_team;
GRANT page_team TO page_alice, page_bob;
GRANT webwrap_fetch TO page_alice, page_bob;
SET ROLE page_alice;
SELECT webwrap.store_html('https://a.example/', 'alice', '2024-01-01') IS NOT NULL AS own,
       webwrap.store_html('https://a.example/', 'team', '2024-01-01', 'page_team') IS NOT NULL AS of_team,
       webwrap.store_html('https://a.example/', 'all', '2024-01-01', 'public') IS NOT NULL AS of_all;
SELECT webwrap.store_html('https://a.example/', 'x', '2024-01-01', 'page_bob');
SELECT encode(key, 'hex') AS key FROM webwrap.page WHERE owner = 'page_alice' \gset
SELECT owner, html FROM webwrap.page ORDER BY owner;
SET ROLE page_bob;
SELECT webwrap.store_html('https://a.example/', 'alice', '2024-01-01') IS NOT NULL AS same_body_as_alice;
SELECT owner, html FROM webwrap.page ORDER BY owner;
SELECT owner, html FROM webwrap.latest_page ORDER BY owner;
SELECT webwrap.store_html('https://a.example/', 'all', '2024-01-01', 'public') IS NOT NULL AS the_same_again;
SELECT webwrap.store_html('https://a.example/', 'forged', '2024-01-01', 'public');
SELECT webwrap.page_html(decode(:'key', 'hex')) AS html_of_alice, webwrap.page_body(decode(:'key', 'hex')) AS body_of_alice;
SELECT webwrap.delete_pages() AS deleted;
SELECT count(*) FROM webwrap.stat_page;
SELECT count(*) FROM webwrap.stored_page;
SELECT webwrap.page_recompress();
SELECT webwrap.page_trim();
-- A function of the reader meets no rows of others.
CREATE FUNCTION pg_temp.peep(url text, owner text) RETURNS bool LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN RAISE NOTICE 'saw a page of %', owner; RETURN true; END $$;
SELECT url FROM webwrap.page WHERE pg_temp.peep(url, owner);
DROP FUNCTION pg_temp.peep;
RESET ROLE;
CREATE ROLE page_carol;
SET ROLE page_carol;
SELECT owner, html FROM webwrap.page;
SELECT webwrap.store_html('https://a.example/', 'x');
SELECT webwrap.capture('http://a.example/');
RESET ROLE;
SELECT owner, site, pages, urls, unpacked FROM webwrap.stat_page WHERE owner ~ '^(page_|public)' ORDER BY owner;
-- The pages of a role that is gone are for superusers.
REVOKE webwrap_fetch FROM page_alice, page_bob;
DROP ROLE page_alice, page_bob, page_team, page_carol;
SELECT owner, html FROM webwrap.page WHERE site = 'a.example' ORDER BY owner;
SELECT webwrap.delete_pages() > 0 AS deleted;
