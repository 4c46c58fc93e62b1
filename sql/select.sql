-- XPath over pages as they come: not well-formed.
SELECT webwrap.xpath('<ul><li>one<li>two <b>and</b> a half</ul>', '//li') AS values,
       webwrap.xpath_html('<ul><li>one<li>two <b>and</b> a half</ul>', '//li') AS markup;
SELECT webwrap.xpath('<a href="/x?a=1&amp;b=2" title="T">t</a>', '//a/@href') AS attribute,
       webwrap.xpath_html('<a href="/x?a=1&amp;b=2" title="T">t</a>', '//a/@*') AS attributes,
       webwrap.xpath_html('<p>1 &lt; 2 &amp; 3<br>x</p>', '//p') AS escaped,
       webwrap.xpath_html('<p>1 &lt; 2</p>', '//p/text()') AS text,
       webwrap.xpath('<p>  a  b </p>', '//p') AS white_space;
-- Expressions that give no nodes.
SELECT webwrap.xpath('<p>a<p>b', 'count(//p)') AS number,
       webwrap.xpath('<p>a<p>b', '//p = "b"') AS boolean,
       webwrap.xpath('<p>a<p>b', 'concat(//p[1], "-", //p[2])') AS string,
       webwrap.xpath('<p>a<p>b', '1 div 0') AS infinite,
       webwrap.xpath('<p>a<p>b', '//q') AS nothing,
       webwrap.xpath('', '//p') AS empty_page;
-- Document order, each node once.
SELECT webwrap.xpath('<div><p>1<b>2</b></p><p>3</p></div>', '//p[2] | //b | //p | //div/p[1]');
SELECT webwrap.xpath('<ol><li>1<li>2<li>3<li>4</ol>', '//li[4]/preceding-sibling::li');
-- Text is what the page says: entities, umlauts, other scripts, an emoji, a NUL that a page cannot have in text.
SELECT webwrap.xpath('<p>Gr&uuml;&szlig;e &#x1F600; &copy; Привет 日本</p>', '//p');
SELECT webwrap.xpath('<table><tr><td>1<td>2<tr><td>3</table>', '//table//tr/td') AS cells;
-- Comments, scripts and styles are no elements with children.
SELECT webwrap.xpath('<!-- <p>no</p> --><script>var a = "<p>no</p>";</script><p>yes</p>', '//p');
SELECT webwrap.xpath(NULL, '//p') AS no_page, webwrap.xpath('<p>', NULL) AS no_path;
-- Broken markup is still a page.
SELECT webwrap.xpath('<p>a</b></div><p <p>b</p>&nope; &#0; <', 'count(//p) > 1');
SELECT webwrap.xpath('plain text', 'string(/)'), webwrap.xpath('<?xml version="1.0"?><r><x>1</x></r>', '//x');

-- Links.
SELECT * FROM webwrap.links(
    '<a href="b.html?q=1#part"> one <b>two</b></a><a href="//cdn.example.org/x" rel="NoFollow  UGC">cdn</a>
     <a href="mailto:a@example.org">m</a><a href="javascript:void(0)">j</a><a name="x">no href</a><a href="#top">same page</a>
     <map><area href="/area" alt="an area"></map><a href="http://[bad/">bad</a><a href=" ../up ">up</a>',
    'https://example.org/dir/page.html');
SELECT url FROM webwrap.links('<base href="/other/"><a href="x">x</a>', 'https://example.org/dir/page.html');
SELECT count(*) FROM webwrap.links('', 'https://example.org/');

-- CSS selectors: values as xpath gives them.
SELECT webwrap.css('<ul id=u><li class="a b">one<li>two <b>x</b></ul><p>three', 'li') AS type,
       webwrap.css('<ul id=u><li class="a b">one<li>two <b>x</b></ul><p>three', '.b') AS class,
       webwrap.css('<ul id=u><li class="a b">one<li>two <b>x</b></ul><p>three', '#u > li:not(.a)') AS child,
       webwrap.css('<ul id=u><li class="a b">one<li>two <b>x</b></ul><p>three', 'p, li:has(b)') AS list,
       webwrap.css('<ul id=u><li class="a b">one<li>two <b>x</b></ul><p>three', 'ul ~ p') AS sibling,
       webwrap.css('<ul id=u><li class="a b">one<li>two <b>x</b></ul><p>three', 'em') AS nothing;
