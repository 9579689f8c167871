# SPDX-License-Identifier: MIT
"""Conditions: for each, a request that fits and one that does not."""
import base64

import pytest

FORM = "Content-Type: application/x-www-form-urlencoded"
ADA = "Proxy-Authorization: Basic " + base64.b64encode(b"ada:x").decode()


class Ask:
    """A request as a row says it."""

    def __init__(self, line="GET /x", *fields, body=b"", host="test"):
        self.line, self.fields, self.body, self.host = line, fields, body, host

    def of(self, run):
        fields = list(self.fields)
        if self.body:
            fields.append(f"Content-Length: {len(self.body)}")
        return run.ask(self.line, *fields, body=self.body, host=self.host).status

    def __repr__(self):
        return self.line


def header(value):
    return Ask("GET /x", f"X-Kind: {value}")


def json(text):
    return Ask("POST /x", "Content-Type: application/json", body=text.encode())


def form(text):
    return Ask("POST /x", FORM, body=text.encode())


NONE = Ask()
ROWS = [
    # match, what fits, what does not
    ("GET /x", NONE, Ask("POST /x")),
    ("GET|PUT /x", Ask("PUT /x"), Ask("POST /x")),
    ("BREW /x", Ask("BREW /x"), NONE),
    ("/x", Ask("DELETE /x"), Ask("GET /xx")),
    ("GET", Ask("GET /any/where"), Ask("HEAD /x")),
    ("{method: [GET, PUT]}", Ask("PUT /y"), Ask("POST /x")),
    ("{method: GET|PUT}", Ask("PUT /y"), Ask("POST /x")),
    ("any **", Ask("OPTIONS *"), None),
    ("any /x", Ask("GET /x?a=b"), Ask("GET /x/")),
    ("any /a/*/c", Ask("GET /a/b/c"), Ask("GET /a/b/b/c")),
    ("any /a/*.png", Ask("GET /a/x.png"), Ask("GET /a/x.png.txt")),
    ("any /a/**", Ask("GET /a/b/c/d"), Ask("GET /b/a")),
    ("any /a/**/z", Ask("GET /a/b/c/z"), Ask("GET /a/b/c")),
    ("'any /u/{id}/pay'", Ask("GET /u/7/pay"), Ask("GET /u/7/8/pay")),
    ("{path: /x}", Ask("GET http://a.test/x"), Ask("GET http://a.test/y")),
    # where to
    ("GET http://a.test/v1/**", Ask("GET http://a.test/v1/x"), Ask("GET http://b.test/v1/x")),
    ("GET http://a.test/v1/**", Ask("GET http://a.test:80/v1/x"), Ask("GET http://a.test:81/v1/x")),
    ("GET http://a.test/v1/**", Ask("GET /v1/x", host="a.test"), Ask("GET /v1/x", host="b.test")),
    ("{url: 'http://a.test:81/**'}", Ask("GET http://a.test:81/"), Ask("GET http://a.test/")),
    ("{url: '*://a.test:*/x'}", Ask("GET http://a.test:99/x"), Ask("GET http://a.test:99/y")),
    ("{host: '*.test'}", Ask("GET /", host="a.test"), Ask("GET /", host="a.example")),
    ("{host: A.test}", Ask("GET /", host="a.TEST"), Ask("GET /", host="b.test")),
    ("{host: 'a.test:81'}", Ask("GET http://a.test:81/"), Ask("GET http://a.test:82/")),
    ("{host: '[::1]:81'}", Ask("GET http://[::1]:81/"), Ask("GET http://[::2]:81/")),
    ("CONNECT *:443", Ask("CONNECT a.test:443"), Ask("CONNECT a.test:80")),
    ("CONNECT a.test:*", Ask("CONNECT a.test:1"), Ask("CONNECT b.test:1")),
    # values, every way to compare them
    ("{header: {x-kind: a}}", header("a"), header("ab")),
    ("{header: {X-KIND: a}}", header("a"), header("A")),
    ("{header: {x-kind: a*}}", header("abc"), header("ba")),
    ("{header: {x-kind: '/^a.c$/i'}}", header("ABC"), header("abcd")),
    ("{header: {x-kind: present}}", header("a"), NONE),
    ("{header: {x-kind: absent}}", NONE, header("a")),
    ("{header: {x-kind: '> 5'}}", header("5.5"), header("5")),
    ("{header: {x-kind: '<= 5'}}", header("5"), header("five")),
    ("{header: {x-kind: 5..10}}", header("10"), header("11")),
    ("{header: {x-kind: [a, b]}}", header("b"), header("c")),
    ("{header: {x-kind: {equals: 'a*'}}}", header("a*"), header("ab")),
    ("{header: {x-kind: {contains: bc}}}", header("abcd"), header("abd")),
    ("{header: {x-kind: {contains: BC, case: ignore}}}", header("abcd"), header("abd")),
    ("{header: {x-kind: {glob: 'a?c'}}}", header("abc"), header("ac")),
    ("{header: {x-kind: {matches: '^[0-9]+$'}}}", header("42"), header("4x")),
    ("{header: {x-kind: {more-than: 4, less-than: 6}}}", header("5"), header("6")),
    ("{header: {x-kind: {at-least: 4, at-most: 6}}}", header("6"), header("6.1")),
    ("{header: {x-kind: {not: a}}}", NONE, header("a")),
    ("{header: {x-kind: {any: [a, b]}}}", header("a"), header("c")),
    ("{header: {x-kind: {all: [a*, '*c']}}}", header("abc"), header("abd")),
    ("{header: {x-kind: b}}", Ask("GET /x", "X-Kind: a", "X-Kind: b"), header("a, b")),
    ("{header: {x-kind: a, x-more: b}}", Ask("GET /x", "X-Kind: a", "X-More: b"), header("a")),
    ("{query: {q: a b}}", Ask("GET /x?q=a%20b"), Ask("GET /x?q=ab")),
    ("{query: {q: a b}}", Ask("GET /x?p=1&q=a+b"), NONE),
    ("{query: {q: b}}", Ask("GET /x?q=a&q=b"), Ask("GET /x?q=a")),
    ("{query: {'a b': 1}}", Ask("GET /x?a%20b=1"), Ask("GET /x?ab=1")),
    ("{query: {q: ''}}", Ask("GET /x?q"), NONE),
    ("{query: {q: present}}", Ask("GET /x?q="), Ask("GET /x?qq=")),
    ("{query: {q: absent}}", NONE, Ask("GET /x?q")),
    ("{query: {page: 2..}}", Ask("GET /x?page=2"), Ask("GET /x?page=1")),
    ("{cookie: {sid: s7}}", Ask("GET /x", "Cookie: a=b; sid=s7"), Ask("GET /x", "Cookie: a=s7")),
    ("{cookie: {sid: '/^s[0-9]$/'}}", Ask("GET /x", 'Cookie: sid="s7"'), Ask("GET /x", "Cookie: sid=x")),
    ("{cookie: {sid: absent}}", NONE, Ask("GET /x", "Cookie: sid=")),
    ("{form: {name: Ada L}}", form("a=1&name=Ada+L"), form("name=Ada")),
    ("{form: {name: present}}", form("name="), json('{"name": ""}')),
    ("{json: {user.name: ada}}", json('{"user": {"name": "ada"}}'), json('{"user": "ada"}')),
    ("{json: {items.0.id: 7}}", json('{"items": [{"id": 7}]}'), json('{"items": [{"id": 8}]}')),
    ("{json: {n: '> 5'}}", json('{"n": 6}'), json('{"n": "x"}')),
    ("{json: {ok: true}}", json('{"ok": true}'), json('{"ok": false}')),
    ("{json: {gone: absent}}", json("{}"), json('{"gone": null}')),
    ("{json: {a: present}}", json('{"a": null}'), json("not json")),
    ("{body: {contains: needle}}", Ask("PUT /x", body=b"hay needle hay"), Ask("PUT /x", body=b"hay")),
    ("{body: '/^a+$/'}", Ask("PUT /x", body=b"aaa"), Ask("PUT /x", body=b"ab")),
    # the connection, the client
    ("{version: 1.0}", Ask("GET /x HTTP/1.0"), NONE),
    ("{version: 1.1}", NONE, Ask("GET /x HTTP/1.0")),
    ("{connection: new}", NONE, None),
    ("{client: 127.0.0.1}", NONE, None),
    ("{not: {client: '127.*'}}", None, NONE),
    ("{body: absent}", NONE, Ask("PUT /x", body=b"a")),
    ("{user: ada}", Ask("GET http://a.test/x", ADA), Ask("GET http://a.test/x")),
    ("{user: absent}", NONE, Ask("GET http://a.test/x", ADA)),
    ("{state: start}", NONE, None),
    ("{since: ..1h}", NONE, None),
    ("{since: 1h..}", None, NONE),
    ("{chance: 1}", NONE, None),
    ("{chance: 0}", None, NONE),
    # together
    ("{not: {method: GET, path: /x}}", Ask("GET /y"), NONE),
    ("{not: {header: {x-kind: a}}}", NONE, header("a")),
    ("{any: [{path: /y}, {header: {x-kind: a}}]}", header("a"), NONE),
    ("{any: [GET /x, {all: [{path: /y}, {method: PUT}]}]}", Ask("PUT /y"), Ask("GET /y")),
    ("{all: [{method: GET}, {not: {path: /y}}]}", NONE, Ask("GET /y")),
    ("{method: GET, path: /x, header: {x-kind: a}}", header("a"), NONE),
]


