CREATE TYPE webwrap.separation AS (
    template text,
    data jsonb,
    maintainability float8,
    page_maintainability float8,
    compression_ratio float8
);
COMMENT ON TYPE webwrap.separation IS
'A page separated. template: the page with what repeats folded, in the language that docs/separate.md describes; data: what '
'its references, iterations and conditions stand for; maintainability, page_maintainability: the index of the template and '
'of the page; compression_ratio: characters of template and data, these without needless quotes, divided by those of the '
'page (small numbers here say nothing about size after compression).';

CREATE FUNCTION webwrap.separate(html text, method text DEFAULT 'optimal', options jsonb DEFAULT '{}')
    RETURNS webwrap.separation
    AS 'MODULE_PATHNAME', 'webwrap_separate'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.separate(text, text, jsonb) IS
'Separates a page into a template and data; restore gives back the page byte for byte. method: optimal (the folding of runs '
'of siblings with the highest maintainability index), records (folds whatever repeats: the record structure of the page), '
'and those of Zhao, Zhang and Qi 2018: synthia, max_mi, max_mi_lcs, mi_dual_tlbo. options, for the last four: scope ("page", '
'or "subtree": of what a change of the index is taken), threshold (synthia: similarity of neighbours that are folded), '
'population, iterations, learning_rate, seed (mi_dual_tlbo). Raises 22023 for an unknown method, HV024 for an unknown option, '
'54000 at a limit.';

CREATE FUNCTION webwrap.restore(template text, data jsonb) RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_restore'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.restore(text, jsonb) IS
'The page that separate made template and data of, byte for byte. Raises 22023 for a template whose iterations and conditions '
'do not nest, and for data that lack what the template refers to.';

CREATE FUNCTION webwrap.maintainability(markup text) RETURNS float8
    AS 'MODULE_PATHNAME', 'webwrap_maintainability'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION webwrap.maintainability(text) IS
'Maintainability index of a page or of a template of separate: 171 - 5.2 ln V - 0.23 G - 16.2 ln SLOC, V = N log2 n (Zhao, '
'Zhang and Qi 2018, section 3 and table 1). Elements and texts that the markup does not write (implied html, head, body, '
'tbody) do not count, nor do comments and text that is only white space. Higher is better; large pages are below 0. '
'Raises 54000 at a limit.';

CREATE FUNCTION webwrap.template_as_jinja(template text) RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_template_as_jinja'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.template_as_jinja(text) IS
'The template of separate as a Jinja2 template: a default environment renders it with the data to the same bytes as restore '
'gives. Raises 22023 for a template whose iterations and conditions do not nest.';

CREATE FUNCTION webwrap.records(template text, data jsonb)
    RETURNS TABLE (list text, record int, parent int, visible text, fields jsonb)
    AS 'MODULE_PATHNAME', 'webwrap_records'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 100;
COMMENT ON FUNCTION webwrap.records(text, jsonb) IS
'The turns of all iterations of a template, in the order in which they begin. list: the iteration, such as for2; record: '
'number of the turn in its list; parent: that of the turn of the enclosing iteration, NULL outside of any; visible: what a '
'reader sees of it, white space folded; fields: its references and, as true, its conditions; what lies between nodes is left out. Method records of separate '
'makes the templates that this is for. Raises 22023 as restore does.';

CREATE FUNCTION webwrap.extend_site_template(template text, html text) RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_extend_site_template'
    LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.extend_site_template(text, text) IS
'The template of some pages of a site, made to hold for one page more; NULL for no page so far. A page that it holds for, '
'or NULL, leaves it as it is. Raises 22023 for a template that separation did not write, 54000 at a limit.';

CREATE AGGREGATE webwrap.site_template(html text) (
    SFUNC = webwrap.extend_site_template,
    STYPE = text,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE webwrap.site_template(text) IS
'One template that holds for all pages given: what differs becomes references, what only some have conditions, what repeats '
'iterations. NULL for no page. The order of pages may change names and places of references, so give one (ORDER BY). Raises '
'54000 at a limit.';

CREATE TYPE webwrap.site_separation AS (
    template text,
    data jsonb,
    residual float8
);
COMMENT ON TYPE webwrap.site_separation IS
'A page separated with the template of its site. template: the given one where it holds for the page, else extended by what '
'the page has; data: restores the page with that; residual: nodes added to the template for each node of the page, 0..1. A '
'page of the known design is near 0, a redesign near 1.';

CREATE FUNCTION webwrap.separate_with(template text, html text) RETURNS webwrap.site_separation
    AS 'MODULE_PATHNAME', 'webwrap_separate_with'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.separate_with(text, text) IS
'The data of a further page of a site, by the template that site_template learned. Raises 22023 for a template that '
'separation did not write, 54000 at a limit.';

CREATE FUNCTION webwrap.template_report(html text, method text DEFAULT 'optimal') RETURNS text
    AS 'MODULE_PATHNAME', 'webwrap_template_report'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION webwrap.template_report(text, text) IS
'One page of HTML about the separation of a page, for people: figures, the source beside the template with iterations to '
'unfold, data as a table for each iteration. It shows everything of the page as text, asks for nothing and runs no script. '
'method as in separate. Raises 22023 for an unknown method, 54000 at a limit.';
