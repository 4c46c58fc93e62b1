#!/usr/bin/env python3
"""The webwrap demo: a film site is queried through SQL, gets a new design, and is queried again with the same SQL.

    demo.py [--layout-after FOLDER] [--seed N] [--keep]

FOLDER is the redesign: a folder of page templates (README.md beside this file) or the name of one in layouts/.
Everything runs on this machine, in build/demo: a private PostgreSQL and a private nginx, both gone afterwards.

Exit status: 0 when every answer after the redesign equals the truth or was refused with an error, 1 when any value was
wrong or anything else did not hold, 2 when the site could not be made.
"""

import argparse
import html
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(REPOSITORY / 'src' / 'test' / 'servers')]
import command  # noqa: E402
import manual  # noqa: E402
import terminal  # noqa: E402
from catalogue import COLUMNS, FILM_COUNT  # noqa: E402
from checks import Failure, ask, compare_with_truth, load_truth, require, split_answers  # noqa: E402
from cluster import Cluster  # noqa: E402
from generate import LayoutError, find_layout  # noqa: E402
from nginx import Nginx  # noqa: E402
from terminal import ARROW, block, bold, dim, heading, message, say, step, verdict  # noqa: E402

BUILD = REPOSITORY / 'build' / 'demo'
DATABASE = 'films'
CELLS = FILM_COUNT * len(COLUMNS)


