-- Wrappers on one page.
CREATE TEMP TABLE page (name text PRIMARY KEY, html text);
INSERT INTO page VALUES
('shop', $$<html><body><h1>Shop</h1><ul class="goods">
<li><b>Teapot</b> <i>€ 12.50</i><span class="tag">kitchen</span><span class="tag">blue</span><em>2021-03-04</em></li>
<li><b>Lamp</b> <i>€ 1,200.00</i><span class="tag">light</span><em>n/a</em></li>
<li><b>Stool</b> <i></i></li>
</ul></body></html>$$);
CREATE TEMP TABLE wrapper (name text PRIMARY KEY, wrapper jsonb);
INSERT INTO wrapper VALUES
('shop', '{"rows": {"xpath": "//ul[@class=\"goods\"]/li", "min": 1, "max": 10},
           "columns": {"name": {"xpath": "b", "required": true},
                       "price": {"xpath": "i", "type": "numeric", "locale": "en_US", "pattern": "€ (.*)"},
                       "tags": {"xpath": "span", "max_occurs": -1, "separator": "/"},
                       "since": {"xpath": "em", "type": "date", "null_values": ["n/a"]}}}');
SELECT jsonb_pretty(r) FROM page p, wrapper w, webwrap.apply_wrapper(p.html, w.wrapper) AS r WHERE p.name = 'shop' AND w.name = 'shop';
SELECT count(*) AS violations FROM page p, wrapper w, webwrap.verify(p.html, w.wrapper) WHERE p.name = 'shop' AND w.name = 'shop';
-- Without rows the page is one record.
SELECT webwrap.apply_wrapper(html, '{"columns": {"title": {"xpath": "//h1"}, "goods": {"xpath": "count(//li)", "type": "integer"}}}')
FROM page WHERE name = 'shop';
-- Columns nest.
SELECT webwrap.apply_wrapper(html, '{"columns": {"title": {"xpath": "//h1"}, "goods": {"xpath": "//li", "columns": {
    "name": {"xpath": "b"}, "tags": {"xpath": "span", "columns": {"tag": {"xpath": "."}}}}}}}')
FROM page WHERE name = 'shop';
SELECT webwrap.apply_wrapper('', '{"rows": {"xpath": "//li"}, "columns": {"name": {"xpath": "b"}}}');

-- Each kind of constraint, violated alone.
SELECT c.change, v.*
FROM page p, wrapper w, (VALUES
    (1, 'min_rows', '{"rows": {"min": 4}}'::jsonb),
    (2, 'max_rows', '{"rows": {"max": 2}}'),
    (3, 'required', '{"columns": {"since": {"required": true}}}'),
    (4, 'type integer', '{"columns": {"name": {"type": "integer"}}}'),
    (5, 'type date', '{"columns": {"since": {"null_values": []}}}'),
    (6, 'type boolean', '{"columns": {"name": {"type": "boolean"}}}'),
    (7, 'type timestamp', '{"columns": {"name": {"type": "timestamp"}}}'),
    (8, 'type numeric', '{"columns": {"price": {"locale": "de_DE"}}}'),
    (9, 'pattern', '{"columns": {"price": {"pattern": "USD (.*)"}}}'),
    (10, 'min_occurs', '{"columns": {"tags": {"min_occurs": 2}}}'),
    (11, 'max_occurs', '{"columns": {"tags": {"max_occurs": 1}}}'),
    (12, 'two at once', '{"rows": {"min": 4}, "columns": {"tags": {"max_occurs": 1}}}')
) AS c (ordinal, change, merge),
LATERAL (SELECT jsonb_build_object(
    'rows', w.wrapper -> 'rows' || coalesce(c.merge -> 'rows', '{}'),
    'columns', (SELECT jsonb_object_agg(k, col || coalesce(c.merge -> 'columns' -> k, '{}'))
                FROM jsonb_each(w.wrapper -> 'columns') AS e (k, col))) AS wrapper) AS changed,
