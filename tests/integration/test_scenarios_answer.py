# SPDX-License-Identifier: MIT
"""Answers: what `do` may say, as a strict reader and real clients see it."""
import gzip
import json
import re
import time
import zlib
from datetime import datetime, timezone

import pytest


def playing(naysay, do, *options, rule="", top="", **how):
    """A scenario of one rule that says this to everybody."""
    return naysay.play(f"scenario: one answer\n{top}\nrules:\n"
                       f"  - {{name: it, match: any **, do: {do}{rule}}}\n", *options, **how)


def audited(run, raw, n=1):
    """What this connection received is what the journal says, deviations with intents."""
    raw.close()
    assert run.audit(raw, n) == []


# ---- statuses ----

@pytest.mark.parametrize("do, status, reason", [
    ("200", 200, "OK"), ("499", 499, None), ("522", 522, None), ("799", 799, ""),
    ("iis/440", 440, "Login Time-out"), ("{status: iis/440}", 440, "Login Time-out"),
    ("cloudflare/522", 522, None), ("'429'", 429, "Too Many Requests"),
    ("{status: 404, reason: Gone Fishing}", 404, "Gone Fishing"),
    ("{status: 200, reason: ''}", 200, ""),
])
def test_a_number_is_that_number_and_an_id_that_vendor(naysay, do, status, reason):
    run = playing(naysay, do)
    raw = run.raw().request("GET /")
    answer = raw.answer()
    assert answer.status == status
    assert reason is None or answer.phrase == reason
    audited(run, raw)


@pytest.mark.parametrize("do, end", [("nginx/444", "fin"), ("close", "fin"), ("reset", "reset")])
def test_words_that_say_nothing(naysay, do, end):
    run = playing(naysay, do)
    assert run.raw().request("GET /").ends() == end
    assert run.entry().response.status is None
    assert run.entry().ending in ("by-plan", "reset-by-plan")


def test_hold_says_nothing_until_the_client_gives_up(naysay, curl):
    run = playing(naysay, "hold")
    seen = curl("-m", "0.3", run.url)
    assert (seen.status, seen.exit) == (0, 28)
    assert run.entry().ending == "client-gone"


def test_interim_answers_come_before(naysay):
    run = playing(naysay, "'103,200'")
    answer = run.ask("GET /")
    assert ([i.status for i in answer.interim], answer.status) == ([103], 200)
    run = playing(naysay, "{interim: [102, {status: 103, headers: {link: '</a>; rel=preload'}}], status: 204}")
    answer = run.ask("GET /")
    assert [i.status for i in answer.interim] == [102, 103]
    assert answer.interim[1].get("link") == "</a>; rel=preload"
    assert answer.status == 204
    assert run.ask("GET / HTTP/1.0").interim == []      # RFC 9110 §15.2


# ---- heads ----

def test_fields_are_set_added_and_removed(naysay):
    run = playing(naysay, """{status: 503,
        headers: {retry-after: 7, x-one: [a, b]}, add-headers: {x-one: c, vary: [x, y]},
        remove-headers: [etag, content-type]}""")
    answer = run.ask("GET /")
    assert answer.all("retry-after") == ["7"]
    assert answer.all("x-one") == ["a", "b", "c"]
    assert answer.all("vary") == ["x", "y"]
    assert answer.get("content-type") is None


def test_a_field_of_the_status_is_replaced_or_left_out(naysay):
    run = playing(naysay, "{status: 429}")
    assert run.ask("GET /").get("retry-after") is not None
    run = playing(naysay, "{status: 429, remove-headers: Retry-After}")
    assert run.ask("GET /").get("retry-after") is None
    run = playing(naysay, "{status: 301, headers: {Location: /there}}")
    assert run.ask("GET /").all("location") == ["/there"]


def test_date_and_server_can_be_ones_own(naysay):
    run = playing(naysay, "{headers: {date: 'Sun, 06 Nov 1994 08:49:37 GMT', server: mine}}", top="as: nginx")
    answer = run.ask("GET /")
    assert answer.all("date") == ["Sun, 06 Nov 1994 08:49:37 GMT"]
    assert answer.all("server") == ["mine"]


# ---- content ----

