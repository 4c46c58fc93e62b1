#!/usr/bin/env python3
"""A live feed of short texts:  feed.py [--port N] [--every SECONDS] [--seed N]      serves until interrupted; prints the URL

GET /feed.ndjson gives the newest entries, oldest first, one JSON object a line: id, time, text. As in the report's five minutes,
most are about nothing, and some have one of its six words, most often "flood". Loopback only; it keeps KEPT entries.
"""

import argparse
import collections
import datetime
import http.server
import itertools
import json
import random
import signal
import sys
import threading

KEPT = 2000
PATH = '/feed.ndjson'
SUBJECTS = ('The old bridge', 'My neighbour', 'Our reporter', 'A friend of mine', 'The council', 'This broker', 'Somebody')
VERBS = ('has seen', 'speaks of', 'asks about', 'never heard of', 'reports', 'is tired of', 'warns of')
OBJECTS = ('the last train', 'a letter from home', 'rain', 'the new timetable', 'seven sensors', 'coffee', 'a dried flower')
# A text with one of the words, and how often it is drawn; the last have none, whatever it looks like.
WITH_WORD = (('a flood', 13), ('a FLOOD warning: #flood!', 2), ('the legitimate heir', 5), ('a malformed shadow', 2),
             ('bruteforce', 1), ('a DoS', 1), ('slowite', 1), ('floodlights', 3), ('dossiers and undos', 2))
PLAIN = 70


class Feed:
    """The entries and their server. publish() adds entries; nothing else does unless start() is told how often."""

    def __init__(self, port=0, seed='1'):
        self.chance = random.Random(f'feed {seed}')
        self.entries = collections.deque(maxlen=KEPT)
        self.status = 200
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._server = _Server(('127.0.0.1', port), _Handler)
        self._server.feed = self
        self._threads = []

    @property
    def url(self):
        return f'http://127.0.0.1:{self._server.server_address[1]}/'

    def start(self, every=None):
        self._run(self._server.serve_forever)
        if every is not None:
            self._run(self._grow, every)
        return self

    def stop(self):
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def publish(self, count=1, time=None):
        """Adds so many entries of one time, now by default, and returns them."""
        time = time or datetime.datetime.now(datetime.timezone.utc)
        with self._lock:
            added = [{'id': next(self._ids), 'time': time.isoformat(timespec='milliseconds'), 'text': self._text()}
                     for _ in range(count)]
            self.entries.extend(added)
        return added

    def body(self):
        with self._lock:
            return ''.join(json.dumps(entry, ensure_ascii=False) + '\n' for entry in self.entries).encode()

    def _text(self):
        draw = self.chance
        what = draw.choices([text for text, _ in WITH_WORD] + [None], [often for _, often in WITH_WORD] + [PLAIN])[0]
        return f'{draw.choice(SUBJECTS)} {draw.choice(VERBS)} {what or draw.choice(OBJECTS)}'

    def _grow(self, every):
        while not self._ended.wait(every):
            self.publish()

    def _run(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 30

    def log_message(self, *_):
        pass

    def do_GET(self):
        feed = self.server.feed
        status = feed.status if self.path == PATH else 404
        body = feed.body() if status == 200 else b'no feed here\n'
        self.send_response(status)
        self.send_header('Content-Type', 'application/x-ndjson' if status == 200 else 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        self.wfile.write(body)


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--port', type=int, default=0, help='a free one by default')
    parser.add_argument('--every', type=float, default=1.0, metavar='SECONDS')
    parser.add_argument('--seed', default='1')
    options = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    feed = Feed(options.port, options.seed).start(options.every)
    try:
        print(f'{feed.url}{PATH[1:]}', flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        feed.stop()


if __name__ == '__main__':
    main(sys.argv[1:])
