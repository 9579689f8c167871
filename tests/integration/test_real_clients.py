# SPDX-License-Identifier: MIT
"""The examples of DESIGN, played by the clients that people use. What fails here fails by the
RFCs: such is the client, and the table says in which claim."""
import re
import sys
from pathlib import Path

import pytest

from lib.playing import Played
from lib.runner import REPO

LIB = Path(__file__).parent / "lib"
CONF = Path(REPO) / "conf"

JAR = "j=$(mktemp); trap 'rm $j' EXIT; c() { curl -qs -o /dev/null -w '%{http_code}' -b $j -c $j \"$@\"; }; "
SHELL_SESSION = JAR + """
c -X POST {url}/login
for n in 0 1 2 3 4; do
    if [ "$(c {url}/api/items/$n)" = 440 ]; then
        c -X POST {url}/login
        c {url}/api/items/$n
    fi
done
"""


def py(name):
    return [sys.executable, str(LIB / "real_clients.py"), name, "{url}", "ORIGIN"]


def js(name):
    return ["node", str(LIB / "real_clients.js"), name, "{url}", "ORIGIN"]


def curl(*args):
    return ["curl", "-qsS", "-m", "20", *args]


def sh(script):
    return ["sh", "-c", script]


THROUGH = ("-x", "{proxy}", "-U", "ada:lovelace", "ORIGIN/")
ONLY_ONE_TRY = ["down, twice, then up"]
FIRST_AT_ONCE = ["the client waits 0.5 s to 5 s between down.1 and down.2"]
NO_COOKIE = ["login, then call, 3 times, then gone, then login, then call, once or more",
             "stray never comes"]
BASIC_UNASKED = ["407, then page, once or more",
                 "every page has proxy-authorization matching /^Digest /"]

TABLE = [
    # scenario, client, command, claims that fail
    ("cloudflare-blinks", "curl", curl("{url}/pay"), ONLY_ONE_TRY),
    # --retry alone knows 500, 502, 503, 504, 408, 429, and in later versions 522
    ("cloudflare-blinks", "curl -f --retry 3 --retry-all-errors",
     curl("-f", "--retry", "3", "--retry-all-errors", "{url}/pay"), []),
    ("cloudflare-blinks", "requests", py("requests_get"), ONLY_ONE_TRY),
    ("cloudflare-blinks", "requests + Retry", py("requests_retry"), FIRST_AT_ONCE),
    ("cloudflare-blinks", "httpx", py("httpx_get"), ONLY_ONE_TRY),
    ("cloudflare-blinks", "httpx, retries=3", py("httpx_retries"), ONLY_ONE_TRY),
    ("cloudflare-blinks", "aiohttp", py("aiohttp_get"), ONLY_ONE_TRY),
    ("cloudflare-blinks", "Node fetch", js("get"), ONLY_ONE_TRY),
    ("session-expiry", "curl, a jar", sh(SHELL_SESSION), []),
    ("session-expiry", "requests.Session", py("requests_session"), []),
    ("session-expiry", "httpx.Client", py("httpx_session"), []),
    ("session-expiry", "aiohttp", py("aiohttp_session"), NO_COOKIE),
    ("session-expiry", "aiohttp, unsafe jar", py("aiohttp_session_unsafe"), []),
    ("session-expiry", "Node fetch", js("forgetful"), NO_COOKIE),
    ("session-expiry", "Node fetch, cookie kept", js("session"), []),
    ("proxy-digest", "curl -U", curl(*THROUGH), BASIC_UNASKED),
    ("proxy-digest", "curl --proxy-digest", curl("--proxy-digest", *THROUGH), []),
    ("proxy-digest", "curl --proxy-anyauth", curl("--proxy-anyauth", *THROUGH), []),
    ("proxy-digest", "requests", py("requests_proxy"), BASIC_UNASKED),
    ("proxy-digest", "requests + proxy digest", py("requests_proxy_digest"), []),
    ("proxy-digest", "httpx", py("httpx_proxy"), BASIC_UNASKED),
    ("proxy-digest", "aiohttp", py("aiohttp_proxy"), BASIC_UNASKED),
    ("proxy-digest", "Node fetch", js("proxy"), BASIC_UNASKED),
]


def play_it(naysay, scenario, command, origin):
    command = [a.replace("ORIGIN", origin.url) for a in command]
    done = naysay.command("run", CONF / f"{scenario}.yaml", "--json", "--time-limit", "30s", "--",
                          *command, env={"NODE_PATH": "/usr/share/nodejs"})
    return Played(done)


@pytest.mark.parametrize("scenario, client, command, failing", TABLE,
                         ids=[f"{row[0]}: {row[1]}" for row in TABLE])
def test_real_client(naysay, origin, scenario, client, command, failing):
    played = play_it(naysay, scenario, command, origin)

    assert played.failing == failing, played.stderr
    assert played.status == (1 if failing else 0), played.stderr


# ---- slow-and-cut: what a client makes of 64 KiB of 1 MiB and a reset

CUT = [
    ("curl", curl("-o", "/dev/null", "-w", "%{size_download} %{exitcode}", "{url}/big"), "65536 56"),
    # Python's http.client takes the 103 for the answer, and its empty body for all of it
    ("requests", py("requests_big"), "whole 0|raised ChunkedEncodingError"),
    ("requests, .raw", py("requests_big_raw"), "whole 0|raised ProtocolError"),
    ("httpx", py("httpx_big"), "raised ReadError"),
    ("aiohttp", py("aiohttp_big"), "raised ClientPayloadError"),
    ("Node fetch", js("big"), "raised TypeError: terminated"),
]


@pytest.mark.parametrize("client, command, word", CUT, ids=[row[0] for row in CUT])
def test_what_a_client_makes_of_a_cut_download(naysay, origin, client, command, word):
    played = play_it(naysay, "slow-and-cut", command, origin)

    assert played.run.saw == "download"
    assert re.search(word, played.run.command.output), played.run.command.output
