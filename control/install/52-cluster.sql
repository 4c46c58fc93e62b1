CREATE FUNCTION webwrap.template_clusters(query text, threshold float8 DEFAULT 0.5, max_clusters int DEFAULT 10000)
    RETURNS TABLE (ordinal bigint, url text, cluster int, representative text, similarity float8)
    AS 'MODULE_PATHNAME', 'webwrap_template_clusters'
    LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000000 ROWS 10000;
COMMENT ON FUNCTION webwrap.template_clusters(text, float8, int) IS
'Groups the pages that a query returns (URL and markup, both text) by template, in the order in which they come. A page joins '
'the cluster whose first page, the representative, looks most like it, with at least the similarity threshold (0..1), or begins '
'a new one; cluster is NULL for a page that is NULL. The query runs as the caller and cannot write. Pages are read one after '
'the other, and one sketch (2 kB) is kept for each cluster, of which there may be max_clusters.';
