# SPDX-License-Identifier: MIT
"""Every row of the registry is emitted, and every number from 100 to 999; a strict reader judges."""
import functools
import json
import os
import subprocess
from pathlib import Path

import pytest

from lib.runner import BINARY, Naysay, clean_env
from lib.waiting import until

BODYLESS = (204, 205, 304)


@functools.lru_cache
def registry():
    """What `naysay codes --json` lists; nothing when it cannot be asked, which a test notices."""
    if not os.access(BINARY, os.X_OK):
        return []
    done = subprocess.run([BINARY, "codes", "--json"], capture_output=True, check=False,
                          env=clean_env())
    try:
        return json.loads(done.stdout)
    except ValueError:
        return []


def rows(is_wanted):
    chosen = [row for row in registry() if is_wanted(row)]
    return pytest.mark.parametrize("row", [pytest.param(r, id=r["id"]) for r in chosen])


def is_final(row):
    return isinstance(row["wire"], int) and row["wire"] >= 200


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One naysay for all of this file: a row leaves nothing behind."""
    naysay = Naysay(tmp_path_factory.mktemp("status"))
    yield naysay.serve()
    naysay.finish()


def entry_of(run, raw):
    """The journal's line about this connection's only exchange."""
    address = raw.address
    return until(lambda: [e for e in run.entries() if e.client == address], run._tick_alive,
                 "the journal")[0]


def test_the_registry_has_rows():
    ids = {row["id"] for row in registry()}
    assert len(ids) == len(registry()) >= 129
    assert {"ietf/407", "iis/440", "nginx/444", "nginx/499", "cloudflare/522"} <= ids


def filled(value, body):
    return value.replace("{length}", str(len(body))).replace("{last}", str(max(len(body) - 1, 0)))


@rows(is_final)
def test_final_row(run, row):
    raw = run.raw().request(f"GET /status/{row['id']}")
    answer = raw.answer()
    assert answer.status == row["wire"]
    assert answer.phrase == row["wire_phrase"]
    assert answer.framing == ("none" if row["wire"] in (204, 304) else "length")
    assert bool(answer.body) == (row["body"] == "yes")
    assert row["text"] in answer.text
    assert answer.get("Date")
    for need in row["needs"]:
        assert filled(need["value"], answer.body) in answer.all(need["name"]), need
    assert answer.lists("Connection", "close") == (row["end"] == "close")
    if row["end"] == "close":
        assert raw.ends() == "fin"
    assert entry_of(run, raw).ending == "by-plan"


@rows(is_final)
def test_final_row_to_head(run, row):
    raw = run.raw().request(f"HEAD /status/{row['id']}")
    answer = raw.answer("HEAD")
    assert (answer.status, answer.body) == (row["wire"], b"")
    raw.close()


@rows(lambda row: isinstance(row["wire"], int) and row["wire"] < 200 and row["wire"] != 101)
def test_interim_row_is_followed_by_a_200(run, row):
    answer = run.raw().request(f"GET /status/{row['id']}").answer()
    assert [i.status for i in answer.interim] == [row["wire"]]
    assert answer.interim[0].phrase == row["wire_phrase"]
    for need in row["needs"]:
        assert answer.interim[0].get(need["name"]) == need["value"]
    assert answer.status == 200


@rows(lambda row: row["wire"] == 101)
def test_switching_row(run, row):
    raw = run.raw().request(f"GET /status/{row['id']}", "Connection: upgrade", "Upgrade: x")
    assert raw.answer().status == 101
    assert raw.send(b"octets").octets(6) == b"octets"


@rows(lambda row: row["wire"] == "close")
def test_row_that_closes_without_an_octet(run, row):
    raw = run.raw().request(f"GET /status/{row['id']}")
    assert raw.ends() == "fin"
    entry = entry_of(run, raw)
    assert entry.sent == [0, 0]
    assert entry.ending in ("by-plan", "closed-by-plan")


@rows(lambda row: row["wire"] == "none")
def test_row_that_no_client_ever_sees(run, row, naysay):
    answer = run.raw().request(f"GET /status/{row['id']}").answer()
    assert answer.status == 400
    assert row["instead"]
    assert row["instead"] in answer.text
    done = naysay.command(row["id"])
    assert done.returncode == 2
    assert row["instead"] in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@rows(lambda row: isinstance(row["number"], int) and row["number"] >= 200
      and row["wire"] != row["number"])
def test_number_of_a_row_that_travels_otherwise_is_literal(run, row):
    answer = run.raw().request(f"GET /status/{row['number']}").answer()
    assert answer.status == row["number"]


@pytest.mark.parametrize("hundred", range(1, 10))
def test_every_number_is_that_number(run, hundred):
    raw = run.raw()
    for number in range(hundred * 100, hundred * 100 + 100):
        if number == 101:
            continue
        answer = raw.request(f"GET /status/{number}").answer()
        if number < 200:
            assert ([i.status for i in answer.interim], answer.status) == ([number], 200)
        else:
            assert (answer.status, answer.interim) == (number, [])
            assert bool(answer.body) == (number not in BODYLESS)
        if answer.lists("Connection", "close"):
            assert raw.ends() == "fin"
            raw = run.raw()


@pytest.mark.parametrize("number", [401, 405, 407, 416, 426, 429, 503, 301, 206])
def test_fields_that_a_status_cannot_do_without(run, number):
    answer = run.raw().request(f"GET /status/{number}").answer()
    needed = {401: "WWW-Authenticate", 405: "Allow", 407: "Proxy-Authenticate",
              416: "Content-Range", 426: "Upgrade", 429: "Retry-After", 503: "Retry-After",
              301: "Location", 206: "Content-Range"}[number]
    assert answer.get(needed)
    if number == 426:
        assert answer.lists("Connection", "upgrade")
    if number == 206:
        assert answer.get("Content-Range") == f"bytes 0-{len(answer.body) - 1}/{len(answer.body)}"


# ---- the example of a house's own rows ----

CONF = Path(__file__).resolve().parents[2] / "conf"


def test_example_of_own_codes_is_served(naysay):
    run = naysay.serve("--codes", CONF / "house-codes.txt")
    asleep = run.raw().request("GET /status/gateway/471").answer()
    stale = run.raw().request("GET /status/gateway/stale-key").answer()
    assert (asleep.status, asleep.phrase, asleep.get("Retry-After")) == (471, "Tenant Asleep", "5")
    assert (stale.status, stale.phrase) == (401, "Stale Key")
    assert "invalid_token" in stale.get("WWW-Authenticate")
