# SPDX-License-Identifier: MIT
"""HTTP/1 framing and smuggling, over the wire: what is refused never reaches the origin.

The ids name classes of bugs that comparable proxies have had. Each hostile request is
followed by a second one in the same breath; if that ever arrives, framing was lost.
"""
import pytest

from lib.origin import CLOSE, chunked, response

NEXT = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"POST /a HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def front(naysay, origin):
    """A reverse proxy before the origin."""
    run = naysay.serve("--upstream", origin.url)
    run.origin = origin
    return run


def refuses(run, octets, status=400, ending="bad-request"):
    """One answer with this status, then the end; nothing at the origin; told in the journal."""
    raw = run.raw().send(octets)
    answer = raw.answer()
    assert answer.status == status, answer
    assert answer.lists("Connection", "close")
    assert raw.ends() == "fin"
    assert run.entry(1).ending == ending
    assert run.audit(raw) == []
    assert run.origin.requests == []
    return answer


def cases(**named):
    return pytest.mark.parametrize("octets", [pytest.param(v, id=k) for k, v in named.items()])


def chunks(body):
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body + NEXT


# ---- requests ----

@cases(
    cl_te=b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    te_cl=b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
)
def test_H1_01_length_and_coding_together_are_refused(front, octets):
    refuses(front, HEAD + octets + NEXT)


@cases(
    list=b"Content-Length: 5,5", list_sp=b"Content-Length: 5, 6", empty=b"Content-Length:",
    same_twice=b"Content-Length: 5\r\nContent-Length: 5",
    two=b"Content-Length: 5\r\nContent-Length: 6",
    empty_then_5=b"Content-Length:\r\nContent-Length: 5",
)
def test_H1_02_more_than_one_length_is_refused(front, octets):
    refuses(front, HEAD + octets + b"\r\n\r\nhello" + NEXT)


@pytest.mark.parametrize("length", ["+5", "-1", "0x10", "1_0", "5 5", "5.0", "5;", "\xb2",
                                    "18446744073709551616", "99999999999999999999999"])
def test_H1_03_length_that_is_no_number_is_refused(front, length):
    octets = HEAD + f"Content-Length: {length}\r\n\r\n".encode("latin-1")
    refuses(front, octets + b"hello" + NEXT)


@pytest.mark.parametrize("coding", [",chunked", "chunked,chunked", "chunked, gzip", "\xa0chunked",
                                    "chunked;q=1", "", "chunked\x0b", "chunked\x0c", "\"chunked\""])
def test_H1_04_coding_that_is_not_one_chunked_is_refused(front, coding):
    head = HEAD + f"Transfer-Encoding: {coding}\r\n\r\n".encode("latin-1")
    raw = front.raw().send(head + b"0\r\n\r\n" + NEXT)
    assert raw.answer().status in (400, 501)
    assert raw.ends() == "fin"
    assert front.origin.requests == []
    assert front.entry(1).ending in ("bad-request", "coding-unknown")


@pytest.mark.parametrize("coding", ["gzip, chunked", "xchunked", "identity", "gzip"])
def test_H1_04_unknown_coding_is_501(front, coding):
    head = HEAD + f"Transfer-Encoding: {coding}\r\n\r\n".encode("latin-1")
    refuses(front, head + b"0\r\n\r\n" + NEXT, 501, "coding-unknown")


@pytest.mark.parametrize("coding", ["chunked", "Chunked", "CHUNKED"])
def test_H1_04_chunked_is_read_in_any_case(front, coding):
    raw = front.raw().request("POST /a", f"Transfer-Encoding: {coding}", body=b"2\r\nok\r\n0\r\n\r\n")
    assert raw.answer().status == 200
    assert front.origin.last.body == b"ok"
    assert front.origin.last.get("Content-Length") is None


def breaks_body(run, octets):
    """A broken body ends the exchange; what follows it is never read as a request."""
    raw = run.raw().send(octets)
    answer = raw.answer()
    assert answer.status == 400
    assert raw.ends() == "fin"
    assert run.entry(1).ending == "bad-chunk"
    assert not any("smuggled" in r.target for r in run.origin.requests)