@pytest.mark.parametrize("match, fits, misses", ROWS, ids=[str(r[0])[:48] for r in ROWS])
def test_condition_fits_and_misses(naysay, match, fits, misses):
    run = naysay.play(f"""
        scenario: one condition
        rules:
          - {{name: fits, match: {match}, do: 403}}
        otherwise: 404
    """, expect_exit=0 if fits else 1)      # a rule that never spoke fails the run
    asked = [row for row in ((fits, 403, "fits"), (misses, 404, "otherwise")) if row[0]]
    for n, (ask, status, rule) in enumerate(asked, 1):
        assert ask.of(run) == status
        assert run.entry(n).rule == rule


def test_when_is_beside_match(naysay):
    run = naysay.play("""
        scenario: both must hold
        rules:
          - {name: both, match: GET /x, when: {query: {a: 1}}, do: 403}
        otherwise: 404
    """)
    assert run.ask("GET /x?a=1").status == 403
    assert run.ask("GET /x").status == 404
    assert run.ask("PUT /x?a=1").status == 404


def test_new_and_reused_connections(naysay):
    run = naysay.play("""
        scenario: by connection
        rules:
          - {name: third,  match: any /x, when: {on-connection: 3..}, do: 403}
          - {name: reused, match: any /x, when: {connection: reused}, do: 402}
          - {name: new,    match: any /x, when: {connection: new}, do: 401}
    """)
    first, second = run.raw(), run.raw()
    said = [first.request("GET /x").answer().status for _ in range(4)]
    assert said == [401, 402, 403, 403]
    assert second.request("GET /x").answer().status == 401


