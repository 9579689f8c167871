#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the corpus of fz_scenario, and from the tables of keys its dictionary.

    fuzz/seeds_scenario.py [build/asan/naysay]

With a program, the dictionary is what its schema holds. Names tell what a seed is for; files
of other names stay.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / "corpus" / "fz_scenario"
DICT = HERE / "dict" / "fz_scenario.dict"
PART = b"\xfe"  # between files; the second is called a, and so on

FAULTS = [
    "cut", "{cut: {after: 3, then: reset}}", "{cut: {after: 50%, then: silence}}", "content-length",
    "{content-length: {form: long, by: 3}}", "{content-length: duplicate}", "{content-length: absent}",
    "{content-length: negative}", "{content-length: word}", "no-last-chunk", "bad-chunk-size",
    "chunk-extension-flood", "garbage", "{garbage: after}", "{garbage: {where: instead, text: x}}",
    "status-line", "{status-line: code-99}", "{status-line: {text: ICY 200 OK}}", "bare-lf", "nul-in-field",
    "eight-bit-in-field", "obs-fold", "space-before-colon", "{header-flood: 9}", "{giant-header: 1KiB}",
    "wrong-coding", "truncated-gzip", "drip", "{stall: {after: 2, for: 1s}}", "{throttle: 1KiB/s}",
    "{throttle: {rate: 9/s, direction: both}}", "{delay: 1s}", "hold", "close", "reset", "half-close", "race",
    "two-answers", "answer-early", "{answer-early: keep}",
]


def rules(*lines, before=""):
    return f"scenario: s\n{before}rules:\n" + "".join(f"- {line}\n" for line in lines)


def says(what, match="any **"):
    return rules(f"{{match: {match}, do: {what}}}")


def when(what):
    return rules(f"{{when: {what}, do: 503}}", "{match: any **, do: 200}")