@cases(
    hex_prefix=chunks(b"0x3\r\nabc\r\n0\r\n\r\n"), plus=chunks(b"+3\r\nabc\r\n0\r\n\r\n"),
    minus=chunks(b"-3\r\nabc\r\n0\r\n\r\n"), underscore=chunks(b"1_0\r\nabc\r\n0\r\n\r\n"),
    space_before=chunks(b" 3\r\nabc\r\n0\r\n\r\n"), space_after=chunks(b"3 \r\nabc\r\n0\r\n\r\n"),
    empty=chunks(b"\r\nabc\r\n0\r\n\r\n"), word=chunks(b"three\r\nabc\r\n0\r\n\r\n"),
    overflow=chunks(b"10000000000000003\r\nabc\r\n0\r\n\r\n"),
    zeroes=chunks(b"00000000000000003\r\nabc\r\n0\r\n\r\n"),
    bare_lf=chunks(b"3\nabc\r\n0\r\n\r\n"),
)
def test_H1_05_chunk_size_leniency_is_refused(front, octets):
    breaks_body(front, octets)


@cases(
    cr=chunks(b"3;a=\rb\r\nabc\r\n0\r\n\r\n"), lf=chunks(b"3;a=\nb\r\nabc\r\n0\r\n\r\n"),
    nul=chunks(b"3;a=\0b\r\nabc\r\n0\r\n\r\n"), long=chunks(b"3;" + b"a" * 4097 + b"\r\nabc\r\n0\r\n\r\n"),
    long_in_sum=chunks(b"".join(b"1;" + b"a" * 100 + b"\r\nx\r\n" for _ in range(50)) + b"0\r\n\r\n"),
)
def test_H1_06_chunk_extension_with_controls_or_too_long_is_refused(front, octets):
    breaks_body(front, octets)


def test_H1_06_chunk_extension_is_read_and_not_relayed(front):
    raw = front.raw().send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;a=b;c=\"d\"\r\nabc\r\n0;z\r\n\r\n")
    assert raw.answer().status == 200
    assert front.origin.last.body == b"abc"
    assert b";" not in front.origin.last.raw_body


@cases(
    long=chunks(b"3\r\nabcd\r\n0\r\n\r\n"), cr_x=chunks(b"3\r\nabc\rX0\r\n\r\n"),
    lf=chunks(b"3\r\nabc\n0\r\n\r\n"), last=chunks(b"3\r\nabc\r\n0\r\nXX\r\n\r\n"),
)
def test_H1_07_chunk_without_its_crlf_is_refused(front, octets):
    breaks_body(front, octets)


@pytest.mark.parametrize("field", ["Content-Length: 5", "Transfer-Encoding: chunked", "Host: evil"])
def test_H1_08_framing_in_trailers_is_refused(front, field):
    breaks_body(front, chunks(b"1\r\na\r\n0\r\n" + field.encode() + b"\r\n\r\n"))


def test_H1_08_trailers_stay_trailers(front):
    raw = front.raw().request("POST /a", "Transfer-Encoding: chunked", "Trailer: X-Sum",
                              body=b"1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n")
    assert raw.answer().status == 200
    assert front.origin.last.get("X-Sum") is None
    assert front.origin.last.trailers in ([], ["X-Sum: 1"])


@cases(
    line=b"GET / HTTP/1.1\nHost: x\r\n\r\n", field=b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
    end=b"GET / HTTP/1.1\r\nHost: x\r\n\n", all=b"GET / HTTP/1.1\nHost: x\n\n",
)
def test_H1_09_bare_lf_is_refused(front, octets):
    assert "LF without CR" in refuses(front, octets + NEXT).text


@cases(
    value=b"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", line=b"GET /\ra HTTP/1.1\r\nHost: x\r\n\r\n",
    end=b"GET / HTTP/1.1\r\nHost: x\r\n\rX\r\n\r\n", name=b"GET / HTTP/1.1\r\nHost: x\r\nA\rB: c\r\n\r\n",
)
def test_H1_10_bare_cr_is_refused(front, octets):
    refuses(front, octets + NEXT)