def test_text_json_base64_file_and_fill(naysay, tmp_path):
    (tmp_path / "page.bin").write_bytes(bytes(range(256)))
    run = naysay.play("""
        scenario: contents
        rules:
          - {name: text, match: /text, do: {body: "héllo", type: text/html}}
          - {name: json, match: /json, do: {json: {a: [1, 2.5, "3", true, null, ~, {}], "b c": "x\\ny"}}}
          - {name: b64,  match: /b64,  do: {base64: "AAECAw==", type: image/png}}
          - {name: file, match: /file, do: {file: page.bin}}
          - {name: fill, match: /fill, do: {fill: 100KiB}}
          - {name: none, match: /none, do: {fill: 0B}}
          - {name: void, match: /void, do: {body: ""}}
    """)
    raw = run.raw()

    def get(path):
        return raw.request(f"GET {path}").answer()
    assert get("/text").body == "héllo".encode()
    assert get("/text").get("content-type") == "text/html"
    answer = get("/json")
    assert json.loads(answer.body) == {"a": [1, 2.5, "3", True, None, None, {}], "b c": "x\ny"}
    assert answer.get("content-type") == "application/json"
    assert get("/b64").body == b"\0\1\2\3"
    assert get("/b64").get("content-type") == "image/png"
    assert get("/file").body == bytes(range(256))
    assert len(get("/fill").body) == 100 << 10
    assert get("/none").get("content-length") == "0"
    assert get("/void").body == b""
    audited(run, raw)


@pytest.mark.parametrize("coding, decode", [("gzip", gzip.decompress), ("deflate", zlib.decompress)])
def test_codings_are_decoded_by_real_clients(naysay, curl, requests_get, node, coding, decode):
    run = playing(naysay, f"{{body: '{'naysay ' * 500}', coding: {coding}}}", top="expect: [storm: off]")
    answer = run.ask("GET /")
    text = b"naysay " * 500
    assert answer.get("content-encoding") == coding
    assert decode(answer.body) == text and len(answer.body) < 200
    assert curl("--compressed", run.url).body == text
    assert requests_get(run.url).body == text
    assert node("fetch", run.url).body == text


def test_chunks_and_trailers(naysay, curl):
    run = playing(naysay, "{fill: 10KiB, chunk: 4KiB, trailers: {x-sum: '{{request.method}}', x-two: [a, b]}}")
    raw = run.raw().request("GET /")
    answer = raw.answer()
    assert answer.framing == "chunked" and len(answer.body) == 10 << 10
    assert answer.trailers == [("x-sum", "GET"), ("x-two", "a"), ("x-two", "b")]
    assert b"\r\n1000\r\n" in raw.received
    assert answer.lists("trailer", "x-sum") or answer.get("trailer") is None
    raw.request("HEAD /").answer("HEAD")
    assert len(curl(run.url).body) == 10 << 10
    old = run.ask("GET / HTTP/1.0")
    assert old.framing in ("length", "close") and len(old.body) == 10 << 10
    audited(run, raw)


def test_rate_is_kept(naysay, curl):
    run = playing(naysay, "{fill: 64KiB, rate: 256KiB/s}")
    assert len(curl(run.url).body) == 64 << 10
    assert 150 <= run.entry().times["end_us"] / 1000 <= 5000
    assert any("256KiB/s" in step for step in run.entry().plan)


# ---- time ----

def waits(run, n):
    """Milliseconds that the plans of n requests wait."""
    raw = run.raw()
    for _ in range(n):
        raw.request("GET /").answer()
    found = []
    for e in run.wait_entries(n):
        number, unit = re.fullmatch(r"wait ([\d.]+)(us|ms|s)", e.plan[0]).groups()
        found.append(float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit])
    return found


@pytest.mark.parametrize("wait, least, most", [
    ("20ms", 20, 20), ("1ms..4ms", 1, 4), ("{uniform: [1ms, 4ms]}", 1, 4),
    ("{normal: [4ms, 1ms]}", 0, 10), ("{log-normal: [4ms, 0.5], most: 30ms}", 0, 30),
    ("{pareto: [2ms, 1.5], most: 30ms}", 2, 30),
])
def test_waits_are_drawn_from_the_seed(naysay, wait, least, most):
    do = f"{{status: 200, wait: {wait}}}"
    once = waits(playing(naysay, do, "--seed", 7), 20)
    again = waits(playing(naysay, do, "--seed", 7), 20)
    assert once == again
    assert least <= min(once) <= max(once) <= most
    assert len(set(once)) == 1 if least == most else len(set(once)) > 15


