#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the corpus of fz_claims: each kind of expectation, with a story that it speaks of.

Names tell what a seed is for. Run it after adding one; files of other names stay.
"""
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus" / "fz_claims"

# As fz_claims.c reads them: rules by number, statuses by their place in its table.
RULES = {"none": 0, "down": 1, "up": 2, "login": 3, "call": 4, "gone": 5, "page": 6,
         "unmatched": 0x85}
STATUSES = [0, 103, 200, 302, 401, 407, 440, 503]


def request(rule, status, step=10, shift=10, method=0, target=0, head=0, answer=0, body=3,
            relayed=3, flags=0, connection=1, exchange=1, last=0x10):
    """One record: `step << shift` microseconds after the one before, and so on."""
    return bytes([RULES[rule], STATUSES.index(status), step, shift,
                  method | target << 2 | head << 4 | answer << 6,
                  body | relayed << 2 | flags, connection | exchange << 3, last])


def down(**more):
    return request("down", 503, **more)


def up(**more):
    return request("up", 200, **more)


def waits(*steps, **more):
    return b"".join(down(step=step, shift=12, **more) for step in steps)


END = request("none", 0, step=1, method=3, head=3, answer=3, exchange=0, last=4)

SEEDS = {
    "backoff": ("""\
- order: down x2, up
- gap: down.1 -> down.2
  is: 0.5s..5s
- gap: down.2 -> up
  is: at least 1.5 x previous
""", down() + down(step=200, shift=13) + up(step=250, shift=13)),
    "digest": ("""\
- order: 407, page x1..
- 407: {lacks: proxy-authorization}
- page: {has: {proxy-authorization: "/^Digest /"}}
- same: [method, target, body]
  in: [407, page]
- origin-never-sees: proxy-authorization
""", request("none", 407) + request("page", 200, head=2) * 2),
    "session": ("""\
- order: login, call x3, gone, login, call x1..
- within: 5s
  from: gone
  to: login
- repeat: gone
  as: call.4
- never: down
""", request("login", 200, method=1) + request("call", 200) * 3 + request("gone", 440) +
                request("login", 200, method=1) + request("call", 200)),
    "count": ("- count: {down: 2, up: 1.., any: <= 9}\n- connections: 1\n",
              down() * 2 + up(connection=2)),
    "count-all": ("- count: at least 3\n", down() * 3),
    "never": ("- never: [up, 5xx, page.2]\n", down() + up()),
    "order-any": ("- order: down|up x3.., ..., any of (page|call) x0..1\n", (down() + up()) * 3),
    "order-list": ("- order: [down x..3, ..., up]\n", down() * 2 + up()),
    "order-nth": ("- order: down.1, up, down.2\n", down() + up() + down()),
    "status": ("- order: 503, 4xx x2, iis/440\n", down() + request("none", 401) +
               request("none", 407) + request("gone", 440)),
    "traits": ("""\
- any: {has: [host, cookie], lacks: x-id, of: first}
- page.1: {query: {x: 1}, cookie: {a: b}, json: {a.b.1: 2.5}, body: present, method: GET}
- page.1: {path: /p, target: "*"}
""", request("page", 200, target=1, body=0)),
    "form": ("- call: {form: {a: b, c: present}, of: last}\n",
             request("call", 200, method=1, body=1)),
    "redacted": ("""\
- up: {has: {authorization: "/x/"}}
- same: header authorization
- credentials-stay: true
""", up(head=1, flags=128) * 2),
    "truncated": ("- up: {json: {a: 1}}\n- up: {body: \"*end\"}\n", up(body=0, last=0x11)),
    "same-all": ("- same: [connection, header x-id]\n", up(head=2) + up(head=2, connection=2)),
    "retry-after": ("- gap: 503 -> up\n  is: [at least retry-after, at most 2 x retry-after]\n",
                    down(answer=0) + up(step=200, shift=13)),
    "retry-date": ("- gap: each down\n  is: about retry-after\n", down(answer=1) * 3),
    "grows": ("- gap: each down\n  grows: 1.5\n  jitter: tolerated\n", waits(1, 2, 4, 8, 16)),
    "jitter": ("- gap: each down\n  jitter: present\n  grows: true\n", waits(10, 21, 39, 90)),
    "each-previous": ("- gap: each 5xx\n  is: at least 2 x previous\n", waits(1, 2, 4, 9)),
    "sends": ("- after: down\n  client: sends up\n  within: 1s\n", down() + up()),
    "sends-not": ("- after: 503\n  client: does not send up\n", down() + up()),
    "nothing": ("- after: gone\n  client: sends-nothing\n  within: 90ms\n",
                request("gone", 440) + up()),
    "closes": ("- after: down\n  client: closes\n", down() + END),
    "reuses": ("- after: fault drip\n  client: reuses-connection\n",
               down(flags=32) + up(connection=2)),
    "renews": ("- after: 4xx\n  client: new-connection\n",
               request("none", 401) + up(connection=2, exchange=2)),
    "storm": ("- storm: {requests: 3, in: 1s}\n", down(step=1, shift=0) * 8),
    "storm-off": ("- storm: off\n- never: up\n", down(step=1, shift=0) * 60),
    "storm-default": ("- {never: up, level: may}\n", down(step=1, shift=0) * 60),
    "safe": ("- safe: [no-unsafe-repeat, credentials, refused-connect, unasked]\n",
             down(method=1, body=1) * 2 + down(method=2, target=2) +
             request("none", 0, method=3, exchange=4)),
    "guards": ("""\
- no-unsafe-repeat: true
  credentials-stay: true
- refused-connect-is-final: true
- nothing-unasked: true
""", up(head=0) + up(head=1) + up(flags=64) + up(exchange=5)),
    "inert": ("- never-acts-on: [tok-1, 'x=1']\n", up(target=1)),
    "command": ("- exit: [0, 2..3]\n- output: \"/done/\"\n- ends-within: 10s\n", up()),
    "command-not": ("""\
- exit: not 0
  spec: RFC 9110 §1
  because: so
  level: should
""", up() + down()),
    "nothing-comes": ("- count: 0\n", b""),
    "unmatched": ("- order: up, unmatched\n", up() + request("unmatched", 200)),
    "blocked": ("""\
- order: up x1..
- gap: up.1 -> up.9
  is: 1s..2s
- repeat: gone
  as: call
- within: 1s
  from: page
  to: up
""", up()),
    "dropped": ("- order: down, up\n- never: gone\n- up: {has: host}\n",
                down() + up() + b"1234567"),
    "times": ("- gap: down -> up\n  is: 0s..1d\n",
              down(step=255, shift=63) + up(step=255, shift=62)),
    "wrong-keys": ("- ordr: down\n- {order: up, count: 3}\n- {is: 5s}\n- page: {}\n", b""),
    "wrong-values": ("- order: down x0, 42, nginx/499, down.0\n- count: 3..1\n- gap: down\n",
                     b""),
    "contradiction": ("- order: down x2, up\n- never: down\n- count: {down: 3}\n", b""),
}

CORPUS.mkdir(parents=True, exist_ok=True)
for name, (claims, records) in SEEDS.items():
    (CORPUS / f"seed-{name}").write_bytes(claims.encode() + b"===\n" + records)
