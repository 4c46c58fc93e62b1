#!/usr/bin/env python3
"""What src/bench/separate.cpp cannot measure.

    separate.py generate FOLDER      writes result pages of our film site, in every layout
    separate.py import EVOLUTION     how often IMPORT FOREIGN SCHEMA makes a list of cases.jsonl a column of a table
    separate.py check EVOLUTION      every page restored and rendered by Jinja2 to its bytes; lists of cases.jsonl found as
                                     a column of webwrap.records

A list is found with the F1 of the best column of the best iteration: the visible text of its records or one of their
fields. Columns compare by the keys of EVOLUTION/keys.py.
"""

import argparse
import http.server
import json
import shutil
import statistics
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg

from common import connect, create_extension, fail, spread

LIST_FIELDS = ('ingredients', 'instructions')
GOOD = 0.9
RESULTS = 250
LAYOUTS = Path(__file__).resolve().parents[2] / 'docs' / 'examples' / 'film'


def generate(folder):
    sys.path.insert(0, str(LAYOUTS))
    from catalogue import catalogue  # noqa: PLC0415
    from generate import generate as write_site  # noqa: PLC0415
    films = catalogue(1)[:RESULTS]
    for layout in sorted(path for path in (LAYOUTS / 'layouts').iterdir() if not path.name.startswith('_')):
        write_site(1, layout, Path(folder, layout.name), films)
        shutil.rmtree(Path(folder, layout.name, 'film'))  # pages of one film each


def f1(column, truth):
    """`column`: keys of values; `truth`: for each element of the list the keys that count as it."""
    values = Counter(key for key in column if key)
    hits = 0
    for keys in truth:
        hit = next((key for key in keys if values[key] > 0), None)
        if hit is not None:
            values[hit] -= 1
            hits += 1
    total = sum(1 for key in column if key) + len(truth)
    return 2 * hits / total if total else 0.0


def columns_of(records, text_key):
    """{(list, field): keys of its values} of the rows of webwrap.records."""
    columns = {}
    for name, visible, fields in records:
        columns.setdefault((name, 'visible'), []).append(text_key(visible))
        for field, value in fields.items():
            if isinstance(value, str):
                columns.setdefault((name, field), []).append(text_key(value))
    return columns


def list_cases(evolution):
    """{page: {field: truth}} of lists of two elements at least."""
    pages = {}
    for line in Path(evolution, 'cases.jsonl').read_text(encoding='utf-8').splitlines():
        case = json.loads(line)
        if case['field'] in LIST_FIELDS and len(case['truth']) > 1:
            pages.setdefault(case['new_page'], {})[case['field']] = case['truth']
    return pages


def check(evolution, count, show_misses):
    try:
        import jinja2  # noqa: PLC0415
    except ImportError:
        fail('no module jinja2; install python3-jinja2')
    sys.path.insert(0, evolution)
    from keys import fragment_keys, text_key  # noqa: PLC0415
    del fragment_keys
    session = connect()
    create_extension(session)
    wanted = list_cases(evolution)
    scores, restored, rendered, checked = [], 0, 0, 0
    for path in spread(sorted(Path(evolution, 'pages').glob('*.html')), count):
        page = path.read_bytes().decode('utf-8', errors='replace').replace('\0', '\ufffd')
        checked += 1
        is_restored = is_rendered = True
        for method in ('optimal', 'records'):
            template, data, again, jinja = session.execute(
                'SELECT s.template, s.data, webwrap.restore(s.template, s.data), webwrap.template_as_jinja(s.template) '
                'FROM webwrap.separate(%s, %s) AS s', (page, method)).fetchone()
            is_restored &= again == page
            is_rendered &= jinja2.Environment().from_string(jinja).render(data) == page
        restored += is_restored
        rendered += is_rendered
        if path.stem not in wanted:
            continue
        records = session.execute('SELECT list, visible, fields FROM webwrap.records(%s, %s)',
                                  (template, json.dumps(data))).fetchall()
        columns = columns_of(records, text_key)
        for field, truth in wanted[path.stem].items():
            score, best = max(((f1(column, truth), name) for name, column in columns.items()), default=(0.0, None))
            scores.append(score)
            if show_misses and score < GOOD:
                print(f'{path.stem} {field}: {score:.2f} of {len(truth)} by {best}')
    print(f'{checked} pages: {restored} restored, {rendered} rendered by Jinja2 {jinja2.__version__}, byte for byte')
    if scores:
        good = sum(score >= GOOD for score in scores) / len(scores)
        print(f'{len(scores)} lists: F1 >= {GOOD} of {good:.1%}, mean F1 {statistics.mean(scores):.3f}')