def test_a_wait_is_waited(naysay):
    run = playing(naysay, "{status: 200, wait: 150ms}")
    run.ask("GET /")
    assert run.entry().times["first_us"] >= 150_000


# ---- ends ----

@pytest.mark.parametrize("end, ends, says", [
    ("keep", None, None), ("close", "fin", "close"), ("reset", "reset", None),
    ("half", "fin", "close"), ("race", "fin", None),
])
def test_ends(naysay, end, ends, says):
    run = playing(naysay, f"{{body: hello, end: {end}}}")
    raw = run.raw().request("GET /")
    answer = raw.answer()
    assert answer.text == "hello"
    assert answer.lists("connection", "close") == (says == "close")
    if ends is None:
        assert raw.request("GET /").answer().status == 200
    else:
        assert raw.ends() == ends
    audited(run, raw)


def test_half_reads_on_until_the_client_closes_too(naysay):
    run = playing(naysay, "{body: hello, end: half}")
    raw = run.raw().request("GET /")
    raw.answer()
    assert raw.ends() == "fin"
    raw.send("GET /more HTTP/1.1\nHost: a\n\n").shut()
    assert run.connection_end().ending


# ---- sequences ----

def said(run, n, key=None):
    raw = run.raw()
    return [raw.request("GET /", *([f"X-Key: {key}"] if key else [])).answer().status for _ in range(n)]


@pytest.mark.parametrize("rule, story", [
    ("do: [503, 502, 200]", [503, 502, 200, 200, 200]),
    ("do: [503, 200], then: repeat-last", [503, 200, 200, 200, 200]),
    ("do: [503, 502, 200], then: cycle", [503, 502, 200, 503, 502]),
    ("do: [503, 502], then: fall-through", [503, 502, 404, 404, 404]),
    ("do: 503, times: 2", [503, 503, 404, 404, 404]),
    ("do: [503, 502], then: cycle, times: 3", [503, 502, 503, 404, 404]),
    ("do: [{status: 503, headers: {retry-after: 1}}, 200]", [503, 200, 200, 200, 200]),
])
def test_lists_of_answers(naysay, rule, story):
    run = naysay.play(f"""
        scenario: in turn
        rules:
          - {{name: first, match: any **, {rule}}}
        otherwise: 404
    """)
    assert said(run, 5) == story


def test_a_choice_is_drawn_by_weight(naysay):
    text = """
        scenario: mostly well
        rules:
          - name: it
            match: any **
            choose: [{status: 200, weight: 8}, {status: 503}, 502]
        expect: [storm: off]
    """
    once, again = (said(naysay.play(text, "--seed", 11), 1000) for _ in range(2))
    assert once == again
    counts = [once.count(s) for s in (200, 503, 502)]
    assert sum(counts) == 1000
    assert 740 < counts[0] < 860 and all(60 < c < 140 for c in counts[1:])


def test_the_seed_may_stand_in_the_file_and_is_printed_when_drawn(naysay):
    text = "scenario: s\nseed: {}\nrules: [{{name: a, match: any **, choose: [200, 503]}}]\nexpect: [storm: off]\n"
    one, two = (said(naysay.play(text.format(5)), 50) for _ in range(2))
    assert one == two
    run = playing(naysay, "200")
    run.ask("GET /")
    seed = re.search(r"seed (\d+) \(drawn", run.verdict()[1]).group(1)
    assert int(seed) > 0


# ---- steps ----

def test_every_step_in_turn(naysay):
    run = naysay.play(r"""
        scenario: steps
        rules:
          - name: all
            match: any **
            do:
              steps:
                - interim: {status: 103, headers: {link: "</a>; rel=preload"}}
                - interim: 102
                - wait: 5ms
                - head: {status: 201, reason: Made, headers: {x-a: "{{request.path}}", content-length: 1KiB}}
                - body: "hello "
                - wait: 1ms
                - body: {fill: 1018B, rate: 1MiB/s}
                - end: keep
    """)
    raw = run.raw()
    for path in ("/one", "/two"):
        answer = raw.request(f"GET {path}").answer()
        assert [i.status for i in answer.interim] == [103, 102]
        assert (answer.status, answer.phrase, answer.get("x-a")) == (201, "Made", path)
        assert len(answer.body) == 1024 and answer.body.startswith(b"hello The quick")
    audited(run, raw)


