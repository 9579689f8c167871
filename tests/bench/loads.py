# SPDX-License-Identifier: MIT
"""What is asked of a server, and what one round of it yields: a dict of figures.

Each load has `columns` (figure -> heading), `cost` (the figure that ratios are made of) and
`measure()`, which is bounded in time by itself. Most are put to a server that runs, after
`prove()` has asked once and looked at the answer; those that are `afresh` start a server of
their own in each round.
"""
import re
import select
import socket
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

from machine import SERVER_CORE, Process, Trouble, free_port

HERE = Path(__file__).parent
TO_MS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}


def connect(port):
    s = socket.create_connection(("127.0.0.1", port), timeout=5)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read_answer(s):
    """Status and octets of the body, of an answer with a length."""
    octets = b""
    while b"\r\n\r\n" not in octets:
        octets += _some(s, octets)
    head, _, body = octets.partition(b"\r\n\r\n")
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
    length = int(found[1]) if found else 0
    while len(body) < length:
        body += _some(s, body)
    return int(head.split()[1]), len(body)


def _some(s, so_far):
    more = s.recv(65536)
    if not more:
        raise Trouble(f"an answer ended after {len(so_far)} octets")
    return more


def ask(port, target="/", host="bench.test", extra=""):
    """One exchange on a connection of its own."""
    with connect(port) as s:
        s.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n".encode())
        return read_answer(s)


# ---- requests, by wrk ----

@dataclass
class Requests:
    """Requests from 64 connections, as fast as they are answered."""
    status: int
    depth: int = 1
    close: bool = False
    forward: bool = False
    connections: int = 64

    afresh = 0
    cost = "cpu"
    columns = {"rate": "requests/s", "cpu": "CPU s per 1M", "busy": "core busy",
               "p50": "p50 ms", "p99": "p99 ms"}

    def prove(self, server, setting):
        target, host = "/", "bench.test"
        extra = "Connection: close\r\n" if self.close else ""
        if self.forward:
            host = f"127.0.0.1:{setting.origin}"
            target = f"http://{host}/"
        status, body = ask(server.port, target, host, extra)
        if (status, body) != (self.status, setting.body):
            raise Trouble(f"{server.name} answered {status} with {body} octets instead of "
                          f"{self.status} with {setting.body}")

    def argv(self, server, setting, seconds):
        argv = ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--latency",
                "--timeout", "5s"]
        words = []
        if self.close:
            argv += ["-H", "Connection: close"]
        if self.depth > 1:
            argv += ["-s", str(HERE / "pipeline.lua")]
            words = ["--", str(self.depth)]
        if self.forward:
            argv += ["-s", str(HERE / "forward.lua")]
            words = ["--", f"127.0.0.1:{setting.origin}"]
        return [*argv, f"http://127.0.0.1:{server.port}/", *words]

    def measure(self, server, setting, quick):
        seconds = 1 if quick else 3
        before, began = server.process.cpu_seconds(), time.monotonic()
        run = subprocess.run(self.argv(server, setting, seconds), capture_output=True,
                             text=True, timeout=seconds + 30, check=False)
        cpu, wall = server.process.cpu_seconds() - before, time.monotonic() - began
        figures = read_wrk(run.stdout + run.stderr, self.status)
        return {"rate": figures["rate"], "cpu": cpu / figures["requests"] * 1e6,
                "busy": 100 * cpu / wall, "p50": figures["p50"], "p99": figures["p99"]}


def read_wrk(text, status):
    """Requests, rate and latencies; Trouble when answers were missing or not as asked."""
    found = re.search(r"(\d+) requests in ([\d.]+)s", text)
    if not found or int(found[1]) == 0:
        raise Trouble(f"wrk had no answers: {text.strip().splitlines()[-1:]}")
    requests = int(found[1])
    refusals = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    refused = int(refusals[1]) if refusals else 0
    if refused != (requests if status >= 400 else 0):
        raise Trouble(f"of {requests} answers {refused} were 4xx or 5xx, not {status}")
    errors = re.search(r"Socket errors: (.*)", text)
    if errors and sum(map(int, re.findall(r"\d+", errors[1]))) > requests / 1000:
        raise Trouble(f"socket errors beside {requests} answers: {errors[1]}")
    figures = {"requests": requests, "rate": requests / float(found[2])}
    for name, percent in (("p50", 50), ("p99", 99)):
        value, unit = re.search(rf"{percent}%\s+([\d.]+)([a-z]+)", text).groups()
        figures[name] = float(value) * TO_MS[unit] or None  # wrk lost count: it says 0
    return figures