LATERAL webwrap.verify(p.html, changed.wrapper) AS v
WHERE p.name = 'shop' AND w.name = 'shop'
ORDER BY c.ordinal, v.pattern, v.constraint_name, v.detail;

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
-- A page that violates its wrapper gives no rows but an error.
SELECT error.* FROM pg_temp.error_of($$
    SELECT webwrap.apply_wrapper('<ul><li><b>x</b></ul>',
        '{"rows": {"xpath": "//li", "min": 2}, "columns": {"name": {"xpath": "b", "type": "integer"}}}') $$) AS error;

-- Patterns may be CSS selectors; inside a row they look below it.
SELECT webwrap.apply_wrapper('<p>no<ul class="a list"><li><b>1</b><i class=x>one</i><li><b>2</b><i>two</i></ul>',
    '{"rows": {"css": ".list > li", "min": 2}, "columns": {"number": {"css": "b", "type": "integer"},
      "word": {"css": ":scope > i:not(.x)"}, "in_list": {"css": "ul i"}}}') AS record;
SELECT webwrap.apply_wrapper('<h1>t</h1><p>a<p>b', '{"columns": {"title": {"css": "h1"}, "p": {"css": "h1 ~ p", "max_occurs": -1}}}') AS page;

-- Malformed wrappers.
SELECT w.wrapper, error.*
FROM unnest(ARRAY[
         '[]', '"x"', '{}', '{"columns": {}}', '{"columns": []}', '{"colums": {"a": {"xpath": "b"}}}', '{"columns": {"a": "b"}}',
         '{"columns": {"a": {}}}', '{"columns": {"a": {"xpath": 1}}}', '{"columns": {"a": {"xpath": "//["}}}',
         '{"columns": {"a": {"xpath": "b", "typ": "text"}}}', '{"columns": {"a": {"xpath": "b", "type": "int"}}}',
         '{"columns": {"a": {"xpath": "b", "pattern": "("}}}',
         '{"columns": {"a": {"xpath": "b", "required": 1}}}', '{"columns": {"a": {"xpath": "b", "null_values": "n/a"}}}',
         '{"columns": {"a": {"xpath": "b", "min_occurs": -1}}}', '{"columns": {"a": {"xpath": "b", "max_occurs": 0}}}',
         '{"columns": {"a": {"xpath": "b", "columns": {"c": {"xpath": "d"}}, "type": "date"}}}',
         '{"columns": {"a": {"xpath": "b", "css": "b"}}}', '{"columns": {"a": {"css": "b:hover"}}}', '{"columns": {"a": {"css": 1}}}',
         '{"rows": {"css": "li["}, "columns": {"a": {"css": "b"}}}',
         '{"rows": {}, "columns": {"a": {"xpath": "b"}}}', '{"rows": {"xpath": "//["}, "columns": {"a": {"xpath": "b"}}}',
         '{"rows": {"xpath": "//li", "min": 1.5}, "columns": {"a": {"xpath": "b"}}}',
         '{"rows": {"xpath": "//li", "maximum": 1}, "columns": {"a": {"xpath": "b"}}}'
     ]::jsonb[]) WITH ORDINALITY AS w (wrapper, ordinal),
     pg_temp.error_of(format('SELECT * FROM webwrap.verify(%L, %L)', '<p>', w.wrapper)) AS error
ORDER BY ordinal;

-- A shop before and after its redesign.
CREATE TEMP TABLE good (id int, name text, maker text, price numeric, made date);
INSERT INTO good
SELECT i, (ARRAY['Teapot', 'Lamp', 'Stool', 'Kettle', 'Vase', 'Clock', 'Basket'])[1 + i % 7] || ' no. ' || i * 13 % 97,
       (ARRAY['Smith & Sons', 'Weber', 'Northern Glass', 'Ito'])[1 + i * 5 % 4], (i * 7919 % 9000 + 100) / 100.0,
       date '2015-01-01' + i * 211 % 3000
