# SPDX-License-Identifier: MIT
"""Where naysay may be sent: open relays, itself, names that change their mind, secrets."""
import socket

import pytest

from lib.dns import NXDOMAIN, SERVFAIL
from lib.origin import OK, response


def machine_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))         # nothing is sent
            own = s.getsockname()[0]
        except OSError:
            return None
    return None if own.startswith("127.") else own


def forward(run, url, host="x"):
    return run.raw().request(f"GET {url}", host=host).answer()


# ---- FWD-01: no open relay ----

def test_FWD_01_loopback_listener_relays_where_the_client_asks(naysay, origin):
    run = naysay.serve()
    assert forward(run, f"{origin.url}/a").status == 200
    assert run.entry(1).upstream.address == origin.authority


def test_FWD_01_other_listener_demands_allow_remote(naysay):
    done = naysay.command("serve", "--listen", "0.0.0.0:0")
    assert done.returncode == 2
    assert "--allow-remote" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_FWD_01_other_listener_relays_nowhere(naysay, origin):
    run = naysay.serve("--listen", "0.0.0.0:0", "--allow-remote")
    assert forward(run, f"{origin.url}/a").status == 403
    raw = run.raw().request(f"CONNECT {origin.authority}")
    assert raw.answer("CONNECT").status == 403
    assert [e.ending for e in run.wait_entries(2)] == ["relay-forbidden"] * 2
    assert origin.connections == []
    assert "--allow-remote" in run.stderr() or "reach" in run.stderr()      # it warns


def test_FWD_01_other_listener_relays_to_what_is_listed(naysay, origin, origins):
    other = origins()
    run = naysay.serve("--listen", "0.0.0.0:0", "--allow-remote", "--allow-upstream", origin.authority)
    assert forward(run, f"{origin.url}/a").status == 200
    assert forward(run, f"{other.url}/a").status == 403
    assert other.connections == []


def test_FWD_01_a_list_binds_a_loopback_listener_too(naysay, origin, origins):
    other = origins()
    run = naysay.serve("--allow-upstream", origin.authority)
    assert forward(run, f"{origin.url}/a").status == 200
    assert forward(run, f"{other.url}/a").status == 403


def test_FWD_01_reverse_side_needs_no_list(naysay, origin):
    run = naysay.serve("--listen", "0.0.0.0:0", "--allow-remote", "--upstream", origin.url)
    assert run.raw().request("GET /a").answer().status == 200


# ---- FWD-02: never to itself ----

@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_absolute_form_for_the_own_port_is_served_here(naysay, host):
    """A client told to use this proxy asks for its pages in absolute-form (RFC 9112 §3.2.2)."""
    run = naysay.serve()
    assert forward(run, f"http://{host}:{run.port}/status/429").status == 429
    assert run.entry(1).rule == "on-demand" and run.entry(1).upstream is None


@pytest.mark.parametrize("host", ["[::ffff:127.0.0.1]", "0.0.0.0", "own.test"])
def test_FWD_02_own_listener_is_refused(naysay, host):
    run = naysay.serve("--resolve", "own.test=127.0.0.1", "--resolve", "localhost=127.0.0.1")
    answer = forward(run, f"http://{host}:{run.port}/status/200")
    assert answer.status in (403, 508)
    assert run.entry(1).ending == "relay-to-self"


def test_FWD_02_tunnel_to_the_own_listener_is_refused(naysay):
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT 127.0.0.1:{run.port}")
    assert raw.answer("CONNECT").status in (403, 508)
    assert run.entry(1).ending == "relay-to-self"


@pytest.mark.parametrize("host", ["127.0.0.2", "127.255.255.254"])
def test_FWD_02_alias_of_a_listener_on_every_address_is_refused(naysay, host):
    run = naysay.serve("--listen", "0.0.0.0:0", "--allow-remote", "--allow-upstream", host)
    assert forward(run, f"http://{host}:{run.port}/").status in (403, 508)
    assert run.entry(1).ending == "relay-to-self"


def test_FWD_02_own_address_of_the_machine_is_refused(naysay):
    own = machine_address()
    if own is None:
        pytest.skip("this machine has loopback only")
    run = naysay.serve("--listen", "0.0.0.0:0", "--allow-remote", "--allow-upstream", own)
    assert forward(run, f"http://{own}:{run.port}/").status in (403, 508)
    assert run.entry(1).ending == "relay-to-self"


def test_FWD_02_upstream_that_is_the_own_listener_loops_once(naysay):
    """Two naysays in a ring: the second time round, Via tells."""
    first = naysay.serve()
    second = naysay.serve("--upstream", first.url)
    answer = second.raw().request("GET /a").answer()
    via = [v for n, v in second.entry(1).request.fields if n == "Via"]
    assert (answer.status, via) == (404, [])
    pseudonym = answer.get("Via").split(" ")[1]
    looped = second.raw().request("GET /a", f"Via: 1.1 other, 1.1 {pseudonym}").answer()
    assert looped.status == 508
    assert second.entry(2).ending == "loop-detected"


# ---- FWD-03: the address judged is the one connected to ----