SEEDS = {
    "empty": "", "word": "x", "no-rules": "scenario: s\n", "json": '{"scenario": "s", "rules": [{"match": "any **", "do": 503}]}',
    "many": rules("{match: GET /, do: 503}") + "---\n" + rules("{match: any **, do: close}"),
    "status": says("[503, 999, iis/440, nginx/444, '103,200', 204, 304, 205, 426]"),
    "status-wrong": says("[42, nginx/499, 1000, '200,200', iis/441]"),
    "interim": says("{status: 200, interim: [103, {status: 102, headers: {link: a}}]}"),
    "fields": says("{headers: {x: [a, '{{uuid}}'], date: now}, add-headers: {x: b}, remove-headers: [etag, content-type]}"),
    "fields-wrong": says("{headers: {content-length: 5, transfer-encoding: chunked, 'a b': c, x: \"a\\r\\nb\"}}"),
    "body": says("{body: '{{request.body}}{{request.header.x}}', type: text/html, reason: No}"),
    "body-json": says("{json: {n: '{{request.json.a.0}}', l: [1, null, true], t: \"{{request.url}}\"}}"),
    "body-base64": says("{base64: AP8=, chunk: 1, trailers: {x: '{{random 1 6}}'}}"),
    "body-fill": says("{fill: 3MiB, rate: 64KiB/s, end: half}"),
    "body-coded": says("{body: aaaaaaaaaaaaaa, coding: gzip, chunk: 2}"),
    "waits": says("[{wait: 20ms}, {wait: 1ms..30ms}, {wait: {normal: [80ms, 20ms]}}, {wait: {log-normal: [1ms, 0.5]}}, "
                  "{wait: {pareto: [1ms, 1.5], most: 1s}}, {wait: {uniform: [0s, 1d]}}]"),
    "steps": says("{steps: [{interim: 103}, {head: {status: 200, headers: {content-length: 9}}}, {body: abc}, {wait: 5ms}, "
                  "read, {end: reset}]}"),
    "steps-chunked": says("{steps: [{head: {status: 200, headers: {transfer-encoding: chunked}}}, {body: {text: ab, chunk: 1}}, "
                          "{end: keep}]}"),
    "steps-raw": says("{steps: [{raw: \"HTTP/1.1 200 OK\\r\\n\\r\\nx\"}, {raw: {hex: 0d0a}}, {hold: 1s}]}"),
    "steps-excess": says("{steps: [{head: {status: 200, headers: {content-length: 2}}}, {body: abcdef}, {body: {fill: 70KiB}}]}"),
    "steps-bodyless": says("{steps: [{head: 304}, {body: a}, {end: race}]}"),
    "steps-wrong": says("{steps: [{body: a}, {end: keep}, {head: 200}, {head: 200}, {interim: 103}]}"),
    "tunnel": says("[{steps: [{wait: 1ms}, {tunnel: true}]}, {steps: [{head: 200}, {tunnel: '127.0.0.1:1'}]}]", "'CONNECT *:443'"),
    "pass": says("{pass: true, request: {headers: {x: y}, remove-headers: cookie}, response: {status: 418, headers: {x: z}, "
                 "body: '{{nth}}'}}"),
    "pass-to": says("{pass: 'http://127.0.0.1:8080/api', faults: [{cut: {after: 3}}, {throttle: 9/s}]}"),
    "pass-bodyless": says("[{pass: true, response: {status: 204}}, {pass: true, response: {status: 304, body: a}}]"),
    "choose": rules("{match: any **, choose: [503, {status: 200, weight: 3}, reset, hold, close]}"),
    "times": rules("{match: any **, do: [503, 200], then: cycle, times: 3}", "{match: any **, do: [429, 200], then: fall-through}",
                   "{match: any **, do: 404}"),
    "states": rules("{match: GET /a, when: {state: start}, do: {goto: inside, set: {v: '{{request.header.x}}'}}}",
                    "{match: any **, when: {state: inside}, do: {headers: {v: '{{var.v}}{{state}}'}, count: [n, m], goto: start}}",
                    "{match: any **, do: 404}", before="key: header x-key\nseed: 1\n"),
    "sessions": rules("{match: GET /a, do: {status: 204, session: open}}", "{when: {session: open}, do: {body: '{{session.requests}}'}}",
                      "{when: {session: expired}, do: {session: close}}", "{match: any **, do: 401}",
                      before="session: {cookie: sid, lasts: [2 requests, 1s], idle: 500ms}\n"),
    "auth": rules("{match: any **, do: pass}", before="auth: {proxy: {schemes: [basic, digest], realm: lab, users: {a: b}}, "
                  "origin: {schemes: [digest], users: {c: {password: d}}, digest: {qop: [auth, auth-int], algorithms: [SHA-256, MD5-sess], "
                  "stale-after: 2}}}\n"),
    "persona": rules("{match: any **, do: [503, 404]}", before="as: nginx\n"),
    "greetings": rules("{match: any **, do: 200}", before="connections: [{nth: 1, do: accept-reset}, {nth: 2, do: {slow-accept: 5ms}}, "
                       "{nth: '3..', do: accept-silence}]\n"),
    "otherwise": rules("{match: GET /nowhere, do: 503}", before="otherwise: {status: 404, body: '{{request.url}}', faults: [reset]}\n"),
    "upstream": rules("{match: any **, do: pass}", before="upstream: 'http://a.test:81/x/'\ntime-limit: 5s\nallow-no-requests: true\n"),
    "inserts": says("{body: '{{request.path.id}} {{request.query.x}} {{request.form.a}} {{request.cookie.sid}} {{request.host}} {{attempt}} "
                    "{{nth}} {{rule}} {{scenario}} {{seed}} {{now}} {{now iso}} {{pick a b c}} {{client}} {{connection}} {{{{'}",
                    "'any /x/{id}'"),
    "when-parts": when("{header: {x: '/^y/', accept: absent}, query: {x: '>= 1'}, cookie: {sid: present}, host: '*.test'}"),
    "when-body": when("{any: [{form: {a: b}}, {json: {a.0: 1, b: {not: 3}}}, {body: {contains: x}}, {body: '/(a+)+$/'}]}"),
    "when-not": when("{not: {any: [{all: [{path: /a}, {method: GET|POST}]}, {not: {version: '1.0'}}]}}"),
    "when-time": when("{since: 1s.., request: 2.., on-connection: 1..3, connection: reused, nth: 2, chance: 0.5, client: 192.0.2.*, user: a}"),
    "when-url": when("{url: 'http://*.test:80/**'}"),
    "paths": rules(*[f"{{match: 'GET {path}', do: 503}}" for path in
                     ("/", "/a", "/a/*", "/a/**", "/x/{id}", "/v{a}.{b}/c", "*:443", "*.js", "/\\*")]),
    "hidden": rules("{match: any **, do: 200}", "{match: GET /a, do: 503}", "{name: a, match: GET /a, do: 501}", "{name: a, match: GET /b, do: 503}"),
    "unreached": rules("{when: {state: nowhere, session: open}, do: 503}"),
    "expect": rules("{name: down, match: any **, do: 503, times: 2}", "{name: up, match: any **, do: 200}",
                    before="expect: [{order: 'down x2, up'}, {gap: down.1 -> down.2, is: 0.5s..5s}, {never: 5xx}, {count: {down: 2}}]\n"),
    "expect-wrong": rules("{name: down, match: any **, do: 503}", before="expect: [{order: 'donw x2'}, {never: down.0}, {gap: a}]\n"),
    "typos": "scenaro: s\nrules:\n  - {macth: GET /, doo: 503}\n  - match: any **\n    do: {statsu: 503, stpes: []}\n",
    "kinds": "scenario: [a]\nrules: {match: x}\nexpect: 5\nauth: basic\nsession: sid\nkey: header\nseed: -1\nfaults: [[a]]\n",
    "bomb": "a: &a [x, x]\nb: &b [*a, *a]\nscenario: *b\n",
    "deep": "scenario: s\nrules: [{when: " + "{not: " * 58 + "{path: /a}" + "}" * 58 + ", do: 200}]\n",
    "deep-any": "scenario: s\nrules: [{when: " + "{any: [" * 20 + "{path: /a}" + "]}" * 20 + ", do: 200}]\n",
    "deep-json": "scenario: s\nrules: [{match: any **, do: {json: " + "[" * 58 + "]" * 58 + "}}]\n",
    "nul": "scenario: \"\\0\"\n",
    "octets": "scenario: o\nrules: [{match: any **, do: {body: \"\\x85\\u2028\\uD83D\\uDE00\\e[31m\"}}]\n",
    "many-rules": rules(*[f"{{match: GET /r{i}, do: 503}}" for i in range(60)]),
}
SEEDS |= {f"faults-{i}": rules(*[f"{{match: any /{k}, do: {{body: abcdef, faults: [{fault}]}}}}" for k, fault in enumerate(FAULTS[i::4])],
                               "{match: any **, do: {steps: [{head: 200}, {body: {text: abcdef, chunk: 2}}], faults: "
                               f"[{', '.join(FAULTS[i::13])}]}}}}") for i in range(4)}
