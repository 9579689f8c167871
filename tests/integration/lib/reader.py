# SPDX-License-Identifier: MIT
"""A strict reader of HTTP/1.1 responses, independent of naysay's own.

It reports every deviation from RFC 9112 and RFC 9110 with the octet where it stands
and goes on as well as it can; it raises nothing. Offsets count from the start of what
the client received on one connection.

    answer = read_answer(octets, 0, method="GET", closed=False)   # None: more to come
"""
import re
from dataclasses import dataclass, field

TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
STATUS_LINE = re.compile(rb"HTTP/(\d)\.(\d) (\d{3}) ([\t\x20-\x7e\x80-\xff]*)")
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})((?:;[\t\x20-\x7e\x80-\xff]*)?)")
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# RFC 9110 §6.5.1: these frame, route or authenticate, so no trailer may name them.
NOT_IN_TRAILERS = {"content-length", "transfer-encoding", "host", "connection", "trailer",
                   "te", "authorization", "set-cookie", "content-encoding", "content-type"}


@dataclass
class Deviation:
    offset: int
    what: str


@dataclass
class Answer:
    """One final response with the interim ones before it."""
    start: int
    end: int = 0
    body_start: int = 0
    status: int = 0
    phrase: str = ""
    version: str = ""
    fields: list = field(default_factory=list)
    body: bytes = b""
    trailers: list = field(default_factory=list)
    framing: str = "none"           # none, length, chunked, close
    complete: bool = True
    interim: list = field(default_factory=list)
    deviations: list = field(default_factory=list)

    def all(self, name):
        """The values of every field with this name."""
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name, default=None):
        """The field's value, lines joined by commas; `default` when there is none."""
        values = self.all(name)
        return ", ".join(values) if values else default

    def lists(self, name, token):
        """Is `token` an element of this field's list?"""
        elements = (self.get(name) or "").split(",")
        return token.lower() in [e.strip().lower() for e in elements]

    @property
    def text(self):
        return self.body.decode("latin-1")


class _More(Exception):
    """The octets end before the message does."""


class _Lost(Exception):
    """What follows cannot be read as a message any more."""


class _Reader:
    def __init__(self, data, at, closed):
        self.data, self.at, self.closed = data, at, closed
        self.deviations = []

    def deviates(self, what, offset=None):
        self.deviations.append(Deviation(self.at if offset is None else offset, what))

    def line(self):
        """The next line without its end; (line, offset)."""
        start = self.at
        lf = self.data.find(b"\n", start)
        if lf < 0:
            raise _More
        line = self.data[start:lf]
        self.at = lf + 1
        if line.endswith(b"\r"):
            line = line[:-1]
        else:
            self.deviates("line ends in LF without CR", lf)
        return line, start

    def head(self, answer):
        line, start = self.line()
        found = STATUS_LINE.fullmatch(line)
        if not found:
            self.deviates("status line is not version SP status SP phrase", start)
            raise _Lost
        major, minor, status, phrase = found.groups()
        answer.version = f"{int(major)}.{int(minor)}"
        answer.status, answer.phrase = int(status), phrase.decode("latin-1")
        if answer.version != "1.1":
            self.deviates(f"version is {answer.version}, not 1.1", start)
        if answer.status < 100:
            self.deviates("status below 100", start)
        answer.fields = self.fields()

    def fields(self):
        found = []
        while True:
            line, start = self.line()
            if line == b"":
                return found
            self.field(line, start, found)

    def field(self, line, start, found):
        if line[:1] in (b" ", b"\t"):
            self.deviates("folded field line", start)
            return
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(name):
            self.deviates("field name is not a token followed by a colon", start)
        value = value.strip(b" \t")
        bad = CONTROL.search(line)
        if bad:
            self.deviates(f"control character {bad.group()!r} in a field", start + bad.start())
        found.append((name.decode("latin-1"), value.decode("latin-1")))

    def framing(self, answer, method):
        """What follows the head, by RFC 9112 §6.3; deviations stand at the head's start."""
        lengths, codings = answer.all("Content-Length"), answer.all("Transfer-Encoding")
        if len(lengths) > 1:
            self.deviates("more than one Content-Length", answer.start)
        if lengths and not re.fullmatch(r"\d+", lengths[0]):
            self.deviates("Content-Length is not a number", answer.start)
            raise _Lost
        if lengths and codings:
            self.deviates("Content-Length together with Transfer-Encoding", answer.start)
        if codings and [c.lower() for c in codings] != ["chunked"]:
            self.deviates("Transfer-Encoding is not chunked, once", answer.start)
        bare = answer.status < 200 or answer.status == 204
        if bare and (lengths or codings):
            self.deviates(f"a {answer.status} with framing fields", answer.start)
        if method == "CONNECT" and 200 <= answer.status < 300:
            if lengths or codings:
                self.deviates("a 2xx to CONNECT with framing fields", answer.start)
            return "none", 0
        if bare or answer.status == 304 or method == "HEAD":
            return "none", 0
        if codings:
            return "chunked", 0
        return ("length", int(lengths[0])) if lengths else ("close", 0)

    def body(self, answer, length):
        answer.body_start = self.at
        if answer.framing == "length":
            answer.body = self.take(length)
        elif answer.framing == "chunked":
            self.chunks(answer)
        elif answer.framing == "close":
            answer.body = self.data[self.at:]
            self.at = len(self.data)
            if not self.closed:
                raise _More
        if answer.status == 205 and answer.body:
            self.deviates("a 205 with content", answer.body_start)

    def take(self, n):
        got = self.data[self.at:self.at + n]
        if len(got) < n:
            raise _More
        self.at += n
        return got

    def chunks(self, answer):
        while True:
            line, start = self.line()
            found = CHUNK_LINE.fullmatch(line)
            if not found:
                self.deviates("chunk size line is malformed", start)
                raise _Lost
            size = int(found.group(1), 16)
            if size == 0:
                break
            answer.body += self.take(size)
            if self.take(2) != b"\r\n":
                self.deviates("chunk data is not followed by CRLF", self.at - 2)
                raise _Lost
        start = self.at
        answer.trailers = self.fields()
        for name, _ in answer.trailers:
            if name.lower() in NOT_IN_TRAILERS:
                self.deviates(f"{name} in the trailers", start)


def read_answer(data, at=0, method="GET", closed=False):
    """The next final response in data[at:]; None while it is incomplete and may still grow.

    `closed`: nothing more will come, so an incomplete message is a deviation.
    """
    reader = _Reader(data, at, closed)
    interim = []
    while True:
        answer = Answer(start=reader.at)
        try:
            reader.head(answer)
            answer.framing, length = reader.framing(answer, method)
            reader.body(answer, length)
        except _More:
            if not closed:
                return None
            if answer.framing == "length":
                answer.body = data[answer.body_start or reader.at:]
            reader.at = len(data)
            reader.deviates("the message ends before its framing says so")
            answer.complete = False
        except _Lost:
            if not closed:
                return None
            reader.at = len(data)
            answer.complete = False
        answer.end = reader.at
        if 100 <= answer.status < 200 and answer.status != 101 and answer.complete:
            interim.append(answer)
            continue
        answer.interim, answer.deviations = interim, reader.deviations
        return answer


def read_all(data, methods):
    """Every response of a closed connection, one for each method; the last method repeats."""
    answers, at = [], 0
    while at < len(data):
        method = methods[min(len(answers), len(methods) - 1)]
        answers.append(read_answer(data, at, method, closed=True))
        at = answers[-1].end
    return answers
