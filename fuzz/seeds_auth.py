#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made part of the corpus of fz_auth.

fz_auth.c says what an input is. Run this after adding one; files of other names stay.
"""
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus" / "fz_auth"
BOTH, STRONG, OLD, EXACT = range(4)
ABSOLUTE, CONNECT, ORIGIN, POST, UNREAD, ASTERISK = range(6)
URIS = [b"http://h.test/x?q", b"h.test:443", b"/x%7e", b"/x", b"/x", b"*"]


def play(realm, request, *lines):
    return bytes([realm, request]) + b"\n".join(lines)


def digest(request=ABSOLUTE, uri=None, user=b'username="ada"', realm=b"lab", nc=b"00000001",
           algorithm=b"MD5", qop=b"auth", more=b""):
    parts = [user, b'realm="%s"' % realm, b'nonce="*"', b'uri="%s"' % (uri or URIS[request]),
             b'response="*"']
    if algorithm:
        parts.append(b"algorithm=" + algorithm)
    if qop:
        parts += [b"qop=" + qop, b"nc=" + nc, b'cnonce="c0nce"']
    return b"Digest " + b", ".join(parts) + more


ADA = b"Basic YWRhOlhrNy1sb3ZlbGFjZQ=="
HEAR = b"Hear"

SEEDS = {
    "basic": play(BOTH, ABSOLUTE, ADA),
    "basic-lower": play(BOTH, ABSOLUTE, b"basic   YWRhOlhrNy1sb3ZlbGFjZQ=="),
    "basic-empty": play(BOTH, ABSOLUTE, b"Basic Og=="),
    "basic-wrong": play(BOTH, ABSOLUTE, b"Basic YWRhOng="),
    "basic-no-colon": play(BOTH, ABSOLUTE, b"Basic YWRh"),
    "basic-control": play(BOTH, ABSOLUTE, b"Basic YQo6Yg=="),
    "basic-padding": play(BOTH, ABSOLUTE, b"Basic YWRhOng"),
    "basic-bits": play(BOTH, ABSOLUTE, b"Basic YWRhOnh="),
    "basic-params": play(BOTH, ABSOLUTE, b'Basic realm="x"'),
    "basic-twice": play(BOTH, ABSOLUTE, ADA + b", " + ADA),
    "basic-refused": play(STRONG, ABSOLUTE, ADA),
    "latin1": play(BOTH, ABSOLUTE, b"Basic 5Dph"),
    "scheme": play(BOTH, ABSOLUTE, b"Bearer abc.def-ghi_jkl~m+n/o==", b"NTLM TlRMTVNTUAAB"),
    "bare": play(BOTH, ABSOLUTE, b"", b"Digest", b"Basic ", b"Digest ,"),
    "quotes": play(BOTH, ABSOLUTE, b'Digest a="b\\"c\\\\", d="', b'X a="\\', b'X a="b" c=d'),
    "list": play(BOTH, ABSOLUTE, b'Negotiate, NTLM abc==, Digest a="b", c=d, Basic realm="x"'),
    "spaces": play(BOTH, ABSOLUTE, b"Digest  a = b ,, c\t=\t\"d\" ,"),
    "many": play(BOTH, ABSOLUTE, b"X " + b",".join(b"p%d=v" % i for i in range(40))),
    "digest": play(BOTH, ABSOLUTE, HEAR, digest()),
    "digest-sha-256": play(BOTH, ABSOLUTE, HEAR, digest(algorithm=b"SHA-256")),
    "digest-counts": play(BOTH, ABSOLUTE, HEAR, digest(), digest(nc=b"00000003"),
                          digest(nc=b"00000002"), digest(nc=b"ffffffff")),
    "digest-rising": play(EXACT, ABSOLUTE, HEAR, digest(nc=b"00000002"), digest()),
    "digest-origin": play(BOTH, ABSOLUTE, HEAR, digest(uri=b"/x?q")),
    "digest-other": play(BOTH, ABSOLUTE, HEAR, digest(uri=b"/y")),
    "digest-exact": play(EXACT, ABSOLUTE, HEAR, digest(uri=b"/x?q"), digest()),
    "digest-same": play(BOTH, ORIGIN, HEAR, digest(ORIGIN, uri=b"http://H.test:80/x~")),
    "digest-connect": play(BOTH, CONNECT, HEAR, digest(CONNECT)),
    "digest-asterisk": play(BOTH, ASTERISK, HEAR, digest(ASTERISK)),
    "digest-old": play(OLD, ABSOLUTE, HEAR, digest(algorithm=None, qop=None)),
    "digest-no-qop": play(EXACT, ABSOLUTE, HEAR, digest(qop=None)),
    "digest-int": play(STRONG, POST, HEAR, digest(
        POST, realm=b'a \\"b\\"', algorithm=b"SHA-512-256", qop=b"auth-int", more=b', opaque="o"')),
    "digest-unread": play(STRONG, UNREAD, HEAR, digest(
        UNREAD, realm=b'a \\"b\\"', algorithm=b"SHA-512-256", qop=b"auth-int", more=b", opaque=o")),
    "digest-sess": play(STRONG, POST, HEAR, *(digest(
        POST, realm=b'a \\"b\\"', algorithm=b"MD5-sess", nc=b"0000000%d" % i, more=b", opaque=o")
        for i in range(1, 6))),
    "digest-name": play(STRONG, POST, HEAR, digest(
        POST, user=b"username*=UTF-8''J%C3%A4s", realm=b'a \\"b\\"', algorithm=b"MD5-sess",
        more=b", opaque=o")),
    "digest-hashed": play(STRONG, POST, HEAR, digest(
        POST, realm=b'a \\"b\\"', algorithm=b"MD5-sess", more=b", opaque=o, userhash=true")),
    "digest-nc": play(BOTH, ABSOLUTE, HEAR, digest(nc=b"00000000"), digest(nc=b"1")),
    "digest-odd": play(BOTH, ABSOLUTE, HEAR, digest(qop=b'"auth"')),
    "digest-twice": play(BOTH, ABSOLUTE, HEAR, digest(more=b", NC=00000001")),
    "digest-forgotten": play(BOTH, ABSOLUTE, HEAR, digest().replace(
        b'nonce="*"', b'nonce="0123456789abcdef0123456789abcdef"')),
    "digest-wrong": play(BOTH, ABSOLUTE, HEAR, digest().replace(
        b'response="*"', b'response="0123456789abcdef0123456789ABCDEF"')),
}

CORPUS.mkdir(parents=True, exist_ok=True)
for name, octets in SEEDS.items():
    (CORPUS / f"seed-{name}").write_bytes(octets)