FROM generate_series(1, 12) i;
CREATE FUNCTION pg_temp.xml_text(text) RETURNS text LANGUAGE sql AS $$ SELECT replace($1, '&', '&amp;') $$;
INSERT INTO page
SELECT 'before', '<html><head><title>Shop</title></head><body><div id="nav"><a href="/">Home</a><a href="/all">All</a></div>'
    || '<h1>Goods</h1><table class="goods"><tbody>'
    || string_agg(format('<tr><td class="name"><a href="/g/%s">%s</a></td><td class="maker">%s</td><td class="price">$%s</td>'
                         '<td class="made">%s</td></tr>', id, name, pg_temp.xml_text(maker), price, to_char(made, 'YYYY-MM-DD')), '' ORDER BY id)
    || '</tbody></table><p>© Shop</p></body></html>' FROM good;
INSERT INTO page
SELECT 'after', '<html><head><title>Shop</title></head><body class="v2"><nav><ul><li><a href="/">Home</a></li><li><a href="/all">All</a></li>'
    || '</ul></nav><main><h1>Goods</h1><div class="offer">Free delivery</div><div class="cards">'
    || string_agg(format('<article class="card"><header><h3><a href="/goods/%s">%s</a></h3></header><div class="row">'
                         '<span class="card-price">$%s</span><time>%s</time></div><p class="card-maker">%s</p></article>',
                         id, name, price, to_char(made, 'YYYY-MM-DD'), pg_temp.xml_text(maker)), '' ORDER BY id)
    || '</div></main><footer>© Shop</footer></body></html>' FROM good;
INSERT INTO page SELECT 'without makers', regexp_replace(html, '<p class="card-maker">[^<]*</p>', '', 'g') FROM page WHERE name = 'after';
INSERT INTO page VALUES ('closed', '<html><body><h1>Closed</h1><p>We moved.</p></body></html>');
INSERT INTO wrapper VALUES
('goods', '{"rows": {"xpath": "//table[@class=\"goods\"]/tbody/tr", "min": 5},
            "columns": {"name": {"xpath": "td[@class=\"name\"]/a", "required": true},
                        "maker": {"xpath": "td[@class=\"maker\"]", "required": true},
                        "price": {"xpath": "td[@class=\"price\"]", "type": "numeric", "pattern": "\\$(.*)", "required": true},
                        "made": {"xpath": "td[@class=\"made\"]", "type": "date", "required": true}}}');
SELECT count(*) AS right_before
FROM page p, wrapper w, webwrap.apply_wrapper(p.html, w.wrapper) AS r,
     jsonb_to_record(r) AS x (name text, maker text, price numeric, made date) JOIN good USING (name, maker, price, made)
WHERE p.name = 'before' AND w.name = 'goods';
SELECT v.* FROM page p, wrapper w, webwrap.verify(p.html, w.wrapper) AS v WHERE p.name = 'after' AND w.name = 'goods';

CREATE TEMP TABLE adapted AS
SELECT n.name AS page, webwrap.adapt_wrapper(o.html, w.wrapper, n.html) AS adapted
FROM page o, page n, wrapper w WHERE o.name = 'before' AND n.name IN ('before', 'after', 'without makers', 'closed') AND w.name = 'goods';
SELECT page, adapted -> 'sure' AS sure, p ->> 'pattern' AS pattern, p ->> 'old_xpath' = p ->> 'new_xpath' AS is_kept,
       p -> 'sure' AS pattern_sure, (p ->> 'confidence')::float8 BETWEEN 0 AND 1 AS confidence, (p ->> 'similarity')::float8 BETWEEN 0 AND 1 AS similarity,
       p ->> 'old_sample' <> '' AS has_old_sample, p ->> 'new_sample' <> '' AS has_new_sample, p ->> 'reason' <> '' AS has_reason