class PageHandler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {'.html': 'text/html; charset=utf-8'}

    def log_message(self, *_):
        pass


def serve(folder):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), lambda *given: PageHandler(*given, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_address[1]}/'


def imported_columns(session, text_key):
    """{(table, column): keys of its values} of the tables in schema imported."""
    columns = {}
    tables = session.execute("SELECT relname, oid::regclass::text FROM pg_class WHERE relnamespace = 'imported'::regnamespace "
                             "AND relkind = 'f'").fetchall()
    for name, table in tables:
        cursor = session.execute(f'SELECT * FROM {table}')
        names = [column.name for column in cursor.description]
        for row in cursor:
            for column, value in zip(names, row):
                columns.setdefault((name, column), []).append(text_key('' if value is None else str(value)))
    return len(tables), columns


def check_imports(evolution, count, field, show_misses):
    sys.path.insert(0, evolution)
    from keys import text_key  # noqa: PLC0415
    session = connect()
    session.prepare_threshold = None  # tables of one name have other columns on each page
    create_extension(session)
    notices = Counter()
    session.add_notice_handler(lambda said: notices.update([said.message_primary.split('"')[0].strip()]))
    session.execute('SET webwrap.allowed_networks = "127.0.0.0/8"')
    session.execute(f"CREATE SERVER pages FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{serve(str(Path(evolution, 'pages')))}')")
    wanted = {page: fields[field] for page, fields in list_cases(evolution).items() if len(fields.get(field, [])) >= 3}
    scores, tables, seconds, errors = [], [], [], 0
    for page in spread(sorted(wanted), count):
        session.execute('SET client_min_messages = warning')
        session.execute('DROP SCHEMA IF EXISTS imported CASCADE')
        session.execute('SET client_min_messages = notice')
        session.execute('CREATE SCHEMA imported')
        started = time.monotonic()
        try:
            session.execute(f"IMPORT FOREIGN SCHEMA page FROM SERVER pages INTO imported OPTIONS (url '{page}.html')")
            seconds.append(time.monotonic() - started)
            number, columns = imported_columns(session, text_key)
        except psycopg.Error as error:
            print(f'{page}: {error}'.strip())
            errors += 1
            scores.append(0.0)
            continue
        tables.append(number)
        score, best = max(((f1(column, wanted[page]), name) for name, column in columns.items()), default=(0.0, None))
        scores.append(score)
        if show_misses and score < GOOD:
            print(f'{page}: {score:.2f} of {len(wanted[page])} by {best}, {number} tables')
    print(f'{len(scores)} pages: {field} a column with F1 >= {GOOD} on {sum(score >= GOOD for score in scores)}, mean F1 '
          f'{statistics.mean(scores):.3f}; {errors} errors; tables a page: median {statistics.median(tables)}, most '
          f'{max(tables)}; seconds an import: median {statistics.median(seconds):.2f}, most {max(seconds):.2f}')
    for text, number in notices.most_common(8):
        print(f'{number:6} {text}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    commands.add_parser('generate').add_argument('folder')
    checker = commands.add_parser('check')
    checker.add_argument('evolution')
    checker.add_argument('--pages', type=int, default=10**6)
    checker.add_argument('--misses', action='store_true', help='print the lists that are not found')
    importer = commands.add_parser('import')
    importer.add_argument('evolution')
    importer.add_argument('--pages', type=int, default=40)
    importer.add_argument('--field', choices=LIST_FIELDS, default='ingredients')
    importer.add_argument('--misses', action='store_true', help='print the pages where the list is no column')
    arguments = parser.parse_args()
    if arguments.command == 'generate':
        generate(arguments.folder)
    elif arguments.command == 'import':
        check_imports(arguments.evolution, arguments.pages, arguments.field, arguments.misses)
    else:
        check(arguments.evolution, arguments.pages, arguments.misses)


if __name__ == '__main__':
    main()
