# SPDX-License-Identifier: MIT
"""`pass`: what is relayed, edited both ways, and what becomes of a relay that fails."""
import pytest

from lib.origin import CLOSE, RESET, chunked, refusing_port, response


def passing(naysay, do, *options, top="", **how):
    return naysay.play(f"""
        scenario: passed on
        {top}
        rules:
          - {{name: on, match: any **, do: {do}}}
    """, *options, **how)


def test_absolute_form_goes_where_it_asks(naysay, origin, curl):
    run = passing(naysay, "pass")
    seen = curl("-x", run.proxy, origin.url + "/a?b")
    assert (seen.status, seen.body) == (200, b"hello")
    assert origin.requests[0].target == "/a?b"
    assert run.entry().rule == "on" and run.entry().ending == "by-plan"


def test_connect_is_a_tunnel(naysay, origin, curl):
    run = passing(naysay, "pass")
    seen = curl("-p", "-x", run.proxy, origin.url)
    assert (seen.connect, seen.status, seen.body) == (200, 200, b"hello")
    assert run.entry().rule == "on"


@pytest.mark.parametrize("where", ["key", "option"])
def test_an_upstream_is_behind_the_port(naysay, origin, curl, where):
    if where == "key":
        run = passing(naysay, "pass", top=f"upstream: {origin.url}/base")
    else:
        run = passing(naysay, "pass", "--upstream", origin.url + "/base")
    assert curl(run.url + "/a").body == b"hello"
    assert origin.requests[0].target == "/base/a"


def test_a_url_leads_there(naysay, origin, curl):
    run = passing(naysay, f"{{pass: '{origin.url}/v2/'}}")
    assert curl(run.url + "/a?b=c").body == b"hello"
    assert curl("-x", run.proxy, "http://other.test/d").body == b"hello"
    assert [r.target for r in origin.requests] == ["/v2/a?b=c", "/v2/d"]


def test_a_url_for_connect_leads_there_too(naysay, origin, curl):
    run = passing(naysay, f"{{pass: '{origin.url}'}}")
    seen = curl("-p", "-x", run.proxy, "http://other.test/")
    assert (seen.connect, seen.body) == (200, b"hello")


def test_requests_are_edited(naysay, origin):
    run = naysay.play(f"""
        scenario: edits
        rules:
          - name: on
            match: "any /u/{{id}}"
            do:
              pass: {origin.url}
              request:
                headers: {{x-id: "{{{{request.path.id}}}}", x-had: new, accept: [a/b, c/d]}}
                add-headers: {{x-more: "{{{{attempt}}}}"}}
                remove-headers: [x-gone, user-agent]
    """)
    run.ask("GET /u/7", "X-Had: old", "X-Gone: 1", "User-Agent: u", "X-More: 0", "Accept: */*")
    seen = origin.requests[0]
    assert seen.get("x-id") == "7" and seen.get("x-had") == "new"
    assert seen.all("accept") == ["a/b", "c/d"] and seen.all("x-more") == ["0", "1"]
    assert seen.get("x-gone") is None and seen.get("user-agent") is None


def test_answers_are_edited(naysay, origin):
    origin.plays(response(b"old body", "200 OK", "X-Had: old", "X-Gone: 1", "Set-Cookie: a=b", "ETag: \"x\""))
    run = naysay.play(f"""
        scenario: edits
        rules:
          - name: head
            match: "any /head/{{id}}"
            do: {{pass: "{origin.url}", response: {{status: 503, headers: {{x-had: "{{{{request.path.id}}}}"}}, add-headers: {{set-cookie: c=d}}, remove-headers: x-gone}}}}
          - name: body
            match: any /body
            do: {{pass: "{origin.url}", response: {{body: "new {{{{request.method}}}}"}}}}
          - name: json
            match: any /json
            do: {{pass: "{origin.url}", response: {{status: 418, json: {{q: "{{{{request.query.q}}}}"}}}}}}
    """)
    raw = run.raw()
    answer = raw.request("GET /head/7").answer()
    assert (answer.status, answer.phrase, answer.text) == (503, "Service Unavailable", "old body")
    assert answer.all("x-had") == ["7"] and answer.get("x-gone") is None
    assert answer.all("set-cookie") == ["a=b", "c=d"]
    answer = raw.request("GET /body").answer()
    assert (answer.status, answer.text, answer.get("content-length")) == (200, "new GET", "7")
    answer = raw.request("HEAD /body").answer("HEAD")
    assert answer.body == b""
    answer = raw.request("GET /json?q=%22").answer()
    assert (answer.status, answer.body) == (418, b'{"q":"\\""}\n')
    assert answer.all("content-type") == ["application/json"]
    raw.close()
    assert run.audit(raw) == []


def test_another_body_takes_the_place_of_what_came_coded_or_chunked(naysay, origin):
    origin.plays(chunked(b"abc", trailers=["X-Sum: 1"], fields=["Content-Encoding: gzip", "Trailer: X-Sum"]))
    run = passing(naysay, f"{{pass: '{origin.url}', response: {{body: plain}}}}")
    for _ in range(2):
        answer = run.ask("GET /")
        assert answer.text == "plain" and answer.get("content-encoding") is None
        assert answer.get("trailer") is None and answer.trailers == []


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_status_without_body_can_become_one_with(naysay, origin, status):
    origin.plays(f"HTTP/1.1 {status}\r\n\r\n".encode())
    run = passing(naysay, f"{{pass: '{origin.url}', response: {{status: 200, body: now}}}}")
    raw = run.raw()
    for _ in range(2):
        answer = raw.request("GET /").answer()
        assert (answer.status, answer.text) == (200, "now")


