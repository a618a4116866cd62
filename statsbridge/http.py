"""The one HTTP setting of a connection: cookies, proxy and certificates for REST and CometD alike."""

import logging
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import CookieJar
from typing import Any

import certifi
import httpx

from statsbridge.cometd.cookies import ServiceJar
from statsbridge.errors import SettingsUnusable

logger = logging.getLogger(__name__)

#: Seconds. Calls of the Statistics API have a time limit of their own, which grows where the service is slow.
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
#: Bytes of an answer that is waited for outside of an event loop.
ANSWER_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Http:
    """What every request of one life of a connection goes through. Close with ``await http.client.aclose()``."""

    client: httpx.AsyncClient
    jar: CookieJar
    ssl: ssl.SSLContext
    proxy: str


def open_http(
    base_url: str, *, proxy: str = "", ca_file: str = "", transport: httpx.AsyncBaseTransport | None = None
) -> Http:
    """Make the client, jar and TLS context for one life of a connection.

    Proxies of the environment are left alone on purpose: the CometD side would not follow them.

    Raises:
        SettingsUnusable: the CA file or the proxy cannot be used.
    """
    jar = ServiceJar(base_url)
    # Where the Statistics API speaks plain http, the sign-in service may speak https all the same.
    context = _context(ca_file)
    try:
        client = httpx.AsyncClient(
            cookies=jar,
            verify=context,
            proxy=_proxy(proxy, context) if proxy and transport is None else None,
            timeout=TIMEOUT,
            trust_env=False,
            transport=transport,
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise _unusable_proxy() from error
    return Http(client, jar, context, proxy)


def open_blocking(
    *, proxy: str = "", ca_file: str = "", seconds: float, transport: httpx.BaseTransport | None = None
) -> httpx.Client:
    """A client for a few requests outside of an event loop, with the same settings; a context manager.

    No answer is longer than ``ANSWER_MOST``. ``seconds`` are those of one read; see ``closed_after``.

    Raises:
        SettingsUnusable: the CA file or the proxy cannot be used.
    """
    context = _context(ca_file)
    try:
        return _OfShortAnswers(
            verify=context,
            proxy=_proxy(proxy, context) if proxy and transport is None else None,
            timeout=seconds,
            trust_env=False,
            transport=transport,
        )
    except (ValueError, httpx.InvalidURL) as error:
        raise _unusable_proxy() from error


class _OfShortAnswers(httpx.Client):
    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        response = super().send(request, **{**how, "stream": True})
        with closing(response):
            body = bytearray()
            for part in response.iter_bytes():
                body += part
                if len(body) > ANSWER_MOST:
                    raise httpx.ReadError("The answer is too long.", request=request)
        headers = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)


@contextmanager
def closed_after(client: httpx.Client, seconds: float) -> Iterator[None]:
    """Whatever the client does ends by then, even where each byte of an answer comes in time.

    Raises:
        httpx.ReadTimeout: it took longer.
    """
    over = threading.Event()

    def close() -> None:
        over.set()
        client.close()

    timer = threading.Timer(seconds, close)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (httpx.HTTPError, RuntimeError) as error:
        # A client that was closed says so in several ways.
        if over.is_set():
            raise httpx.ReadTimeout("The answer took too long.") from error
        raise
    finally:
        timer.cancel()


def _unusable_proxy() -> SettingsUnusable:
    return SettingsUnusable("The proxy address cannot be used. Give one such as http://proxy:3128.")


def _proxy(address: str, context: ssl.SSLContext) -> httpx.Proxy:
    return httpx.Proxy(address, ssl_context=context if address.lower().startswith("https://") else None)


def _context(ca_file: str) -> ssl.SSLContext:
    """Reading all certificates takes tens of ms, and a link that is down is tried often."""
    try:
        changed_at = os.stat(ca_file).st_mtime_ns if ca_file else 0
    except OSError as error:
        raise _unusable(ca_file, error) from error
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
            raise _unusable(ca_file, error) from error
    return context


def _unusable(ca_file: str, error: OSError) -> SettingsUnusable:
    """Reasons are shown to everyone who looks at a wallboard, to whom paths of the server are of no concern."""
    reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror or type(error).__name__
    logger.warning("the CA file %s cannot be used: %s", ca_file, reason)
    return SettingsUnusable(f"The CA file of this connection cannot be used: {reason}.")


def read_json(response: httpx.Response) -> Any:
    """The body as JSON, or ``None`` where it is none."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


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
