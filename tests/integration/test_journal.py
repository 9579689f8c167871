# SPDX-License-Identifier: MIT
"""What the journal's lines tell of exchanges."""
import pytest

from lib.origin import response


def test_relayed_is_what_the_origin_was_sent(naysay, origin):
    run = naysay.serve("--upstream", origin.url)
    run.raw().request("GET /a", "X-One:  1", "Connection: X-Two", "X-Two: 2").answer()
    relayed = dict(run.entry(1).relayed)
    assert relayed["X-One"] == origin.last.get("X-One") == "1"
    assert relayed["Via"] == origin.last.get("Via")
    assert "X-Two" not in relayed and origin.last.get("X-Two") is None


def test_nothing_was_relayed_where_nobody_listens(naysay):
    run = naysay.serve("--upstream", "http://127.0.0.1:9")
    assert run.raw().request("GET /a").answer().status == 502
    assert "relayed" not in run.entry(1)


def test_requests_inside_of_a_connect_say_so(naysay):
    run = naysay.serve()
    raw = run.raw().request("CONNECT status.test:80")
    assert raw.answer("CONNECT").status == 200
    raw.request("GET /522").answer()
    assert "inside" not in run.entry(1)
    assert run.entry(2).inside == "status.test:80"


@pytest.mark.parametrize("head", [
    b"GET /status/404 HTTP/1.1\r\nHost:test\r\n\r\n",
    b"GET /status/404 HTTP/1.1\r\nHost: test \r\n\r\n",
    b"GET /status/404 HTTP/1.2\r\nHost: test\r\n\r\n",
])
def test_request_that_its_fields_do_not_tell_to_the_octet_is_told_whole(naysay, head):
    run = naysay.serve()
    assert run.raw().send(b"\r\n" + head).answer().status == 404
    assert run.entry(1).request.head.encode("latin-1") == head


def test_plain_heads_are_told_once(naysay, origin):
    origin.plays(response(b"a", "200 OK", "X-Odd:  1"))
    run = naysay.serve("--upstream", origin.url)
    run.raw().request("GET /a").answer()
    assert "head" not in run.entry(1).request
    assert "head" not in run.entry(1).response  # written anew by us


def test_what_is_no_request_is_not_told(naysay):
    run = naysay.serve()
    run.raw().send(b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization : t0ken\r\n\r\n").rest()
    assert run.entry(1).ending == "bad-request"
    assert "t0ken" not in run.journal_path.read_text()