def test_a_head_without_length_is_measured_by_its_bodies(naysay):
    run = naysay.play("""
        scenario: measured
        rules:
          - {name: a, match: /length, do: {steps: [{head: 200}, {body: "hello {{request.query.who}}"}, {body: "!"}]}}
          - {name: b, match: /chunked, do: {steps: [{head: {status: 200, headers: {transfer-encoding: chunked}}}, {body: {fill: 9B, chunk: 4B}}]}}
    """)
    raw = run.raw()
    assert raw.request("GET /length?who=ada").answer().text == "hello ada!"
    answer = raw.request("GET /chunked").answer()
    assert answer.framing == "chunked" and len(answer.body) == 9
    audited(run, raw)


@pytest.mark.parametrize("steps, received, ends", [
    ("{raw: \"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nhi\"}", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", "fin"),
    ("{raw: {hex: 0d0a}}, {end: reset}", b"\r\n", "reset"),
    ("{raw: {base64: aGk=}}, {end: half}", b"hi", "fin"),
    ("{end: close}", b"", "fin"),
    ("{wait: 1ms}, {end: reset}", b"", "reset"),
    ("{hold: 30ms}, {end: close}", b"", "fin"),
])
def test_raw_octets_and_silence(naysay, steps, received, ends):
    run = playing(naysay, f"{{steps: [{steps}]}}")
    raw = run.raw().request("GET /")
    assert raw.rest() == received
    assert raw.ended == ends
    if b"200" not in received:          # those octets are right, whoever said them
        audited(run, raw)


def test_a_body_that_stops_short_is_told_in_the_journal(naysay):
    run = playing(naysay, "{steps: [{head: {status: 200, headers: {content-length: 100B}}}, {body: {fill: 10B}}, {end: close}]}")
    raw = run.raw().request("GET /")
    assert len(raw.answer(strict=False).body) == 10
    assert [i.kind for i in run.entry().intents] == ["short-body"]
    audited(run, raw)


def test_read_takes_the_whole_body_first(naysay):
    run = playing(naysay, "{steps: [read, {head: 200}, {body: thanks}]}")
    raw = run.raw().request("POST /", "Content-Length: 4", "Expect: 100-continue")
    raw.interim(100)
    assert raw.send("data").answer().text == "thanks"
    assert run.entry().request.body == 4


def test_steps_can_refuse_before_the_body_is_read(naysay):
    run = playing(naysay, "{steps: [{head: 413}, {end: close}]}")
    raw = run.raw().request("POST /", "Content-Length: 4000000000")
    assert raw.answer().status == 413
    assert raw.ends() in ("fin", "reset")


def test_a_tunnel_leads_where_the_client_asks_or_elsewhere(naysay, origin, curl):
    run = naysay.play(f"""
        scenario: tunnels
        rules:
          - {{name: there, match: CONNECT 127.0.0.1:*, do: {{steps: [tunnel]}}}}
          - {{name: other, match: CONNECT other.test:80, do: {{steps: [{{wait: 1ms}}, {{tunnel: "{origin.authority}"}}]}}}}
          - {{name: no, match: CONNECT *:*, do: 403}}
    """)
    assert curl("-p", "-x", run.proxy, origin.url).body == b"hello"
    seen = curl("-p", "-x", run.proxy, "http://other.test:80/")
    assert (seen.connect, seen.body) == (200, b"hello")
    assert curl("-p", "-x", run.proxy, "http://third.test:80/").connect == 403
    assert [e.rule for e in run.wait_entries(3)] == ["there", "other", "no"]


# ---- state ----

def test_goto_is_kept_by_key(naysay):
    text = """
        scenario: a door each
        key: {}
        rules:
          - {{name: open, match: POST /open, do: {{status: 204, goto: open}}}}
          - {{name: in,   match: GET /in, when: {{state: open}}, do: {{status: 200, body: "{{{{state}}}}"}}}}
          - {{name: out,  match: GET /in, do: {{status: 403}}}}
    """
    for key, one, other in (("header x-who", "X-Who: a", "X-Who: b"),
                            ("cookie who", "Cookie: who=a", "Cookie: x=y; who=b")):
        run = naysay.play(text.format(key))
        assert run.ask("POST /open", one).status == 204
        assert run.ask("GET /in", one).text == "open"
        assert run.ask("GET /in", other).status == 403
    run = naysay.play(text.format("connection"))
    one, other = run.raw(), run.raw()
    assert one.request("POST /open").answer().status == 204
    assert one.request("GET /in").answer().status == 200
    assert other.request("GET /in").answer().status == 403
    for key in ("run", "client"):
        run = naysay.play(text.format(key))
        assert run.ask("POST /open").status == 204
        assert run.ask("GET /in").status == 200
    run = naysay.play(text.format("user"))
    ada, bob = ("Proxy-Authorization: Basic " + t for t in ("YWRhOng=", "Ym9iOng="))
    assert run.ask("POST http://a.test/open", ada).status == 204
    assert run.ask("GET http://a.test/in", ada).status == 200
    assert run.ask("GET http://a.test/in", bob).status == 403


def test_attempts_and_times_are_counted_by_key(naysay):
    run = naysay.play("""
        scenario: each fails twice
        key: header x-key
        rules:
          - {name: down, match: any **, do: {status: 503, body: "{{attempt}}"}, times: 2}
          - {name: up,   match: any **, do: 200}
    """)
    assert [said(run, 3, k) for k in ("a", "b")] == [[503, 503, 200]] * 2


def test_variables_are_set_and_counted(naysay):
    run = naysay.play("""
        scenario: a basket
        rules:
          - {name: put, match: POST /put, do: {set: {last: "{{request.query.item}}"}, count: [items, calls], body: "{{var.items}} {{var.last}}"}}
          - {name: see, match: GET /see, do: {json: {items: "{{var.items}}", last: "{{var.last}}", none: "{{var.none}}"}}}
    """)
    assert run.ask("POST /put?item=a").text == "1 a"
    assert run.ask("POST /put?item=%22b").text == '2 "b'
    assert json.loads(run.ask("GET /see").body) == {"items": "2", "last": '"b', "none": ""}


def test_sessions_last_so_many_requests_and_so_long(naysay):
    text = """
        scenario: sessions
        session: {{cookie: sid, {}}}
        rules:
          - {{name: login, match: POST /login, do: {{status: 204, session: open}}}}
          - {{name: bye,   match: POST /logout, do: {{status: 204, session: close}}}}
          - {{name: in,    match: any **, when: {{session: open}}, do: {{json: {{n: "{{{{session.requests}}}}", id: "{{{{session.id}}}}"}}}}}}
          - {{name: gone,  match: any **, when: {{session: expired}}, do: 440}}
          - {{name: none,  match: any **, do: 401}}
    """

    def login(run):
        answer = run.ask("POST /login")
        cookie = answer.get("set-cookie")
        assert "HttpOnly" in cookie and "Path=/" in cookie
        return "Cookie: " + cookie.split(";")[0]
    run = naysay.play(text.format("lasts: 2 requests"))
    sid = login(run)
    told = [json.loads(run.ask("GET /", sid).body) for _ in range(2)]
    assert [t["n"] for t in told] == [1, 2] and told[0]["id"] in sid
    assert run.ask("GET /", sid).status == 440
    other = login(run)
    assert run.ask("GET /", other).status == 200
    assert "Max-Age=0" in run.ask("POST /logout", other).get("set-cookie")
    assert run.ask("GET /", other).status == 401

    run = naysay.play(text.format("lasts: 200ms"), expect_exit=None)
    sid, raw, n = login(run), run.raw(), 2
    while (status := raw.request("GET /", sid).answer().status) == 200:
        n += 1
    entries = run.wait_entries(n)
    assert status == 440 and entries[-1].run_us - entries[0].run_us >= 200_000

    run = naysay.play(text.format("idle: 300ms"), expect_exit=None)
    sid, raw = login(run), run.raw()
    assert raw.request("GET /", sid).answer().status == 200
    time.sleep(0.35)                    # what is asked is what a pause does
    assert raw.request("GET /", sid).answer().status == 440


# ---- templates ----

def test_every_name_of_a_template(naysay):
    names = ["request.method", "request.target", "request.path", "request.path.id", "request.query",
             "request.query.q", "request.header.x-a", "request.cookie.c", "request.form.f",
             "request.body", "request.host", "request.url", "request.version", "attempt", "nth",
             "rule", "scenario", "seed", "uuid", "now", "now iso", "now unix", "random 1 6",
             "pick red green", "state", "var.v", "session.requests", "session.id", "client", "connection"]
    body = "\\n".join("{{%s}}" % n for n in names)
    run = naysay.play(f"""
        scenario: names
        seed: 9
        session: {{cookie: sid}}
        rules:
          - {{name: tell, match: "POST /u/{{id}}", do: {{set: {{v: "{{{{attempt}}}}v"}}, body: "{body}"}}}}
          - {{name: json, match: POST /json, do: {{body: "{{{{request.json.a.0}}}} {{{{request.json.b}}}} {{{{request.json.no}}}}."}}}}
    """)
    got = run.ask("POST /u/7?q=a%20b", "X-A: b", "Cookie: c=d", "Content-Length: 3",
                  "Content-Type: application/x-www-form-urlencoded", body=b"f=g").text.split("\n")
    got = dict(zip(names, got))
    uuid, now, iso, unix = (got.pop(k) for k in ("uuid", "now", "now iso", "now unix"))
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid)
    when = datetime.strptime(now, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=timezone.utc)
    assert int(unix) == when.timestamp()
    assert iso == when.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert got.pop("random 1 6") in "123456"
    assert got.pop("pick red green") in ("red", "green")
    assert got == {
        "request.method": "POST", "request.target": "/u/7?q=a%20b", "request.path": "/u/7",
        "request.path.id": "7", "request.query": "q=a%20b", "request.query.q": "a b",
        "request.header.x-a": "b", "request.cookie.c": "d", "request.form.f": "g",
        "request.body": "f=g", "request.host": "test", "request.url": "http://test/u/7?q=a%20b",
        "request.version": "1.1", "attempt": "1", "nth": "1", "rule": "tell", "scenario": "names",
        "seed": "9", "state": "start", "var.v": "1v", "session.requests": "0", "session.id": "",
        "client": "127.0.0.1", "connection": "1"}
    body = b'{"a": [{"x": 1}], "b": "\xc3\xa9"}'
    answer = run.ask("POST /json", f"Content-Length: {len(body)}", body=body)
    assert answer.body == '{"x":1} é .'.encode()


