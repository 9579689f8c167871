# SPDX-License-Identifier: MIT
"""naysay run: what it plays, when it ends, and with what exit status."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest

from lib.playing import client_command
from lib.runner import BINARY, CRASH, clean_env
from lib.waiting import DEADLINE, until

GOOD = """
scenario: good
rules:
  - {name: up, match: GET /pay, do: 200}
expect:
  - order: up x1..
"""
BAD = """
scenario: bad
rules:
  - {name: up, match: GET /pay, do: 200}
expect:
  - count: {up: 3}
"""
SLOW = """
scenario: slow
rules:
  - {name: held, match: GET /pay, do: {steps: [{hold: 60s}, {end: close}]}}
"""


def run_of(naysay, *argv, command=None, env=None):
    """naysay run ARGV -- COMMAND"""
    tail = ["--", *(client_command(command) if isinstance(command, str) else command)] \
        if command else []
    return naysay.command("run", *argv, *tail, env=env)


# ---- exit statuses

@pytest.mark.parametrize("text, command, options, status", [
    (GOOD, "patient", (), 0),
    (BAD, "patient", (), 1),
    (GOOD, "never-comes", (), 1),
    (GOOD, ["true"], (), 1),
    (GOOD.replace("up,", "up, whatever: 1,"), "patient", (), 2),
    (GOOD, ["/nowhere/at-all"], (), 3),
    (GOOD, "hangs", ("--time-limit", "500ms"), 124),
    (SLOW, "gives-up", ("--time-limit", "500ms"), 124),
    ("time-limit: 400ms" + GOOD, "hangs", (), 124),
    ("time-limit: 400ms" + GOOD, "hangs", ("--time-limit", "50s"), 124),
    (GOOD, "fails", (), 0),                             # nobody speaks of its status
])
def test_an_exit_status_says_how_it_went(naysay, play, text, command, options, status):
    done = run_of(naysay, play.write(text), *options, command=command)

    assert done.returncode == status, done.stderr


def test_a_command_that_is_not_there_is_named(naysay, play):
    done = run_of(naysay, play.write(GOOD), command=["/nowhere/at-all"])

    assert "cannot start /nowhere/at-all" in done.stderr


def test_a_hang_says_so(naysay, play):
    done = run_of(naysay, play.write(GOOD), "--time-limit", "500ms", command="hangs")

    assert "FAILED the command ends in time" in done.stderr
    assert "it still ran after 0.5" in done.stderr
    assert "FAILED good  hang" in done.stderr


def test_a_client_that_never_came_is_told_the_usual_causes(naysay, play):
    done = run_of(naysay, play.write(GOOD), command="never-comes")

    assert "No request came through here. The usual causes:" in done.stderr
    for cause in ("http_proxy", "no_proxy", "{url}", "CONNECT"):
        assert cause in done.stderr
    assert "FAILED good  never came" in done.stderr


def test_a_run_without_requests_may_be_allowed(naysay, play):
    done = run_of(naysay, play.write("allow-no-requests: true" + GOOD), command="never-comes")

    assert done.returncode == 0, done.stderr


def test_a_storm_ends_the_run_early(play):
    """It would go on five thousand times."""
    played = play("""
        scenario: storm
        rules: [{name: down, match: GET /pay, do: 503}]
    """, "storms")

    assert (played.verdict, played.status) == ("storm", 1)
    assert 51 <= played.run.counts.requests < 1000
    assert "at most 50 requests in 1 s without an answer below 400" in played.stderr


def test_a_storm_that_makes_progress_is_none(play):
    played = play("""
        scenario: calm
        rules: [{name: up, match: GET /pay, do: 200}]
    """, ["sh", "-c", "curl -s -Z '{url}/pay?[1-80]'"])

    assert played.verdict == "good", played.stderr
    assert played.run.counts.requests == 80


# ---- rules that never had their turn

def test_a_rule_that_never_spoke_is_a_warning(play):
    played = play("""
        scenario: rest
        rules:
          - {name: up, match: GET /pay, do: 200}
          - {name: mistyped, match: GET /pya, do: 200}
    """, "patient")

    assert (played.verdict, played.status) == ("good", 0)
    assert played.run.counts.warnings == 1
    assert "warning rule `mistyped` (GET /pya) has its turn" in played.stderr


@pytest.mark.parametrize("claim", ["order: up", "never: mistyped", "count: {mistyped: 0}"])
def test_a_rule_may_rest_where_a_claim_says_so(play, claim):
    played = play(f"""
        scenario: rest
        rules:
          - {{name: up, match: GET /pay, do: 200}}
          - {{name: mistyped, match: GET /pya, do: 200}}
        expect: [{{{claim}}}]
    """, "patient")

    assert played.run.counts.warnings == 0, played.stderr


def test_a_scenario_of_which_no_rule_spoke_fails(play):
    played = play("""
        scenario: nothing reached
        auth: {proxy: {schemes: [basic], realm: lab, users: {ada: lovelace}}}
        rules: [{name: up, match: any **, do: 200}]
    """, ["curl", "-s", "http://page.test/"])

    assert (played.verdict, played.status) == ("failed", 1)
    assert "1 request, and no rule had its turn" in played.stderr


def test_a_request_that_no_rule_matches_fails(play):
    played = play(GOOD, "wanders-off")

    assert (played.verdict, played.status) == ("unmatched", 1)
    assert 'the first "GET" "/elsewhere"' in played.stderr


# ---- answers that could not be told

def test_a_fault_that_cannot_be_told_fails_the_run(play):
    """No quiet 200: there is no body to cut."""
    played = play("""
        scenario: untold
        rules: [{name: cut, match: GET /pay, do: {status: 204, faults: [{cut: {after: 1}}]}}]
        expect: [{order: cut x1..}]
    """, "gives-up")

    assert (played.verdict, played.status) == ("failed", 1)
    assert "every answer goes out as the scenario wants it" in played.stderr
    assert "cut.1 was told 500 instead" in played.stderr
    assert "the answer has no body to make wrong" in " ".join(played.stderr.split())


@pytest.mark.parametrize("fault", [
    "{drip: {octets: 2, every: 5ms}}", "{throttle: {rate: 1KiB/s}}", "{stall: {for: 30ms}}",
    "{delay: 20ms}", "{delay: {for: 20ms}}", "header-flood", "race", "half-close"])
def test_a_fault_can_be_spoken_of_by_name(play, fault):
    name = re.sub(r"[{:].*", "", fault.lstrip("{"))
    played = play(f"""
        scenario: faults have names
        rules:
          - {{name: slow, match: GET /pay, do: {{status: 503, body: hello, faults: [{fault}]}}, times: 1}}
          - {{name: up, match: GET /pay, do: 200}}
        expect: [{{after: fault {name}, client: sends up}}]
    """, ["sh", "-c", "curl -s {url}/pay; curl -s {url}/pay"])

    assert played.verdict == "good", played.stderr
    assert played.run.timeline[0].faults == name


# ---- several scenarios

def scenarios(play, n, text=GOOD):
    folder = play.folder / "many"
    folder.mkdir()
    for i in range(n):
        (folder / f"s{i:02}.yaml").write_text(text.replace("good", f"good {i:02}"))
    return folder


BARRIER = """
import os, sys, time, urllib.request
urllib.request.urlopen(sys.argv[1] + "/pay")
open(os.path.join(sys.argv[2], str(os.getpid())), "w")
while len(os.listdir(sys.argv[2])) < int(sys.argv[3]):
    time.sleep(0.01)