# ---- octets through tunnels ----

@dataclass
class Tunnels:
    """Octets down a few CONNECT tunnels at once, dropped unread at the end."""
    tunnels: int = 4

    afresh = 0
    cost = "cpu"
    columns = {"rate": "GiB/s", "cpu": "CPU s per GiB", "busy": "core busy"}

    def open(self, server, setting):
        s = connect(server.port)
        to = f"127.0.0.1:{setting.origin}"
        s.sendall(f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n".encode())
        status, _ = read_answer(s)
        if status != 200:
            s.close()
            raise Trouble(f"{server.name} refused the tunnel with {status}")
        return s

    def drain(self, sockets, octets):
        """Orders so many octets on each and reads to the end of all; how many came."""
        came, room, deadline = 0, bytearray(1 << 20), time.monotonic() + 120
        for s in sockets:
            s.sendall(f"GET /{octets}\r\n\r\n".encode())
        waiting = set(sockets)
        while waiting:
            ready, _, _ = select.select(list(waiting), [], [], 5)
            if not ready or time.monotonic() > deadline:
                raise Trouble(f"the tunnels stalled after {came} octets")
            for s in ready:
                n = s.recv_into(room, len(room), socket.MSG_TRUNC)
                came += n
                if n == 0:
                    waiting.remove(s)
        return came

    def prove(self, server, setting):
        self.round(server, setting, 1000)

    def round(self, server, setting, octets):
        sockets = []
        try:
            for _ in range(self.tunnels):
                sockets.append(self.open(server, setting))
            came = self.drain(sockets, octets)
        finally:
            for s in sockets:
                s.close()
        if came != octets * len(sockets):
            raise Trouble(f"{server.name} moved {came} of {octets * len(sockets)} octets")
        return came / 2**30

    def measure(self, server, setting, quick):
        before, began = server.process.cpu_seconds(), time.monotonic()
        gib = self.round(server, setting, (256 if quick else 1024) << 20)
        cpu, wall = server.process.cpu_seconds() - before, time.monotonic() - began
        return {"rate": gib / wall, "cpu": cpu / gib, "busy": 100 * cpu / wall}


# ---- idle connections ----

@dataclass
class Idle:
    """What the server's memory grows by for each kept connection that has gone idle."""
    first: int = 500  # these pay for what is there once: they are the base line
    more: int = 5000

    afresh = 1  # a second round would be given the memory that the first gave back
    cost = "kib"
    columns = {"kib": "KiB per connection", "base": "base MiB"}

    def open(self, server, n):
        """In bursts: all ask, then all are answered."""
        sockets = []
        while len(sockets) < n:
            burst = [connect(server.port) for _ in range(min(64, n - len(sockets)))]
            sockets += burst
            for s in burst:
                s.sendall(b"GET / HTTP/1.1\r\nHost: bench.test\r\n\r\n")
            for s in burst:
                read_answer(s)
        return sockets

    def rest(self, server):
        """Memory once the server has stopped working on what it had."""
        for _ in range(20):
            before = server.process.cpu_seconds()
            time.sleep(0.1)
            if server.process.cpu_seconds() == before:
                break
        return server.process.rss_kib()

    def measure(self, kit, name, setting):
        server, sockets = kit.start(name, setting), []
        try:
            sockets += self.open(server, self.first)
            base = self.rest(server)
            sockets += self.open(server, self.more)
            grown = self.rest(server)
        finally:
            for s in sockets:
                s.close()
            server.process.stop()
            server.forget_journal()
        return {"kib": (grown - base) / self.more, "base": base / 1024}


# ---- start-up ----

@dataclass
class Start:
    """From exec to the last octet of the first answer; a client knocks all the time."""
    afresh = 3  # starts per round
    cost = "ms"
    columns = {"ms": "ms to the first answer"}

    def measure(self, kit, name, setting):
        setting = replace(setting, port=free_port())
        argv, folder = kit.argv(name, setting)
        began = time.perf_counter()
        process = Process(argv, SERVER_CORE, folder / "log")
        try:
            while not self.is_answered(setting.port):
                if time.perf_counter() > began + 10 or not process.is_running():
                    raise Trouble(f"{name} gave no answer: {process.last_words()}")
            return {"ms": (time.perf_counter() - began) * 1000}
        finally:
            process.stop()

    def is_answered(self, port):
        try:
            ask(port)
            return True
        except ConnectionRefusedError:
            return False
