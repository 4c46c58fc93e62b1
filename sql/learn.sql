-- Wrappers from examples. Each page shows the same six films in another form.
CREATE TEMP TABLE film (id int, title text, year int, director text, votes int, gross text);
INSERT INTO film VALUES (1, 'Alien', 1979, 'Ridley Scott', 1200, '$2.8M'), (2, 'Brazil', 1985, 'Terry Gilliam', 950, '$1.1M'),
    (3, 'Solaris', 1972, 'Andrei Tarkovsky', 12345, '$300K'), (4, 'Stalker', 1979, 'Andrei Tarkovsky', 777, NULL),
    (5, 'Ran', 1985, 'Akira Kurosawa', 2001, '$12M'), (6, 'Kes', 1969, 'Ken Loach', 88, '$0.4M');
CREATE FUNCTION pg_temp.page(item text, before text, after text) RETURNS text LANGUAGE sql AS $$
    SELECT '<html lang="en"><head><title>Films</title></head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/top">Top'
        || '</a></li></ul></nav>' || before || string_agg(replace(replace(replace(replace(replace(replace(
           regexp_replace(item, CASE WHEN gross IS NULL THEN '\[.*?\]' ELSE '[][]' END, '', 'g'), '{id}', id::text),
           '{title}', title), '{year}', year::text), '{director}', director), '{votes}', to_char(votes, 'FM999,999')),
           '{gross}', coalesce(gross, '')), '' ORDER BY id)
        || after || '<footer><ul><li>Contact</li><li>Imprint</li></ul></footer></body></html>' FROM film $$;
CREATE TEMP TABLE shape (name text PRIMARY KEY, html text);
INSERT INTO shape VALUES
('cards', pg_temp.page('<div class="card"><img src="{id}.jpg" alt="{title}"><div class="body"><h3><a href="/f/{id}">{title}</a></h3>'
    '<span class="year">({year})</span>[<span class="gross">{gross}</span>]<p>Directed by {director}</p><i>{votes} votes</i></div></div>',
    '<div class="grid">', '</div>')),
('description', pg_temp.page('<dt>{title}</dt><dd>{director}, {year}, {votes} votes</dd>', '<dl>', '</dl>')),
('descriptions', pg_temp.page('<dl><dt>Title</dt><dd>{title}</dd>[<dt>Gross</dt><dd>{gross}</dd>]<dt>Director</dt><dd>{director}</dd>'
    '<dt>Year</dt><dd>{year}</dd><dt>Votes</dt><dd>{votes}</dd></dl>', '<div>', '</div>')),
('hashed', pg_temp.page('<div class="sc-1aB3xZ9 k2Jf8s"><h2 class="css-9xk2l1">{title}</h2><span class="css-a8x3k1">{year}</span>'
    '<span class="css-zz81q3">{director}</span><em class="css-0k9a8b">{votes}</em></div>', '<div class="sc-3fZk9q2">', '</div>')),
('labels', pg_temp.page('<div><p><b>Title:</b> {title}</p>[<p><b>Gross:</b> {gross}</p>]<p><b>Director:</b> {director}</p>'
    '<p><b>Year:</b> {year}</p><p><b>Votes:</b> {votes}</p></div>', '<div class="all">', '</div>')),
('list', pg_temp.page('<li><b>{title}</b> <i>{year}</i> {director} <u>{votes}</u></li>', '<h2>All</h2><ul>', '</ul>')),
('nested', pg_temp.page('<div><div><div>{title}</div><div><span>{year}</span></div></div><p>{director}, {votes} votes</p></div>',
    '<div><div>', '</div></div>')),
('table', pg_temp.page('<tr><td><a href="/f/{id}">{title}</a></td><td>{year}</td><td>{director}</td><td>{votes}</td></tr>',
    '<table id="films"><tr><th>Title</th><th>Year</th><th>Director</th><th>Votes</th></tr>', '</table>'));

-- One example or two, all of a page's columns: the six films.
CREATE TEMP TABLE example (name text, examples jsonb);
INSERT INTO example VALUES
('one', '{"title": "Alien", "year": 1979, "director": "Ridley Scott", "votes": 1200}'),
('two', '[{"title": "Alien", "year": 1979, "director": "Ridley Scott", "votes": 1200},
          {"title": "Ran", "year": 1985, "director": "Akira Kurosawa", "votes": 2001}]'),
