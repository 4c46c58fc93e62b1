#!/usr/bin/env python3
"""Prints Table 1 of Ferrara and Baumgartner 2011 for pages of our own:  table.py [--seed N] [--dbname NAME] [--pages FOLDER] [--json FILE]

Runs inside a private cluster (`make example-adaptation`), whose address libpq finds in the environment. For each scenario the
wrapper stored one page and one record. Tree matching returns the subtrees that resemble the record, by the threshold of the
paper; webwrap.adapt returns an XPath. tp are true records that were returned, fp what else was returned, fn the others.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent))
from scenario_pages import generate  # noqa: E402

TREE_MATCHING = """
SELECT count(*) FILTER (WHERE n.node = ANY (%(truth)s)), count(*) FILTER (WHERE NOT n.node = ANY (%(truth)s))
FROM webwrap.similar_nodes(%(page)s, %(record)s, %(threshold)s, %(measure)s, %(options)s) AS s,
     LATERAL unnest(webwrap.xpath_html(%(page)s, s.xpath)) AS n (node)
"""
ADAPTATION = """
SELECT count(*) FILTER (WHERE n.node = ANY (%(truth)s)), count(*) FILTER (WHERE NOT n.node = ANY (%(truth)s))
FROM (SELECT xpath FROM webwrap.adapt(%(stored)s, %(xpath)s, %(page)s) LIMIT 1) AS a,
     LATERAL unnest(webwrap.xpath_html(%(page)s, a.xpath)) AS n (node)
"""
# As printed, clustered tree matching takes an element without children for any other of its tag; "leaves" does not.
METHODS = {'simple': ('simple', '{}'), 'clustered': ('clustered', '{}'), 'clustered, leaves': ('clustered', '{"leaf": "both"}'),
           'webwrap': None}


def nodes(session, page, xpath):
    return session.execute('SELECT webwrap.xpath_html(%s, %s)', (page, xpath)).fetchone()[0]


def count(session, scenario, folder):
    """{method: [tp, fp, fn]} over the pages of a scenario."""
    description = json.loads((folder / 'records.json').read_text())
    stored = (folder / 'stored.html').read_text()
    record = nodes(session, stored, description['xpath'])[0]
    totals = {method: [0, 0, 0] for method in METHODS}
    for described in description['pages']:
        page = (folder / described['file']).read_text()
        truth = [nodes(session, page, path)[0] for path in described['records']]
        for method, measured in METHODS.items():
            tp, fp = session.execute(
                TREE_MATCHING if measured else ADAPTATION,
                dict(page=page, truth=truth, stored=stored, xpath=description['xpath'], record=record, threshold=scenario.threshold,
                     measure=measured and measured[0], options=measured and measured[1])).fetchone()
            for i, value in enumerate((tp, fp, len(truth) - tp)):
                totals[method][i] += value
    return totals


def rates(tp, fp, fn):
    precision, recall = tp / (tp + fp) if tp + fp else 0, tp / (tp + fn) if tp + fn else 0
    return precision, recall, 2 * tp / (2 * tp + fp + fn) if tp else 0


def print_table(rows):
    print(f'{"":18}{"":>8}' + ''.join(f'{method:>20}' for method in METHODS))
    print(f'{"scenario":18}{"thresh.":>8}' + f'{"tp":>10}{"fp":>5}{"fn":>5}' * len(METHODS))
    total = {method: [sum(column) for column in zip(*(counts[method] for _, counts in rows))] for method in METHODS}
    for scenario, counts in rows:
        print(f'{scenario.name:18}{scenario.threshold:>8.0%}' + ''.join('{:>10}{:>5}{:>5}'.format(*counts[m]) for m in METHODS))
    print(f'{"total":18}{"":8}' + ''.join('{:>10}{:>5}{:>5}'.format(*total[m]) for m in METHODS))
    for i, name in enumerate(('precision', 'recall', 'F-measure')):
        print(f'{name:18}{"":8}' + ''.join(f'{rates(*total[m])[i]:>20.2%}' for m in METHODS))
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--seed', default='1')
    parser.add_argument('--dbname', default='postgres')
    parser.add_argument('--pages', help='keep the pages in this folder')
    parser.add_argument('--json', help='write the counts to this file, too')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, psycopg.connect(dbname=options.dbname, autocommit=True) as session:
        session.execute('CREATE EXTENSION IF NOT EXISTS webwrap')
        rows = [(scenario, count(session, scenario, folder)) for scenario, folder in generate(options.seed, options.pages or scratch)]
    total = print_table(rows)
    if options.json:
        Path(options.json).write_text(json.dumps({'scenarios': {s.name: c for s, c in rows}, 'total': total}))


if __name__ == '__main__':
    main()
