# SPDX-License-Identifier: MIT
"""Whom we measure, and how each is set up for each role.

A role is what a server is asked to do: `canned` (503 with a body, kept), `close` (the
same, for one request per connection), `reverse`, `forward`, `tunnel`. Settings are
comparable: one worker, no access log, no limit on the requests of a connection, and
upstream connections kept.
"""
import getpass
import json
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from machine import SERVER_CORE, Process, Trouble, free_port, wait_until

MANY = 1_000_000_000  # requests on a connection: none is closed for their number
CONNECTIONS = 6144  # room for the idle ones


@dataclass
class Setting:
    """What a server needs to know; `port` 0 leaves the choice to the kernel."""
    role: str
    folder: Path
    body: int
    origin: int = 0
    port: int = 0


@dataclass
class Server:
    name: str
    process: Process
    port: int
    journal: Path = None

    def forget_journal(self):
        """A round's lines would fill the memory that they are written to."""
        if self.journal and self.journal.exists():
            with self.journal.open("r+b") as lines:
                lines.truncate(0)


@dataclass
class Kit:
    """The programs: paths of naysay (or None) and the limit; peers are those installed."""
    naysay: str
    limit: str
    journals: Path  # a folder in memory with room for journals, or None

    def names(self, role):
        """Those who can play a role here, in the order of the table."""
        here = {"limit": self.limit, "naysay": self.naysay,
                "naysay --journal": self.naysay and self.journals,
                "naysay 1,000 rules": self.naysay}
        here.update((name, shutil.which(name)) for name in PEERS)
        return [name for name in ARGV if role in ROLES[name] and here[name]]

    def argv(self, name, setting):
        """Its command line; writes its configuration. And the folder that it has."""
        folder = setting.folder / f"{name.replace(' ', '')}-{setting.role}"
        folder.mkdir(exist_ok=True)
        return ARGV[name](self, setting, folder), folder

    def start(self, name, setting, core=SERVER_CORE):
        """Once this returns, the server accepts connections."""
        if name in PEERS and not setting.port:
            setting = replace(setting, port=free_port())
        argv, folder = self.argv(name, setting)
        Path(folder, "ready.json").unlink(missing_ok=True)
        process = Process(argv, core, folder / "log",
                          stdout=subprocess.PIPE if name == "limit" else None)
        server = Server(name, process, setting.port, self.journal(name, setting))
        try:
            server.port = server.port or TOLD_PORT[name](process, folder)
            wait_until(lambda: _listens(server), f"{name} does not listen")
        except BaseException:
            process.stop()
            raise
        return server

    def journal(self, name, setting):
        return Path(self.journals, f"{setting.role}.jsonl") if "--journal" in name else None


def _listens(server):
    _still_runs(server.name, server.process)
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        return True
    except ConnectionRefusedError:
        return False


def _still_runs(name, process):
    if not process.is_running():
        raise Trouble(f"{name} ended: {process.last_words()}")


# ---- naysay ----

NAYSAY = {
    "canned": lambda s: ["503"],
    "close": lambda s: ["503"],
    "reverse": lambda s: ["serve", "--upstream", f"http://127.0.0.1:{s.origin}"],
    "forward": lambda s: ["serve"],
    "tunnel": lambda s: ["serve"],
}


def naysay_argv(kit, setting, folder):
    return [kit.naysay, *NAYSAY[setting.role](setting),
            "--listen", f"127.0.0.1:{setting.port}", "--ready-file", f"{folder}/ready.json",
            "--limit", f"requests={MANY}", "--limit", f"connections={CONNECTIONS}"]


def naysay_journal_argv(kit, setting, folder):
    return [*naysay_argv(kit, setting, folder),
            "--journal", str(kit.journal("naysay --journal", setting))]


def naysay_rules_argv(kit, setting, folder):
    """A thousand rules, of which the last answers; records are kept for what is expected."""
    scenario = folder / "rules.yaml"
    rules = [f"  - {{name: r{i}, match: GET /api/v1/things/{i}, do: 404}}" for i in range(999)]
    rules += ["  - {name: no, match: any /, do: 503}"]
    expect = ["  - never: [r0, r1]", "  - no: {has: host}", "  - storm: off"]
    scenario.write_text("\n".join(["scenario: a thousand rules", "rules:", *rules,
                                   "expect:", *expect]) + "\n")
    return [kit.naysay, "serve", str(scenario), *naysay_argv(kit, setting, folder)[2:]]


def naysay_port(process, folder):
    ready = folder / "ready.json"
    wait_until(lambda: ready.exists() or not process.is_running(), "naysay's ready file")
    _still_runs("naysay", process)
    return int(json.loads(ready.read_text())["proxy"].rstrip("/").rpartition(":")[2])


