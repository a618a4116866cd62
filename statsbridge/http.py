"""The one HTTP setting of a connection: cookies, proxy and certificates for REST and CometD alike."""

import os
import ssl
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import Cookie, CookieJar

import certifi
import httpx

from statsbridge.errors import SettingsUnusable

#: Seconds. The service's own limit for a backend is unknown; its client libraries wait up to 60 s.
TIMEOUT = httpx.Timeout(20.0, connect=5.0, pool=20.0)


class SharedJar(CookieJar):
    """Cookies of one connection.

    The service marks its session cookie ``Secure`` even behind plain http, where no jar would send it back and
    each request would be a stranger; the vendor's JavaScript client drops the mark as well.
    """

    def __init__(self, *, plain_http: bool) -> None:
        super().__init__()
        self._plain_http = plain_http

    def set_cookie(self, cookie: Cookie) -> None:
        if self._plain_http:
            cookie.secure = False
        super().set_cookie(cookie)


@dataclass(frozen=True, slots=True)
class Http:
    """What every request of one life of a connection goes through. Close with ``await http.client.aclose()``."""

    client: httpx.AsyncClient
    jar: CookieJar
    ssl: ssl.SSLContext | None
    proxy: str


def open_http(
    base_url: str, *, proxy: str = "", ca_file: str = "", transport: httpx.AsyncBaseTransport | None = None
) -> Http:
    """Make the client, jar and TLS context for one life of a connection.

    Proxies of the environment are left alone on purpose: the CometD side would not follow them.

    Raises:
        SettingsUnusable: the CA file or the proxy cannot be used.
    """
    jar = SharedJar(plain_http=base_url.lower().startswith("http://"))
    context = _context(ca_file) if ca_file or not base_url.lower().startswith("http://") else None
    try:
        client = httpx.AsyncClient(
            cookies=jar,
            verify=context if context is not None else False,
            proxy=httpx.Proxy(proxy, ssl_context=context) if proxy and transport is None else None,
            timeout=TIMEOUT,
            trust_env=False,
            transport=transport,
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise SettingsUnusable("The proxy address cannot be used. Give one such as http://proxy:3128.") from error
    return Http(client, jar, context, proxy)


def _context(ca_file: str) -> ssl.SSLContext:
    """Reading all certificates takes tens of ms, and a link that is down is tried often."""
    try:
        changed_at = os.stat(ca_file).st_mtime_ns if ca_file else 0
    except OSError as error:
        raise SettingsUnusable(f"The CA file {ca_file} cannot be used: {error.strerror}.") from error
    return _read_context(ca_file, changed_at)


@lru_cache(maxsize=32)
def _read_context(ca_file: str, changed_at: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Small container images have no certificates of their own.
    context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            reason = getattr(error, "strerror", None) or "it holds no certificate"
            raise SettingsUnusable(f"The CA file {ca_file} cannot be used: {reason}.") from error
    return context


def describe(error: httpx.HTTPError) -> str:
    """Why a request failed, in words for people: no address parts that may hold secrets."""
    match error:
        case httpx.ConnectTimeout():
            return "no connection within the time limit"
        case httpx.TimeoutException():
            return "no answer within the time limit"
        case httpx.ProxyError():
            return "the proxy refused or failed"
        case httpx.ConnectError():
            return f"no connection ({_root(error)})"
        case _:
            return f"the connection broke ({type(error).__name__})"


def _root(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text.splitlines()[0][:200]
