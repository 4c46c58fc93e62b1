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
-- Nesting is no way to exhaust the stack.
SELECT webwrap.xpath(repeat('<div>', 100000) || 'deep', 'count(//div)');
SET webwrap.max_depth = 100;
SELECT webwrap.xpath(repeat('<div>', 200) || 'deep', 'count(//div)');
RESET webwrap.max_depth;
SELECT webwrap.xpath(repeat('<div>', 200) || 'deep', 'count(//div)');