print("I was at", sys.argv[1])
"""


def test_jobs_are_played_at_once(naysay, play, tmp_path):
    """Each command waits until three others run: alone it would wait for ever."""
    (tmp_path / "there").mkdir()
    command = [sys.executable, "-c", BARRIER, "{url}", tmp_path / "there", "3"]
    done = run_of(naysay, scenarios(play, 3), "--jobs", "3", "--time-limit", "15s",
                  command=command)

    assert done.returncode == 0, done.stderr
    assert "3 scenarios, 3 good, 0 not" in done.stderr


def test_without_jobs_they_are_played_in_turn(naysay, play, tmp_path):
    log = tmp_path / "log"
    command = ["sh", "-c", f"echo in >>{log}; curl -s {{url}}/pay; echo out >>{log}"]
    done = run_of(naysay, scenarios(play, 3), command=command)

    assert done.returncode == 0, done.stderr
    assert log.read_text().split() == ["in", "out"] * 3


def test_runs_share_nothing(naysay, play):
    """Each has a port, state and a journal of its own."""
    text = """
scenario: good
rules:
  - {name: first, match: GET /pay, do: 503, times: 1}
  - {name: rest, match: GET /pay, do: 200}
expect: [{order: "first, rest"}]
"""
    done = run_of(naysay, scenarios(play, 8, text), "--jobs", "8", "--json", command="patient")
    runs = json.loads(done.stdout)["scenarios"]

    assert done.returncode == 0, done.stderr
    assert [r["scenario"] for r in runs] == [f"good {i:02}" for i in range(8)]
    assert all(r["saw"] == "first rest" for r in runs)


def test_words_of_commands_stay_apart_and_are_shown_when_it_went_wrong(naysay, play, tmp_path):
    good, bad = play.write(GOOD, "a.yaml"), play.write(BAD, "b.yaml")
    command = ["sh", "-c", "echo one {url}; curl -s {url}/pay; echo two {url} >&2"]
    done = run_of(naysay, good, bad, "--jobs", "2", command=command)

    assert done.returncode == 1
    assert len(re.findall("^one ", done.stderr, re.M)) == 1, done.stderr
    assert len(re.findall("two http", done.stderr)) == 1
    shown = re.search(r"one (\S+)", done.stderr).group(1)
    assert f"two {shown}" in done.stderr
    assert done.stderr.index("one ") < done.stderr.index("FAILED bad")
    assert done.stdout == ""


def test_the_words_of_one_command_come_as_they_are(naysay, play):
    done = run_of(naysay, play.write(GOOD), command=["sh", "-c", "curl -s {url}/pay; echo done"])

    assert done.stdout.endswith("done\n")


def test_with_a_report_on_standard_output_they_go_elsewhere(naysay, play):
    done = run_of(naysay, play.write(GOOD), "--tap",
                  command=["sh", "-c", "curl -s {url}/pay >/dev/null; echo not ok 9"])

    assert done.stdout.startswith("TAP version 14")
    assert "not ok 9" not in done.stdout and "not ok 9" in done.stderr


def test_the_gravest_status_is_the_status(naysay, play):
    files = [play.write(GOOD), play.write(BAD), play.write("time-limit: 300ms" + SLOW)]

    assert run_of(naysay, *files[:2], command="gives-up").returncode == 1
    assert run_of(naysay, *files, "--jobs", "3", command="gives-up").returncode == 124


def test_a_folder_is_its_scenarios_in_order(naysay, play):
    folder = scenarios(play, 3)
    (folder / "notes.txt").write_text("no scenario")
    (folder / "t.json").write_text(json.dumps({"scenario": "as JSON", "rules": [
        {"name": "up", "match": "GET /pay", "do": 200}]}))
    (folder / "shared.yml").write_text("rules: [{name: shared, match: GET /shared, do: 200}]\n")
    done = run_of(naysay, folder, "--json", command="patient")

    assert done.returncode == 0, done.stderr
    assert [s["scenario"] for s in json.loads(done.stdout)["scenarios"]] == \
        ["good 00", "good 01", "good 02", "as JSON"]


def test_several_scenarios_may_stand_in_one_file(naysay, play):
    done = run_of(naysay, play.write(GOOD + "---" + BAD), command="patient")

    assert done.returncode == 1
    assert "2 scenarios, 1 good, 1 not" in done.stderr


# ---- being interrupted

class Playing:
    """A `naysay run` that goes on."""

    def __init__(self, folder, *argv):
        self.err = open(folder / "playing.err", "w+b")
        self.process = subprocess.Popen([BINARY, "run", *map(str, argv)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self.err, env=clean_env())

    def interrupt(self, when):
        """SIGINT once that file is there; then its exit status, stdout and stderr."""
        until(when.exists, lambda: time.sleep(0.01), when.name)
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=DEADLINE)
        self.err.seek(0)
        err = self.err.read().decode()
        self.err.close()
        assert not CRASH.search(err), err
        return self.process.returncode, out.decode(), err


def test_an_interrupt_judges_what_there_is(play, tmp_path):
    """The command is told, too; what it did so far is judged."""
    told = tmp_path / "told"
    script = f"trap 'echo told >{told}; exit 5' INT; curl -s {{url}}/pay; " \
             f"echo ready >{tmp_path}/ready2; while :; do sleep 0.05; done"
    playing = Playing(tmp_path, play.write(GOOD), "--json", "--", "sh", "-c", script)
    status, out, err = playing.interrupt(tmp_path / "ready2")

    assert status == 0, err
    verdict = json.loads(out)["scenarios"][0]
    assert (verdict["verdict"], verdict["saw"]) == ("good", "up")
    assert told.read_text() == "told\n"


def test_a_second_interrupt_waits_for_nobody(play, tmp_path):
    script = f"trap '' INT TERM; curl -s {{url}}/pay; echo >{tmp_path}/began; " \
             f"while :; do sleep 0.05; done"
    playing = Playing(tmp_path, play.write(GOOD), "--", "sh", "-c", script)
    until((tmp_path / "began").exists, lambda: time.sleep(0.01), "the command")
    playing.process.send_signal(signal.SIGINT)
    time.sleep(0.2)             # two that come at once are one
    began = time.monotonic()
    status, _, err = playing.interrupt(tmp_path / "began")

    assert status == 0 and time.monotonic() - began < 3, err


def test_without_a_command_an_interrupt_ends_the_play(naysay, play):
    run = naysay.start("run", play.write(BAD), expect_exit=1)
    run.raw().request("GET /pay").answer()
    run.signal(signal.SIGINT)

    assert run.wait() == 1
    assert "up 3 times" in run.stderr() and "up once" in run.stderr()


def test_no_more_scenarios_begin_after_an_interrupt(play, tmp_path):
    folder = scenarios(play, 3)
    script = f"curl -s {{url}}/pay; echo x >>{tmp_path}/began; exec sleep 60"
    playing = Playing(tmp_path, folder, "--", "sh", "-c", script)
    status, _, err = playing.interrupt(tmp_path / "began")

    assert status == 1 and "2 of 3 scenarios were not played" in err
    assert (tmp_path / "began").read_text() == "x\n"


# ---- where things are

def test_a_command_is_told_where(naysay, play):
    script = "echo {url} {proxy} a{url}b $http_proxy $HTTPS_PROXY [$no_proxy] $NAYSAY_URL; " \
             "curl -s {url}/pay"
    done = run_of(naysay, play.write(GOOD), command=["sh", "-c", script])
    url = re.match(r"(http://127.0.0.1:\d+) ", done.stdout).group(1)

    assert done.stdout.splitlines()[0] == f"{url} {url} a{url}b {url} {url} [] {url}"


def test_a_journal_folder_gets_a_file_each(naysay, play, tmp_path):
    done = run_of(naysay, scenarios(play, 2), "--journal", f"{tmp_path}/j/", command="patient")

    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir(tmp_path / "j")) == ["s00-1.jsonl", "s01-2.jsonl"]
    for name in os.listdir(tmp_path / "j"):
        lines = [json.loads(line) for line in open(tmp_path / "j" / name, encoding="utf-8")]
        assert lines[0]["rule"] == "up"


def test_one_journal_file_for_several_scenarios_is_refused(naysay, play, tmp_path):
    done = run_of(naysay, scenarios(play, 2), "--journal", tmp_path / "j.jsonl", command="patient")

    assert done.returncode == 2
    assert "--journal must name a folder" in done.stderr


# ---- seeds

DRAWN = """
scenario: drawn
rules:
  - {name: coin, match: GET /pay, when: {chance: 0.5}, do: {status: 200, body: "{{uuid}} {{random 1 1000}}"}}
  - {name: other, match: GET /pay, do: {status: 200, body: "{{uuid}}"}}