@cases(
    method=b"G\0T / HTTP/1.1\r\nHost: x\r\n\r\n", target=b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    name=b"GET / HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n", value=b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    host=b"GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n", length=HEAD + b"Content-Length: 5\0\r\n\r\nhello",
)
def test_H1_11_nul_in_the_head_is_refused(front, octets):
    refuses(front, octets + NEXT)


@cases(sp=b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
       tab=b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
       coding=HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n")
def test_H1_12_folded_field_is_refused(front, octets):
    refuses(front, octets + NEXT)


def test_H1_12_folded_field_of_an_upstream_is_502(front):
    front.origin.plays(b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n")
    assert front.raw().request("GET /").answer().status == 502
    assert front.entry(1).ending == "upstream-garbage"


@cases(
    space=b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", tab=b"GET / HTTP/1.1\r\nHost: x\r\nA\t: b\r\n\r\n",
    length=HEAD + b"Content-Length : 5\r\n\r\nhello", first=b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    empty_name=b"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
    no_colon=b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
)
def test_H1_13_space_before_colon_and_names_that_are_none_are_refused(front, octets):
    refuses(front, octets + NEXT)


@pytest.mark.parametrize("octet", [0x85, 0xa0, 0xff, ord("("), ord(","), ord("/"), ord("@"),
                                   ord("["), ord("{"), ord('"'), 0x01, 0x7f])
def test_H1_14_names_are_tokens(front, octet):
    refuses(front, b"GET / HTTP/1.1\r\nHost: x\r\nA" + bytes([octet]) + b"B: c\r\n\r\n" + NEXT)


def test_H1_14_values_keep_their_octets(front):
    raw = front.raw().send(b"GET / HTTP/1.1\r\nHost: x\r\nA: \t \x85\xa0b\xff\xa0\x85 \t\r\n\r\n")
    assert raw.answer().status == 200
    assert b"\r\nA: \x85\xa0b\xff\xa0\x85\r\n" in front.origin.last.head


@cases(
    two_spaces=b"GET  / HTTP/1.1", tab=b"GET\t/\tHTTP/1.1", trailing=b"GET / HTTP/1.1 ",
    leading=b" GET / HTTP/1.1", no_target=b"GET HTTP/1.1", old=b"GET /", version=b"GET / HTTP/1.32",
    lower=b"GET / http/1.1", no_minor=b"GET / HTTP/1", spaced=b"GET /a b HTTP/1.1", word=b"hello",
    method=b"G(T / HTTP/1.1", formfeed=b"GET /\x0c HTTP/1.1", comma=b"GET / HTTP/1,1",
)
def test_H1_15_request_line_that_is_none_is_refused(front, octets):
    raw = front.raw().send(octets + b"\r\nHost: x\r\n\r\n" + NEXT)
    assert raw.answer().status == 400
    assert raw.ends() == "fin"
    assert front.entry(1).ending in ("bad-request", "bad-target")
    assert front.origin.requests == []


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/3.1", "HTTP/0.9"])
def test_H1_15_other_major_versions_are_505(front, version):
    refuses(front, f"GET / {version}\r\nHost: x\r\n\r\n".encode() + NEXT, 505, "version-unknown")


@cases(
    missing=b"", twice=b"Host: x\r\nHost: x\r\n", two=b"Host: x\r\nHost: y\r\n",
    user=b"Host: a@x\r\n", path=b"Host: x/y\r\n", comma=b"Host: x,y\r\n", space=b"Host: x y\r\n",
    port=b"Host: x:port\r\n", big_port=b"Host: x:65536\r\n", bracket=b"Host: [::1\r\n",
)
def test_H1_16_host_missing_twice_or_malformed_is_refused(front, octets):
    refuses(front, b"GET / HTTP/1.1\r\n" + octets + b"\r\n" + NEXT)


def test_H1_16_the_targets_authority_wins_over_host(front, origins):
    other = origins()
    raw = front.raw().request(f"GET http://{other.authority}/a", host="decoy.test")
    assert raw.answer().status == 200
    assert other.last.target == "/a"
    assert other.last.all("Host") == [other.authority]
    assert front.origin.requests == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "REPORT"])