('title and year', '{"title": "Brazil", "year": 1985}'),
('title alone', '[{"title": "Solaris"}, {"title": "Kes"}]');
SELECT s.name AS shape, e.name AS examples,
       (SELECT count(*) = 6 AND bool_and(to_jsonb(f) @> r.record)
        FROM webwrap.apply_wrapper(s.html, w.wrapper) WITH ORDINALITY AS r (record, ordinal) LEFT JOIN film AS f ON f.id = r.ordinal) AS all_films,
       (SELECT count(*) FROM webwrap.verify(s.html, w.wrapper)) AS violations
FROM shape AS s, example AS e, LATERAL (SELECT webwrap.learn_wrapper(s.html, e.examples) AS wrapper) AS w
ORDER BY s.name COLLATE "C", e.name COLLATE "C";
SELECT s.name, jsonb_pretty(webwrap.learn_wrapper(s.html, e.examples)) AS wrapper
FROM shape AS s, example AS e WHERE e.name = 'two' AND s.name IN ('cards', 'labels') ORDER BY s.name COLLATE "C";

-- A column that not every record has, numbers in page notation, with and without its absence among the examples.
SELECT s.name, webwrap.learn_wrapper(s.html, '[{"title": "Alien", "gross": 2800000}, {"title": "Stalker", "gross": null}]')
                   #> '{columns,gross}' AS gross,
       array(SELECT r ->> 'gross' FROM webwrap.apply_wrapper(s.html, webwrap.learn_wrapper(s.html,
           '{"title": "Alien", "gross": 2800000}')) AS r) AS values
FROM shape AS s WHERE s.name IN ('cards', 'descriptions', 'labels') ORDER BY s.name COLLATE "C";

-- One record, no list: no rows.
SELECT webwrap.learn_wrapper('<html><head><title>Alien</title></head><body><main><h1 id="title">Alien</h1><table class="info">'
    '<tr><th>Director</th><td>Ridley Scott</td></tr><tr><th>Year</th><td>1979</td></tr><tr><th>Released</th><td>25 May 1979</td></tr>'
    '</table></main></body></html>', '{"title": "Alien", "director": "Ridley Scott", "released": "1979-05-25"}');
-- Nodes instead of values: types are those of the texts.
SELECT webwrap.learn_wrapper(html, '{"title": {"xpath": "(//td)[1]/a"}, "link": {"xpath": "(//td)[1]/a/@href"}, "votes": {"xpath": "(//td)[4]"}}')
FROM shape WHERE name = 'table';
-- Several values and nested records.
SELECT w.wrapper, r.record FROM (VALUES ('<ul><li class="f"><h3>A</h3><ul class="t"><li>x</li><li>y</li></ul><p><b>N</b> as <i>R</i></p><p><b>M</b> as <i>S</i></p></li>'
    '<li class="f"><h3>B</h3><ul class="t"><li>z</li></ul><p><b>O</b> as <i>T</i></p></li><li class="f"><h3>C</h3></li></ul>')) AS p (html),
    LATERAL webwrap.learn_wrapper(html, '{"title": "A", "tags": ["x", "y"], "cast": [{"name": "N", "role": "R"}, {"name": "M", "role": "S"}]}') AS w (wrapper),
    LATERAL webwrap.apply_wrapper(html, w.wrapper) AS r (record);
-- A text that means nothing; a date in the page's language; numbers of another convention.
SELECT c.column, w.wrapper #> ARRAY['columns', c.column] AS learned, array(SELECT r ->> c.column FROM webwrap.apply_wrapper(p.html, w.wrapper) AS r) AS values
FROM (VALUES ('<html lang="de"><body><table><tr><td>a<td>1.200,50 €<td>3. Mai 2020<td>yes<tr><td>b<td>k. A.<td>12. Dezember 2021<td>no'
              '<tr><td>c<td>7,00 €<td>1. Januar 2019<td>no</table>')) AS p (html),
     LATERAL webwrap.learn_wrapper(p.html, '{"n": "a", "price": 1200.5, "since": "2020-05-03", "new": true}') AS w (wrapper),
     unnest(ARRAY['price', 'since', 'new']) AS c ("column");