SELECT selector, webwrap.css('<div lang=en-GB><a href="/x.html" rel=NEXT>next</a><a>none</a><p> a </p><p></p><input disabled value=v></div>',
                             selector) AS selected
FROM unnest(ARRAY['[href$=".html"]', '[rel=next]', '[rel=next s]', ':any-link', 'a:nth-child(2)', 'a:last-of-type', 'p:empty',
                  'p:nth-of-type(odd)', ':lang(en) > a:first-child', 'a + a', 'INPUT:disabled', ':is(p, a):not([href])']) AS selector;
SELECT webwrap.css(NULL, 'p') AS no_page, webwrap.css('<p>', NULL) AS no_selector, webwrap.css('', 'p') AS empty_page;

-- Errors.
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
SELECT error.*
FROM unnest(ARRAY[
         $$ SELECT webwrap.xpath('<p>', '//p[') $$,
         $$ SELECT webwrap.xpath('<p>', '') $$,
         $$ SELECT webwrap.xpath('<p>', '//p[nope()]') $$,
         $$ SELECT webwrap.xpath('<p>', '//x:p') $$,
         $$ SELECT webwrap.xpath('<p>', '$variable') $$,
         $$ SELECT webwrap.xpath_html('<p>', '///') $$,
         $$ SELECT webwrap.css('<p>', '') $$,
         $$ SELECT webwrap.css('<p>', 'p >') $$,
         $$ SELECT webwrap.css('<p>', 'p:hover') $$,
         $$ SELECT webwrap.css('<p>', 'p::before') $$,
         $$ SELECT webwrap.css('<p>', 'p:nope') $$,
         $$ SELECT webwrap.css('<p>', 'svg|p') $$,
         $$ SELECT webwrap.links('<a href="x">', 'no url') $$
     ]) WITH ORDINALITY AS s (statement, ordinal),
     pg_temp.error_of(statement) AS error
ORDER BY ordinal;

-- Limits name their settings.
SET webwrap.max_nodes = 50;
SELECT webwrap.xpath(repeat('<p>x', 100), '//p');
RESET webwrap.max_nodes;
SET webwrap.max_document_memory = '64kB';
SELECT webwrap.xpath(repeat('<p>x</p>', 10000), '//p');
RESET webwrap.max_document_memory;
SET webwrap.max_xpath_operations = 1000;
SELECT webwrap.xpath(repeat('<p>x</p>', 1000), '//p[. = following::p]');
SELECT webwrap.xpath(repeat('<p>x</p>', 10), 'count(//p)');
RESET webwrap.max_xpath_operations;
SELECT cardinality(webwrap.xpath(repeat('<p>x</p>', 1000), '//p[. = following::p]'));
-- Nesting is no way to exhaust the stack: what is too deep becomes a sibling, by libxml2 an error.
SELECT webwrap.xpath(repeat('<div>', 100000) || 'deep', 'count(//div)'),
       webwrap.xpath(repeat('<div>', 100000) || 'deep', 'count(//div[not(.//div)])');
SELECT webwrap.xpath(repeat('<div>', 100000) || 'deep', 'count(//div)', 'libxml2');
SET webwrap.max_depth = 100;
SELECT webwrap.xpath(repeat('<div>', 200) || 'deep', 'count(//div)', 'libxml2');
RESET webwrap.max_depth;
SELECT webwrap.xpath(repeat('<div>', 200) || 'deep', 'count(//div)', 'libxml2');

-- The tree is a browser's; the other one is lxml's. A session's pages do not mix them up.
SELECT parser, webwrap.xpath(html, '/html/body/table/tr/td', parser) AS without, webwrap.css(html, 'tbody > tr > td', parser) AS tbody,
       webwrap.xpath_html(html, '//table', parser)
FROM (VALUES ('<table><tr><td>1<td>2</table>')) AS page (html), (VALUES ('html5'), ('libxml2'), ('html5')) AS p (parser);
SELECT webwrap.xpath('<p>', '//p', 'lxml');

