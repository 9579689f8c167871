# SPDX-License-Identifier: MIT
"""Limits, time-outs, shortages: naysay stays up, says what happened, and recovers."""
import os
import resource
import signal
import socket

import pytest

from lib.origin import DEAF, HOLD, OK, response
from lib.raw import Raw
from lib.waiting import until


# ---- RES-01: peers that take their time ----

def test_RES_01_slow_head(naysay):
    run = naysay.serve("--limit", "head-time=200ms")
    raw = run.raw().send("GET / HTTP/1.1\nHost: x\nX-Slow: ")
    assert raw.answer().status == 408
    assert raw.ends() == "fin"
    assert run.entry(1).ending == "head-timeout"


def test_RES_01_first_octet_starts_the_clock(naysay):
    """One octet is a head that began; not one is a connection that idles."""
    run = naysay.serve("--limit", "head-time=200ms", "--limit", "idle-time=1h")
    assert run.raw().send("G").answer().status == 408


def test_RES_01_slow_body(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=200ms")
    raw = run.raw().request("POST /a", "Content-Length: 10", body=b"1234")
    answer = raw.answer()
    assert answer.status == 408
    assert raw.ends() == "fin"
    assert run.entry(1).ending == "body-timeout"
    assert origin.requests == []


def test_RES_01_body_that_nobody_reads_is_no_hang(naysay):
    run = naysay.serve("--limit", "stall-time=200ms", "--limit", "linger-time=200ms")
    raw = run.raw().request("POST /status/503", "Content-Length: 10", body=b"1234")
    assert raw.answer().status == 503
    raw.rest()
    assert run.connection_end().ending


def test_RES_01_slow_reader(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=300ms")
    origin.plays(response(b"x" * (32 << 20)))
    run.raw(receive_buffer=4096).request("GET /big")
    assert run.entry(1).ending == "write-timeout"
    assert origin.wait_ended(1)


def test_RES_01_idle_connection(naysay):
    run = naysay.serve("--limit", "idle-time=200ms")
    raw = run.raw().request("GET /status/200")
    raw.answer()
    assert raw.ends() == "fin"
    assert run.connection_end().ending == "idle-timeout"


def test_RES_01_connection_that_never_says_anything(naysay):
    run = naysay.serve("--limit", "idle-time=200ms")
    assert run.raw().ends() == "fin"
    assert run.connection_end().ending == "idle-timeout"
    assert run.entries() == []


# ---- RES-02: out of descriptors ----

def test_RES_02_out_of_descriptors_and_back(naysay):
    run = naysay.serve()
    spare = 8
    limit = run.open_files() + spare
    resource.prlimit(run.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
    crowd = [run.raw() for _ in range(spare * 3)]
    held = crowd[0].request("GET /status/200")
    assert held.answer().status == 200
    before = run.cpu_ticks()
    for _ in range(20):
        assert held.request("GET /status/200").answer().status == 200      # others are served on
    assert run.cpu_ticks() - before < 100
    for raw in crowd[1:]:
        raw.close()
    held.close()
    assert run.raw().request("GET /status/503").answer().status == 503
    assert 1 <= run.stderr().count("descriptors") <= 3      # once each time it begins


def test_RES_02_no_descriptor_leaks(naysay, origin):
    run = naysay.serve("--limit", "pool-time=100ms")
    run.raw().request("GET /status/200").answer()
    run.wait_entries(1)
    before = run.open_files()
    for i in range(20):
        raw = run.raw().request(f"GET {origin.url}/a")
        raw.answer()
        raw.reset() if i % 2 else raw.close()
    until(lambda: run.open_files() <= before, run._tick, "descriptors to be given back")


# ---- RES-03, 04: crowds ----

def test_RES_03_connections_reset_before_they_are_accepted(naysay):
    run = naysay.serve()
    for _ in range(200):
        Raw(run.port).reset()
    assert run.raw().request("GET /status/200").answer().status == 200


@pytest.mark.parametrize("extra", [0, 1])
def test_RES_04_connection_limit(naysay, extra):
    run = naysay.serve("--limit", "connections=8")
    crowd = [run.raw().request("GET /status/200") for _ in range(8)]
    assert [raw.answer().status for raw in crowd] == [200] * 8
    if extra:
        late = run.raw().request("GET /status/200")
        answer = late.answer()
        assert answer.status == 503
        assert answer.lists("Connection", "close")
        assert late.ends() == "fin"
        late.close()
    crowd[0].shut().ends()
    run.connection_end(1)
    assert run.raw().request("GET /status/204").answer().status == 204


@pytest.mark.parametrize("asked", [2, 3, 4])
def test_RES_04_requests_on_one_connection(naysay, asked):
    run = naysay.serve("--limit", "requests=3")
    raw = run.raw()
    answers = []
    for _ in range(min(asked, 3)):
        answers.append(raw.request("GET /status/200").answer())
    assert [a.lists("Connection", "close") for a in answers] == [False, False, True][:asked]
    if asked >= 3:
        assert raw.request("GET /status/404").ends() in ("fin", "reset")
        assert run.connection_end().ending == "requests-spent"


# ---- RES-05: memory stays bounded ----

def test_RES_05_stalled_readers_of_pipelined_answers(naysay):
    """Requests without end from clients that read nothing: neither side may pile up."""
    run = naysay.serve()
    run.raw().request("GET /status/200").answer()
    before = run.rss_kib()
    flood = b"GET /status/200?body=" + b"x" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in range(20):
        raw = run.raw(receive_buffer=4096)
        raw.socket.setblocking(False)
        try:
            for _ in range(20000):
                raw.socket.send(flood)
        except BlockingIOError:
            pass
    run.raw().request("GET /status/503").answer()
    assert run.rss_kib() - before < 40 << 10


def test_RES_05_idle_connections_are_cheap(naysay):
    run = naysay.serve()
    crowd = [run.raw() for _ in range(300)]
    for raw in crowd:
        raw.request("GET /status/200").answer()
    before = run.rss_kib()
    assert before < 400 << 10
    assert len(run.wait_entries(300)) == 300


# ---- RES-06: names ----

def test_RES_06_slow_names_hold_nobody_else_up(naysay, dns):
    dns.names["slow.test"] = "silence"
    run = naysay.serve("--dns", dns.address)
    waiting = run.raw().request("GET http://slow.test/")
    dns.wait_queries(1)
    assert run.raw().request("GET /status/200").answer().status == 200
    waiting.close()


# ---- RES-07: the disk ----

def test_RES_07_full_disk_costs_journal_lines_not_traffic(naysay):
    run = naysay.serve("--journal", "/dev/full")
    raw = run.raw()
    for _ in range(50):
        assert raw.request("GET /status/200").answer().status == 200
    raw.close()
    run.expect_exit = run.stop()
    assert run.expect_exit in (0, 1, 2)
    assert "journal" in run.stderr()


# ---- RES-08, 09: signals ----

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_RES_09_drains_what_is_under_way(naysay, origin, number):
    run = naysay.serve("--upstream", origin.url)
    origin.plays([HOLD, response(b"late")])
    raw = run.raw().request("GET /a")
    origin.wait_held()
    run.signal(number)
    until(lambda: _refuses(run.port), run._tick, "the listener to be closed")
    origin.go()
    answer = raw.answer()
    assert answer.body == b"late"
    assert raw.ends() == "fin"
    assert run.wait() == 0


def _refuses(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) != 0


def test_RES_09_second_signal_ends_at_once(naysay, origin):
    run = naysay.serve("--upstream", origin.url)
    origin.plays([HOLD])
    raw = run.raw().request("GET /a")
    origin.wait_held()
    run.signal(signal.SIGTERM)
    until(lambda: _refuses(run.port), run._tick, "the listener to be closed")
    run.signal(signal.SIGTERM)
    run.expect_exit = run.wait()
    assert run.expect_exit in (0, -signal.SIGTERM, 130, 143)
    raw.rest()


def test_RES_09_drain_is_bounded(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "drain-time=200ms")
    origin.plays([HOLD])
    run.raw().request("GET /a")
    origin.wait_held()
    run.signal(signal.SIGTERM)
    assert run.wait() == 0
    assert run.entries()[-1].ending == "shutting-down"


def test_RES_09_idle_connections_do_not_hold_a_drain_up(naysay):
    run = naysay.serve("--limit", "drain-time=1h")
    raw = run.raw().request("GET /status/200")
    raw.answer()
    run.signal(signal.SIGTERM)
    assert run.wait() == 0
    assert raw.ends() == "fin"


def test_RES_09_signal_storm(naysay):
    run = naysay.serve()
    for _ in range(100):
        run.signal(signal.SIGPIPE)
        run.signal(signal.SIGWINCH)
        run.signal(signal.SIGCONT)
    assert run.raw().request("GET /status/200").answer().status == 200


def test_RES_08_stopped_and_continued(naysay):
    run = naysay.serve()
    raw = run.raw()
    for _ in range(20):
        run.signal(signal.SIGSTOP)
        raw.request("GET /status/200")
        run.signal(signal.SIGCONT)
        assert raw.answer().status == 200


# ---- limits of bodies, at n-1, n and n+1 ----

CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize("n, status", [(15, 200), (16, 200), (17, 400)])
def test_limit_of_trailer_fields(naysay, origin, n, status):
    run = naysay.serve("--upstream", origin.url)
    trailers = b"".join(b"T%d: x\r\n" % i for i in range(n))
    answer = run.raw().request("POST /a", CHUNKED, body=b"1\r\na\r\n0\r\n" + trailers + b"\r\n").answer()
    assert answer.status in (status, 431 if status == 400 else status)
    assert run.entry(1).ending == ("by-plan" if status == 200 else "bad-chunk") \
        or run.entry(1).ending == "head-too-large"


@pytest.mark.parametrize("n, good", [(4095, True), (4096, True), (4097, False)])
def test_limit_of_trailer_octets(naysay, origin, n, good):
    run = naysay.serve("--upstream", origin.url)
    line = b"T: " + b"x" * (n - len(b"T: \r\n")) + b"\r\n"
    answer = run.raw().request("POST /a", CHUNKED, body=b"1\r\na\r\n0\r\n" + line + b"\r\n").answer()
    assert (answer.status == 200) == good


@pytest.mark.parametrize("n, good", [(4095, True), (4096, True), (4097, False)])
def test_limit_of_chunk_extensions(naysay, origin, n, good):
    run = naysay.serve("--upstream", origin.url)
    body = b"1;" + b"x" * (n - 1) + b"\r\na\r\n0\r\n\r\n"
    answer = run.raw().request("POST /a", CHUNKED, body=body).answer()
    assert (answer.status == 200) == good


@pytest.mark.parametrize("option, octets, status", [
    ("head=200", b"GET / HTTP/1.1\r\nHost: x\r\nA: %b\r\n\r\n", 431),
    ("target=100", b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    ("field=100", b"GET / HTTP/1.1\r\nHost: x\r\nA: %b\r\n\r\n", 431),
])
@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_limits_can_be_set(naysay, option, octets, status, extra):
    limit = int(option.split("=")[1])
    fixed = {"head": len(octets) - 2, "target": 1, "field": len(b"A: ")}[option.split("=")[0]]
    run = naysay.answers(200, options=["--limit", option])
    answer = run.raw().send(octets % (b"x" * (limit + extra - fixed))).answer()
    assert answer.status == (status if extra > 0 else 200)


# ---- MEM: shortages and small stacks ----

@pytest.mark.parametrize("every", [2, 3, 5, 7, 11, 17, 29, 47, 76, 123, 199, 322, 521])
def test_MEM_04_every_nth_allocation_fails(naysay, origin, every):
    """An exchange may fail, and says so; the process and the others go on."""
    try:
        run = naysay.serve("--fail-alloc", every)
    except AssertionError as why:
        assert "memory" in str(why), why        # at start-up it stops with a message
        return
    for i in range(30):
        try:
            raw = Raw(run.port)
        except ConnectionResetError:
            continue                            # there was no memory for a connection
        raw.request(("GET /status/200", f"GET {origin.url}/a", f"CONNECT {origin.authority}",
                     "GET /status/103,200?body=x")[i % 4])
        raw.request("GET /a").shut()
        raw.rest()
        raw.close()
    assert run.process.poll() is None


def test_MEM_04_failed_exchanges_are_named(naysay):
    run = naysay.serve("--fail-alloc", 60)
    for _ in range(100):
        raw = Raw(run.port).request("GET /status/200?body=" + "x" * 9000).shut()
        raw.rest()
    assert {e.ending for e in run.entries()} <= {"by-plan", "out-of-memory", "client-closed"}


def test_MEM_05_nothing_uninitialised_leaves(naysay):
    """The same question gets the same octets, but for the date."""
    run = naysay.serve()
    seen = set()
    for _ in range(20):
        raw = run.raw().request("GET /status/522?body=x", "Connection: close")
        seen.add(b"\r\n".join(line for line in raw.rest().split(b"\r\n") if not line.startswith(b"Date:")))
    assert len(seen) == 1


def test_MEM_07_a_small_stack_suffices(naysay, origin):
    run = naysay.start("serve", "--upstream", origin.url, prefix=["prlimit", "--stack=262144"])
    assert run.raw().request("GET /a").answer().status == 200
    assert run.raw().request("POST /a", CHUNKED, body=b"1\r\na\r\n" * 20000 + b"0\r\n\r\n").answer().status == 200


def test_MEM_09_idle_costs_nothing(naysay, origin):
    """While a silent tunnel waits out its second, no cycles are burnt."""
    origin.greets = [DEAF]
    run = naysay.serve("--limit", "tunnel-time=1s")
    raw = run.raw().request(f"CONNECT {origin.authority}")
    raw.answer("CONNECT")
    before = run.cpu_ticks()
    run.entry(1)
    assert run.cpu_ticks() - before < 20


def test_TLS_09_peers_that_reset_while_written_to(naysay, origin):
    run = naysay.serve("--upstream", origin.url)
    origin.plays(response(b"x" * 300_000))
    for _ in range(50):
        Raw(run.port, receive_buffer=4096).request("GET /a").request("GET /b").reset()
    origin.plays(OK)
    assert run.raw().request("GET /c").answer().status == 200


# ---- rows that the design has made moot keep a test of what they were about ----

def test_MEM_02_bodies_outlive_the_blocks_they_came_in(naysay):
    """Recycled blocks must not show through in answers that wait to be read."""
    run = naysay.serve()
    bodies = [bytes([97 + i]) * 9000 for i in range(12)]
    slow = run.raw(receive_buffer=4096)
    for body in bodies:
        slow.request(f"GET /status/200?body={body.decode()}")
    run.wait_entries(1)
    for _ in range(20):                             # others take and give blocks meanwhile
        assert Raw(run.port).request("GET /status/503").answer().status == 503
    assert [slow.answer().body for _ in bodies] == bodies


def test_MEM_03_a_connection_that_cannot_be_made(naysay):
    """Half-made connections are dropped whole; the port goes on."""
    run = naysay.serve("--fail-alloc", 2)
    for _ in range(20):
        try:
            Raw(run.port).request("GET /status/503").shut().rest()
        except ConnectionError:
            pass
    assert run.process.poll() is None


def test_MEM_08_names_made_to_collide_cost_nothing(naysay, origin):
    """There is no hash to flood: every name is one of a few, or compared in place."""
    run = naysay.serve("--upstream", origin.url)
    fields = [f"X-{i:061d}: v" for i in range(250)]
    assert run.raw().request("GET /a", *fields).answer().status == 200
    assert len([f for f in origin.last.fields if f[0].startswith("X-0")]) == 250


def test_RES_11_nothing_is_forked(naysay, origin):
    run = naysay.serve("--resolve", "origin.test=127.0.0.1")
    raw = run.raw().request(f"GET http://origin.test:{origin.port}/a")
    assert raw.answer().status == 200
    tasks = f"/proc/{run.process.pid}/task"
    assert os.listdir(tasks) == [str(run.process.pid)]
    with open(f"{tasks}/{run.process.pid}/children") as children:
        assert children.read() == ""


# ---- limits that nothing else goes up to ----

def test_connect_time_ends_at_a_full_accept_queue(naysay):
    """A listener that accepts nothing drops what comes when its queue is full."""
    deaf = socket.socket()
    deaf.bind(("127.0.0.1", 0))
    deaf.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(deaf.getsockname())
    run = naysay.serve("--limit", "connect-time=300ms")
    raw = run.raw().request(f"GET http://127.0.0.1:{deaf.getsockname()[1]}/")
    assert raw.answer().status == 504
    assert run.entry(1).ending == "upstream-connect-timeout"


@pytest.mark.parametrize("kept", [1, 2])
def test_pool_keeps_as_many_as_its_limit(naysay, origin, kept):
    run = naysay.serve("--upstream", origin.url, "--limit", f"pool={kept}")
    origin.plays([HOLD, response()])
    first, second = run.raw().request("GET /a"), run.raw().request("GET /b")
    origin.wait_connections(2)
    origin.go()
    assert first.answer().status == second.answer().status == 200
    origin.board.wait(lambda: sum(bool(c.ended) for c in origin.connections) == 2 - kept,
                      "the pool to settle")


def test_linger_reads_no_more_than_its_limit(naysay):
    run = naysay.serve("--limit", "linger=1KiB", "--limit", "linger-time=1h")
    raw = run.raw().send(b"BAD\r\n\r\n")
    assert raw.answer().status == 400
    try:
        for _ in range(64):
            raw.send(b"x" * 1024)
        raw.rest()
    except ConnectionError:
        pass                                        # what was sent after the close is reset
    assert run.connection_end().received <= 64 * 1024