@pytest.mark.parametrize("status", [204, 304, 205])
def test_a_status_with_body_can_become_one_without(naysay, origin, status):
    run = passing(naysay, f"{{pass: '{origin.url}', response: {{status: {status}}}}}")
    raw = run.raw()
    for _ in range(2):
        answer = raw.request("GET /").answer()
        assert (answer.status, answer.body) == (status, b"")
    raw.close()
    assert run.audit(raw) == []


def test_faults_speak_of_what_is_relayed_too(naysay, origin):
    origin.plays(response(b"x" * 1000))
    run = passing(naysay, f"{{pass: '{origin.url}', faults: [{{cut: {{after: 10%}}}}]}}")
    raw = run.raw().request("GET /")
    assert len(raw.answer(strict=False).body) == 100
    assert run.entry().rule == "on"
    assert "cut" in str(run.entry().faults or run.entry().intents)
    raw.close()
    assert run.audit(raw) == []


def test_a_wait_comes_before_the_request_is_sent(naysay, origin):
    run = passing(naysay, f"{{pass: '{origin.url}', wait: 80ms}}")
    assert run.ask("GET /").text == "hello"
    assert run.entry().times["first_us"] >= 80_000


@pytest.mark.parametrize("script, status, ending", [
    (CLOSE, 502, "upstream-closed"), (RESET, 502, "upstream-reset"),
    (b"nonsense\r\n\r\n", 502, "upstream-bad-head"),
])
def test_a_relay_that_fails_keeps_its_rule(naysay, origin, script, status, ending):
    origin.plays(script)
    for do in (f"{{pass: '{origin.url}'}}",):
        run = passing(naysay, do)
        assert run.ask("GET /").status == status
        entry = run.entry()
        assert entry.rule == "on"
        assert entry.ending.startswith("upstream-"), entry.ending


def test_a_refused_upstream_keeps_its_rule_and_otherwise_its_name(naysay):
    run = naysay.play("""
        scenario: nobody is there
        rules:
          - {name: gone, match: GET /gone, do: {pass: "http://127.0.0.1:9"}}
        otherwise: {pass: "http://127.0.0.1:9"}
    """)
    for n, (path, rule) in enumerate((("/gone", "gone"), ("/other", "otherwise")), 1):
        answer = run.ask(f"GET {path}")
        assert answer.status == 502 and "connection_refused" in answer.get("proxy-status")
        assert (run.entry(n).rule, run.entry(n).ending) == (rule, "upstream-refused")


def test_state_goes_on_with_what_is_passed(naysay, origin):
    run = naysay.play(f"""
        scenario: only the first two get through
        rules:
          - {{name: on,  match: any **, do: {{pass: "{origin.url}", count: n, request: {{headers: {{x-n: "{{{{var.n}}}}"}}}}}}, times: 2}}
          - {{name: off, match: any **, do: 503}}
    """)
    assert [run.ask("GET /").status for _ in range(3)] == [200, 200, 503]
    assert [r.get("x-n") for r in origin.requests] == ["1", "2"]


def test_bodies_that_rules_looked_at_are_passed_on_whole(naysay, origin):
    run = naysay.play(f"""
        scenario: looks first
        rules:
          - {{name: on, match: any **, when: {{body: "*needle*"}}, do: {{pass: "{origin.url}"}}}}
        otherwise: 404
    """)
    body = b"hay needle " + b"x" * 100_000
    assert run.ask("POST /", f"Content-Length: {len(body)}", body=body).status == 200
    assert origin.requests[0].body == body
    assert run.ask("POST /", "Transfer-Encoding: chunked", body=b"6\r\nneedle\r\n0\r\n\r\n").status == 200
    assert origin.requests[1].body == b"needle"
    assert run.ask("POST /", "Content-Length: 3", body=b"hay").status == 404


def test_where_no_rule_may_lead(naysay, curl):
    """Not to its own listener, and not to link-local addresses."""
    run = passing(naysay, "pass")
    seen = curl("-x", run.proxy, f"http://127.0.0.1:{run.port}/x")
    assert seen.status == 404           # the port itself serves nothing here
    assert curl("-x", run.proxy, "http://169.254.169.254/").status == 403
    assert [e.rule for e in run.wait_entries(2)] == ["on", "on"]


def test_via_carries_a_pseudonym_from_the_seed(naysay, origin):
    def via(seed):
        run = passing(naysay, f"{{pass: '{origin.url}'}}", "--seed", seed)
        return run.ask("GET /").get("via")
    one, again, other = via(1), via(1), via(2)
    assert one == again != other and "naysay-" in one


def test_pass_to_nowhere_is_no_page_of_ours(naysay):
    run = naysay.play("""
        scenario: nowhere
        as: nginx
        rules: [{name: page, match: any **, do: pass}]
    """, expect_exit=None)
    for path in ("/", "/status/201", "/x"):
        answer = run.ask(f"GET {path}")
        assert (answer.status, answer.get("Server")) == (404, "nginx/1.22.1")
    assert {e.ending for e in run.entries()} == {"no-upstream"}


def test_the_failure_of_an_upstream_wears_the_persona(naysay):
    run = naysay.play(f"""
        scenario: down
        as: nginx
        rules: [{{name: page, match: any **, do: {{pass: "http://127.0.0.1:{refusing_port()}"}}}}]
    """, expect_exit=None)
    answer = run.ask("GET /")
    assert (answer.status, answer.get("Server")) == (502, "nginx/1.22.1")
