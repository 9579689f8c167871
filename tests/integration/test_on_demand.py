# SPDX-License-Identifier: MIT
"""An answer for the asking: in the target, through the proxy, in a request field."""
import base64
import hashlib
import urllib.parse

import pytest


@pytest.fixture
def run(naysay):
    return naysay.serve()


# ---- the ways to ask ----

@pytest.mark.parametrize("asked, status, phrase", [
    ("522", 522, None), ("iis/440", 440, "Login Time-out"), ("IIS/440", 440, "Login Time-out"),
    ("cloudflare/522", 522, None), ("200", 200, "OK"), ("418", 418, None), ("799", 799, ""),
    ("999", 999, None), ("ietf/404", 404, "Not Found"), ("iis%2F440", 440, "Login Time-out"),
])
def test_status_in_the_path(run, asked, status, phrase):
    raw = run.raw().request(f"GET /status/{asked}")
    answer = raw.answer()
    assert answer.status == status
    assert phrase is None or answer.phrase == phrase
    assert run.entry(1).rule == "on-demand"
    assert run.entry(1).ending == "by-plan"
    assert run.audit(raw.shut()) == []


@pytest.mark.parametrize("target", ["http://status.test/522", "http://status.test/status/522",
                                    "http://STATUS.test:80/522", "http://status.test/cloudflare/522"])
def test_status_host_through_the_proxy(run, target):
    assert run.raw().request(f"GET {target}", host="status.test").answer().status == 522
    assert run.entry(1).rule == "on-demand"


@pytest.mark.parametrize("port, status", [(407, 407), (503, 503), (200, 200), (443, 200), (80, 200)])
def test_connect_to_the_status_host(run, port, status):
    raw = run.raw().request(f"CONNECT status.test:{port}", host=f"status.test:{port}")
    answer = raw.answer("CONNECT")
    assert answer.status == status
    assert run.statuses(1) == [status]
    if status == 407:
        assert answer.get("Proxy-Authenticate") == 'Basic realm="naysay"'


def test_request_control_speaks_where_allowed(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "--allow-request-control")
    raw = run.raw().request("GET /pay", "Naysay: 522?header=X-A:b")
    answer = raw.answer()
    assert (answer.status, answer.get("X-A")) == (522, "b")
    assert raw.request("GET /pay").answer().status == 200
    assert [e.rule for e in run.wait_entries(2)] == ["request-control", "relay"]
    assert len(origin.requests) == 1


def test_request_control_is_ignored_unless_allowed(naysay, origin):
    run = naysay.serve("--upstream", origin.url)
    assert run.raw().request("GET /pay", "Naysay: 522").answer().status == 200
    assert origin.last.get("Naysay") is None


def test_statuses_in_turn_the_last_for_ever(naysay):
    run = naysay.answers(503, 503, "iis/440")
    raw = run.raw()
    for line in ("GET /", "POST /x", "GET http://elsewhere.test/", "PUT /y"):
        raw.request(line)
    assert [raw.answer().status for _ in range(4)] == [503, 503, 440, 440]
    assert run.statuses(4) == [503, 503, 440, 440]
    assert run.entry(1).rule == "always"


def test_statuses_answer_connect_too(naysay):
    run = naysay.answers(407)
    answer = run.raw().request("CONNECT example.test:443").answer("CONNECT")
    assert answer.status == 407
    assert answer.get("Proxy-Authenticate")


# ---- interim answers and upgrades ----

def test_interim_before_the_final_answer(run):
    answer = run.raw().request("GET /status/103,200").answer()
    assert [i.status for i in answer.interim] == [103]
    assert answer.interim[0].get("Link")
    assert answer.status == 200
    assert run.entry(1).response.interim == [103]


def test_a_lone_interim_is_followed_by_200(run):
    answer = run.raw().request("GET /status/102").answer()
    assert ([i.status for i in answer.interim], answer.status) == ([102], 200)


def test_several_interims_in_order(run):
    answer = run.raw().request("GET /status/100,102,103,103,404").answer()
    assert [i.status for i in answer.interim] == [100, 102, 103, 103]
    assert answer.status == 404


def test_http_10_gets_no_interim(run):
    raw = run.raw().request("GET /status/103,200 HTTP/1.0", host=None)
    answer = raw.answer()
    assert answer.interim == []
    assert answer.status == 200
    assert raw.ends() == "fin"


def test_101_switches_to_an_echo(run):
    raw = run.raw().request("GET /status/101", "Connection: upgrade", "Upgrade: x-words")
    answer = raw.answer()
    assert answer.status == 101
    assert answer.get("Upgrade") == "x-words"
    assert answer.lists("Connection", "upgrade")
    assert raw.send(b"\x00 octets \xff").octets(10) == b"\x00 octets \xff"
    assert raw.shut().ends() == "fin"


