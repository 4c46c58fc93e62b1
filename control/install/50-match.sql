CREATE FUNCTION webwrap.simple_tree_matching(a text, b text) RETURNS int
    AS 'MODULE_PATHNAME', 'webwrap_simple_tree_matching'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.simple_tree_matching(text, text) IS
'Simple tree matching (Selkow 1977) of two pieces of markup: the number of nodes in a largest pairing that keeps tag '
'names, parents and the order of siblings and pairs the roots; 0 when the roots differ. Nodes are elements, labels tag '
'names. Markup is read as XML when it is well-formed and its root is no HTML element, else as HTML, whose implied html, '
'head and body count. Raises 54000 at a limit.';

CREATE FUNCTION webwrap.clustered_tree_matching(a text, b text) RETURNS float8
    AS 'MODULE_PATHNAME', 'webwrap_clustered_tree_matching'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.clustered_tree_matching(text, text) IS
'Clustered tree matching, 0..1, of two pieces of markup: Ferrara and Baumgartner 2011, section 3.2, algorithm 1, as printed: '
'like simple_tree_matching, but a pair of nodes counts 1 divided by the greater number of siblings. A leaf is fully '
'similar to any subtree of the same tag; tree_similarity has options against that. Markup and errors as in '
'simple_tree_matching.';

CREATE FUNCTION webwrap.tree_edit_distance(a text, b text) RETURNS int
    AS 'MODULE_PATHNAME', 'webwrap_tree_edit_distance'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION webwrap.tree_edit_distance(text, text) IS
'Tree edit distance of two pieces of markup (Tai 1979, by the algorithm of Zhang and Shasha 1989): the least number of '
'nodes to insert, delete and relabel that makes the one the other. Exact. Ordered; nodes are elements, labels tag names. '
'Markup and errors as in simple_tree_matching.';

CREATE FUNCTION webwrap.tree_similarity(a text, b text, measure text, options jsonb DEFAULT '{}') RETURNS float8
    AS 'MODULE_PATHNAME', 'webwrap_tree_similarity'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION webwrap.tree_similarity(text, text, text, jsonb) IS
'Similarity of two pieces of markup, 0..1, symmetric, 1 for identical trees. measure: simple (2 * simple_tree_matching / '
'number of nodes of both), clustered (clustered_tree_matching), bigram (Dice coefficient of the pairs parent and child, '
'grandparent and grandchild, sibling and next sibling: tolerates permutations), jaro_winkler (of the tags in document '
'order: tolerates inserted and removed levels), edit (1 - 2 d / (number of nodes of both + d) for tree_edit_distance d; Li '
'and Zhang 2011), flexible (2 * sum of the similarities of tree_mapping / number of nodes of both: tolerates moves, '
'inserted levels and renamed nodes); Ferrara and Baumgartner 2011, section 4, Brisset et al. 2020. options: labels ("tag", '
'"tag+id", "tag+class", "tag+id+class", "tag+attributes", "path" from the root of the page, or an array of names of '
'attributes that count beside the tag: what must be equal, or for flexible has tokens in common), '
'text_nodes (boolean: text that is not only white space counts as a leaf), text ("any", or "exact": words count, those of '
'the leaf, without text_nodes those of its element; or for simple and clustered "words", "bigram", "jaro_winkler", "edit": '
'a leaf counts as much as text_similarity says of its text), text_pattern (a regular expression: all texts in which it is '
'found are equal), for simple and clustered order (boolean, false: children are assigned to each other in any order), and for clustered leaf ("printed", or "both": a leaf is similar to a leaf only) and root ("one", or "printed": '
'divided by its siblings, which only similar_nodes can see). Markup as in simple_tree_matching. Raises 22023 for an unknown '
'measure, HV024 for an unknown option, 54000 at a limit.';

CREATE FUNCTION webwrap.text_similarity(a text, b text, measure text) RETURNS float8
    AS 'MODULE_PATHNAME', 'webwrap_text_similarity'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION webwrap.text_similarity(text, text, text) IS
'Similarity of two texts, 0..1, symmetric, 1 for equal ones; runs of white space count as one space, at the ends not at all. '
'measure: exact (1 or 0), words (Dice coefficient of the words), bigram (Dice coefficient of the pairs of adjacent '
'characters), jaro_winkler (of the characters; Winkler 1990), edit (1 - Levenshtein distance / characters of the longer '
'text). Raises 22023 for an unknown measure, 54000 at a limit.';

CREATE FUNCTION webwrap.tree_mapping(a text, b text, measure text DEFAULT 'flexible', options jsonb DEFAULT '{}')
    RETURNS TABLE (a_node int, b_node int, similarity float8)
    AS 'MODULE_PATHNAME', 'webwrap_tree_mapping'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 1000;
COMMENT ON FUNCTION webwrap.tree_mapping(text, text, text, jsonb) IS
'Which node of one piece of markup corresponds to which of another; a node has one partner at most. a_node, b_node: place '
'in document order, 1 for the root element; webwrap.xpath finds it in HTML as (//*)[n] unless text_nodes count, too. measure: flexible (after '
'Brisset et al. 2020; whole page to whole page, whatever was moved, wrapped or renamed; similarity of the labels, less where '
'ancestors or siblings before are other ones, 0 for a renamed node) or simple (the pairs of simple_tree_matching; simple '
'similarity of their subtrees). options: as in tree_similarity without order and partly similar texts, where flexible has labels "tag+attributes" and text '
'"exact" unless told otherwise. Markup as in simple_tree_matching. Raises 22023 for a measure without mapping, HV024 for '
'an unknown option, 54000 at a limit.';

CREATE FUNCTION webwrap.similar_nodes(html text, example text, threshold float8, measure text,
                                      options jsonb DEFAULT '{}')
    RETURNS TABLE (xpath text, similarity float8)
    AS 'MODULE_PATHNAME', 'webwrap_similar_nodes'
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION webwrap.similar_nodes(text, text, float8, text, jsonb) IS
'Elements of a page whose subtree is at least threshold (0..1) similar to an example, best first, equals in document order; '
'nested ones all count, similarity 0 never does. example: the markup of one element. measure and options: as in '
'tree_similarity. xpath: positional path. Raises 22023 for a bad threshold, example or measure, HV024 for an unknown option, '
'54000 at a limit.';
