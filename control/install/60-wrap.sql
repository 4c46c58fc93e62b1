CREATE FUNCTION webwrap.apply_wrapper(html text, wrapper jsonb) RETURNS SETOF jsonb
    AS 'MODULE_PATHNAME', 'webwrap_apply_wrapper'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION webwrap.apply_wrapper(text, jsonb) IS
'Records of a page as JSON objects by column name, in document order. The wrapper is {"rows": {"xpath" or "css", "min", "max", '
'"min_children", "max_children"}, "columns": {name: {"xpath" or "css", "type", "required", "pattern", "locale", '
'"null_values", "min_occurs", "max_occurs", "separator", "columns"}}, "parser": "html5" or "libxml2", "xml_schema": an '
'XML Schema that each record satisfies, "name": its element for one record, "adapt": settings of adapt_wrapper}. A page that violates the wrapper raises 23000 naming each violated constraint; a malformed '
'wrapper HV024.';

CREATE FUNCTION webwrap.verify(html text, wrapper jsonb)
    RETURNS TABLE (pattern text, constraint_name text, detail text)
    AS 'MODULE_PATHNAME', 'webwrap_verify'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION webwrap.verify(text, jsonb) IS
'Violated integrity constraints of a wrapper on a page (Ferrara and Baumgartner 2011, section 4); no row means valid. '
'pattern: column name or "rows"; constraint_name: min_rows, max_rows, min_children, max_children, '
'required, type, pattern, min_occurs, max_occurs, xml_schema.';

CREATE FUNCTION webwrap.adapt(old_html text, xpath text, new_html text, options jsonb DEFAULT '{}')
    RETURNS TABLE (xpath text, similarity float8, confidence float8, measure text)
    AS 'MODULE_PATHNAME', 'webwrap_adapt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 3;
COMMENT ON FUNCTION webwrap.adapt(text, text, text, jsonb) IS
'XPaths that select on the new page what the given one selected on the old page, best first; no row means that webwrap '
'abstains. similarity: of the selected nodes, 0..1; confidence: probability of being right, 0..1. options: threshold '
'(confidence below which a candidate is dropped), similarity_threshold, measure (of the similarity: simple, '
'clustered, bigram, jaro_winkler, edit, flexible), measures (what is tried, in this order: combined, values and those measures, '
'each with a threshold of its own behind it if need be; "combined" by default), labels, text_nodes, text, leaf, root (as of '
'tree_similarity), parser (html5, libxml2). The confidence of a tree measure is its similarity. Ferrara and Baumgartner 2011, sections 3 and 4.';

CREATE FUNCTION webwrap.still_holds(old_html text, xpath text, new_html text, parser text DEFAULT 'html5') RETURNS float8
    AS 'MODULE_PATHNAME', 'webwrap_still_holds'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION webwrap.still_holds(text, text, text, text) IS
'Probability, 0..1, that the XPath selects on the new page the kind of data that it selected on the old one. '
'parser is html5 or libxml2.';

CREATE FUNCTION webwrap.adapt_wrapper(old_html text, wrapper jsonb, new_html text) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'webwrap_adapt_wrapper'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.adapt_wrapper(text, jsonb, text) IS
'The wrapper with all patterns adapted jointly to the new page: {"sure", "wrapper", "patterns": [{"pattern", "old_xpath", '
'"new_xpath", "sure", "similarity", "confidence", "measure", "old_sample", "new_sample", "reason"}]}. Use "wrapper" only '
'when "sure" is true. Settings are in the wrapper: "adapt": {"threshold", "similarity_threshold", "measure", "measures", '
'"labels", "text_nodes", "text", "leaf", "root", "top_down": "all", "none" or names of columns that are adapted because their '
'record was, "bottom_up": whether the row pattern is adapted for its columns'' sake}; "threshold" and "similarity_threshold" '
'also in "rows" and in columns. Ferrara and Baumgartner 2011, section 4.';
