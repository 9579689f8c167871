# SPDX-License-Identifier: MIT
"""`auth`: credentials are asked for before anything else, of real clients."""
import base64
import hashlib
import re

import pytest
import requests
from requests.auth import HTTPDigestAuth

PROXY = "auth: {proxy: {schemes: [%s], realm: lab, users: {ada: lovelace}}}"
ORIGIN = "auth: {origin: {schemes: [%s], realm: lab, users: {ada: lovelace}}}"
BASIC = base64.b64encode(b"ada:lovelace").decode()


def guarded(naysay, auth, do="200", *options, expect="", **how):
    return naysay.play(f"scenario: guarded\n{auth}\nrules:\n  - {{name: page, match: any **, do: {do}}}\n{expect}",
                       *options, **how)


def rules(run, n):
    return [e.rule for e in run.wait_entries(n)]


@pytest.mark.parametrize("scheme, option", [("basic", "--proxy-basic"), ("digest", "--proxy-digest"),
                                            ("basic, digest", "--proxy-anyauth")])
def test_curl_gives_its_credentials_to_the_proxy(naysay, curl, scheme, option):
    run = guarded(naysay, PROXY % scheme)
    seen = curl("-x", run.proxy, option, "-U", "ada:lovelace", "http://origin.test/a?b")
    assert seen.status == 200
    assert rules(run, 1 if option == "--proxy-basic" else 2)[-1] == "page"
    assert curl("-x", run.proxy, option, "-U", "ada:wrong", "http://origin.test/").status == 407


def test_without_credentials_each_scheme_is_a_challenge(naysay, requests_get):
    run = guarded(naysay, PROXY % "basic, digest", expect_exit=1)
    raw = run.raw().request("GET http://origin.test/")
    answer = raw.answer()
    assert answer.status == 407
    said = answer.all("proxy-authenticate")
    assert [s.split(" ")[0] for s in said] == ["Basic", "Digest", "Digest"]
    assert all('realm="lab"' in s for s in said)
    assert requests_get("http://origin.test/", proxy=run.proxy).status == 407


def test_an_origin_asks_with_401(naysay, curl, node):
    run = guarded(naysay, ORIGIN % "basic, digest")
    assert curl("--anyauth", "-u", "ada:lovelace", run.url + "/a").status == 200
    assert curl("--digest", "-u", "ada:lovelace", "-d", "x=y", run.url + "/a").status == 200
    assert curl("--basic", "-u", "ada:wrong", run.url + "/a").status == 401
    assert node("fetch", run.url + "/a").status == 401
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(run.url + "/b?c", auth=HTTPDigestAuth("ada", "lovelace")).status_code == 200
        assert session.get(run.url, auth=("ada", "lovelace")).status_code == 200


def test_requests_gives_basic_credentials_to_the_proxy(naysay, requests_get):
    run = guarded(naysay, PROXY % "basic")
    proxy = run.proxy.replace("://", "://ada:lovelace@")
    assert requests_get("http://origin.test/", proxy=proxy).status == 200
    assert rules(run, 1) == ["page"]


def test_node_gives_its_credentials_by_hand(naysay, node):
    """node:http knows no schemes: what it sends is what the program writes."""
    run = guarded(naysay, ORIGIN % "basic")
    assert node("fetch", run.url).status == 401
    raw = run.raw().request("GET /", f"Authorization: Basic {BASIC}")
    assert raw.answer().status == 200


def test_a_tunnel_is_asked_for_once(naysay, origin, curl):
    run = guarded(naysay, PROXY % "digest", "pass")
    seen = curl("-p", "-x", run.proxy, "--proxy-digest", "-U", "ada:lovelace", origin.url)
    assert (seen.connect, seen.status) == (200, 200)
    assert origin.requests[0].get("proxy-authorization") is None
    assert rules(run, 2) == ["auth", "page"]


def test_credentials_for_the_proxy_stay_there(naysay, origin, curl):
    run = guarded(naysay, PROXY % "basic", "pass", expect="expect:\n  - origin-never-sees: proxy-authorization\n")
    assert curl("-x", run.proxy, "-U", "ada:lovelace", origin.url).body == b"hello"
    assert origin.requests[0].get("proxy-authorization") is None


def test_a_stale_nonce_is_asked_for_again(naysay):
    """A client that keeps its nonce is told so with stale=true, and goes on with the new one."""
    run = guarded(naysay, """auth:
  origin: {schemes: [digest], realm: lab, users: {ada: lovelace}, digest: {algorithms: [SHA-256, MD5], stale-after: 2}}""")
    with requests.Session() as session:
        session.trust_env, session.auth = False, HTTPDigestAuth("ada", "lovelace")
        assert [session.get(f"{run.url}/{n}").status_code for n in range(5)] == [200] * 5
    #                     asked once, and again after two uses of a nonce
    assert rules(run, 8) == ["auth", "page", "page", "auth", "page", "page", "auth", "page"]
    challenges = [value for e in run.entries() if e.rule == "auth" for name, value in e.response["fields"]
                  if name == "WWW-Authenticate"]
    assert ["stale=true" in c for c in challenges] == [False] * 2 + [True] * 4