FROM adapted, jsonb_array_elements(adapted -> 'patterns') WITH ORDINALITY AS e (p, ordinal)
ORDER BY page, ordinal;
-- The adapted wrapper reads the new page as it is.
SELECT count(*) AS right_after
FROM adapted a JOIN page p ON p.name = a.page, webwrap.apply_wrapper(p.html, a.adapted -> 'wrapper') AS r,
     jsonb_to_record(r) AS x (name text, maker text, price numeric, made date) JOIN good USING (name, maker, price, made)
WHERE a.page = 'after';
-- Its other keys are as they were.
SELECT jsonb_path_query_array(adapted -> 'wrapper', '$.**.min'), adapted #> '{wrapper,columns,price,pattern}' AS pattern,
       adapted #> '{wrapper,columns,made,type}' AS type
FROM adapted WHERE page = 'after';

-- One pattern.
SELECT a.similarity BETWEEN 0 AND 1 AS similarity, a.confidence BETWEEN 0.7 AND 1 AS confidence, a.measure <> '' AS measure,
       webwrap.xpath(n.html, a.xpath) = (SELECT array_agg(name ORDER BY id) FROM good) AS is_right
FROM page o, page n, webwrap.adapt(o.html, '//td[@class="name"]/a', n.html) WITH ORDINALITY
    AS a (xpath, similarity, confidence, measure, evidence, ordinal)
WHERE o.name = 'before' AND n.name = 'after' AND a.ordinal = 1;
-- It abstains where there is nothing to find, or nothing to look for.
SELECT count(*) AS gone FROM page o, page n, webwrap.adapt(o.html, '//td[@class="price"]', n.html) WHERE o.name = 'before' AND n.name = 'closed';
SELECT count(*) AS never_there FROM page o, page n, webwrap.adapt(o.html, '//dl', n.html) WHERE o.name = 'before' AND n.name = 'after';
SELECT count(*) AS no_nodes FROM page o, page n, webwrap.adapt(o.html, 'count(//td)', n.html) WHERE o.name = 'before' AND n.name = 'after';
SELECT count(*) AS unsure FROM page o, page n, webwrap.adapt(o.html, '//td[@class="price"]', n.html, '{"threshold": 1}')
WHERE o.name = 'before' AND n.name = 'closed';

-- Evidence: what was looked for and found, and terms that add up to the score and to the confidence.
CREATE FUNCTION pg_temp.total(terms jsonb) RETURNS float8 LANGUAGE sql AS $$
    SELECT sum((t ->> 'contribution')::float8) FROM jsonb_array_elements(terms) AS t $$;
