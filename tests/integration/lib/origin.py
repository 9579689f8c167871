# SPDX-License-Identifier: MIT
"""A scriptable origin: raw octets in are kept, raw octets out are played.

    origin.plays(OK, [b"HTTP/1.1 200 OK\\r\\n", RESET])   # first request, all others

A script is octets, an act (CLOSE, RESET, HOLD, ECHO, DEAF), a callable(connection, request), or
a list of those. After its script a connection waits for the next request unless it was closed.
"""
import re
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field

from .waiting import Board, DEADLINE

CLOSE = "close"     # FIN
RESET = "reset"     # RST
HOLD = "hold"       # nothing more until the test calls go()
ECHO = "echo"       # send back whatever comes, until the peer's FIN; then FIN
DEAF = "deaf"       # hold the connection and read nothing


def response(body=b"hello", status="200 OK", *fields):
    """An ordinary response with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunked(*chunks, trailers=(), fields=()):
    lines = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *fields, "", ""]
    coded = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks)
    tail = "".join(t + "\r\n" for t in trailers).encode("latin-1")
    return "\r\n".join(lines).encode("latin-1") + coded + b"0\r\n" + tail + b"\r\n"


OK = response()
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass
class Request:
    """One request as it came."""
    head: bytes
    connection: int
    body: bytes = b""           # content, decoded
    raw_body: bytes = b""       # as framed
    trailers: list = field(default_factory=list)

    @property
    def line(self):
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def method(self):
        return self.line.split(" ")[0]

    @property
    def target(self):
        return self.line.split(" ")[1]

    @property
    def fields(self):
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return [tuple(part.strip() for part in line.split(":", 1)) for line in lines if line]

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name, default=None):
        values = self.all(name)
        return ", ".join(values) if values else default


class Connection:
    """One accepted connection; `ended` is how the peer ended it."""

    def __init__(self, origin, number, sock):
        self.origin, self.number, self.socket = origin, number, sock
        self.buffer = b""
        self.ended = None
        self.sent = 0

    def more(self):
        try:
            got = self.socket.recv(65536)
        except OSError:
            got = None
        if not got:
            self.origin.board.post(lambda: setattr(self, "ended", "reset" if got is None else "fin"))
            raise EOFError
        self.origin.board.post(lambda: setattr(self, "buffer", self.buffer + got))

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line + b"\n"

    def take(self, n):
        while len(self.buffer) < n:
            self.more()
        got, self.buffer = self.buffer[:n], self.buffer[n:]
        return got

    def head(self):
        while b"\r\n\r\n" not in self.buffer:
            self.more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return Request(head + b"\r\n", self.number)

    def body(self, request):
        if (request.get("Expect") or "").lower() == "100-continue":
            self.send(CONTINUE)
        if (request.get("Transfer-Encoding") or "").lower() == "chunked":
            while True:
                line = self.line()
                request.raw_body += line
                size = int(re.match(rb"[0-9a-fA-F]+", line).group(), 16)
                if size == 0:
                    break
                data = self.take(size + 2)
                request.raw_body += data
                request.body += data[:-2]
            while (line := self.line()) != b"\r\n":
                request.trailers.append(line.decode("latin-1").strip())
        else:
            request.body = request.raw_body = self.take(int(request.get("Content-Length") or 0))

    def send(self, octets):
        self.socket.sendall(octets)
        self.sent += len(octets)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def echo(self):
        while True:
            if self.buffer:
                octets, self.buffer = self.buffer, b""
                self.send(octets)
            self.more()

    def play(self, script, request):
        """False when the connection is over."""
        for act in script if isinstance(script, (list, tuple)) else [script]:
            if callable(act):
                act(self, request)
            elif isinstance(act, bytes):
                self.send(act)
            elif act == CLOSE:
                self.socket.shutdown(socket.SHUT_WR)
                while True:
                    self.more()
            elif act == RESET:
                self.reset()
                return False
            elif act == HOLD:
                self.origin.held.release()
                assert self.origin.gate.wait(DEADLINE), "held for ever"
            elif act == ECHO:
                self.echo()
            elif act == DEAF:
                self.origin.closing.wait(DEADLINE * 3)
                return False
        return True


class Origin:
    def __init__(self, host="127.0.0.1", certificate=None):
        """`certificate`: (certificate, key), and it speaks TLS."""
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
        if certificate:
            self.tls.load_cert_chain(*certificate)
        self.listener = socket.create_server((host, 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.authority = f"{host}:{self.port}"
        self.url = f"http://{self.authority}"
        self.board = Board()
        self.requests, self.connections = [], []
        self.gate, self.closing = threading.Event(), threading.Event()
        self.held = threading.Semaphore(0)
        self.reads_bodies = True
        self.greets = None          # played at once on a new connection, before any request
        self._scripts = [OK]
        threading.Thread(target=self._accept, daemon=True).start()

    def plays(self, *scripts):
        """The nth request gets the nth script, the last one all the others."""
        self._scripts = list(scripts)
        return self

    def go(self):
        """Let held scripts go on."""
        self.gate.set()

    def wait_held(self):
        assert self.held.acquire(timeout=DEADLINE), "no script came to HOLD"

    def wait_requests(self, n):
        self.board.wait(lambda: len(self.requests) >= n, f"{n} requests at the origin")
        return self.requests

    def wait_connections(self, n):
        self.board.wait(lambda: len(self.connections) >= n, f"{n} connections at the origin")
        return self.connections

    def wait_ended(self, n):
        """How the peer ended the nth connection, from 1: "fin" or "reset"."""
        self.wait_connections(n)
        connection = self.connections[n - 1]
        self.board.wait(lambda: connection.ended, f"the end of connection {n} at the origin")
        return connection.ended

    @property
    def last(self):
        return self.requests[-1]

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(self, len(self.connections) + 1, sock)
            self.board.post(lambda c=connection: self.connections.append(c))
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.tls:
                connection.socket = self.tls.wrap_socket(connection.socket, server_side=True)
            if self.greets is not None and not connection.play(self.greets, None):
                return
            while True:
                request = connection.head()
                if self.reads_bodies:
                    connection.body(request)
                number = len(self.requests)
                self.board.post(lambda: self.requests.append(request))
                if not connection.play(self._scripts[min(number, len(self._scripts) - 1)], request):
                    return
        except EOFError:
            pass
        except OSError:                 # while we were sending
            self.board.post(lambda: setattr(connection, "ended", connection.ended or "reset"))
        finally:
            connection.socket.close()

    def close(self):
        self.closing.set()
        self.gate.set()
        self.listener.close()
        for connection in self.connections:
            try:
                connection.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def refusing_port():
    """A loopback port where nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
