# SPDX-License-Identifier: MIT
"""Relaying: what goes through, what is added and taken away, and every way an upstream fails."""
import hashlib

import pytest

from lib.origin import CLOSE, DEAF, ECHO, HOLD, OK, RESET, chunked, refusing_port, response
from lib.reader import read_answer


@pytest.fixture
def front(naysay, origin):
    run = naysay.serve("--upstream", origin.url)
    run.origin = origin
    return run


# ---- upstream failures, each with its ending ----

def fails(run, status, ending):
    raw = run.raw().request("GET /a")
    answer = raw.answer()
    assert answer.status == status
    entry = run.entry(1)
    assert entry.ending == ending
    assert entry.response.status == status
    assert "naysay" in answer.get("Proxy-Status", "")
    assert run.audit(raw.shut()) == []
    return entry


def test_refused_upstream(naysay):
    run = naysay.serve("--upstream", f"http://127.0.0.1:{refusing_port()}")
    fails(run, 502, "upstream-refused")


def test_unresolvable_upstream(naysay, dns):
    run = naysay.serve("--upstream", "http://gone.test", "--dns", dns.address)
    fails(run, 502, "upstream-name")


@pytest.mark.parametrize("script, ending", [
    ([RESET], "upstream-reset"), ([CLOSE], "upstream-closed"),
    ([b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE], "upstream-closed"),
    ([b"HTTP/1.1 200 OK\r\nContent-Le", RESET], "upstream-reset"),
    ([b"220 mail.test ESMTP\r\n\r\n", CLOSE], "upstream-garbage"),
    ([b"\0\0\0\4\0\0\0\0\0" * 8 + b"\r\n\r\n", CLOSE], "upstream-garbage"),
])
def test_upstream_that_gives_no_answer(front, script, ending):
    front.origin.plays(script)
    entry = fails(front, 502, ending)
    assert entry.upstream.address == front.origin.authority


@pytest.mark.parametrize("script", [[HOLD], [b"HTTP/1.1 200 OK\r\nContent-", HOLD]])
def test_silent_upstream_times_out(naysay, origin, script):
    run = naysay.serve("--upstream", origin.url, "--limit", "answer-time=200ms")
    origin.plays(script)
    fails(run, 504, "upstream-timeout")


def cut_off(run, ending, complete=False):
    """The head is out already: the client must notice that the body is not whole."""
    raw = run.raw().request("GET /a")
    answer = raw.answer(strict=False)
    assert answer.complete == complete
    assert raw.ended in ("fin", "reset")
    assert run.entry(1).ending == ending
    assert run.audit(raw) == []
    return answer


@pytest.mark.parametrize("script, ending", [
    ([response(b"x" * 100)[:-50], CLOSE], "upstream-truncated"),
    ([chunked(b"x" * 100)[:-5], CLOSE], "upstream-truncated"),
    ([chunked(b"x" * 100)[:-57], CLOSE], "upstream-truncated"),
    ([response(b"x" * 100)[:-50], RESET], "upstream-reset"),
    ([chunked(b"abc")[:-5] + b"x\r\n", CLOSE], "upstream-bad-chunk"),
])
def test_body_that_breaks_off_breaks_off_for_the_client(front, script, ending):
    front.origin.plays(script)
    cut_off(front, ending)


