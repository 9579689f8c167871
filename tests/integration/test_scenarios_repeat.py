# SPDX-License-Identifier: MIT
"""Same scenario, same seed, same client: the same bytes, whatever the interleaving."""
import re
import threading

from lib.raw import Raw

CLIENTS, REQUESTS = 50, 12

TEXT = """
    scenario: everything that chance decides
    key: header x-key
    session: {cookie: sid, lasts: 3 requests}
    rules:
      - name: login
        match: POST /login
        do: {status: 204, session: open, count: logins, headers: {x-n: "{{var.logins}}"}}
      - name: coin
        match: GET /coin
        when: {chance: 0.4}
        do: {status: 503, headers: {x-id: "{{uuid}}", retry-after: "{{random 1 9}}"}}
      - {name: third, match: GET /coin, when: {nth: 3}, do: {status: 429, wait: {normal: [2ms, 1ms]}}}
      - name: dice
        match: GET /coin
        choose:
          - {body: "six {{random 1 6}} {{random 1 6}} {{pick a b c d}} {{attempt}}", weight: 3, wait: 0ms..3ms}
          - {status: 502, weight: 2, faults: [{cut: {after: 50%}, chance: 0.5}]}
          - {json: {id: "{{uuid}}", key: "{{request.header.x-key}}"}, coding: gzip}
      - {name: in, match: GET /in, when: {session: open}, do: {json: {n: "{{session.requests}}", id: "{{session.id}}"}}}
      - {name: away, match: GET /away, do: {pass: "ORIGIN", response: {headers: {x-id: "{{uuid}}"}}, faults: [{cut: {after: 2B}, chance: 0.3}]}}
      - {name: walk, match: GET /walk, do: [{body: one, goto: b}, {body: two}, {steps: [{head: 200}, {body: "{{uuid}}"}]}], then: cycle}
    otherwise: {status: 404, body: "{{random 1 1000000}} {{attempt}}"}
    expect:
      - storm: off
"""
PATHS = ["/coin", "/in", "/coin", "/walk", "/coin", "/nowhere", "/in", "/away", "/coin", "/in", "/walk", "/in"]


class Client(threading.Thread):
    """The same requests each time, on new connections where the last one went."""

    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.key, self.heard, self.cookie, self.raw = port, f"k{number}", [], None, None
        self.failed = None

    def ask(self, method, path):
        if self.raw is None or self.raw.ended:
            self.raw = Raw(self.port)
        fields = [f"X-Key: {self.key}", *([f"Cookie: {self.cookie}"] if self.cookie else []),
                  *(["Content-Length: 0"] if method == "POST" else [])]
        before = len(self.raw.received)
        answer = self.raw.request(f"{method} {path}", *fields).answer(method, strict=False)
        if not answer.complete or answer.lists("connection", "close"):
            self.raw.rest()
        self.heard.append(self.raw.received[before:])
        if answer.get("set-cookie"):
            self.cookie = answer.get("set-cookie").split(";")[0]

    def run(self):
        try:
            self.ask("POST", "/login")
            for path in PATHS:
                self.ask("GET", path)
            self.raw.close()
        except Exception as why:
            self.failed = why


def neutral(octets):
    return re.sub(rb"Date: [^\r]*", b"Date: -", octets)


def plain(entry):
    """An exchange without what another play may well have otherwise: times, ports, places in the run."""
    fields = [[n, v] for n, v in entry["response"].get("fields", []) if n != "Date"]
    start = entry["sent"][0]
    return {
        "request": {**entry["request"], "fields": [f for f in entry["request"]["fields"] if f[0] != "X-Forwarded-For"]},
        "rule": entry["rule"], "plan": entry["plan"], "ending": entry["ending"],
        "response": {**entry["response"], "fields": fields},
        "sent": entry["sent"][1] - start,
        "intents": [{**i, "range": [n - start for n in i["range"]]} for i in entry["intents"]],
    }


def play(naysay, origin, seed):
    run = naysay.play(TEXT.replace("ORIGIN", origin.url), "--seed", seed, "--journal-secrets", expect_exit=None)
    clients = [Client(run.port, n) for n in range(CLIENTS)]
    for c in clients:
        c.start()
    for c in clients:
        c.join(60)
        assert c.failed is None and not c.is_alive(), c.failed
    entries = run.wait_entries(CLIENTS * (len(PATHS) + 1))
    told = {}
    for e in entries:
        key = dict(map(tuple, e["request"]["fields"]))["X-Key"]
        told.setdefault(key, []).append(plain(e))
    order = [e["connection"] for e in entries]
    return {c.key: [neutral(o) for o in c.heard] for c in clients}, told, order


def test_fifty_clients_at_once_hear_the_same_twice(naysay, origin):
    heard, told, order = play(naysay, origin, 77)
    again_heard, again_told, again_order = play(naysay, origin, 77)
    assert order != again_order or order != sorted(order)   # they did come in between
    for key, said in heard.items():
        assert said == again_heard[key], key
        assert told[key] == again_told[key], key
    assert len({tuple(h) for h in heard.values()}) == CLIENTS   # and each hears its own story


def test_one_client_hears_the_same_alone_and_in_a_crowd(naysay, origin):
    heard, _, _ = play(naysay, origin, 78)
    run = naysay.play(TEXT.replace("ORIGIN", origin.url), "--seed", 78, expect_exit=None)
    alone = Client(run.port, 31)
    alone.start()
    alone.join(60)
    assert alone.failed is None
    assert [neutral(o) for o in alone.heard] == heard["k31"]


def test_another_seed_tells_another_story(naysay, origin):
    assert play(naysay, origin, 1)[0] != play(naysay, origin, 2)[0]


def test_a_play_repeats_a_hundred_times(naysay):
    """SCN-08, by `explain`: no clock, no port, no memory has a say but the date's."""
    path = naysay.scenario(TEXT.replace("ORIGIN", "http://127.0.0.1:9").replace("scenario:", "seed: 5\n    scenario:"))
    said = {re.sub(r"Date: .*", "", naysay.command("explain", path, "GET", "/coin", "-H", f"X-Key: {n % 4}").stdout)
            for n in range(100)}
    assert len(said) == 4