CREATE FUNCTION pg_temp.is_about(a float8, b float8) RETURNS bool LANGUAGE sql AS $$ SELECT abs(a - b) < 1e-4 $$;
SELECT e ->> 'kind' AS kind, e #>> '{old,count}' AS old, e #>> '{new,count}' AS new, e #>> '{old,elements,0}' AS old_element,
       webwrap.xpath(n.html, e #>> '{new,elements,0}') = ARRAY[e #>> '{new,values,0}'] AS is_there,
       jsonb_array_length(e #> '{old,elements}') AS listed, e #>> '{old,values,0}' AS old_value, e #>> '{new,values,0}' AS new_value,
       (e ->> 'groups')::int > 1 AS groups, e ->> 'rank' AS rank, e ->> 'threshold' AS threshold,
       pg_temp.is_about(pg_temp.total(e -> 'features'), (e ->> 'score')::float8) AS score,
       pg_temp.is_about((e #>> '{trust,probability}')::float8, a.confidence) AS confidence,
       pg_temp.is_about(1 / (1 + exp(- (e #>> '{trust,intercept}')::float8 - pg_temp.total(e #> '{trust,terms}'))), a.confidence) AS trust,
       (SELECT bool_and(t ->> 'contribution' <> '0') FROM jsonb_array_elements(e -> 'features') AS t) AS all_count
FROM page o, page n, webwrap.adapt(o.html, '//td[@class="name"]/a', n.html, '{"explain": true}') WITH ORDINALITY
    AS a (xpath, similarity, confidence, measure, e, ordinal)
WHERE o.name = 'before' AND n.name = 'after' AND a.ordinal = 1;
SELECT count(*) FILTER (WHERE evidence IS NULL) = count(*) AS only_when_asked
FROM page o, page n, webwrap.adapt(o.html, '//td[@class="name"]/a', n.html) WHERE o.name = 'before' AND n.name = 'after';
-- What is not sure enough shows with threshold 0; ways other than "combined" are explained, too.
SELECT count(*) > 0 AS shown, bool_and(confidence < 0.7) AS unsure, bool_and(evidence ? 'features') AS explained
FROM page o, page n, webwrap.adapt(o.html, '//td[@class="price"]', n.html, '{"explain": true, "threshold": 0}')
WHERE o.name = 'before' AND n.name = 'closed';
SELECT measure, evidence #>> '{new,values,0}' AS value, evidence ->> 'rank' AS rank
FROM webwrap.adapt('<div class="box"><h2>Lamp</h2></div>', '//div', '<p>Lamp</p><div class="box"><h2>Stool</h2></div>', '{"measures": "values", "explain": true}');
-- Of a wrapper: each pattern, with what was not chosen. Options of the call go before those of the wrapper.
SELECT p ->> 'pattern' AS pattern, p #>> '{evidence,old,count}' AS old, p #>> '{evidence,new,count}' AS new,
       p #> '{evidence,features}' IS NOT NULL AS features, jsonb_array_length(p #> '{evidence,others}') BETWEEN 1 AND 3 AS others,
       jsonb_typeof(p #> '{evidence,candidates}') AS candidates
FROM page o, page n, wrapper w, webwrap.adapt_wrapper(o.html, w.wrapper, n.html, '{"explain": true}') AS a,
     jsonb_array_elements(a -> 'patterns') WITH ORDINALITY AS e (p, ordinal)
WHERE o.name = 'before' AND n.name = 'after' AND w.name = 'goods'
ORDER BY ordinal;
SELECT webwrap.adapt_wrapper(o.html, w.wrapper || '{"adapt": {"threshold": 1}}', n.html) ->> 'sure' AS of_wrapper,
       webwrap.adapt_wrapper(o.html, w.wrapper || '{"adapt": {"threshold": 1}}', n.html, '{"threshold": 0.7}') ->> 'sure' AS of_call,
       webwrap.adapt_wrapper(o.html, w.wrapper || '{"adapt": {"threshold": 1}}', n.html, '{"explain": true}') ->> 'sure' AS of_both
FROM page o, page n, wrapper w WHERE o.name = 'before' AND n.name = 'after' AND w.name = 'goods';

-- Nested columns: goods by maker.
INSERT INTO page
SELECT 'makers before', '<body><h1>Makers</h1>' || string_agg(format('<section><h2>%s</h2><ul>%s</ul></section>', pg_temp.xml_text(maker), goods), '') || '</body>'
FROM (SELECT maker, string_agg(format('<li><b>%s</b> for <i>%s</i></li>', name, price), '' ORDER BY id) AS goods FROM good GROUP BY maker ORDER BY maker) AS m;
INSERT INTO page
SELECT 'makers after', '<body><h1>Makers</h1><main>' || string_agg(format('<div class="maker"><p><strong>%s</strong></p>%s</div>', pg_temp.xml_text(maker), goods), '') || '</main></body>'
FROM (SELECT maker, string_agg(format('<dl><dt>Price</dt><dd>%s</dd><dt>Name</dt><dd><a href="#">%s</a></dd></dl>', price, name), '' ORDER BY id) AS goods
      FROM good GROUP BY maker ORDER BY maker) AS m;
INSERT INTO wrapper VALUES
('makers', '{"rows": {"xpath": "//section"}, "columns": {"maker": {"xpath": "h2"},
             "goods": {"xpath": "ul/li", "columns": {"name": {"xpath": "b"}, "price": {"xpath": "i", "type": "numeric"}}}}}');
WITH adapted AS MATERIALIZED (
    SELECT o.html AS old_page, n.html AS new_page, w.wrapper AS old_wrapper, webwrap.adapt_wrapper(o.html, w.wrapper, n.html) AS result
    FROM page o, page n, wrapper w WHERE o.name = 'makers before' AND n.name = 'makers after' AND w.name = 'makers')
SELECT result ->> 'sure' AS sure, (SELECT array_agg(p ->> 'pattern') FROM jsonb_array_elements(result -> 'patterns') AS p) AS patterns,
       (SELECT jsonb_agg(r) FROM webwrap.apply_wrapper(new_page, result -> 'wrapper') AS r)
       = (SELECT jsonb_agg(r) FROM webwrap.apply_wrapper(old_page, old_wrapper) AS r) AS is_right
FROM adapted;

-- Does it still hold?
SELECT n.name, webwrap.still_holds(o.html, '//td[@class="price"]', n.html) AS price, webwrap.still_holds(o.html, '//h1', n.html) > 0.5 AS h1
FROM page o, page n WHERE o.name = 'before' AND n.name IN ('before', 'after', 'closed')
ORDER BY n.name;

SELECT error.*
FROM unnest(ARRAY[
         $$ SELECT * FROM webwrap.adapt('<p>', '//[', '<p>') $$,
         $$ SELECT * FROM webwrap.adapt('<p>', '//p', '<p>', '{"treshold": 1}') $$,
         $$ SELECT * FROM webwrap.adapt('<p>', '//p', '<p>', '{"threshold": 2}') $$,
         $$ SELECT * FROM webwrap.adapt('<p>', '//p', '<p>', '{"measure": "none"}') $$,
         $$ SELECT * FROM webwrap.adapt('<p>', '//p', '<p>', '[]') $$,
         $$ SELECT * FROM webwrap.adapt('<p>', '//p', '<p>', '{"explain": 1}') $$,
         $$ SELECT webwrap.adapt_wrapper('<p>', '{"columns": {"a": {"xpath": "//p"}}}', '<p>', '[]') $$,
         $$ SELECT webwrap.adapt_wrapper('<p>', '{"columns": {"a": {"xpath": "//p"}}}', '<p>', '{"model": "equal"}') $$,
         $$ SELECT webwrap.adapt_wrapper('<p>', '{"columns": {"a": {"xpath": "//p"}}, "adapt": {"explain": true}}', '<p>') $$,
         $$ SELECT webwrap.still_holds('<p>', '//[', '<p>') $$,
         $$ SELECT webwrap.adapt_wrapper('<p>', '{"columns": {"a": {"xpath": "//["}}}', '<p>') $$
     ]) WITH ORDINALITY AS s (statement, ordinal),
     pg_temp.error_of(statement) AS error
ORDER BY ordinal;

-- The parser is part of a wrapper: its XPaths are for the trees that it makes.
SELECT parser, row FROM (VALUES ('html5'), ('libxml2')) AS p (parser),
    webwrap.apply_wrapper('<table><tr><td>1</table>',
        jsonb_build_object('parser', parser, 'columns', '{"direct": {"xpath": "//table/tr/td"}, "any": {"xpath": "//td"}}'::jsonb)) AS row;
SELECT * FROM webwrap.verify('<p>', '{"parser": "lxml", "columns": {"a": {"xpath": "//p"}}}');
SELECT xpath FROM webwrap.adapt('<table id=a><tr><td>1</table>', '//table[@id="a"]/tr/td', '<p>x</p><table id=a><tr><td>1</table>', '{"parser": "libxml2"}');
SELECT webwrap.still_holds('<table id=a><tr><td>1</table>', '//table/tr/td', '<table id=a><tr><td>1</table>', '{"parser": "libxml2"}'),
       webwrap.still_holds('<table id=a><tr><td>1</table>', '//table/tr/td', '<table id=a><tr><td>1</table>');

-- Settings of section 4 of the paper, each with two outcomes.
CREATE FUNCTION pg_temp.found(before text, path text, after text, options jsonb) RETURNS text[] LANGUAGE sql AS $$
    SELECT webwrap.xpath(after, a.xpath) FROM webwrap.adapt(before, path, after, options) WITH ORDINALITY
        AS a (xpath, similarity, confidence, measure, evidence, ordinal) WHERE a.ordinal = 1 $$;
-- The known value stands in one place, the known structure in another.
SELECT o.options, pg_temp.found('<div class="box"><h2>Lamp</h2></div>', '//div', '<p>Lamp</p><div class="box"><h2>Stool</h2></div>', o.options)
FROM (VALUES (1, '{"measures": ["values", "clustered"]}'::jsonb), (2, '{"measures": ["clustered", "values"]}'), (3, '{"measures": "values"}')) AS o (ordinal, options)
ORDER BY ordinal;
-- Thresholds of a measure, of similarity, of confidence: the first that is given counts for a tree measure.
SELECT o.options, pg_temp.found('<div><h2>Lamp</h2><p><b>12</b><i>new</i></p></div>', '//div',
                                '<div class="b"><h2>Kettle</h2><p><b>9</b></p></div>', o.options)
FROM (VALUES (1, '{"measures": "simple 0.8"}'::jsonb), (2, '{"measures": "simple 0.95"}'),
             (3, '{"measures": "simple", "similarity_threshold": 0.8}'), (4, '{"measures": "simple", "similarity_threshold": 0.95}'),
             (5, '{"measures": "simple", "threshold": 0.8}'), (6, '{"measures": "simple", "threshold": 0.95}')) AS o (ordinal, options)
ORDER BY ordinal;
-- Labels: bare tags find the first box, each flag the second.
SELECT o.options, pg_temp.found(o.before, '//div', o.after, '{"measures": "simple 0.4"}') AS bare,
       pg_temp.found(o.before, '//div', o.after, '{"measures": "simple 0.4"}' || o.options) AS flagged
FROM (VALUES
    (1, '{"labels": "tag+id"}'::jsonb, '<div id=a><p>old</p><b></b></div>', '<div id=z><p>first</p><b></b></div><div id=a><p>second</p></div>'),
    (2, '{"labels": "tag+class"}', '<div class=a><p>old</p><b></b></div>', '<div class=z><p>first</p><b></b></div><div class=a><p>second</p></div>'),
    (3, '{"labels": "tag+attributes"}', '<div data-k=a><p>old</p><b></b></div>',
        '<div data-k=z><p>first</p><b></b></div><div data-k=a><p>second</p></div>'),
    (4, '{"labels": "path"}', '<main><div><p>old</p><b></b></div></main>',
        '<aside><div><p>first</p><b></b></div></aside><main><div><p>second</p></div></main>'),
    (5, '{"text_nodes": true}', '<div><p>old<b></b></p></div>', '<div><p><b>first</b></p></div><div><p>second<b></b><u></u></p></div>')
) AS o (ordinal, options, before, after)
ORDER BY ordinal;

-- A wrapper's settings: what is sure, and where columns come from.
CREATE FUNCTION pg_temp.outcome(settings jsonb) RETURNS TABLE (sure text, pattern text, pattern_sure text, measure text) LANGUAGE sql AS $$
    SELECT a ->> 'sure', p ->> 'pattern', p ->> 'sure', p ->> 'measure'
    FROM page o, page n, wrapper w, webwrap.adapt_wrapper(o.html, w.wrapper || settings, n.html) AS a, jsonb_array_elements(a -> 'patterns') AS p
    WHERE o.name = 'before' AND n.name = 'after' AND w.name = 'goods' $$;
SELECT s.settings, o.sure, string_agg(o.pattern || CASE o.pattern_sure WHEN 'true' THEN '' ELSE ' (not sure)' END || ': ' || o.measure, ', ') AS patterns
FROM (VALUES (1, '{}'::jsonb), (2, '{"adapt": {"threshold": 1}}'), (3, '{"adapt": {"similarity_threshold": 1}}'),
             (4, '{"adapt": {"measures": "clustered 0.9"}}'), (5, '{"adapt": {"measures": ["clustered 0.9", "values"]}}')) AS s (ordinal, settings),
     pg_temp.outcome(s.settings) AS o
GROUP BY s.ordinal, s.settings, o.sure ORDER BY s.ordinal;
-- The wrapper that comes back has them too.
SELECT a #> '{wrapper,adapt}' AS adapt, a #> '{wrapper,columns,name,threshold}' AS threshold
FROM page p, wrapper w, webwrap.adapt_wrapper(p.html, jsonb_set(w.wrapper, '{columns,name,threshold}', '0.9')
    || '{"adapt": {"measures": ["values", "clustered 0.8"], "labels": "tag+class", "top_down": ["name"], "bottom_up": false}}', p.html) AS a
WHERE p.name = 'before' AND w.name = 'goods';

-- Children of a record, and an XML Schema as data model.
SELECT c.wrapper, v.*
FROM (VALUES (1, '{"min_children": 2}'), (2, '{"min_children": 3}'), (3, '{"max_children": 3}'), (4, '{"max_children": 2}')) AS c (ordinal, wrapper),
     webwrap.verify('<ul><li><b>1</b><i>x</i><i>y</i><li><b>2</b><i>z</i></ul>',
                    jsonb_build_object('rows', '{"xpath": "//li"}' || c.wrapper::jsonb,
                                       'columns', '{"number": {"xpath": "b"}, "word": {"xpath": "i", "max_occurs": -1}}'::jsonb)) AS v
ORDER BY c.ordinal, v.detail;
SELECT most, v.*
FROM (VALUES ('9'), ('1')) AS m (most),
     webwrap.verify('<ul><li><b>1</b><i>x</i><li><b>2</b></ul>', jsonb_build_object(
         'rows', '{"xpath": "//li"}'::jsonb, 'columns', '{"number": {"xpath": "b", "type": "integer"}, "word": {"xpath": "i"}}'::jsonb,
         'name', 'item', 'xml_schema', format(
             '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="item"><xs:complexType><xs:all>'
             '<xs:element name="number"><xs:simpleType><xs:restriction base="xs:int"><xs:maxInclusive value="%s"/></xs:restriction>'
             '</xs:simpleType></xs:element><xs:element name="word" minOccurs="0"/></xs:all></xs:complexType></xs:element></xs:schema>',
             most))) AS v
ORDER BY most;

SELECT s.settings, error.*
FROM unnest(ARRAY['{"treshold": 1}', '{"measures": "best"}', '{"measures": []}', '{"measures": [1]}', '{"measures": "simple 2"}',
                  '{"labels": "class"}', '{"text_nodes": 1}', '{"top_down": "other"}', '{"top_down": 1}', '{"bottom_up": "on"}', '{"parser": "html5"}', '1'
     ]::jsonb[]) WITH ORDINALITY AS s (settings, ordinal),
     pg_temp.error_of(format('SELECT * FROM webwrap.verify(%L, %L)', '<p>', jsonb_build_object('columns', '{"a": {"xpath": "b"}}'::jsonb, 'adapt', s.settings))) AS error
ORDER BY ordinal;
SELECT error.*
FROM unnest(ARRAY['{"xml_schema": "<x/>"}', '{"xml_schema": "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:include schemaLocation=\"/etc/passwd\"/></xs:schema>"}',
                  '{"columns": {"a": {"xpath": "b", "threshold": 2}}}', '{"columns": {"a": {"xpath": "b", "min_children": 1}}}',
                  '{"rows": {"xpath": "//li", "min_children": 2, "max_children": 1}}'
     ]::jsonb[]) WITH ORDINALITY AS s (keys, ordinal),
     pg_temp.error_of(format('SELECT * FROM webwrap.verify(%L, %L)', '<p>', '{"columns": {"a": {"xpath": "b"}}}'::jsonb || s.keys)) AS error
ORDER BY ordinal;
