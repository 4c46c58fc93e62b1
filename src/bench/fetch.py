#!/usr/bin/env python3
"""webwrap.fetch_many in one statement on pages from loopback, two measurements.

Far: a server that answers each request after 50 ms, against curl --parallel, both with 32 connections. The latency alone
bounds the time from below.

Near: nginx without latency, against one blocking request after the other inside the server, which is the published design
of pgsql-http (https://github.com/pramsey/pgsql-http): http_get() runs curl_easy_perform() to its end. It is not packaged,
so PL/Python with pycurl stands for it: a loop of perform(), with a new handle for each page, and with one that is kept.

Wall time of the whole, from connecting to the database or starting curl. The servers count what they served, so that a
fetch that left something out fails.
"""

import argparse
import asyncio
import http.client
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from common import connect, create_extension, fail, report, run_rounds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'test' / 'servers'))
from nginx import Nginx  # noqa: E402

CONNECTIONS = 32
NEAR_CONNECTIONS = 8
LATENCY_S = 0.05
BODY = b'<!DOCTYPE html><title>a page</title>' + b'<p>some text of a page that is not long</p>\n' * 230  # about 10 kB
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b' % (len(BODY), BODY)


class SlowServer:
    """Answers each GET LATENCY_S after it arrived, on a free port of 127.0.0.1, in a thread of its own, at most
    `max_answers` times and `seconds` long."""

    def __init__(self, max_answers, seconds):
        self.max_answers = max_answers
        self.seconds = seconds
        self.answers = self.connections = 0
        self.port = None
        self._ready = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def url(self, page):
        return f'http://127.0.0.1:{self.port}/page/{page}'

    async def _serve(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listener = await self._loop.create_server(lambda: SlowConnection(self), '127.0.0.1', 0, backlog=4 * CONNECTIONS)
        self.port = listener.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            await asyncio.wait_for(self._stop.wait(), self.seconds)
        except asyncio.TimeoutError:
            pass
        listener.close()


class SlowConnection(asyncio.Protocol):
    def __init__(self, server):
        self.server = server
        self.received = b''

    def connection_made(self, transport):
        self.server.connections += 1
        self.transport = transport

    def data_received(self, data):
        self.received += data
        *requests, self.received = self.received.split(b'\r\n\r\n')
        for _ in requests:
            asyncio.get_running_loop().call_later(LATENCY_S, self.answer)

    def answer(self):
        if self.server.answers >= self.server.max_answers:
            self.transport.abort()
        elif not self.transport.is_closing():
            self.server.answers += 1
            self.transport.write(ANSWER)


def fetch_ours(server, pages):
    """One statement in a new session; returns how many pages came whole."""
    with connect() as session:
        session.execute(f'SET webwrap.max_concurrent_requests = {CONNECTIONS}')
        session.execute(f'SET webwrap.max_connections_per_host = {CONNECTIONS}')
        return session.execute(
            'SELECT count(*) FILTER (WHERE status = 200 AND octet_length(body) = %s) '
            'FROM webwrap.fetch_many(ARRAY(SELECT %s || page FROM generate_series(1, %s) AS page))',
            [len(BODY), server.url(''), pages]).fetchone()[0]


def fetch_curl(server, pages):
    done = subprocess.run(
        ['curl', '-q', '--no-progress-meter', '--noproxy', '*', '--parallel', '--parallel-max', str(CONNECTIONS),
         '-o', '/dev/null', '-w', '%{http_code} %{size_download}\n', server.url(f'[1-{pages}]')],
        stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines().count(f'200 {len(BODY)}')


def timed(name, fetch, server, pages, connections, own=0):
    """A call that fetches all pages and returns its wall seconds. Asking the server for a count is `own` requests and
    connections itself."""
    def run():
        answered, connected = server.answers + own, server.connections
        start = time.monotonic()
        whole = fetch(server, pages)
        seconds = time.monotonic() - start
        answers, opened = server.answers - answered - own, server.connections - connected - 2 * own
        if whole != pages or answers != pages:
            fail(f'{name} got {whole} of {pages} pages, the server answered {answers} times')
        connections[name] = max(connections.get(name, 0), opened)
        return seconds
    return run


def measure_far(ours, options):
    version = subprocess.run(['curl', '--version'], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[1]
    fetchers = {ours: fetch_ours, f'curl-parallel/{version}': fetch_curl}

    connections = {}
    with SlowServer(2 * options.rounds * options.pages, seconds=60 * options.rounds) as server:
        seconds = run_rounds({name: timed(name, fetch, server, options.pages, connections)
                              for name, fetch in fetchers.items()}, options.rounds)
    least = options.pages / CONNECTIONS * LATENCY_S
    print(f'fetch: {options.pages} pages of {len(BODY)} bytes, {LATENCY_S * 1e3:.0f} ms latency, '
          f'{options.rounds} rounds, wall time; at least {least:.2f} s with {CONNECTIONS} connections')
    for name, count in connections.items():
        print(f'  {name:24} opened {count} connections')
        if count > 2 * CONNECTIONS:
            fail(f'{name} did not keep to {CONNECTIONS} connections')
    report('fetch', seconds, lambda value: f'{value:8.2f} s, {options.pages / value:8.1f} pages/s')


# -- near: nginx without latency, and pages in the form that pgsql-http gives them

NEAR_BODY = (b'<!DOCTYPE html><title>a page</title>' + b'<p>some text of a page that is not long</p>\n' * 230)[:9 << 10]
NEAR_SERVER = """
    location /page/ {{ try_files /page.html =404; access_log off; {charset} }}
    location = /status {{ stub_status; access_log off; }}"""
# Nearly all pages say their charset. The few that do not are taken for windows-1252, as browsers do.
NEAR_CHARSETS = {'fetch-near': 'charset utf-8;', 'fetch-near-undeclared': ''}
NEAR_PAGES_TIMES = 5  # as many pages: each takes little
WHOLE = """SELECT count(*) FILTER (WHERE status = 200 AND content_type = 'text/html' AND headers ? 'content-length'
                               AND octet_length({content}) = %s) FROM {function}"""
URLS = 'ARRAY(SELECT %s || page FROM generate_series(1, %s) AS page)'

# Header lines are collected in C and parsed once: calling Python for each would be no fair peer.
BLOCKING = """
CREATE FUNCTION http_get_each(urls text[], keeps_handle boolean)
    RETURNS TABLE (url text, status integer, content_type text, headers jsonb, content text)
    LANGUAGE plpython3u AS $$
import io, json, pycurl

kept = pycurl.Curl() if keeps_handle else None
for url in urls:
    curl = kept or pycurl.Curl()
    header, body = io.BytesIO(), io.BytesIO()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.PROXY, '')
    curl.setopt(pycurl.ENCODING, '')
    curl.setopt(pycurl.HEADERFUNCTION, header.write)
    curl.setopt(pycurl.WRITEFUNCTION, body.write)
    curl.perform()
    headers = {}
    for line in header.getvalue().decode('latin-1').splitlines()[1:]:
        name, colon, value = line.partition(':')
        if colon:
            headers.setdefault(name.lower(), []).append(value.strip())
    content_type = (curl.getinfo(pycurl.CONTENT_TYPE) or '').partition(';')[0]
    yield url, curl.getinfo(pycurl.RESPONSE_CODE), content_type, json.dumps(headers), body.getvalue().decode()
    if kept is None:
        curl.close()
$$"""


class NearServer:
    """nginx, with what it says of itself."""

    def __init__(self, nginx):
        self.nginx = nginx

    def url(self, page):
        return f'{self.nginx.url}page/{page}'

    @property
    def _counts(self):
        """(connections, requests), with those that ask for them."""
        connection = http.client.HTTPConnection('127.0.0.1', self.nginx.port, timeout=10)
        connection.request('GET', '/status', headers={'Connection': 'close'})
        text = connection.getresponse().read().decode()
        accepted, _, requests = re.search(r'^ (\d+) (\d+) (\d+) $', text, re.M).groups()
        return int(accepted), int(requests)

    @property
    def answers(self):
        return self._counts[1]

    @property
    def connections(self):
        return self._counts[0]


def fetch_near(options):
    """The cache of the peer is none; with ours on, each page goes to the background writer or comes back from the table."""
    def fetch(server, pages):
        with connect() as session:
            session.execute(f'SET webwrap.max_concurrent_requests = {NEAR_CONNECTIONS}')
            session.execute(f'SET webwrap.max_connections_per_host = {NEAR_CONNECTIONS}')
            return session.execute(WHOLE.format(content='html', function=f"webwrap.fetch_many({URLS}, '{options}')"),
                                   [len(NEAR_BODY), server.url(''), pages]).fetchone()[0]
    return fetch


def fetch_blocking(keeps_handle):
    def fetch(server, pages):
        with connect() as session:
            return session.execute(WHOLE.format(content='content', function=f'http_get_each({URLS}, {keeps_handle})'),
                                   [len(NEAR_BODY), server.url(''), pages]).fetchone()[0]
    return fetch


def measure_near(ours, options):
    with connect() as session:
        session.execute('CREATE EXTENSION IF NOT EXISTS plpython3u')
        session.execute(BLOCKING)
    fetchers = {ours: fetch_near('{"cache": "off"}'), 'ours-with-cache': fetch_near('{}'),
                'blocking-new-handle': fetch_blocking(False), 'blocking-keep-alive': fetch_blocking(True)}
    pages = NEAR_PAGES_TIMES * options.pages
    for benchmark, charset in NEAR_CHARSETS.items():
        connections = {}
        with tempfile.TemporaryDirectory(prefix='webwrap-bench-') as folder:
            root = Path(folder, 'site')
            root.mkdir()
            (root / 'page.html').write_bytes(NEAR_BODY)
            with Nginx(Path(folder, 'nginx'), root, extra=NEAR_SERVER.format(charset=charset)) as nginx:
                server = NearServer(nginx)
                seconds = run_rounds({name: timed(name, fetch, server, pages, connections, own=1)
                                      for name, fetch in fetchers.items()}, options.rounds)
        print(f'{benchmark}: {pages} pages of {len(NEAR_BODY)} bytes, no latency, {options.rounds} rounds, wall time; '
              f'ours with {NEAR_CONNECTIONS} connections')
        for name, count in connections.items():
            print(f'  {name:24} opened {count} connections')
        report(benchmark, seconds, lambda value: f'{value:8.2f} s, {pages / value:8.1f} pages/s')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--pages', type=int, default=2000)
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    with connect() as session:
        ours = create_extension(session)
    measure_far(ours, options)
    measure_near(ours, options)


if __name__ == '__main__':
    main()