def test_two_inserts_of_one_answer_draw_twice(naysay):
    run = playing(naysay, "{headers: {x-a: '{{uuid}}', x-b: '{{uuid}}'}, body: '{{uuid}} {{random 1 1000000000}} {{random 1 1000000000}}'}")
    answer = run.ask("GET /")
    drawn = [answer.get("x-a"), answer.get("x-b"), *answer.text.split()]
    assert len(set(drawn)) == 5


HOSTILE = ["a\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "a\nX-Evil: 1", "a\rX-Evil: 1", "\0\x01\x7f",
           '"}, "evil": {"a": "', "\\", "\\\"", "<script>alert(1)</script>", "{{uuid}}", "{{request.header.x}}",
           "%s%n%d", "\u2028\u0085", "é", "\t", "", " ", "a" * 9000]


def coded(value):
    return "".join("%%%02X" % o for o in value.encode("utf-8"))


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_a_client_sends_splits_an_answer(naysay, hostile):
    """SCN-02: in a field, the reason's neighbourhood, a trailer, JSON and an interim answer."""
    run = naysay.play("""
        scenario: echoes
        rules:
          - name: echo
            match: "any /{p}/x"
            do:
              status: 302
              interim: [{status: 103, headers: {link: "<{{request.query.q}}>"}}]
              headers: {location: "/next?{{request.query.q}}", x-h: "{{request.header.x-h}}", x-p: "{{request.path.p}}", set-cookie: "a={{request.query.q}}"}
              json: {q: "{{request.query.q}}", "{{request.query.q}}": "pre {{request.query.q}} post"}
              trailers: {x-t: "{{request.query.q}}"}
          - {name: steps, match: any /steps, do: {steps: [{head: {status: 200, headers: {x-q: "{{request.query.q}}"}}}, {body: "{{request.query.q}}"}]}}
    """, expect_exit=None)
    raw = run.raw()
    in_field = "".join(c for c in hostile if c.isprintable() and ord(c) < 128) or "x"
    answer = raw.request(f"GET /p/x?q={coded(hostile)}", f"X-H: {in_field}").answer()
    assert answer.status == 302
    assert answer.get("x-evil") is None and not re.search(rb"[\r\n]X-Evil", raw.received)
    names = [n.lower() for n, _ in answer.fields]
    assert names.count("location") == names.count("set-cookie") == 1
    got = json.loads(answer.body)
    assert got["q"] == hostile
    assert len(got) == 2 and f"pre {hostile} post" in got.values()
    assert [n for n, _ in answer.trailers] == ["x-t"]
    assert answer.get("x-h") == in_field.strip()
    answer = raw.request(f"GET /steps?q={coded(hostile)}").answer()
    assert answer.body == hostile.encode() and answer.get("x-evil") is None
    assert raw.request("GET /p/x").answer().status == 302       # and the connection is in step
    audited(run, raw)


