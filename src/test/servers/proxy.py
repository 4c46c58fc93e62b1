"""A loopback proxy for tests, for HTTP and SOCKS 5, that tells what it was asked for."""

import base64
import http.client
import select
import socket
import socketserver
import struct
import threading
import urllib.parse


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            if self.server.owner.kind == "socks5h":
                self.socks()
            else:
                while self.request_once():
                    pass
        except OSError:
            pass

    def request_once(self):
        """One request of a kept connection; False at its end."""
        line = self.rfile.readline().decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = http.client.parse_headers(self.rfile)
        owner = self.server.owner
        owner.requests.append({"method": line[0], "target": line[1], "headers": list(headers.items()),
                               "connection": self.client_address[1]})
        if owner.password and headers.get("Proxy-Authorization") != owner.authorization():
            self.wfile.write(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
            return True
        if line[0] == "CONNECT":
            host, _, port = line[1].rpartition(":")
            with socket.create_connection((host.strip("[]"), int(port)), 10) as site:
                self.wfile.write(b"HTTP/1.1 200 go on\r\nX-Proxy: yes\r\n\r\n")
                self.relay(site)
            return False
        return self.forward(line[0], line[1], headers)

    def forward(self, method, target, headers):
        parts = urllib.parse.urlsplit(target)
        site = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        body = self.rfile.read(int(headers.get("Content-Length") or 0))
        kept = {name: value for name, value in headers.items() if not name.lower().startswith("proxy-")}
        site.request(method, urllib.parse.urlunsplit(("", "", *parts[2:])), body, kept)
        answer = site.getresponse()
        data = answer.read()
        self.wfile.write(f"HTTP/1.1 {answer.status} {answer.reason}\r\n".encode())
        for name, value in answer.getheaders():
            self.wfile.write(f"{name}: {value}\r\n".encode())
        self.wfile.write(b"\r\n" + data)
        site.close()
        return True

    def socks(self):
        """RFC 1928 with a name as target, and RFC 1929."""
        count = self.rfile.read(2)[1]
        self.rfile.read(count)
        owner = self.server.owner
        self.wfile.write(b"\x05\x02" if owner.password else b"\x05\x00")
        if owner.password:
            user = self.rfile.read(self.rfile.read(2)[1]).decode()
            password = self.rfile.read(self.rfile.read(1)[0]).decode()
            good = (user, password) == (owner.username, owner.password)
            self.wfile.write(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return
        kind = self.rfile.read(4)[3]
        host = self.rfile.read(self.rfile.read(1)[0]).decode() if kind == 3 else socket.inet_ntoa(self.rfile.read(4))
        (port,) = struct.unpack(">H", self.rfile.read(2))
        owner.requests.append({"method": "SOCKS", "target": f"{host}:{port}", "headers": [],
                               "connection": self.client_address[1]})
        with socket.create_connection((host, port), 10) as site:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            self.relay(site)

    def relay(self, site):
        other = {self.connection: site, site: self.connection}
        while True:
            for ready in select.select(list(other), [], [], 30)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                other[ready].sendall(data)


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def get_request(self):
        connection, address = super().get_request()
        if self.owner.context is not None:  # the handshake waits for the thread of the connection
            connection = self.owner.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, *_):
        """Clients that break off are no news."""


class Proxy:
    """kind: http, https (with a context of TLS) or socks5h. With a password only who knows it gets through."""

    def __init__(self, kind="http", username="", password="", context=None):
        self.kind, self.username, self.password, self.context = kind, username, password, context
        self.requests = []

    def __enter__(self):
        self._listener = Listener(("127.0.0.1", 0), Handler)
        self._listener.owner = self
        self.url = f"{self.kind}://127.0.0.1:{self._listener.server_address[1]}"
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown()
        self._listener.server_close()

    def authorization(self):
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()

    def targets(self):
        return [request["target"] for request in self.requests]
