CREATE FUNCTION webwrap.xpath(html text, path text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'webwrap_xpath'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.xpath(text, text) IS
'String values of what an XPath 1.0 expression selects on a page, in document order, white space kept; one element for an '
'expression that gives a string, number or boolean. Raises 42601 for a bad path, 54000 at a limit.';

CREATE FUNCTION webwrap.xpath_html(html text, path text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'webwrap_xpath_html'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.xpath_html(text, text) IS
'Outer HTML of the elements that an XPath 1.0 expression selects; the value for attributes and text. Errors as xpath.';

CREATE FUNCTION webwrap.css(html text, selector text) RETURNS text[]
    AS 'MODULE_PATHNAME', 'webwrap_css'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.css(text, text) IS
'String values of the elements that a CSS selector (level 4, what a page without scripts decides) selects on a page, in '
'document order, white space kept. Raises 42601 for a bad selector, 54000 at a limit.';

CREATE FUNCTION webwrap.links(html text, base_url text) RETURNS TABLE (url text, anchor text, rel text[])
    AS 'MODULE_PATHNAME', 'webwrap_links'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION webwrap.links(text, text) IS
'The http and https links of a page in document order: absolute URL without fragment, anchor text (alt text of an area) '
'and rel tokens in lower case. base_url is the page''s address; a base element overrides it.';