def test_H1_17_a_body_never_becomes_the_next_request(front, method):
    raw = front.raw()
    raw.request(f"{method} /a", f"Content-Length: {len(NEXT)}", body=NEXT)
    raw.request("GET /b")
    assert raw.answer(method).status == 200
    assert raw.answer().status == 200
    assert [r.target for r in front.origin.requests] == ["/a", "/b"]
    assert front.origin.requests[0].body == NEXT


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_H1_17_what_follows_a_bodyless_answer_is_no_answer(front, status):
    """The origin's stray octets are not relayed, nor kept for the next request."""
    front.origin.plays(f"HTTP/1.1 {status}\r\n\r\n".encode() + response(b"stray"), response(b"own"))
    raw = front.raw().request("GET /a")
    assert raw.answer().status == int(status[:3])
    assert raw.request("GET /b").answer().body == b"own"
    assert len(front.origin.connections) == 2


def test_H1_17_expect_is_answered_before_the_body(front):
    raw = front.raw().request("POST /a", "Content-Length: 5", "Expect: 100-continue")
    raw.interim(100)
    assert raw.send(b"hello").answer().status == 200
    assert front.origin.last.body == b"hello"


def test_H1_18_nothing_is_read_after_an_error(front):
    raw = front.raw().send(b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n" + NEXT * 20)
    assert raw.answer().status == 400
    assert raw.ends() == "fin"
    assert front.connection_end().exchanges == 1
    assert front.origin.requests == []


def test_H1_18_nothing_is_read_after_connection_close(front):
    first = b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    raw = front.raw().send(first + NEXT * 3)        # in one piece: all of it has come by then
    assert raw.answer().lists("Connection", "close")
    assert raw.ends() == "fin"
    assert [r.target for r in front.origin.requests] == ["/a"]


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "Host", "Authorization",
                                  "Proxy-Authorization", "Cookie"])
def test_H1_19_connection_may_not_name_framing_or_credentials(front, name):
    refuses(front, HEAD + f"Connection: close, {name}\r\nContent-Length: 5\r\n\r\nhello".encode() + NEXT)


def test_H1_19_fields_that_connection_names_stay_here(front):
    raw = front.raw().request("GET /a", "Connection: X-One, X-Two, x-one", "X-One: 1", "X-Two: 2",
                              "X-Two: 3", "X-Three: 3")
    assert raw.answer().status == 200
    seen = front.origin.last
    assert (seen.get("X-One"), seen.get("X-Two"), seen.get("X-Three")) == (None, None, "3")


@cases(
    split=b"HTTP/1.1 200\nOK\r\nContent-Length: 0\r\n\r\n", low=b"HTTP/1.1 099 Low\r\n\r\n",
    word=b"HTTP/1.1 abc\r\n\r\n", four=b"HTTP/1.1 2000 OK\r\n\r\n", two=b"HTTP/2.0 200 OK\r\n\r\n",
    none=b"hello\r\n\r\n", lengths=b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    same_lengths=b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    both=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    coding=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    coding_10=b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    switch=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    nul=b"HTTP/1.1 200 OK\r\nA: b\0\r\nContent-Length: 0\r\n\r\n",
    name=b"HTTP/1.1 200 OK\r\nA B: c\r\nContent-Length: 0\r\n\r\n",
)
def test_H1_20_garbled_upstream_answer_is_502(front, octets):
    front.origin.plays([octets, CLOSE])
    raw = front.raw().request("GET /a")
    answer = raw.answer()
    assert answer.status == 502
    assert "naysay" in answer.get("Proxy-Status", "")
    assert front.entry(1).ending == "upstream-garbage"
    assert front.audit(raw.shut()) == []


def test_H1_20_interim_flood_is_502(front):
    front.origin.plays(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 17 + response())
    answer = front.raw().request("GET /a").answer()
    assert answer.status == 502
    assert len(answer.interim) == 16
    assert front.entry(1).ending == "upstream-interim-flood"


def test_H1_20_sixteen_interim_answers_pass(front):
    front.origin.plays(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 16 + response())
    answer = front.raw().request("GET /a").answer()
    assert answer.status == 200
    assert [i.get("Link") for i in answer.interim] == ["</a>"] * 16


