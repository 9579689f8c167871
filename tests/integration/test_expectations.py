# SPDX-License-Identifier: MIT
"""Every kind of expectation: a client that does it right passes, one that does it wrong fails it.

A row is a claim, the rules it speaks of, a good client and a bad one (lib/bad_clients.py), the
words in which the failure is told, and the request where it shows.
"""
import textwrap
from dataclasses import dataclass

import pytest

PAY = """
- {name: down, match: GET /pay, do: 503, times: 2}
- {name: up, match: GET /pay, do: 200}
- {name: other, match: any **, do: 404}
"""
DOWN = """
- {name: down, match: GET /pay, do: 503, times: 3}
- {name: up, match: GET /pay, do: 200}
"""
ALWAYS_DOWN = "- {name: down, match: GET /pay, do: 503}"
SAY = """
- {name: page, match: any /page*, do: 200}
- {name: form, match: POST /form, do: 200}
- {name: json, match: POST /json, do: 200}
"""
ORDERS = """
- {name: lost, match: any /orders/*, do: 503, times: 1}
- {name: again, match: any /orders/*, do: 200}
"""
POSTS = """
- {name: gone, match: any /orders, do: {status: 200, faults: [reset]}, times: 1}
- {name: done, match: any /orders, do: 201}
"""
TWO_SITES = """
- {name: bank, match: any http://bank.test/**, do: 200}
- {name: ads, match: any http://ads.test/**, do: 200}
"""
TUNNEL = "- {name: tunnel, match: CONNECT bank.test:443, do: 403}"
TWICE = "- {name: twice, match: GET /pay, do: {status: 200, faults: [two-answers]}}"
BYE = r"""
- name: bye
  match: GET /pay
  times: 1
  do: {steps: [{raw: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"},
               {end: keep}]}
- {name: next, match: GET /pay, do: 200}
"""
TOKEN = """
- {name: pay, match: GET /pay, do: {status: 200, body: t0k3n}}
- {name: admin, match: GET /admin, do: 200}
"""


def retry_after(value):
    return f"""
- {{name: busy, match: GET /pay, do: {{status: 503, headers: {{retry-after: "{value}"}}}}, times: 1}}
- {{name: up, match: GET /pay, do: 200}}
"""


@dataclass
class Row:
    name: str
    claim: str              # one item of `expect`
    good: str
    bad: str
    expected: str           # each in the finding's own words
    seen: str
    where: str = ""         # "down.2", or nowhere
    rules: str = PAY
    top: str = ""           # other keys of the scenario
    beside: str = ""        # claims that hold for either client, behind it and
    before: str = ""        # before it: one at most

    def scenario(self):
        lines = [f"scenario: {self.name}", self.top, "rules:", indented(self.rules), "expect:",
                 indented(self.before), indented(f"- {self.claim}"), indented(self.beside)]
        return "\n".join(lines)


    def finding(self, played):
        return played.findings[1 if self.before else 0]


def indented(text):
    return textwrap.indent(text.strip("\n"), "  ")


