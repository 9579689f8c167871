# SPDX-License-Identifier: MIT
"""What was broken once: each of these failed before its mend, and fails again without it."""
import json
import os
import resource
import signal
import stat
import threading
from socket import SO_RCVBUF, SOL_SOCKET, socket

import pytest

from lib.origin import CLOSE, CONTINUE, ECHO, HOLD, OK, response
from lib.reader import read_answer, read_all
from lib.runner import BINARY
from lib.waiting import until

LARGE = 4_000_000       # more than the kernel takes for a client that does not read
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64     # without an LF
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket")
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"


@pytest.fixture
def front(naysay, origin):
    run = naysay.serve("--upstream", origin.url)
    run.origin = origin
    return run


def outlast(run, ms):
    """So much has passed by naysay's own clock: it says so to somebody else."""
    other = run.raw().request(f"GET http://status.test/200?delay={ms}ms", "Connection: close")
    assert other.answer().status == 200


def of_first(run):
    """The exchanges of connection 1, once it has ended."""
    run.connection_end(1)
    return run.of_connection(1)


def told_of(run, raw):
    """The client is done; (ending, status) of each of its exchanges."""
    raw.shut().rest()
    return [(e.ending, e.response.status) for e in of_first(run)]


# ---- waits: who makes progress, or waits by right, is not cut off ----

def test_relayed_websocket_outlives_the_stall_time(naysay, origin):
    """What timed the upstream's head has no say in the tunnel after it."""
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=300ms")
    origin.plays([SWITCH, ECHO])
    raw = run.raw().request("GET /ws", *UPGRADE)
    assert raw.answer().status == 101
    outlast(run, 700)
    assert raw.send(b"still here").octets(10) == b"still here"
    assert raw.shut().ends() == "fin"
    assert of_first(run)[0].ending in ("by-plan", "tunnel-closed")


def test_late_100_of_an_origin_is_waited_for(naysay, origin):
    """Until then the client is right to send nothing, so its body does not stall."""
    def read_body(connection, request):
        request.body = connection.take(5)
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=300ms")
    origin.reads_bodies = False
    origin.plays([HOLD, CONTINUE, read_body, OK])
    raw = run.raw().request("POST /a", "Content-Length: 5", "Expect: 100-continue")
    origin.wait_held()
    outlast(run, 700)
    origin.go()
    raw.interim(100)
    assert raw.send(b"hello").answer().status == 200
    assert told_of(run, raw) == [("by-plan", 200)]
    assert origin.last.body == b"hello"


def test_client_that_reads_slowly_but_steadily_gets_all(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=2s",
                       "--limit", "buffered=4MiB")
    origin.plays(response(b"x" * 2 * LARGE))
    raw = run.raw(receive_buffer=4096).request("GET /a", "Connection: close")
    for i in range(1, 41):                          # four seconds: twice the stall-time
        while len(raw.received) < i * LARGE // 20 and not raw.ended:
            raw._receive()
        outlast(run, 100)
    raw.rest()
    assert len(read_answer(raw.received, closed=True).body) == 2 * LARGE
    assert of_first(run)[0].ending == "by-plan"


