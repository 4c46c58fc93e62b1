#!/usr/bin/env python3
"""A private PostgreSQL cluster for tests and demos: own folder, own socket, own loopback port.

    cluster.py start FOLDER [--set NAME=VALUE]...         initialise if needed, start
    cluster.py env FOLDER                                 print exports of PGHOST, PGPORT, PGUSER for a shell
    cluster.py stop FOLDER                                stop
    cluster.py run FOLDER [--set NAME=VALUE]... -- COMMAND
                                                          a new cluster around COMMAND, always removed; its exit code

As a module: `with Cluster(folder) as cluster: cluster.psql('SELECT 1')`.

PostgreSQL refuses to run as root, so under root all server programs run as user postgres.
"""

import argparse
import atexit
import json
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from process import can_enter, children_of, free_port, is_running, tail, wait_until  # noqa: E402

STATE_FILE = 'cluster.json'
SERVER_USER = 'postgres'


class Cluster:
    """One cluster. `folder` keeps its state; data live there too unless the server's user cannot enter it. Server programs
    run behind the command `prefix` (nsenter ...), with `environment` added to ours."""

    def __init__(self, folder, pg_config='pg_config', fsync=False, settings=None, prefix=(), environment=None):
        self.folder = Path(folder).resolve()
        self.bindir = Path(_output([pg_config, '--bindir']))
        self.fsync = fsync
        self.settings = dict(settings or {})
        self.prefix = list(prefix)
        self.environment = dict(environment or {})
        self.user = SERVER_USER
        self.port = None
        self.base = None  # holds data, log and socket
        self._load_state()

    # -- life cycle

    def start(self):
        """Initialises the cluster if it is new, starts it, returns it. A server left over from before is stopped first."""
        self.stop()
        if self.base is None:
            self._create()
        self.port = free_port()
        self._write_settings()
        started = self._as_server('pg_ctl', 'start', '-D', self.data, '-l', self.log, '-w', '-t', '60', '-s')
        if started.returncode != 0:
            raise RuntimeError(f'server did not start: {started.stdout.strip()}\n{tail(self.log)}')
        self._save_state()
        atexit.register(self.stop)
        return self

    def stop(self, mode='fast'):
        """Stops the server, returns at once if none runs."""
        atexit.unregister(self.stop)
        if not self.is_running():
            return
        pid = self.pid()
        stopped = self._as_server('pg_ctl', 'stop', '-D', self.data, '-m', mode, '-w', '-t', '60', '-s')
        if stopped.returncode != 0 and is_running(pid):
            self.kill()

    def restart(self, mode='fast'):
        self.stop(mode)
        return self.start()

    def detach(self):
        """Leaves the server running when this program ends."""
        atexit.unregister(self.stop)

    def kill(self):
        """A crash: SIGKILL to the postmaster and all its children. start() recovers."""
        pid = self.pid()
        if pid is None:
            return
        # The postmaster first: a child that dies before it would be logged and answered with a restart.
        victims = [pid, *children_of(pid)]
        for victim in victims:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_until(lambda: not any(map(is_running, victims)), 30, 'server still runs')
        # Where nobody reaps orphans at once (containers), the dead postmaster stays a zombie, which the next one would
        # take for a running server. It is dead, so its lock file may go.
        (self.data / 'postmaster.pid').unlink(missing_ok=True)
        atexit.unregister(self.stop)

    def destroy(self):
        """Stops the server and deletes its data."""
        self.stop(mode='immediate')
        if self.base is not None:
            shutil.rmtree(self.base, ignore_errors=True)
            shutil.rmtree(self.socket, ignore_errors=True)
        (self.folder / STATE_FILE).unlink(missing_ok=True)
        self.base = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # -- where things are

    @property
    def data(self):
        return self.base / 'data'

    @property
    def log(self):
        return self.base / 'server.log'

    def pid(self):
        """Pid of our postmaster; None when it does not run. A pid file may outlive its process, so the folder is checked."""
        if self.base is None:
            return None
        try:
            pid = int((self.data / 'postmaster.pid').read_text().split('\n', 1)[0])
            return pid if os.readlink(f'/proc/{pid}/cwd') == str(self.data) else None
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None

    def is_running(self):
        pid = self.pid()
        return pid is not None and is_running(pid)

    # -- clients

    def env(self):
        """Environment for libpq clients."""
        return {'PGHOST': str(self.socket), 'PGPORT': str(self.port), 'PGUSER': self.user}

    def dsn(self, dbname='postgres', user=None):
        return f'host={self.socket} port={self.port} user={user or self.user} dbname={dbname}'

    def psql(self, sql=None, file=None, dbname='postgres', variables=None, args=(), check=True, capture=True):
        """Runs SQL, a file or both (SQL first) through psql and returns the CompletedProcess, texts captured.

        Stops at the first error and raises RuntimeError with psql's message unless check is False.
        """
        command = [str(self.bindir / 'psql'), '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', dbname]
        for name, value in (variables or {}).items():
            command += ['-v', f'{name}={value}']
        command += list(args)
        for statement in [sql] if isinstance(sql, str) else (sql or []):
            command += ['-c', statement]
        if file is not None:
            command += ['-f', str(file)]
        done = subprocess.run(command, env={**os.environ, **self.env()}, text=True, stdin=subprocess.DEVNULL,
                              capture_output=capture)
        if check and done.returncode != 0:
            raise RuntimeError(f'psql failed ({done.returncode}): {(done.stderr or "").strip()}')
        return done

    def value(self, sql, dbname='postgres'):
        """Output of a query, unaligned and without header: one value when it has one."""
        return self.psql(sql, dbname=dbname, args=['-At']).stdout.rstrip('\n')

    def createdb(self, name, **options):
        """CREATE DATABASE; options as in SQL: owner, template, encoding, locale."""
        clauses = ' '.join(f"{key.upper()} = {_literal(value)}" for key, value in options.items())
        self.psql(f'CREATE DATABASE {_identifier(name)} {clauses}')

    def connect(self, dbname='postgres', user=None, **options):
        """A psycopg connection; needs python3-psycopg."""
        import psycopg
        return psycopg.connect(self.dsn(dbname, user), **options)

    # -- inside

    def _create(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and not can_enter(SERVER_USER, self.folder):
            self.base = Path(tempfile.mkdtemp(prefix='webwrap-cluster-'))
            self.base.chmod(0o755)
        else:
            self.base = self.folder / 'cluster'
            self.base.mkdir(exist_ok=True)
        # A socket's path is limited to about 100 bytes; a checkout's folder may be longer.
        self.socket = Path(tempfile.mkdtemp(prefix='webwrap-'))
        if os.geteuid() == 0:
            account = pwd.getpwnam(SERVER_USER)
            for folder in (self.base, self.socket):
                os.chown(folder, account.pw_uid, account.pw_gid)
        self._save_state()
        made = self._as_server('initdb', '-D', self.data, '-U', self.user, '-A', 'trust', '-E', 'UTF8',
                               '--locale=C.UTF-8', '--no-sync', '--no-instructions')
        if made.returncode != 0:
            output = made.stdout.strip()
            self.destroy()
            raise RuntimeError(f'initdb failed: {output}')
        with open(self.data / 'postgresql.conf', 'a') as conf:
            conf.write("include 'test.conf'\n")

    def _write_settings(self):
        self.socket.mkdir(exist_ok=True)  # something may have tidied up temporary files
        settings = {
            'listen_addresses': '127.0.0.1', 'port': self.port, 'unix_socket_directories': self.socket,
            'fsync': 'on' if self.fsync else 'off', 'shared_buffers': '64MB', 'log_line_prefix': '%m [%p] %b %d ',
            **self.settings}
        (self.data / 'test.conf').write_text(''.join(f'{key} = {_literal(value)}\n' for key, value in settings.items()))

    def _as_server(self, program, *arguments):
        """Runs a server program as the server's user; stdout and stderr together."""
        command = [str(self.bindir / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ['runuser', '-u', SERVER_USER, '--', *command]
        command = self.prefix + command
        # A file, not a pipe: the server inherits it and would keep a pipe open.
        with tempfile.TemporaryFile('w+') as output:
            done = subprocess.run(command, cwd='/', stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                  env={**os.environ, **self.environment})
            output.seek(0)
            done.stdout = output.read()
        return done

    def _save_state(self):
        state = {'base': str(self.base), 'socket': str(self.socket), 'port': self.port}
        (self.folder / STATE_FILE).write_text(json.dumps(state))

    def _load_state(self):
        try:
            state = json.loads((self.folder / STATE_FILE).read_text())
        except FileNotFoundError:
            return
        self.base, self.socket, self.port = Path(state['base']), Path(state['socket']), state['port']
        if not (self.data / 'PG_VERSION').exists():
            self.base = None


def _output(command):
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        raise SystemExit(f'{command[0]} is not installed; it comes with postgresql-server-dev-15') from None


def _literal(value):
    return "'" + str(value).replace("'", "''") + "'"


def _identifier(name):
    return '"' + name.replace('"', '""') + '"'


# -- command line

def _run(cluster, command):
    """Runs `command` with the cluster's environment; the cluster is gone afterwards, also after a signal."""
    child = None

    def on_signal(number, _):
        if child is not None:
            child.send_signal(number)
        else:
            raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    cluster.destroy()
    try:
        cluster.start()
        child = subprocess.Popen(command, env={**os.environ, **cluster.env()})
        code = child.wait()
        return 128 - code if code < 0 else code
    finally:
        cluster.destroy()


def main(argv):
    command = None
    if '--' in argv:
        split = argv.index('--')
        argv, command = argv[:split], argv[split + 1:]
    parser = argparse.ArgumentParser(description='A private PostgreSQL cluster.')
    parser.add_argument('action', choices=['start', 'stop', 'env', 'run'])
    parser.add_argument('folder')
    parser.add_argument('--pg-config', default=os.environ.get('PG_CONFIG', 'pg_config'))
    parser.add_argument('--fsync', action='store_true', help='survive a crash of the machine, too')
    parser.add_argument('--set', action='append', default=[], metavar='NAME=VALUE', help='server setting')
    options = parser.parse_args(argv)
    if (command is not None and len(command) > 0) != (options.action == 'run'):
        parser.error('run needs -- COMMAND, the other actions take none')
    settings = dict(item.split('=', 1) for item in options.set)
    cluster = Cluster(options.folder, options.pg_config, options.fsync, settings)
    if options.action == 'start':
        cluster.start().detach()
    elif options.action == 'stop':
        cluster.stop()
    elif options.action == 'run':
        return _run(cluster, command)
    elif not cluster.is_running():
        raise SystemExit(f'no server runs in {options.folder}')
    else:
        for name, value in cluster.env().items():
            print(f'export {name}={shlex.quote(value)}')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except (RuntimeError, TimeoutError) as error:
        sys.exit(f'cluster.py: {error}')