ROWS = [
    # ---- shape
    Row("it gives up", "order: down x2, up", "patient", "gives_up",
        "as request 2: down", "nothing after request 1 (down)", "down.1"),
    Row("the order is wrong", "order: down x2, up", "patient", "wanders",
        "as request 1: down", "as request 1: other (other, down x2, up)", "other.1"),
    Row("something comes between", "order: [down x2, other|up, ...]", "patient", "wanders_between",
        "as request 2: down", "as request 2: other (down, other, down, up)", "other.1"),
    Row("too many come", "count: {down: 2, up: 1}", "patient", "asks_once_more",
        "up once", "up twice", "up.2"),
    Row("too few come", "count: 3..", "patient", "gives_up", "any 3 times or more", "any once"),
    Row("a stray comes", "never: other", "patient", "wanders_off",
        "no other", "it came once, first as request 4", "other.1"),
    Row("a new connection each time", "connections: 1", "patient", "opens_anew_each_time",
        "1", "3 for 3 requests"),
    # ---- content
    Row("a field is missing", "page: {has: cookie}", "says_all", "forgets_everything",
        "cookie", "page.1 has no cookie", "page.1", SAY),
    Row("a field says something else", "page: {has: {accept: text/html}}", "says_all",
        "says_something_else", 'accept equal to "text/html"', 'page.1 has accept: "*/*"', "page.1",
        SAY),
    Row("a field too many", "page: {lacks: debug}", "says_all", "says_something_else",
        "no debug", 'page.1 has debug: "1"', "page.1", SAY),
    Row("a parameter differs", "page: {query: {lang: /^de/}}", "says_all", "says_something_else",
        "the parameter lang", 'page.1 has the parameter lang: "en"', "page.1", SAY),
    Row("a parameter is missing", "page: {query: page}", "says_all", "says_something_else",
        "the parameter page", "page.1 has no the parameter page", "page.1", SAY),
    Row("a cookie differs", "page: {cookie: {sid: s1}}", "says_all", "says_something_else",
        "the cookie sid", "page.1 has the cookie sid: another value", "page.1", SAY),
    Row("a form field differs", "form: {form: {name: Ada, city: London E1}}", "says_all",
        "says_something_else", "the form field name", 'form.1 has the form field name: "Bob"',
        "form.1", SAY),
    Row("JSON differs", 'json: {json: {items.0.id: "7"}}', "says_all", "says_something_else",
        "JSON items.0.id", "8", "json.1", SAY),
    Row("JSON is missing", "json: {json: paid}", "says_all", "says_something_else",
        "JSON paid", "json.1 has no JSON paid", "json.1", SAY),
    Row("the body differs", 'json: {body: "*paid*"}', "says_all", "says_something_else",
        "body", "json.1 has body", "json.1", SAY),
    Row("the method differs", "page: {method: GET}", "says_all", "says_something_else",
        "method", 'page.1 has method: "PUT"', "page.1", SAY),
    Row("the target differs", 'page: {target: "/page?lang=de&page=2"}', "says_all",
        "says_something_else", "target", 'page.1 has target: "/pages?lang=en"', "page.1", SAY),
    Row("the path differs", "page: {path: /page}", "says_all", "says_something_else",
        "path", 'page.1 has path: "/pages"', "page.1", SAY),
    Row("the first of them", "down: {lacks: token, of: first}", "learns", "forgets",
        "no token", 'down.1 has token: "t"', "down.1", ALWAYS_DOWN),
    Row("the last of them", "down: {has: token, of: last}", "learns", "forgets",
        "token", "down.3 has no token", "down.3", ALWAYS_DOWN),
    Row("the second of them", "down.2: {has: {token: t}}", "learns", "gives_up_at_two",
        "token", "down.2 has no token", "down.2", ALWAYS_DOWN),
    Row("credentials before they are asked for", "407: {lacks: proxy-authorization}",
        "waits_to_be_asked", "sends_credentials_unasked",
        "no proxy-authorization", 'proxy-authorization: "Basic (redacted)"', "auth.0",
        "- {name: page, match: any **, do: 200}",
        "auth: {proxy: {schemes: [basic], realm: lab, users: {ada: lovelace}}}",
        "- order: 407, page"),
    # ---- the same again
    Row("it is another method", "same: method", "repeats_whole", "changes_the_method",
        'method of lost.1: "PUT"', 'method of again.1: "POST"', "again.1", ORDERS),
    Row("it is another target", "same: [method, target]", "repeats_whole", "changes_the_target",
        'target of lost.1: "/orders/7"', 'target of again.1: "/orders/8"', "again.1", ORDERS),
    Row("the body is lost", "same: body\n  in: [lost, again]", "repeats_whole", "loses_the_body",
        "body of lost.1: 14 octets", "body of again.1: 0 octets", "again.1", ORDERS),
    Row("the body is another", "same: body", "repeats_whole", "changes_the_body",
        "body of lost.1: 14 octets", "body of again.1: 14 octets", "again.1", ORDERS),
    Row("it is another connection", "same: connection", "repeats_whole", "changes_the_connection",
        "connection of lost.1: connection 1", "connection of again.1: connection 2", "again.1",
        ORDERS),
    Row("a field changes", "same: header trace", "repeats_whole", "changes_a_field",
        'trace of lost.1: "t1"', 'trace of again.1: "t2"', "again.1", ORDERS),
    Row("repeated without its body", "repeat: lost\n  as: again", "repeats_whole", "loses_the_body",
        "body of lost.1", "0 octets", "again.1", ORDERS),
    Row("repeated to another target", "repeat: lost\n  as: again", "repeats_whole",
        "changes_the_target", "target of lost.1", "/orders/8", "again.1", ORDERS),
    # ---- time
    Row("it hammers", "gap: down.1 -> down.2\n  is: 40ms..20s", "patient", "hammers",
        "40 ms to 20 s", "down.2 waited", "down.2"),
    Row("it waits too long", "gap: down.1 -> down.2\n  is: at most 400ms", "patient",
        "takes_its_time", "at most 0.4 s", "down.2 waited 0.6", "down.2"),
    Row("it backs off too little", "gap: down.2 -> up\n  is: at least 1.5 x previous", "patient",
        "backs_off_too_little", "at least", "up.1 waited", "up.1",
        before="- gap: down.1 -> down.2\n  is: 40ms..20s"),
    Row("waits do not grow", "gap: each down\n  grows: 1.4", "patient", "backs_off_too_little",
        "longer than", "after down.2", "down.3", DOWN),
    Row("waits shrink, jitter or not", "gap: each down\n  grows: true\n  jitter: tolerated",
        "backs_off_with_jitter", "hurries", "longer than", "after down.2", "down.3", DOWN),
    Row("there is no jitter", "gap: each down\n  jitter: present", "waits_irregularly",
        "backs_off_too_little", "waits that are not alike", "2 waits in step", "down.1", DOWN),
    Row("Retry-After in seconds is ignored", "gap: busy -> up\n  is: at least retry-after",
        "minds_retry_after", "ignores_retry_after", "at least 1 s", "up.1 waited", "up.1",
        retry_after("1")),
    Row("Retry-After as a date is ignored", "gap: busy -> up\n  is: at least retry-after",
        "minds_retry_after", "ignores_retry_after", "at least", "up.1 waited", "up.1",
        retry_after("{{now +2s}}")),
    Row("it comes too late", "within: 300ms\n  from: down.1\n  to: down.2", "patient",
        "takes_its_time", "within 0.3 s", "down.2 came after 0.6", "down.2"),
    Row("a storm", "storm: {requests: 12, in: 1s}", "patient", "storms",
        "at most 12 requests in 1 s", "more than that", "down.13",
        "- {name: down, match: GET /pay, do: 503}"),
    # ---- reactions
    Row("it sends nothing after it", "after: 503\n  client: sends up", "patient", "gives_up",
        "up", "none after down.1", "down.1"),
    Row("it sends it too late", "after: down.2\n  client: sends up\n  within: 400ms", "patient",
        "takes_its_time", "up within 0.4 s", "up.1, 0.6", "down.2"),
    Row("it sends what it should not", "after: up\n  client: does not send other", "patient",
        "wanders_off", "no other", "other.1,", "other.1"),
    Row("it goes on", "after: up\n  client: sends-nothing", "patient", "asks_once_more",
        "nothing", "up.2,", "up.2"),
    Row("it does not close", "after: down\n  client: closes\n  within: 100ms", "hangs_up_at_once",
        "holds_on", "closed within 0.1 s", "after down.1", "down.1"),
    Row("it uses the connection again", "after: down\n  client: closes", "hangs_up_at_once",
        "patient", "the client closes the connection", "it was used again after down.1", "down.1"),
    Row("it does not reuse", "after: 503\n  client: reuses-connection", "patient",
        "opens_anew_each_time", "the same connection", "on connection 2 after 1", "down.2"),
    Row("it does not renew", "after: 503\n  client: new-connection", "opens_anew_each_time",
        "patient", "another connection", "on connection 1 after 1", "down.2"),
    Row("it overhears a close", "after: bye\n  client: new-connection", "obeys_close",
        "overhears_close", "another connection", "on connection 1 after 1", "next.1", BYE),
    Row("it does not try again after a fault", "after: fault reset\n  client: sends any",
        "repeats_a_get", "lets_a_get_be", "any", "none after gone.1", "gone.1", POSTS),
    # ---- safety
    Row("it repeats a POST", "safe: no-unsafe-repeat", "asks_before_repeating_a_post",
        "repeats_a_post", '"POST" "/orders" once', "gone.1 came again as done.1", "done.1", POSTS),
    Row("credentials go abroad", "safe: credentials", "keeps_credentials_home",
        "takes_credentials_abroad", 'Authorization stays with "bank.test":80',
        'ads.1 takes it to "ads.test":80', "ads.1", TWO_SITES),
    Row("cookies go abroad", "credentials-stay: true", "keeps_credentials_home",
        "takes_cookies_abroad", 'a cookie stays with "bank.test":80',
        'ads.1 takes it to "ads.test":80', "ads.1", TWO_SITES),
    Row("it talks into a refused CONNECT", "safe: refused-connect", "takes_no_for_an_answer",
        "talks_into_a_refused_connect", "another request, or nothing",
        "octets that are no request came after CONNECT was refused with 403", "bad", TUNNEL),
    Row("it takes an answer it never asked for", "safe: unasked", "drops_what_said_too_much",
        "takes_an_unasked_answer", "nothing more on that connection", "a request on connection 1",
        "twice.2", TWICE),
    Row("the origin sees the proxy's secret", "origin-never-sees: proxy-authorization",
        "tells_the_proxy", "tells_the_origin", "no proxy-authorization",
        "page.1 went to the origin with it", "page.1", "- {name: page, match: any **, do: 200}"),
    Row("it acts on what it reads", "never-acts-on: t0k3n", "ignores_what_it_reads",
        "believes_what_it_reads", "t0k3n in no request", "the head of admin.1 has it", "admin.1",
        TOKEN),
    # ---- the program
    Row("the exit status is wrong", "exit: 0", "patient", "fails", "0", "7"),
    Row("a signal ends it", "exit: [0, 7]", "fails", "dies", "0", "signal 15 ended it"),
    Row("the output is wrong", 'output: "*done*"', "says_done", "says_oops", "done", '"oops'),
    Row("there is no output", "output: /done/", "says_done", "says_nothing", "done",
        "it printed nothing"),
    Row("it ends too late", "ends-within: 900ms", "patient", "dawdles", "0.9 s", "it took 1."),
]


def place_of(run, finding):
    """"down.2": where the finding says that it shows; "" nowhere."""
    for entry in run.timeline:
        if entry.seq == finding.seq:
            return f"{entry.rule}.{entry.match}"
    return ""


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_good_client_passes(play, row):
    played = play(row.scenario(), row.good.replace("_", "-"))

    assert played.verdict == "good", played.stderr
    assert played.status == 0
    assert row.finding(played).result == "holds"


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_bad_client_fails_that_and_nothing_else(play, row):
    played = play(row.scenario(), row.bad.replace("_", "-"))
    finding = row.finding(played)

    assert played.status == 1, played.stderr
    assert played.failing == [finding.claim], played.stderr
    assert played.that("blocked") == [] and played.that("unknown") == []
    assert row.expected in finding.expected
    assert row.seen in finding.seen
    if row.where != "bad":
        assert place_of(played.run, finding) == row.where
    assert f"FAILED {finding.claim}" in " ".join(played.stderr.split())
