# SPDX-License-Identifier: MIT
"""A shop that pays for what is in its cart. It has one bug, which the picture shows: of a call
that was lost with its session it repeats one piece, however many were wanted."""
import http.client
import json
import os
import sys
import time

HOST, PORT = sys.argv[1].split("//")[1].rsplit(":", 1)
line = http.client.HTTPConnection(HOST, int(PORT), timeout=10)
cookie = {}


def ask(path, **content):
    """The status of a POST; 0 when the answer was cut."""
    body = json.dumps(content) if content else None
    key = {"Idempotency-Key": "order-4711"} if path == "/pay" else {}
    line.request("POST", path, body, {"Accept": "application/json", **cookie, **key})
    try:
        answer = line.getresponse()
        answer.read()
    except (http.client.HTTPException, OSError):
        line.close()
        return 0
    if answer.getheader("Set-Cookie"):
        cookie["Cookie"] = answer.getheader("Set-Cookie").split(";")[0]
    return answer.status


def login():
    ask("/login", user="ada", password=os.urandom(4).hex())


login()
for item, pieces in ("piano", 1), ("stool", 2), ("score", 4), ("candle", 12):
    if ask("/api/cart", item=item, pieces=pieces) == 440:
        login()
        ask("/api/cart", item=item, pieces=1)
wait = 0.15
while not 200 <= ask("/pay", total=1815) < 300 and wait < 1:
    time.sleep(wait)
    wait *= 2
