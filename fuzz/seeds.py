#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made part of the corpora: shapes a mutation takes long to find.

Names tell what a seed is for. Run it after adding one; files of other names stay.
"""
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
END = b"\r\n\r\n"


def request(line=b"GET / HTTP/1.1", *fields, host=b"Host: a"):
    return b"\r\n".join([line, *([host] if host else []), *fields]) + END


def response(line=b"HTTP/1.1 200 OK", *fields):
    return b"\r\n".join([line, *fields]) + END


REQUESTS = {
    "plain": request(),
    "curl": request(b"GET /a?b=c HTTP/1.1", b"User-Agent: curl/7.88.1", b"Accept: */*"),
    "absolute": request(b"GET http://o.test:80/p?q HTTP/1.1", host=b"Host: o.test:80"),
    "absolute-other": request(b"GET ftp://o.test/p HTTP/1.1"),
    "no-authority": request(b"GET file:///etc HTTP/1.1"),
    "connect": request(b"CONNECT o.test:443 HTTP/1.1", host=b"Host: o.test:443"),
    "connect-ipv6": request(b"CONNECT [::1]:443 HTTP/1.1"),
    "connect-no-port": request(b"CONNECT o.test HTTP/1.1"),
    "asterisk": request(b"OPTIONS * HTTP/1.1"),
    "old": request(b"GET / HTTP/1.0", host=None),
    "old-keep": request(b"GET / HTTP/1.0", b"Connection: keep-alive", host=None),
    "newer": request(b"GET / HTTP/1.7"),
    "two": request(b"GET / HTTP/2.0"),
    "nine": b"GET /\r\n",
    "no-host": request(host=None),
    "hosts": request(b"GET / HTTP/1.1", b"Host: b"),
    "host-user": request(host=b"Host: u@a"),
    "host-list": request(host=b"Host: a, b"),
    "host-empty": request(host=b"Host:"),
    "length": request(b"POST / HTTP/1.1", b"Content-Length: 5") + b"hello",
    "length-list": request(b"POST / HTTP/1.1", b"Content-Length: 5, 5"),
    "length-twice": request(b"POST / HTTP/1.1", b"Content-Length: 5", b"Content-Length: 5"),
    "length-most": request(b"POST / HTTP/1.1", b"Content-Length: 9223372036854775807"),
    "length-over": request(b"POST / HTTP/1.1", b"Content-Length: 18446744073709551616"),
    "length-plus": request(b"POST / HTTP/1.1", b"Content-Length: +5"),
    "chunked": request(b"POST / HTTP/1.1", b"Transfer-Encoding: Chunked") + b"0\r\n\r\n",
    "chunked-twice": request(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked, chunked"),
    "chunked-and-length": request(b"POST / HTTP/1.1", b"Content-Length: 5",
                                  b"Transfer-Encoding: chunked"),
    "chunked-gzip": request(b"POST / HTTP/1.1", b"Transfer-Encoding: gzip, chunked"),
    "chunked-comma": request(b"POST / HTTP/1.1", b"Transfer-Encoding: ,chunked"),
    "chunked-vt": request(b"POST / HTTP/1.1", b"Transfer-Encoding: \x0bchunked"),
    "chunked-old": request(b"POST / HTTP/1.0", b"Transfer-Encoding: chunked"),
    "expect": request(b"PUT / HTTP/1.1", b"Content-Length: 1", b"Expect: 100-Continue"),
    "upgrade": request(b"GET / HTTP/1.1", b"Connection: Upgrade", b"Upgrade: websocket"),
    "connection-host": request(b"GET / HTTP/1.1", b"Connection: close, Host"),
    "connection-list": request(b"GET / HTTP/1.1", b"Connection: ,a ,,TE,\tclose"),
    "fold": request(b"GET / HTTP/1.1", b"A: b", b" c"),
    "first-space": b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    "space-colon": request(b"GET / HTTP/1.1", b"A : b"),
    "no-colon": request(b"GET / HTTP/1.1", b"A"),
    "no-name": request(b"GET / HTTP/1.1", b": b"),
    "empty-value": request(b"GET / HTTP/1.1", b"A:", b"B: \t "),
    "obs-text": request(b"GET / HTTP/1.1", b"A: \x85\xa0\xff", b"B\xa0: c"),
    "value-obs-text": request(b"GET / HTTP/1.1", b"A: \x85\xa0\xff "),
    "nul": request(b"GET / HTTP/1.1", b"A: b\0c"),
    "bare-lf": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare-lf-end": b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    "bare-cr": request(b"GET / HTTP/1.1", b"A: b\rC: d"),
    "cr-end": b"GET / HTTP/1.1\r\nHost: a\r\n\r\r\n\r\n",
    "empty-lines": b"\r\n" * 8 + request(),
    "empty-lines-many": b"\r\n" * 9 + request(),
    "two-spaces": request(b"GET  / HTTP/1.1"),
    "tab": request(b"GET\t/ HTTP/1.1"),
    "trailing-space": request(b"GET / HTTP/1.1 "),
    "fragment": request(b"GET /#f HTTP/1.1"),
    "preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "long-target": request(b"GET /" + b"a" * 60 + b" HTTP/1.1"),
    "many-fields": request(b"GET / HTTP/1.1", *[b"A: b"] * 40),
    "pipelined": request() + request(b"GET /2 HTTP/1.1"),
    "cut": b"GET / HTTP/1.1\r\nHost: a\r\n",
}

RESPONSES = {
    "plain": response(b"HTTP/1.1 200 OK", b"Content-Length: 2") + b"ok",
    "no-phrase": response(b"HTTP/1.1 200 "),
    "no-phrase-no-space": response(b"HTTP/1.1 200"),
    "phrase-octets": response(b"HTTP/1.1 200 \tO\xe9 K"),
    "phrase-nul": response(b"HTTP/1.1 200 O\0K"),
    "phrase-cr": response(b"HTTP/1.1 200 O\rK"),
    "invented": response(b"HTTP/1.1 522 Origin Unreachable", b"Server: x"),
    "most": response(b"HTTP/1.1 999 x"),
    "below": response(b"HTTP/1.1 099 x"),
    "two-digits": response(b"HTTP/1.1 20 OK"),
    "four-digits": response(b"HTTP/1.1 2000 OK"),
    "two-spaces": response(b"HTTP/1.1  200 OK"),
    "continue": response(b"HTTP/1.1 100 Continue") + response(),
    "early-hints": response(b"HTTP/1.1 103 Early Hints", b"Link: </a>"),
    "switching": response(b"HTTP/1.1 101 Switching Protocols", b"Connection: upgrade",
                          b"Upgrade: websocket"),
    "no-content": response(b"HTTP/1.1 204 No Content", b"Content-Length: 0"),
    "reset-content": response(b"HTTP/1.1 205 Reset Content", b"Content-Length: 0"),
    "reset-content-close": response(b"HTTP/1.1 205 Reset Content"),
    "not-modified": response(b"HTTP/1.1 304 Not Modified", b"Content-Length: 99"),
    "chunked": response(b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "chunked-old": response(b"HTTP/1.0 200 OK", b"Transfer-Encoding: chunked"),
    "chunked-gzip": response(b"HTTP/1.1 200 OK", b"Transfer-Encoding: gzip, chunked"),
    "chunked-length": response(b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked",
                               b"Content-Length: 3"),
    "length-twice": response(b"HTTP/1.1 200 OK", b"Content-Length: 3", b"Content-Length: 3"),
    "length-bad": response(b"HTTP/1.1 200 OK", b"Content-Length: 0x3"),
    "length-empty": response(b"HTTP/1.1 200 OK", b"Content-Length:"),
    "until-close": response(b"HTTP/1.1 200 OK", b"Connection: close") + b"anything",
    "old": response(b"HTTP/1.0 200 OK"),
    "old-keep": response(b"HTTP/1.0 200 OK", b"Connection: Keep-Alive", b"Content-Length: 1"),
    "newer": response(b"HTTP/1.5 200 OK"),
    "two": response(b"HTTP/2.0 200 OK"),
    "small-letters": response(b"http/1.1 200 OK"),
    "icy": response(b"ICY 200 OK"),
    "nine": b"<html>hello</html>\n",
    "bare-lf": b"HTTP/1.1 200 OK\nA: b\n\n",
    "empty-line": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "fold": response(b"HTTP/1.1 200 OK", b"A: b", b"\tc"),
    "space-colon": response(b"HTTP/1.1 200 OK", b"A : b"),
    "connection-length": response(b"HTTP/1.1 200 OK", b"Connection: Content-Length"),
    "proxy-auth": response(b"HTTP/1.1 407 Proxy Authentication Required",
                           b'Proxy-Authenticate: Basic realm="lab"', b"Content-Length: 0"),
    "tls-alert": b"\x15\x03\x01\x00\x02\x02\x46",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Le",
    "many-fields": response(b"HTTP/1.1 200 OK", *[b"Set-Cookie: a=b"] * 10),
}

CHUNKED = {
    "empty": b"0\r\n\r\n",
    "one": b"1\r\na\r\n0\r\n\r\n",
    "two": b"5\r\nhello\r\n00000B\r\n, my world !\r\n0\r\n\r\n",
    "binary": b"4\r\n\r\n\r\n\r\n0\r\n\r\n",
    "upper": b"A\r\n0123456789\r\n0\r\n\r\n",
    "zeros": b"0000000000000001\r\na\r\n0000000000000000\r\n\r\n",
    "digits-17": b"00000000000000001\r\na\r\n0\r\n\r\n",
    "most": b"7fffffffffffffff\r\na",
    "over": b"8000000000000000\r\na",
    "all-f": b"ffffffffffffffff\r\na",
    "sum-over": b"1\r\na\r\n7fffffffffffffff\r\nb",
    "ext": b"1;a=b\r\nx\r\n0;c=\"d e\"\r\n\r\n",
    "ext-bare": b"1;\r\nx\r\n0\r\n\r\n",
    "ext-lf": b"1;a\nx\r\n0\r\n\r\n",
    "ext-cr": b"1;a\rb\r\nx\r\n0\r\n\r\n",
    "ext-nul": b"1;a\0\r\nx\r\n0\r\n\r\n",
    "ext-long": b"1;" + b"e" * 40 + b"\r\nx\r\n0\r\n\r\n",
    "ext-each": b"1;e=f\r\nx\r\n" * 8 + b"0\r\n\r\n",
    "prefix": b"0x1\r\na\r\n0\r\n\r\n",
    "plus": b"+1\r\na\r\n0\r\n\r\n",
    "minus": b"-1\r\na\r\n",
    "underscore": b"1_0\r\n",
    "space-before": b" 1\r\na\r\n0\r\n\r\n",
    "space-after": b"1 \r\na\r\n0\r\n\r\n",
    "space-ext": b"1 ;a\r\nx\r\n0\r\n\r\n",
    "no-size": b"\r\na\r\n",
    "ext-only": b";a\r\n\r\n",
    "lf": b"1\na\n0\n\n",
    "end-missing": b"1\r\nab\r\n0\r\n\r\n",
    "end-lf": b"1\r\na\n0\r\n\r\n",
    "end-xx": b"1\r\naXX0\r\n\r\n",
    "end-cr": b"1\r\na\rX0\r\n\r\n",
    "trailer": b"0\r\nX-Sum: 1\r\n\r\n",
    "trailers": b"1\r\na\r\n0\r\nA: b\r\nC:d\r\nE: \t\r\n\r\n",
    "trailers-many": b"0\r\n" + b"A: b\r\n" * 5 + b"\r\n",
    "trailer-long": b"0\r\nA: " + b"b" * 60 + b"\r\n\r\n",
    "trailer-length": b"0\r\nContent-Length: 5\r\n\r\n",
    "trailer-coding": b"0\r\ntransfer-encoding: chunked\r\n\r\n",
    "trailer-host": b"0\r\nHost: a\r\n\r\n",
    "trailer-fold": b"0\r\nA: b\r\n c\r\n\r\n",
    "trailer-space": b"0\r\nA : b\r\n\r\n",
    "trailer-lf": b"0\r\nA: b\n\r\n",
    "trailer-end-lf": b"0\r\nA: b\r\n\n",
    "trailer-cr": b"0\r\nA: b\rc\r\n\r\n",
    "trailer-cr-end": b"0\r\n\r\r\n",
    "last-xx": b"0\r\nXX",
    "pipelined": b"1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "cut": b"5\r\nhel",
}

TARGETS = [
    b"/", b"/a/b?c=d&e", b"/?", b"//a", b"/a//b", b"/%00%2f%0d%0a", b"/..", b"/a[]=1",
    b"/<>\"{}|^`", b"/a\\b", b"/a#b", b"/\x80", b"/\x7f", b"*", b"**", b"a", b"?a",
    b"http://a", b"http://a/", b"http://a?b", b"HTTP://a:80/", b"https://[::1]:443/x?y",
    b"http://u@a/", b"http://u:p@a/", b"http:///", b"http://:80/", b"http://a:/",
    b"http://a:0/", b"http://a:65535/", b"http://a:65536/", b"http://a:+1/", b"http://a,b/",
    b"http:/a", b"http:a", b"ftp://a/b", b"file:///etc", b"x+y-z.1://a/", b"1x://a/", b"urn:a:b",
    b"a:443", b"a:", b"a:0", b"a:65536", b"[::1]:443", b"[::1]", b"[::1", b"[::1]x:1",
    b"[1:2:3:4:5:6:7:8]:1", b"[1:2:3:4:5:6:7::]:1", b"[::ffff:127.0.0.1]:1",
    b"[::127.0.0.01]:1", b"[1:2:3:4:5:6:7:8:9]:1", b"[12345::]:1", b"[::g]:1", b"[v1.a]:1",
    b"[fe80::1%25lo]:1", b"127.1:80", b"0x7f.1:80", b"a_b.c~d!$&'()*+;=%zz:1", b"u@a:443",
    b"/a:443", b"http://a:443",
]


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, octets in seeds.items():
        (folder / f"seed-{name}").write_bytes(octets)


write("fz_h1_request", REQUESTS)
write("fz_h1_response", RESPONSES)
write("fz_chunked", CHUNKED)
write("fz_target", {f"{i:02}": octets for i, octets in enumerate(TARGETS)})