def test_101_accepts_a_websocket(run):
    key = base64.b64encode(b"0123456789abcdef").decode()
    raw = run.raw().request("GET /status/101", "Connection: Upgrade", "Upgrade: websocket",
                            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}")
    sha = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    assert raw.answer().get("Sec-WebSocket-Accept") == base64.b64encode(sha).decode()
    assert raw.send(b"\x81\x02hi").octets(4) == b"\x81\x02hi"


def test_101_to_http_10_is_426(run):
    answer = run.raw().request("GET /status/101 HTTP/1.0").answer()
    assert answer.status == 426
    assert answer.get("Upgrade")


# ---- what HTTP asks of an answer ----

@pytest.mark.parametrize("status", [200, 404, 503, 204, 304, 205])
def test_head_gets_the_head_alone(run, status):
    raw = run.raw()
    want = raw.request(f"GET /status/{status}").answer()
    got = raw.request(f"HEAD /status/{status}").answer("HEAD")
    assert got.status == want.status == status
    assert got.body == b""
    assert got.get("Content-Length") == want.get("Content-Length")
    assert raw.request("GET /status/200").answer().status == 200


@pytest.mark.parametrize("status", [204, 304, 205])
def test_bodyless_statuses_have_no_body(run, status):
    answer = run.raw().request(f"GET /status/{status}").answer()
    assert answer.status == status
    assert answer.body == b""


@pytest.mark.parametrize("method, field, value, status", [
    ("GET", "If-None-Match", '"naysay"', 304), ("GET", "If-None-Match", 'W/"naysay"', 304),
    ("GET", "If-None-Match", '"other", "naysay"', 304), ("GET", "If-None-Match", "*", 304),
    ("GET", "If-None-Match", '"other"', 200), ("PUT", "If-None-Match", "*", 412),
    ("GET", "If-Match", '"other"', 412), ("GET", "If-Match", '"naysay"', 200),
    ("GET", "If-Match", 'W/"naysay"', 412), ("GET", "If-Match", "*", 200),
])
def test_preconditions_of_a_200(run, method, field, value, status):
    answer = run.raw().request(f"{method} /status/200", f"{field}: {value}").answer()
    assert answer.status == status
    if status == 304:
        assert answer.get("ETag") == '"naysay"'


def test_expectation_is_met_before_a_200(run):
    raw = run.raw().request("POST /status/200", "Content-Length: 5", "Expect: 100-continue")
    raw.interim(100)
    assert raw.send(b"hello").answer().status == 200
    assert run.entry(1).request.body == 5


def test_expectation_is_denied_by_a_refusal(run):
    """RFC 9110 §10.1.1: a final answer instead of the 100; the body was never sent."""
    raw = run.raw().request("POST /status/413", "Content-Length: 5", "Expect: 100-continue")
    answer = raw.answer()
    assert (answer.status, answer.interim) == (413, [])
    assert answer.lists("Connection", "close")
    assert raw.ends() == "fin"


def test_every_answer_is_dated(run):
    raw = run.raw()
    for status in (200, 204, 304, 404, 522):
        assert raw.request(f"GET /status/{status}").answer().get("Date", "").endswith(" GMT")


# ---- options of the query ----

def test_header_body_and_type(run):
    answer = run.raw().request("GET /status/503?header=Retry-After:%207&header=X-A:b&"
                               "body=not%20now+please&type=text/html").answer()
    assert answer.status == 503
    assert answer.all("Retry-After") == ["7"]
    assert answer.get("X-A") == "b"
    assert answer.body == b"not now please"
    assert answer.all("Content-Type") == ["text/html"]


def test_delay_is_a_step_of_the_plan(run):
    assert run.raw().request("GET /status/200?delay=50ms").answer().status == 200
    entry = run.entry(1)
    assert entry.plan[0].startswith("wait")
    assert entry.times.end_us >= 50_000


RAW = b"HTTP/1.1 200 OK\nno colon here\r\nContent-Length: 3\r\n\r\nab"


def test_raw_octets_leave_as_they_are_with_an_intent(run):
    raw = run.raw().request(f"GET /status/200?raw={urllib.parse.quote(RAW)}")
    assert raw.rest() == RAW
    assert raw.ended == "fin"
    intent, = run.entry(1).intents
    assert (intent.kind, intent.range) == ("raw", [0, len(RAW)])
    assert run.audit(raw) == []


def test_raw_octets_after_an_ordinary_answer(run):
    """The intent covers the octets it stands for and no others."""
    raw = run.raw().request("GET /status/200").request("GET /status/200?raw=%00%ff%0a")
    first = raw.answer()
    assert raw.rest() == b"\0\xff\n"
    assert run.entry(2).intents[0].range == [first.end, first.end + 3]
    assert run.audit(raw) == []