def test_stalled_body_times_out(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=200ms")
    origin.plays([response(b"x" * 100)[:-50], HOLD])
    cut_off(run, "upstream-stalled")


def test_upstream_that_stops_reading_times_out(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=300ms",
                       "--limit", "answer-time=1h")
    origin.reads_bodies = False
    origin.plays([DEAF])
    raw = run.raw().request("POST /a", "Content-Length: 100000000")
    try:
        for _ in range(1000):
            raw.socket.sendall(b"x" * 100000)
    except OSError:
        pass
    assert run.entry(1).ending in ("upstream-write-timeout", "upstream-timeout")


def test_upstream_that_only_closes_ends_the_body(front):
    """No length and no coding: the end of the connection is the end of the body."""
    front.origin.plays([b"HTTP/1.1 200 OK\r\n\r\nall of it", CLOSE])
    raw = front.raw().request("GET /a")
    assert raw.answer().body == b"all of it"
    assert raw.request("GET /b").answer().body == b"all of it"      # the client's side is kept
    assert front.entry(1).ending == "by-plan"


# ---- keep-alive, the pool, repeating ----

def test_upstream_connection_is_reused(front):
    raw = front.raw()
    for _ in range(3):
        raw.request("GET /a").answer()
    front.raw().request("GET /b").answer()
    assert len(front.origin.connections) == 1
    assert [e.upstream.reused for e in front.wait_entries(4)] == [False, True, True, True]


@pytest.mark.parametrize("answer", [
    response(b"a", "200 OK", "Connection: close"), b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
])
def test_upstream_connection_that_closes_is_not_reused(front, answer):
    front.origin.plays(answer)
    raw = front.raw()
    assert [raw.request("GET /a").answer().body for _ in range(2)] == [b"a", b"a"]
    assert len(front.origin.connections) == 2


def test_idle_connection_with_stray_octets_is_not_reused(front):
    front.origin.plays(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", OK)
    raw = front.raw()
    assert [raw.request("GET /a").answer().body for _ in range(2)] == [b"hello", b"hello"]
    assert len(front.origin.connections) == 2


def first_then(script):
    """The first connection answers once and plays `script` to the second request."""
    return [OK, script, OK]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("act", [CLOSE, RESET])
def test_idempotent_request_is_repeated_on_a_fresh_connection(front, method, act):
    """RFC 9112 §9.3.1: a kept connection may close just as it is used again."""
    front.origin.plays(*first_then(act))
    raw = front.raw()
    raw.request("GET /a").answer()
    assert raw.request(f"{method} /b").answer(method).status == 200
    assert front.entry(2).upstream.attempts == 2
    assert [r.target for r in front.origin.requests] == ["/a", "/b", "/b"]


def test_post_is_not_repeated(front):
    """RFC 9110 §9.2.2: it might have been performed."""
    front.origin.plays(*first_then(RESET))
    raw = front.raw()
    raw.request("GET /a").answer()
    assert raw.request("POST /b", "Content-Length: 1", body=b"x").answer().status == 502
    assert front.entry(2).upstream.attempts == 1
    assert [r.method for r in front.origin.requests] == ["GET", "POST"]


def test_failure_on_a_fresh_connection_is_not_repeated(front):
    front.origin.plays(RESET)
    assert front.raw().request("GET /a").answer().status == 502
    assert len(front.origin.requests) == 1


def test_half_an_answer_is_not_repeated(front):
    front.origin.plays(OK, [b"HTTP/1.1 200 OK\r\nContent", RESET])
    raw = front.raw()
    raw.request("GET /a").answer()
    assert raw.request("GET /b").answer().status == 502
    assert len(front.origin.requests) == 2


# ---- what is added and taken away ----

def test_via_both_ways(front):
    answer = front.raw().request("GET /a", "Via: 1.0 before").answer()
    vias = front.origin.last.all("Via")
    assert ", ".join(vias).startswith("1.0 before, 1.1 naysay")
    assert answer.get("Via").startswith("1.1 naysay")


def test_via_tells_the_received_version(front):
    front.origin.plays([b"HTTP/1.0 200 OK\r\n\r\nold", CLOSE])
    answer = front.raw().request("GET /a HTTP/1.0").answer()
    assert front.origin.last.get("Via").startswith("1.0 ")
    assert front.origin.last.line.endswith("HTTP/1.1")
    assert answer.get("Via").startswith("1.0 ")


HOP_BY_HOP = ["Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers", "Upgrade: h2c",
              "HTTP2-Settings: AAMAAABkAAQAAP__", "X-Private: 1"]


def test_hop_by_hop_fields_stay_here(front):
    raw = front.raw().request("GET /a", "Connection: keep-alive, X-Private", *HOP_BY_HOP, "X-Public: 1")
    assert raw.answer().status == 200
    names = {name.lower() for name, _ in front.origin.last.fields}
    assert names.isdisjoint({f.split(":")[0].lower() for f in HOP_BY_HOP})
    assert "x-public" in names


def test_hop_by_hop_fields_of_answers_stay_there(front):
    front.origin.plays(response(b"a", "200 OK", "Connection: X-Private", "X-Private: 1",
                                "Keep-Alive: timeout=5", "X-Public: 1"))
    answer = front.raw().request("GET /a").answer()
    assert answer.get("X-Public") == "1"
    assert answer.get("X-Private") is None and answer.get("Keep-Alive") is None


def test_x_forwarded_on_the_reverse_side(front):
    front.raw().request("GET /a", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Host: before",
                        host="shop.test").answer()
    seen = front.origin.last
    assert seen.get("X-Forwarded-For") == "203.0.113.9, 127.0.0.1"
    assert seen.get("X-Forwarded-Host") == "shop.test"
    assert seen.get("X-Forwarded-Proto") == "http"


def test_no_x_forwarded_on_the_forward_side(naysay, origin):
    run = naysay.serve()
    run.raw().request(f"GET {origin.url}/a").answer()
    assert not [n for n, _ in origin.last.fields if n.lower().startswith("x-forwarded")]


def test_upstream_path_stands_before_every_path(naysay, origin):
    run = naysay.serve("--upstream", f"{origin.url}/api")
    assert run.raw().request("GET /a?b=c").answer().status == 200
    assert origin.last.target == "/api/a?b=c"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS"])
def test_max_forwards_counts_down(front, method):
    raw = front.raw().request(f"{method} /a", "Max-Forwards: 2")
    raw.answer()
    assert front.origin.last.get("Max-Forwards") == "1"
    raw.request(f"{method} /a", "Max-Forwards: 0").answer()
    assert len(front.origin.requests) == 1
    assert front.statuses(2)[1] in (200, 204)


def test_max_forwards_of_a_get_is_left_alone(front):
    front.raw().request("GET /a", "Max-Forwards: 0").answer()
    assert front.origin.last.get("Max-Forwards") == "0"


def test_fields_keep_order_case_and_repetition(front):
    front.origin.plays(response(b"a", "200 OK", "Set-Cookie: a=1", "x-ODD: Case", "Set-Cookie: b=2"))
    answer = front.raw().request("GET /a", "x-ODD: One", "Accept: a", "X-Odd: two").answer()
    sent = [(n, v) for n, v in front.origin.last.fields if n.lower() == "x-odd"]
    assert sent == [("x-ODD", "One"), ("X-Odd", "two")]
    assert answer.all("Set-Cookie") == ["a=1", "b=2"]
    assert ("x-ODD", "Case") in answer.fields


# ---- bodies ----

@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 65536, 1_000_000])
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_bodies_arrive_whole(front, size, framing):
    body = hashlib.shake_128(b"seed").digest(size)
    scripts = {"length": response(body), "chunked": chunked(*[body[i:i + 7001] for i in
                                                              range(0, size, 7001)]),
               "close": [b"HTTP/1.1 200 OK\r\n\r\n" + body, CLOSE]}
    front.origin.plays(scripts[framing])
    raw = front.raw().request("GET /a")
    answer = raw.answer()
    assert answer.body == body
    assert front.entry(1).response.body == size
    assert front.audit(raw.shut()) == []


