# SPDX-License-Identifier: MIT
"""The cases: what is asked of whom, and the bar that we hold ourselves to.

A bar compares naysay's median cost: `peers` and a name mean "that many times theirs, at
most", `figure` a bare number in the unit of the cost.
"""
from dataclasses import dataclass, field

from loads import Idle, Requests, Start, Tunnels


@dataclass
class Case:
    name: str
    title: str
    role: str
    load: object
    origin: str = ""  # who stands behind: a role of the limit
    bars: dict = field(default_factory=dict)
    notes: tuple = ()


KIB = "origin of 1 KiB"
PIPELINED = "the percentiles are those of a batch of 16"
FIXED = "nginx and haproxy relay to one fixed origin, whatever the target names"
PASSED_ON = "haproxy passes CONNECT on to the origin, then relays; nginx does not know it"

CASES = [
    Case("keep", "canned 503, keep-alive, 64 connections", "canned", Requests(503),
         bars={"peers": 1.0, "limit": 1.15}),
    Case("pipeline", "canned 503, pipelined by 16, 64 connections", "canned",
         Requests(503, depth=16), bars={"peers": 1.0, "figure": 2.2}, notes=(PIPELINED,)),
    Case("close", "canned 503, a connection per request, 64 at a time", "close",
         Requests(503, close=True), bars={"nginx": 1.0}),
    Case("reverse", "reverse proxy of 1 KiB, 64 connections", "reverse", Requests(200), KIB,
         bars={"peers": 1.0}),
    Case("forward", "forward proxy of 1 KiB, 64 connections", "forward",
         Requests(200, forward=True), KIB, bars={"peers": 1.0}, notes=(FIXED,)),
    Case("tunnel", "CONNECT tunnels, 4 at a time", "tunnel", Tunnels(), "origin of octets",
         bars={"peers": 1.0, "limit": 1.3}, notes=(PASSED_ON,)),
    Case("idle", "memory of an idle kept connection, after one request", "canned", Idle(),
         bars={"figure": 0.5}),
    Case("start", "exec to first answer", "canned", Start(), bars={"figure": 8.0}),
]
