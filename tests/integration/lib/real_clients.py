# SPDX-License-Identifier: MIT
"""Real clients, each as its user would write it: with the library's defaults, and with the
features that it has for the case.

    python3 real_clients.py NAME URL ORIGIN     plays one; ORIGIN is for those behind a proxy
"""
import asyncio
import os
import sys

USER, PASSWORD = "ada", "lovelace"
CALLS = 5


def with_user(proxy):
    return proxy.replace("//", f"//{USER}:{PASSWORD}@")


# ---- one GET that should succeed

def requests_get(url, origin):
    import requests
    requests.get(f"{url}/pay", timeout=10)


def requests_retry(url, origin):
    """The recipe of urllib3's documentation."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(
            total=5, backoff_factor=1, status_forcelist=[502, 503, 504, 522])))
        session.get(f"{url}/pay", timeout=10)


def httpx_get(url, origin):
    import httpx
    httpx.get(f"{url}/pay")


def httpx_retries(url, origin):
    """Those are for connections that fail, not for answers."""
    import httpx
    with httpx.Client(transport=httpx.HTTPTransport(retries=3)) as client:
        client.get(f"{url}/pay")


def aiohttp_get(url, origin):
    import aiohttp

    async def go():
        async with aiohttp.ClientSession() as session, session.get(f"{url}/pay") as answer:
            await answer.read()
    asyncio.run(go())


# ---- a session that dies

def calls(post, get):
    """Five calls; where the session has gone, login and the call again."""
    post("/login")
    for n in range(CALLS):
        if get(f"/api/items/{n}") == 440:
            post("/login")
            get(f"/api/items/{n}")


def requests_session(url, origin):
    import requests
    with requests.Session() as session:
        calls(lambda path: session.post(url + path), lambda path: session.get(url + path).status_code)


def httpx_session(url, origin):
    import httpx
    with httpx.Client(base_url=url) as client:
        calls(client.post, lambda path: client.get(path).status_code)


def aiohttp_session(url, origin, unsafe=False):
    """aiohttp's jar takes no cookies from IP addresses unless told to."""
    import aiohttp

    async def go():
        async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=unsafe)) as session:
            async def get(path):
                async with session.get(path) as answer:
                    return answer.status
            await session.post("/login")
            for n in range(CALLS):
                if await get(f"/api/items/{n}") == 440:
                    await session.post("/login")
                    await get(f"/api/items/{n}")
    asyncio.run(go())


def aiohttp_session_unsafe(url, origin):
    aiohttp_session(url, origin, unsafe=True)


# ---- a proxy that asks who is there

def requests_proxy(url, origin):
    import requests
    requests.get(f"{origin}/", proxies={"http": with_user(url)}, timeout=10)


def requests_proxy_digest(url, origin):
    """requests has digest for origins; its proxy class is the toolbelt's, twenty lines like these."""
    import requests
    from requests.auth import HTTPDigestAuth

    class ProxyDigest(HTTPDigestAuth):
        def handle_407(self, answer, **how):
            """An answer of a proxy, taken for one of an origin, and back."""
            if answer.status_code != 407 or self._thread_local.num_401_calls > 1:
                return answer
            self._thread_local.num_401_calls += 1
            offers = answer.raw.headers.getlist("proxy-authenticate")
            offer = next(o for o in offers if o.lower().startswith("digest"))
            self._thread_local.chal = requests.utils.parse_dict_header(offer[7:])
            answer.content
            answer.close()
            again = answer.request.copy()
            again.headers["Proxy-Authorization"] = self.build_digest_header(again.method, again.url)
            second = answer.connection.send(again, **how)
            second.history.append(answer)
            return second

        def __call__(self, request):
            self.init_per_thread_state()
            request.register_hook("response", self.handle_407)
            self._thread_local.num_401_calls = 1
            return request

    requests.get(f"{origin}/", proxies={"http": url}, auth=ProxyDigest(USER, PASSWORD), timeout=10)


def httpx_proxy(url, origin):
    import httpx
    with httpx.Client(**({"proxy": with_user(url)} if hasattr(httpx, "Proxy") and
                         "proxy" in httpx.Client.__init__.__kwdefaults__
                         else {"proxies": with_user(url)})) as client:
        client.get(f"{origin}/")


def aiohttp_proxy(url, origin):
    import aiohttp

    async def go():
        async with aiohttp.ClientSession() as session, session.get(
                f"{origin}/", proxy=url, proxy_auth=aiohttp.BasicAuth(USER, PASSWORD)) as answer:
            await answer.read()
    asyncio.run(go())


# ---- a download that dies: what the client makes of it is its exit status and last word

def told(download):
    """Prints how many octets there are, or what is raised."""
    try:
        print("whole", len(download()))
    except Exception as why:        # whatever it is: its name is what is asked for
        print("raised", type(why).__name__)


def requests_big(url, origin):
    import requests
    told(lambda: requests.get(f"{url}/big", timeout=10).content)


def requests_big_raw(url, origin):
    """Read from .raw, as shutil.copyfileobj does."""
    import requests
    told(lambda: requests.get(f"{url}/big", stream=True, timeout=10).raw.read())


def httpx_big(url, origin):
    import httpx
    told(lambda: httpx.get(f"{url}/big").content)


def aiohttp_big(url, origin):
    import aiohttp

    async def go():
        async with aiohttp.ClientSession() as session, session.get(f"{url}/big") as answer:
            return await answer.read()
    told(lambda: asyncio.run(go()))


if __name__ == "__main__":
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]        # each is told where to go
    globals()[sys.argv[1]](*sys.argv[2:4])