@pytest.mark.parametrize("size", [0, 1, 65536, 1_000_000])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_uploads_arrive_whole(front, size, is_chunked):
    body = hashlib.shake_128(b"seed").digest(size)
    if is_chunked:
        coded = b"".join(b"%x\r\n%b\r\n" % (len(body[i:i + 5000]), body[i:i + 5000])
                         for i in range(0, size, 5000)) + b"0\r\n\r\n"
        raw = front.raw().request("POST /a", "Transfer-Encoding: chunked", body=coded)
    else:
        raw = front.raw().request("POST /a", f"Content-Length: {size}", body=body)
    assert raw.answer().status == 200
    assert front.origin.last.body == body
    assert front.entry(1).request.body == size


def test_trailers_go_through(front):
    front.origin.plays(chunked(b"abc", trailers=["X-Sum: 1", "X-More: 2"]))
    answer = front.raw().request("GET /a", "TE: trailers", "Connection: TE").answer()
    assert answer.body == b"abc"
    assert answer.trailers == [("X-Sum", "1"), ("X-More", "2")]


def test_chunked_answer_to_http_10_is_ended_by_closing(front):
    front.origin.plays(chunked(b"abc", b"def"))
    raw = front.raw().request("GET /a HTTP/1.0")
    answer = raw.answer()
    assert (answer.body, answer.framing) == (b"abcdef", "close")
    assert answer.get("Transfer-Encoding") is None


