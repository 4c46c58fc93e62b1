CREATE FUNCTION webwrap.xpath(html text, path text, parser text DEFAULT 'html5') RETURNS text[]
    AS 'MODULE_PATHNAME', 'webwrap_xpath'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.xpath(text, text, text) IS
'String values of what an XPath 1.0 expression selects on a page, in document order, white space kept; one element for an '
'expression that gives a string, number or boolean. parser is html5, the tree of browsers, or libxml2, the tree of lxml. Raises '
'42601 for a bad path, HV024 for another parser, 54000 at a limit.';

CREATE FUNCTION webwrap.xpath_html(html text, path text, parser text DEFAULT 'html5') RETURNS text[]
    AS 'MODULE_PATHNAME', 'webwrap_xpath_html'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.xpath_html(text, text, text) IS
'Outer HTML of the elements that an XPath 1.0 expression selects; the value for attributes and text. Errors as xpath.';

CREATE FUNCTION webwrap.css(html text, selector text, parser text DEFAULT 'html5') RETURNS text[]
    AS 'MODULE_PATHNAME', 'webwrap_css'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.css(text, text, text) IS
'String values of the elements that a CSS selector (level 4, what a page without scripts decides) selects on a page, in '
'document order, white space kept. Raises 42601 for a bad selector, 54000 at a limit.';

CREATE FUNCTION webwrap.links(html text, base_url text) RETURNS TABLE (url text, anchor text, rel text[])
    AS 'MODULE_PATHNAME', 'webwrap_links'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION webwrap.links(text, text) IS
'The http and https links of a page in document order: url is absolute, in the normal form of the URL standard, without '
'fragment; anchor is the visible text, else the alt text of images, aria-label or title (of an area its alt text); rel are '
'the rel tokens in lower case. base_url is the page''s address; a base element overrides it. Raises 22023 when base_url is '
'no http or https URL, 54000 at a limit.';

CREATE FUNCTION webwrap.visible_text(html text) RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_visible_text'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.visible_text(text) IS
'What a reader sees of a page without its style sheets: white space collapsed except in pre, blocks and br on lines of their '
'own, an empty line around p, cells separated by tabs (innerText of the HTML standard); without script, style, template, '
'head, hidden elements and closed details. Raises 54000 at a limit.';

CREATE FUNCTION webwrap.tables(html text)
    RETURNS TABLE (ordinal int, caption text, header text[], row_number int, cells text[])
    AS 'MODULE_PATHNAME', 'webwrap_tables'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION webwrap.tables(text) IS
'The body rows of a page''s tables: ordinal numbers the tables in document order, nested ones too, and row_number the rows, '
'both from 1. cells has one element a column: the visible text, repeated where a cell spans several, NULL where none is. '
'header likewise, several header rows joined by " / ", empty without header rows. caption is NULL without one. Tables with '
'role presentation or none are left out. Raises 54000 at a limit.';

CREATE FUNCTION webwrap.metadata(html text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'webwrap_metadata'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.metadata(text) IS
'What a page says about itself, as an object with title, description, canonical, base, language, charset (text, absent when '
'the page has none), meta, opengraph, twitter (name to text, to an array when repeated), links (rel to array of objects), '
'feeds, json_ld (array of blocks), microdata and rdfa (arrays of items) and errors (array of objects with part, ordinal, '
'message: what could not be read). References stay as written. Raises 54000 at a limit.';

CREATE FUNCTION webwrap.as_xml(html text, parser text DEFAULT 'html5') RETURNS xml
    AS 'MODULE_PATHNAME', 'webwrap_as_xml'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.as_xml(text, text) IS
'The page as well-formed XML without namespaces, for XMLTABLE and other tools of XML. What XML cannot say is coerced (HTML '
'standard, 13.2.9): characters to U+FFFD, form feeds to spaces, "--" in comments to "- -", characters of names to U and '
'five hex digits. parser is html5 or libxml2. Raises HV024 for another parser, 54000 at a limit.';
