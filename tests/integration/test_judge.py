# SPDX-License-Identifier: MIT
"""naysay judge: a journal tells the same story as the run that wrote it."""
import json

import pytest

from lib.playing import Played
from test_expectations import HAMMERED, ROWS

OF_COMMAND = ("exit", "output", "ends-within")
JUDGED = [row for row in ROWS if not row.claim.startswith(OF_COMMAND)]


def told(run):
    """What was found."""
    return [(f.claim, f.level, f.result, f.expected, f.seen, f.seq) for f in run.findings]


def timeline(run):
    return [(t.rule, t.match, t.status, t.connection, t.began_us, t.end_us, t.faults, t.ending)
            for t in run.timeline]


def judge(play, journal, path, *options):
    return Played(play.naysay.command("judge", journal, path, "--json", *options))


def played_and_judged(play, row, client, *options):
    path, journal = play.write(row.scenario()), play.folder / "journal.jsonl"
    live = play(path, client.replace("_", "-"), "--journal", journal, *options)
    return live, judge(play, journal, path)


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: row.name)
@pytest.mark.parametrize("client", ["good", "bad"])
def test_a_journal_with_everything_is_judged_as_the_run_was(play, row, client):
    live, again = played_and_judged(play, row, getattr(row, client), "--journal-secrets",
                                    "--journal-bodies")

    assert told(again.run) == told(live.run)
    assert (again.verdict, again.status) == (live.verdict, live.status)
    assert again.run.saw == live.run.saw
    assert timeline(again.run) == timeline(live.run)


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: row.name)
@pytest.mark.parametrize("client", ["good", "bad"])
def test_a_journal_without_secrets_and_bodies_never_says_the_contrary(play, row, client):
    """What it cannot tell is unknown; the rest is as it was."""
    live, again = played_and_judged(play, row, getattr(row, client))

    assert len(again.findings) == len(live.findings)
    for now, then in zip(again.findings, live.findings):
        assert now.claim == then.claim
        assert now.result in (then.result, "unknown"), (now, then)


@pytest.mark.parametrize("name, client", [
    ("a cookie differs", "bad"), ("a cookie differs", "good"), ("credentials go abroad", "bad"),
    ("cookies go abroad", "bad"), ("it logs in with what it reads", "bad"), ("a form field differs", "good"), ("JSON differs", "bad")])
def test_what_a_secret_or_a_body_decides_is_unknown(play, name, client):
    row = next(r for r in ROWS if r.name == name)
    _, again = played_and_judged(play, row, getattr(row, client))

    assert [f.result for f in again.findings] == ["unknown"], again.findings
    assert (again.verdict, again.status) == ("failed", 1)
    assert "were taken out of the journal" in again.findings[0].seen or \
        "longer than what was kept of it" in again.findings[0].seen


def test_a_claim_of_the_command_is_unknown_and_does_not_fail(play):
    path = play.write("""
        scenario: command
        rules: [{name: up, match: GET /pay, do: 200}]
        expect: [{order: up}, {exit: 0}, {output: done}, {ends-within: 10s}]
    """)
    play(path, "gives-up", "--journal", play.folder / "j.jsonl")
    again = judge(play, play.folder / "j.jsonl", path)

    assert [f.result for f in again.findings] == ["holds", "unknown", "unknown", "unknown"]
    assert (again.verdict, again.status) == ("good", 0)


def test_a_fault_that_could_not_be_told_is_in_the_journal(play):
    path, journal = play.write("""
        scenario: untold
        rules: [{name: cut, match: GET /pay, do: {status: 204, faults: [{cut: {after: 1}}]}}]
    """), play.folder / "j.jsonl"
    live = play(path, "gives-up", "--journal", journal)
    again = judge(play, journal, path)

    assert told(again.run) == told(live.run)
    assert json.loads(journal.read_text().splitlines()[0])["trouble"] == \
        "the answer has no body to make wrong"


def test_what_is_no_journal_is_a_complaint(play):
    path = play.write(HAMMERED % "must")
    done = play.naysay.command("judge", path, path)
    gone = play.naysay.command("judge", "/nowhere", path)

    assert done.returncode == 2 and f"{path}:2: " in done.stderr
    assert gone.returncode == 2 and "cannot read /nowhere" in gone.stderr
