# SPDX-License-Identifier: MIT
"""The command line is a contract: what it accepts, what it complains about, how it ends."""
import json
import os
import socket

import pytest


def complains(done, *words):
    """Exit 2 and one line that says what and what to do."""
    assert done.returncode == 2, done
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("argv, words", [
    (["99"], ["99", "100 to 999"]),
    (["1000"], ["1000"]),
    (["iss/440"], ["iis/440"]),
    (["nginx/499"], ["nginx/499", "499"]),
    (["200,404"], ["1xx"]),
    (["sevre"], ["sevre", "serve"]),
    (["serve", "--upstraem", "http://x"], ["--upstraem", "--upstream"]),
    (["serve", "--upstream"], ["--upstream"]),
    (["serve", "--upstream", "ftp://x"], ["ftp://x", "http"]),
    (["serve", "--upstream", "https://x"], ["http"]),
    (["serve", "--listen", "nowhere"], ["nowhere"]),
    (["serve", "--listen", "127.0.0.1:99999"], ["99999"]),
    (["serve", "--allow-remote", "--listen", "192.0.2.1:0"], ["192.0.2.1"]),
    (["serve", "--listen", "0.0.0.0:0"], ["--allow-remote"]),
    (["serve", "--limit", "haed=1KiB"], ["haed", "head"]),
    (["serve", "--limit", "head"], ["head"]),
    (["serve", "--limit", "head=0"], ["head"]),
    (["serve", "--limit", "head=1GiB"], ["head"]),
    (["serve", "--limit", "head-time=soon"], ["head-time"]),
    (["serve", "--time-limit", "yes"], ["yes"]),
    (["serve", "--resolve", "x"], ["x"]),
    (["serve", "--resolve", "x=y"], ["y"]),
    (["serve", "--dns", "x"], ["x"]),
    (["serve", "--color", "pink"], ["pink"]),
    (["serve", "--codes", "/no/such/file"], ["/no/such/file"]),
    (["serve", "--journal", "/no/such/folder/x"], ["/no/such/folder/x"]),
    (["serve", "--ready-file", "/no/such/folder/x"], ["/no/such/folder/x"]),
    (["serve", "--allow-upstream", ":"], []),
    (["codes", "--jsno"], ["--json"]),
])
def test_bad_usage_is_one_line_and_exit_2(naysay, argv, words):
    listen = ["--listen", "127.0.0.1:0"] if "--listen" not in argv and argv[0] != "codes" else []
    complains(naysay.command(*argv, *listen), *words)


def test_address_in_use_is_one_line_and_exit_2(naysay):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        complains(naysay.command("serve", "--listen", f"127.0.0.1:{port}"), str(port), "in use")


def test_no_arguments_show_the_way(naysay):
    done = naysay.command()
    assert done.returncode in (0, 2)
    assert "naysay --help" in done.stderr + done.stdout or "Usage" in done.stdout + done.stderr


