#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the corpus of fz_decide: requests for every rule of its scenarios.

fz_decide.c says what an input is. Names tell what a seed is for; files of other names stay.
"""
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus" / "fz_decide"
CONDITIONS, REPLIES, PASSES, FAULTY, GUARDED, NOTHING = range(6)
OPEN, REVERSE, LISTED, CLOSED = range(4)
UNREAD, INSIDE, NO_MEMORY, BROKEN, GREETED = 1, 2, 4, 8, 16
FAILS, PLAIN, CHUNKED, OLD, NO_CONTENT, NOT_MODIFIED, HINTS, RESET_CONTENT, SWITCH, ASKS, ODD = range(11)


def ask(line, *fields, body=b"", how=0, answer=PLAIN, later=20, on=0, host=b"Host: a"):
    version = b"" if line.endswith((b"1.1", b"1.0")) else b" HTTP/1.1"
    head = b"\r\n".join([line + version, host, *fields]) + b"\r\n\r\n"
    return bytes([0xff, how, answer, later, on]) + head + body


def get(path, *fields, **more):
    return ask(b"GET " + path, *fields, **more)


def post(path, body, *fields, **more):
    return ask(b"POST " + path, b"Content-Length: %d" % len(body), *fields, body=body, **more)


def seed(scenario, *asks, setting=OPEN):
    return bytes([scenario, setting]) + b"".join(asks)


UPGRADE = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Key: eA==")
FORM = b"Content-Type: application/x-www-form-urlencoded"
JSON = b"Content-Type: application/json"

SEEDS = {
    "paths": seed(CONDITIONS, get(b"/m/1/x.js"), get(b"/d/a/b/e/c/d"), get(b"/d/e/x/y"), get(b"/nowhere")),
    "header": seed(CONDITIONS, get(b"/h", b"X: abAB", b"Accept: text/html"), get(b"/h", b"X: c", b"No: x")),
    "query": seed(CONDITIONS, get(b"/q?x=12&y=aza"), get(b"/q?x=%31%30&y=a&y=z"), get(b"/q?x=1e3&&y=%zz")),
    "cookie": seed(CONDITIONS, get(b"/c", b"Cookie: a=1; b=9"), get(b"/c", b"Cookie: a; b=3", b"Cookie: ;;=")),
    "form": seed(CONDITIONS, post(b"/f", b"a=b&c=2.5", FORM), post(b"/f", b"a=%62&c=3.50&a", FORM), post(b"/f", b"a=b", FORM, how=UNREAD)),
    "json": seed(CONDITIONS, post(b"/j", b'{"a":[{"b":1}],"c":"","d":null}', JSON), post(b"/j", b'[', JSON), post(b"/j", b'[' * 3000, JSON)),
    "body": seed(CONDITIONS, post(b"/b", b"xxabcxx"), post(b"/b", b"\0abc\xfe")),
    "version": seed(CONDITIONS, ask(b"GET /v HTTP/1.0"), get(b"/v")),
    "counts": seed(CONDITIONS, *[get(b"/n", on=i * 7) for i in range(3)], *[get(b"/r", later=30) for _ in range(4)]),
    "client": seed(CONDITIONS, get(b"/i", b"Proxy-Authorization: Basic YTpi"), get(b"/i", b"Proxy-Authorization: Basic !")),
    "state": seed(CONDITIONS, get(b"/s", b"X-Key: a"), get(b"/s", b"X-Key: a"), get(b"/s", b"X-Key: " + b"k" * 300)),
    "session": seed(CONDITIONS, get(b"/o"), get(b"/e", b"Cookie: sid=6c3e1bd2-0000-4000-8000-000000000000"), get(b"/e")),
    "session-many": seed(CONDITIONS, *[get(b"/o", later=250) for _ in range(5)]),
    "nested": seed(CONDITIONS, *[get(b"/x") for _ in range(5)], ask(b"PUT /x")),
    "url": seed(CONDITIONS, get(b"http://a.test/u/1"), get(b"/u/1", host=b"Host: b.test:80"), ask(b"CONNECT a.test:443"), get(b"*")),
    "statuses": seed(REPLIES, *[get(b"/s") for _ in range(11)]),
    "statuses-head": seed(REPLIES, *[ask(b"HEAD /s") for _ in range(11)]),
    "statuses-old": seed(REPLIES, *[ask(b"GET /s HTTP/1.0") for _ in range(11)]),
    "statuses-upgrade": seed(REPLIES, *[get(b"/s", *UPGRADE) for _ in range(6)]),
    "statuses-expect": seed(REPLIES, *[post(b"/s", b"hello", b"Expect: 100-continue") for _ in range(6)]),
    "headers": seed(REPLIES, get(b"/h?x=%0d%0aSet-Cookie:%20a&y", b"X: <\xe9>"), get(b"/h", b"X:  ")),
    "precondition": seed(REPLIES, get(b"/h", b"If-None-Match: W/\"naysay\""), get(b"/t", b"If-Match: \"x\"")),
    "html": seed(REPLIES, post(b"/t", b"<script>a=b&a=<", FORM, b"Cookie: a=\"<\"")),
    "json-reply": seed(REPLIES, post(b"/j", b'{"a":"\\u0000\\"x"}', JSON, b"X: \"\\"), post(b"/j", b"")),
    "chance": seed(REPLIES, *[get(b"/r", b"X: a") for _ in range(3)], ask(b"GET /r HTTP/1.0"), ask(b"HEAD /r")),
    "interim": seed(REPLIES, get(b"/i"), ask(b"GET /i HTTP/1.0")),
    "fill": seed(REPLIES, get(b"/f"), ask(b"HEAD /f")),
    "variables": seed(REPLIES, *[get(b"/v", b"X: " + b"v" * 100) for _ in range(4)]),
    "choose": seed(REPLIES, *[get(b"/c") for _ in range(12)]),
    "steps": seed(REPLIES, *[post(b"/%d" % i, b"hello", b"X: ab") for i in range(1, 7)]),
    "steps-head": seed(REPLIES, *[ask(b"HEAD /%d" % i) for i in range(1, 7)]),
    "steps-old": seed(REPLIES, *[ask(b"GET /%d HTTP/1.0" % i, b"X: abcdefgh") for i in range(1, 7)]),
    "tunnel": seed(REPLIES, ask(b"CONNECT a:1"), ask(b"CONNECT a:2"), ask(b"CONNECT a:1", answer=FAILS)),
    "passes": seed(PASSES, *[get(b"/%c" % c, b"X: a", b"Cookie: b", answer=PLAIN) for c in b"abcdefg"]),
    "passes-head": seed(PASSES, *[ask(b"HEAD /%c" % c, answer=CHUNKED) for c in b"abcdef"]),
    "passes-old": seed(PASSES, *[ask(b"GET /%c HTTP/1.0" % c, answer=CHUNKED) for c in b"abcdef"], setting=REVERSE),
    "passes-hints": seed(PASSES, *[get(b"/%c" % c, answer=HINTS) for c in b"abcdef"]),
    "passes-absolute": seed(PASSES, *[get(b"http://b/%c" % c, answer=OLD) for c in b"abcdef"], setting=LISTED),
    "passes-upgrade": seed(PASSES, *[get(b"/%c" % c, *UPGRADE, answer=SWITCH) for c in b"abcdef"]),
    "passes-post": seed(PASSES, *[post(b"/%c" % c, b"hello", answer=ASKS) for c in b"abcdef"]),
    "passes-trace": seed(PASSES, ask(b"TRACE /g", b"Max-Forwards: 0"), ask(b"OPTIONS *", b"Max-Forwards: 0"), ask(b"TRACE /g", b"Via: 1.1 naysay-fuzz")),
    "guard": seed(GUARDED, get(b"http://a/x/1"), get(b"http://a/x/1", b"Proxy-Authorization: Basic YTpi"), get(b"/y"),
                  get(b"/x/1", b"Authorization: Digest username=\"c\", realm=\"r\", nonce=\"x\", uri=\"/x/1\", response=\"0\", qop=auth, nc=00000001, cnonce=\"y\"")),
    "guard-tunnel": seed(GUARDED, ask(b"CONNECT a:443", b"Proxy-Authorization: Basic YTpi"), get(b"/x/1", how=INSIDE)),
    "nothing": seed(NOTHING, get(b"/status/522"), get(b"http://status.test/103,407?header=A:b"), ask(b"CONNECT status.test:407"),
                    get(b"/"), get(b"/x", b"Naysay: 522?body=x"), setting=REVERSE),
    "nothing-closed": seed(NOTHING, get(b"http://a/"), ask(b"CONNECT a:443"), get(b"https://a/"), get(b"ftp://a/"), setting=CLOSED),
    "broken": seed(NOTHING, *[bytes([0xff, BROKEN, n, 0, 0]) + b"GET / HTTP/1.1\r\n\r\n" for n in range(1, 60)]),
    "greetings": seed(FAULTY, *[get(b"/a", how=GREETED, on=n) for n in range(6)]),
    "memory": seed(REPLIES, *[get(b"/%c" % c, how=NO_MEMORY, answer=n) for n, c in enumerate(b"sthjrifvc123456")]),
    "memory-pass": seed(PASSES, *[get(b"/%c" % c, how=NO_MEMORY, answer=3 * n) for n, c in enumerate(b"abcdefg")]),
}
for answer in (FAILS, PLAIN, CHUNKED, OLD, NO_CONTENT, NOT_MODIFIED, RESET_CONTENT, ODD):
    SEEDS[f"passes-{answer}"] = seed(PASSES, *[get(b"/%c" % c, answer=answer) for c in b"abcdefg"])
    SEEDS[f"faults-{answer}"] = seed(FAULTY, *[get(b"/%c" % c, b"X: abc", answer=answer) for c in b"abcdefghijklmnopqrst"])
SEEDS["faults-post"] = seed(FAULTY, *[post(b"/%c" % c, b"hello", b"X: abc") for c in b"abcdefghijklmnopqrst"])
SEEDS["faults-head"] = seed(FAULTY, *[ask(b"HEAD /%c" % c) for c in b"abcdefghijklmnopqrst"])
SEEDS["faults-old"] = seed(FAULTY, *[ask(b"GET /%c HTTP/1.0" % c, answer=CHUNKED) for c in b"abcdefghijklmnopqrst"])

CORPUS.mkdir(parents=True, exist_ok=True)
for name, octets in SEEDS.items():
    (CORPUS / f"seed-{name}").write_bytes(octets)