def test_octets_that_are_no_utf8_leave_json_valid(naysay):
    run = playing(naysay, "{json: {q: '{{request.query.q}}', h: '{{request.header.x-h}}'}}")
    answer = run.raw().send(b"GET /?q=%FF%FE%C3 HTTP/1.1\r\nHost: a\r\nX-H: \xff\xc3\r\n\r\n").answer()
    assert set(json.loads(answer.body)) == {"q", "h"}


def test_html_that_a_body_makes_of_a_request_is_escaped(naysay):
    run = playing(naysay, "{type: text/html, body: '<p>{{request.query.q}}</p>'}")
    assert run.ask("GET /?q=%3Cb%3E%26%22").text == "<p>&lt;b&gt;&amp;&quot;</p>"
    run = playing(naysay, "{headers: {content-type: 'text/html; charset=utf-8'}, body: '{{request.query.q}}'}")
    assert run.ask("GET /?q=%3Cb%3E").text == "&lt;b&gt;"
    run = playing(naysay, "{steps: [{head: {status: 200, headers: {content-type: image/svg+xml}}}, {body: '{{request.query.q}}'}]}")
    assert run.ask("GET /?q=%3Cb%3E").text == "&lt;b&gt;"
    run = playing(naysay, "{type: application/json, body: '{\"q\": \"{{request.query.q}}\"}'}")
    assert json.loads(run.ask("GET /?q=%22%0A").body) == {"q": '"\n'}