"""
FETCH = ["sh", "-c", "curl -s '{url}/pay?[1-20]'"]


def test_a_drawn_seed_is_printed_and_plays_it_again(naysay, play):
    path = play.write(DRAWN)
    first = run_of(naysay, path, command=FETCH)
    seed = re.search(r"seed (\d+) \(drawn; --seed \1 plays it again\)", first.stderr).group(1)
    again = run_of(naysay, path, "--seed", seed, command=FETCH)
    other = run_of(naysay, path, "--seed", str(int(seed) + 1), command=FETCH)

    assert again.stdout == first.stdout != other.stdout
    assert "drawn" not in again.stderr.replace("drawn  ", "")


def test_a_scenario_may_bring_its_seed(naysay, play):
    path = play.write("seed: 7" + DRAWN)
    first, again = (run_of(naysay, path, command=FETCH) for _ in range(2))

    assert first.stdout == again.stdout
    assert "plays it again" not in first.stderr


# ---- what is said

def test_quiet_says_nothing_of_what_is_good(naysay, play):
    good = run_of(naysay, play.write(GOOD), "-q", command="patient")
    bad = run_of(naysay, play.write(BAD), "-q", command="patient")

    assert (good.stdout, good.stderr) == ("", "")
    assert "FAILED bad" in bad.stderr


def test_verbose_tells_good_runs_too(naysay, play):
    plain = run_of(naysay, play.write(GOOD), command="patient")
    told = run_of(naysay, play.write(GOOD), "-v", command="patient")

    assert "GET /pay" not in plain.stderr and "GET /pay -> 200 OK" in told.stderr
    assert "ok up, once or more" in told.stderr
    assert "ended with status 0" in told.stderr


def on_terminal(argv, env=None):
    """What a command writes to a terminal, 80 columns wide."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(argv[0], [str(a) for a in argv], clean_env(TERM="xterm", **(env or {})))
    text, deadline = b"", time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if not select.select([fd], [], [], 0.5)[0]:
            continue
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        text += got
    os.close(fd)
    return os.waitpid(pid, 0)[1] >> 8, text.decode()