def test_nth_counts_what_fits_else_and_request_counts_all(naysay):
    run = naysay.play("""
        scenario: counted
        rules:
          - {name: fourth, match: any **, when: {request: 4}, do: 404}
          - {name: odd, match: GET /x, when: {nth: 2..3}, do: 402}
          - {name: rest, match: any **, do: 200}
    """)
    said = [run.ask(line).status for line in
            ("GET /x", "GET /y", "GET /x", "GET /x", "GET /x", "GET /x")]
    #         1st        -         2nd, odd   4th of all  3rd, odd   4th
    assert said == [200, 200, 402, 404, 402, 200]


def test_since_the_run_began(naysay):
    run = naysay.play("""
        scenario: down for a while
        rules:
          - {name: down, match: any **, when: {since: ..300ms}, do: 503}
          - {name: up,   match: any **, do: 200}
        expect:
          - storm: off
    """)
    said = [run.ask("GET /x").status]
    while said[-1] == 503:
        said.append(run.ask("GET /x").status)
    assert said == [503] * (len(said) - 1) + [200]
    entries = run.wait_entries(len(said))
    assert entries[0].run_us < 300_000 < entries[-1].run_us


def test_states_are_asked_for_and_led_to(naysay):
    run = naysay.play("""
        scenario: a door
        rules:
          - {name: open,  match: POST /open, do: {status: 204, goto: opened}}
          - {name: enter, match: GET /in, when: {state: [opened, ajar]}, do: 200}
          - {name: knock, match: GET /in, when: {state: start}, do: {status: 403, goto: ajar}}
    """)
    said = [run.ask(line).status for line in ("GET /in", "GET /in", "POST /open", "GET /in")]
    assert said == [403, 200, 204, 200]