-- A session keeps pages and compiled expressions: results do not depend on it, and limits count as if there were none kept.
CREATE TEMP TABLE page AS SELECT i, '<h1>' || i || '</h1>' || repeat('<p class=x>text</p>', 100) AS html FROM generate_series(1, 200) AS i;
CREATE FUNCTION pg_temp.all_values() RETURNS bigint LANGUAGE sql AS $$
    SELECT sum((webwrap.xpath(html, '//h1'))[1]::int + (webwrap.css(html, 'h1'))[1]::int
               + (webwrap.xpath(html, 'count(//p[@class])'))[1]::int + cardinality(webwrap.css(html, 'p.x'))
               + (webwrap.xpath(html, 'count(id("none"))'))[1]::int) FROM page
$$;
SELECT pg_temp.all_values();
SET webwrap.parsed_page_cache = 0;
SELECT pg_temp.all_values();
SET webwrap.parsed_page_cache = '100kB';
SELECT pg_temp.all_values();
RESET webwrap.parsed_page_cache;
SELECT webwrap.xpath(html, 'count(//p)') FROM page WHERE i = 200;
SET webwrap.max_nodes = 50;
SELECT webwrap.xpath(html, 'count(//p)') FROM page WHERE i = 200;
RESET webwrap.max_nodes;
SET webwrap.max_document_memory = '64kB';
SELECT cardinality(webwrap.xpath(repeat(html, 20), '//h1')) FROM page WHERE i = 200;
RESET webwrap.max_document_memory;
SELECT cardinality(webwrap.xpath(repeat(html, 20), '//h1')) FROM page WHERE i = 200;
SET webwrap.max_document_memory = '64kB';
SELECT cardinality(webwrap.xpath(repeat(html, 20), '//h1')) FROM page WHERE i = 200;
RESET webwrap.max_document_memory;
-- More expressions than are kept, each used again after it has gone.
SELECT round, count(*) FROM generate_series(1, 2) AS round, generate_series(1, 100) AS n, page
WHERE i = 1 AND webwrap.xpath(html, format('count(//p[%s])', n)) = '{1}' AND webwrap.css(html, format('p:nth-of-type(%s)', n)) = '{text}'
GROUP BY round ORDER BY round;
-- A failure in the middle leaves a page that works.
SET webwrap.max_xpath_operations = 1000;
SELECT webwrap.xpath(html, '//p[. = following::p]') FROM page WHERE i = 1;
RESET webwrap.max_xpath_operations;
SELECT cardinality(webwrap.xpath(html, '//p[. = following::p]')) FROM page WHERE i = 1;
SET webwrap.max_xpath_operations = 2147483647;
SET statement_timeout = '100ms';
SELECT webwrap.xpath(repeat('<p>x</p>', 20000), '//p[count(following::p[. = "x"]) = 3]');
RESET statement_timeout;
RESET webwrap.max_xpath_operations;
SELECT webwrap.xpath(repeat('<p>x</p>', 20000), 'count(//p)');

-- Pages that are stored out of line are told apart without reading them; what a statement sees is what it gets.
CREATE TEMP TABLE stored (i int, html text);
INSERT INTO stored SELECT i, '<h1>' || i || '</h1>' || string_agg('<p>' || md5(i || '-' || n), '') FROM generate_series(1, 3) AS i, generate_series(1, 500) AS n GROUP BY i;
SELECT pg_column_size(html) > 2000 AS is_stored_out_of_line, webwrap.xpath(html, '//h1') AS h1, webwrap.css(html, 'h1') AS css, webwrap.xpath(html, 'count(//p)') AS p
FROM stored ORDER BY i;
BEGIN;
UPDATE stored SET html = replace(html, '<h1>', '<h1>new ');
SELECT webwrap.xpath(html, '//h1') AS h1, webwrap.css(html, 'h1') AS css FROM stored ORDER BY i;
SAVEPOINT s;
UPDATE stored SET html = replace(html, 'new ', 'newer ');
SELECT webwrap.xpath(html, '//h1') AS h1, webwrap.css(html, 'h1') AS css FROM stored ORDER BY i;
ROLLBACK TO s;
UPDATE stored SET html = replace(html, 'new ', 'newest ');
SELECT webwrap.xpath(html, '//h1') AS h1, webwrap.css(html, 'h1') AS css FROM stored ORDER BY i;
ROLLBACK;
SELECT webwrap.xpath(html, '//h1') AS h1, webwrap.xpath(html, '//h1', 'libxml2') AS libxml2, webwrap.css(html, 'h1') AS css FROM stored ORDER BY i;