def test_a_line_of_progress_lives_on_terminals_only(naysay, play):
    folder = scenarios(play, 3)
    command = [BINARY, "run", folder, "--", *client_command("patient")]
    status, text = on_terminal(command)
    piped = run_of(naysay, folder, command="patient")

    assert status == 0, text
    assert "0 of 3 played, 1 playing" in text and "2 of 3 played, 1 playing" in text
    assert "\r\x1b[K" in text
    assert "played" not in piped.stderr and "\x1b" not in piped.stderr


def test_colour_is_for_terminals_that_want_it(naysay, play):
    path = play.write(BAD)
    command = [BINARY, "run", path, "--", *client_command("patient")]

    assert "\x1b[3" in on_terminal(command)[1]
    assert "\x1b[3" not in on_terminal(command, {"NO_COLOR": "1"})[1]
    assert "\x1b[3" not in on_terminal([*command[:3], "--color", "never", *command[3:]])[1]
    assert "\x1b[3" in run_of(naysay, path, "--color", "always", command="patient").stderr


def test_box_drawing_is_for_terminals(naysay, play):
    path = play.write(BAD)
    text = on_terminal([BINARY, "run", path, "--", *client_command("patient")])[1]
    piped = run_of(naysay, path, command="patient").stderr

    assert re.search("[─│●✘]", text), text
    assert piped.isascii(), piped


