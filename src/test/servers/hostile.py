"""A loopback web server that behaves badly on purpose, for tests of fetching. With a context of TLS it speaks https.

As a module:

    with HostileServer() as server:
        server.url("/ok")            # http://127.0.0.1:PORT/ok
        server.requests              # what arrived, in order: method, path, headers, body
        server.silent_url()          # a port where no one ever accepts
        server.mute_url()            # one where no one ever says anything, for https

As a program it prints one line of JSON with its URLs and serves until its time is over, its standard input ends (with
--until-eof) or it is told to stop:

    python3 hostile.py --seconds 60
"""

import argparse
import contextlib
import ctypes
import gzip
import html
import http.server
import json
import selectors
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib

BOMB_BYTES = 200 << 20  # what each bomb unpacks to
PAGE = "<!DOCTYPE html><html><head><title>ok</title></head><body><h1>Grüße</h1><p>a page</p></body></html>\n"


class Handler(http.server.BaseHTTPRequestHandler):
    """Each path of the server is one method: /redirect-loop is get_redirect_loop."""

    protocol_version = "HTTP/1.1"
    server_version = "hostile"
    sys_version = ""
    disable_nagle_algorithm = True  # or each page waits 40 ms for an acknowledgement

    def log_message(self, *_):
        pass

    def do_any(self):
        parts = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        name, _, self.rest = parts.path.lstrip("/").partition("/")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("latin-1")
        if name != "requests":
            self.server.owner.record(self.command, self.path, list(self.headers.items()), body,
                                     client=self.client_name(), connection=self.client_address[1])
        page = getattr(self, "get_" + name.replace("-", "_"), None)
        try:
            if page is None:
                self.answer(b"no such page\n", "text/plain", status=404)
            else:
                page()
        except OSError:  # the client has had enough: what these pages are for
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_any

    def client_name(self):
        """The name in the client's certificate, or None."""
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        return dict(part[0] for part in certificate['subject'])['commonName'] if certificate else None

    # answering

    def answer(self, body, content_type="text/html; charset=utf-8", status=200, headers=()):
        self.start(status, [("Content-Length", str(len(body)))] + list(headers), content_type)
        if self.command != "HEAD":
            self.wfile.write(body)

    def start(self, status=200, headers=(), content_type="text/html; charset=utf-8"):
        self.send_response(status)
        if content_type is not None:
            self.send_header("Content-Type", content_type)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def number(self, name, default):
        return type(default)(self.query.get(name, default))

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    # pages that are well

    def get_ok(self):
        self.answer(PAGE.encode())

    def get_echo(self):
        """The request as the server saw it."""
        seen = {"method": self.command, "path": self.path, "headers": list(self.headers.items())}
        seen["body"] = self.server.owner.requests[-1]["body"]
        self.answer(json.dumps(seen).encode(), "application/json")

    def get_requests(self):
        self.answer(json.dumps(self.server.owner.requests).encode(), "application/json")

    def get_status(self):
        """/status/NNN"""
        status = int(self.rest)
        if status in (204, 304):
            self.start(status, content_type=None)
        else:
            self.answer(b"<p>status %d</p>\n" % status, status=status)

    def get_headers(self):
        repeated = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Latin1", "caf\xe9"), ("X-Empty", "")]
        self.answer(PAGE.encode(), headers=repeated)

    def get_set_cookie(self):
        """?cookie=..&to=..: sets cookies, one to a line of the query, and maybe redirects."""
        cookies = [("Set-Cookie", cookie) for cookie in self.query["cookie"].splitlines()]
        if "to" in self.query:
            self.answer(b"", status=302, headers=cookies + [("Location", self.query["to"])])
        else:
            self.answer(PAGE.encode(), headers=cookies)

    def get_many_cookies(self):
        """?prefix=..&n=..&bytes=..: n cookies of so many bytes each."""
        value = "v" * self.number("bytes", 1000)
        cookies = [("Set-Cookie", f"{self.query['prefix']}{i}={value}") for i in range(self.number("n", 25))]
        self.answer(PAGE.encode(), headers=cookies)

    def get_gzip(self):
        self.answer(gzip.compress(PAGE.encode()), headers=[("Content-Encoding", "gzip")])

    def get_wait(self):
        """A page after ?seconds=.."""
        self.server.owner.sleep(self.number("seconds", 0.05))
        self.answer(PAGE.encode())

    def get_render(self):
        """A renderer: says which page it was asked for, by ?url=.. or in a body."""
        asked = self.query.get("url") or self.server.owner.requests[-1]["body"]
        self.answer(f"<p>rendered {html.escape(asked)}</p>".encode(), status=self.number("status", 200))

    # redirects

    def get_redirect(self):
        """?to=URL&status=302&n=3: n hops over this path before the last one to the URL."""
        hops, target = self.number("n", 1), self.query.get("to", "/ok")
        if hops > 1:
            rest = {"to": target, "n": hops - 1, "status": self.number("status", 302)}
            target = "/redirect?" + urllib.parse.urlencode(rest)
        self.answer(b"elsewhere\n", status=self.number("status", 302), headers=[("Location", target)])

    def get_redirect_loop(self):
        self.answer(b"", status=302, headers=[("Location", "/redirect-loop")])

    # servers that waste time

    def get_hang(self):
        """Accepts and never answers."""
        self.server.owner.sleep(self.number("seconds", 60.0))
        self.close_connection = True

    def get_hang_body(self):
        """Sends the header and the start of a page, then nothing."""
        self.start(headers=[("Content-Length", "100000")])
        self.wfile.write(b"<p>the beginning")
        self.wfile.flush()
        self.server.owner.sleep(self.number("seconds", 60.0))
        self.close_connection = True

    def get_slow(self):
        """?bytes=..&delay=..: one byte per delay."""
        count, delay = self.number("bytes", 1000), self.number("delay", 1.0)
        self.start(headers=[("Content-Length", str(count))], content_type="text/plain")
        for _ in range(count):
            self.wfile.write(b"x")
            self.wfile.flush()
            if self.server.owner.sleep(delay):
                break

    # servers that send too much

    def get_endless_chunked(self):
        self.start(headers=[("Transfer-Encoding", "chunked")])
        while not self.server.owner.is_stopping:
            self.chunk(b"<p>more</p>" * 1000)

    def get_endless_header(self):
        """?line=1: one line that never ends; otherwise line after line."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        if "line" in self.query:
            self.wfile.write(b"X-Long: ")
        while not self.server.owner.is_stopping:
            self.wfile.write(b"x" * 1000 if "line" in self.query else b"X-More: and more\r\n" * 100)

    def get_endless_hints(self):
        """One interim answer after the other, never the final one."""
        while not self.server.owner.is_stopping:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 50)

    def get_endless_trailer(self):
        """A whole page in chunks, and then trailer after trailer."""
        self.start(headers=[("Transfer-Encoding", "chunked")])
        self.chunk(PAGE.encode())
        self.wfile.write(b"0\r\n")
        while not self.server.owner.is_stopping:
            self.wfile.write(b"X-More: and more\r\n" * 100)

    def get_endless_chunk_extension(self):
        self.start(headers=[("Transfer-Encoding", "chunked")])
        self.wfile.write(b"5;")
        while not self.server.owner.is_stopping:
            self.wfile.write(b"x" * 10000)

    def get_small_chunks(self):
        """?bytes=..: each in a chunk of its own."""
        self.start(headers=[("Transfer-Encoding", "chunked")])
        for _ in range(self.number("bytes", 1 << 20) // 1024):
            self.wfile.write(b"1\r\nx\r\n" * 1024)
        self.wfile.write(b"0\r\n\r\n")

    def get_slow_header(self):
        """?delay=..: a header of which one byte comes per delay."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.owner.sleep(self.number("delay", 1.0)):
            self.wfile.write(b"x")

    def get_redirect_with_body(self):
        """A redirect whose own page never ends."""
        self.start(302, [("Location", "/ok"), ("Transfer-Encoding", "chunked")])
        while not self.server.owner.is_stopping:
            self.chunk(b"<p>more</p>" * 1000)

    def get_large(self):
        """?bytes=.. of text."""
        self.answer(b"a" * self.number("bytes", 1 << 20), "text/plain")

    def get_gzip_bomb(self):
        self.send_bomb("gzip", self.server.owner.bomb("gzip"))

    def get_br_bomb(self):
        self.send_bomb("br", self.server.owner.bomb("br"))

    def get_zstd_bomb(self):
        self.send_bomb("zstd", self.server.owner.bomb("zstd"))

    def get_deflate_bomb(self):
        self.send_bomb("deflate", self.server.owner.bomb("deflate"))

    def get_zstd_window_bomb(self):
        """One that wants 128 MB of memory to unpack."""
        self.send_bomb("zstd", self.server.owner.bomb("zstd-window"))

    def get_long(self):
        """Says that 10 TB come, and begins."""
        self.start(headers=[("Content-Length", str(10 << 40))])
        while not self.server.owner.is_stopping:
            self.wfile.write(b"<p>more</p>" * 1000)

    def get_codings(self):
        """?n=..: a page that is gzipped n times."""
        body, count = PAGE.encode(), self.number("n", 2)
        for _ in range(count):
            body = gzip.compress(body)
        self.answer(body, headers=[("Content-Encoding", ", ".join(["gzip"] * count))])

    def send_bomb(self, coding, body):
        """?chunked=1 for a body without a length."""
        if body is None:
            self.answer(b"no encoder for this coding\n", "text/plain", status=501)
        elif "chunked" in self.query:
            self.start(headers=[("Transfer-Encoding", "chunked"), ("Content-Encoding", coding)])
            for begin in range(0, len(body), 50_000):
                self.chunk(body[begin : begin + 50_000])
            self.chunk(b"")
        else:
            self.answer(body, headers=[("Content-Encoding", coding)])

    def get_repeated(self):
        """?bytes=..&coding=..: a page that says the same again and again, compressed."""
        row = b"<tr><td>the same</td></tr>\n"
        page = row * (self.number("bytes", 1 << 20) // len(row))
        coding = self.query.get("coding", "gzip")
        self.send_bomb(coding, compress(coding, page))

    def get_cut(self):
        """?coding=..: a compressed page of 50,000 bytes or so whose stream ends early; ?keep=.. is the share of its bytes
        that come, ?last=N leaves out the last N, ?once=.. does so in the first answer only. Lengths are right, so nothing
        else tells."""
        coding = self.query.get("coding", "gzip")
        packed = compress(coding, "".join(f"<p>{n * n}</p>\n" for n in range(4000)).encode())
        is_again = "once" in self.query and self.server.owner.paths().count(self.path) > 1
        if packed is not None and not is_again:
            packed = packed[: int(len(packed) * self.number("keep", 1.0)) - self.number("last", 0)]
        self.send_bomb(coding, packed)

    def get_coded(self):
        """?header=..&coding=..: a gzipped page of which this header says how it is compressed."""
        self.answer(gzip.compress(PAGE.encode()), headers=[(self.query["header"], self.query["coding"])])

    # bytes that are not what they say

    def get_latin1(self):
        self.answer("<p>Gr\xfc\xdfe \x80</p>".encode("latin-1"), "text/html; charset=ISO-8859-1")

    def get_latin1_undeclared(self):
        self.answer("<p>Gr\xfc\xdfe</p>".encode("latin-1"), "text/html")

    def get_bad_utf8_declared(self):
        self.answer(b"<p>Gr\xfc\xdfe</p>", "text/html; charset=utf-8")

    def get_meta(self):
        """?charset=..: declared in a <meta> only."""
        label = self.query.get("charset", "windows-1251")
        self.answer(f'<meta charset="{label}"><p>Привет</p>'.encode(label), "text/html")

    def get_nul(self):
        self.answer(b"<p>a\x00b</p>")

    def get_binary(self):
        self.answer(bytes(range(256)), "application/octet-stream")

    def get_typed(self):
        """?type=..&text=..: these characters as bytes."""
        self.answer(self.query["text"].encode("latin-1"), self.query.get("type"))

    def get_untyped(self):
        """?binary=1 for bytes that are no text."""
        self.answer(bytes(range(256)) if "binary" in self.query else PAGE.encode(), None)

    def get_drop(self):
        """Closes the connection in the middle of the page."""
        self.start(headers=[("Content-Length", "100000")])
        self.wfile.write(b"<p>the beginning")
        self.close_connection = True

    def get_not_compressed(self):
        """?coding=..: what the header says."""
        self.answer(b"\xff\xfe is not compressed", headers=[("Content-Encoding", self.query.get("coding", "gzip"))])

    def get_not_http(self):
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        self.close_connection = True


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    context = None  # of TLS

    def get_request(self):
        connection, address = super().get_request()
        if self.context is not None:  # the handshake waits for the thread of the connection
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, *_):
        """Clients that break off are what this server is for."""


