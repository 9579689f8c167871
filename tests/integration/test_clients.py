# SPDX-License-Identifier: MIT
"""Real clients, every way round: forward, CONNECT, reverse, naysay as the origin."""
import subprocess

import pytest

from lib.clients import Seen
from lib.origin import response
from lib.runner import clean_env

BODY = b"hello from the origin"


@pytest.fixture
def origin(origin):
    return origin.plays(response(BODY, "200 OK", "X-Origin: yes"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate for localhost; clients are told not to mind."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", folder / "key.pem",
                    "-out", folder / "cert.pem"], check=True, capture_output=True, env=clean_env())
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure(origins, certificate):
    """An origin behind TLS."""
    return origins(certificate=certificate).plays(response(BODY, "200 OK", "X-Origin: yes"))


@pytest.fixture
def client(request, curl, wget, requests_get, node):
    """get(url, proxy): one GET by the client whose name is the parameter."""
    def by_curl(url, proxy=None):
        return curl("-k", *(["-x", proxy] if proxy else []), url)

    def by_wget(url, proxy=None):
        return wget("--no-check-certificate", url, proxy=proxy)

    def by_requests(url, proxy=None):
        return requests_get(url, proxy=proxy, verify=False)

    def by_node(url, proxy=None):
        if proxy is None:
            return node("fetch", url)
        return node("connect" if url.startswith("https:") else "forward", url, proxy)
    return {"curl": by_curl, "wget": by_wget, "requests": by_requests, "node": by_node}[request.param]


every_client = pytest.mark.parametrize("client", ["curl", "wget", "requests", "node"], indirect=True)


@every_client
def test_forward(naysay, origin, client):
    run = naysay.serve()
    seen = client(f"{origin.url}/a?b=c", run.proxy)
    assert (seen.status, seen.body, seen.headers.get("x-origin")) == (200, BODY, "yes")
    assert origin.last.target == "/a?b=c"
    assert (run.entry(1).rule, run.entry(1).ending) == ("relay", "by-plan")


@pytest.mark.parametrize("inside", ["http", "https"])
def test_node_fetch_with_a_proxy_agent(naysay, origin, secure, node, inside):
    run = naysay.serve()
    to = origin.plays(response(BODY)) if inside == "http" else secure
    seen = node("agent", f"{inside}://{to.authority}/a", run.proxy)
    assert (seen.status, seen.body) == (200, BODY), seen.stderr
    assert to.last.target == "/a"
    assert run.entry(1).rule == "tunnel"


def test_node_fetch_is_told_no_inside_the_tunnel(naysay, node):
    """The agent says Connection: close to the proxy, and means it for after the tunnel."""
    run = naysay.serve()
    assert node("agent", "http://status.test/522", run.proxy).status == 522
    assert [e.response.status for e in run.wait_entries(2)] == [200, 522]


@every_client
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_connect(naysay, secure, client):
    run = naysay.serve()
    seen = client(f"https://{secure.authority}/a", run.proxy)
    assert (seen.status, seen.body) == (200, BODY), seen.stderr
    assert secure.last.target == "/a"
    entry = run.entry(1)
    assert (entry.request.method, entry.rule) == ("CONNECT", "tunnel")
    assert entry.request.target == secure.authority


@every_client
def test_reverse(naysay, origin, client):
    run = naysay.serve("--upstream", origin.url)
    seen = client(f"{run.url}/a")
    assert (seen.status, seen.body, seen.headers.get("x-origin")) == (200, BODY, "yes")
    assert origin.last.get("X-Forwarded-For") == "127.0.0.1"
    assert run.statuses(1) == [200]


@every_client
@pytest.mark.parametrize("status", [522, 440, 404, 503])
def test_on_demand(naysay, client, status):
    run = naysay.serve()
    seen = client(f"{run.url}/status/{status}")
    assert seen.status == status
    assert run.statuses(1) == [status]


@every_client
def test_corporate_proxy_wants_a_password(naysay, client):
    run = naysay.answers(407)
    seen = client("http://example.test/", run.proxy)
    assert seen.status == 407
    assert seen.headers["proxy-authenticate"] == 'Basic realm="naysay"'
    assert set(run.statuses(1)) == {407}