FILES = {
    "include": ("scenario: s\ninclude: a\n", "rules: [{match: GET /a, do: 503}]\ninclude: b\n", "rules: [{match: any **, do: 200}]\n"),
    "include-circle": ("scenario: s\ninclude: [a, b]\n", "include: b\n", "include: a\n"),
    "include-self": ("scenario: s\ninclude: z\n", "include: a\n"),
    "include-often": ("scenario: s\ninclude: [a, a, a]\n", "include: [b, b, b]\n", "include: [c, c, c]\n", "include: [d, d, d]\n",
                      "rules: [{match: GET /a, do: 503}]\n"),
    "include-wrong": ("scenario: s\ninclude: [a, b, '', [c]]\n", "scenario: x\nrules: [{do: 1}]\n", "---\n---\n", "[]"),
    "file": ("scenario: s\nrules: [{match: any **, do: {file: a, coding: deflate}}, {match: /, do: {steps: [{raw: {file: b}}]}}]\n",
             "some octets", "\0\1"),
    "shared": ("rules: [{match: any **, do: 200}]\n",) + ("x",) * 9,
}

DICT_WORDS = ["{{request.path.id}}", "{{uuid}}", "{{random 1 6}}", "{{var.v}}", "any **", "GET /a", "\xfe", "---\n", "\n- ", ": ", ", {",
              "nginx/444", "103,200", "64KiB/s", "1ms..30ms", "/^x/i", "present", "absent", "\\r\\n"]


def write_dictionary(program):
    """Every key of the schema, and every word that is one of several."""
    schema = json.loads(subprocess.run([program, "check", "--schema"], check=True, capture_output=True).stdout)
    words = {}

    def walk(at):
        if isinstance(at, dict):
            words.update(dict.fromkeys(f"{key}: " for key in at.get("properties", {})))
            words.update(dict.fromkeys(str(word) for word in at.get("enum", [])))
            at = list(at.values())
        for member in at if isinstance(at, list) else []:
            walk(member)

    walk(schema["$defs"])
    lines = ["# Keys and words of scenarios, by seeds_scenario.py from the schema, and some of their values."]
    for word in [*words, *DICT_WORDS]:
        octets = word.encode("latin-1" if word == "\xfe" else "utf-8")
        lines.append('"' + "".join(chr(o) if 0x20 <= o < 0x7f and o not in b'"\\' else f"\\x{o:02x}" for o in octets) + '"')
    DICT.write_text("\n".join(lines) + "\n")


CORPUS.mkdir(parents=True, exist_ok=True)
for name, text in SEEDS.items():
    (CORPUS / f"seed-{name}").write_bytes(text.encode())
for name, parts in FILES.items():
    (CORPUS / f"seed-{name}").write_bytes(PART.join(part.encode() for part in parts))
for path in sorted((HERE.parent / "conf").glob("*.yaml")):
    (CORPUS / f"conf-{path.stem}").write_bytes(path.read_bytes())
if len(sys.argv) > 1:
    write_dictionary(sys.argv[1])