class HostileServer:
    """Serves on a free port of 127.0.0.1, in threads of its own, for at most `seconds`."""

    def __init__(self, seconds=600, context=None, host="127.0.0.1"):
        self.seconds = seconds
        self.context = context
        self.host = host
        self.requests = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._bombs = {}
        self._silent = None
        self._mute = None
        self.mute_hellos = 0

    def __enter__(self):
        self._http = Listener((self.host, 0), Handler)
        self._http.context = self.context
        self._http.owner = self
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._timer = threading.Timer(self.seconds, self.stop)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the server and everything that hangs in it; may be called twice."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._timer.cancel()
        self._http.shutdown()
        self._http.server_close()
        for half_open in self._silent or ():
            half_open.close()

    @property
    def is_stopping(self):
        return self._stopping.is_set()

    def sleep(self, seconds):
        """True when the server is stopped meanwhile."""
        return self._stopping.wait(seconds)

    def url(self, path="/"):
        return f"{'https' if self.context else 'http'}://{self.host}:{self.port}{path}"

    def record(self, method, path, headers, body, **more):
        with self._lock:
            self.requests.append({"method": method, "path": path, "headers": headers, "body": body, **more})

    def paths(self):
        with self._lock:
            return [request["path"] for request in self.requests]

    def silent_url(self):
        """A URL to a port whose queue of connections is full, so that a new one gets no answer."""
        with self._lock:
            if self._silent is None:
                listener = socket.socket()
                listener.bind(("127.0.0.1", 0))
                listener.listen(0)
                address = listener.getsockname()
                self._silent = [listener]
                for _ in range(4):
                    client = socket.socket()
                    client.setblocking(False)
                    client.connect_ex(address)
                    self._silent.append(client)
                time.sleep(0.1)  # the kernel completes those that fit
            port = self._silent[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/"

    def mute_url(self):
        """An https URL to a port where every connection is taken and nothing is ever said; mute_hellos counts those that
        began a TLS handshake."""
        with self._lock:
            if self._mute is None:
                self._mute = socket.create_server(("127.0.0.1", 0), backlog=128)
                threading.Thread(target=self._take_mutely, daemon=True).start()
            return f"https://127.0.0.1:{self._mute.getsockname()[1]}/"

    def _take_mutely(self):
        kept = selectors.DefaultSelector()
        kept.register(self._mute, selectors.EVENT_READ)
        while not self.is_stopping:
            for key, _ in kept.select(timeout=0.1):
                if key.fileobj is self._mute:
                    kept.register(self._mute.accept()[0], selectors.EVENT_READ, True)
                    continue
                with contextlib.suppress(OSError):
                    if key.fileobj.recv(65536):
                        self.mute_hellos += 1
                        continue
                kept.unregister(key.fileobj)
                key.fileobj.close()
        for key in list(kept.get_map().values()):
            key.fileobj.close()

    def bomb(self, coding):
        """Bytes that unpack to BOMB_BYTES zeros, or None without an encoder."""
        with self._lock:
            if coding not in self._bombs:
                self._bombs[coding] = make_bomb(coding)
            return self._bombs[coding]


def make_bomb(coding):
    if coding in ("gzip", "deflate"):
        encoder = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
        zeros = bytes(1 << 20)
        return b"".join([encoder.compress(zeros) for _ in range(BOMB_BYTES >> 20)] + [encoder.flush()])
    return compress(coding, bytes(BOMB_BYTES))


def compress(coding, data):
    """None without an encoder."""
    if coding == "gzip":
        return gzip.compress(data)
    if coding == "deflate":
        return zlib.compress(data)
    if coding == "br":
        return compress_brotli(data)
    if shutil.which("zstd") is None:
        return None
    how = "--long=27" if coding == "zstd-window" else "-19"
    return subprocess.run(["zstd", "-q", how, "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def compress_brotli(data):
    """By the library itself: its program and its Python module are seldom there."""
    try:
        library = ctypes.CDLL("libbrotlienc.so.1")
    except OSError:
        return None
    room = ctypes.c_size_t(len(data) + 10_000)
    target = ctypes.create_string_buffer(room.value)
    quality, window_bits, generic = 5, 22, 0
    size = ctypes.c_size_t(len(data))
    if not library.BrotliEncoderCompress(quality, window_bits, generic, size, data, ctypes.byref(room), target):
        return None
    return target.raw[: room.value]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long to serve (default: 60)")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    with HostileServer(options.seconds) as server, contextlib.suppress(KeyboardInterrupt):
        print(json.dumps({"url": server.url(), "port": server.port, "silent_url": server.silent_url()}), flush=True)
        if options.until_eof:
            threading.Thread(target=lambda: (sys.stdin.read(), server.stop()), daemon=True).start()
        while not server.sleep(1):
            pass


if __name__ == "__main__":
    main()
