"""One HTTP exchange with the CometD endpoint, on aiohttp."""

import base64
import os
from typing import Any

import aiohttp
from yarl import URL

from statsbridge.cometd.cookies import SharedJar
from statsbridge.cometd.errors import CometdError
from statsbridge.cometd.wiring import Wiring


def session_for(wiring: Wiring) -> aiohttp.ClientSession:
    """An HTTP session with the shared cookies and the connection's certificate authority."""
    context = wiring.ssl if wiring.ssl is not None else True
    return aiohttp.ClientSession(cookie_jar=SharedJar(wiring.jar), connector=aiohttp.TCPConnector(ssl=context))


def through_proxy(wiring: Wiring, url: str, headers: dict[str, str]) -> dict[str, Any]:
    """aiohttp's arguments for a request by way of the proxy, if there is one.

    The proxy's password travels apart from its address, which errors quote: with the CONNECT request for https, and
    with the request itself for http.
    """
    if not wiring.proxy:
        return {"headers": headers}
    proxy = URL(wiring.proxy)
    sign_in = {}
    if proxy.user:
        credentials = f"{proxy.user}:{proxy.password or ''}".encode()
        sign_in = {"Proxy-Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
    if URL(url).scheme == "http":
        headers = {**headers, **sign_in}
    return {"headers": headers, "proxy": proxy.with_user(None), "proxy_headers": sign_in}


async def post(
    session: aiohttp.ClientSession, url: str, payload: list[dict[str, Any]], wiring: Wiring, limit: float
) -> tuple[int, bytes]:
    """The status and the whole body of the answer.

    Redirects are not followed: they lead to sign-in pages, and would take the API key along.
    Raises ``CometdError`` when there is no answer, or not within ``limit`` seconds.
    """
    try:
        async with session.post(
            url,
            json=payload,
            timeout=aiohttp.ClientTimeout(total=limit),
            allow_redirects=False,
            **through_proxy(wiring, url, wiring.outgoing_headers()),
        ) as response:
            return response.status, await response.read()
    except TimeoutError as error:
        raise CometdError(f"The service did not answer within {limit:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise CometdError(wiring.cleared(f"The service cannot be reached: {_in_words(error)}")) from error


def _in_words(error: Exception) -> str:
    """aiohttp names how it would check certificates, also where no certificate plays a part."""
    if not isinstance(error, aiohttp.ClientConnectorError) or isinstance(error, aiohttp.ClientSSLError):
        return str(error)
    number = error.os_error.errno or 0
    reason = os.strerror(number) if number > 0 else error.os_error.strerror or str(error.os_error)
    return f"{error.host}:{error.port} ({reason})"
