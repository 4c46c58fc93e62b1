#!/usr/bin/env python3
"""F1 of webwrap.adapt on real pages at two dates, and on kinds of sites that nothing was fitted on, against tree matching
alone and attribute relocation (baselines.py). EVOLUTION/score.py scores all of them on the same cases.

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
import sys
from pathlib import Path

from baselines import BASELINES, run
from common import OURS, connect, create_extension, fail, print_bench

FIGURES = {'f1': re.compile(r'^all .* F1 ([\d.]+)$', re.M), 'changed': re.compile(r'^content changed .* F1 ([\d.]+)$', re.M),
           'macro': re.compile(r'^site macro F1 ([\d.]+)', re.M), 'answered': re.compile(r' answered ([\d.]+)'),
           'wrong': re.compile(r' wrong_answers ([\d.]+)')}
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
    print('the ratios are of F1, not of speed')


if __name__ == '__main__':
    main()