# ---- around the answer ----

@pytest.mark.parametrize("do", ["{body: hello}", "{json: {a: 1}}", "{fill: 1MiB, chunk: 4KiB, trailers: {a: b}}",
                                "{body: hello, coding: gzip}", "503", "{status: 204}", "{status: 304}", "{status: 205}",
                                "{steps: [{head: 200}, {body: hello}]}"])
def test_head_204_304_and_http_10_keep_their_framing(naysay, do):
    run = playing(naysay, do)
    raw = run.raw()
    for method in ("HEAD", "GET", "HEAD", "POST"):
        answer = raw.request(f"{method} /", *(["Content-Length: 0"] if method == "POST" else [])).answer(method)
        assert method != "HEAD" or answer.body == b""
    old = run.raw().request("GET / HTTP/1.0")
    assert old.answer().complete and old.ends() == "fin"
    kept = run.raw().request("GET / HTTP/1.0", "Connection: keep-alive")
    kept.answer()
    audited(run, raw)


def test_expect_100_continue_is_met_or_refused(naysay):
    run = naysay.play("""
        scenario: expectations
        rules:
          - {name: yes, match: PUT /yes, do: 201}
          - {name: no,  match: PUT /no, do: 413}
          - {name: see, match: PUT /see, when: {body: data}, do: 202}
    """)
    raw = run.raw().request("PUT /yes", "Content-Length: 4", "Expect: 100-continue")
    raw.interim(100)
    assert raw.send("data").answer().status == 201
    raw = run.raw().request("PUT /see", "Content-Length: 4", "Expect: 100-continue")
    raw.interim(100)
    assert raw.send("data").answer().status == 202


