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
    RETURNS TABLE (xpath text, similarity float8, confidence float8, measure text, evidence jsonb)
    AS 'MODULE_PATHNAME', 'webwrap_adapt'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 3;
COMMENT ON FUNCTION webwrap.adapt(text, text, text, jsonb) IS
'XPaths that select on the new page what the given one selected on the old page, best first; no row means that webwrap '
'abstains. similarity: of the selected nodes, 0..1; confidence: probability of being right, 0..1. options: threshold '
'(confidence below which a candidate is dropped), similarity_threshold, measure (of the similarity: simple, '
'clustered, bigram, jaro_winkler, edit, flexible), measures (what is tried, in this order: combined, values and those measures, '
'each with a threshold of its own behind it if need be; "combined" by default), labels, text_nodes, text, leaf, root (as of '
'tree_similarity), model (of combined: fitted; equal: no fitted weights; or one of your own as a JSON object, see docs/wrap.md), '
'parser (html5, libxml2), explain (true: evidence says why, see docs/wrap.md; with "threshold": 0 also of candidates that are '
'not sure enough; else it is NULL). The confidence of a tree measure is its similarity. Ferrara and Baumgartner 2011, sections 3 and 4.';

CREATE FUNCTION webwrap.still_holds(old_html text, xpath text, new_html text, options jsonb DEFAULT '{}') RETURNS float8
    AS 'MODULE_PATHNAME', 'webwrap_still_holds'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION webwrap.still_holds(text, text, text, jsonb) IS
'Probability, 0..1, that the XPath selects on the new page the kind of data that it selected on the old one. '
'options: model, parser, as of webwrap.adapt.';

CREATE FUNCTION webwrap.adapt_wrapper(old_html text, wrapper jsonb, new_html text, options jsonb DEFAULT '{}') RETURNS jsonb
    AS 'MODULE_PATHNAME', 'webwrap_adapt_wrapper'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.adapt_wrapper(text, jsonb, text, jsonb) IS
'The wrapper with all patterns adapted jointly to the new page: {"sure", "wrapper", "patterns": [{"pattern", "old_xpath", '
'"new_xpath", "sure", "similarity", "confidence", "measure", "old_sample", "new_sample", "reason"}]}. Use "wrapper" only '
'when "sure" is true. What is nested in a column is a pattern by its dotted name. Settings are in the wrapper: "adapt": '
'{"threshold", "similarity_threshold", "measure", "measures", "labels", "text_nodes", "text", "leaf", "root", '
'"top_down": "all", "none" or names of columns that are adapted because their '
'record was, "bottom_up": whether the row pattern is adapted for its columns'' sake}; "threshold" and "similarity_threshold" '
'also in "rows" and in columns. options: the same settings for this call, and explain: patterns then have "evidence", as of '
'webwrap.adapt, with the best other groups and XPaths. Ferrara and Baumgartner 2011, section 4.';

CREATE FUNCTION webwrap.learn_wrapper(html text, examples jsonb) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'webwrap_learn_wrapper'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.learn_wrapper(text, jsonb) IS
'A wrapper that reads the examples from the page and the other records of their list: learning by example. examples: one '
'record or an array of records, {"column": value}. A value is a string (a text as the page has it, or a date in ISO 8601), a '
'number, a boolean, {"xpath": "..."} for a node, null for nothing, an array of values for several nodes, or an array of '
'objects for nested records. Without a list around the one record the wrapper has no rows. The wrapper gives the examples. '
'Raises 22023, naming the column and what to add, when an example is not found, nothing explains all examples, or several '
'wrappers explain them with different results.';

CREATE FUNCTION webwrap.suggest_ddl(html text, examples jsonb, table_name text DEFAULT 'page', server text DEFAULT 'site',
                                    url text DEFAULT '') RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_suggest_ddl'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.suggest_ddl(text, jsonb, text, text, text) IS
'The CREATE FOREIGN TABLE statement for the wrapper that learn_wrapper makes of the examples. table_name may have a schema '
'before it, read as SQL reads names; server is the name of the server as it is; url is the table''s option, empty for the '
'base_url of the server. Columns with a value in every record are NOT NULL, numbers that are never negative have a CHECK. '
'Raises 22023 as learn_wrapper, and for nested records.';

CREATE FUNCTION webwrap.classify(html text, wrappers jsonb)
    RETURNS TABLE (name text, similarity float8, valid bool, structure float8, fit float8, records int, problem text,
                   options jsonb)
    AS 'MODULE_PATHNAME', 'webwrap_classify'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 5;
COMMENT ON FUNCTION webwrap.classify(text, jsonb) IS
'Which of several templates a page is of, best first (Ferrara and Baumgartner 2011, section 6). wrappers: {name: {"wrapper": '
'{...}, "example": html of a page of that template, "options": {...}}} or {name: wrapper}. similarity: 0..1, of structure and '
'wrapper. valid: the wrapper holds on the page and reads something. structure: likeness of the tree-grams to those of the '
'example, null without one. fit: share of the wrapper''s patterns that find what they should. records: how many it '
'reads. problem: its first violation. options: as given with the template. Raises HV024 for a malformed template.';
