# SPDX-License-Identifier: MIT
"""Real clients: each call makes one request and tells what the client made of it."""
import json
import os
import re
import subprocess
from dataclasses import dataclass, field

import requests

from .runner import clean_env
from .waiting import DEADLINE

FETCH = os.path.join(os.path.dirname(__file__), "fetch.js")


@dataclass
class Seen:
    """What a client saw. `status` 0: it saw none; `exit` is its exit status or 0."""
    status: int = 0
    headers: dict = field(default_factory=dict)     # names in lower case
    body: bytes = b""
    exit: int = 0
    stderr: str = ""
    connect: int = 0                                # status of the CONNECT, curl only


def _run(argv, **more):
    return subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=DEADLINE * 2, check=False, env=clean_env(**more))


def _read_head(text):
    """Status and fields of the last head in `text`."""
    heads = [h for h in re.split(r"\r?\n\r?\n", text) if h.lstrip().startswith("HTTP/")]
    if not heads:
        return 0, {}
    lines = [line.strip() for line in heads[-1].strip().splitlines()]
    fields = dict(line.split(":", 1) for line in lines[1:] if ":" in line)
    return int(lines[0].split()[1]), {k.strip().lower(): v.strip() for k, v in fields.items()}


class Curl:
    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *args):
        head, body = self.folder / "curl.head", self.folder / "curl.body"
        for path in (head, body):
            path.unlink(missing_ok=True)
        done = _run(["curl", "-sS", "-q", "-m", DEADLINE, "-D", head, "-o", body,
                     "-w", "%{http_code} %{http_connect}", *args])
        status, connect = done.stdout.decode().split()
        _, headers = _read_head(head.read_text("latin-1") if head.exists() else "")
        return Seen(int(status), headers, body.read_bytes() if body.exists() else b"",
                    done.returncode, done.stderr.decode(), int(connect))


class Wget:
    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *args, proxy=None):
        body = self.folder / "wget.body"
        body.unlink(missing_ok=True)
        how = ["-e", "use_proxy=yes", "-e", f"http_proxy={proxy}", "-e", f"https_proxy={proxy}"] \
            if proxy else ["--no-proxy"]
        done = _run(["wget", "--no-config", "-nv", "-S", "-t", "1", "-T", int(DEADLINE), "-O", body,
                     "--content-on-error", *how, *args])
        lines = [line[2:] for line in done.stderr.decode("latin-1").splitlines()
                 if line.startswith("  ")]
        text = re.sub(r"\n(?=HTTP/)", "\n\n", "\n".join(lines))
        status, headers = _read_head(text)
        return Seen(status, headers, body.read_bytes() if body.exists() else b"",
                    done.returncode, done.stderr.decode("latin-1"))


class Requests:
    """Python's requests; exceptions become .stderr."""

    def __call__(self, url, method="GET", proxy=None, **how):
        with requests.Session() as session:
            session.trust_env = False
            proxies = {"http": proxy, "https": proxy} if proxy else None
            try:
                got = session.request(method, url, proxies=proxies, timeout=DEADLINE,
                                      allow_redirects=False, **how)
            except requests.RequestException as why:
                return Seen(exit=1, stderr=f"{type(why).__name__}: {why}")
            headers = {k.lower(): v for k, v in got.headers.items()}
            return Seen(got.status_code, headers, got.content)


class Node:
    """Node: fetch() straight or with a proxy agent, node:http as forward client and over CONNECT."""

    def __call__(self, mode, url, proxy=None):
        done = _run(["node", FETCH, mode, url, *([proxy] if proxy else [])],
                    NODE_PATH="/usr/share/nodejs")     # where Debian puts undici
        if done.returncode:
            return Seen(exit=done.returncode, stderr=done.stderr.decode())
        got = json.loads(done.stdout)
        return Seen(got["status"], got["headers"], got["body"].encode("latin-1"),
                    connect=got.get("connect", 0))
