# SPDX-License-Identifier: MIT
"""Clients that play the examples of conf/: conf_clients.py NAME URL. Real libraries, as programs use them."""
import asyncio
import gzip
import http.client
import socket
import sys
import time
from urllib.parse import urljoin, urlsplit

CLIENTS = {}


def client(play):
    CLIENTS[play.__name__] = play
    return play


def session(**retries):
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util.retry import Retry
    made = requests.Session()
    made.trust_env = False
    if retries:
        made.mount("http://", HTTPAdapter(max_retries=Retry(**retries)))
    return made


def bare(url):
    where = urlsplit(url)
    sock = socket.create_connection((where.hostname, where.port))
    sock.settimeout(5)
    return sock


def ask(sock, path, method="GET", *fields):
    sock.sendall("\r\n".join([f"{method} {path} HTTP/1.1", "Host: naive", *fields, "", ""]).encode())


def heard(sock, until):
    got = b""
    while until not in got:
        more = sock.recv(65536)
        if not more:
            break
        got += more
    return got


# ---- cloudflare-blinks

@client
def backs_off(url):
    s = session()
    for pause in (0.6, 1.2, 2.4):
        answer = s.get(url + "/pay")
        if answer.ok:
            assert answer.json()["paid"]
            return
        time.sleep(pause)


@client
def hammers(url):
    s = session(total=9, backoff_factor=0, status_forcelist=[522])
    assert s.get(url + "/pay").json()["paid"]


# ---- session-expiry

def calls(url, n, again):
    s = session()
    assert s.post(url + "/login").status_code == 204
    for i in range(n):
        answer = s.post(f"{url}/api/{i}", json={"n": i})
        if answer.status_code == 440:
            s.post(url + "/login")
            s.post(f"{url}/api/{i if again else i + 1}", json={"n": i})


@client
def logs_in_again(url):
    calls(url, 4, True)


@client
def forgets_the_lost_call(url):
    calls(url, 4, False)


# ---- match-by-content

@client
async def mends_its_order(url):
    import httpx
    async with httpx.AsyncClient(trust_env=False, headers={"X-Api-Key": "k-7"}) as c:
        answer = await c.post(url + "/orders", json={"items": []})
        assert answer.json()["needs"] == "items.0.id"
        answer = await c.post(url + "/orders", json={"items": [{"id": "tea", "count": 500}]})
        assert answer.status_code == 409
        answer = await c.post(url + "/orders", params={"confirm": "yes"}, json={"items": [{"id": "tea", "count": 500}]})
        assert answer.json() == {"id": "tea", "count": "500"}


@client
def sends_it_unchanged(url):
    s = session()
    for _ in range(3):
        s.post(url + "/orders", json={"items": []}, headers={"X-Api-Key": "k-7"})


# ---- weighted-trouble

@client
def goes_on(url):
    s = session(total=20, status_forcelist=[502, 503], backoff_factor=0)
    assert s.get(url + "/work").json()["done"]


@client
def gives_up(url):
    session().get(url + "/work").raise_for_status()


# ---- one-door-each

@client
async def two_users(url):
    import aiohttp
    async with aiohttp.ClientSession() as s:
        async def one(user):
            me = {"X-User": user}
            async with s.post(url + "/job", headers=me) as answer:
                assert answer.status == 202
            for _ in range(9):
                async with s.get(url + "/job", headers=me) as answer:
                    if answer.status == 200:
                        assert await answer.text() == "for " + user
                        return
        await asyncio.gather(one("ada"), one("bob"))


@client
def fetches_first(url):
    s = session()
    for user in ("ada", "bob"):
        s.get(url + "/job", headers={"X-User": user})
        s.post(url + "/job", headers={"X-User": user})


# ---- retry-after

@client
def waits_as_told(url):
    s = session(total=3, status_forcelist=[429, 503], respect_retry_after_header=True)
    assert s.get(url + "/report").text == "here it is\n"


@client
def does_not_wait(url):
    s = session(total=3, status_forcelist=[429, 503], respect_retry_after_header=False, backoff_factor=0.1)
    assert s.get(url + "/report").ok


# ---- upload-refused

@client
def asks_before_it_sends(url):
    sock = bare(url)
    ask(sock, "/upload", "PUT", "Content-Length: 4", "Expect: 100-continue")
    if b" 417 " in heard(sock, b"\r\n\r\n"):
        assert session().put(url + "/upload", data=b"data").status_code == 201


@client
def sends_it_anyway(url):
    c = http.client.HTTPConnection(urlsplit(url).netloc)
    c.request("PUT", "/upload", body=b"data", headers={"Expect": "100-continue"})
    c.getresponse()


# ---- redirect-loop

@client
async def sees_the_loop(url):
    import aiohttp
    async with aiohttp.ClientSession() as s:
        await s.get(url + "/there")


@client
def follows_for_ever(url):
    s = session()
    where = url + "/there"
    for _ in range(60):
        where = urljoin(where, s.get(where, allow_redirects=False).headers["location"])


# ---- chunked-with-trailers

@client
def takes_all(url):
    import httpx
    with httpx.Client(trust_env=False) as c:
        assert len(c.get(url + "/log").content) == 100 << 10
        print(c.get(url + "/by-hand").text)


@client
def reads_the_chunks_as_content(url):
    sock = bare(url)
    ask(sock, "/log")
    heard(sock, b"x-attempt")
    ask(sock, "/by-hand")
    print(heard(sock, b"one octet").decode("latin-1").replace("\n", ""))


# ---- slow-drip

@client
def is_patient(url):
    s = session()
    print(s.get(url + "/drip", timeout=5).text)
    assert len(s.get(url + "/stall", timeout=5).content) == 8192