def test_a_storm_does_not_end_what_serves(naysay):
    """It is told at the end; who serves goes on serving."""
    run = naysay.play("""
        scenario: stormy
        rules: [{name: no, match: any /, do: 503}]
        expect: [{storm: {requests: 5, in: 10s}}]
    """, expect_exit=1)
    for _ in range(12):
        assert run.ask("GET /").status == 503
    status, said = run.verdict()
    assert status == 1 and "storm" in said


def test_a_scenario_that_cannot_open_is_not_lost(naysay, play, tmp_path):
    (tmp_path / "j" / "s01-2.jsonl").mkdir(parents=True)
    done = run_of(naysay, scenarios(play, 3), "--journal", f"{tmp_path}/j/", command="patient")
    assert done.returncode == 2
    assert "s01-2.jsonl" in done.stderr and "2 of 3 scenarios were not played" in done.stderr


def test_a_folder_without_a_scenario_is_no_good_run(naysay, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "rules.yaml").write_text("rules: []\n")
    for command in ("check", "run"):
        done = naysay.command(command, tmp_path / "shared")
        assert done.returncode == 2 and "there is no scenario" in done.stderr


def test_descriptors_come_back_when_a_scenario_is_over(naysay, play, tmp_path):
    """A port and a journal each: sixty of them one after the other, with room for few."""
    shell = f"ulimit -n 48; exec {BINARY} run {scenarios(play, 60)} -q --journal {tmp_path}/j/ " \
            "-- curl -s {url}/pay"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, env=clean_env(),
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(os.listdir(tmp_path / "j")) == 60


def test_what_a_shell_started_ends_with_it(naysay, play, tmp_path):
    script = f"curl -s {{url}}/pay; sleep 88 & echo $! >{tmp_path}/pid; wait"
    done = run_of(naysay, play.write(GOOD), "--time-limit", "1s", command=["sh", "-c", script])
    assert done.returncode == 124
    pid = int((tmp_path / "pid").read_text())

    def is_gone():
        try:
            return open(f"/proc/{pid}/stat", encoding="ascii").read().split()[2] == "Z"
        except FileNotFoundError:
            return True
    until(is_gone, lambda: time.sleep(0.01), "the end of what the shell started")


def test_standard_output_takes_one_report(naysay, play):
    done = run_of(naysay, play.write(GOOD), "--tap", "--json", command="patient")
    assert done.returncode == 2 and "one report" in done.stderr


def test_the_ready_file_names_every_run(naysay, play, tmp_path):
    run = naysay.start("serve", scenarios(play, 3), "--journal", f"{tmp_path}/j/", expect_exit=1)
    assert [r["scenario"] for r in run.ready["runs"]] == ["good 00", "good 01", "good 02"]
    assert run.ready["runs"][0]["proxy"] == run.proxy
    assert len({r["proxy"] for r in run.ready["runs"]}) == 3
