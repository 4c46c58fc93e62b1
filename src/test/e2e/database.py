"""Databases of tests and sessions in them."""

import itertools
import os
import subprocess
import threading
import time
from contextlib import contextmanager

import psycopg

TEMPLATE = 'webwrap_template'
_numbers = itertools.count(1)


def create_template(cluster):
    """A database with the extension, which Database.create copies: faster than installing it each time."""
    cluster.createdb(TEMPLATE)
    cluster.psql('CREATE EXTENSION webwrap', dbname=TEMPLATE)


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


class Notice:
    """What a notice said; psycopg's own diagnostics end with its handler."""

    def __init__(self, diagnostics):
        self.severity = diagnostics.severity_nonlocalized
        self.sqlstate = diagnostics.sqlstate
        self.message = diagnostics.message_primary
        self.detail = diagnostics.message_detail or ''
        self.hint = diagnostics.message_hint or ''

    def __repr__(self):
        return f'{self.severity}: {self.message}\n{self.detail}\n{self.hint}'


class Session:
    """One connection in autocommit mode, with the notices that the server sent."""

    def __init__(self, dsn):
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.notices = []
        self.connection.add_notice_handler(lambda diagnostics: self.notices.append(Notice(diagnostics)))

    def close(self):
        self.connection.close()

    @property
    def pid(self):
        return self.connection.info.backend_pid

    def rows(self, sql, *parameters):
        cursor = self.connection.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []

    def row(self, sql, *parameters):
        (row,) = self.rows(sql, *parameters)
        return row

    def value(self, sql, *parameters):
        return self.row(sql, *parameters)[0]

    def run(self, *statements):
        for statement in statements:
            self.connection.execute(statement)

    def error(self, sql, *parameters):
        """The diagnostics of the error that a statement must raise."""
        try:
            self.connection.execute(sql, parameters or None)
        except psycopg.Error as error:
            return error.diag
        raise AssertionError(f'no error from {sql}')

    def explain(self, sql, options='COSTS OFF'):
        return '\n'.join(line for (line,) in self.rows(f'EXPLAIN ({options}) {sql}'))

    def warnings(self):
        """The warnings since the last call."""
        seen = [notice for notice in self.notices if notice.severity == 'WARNING']
        self.notices.clear()
        return seen

    def start(self, sql):
        """Runs a statement in a thread; the answer's result() waits for it."""
        return Running(self, sql)


class Running:
    def __init__(self, session, sql):
        self._session, self._sql = session, sql
        self.rows = self.error = self.ended_at = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            self.rows = self._session.rows(self._sql)
        except psycopg.Error as error:
            self.error = error
        self.ended_at = time.monotonic()

    @property
    def is_done(self):
        return not self._thread.is_alive()

    def wait(self, seconds=30):
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise TimeoutError(f'still running: {self._sql}')
        return self

    @property
    def sqlstate(self):
        return self.error.sqlstate if self.error is not None else None


class Database:
    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        self._sessions = []
        self._main = None

    @classmethod
    def create(cls, cluster):
        name = f'test_{next(_numbers)}'
        cluster.createdb(name, template=TEMPLATE)
        return cls(cluster, name)

    def drop(self):
        for session in self._sessions:
            session.close()
        self.cluster.psql(f'DROP DATABASE {self.name} WITH (FORCE)')

    def connect(self, user=None):
        session = Session(self.cluster.dsn(self.name, user))
        self._sessions.append(session)
        return session

    @property
    def main(self):
        """A session of the superuser, always the same one."""
        if self._main is None or self._main.connection.closed:
            self._main = self.connect()
        return self._main

    @contextmanager
    def role(self, name, *grants):
        """A role that exists while the context lasts; all that it owns in this database goes with it."""
        self.main.run(f'CREATE ROLE {name} LOGIN', *(f'GRANT {grant} TO {name}' for grant in grants))
        try:
            yield name
        finally:
            self.main.run(f'DROP OWNED BY {name} CASCADE', f'DROP ROLE {name}')

    @contextmanager
    def restored(self, folder, form='plain'):
        """A database from this one's dump, which is made in the folder: plain, custom, or inserts (plain, with rows as
        INSERT)."""
        dump = folder / 'dump'
        self.tool('pg_dump', *(['--inserts'] if form == 'inserts' else ['-F', form]), '-f', dump, self.name)
        copy = Database(self.cluster, f'{self.name}_restored')
        self.cluster.createdb(copy.name)
        try:
            if form == 'custom':
                self.tool('pg_restore', '--exit-on-error', '-d', copy.name, dump)
            else:
                self.cluster.psql(file=dump, dbname=copy.name)
            yield copy
        finally:
            copy.drop()

    def tool(self, program, *arguments):
        """Runs pg_dump and the like."""
        done = subprocess.run([str(self.cluster.bindir / program), *map(str, arguments)], text=True, capture_output=True,
                              env={**os.environ, **self.cluster.env()})
        assert done.returncode == 0, done.stderr
        return done
