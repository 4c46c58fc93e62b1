-- The worked example of Ferrara and Baumgartner 2011: 7 and 0.375.
SELECT webwrap.simple_tree_matching(a, b), webwrap.simple_tree_matching(b, a),
       webwrap.clustered_tree_matching(a, b), webwrap.clustered_tree_matching(b, a)
FROM (VALUES ('<root><b><d/><e/></b><c><f/></c><b><e/><d/></b><c><g><h/><i/><j/></g></c></root>',
              '<root><b><d/><e/></b><c><g><h/></g><f/></c></root>')) AS example (a, b);

-- A root that means something in HTML makes it HTML: html and body count too.
SELECT webwrap.simple_tree_matching('<p>a</p>', '<html><body><p>b</p></body></html>') AS html,
       webwrap.simple_tree_matching('<x><y/></x>', '<x><y/></x>') AS xml,
       webwrap.simple_tree_matching('', '<p>') AS empty,
       webwrap.simple_tree_matching(NULL, '<p>') AS "null";

-- Every measure is in 0..1, symmetric, and 1 for identical trees.
SELECT measure,
       round(webwrap.tree_similarity(a, b, measure)::numeric, 6) AS similarity,
       webwrap.tree_similarity(a, b, measure) = webwrap.tree_similarity(b, a, measure) AS symmetric,
       webwrap.tree_similarity(a, a, measure) AS identity
FROM unnest(ARRAY['simple', 'clustered', 'bigram', 'jaro_winkler', 'edit', 'flexible']) WITH ORDINALITY AS m (measure, ordinal),
     (VALUES ('<root><b><d/><e/></b><c><f/></c><b><e/><d/></b><c><g><h/><i/><j/></g></c></root>',
              '<root><b><d/><e/></b><c><g><h/></g><f/></c></root>')) AS example (a, b)
ORDER BY ordinal;

-- What the options change: a leaf against a subtree, class names, text.
SELECT options, webwrap.tree_similarity('<x><y class="a b">t<z/></y></x>', '<x><y class="b a"/></x>', 'clustered', options)
FROM unnest(ARRAY['{}', '{"leaf": "both"}', '{"labels": "tag+class"}', '{"labels": "tag+class", "leaf": "both"}',
                  '{"text_nodes": true}', '{"root": "printed"}']::jsonb[]) WITH ORDINALITY AS o (options, ordinal)
ORDER BY ordinal;
SELECT webwrap.tree_similarity('<x id="1" class="a"/>', '<x id="1" class="b"/>', 'simple', '{"labels": "tag+id"}') AS id,
       webwrap.tree_similarity('<x id="1" class="a"/>', '<x id="1" class="b"/>', 'simple', '{"labels": "tag+id+class"}') AS both,
       webwrap.tree_similarity('<x>t</x>', '<x> </x>', 'simple', '{"text_nodes": true}') AS text;

SELECT options,
       round(webwrap.tree_similarity('<r><x a="1" b="1">the old page</x><y/></r>', '<r><y/><x a="2" b="1">the new page</x></r>', 'simple',
                                     options)::numeric, 3) AS simple,
       round(webwrap.tree_similarity('<r><x a="1" b="1">the old page</x></r>', '<r><x a="2" b="1">the new page</x></r>', 'clustered',
                                     options)::numeric, 3) AS clustered
FROM unnest(ARRAY['{}', '{"order": false}', '{"labels": ["a"]}', '{"labels": ["b"]}', '{"labels": "path"}',
                  '{"text": "exact"}', '{"text": "words"}', '{"text": "bigram"}', '{"text": "jaro_winkler"}', '{"text": "edit"}',
                  '{"text": "edit", "text_nodes": true, "order": false}',
                  '{"text_pattern": "^the .* page$"}']::jsonb[]) WITH ORDINALITY AS o (options, ordinal)
ORDER BY ordinal;

-- Texts.
SELECT measure, round(webwrap.text_similarity('the  old page', 'the new page ', measure)::numeric, 3) AS similarity,
       webwrap.text_similarity('a', 'a', measure) AS identity, webwrap.text_similarity('', 'a', measure) AS empty,
       webwrap.text_similarity(NULL, 'a', measure) AS "null"
