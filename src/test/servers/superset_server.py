"""A private Superset on a loopback port, with its metadata in a database that the caller has made.

As a module: `with Superset(folder, venv, metadata_uri) as superset: superset.url, superset.password`.
Everything it writes lies in `folder`. It runs as a child of this program and ends with it, also when that is killed.
"""

import atexit
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from process import die_with_parent, end, free_port, tail, wait_until  # noqa: E402

PREPARE = Path(__file__).resolve().parents[1] / 'superset' / 'prepare.py'
ADMINISTRATOR = 'admin'
# Loopback only and thrown away afterwards: no TLS, no rate limits. Scripts log in and post, so no CSRF tokens.
CONFIG = """SECRET_KEY = {secret!r}
SQLALCHEMY_DATABASE_URI = {metadata!r}
FEATURE_FLAGS = {{'ENABLE_TEMPLATE_PROCESSING': True, 'ESTIMATE_QUERY_COST': True}}
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False
RATELIMIT_STORAGE_URI = 'memory://'
WTF_CSRF_ENABLED = False
SUPERSET_WEBSERVER_TIMEOUT = {timeout}
SQLLAB_TIMEOUT = {timeout}
LOG_LEVEL = 'WARNING'
"""
TIMEOUT_S = 300


class Superset:
    """One server. `venv` is what install.sh made; `metadata_uri` names an existing database in SQLAlchemy's words."""

    def __init__(self, folder, venv, metadata_uri, threads=12):
        self.folder, self.venv = Path(folder).resolve(), Path(venv).resolve()
        self.metadata_uri, self.threads = metadata_uri, threads
        self.password = secrets.token_urlsafe(9)
        self.port = self.process = None
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/'

    @property
    def log(self):
        return self.folder / 'superset.log'

    def start(self):
        """Makes the metadata, starts the server and returns it once it answers."""
        self.stop()
        config = self.folder / 'superset_config.py'
        config.touch(mode=0o600)
        config.write_text(CONFIG.format(secret=secrets.token_urlsafe(42), metadata=self.metadata_uri, timeout=TIMEOUT_S))
        self.port = free_port()
        self._prepare()
        with open(self.log, 'a') as log:
            self.process = subprocess.Popen(
                [self.venv / 'bin' / 'python', '-m', 'gunicorn', '--workers', '1', '--worker-class', 'gthread',
                 '--threads', str(self.threads), '--timeout', str(TIMEOUT_S), '--bind', f'127.0.0.1:{self.port}',
                 'superset.app:create_app()'],
                env=self._environment(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)
        atexit.register(self.stop)
        wait_until(self._answers_or_ended, 120, 'Superset does not answer')
        if self.process.poll() is not None:
            raise RuntimeError(f'Superset did not start\n{tail(self.log)}')
        return self

    def stop(self):
        """Stops the server, returns at once if none runs."""
        atexit.unregister(self.stop)
        end(self.process, 20)
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _prepare(self):
        with open(self.log, 'w') as log:
            done = subprocess.run([self.venv / 'bin' / 'python', PREPARE], cwd=self.folder, env=self._environment(),
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if done.returncode != 0:
            raise RuntimeError(f'Superset could not make its metadata\n{tail(self.log)}')

    def _environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(('PYTHON', 'FLASK', 'SUPERSET'))}
        return {**kept, 'SUPERSET_CONFIG_PATH': str(self.folder / 'superset_config.py'),
                'SUPERSET_HOME': str(self.folder), 'SUPERSET_ADMIN_PASSWORD': self.password}

    def _answers_or_ended(self):
        if self.process.poll() is not None:
            return True
        try:
            with urllib.request.urlopen(f'{self.url}health', timeout=10):
                return True
        except (OSError, urllib.error.URLError):
            return False
