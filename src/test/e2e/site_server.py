"""A loopback web server whose pages a test writes, and that tells what was asked of it."""

import contextlib
import http.server
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        site = self.server.site
        site.note(self.path, dict(self.headers))
        held = site.held.get(self.path)
        if held is not None:
            held.wait(60)
        with site.at_work():
            self.answer(site)

    def answer(self, site):
        page = site.pages.get(self.path)
        status, headers = 200, {}
        if callable(page):
            page = page(self.headers)
        if isinstance(page, tuple):
            status, headers, page = page
        if page is None:
            status, page = 404, 'no such page'
        body = page if isinstance(page, bytes) else page.encode()
        try:
            self.send_response(status)
            for name, value in {'Content-Type': 'text/html; charset=utf-8', 'Content-Length': len(body), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that break off are what some tests are about."""


class Site:
    """pages: path with query -> HTML (or bytes), or (status, headers, HTML), or a function of the request's headers that gives one of
    these. requests: the paths that were asked for, in order; times: when. most_at_a_time: requests under way at once."""

    def __init__(self, host='127.0.0.1'):
        self.host = host
        self.pages = {}
        self.held = {}
        self.headers = []
        self.requests = []
        self.times = []
        self.robots_requests = 0  # of a site without one; otherwise it is a page like any other
        self.most_at_a_time = self._at_work = 0
        self._changed = threading.Condition()

    def __enter__(self):
        self._http = Server((self.host, 0), Handler)
        self._http.site = self
        self.url = f'http://{self.host}:{self._http.server_address[1]}/'
        threading.Thread(target=self._http.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        for path in list(self.held):
            self.release(path)
        self._http.shutdown()
        self._http.server_close()

    def serve(self, pages):
        """Replaces the site's pages; an iterable of HTML becomes /1, /2 ..."""
        if not isinstance(pages, dict):
            pages = {f'/{number}': page for number, page in enumerate(pages, 1)}
        self.pages = dict(pages)

    def hold(self, path):
        """Requests for this path get no answer until release()."""
        self.held[path] = threading.Event()

    def release(self, path):
        self.held.pop(path).set()

    def note(self, path, headers):
        with self._changed:
            if path == '/robots.txt' and path not in self.pages:
                self.robots_requests += 1
                return
            self.requests.append(path)
            self.times.append(time.monotonic())
            self.headers.append(headers)
            self._changed.notify_all()

    def forget_requests(self):
        with self._changed:
            self.requests.clear()
            self.headers.clear()
            self.times.clear()

    @contextlib.contextmanager
    def at_work(self):
        with self._changed:
            self._at_work += 1
            self.most_at_a_time = max(self.most_at_a_time, self._at_work)
        yield
        with self._changed:
            self._at_work -= 1

    def wait_for_request(self, path, seconds=20):
        deadline = time.monotonic() + seconds
        with self._changed:
            while path not in self.requests:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f'nobody asked for {path}')
