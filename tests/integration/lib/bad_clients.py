# SPDX-License-Identifier: MIT
"""Clients that do one thing wrong, and others that do it right.

    python3 bad_clients.py NAME URL         plays one against a naysay, over plain sockets

A client is a function of a Line; what it does can be read off its body. None of them looks at
the environment: what they are told by the scenario is all they know.
"""
import re
import socket
import sys
import time

TICK = 0.06             # seconds that a client waits where any wait will do


class Lost(Exception):
    """The connection ended before an answer had come."""


class Answer:
    def __init__(self, head, body):
        line, *fields = head.decode("latin-1").split("\r\n")
        self.status = int(line.split()[1])
        self.body = body
        self.fields = {n.lower(): v.strip() for n, v in (f.split(":", 1) for f in fields if f)}


class Line:
    """A connection, opened when it is needed."""

    def __init__(self, url):
        host, self.port = url.split("//")[1].rsplit(":", 1)
        self.address = (host, int(self.port))
        self.authority = f"{host}:{self.port}"
        self.socket = None

    def hang_up(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def send(self, octets):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, 10)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.came = b""
        try:
            self.socket.sendall(octets)
        except OSError as why:
            self.hang_up()
            raise Lost from why

    def _more(self):
        try:
            got = self.socket.recv(65536)
        except OSError as why:
            self.hang_up()
            raise Lost from why
        if not got:
            self.hang_up()
            raise Lost
        self.came += got

    def _take(self, n):
        while len(self.came) < n:
            self._more()
        got, self.came = self.came[:n], self.came[n:]
        return got

    def _head(self):
        while b"\r\n\r\n" not in self.came:
            self._more()
        head, self.came = self.came.split(b"\r\n\r\n", 1)
        return head

    def answer(self, method="GET"):
        """The next final answer."""
        head = self._head()
        while head.startswith(b"HTTP/1.1 1"):
            head = self._head()
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        answer = Answer(head, b"")
        if method != "HEAD" and not (method == "CONNECT" and answer.status < 300):
            answer.body = self._take(int(length.group(1)) if length else 0)
        if answer.fields.get("connection") == "close" and not self.keeps_on:
            self.hang_up()
        return answer

    keeps_on = False        # whatever the answer says of the connection

    def ask(self, what, *fields, body=b"", host=None):
        """ask("GET /pay", "Accept: text/html"): the answer, on the connection that is there."""
        if body:
            fields = (f"Content-Length: {len(body)}", *fields)
        head = "\r\n".join([f"{what} HTTP/1.1", f"Host: {host or self.authority}", *fields, "", ""])
        self.send(head.encode("latin-1") + body)
        return self.answer(what.split()[0])


CLIENTS = {}


def client(function):
    CLIENTS[function.__name__.replace("_", "-")] = function
    return function


# ---- how often, in what order, how fast

def until_it_works(line, waits, what="GET /pay"):
    """Tries again after each wait, until the answer is good or the waits are spent."""
    status = line.ask(what).status
    for wait in waits:
        if status < 400:
            break
        time.sleep(wait)
        status = line.ask(what).status
    return status


@client
def patient(line):
    return until_it_works(line, [TICK, 2 * TICK, 4 * TICK, 8 * TICK])


@client
def hammers(line):
    until_it_works(line, [0] * 30)


@client
def storms(line):
    until_it_works(line, [0] * 5000)


@client
def backs_off_too_little(line):
    until_it_works(line, [TICK] * 8)


@client
def waits_irregularly(line):
    until_it_works(line, [TICK, 1.7 * TICK, 5 * TICK, 6 * TICK])


@client
def backs_off_with_jitter(line):
    until_it_works(line, [2 * TICK, 1.6 * TICK, 5 * TICK, 6 * TICK])


@client
def hurries(line):
    until_it_works(line, [6 * TICK, TICK, TICK])


@client
def gives_up(line):
    line.ask("GET /pay")


