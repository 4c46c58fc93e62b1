-- Figure 1 of Zhao, Zhang and Qi 2018.
CREATE TEMP TABLE figure AS SELECT
'<div><li><a href="java">Java</a></li><li><a href="php">PHP<span>STAR</span></a></li></div>'::text AS html;
SELECT length(html), round(webwrap.maintainability(html)::numeric, 3) AS maintainability FROM figure;
SELECT method, s.template, s.data, round(s.maintainability::numeric, 3) AS maintainability,
       round(s.page_maintainability::numeric, 3) AS page, round(s.compression_ratio::numeric, 3) AS ratio,
       webwrap.restore(s.template, s.data) = html AS restored
FROM figure, unnest(ARRAY['synthia', 'max_mi', 'max_mi_lcs', 'mi_dual_tlbo', 'optimal', 'records']) WITH ORDINALITY AS m (method, ordinal),
     webwrap.separate(html, method) AS s
ORDER BY ordinal;
SELECT webwrap.template_as_jinja((webwrap.separate(html)).template) FROM figure;

-- Bytes survive: quotes, case, white space, entities, tags that are missing, comments, what looks like a template.
SELECT bool_and(webwrap.restore(s.template, s.data) = html) AS restored, count(*)
FROM unnest(ARRAY['', E'<UL>\r\n<LI>a<li>b<LI Class = x>c', '<p>&amp;&lt;<!-- x --><p>{r1}<if1></for2>', '<table>x<tr><td>1<td>2</table>',
                  '<for1>{=r1}</for1>', E'<script>{{ a }}</script><script>{% b %}</script>\n']) AS html,
     unnest(ARRAY['synthia', 'max_mi', 'max_mi_lcs', 'mi_dual_tlbo', 'optimal', 'records']) AS method,
     webwrap.separate(html, method) AS s;
SELECT webwrap.restore('{=r1}<=if1></=if1>{r1}', '{"r1": "x"}');

-- Records, nested ones too.
SELECT r.* FROM webwrap.separate('<h1>Shops</h1><section><h2>A</h2><ul><li>1 <b>one</b></li><li>2 <b>two</b></li><li>3 <b>three</b></li></ul></section>'
                                 '<section><h2>B</h2><ul><li>4 <b>four</b></li><li>5 <b>five</b></li></ul></section>', 'records') AS s,
     webwrap.records(s.template, s.data) AS r;
SELECT * FROM webwrap.records('no iteration', '{}');

-- One template for the pages of a site, and what a further page has.
CREATE TEMP TABLE site AS SELECT n, format(E'<title>%s</title>\n<ul>%s</ul>%s\n', title, items, CASE WHEN n = 2 THEN '<p>Offer</p>' END) AS html
FROM (SELECT n, 'page ' || n AS title, string_agg(format('<li><b>%s</b></li>', i * n), '' ORDER BY i) AS items
      FROM generate_series(1, 4) AS n, generate_series(1, 2 + n) AS i GROUP BY n) AS pages;
SELECT webwrap.site_template(html ORDER BY n) AS template FROM site WHERE n < 4 \gset
SELECT :'template' AS template;
SELECT n, s.template = :'template' AS same, s.data, s.residual, webwrap.restore(s.template, s.data) = html AS restored
FROM site, webwrap.separate_with(:'template', html) AS s ORDER BY n;
SELECT s.residual > 0.8 AS redesigned FROM webwrap.separate_with(:'template', '<table><tr><td>1<td>2<tr><td>3<td>4</table>') AS s;
SELECT webwrap.site_template(html) IS NULL AS none FROM site WHERE n > 4;
SELECT webwrap.site_template(html) AS one FROM (VALUES (NULL), ('<p>a</p>'), (NULL)) AS pages (html);

-- Options; a seed repeats.
SELECT (webwrap.separate(html, 'mi_dual_tlbo', '{"seed": 5}')).template = (webwrap.separate(html, 'mi_dual_tlbo', '{"seed": 5}')).template AS repeats,
       (webwrap.separate(html, 'synthia', '{"threshold": 1}')).template = html AS kept
FROM figure;

-- Errors.
SELECT webwrap.separate('', 'best');
SELECT webwrap.separate('', 'mi_dual_tlbo', '{"population": 1}');
SELECT webwrap.separate('', 'mi_dual_tlbo', '{"people": 10}');
SELECT webwrap.restore('a<for1>b', '{}');
SELECT webwrap.restore('<if1>a</for1>', '{}');
SELECT webwrap.restore('{r1}', '{}');
SELECT webwrap.restore('<for1>{r1}</for1>', '{"for1": {"r1": "a"}}');
SELECT webwrap.restore('', '[]');
SELECT webwrap.template_as_jinja('</if1>');
SELECT webwrap.separate_with('<if1>a<b>c</b></if1>', '');
\set VERBOSITY sqlstate
SELECT webwrap.separate('', 'best');
SELECT webwrap.separate('', 'mi_dual_tlbo', '{"people": 10}');
SELECT webwrap.restore('a<for1>b', '{}');
SELECT webwrap.restore('{r1}', '{}');
\set VERBOSITY default
SET webwrap.max_nodes = 1000;
SELECT webwrap.maintainability(repeat('<p>', 2000));
RESET webwrap.max_nodes;
