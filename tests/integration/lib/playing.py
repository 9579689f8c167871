# SPDX-License-Identifier: MIT
"""naysay run, played to its end against a client of ours.

    played = play("scenario: …", "patient")
    played.status, played.verdict, played.failing, played.finding("order: …")
"""
import json
import os
import sys
import textwrap

BAD_CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bad_clients.py")


class Told(dict):
    """A JSON object whose members read as attributes."""
    __getattr__ = dict.get


def client_command(name):
    """The command that plays this client of lib/bad_clients.py."""
    return [sys.executable, "-S", "-E", BAD_CLIENTS, name, "{url}"]


class Played:
    """One `naysay run … --json`, ended."""

    def __init__(self, done):
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        self.scenarios = []
        if done.stdout.startswith("{"):
            self.scenarios = json.loads(done.stdout, object_hook=Told)["scenarios"]

    @property
    def run(self):
        """The only scenario there is."""
        assert len(self.scenarios) == 1, self.stderr
        return self.scenarios[0]

    @property
    def verdict(self):
        return self.run.verdict

    @property
    def findings(self):
        return self.run.findings

    def that(self, result, level="must"):
        """Findings that turned out so."""
        return [f for f in self.findings if f.result == result and f.level == level]

    @property
    def failing(self):
        return [f.claim for f in self.that("fails")]


class Player:
    """The fixture: writes scenarios, plays them."""

    def __init__(self, naysay, folder):
        self.naysay, self.folder = naysay, folder
        self.n = 0

    def write(self, text, name=None):
        """A scenario file; texts of tests are indented."""
        self.n += 1
        path = self.folder / (name or f"scenario{self.n}.yaml")
        path.write_text(textwrap.dedent(text))
        return path

    def __call__(self, text, client, *options, env=None):
        """`client`: a name of lib/bad_clients.py, or a command."""
        command = client_command(client) if isinstance(client, str) else client
        path = self.write(text) if isinstance(text, str) else text
        return Played(self.naysay.command("run", path, "--json", *options, "--", *command, env=env))
