#!/usr/bin/env python3
"""Whether adapted XPaths are right for the new design and not just for one page: answers of webwrap.adapt evaluated on a further
page of the new design, scored as EVOLUTION/score.py does.

A further page is what a case names (kinds), or, on real pages, a page of the same site at about the same date whose tree has the
same paths and classes, known from another case of the same field.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from lxml import html

from adapt import load_score, read_options
from common import connect, create_extension, fail, spread

DAYS = 200  # between two captures of one design
LIKE = 0.6  # share of paths and classes that two pages of one design have in common


def shape(path):
    root = html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding='utf-8', huge_tree=True, remove_comments=True))
    found, pending = set(), [(root, '')]
    while pending:
        element, above = pending.pop()
        if isinstance(element.tag, str):
            here = f'{above}/{element.tag}.{element.get("class", "")}'
            found.add(here)
            pending.extend((child, here) for child in element)
    return found


def with_further(cases, folder):
    """The cases that have a further page, with further_page, further_truth and further_ignore."""
    shapes, by_field, made = {}, {}, []
    for case in cases:
        by_field.setdefault((case['site'], case['field']), []).append(case)

    def shape_of(name):
        if name not in shapes:
            shapes[name] = shape(Path(folder, 'pages', f'{name}.html'))
        return shapes[name]

    def alike(a, b):
        return len(shape_of(a) & shape_of(b)) / len(shape_of(a) | shape_of(b))
    for case in cases:
        if case['status_on_new'] == 'unbroken':
            continue
        if 'further_page' in case:
            made.append(case)
            continue
        best = max((other for other in by_field[case['site'], case['field']] if other['new_page'] not in (case['new_page'], case['old_page'])
                    and other['truth'] != case['truth']
                    and abs((date.fromisoformat(other['new_date']) - date.fromisoformat(case['new_date'])).days) <= DAYS),
                   key=lambda other: alike(case['new_page'], other['new_page']), default=None)
        if best and alike(case['new_page'], best['new_page']) >= LIKE:
            made.append({**case, 'further_page': best['new_page'], 'further_truth': best['truth'], 'further_ignore': best['ignore']})
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('evolution', help='folder with score.py')
    parser.add_argument('--cases', help='folder with cases.jsonl and pages/; default: the same')
    parser.add_argument('--answers', type=int, default=0, help='only so many answers, spread evenly; 0 for all')
    parser.add_argument('--options', default='{}', help='of webwrap.adapt: JSON, or @FILE of JSON')
    parser.add_argument('--misses', help='write the answers that are wrong there to this file, one JSON a line')
    options = parser.parse_args()
    folder = options.cases or options.evolution
    module = load_score(options.evolution)
    with connect() as session:
        session.execute('CREATE DATABASE webwrap')
    session = connect('webwrap')
    create_extension(session)
    with open(f'{folder}/cases.jsonl', encoding='utf-8') as f:
        cases = with_further([json.loads(line) for line in f], folder)
    answers = module.run(cases, f'{folder}/pages', 'dbname=webwrap', read_options(options.options))
    answered = [case for case in cases if answers.get(case['case'], {}).get('xpath')]
    if not answered:
        fail('no answer to check')
    checked = spread(answered, options.answers or len(answered))
    kind = right = 0
    misses = []
    for case in checked:
        page = Path(folder, 'pages', f"{case['further_page']}.html").read_text(encoding='utf-8', errors='replace').replace('\0', '\ufffd')
        xpath = answers[case['case']]['xpath']
        nodes = session.execute('SELECT webwrap.xpath_html(%s, %s)', (page, xpath)).fetchone()[0]
        there = {**case, 'truth': case['further_truth'], 'ignore': case['further_ignore']}
        tp, fp, fn = module.match(there, nodes)
        kind += tp > fp
        right += module.f1(tp, fp, fn) >= 0.99
        if tp <= fp:
            misses.append({k: case[k] for k in ('case', 'site', 'field', 'style', 'xpath_old', 'new_page', 'further_page', 'further_truth')}
                          | {'xpath': xpath, 'tp_fp_fn': [tp, fp, fn], 'tp_fp_fn_on_new': module.match(case, answers[case['case']]['nodes'])})
    if options.misses:
        Path(options.misses).write_text(''.join(json.dumps(m, ensure_ascii=False) + '\n' for m in misses))
    print(f'{len(checked)} answers of {len({c["site"] for c in checked})} sites checked on a further page of the new design: '
          f'{kind / len(checked):.4f} select the right kind of data there (more true elements than others), {right / len(checked):.4f} exactly it')


if __name__ == '__main__':
    sys.exit(main())