-- What cannot be learned says what to add.
CREATE FUNCTION pg_temp.error_of(html text, examples jsonb)
    RETURNS TABLE (state text, message text, detail text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    message := webwrap.learn_wrapper(html, examples);
    RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
\x on
SELECT c.case_name, e.*
FROM (VALUES
    (1, 'not there', '<ul><li><b>a</b><i>1</i><li><b>b</b><i>2</i></ul>', '{"name": "a", "size": 5}'::jsonb),
    (2, 'two places in the record', '<ul><li><b>a</b><i>1</i><u>1</u><li><b>b</b><i>2</i><u>3</u></ul>', '{"name": "a", "size": 1}'),
    (3, 'and what tells them apart', '<ul><li><b>a</b><i>1</i><u>1</u><li><b>b</b><i>2</i><u>3</u></ul>', '[{"name": "a", "size": 1}, {"name": "b", "size": 3}]'),
    (4, 'or the name', '<ul><li><b>a</b><i class="size">1</i><u>1</u><li><b>b</b><i class="size">2</i><u>3</u></ul>', '{"name": "a", "size": 1}'),
    (5, 'two lists', '<ul><li><b>a</b><i>1</i><li><b>b</b><i>2</i></ul><p><b>a</b><i>1</i><p><b>c</b><i>3</i>', '{"name": "a", "size": 1}'),
    (6, 'two notations', '<ul><li><b>a</b><i>5</i><li><b>b</b><i>1.234</i></ul>', '{"name": "a", "size": 5}'),
    (7, 'only a position', '<ul><li><b>a</b><i>x</i><i>y</i><li><b>b</b><i>z</i></ul>', '{"name": "a", "second": "y"}'),
    (8, 'one record given twice', '<ul><li><b>a</b><i>1</i><li><b>b</b><i>2</i></ul>', '[{"name": "a"}, {"size": 1}]'),
    (9, 'no node', '<p>a', '{"name": {"xpath": "//b"}}'),
    (10, 'no XPath', '<p>a', '{"name": {"xpath": "//["}}')) AS c (ordinal, case_name, html, examples),
    LATERAL pg_temp.error_of(c.html, c.examples) AS e
ORDER BY c.ordinal;
\x off
SELECT e.examples, error.state, error.message, error.hint
FROM unnest(ARRAY['[]', '{}', '1', '[1]', '{"a": null}', '{"a": ""}', '{"a": {"css": "b"}}', '{"a": [1, {"b": 2}]}', '{"a": [[1]]}',
                  '[{"a": "x"}, {"a": null, "b": null}]']::jsonb[]) WITH ORDINALITY AS e (examples, ordinal),
     LATERAL pg_temp.error_of('<p>x', e.examples) AS error ORDER BY e.ordinal;

-- The statement for a foreign table.
SELECT webwrap.suggest_ddl(html, '[{"title": "Alien", "year": 1979, "gross": 2800000, "director": "Ridley Scott"}]', 'Public.film', 'Films of "us"', 'it''s.html') AS ddl
FROM shape WHERE name = 'cards' \gset
\echo :ddl
CREATE SERVER "Films of ""us""" FOREIGN DATA WRAPPER webwrap OPTIONS (base_url 'http://127.0.0.1:9/');
:ddl
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attfdwoptions
FROM pg_attribute AS a WHERE a.attrelid = 'public.film'::regclass AND a.attnum > 0 ORDER BY a.attnum;
DROP SERVER "Films of ""us""" CASCADE;
SELECT webwrap.suggest_ddl('<p id="select">5', '{"select": 5}');
SELECT webwrap.suggest_ddl('<ul><li><b>a</b><i>90000000000</i><li><b>b</b><i>2</i></ul>', '{"name": "a", "size": 90000000000}', 'a.b');
SELECT webwrap.suggest_ddl('<p>x', '{"a": "x"}', 'a b');

-- Which template a page is of: with example pages, with wrappers alone, and pages of none.
CREATE TEMP TABLE site AS
SELECT '<html><head><title>Shop</title></head><body><header class="top"><a class="logo" href="/">Shop</a><nav class="menu"><a>New</a><a>Sale</a>'
       '</nav></header>' AS head, '<footer class="end"><p class="legal">Legal</p></footer></body></html>' AS foot;
CREATE TEMP TABLE template (name text, example text, other text, wrapper jsonb);
INSERT INTO template
SELECT t.name, s.head || t.example || s.foot, s.head || t.other || s.foot, t.wrapper::jsonb
FROM site AS s, (VALUES
('list', '<ul class="goods"><li class="good"><h3>Lamp</h3><span class="price">5</span></li><li class="good"><h3>Chair</h3><span class="price">7</span></li></ul>',
         '<ul class="goods"><li class="good"><h3>Pot</h3><span class="price">1</span></li><li class="good"><h3>Pan</h3><span class="price">2</span></li><li class="good"><h3>Lid</h3></li></ul>',
         '{"rows": {"xpath": "//li[@class=''good'']", "min": 1}, "columns": {"name": {"xpath": "./h3", "required": true}, "price": {"xpath": "./span[@class=''price'']", "type": "integer"}}}'),
('detail', '<article class="good"><h1>Lamp</h1><dl class="facts"><dt>Price</dt><dd>5</dd><dt>Maker</dt><dd>Moor</dd></dl><p class="text">Bright.</p></article>',
           '<article class="good"><h1>Pan</h1><dl class="facts"><dt>Price</dt><dd>2</dd></dl><p class="text">Flat.</p><p class="text">Black.</p></article>',
           '{"columns": {"name": {"xpath": "//h1", "required": true}, "price": {"xpath": "//dt[.=''Price'']/following-sibling::dd[1]", "type": "integer"}}}'),
('review', '<section class="reviews"><h1>Reviews</h1><blockquote class="review"><p>Good.</p><cite>A</cite></blockquote><blockquote class="review"><p>Bad.</p><cite>B</cite></blockquote></section>',
           '<section class="reviews"><h1>Reviews</h1><blockquote class="review"><p>So.</p><cite>C</cite></blockquote></section>',
           '{"rows": {"xpath": "//blockquote"}, "columns": {"text": {"xpath": "./p"}, "author": {"xpath": "./cite", "required": true}}}')) AS t (name, example, other, wrapper);
INSERT INTO template VALUES ('elsewhere', NULL, '<html><body><table><tr><td><font>Old</font></td></tr></table></body></html>'), ('empty', NULL, '');
INSERT INTO template SELECT 'about', NULL, head || '<div class="about"><h2>About</h2><p>We sell.</p></div>' || foot FROM site;
SELECT p.name AS page, k.known, c.name AS best, round(c.similarity::numeric, 2) AS similarity, c.valid, round(c.structure::numeric, 2) AS structure,
       round(c.fit::numeric, 2) AS fit, c.records, c.options, round((c.similarity - c.second)::numeric, 2) AS lead
FROM template AS p,
     (SELECT 'examples' AS known, jsonb_object_agg(name, jsonb_build_object('wrapper', wrapper, 'example', example, 'options', jsonb_build_object('threshold', .8))) AS wrappers
      FROM template WHERE wrapper IS NOT NULL
      UNION ALL SELECT 'wrappers', jsonb_object_agg(name, wrapper) FROM template WHERE wrapper IS NOT NULL) AS k,
     LATERAL (SELECT *, lead(similarity) OVER () AS second FROM webwrap.classify(p.other, k.wrappers) LIMIT 1) AS c
ORDER BY k.known COLLATE "C", p.name COLLATE "C";
-- A page whose content broke the wrapper is still of its template.
SELECT c.name, c.valid, c.problem, c.similarity > 0.6 AS is_similar
FROM template AS t, LATERAL webwrap.classify(replace(t.other, '>1<', '>n/a<'), jsonb_build_object(t.name, jsonb_build_object('wrapper', t.wrapper, 'example', t.example))) AS c
WHERE t.name = 'list';
SELECT * FROM webwrap.classify('<p>', '{}');
CREATE FUNCTION pg_temp.classify_error(wrappers jsonb)
    RETURNS TABLE (state text, message text, detail text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM webwrap.classify('<p>', wrappers);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
SELECT w.wrappers, e.* FROM unnest(ARRAY['[]', '{"a": 1}', '{"a": {}}', '{"a": {"wrapper": {"columns": {"b": {"xpath": "//["}}}}}',
    '{"a": {"wrapper": {"columns": {"b": {"xpath": "//b"}}}, "example": 1}}', '{"a": {"wrapper": {"columns": {"b": {"xpath": "//b"}}}, "sample": "x"}}']::jsonb[])
    WITH ORDINALITY AS w (wrappers, ordinal), LATERAL pg_temp.classify_error(w.wrappers) AS e ORDER BY w.ordinal;
-- NULL in, nothing out.
SELECT webwrap.learn_wrapper(NULL, '{}') IS NULL AS learn, webwrap.suggest_ddl('<p>', NULL) IS NULL AS ddl, (SELECT count(*) FROM webwrap.classify(NULL, '{}')) AS classified;
