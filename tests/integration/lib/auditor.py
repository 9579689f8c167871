# SPDX-License-Identifier: MIT
"""The auditor: what a client received, beside what the journal says was sent.

Every deviation lies inside an intent's octets, and every intent shows its deviation.
Anything else is a bug of naysay's, in what it sent or in what it says it sent. What a
fault broke may show anywhere behind it, and some of what faults do is no deviation: a
long head, a field of eight-bit octets, a coding that is not so, silence.

    assert audit(octets, run.of_connection(1)) == []
"""
from .reader import Deviation, read_answer

# A relayed answer may end early through no fault of naysay's: then the ending says so.
CUTS = {"upstream-truncated", "upstream-reset", "upstream-stalled", "upstream-bad-chunk",
        "client-gone", "client-reset", "write-timeout", "out-of-memory", "shutting-down",
        "reset-by-plan"}
TRUNCATED = "the message ends before its framing says so"
# Intents that no reader of RFC 9112 could overlook.
SHOWN = {"raw", "garbage", "status-line", "bare-lf", "nul-in-field", "obs-fold",
         "space-before-colon", "bad-chunk-size", "no-last-chunk", "two-answers"}


def _reach(intent, end):
    """The octets that an intent answers for."""
    first, last = intent["range"]
    return (first, last) if intent.get("kind", "raw") == "raw" else (first, max(last, end) + 1)


def _is_inside(offset, ranges):
    return any(a <= offset < b for a, b in ranges)


def _judge_head(entry, answer):
    """The journal's words about the head are the wire's."""
    said = entry.get("response") or {}
    if said.get("status") != answer.status:
        yield f"sent status {answer.status}, journal says {said.get('status')}"
    interim = [i.status for i in answer.interim]
    if list(said.get("interim") or []) != interim:
        yield f"sent interim {interim}, journal says {said.get('interim')}"
    if answer.complete and said.get("body", 0) != len(answer.body):
        yield f"sent {len(answer.body)} octets of body, journal says {said.get('body')}"


def _is_switch(method, answer):
    return answer.status == 101 or (method == "CONNECT" and 200 <= answer.status < 300)


def _audit_exchange(capture, entry):
    start, end = entry["sent"]
    method = (entry.get("request") or {}).get("method", "GET")
    intents = entry.get("intents") or []
    ranges = [_reach(i, end) for i in intents]
    for first, last in (i["range"] for i in intents):
        if not start <= first <= last <= end:
            yield f"intent for octets {first}..{last}, but {start}..{end} were sent"
    if start == end:
        return
    answer = read_answer(capture[:end], start, method, closed=True)
    deviations = list(answer.deviations)
    if not ranges:
        yield from _judge_head(entry, answer)
    if answer.end < end and not _is_switch(method, answer):
        deviations.append(Deviation(answer.end, "octets after the end of the message"))
    for d in deviations:
        cut_short = d.what == TRUNCATED and entry["ending"] in CUTS
        # What is missing after raw octets is missing by the same intent.
        touches = d.offset == end and any(b == end for _, b in ranges)
        if not (cut_short or touches or _is_inside(d.offset, ranges)):
            yield f"octet {d.offset}: {d.what}; no intent answers for it"
    for intent, (a, b) in zip(intents, ranges):
        if intent.get("kind", "raw") in SHOWN and not any(a <= d.offset <= b for d in deviations):
            yield f"intent for octets {a}..{b} shows no deviation"


def _ends_http(capture, entry):
    """Is the connection a tunnel after this exchange?"""
    method = (entry.get("request") or {}).get("method", "GET")
    answer = read_answer(capture, entry["sent"][0], method, closed=True)
    return _is_switch(method, answer)


def audit(capture, entries):
    """Complaints about one connection: what its client received, its exchanges in order."""
    found, at = [], 0
    for entry in entries:
        start, end = entry["sent"]
        who = f"exchange {entry['exchange']}: "
        if start != at or end < start:
            found.append(f"{who}sent {start}..{end}, but {at} octets were sent before")
        if end > len(capture):
            found.append(f"{who}sent up to {end}, but {len(capture)} octets arrived")
        found += [who + what for what in _audit_exchange(capture, entry)]
        at = end
        if _ends_http(capture, entry):      # what follows belongs to the tunnel
            return found
    if at < len(capture):
        found.append(f"{len(capture) - at} octets from {at} on belong to no exchange")
    return found