class Demo:
    def __init__(self, layout_before, layout_after, seed):
        self.layout_before, self.layout_after, self.seed = layout_before, layout_after, seed
        self.site_before, self.site_after = BUILD / 'site-before', BUILD / 'site-after'
        # A foreign scan's costs are those of a network; compiling expressions for it would only take time.
        self.cluster = Cluster(BUILD, os.environ.get('PG_CONFIG', 'pg_config'), settings={'jit': 'off'})
        self.site = None
        self.answers_before = {}
        self.wrong = []  # everything that must not be, in words

    def run(self):
        say(bold('webwrap: web pages as tables that repair themselves'))
        self.set_up()
        self.first_design()
        self.second_design()
        self.postgresql_manual()
        return self.conclude()

    # -- set-up

    def set_up(self):
        heading('The stage')
        with step(f'two designs of a site with {FILM_COUNT:,} films, seed {self.seed}') as notes:
            self.make_sites()
            notes.append(f'before: {_shown(self.layout_before)}   after: {_shown(self.layout_after)}')
        with step('a private PostgreSQL') as notes:
            self.cluster.destroy()
            self.cluster.start()
            self.cluster.createdb(DATABASE)
            notes.append(self.cluster.value('SHOW server_version') + ', nothing preloaded')
        with step('the PostgreSQL manual of package postgresql-doc-15') as notes:
            self.manual = manual.find(BUILD)
            notes.append(f'{manual.count_commands(self.manual)} reference pages of SQL commands, counted in its files')
        with step('a private nginx that serves both') as notes:
            self.site = Nginx(BUILD / 'nginx', self.site_before, mounts={'/manual/': self.manual}).start()
            notes.append(self.site.url)
        with step('CREATE EXTENSION webwrap; loopback allowed, which a superuser must say'):
            self.install()

    def make_sites(self):
        """Both designs at once: two processes."""
        makers = [subprocess.Popen([sys.executable, str(HERE / 'generate.py'), str(self.seed), str(layout), str(folder)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                  for layout, folder in ((self.layout_before, self.site_before), (self.layout_after, self.site_after))]
        try:
            errors = [maker.communicate()[1].strip() for maker in makers]
        finally:
            for maker in makers:
                maker.kill()  # after an interrupt; otherwise it has ended
        failed = [error for error, maker in zip(errors, makers) if maker.returncode != 0]
        if failed:
            raise LayoutError('\n'.join(failed))

    def install(self):
        require(ask(self.cluster, DATABASE, sql=['CREATE EXTENSION webwrap', "LOAD 'webwrap'",
                                                 "ALTER SYSTEM SET webwrap.allowed_networks = '127.0.0.0/8'"]))
        self.cluster.psql('SELECT pg_reload_conf()')
        self.wait_for("SELECT current_setting('webwrap.allowed_networks', true) <> ''", 'the setting', prefix="LOAD 'webwrap'")

    # -- before the redesign

    def first_design(self):
        heading('The site as it is')
        with step('CREATE FOREIGN TABLE film (docs/examples/film/film.sql)'):
            require(ask(self.cluster, DATABASE, file=HERE / 'film.sql', variables={'base_url': self.site.url}))
        with step('EXPLAIN (VERBOSE)') as notes:
            before = self.site.request_count()
            plan = require(ask(self.cluster, DATABASE, args=['-P', 'footer=off'],
                               sql='EXPLAIN (VERBOSE) SELECT name, gross FROM film WHERE year = 1999'))
            made = self.site.request_count() - before
            notes.append(f'requests in the log of nginx: {made}')
        block(plan.output, indent=4)
        if made:
            self.wrong.append(f'EXPLAIN made {made} requests')
        say(bold('The questions of a dashboard') + ' (docs/examples/film/questions.sql), in a read-only transaction:', indent=2)
        started, before = time.monotonic(), self.site.request_count()
        answer = require(ask(self.cluster, DATABASE, file=HERE / 'questions.sql'))
        self.answers_before = split_answers(answer.output)
        block(answer.output, indent=4)
        say(dim(f'{len(self.answers_before)} questions, {self.site.request_count() - before:,} requests, '
                f'{time.monotonic() - started:.1f} s'), indent=2)
        with step('every value against the truth'):
            load_truth(self.cluster, DATABASE, self.site_before / 'truth.csv')
            comparison = compare_with_truth(self.cluster, DATABASE)
        if comparison.refusal:
            raise Failure(f'the first design was refused\n{comparison.refusal}')
        self.judge(comparison)

    # -- after it

    def second_design(self):
        heading('The redesign')
        self.show_change()
        # What the table was right on is the evidence for adapting it; the writer stores it in a transaction of its own.
        self.wait_for("SELECT EXISTS (SELECT FROM webwrap.snapshot WHERE relation = 'film'::regclass)", 'a snapshot')
        self.site.set_root(self.site_after)
        refused = self.rolled_back_scan()
        with step('the same questions again'):
            answer = ask(self.cluster, DATABASE, file=HERE / 'questions.sql', go_on=True)
        refused = self.compare_questions(answer) or refused
        with step('every value against the truth'):
            comparison = compare_with_truth(self.cluster, DATABASE)
        self.judge(comparison)
        refused = refused or comparison.refusal
        if refused:
            say('webwrap was not sure of the new pages and refused them with an error, as it should then:', indent=2)
            message(str(refused), indent=4)
        self.show_adaptations()

    def show_change(self):
        """The first film in both designs, as far as its name can be found in the page."""
        name = self.cluster.value('SELECT name FROM truth WHERE page = 1 ORDER BY position LIMIT 1', DATABASE)
        for label, folder in (('before', self.site_before), ('after', self.site_after)):
            lines = (folder / 'films' / '1.html').read_text(encoding='utf-8').splitlines()
            spots = [number for number, line in enumerate(lines) if name in html.unescape(line)]
            if spots:
                say(dim(f'{name}, {label}:'), indent=2)
                block('\n'.join(lines[max(spots[-1] - 2, 0):spots[-1] + 4]), indent=4)

    def rolled_back_scan(self):
        """Returns the error when the scan was refused. What a scan learns outlives its transaction, even a read-only one."""
        sql = 'BEGIN READ ONLY; SELECT count(*) FROM film; ROLLBACK'
        with step(f'first scan of the new pages: {sql}') as notes:
            answer = ask(self.cluster, DATABASE, sql=sql.split('; '))
            kept = self.count_adaptations()
            deadline = time.monotonic() + 15
            while not answer.errors and kept == 0 and time.monotonic() < deadline:
                time.sleep(.2)
                kept = self.count_adaptations()
            notes.append(f'adapted patterns kept after the rollback: {kept}')
        for warning in answer.warnings:
            block(str(warning), indent=4, limit=3)  # the XPaths come below
        return answer.errors[0] if answer.errors else None

    def compare_questions(self, answer):
        """Prints one line a question; returns the first refusal."""
        answers = split_answers(answer.output)
        for question, table in self.answers_before.items():
            now = answers.get(question, '')
            if now == table:
                verdict(True, f'same answer   {question}')
            elif not now:
                verdict(True, f'refused       {question}')
            else:
                self.wrong.append(f'another answer to question {question}')
                verdict(False, f'WRONG ANSWER  {question}')
                block(now, indent=6)
        return answer.errors[0] if answer.errors else None

    def judge(self, comparison):
        if comparison.is_equal:
            verdict(True, f'{CELLS:,} of {CELLS:,} values ({FILM_COUNT:,} films x {len(COLUMNS)} columns) equal the truth')
        elif comparison.refusal:
            verdict(True, 'the scan was refused with an error: no row, no wrong value')
        else:
            columns = ', '.join(f'{column} ({count:,})' for column, count in comparison.wrong_columns.items())
            moved = 'none, but values moved between rows'
            self.wrong.append(f'{comparison.rows:,} rows, of which {comparison.extra:,} are not in the truth; '
                              f'{comparison.missing:,} of the truth are missing; wrong values in: {columns or moved}')
            verdict(False, f'WRONG: {self.wrong[-1]}')
            block(comparison.examples, indent=6, limit=80)

    def count_adaptations(self):
        return int(self.cluster.value("SELECT count(*) FROM webwrap.adaptation WHERE relation = 'film'::regclass", DATABASE))

    def show_adaptations(self):
        rows = json.loads(self.cluster.value('''
            SELECT coalesce(json_agg(a ORDER BY a.id), '[]') FROM webwrap.adaptation a
            WHERE relation = 'film'::regclass''', DATABASE))
        if not rows:
            say('Nothing was adapted: webwrap.adaptation is empty.', indent=2)
            return
        say(bold('What was adapted') + ' (webwrap.adaptation)', indent=2)
        say('similarity: of the old and the new subtree, 0 where their tags differ; "by values": what was known of the', indent=2)
        say('films decided, found again record by record', indent=2)
        for row in rows:
            name = f'{row["column_name"] or "(rows)":<10}'
            print(f'\n  {row["id"]:>3}  {bold(name)} similarity {row["similarity"]:.2f}   confidence {row["confidence"]:.2f}   '
                  f'by {row["measure"]}   {row["status"]}')
            for mark, age in ((' ' * len(ARROW), 'old'), (ARROW, 'new')):
                xpath, sample = row[f'{age}_xpath'], _quoted(row[f'{age}_sample'] or '')
                gap = '   ' if len(xpath) + len(sample) < terminal.WIDTH - 14 else '\n' + ' ' * 13
                print(f'       {mark} {xpath}{gap}{dim(sample)}')
        first = rows[0]['id']
        print()
        say('Each batch of adaptations stays until someone decides:', indent=2)
        block(f'SELECT webwrap.approve({first});   -- right: ends the warnings, keeps these pages as evidence\n'
              f'SELECT webwrap.revert({first});    -- wrong: back to the XPaths before, and not to this one again', indent=4)

    # -- pages that nobody here wrote

    def postgresql_manual(self):
        heading('Pages that nobody here wrote: the PostgreSQL manual')
        with step('CREATE FOREIGN TABLE sql_command (docs/examples/film/manual.sql)'):
            require(ask(self.cluster, DATABASE, file=HERE / 'manual.sql', variables={'base_url': f'{self.site.url}manual/'}))
        block(require(ask(self.cluster, DATABASE, file=HERE / 'manual_questions.sql')).output, indent=4)
        counted = int(self.cluster.value('SELECT count(*) FROM sql_command', DATABASE))
        files = manual.count_commands(self.manual)
        if counted == files:
            verdict(True, f'SELECT count(*) gives {counted}, and so many reference pages the package has')
        else:
            self.wrong.append(f'sql_command has {counted} rows, the package {files} reference pages')
            verdict(False, f'WRONG: {self.wrong[-1]}')

    # -- the end

    def conclude(self):
        heading('The end')
        if not self.wrong:
            verdict(True, 'No wrong value anywhere.')
            return 0
        for text in self.wrong:
            verdict(False, text)
        return 1

    def wait_for(self, condition, what, prefix=None):
        deadline = time.monotonic() + 20
        sql = [prefix, condition] if prefix else [condition]
        while self.cluster.psql(sql, dbname=DATABASE, args=['-At']).stdout.strip() != 't':
            if time.monotonic() > deadline:
                raise Failure(f'{what} did not appear within 20 s')
            time.sleep(.1)

    def keep(self):
        """Stays until interrupted: both servers end with this program."""
        heading('Still running')
        env = self.cluster.env()
        block(f'psql -h {env["PGHOST"]} -p {env["PGPORT"]} -U {env["PGUSER"]} {DATABASE}', indent=4)
        say(f'The site is at {self.site.url}films/1.html. Ctrl-C ends both.', indent=2)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print()

    def tidy_up(self):
        if self.site is not None:
            self.site.stop()
        self.cluster.destroy()


def _quoted(text, limit=40):
    text = ' '.join(text.split())
    if not text:
        return ''
    return f'"{text}"' if len(text) <= limit else f'"{text[:limit - 1].rstrip()}…"'


def _shown(path):
    path = Path(path).resolve()
    return path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Empty values come from `make demo` without arguments.
    parser.add_argument('--layout-after', default='', help='the redesign (default: cards)')
    parser.add_argument('--seed', default='', help='of the catalogue (default: 1)')
    parser.add_argument('--keep', action='store_true', help='leave both servers running until Ctrl-C')
    options = parser.parse_args(argv)

    def start():
        return Demo(find_layout('classic'), find_layout(options.layout_after or 'cards'), options.seed or '1')

    def work(demo):
        status = demo.run()
        if options.keep:
            demo.keep()
        return status

    return command.run(BUILD, start, work)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
