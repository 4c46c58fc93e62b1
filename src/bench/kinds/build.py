#!/usr/bin/env python3
"""Builds a set of cases of kinds of sites that nothing was fitted on: the same contents by two generators, themes or
versions, in the format of EVOLUTION (cases.jsonl, pages/). Tools and contents come from Debian, PyPI and npm, see deps.sh."""

import argparse
import importlib
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cases import Maker  # noqa: E402

FAMILIES = ('resumes', 'manpages', 'listings', 'python_api', 'blogs', 'sphinx_docs')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('tools', type=Path, help='folder of what deps.sh installed')
    parser.add_argument('out', type=Path)
    parser.add_argument('--families', nargs='*', default=FAMILIES)
    options = parser.parse_args()
    maker = Maker()
    for name in options.families:
        before, dropped = len(maker.cases), maker.dropped.copy()
        work = options.out / 'work' / name
        work.mkdir(parents=True, exist_ok=True)
        for site in importlib.import_module(f'families.{name}').sites(options.tools.resolve(), work.resolve()):
            maker.add(site)
        new = maker.cases[before:]
        print(f"{name}: {len({c['site'] for c in new})} sites, {len(new)} cases, "
              f"{sum(c['status_on_new'] != 'unbroken' for c in new)} no longer work; dropped {dict(maker.dropped - dropped)}", flush=True)
    folder = options.out / 'pages'
    folder.mkdir(exist_ok=True)
    for old in folder.glob('*.html'):
        old.unlink()
    used = {c[k] for c in maker.cases for k in ('old_page', 'new_page', 'further_page') if k in c}
    for name in sorted(used):
        (folder / f'{name}.html').write_text(maker.pages[name], encoding='utf-8')
    with open(options.out / 'cases.jsonl', 'w', encoding='utf-8') as f:
        for number, case in enumerate(maker.cases):
            case['case'] = number
            f.write(json.dumps(case, ensure_ascii=False) + '\n')
    status = Counter(c['status_on_new'] for c in maker.cases)
    print(f"{len(maker.cases)} cases of {len({c['site'] for c in maker.cases})} sites, {len(used)} pages: {dict(status)}")


if __name__ == '__main__':
    main()
