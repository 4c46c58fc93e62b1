-- What a page shows and says of itself: links, tables, metadata, visible text.

-- Links are what browsers make of them: the URL standard.
SELECT * FROM webwrap.links(
    $$<base href="../b/"><a href=" x
 y?q=ä#f"><img src=i alt="an image"></a><a href="\\cdn.example.org\p"><div>one</div><div>two</div></a>
      <a href="//ann:secret@bücher.example:443/%2e%2E/ä" title="title"></a><a href="//0x7f.1/">address</a>
      <a href="https:?q">scheme only</a><a href="http://a b/">no host</a><a href="//[::0:1]:8080">v6</a>
      <template><a href="/no">in a template</a></template>$$,
    'https://example.org/d/e/f');
SELECT url FROM webwrap.links('<base href="ftp://example.org/"><a href="x"></a><a href="http:y"></a>', 'https://example.org/');

-- Tables: headers, spans, groups, nesting.
SELECT * FROM webwrap.tables(
    '<table><caption>Sales of <b>2020</b></caption><thead><tr><th rowspan=2>Country<th colspan=2>Sales<tr><th>Q1<th>Q2</thead>
     <tfoot><tr><td>all<td>5<td>7</tfoot><tbody><tr><td rowspan=2>AT<td>1<td>2<tr><td colspan=2>3</tbody></table>
     <table><tr><td>a<table><tr><th>b<tr><td>c</table></td></tr><tr></tr></table>
     <table role=presentation><tr><td>layout</td></tr></table><p>x');
SELECT header[1] || '=' || cells[1] AS first, cardinality(cells) FROM webwrap.tables(
    '<table><tr><th>n<tr><td>1<td>2<tr><td>3</table>');
SELECT count(*) FROM webwrap.tables('<p>no table');

-- Visible text.
SELECT webwrap.visible_text(
    '<title>no</title><style>no</style><h1>A  title</h1><p>One <b>two</b><br>three</p><ul><li>a<li>b</ul>
     <table><tr><td>c<td>d<tr><td>e<td>f</table><pre>  g
  h</pre><p hidden>no</p><div style="display: none">no</div><script>no</script><noscript>i</noscript>');
SELECT webwrap.visible_text('') = '' AS empty, webwrap.visible_text(NULL) IS NULL AS is_null;

-- Metadata.
SELECT jsonb_pretty(webwrap.metadata(
    '<html lang=en><head><meta charset=utf-8><title>T</title><meta name=description content=D><link rel=canonical href=/c>
     <meta property=og:title content=O><meta property=og:image content=1><meta property=og:image content=2>
     <meta name=twitter:card content=summary><link rel="shortcut icon" href=/i><link rel=alternate type=application/atom+xml
     href=/f><script type="application/ld+json">{"price": 12345678901234567890.10, "s": "\u0000\ud800", "e": 1e400}</script>
     <script type="application/ld+json">{"broken": </script></head>
     <body><div itemscope itemtype=http://schema.org/Product><span itemprop=name>N</span><div itemprop=offers itemscope>
     <meta itemprop=price content=1.50></div></div><p vocab="http://schema.org/" typeof=Person><b property=name>A</b></p>')
     #- '{json_ld,0,e}');
SELECT (webwrap.metadata('<script type=application/ld+json>[1e4000]</script>') #> '{json_ld,0,0}')::numeric = 10::numeric ^ 4000
           AS exact,
       webwrap.metadata('<script type=application/ld+json>[1.50, 0e0, 1e-4000, -7]</script>') #> '{json_ld,0,0}' AS scale;
SELECT webwrap.metadata('<script type=application/ld+json>[1e131072]</script>') -> 'errors' AS too_large;
SELECT webwrap.metadata('<script type=application/ld+json>[1' || repeat('.1', 2) || ']</script>') -> 'errors' AS broken;
SELECT webwrap.metadata('<script type=application/ld+json>' || repeat('[', 600) || '</script>') -> 'errors' AS too_deep;

-- Limits name their settings.
CREATE FUNCTION pg_temp.error_of(statement text)
    RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    message := 'no error';
    RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    RETURN NEXT;
END
$$;
SET webwrap.max_document_memory = '8MB';
SELECT * FROM pg_temp.error_of($$ SELECT * FROM webwrap.tables('<table><tr><td colspan=1000 rowspan=0>x' || repeat('<tr>', 1000)) $$);
SELECT * FROM pg_temp.error_of($$ SELECT webwrap.metadata(repeat('<i itemscope itemref=x></i>', 300) || '<b id=x itemprop=a>'
    || repeat('y', 100000)) $$);
RESET webwrap.max_document_memory;
SET webwrap.max_nodes = 20000;
SELECT * FROM pg_temp.error_of($$ SELECT webwrap.metadata('<div id=x>' || repeat('<b itemprop=a>y</b>', 200) || '</div>'
    || repeat('<i itemscope itemref=x></i>', 200)) $$);
RESET webwrap.max_nodes;

-- Any page is XML for XMLTABLE.
SELECT webwrap.as_xml('<p @click=x>1<br>2 & 3<!-- a--b --><table><tr><td>4');
SELECT n.* FROM xmltable('//tr' PASSING webwrap.as_xml('<table><tr><td>1<td>a<tr><td>2<td>&eacute;</table>')
                         COLUMNS ordinal FOR ORDINALITY, number int PATH 'td[1]', letter text PATH 'td[2]') AS n;
SELECT webwrap.as_xml(E'<p>\f\x01', 'libxml2') IS DOCUMENT AS is_document, webwrap.as_xml(NULL) IS NULL AS is_null;
SELECT webwrap.as_xml('<p>', 'none');
