#!/usr/bin/env python3
"""Bytes of pages in the page store, and the speed of reading and writing them, against columns compressed by TOAST (pglz and
lz4) and against the zstd program: by itself, and with one page of the site as raw prefix (--patch-from).

All pages of the sites that have three or more. Bytes are those of the compressed pages; a site's prefix page is counted for
everybody. The program is given the site's first page as prefix, and, harder to beat, the one with which all others take
fewest bytes (told by level 3). `same-day` is about pages of one site and date, which share a template: those with a prefix,
against the program with the other page of that day as prefix; there prefix pages do not count.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common import connect, cpu_seconds, create_extension, fail, print_bench, report, run_rounds

SETUP = """
CREATE TABLE source (url text, fetched_at timestamptz, html text);
ALTER TABLE source ALTER html SET STORAGE EXTERNAL;
CREATE TABLE toast_pglz (url text, html text COMPRESSION pglz);
CREATE TABLE toast_lz4 (url text, html text COMPRESSION lz4);
"""


def pages_by_site(evolution, least):
    """{site: [(date, path)]}, the oldest first, of sites with so many pages."""
    sites = defaultdict(dict)
    for line in Path(evolution, 'cases.jsonl').read_text().splitlines():
        case = json.loads(line)
        for age in ('old', 'new'):
            sites[case['site']][Path(evolution, 'pages', case[f'{age}_page'] + '.html')] = case[f'{age}_date']
    return {site: sorted((date, path) for path, date in pages.items())
            for site, pages in sorted(sites.items()) if len(pages) >= least}


def zstd_bytes(path, level, prefix=None):
    command = ['zstd', f'-{level}', '-q', '-c', str(path)]
    if prefix:
        command.insert(1, f'--patch-from={prefix}')
    return len(subprocess.run(command, check=True, capture_output=True).stdout)


def site_bytes(pool, paths, level, prefix):
    """Of all pages of a site, the prefix by itself."""
    return sum(pool.map(lambda path: zstd_bytes(path, level, None if path == prefix else prefix), paths))


def zstd_totals(sites):
    with ThreadPoolExecutor(2) as pool:
        alone = first = best = 0
        for paths in sites.values():
            alone += sum(pool.map(lambda path: zstd_bytes(path, 19), paths))
            first += site_bytes(pool, paths, 19, paths[0])
            best += site_bytes(pool, paths, 19, min(paths, key=lambda prefix: site_bytes(pool, paths, 3, prefix)))
    return {'zstd-19': alone, 'zstd-19-first-page': first, 'zstd-19-best-page': best}


def timed(session, statement):
    start = cpu_seconds(session.info.backend_pid)
    session.execute(statement).fetchall()
    return cpu_seconds(session.info.backend_pid) - start


def compressed_bytes(session):
    return session.execute('SELECT sum(octet_length(bytes)) FROM webwrap.body').fetchone()[0]


def write(session, size_bytes):
    """Stores all pages everywhere and prints how fast."""
    statements = {'webwrap': "SELECT count(webwrap.store_html(url, html, fetched_at)) FROM source",
                  'toast-lz4': 'WITH i AS (INSERT INTO toast_lz4 SELECT url, html FROM source RETURNING 1) SELECT count(*) FROM i',
                  'toast-pglz': 'WITH i AS (INSERT INTO toast_pglz SELECT url, html FROM source RETURNING 1) SELECT count(*) FROM i'}
    seconds = {name: [timed(session, statement)] for name, statement in statements.items()}
    report('store-write', seconds, lambda value: f'{size_bytes / 1e6 / value:8.1f} MB per CPU second written')


def recompress(session, count):
    start, done = time.monotonic(), 0
    while packed := session.execute('SELECT webwrap.page_recompress(100)').fetchone()[0]:
        done += packed
    if done != count:
        fail(f'{done} of {count} pages were recompressed')
    print(f'  recompressed {count / (time.monotonic() - start):.1f} pages/s')


def check(session):
    """What is read is what was stored."""
    wrong = session.execute('SELECT count(*) FROM source s LEFT JOIN webwrap.page p USING (url, fetched_at) '
                            'WHERE p.html IS DISTINCT FROM s.html').fetchone()[0]
    if wrong:
        fail(f'{wrong} pages are not what was stored')


def same_day(session, sites, files):
    """(pages, bytes of theirs, ours, the program's, lz4's) of pages that have another one of their site and date: of each
    such group the last page that has a prefix in the store, or the last one."""
    found = []
    for site, pages in sites.items():
        days = defaultdict(list)
        for number, (date, _) in enumerate(pages):
            days[date].append(number)
        for numbers in days.values():
            if len(numbers) < 2:
                continue
            bodies = {number: session.execute(
                'SELECT b.prefix_hash IS NOT NULL, octet_length(b.bytes), p.size_bytes, pg_column_size(l.html) FROM webwrap.page p '
                'JOIN webwrap.body b ON b.hash = p.body_hash JOIN toast_lz4 l USING (url) WHERE url = %s',
                [f'https://{site}/{number}']).fetchone() for number in numbers}
            page = max(numbers, key=lambda number: (bodies[number][0], number))
            other = next(number for number in numbers if number != page)
            _, own, size, lz4 = bodies[page]
            found.append((1, size, own, zstd_bytes(files[site][page], 19, files[site][other]), lz4))
    return [sum(column) for column in zip(*found)]


def disk_bytes(session):
    """Tables and indexes, without what recompression has left behind."""
    session.execute('VACUUM FULL webwrap.body')
    session.execute('VACUUM FULL webwrap.stored_page')
    session.execute('VACUUM FULL webwrap.page_template')
    return session.execute("SELECT sum(pg_total_relation_size(t)) FROM unnest(ARRAY['webwrap.body', 'webwrap.stored_page', "
                           "'webwrap.page_template']::regclass[]) t").fetchone()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('evolution')
    parser.add_argument('--least', type=int, default=3, help='pages that a site has')
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    sites = pages_by_site(options.evolution, options.least)
    session = connect()
    ours = create_extension(session)
    session.execute(SETUP)
    texts = {site: [(date, path.read_text(encoding='utf-8', errors='replace').replace('\0', '\ufffd'))
                    for date, path in pages] for site, pages in sites.items()}
    for site, pages in texts.items():
        for number, (date, html) in enumerate(pages):
            session.execute('INSERT INTO source VALUES (%s, %s, %s)', [f'https://{site}/{number}', date, html])
    count, size_bytes = session.execute('SELECT count(*), sum(octet_length(html)) FROM source').fetchone()
    print(f'store: {count} pages of {len(sites)} sites with {options.least} or more, {size_bytes / 1e6:.1f} MB, '
          f'{size_bytes / count / 1e3:.1f} kB a page')

    write(session, size_bytes)
    written = compressed_bytes(session)
    recompress(session, count)
    check(session)
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for site, pages in texts.items():
            files[site] = [Path(folder, f'{site}-{number}') for number in range(len(pages))]
            for path, (_, html) in zip(files[site], pages):
                path.write_text(html, encoding='utf-8')
        totals = zstd_totals(files)
        days = same_day(session, sites, files)
    for method in ('lz4', 'pglz'):
        totals[f'toast-{method}'] = session.execute(f'SELECT sum(pg_column_size(html)) FROM toast_{method}').fetchone()[0]
    own = compressed_bytes(session)
    print(f'  {"when written":24} {written / count / 1e3:8.2f} kB a page')
    for name, value in {ours: own, **totals}.items():
        print(f'  {name:24} {value / count / 1e3:8.2f} kB a page, {100 * value / size_bytes:.2f} % of its size')
    print(f'  {"tables and indexes":24} {float(disk_bytes(session)) / count / 1e3:8.2f} kB a page')
    for name, value in totals.items():
        print_bench('store-bytes', float(value) / float(own), name)
    pages, size, own, program, lz4 = days
    print(f'  same day: {pages} pages of {size / pages / 1e3:.1f} kB, ours {own / pages / 1e3:.2f}, zstd-19 with the other page '
          f'{program / pages / 1e3:.2f}, toast-lz4 {lz4 / pages / 1e3:.2f} kB a page')
    print_bench('store-same-day', program / own, 'zstd-19-other-page')
    print_bench('store-same-day', lz4 / own, 'toast-lz4')

    reads = {'webwrap': 'SELECT count(hashtext(html)) FROM webwrap.page',
             'toast-lz4': 'SELECT count(hashtext(html)) FROM toast_lz4',
             'toast-pglz': 'SELECT count(hashtext(html)) FROM toast_pglz'}
    session.execute('SET max_parallel_workers_per_gather = 0')
    contenders = {name: (lambda statement=statement: timed(session, statement)) for name, statement in reads.items()}
    report('store-read', run_rounds(contenders, options.rounds),
           lambda value: f'{size_bytes / 1e6 / value:8.1f} MB per CPU second read')


if __name__ == '__main__':
    main()
