#!/usr/bin/env python3
"""How often a wrapper that was learned from one or two values selects the rest, on real pages (EVOLUTION/cases.jsonl).

The truth is what a case's old XPath selects on its page. Lists (three texts or more): the wrapper learned from the first
value, from two values, must give the whole list. Single records: one wrapper for all fields of a page that have one
value; it is also run on the site's later page, where the fields count whose old XPath still works there. Answers are right, wrong (other values) or refused (an error that says what to add). Not one page is special here.
"""

import argparse
import collections
import json
import re
import sys
import time
from pathlib import Path

import psycopg

from common import connect, create_extension

SPACE = re.compile(r'[\s\u00a0]+')


def fold(text):
    return SPACE.sub(' ', text or '').strip()


def read_page(evolution, page):
    return Path(evolution, 'pages', page + '.html').read_text(errors='replace').replace('\0', '\ufffd')


def truths(session, evolution, every):
    """Page, HTML, {field: texts} by the positional XPaths, {field: (later page, XPath that still works there)}."""
    pages = collections.OrderedDict()
    later = {}
    sites = {}
    for line in Path(evolution, 'cases.jsonl').open():
        case = json.loads(line)
        number = sites.setdefault(case['site'], len(sites))
        if case['style'] == 'abs' and case['field'] != 'image' and number % every == 0:
            pages.setdefault(case['old_page'], {})[case['field']] = case['xpath_old']
        if case['field'] != 'image' and number % every == 0 and case['status_on_new'] == 'unbroken':
            later.setdefault(case['old_page'], {})[case['field']] = case['new_page'], case['xpath_old']
    for page, fields in pages.items():
        html = read_page(evolution, page)
        texts = {}
        for field, xpath in fields.items():
            found = session.execute('SELECT webwrap.xpath(%s, %s)', (html, xpath)).fetchone()[0]
            folded = [fold(text) for text in found]
            if folded and all(folded):
                texts[field] = folded
        yield page, html, texts, later.get(page, {})


def learn(session, html, examples):
    """(wrapper and its records or None, SQLSTATE or None, message)."""
    try:
        wrapper = session.execute('SELECT webwrap.learn_wrapper(%s, %s)', (html, json.dumps(examples))).fetchone()[0]
        rows = session.execute('SELECT webwrap.apply_wrapper(%s, %s)', (html, json.dumps(wrapper))).fetchall()
        return wrapper, [row[0] for row in rows], None
    except psycopg.Error as error:
        return None, None, error


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('evolution')
    parser.add_argument('--every', type=int, default=1, help='only each N-th site')
    parser.add_argument('--misses', help='file for what went wrong, one JSON object a line')
    options = parser.parse_args()
    counts = collections.defaultdict(collections.Counter)
    misses = []
    slowest, seconds, calls = 0, 0, 0

    def judge(kind, page, html, examples, expected):
        nonlocal slowest, seconds, calls
        start = time.perf_counter()
        wrapper, records, error = learn(session, html, examples)
        took = time.perf_counter() - start
        slowest, seconds, calls = max(slowest, took), seconds + took, calls + 1
        if error is not None:
            verdict = 'refused' if error.sqlstate == '22023' else error.sqlstate
        else:
            got = [{key: fold(value) for key, value in record.items()} for record in records]
            verdict = 'right' if got == expected else 'wrong'
        counts[kind][verdict] += 1
        if verdict != 'right':
            diag = error.diag if error else None
            misses.append({'kind': kind, 'verdict': verdict, 'page': page, 'examples': examples, 'wrapper': wrapper,
                           'got': len(records) if records is not None else None, 'expected': len(expected),
                           'error': diag and [diag.message_primary, diag.message_detail]})
        return wrapper

    def judge_later(page, wrapper, later):
        for field, (new_page, xpath) in later.items():
            html = read_page(options.evolution, new_page)
            truth = session.execute('SELECT webwrap.xpath(%s, %s)', (html, xpath)).fetchone()[0]
            column = wrapper['columns'][field]
            got = session.execute('SELECT webwrap.xpath(%s, %s)', (html, column['xpath'])).fetchone()[0]
            is_right = [fold(text) for text in got] == [fold(text) for text in truth]
            verdict = 'right' if is_right else 'wrong' if any(map(fold, got)) else 'nothing'
            counts['field on a later page'][verdict] += 1
            if not is_right:
                misses.append({'kind': 'field on a later page', 'verdict': verdict, 'page': page, 'examples': {field: truth[0]},
                               'wrapper': {'columns': {field: column}, 'rows': xpath}, 'got': got, 'expected': truth, 'error': None})

    with connect() as session:
        create_extension(session)
        for page, html, fields, later in truths(session, options.evolution, options.every):
            single = {field: texts[0] for field, texts in fields.items() if len(texts) == 1}
            for field, texts in fields.items():
                if len(texts) < 3 or len(set(texts)) < len(texts):
                    continue
                expected = [{field: text} for text in texts]
                judge('list, one value', page, html, {field: texts[0]}, expected)
                judge('list, two values', page, html, [{field: texts[0]}, {field: texts[1]}], expected)
                judge('list, first and last', page, html, [{field: texts[0]}, {field: texts[-1]}], expected)
            if len(single) > 1:
                wrapper = judge('one record', page, html, single, [single])
                if wrapper and 'rows' not in wrapper:
                    judge_later(page, wrapper, {field: later[field] for field in single if field in later})
    for kind, verdicts in counts.items():
        total = sum(verdicts.values())
        shares = ', '.join(f'{verdict} {count} ({100 * count / total:.1f} %)' for verdict, count in verdicts.most_common())
        print(f'{kind}: {total}: {shares}')
    print(f'{calls} wrappers, mean {1000 * seconds / max(calls, 1):.0f} ms, slowest {1000 * slowest:.0f} ms, parsing and running included')
    if options.misses:
        Path(options.misses).write_text(''.join(json.dumps(miss) + '\n' for miss in misses))
    sys.exit(0 if calls else 1)


if __name__ == '__main__':
    main()
