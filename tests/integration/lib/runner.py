# SPDX-License-Identifier: MIT
"""naysay itself, started, watched and stopped by a test.

    run = naysay.serve("--upstream", origin.url)
    run.url, run.proxy, run.port        where it listens
    run.entry(1).ending                 the first exchange's journal line, once it is there
"""
import json
import os
import re
import shlex
import signal
import subprocess
import textwrap

from .auditor import audit
from .raw import Raw
from .waiting import DEADLINE, until

REPO = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BINARY = os.environ.get("NAYSAY_BIN") or os.path.join(REPO, "build", "asan", "naysay")
IS_SANITIZED = "asan" in BINARY or b"__asan_init" in open(BINARY, "rb").read() \
    if os.path.exists(BINARY) else False
CRASH = re.compile(r"AddressSanitizer|LeakSanitizer|MemorySanitizer|ThreadSanitizer"
                   r"|runtime error:|Assertion .* failed|stack smashing|SUMMARY:")
MANNERS = {
    "ASAN_OPTIONS": "detect_leaks=1:exitcode=99:quarantine_size_mb=8:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99",
    "LSAN_OPTIONS": "exitcode=99",
}


def clean_env(**more):
    """This process's environment without proxies, with the sanitizers' manners."""
    kept = {k: v for k, v in os.environ.items()
            if not k.lower().endswith("_proxy") and k not in ("NO_COLOR", "COLUMNS")}
    return {**kept, **MANNERS, **more}


class Entry(dict):
    """A journal line; its members read as attributes, None where there is none."""
    __getattr__ = dict.get


class Run:
    """A naysay that listens. `expect_exit` None: however it ends."""

    def __init__(self, argv, folder, env, expect_exit, prefix=()):
        self.folder, self.expect_exit = folder, expect_exit
        self.ready_path = folder / "ready.json"
        self.journal_path = folder / "journal.jsonl"
        self.argv = [*prefix, BINARY, *argv, "--ready-file", str(self.ready_path)]
        if "--listen" not in argv:
            self.argv += ["--listen", "127.0.0.1:0"]
        if "--journal" not in argv:
            self.argv += ["--journal", str(self.journal_path)]
        self._out, self._err = open(folder / "stdout", "wb"), open(folder / "stderr", "wb")
        self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=self._out,
                                        stderr=self._err, env=env)
        self.ready = self._await_ready()
        self.proxy = self.url = self.ready["proxy"]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.authority = self.url.split("//")[1]
        self._raws = []

    def _tick(self):
        """A moment passes, or the process ends."""
        try:
            self.process.wait(0.01)
        except subprocess.TimeoutExpired:
            pass

    def _await_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"naysay ended with {self.process.returncode} before it was "
                                     f"ready:\n{self.stderr()}")
            return self.ready_path.exists() and json.loads(self.ready_path.read_text())
        return until(ready, self._tick, "the ready file")

    # ---- what it said

    def stderr(self):
        return (self.folder / "stderr").read_text("utf-8", "replace")

    def stdout(self):
        return (self.folder / "stdout").read_text("utf-8", "replace")

    def journal(self):
        """Every whole line of the journal so far."""
        if not self.journal_path.exists():
            return []
        lines = self.journal_path.read_bytes().split(b"\n")[:-1]
        return [json.loads(line, object_hook=Entry) for line in lines]

    def entries(self):
        """The exchanges of the journal so far."""
        return [e for e in self.journal() if "exchange" in e]

    def wait_entries(self, n):
        """The exchanges of the journal, once there are n."""
        return until(lambda: self._at_least(self.entries(), n), self._tick_alive,
                     f"{n} journal entries; there are {[e.ending for e in self.entries()]}")

    def entry(self, n=1):
        """The nth exchange, from 1, once it is there."""
        return self.wait_entries(n)[n - 1]

    def statuses(self, n):
        """What was answered, once there are n exchanges; None where nothing was."""
        return [e.response.status if e.response else None for e in self.wait_entries(n)]

    def connection_end(self, n=1):
        """The line about the end of the nth connection."""
        def find():
            return [e for e in self.journal() if "exchange" not in e and e.connection == n]
        return until(find, self._tick_alive, f"the end of connection {n} in the journal")[0]

    def of_connection(self, n=1):
        return [e for e in self.entries() if e.connection == n]

    @staticmethod
    def _at_least(found, n):
        return found if len(found) >= n else None

    def _tick_alive(self):
        self._tick()
        assert self.process.poll() is None or self._stopped, \
            f"naysay ended with {self.process.returncode}:\n{self.stderr()}"

    _stopped = False

    # ---- what it uses

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_ticks(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    # ---- what is done to it

    def raw(self, **options):
        """A bare connection to it."""
        raw = Raw(self.port, **options)
        self._raws.append(raw)
        return raw

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        code = self.process.wait(DEADLINE)
        self._stopped = True
        return code

    def stop(self):
        """SIGTERM, and its exit status."""
        for raw in self._raws:
            raw.close()
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def ask(self, line, *fields, strict=True, **how):
        """One request on a connection of its own: its answer."""
        return self.raw().request(line, *fields, **how).answer(line.split(" ")[0], strict)

    def verdict(self):
        """End it: its exit status, and what it says of the client."""
        return self.stop(), self.stderr()

    def audit(self, raw, connection=1):
        """The auditor's complaints about what this raw connection received."""
        self.connection_end(connection)
        return audit(raw.received, self.of_connection(connection))

    def trouble(self):
        """What it said on stderr, without the long tail of a sanitizer's report."""
        return "\n".join(self.stderr().splitlines()[:40])

    def finish(self):
        """End it, and see that it went well: for the fixture's teardown."""
        try:
            code = self.stop()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end within {DEADLINE} s of SIGTERM:\n"
                                 f"{self.stderr()}") from None
        finally:
            self._out.close()
            self._err.close()
        assert not CRASH.search(self.stderr()), self.trouble()
        assert self.expect_exit in (None, code), f"exit status {code}:\n{self.trouble()}"