@client
def gives_up_at_two(line):
    until_it_works(line, [TICK])


@client
def takes_its_time(line):
    until_it_works(line, [10 * TICK] * 4)


@client
def asks_once_more(line):
    patient(line)
    line.ask("GET /pay")


@client
def wanders(line):
    line.ask("GET /elsewhere")
    patient(line)


@client
def wanders_between(line):
    line.ask("GET /pay")
    wanders(line)


@client
def wanders_off(line):
    patient(line)
    line.ask("GET /elsewhere")


@client
def opens_anew_each_time(line):
    for wait in (TICK, 2 * TICK, 4 * TICK):
        status = line.ask("GET /pay").status
        line.hang_up()
        if status < 400:
            break
        time.sleep(wait)


@client
def never_comes(line):
    pass


@client
def asks_nothing(line):
    line.send(b"")


@client
def hangs(line):
    line.ask("GET /pay")
    time.sleep(60)


# ---- Retry-After

def retries_after(line, wait):
    answer = line.ask("GET /pay")
    time.sleep(wait(answer.fields["retry-after"]))
    line.ask("GET /pay")


@client
def minds_retry_after(line):
    def wait(value):
        if value.isdigit():
            return int(value) + 0.01
        when = time.mktime(time.strptime(value, "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
        return max(when - time.time(), 0) + 0.01
    retries_after(line, wait)


@client
def ignores_retry_after(line):
    retries_after(line, lambda value: TICK)


# ---- what stands in requests

FULL = ("Accept: text/html", "Cookie: sid=s1; theme=dark")


@client
def says_all(line):
    line.ask("GET /page?lang=de&page=2", *FULL)
    line.ask("POST /form", "Content-Type: application/x-www-form-urlencoded",
             body=b"name=Ada&city=London+E1")
    line.ask("POST /json", "Content-Type: application/json",
             body=b'{"items": [{"id": 7}], "paid": true}')


@client
def says_something_else(line):
    line.ask("PUT /pages?lang=en", "Accept: */*", "Debug: 1", "Cookie: sid=s2")
    line.ask("POST /form", body=b"name=Bob")
    line.ask("POST /json", body=b'{"items": [{"id": 8}]}')


@client
def forgets_everything(line):
    line.ask("GET /page")


@client
def learns(line):
    """The first request without a token, the others with it."""
    for fields in ((), ("Token: t",), ("Token: t",)):
        line.ask("GET /pay", *fields)


@client
def forgets(line):
    for fields in (("Token: t",), ("Token: t",), ()):
        line.ask("GET /pay", *fields)


# ---- the same again

LOST = dict(body=b'{"amount": 12}')


def loses(line, again, *fields, hang_up=False, **how):
    """The first request is lost; the second is what the client makes of it."""
    line.ask("PUT /orders/7", "Trace: t1", **LOST)
    if hang_up:
        line.hang_up()
    line.ask(again, *fields, **how)


@client
def repeats_whole(line):
    loses(line, "PUT /orders/7", "Trace: t1", **LOST)


@client
def loses_the_body(line):
    loses(line, "PUT /orders/7", "Trace: t1", "Content-Length: 0")


@client
def changes_the_body(line):
    loses(line, "PUT /orders/7", "Trace: t1", body=b'{"amount": 21}')


@client
def changes_the_target(line):
    loses(line, "PUT /orders/8", "Trace: t1", **LOST)


@client
def changes_the_method(line):
    loses(line, "POST /orders/7", "Trace: t1", **LOST)


@client
def changes_the_connection(line):
    loses(line, "PUT /orders/7", "Trace: t1", hang_up=True, **LOST)


@client
def changes_a_field(line):
    loses(line, "PUT /orders/7", "Trace: t2", **LOST)


# ---- credentials

BASIC = "Basic YWRhOmxvdmVsYWNl"      # ada:lovelace
PAGE = "GET http://page.test/"


@client
def waits_to_be_asked(line):
    line.ask(PAGE)
    line.ask(PAGE, f"Proxy-Authorization: {BASIC}")


@client
def sends_credentials_unasked(line):
    line.ask(PAGE, "Proxy-Authorization: Basic d3Jvbmc6d3Jvbmc=")
    line.ask(PAGE, f"Proxy-Authorization: {BASIC}")


@client
def keeps_credentials_home(line):
    line.ask("GET http://bank.test/", f"Authorization: {BASIC}", "Cookie: sid=s1", host="bank.test")
    line.ask("GET http://ads.test/", host="ads.test")


@client
def takes_credentials_abroad(line):
    line.ask("GET http://bank.test/", f"Authorization: {BASIC}", host="bank.test")
    line.ask("GET http://ads.test/", f"Authorization: {BASIC}", host="ads.test")


@client
def takes_cookies_abroad(line):
    line.ask("GET http://bank.test/", "Cookie: sid=s1", host="bank.test")
    line.ask("GET http://ads.test/", "Cookie: sid=s1", host="ads.test")


@client
def tells_the_origin(line):
    line.ask("GET /", f"Proxy-Authorization: {BASIC}")


@client
def tells_the_proxy(line):
    line.ask(PAGE, f"Proxy-Authorization: {BASIC}")


# ---- tunnels, surplus answers, connections that ended

@client
def takes_no_for_an_answer(line):
    line.ask("CONNECT bank.test:443", host="bank.test:443")
    line.hang_up()


@client
def talks_into_a_refused_connect(line):
    line.ask("CONNECT bank.test:443", host="bank.test:443")
    line.keeps_on = True
    try:
        line.send(bytes.fromhex("160301002f0100002b0303") + bytes(40))      # a ClientHello begins
        line.answer()
    except Lost:
        pass


@client
def drops_what_said_too_much(line):
    line.ask("GET /pay")
    line.hang_up()
    line.ask("GET /pay")


@client
def takes_an_unasked_answer(line):
    line.ask("GET /pay")
    line.ask("GET /pay")        # what it reads now is the answer to nothing


@client
def obeys_close(line):
    line.ask("GET /pay")
    line.ask("GET /pay")


@client
def overhears_close(line):
    line.keeps_on = True
    obeys_close(line)


@client
def repeats_a_post(line):
    order = dict(body=b"one piano")
    try:
        line.ask("POST /orders", **order)
    except Lost:
        line.ask("POST /orders", **order)


@client
def asks_before_repeating_a_post(line):
    try:
        line.ask("POST /orders", body=b"one piano")
    except Lost:
        line.ask("GET /orders")


@client
def repeats_a_get(line):
    try:
        line.ask("GET /orders")
    except Lost:
        line.ask("GET /orders")


@client
def lets_a_get_be(line):
    try:
        line.ask("GET /orders")
    except Lost:
        pass


@client
def hangs_up_at_once(line):
    line.ask("GET /pay")
    line.hang_up()
    time.sleep(4 * TICK)


@client
def holds_on(line):
    line.ask("GET /pay")
    time.sleep(8 * TICK)


@client
def reads_on(line):
    line.ask("GET /pay")


@client
def believes_what_it_reads(line):
    token = line.ask("GET /pay").body.decode()
    line.ask("GET /admin", f"Token: {token}")


@client
def ignores_what_it_reads(line):
    line.ask("GET /pay")
    line.ask("GET /admin")


# ---- the program itself

@client
def says_done(line):
    patient(line)
    print("all done")


@client
def says_nothing(line):
    patient(line)


@client
def says_oops(line):
    patient(line)
    print("oops")


@client
def fails(line):
    patient(line)
    sys.exit(7)


@client
def dies(line):
    patient(line)
    import os
    import signal
    os.kill(os.getpid(), signal.SIGTERM)


@client
def dawdles(line):
    patient(line)
    time.sleep(1)


if __name__ == "__main__":
    CLIENTS[sys.argv[1]](Line(sys.argv[2]))
