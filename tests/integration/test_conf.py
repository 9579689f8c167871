# SPDX-License-Identifier: MIT
"""Every example in conf/ is played by a client that does well, and by one that does not."""
import os
import sys
from pathlib import Path

import pytest

from lib.runner import REPO

CONF = Path(REPO) / "conf"
CLIENTS = os.path.join(os.path.dirname(__file__), "lib", "conf_clients.py")
FETCH = """const r = async (p, o) => { const a = await fetch('{url}' + p, o); return [a.status, await a.text()] };"""


def ours(name):
    """A client of lib/conf_clients.py."""
    return [sys.executable, CLIENTS, name, "{url}", "ORIGIN"]


def curl(*args):
    return ["curl", "-qsS", "-m", "15", *args]


def node(script):
    return ["node", "-e", FETCH + script]


GOOD, BAD = 0, 1
PLAYED = [
    # example, client, verdict
    ("cloudflare-blinks.yaml", ours("backs_off"), GOOD),
    ("cloudflare-blinks.yaml", ours("hammers"), BAD),
    ("cloudflare-blinks.yaml", curl("--retry", "0", "{url}/pay"), BAD),
    ("proxy-digest.yaml", curl("-x", "{proxy}", "--proxy-anyauth", "-U", "ada:lovelace", "http://127.0.0.1:ORIGIN/"), GOOD),
    ("proxy-digest.yaml", curl("-x", "{proxy}", "-U", "ada:lovelace", "http://127.0.0.1:ORIGIN/"), BAD),
    ("proxy-digest.yaml", ours("sends_its_secret_at_once_as_basic"), BAD),
    ("session-expiry.yaml", ours("logs_in_again"), GOOD),
    ("session-expiry.yaml", ours("forgets_the_lost_call"), BAD),
    ("slow-and-cut.yaml", curl("-o", "/dev/null", "{url}/big"), GOOD),
    ("slow-and-cut.yaml", ours("takes_the_big_one"), GOOD),
    ("match-by-content.yaml", ours("mends_its_order"), GOOD),
    ("match-by-content.yaml", ours("sends_it_unchanged"), BAD),
    ("weighted-trouble.yaml", ours("goes_on"), GOOD),
    ("weighted-trouble.yaml", curl("--retry", "20", "--retry-delay", "0", "--retry-all-errors", "-f", "{url}/work"), GOOD),
    ("weighted-trouble.yaml", ours("gives_up"), BAD),
    ("one-door-each.yaml", ours("two_users"), GOOD),
    ("one-door-each.yaml", ours("fetches_first"), BAD),
    ("retry-after.yaml", ours("waits_as_told"), GOOD),
    ("retry-after.yaml", ours("does_not_wait"), BAD),
    ("upload-refused.yaml", ours("asks_before_it_sends"), GOOD),
    ("upload-refused.yaml", ours("sends_it_anyway"), BAD),
    ("redirect-loop.yaml", ours("sees_the_loop"), GOOD),
    ("redirect-loop.yaml", node("r('/there').catch(() => process.exit(3))"), GOOD),
    ("redirect-loop.yaml", ["wget", "-q", "--no-config", "-O", "/dev/null", "{url}/there"], GOOD),
    ("redirect-loop.yaml", ours("follows_for_ever"), BAD),
    ("chunked-with-trailers.yaml", ours("takes_all"), GOOD),
    ("chunked-with-trailers.yaml", curl("{url}/log", "{url}/by-hand"), GOOD),
    ("chunked-with-trailers.yaml", ours("reads_the_chunks_as_content"), BAD),
    ("slow-drip.yaml", ours("is_patient"), GOOD),
    ("slow-drip.yaml", node("r('/drip').then(([s, t]) => console.log(t)).then(() => r('/stall'))"), GOOD),
    ("slow-drip.yaml", ours("is_hasty"), BAD),
    ("keep-alive-race.yaml", ours("connects_again"), GOOD),
    ("keep-alive-race.yaml", ours("trusts_the_promise"), BAD),
    ("truncated-gzip.yaml", ours("checks_the_end"), GOOD),
    ("truncated-gzip.yaml", ours("takes_what_came"), BAD),
    ("two-answers.yaml", curl("{url}/account", "{url}/token"), GOOD),
    ("two-answers.yaml", ours("asks_on"), GOOD),
    ("two-answers.yaml", ours("takes_the_second_for_the_next"), BAD),
    ("no-answer-at-all.yaml", ours("tries_three_times"), GOOD),
    ("no-answer-at-all.yaml", ours("tries_once"), BAD),
    ("some-tunnels.yaml", ours("heeds_the_refusal"), GOOD),
    ("some-tunnels.yaml", ours("sends_all_the_same"), BAD),
    ("edited-on-the-way.yaml", ours("asks_twice"), GOOD),
    ("edited-on-the-way.yaml", ours("takes_the_first"), BAD),
    ("shared-rules.yaml", ours("walks_the_house"), GOOD),
    ("shared-rules.yaml", ours("insists_on_the_shop"), BAD),
    ("sliding-session.yaml", ours("keeps_it_busy"), GOOD),
    ("sliding-session.yaml", ours("is_away_too_long"), BAD),
    ("pay-once.yaml", ours("asks_rather_than_pays_twice"), GOOD),
    ("pay-once.yaml", ours("pays_until_it_works"), BAD),
    ("three-moods.yaml", curl("-L", "{url}/"), GOOD),
    ("three-moods.yaml", ours("reads_the_page"), GOOD),
    ("three-moods.yaml", ours("never_follows"), BAD),
    ("maintenance.json", ours("comes_back"), GOOD),
    ("maintenance.json", node("(async () => { while ((await r('/'))[0] == 503); })()"), GOOD),
    ("maintenance.json", ours("comes_once"), BAD),
    ("a-tool-that-tells.yaml", ours("says_so"), GOOD),
    ("a-tool-that-tells.yaml", curl("-o", "/dev/null", "-w", "%{errormsg} failed", "{url}/file"), GOOD),
    ("a-tool-that-tells.yaml", ours("leaves_half_a_file"), BAD),
]