class Naysay:
    """The fixture: starts naysays, each in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.runs = []
        self._scenarios = 0

    def _new_folder(self):
        folder = self.folder / f"run{len(self.runs) + 1}"
        folder.mkdir()
        return folder

    def start(self, *argv, env=None, expect_exit=0, prefix=()):
        run = Run([str(a) for a in argv], self._new_folder(), clean_env(**(env or {})), expect_exit,
                  prefix)
        self.runs.append(run)
        return run

    def serve(self, *options, **how):
        """naysay serve OPTIONS"""
        return self.start("serve", *options, **how)

    def scenario(self, text):
        """A file with this scenario; a path is taken as it is."""
        if isinstance(text, os.PathLike):
            return str(text)
        self._scenarios += 1
        path = self.folder / f"scenario{self._scenarios}.yaml"
        path.write_text(textwrap.dedent(text), "utf-8")
        return str(path)

    def play(self, text, *options, **how):
        """naysay serve SCENARIO OPTIONS: how it ends is the verdict, so say `expect_exit`."""
        return self.start("serve", self.scenario(text), *options, **how)

    def run(self, text, cmd, *options, **how):
        """naysay run SCENARIO OPTIONS -- CMD, to its end."""
        words = shlex.split(cmd) if isinstance(cmd, str) else cmd
        return self.command("run", self.scenario(text), *options, "--", *words, **how)

    def check(self, text, *options):
        """naysay check SCENARIO, to its end."""
        return self.command("check", self.scenario(text), *options)

    def answers(self, *statuses, options=(), **how):
        """naysay STATUS… OPTIONS"""
        return self.start(*statuses, *options, **how)

    def command(self, *argv, env=None, stdin=b""):
        """naysay ARGV, to its end: returncode, stdout, stderr as text."""
        done = subprocess.run([BINARY, *[str(a) for a in argv]], input=stdin,
                              capture_output=True, timeout=DEADLINE * 2, check=False,
                              cwd=self.folder, env=clean_env(**(env or {})))
        done.stdout = done.stdout.decode("utf-8", "replace")
        done.stderr = done.stderr.decode("utf-8", "replace")
        assert not CRASH.search(done.stderr), done.stderr
        return done

    def finish(self):
        trouble = []
        for run in self.runs:
            try:
                run.finish()
            except AssertionError as why:
                trouble.append(str(why))
        assert not trouble, "\n".join(trouble)