def is_refused(seen: Seen):
    """The client noticed that its tunnel was refused."""
    return seen.exit != 0 or seen.connect == 407


@every_client
def test_corporate_proxy_refuses_a_tunnel(naysay, client):
    run = naysay.answers(407)
    assert is_refused(client("https://example.test/", run.proxy))
    assert run.entry(1).request.method == "CONNECT"


@every_client
def test_connection_closed_without_a_word(naysay, client):
    run = naysay.serve()
    seen = client(f"{run.url}/status/nginx/444")
    assert (seen.status, seen.exit != 0) == (0, True)
    assert run.entry(1).ending in ("closed-by-plan", "by-plan")


def test_curl_tunnels_plain_http(naysay, origin, curl):
    run = naysay.serve()
    seen = curl("-p", "-x", run.proxy, f"{origin.url}/a")
    assert (seen.connect, seen.status, seen.body) == (200, 200, BODY)
    assert origin.last.get("Via") is None


def test_curl_reports_a_refused_tunnel(naysay, curl):
    run = naysay.serve()
    seen = curl("-p", "-x", run.proxy, "http://status.test:407/")
    assert (seen.connect, seen.exit) == (407, 56)
    assert run.statuses(1) == [407]


def test_curl_posts_after_expecting(naysay, origin, curl):
    run = naysay.serve("--upstream", origin.url)
    seen = curl("-H", "Expect: 100-continue", "--data-binary", "x" * 2000, f"{run.url}/post")
    assert seen.status == 200
    assert origin.last.body == b"x" * 2000


def test_curl_uploads_chunked(naysay, origin, curl):
    run = naysay.serve("--upstream", origin.url)
    seen = curl("-H", "Transfer-Encoding: chunked", "--data-binary", "y" * 5000, f"{run.url}/post")
    assert seen.status == 200
    assert origin.last.body == b"y" * 5000


def test_curl_speaks_http_10(naysay, origin, curl):
    run = naysay.serve("--upstream", origin.url)
    seen = curl("--http1.0", f"{run.url}/a")
    assert (seen.status, seen.body) == (200, BODY)


def test_curl_sees_the_raw_octets_for_what_they_are(naysay, curl):
    run = naysay.serve()
    seen = curl(f"{run.url}/status/200?raw=HTTP/1.1%20200%20OK%0d%0aContent-Length:%20x%0d%0a%0d%0a")
    assert seen.exit != 0
    assert run.entry(1).intents[0].kind == "raw"


# ---- naysay STATUS… -- CMD ----

def test_command_runs_through_the_proxy(naysay):
    script = 'for i in 1 2 3 4; do curl -s -o /dev/null -w "%{http_code}\\n" http://example.test/; done'
    done = naysay.command(503, 503, 200, "--", "sh", "-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["503", "503", "200", "200"]


def test_command_finds_placeholders_and_environment(naysay):
    script = 'echo {url} {proxy} $http_proxy $HTTPS_PROXY $all_proxy "[$no_proxy]" $NAYSAY_PROXY ' \
             '$NAYSAY_URL $NODE_USE_ENV_PROXY; curl -s --noproxy "*" {url}/ -o /dev/null'
    done = naysay.command(503, "--", "sh", "-c", script)
    words = done.stdout.split()
    assert len(set(words[:5] + words[6:8])) == 1, words
    assert words[0].startswith("http://127.0.0.1:")
    assert words[5] == "[]" and words[8] == "1"


def test_python_requests_takes_the_proxy_from_the_environment(naysay):
    script = "import requests; print(requests.get('http://example.test/').status_code)"
    done = naysay.command("iis/440", "--", "/usr/bin/python3", "-c", script)
    assert done.stdout.strip() == "440", done.stderr


def test_command_that_cannot_be_started_is_3(naysay):
    done = naysay.command(503, "--", "/no/such/program")
    assert done.returncode == 3
    assert "/no/such/program" in done.stderr


def test_time_limit_ends_the_command_with_124(naysay):
    done = naysay.command(503, "--time-limit", "200ms", "--", "sleep", "1000")
    assert done.returncode == 124