@pytest.mark.parametrize("query, words", [
    ("delay=soon", "delay="), ("delay=2h", "delay="), ("header=novalue", "Name:value"),
    ("header=a%20b:c", "token"), ("header=A:b%0d%0aX:y", "control"), ("sleep=2", "sleep"),
    ("header=Content-Length:5", "framing"), ("header=Transfer-Encoding:chunked", "framing"),
    ("body=%zz", "percent"), ("type=a%0ab", "type="),
])
def test_options_that_make_no_sense_are_told(run, query, words):
    raw = run.raw().request(f"GET /status/200?{query}")
    answer = raw.answer()
    assert answer.status == 400
    assert words in answer.text
    assert b"X:y" not in answer.body.split(b"control")[0]
    assert raw.request("GET /status/200").answer().status == 200


def test_a_body_where_none_may_follow_is_told(run):
    answer = run.raw().request("GET /status/204?body=x").answer()
    assert answer.status == 400
    assert "no body may follow a 204" in answer.text


# ---- statuses that are none ----

@pytest.mark.parametrize("asked, words", [
    ("99", "100 to 999"), ("000", "100 to 999"), ("1000", "1000"), ("iis/441", "iis/440"),
    ("iss/440", "iis/440"), ("", "missing"), ("200,404", "1xx"), ("nginx/499", "nginx/499"),
    ("%3Cscript%3E", "unknown"),
])
def test_unknown_status_is_a_400_that_helps(run, asked, words):
    answer = run.raw().request(f"GET /status/{asked}", "Accept: text/html").answer()
    assert answer.status == 400
    assert words in answer.text
    assert "<script>" not in answer.text


def test_a_number_is_that_number(run):
    raw = run.raw()
    for number in (444, 499, 494, 460):
        assert raw.request(f"GET /status/{number}").answer().status == number


def test_an_id_is_that_vendor(run):
    """nginx/444 closes without an octet; nginx/494 travels as a 400."""
    raw = run.raw().request("GET /status/nginx/494")
    assert raw.answer().status == 400
    assert run.raw().request("GET /status/nginx/444").ends() == "fin"
    assert run.entry(2).sent[0] == run.entry(2).sent[1] == 0


# ---- the port itself ----

def test_landing_page(run):
    answer = run.raw().request("GET /", "Accept: text/html,*/*").answer()
    assert answer.status == 200
    assert answer.get("Content-Type").startswith("text/html")
    assert "/status/522" in answer.text


def test_other_targets_get_a_404_that_helps(run):
    answer = run.raw().request("GET /favicon.ico").answer()
    assert answer.status == 404
    assert "--upstream" in answer.text
    assert run.entry(1).ending == "no-upstream"


def test_options_asterisk(run):
    answer = run.raw().request("OPTIONS *").answer()
    assert answer.status == 204
    assert "GET" in answer.get("Allow")


def test_trace_echoes_but_for_secrets(run):
    answer = run.raw().request("TRACE /", "X-A: b", "Cookie: secret=1",
                               "Authorization: Basic c2VjcmV0").answer()
    assert answer.get("Content-Type") == "message/http"
    assert "X-A: b" in answer.text
    assert "secret" not in answer.text and "c2VjcmV0" not in answer.text


def test_page_is_text_html_or_json_as_the_client_likes(run):
    raw = run.raw()
    for accept, kind in (("*/*", "text/plain"), ("text/html", "text/html"),
                         ("application/json", "application/json")):
        answer = raw.request("GET /status/404", f"Accept: {accept}").answer()
        assert answer.get("Content-Type").split(";")[0] == kind


# ---- connections ----

def test_connection_is_kept_and_numbers_its_exchanges(run):
    raw = run.raw()
    for status in (404, 503, 200):
        raw.request(f"GET /status/{status}").answer()
    raw.shut().ends()
    assert [(e.connection, e.exchange) for e in run.wait_entries(3)] == [(1, 1), (1, 2), (1, 3)]
    end = run.connection_end()
    assert end.ending == "client-closed"
    assert end.sent == len(raw.received)
    assert run.audit(raw) == []


def test_pipelined_requests_are_answered_in_order(run):
    raw = run.raw()
    asked = [200, 404, 503, 204, 304, 522] * 30
    raw.send("".join(f"GET /status/{s} HTTP/1.1\nHost: x\n\n" for s in asked))
    assert [raw.answer().status for _ in asked] == asked
    assert run.statuses(len(asked)) == asked
    assert run.audit(raw.shut()) == []


def test_http_10_closes_unless_asked_to_keep(run):
    raw = run.raw().request("GET /status/200 HTTP/1.0", "Connection: keep-alive")
    assert raw.answer().lists("Connection", "keep-alive")
    assert raw.request("GET /status/200 HTTP/1.0").answer().status == 200
    assert raw.ends() == "fin"


def test_a_body_that_nobody_wants_is_read_past(run):
    raw = run.raw()
    raw.request("POST /status/404", "Content-Length: 100000", body=b"x" * 100000)
    raw.request("POST /status/503", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n")
    raw.request("GET /status/200")
    assert [raw.answer().status for _ in range(3)] == [404, 503, 200]