@client
def is_hasty(url):
    import httpx
    print(httpx.get(url + "/drip", timeout=2, trust_env=False).text)
    httpx.get(url + "/stall", timeout=0.1, trust_env=False)


# ---- keep-alive-race

@client
def connects_again(url):
    s = session()
    s.get(url + "/first")
    time.sleep(0.2)                         # long enough to be idle
    assert s.get(url + "/second").text == "and this is it\n"


@client
def trusts_the_promise(url):
    c = http.client.HTTPConnection(urlsplit(url).netloc)
    c.request("GET", "/first")
    c.getresponse().read()
    time.sleep(0.2)
    c.auto_open = 0
    c.request("GET", "/second")
    c.getresponse()


# ---- truncated-gzip

@client
def checks_the_end(url):
    c = http.client.HTTPConnection(urlsplit(url).netloc)
    c.request("GET", "/archive", headers={"Accept-Encoding": "gzip"})
    gzip.decompress(c.getresponse().read())


@client
def takes_what_came(url):
    assert session().get(url + "/archive").content


# ---- two-answers

@client
def asks_on(url):
    s = session()
    s.get(url + "/account")
    print(s.get(url + "/token").json()["token"])


@client
def takes_the_second_for_the_next(url):
    sock = bare(url)
    ask(sock, "/account")
    heard(sock, b"token-of-another")
    ask(sock, "/token")
    ask(sock, "/use/token-of-another")
    heard(sock, b"right")


# ---- no-answer-at-all

@client
def tries_three_times(url):
    import httpx
    for _ in range(5):
        try:
            print(httpx.get(url + "/", timeout=1, trust_env=False).text)
            return
        except httpx.TransportError:
            pass
    sys.exit("in vain")


@client
def tries_once(url):
    print(session().get(url + "/", timeout=1).text)


# ---- some-tunnels

def connect(url, host, port, knows):
    sock = bare(url)
    ask(sock, f"{host}:{port}", "CONNECT")
    if b" 200 " in heard(sock, b"\r\n\r\n") or not knows:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: there\r\n\r\n")
        heard(sock, b"hello")


def tunnels(url, knows):
    origin = int(sys.argv[3])
    connect(url, "elsewhere.test", 443, knows)
    connect(url, "127.0.0.1", origin, True)


@client
def heeds_the_refusal(url):
    tunnels(url, True)


@client
def sends_all_the_same(url):
    tunnels(url, False)


# ---- edited-on-the-way

@client
def asks_twice(url):
    s = session(total=2, status_forcelist=[503])
    answer = s.get(url + "/a", auth=("ada", "secret"), cookies={"sid": "1"})
    assert answer.ok and answer.headers["x-attempt"] == "1"


@client
def takes_the_first(url):
    session().get(url + "/a")


# ---- shared-rules

@client
def walks_the_house(url):
    s = session()
    for path in ("/healthz", "/shop/1", "/nowhere"):
        s.get(url + path)


@client
def insists_on_the_shop(url):
    s = session()
    for path in ("/healthz", "/shop/1", "/shop/1", "/nowhere"):
        s.get(url + path)


# ---- sliding-session

def pings(url, pause):
    s = session()
    s.post(url + "/login")
    for _ in range(5):
        time.sleep(pause)
        s.get(url + "/ping")


@client
def keeps_it_busy(url):
    pings(url, 0.15)


@client
def is_away_too_long(url):
    pings(url, 0.7)


# ---- pay-once

@client
def asks_rather_than_pays_twice(url):
    import httpx
    with httpx.Client(trust_env=False) as c:
        try:
            c.post(url + "/pay", json={"sum": 7})
        except httpx.TransportError:
            assert c.get(url + "/pay").json()["paid"]


@client
def pays_until_it_works(url):
    import requests
    for _ in range(3):
        try:
            session().post(url + "/pay", json={"sum": 7})
        except requests.ConnectionError:
            pass
    session().get(url + "/pay")


# ---- three-moods

@client
def reads_the_page(url):
    print(session().get(url + "/").text)


@client
def never_follows(url):
    print(session().get(url + "/", allow_redirects=False).text)


# ---- maintenance

@client
async def comes_back(url):
    import httpx
    async with httpx.AsyncClient(trust_env=False) as c:
        while (await c.get(url + "/")).status_code == 503:
            pass


@client
def comes_once(url):
    session().get(url + "/")


# ---- a-tool-that-tells

@client
def says_so(url):
    import httpx                            # requests takes half for all
    try:
        httpx.get(url + "/file", trust_env=False)
    except httpx.TransportError:
        print("download failed")
        sys.exit(3)


@client
def leaves_half_a_file(url):
    sock = bare(url)
    ask(sock, "/file")
    heard(sock, b"no end")


# ---- slow-and-cut, proxy-digest

@client
async def takes_the_big_one(url):
    import aiohttp
    async with aiohttp.ClientSession() as s, s.get(url + "/big") as answer:
        await answer.read()


@client
def sends_its_secret_at_once_as_basic(url):
    from requests.auth import HTTPProxyAuth
    target = f"http://127.0.0.1:{sys.argv[3]}/"
    challenge = session().get(target, proxies={"http": url}, headers={"Connection": "close"})
    assert challenge.status_code == 407
    session().get(target, proxies={"http": url}, auth=HTTPProxyAuth("ada", "lovelace"))


def main():
    play = CLIENTS[sys.argv[1]]
    done = play(sys.argv[2])
    if asyncio.iscoroutine(done):
        asyncio.run(done)


if __name__ == "__main__":
    main()
