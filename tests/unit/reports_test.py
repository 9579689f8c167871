#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reports are what they claim to be, in the eyes of parsers that others wrote.

    reports_test.py DIRECTORY-OF-TESTS

Each test_report_X, given a folder, writes its reports there: varied runs, hostile octets, a
long run, none at all.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

KINDS = ("varied", "hostile", "many", "none")
HTML_TAGS = set("""html head meta title style body header p b span time h1 h2 ul ol li input div
    label small main a article dl dt dd code pre details summary figure figcaption em i svg
    symbol use line path circle text rect""".split())
HTML_ATTRIBUTES = set("""lang charset name content http-equiv class id href title style type checked
    for role aria-label aria-hidden datetime width height x y x1 x2 y1 y2 cx cy r rx d
    overflow""".split())
TAP_LINE = re.compile(r"TAP version 14|(    )?1\.\.\d+( # SKIP .*)?|# Subtest: .*"
                      r"|(    )?(not )?ok \d+ - .*|      (---|\.\.\.|\w+: .*)")


def check_html(text, kind):
    root = ET.fromstring(text)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for e in root.iter():
        assert e.tag in HTML_TAGS, e.tag
        assert set(e.attrib) <= HTML_ATTRIBUTES, e.attrib
        link = e.get("href")
        assert link is None or link[0] == "#" and link[1:] in ids, link
    assert "hunter2" not in text and "s3cr3t" not in text
    assert len(text.encode()) < 2 << 20
    for e in root.iter("article"):
        assert e.find("header/h2") is not None


def check_xml(text, kind):
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    sums = {"tests": 0, "failures": 0, "skipped": 0}
    for suite in root.findall("testsuite"):
        cases = suite.findall("testcase")
        counted = {"tests": len(cases), "failures": len(suite.findall("testcase/failure")),
                   "skipped": len(suite.findall("testcase/skipped"))}
        for key, n in counted.items():
            assert int(suite.get(key)) == n, (suite.get("name"), key)
            sums[key] += n
        assert all(case.get("classname") == suite.get("name") for case in cases)
    assert all(int(root.get(key)) == n for key, n in sums.items())


def check_har(text, kind):
    log = json.loads(text)["log"]
    assert log["version"] == "1.2" and log["creator"]["name"] == "naysay"
    pages = {page["id"] for page in log["pages"]}
    for entry in log["entries"]:
        assert entry["pageref"] in pages
        for key in ("method", "url", "httpVersion", "cookies", "headers", "queryString",
                    "headersSize", "bodySize"):
            assert key in entry["request"], key
        for key in ("status", "statusText", "httpVersion", "cookies", "headers", "content",
                    "redirectURL", "headersSize", "bodySize"):
            assert key in entry["response"], key
        assert re.match(r"https?://[!-~]*$", entry["request"]["url"]) or kind == "hostile"


def check_json(text, kind):
    root = json.loads(text)
    assert root["good"] == all(s["good"] for s in root["scenarios"])
    assert all(s["verdict"] and "findings" in s for s in root["scenarios"])


def check_tap(text, kind):
    for line in text.splitlines():
        assert TAP_LINE.fullmatch(line), line
    plan = int(re.search(r"^1\.\.(\d+)", text, re.M).group(1))
    assert len(re.findall(r"^(?:not )?ok \d+", text, re.M)) == plan


CHECKS = {"html": ("html", check_html), "junit": ("xml", check_xml), "har": ("har", check_har),
          "json": ("json", check_json), "tap": ("tap", check_tap)}


def main():
    tests = pathlib.Path(sys.argv[1])
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (ending, check) in CHECKS.items():
            subprocess.run([tests / f"test_report_{name}", folder], check=True)
            for kind in KINDS:
                text = (pathlib.Path(folder) / f"{kind}.{ending}").read_text()
                try:
                    check(text, kind)
                except (AssertionError, ET.ParseError, ValueError) as why:
                    bad.append(f"{kind}.{ending}: {type(why).__name__} {why}")
    print("\n".join(bad) or f"{len(CHECKS) * len(KINDS)} reports parse")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
