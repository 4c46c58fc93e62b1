#!/usr/bin/env python3
"""F1 of webwrap.adapt on real pages at two dates, and on kinds of sites that nothing was fitted on, against tree matching
alone and attribute relocation (baselines.py). EVOLUTION/score.py scores all of them on the same cases. Before that, the time that
adaptation of one pattern takes on pages of some 300 kB, both parsed anew, beside lxml parsing them.

Options of webwrap.adapt may differ by half of the sites, so that weights fitted on one half are measured on the other:
`--options` is for both, `--options-0` and `--options-1` for one half; each is JSON, or @FILE of JSON. `--also NAME=JSON` adds
webwrap with other options, so that one can be held against the other.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import re
import statistics
import sys
import time
from pathlib import Path

from baselines import BASELINES, Pages, run
from common import OURS, connect, create_extension, fail, print_bench, spread
from lxml import html as lxml_html

FIGURES = {'f1': re.compile(r'^all .* F1 ([\d.]+)$', re.M), 'changed': re.compile(r'^content changed .* F1 ([\d.]+)$', re.M),
           'macro': re.compile(r'^site macro F1 ([\d.]+)', re.M), 'answered': re.compile(r' answered ([\d.]+)'),
           'wrong': re.compile(r' wrong_answers ([\d.]+)')}
SIZES = (250_000, 350_000)  # mean bytes of a pair of pages whose adaptation is timed
TIMED_CASES = 200
TIMED = """
WITH t AS MATERIALIZED (SELECT clock_timestamp() AS start),
     a AS MATERIALIZED (SELECT count(*) AS answers FROM t, timed o, timed n, LATERAL webwrap.adapt(o.html, %s, n.html, %s::jsonb)
                        WHERE o.name = %s AND n.name = %s)