def digest(challenge, method, uri, body=b"", qop="auth-int", nc=1):
    """RFC 7616 §3.4 with auth-int, which no common client offers."""
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def h(text):
        return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()
    a1 = h(f"ada:{fields['realm']}:lovelace")
    a2 = h(f"{method}:{uri}:{h(body)}" if qop == "auth-int" else f"{method}:{uri}")
    answer = h(f"{a1}:{fields['nonce']}:{nc:08x}:c0:{qop}:{a2}")
    return (f'Digest username="ada", realm="{fields["realm"]}", nonce="{fields["nonce"]}", uri="{uri}", '
            f'algorithm=SHA-256, qop={qop}, nc={nc:08x}, cnonce="c0", response="{answer}"')


AUTH_INT = "auth:\n  origin: {schemes: [digest], realm: lab, users: {ada: lovelace}, " \
    "digest: {algorithms: SHA-256, qop: [auth-int, auth]}}"


@pytest.mark.parametrize("size", [0, 4, 200_000])
@pytest.mark.parametrize("framing", ["length", "chunked", "expect"])
def test_a_digest_over_the_body_is_judged_by_the_body(naysay, size, framing):
    body = b"x" * size
    run = guarded(naysay, AUTH_INT, "{body: '{{attempt}}'}")
    raw = run.raw()
    challenge = raw.request("POST /x", "Content-Length: 0").answer().get("www-authenticate")
    fields = ["Authorization: " + digest(challenge, "POST", "/x", body)]
    if framing == "chunked":
        sent = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        raw.request("POST /x", "Transfer-Encoding: chunked", *fields, body=sent)
    elif framing == "expect" and body:
        raw.request("POST /x", f"Content-Length: {len(body)}", "Expect: 100-continue", *fields)
        raw.interim(100)
        raw.send(body)
    else:
        raw.request("POST /x", f"Content-Length: {len(body)}", *fields, body=body)
    answer = raw.answer()
    assert (answer.status, answer.text) == (200, "1")
    forged = digest(challenge, "POST", "/x", body + b"!", nc=2)
    assert raw.request("POST /x", f"Content-Length: {len(body)}", "Authorization: " + forged,
                       body=body).answer().status == 401
    assert raw.request("GET /x", "Authorization: " + digest(challenge, "GET", "/x", nc=3)).answer().status == 200
    raw.close()
    assert run.audit(raw) == []


def test_a_digest_over_a_body_too_long_is_a_413(naysay):
    run = guarded(naysay, AUTH_INT, "200", "--limit", "body=1KiB", expect_exit=None)
    raw = run.raw()
    challenge = raw.request("POST /x", "Content-Length: 0").answer().get("www-authenticate")
    body = b"x" * 2000
    raw.request("POST /x", f"Content-Length: {len(body)}", "Authorization: " + digest(challenge, "POST", "/x", body), body=body)
    assert raw.answer().status == 413


def test_what_was_judged_whole_is_relayed_whole(naysay, origin):
    run = guarded(naysay, AUTH_INT, f"{{pass: '{origin.url}'}}")
    raw = run.raw()
    challenge = raw.request("POST /x", "Content-Length: 0").answer().get("www-authenticate")
    body = b"y" * 70_000
    answer = raw.request("POST /x", f"Content-Length: {len(body)}",
                         "Authorization: " + digest(challenge, "POST", "/x", body), body=body).answer()
    assert answer.status == 200 and origin.requests[0].body == body


def test_the_next_nonce_is_told_with_the_answer(naysay):
    auth = "auth:\n  origin: {schemes: [digest], realm: lab, users: {ada: lovelace}, digest: {algorithms: SHA-256, next-nonce: always}}"
    run = guarded(naysay, auth, "{body: hello, coding: gzip}")
    raw = run.raw()
    challenge = raw.request("GET /x").answer().get("www-authenticate")
    answer = raw.request("GET /x", "Authorization: " + digest(challenge, "GET", "/x", qop="auth")).answer()
    assert "nextnonce=" in answer.get("authentication-info")


def test_the_user_is_known_to_rules(naysay, curl):
    run = naysay.play("""
        scenario: by user
        auth: {proxy: {schemes: [basic, digest], users: {ada: a, bob: b}}}
        key: user
        rules:
          - {name: ada, match: any **, when: {user: ada}, do: {body: "ada {{attempt}}"}}
          - {name: bob, match: any **, when: {user: bob}, do: {body: "bob {{attempt}}"}}
    """)
    for user, said in (("ada:a", b"ada 1"), ("bob:b", b"bob 1"), ("ada:a", b"ada 2")):
        assert curl("-x", run.proxy, "--proxy-digest", "-U", user, "http://o.test/").body == said


def test_nonces_come_from_the_seed_and_the_key(naysay):
    def nonce(seed, *others):
        run = naysay.play(f"""
            scenario: nonces
            auth: {{proxy: {{schemes: [digest], users: {{ada: a}}}}}}
            key: header x-key
            rules: [{{name: page, match: any **, do: 200}}]
        """, "--seed", seed, expect_exit=1)
        raw = run.raw()
        for other in others:
            raw.request("GET http://o.test/", f"X-Key: {other}").answer()
        answer = raw.request("GET http://o.test/", "X-Key: mine").answer()
        return re.search(r'nonce="([^"]+)"', answer.get("proxy-authenticate")).group(1)
    assert nonce(1) == nonce(1, "other", "third") != nonce(2)
    assert nonce(1, "mine") != nonce(1)