def test_sessions_are_none_open_or_expired(naysay):
    run = naysay.play("""
        scenario: a session
        session: {cookie: sid, lasts: 1 request}
        rules:
          - {name: login,   match: POST /login, do: {status: 204, session: open}}
          - {name: open,    match: any **, when: {session: open}, do: 200}
          - {name: expired, match: any **, when: {session: expired}, do: 440}
          - {name: none,    match: any **, when: {session: none}, do: 401}
    """)
    cookie = "Cookie: " + run.ask("POST /login").get("set-cookie").split(";")[0]
    assert [run.ask("GET /x", c).status for c in ("Cookie: sid=other", cookie, cookie)] == \
        [401, 200, 440]


def test_chance_is_counted_from_the_seed(naysay):
    """The same seed tells the same story; another one another."""
    text = """
        scenario: a coin
        rules:
          - {name: heads, match: any **, when: {chance: 0.3}, do: 403}
          - {name: tails, match: any **, do: 404}
        expect:
          - storm: off
    """

    def story(seed):
        raw = naysay.play(text, "--seed", seed).raw()
        return [raw.request("GET /x").answer().status for _ in range(200)]
    one, again, other = story(1), story(1), story(2)
    assert one == again != other
    assert 35 <= one.count(403) <= 85


def test_a_rule_says_what_its_path_captured(naysay):
    """What an earlier rule caught on its way is not carried on."""
    run = naysay.play("""
        scenario: captures
        rules:
          - {name: never, match: "GET /{a}/{b}", when: {query: {no: 1}}, do: 404}
          - {name: pay, match: "any /users/{id}/pay/{how}", do: {body: "{{request.path.id}} by {{request.path.how}}"}}
          - {name: any, match: any **, do: {body: "a={{request.path.a}}."}}
    """)
    assert run.ask("GET /users/7%2F8/pay/card").text == "7%2F8 by card"
    assert run.ask("GET /x/y").text == "a=."


def test_unmatched_page_names_the_nearest_rule_and_what_missed(naysay):
    run = naysay.play("""
        scenario: strict
        rules:
          - {name: pay,  match: POST /pay, when: {header: {x-key: k1}}, do: 200}
          - {name: read, match: GET /read, do: 200, times: 1}
    """, expect_exit=1)
    answer = run.ask("POST /pay", "X-Key: k2", "Content-Length: 0")
    assert answer.status == 404
    assert "pay" in answer.text and "x-key" in answer.text and "k1" in answer.text
    answer = run.ask("PUT /pay", "X-Key: k1", "Content-Length: 0")
    assert '"pay"' in answer.text and "method POST" in answer.text
    assert run.ask("GET /read").status == 200
    answer = run.ask("GET /read")
    assert '"read"' in answer.text and "1 time" in answer.text
    assert [e.ending for e in run.wait_entries(4)] == \
        ["unmatched", "unmatched", "by-plan", "unmatched"]
    code, said = run.verdict()
    assert code == 1 and "unmatched" in said


def test_unmatched_page_escapes_what_was_asked(naysay):
    run = naysay.play("""
        scenario: nothing fits
        rules: [{name: a, match: GET /a, do: 200}]
    """, expect_exit=1)
    answer = run.ask("GET /<script>alert(1)</script>", "Accept: text/html", strict=False)
    assert "<script>alert" not in answer.text


def test_otherwise_speaks_where_no_rule_does(naysay):
    run = naysay.play("""
        scenario: the rest is teapots
        rules: [{name: a, match: GET /a, do: 200}]
        otherwise: {status: 418, headers: {x-why: "{{request.method}}"}}
    """)
    assert run.ask("GET /a").status == 200
    answer = run.ask("GET /b")
    assert (answer.status, answer.get("x-why")) == (418, "GET")
    assert run.entry(2).rule == "otherwise"


def test_ten_thousand_rules_are_found_as_by_hand(naysay):
    rules = "\n".join(f"          - {{name: r{i}, match: GET /p/{i}, do: {{body: '{i}'}}}}"
                      for i in range(10000))
    run = naysay.play(f"""
        scenario: many
        rules:
{rules}
          - {{name: wide, match: "any /p/**", do: {{body: wide}}}}
    """)
    assert run.ask("GET /p/9999").text == "9999"
    assert run.ask("GET /p/0").text == "0"
    assert run.ask("PUT /p/5").text == "wide"
    assert run.ask("GET /p/5/6").text == "wide"