# ---- the limit ----

LIMIT = {
    "canned": lambda s: ["answer", "503", str(s.body)],
    "close": lambda s: ["close", "503", str(s.body)],
    "reverse": lambda s: ["relay", str(s.origin)],
    "forward": lambda s: ["relay", str(s.origin)],
    "tunnel": lambda s: ["tunnel"],
    # Behind whoever is measured, on the core of the load: not measured itself.
    "origin of 1 KiB": lambda s: ["answer", "200", "1024"],
    "origin of octets": lambda s: ["source"],
}


def limit_argv(kit, setting, folder):
    return [kit.limit, str(setting.port), *LIMIT[setting.role](setting)]


def limit_port(process, folder):
    line = process.popen.stdout.readline()
    if not line:
        process.popen.wait(timeout=5)
        _still_runs("limit", process)
    return int(line)


# ---- nginx ----

NGINX = """
user {user};
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    default_type text/plain;
    keepalive_requests {many};
    upstream origin {{
        server 127.0.0.1:{origin};
        keepalive 64;
        keepalive_requests {many};
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ {work} }}
    }}
}}
"""
NGINX_PASS = """
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        """


def nginx_argv(kit, setting, folder):
    work = NGINX_PASS if setting.origin else f"return 503 {'n' * setting.body};"
    conf = folder / "nginx.conf"
    conf.write_text(NGINX.format(user=getpass.getuser(), folder=folder, many=MANY,
                                 work=work, port=setting.port, origin=setting.origin or 1))
    return ["nginx", "-p", str(folder), "-c", str(conf), "-e", str(folder / "error.log")]


# ---- haproxy ----

HAPROXY = """
global
    nbthread 1
    maxconn {connections}
    maxpipes 64
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 5s
    timeout http-keep-alive 60s
    http-reuse always
frontend port
    bind 127.0.0.1:{port} backlog 4096
    {work}
"""
HAPROXY_WORK = {
    "canned": "http-request return status 503 content-type text/plain string {text}",
    "reverse": "default_backend origin\nbackend origin\n    server one 127.0.0.1:{origin}",
    # haproxy grants no CONNECT itself: it passes it on and relays once that is granted.
    "tunnel": "option splice-auto\n    default_backend origin\n"
              "backend origin\n    option splice-auto\n    server one 127.0.0.1:{origin}",
}
HAPROXY_WORK["close"] = HAPROXY_WORK["canned"]
HAPROXY_WORK["forward"] = HAPROXY_WORK["reverse"]


def haproxy_argv(kit, setting, folder):
    work = HAPROXY_WORK[setting.role].format(text="n" * setting.body, origin=setting.origin)
    conf = folder / "haproxy.cfg"
    conf.write_text(HAPROXY.format(port=setting.port, work=work, connections=CONNECTIONS))
    return ["haproxy", "-db", "-f", str(conf)]


# ---- squid ----

SQUID = """
http_port 127.0.0.1:{port}
http_access allow all
cache deny all
access_log none
cache_log /dev/null
cache_store_log none
pid_filename none
netdb_filename none
coredump_dir none
visible_hostname bench.test
pinger_enable off
shutdown_lifetime 0 seconds
"""


def squid_argv(kit, setting, folder):
    """The name (-n) keeps its shared memory apart from that of a squid at work."""
    conf = folder / "squid.conf"
    conf.write_text(SQUID.format(port=setting.port))
    return ["squid", "-N", "-d1", "-n", f"bench{os.getpid()}", "-f", str(conf)]


# ---- all ----

ARGV = {"limit": limit_argv, "naysay": naysay_argv, "naysay --journal": naysay_journal_argv,
        "naysay 1,000 rules": naysay_rules_argv,
        "nginx": nginx_argv, "haproxy": haproxy_argv, "squid": squid_argv}
PEERS = ("nginx", "haproxy", "squid")  # their port stands in their configuration
TOLD_PORT = {"limit": limit_port, "naysay": naysay_port, "naysay --journal": naysay_port,
             "naysay 1,000 rules": naysay_port}
ROLES = {
    "limit": LIMIT,
    "naysay": NAYSAY,
    "naysay --journal": ("canned", "reverse"),
    "naysay 1,000 rules": ("canned",),
    "nginx": ("canned", "close", "reverse", "forward"),
    "haproxy": HAPROXY_WORK,
    "squid": ("forward", "tunnel"),
}
VERSIONS = {**{peer: [peer, "-v"] for peer in PEERS},
            "wrk": ["wrk", "-v"], "cc": ["cc", "--version"]}