def test_upstream_that_reads_slowly_but_steadily_gets_all(naysay, origin):
    """The client has long sent everything; the upstream takes a little now and then."""
    def read_slowly(connection, request):
        for _ in range(40):
            connection.take(2 * LARGE // 40)
            outlast(run, 100)
    run = naysay.serve("--upstream", origin.url, "--limit", "stall-time=2s",
                       "--limit", "buffered=4MiB")
    origin.listener.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
    origin.reads_bodies = False
    origin.plays([read_slowly, OK])
    raw = run.raw().request("POST /a", f"Content-Length: {2 * LARGE}", body=b"x" * 2 * LARGE)
    assert raw.answer().status == 200
    assert told_of(run, raw) == [("by-plan", 200)]


def test_echo_that_nobody_uses_times_out(naysay):
    run = naysay.serve("--limit", "tunnel-time=200ms")
    raw = run.raw().request("GET /status/101", *UPGRADE)
    assert raw.answer().status == 101
    assert raw.send(b"x").octets(1) == b"x"
    assert raw.ends() in ("fin", "reset")
    assert run.entry(1).ending == "tunnel-timeout"


# ---- nothing that was answered is lost ----

def test_every_request_is_answered_when_one_is_a_turn(naysay):
    run = naysay.answers(503, options=["--limit", "pipeline=1"])
    raw = run.raw().request("GET /a").request("GET /b").request("GET /c")
    assert [raw.answer().status for _ in range(3)] == [503] * 3
    assert run.statuses(3) == [503] * 3


def test_client_that_half_closes_under_an_answer_gets_all_of_it(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "buffered=4MiB")
    origin.plays(response(b"x" * LARGE, "200 OK", "Connection: close"))
    raw = run.raw(receive_buffer=4096).request("GET /a")
    origin.wait_ended(1)                            # naysay has all of it
    raw.shut().rest()
    assert len(read_answer(raw.received, closed=True).body) == LARGE
    assert of_first(run)[0].sent == [0, len(raw.received)]


def refuses(port):
    with socket() as s:
        return s.connect_ex(("127.0.0.1", port)) != 0


def test_answer_on_a_kept_connection_outlives_sigterm(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "buffered=4MiB")
    origin.plays(response(b"x" * LARGE, "200 OK", "Connection: close"))
    raw = run.raw(receive_buffer=4096).request("GET /a")
    origin.wait_ended(1)                            # naysay has all of it
    run.signal(signal.SIGTERM)
    until(lambda: refuses(run.port), run._tick, "the listener to be closed")
    raw.rest()
    assert (len(read_answer(raw.received, closed=True).body), raw.ended) == (LARGE, "fin")
    assert run.wait() == 0
    assert run.entries()[0].ending == "by-plan"


def padded(line, size=4096):
    """A request of just so many octets: what naysay reads at once of an empty connection."""
    head = f"{line} HTTP/1.1\r\nHost: x\r\nX-Pad: ".encode()
    return head + b"x" * (size - len(head) - 4) + b"\r\n\r\n"


def test_request_beside_sigterm_is_answered(naysay):
    """It lay in the kernel when the signal came; closing over it would reset the client."""
    run = naysay.serve()
    raw = run.raw().request("GET /status/200")
    raw.answer()
    run.signal(signal.SIGSTOP)
    raw.send(padded("GET /status/404") + padded("GET /status/503"))
    run.signal(signal.SIGTERM)
    run.signal(signal.SIGCONT)
    assert [raw.answer().status for _ in range(2)] == [404, 503]
    assert raw.ends() == "fin"
    assert run.wait() == 0
    assert run.statuses(3) == [200, 404, 503]


def test_request_before_a_fin_is_answered_behind_a_slow_one(front):
    front.origin.plays([HOLD, response(b"slow")], response(b"quick"))
    raw = front.raw().request("GET /slow").request("GET /quick").shut()
    front.origin.wait_held()
    outlast(front, 50)                              # the FIN has been seen, too
    front.origin.go()
    assert [raw.answer().body for _ in range(2)] == [b"slow", b"quick"]
    assert raw.ends() == "fin"
    assert [e.request.target for e in of_first(front)] == ["/slow", "/quick"]


# ---- early answers and full buffers ----

@pytest.mark.parametrize("method, answer", [
    ("POST", b"HTTP/1.1 204 No Content\r\n\r\n"), ("POST", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
])
def test_early_answer_without_a_body_burns_no_cycles(front, method, answer):
    """The upstream has answered and closed; the client goes on with its body."""
    front.origin.reads_bodies = False
    front.origin.plays([answer, CLOSE])
    raw = front.raw().request(f"{method} /a", "Content-Length: 10", body=b"123")
    status = raw.answer(method).status
    before = front.cpu_ticks()
    outlast(front, 1000)
    assert front.cpu_ticks() - before < 50
    raw.send(b"4567890")
    assert told_of(front, raw) == [("by-plan", status)]
    assert of_first(front)[0].request.body == 10


def wide(n):
    """n requests for a bodyless answer of 20 KB."""
    return (b"GET /status/204?header=X:" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n") * n


def test_bodyless_answers_that_nobody_reads_do_not_pile_up(naysay):
    run = naysay.serve()
    run.raw().request("GET /status/200").answer()
    before = run.rss_kib()
    raw = run.raw(receive_buffer=4096)
    raw.socket.settimeout(1)                        # a blocked second is what we wait for
    with pytest.raises(TimeoutError):               # it is no longer read from
        for _ in range(150):
            raw.socket.sendall(wide(20))
    assert run.rss_kib() - before < 16 << 10
    raw.close()
    assert {e.ending for e in run.of_connection(2)} <= {"by-plan"}


def test_refusal_waits_for_a_client_that_does_not_read(naysay):
    """Its request's octets may have moved by then; the journal still knows them."""
    run = naysay.serve()
    raw = run.raw(receive_buffer=4096)
    broken = b"GET /broken HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"
    sender = threading.Thread(target=raw.send, args=(wide(250) + broken + b"z" * 30000,))
    sender.start()
    outlast(run, 300)
    raw.rest()
    sender.join()
    assert [a.status for a in read_all(raw.received, ["GET"])] == [204] * 250 + [400]
    last = of_first(run)[-1]
    assert (last.ending, last.request.target) == ("bad-request", "/broken")


# ---- what an upstream may say ----

@pytest.mark.parametrize("framed", [
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    b"Content-Length: 5\r\n\r\nhello", b"\r\n", b"\r\nhello",
])
def test_205_of_an_upstream_is_empty_however_framed(front, framed):
    front.origin.plays([b"HTTP/1.1 205 Reset Content\r\n" + framed, CLOSE], OK)
    raw = front.raw().request("GET /a")
    answer = raw.answer()
    assert (answer.status, answer.get("Content-Length"), answer.body) == (205, "0", b"")
    assert raw.request("GET /b").answer().body == b"hello"
    assert front.entry(1).ending == "by-plan"
    assert front.audit(raw.shut()) == []


def test_101_that_names_no_protocol_is_garbage(front):
    front.origin.plays([b"HTTP/1.1 101 Switching Protocols\r\n\r\n", CLOSE])
    raw = front.raw().request("GET /ws", *UPGRADE)
    assert raw.answer().status == 502
    assert front.entry(1).ending == "upstream-garbage"
    assert front.audit(raw.shut()) == []


@pytest.mark.parametrize("head, words", [
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding"),
    (b"A: b\nContent-Length: 0\r\n\r\n", "LF"), (b"A: b\0\r\nContent-Length: 0\r\n\r\n", "NUL"),
])
def test_broken_rule_of_an_upstream_is_named(front, head, words):
    """And it is no fault of the client's, whose connection is kept."""
    front.origin.plays([b"HTTP/1.1 200 OK\r\n" + head, CLOSE], OK)
    raw = front.raw().request("GET /a")
    answer = raw.answer()
    assert answer.status == 502
    assert words in answer.text
    assert raw.request("GET /b").answer().body == b"hello"
    assert [e.ending for e in front.wait_entries(2)] == ["upstream-garbage", "by-plan"]


def test_interim_answers_are_bounded_beyond_an_octet(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--limit", "interim=300")
    origin.plays(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 700 + response())
    answer = run.raw().request("GET /a").answer()
    assert (answer.status, len(answer.interim)) == (502, 300)
    assert run.entry(1).ending == "upstream-interim-flood"


# ---- what goes to an upstream ----

@pytest.mark.parametrize("request_line", ["POST /b", "PUT /b"])
def test_request_that_cannot_be_repeated_goes_over_a_fresh_connection(front, request_line):
    """A kept one may be closing just now, and the client would be told of it."""
    raw = front.raw().request("GET /a")
    raw.answer()
    assert raw.request(request_line, "Content-Length: 1", body=b"x").answer().status == 200
    assert [r.connection for r in front.origin.requests] == [1, 2]
    assert [e.upstream.reused for e in front.wait_entries(2)] == [False, False]


def test_upgrade_with_a_body_is_an_ordinary_request(front):
    """A 101 in its middle would make the rest of it the new protocol's."""
    raw = front.raw().request("POST /ws", *UPGRADE, "Content-Length: 3", body=b"abc")
    assert raw.answer().status == 200
    assert front.origin.last.get("Upgrade") is None
    assert front.origin.last.body == b"abc"
    assert front.entry(1).request.body == 3


@pytest.mark.parametrize("fields", [
    ["Upgrade: h2c, foo"], ["Upgrade: foo, h2c"], ["Upgrade: foo", "Upgrade: H2C"],
])
def test_h2c_does_not_go_upstream_in_a_list(front, fields):
    assert front.raw().request("GET /a", "Connection: upgrade", *fields).answer().status == 200
    assert front.origin.last.get("Upgrade") is None
    assert front.entry(1).response.status == 200


def test_quote_in_connection_hides_no_option(front):
    """Options are tokens, so a comma parts them inside a quote, too (RFC 9110 §7.6.1)."""
    raw = front.raw().request("GET /a", 'Connection: "close, X-Foo', "X-Foo: secret")
    assert raw.answer().status == 200
    assert front.origin.last.get("X-Foo") is None
    assert front.entry(1).ending == "by-plan"


def test_absolute_form_for_the_own_port_goes_to_the_upstream(front):
    """With an upstream set, that is what is served here (RFC 9112 §3.2.2)."""
    answer = front.raw().request(f"GET {front.url}/a?b", host=front.authority).answer()
    assert answer.body == b"hello"
    assert front.origin.last.target == "/a?b"
    assert front.entry(1).upstream.address == front.origin.authority


# ---- what comes instead of a request, and where ----

def test_tls_inside_our_own_connect_is_named(naysay):
    run = naysay.serve("--limit", "head-time=1h")
    raw = run.raw().request("CONNECT status.test:443")
    assert raw.answer("CONNECT").status == 200
    raw.send(CLIENT_HELLO).rest()
    assert [e.ending for e in run.wait_entries(2)] == ["by-plan", "tls-on-plain-port"]


@pytest.mark.parametrize("octets", [b"\x05\x01\x00", b"\x04\x01\x00\x50", b"\0\1\2\xff"])
def test_first_octet_that_no_method_has_is_refused_at_once(naysay, octets):
    """A SOCKS client waits for an answer without ever sending an LF."""
    run = naysay.serve("--limit", "head-time=1h")
    raw = run.raw().send(octets)
    assert raw.answer().status == 400
    assert raw.ends() == "fin"
    assert run.entry(1).ending == "bad-request"


def test_h2_preface_in_two_parts_is_named(naysay):
    run = naysay.serve()
    raw = run.raw().send(b"PRI * HTTP/2.0\r\n\r\n")
    outlast(run, 50)
    raw.send(b"SM\r\n\r\n").rest()
    assert of_first(run)[0].ending == "h2-on-h1-port"


def test_refused_connect_with_octets_behind_it_says_close(naysay):
    run = naysay.serve("--allow-upstream", "127.0.0.1:1")
    raw = run.raw().send("CONNECT 127.0.0.9:25 HTTP/1.1\nHost: x\n\nGET /in HTTP/1.1\nHost: x\n\n")
    answer = raw.answer("CONNECT")
    assert (answer.status, answer.lists("Connection", "close")) == (403, True)
    assert raw.ends() == "fin"
    assert [e.request.method for e in of_first(run)] == ["CONNECT"]


def test_broken_head_request_gets_no_body(naysay):
    run = naysay.serve()
    raw = run.raw().request("HEAD /", host=None)
    assert raw.answer("HEAD").status == 400
    assert raw.ends() == "fin"
    assert run.entry(1).ending == "bad-request"


# ---- answers on demand ----

def test_body_before_a_101_is_not_echoed(naysay):
    run = naysay.serve()
    raw = run.raw().request("POST /status/101", *UPGRADE, "Content-Length: 3", body=b"abcPROTO")
    assert raw.answer().status == 101
    assert raw.octets(5) == b"PROTO"
    assert raw.shut().ends() == "fin"
    assert run.entry(1).request.body == 3


def test_expectation_is_met_before_a_101(naysay):
    """RFC 9110 §7.8: first the 100, then the 101."""
    run = naysay.serve()
    raw = run.raw().request("POST /status/101", *UPGRADE, "Content-Length: 3", "Expect: 100-continue")
    raw.interim(100)
    assert raw.send(b"abc").answer().status == 101
    assert raw.send(b"PROTO").octets(5) == b"PROTO"
    raw.shut().ends()
    assert run.entry(1).response.interim == [100]


@pytest.mark.parametrize("line", ["GET /status/101", "CONNECT status.test:101"])
def test_nobody_is_switched_unasked(naysay, line):
    run = naysay.serve()
    answer = run.raw().request(line).answer(line.split()[0])
    assert answer.status == 426
    assert answer.get("Upgrade")
    assert run.statuses(1) == [426]


def test_etag_of_ones_own_is_the_only_one_and_counts(naysay):
    run = naysay.serve()
    raw = run.raw().request("GET /status/200?header=ETag:%22mine%22")
    assert raw.answer().all("ETag") == ['"mine"']
    raw.request("GET /status/200?header=ETag:%22mine%22", 'If-None-Match: "mine"')
    assert raw.answer().status == 304
    assert run.statuses(2) == [200, 304]


@pytest.mark.parametrize("query", [
    "header=ETag:%22a%22&header=ETag:%22b%22", "type=a/b&header=Content-Type:c/d", "type=a/b&type=c/d",
    "header=Content-Type:a/b&header=content-type:c/d", "header=Content-Type:a/b&type=c/d",
])
def test_field_that_may_stand_once_is_not_given_twice(naysay, query):
    run = naysay.serve()
    answer = run.raw().request(f"GET /status/200?{query}").answer()
    assert answer.status == 400
    assert len(answer.all("ETag")) + len(answer.all("Content-Type")) <= 2
    assert run.statuses(1) == [400]


def test_lines_of_if_none_match_are_one_list(naysay):
    run = naysay.serve()
    raw = run.raw().request("GET /status/200", 'If-None-Match: "a"', 'If-None-Match: "naysay"')
    assert raw.answer().status == 304
    assert run.statuses(1) == [304]


def test_206_of_nothing_is_told(naysay):
    run = naysay.serve()
    answer = run.raw().request("GET /status/206?body=").answer()
    assert (answer.status, answer.get("Content-Range")) == (400, None)
    assert "206" in answer.text
    assert run.statuses(1) == [400]


def test_white_space_around_a_type_is_none_of_it(naysay):
    run = naysay.serve()
    assert run.raw().request("GET /status/200?type=%20a/b").answer().get("Content-Type") == "a/b"
    assert run.entry(1).ending == "by-plan"


# ---- the command line and the journal ----

def test_commands_of_two_runs_at_once_have_ports_of_their_own(naysay):
    ask = "curl -s -o /dev/null -w %{http_code} $NAYSAY_URL/"
    inner = f"{ask}; exec \"$0\" 404 -q -- sh -c '{ask}'"
    done = naysay.command(503, "-q", "--", "sh", "-c", inner, BINARY)
    assert (done.returncode, done.stdout) == (0, "503404")
    assert "in use" not in done.stderr


def test_journal_is_for_its_owner_and_without_secrets(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "-v")
    origin.plays(response(b"a", "200 OK", "Set-Cookie: sid=t0ken"))
    answer = run.raw().request("GET /a", "Authorization: Bearer t0ken").answer()
    assert answer.get("Set-Cookie") == "sid=t0ken"
    assert ["Set-Cookie", "(redacted)"] in run.entry(1).response.fields
    assert ["Authorization", "Bearer (redacted)"] in run.entry(1).request.fields
    assert "t0ken" not in run.journal_path.read_text() + run.stderr() + run.stdout()
    assert stat.S_IMODE(os.stat(run.journal_path).st_mode) == 0o600


def limit_file_size(run, size):
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_journal_goes_on_in_a_line_of_its_own_after_a_full_disk(naysay):
    """At most the line that was cut is lost: nothing is glued to it."""
    run = naysay.start("serve", prefix=["env", "--ignore-signal=XFSZ"])
    raw = run.raw().request("GET /status/200")
    raw.answer()
    run.entry(1)
    limit_file_size(run, run.journal_path.stat().st_size + 100)
    raw.request("GET /status/404").answer()
    until(lambda: "journal" in run.stderr(), run._tick, "a word about the journal")
    limit_file_size(run, resource.RLIM_INFINITY)
    raw.request("GET /status/503").answer()
    until(lambda: b"/status/503" in run.journal_path.read_bytes(), run._tick, "the line after it")
    lines = run.journal_path.read_bytes().split(b"\n")
    assert len(lines[1]) == 100
    assert [json.loads(lines[i])["response"]["status"] for i in (0, 2)] == [200, 503]


# ---- what a client does while it waits ----

def test_client_that_gives_up_is_gone(naysay):
    """Its FIN was a whole close: the answer meets nobody, and the journal says so."""
    run = naysay.serve()
    run.raw().request("GET /status/200?delay=300ms").close()
    assert run.entry(1).ending == "client-gone"
    assert run.connection_end().ending == "client-gone"


def test_client_that_half_closes_still_gets_its_answer(naysay):
    run = naysay.serve()
    raw = run.raw().request("GET /status/200?delay=300ms").shut()
    assert raw.answer().status == 200
    assert run.entry(1).ending == "by-plan"


def test_interim_before_a_close_without_a_word(naysay):
    run = naysay.serve()
    raw = run.raw().request("GET /status/103,nginx/444")
    raw.interim(103)
    assert raw.ends() == "fin"
    assert run.entry(1).response.interim == [103]


def test_h2c_is_never_promised(naysay):
    run = naysay.serve()
    asked = "GET /status/101", "Connection: upgrade"
    assert run.raw().request(*asked, "Upgrade: h2c").answer().status == 426
    raw = run.raw().request(*asked, "Upgrade: h2c, foo")
    assert raw.answer().get("Upgrade") == "foo"
