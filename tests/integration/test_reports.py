# SPDX-License-Identifier: MIT
"""Reports of real runs, read by parsers that others wrote and held to their formats.

What the writers make of odd octets is tested beside them (tests/unit/reports_test.py); here
it is that what happened is in them.
"""
import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from lib.playing import client_command
from lib.runner import REPO

sys.path.insert(0, str(Path(REPO) / "tests" / "unit"))
from reports_test import check_har, check_html, check_json, check_tap, check_xml  # noqa: E402

SHOP = Path(REPO) / "tests" / "picture"
STORY = """
scenario: interim, cut, reset and credentials
rules:
  - {name: hint,  match: GET /pay, do: {status: 503, interim: [103], body: wait}, times: 1}
  - {name: cut,   match: GET /pay, do: {body: 0123456789, faults: [{cut: {after: 4}}]}, times: 1}
  - {name: reset, match: GET /pay, do: {status: 200, faults: [reset]}, times: 1}
  - {name: up,    match: GET /pay, do: {body: "<b>&amp;"}}
expect:
  - order: hint, cut, reset, up x1..
  - count: {up: 2}
    spec: RFC 9110 §15
    because: "two & not <one>"
  - connections: 4
    level: should
  - never: reset
    level: may
  - repeat: up.1
    as: up.2
"""
ASK = ["sh", "-c", "for i in 1 2 3 4; do curl -s -H \"Authorization: Bearer $SECRET\" "
                   "-H \"Cookie: sid=$SECRET\" {url}/pay; done"]


@pytest.fixture
def told(naysay, play, tmp_path):
    """Runs once, with every report that is a file; then each by its name."""
    def run(*argv, command):
        names = {"junit": "xml", "html": "html", "har": "har"}
        options = [x for n in names for x in (f"--{n}", tmp_path / f"r.{names[n]}")]
        env = {"SECRET": "hunter2"}
        done = naysay.command("run", *argv, *options, "--json", "--", *command, env=env)
        tap = naysay.command("run", *argv, "--tap", "--", *command, env=env)
        texts = {n: (tmp_path / f"r.{e}").read_text() for n, e in names.items()}
        return {**texts, "json": done.stdout, "tap": tap.stdout, "text": done.stderr}
    return run


@pytest.fixture
def story(told, play):
    return told(play.write(STORY), command=ASK)


def test_all_of_them_parse(story):
    for name, check in (("junit", check_xml), ("tap", check_tap), ("json", check_json),
                        ("har", check_har), ("html", check_html)):
        check(story[name], "varied")


def test_no_report_tells_a_secret(story):
    for name, text in story.items():
        assert "hunter2" not in text, name


# What the schema that Jenkins and others validate by lets stand where.
JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors", "skipped", "disabled"},
                   {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp",
                   "hostname", "id", "package", "disabled", "file"},
                  {"properties", "testcase", "system-out", "system-err"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name", "classname", "time", "assertions", "status", "file", "line"},
                 {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
    "system-err": (set(), set()),
}


def test_junit_has_the_common_shape(story):
    for element in ET.fromstring(story["junit"]).iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= attributes, element.attrib
        assert {child.tag for child in element} <= children, element.tag
        for name in ("time", "tests", "failures"):
            assert float(element.get(name, 0)) >= 0


def test_junit_says_what_failed_and_why(story):
    cases = {c.get("name"): c for c in ET.fromstring(story["junit"]).iter("testcase")}
    failure = cases["up comes twice"].find("failure")

    assert "expected: up twice" in failure.text and "seen: up once" in failure.text
    assert "because: two & not <one>" in failure.text and "see: RFC 9110 §15" in failure.text
    assert "saw: hint cut reset up" in failure.text
    assert cases["up.1 comes again, whole, as up.2"].find("skipped") is not None
    assert cases["hint, then cut, then reset, then up, once or more"].find("failure") is None


def test_tap_says_it_too(story):
    lines = story["tap"]

    assert re.search(r"not ok \d+ - up comes twice$", lines, re.M)
    assert re.search(r"ok \d+ - .* # SKIP blocked: ", lines)
    assert re.search(r"not ok \d+ - reset never comes # TODO may$", lines, re.M)
    assert 'because: "two & not <one>"' in lines


def test_json_has_the_whole_timeline(story):
    run = json.loads(story["json"])["scenarios"][0]

    assert [(t["rule"], t["status"], t["interim"]) for t in run["timeline"]] == \
        [("hint", 503, [103]), ("cut", 200, []), ("reset", 0, []), ("up", 200, [])]
    assert [t["faults"] for t in run["timeline"]] == [None, "cut", "reset", None]
    assert run["counts"] == {**run["counts"], "requests": 4, "fail": 1, "blocked": 1}


def test_har_has_interim_answers_and_failures(story):
    entries = json.loads(story["har"])["log"]["entries"]

    assert [e["response"]["status"] for e in entries] == [503, 200, 0, 200]
    assert "103" in json.dumps(entries[0])
    assert entries[1]["response"]["_error"] and entries[2]["response"]["_error"]
    assert "_error" not in entries[3]["response"]
    for e in entries:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", e["startedDateTime"])
        assert e["time"] == pytest.approx(sum(t for t in e["timings"].values() if t > 0), abs=.01)
        assert {"send", "wait", "receive"} <= set(e["timings"])
        assert all("hunter2" not in h["value"] for h in e["request"]["headers"])


def test_the_page_has_every_scenario(told):
    command = [sys.executable, str(SHOP / "shop.py"), "{url}"]
    texts = told(SHOP / "shop.yaml", command=command)
    page = ET.fromstring(texts["html"])
    titles = ["".join(h.itertext()) for h in page.iter("h2")]

    check_html(texts["html"], "varied")
    assert len(list(page.iter("article"))) == 3
    assert any("the session dies after three calls" in t for t in titles)
    assert 'body of call.4: 31 octets, "{"item": "candle", "pieces": 1}"' in \
        "".join(page.itertext())
    assert "<script" not in texts["html"] and "http://www" not in \
        texts["html"].replace("http://www.w3.org/", "")


def test_a_run_that_never_came_is_reported_everywhere(told, play):
    texts = told(play.write(STORY), command=client_command("never-comes"))

    check_xml(texts["junit"], "none"), check_tap(texts["tap"], "none")
    check_html(texts["html"], "none"), check_har(texts["har"], "none")
    assert "the client comes through here" in texts["junit"]
    assert re.search(r"not ok \d+ - the client comes through here", texts["tap"])
    assert json.loads(texts["json"])["scenarios"][0]["verdict"] == "never came"


def test_a_report_that_cannot_be_written_is_a_complaint(naysay, play):
    done = naysay.command("run", play.write(STORY), "--html", "/nowhere/x.html", "--", *ASK)

    assert done.returncode == 2
    assert "cannot write /nowhere/x.html" in done.stderr


def test_judge_writes_the_same_reports(naysay, play, tmp_path):
    path = play.write(STORY)
    naysay.command("run", path, "--journal", tmp_path / "j.jsonl", "--", *ASK)
    done = naysay.command("judge", tmp_path / "j.jsonl", path, "--junit", tmp_path / "r.xml",
                          "--har", tmp_path / "r.har", "--html", tmp_path / "r.html", "--tap")

    assert done.returncode == 1
    check_tap(done.stdout, "varied")
    check_xml((tmp_path / "r.xml").read_text(), "varied")
    check_har((tmp_path / "r.har").read_text(), "varied")
    check_html((tmp_path / "r.html").read_text(), "varied")