@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "224.0.0.1", "0.1.2.3", "[ff02::1]",
                                  "[::ffff:169.254.169.254]"])
def test_FWD_03_link_local_metadata_and_multicast_are_refused(naysay, host):
    run = naysay.serve()
    assert forward(run, f"http://{host}/latest/meta-data/").status == 403
    assert run.entry(1).ending == "relay-forbidden"


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])
def test_FWD_03_names_that_lead_there_are_refused(naysay, dns, address):
    dns.names["meta.test"] = [address]
    run = naysay.serve("--dns", dns.address)
    assert forward(run, "http://meta.test/").status == 403
    assert run.entry(1).ending == "relay-forbidden"


def test_FWD_03_listed_name_that_rebinds_to_metadata_is_refused(naysay, dns, origin):
    dns.names["app.test"] = ["127.0.0.1"]
    run = naysay.serve("--dns", dns.address, "--allow-upstream", "app.test")
    assert forward(run, f"http://app.test:{origin.port}/").status == 200
    dns.names["app.test"] = ["169.254.169.254"]
    raw = run.raw().request("GET http://app.test:1/")
    assert raw.answer().status == 403


def test_FWD_03_listed_name_may_not_lead_a_remote_client_inside(naysay, dns, origin):
    dns.names["app.test"] = ["127.0.0.1"]
    run = naysay.serve("--listen", "0.0.0.0:0", "--allow-remote", "--dns", dns.address,
                       "--allow-upstream", "app.test")
    assert forward(run, f"http://app.test:{origin.port}/").status == 403
    assert origin.connections == []


@pytest.mark.parametrize("host", ["0x7f.1", "127.1", "2130706433", "0177.0.0.1", "127.0.0.1.", "0"])
def test_FWD_03_odd_spellings_are_names_not_addresses(naysay, origin, dns, host):
    """They resolve as names, which do not exist; they never become 127.0.0.1 behind the list's back."""
    run = naysay.serve("--dns", dns.address, "--allow-upstream", "127.0.0.1")
    assert forward(run, f"http://{host}:{origin.port}/").status in (400, 403, 502)
    assert origin.connections == []


@pytest.mark.parametrize("target", ["http://user@127.0.0.1/", "http://a:b@x/", "http://x@y@z/"])
def test_FWD_03_user_names_in_targets_are_refused(naysay, target):
    run = naysay.serve()
    assert forward(run, target).status == 400


def test_FWD_03_resolved_once_and_connected_to_that(naysay, dns, origin):
    dns.names["app.test"] = ["127.0.0.1"]
    run = naysay.serve("--dns", dns.address)
    assert forward(run, f"http://app.test:{origin.port}/a").status == 200
    assert dns.queries.count(("app.test", "A")) == 1
    assert run.entry(1).upstream.address == origin.authority


# ---- FWD-04: tunnels ----

def test_FWD_04_tunnel_only_to_listed_ports(naysay, origin, origins):
    other = origins()
    run = naysay.serve("--allow-upstream", origin.authority)
    assert run.raw().request(f"CONNECT {other.authority}").answer("CONNECT").status == 403
    assert other.connections == []
    assert run.raw().request(f"CONNECT {origin.authority}").answer("CONNECT").status == 200


def test_FWD_04_octets_after_connect_belong_to_the_tunnel(naysay, origin):
    """Sent in one breath with the CONNECT, they are no request of this connection."""
    run = naysay.serve()
    raw = run.raw().send(f"CONNECT {origin.authority} HTTP/1.1\nHost: x\n\n"
                         "GET /inside HTTP/1.1\nHost: x\n\n")
    assert raw.answer("CONNECT").status == 200
    assert raw.answer().body == b"hello"
    assert origin.last.target == "/inside"


def test_FWD_04_octets_after_a_refused_connect_are_no_request(naysay, origin):
    """A client that did not wait meant them for the tunnel (RFC 9110 §9.3.6)."""
    run = naysay.serve("--allow-upstream", "127.0.0.1:1", "--upstream", origin.url)
    raw = run.raw().send("CONNECT 127.0.0.9:25 HTTP/1.1\nHost: x\n\nGET /inside HTTP/1.1\nHost: x\n\n")
    assert raw.answer("CONNECT").status == 403
    assert raw.ends() == "fin"
    assert origin.requests == []


@pytest.mark.parametrize("target", ["example.test", "example.test:", "example.test:0", ":443",
                                    "example.test:65536", "example.test:http", "http://example.test:80/",
                                    "user@example.test:443", "/", "*"])
def test_FWD_04_connect_without_host_and_port_is_refused(naysay, target):
    run = naysay.serve()
    raw = run.raw().request(f"CONNECT {target}")
    assert raw.answer("CONNECT").status == 400
    assert raw.ends() == "fin"
    assert run.entry(1).ending in ("bad-target", "bad-request")


# ---- FWD-05, 06, 07 ----

def test_FWD_05_redirects_are_relayed_not_followed(naysay, origin, origins):
    other = origins()
    origin.plays(response(b"", "302 Found", f"Location: {other.url}/elsewhere"))
    run = naysay.serve("--upstream", origin.url)
    answer = run.raw().request("GET /a").answer()
    assert (answer.status, answer.get("Location")) == (302, f"{other.url}/elsewhere")
    assert other.connections == []


