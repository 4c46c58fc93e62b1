#!/usr/bin/env python3
"""Twelve redesigns of the film site, each more violent than the one before, under one foreign table.

    redesigns.py [--seed N] [--only NUMBER]... [--skip-chain] [--json FILE]

Twice: each redesign made of the first design, by a table that has only ever seen that; then as a chain, in which the site gets
one after the other and what the table learned from one is its evidence for the next. After each, the whole table is read and
every value held against the truth. Everything runs on this machine, in build/redesigns: a private PostgreSQL and nginx.

Exit status: 0 when no value was wrong and what cannot be adapted was refused, 1 otherwise, 2 when the site could not be made.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(REPOSITORY / 'src' / 'test' / 'servers')]
import command  # noqa: E402
from catalogue import COLUMNS, FILM_COUNT, PAGE_SIZE, catalogue  # noqa: E402
from checks import Failure, ask, compare_with_truth, load_truth, require  # noqa: E402
from cluster import Cluster  # noqa: E402
from generate import LayoutError, find_layout, generate  # noqa: E402
from nginx import Nginx  # noqa: E402
from terminal import bold, dim, heading, message, say, verdict  # noqa: E402

BUILD = REPOSITORY / 'build' / 'redesigns'
CELLS = FILM_COUNT * len(COLUMNS)
NEW_FILMS = 20  # in front of the list, when the content moves on


@dataclass(frozen=True)
class Redesign:
    name: str
    layout: str           # a folder in redesigns/ or layouts/
    content: str          # same, later, other
    what: str
    is_hopeless: bool = False


REDESIGNS = [
    Redesign('hashed', 'hashed', 'same', 'all ids and classes are hashes'),
    Redesign('wrapped', 'wrapped', 'same', 'two levels more around table and values'),
    Redesign('permuted', 'permuted', 'same', 'columns in another order'),
    Redesign('grid', 'grid', 'same', 'table to divs'),
    Redesign('halves', 'halves', 'same', 'one list split into two tables'),
    Redesign('moved', 'moved', 'same', 'list moved; a decoy of the old markup in its place'),
    Redesign('german', 'german', 'same', 'headings in German, columns permuted'),
    Redesign('scripts', 'scripts', 'same', 'table to definition lists, labels in Japanese'),
    Redesign('mixed', 'mixed', 'same', 'divs, hashed, two lists, more levels, Russian labels'),
    Redesign('later', 'cards', 'later', 'cards; 20 new films in front, votes have grown'),
    Redesign('other', 'labelled', 'other', 'boxes with the old labels; all films are others'),
    Redesign('dropped', 'dropped', 'same', 'gross is gone, another amount in its place', is_hopeless=True),
]


# -- what the site lists

def films_of(seed, content):
    films = catalogue(seed)
    if content == 'same':
        return films
    others = catalogue(f'{seed} other')
    if content == 'other':
        return others
    films = others[:NEW_FILMS] + films[:-NEW_FILMS]
    return [replace(film, id=number + 1, page=number // PAGE_SIZE + 1, position=number % PAGE_SIZE + 1,
                    votes=film.votes and film.votes + (film.votes // 25 if number % 3 == 0 else 0))
            for number, film in enumerate(films)]


def layout_of(name):
    folder = HERE / 'redesigns' / name
    return folder if folder.is_dir() else find_layout(name)


def site_of(name):
    return BUILD / f'site-{name}'


def make_site(job):
    seed, name, layout, content = job
    try:
        generate(seed, layout, site_of(name), films_of(seed, content))
    except LayoutError as error:
        return f'{name}: {error}'
    return None


def make_sites(seed, redesigns):
    jobs = [(seed, 'first', find_layout('classic'), 'same'), *((seed, r.name, layout_of(r.layout), r.content) for r in redesigns)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        errors = [error for error in pool.map(make_site, jobs) if error]
    if errors:
        raise LayoutError('\n'.join(errors))


# -- one redesign after the other

@dataclass
class Outcome:
    name: str
    what: str
    series: str
    adapted: int = 0         # patterns
    confidence: float = None  # of the least sure one
    is_read: bool = False     # every value is right
    wrong: int = 0            # rows that are not in the truth, or of the truth that are missing
    refusal: str = None
    defect: str = None

    @property
    def verdict(self):
        return 'WRONG' if self.wrong else 'refused' if self.refusal else 'adapted' if self.adapted else 'read'


class Series:
    def __init__(self, seed, redesigns):
        self.seed, self.redesigns = seed, redesigns
        self.cluster = Cluster(BUILD, os.environ.get('PG_CONFIG', 'pg_config'), settings={'jit': 'off'})
        self.site = None
        self.outcomes = []

    def set_up(self):
        make_sites(self.seed, self.redesigns)
        self.cluster.destroy()
        self.cluster.start()
        self.cluster.createdb('first')
        self.site = Nginx(BUILD / 'nginx', site_of('first')).start()
        require(ask(self.cluster, 'first', sql=['CREATE EXTENSION webwrap', "LOAD 'webwrap'",
                                                "ALTER SYSTEM SET webwrap.allowed_networks = '127.0.0.0/8'"]))
        self.cluster.psql('SELECT pg_reload_conf()')
        self.wait_for('first', "SELECT current_setting('webwrap.allowed_networks', true) <> ''", prefix="LOAD 'webwrap'")
        require(ask(self.cluster, 'first', file=HERE / 'film.sql', variables={'base_url': self.site.url}))
        self.load_truth('first', 'first')
        comparison = compare_with_truth(self.cluster, 'first')
        if not comparison.is_equal:
            raise Failure(f'the first design was not read right\n{comparison.refusal or comparison.examples}')
        self.wait_for('first', "SELECT EXISTS (SELECT FROM webwrap.snapshot WHERE relation = 'film'::regclass)")
        self.forget_pages('first')

    def each(self):
        """Every redesign is met by a table that knows the first design only: a copy of the database."""
        heading('Each redesign made of the first design')
        for redesign in self.redesigns:
            database = f'only_{redesign.name}'
            self.copy('first', database)
            self.meet(redesign, database, 'each')
            self.cluster.psql(f'DROP DATABASE {database} WITH (FORCE)')

    def chain(self):
        """One table meets all redesigns in a row; after a refusal it still knows the design before."""
        heading('A chain: one redesign after the other')
        self.copy('first', 'chain')
        for redesign in self.redesigns:
            self.meet(redesign, 'chain', 'chain')

    def meet(self, redesign, database, series):
        outcome = Outcome(redesign.name, redesign.what, series)
        started = time.monotonic()
        self.site.set_root(site_of(redesign.name))
        require(ask(self.cluster, database, sql='DROP TABLE IF EXISTS truth'))
        self.load_truth(database, redesign.name)
        before = self.last_batch(database)
        comparison = compare_with_truth(self.cluster, database)
        outcome.is_read, outcome.wrong = comparison.is_equal, max(comparison.missing, comparison.extra)
        if comparison.refusal:
            outcome.refusal, outcome.is_read, outcome.wrong = str(comparison.refusal), False, 0
        else:
            if comparison.warnings:
                self.wait_for(database, f"SELECT coalesce(max(batch), 0) > {before} OR {before} > 0 FROM webwrap.adaptation")
            outcome.adapted, outcome.confidence = self.adaptation(database, before)
        if comparison.is_wrong:
            columns = ', '.join(f'{column} ({count:,})' for column, count in comparison.wrong_columns.items())
            outcome.defect = f'{comparison.rows:,} rows, {comparison.extra:,} not in the truth; {columns}\n{comparison.examples}'
        elif redesign.is_hopeless and not outcome.refusal:
            outcome.defect = 'should have been refused'
        self.forget_pages(database)
        self.outcomes.append(outcome)
        self.report(outcome, time.monotonic() - started)

    def report(self, outcome, seconds):
        values = f'{CELLS:,} values right' if outcome.is_read else 'no row given out' if outcome.refusal else f'{outcome.wrong:,} rows wrong'
        sure = f'{outcome.confidence:.2f}' if outcome.confidence is not None else '    '
        number = [redesign.name for redesign in REDESIGNS].index(outcome.name) + 1
        verdict(not outcome.defect, f'{number:>2} {outcome.name:<9} {outcome.what:<56} {outcome.verdict:<8} {outcome.adapted:>2} patterns  '
                                    f'{sure}  {values}  {dim(f"{seconds:.1f} s")}')
        if outcome.defect:
            message(outcome.defect, indent=6)
        elif outcome.refusal:
            say(dim(outcome.refusal), indent=6)

    # -- the database

    def copy(self, template, database):
        self.cluster.psql(f'''SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}' ''')
        self.cluster.psql(f'CREATE DATABASE {database} TEMPLATE {template}')

    def load_truth(self, database, name):
        load_truth(self.cluster, database, site_of(name) / 'truth.csv')

    def forget_pages(self, database):
        """The next design is asked for, not what the shared cache still has of this one."""
        self.cluster.psql("SELECT webwrap.cache_clear('%')", dbname=database)

    def last_batch(self, database):
        return int(self.cluster.value("SELECT coalesce(max(batch), 0) FROM webwrap.adaptation", database))

    def adaptation(self, database, before):
        row = json.loads(self.cluster.value(f'''
            SELECT json_build_array(count(*), min(confidence)) FROM webwrap.adaptation
            WHERE batch > {before} AND status = 'active' ''', database))
        return row[0], row[1]

    def wait_for(self, database, condition, prefix=None):
        deadline = time.monotonic() + 20
        sql = [prefix, condition] if prefix else [condition]
        while self.cluster.psql(sql, dbname=database, args=['-At']).stdout.strip() != 't':
            if time.monotonic() > deadline:
                raise Failure(f'did not come true within 20 s: {condition}')
            time.sleep(.1)

    def conclude(self):
        heading('The end')
        for series in dict.fromkeys(outcome.series for outcome in self.outcomes):
            own = [outcome for outcome in self.outcomes if outcome.series == series]
            right = sum(outcome.is_read for outcome in own)
            refused = sum(bool(outcome.refusal) for outcome in own)
            say(f'{series:<6} {right} of {len(own)} redesigns read, every value right; {refused} refused', indent=2)
        defects = [outcome for outcome in self.outcomes if outcome.defect]
        verdict(not defects, 'No wrong value anywhere.' if not defects else f'{len(defects)} redesigns went wrong.')
        return 1 if defects else 0

    def tidy_up(self):
        if self.site is not None:
            self.site.stop()
        self.cluster.destroy()


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', default='', help='of the catalogue (default: 1)')
    parser.add_argument('--only', type=int, action='append', choices=range(1, len(REDESIGNS) + 1), metavar='NUMBER',
                        help='these redesigns alone')
    parser.add_argument('--skip-chain', action='store_true', help='each of the first design only')
    parser.add_argument('--json', type=Path, help='writes the outcomes there, too')
    options = parser.parse_args(argv)
    redesigns = [REDESIGNS[number - 1] for number in options.only or range(1, len(REDESIGNS) + 1)]

    def start():
        say(bold(f'webwrap: {len(redesigns)} redesigns of a site with {FILM_COUNT:,} films'))
        return Series(options.seed or '1', redesigns)

    def work(series):
        series.set_up()
        series.each()
        if not options.skip_chain:
            series.chain()
        if options.json:
            options.json.write_text(json.dumps([{**asdict(o), 'verdict': o.verdict} for o in series.outcomes], indent=1))
        return series.conclude()

    return command.run(BUILD, start, work)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
