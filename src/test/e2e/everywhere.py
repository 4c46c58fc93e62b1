"""A web server at every address of a network of one's own (servers/namespace.py), that tells at which it was called."""

import http.server
import socket
import threading
import urllib.parse

PAGE = b'<!DOCTYPE html><title>here</title><ul><li>here</li></ul>'


class Handler(http.server.BaseHTTPRequestHandler):
    """/ok, /close (ends the connection), /to/STATUS?TARGET (a redirect), /goodbye/STATUS?TARGET (one that also ends the
    connection), /next?TARGET (a page with a link to a next one)."""

    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        address, port = self.connection.getsockname()[:2]
        self.server.owner.requests.append((address, port, self.path))
        name, _, status = urllib.parse.urlsplit(self.path).path.lstrip('/').partition('/')
        target = urllib.parse.unquote(urllib.parse.urlsplit(self.path).query)
        body = PAGE
        self.send_response(int(status or 200))
        if name in ('to', 'goodbye'):
            # As bytes: hosts beyond ASCII come as they are.
            self._headers_buffer.append(b'Location: ' + target.encode() + b'\r\n')
            body = b''
        elif name == 'next':
            body += f'<a rel="next" href="{target}">more</a>'.encode()
        if name in ('close', 'goodbye'):
            self.send_header('Connection', 'close')
            self.close_connection = True
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


class Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self.socket.bind(self.server_address)

    def handle_error(self, *_):
        """Clients may leave."""


class ListenerV6(Listener):
    address_family = socket.AF_INET6


class Everywhere:
    def __init__(self, *ports):
        self.requests = []  # (address, port, path)
        self._listeners = [kind((host, port), Handler) for port in ports
                           for kind, host in ((Listener, '0.0.0.0'), (ListenerV6, '::'))]
        for listener in self._listeners:
            listener.owner = self
            threading.Thread(target=listener.serve_forever, kwargs={'poll_interval': 0.1}, daemon=True).start()

    def close(self):
        for listener in self._listeners:
            listener.shutdown()
            listener.server_close()

    def paths(self):
        """Of pages: a session asks for the robots.txt of a site once."""
        return [path for _, _, path in self.requests if path != '/robots.txt']