def test_chunks_are_relayed_as_they_come(front):
    """The first chunk arrives while the origin holds the second."""
    coded = chunked(b"first", b"second")
    cut = coded.index(b"6\r\n")
    front.origin.plays([coded[:cut], HOLD, coded[cut:]])
    raw = front.raw().request("GET /a")
    while b"first" not in raw.received:
        raw._receive()
    front.origin.go()
    assert raw.answer().body == b"firstsecond"


def test_upload_streams_to_the_origin(front):
    """The origin reads the first half while the client keeps the second."""
    raw = front.raw().request("POST /a", "Content-Length: 10", body=b"12345")
    connection = front.origin.wait_connections(1)[0]
    front.origin.board.wait(lambda: b"12345" in connection.buffer, "half a body at the origin")
    assert raw.send(b"67890").answer().status == 200
    assert front.origin.last.body == b"1234567890"


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "304 Not Modified"])
def test_head_keeps_the_length_and_no_body(front, status):
    head = f"HTTP/1.1 {status}\r\nContent-Length: 12345\r\n\r\n".encode()
    front.origin.plays(head, OK)
    raw = front.raw().request("HEAD /a")
    assert raw.answer("HEAD").get("Content-Length") == "12345"
    assert raw.request("GET /b").answer().body == b"hello"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_bodyless_answers_are_relayed(front, status):
    front.origin.plays(f"HTTP/1.1 {status}\r\nETag: \"a\"\r\n\r\n".encode(), OK)
    raw = front.raw().request("GET /a")
    answer = raw.answer()
    assert (answer.status, answer.get("ETag")) == (int(status[:3]), '"a"')
    assert raw.request("GET /b").answer().body == b"hello"
    assert len(front.origin.connections) == 1


@pytest.mark.parametrize("status", ["299 Odd", "522 Gone Away", "999 High", "407 Again", "600 "])
def test_any_status_is_relayed_as_it_is(front, status):
    front.origin.plays(response(b"a", status))
    answer = front.raw().request("GET /a").answer()
    assert (answer.status, answer.phrase) == (int(status[:3]), status[4:])


# ---- expectations and interim answers ----

