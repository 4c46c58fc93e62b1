#!/usr/bin/env python3
"""Pages from a loopback server that answers each request after 50 ms: webwrap.fetch_many in one statement against
curl --parallel, both with 32 connections.

Wall time of the whole, from connecting to the database or starting curl; the latency alone bounds it from below. The
server counts what it served, so that a fetch that left something out fails.
"""

import argparse
import asyncio
import subprocess
import threading
import time

from common import connect, create_extension, fail, report, run_rounds

CONNECTIONS = 32
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


def timed(name, fetch, server, pages, connections):
    """A call that fetches all pages and returns its wall seconds."""
    def run():
        answered, connected = server.answers, server.connections
        start = time.monotonic()
        whole = fetch(server, pages)
        seconds = time.monotonic() - start
        if whole != pages or server.answers - answered != pages:
            fail(f'{name} got {whole} of {pages} pages, the server answered {server.answers - answered} times')
        connections[name] = max(connections.get(name, 0), server.connections - connected)
        return seconds
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--pages', type=int, default=2000)
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    with connect() as session:
        ours = create_extension(session)
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


if __name__ == '__main__':
    main()