FROM unnest(ARRAY['exact', 'words', 'bigram', 'jaro_winkler', 'edit']) WITH ORDINALITY AS m (measure, ordinal)
ORDER BY ordinal;

-- Edit distance: a relabelled, an inserted and a deleted node.
SELECT webwrap.tree_edit_distance('<f><d><a/><c><b/></c></d><e/></f>', '<f><c><d><a/><b/></d></c><e/></f>') AS paper,
       webwrap.tree_edit_distance('<x><y/><z/></x>', '<x><w><y/><z/></w></x>') AS level,
       webwrap.tree_edit_distance('<x><y/></x>', '<x><v/></x>') AS label,
       webwrap.tree_edit_distance('<x/>', '<x/>') AS same,
       webwrap.tree_edit_distance('<x/>', NULL) AS "null",
       webwrap.tree_similarity('<x><y/></x>', '<x><v/></x>', 'edit') AS similarity;

-- Mapping: rows that changed their order, their tags and a level keep their partners.
SELECT webwrap.xpath_html(a, format('(//*)[%s]', a_node)) AS a, webwrap.xpath_html(b, format('(//*)[%s]', b_node)) AS b,
       round(similarity::numeric, 3) AS similarity
FROM (VALUES ('<ul><li><b>Alien</b><i>1979</i></li><li><b>Heat</b><i>1995</i></li></ul>',
              '<main><p><a><b>Heat</b><i>1995</i></a></p><p><a><b>Alien</b><i>1979</i></a></p></main>'))
         AS page (a, b), webwrap.tree_mapping(a, b);
SELECT * FROM webwrap.tree_mapping('<r><x/><y><z/></y></r>', '<r><x/><y/></r>', 'simple');
SELECT * FROM webwrap.tree_mapping('<r><x a="1">t</x></r>', '<r><x a="2">t</x></r>', 'flexible', '{"labels": "tag", "text_nodes": true}');
SELECT count(*), sum(similarity) FROM webwrap.tree_mapping('<p>a<p>b', '<p>a<p>b');

-- Attributes and words as parts of labels.
SELECT measure,
       webwrap.tree_similarity('<x a="1" b="2">s  t</x>', '<x b="2" a="1">s t</x>', measure, o) AS equal,
       round(webwrap.tree_similarity('<x a="1">s t</x>', '<x a="2">s u</x>', measure, o)::numeric, 3) AS other
FROM unnest(ARRAY['simple', 'edit', 'flexible']) AS measure,
     CAST('{"labels": "tag+attributes", "text": "exact"}' AS jsonb) AS o;

-- Search: best first, then document order; nested results all count.
SELECT * FROM webwrap.similar_nodes(
    '<ul><li><a>1</a><b>x</b></li><li><a>2</a></li><li><i>3</i></li></ul><ol><li><a>4</a><b>y</b></li></ol>',
    '<li><a>?</a><b>?</b></li>', 0.5, 'simple');
SELECT * FROM webwrap.similar_nodes('<r><x><x><y/></x></x></r>', '<x><y/></x>', 0.1, 'bigram');
SELECT * FROM webwrap.similar_nodes('<r><x><w><y/><z/></w></x><x><y/></x></r>', '<x><y/><z/></x>', 0.5, 'edit');
SELECT * FROM webwrap.similar_nodes('<r><x><w><y/><z/></w></x><x><y/></x></r>', '<x><y/><z/></x>', 0.5, 'flexible');
SELECT * FROM webwrap.similar_nodes('<table><tr><td>1<td>2<tr><td>3</table>', '<tr><td><td>', 0.9, 'jaro_winkler');
-- One of three siblings is, by the printed rule, a third as similar.
SELECT * FROM webwrap.similar_nodes('<r><x/><x/><x/></r>', '<x/>', 0.1, 'clustered', '{"root": "printed"}');
SELECT count(*) FROM webwrap.similar_nodes('', '<p>x</p>', 0, 'simple');