def test_interim_answers_of_the_origin_are_relayed(front):
    front.origin.plays(b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" + OK)
    answer = front.raw().request("GET /a").answer()
    assert [i.status for i in answer.interim] == [103]
    assert answer.interim[0].get("Link") == "</s.css>"
    assert front.entry(1).response.interim == [103]


def test_interim_answers_are_not_relayed_to_http_10(front):
    front.origin.plays(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK)
    answer = front.raw().request("GET /a HTTP/1.0").answer()
    assert (answer.interim, answer.status) == ([], 200)


def test_refused_expectation_is_relayed(front):
    front.origin.reads_bodies = False
    front.origin.plays([response(b"no", "417 Expectation Failed", "Connection: close"), CLOSE])
    raw = front.raw().request("POST /a", "Content-Length: 5", "Expect: 100-continue")
    answer = raw.answer()
    if answer.interim:                      # naysay itself may have said go on
        assert [i.status for i in answer.interim] == [100]
    assert answer.status == 417


def test_unknown_expectation_is_417(front):
    raw = front.raw().request("GET /a", "Expect: tea")
    assert raw.answer().status == 417
    assert front.entry(1).ending == "expectation-unknown"
    assert front.origin.requests == []


def test_early_answer_ends_an_upload(front):
    """The origin says 413 while the client is still sending; the client hears it."""
    front.origin.reads_bodies = False
    front.origin.plays([response(b"no", "413 Content Too Large", "Connection: close"), DEAF])
    raw = front.raw().request("POST /a", "Content-Length: 1000000", body=b"x" * 1000)
    assert raw.answer().status == 413
    raw.close()
    assert front.entry(1).response.status == 413


# ---- upgrades and tunnels ----

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"


def upgrade(raw):
    return raw.request("GET /ws", "Connection: keep-alive, Upgrade", "Upgrade: websocket",
                       "Sec-WebSocket-Key: x")


def test_upgrade_is_passed_through(front):
    front.origin.plays([SWITCH, b"\x81\x05hello", ECHO])
    raw = upgrade(front.raw())
    answer = raw.answer()
    assert (answer.status, answer.get("Upgrade")) == (101, "websocket")
    assert raw.octets(7) == b"\x81\x05hello"
    assert raw.send(b"\0\1\2\xff").octets(4) == b"\0\1\2\xff"
    assert front.origin.last.get("Upgrade") == "websocket"
    assert "upgrade" in front.origin.last.get("Connection").lower()


def test_upgrade_that_the_origin_declines(front):
    front.origin.plays(response(b"no", "400 Bad Request"), OK)
    raw = upgrade(front.raw())
    assert raw.answer().status == 400
    assert raw.request("GET /b").answer().status == 200


def test_tunnel_passes_octets_both_ways(naysay, origin):
    origin.greets = [b"220 hello\r\n", ECHO]
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT {origin.authority}")
    answer = raw.answer("CONNECT")
    assert answer.status == 200
    assert answer.get("Content-Length") is None and answer.get("Transfer-Encoding") is None
    assert raw.octets(11) == b"220 hello\r\n"
    body = hashlib.shake_128(b"tunnel").digest(300_000)
    assert raw.send(body).octets(len(body)) == body
    assert raw.shut().ends() == "fin"
    assert run.entry(1).ending in ("by-plan", "tunnel-closed")
    assert run.entry(1).upstream.address == origin.authority


def test_half_close_goes_through_a_tunnel(naysay, origin):
    """The client is done sending; the answer still comes."""
    def reverse(connection, _):
        try:
            while True:
                connection.more()
        except EOFError:
            connection.send(connection.buffer[::-1])
            raise
    origin.greets = [reverse]
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT {origin.authority}")
    raw.answer("CONNECT")
    assert raw.send(b"stressed").shut().octets(8) == b"desserts"
    assert raw.ends() == "fin"


def test_reset_goes_through_a_tunnel(naysay, origin):
    origin.greets = [b"x", HOLD, RESET]
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT {origin.authority}")
    raw.answer("CONNECT")
    raw.octets(1)
    origin.go()
    raw.rest()
    assert raw.ended == "reset"
    assert run.entry(1).ending == "tunnel-reset"


def test_clients_reset_reaches_the_origin(naysay, origin):
    origin.greets = [ECHO]
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT {origin.authority}")
    raw.answer("CONNECT")
    raw.send(b"x").octets(1)
    raw.reset()
    assert origin.wait_ended(1) == "reset"
    assert run.entry(1).ending == "tunnel-reset"


def test_quiet_tunnel_times_out(naysay, origin):
    origin.greets = [ECHO]
    run = naysay.serve("--limit", "tunnel-time=200ms")
    raw = run.raw().request(f"CONNECT {origin.authority}")
    raw.answer("CONNECT")
    raw.rest()
    assert run.entry(1).ending == "tunnel-timeout"
    assert origin.wait_ended(1)


@pytest.mark.parametrize("port_of, status, ending", [
    (lambda origin: refusing_port(), 502, "upstream-refused"),
])
def test_tunnel_to_nowhere_is_refused(naysay, origin, port_of, status, ending):
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT 127.0.0.1:{port_of(origin)}")
    assert raw.answer("CONNECT").status == status
    assert run.entry(1).ending == ending


# ---- the client's side ----

def test_pipelined_requests_are_relayed_in_order(front):
    front.origin.plays(*[response(f"{i}".encode()) for i in range(40)])
    raw = front.raw().send("".join(f"GET /{i} HTTP/1.1\nHost: x\n\n" for i in range(40)))
    assert [raw.answer().body for _ in range(40)] == [f"{i}".encode() for i in range(40)]
    assert [r.target for r in front.origin.requests] == [f"/{i}" for i in range(40)]


def test_pipelined_request_waits_for_a_slow_one(front):
    front.origin.plays([HOLD, response(b"slow")], response(b"quick"))
    raw = front.raw().request("GET /slow").request("GET /quick")
    front.origin.wait_held()
    assert len(front.origin.requests) == 1
    front.origin.go()
    assert [raw.answer().body for _ in range(2)] == [b"slow", b"quick"]


def test_client_that_half_closes_still_gets_its_answer(front):
    front.origin.plays([HOLD, response(b"late")])
    raw = front.raw().request("GET /a").shut()
    front.origin.wait_held()
    front.origin.go()
    assert raw.answer().body == b"late"
    assert raw.ends() == "fin"


def test_client_that_leaves_is_journalled_and_the_origin_let_go(front):
    front.origin.plays([response(b"x" * 200)[:-100], HOLD])
    raw = front.raw().request("GET /a")
    front.origin.wait_held()
    while not raw.received:
        raw._receive()
    raw.reset()
    assert front.entry(1).ending in ("client-reset", "client-gone")
    front.origin.go()
    assert front.origin.wait_ended(1)


def test_client_that_cuts_its_body_short(front):
    raw = front.raw().request("POST /a", "Content-Length: 10", body=b"12345").shut()
    raw.rest()
    assert front.entry(1).ending == "client-cut-body"
    assert front.origin.wait_ended(1)
    assert front.origin.requests == []


def test_client_that_cuts_its_head_short(front):
    raw = front.raw().send("GET /a HTTP/1.1\nHos").shut()
    raw.rest()
    assert front.connection_end().ending == "client-cut-head"


def test_slow_reader_holds_the_origin_back(front):
    """64 MiB for a client that does not read: the origin is stopped, memory stays small."""
    total = 64 << 20
    block = b"x" * 65536
    sent = []

    def flood(connection, _):
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
        connection.socket.settimeout(1)         # a blocked second is what we wait for
        try:
            for _ in range(total // len(block)):
                connection.send(block)
        except OSError:
            pass
        front.origin.board.post(lambda: sent.append(connection.sent))
        raise EOFError
    front.origin.plays(flood)
    before = front.rss_kib()
    raw = front.raw(receive_buffer=4096).request("GET /big")
    front.origin.board.wait(lambda: sent, "the origin to be held back")
    assert sent[0] < 16 << 20
    assert front.rss_kib() - before < 8 << 10
    raw.reset()


def test_large_download_is_intact(front):
    body = hashlib.shake_128(b"large").digest(8 << 20)
    front.origin.plays(response(body))
    raw = front.raw().request("GET /a")
    while len(raw.received) < len(body):
        raw._receive()
    assert hashlib.sha1(read_answer(raw.received).body).digest() == hashlib.sha1(body).digest()