def test_H1_20_upstream_head_over_the_limit_is_502(front):
    front.origin.plays(response(b"", "200 OK", "A: " + "a" * 70000))
    assert front.raw().request("GET /a").answer().status == 502
    assert front.entry(1).ending == "upstream-head-too-large"


@pytest.mark.parametrize("target", ["/a#b", "/a\\b", "/\xc0\xaf", "/a\x7fb", "http://x/#y"])
def test_H1_21_target_with_octets_that_may_not_stand_there_is_refused(front, target):
    raw = front.raw().send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1") + NEXT)
    assert raw.answer().status == 400
    assert raw.ends() == "fin"
    assert front.entry(1).ending in ("bad-request", "bad-target")
    assert front.origin.requests == []


@pytest.mark.parametrize("target", ["/%00", "/%0d%0aX:%20y", "/..%2f..", "/a%c0%af?b=%23", "//a//b",
                                    "/a?b?c", "/{|}^`<>\""])
def test_H1_21_escapes_travel_as_they_are(front, target):
    assert front.raw().request(f"GET {target}").answer().status == 200
    assert front.origin.last.target == target


@pytest.mark.parametrize("extra, status", [(-1, 200), (0, 200), (1, 431)])
def test_H1_22_field_count_limit(front, extra, status):
    fields = [f"X-{i}: y" for i in range(255 + extra)]          # and Host
    assert front.raw().request("GET /a", *fields).answer().status == status
    assert front.entry(1).ending == ("by-plan" if status == 200 else "head-too-large")


@pytest.mark.parametrize("extra, status", [(-1, 200), (0, 200), (1, 414)])
def test_H1_22_target_limit(front, extra, status):
    target = "/" + "a" * (32 * 1024 - 1 + extra)
    assert front.raw().request(f"GET {target}").answer().status == status
    assert front.entry(1).ending == ("by-plan" if status == 200 else "target-too-long")


@pytest.mark.parametrize("extra, status", [(-1, 200), (0, 200), (1, 431)])
def test_H1_22_head_limit(front, extra, status):
    fixed = len(b"GET /a HTTP/1.1\r\nHost: test\r\n\r\n")
    rest = 64 * 1024 + extra - fixed - 2 * len(b"X: \r\n")
    fields = ["X: " + "a" * (rest // 2), "X: " + "a" * (rest - rest // 2)]
    assert front.raw().request("GET /a", *fields).answer().status == status
    assert front.entry(1).ending == ("by-plan" if status == 200 else "head-too-large")


@pytest.mark.parametrize("octets, status", [
    (b"GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n", 200),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: u\r\n\r\n", 200),
    (HEAD + b"Content-Length: 5\r\n\r\nhello", 200),
    (b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", 400),
])
def test_H1_22_octets_may_come_one_by_one(front, octets, status):
    """The verdict never depends on how the octets were cut up."""
    assert front.raw().send(octets, one_by_one=True).answer().status == status
    assert len(front.origin.requests) == (status == 200)


@pytest.mark.parametrize("ranges", [",".join(f"{i}-{i}" for i in range(1300)), "0-,0-,0-,0-", "-1"])
def test_H1_23_ranges_do_not_multiply_an_answer(naysay, ranges):
    """No page of ours is served in ranges, so a Range is ignored, as it may be."""
    raw = naysay.serve().raw().request("GET /status/200?body=hello", f"Range: bytes={ranges}")
    answer = raw.answer()
    assert answer.status == 200
    assert answer.body == b"hello"


# ---- not HTTP/1 at all ----

def test_h2_preface_is_recognised_and_named(front):
    raw = front.raw().send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
    raw.rest()
    assert front.connection_end().ending == "h2-on-h1-port"
    assert front.origin.requests == []


def test_tls_bytes_are_recognised_and_named(front):
    raw = front.raw().send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64)
    raw.rest()
    assert front.connection_end().ending == "tls-on-plain-port"
    assert front.origin.requests == []


def test_chunked_answer_with_bad_chunk_cuts_the_client_off(front):
    front.origin.plays([chunked(b"abc")[:-7] + b"zz\r\n", CLOSE])
    raw = front.raw().request("GET /a")
    answer = raw.answer(strict=False)
    assert not answer.complete
    assert raw.ended
    assert front.entry(1).ending == "upstream-bad-chunk"