def examples():
    return sorted(p.name for p in CONF.iterdir() if p.suffix in (".yaml", ".yml", ".json"))


@pytest.mark.parametrize("name, argv, verdict", PLAYED, ids=[f"{n}-{'good' if v == GOOD else 'bad'}-{a[2] if a[0] == sys.executable else a[0]}" for n, a, v in PLAYED])
def test_example_is_played_to_its_verdict(naysay, origin, name, argv, verdict):
    upstream = ["--upstream", origin.url] if name.startswith("edited") else []
    words = [a.replace("ORIGIN", str(origin.port)) for a in argv]
    done = naysay.command("run", CONF / name, *upstream, "--", *words)
    assert done.returncode == verdict, done.stderr[-3000:] + done.stdout
    if name.startswith("edited"):
        assert [r.get("x-through") for r in origin.requests][:1] == ["naysay"]
        assert not any(r.get("authorization") or r.get("cookie") for r in origin.requests)


def test_every_example_has_a_test():
    assert examples() == sorted({name for name, _, _ in PLAYED})


@pytest.mark.parametrize("name", examples())
def test_every_example_says_what_it_shows_and_loads_without_complaint(naysay, name):
    text = (CONF / name).read_text("utf-8")
    if not name.endswith(".json"):          # which has no comments, but `about`
        assert text.startswith(f"# conf/{name}"), name
    done = naysay.command("check", CONF / name)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_the_folder_is_played_as_a_whole(naysay):
    """Files to be included are no scenarios of their own."""
    done = naysay.command("check", CONF)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith(f"{len(examples()) + 2} scenarios, nothing wrong")
