#!/usr/bin/env python3
"""A private nginx that serves one folder on a loopback port and tells what was asked of it.

    nginx.py ROOT [--folder FOLDER] [--port PORT]      serve until interrupted; prints the URL

As a module: `with Nginx(folder, root) as site: site.url, site.requests(), site.set_root(other)`.
Everything nginx writes lies in `folder`. It runs as a child of this program and ends with it, also when that is killed.
"""

import argparse
import atexit
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from process import die_with_parent, end, free_port, tail, wait_until  # noqa: E402

MARK = '/.log-mark/'
SYSTEM_TYPES = Path('/etc/nginx/mime.types')
TYPES = """types {
  text/html html htm; text/css css; text/plain txt; application/javascript js; application/json json;
  image/svg+xml svg; image/png png; image/jpeg jpg jpeg; text/xml xml;
}"""
CONFIG = """daemon off;
worker_processes 1;
{user}
pid "{folder}/nginx.pid";
error_log "{folder}/error.log" warn;
events {{ worker_connections 512; }}
http {{
  {types}
  default_type application/octet-stream;
  log_format requests escape=json '{{"time":"$time_iso8601","method":"$request_method","uri":"$request_uri",'
    '"request":"$request","status":"$status","bytes":"$body_bytes_sent","agent":"$http_user_agent",'
    '"if_none_match":"$http_if_none_match","if_modified_since":"$http_if_modified_since"}}';
  access_log "{folder}/access.log" requests;
  client_body_temp_path "{folder}/tmp/body";
  proxy_temp_path "{folder}/tmp/proxy";
  fastcgi_temp_path "{folder}/tmp/fastcgi";
  uwsgi_temp_path "{folder}/tmp/uwsgi";
  scgi_temp_path "{folder}/tmp/scgi";
  server {{
    listen 127.0.0.1:{port};
    server_name localhost;
    root "{folder}/root";
    index index.html;
    location {mark} {{ return 204; }}
    {mounts}
    {extra}
  }}
}}
"""


class Nginx:
    """One server. `mounts` maps URL prefixes ("/manual/") to further folders; `extra` goes into its server block."""

    def __init__(self, folder, root=None, mounts=None, extra='', port=None):
        self.folder = Path(folder).resolve()
        self.mounts = dict(mounts or {})
        self.extra = extra
        self.fixed_port = port
        self.port = None
        self.process = None
        self._marks = itertools.count()
        (self.folder / 'tmp').mkdir(parents=True, exist_ok=True)
        if root is not None:
            self.set_root(root)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/'

    def set_root(self, path):
        """Serves `path` from the next request on: no request ever sees half of the change."""
        link = self.folder / 'root.new'
        link.unlink(missing_ok=True)
        link.symlink_to(Path(path).resolve(strict=True), target_is_directory=True)
        os.replace(link, self.folder / 'root')

    def start(self):
        """Starts the server and returns it once it answers."""
        self.stop()
        self.port = self.fixed_port or free_port()
        self._write_config()
        for name in ('access.log', 'error.log'):
            (self.folder / name).write_text('')
        self.process = subprocess.Popen(
            ['nginx', '-p', str(self.folder), '-e', str(self.folder / 'error.log'), '-c', str(self.folder / 'nginx.conf')],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        atexit.register(self.stop)
        wait_until(self._answers_or_ended, 20, 'nginx does not answer')
        if self.process.poll() is not None:
            raise RuntimeError(f'nginx did not start\n{tail(self.folder / "error.log")}')
        return self

    def stop(self):
        """Stops the server, returns at once if none runs."""
        atexit.unregister(self.stop)
        end(self.process)
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def requests(self):
        """All requests so far, oldest first: time, method, uri, request, status, bytes, agent, conditional headers."""
        entries = [json.loads(line) for line in self._complete_log().splitlines()]
        wanted = [entry for entry in entries if not entry['uri'].startswith(MARK)]
        for entry in wanted:
            entry['status'], entry['bytes'] = int(entry['status']), int(entry['bytes'])
        return wanted

    def request_count(self):
        return len(self.requests())

    def _complete_log(self):
        """The log once all answered requests are in it. nginx writes a line after the answer, so a client may be faster;
        its one worker writes them in turn, so when our own request's line is there, so are all earlier ones."""
        mark = f'{MARK}{next(self._marks)}'
        self._get(mark)
        log = self.folder / 'access.log'
        wait_until(lambda: f'"uri":"{mark}"' in log.read_text(), 10, 'nginx wrote no log')
        return log.read_text()

    def _answers_or_ended(self):
        if self.process.poll() is not None:
            return True
        try:
            self._get(f'{MARK}ready')
            return True
        except OSError:
            return False

    def _get(self, path):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=5)
        try:
            connection.request('GET', path)
            connection.getresponse().read()
        finally:
            connection.close()

    def _write_config(self):
        mounts = '\n    '.join(f'location ^~ {prefix} {{ alias "{Path(path).resolve(strict=True)}/"; }}'
                               for prefix, path in self.mounts.items())
        # Under root the workers stay root: only that user is sure to be able to read a checkout anywhere. Loopback only.
        user = 'user root;' if os.geteuid() == 0 else ''
        types = f'include {SYSTEM_TYPES};' if SYSTEM_TYPES.exists() else TYPES
        (self.folder / 'nginx.conf').write_text(CONFIG.format(
            user=user, folder=self.folder, types=types, port=self.port, mark=MARK, mounts=mounts, extra=self.extra))


def main(argv):
    parser = argparse.ArgumentParser(description='Serves a folder on a loopback port until interrupted.')
    parser.add_argument('root')
    parser.add_argument('--folder', help='for configuration and logs; a temporary one by default')
    parser.add_argument('--port', type=int)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix='webwrap-nginx-') as temporary:
        with Nginx(options.folder or temporary, options.root, port=options.port) as site:
            print(site.url, flush=True)
            try:
                signal.pause()
            except KeyboardInterrupt:
                pass
    return 0


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except (RuntimeError, TimeoutError) as error:
        sys.exit(f'nginx.py: {error}')
