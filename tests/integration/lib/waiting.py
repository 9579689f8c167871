# SPDX-License-Identifier: MIT
"""Waiting for events, with a deadline that only a broken run ever meets."""
import threading
import time

DEADLINE = 20.0     # seconds; under sanitizers on a busy machine


class Overdue(AssertionError):
    """What a test waited for did not happen."""


class Board:
    """Facts that threads post and a test waits for."""

    def __init__(self):
        self._changed = threading.Condition()

    def post(self, change):
        """Run `change` and wake whoever waits."""
        with self._changed:
            change()
            self._changed.notify_all()

    def wait(self, is_so, what):
        with self._changed:
            if not self._changed.wait_for(is_so, DEADLINE):
                raise Overdue(f"waited in vain for {what}")


def until(get, tick, what):
    """The first true thing that `get` returns; `tick` lets a moment pass."""
    deadline = time.monotonic() + DEADLINE
    while True:
        got = get()
        if got:
            return got
        if time.monotonic() > deadline:
            raise Overdue(f"waited in vain for {what}")
        tick()
