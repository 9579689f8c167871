# SPDX-License-Identifier: MIT
"""Fixtures: naysay itself, origins and a name server to stand behind it, clients in front."""
import faulthandler
import os
import signal

import pytest

from lib.clients import Curl, Node, Requests, Wget
from lib.dns import Dns
from lib.origin import Origin
from lib.playing import Player
from lib.runner import BINARY, Naysay

TEST_SECONDS = 120


def pytest_sessionstart(session):
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"there is no {BINARY}: build it, or name one in NAYSAY_BIN", 2)


@pytest.fixture(autouse=True)
def alarm():
    """No test hangs: after its time it fails where it stands."""
    def overdue(number, frame):
        faulthandler.dump_traceback()
        raise TimeoutError(f"the test took more than {TEST_SECONDS} s")
    signal.signal(signal.SIGALRM, overdue)
    signal.alarm(TEST_SECONDS)
    yield
    signal.alarm(0)


@pytest.fixture
def naysay(tmp_path):
    """Starts naysays; each is stopped at the end and must have ended well."""
    starter = Naysay(tmp_path)
    yield starter
    starter.finish()


@pytest.fixture
def play(naysay, tmp_path):
    """Plays a scenario against a client: play("scenario: …", "patient")."""
    return Player(naysay, tmp_path)


@pytest.fixture
def origins():
    """Makes origins: origins()."""
    made = []

    def new(**how):
        made.append(Origin(**how))
        return made[-1]
    yield new
    for origin in made:
        origin.close()


@pytest.fixture
def origin(origins):
    return origins()


@pytest.fixture
def dns():
    server = Dns()
    yield server
    server.close()


@pytest.fixture
def curl(tmp_path):
    return Curl(tmp_path)


@pytest.fixture
def wget(tmp_path):
    return Wget(tmp_path)


@pytest.fixture
def requests_get():
    return Requests()


@pytest.fixture
def node():
    return Node()