@pytest.mark.parametrize("argv, words", [
    (["--help"], ["naysay", "serve", "codes", "--listen"]),
    (["serve", "--help"], ["--upstream", "--allow-remote", "--limit"]),
    (["codes", "--help"], ["--json"]),
])
def test_help_is_on_stdout(naysay, argv, words):
    done = naysay.command(*argv)
    assert done.returncode == 0
    assert done.stderr == ""
    for word in words:
        assert word in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_version(naysay):
    done = naysay.command("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("naysay 0.")


# ---- codes ----

def test_codes_by_number_vendor_and_word(naysay):
    assert "Proxy Authentication Required" in naysay.command("codes", 407).stdout
    assert "522" in naysay.command("codes", "cloudflare").stdout
    assert "440" in naysay.command("codes", "session").stdout
    assert "Login" in naysay.command("codes", "iis/440").stdout


def test_same_seed_same_octets(naysay, origin):
    names = set()
    for _ in range(2):
        run = naysay.serve("--seed", 7)
        run.raw().request(f"GET {origin.url}/a").answer()
        names.add(origin.last.get("Via"))
    assert len(names) == 1


def test_codes_of_a_class(naysay):
    rows = json.loads(naysay.command("codes", "1xx", "--json").stdout)
    assert {row["id"] for row in rows} >= {"ietf/100", "ietf/101", "ietf/103", "resumable/103"}
    assert all(100 <= row["wire"] <= 199 for row in rows)


def test_codes_as_json(naysay):
    rows = json.loads(naysay.command("codes", "--json").stdout)
    assert len(rows) > 129
    assert {r["id"] for r in json.loads(naysay.command("codes", "session", "--json").stdout)} <= \
        {r["id"] for r in rows}


def test_codes_unknown_suggests_the_nearest(naysay):
    done = naysay.command("codes", "cloudfare")
    assert done.returncode == 1
    assert "cloudflare" in done.stderr


@pytest.mark.parametrize("columns", [80, 120])
def test_codes_fit_the_terminal(naysay, columns):
    lines = naysay.command("codes", env={"COLUMNS": str(columns)}).stdout.splitlines()
    assert max(map(len, lines)) <= columns


def test_color_only_where_wanted(naysay):
    assert "\x1b[" not in naysay.command("codes", 407).stdout
    assert "\x1b[" in naysay.command("codes", 407, "--color", "always").stdout
    assert "\x1b[" not in naysay.command("codes", 407, "--color", "never").stdout


def test_own_codes_join_the_registry(naysay, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("id: shop/599\nphrase: Till Closed\nwire: 599\nneeds: X-Till: shut\n"
                   "summary: the till is closed\n")
    run = naysay.serve("--codes", own)
    answer = run.raw().request("GET /status/shop/599").answer()
    assert (answer.status, answer.phrase, answer.get("X-Till")) == (599, "Till Closed", "shut")


def test_bad_codes_file_is_told_with_its_line(naysay, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("id: shop/599\nphraze: Till Closed\n")
    complains(naysay.command("serve", "--codes", own, "--listen", "127.0.0.1:0"), "own.txt:2", "phrase")


# ---- the ready file, the journal, the talk ----

def test_ready_file_tells_where_and_who(naysay):
    run = naysay.serve()
    assert run.ready["proxy"] == f"http://127.0.0.1:{run.port}"
    assert run.ready["pid"] == run.process.pid
    assert len(run.ready_path.read_text().strip().splitlines()) == 1


def test_ready_file_replaces_an_old_one_whole(naysay, tmp_path):
    """Nobody ever reads half of it: it is written beside and renamed."""
    ready = tmp_path / "run1" / "ready.json"
    run = naysay.serve()
    assert sorted(os.listdir(ready.parent))[-3:] == ["ready.json", "stderr", "stdout"]
    assert json.loads(ready.read_text()) == run.ready


def test_listens_on_ipv6(naysay):
    run = naysay.serve("--listen", "[::1]:0")
    raw = socket.create_connection(("::1", run.port))
    raw.sendall(b"GET /status/204 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert raw.recv(100).startswith(b"HTTP/1.1 204")
    assert run.entry(1).client.startswith("[::1]:")
    raw.close()


def test_journal_keeps_every_octet_and_one_line_each(naysay):
    """ADM-06: whatever a peer sends, an entry is one line of JSON that reads back the same."""
    run = naysay.serve()
    value = bytes(o for o in range(256) if o not in b"\0\r\n\x7f" and (o >= 32 or o == 9))
    raw = run.raw().send(b"GET /a HTTP/1.1\r\nHost: x\r\nX-All: \"" + value + b"\"\r\n\r\n")
    assert raw.answer().status == 404
    fields = dict(run.entry(1).request.fields)
    assert fields["X-All"].encode("latin-1") == b'"' + value + b'"'
    assert run.journal_path.read_bytes().count(b"\n") == len(run.journal())


def test_journal_tells_the_whole_story(naysay):
    run = naysay.serve()
    raw = run.raw().request("POST /status/404?x=", "Content-Length: 3", body=b"abc")
    answer = raw.answer()
    raw.request("GET /status/404").answer()
    entry = run.entry(1)
    assert (entry.seq, entry.connection, entry.exchange) == (1, 1, 1)
    assert entry.client == raw.address
    assert (entry.request.method, entry.request.target) == ("POST", "/status/404?x=")
    assert entry.request.version == "1.1"
    assert ["Host", "test"] in entry.request.fields
    assert entry.sent == [0, answer.end]
    assert entry.time.endswith("Z")
    assert entry.response.line == "HTTP/1.1 400 Bad Request"
    assert run.entry(2).run_us >= entry.run_us + entry.times.end_us >= 0
    assert entry.times.end_us >= entry.times.first_us >= 0


def test_verbose_is_one_line_for_each_exchange(naysay):
    run = naysay.serve("-v")
    raw = run.raw()
    raw.request("GET /status/522").answer()
    raw.request("GET /status/iis/440").answer()
    run.wait_entries(2)
    lines = [line for line in (run.stderr() + run.stdout()).splitlines() if "/status/" in line]
    assert len(lines) == 2
    assert "522" in lines[0] and "440" in lines[1]
    assert "\x1b" not in "".join(lines)


def test_verbose_lets_no_peer_write_to_the_terminal(naysay):
    run = naysay.serve("-v", "--color", "never")
    raw = run.raw().send(b"GET /status/200?body=\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n")
    raw.rest()
    run.raw().send(b"GET /a HTTP/1.1\r\nHost: x\r\nUser-Agent: \xff\xfe\r\n\r\n").answer()
    run.wait_entries(2)
    assert "\x1b" not in run.stderr() + run.stdout()


def test_quiet_says_nothing(naysay):
    run = naysay.serve("-q")
    run.raw().request("GET /status/522").answer()
    run.stop()
    assert run.stderr() == "" and run.stdout() == ""


def test_time_limit_ends_a_server_with_124(naysay):
    run = naysay.serve("--time-limit", "100ms", expect_exit=124)
    assert run.wait() == 124


def test_two_runs_share_nothing(naysay):
    one, two = naysay.answers(503), naysay.answers(404)
    assert one.raw().request("GET /").answer().status == 503
    assert two.raw().request("GET /").answer().status == 404
    assert one.port != two.port
    assert len(one.wait_entries(1)) == len(two.wait_entries(1)) == 1


# ---- a journal is judged again ----

def test_judge_heeds_the_baseline(naysay, tmp_path):
    """What is known to fail passes, when a finished journal is judged as when it is played."""
    scenario, journal, known = (tmp_path / n for n in ("x.yaml", "x.jsonl", "known"))
    scenario.write_text("scenario: never\nrules: [{name: page, match: any **, do: 200}]\n"
                        "expect: [never: page]\n")
    known.write_text("# nothing to be done\nnever: page never comes\n")
    played = naysay.command("run", scenario, "--journal", journal, "--", "curl", "-s", "{url}/")
    assert played.returncode == 1
    assert naysay.command("judge", journal, scenario).returncode == 1
    judged = naysay.command("judge", journal, scenario, "--baseline", known, "-v")
    assert (judged.returncode, "known" in judged.stdout) == (0, True), judged
    missing = naysay.command("judge", journal, scenario, "--baseline", tmp_path / "none")
    complains(missing, "none", "No such file")


# ---- faults ----

def test_every_fault_is_listed(naysay):
    rows = json.loads(naysay.command("codes", "--faults", "--json").stdout)
    text = naysay.command("codes", "--faults").stdout
    assert len(rows) == len({row["name"] for row in rows}) > 30
    for row in rows:
        assert f"  {row['name']} " in text and row["help"] in text
        assert row["stage"] in ("accept", "head", "body", "end", "answer")
        assert set(row["transports"]) <= {"plain", "tls", "tunnel", "h2"} and row["transports"]
        for argument in row["arguments"]:
            assert argument["help"] and (argument["form"] or argument["type"] != "own")


def test_faults_are_found_by_their_words(naysay):
    found = json.loads(naysay.command("codes", "--faults", "--json", "GZIP").stdout)
    assert [row["name"] for row in found] == ["truncated-gzip"]
    none = naysay.command("codes", "--faults", "zork")
    assert (none.returncode, none.stdout) == (1, "")
    assert "zork" in none.stderr and "--faults" in none.stderr


@pytest.mark.parametrize("how", [lambda n: n.answers(440, options=["--as", "iis"]),
                                 lambda n: n.serve("--as", "iis")], ids=["statuses", "serve"])
def test_as_dresses_every_answer_of_ours(naysay, how):
    answer = how(naysay).raw().request("GET /status/440").answer()
    assert answer.status == 440
    assert answer.get("Server").startswith("Microsoft-IIS/")
