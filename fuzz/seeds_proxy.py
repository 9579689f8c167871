#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made part of the corpora of fz_proxy and fz_status_query.

fz_proxy.c says what an input is. Run this after adding one; files of other names stay.
"""
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
END = b"\r\n\r\n"
REVERSE, FORWARD, ALWAYS, CONTROL, CLOSED, LISTED = range(6)
NO_FIN, SMALL, UPSTREAM_FIRST, TALKING, KEEPING = 1, 2, 4, 8, 16


def play(stage, *events, switches=0):
    return bytes([stage, switches]) + b"".join(events)


def event(letter, who=0, text=b""):
    return b"\xff" + letter.encode() + str(who).encode() + text.replace(b"\xff", b"\xff+")


def client(text, who=0):
    return event("C", who, text)


def upstream(text, who=0):
    return event("U", who, text)


def request(line=b"GET / HTTP/1.1", *fields, host=b"Host: a", body=b""):
    return b"\r\n".join([line, *([host] if host else []), *fields]) + END + body


def answer(*fields, line=b"HTTP/1.1 200 OK", body=b""):
    return b"\r\n".join([line, *fields]) + END + body


OK = answer(b"Content-Length: 2", body=b"ok")
CHUNKED = answer(b"Transfer-Encoding: chunked", body=b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
CUT = answer(b"Content-Length: 9", body=b"ok")
POST = request(b"POST /p HTTP/1.1", b"Content-Length: 5", body=b"hello")
POST_CHUNKED = request(b"POST /p HTTP/1.1", b"Transfer-Encoding: chunked", b"Trailer: X-Sum",
                       body=b"5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")
EXPECT = request(b"PUT /e HTTP/1.1", b"Content-Length: 5", b"Expect: 100-continue")
UPGRADE = request(b"GET /ws HTTP/1.1", b"Connection: Upgrade", b"Upgrade: websocket",
                  b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Sec-WebSocket-Version: 13")
SWITCH = answer(b"Connection: Upgrade", b"Upgrade: websocket",
                line=b"HTTP/1.1 101 Switching Protocols", body=b"\x81\x02hi")
ABSOLUTE = b"GET http://127.0.0.1:8080/x HTTP/1.1"
TUNNEL = request(b"CONNECT 127.0.0.1:443 HTTP/1.1", host=b"Host: 127.0.0.1:443")


def status(path, *fields, method=b"GET"):
    return client(request(method + b" /status/" + path + b" HTTP/1.1", *fields))


PROXY = {
    # relayed, as a reverse proxy
    "relay": play(REVERSE, client(request()), upstream(OK)),
    "relay-kept": play(REVERSE, client(request()), upstream(OK), client(request()), upstream(OK)),
    "relay-pipelined": play(REVERSE, upstream(OK * 3), client(request() * 3)),
    "relay-two-clients": play(REVERSE, client(request()), client(request(), 1),
                              upstream(OK, 1), upstream(OK, 0)),
    "relay-chunked": play(REVERSE, client(request()), upstream(CHUNKED)),
    "relay-trailers": play(REVERSE, client(request()), upstream(answer(
        b"Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n"))),
    "relay-until-close": play(REVERSE, client(request()), upstream(answer(body=b"all of it")),
                              event("f")),
    "relay-until-reset": play(REVERSE, client(request()), upstream(answer(body=b"all of it")),
                              event("r")),
    "relay-old-client": play(REVERSE, client(request(b"GET / HTTP/1.0", host=None)),
                             upstream(CHUNKED)),
    "relay-old-kept": play(REVERSE, client(request(
        b"GET / HTTP/1.0", b"Connection: keep-alive", host=None)), upstream(OK)),
    "relay-old-upstream": play(REVERSE, client(request()), upstream(
        answer(line=b"HTTP/1.0 200 OK", body=b"x")), event("f")),
    "relay-head": play(REVERSE, client(request(b"HEAD / HTTP/1.1") + request()),
                       upstream(answer(b"Content-Length: 2")), upstream(OK)),
    "relay-204": play(REVERSE, client(request()), upstream(answer(line=b"HTTP/1.1 204 No"))),
    "relay-304": play(REVERSE, client(request()), upstream(
        answer(b"Content-Length: 7", b"ETag: \"x\"", line=b"HTTP/1.1 304 Not Modified"))),
    "relay-205": play(REVERSE, client(request()), upstream(
        answer(b"Content-Length: 0", line=b"HTTP/1.1 205 Reset Content"))),
    "relay-post": play(REVERSE, client(POST), upstream(OK)),
    "relay-post-chunked": play(REVERSE, client(POST_CHUNKED), upstream(OK)),
    "relay-post-slowly": play(REVERSE, event("G", 0, b"\x40"), client(POST_CHUNKED),
                              event("g", 0, b"\x40"), upstream(CHUNKED)),
    "relay-post-cut": play(REVERSE, client(POST[:-2]), event("F")),
    "relay-post-bad-chunk": play(REVERSE, client(POST_CHUNKED.replace(b"5;a=b", b"5x"))),
    "relay-answer-before-body": play(REVERSE, client(POST[:-3]), upstream(OK),
                                     client(POST[-3:] + request())),
    "relay-expect": play(REVERSE, client(EXPECT),
                         upstream(answer(line=b"HTTP/1.1 100 Continue")),
                         client(b"hello"), upstream(OK)),
    "relay-expect-refused": play(REVERSE, client(EXPECT), upstream(
        answer(b"Content-Length: 0", line=b"HTTP/1.1 413 Too Large")), client(b"hello")),
    "relay-early-hints": play(REVERSE, client(request()), upstream(
        answer(b"Link: </a>", line=b"HTTP/1.1 103 Early Hints") + OK)),
    "relay-interim-old": play(REVERSE, client(request(b"GET / HTTP/1.0")), upstream(
        answer(line=b"HTTP/1.1 103 Early Hints") * 2 + OK)),
    "relay-interim-flood": play(REVERSE, client(request()), upstream(
        answer(line=b"HTTP/1.1 102 Processing") * 20)),
    "relay-upgrade": play(REVERSE, client(UPGRADE), upstream(SWITCH), client(b"\x81\x01a"),
                          upstream(b"\x88\x00"), event("f"), event("F")),
    "relay-upgrade-early": play(REVERSE, client(UPGRADE + b"\x81\x01a"), upstream(SWITCH)),
    "relay-upgrade-refused": play(REVERSE, client(UPGRADE + request()), upstream(OK)),
    "relay-upgrade-unasked": play(REVERSE, client(request()), upstream(SWITCH)),
    "relay-garbage": play(REVERSE, client(request()), upstream(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "relay-both-framings": play(REVERSE, client(request()), upstream(
        answer(b"Content-Length: 2", b"Transfer-Encoding: chunked", body=b"0" + END))),
    "relay-bad-chunk": play(REVERSE, client(request()), upstream(
        answer(b"Transfer-Encoding: chunked", body=b"2\r\nabX"))),
    "relay-too-much": play(REVERSE, client(request()), upstream(OK + b"HTTP/1.1 200 OK"),
                           client(request())),
    "relay-cut": play(REVERSE, client(request()), upstream(CUT), event("f")),
    "relay-cut-head": play(REVERSE, client(request()), upstream(CUT[:12]), event("f")),
    "relay-closed": play(REVERSE, client(request()), event("f")),
    "relay-reset": play(REVERSE, client(request()), event("r")),
    "relay-stale": play(REVERSE, client(request()), upstream(OK), event("H"), client(request()),
                        event("f"), event("H"), upstream(OK, 1)),
    "relay-stale-post": play(REVERSE, client(request()), upstream(OK), event("H"), event("f"),
                             client(POST), event("H"), upstream(OK, 1)),
    "relay-refused": play(REVERSE, event("X"), client(request())),
    "relay-stalled": play(REVERSE, client(request()), upstream(CUT), event("T", 7), event("T", 8),
                          switches=NO_FIN),
    "relay-silent": play(REVERSE, client(request()), event("T", 8), switches=NO_FIN),
    "relay-client-stops": play(REVERSE, event("B", 0, b"\x09"), client(request()), upstream(
        answer(b"Content-Length: 900", body=b"x" * 900)), event("T", 3), event("B"),
        switches=SMALL),
    "relay-client-stuck": play(REVERSE, event("B", 0, b"\x05"), client(request()), upstream(
        answer(b"Content-Length: 900", body=b"x" * 900)), switches=NO_FIN | SMALL),
    "relay-upstream-stuck": play(REVERSE, event("b", 0, b"\x05"), client(request(
        b"PUT / HTTP/1.1", b"Content-Length: 900", body=b"x" * 900)), switches=NO_FIN | SMALL),
    "relay-client-resets": play(REVERSE, client(request()), event("R"), upstream(OK)),
    "relay-client-half-closes": play(REVERSE, client(request()), event("F"), upstream(OK)),
    "relay-prefix": play(LISTED, client(request(b"GET /a?b HTTP/1.1")), upstream(OK)),
    "relay-options": play(LISTED, client(request(b"OPTIONS * HTTP/1.1", b"Max-Forwards: 3")),
                          upstream(OK)),
    "relay-hops-spent": play(REVERSE, client(request(b"TRACE / HTTP/1.1", b"Max-Forwards: 0"))),
    "relay-loop": play(REVERSE, client(request(b"GET / HTTP/1.1", b"Via: 1.1 naysay-fuzz"))),
    "relay-hop-by-hop": play(REVERSE, client(request(
        b"GET / HTTP/1.1", b"Connection: x-a, close", b"X-A: 1", b"Keep-Alive: 5", b"TE: trailers",
        b"Proxy-Authorization: Basic QTpC", b"X-Forwarded-For: 10.0.0.1")), upstream(OK)),
    # relayed, where the client asks
    "forward": play(FORWARD, client(request(ABSOLUTE)), upstream(OK)),
    "forward-names": play(FORWARD, client(request(b"GET http://o.test/ HTTP/1.1"))),
    "forward-self": play(FORWARD, client(request(b"GET http://127.0.0.1:4070/ HTTP/1.1"))),
    "forward-mapped": play(FORWARD, client(request(
        b"GET http://[::ffff:127.0.0.1]:4070/ HTTP/1.1"))),
    "forward-metadata": play(FORWARD, client(request(b"GET http://169.254.169.254/ HTTP/1.1"))),
    "forward-query": play(FORWARD, client(request(b"GET http://127.0.0.1?q HTTP/1.1")),
                          upstream(OK)),
    "forward-https": play(FORWARD, client(request(b"GET https://127.0.0.1/ HTTP/1.1"))),
    "forward-ftp": play(FORWARD, client(request(b"GET ftp://127.0.0.1/ HTTP/1.1"))),
    "forward-forbidden": play(CLOSED, client(request(ABSOLUTE))),
    "forward-listed": play(LISTED, client(request(b"GET http://127.0.0.9:1/ HTTP/1.1")),
                           upstream(OK)),
    "forward-unlisted": play(LISTED, client(request(b"GET http://127.0.0.8/ HTTP/1.1"))),
    "tunnel": play(FORWARD, client(TUNNEL), client(b"ping"), upstream(b"pong"), event("F"),
                   upstream(b"bye"), event("f")),
    "tunnel-early": play(FORWARD, client(TUNNEL + b"\x16\x03\x01\x00\x05hello"), upstream(b"\xff\0")),
    "tunnel-refused-early": play(FORWARD, event("X"), client(TUNNEL + b"\x16\x03\x01")),
    "tunnel-upstream-closes": play(FORWARD, client(TUNNEL), event("f"), client(b"x")),
    "tunnel-upstream-resets": play(FORWARD, client(TUNNEL), upstream(b"x"), event("r")),
    "tunnel-client-resets": play(FORWARD, client(TUNNEL), client(b"x"), event("R")),
    "tunnel-idle": play(FORWARD, client(TUNNEL), event("T", 9), switches=NO_FIN),
    "tunnel-stuck": play(FORWARD, event("b", 0, b"\x04"), client(TUNNEL + b"x" * 500),
                         event("T", 3), event("b"), switches=SMALL),
    "tunnel-forbidden": play(CLOSED, client(TUNNEL)),
    "tunnel-drained": play(FORWARD, client(TUNNEL), event("D"), event("T", 6), switches=NO_FIN),
    # answers of ours
    "always": play(ALWAYS, client(request() * 8)),
    "always-connect": play(ALWAYS, client(TUNNEL), client(TUNNEL)),
    "always-upgrade": play(ALWAYS, client(request() * 2), client(UPGRADE, 1),
                           client(request(), 2), client(UPGRADE + b"echo", 3)),
    "status": play(CLOSED, status(b"522"), status(b"iis/440"), status(b"nginx/444")),
    "status-interim": play(CLOSED, status(b"100,102,103,200"), status(b"199")),
    "status-head": play(CLOSED, status(b"404", method=b"HEAD")),
    "status-post": play(CLOSED, client(POST.replace(b"/p", b"/status/503") + request())),
    "status-options": play(CLOSED, status(b"200?delay=2s&header=X-A:b&body=text&type=text/html")),
    "status-raw": play(CLOSED, status(b"200?raw=HTTP/1.1%20200%20OK%0a%0d%00")),
    "status-delay": play(CLOSED, status(b"200?delay=1h"), event("T", 10), switches=NO_FIN),
    "status-304": play(CLOSED, status(b"200", b"If-None-Match: \"naysay\"")),
    "status-412": play(CLOSED, status(b"200", b"If-Match: \"other\"")),
    "status-101": play(CLOSED, status(b"101", b"Connection: Upgrade", b"Upgrade: x"),
                       client(b"echo me"), event("F")),
    "status-101-idle": play(CLOSED, status(b"101", b"Connection: Upgrade", b"Upgrade: x"),
                            client(b"echo me"), event("T", 10), switches=NO_FIN),
    "status-expect": play(CLOSED, client(EXPECT.replace(b"/e", b"/status/200")), client(b"hello")),
    "status-expect-no": play(CLOSED, client(EXPECT.replace(b"/e", b"/status/417")),
                             client(b"hello")),
    "status-html": play(CLOSED, status(b"no<b>", b"Accept: text/html")),
    "status-json": play(CLOSED, status(b"%22%0d", b"Accept: application/json")),
    "status-test": play(FORWARD, client(request(b"GET http://status.test/103,407 HTTP/1.1"))),
    "status-connect": play(FORWARD, client(request(b"CONNECT status.test:407 HTTP/1.1") + b"x")),
    "status-inside": play(FORWARD, client(request(b"CONNECT status.test:80 HTTP/1.1")),
                          client(request(b"GET /522 HTTP/1.1", host=b"Host: status.test"))),
    "control": play(CONTROL, client(request(b"GET / HTTP/1.1", b"Naysay: 522"))),
    "control-raw": play(CONTROL, client(request(b"GET / HTTP/1.1", b"Naysay: 103,200?raw=x"))),
    "control-relay": play(LISTED, client(request() + request(b"GET / HTTP/1.1", b"Naysay: 440")),
                          upstream(OK)),
    "trace": play(CLOSED, client(request(b"TRACE / HTTP/1.1", b"Cookie: secret", b"X: y"))),
    "landing": play(CLOSED, client(request()), client(request(b"OPTIONS * HTTP/1.1"))),
    # what is no request
    "broken": play(CLOSED, client(b"GET /\r\n\r\n")),
    "broken-later": play(CLOSED, client(request() + b"GET  / HTTP/1.1" + END)),
    "broken-head": play(CLOSED, client(b"HEAD / HTTP/1.1" + END)),
    "broken-octets": play(CLOSED, event("G", 0, b"\x40"), client(b"\x00\x01\x02\r\n" + END)),
    "tls": play(CLOSED, client(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")),
    "h2": play(CLOSED, client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    "slow-head": play(CLOSED, client(b"GET / HT"), event("T", 6), switches=NO_FIN),
    "slow-octets": play(CLOSED, event("G", 0, b"\x40"), client(request()), switches=NO_FIN),
    "silent": play(CLOSED, client(b""), event("T", 8), switches=NO_FIN),
    "cut-head": play(CLOSED, client(b"GET / HT"), event("F")),
    "reset-head": play(CLOSED, client(b"GET / HT"), event("R")),
    "smuggle": play(REVERSE, client(request(
        b"POST / HTTP/1.1", b"Content-Length: 6", b"Transfer-Encoding: chunked",
        body=b"0\r\n\r\nG"))),
    # limits, shortages, ends
    "many-clients": play(CLOSED, *[client(b"", i) for i in range(4)], switches=SMALL),
    "many-requests": play(CLOSED, client(request() * 7), switches=SMALL),
    "long-head": play(CLOSED, client(request(b"GET / HTTP/1.1", b"X: " + b"y" * 600)),
                      switches=SMALL),
    "long-target": play(CLOSED, client(request(b"GET /" + b"y" * 200 + b" HTTP/1.1")),
                        switches=SMALL),
    "long-upstream-head": play(REVERSE, client(request()), upstream(
        answer(b"X: " + b"y" * 600)), switches=SMALL),
    "drain": play(REVERSE, client(request()), client(b"", 1), event("D"), upstream(OK)),
    "drain-impatient": play(REVERSE, client(request()), event("D"), event("T", 6),
                            switches=NO_FIN),
    "abort": play(REVERSE, client(request()), client(TUNNEL, 1), event("A")),
    "talk": play(REVERSE, client(request() * 2), upstream(OK * 2), switches=TALKING),
    "upstream-first": play(REVERSE, event("H"), client(request() * 2), upstream(OK * 2), event("f"),
                           event("H"), switches=UPSTREAM_FIRST),
}
for n in range(12):
    name = f"memory-{n:02}"
    shortage = b"\xffM" + bytes([n])
    PROXY[name] = play(REVERSE, shortage, client(POST_CHUNKED), upstream(CHUNKED))
    PROXY[name + "-tunnel"] = play(FORWARD, shortage, client(TUNNEL + b"x"), upstream(b"y"))

QUERIES = [
    b"522", b"iis/440", b"103,200", b"nginx/444", b"nginx/499", b"100,102,103,200", b"199", b"101",
    b"204?body=", b"204?body=x", b"304?header=ETag:%22x%22", b"407", b"407?header=Proxy-Authenticate:Basic",
    b"401", b"405?header=Allow:", b"416", b"416?body=12345", b"426", b"429?header=Retry-After:1", b"503",
    b"206", b"205?body=", b"999", b"99", b"1000", b"000", b"099", b"", b",", b"103,", b"200,200", b"103,444",
    b"100,100,100,100,100,100,100,100,200", b"100,100,100,100,100,100,100,100,100", b"103,nginx/444",
    b"cloudflare/1020", b"iis/403.14", b"aws/460", b"IETF/200", b"ietf/", b"/", b"cloudflar/522",
    b"200?delay=2s", b"200?delay=1h", b"200?delay=61m", b"200?delay=", b"200?delay=1e9s", b"200?delay=0.5s",
    b"200?header=X:y&header=X:z", b"200?header=X", b"200?header=:y", b"200?header=X:%0d%0aY:z",
    b"200?header=Content-Length:5", b"200?header=Date:x", b"200?header=Connection:close",
    b"200?header=content-type:a&type=b", b"200?type=%0a", b"200?type=", b"200?body=%00%ff", b"200?body=%zz",
    b"200?raw=", b"200?raw=HTTP/1.1+200", b"204?raw=x&body=y", b"200?what=1", b"200?&&=&", b"200?delay",
    b"301", b"301?header=Location:/x", b"300", b"402", b"511", b"599", b"twitter/420", b"419",
    b"200?" + b"&".join([b"header=A:b"] * 17),
]
HEADS = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nIf-None-Match: W/\"naysay\"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nIf-Match: \"x\"\r\n\r\n",
]


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, octets in seeds.items():
        (folder / f"seed-{name}").write_bytes(octets)


write("fz_proxy", PROXY)
write("fz_proxy", {f"kept-{name}": bytes([octets[0], octets[1] | KEEPING]) + octets[2:]
                   for i, (name, octets) in enumerate(sorted(PROXY.items())) if i % 4 == 0})
# A query, a line's end, and the head of the request that it answers.
write("fz_status_query", {f"{i:02}": query + b"\n" + HEADS[i % len(HEADS)]
                          for i, query in enumerate(QUERIES)})
write("fz_status_query", {f"head-{i}": b"103,200?body=x\n" + head for i, head in enumerate(HEADS)})
