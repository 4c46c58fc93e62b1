-- Pages grouped by template.
CREATE FUNCTION pg_temp.page_of(template int, number int) RETURNS text LANGUAGE sql AS $$
    SELECT format('<!doctype html><title>%s</title><main class="page-%s">', number, number)
           || string_agg(format('<section class="s%s"><p class="%s">%s</p></section>', chr(97 + i),
                                chr(97 + template) || chr(97 + (i * 7 + template) % 26), md5(number::text || i)), '' ORDER BY i)
           || repeat('<ul class="list"><li>row', number)
    FROM generate_series(1, 20) i;
$$;
CREATE TEMP TABLE sample AS
SELECT 'https://site.example/' || number AS url, number % 5 AS template, pg_temp.page_of(number % 5, number) AS html, number
FROM generate_series(1, 100) number;
SELECT count(*) AS pages, count(DISTINCT cluster) AS clusters, count(DISTINCT representative) AS representatives,
       bool_and(similarity BETWEEN .5 AND 1) AS are_similar, min(ordinal), max(ordinal)
FROM webwrap.template_clusters('SELECT url, html FROM sample ORDER BY number');
SELECT c.cluster, min(c.representative) AS representative, min(s.template) AS template, max(s.template) AS also, count(*)
FROM webwrap.template_clusters('SELECT url, html FROM sample ORDER BY number') c JOIN sample s USING (url)
GROUP BY 1 ORDER BY 1;
-- What differs is the words, the numbers in classes and the number of rows; identical markup is of similarity 1.
SELECT * FROM webwrap.template_clusters($$VALUES ('a', '<ul class="x1"><li>1</ul>'), ('b', '<ul class="x2"><li>2<li>3</ul>'),
    ('c', '<ol class="x"><li>1</ol>'), ('d', NULL), (NULL, ''), ('e', '<ul class=x><li>4')$$);
SELECT count(DISTINCT cluster) AS strict FROM webwrap.template_clusters($$VALUES ('a', '<p>'), ('b', '<p><b>')$$, 1);
SELECT count(*) AS none FROM webwrap.template_clusters('SELECT url, html FROM sample WHERE false');
SELECT count(*) AS strict FROM webwrap.template_clusters(NULL);
-- Other types that are text, too.
SELECT count(*) FROM webwrap.template_clusters($$SELECT 'a'::varchar(5), '<p>'::varchar$$);

SELECT webwrap.template_clusters('SELECT url FROM sample');
SELECT webwrap.template_clusters('SELECT url, number FROM sample');
SELECT webwrap.template_clusters('CREATE TABLE x ()');
SELECT webwrap.template_clusters('SELECT 1, 2; SELECT 3, 4');
SELECT webwrap.template_clusters('SELECT url, no_column FROM sample');
SELECT webwrap.template_clusters('SELECT url, html FROM sample', 1.5);
SELECT webwrap.template_clusters('SELECT url, html FROM sample', max_clusters => 0);
SELECT webwrap.template_clusters('SELECT url, html FROM sample', max_clusters => 3);
SET webwrap.max_nodes = 20;
SELECT webwrap.template_clusters('SELECT url, html FROM sample ORDER BY number');
RESET webwrap.max_nodes;

-- The query cannot write, not even through functions; afterwards the transaction can, also after an error.
CREATE TABLE written (url text);
CREATE FUNCTION pg_temp.write(url text) RETURNS text LANGUAGE sql AS 'INSERT INTO written VALUES ($1) RETURNING url';
SELECT webwrap.template_clusters($$INSERT INTO written VALUES ('x') RETURNING url, url$$);
SELECT webwrap.template_clusters($$SELECT pg_temp.write('x'), '<p>'$$);
DO $$
BEGIN
    PERFORM webwrap.template_clusters('SELECT pg_temp.write(''x''), ''<p>''');
EXCEPTION WHEN read_only_sql_transaction THEN
    INSERT INTO written VALUES ('after the error');
END
$$;
BEGIN;
SELECT count(*) FROM webwrap.template_clusters($$SELECT 'a', '<p>'$$);
INSERT INTO written VALUES ('after');
COMMIT;
SELECT * FROM written ORDER BY url;
BEGIN READ ONLY;
SELECT count(*) FROM webwrap.template_clusters($$SELECT 'a', '<p>'$$);
INSERT INTO written VALUES ('never');
ROLLBACK;
DROP TABLE written;

-- It reads as the caller.
CREATE ROLE cluster_reader;
CREATE TABLE secret AS SELECT 'u'::text AS url, '<p>'::text AS html;
SET ROLE cluster_reader;
SELECT webwrap.template_clusters('SELECT url, html FROM secret');
RESET ROLE;
DROP TABLE secret;
DROP ROLE cluster_reader;
