# SPDX-License-Identifier: MIT
"""explain: which rule would speak, why those above it would not, and what would be said. check: what is wrong, all of it."""
import json
import re

import pytest

RULES = """
    scenario: explained
    upstream: http://127.0.0.1:9
    rules:
      - {name: posts, match: POST /pay, do: 201}
      - {name: keyed, match: GET /pay, when: {header: {x-key: k1}}, do: 401}
      - {name: big,   match: any /pay, when: {json: {sum: "> 100"}}, do: 409}
      - {name: odds,  match: GET /pay, when: {chance: 0}, do: 503}
      - {name: other, match: GET /other, do: 204}
      - {name: pay,   match: GET /pay, do: {wait: 20ms, json: {path: "{{request.path}}"}, headers: {x-a: b}}}
      - {name: away,  match: any /away/**, do: {pass: true, request: {headers: {x-n: "1"}}}}
    expect: [{count: {pay: 1}}]
"""


def explain(naysay, *words, text=RULES):
    done = naysay.command("explain", naysay.scenario(text), *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_who_speaks_and_why_those_above_do_not(naysay):
    said = explain(naysay, "GET", "/pay")
    lines = {line.split()[1]: line for line in said.splitlines() if line.strip()[:1] in ("✔", "✘")}
    assert "method POST" in lines["posts"]
    assert "header x-key" in lines["keyed"] and "k1" in lines["keyed"]
    assert "json sum" in lines["big"]
    assert "a chance of 0" in lines["odds"]
    assert "speaks" in lines["pay"] and "line" in lines["pay"]
    assert "1 more" in said                     # /other, whose path does not fit
    assert re.search(r"wait 20ms\s+\d+\s+head 200", said) and "x-a: b" in said
    assert "away" not in said


def test_fields_and_content_have_their_say(naysay):
    assert "keyed" in explain(naysay, "GET", "/pay", "-H", "X-Key: k1").split("plan")[1]
    assert "409" in explain(naysay, "PUT", "/pay", "-d", '{"sum": 101}').split("plan")[1]


def test_it_shows_what_would_be_relayed(naysay):
    said = explain(naysay, "GET", "http://other.test/away/x")
    assert "relay to other.test:80" in said
    assert "relay to 127.0.0.1:9" in explain(naysay, "GET", "/away/x")


def test_no_rule_and_otherwise(naysay):
    assert "no rule matches" in explain(naysay, "GET", "/nowhere")
    said = explain(naysay, "GET", "/x", text="scenario: s\nrules: [{match: GET /a, do: 200}]\notherwise: 418\n")
    assert "`otherwise` speaks" in said and "head 418" in said


def test_nothing_changes_by_asking(naysay):
    assert explain(naysay, "GET", "/pay") == explain(naysay, "GET", "/pay")


def test_what_is_no_request_is_said(naysay):
    done = naysay.command("explain", naysay.scenario(RULES), "GE T", "/pay")
    assert done.returncode == 2 and done.stderr.startswith("naysay: ")
    assert naysay.command("explain", naysay.scenario(RULES), "GET").returncode == 2


# ---- check ----

def rule(do="200", match="any **", more=""):
    return f"scenario: s\nrules:\n  - {{match: {match}, do: {do}{more}}}\n"


WRONG = [
    # text, what the complaint points at, words
    (rule("{statsu: 503}"), "statsu", 'unknown key "statsu"; did you mean "status"?'),
    ("scenario: s\nruls: []\n", "ruls", 'did you mean "rules"?'),
    (rule(more=", tmes: 2"), "tmes", 'did you mean "times"'),
    (rule("nginx/499"), "nginx/499", "499"),
    (rule("42"), "42", "42"),
    (rule("1000"), "1000", "1000"),
    (rule("nginx/4444"), "nginx/4444", "nginx/4444"),
    (rule("iss/440"), "iss/440", 'did you mean "iis/440"?'),
    (rule("{status: 204, body: x}"), "{status", "no body may follow a 204"),
    (rule("{status: 304, json: {}}"), "{status", "no body may follow a 304"),
    (rule("{body: x, rate: 0B/s}"), "0B", "rate"),
    (rule("{fill: -1KiB}"), "-1KiB", "fill"),
    (rule("{fill: 1e999}"), "1e999", "fill"),
    (rule("{fill: 99999999999999999999}"), "9"*20, "fill"),
    (rule("{wait: 1:30}"), "1:30", "wait"),
    (rule("{wait: 2s..1s}"), "2s..", "2s..1s"),
    (rule("{body: x, json: {}}"), "json", "content is said twice"),
    (rule("{pass: true, status: 200}"), "status", "status does not go with pass"),
    (rule("{steps: [{end: close}, {wait: 1s}]}"), "close", "`end` is the last step"),
    (rule("{steps: [{body: x}]}"), "x}]", "a body needs a head"),
    (rule("{steps: [{stall: 1s}]}"), "stall", "stall"),
    (rule("{headers: {content-length: 5}}"), "{headers", "part of the framing"),
    (rule("{headers: {'x y': 5}}"), "'x y'", "no field name"),
    (rule('{headers: {x: "a\\r\\nb"}}'), "\"a\\r", "no control character"),
    (rule('{reason: "a\\nb"}'), "\"a\\n", "no control character"),
    (rule("{body: '{{reqest.method}}'}"), "'{{req", 'did you mean "request"'),
    (rule("{body: '{{request.methd}}'}"), "'{{req", 'did you mean "method"'),
    (rule("{body: '{{random 6 1}}'}"), "'{{rand", "two numbers, the smaller first"),
    (rule("{body: '{{uuid'}"), "'{{uuid", "}}"),
    (rule("{pass: 'https://a.test'}"), "'https", "only http://"),
    (rule("{pass: a.test}"), "a.test", "URL"),
    (rule("{file: nowhere.txt}"), "nowhere", "nowhere.txt"),
    (rule("{faults: [cutt]}"), "cutt", 'did you mean "cut"?'),
    (rule("{faults: [{cut: {afer: 1}}]}"), "afer", 'did you mean "after"'),
    (rule("{faults: [{cut: {}, chance: 2}]}"), None, "chance"),
    (rule("{session: open}"), "{session", "speaks of sessions"),
    (rule(match="get /x"), "get", "capitals"),
    (rule(match="GET x y"), "GET", "METHOD PATTERN"),
    (rule(match="GET /x?a=b"), "GET", "no query"),
    (rule(match="{header: {a: '/(/'}}"), "'/(/", "("),
    (rule(match="{json: {a: '> x'}}"), "'> x", "a number must follow"),
    (rule(match="{state: gone}"), "gone", "no `goto` leads"),
    (rule(match="{nth: 0x}"), None, "nth"),
    (rule(match="{not: {chance: 0.5}}"), "{chance", "nth and chance"),
    (rule(match="{host: 'a:99999'}"), "'a:9", "no port"),
    ("scenario: s\nrules:\n  - {name: a, match: any /x, do: 200}\n  - {name: b, match: GET /x, do: 200}\n", "{name: b",
     'this rule never speaks: "a" on line 3'),
    ("scenario: s\nrules:\n  - {name: a, match: GET /x, do: 200}\n  - {name: a, match: GET /y, do: 200}\n", "{name: a, match: GET /y",
     'two rules are called "a"'),
    (rule() + "expect: [{order: login}]\n", "login", "login"),
    (rule() + "expect: [{exitt: 0}]\n", "exitt", 'did you mean "exit"?'),
    (rule() + "as: clodflare\n", "clod", 'did you mean "cloudflare"?'),
    (rule() + "key: header\n", "header", "wants a name"),
    (rule() + "auth: {proxy: {schemes: [kerberos], users: {a: b}}}\n", "kerb", "kerberos"),
    ("rules: []\n", "rules", "scenario"),
    ("scenario: s\nscenario: t\n", "scenario: t", "twice"),
    ("- a\n- b\n", "- a", "map"),
    ("scenario: [a\n", "[", "never closed"),
    ("scenario: &a x\nrules: []\n", "&a", "anchor"),
    ("scenario: s\nabout: *a\n", "*a", "alias"),
    ("scenario: !!str s\n", "!!str", "tag"),
    ("scenario: s\nrules: {}\n", "{}", "list"),
    ("scenario: \"a\\0b\"\n", None, "NUL"),
]


def place_of(text, token):
    """line:column of its last occurrence, as editors count."""
    before = text[:text.rindex(token)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize("text, token, words", WRONG, ids=range(len(WRONG)))
def test_a_mistake_has_its_place_and_its_sentence(naysay, text, token, words):
    path = naysay.scenario(text)
    done = naysay.command("check", path)
    assert done.returncode == 2 and done.stdout == ""
    first = done.stderr.splitlines()[0]
    assert re.match(rf"{re.escape(path)}:\d+:\d+: error: ", first), first
    assert token is None or f"{path}:{place_of(text, token)}: " in done.stderr, done.stderr
    assert words in done.stderr
    assert "^" in done.stderr
    assert naysay.command("run", path, "--", "true").returncode == 2
    assert naysay.command("explain", path, "GET", "/").returncode == 2


def test_all_mistakes_are_said_at_once(naysay):
    done = naysay.check("""
        scenario: s
        sede: 4
        rules:
          - {name: a, match: get /x, do: {statsu: 3}}
          - {name: b, match: GET /y, do: nginx/499}
          - {name: c, match: GET /z, do: {status: 204, body: x}}
        expect:
          - nevr: a
    """)
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if ": error: " in line]
    lines = [int(re.search(r"\.yaml:(\d+):", e).group(1)) for e in errors]
    assert lines == sorted(lines)
    assert set(lines) >= {3, 5, 6, 7, 9}, done.stderr


def test_the_logs_own_statuses_say_what_to_use_instead(naysay):
    said = naysay.check(rule("nginx/499")).stderr
    assert "log" in said and "499" in said.replace("nginx/499", "")


def nested(levels):
    return "scenario: s\nrules:\n  - {match: any **, do: {json: " + "[" * levels + "]" * levels + "}}\n"


OCTETS = [
    (b"scenario: \xff\xfe\n", "UTF-8"), (b"scenario: a\0b\n", None), (b"", "no scenario"),
    (b"# nothing\n", "no scenario"), (nested(70).encode(), "64"), (nested(200000).encode(), "64"),
    (b"scenario: s\nabout: " + b"x" * (16 << 20) + b"\n", "16 MiB"),
    (b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "anchor"), (b"{" * 100000, None),
    (b"scenario: s\n<<: {a: b}\n", None), (b"%YAML 9.9\n---\nscenario: s\n", None), (b"\xef\xbb\xbf[", None),
    (b"scenario: s\n" + b"---\n" * 1000, None),
]


@pytest.mark.parametrize("octets, words", OCTETS, ids=range(len(OCTETS)))
def test_octets_that_are_no_scenario(naysay, tmp_path, octets, words):
    path = tmp_path / "bad.yaml"
    path.write_bytes(octets)
    done = naysay.command("check", path)
    assert done.returncode == 2 and done.stderr
    assert words is None or words in done.stderr, done.stderr[:500]
    assert len(done.stderr) < 1 << 20
    done = naysay.command("check", "-", stdin=octets)
    assert done.returncode == 2 and done.stderr


def test_the_deepest_that_may_be(naysay):
    assert naysay.check(nested(50)).returncode == 0


def test_includes_that_go_round_are_refused(naysay, tmp_path):
    (tmp_path / "a.yaml").write_text("scenario: s\ninclude: b.yaml\nrules: []\n")
    (tmp_path / "b.yaml").write_text("include: c.yaml\n")
    (tmp_path / "c.yaml").write_text("include: [./b.yaml]\n")
    done = naysay.command("check", tmp_path / "a.yaml")
    assert done.returncode == 2 and "includes itself" in done.stderr
    assert re.search(r"c\.yaml:1:\d+: error", done.stderr)
    (tmp_path / "d.yaml").write_text("scenario: s\ninclude: /dev/zero\nrules: []\n")
    done = naysay.command("check", tmp_path / "d.yaml")
    assert done.returncode == 2 and "/dev/zero" in done.stderr
    (tmp_path / "e.yaml").write_text("scenario: s\ninclude: f.yaml\nrules: []\n")
    (tmp_path / "f.yaml").write_text("rules:\n  - {match: any **, doo: 200}\n")
    done = naysay.command("check", tmp_path / "e.yaml")
    assert re.search(r"f\.yaml:2:\d+: error: unknown key \"doo\"", done.stderr)


def test_standard_input_folders_and_json(naysay, tmp_path):
    done = naysay.command("check", "-", stdin=b"scenario: s\nrules: [{match: any **, do: 200}]\n")
    assert (done.returncode, done.stdout) == (0, "1 scenario, nothing wrong\n")
    assert "-:1:" in naysay.command("check", "-", stdin=b"scenari: s\n").stderr
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.yaml").write_text("scenario: a\nrules: [{match: any **, do: 200}]\n---\nscenario: b\nrules: [{match: any **, do: 200}]\n")
    (folder / "b.json").write_text(json.dumps({"scenario": "c", "rules": [{"match": "any **", "do": 200}]}))
    (folder / "shared.yml").write_text("rules: [{match: any /s, do: 200}]\n")
    (folder / "notes.txt").write_text("not: [a scenario")
    done = naysay.command("check", folder)
    assert done.returncode == 0 and done.stdout.startswith("3 scenarios")
    (folder / "c.json").write_text('{"scenario": "c", "rules": [{"match": "any **", "do": 42}]}')
    (folder / "d.yaml").write_text("scenario: [\n")
    done = naysay.command("check", folder)
    assert done.returncode == 2 and "c.json:1:" in done.stderr and "d.yaml:" in done.stderr
    assert naysay.command("check", tmp_path / "none").returncode == 2
    (tmp_path / "empty").mkdir()
    assert naysay.command("check", tmp_path / "empty").returncode == 2


def test_colour_only_where_it_is_wanted(naysay):
    text = rule("42")
    assert "\033[" not in naysay.check(text).stderr
    assert "\033[" in naysay.check(text, "--color", "always").stderr
    done = naysay.command("check", naysay.scenario(text), env={"NO_COLOR": "1"})
    assert "\033[" not in done.stderr


def test_it_says_how_the_content_is_framed(naysay):
    assert "Content-Length: 16\n" in explain(naysay, "GET", "/pay")
    chunked = RULES.replace("x-a: b}", "x-a: b}, chunk: 4")
    assert "Transfer-Encoding: chunked\n" in explain(naysay, "GET", "/pay", text=chunked)


def test_a_word_that_may_have_been_a_path_is_warned_of(naysay):
    done = naysay.check("""
        scenario: bare
        rules: [{match: GET pay, do: 200}]
    """)
    assert done.returncode == 0
    assert "\"pay\" is taken for a host" in done.stderr


def test_expectations_are_checked_though_a_rule_does_not_load(naysay):
    done = naysay.check("""
        scenario: both
        rules: [{name: up, match: GET /pay, do: {statsu: 200}}]
        expect: [{never: donw}]
    """)
    assert done.returncode == 2
    assert "statsu" in done.stderr and "no rule is called \"donw\"" in done.stderr


@pytest.mark.parametrize("rule, said", [
    ("{match: GET /, choose: [200, 503], then: cycle}", "then goes with a list of `do`"),
    ("{match: GET /, do: [200, {status: 503, weight: 2}]}", "weight goes with `choose`"),
    ("{match: GET /, times: 1, do: [200, 503]}", "the last are never reached"),
    ("{match: GET /, when: {nth: 0}, do: 200}", "counted from 1"),
    ("{match: GET /, do: {status: \"103,200\", interim: [102]}}", "not both"),
    ("{match: GET /, do: {body: x, coding: gzip, headers: {content-encoding: br}}}",
     "coding says Content-Encoding itself"),
])
def test_what_says_nothing_is_told(naysay, rule, said):
    done = naysay.check(f"scenario: x\nrules: [{rule}]\n")
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_the_page_of_no_rule_names_the_turn_that_missed(naysay):
    run = naysay.play("""
        scenario: turns
        rules: [{name: a, match: GET /a, when: {nth: 1.., chance: 0}, do: 200}]
    """, expect_exit=1)
    assert b"a chance of 0" in run.ask("GET /a").body