def test_FWD_06_environment_proxies_are_ignored(naysay, origin, origins):
    other = origins()
    env = {name: other.url for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")}
    run = naysay.serve("--upstream", origin.url, env=env)
    assert run.raw().request("GET /a").answer().status == 200
    assert forward(run, f"{origin.url}/b").status == 200
    assert other.connections == []


def test_FWD_07_proxy_credentials_go_no_further(naysay, origin):
    run = naysay.serve()
    secret = "Basic c2VjcmV0OnNlY3JldA=="
    raw = run.raw().request(f"GET {origin.url}/a", f"Proxy-Authorization: {secret}",
                            "Proxy-Connection: keep-alive", "Authorization: Bearer origins-own")
    assert raw.answer().status == 200
    assert origin.last.get("Proxy-Authorization") is None
    assert origin.last.get("Proxy-Connection") is None
    assert origin.last.get("Authorization") == "Bearer origins-own"


def test_FWD_07_secrets_stay_out_of_journal_and_log(naysay, origin):
    run = naysay.serve("--upstream", origin.url, "-v")
    run.raw().request("GET /a", "Proxy-Authorization: Basic c2VjcmV0", "Authorization: Bearer t0ken",
                      "Cookie: sid=t0ken").answer()
    run.entry(1)
    told = run.journal_path.read_text() + run.stderr() + run.stdout()
    assert "c2VjcmV0" not in told and "t0ken" not in told


# ---- names ----

@pytest.mark.parametrize("said, status, ending", [
    (NXDOMAIN, 502, "upstream-name"), (SERVFAIL, 502, "upstream-name"), ([], 502, "upstream-name"),
])
def test_names_that_do_not_resolve(naysay, dns, said, status, ending):
    dns.names["gone.test"] = said
    run = naysay.serve("--dns", dns.address)
    answer = forward(run, "http://gone.test/")
    assert answer.status == status
    assert "dns" in answer.get("Proxy-Status", "")
    assert run.entry(1).ending == ending


def test_silent_name_server_times_out(naysay, dns):
    dns.names["slow.test"] = "silence"
    run = naysay.serve("--dns", dns.address, "--limit", "resolve-time=200ms")
    assert forward(run, "http://slow.test/").status == 504
    assert run.entry(1).ending == "upstream-name-timeout"


def test_garbage_from_the_name_server_ends_well(naysay, dns):
    dns.names["odd.test"] = "garbage"
    run = naysay.serve("--dns", dns.address, "--limit", "resolve-time=300ms")
    assert forward(run, "http://odd.test/").status in (502, 504)
    assert run.entry(1).ending in ("upstream-name", "upstream-name-timeout")


def test_pinned_names_are_not_asked_for(naysay, dns, origin):
    run = naysay.serve("--dns", dns.address, "--resolve", "app.test=127.0.0.1")
    assert forward(run, f"http://app.test:{origin.port}/a").status == 200
    assert origin.last.get("Host") == f"app.test:{origin.port}"
    assert dns.queries == []


def test_next_address_is_tried_when_one_refuses(naysay, dns, origin):
    dns.names["two.test"] = ["127.0.0.77", "127.0.0.1"]
    run = naysay.serve("--dns", dns.address)
    assert forward(run, f"http://two.test:{origin.port}/a").status == 200


# ---- targets through the proxy ----

@pytest.mark.parametrize("target, status, ending", [
    ("ftp://x/", 400, "scheme-unknown"), ("gopher://x:70/", 400, "scheme-unknown"),
    ("https://x/", 501, "https-needs-connect"), ("http://x:65536/", 400, "bad-target"),
    ("http://x:0/", 400, "bad-target"), ("http:///a", 400, "bad-target"),
    ("http://[::1/", 400, "bad-target"), ("http://a,b/", 400, "bad-target"),
])
def test_targets_that_lead_nowhere(naysay, target, status, ending):
    run = naysay.serve()
    assert forward(run, target).status == status
    assert run.entry(1).ending in (ending, "bad-request" if ending == "bad-target" else ending)


def test_forwarded_request_is_in_origin_form(naysay, origin):
    run = naysay.serve()
    assert forward(run, f"{origin.url}/a%20b?c=d&e").status == 200
    assert origin.last.line == "GET /a%20b?c=d&e HTTP/1.1"
    assert origin.last.all("Host") == [origin.authority]
    assert forward(run, origin.url).status == 200
    assert origin.last.target == "/"


def test_options_of_a_whole_server_goes_on_as_asterisk(naysay, origin):
    run = naysay.serve()
    assert run.raw().request(f"OPTIONS {origin.url}").answer().status == 200
    assert origin.last.line == "OPTIONS * HTTP/1.1"


def test_origin_answers_are_untouched(naysay, origin):
    origin.plays(OK)
    run = naysay.serve()
    answer = forward(run, f"{origin.url}/a")
    assert answer.body == b"hello"
    assert answer.get("Content-Length") == "5"