def test_expect_100_continue_is_refused_without_a_100(naysay):
    run = playing(naysay, "413")
    raw = run.raw().request("PUT /no", "Content-Length: 4", "Expect: 100-continue")
    answer = raw.answer()
    assert (answer.interim, answer.status) == ([], 413)
    assert answer.lists("connection", "close") and raw.ends() == "fin"


def test_a_body_longer_than_rules_may_see_is_a_413(naysay):
    run = naysay.play("""
        scenario: looks
        rules: [{name: a, match: any **, when: {body: present}, do: 200}]
        otherwise: 404
    """, "--limit", "body=1KiB")
    raw = run.raw().request("PUT /", "Content-Length: 1024", body=b"x" * 1024)
    assert raw.answer().status == 200
    raw = run.raw().request("PUT /", "Content-Length: 1025", body=b"x" * 1025)
    assert raw.answer().status == 413
    assert run.entry(2).ending == "body-too-large"
    raw = run.raw().request("PUT /", "Transfer-Encoding: chunked", body=b"800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n")
    assert raw.answer().status == 413


def test_pipelined_requests_are_answered_in_their_order(naysay):
    run = naysay.play("""
        scenario: pipelined
        rules:
          - {name: slow, match: "GET /slow/{n}", do: {wait: 20ms, body: "slow {{request.path.n}}"}}
          - {name: see,  match: POST /see, when: {body: "*"}, do: {body: "saw {{request.body}}"}}
          - {name: fast, match: "GET /{n}", do: {body: "fast {{request.path.n}}"}}
    """)
    raw = run.raw()
    raw.send("GET /slow/1 HTTP/1.1\nHost: a\n\nPOST /see HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc"
             "GET /2 HTTP/1.1\nHost: a\n\nPOST /see HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n2\nde\n0\n\n"
             "GET /3 HTTP/1.1\nHost: a\n\n")
    got = [raw.answer(m).text for m in ("GET", "POST", "GET", "POST", "GET")]
    assert got == ["slow 1", "saw abc", "fast 2", "saw de", "fast 3"]
    audited(run, raw)


def test_one_octet_at_a_time(naysay):
    run = playing(naysay, "{body: '{{request.body}}'}")
    raw = run.raw().send("POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc", one_by_one=True)
    assert raw.answer().text == "abc"


# ---- conditions of a request, and the script

def test_a_script_is_played_whatever_a_client_has_cached(naysay):
    run = naysay.play("""
        scenario: two
        rules: [{name: n, match: any **, do: [{json: {n: 1}}, {json: {n: 2}}]}]
    """, expect_exit=None)
    assert run.ask("GET /").get("ETag") is None
    assert json.loads(run.ask("GET /", 'If-None-Match: "naysay"').body) == {"n": 2}
    assert run.ask("GET /", 'If-Match: "other"').status == 200


def test_an_entity_tag_of_the_author_is_honoured(naysay):
    run = naysay.play("""
        scenario: tagged
        rules: [{name: t, match: any **, do: {reason: Fine, body: hi, headers: {etag: '"a"'}}}]
    """, expect_exit=None)
    assert run.ask("GET /", 'If-None-Match: "a"').status == 304
    refused = run.ask("GET /", 'If-Match: "b"')
    assert (refused.status, refused.phrase) == (412, "Precondition Failed")
    assert b"hi" not in refused.body
    assert run.ask("GET /", 'If-Match: "a"').body == b"hi"


def test_a_fault_that_cannot_be_told_is_no_quiet_answer_behind_a_body(naysay):
    """The rule looks at the body, so steps stand in the plan before it speaks."""
    run = naysay.play("""
        scenario: untold
        rules: [{name: b, match: POST /, when: {body: a}, do: {status: 204, faults: [no-last-chunk]}}]
    """, expect_exit=1)
    assert run.ask("POST /", "Content-Length: 1", body=b"a").status == 500
    assert run.entry().ending == "fault-untold"
