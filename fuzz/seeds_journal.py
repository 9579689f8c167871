#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made part of the corpus of fz_journal.

fz_journal.c says what an input is. Run this after adding one; files of other names stay.
"""
import json
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus" / "fz_journal"
REQUEST, RESPONSE, RELAYED, END, SECRETS = 1, 2, 4, 8, 16
TIME = "2026-11-21T08:00:00.123456Z"

EXCHANGE = {
    "seq": 1, "time": TIME, "connection": 1, "client": "127.0.0.1:1", "run_us": 12, "exchange": 1,
    "request": {"method": "GET", "target": "/", "version": "1.1", "fields": [["Host", "a"]],
                "body": 3, "digest": "00000000000012ab", "sample": "abc"},
    "rule": "down", "rule_index": 1, "match": 2, "plan": ["head 503", "raw 2", "end keep"],
    "faults": ["cut"],
    "response": {"status": 503, "interim": [103], "line": "HTTP/1.1 503 No",
                 "fields": [["A", "b"]], "body": 2, "sample": "ok"},
    "sent": [0, 20], "intents": [{"step": 1, "kind": "raw", "why": "x", "range": [1, 2]}],
    "upstream": {"address": "[::1]:80", "reused": True, "attempts": 1},
    "relayed": [["Via", "1.1 a"]], "times": {"first_us": 1, "end_us": 2}, "ending": "by-plan",
}
CONNECTION = {"time": TIME, "connection": 1, "client": "a", "run_us": 5, "exchanges": 1,
              "sent": 20, "received": 10, "ending": "client-closed"}


def changed(entry, changes):
    """A member that becomes ... goes."""
    return {key: value for key, value in {**entry, **changes}.items() if value is not ...}


def line(entry, **changes):
    return json.dumps(changed(entry, changes), separators=(",", ":")).encode() + b"\n"


def request(**changes):
    return line(EXCHANGE, request=changed(EXCHANGE["request"], changes))


def response(**changes):
    return line(EXCHANGE, response=changed(EXCHANGE["response"], changes))


FILES = {
    "exchange": line(EXCHANGE),
    "connection": line(CONNECTION),
    "both": line(EXCHANGE) + line(CONNECTION),
    "no-lf": line(EXCHANGE)[:-1],
    "torn": line(EXCHANGE)[:100],
    "torn-amid": line(CONNECTION)[:50] + b"\n" + line(CONNECTION),
    "empty": b"",
    "blank": b"\n\n" + line(CONNECTION),
    "no-json": b"hello\n",
    "list": b"[1]\n",
    "other": b"{}\n",
    "unknown": line(CONNECTION, mood={"a": [None, 1.5]}),
    "no-ending": line(CONNECTION, ending=...),
    "strange-ending": line(CONNECTION, ending="bored"),
    "no-run": line(EXCHANGE, run_us=...),
    "time": line(CONNECTION, time="2026-13-21T08:00:00.123456Z"),
    "minus": line(CONNECTION, received=-1),
    "large": line(CONNECTION, received=1 << 62),
    "wide": line(CONNECTION, client="\u0100"),
    "latin": line(CONNECTION, client="".join(map(chr, range(256)))),
    "raw-utf8": line(CONNECTION, client="x").replace(b'"x"', "\"\u00ff\u0080\"".encode()),
    "no-request": line(EXCHANGE, request=...),
    "came": line(EXCHANGE, request=..., came="\x16\x03\x01"),
    "version": request(version="1.x"),
    "old": request(version="1.0"),
    "broken": request(version="0.1", fields=[]),
    "redacted": request(fields=[["Authorization", "Basic (redacted)"], ["Cookie", "(redacted)"]]),
    "head": request(head="GET / HTTP/1.1\nHost:a\n\n"),
    "fields": request(fields=[["a"]]),
    "no-answer": response(status=None, line=..., fields=...),
    "interims": response(interim=list(range(100, 117))),
    "odd-head": response(head="HTTP/1.1 503\nA : b\n c\r\nSet-Cookie:(redacted)\r\n\r\n"),
    "no-status": response(status=1000),
    "plan": line(EXCHANGE, plan=[1]),
    "intents": line(EXCHANGE, intents=[{}]),
    "sent": line(EXCHANGE, sent=[2, 1]),
    "deep": b"[" * 3000,
    "twice": b'{"connection":1,"connection":2}\n',
}


def text(octets):
    return bytes([len(octets)]) + octets


def entry(bits, *parts):
    """Numbers that every entry begins with: connection, run, wall, first, end, sent, ending."""
    begin = bytes([1]) + (1000).to_bytes(4, "big") + (1795248 * 10**9).to_bytes(7, "big") + \
        bytes([12, 0, 34, 0, 100, 20, 0])
    return bytes([bits]) + begin + text(b"127.0.0.1:1") + b"".join(parts)


def exchange(bits, head=b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
             answer=b"HTTP/1.1 503 No\r\nA: b\r\n\r\n", intents=()):
    plan = text(b"down") + bytes([1, 0, 2, len(intents)]) + \
        b"".join(bytes([0, 10, 5]) + text(why) for why in intents) + bytes(5)
    parts = [plan, text(b"[::1]:80"), text(b"b:443"), text(b"1.1 a")]
    if bits & RESPONSE:
        parts += [(503).to_bytes(2, "big"), text(answer), bytes([2, 0, 103, 0, 100])]
    parts.append(text(b"ok"))
    if bits & REQUEST:
        parts += [text(head), bytes([0, 0, 0, 3]), (0x12ab).to_bytes(8, "big"), text(b"abc")]
    return entry(bits, *parts)


ENTRIES = {
    "plain": exchange(REQUEST | RESPONSE),
    "relayed": exchange(REQUEST | RESPONSE | RELAYED),
    "none": exchange(0),
    "no-answer": exchange(REQUEST),
    "no-request": exchange(RESPONSE),
    "end": entry(END, bytes([0, 0, 0, 0, 0, 1, 0])),
    "intents": exchange(REQUEST | RESPONSE, intents=[b"one\nline", b"\xff"]),
    "odd-request": exchange(REQUEST, b"\r\nGET /a HTTP/1.1\r\nHost:a\r\nX:  \x80 \r\n\r\n"),
    "bad-request": exchange(REQUEST, b"GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    "no-head": exchange(REQUEST, b"\x16\x03\x01"),
    "bare-lf": exchange(RESPONSE, answer=b"HTTP/1.1 503\nA: b\n\n"),
    "fold": exchange(RESPONSE, answer=b"HTTP/1.1 503 No\r\nA: b\r\n c\r\n\r\n"),
    "junk": exchange(RESPONSE, answer=b"junk\r\nx\nB: c\r\n\r\n"),
    "no-line": exchange(RESPONSE, answer=b"\r\n\r\n"),
    "secrets": exchange(REQUEST | RESPONSE | SECRETS,
                        b"GET / HTTP/1.1\r\nHost: a\r\nCookie: a.\r\n\r\n",
                        b"HTTP/1.1 503\nSet-Cookie :a.\nSet-Cookie:a\r\n b.\r\n\r\n"),
}

CORPUS.mkdir(parents=True, exist_ok=True)
for name, octets in FILES.items():
    (CORPUS / f"seed-file-{name}").write_bytes(b"R" + octets)
for name, octets in ENTRIES.items():
    (CORPUS / f"seed-entry-{name}").write_bytes(octets)