SELECT extract(epoch FROM clock_timestamp() - start) * 1000, answers FROM t, a
"""
CASES = re.compile(r'^(\d+) cases of (\d+) sites, (\d+) no longer work on the new page, (\d+) errors$', re.M)


def load_score(evolution):
    spec = importlib.util.spec_from_file_location('score', Path(evolution, 'score.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_options(given):
    return given if not given.startswith('@') else json.dumps(json.loads(Path(given[1:]).read_text()))


def score(module, contender, folder, half, every, options, answer=None):
    """The figures that score.py prints of one contender; `answer` stands in for its way to webwrap.adapt."""
    original, arguments, out = module.run, sys.argv, io.StringIO()
    sys.argv = ['score.py', '--dsn', 'dbname=webwrap', '--cases', f'{folder}/cases.jsonl', '--pages', f'{folder}/pages', '--every',
                str(every), '--options', options] + (['--half', half] if half else [])
    if answer:
        module.run = answer
    try:
        with contextlib.redirect_stdout(out):
            module.main()
    finally:
        module.run, sys.argv = original, arguments
    text = out.getvalue()
    print(text, end='', flush=True)
    cases = CASES.search(text)
    if not cases or int(cases[3]) == 0:
        fail(f'no case of {folder} was scored')
    if int(cases[4]) > 0:
        fail(f'{cases[4]} of {cases[1]} cases failed for {contender}')
    return {name: float(found[1]) if (found := pattern.search(text)) else float('nan') for name, pattern in FIGURES.items()}


def print_speed(session, evolution, most, options):
    """The time of webwrap.adapt for single patterns that broke, as it is in the server, against lxml parsing both pages."""
    pages = Pages(session, f'{evolution}/pages')

    def size(case):
        return sum(Path(pages.folder, f'{case[age]}.html').stat().st_size for age in ('old_page', 'new_page')) / 2

    cases = [json.loads(line) for line in Path(evolution, 'cases.jsonl').read_text(encoding='utf-8').splitlines()]
    cases = spread([one for one in cases if one['status_on_new'] != 'unbroken' and SIZES[0] <= size(one) <= SIZES[1]], most)
    names = sorted({case[age] for case in cases for age in ('old_page', 'new_page')})
    session.execute('SET webwrap.parsed_page_cache = 0')
    session.execute('CREATE TEMP TABLE timed (name text PRIMARY KEY, html text)')
    with session.cursor() as cursor:
        cursor.executemany('INSERT INTO timed VALUES (%s, %s)', [(name, pages.text(name)) for name in names])
    session.execute('ANALYZE timed')
    ours, theirs, answered = [], [], 0
    for case in cases:
        milliseconds, answers = session.execute(
            TIMED, [case['xpath_old'], options, case['old_page'], case['new_page']]).fetchone()
        ours.append(float(milliseconds))
        answered += answers > 0
        bodies = [pages.text(case[age]).encode() for age in ('old_page', 'new_page')]
        start = time.perf_counter()
        for body in bodies:
            lxml_html.document_fromstring(body, parser=lxml_html.HTMLParser(encoding='utf-8', huge_tree=True))
        theirs.append(1000 * (time.perf_counter() - start))
    session.execute('RESET webwrap.parsed_page_cache')
    if not answered:
        fail('nothing was adapted in time')
    print(f'adaptation of one pattern, both pages parsed: median {statistics.median(ours):.1f} ms, 95 % within '
          f'{sorted(ours)[len(ours) * 95 // 100]:.1f} ms, of {len(ours)} pairs of pages of {SIZES[0] // 1000} to {SIZES[1] // 1000} kB, '
          f'{answered} answered; lxml parses both in {statistics.median(theirs):.1f} ms')
    print_bench('adapt-speed', statistics.median(b / a for a, b in zip(ours, theirs)), 'lxml parsing both pages')


def print_table(title, figures):
    print(f'\n{title}\n{"":28}' + ''.join(f'{name:>10}' for name in FIGURES))
    for contender, values in figures.items():
        print(f'{contender:28}' + ''.join(f'{values[name]:10.4f}' for name in FIGURES))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('evolution')
    parser.add_argument('--kinds', help='folder of src/bench/kinds/build.py; scored with its own halves')
    parser.add_argument('--every', type=int, default=10, help='only each N-th site')
    parser.add_argument('--half', choices=('0', '1'), help='only one half of the sites; both are the default, one after the other')
    parser.add_argument('--options', default='{}')
    parser.add_argument('--options-0')
    parser.add_argument('--options-1')
    parser.add_argument('--also', action='append', default=[], metavar='NAME=JSON')
    parser.add_argument('--baselines', nargs='*', default=list(BASELINES), choices=list(BASELINES))
    options = parser.parse_args()
    with connect() as session:
        session.execute('CREATE DATABASE webwrap')
    session = connect('webwrap')
    create_extension(session)
    session.execute('SET webwrap.max_depth = 512')
    print_speed(session, options.evolution, TIMED_CASES, read_options(options.options))
    module = load_score(options.evolution)
    for name, folder in [('evolution', options.evolution)] + ([('kinds', options.kinds)] if options.kinds else []):
        for half in [options.half] if options.half else ['0', '1']:
            given = getattr(options, f'options_{half}') or options.options
            contenders = {OURS: given} | dict(also.split('=', 1) for also in options.also)
            figures = {}
            for contender, text in contenders.items():
                print(f'-- {contender}, {name}, half {half}', flush=True)
                figures[contender] = score(module, contender, folder, half, options.every, read_options(text))
            for baseline in options.baselines:
                print(f'-- {baseline}, {name}, half {half}', flush=True)
                figures[baseline] = score(module, baseline, folder, half, options.every, '{}',
                                          lambda cases, pages, dsn, _: run(BASELINES[baseline], session, cases, pages))  # noqa: B023
            print_table(f'{name}, half {half}: F1 of elements, of cases whose content changed, mean of the sites; shares of cases', figures)
            if figures[OURS]['f1'] == 0:
                fail('nothing was found')
            for peer, values in list(figures.items())[1:]:
                print_bench(f'adapt-{name}-{half}', figures[OURS]['f1'] / max(values['f1'], 1e-4), peer)
    print('the ratios of evolution and kinds are of F1, not of speed')


if __name__ == '__main__':
    main()
