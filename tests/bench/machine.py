# SPDX-License-Identifier: MIT
"""Processes on chosen cores, and what they cost: CPU seconds and memory from /proc."""
import os
import platform
import re
import resource
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]
TICKS = os.sysconf("SC_CLK_TCK")


class Trouble(Exception):
    """Something that keeps a row or a case from being measured; said, never hidden."""


def settle_in():
    """Takes the load core for ourselves and as many descriptors as we may have."""
    os.sched_setaffinity(0, {LOAD_CORE})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def free_port():
    """A port that nobody has at the moment, for those who cannot ask for any."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A program on one core, with whatever it starts; its words go to a file."""
    running = []

    def __init__(self, argv, core, log, stdout=None):
        # A child inherits our core: a taskset in between would count as start-up.
        os.sched_setaffinity(0, {core})
        try:
            with open(log, "wb") as words:
                self.popen = subprocess.Popen(argv, start_new_session=True,
                                              stdin=subprocess.DEVNULL,
                                              stdout=stdout or words, stderr=words)
        except OSError as error:
            raise Trouble(f"{argv[0]} cannot be started: {error.strerror}") from None
        finally:
            os.sched_setaffinity(0, {LOAD_CORE})
        self.log = log
        Process.running.append(self)

    def pids(self):
        """Its own id and those of its descendants (a master has workers)."""
        found = [self.popen.pid]
        for pid in found:
            with suppress(OSError):
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    found += [int(child) for child in children.read_text().split()]
        return found

    def cpu_seconds(self):
        """User and system time so far, of all its processes."""
        ticks = 0
        for pid in self.pids():
            with suppress(OSError):
                # After the name, which may hold spaces; utime, stime: fields 14 and 15.
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def rss_kib(self):
        total = 0
        for pid in self.pids():
            with suppress(OSError):
                status = Path(f"/proc/{pid}/status").read_text()
                total += int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1])
        return total

    def is_running(self):
        return self.popen.poll() is None

    def last_words(self):
        """The last line that complains, or else the last."""
        lines = Path(self.log).read_text(errors="replace").strip().splitlines()
        complaints = [line for line in lines
                      if re.search("alert|emerg|error|fatal", line, re.I)]
        return (complaints or lines or ["it said nothing"])[-1].strip()

    def stop(self):
        """Asks, asks once more, then insists; nothing that it started stays."""
        pids = self.pids()
        for ask in (self.popen.terminate, self.popen.terminate, self.popen.kill):
            ask()
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(timeout=3)
                break
        for pid in pids[1:]:
            with suppress(OSError):  # the session is ours: no other process took the id
                if os.getsid(pid) == self.popen.pid:
                    os.kill(pid, 9)
        if self.popen.stdout:
            self.popen.stdout.close()
        if self in Process.running:
            Process.running.remove(self)


def wait_until(is_so, what, seconds=10):
    """Polls, a millisecond apart, up to a deadline."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds} s")
        time.sleep(0.001)


def _version(argv):
    with suppress(OSError, subprocess.SubprocessError):
        run = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
        found = re.search(r"\d+\.\d[\w.+~-]*", run.stdout + run.stderr)
        return found[0] if found else "(no version)"
    return "(not installed)"


def _cpu_name():
    info = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)", info, re.M)
    return found[1] if found else platform.machine()


def describe(versions):
    """Lines on the machine and on whom we measure: `versions` is name -> argv."""
    load = os.getloadavg()[0]
    yield f"{_cpu_name()}, {os.cpu_count()} cores, Linux {platform.release()}"
    yield f"server on core {SERVER_CORE}, load and origin on core {LOAD_CORE}"
    if SERVER_CORE == LOAD_CORE:
        yield "**only one core: server and load share it**"
    yield f"load average before: {load:.2f}" + (
        " **(busy: expect noise)**" if load > 0.3 else "")
    yield ", ".join(f"{name} {_version(argv)}" for name, argv in versions.items())
