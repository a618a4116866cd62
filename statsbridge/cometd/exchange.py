"""One HTTP exchange with the CometD endpoint, on aiohttp."""

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


def proxy_of(wiring: Wiring) -> dict[str, Any]:
    """aiohttp's arguments for the proxy; its password travels apart, since errors quote the address."""
    if not wiring.proxy:
        return {}
    url = URL(wiring.proxy)
    auth = aiohttp.BasicAuth(url.user, url.password or "") if url.user else None
    return {"proxy": url.with_user(None), "proxy_auth": auth}


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
            headers=wiring.outgoing_headers(),
            timeout=aiohttp.ClientTimeout(total=limit),
            allow_redirects=False,
            **proxy_of(wiring),
        ) as response:
            return response.status, await response.read()
    except TimeoutError as error:
        raise CometdError(f"The service did not answer within {limit:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise CometdError(wiring.cleared(f"The service cannot be reached: {error}")) from error
