"""A private pgbouncer in front of a cluster, in transaction pooling, with fewer connections to the server than clients.

    with PgBouncer(folder, cluster, pool_size=2) as pooler:
        psycopg.connect(pooler.dsn('postgres'), prepare_threshold=None)

Runs as a child of this program and ends with it. pgbouncer refuses to run as root, so under root it runs as the server's
user.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from cluster import SERVER_USER  # noqa: E402
from process import die_with_parent, free_port, tail, wait_until  # noqa: E402

CONFIG = """[databases]
* = host={socket} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
auth_type = trust
auth_file = {folder}/users.txt
admin_users = {user}
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
query_wait_timeout = 60
ignore_startup_parameters = extra_float_digits
"""


class PgBouncer:
    def __init__(self, cluster, pool_size=2, users=()):
        self.cluster = cluster
        self.pool_size = pool_size
        self.users = [cluster.user, *users]
        self.process = None

    def __enter__(self):
        if shutil.which('pgbouncer') is None:
            raise FileNotFoundError('no pgbouncer: run make check-deps')
        self.folder = Path(tempfile.mkdtemp(prefix='webwrap-pgbouncer-'))
        self.port = free_port()
        (self.folder / 'users.txt').write_text(''.join(f'"{user}" ""\n' for user in self.users))
        (self.folder / 'pgbouncer.ini').write_text(CONFIG.format(
            socket=self.cluster.socket, server_port=self.cluster.port, port=self.port, folder=self.folder,
            user=self.cluster.user, pool_size=self.pool_size))
        options = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(SERVER_USER)
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, account.pw_uid, account.pw_gid)
            options = {'user': account.pw_uid, 'group': account.pw_gid, 'extra_groups': []}
        self.process = subprocess.Popen(
            ['pgbouncer', '-q', str(self.folder / 'pgbouncer.ini')], cwd='/', stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent, **options)
        atexit.register(self.stop)
        wait_until(self._answers_or_ended, 20, 'pgbouncer does not answer')
        if self.process.poll() is not None:
            raise RuntimeError(f'pgbouncer did not start\n{tail(self.folder / "pgbouncer.log")}')
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        atexit.unregister(self.stop)
        if self.process is None:
            return
        self.process.kill()  # at once: a polite end waits for clients
        self.process.wait()
        self.process = None

    def dsn(self, dbname, user=None):
        return f'host=127.0.0.1 port={self.port} user={user or self.cluster.user} dbname={dbname}'

    def show(self, what):
        """Rows of the admin console's SHOW as dictionaries."""
        import psycopg
        with psycopg.connect(self.dsn('pgbouncer'), autocommit=True, cursor_factory=psycopg.ClientCursor) as console:
            cursor = console.execute(f'SHOW {what}')
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor]

    def _answers_or_ended(self):
        import psycopg
        if self.process.poll() is not None:
            return True
        try:
            psycopg.connect(self.dsn('postgres'), connect_timeout=2).close()
            return True
        except psycopg.OperationalError:
            return False
