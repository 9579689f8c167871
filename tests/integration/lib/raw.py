# SPDX-License-Identifier: MIT
"""A client's bare socket: any octets out, a strict reader on what comes back."""
import re
import socket
import struct

from .reader import read_answer
from .waiting import DEADLINE, Overdue


class Raw:
    """One connection. `received` is every octet that came; `ended` how it ended, if it did."""

    def __init__(self, port, host="127.0.0.1", receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect((host, port))
        self.received = b""
        self.read_up_to = 0
        self.ended = None               # "fin" or "reset"

    @property
    def address(self):
        return "%s:%d" % self.socket.getsockname()

    def send(self, octets, one_by_one=False):
        """Send text or octets; text is Latin-1 with \\n meaning CRLF."""
        if isinstance(octets, str):
            octets = octets.replace("\n", "\r\n").encode("latin-1")
        try:
            if one_by_one:
                for octet in octets:
                    self.socket.sendall(bytes([octet]))
            else:
                self.socket.sendall(octets)
        except (BrokenPipeError, ConnectionResetError):
            pass                        # what came back is what the test judges
        return self

    def request(self, line, *fields, body=b"", host="test"):
        """Send "GET /path" and fields, HTTP/1.1 and a Host unless told."""
        if not re.search(r" HTTP/\S+$", line):
            line += " HTTP/1.1"
        lines = [line, *([f"Host: {host}"] if host else []), *fields, "", ""]
        return self.send("\r\n".join(lines).encode("latin-1") + body)

    def _receive(self):
        try:
            got = self.socket.recv(65536)
        except ConnectionResetError:
            self.ended = "reset"
            return
        except socket.timeout:
            raise Overdue(f"nothing came; received so far: {self.received[-300:]!r}") from None
        if got:
            self.received += got
        else:
            self.ended = "fin"

    def answer(self, method="GET", strict=True):
        """The next final response, interim ones inside it. `strict`: it deviates in nothing."""
        while True:
            answer = None
            if self.ended or len(self.received) > self.read_up_to:
                answer = read_answer(self.received, self.read_up_to, method,
                                     closed=self.ended is not None)
            if answer:
                break
            self._receive()
        assert self.ended is None or answer.end > answer.start, f"no answer, but {self.ended}"
        self.read_up_to = answer.end
        if strict:
            assert answer.deviations == [], answer.deviations
        return answer

    def interim(self, status):
        """Wait for this interim response, which comes alone."""
        want = b"HTTP/1.1 %d" % status
        while b"\r\n\r\n" not in self.received[self.read_up_to:]:
            assert self.ended is None, f"{self.ended} instead of a {status}"
            self._receive()
        assert self.received[self.read_up_to:].startswith(want), self.received
        self.read_up_to = self.received.index(b"\r\n\r\n", self.read_up_to) + 4

    def octets(self, n):
        """The next n octets, which belong to no response."""
        while len(self.received) < self.read_up_to + n and not self.ended:
            self._receive()
        got = self.received[self.read_up_to:self.read_up_to + n]
        self.read_up_to += len(got)
        return got

    def rest(self):
        """Everything else until the end of the connection."""
        while not self.ended:
            self._receive()
        got = self.received[self.read_up_to:]
        self.read_up_to = len(self.received)
        return got

    def ends(self):
        """How the connection ends, "fin" or "reset", with nothing more to read."""
        got = self.rest()
        assert got == b"", f"more came: {got[:300]!r}"
        return self.ended

    def shut(self):
        """Our FIN; we go on reading."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass                        # the peer was quicker
        return self

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()