-- Errors.
CREATE FUNCTION pg_temp.error_of(statement text) RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
SELECT error.*
FROM unnest(ARRAY[
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'edit_distance') $$,
         $$ SELECT webwrap.tree_mapping('<x/>', '<x/>', 'edit') $$,
         $$ SELECT webwrap.tree_mapping('<x/>', '<x/>', 'simple', '{"order": false}') $$,
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'simple', '{"text": "soundex"}') $$,
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'edit', '{"text": "bigram"}') $$,
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'simple', '{"text_pattern": "("}') $$,
         $$ SELECT webwrap.text_similarity('a', 'b', 'soundex') $$,
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'simple', '{"label": "tag"}') $$,
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'simple', '{"labels": "class"}') $$,
         $$ SELECT webwrap.tree_similarity('<x/>', '<x/>', 'simple', '[]') $$,
         $$ SELECT webwrap.similar_nodes('<x/>', '<x/>', 1.5, 'simple') $$,
         $$ SELECT webwrap.similar_nodes('<x/>', '<x/>', 'NaN', 'simple') $$,
         $$ SELECT webwrap.similar_nodes('<p>', '<li>a</li><li>b</li>', 0.5, 'simple') $$
     ]) WITH ORDINALITY AS s (statement, ordinal),
     pg_temp.error_of(statement) AS error
ORDER BY ordinal;

-- A page decides how long a matching takes, a setting how long it may.
SET webwrap.max_match_cells = 1000;
SELECT error.*
FROM pg_temp.error_of($$
    SELECT webwrap.simple_tree_matching('<r>' || string_agg(format('<x><a%s/></x>', i), '') || '</r>',
                                        '<r>' || string_agg(format('<x><b%s/></x>', i), '') || '</r>')
    FROM generate_series(1, 100) AS i $$) AS error;
SELECT error.*
FROM unnest(ARRAY['edit', 'flexible']) AS measure,
     pg_temp.error_of(format($$
    SELECT webwrap.tree_similarity('<r>' || string_agg(format('<x><a%%s/></x>', i), '') || '</r>',
                                   '<r>' || string_agg(format('<x><b%%s/></x>', i), '') || '</r>', %L)
    FROM generate_series(1, 400) AS i $$, measure)) AS error;
RESET webwrap.max_match_cells;
SELECT webwrap.simple_tree_matching('<r>' || string_agg(format('<x><a%s/></x>', i), '') || '</r>',
                                    '<r>' || string_agg(format('<x><b%s/></x>', i), '') || '</r>')
FROM generate_series(1, 100) AS i;

-- A long matching can be cancelled.
\set VERBOSITY sqlstate
SET statement_timeout = '50ms';
SELECT webwrap.simple_tree_matching(
    '<r>' || (SELECT string_agg(format('<x><y%s/></x>', hashint4(i) & 1023), '') FROM generate_series(1, 12000) AS i) || '</r>',
    '<r>' || (SELECT string_agg(format('<x><y%s/></x>', hashint4(-i) & 1023), '') FROM generate_series(1, 12000) AS i) || '</r>');
SELECT webwrap.tree_edit_distance(
    '<r>' || (SELECT string_agg(format('<x%s/>', hashint4(i) & 31), '') FROM generate_series(1, 14000) AS i) || '</r>',
    '<r>' || (SELECT string_agg(format('<x%s/>', hashint4(-i) & 31), '') FROM generate_series(1, 14000) AS i) || '</r>');
SELECT count(*) FROM webwrap.tree_mapping(
    '<r>' || (SELECT string_agg(format('<x%s><y/></x%s>', hashint4(i) & 31, hashint4(i) & 31), '') FROM generate_series(1, 200000) AS i) || '</r>',
    '<r>' || (SELECT string_agg(format('<x%s><y/></x%s>', hashint4(-i) & 31, hashint4(-i) & 31), '') FROM generate_series(1, 200000) AS i) || '</r>');
RESET statement_timeout;
\set VERBOSITY default
