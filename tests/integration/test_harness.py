# SPDX-License-Identifier: MIT
"""The instruments themselves: the strict reader, the auditor, the origin, the name server."""
import socket
import urllib.request

import pytest

from lib.auditor import audit
from lib.dns import SERVFAIL, read_question
from lib.origin import CLOSE, RESET, chunked, response
from lib.raw import Raw
from lib.reader import read_all, read_answer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def deviations(octets, method="GET"):
    return [(d.offset, d.what) for d in read_answer(octets, 0, method, closed=True).deviations]


# ---- the reader ----

@pytest.mark.parametrize("octets, method, body", [
    (OK, "GET", b"hello"),
    (b"HTTP/1.1 204 No Content\r\n\r\n", "GET", b""),
    (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET", b""),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", b""),
    (b"HTTP/1.1 200 OK\r\n\r\nup to the end", "GET", b"up to the end"),
    (b"HTTP/1.1 522 \r\nContent-Length: 0\r\n\r\n", "GET", b""),
    (chunked(b"ab", b"cde", trailers=["X-Sum: 1"]), "GET", b"abcde"),
    (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, "GET", b"hello"),
    (b"HTTP/1.1 200 OK\r\n\r\n", "CONNECT", b""),
])
def test_reader_accepts_what_is_right(octets, method, body):
    answer = read_answer(octets, 0, method, closed=True)
    assert answer.deviations == []
    assert answer.body == body
    assert answer.end == len(octets)


@pytest.mark.parametrize("octets, offset, words", [
    (b"HTTP/1.1 200\r\n\r\n", 0, "status line"),
    (b"HTTP/1.1  200 OK\r\n\r\n", 0, "status line"),
    (b"HTTP/1.1 200 OK\n\r\n", 15, "LF without CR"),
    (b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", 17, "field name"),
    (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 17, "field name"),
    (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 23, "folded"),
    (b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 21, "control character"),
    (b"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", 21, "control character"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 0, "more than one"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", 0, "not a number"),
    (b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", 0, "framing fields"),
    (b"HTTP/1.1 205 R\r\nContent-Length: 2\r\n\r\nno", 37, "205 with content"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\n", 47, "chunk size"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 51, "not followed by CRLF"),
    (OK[:-1], len(OK) - 1, "ends before"),
    (b"HTTP/1.0 200 OK\r\n\r\n", 0, "version is 1.0"),
])
def test_reader_reports_what_deviates(octets, offset, words):
    found = deviations(octets)
    assert any(at == offset and words in what for at, what in found), found


def test_reader_waits_for_more():
    for n in range(len(OK)):
        assert read_answer(OK[:n]) is None
    assert read_answer(OK).status == 200


def test_reader_reads_pipelined_answers():
    answers = read_all(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + OK,
                       ["GET", "HEAD", "GET"])
    assert [a.body for a in answers] == [b"hello", b"", b"hello"]


# ---- the auditor ----

def entry(sent, intents=(), status=200, body=5, ending="by-plan", exchange=1, method="GET",
          kind="raw"):
    return {"exchange": exchange, "request": {"method": method}, "sent": list(sent),
            "intents": [{"range": list(r), "kind": kind} for r in intents], "ending": ending,
            "response": {"status": status, "body": body} if status else None}


BROKEN = b"HTTP/1.1 200 OK\nno colon\n\n"
SHORT = OK[:-2]


@pytest.mark.parametrize("capture, entries", [
    (OK, [entry((0, len(OK)))]),
    (OK * 2, [entry((0, len(OK))), entry((len(OK), 2 * len(OK)), exchange=2)]),
    (BROKEN, [entry((0, len(BROKEN)), [(0, len(BROKEN))])]),
    (SHORT, [entry((0, len(SHORT)), ending="upstream-truncated")]),
    (SHORT, [entry((0, len(SHORT)), [(0, len(SHORT))])]),
    (b"", [entry((0, 0), status=None, ending="client-gone")]),
    (b"", [entry((0, 0), [(0, 0)], status=None, kind="reset")]),
    (SHORT, [entry((0, len(SHORT)), [(len(SHORT), len(SHORT))], kind="cut")]),
    (OK + b"x", [entry((0, len(OK) + 1), [(0, 10)], kind="content-length")]),
    (OK, [entry((0, len(OK)), [(0, 10)], kind="giant-header")]),
])
def test_auditor_is_content(capture, entries):
    assert audit(capture, entries) == []


@pytest.mark.parametrize("capture, entries, words", [
    (BROKEN, [entry((0, len(BROKEN)))], "no intent answers for it"),
    (OK, [entry((0, len(OK)), [(0, len(OK))])], "shows no deviation"),
    (SHORT, [entry((0, len(SHORT)))], "no intent answers for it"),
    (OK + OK, [entry((0, len(OK)))], "belong to no exchange"),
    (OK + b"x", [entry((0, len(OK) + 1))], "after the end of the message"),
    (OK, [entry((0, len(OK)), status=404)], "journal says 404"),
    (OK, [entry((0, len(OK)), body=6)], "5 octets of body"),
    (OK, [entry((1, len(OK)))], "0 octets were sent before"),
    (OK, [entry((0, len(OK)), [(0, 10)], kind="bare-lf")], "shows no deviation"),
    (OK, [entry((0, len(OK)), [(0, 99)], kind="giant-header")], "were sent"),
    (BROKEN, [entry((0, len(BROKEN)), [(20, 24)], kind="garbage")], "no intent answers for it"),
])
def test_auditor_complains(capture, entries, words):
    found = audit(capture, entries)
    assert any(words in what for what in found), found


# ---- the origin ----

def test_origin_records_and_plays(origin):
    origin.plays(response(b"one"), [response(b"two"), CLOSE], RESET)
    raw = Raw(origin.port).request("POST /a", "Content-Length: 3", body=b"abc")
    assert raw.answer().body == b"one"
    assert raw.request("GET /b").answer().body == b"two"
    assert raw.ends() == "fin"

    assert origin.requests[0].line == "POST /a HTTP/1.1"
    assert origin.requests[0].body == b"abc"
    assert origin.last.get("host") == "test"
    assert Raw(origin.port).request("GET /c").ends() == "reset"


def test_origin_reads_chunked_requests(origin):
    raw = Raw(origin.port).request("POST /", "Transfer-Encoding: chunked",
                                   body=b"3\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n")
    assert raw.answer().status == 200
    assert origin.last.body == b"abcd"
    assert origin.last.trailers == ["X-T: 1"]
    assert urllib.request.urlopen(origin.url + "/next").read() == b"hello"


# ---- the name server ----

def ask(dns, name, kind):
    question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(5)
        host, port = dns.address.split(":")
        s.sendto(b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + question + bytes([0, kind, 0, 1]),
                 (host, int(port)))
        return s.recv(512)


def test_name_server_answers_from_its_table(dns):
    dns.names.update({"a.test": ["127.0.0.1", "::1"], "b.test": SERVFAIL})
    assert ask(dns, "a.test", 1)[-4:] == bytes([127, 0, 0, 1])
    assert ask(dns, "a.test", 28)[-1] == 1
    assert ask(dns, "b.test", 1)[3] & 15 == 2
    assert ask(dns, "c.test", 1)[3] & 15 == 3
    assert read_question(ask(dns, "a.test", 1))[:2] == ("a.test", 1)
