#!/usr/bin/env python3
"""F1 of webwrap.adapt on real pages at two dates, by EVOLUTION/score.py, against tree matching alone.

The peer is a database where webwrap.adapt is replaced by clustered tree matching (Ferrara and Baumgartner 2011): the
answer is the subtree of the new page most similar to the one that the XPath selected on the old page, and all its
siblings of the same tag when it selected several. The same script scores both.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from common import connect, create_extension, fail, print_bench

PEER = 'tree-matching-alone'
TREE_MATCHING_ALONE = r"""
CREATE OR REPLACE FUNCTION webwrap.adapt(old_html text, xpath text, new_html text, options jsonb DEFAULT '{}')
RETURNS TABLE (xpath text, similarity float8, confidence float8, measure text) LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN cardinality(old.nodes) > 1 THEN regexp_replace(best.xpath, '\[\d+\]$', '') ELSE best.xpath END,
           best.similarity, best.similarity, 'clustered'
    FROM (SELECT webwrap.xpath_html($1, $2) AS nodes OFFSET 0) AS old,
         LATERAL webwrap.similar_nodes($3, old.nodes[1], 0, 'clustered', '{"leaf": "both"}') AS best
    LIMIT 1
$$;
"""
ALL = re.compile(r'^all .* F1 ([\d.]+)$', re.M)
CASES = re.compile(r'^(\d+) cases of (\d+) sites, (\d+) no longer work on the new page, (\d+) errors$', re.M)


def score(evolution, dbname, every):
    """What score.py says of one database, and the F1 over all elements."""
    print(f'-- {dbname}', flush=True)
    done = subprocess.run([sys.executable, str(Path(evolution, 'score.py')), '--dsn', f'dbname={dbname}', '--every',
                           str(every)], stdout=subprocess.PIPE, text=True)
    print(done.stdout, end='', flush=True)
    f1, cases = ALL.search(done.stdout), CASES.search(done.stdout)
    if done.returncode != 0 or not f1 or not cases or int(cases[3]) == 0:
        fail(f'score.py did not score {dbname}')
    if int(cases[4]) > 0:
        fail(f'{cases[4]} of {cases[1]} cases failed in {dbname}')
    return float(f1[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('evolution')
    parser.add_argument('--every', type=int, default=10, help='only each N-th site')
    options = parser.parse_args()
    with connect() as session:
        session.execute('CREATE DATABASE webwrap')
        session.execute(f'CREATE DATABASE "{PEER}"')
    with connect('webwrap') as session:
        create_extension(session)
    with connect(PEER) as session:
        create_extension(session)
        session.execute(TREE_MATCHING_ALONE)
    ours, peer = (score(options.evolution, dbname, options.every) for dbname in ('webwrap', PEER))
    if ours == 0 or peer == 0:
        fail('nothing was found')
    print(f'adapt: F1 over all elements: webwrap {ours:.4f}, {PEER} {peer:.4f}; the ratio is of F1, not of speed')
    print_bench('adapt', ours / peer, PEER)


if __name__ == '__main__':
    main()
