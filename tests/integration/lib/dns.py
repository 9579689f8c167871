# SPDX-License-Identifier: MIT
"""A name server on loopback that says what a test wants said.

    dns.names["origin.test"] = ["127.0.0.1", "::1"]     # or NXDOMAIN, SERVFAIL, SILENCE, GARBAGE
"""
import ipaddress
import socket
import struct
import threading

from .waiting import Board

NXDOMAIN = "nxdomain"
SERVFAIL = "servfail"
SILENCE = "silence"     # no answer at all
GARBAGE = "garbage"     # octets that are no DNS message
RCODES = {NXDOMAIN: 3, SERVFAIL: 2}
TYPE_A, TYPE_AAAA = 1, 28


def read_question(message):
    """(name, type, the question's octets)"""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode("latin-1"))
        at += 1 + message[at]
    kind = struct.unpack_from(">H", message, at + 1)[0]
    return ".".join(labels).lower(), kind, message[12:at + 5]


def write_answer(query, question, rcode, addresses, ttl):
    """0xC00C points back at the name in the question (RFC 1035 §4.1.4)."""
    head = query[:2] + struct.pack(">HHHHH", 0x8180 | rcode, 1, len(addresses), 0, 0)
    records = b"".join(
        struct.pack(">HHHIH", 0xC00C, TYPE_A if a.version == 4 else TYPE_AAAA, 1, ttl, len(a.packed))
        + a.packed for a in addresses)
    return head + question + records


class Dns:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.names = {}         # a name that is not here does not exist
        self.ttl = 0
        self.queries = []       # (name, "A" or "AAAA")
        self.board = Board()
        threading.Thread(target=self._serve, daemon=True).start()

    def wait_queries(self, n):
        self.board.wait(lambda: len(self.queries) >= n, f"{n} questions at the name server")

    def _reply(self, query):
        name, kind, question = read_question(query)
        self.board.post(lambda: self.queries.append((name, {1: "A", 28: "AAAA"}.get(kind, kind))))
        said = self.names.get(name, NXDOMAIN)
        if said == SILENCE:
            return None
        if said == GARBAGE:
            return query[:2] + b"\xff" * 40
        if isinstance(said, str):
            return write_answer(query, question, RCODES[said], [], 0)
        found = [ipaddress.ip_address(a) for a in said]
        wanted = [a for a in found if (a.version == 4) == (kind == TYPE_A)]
        return write_answer(query, question, 0, wanted, self.ttl)

    def _serve(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            if not query:
                return
            reply = self._reply(query)
            if reply:
                self.socket.sendto(reply, peer)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
