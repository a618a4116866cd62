"""A real WebSocket to the embed's own address, as a frame opens it, and what is to be said of how that went."""

import asyncio
import json
import ssl
from dataclasses import dataclass

import aiohttp
from django.utils.translation import gettext as _

from dashboard.embedding.findings import Finding, State
from dashboard.protocol import CloseCode

#: What a proxy that does not pass the upgrade answers with: the site then sees a plain request, or none at all.
NOT_PASSED = (200, 400, 404, 405, 426, 501, 502)
NGINX = (
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;"
)


@dataclass(frozen=True, slots=True)
class Shaken:
    """How it went: the close code of the site's refusal, or the HTTP status or error before there was a socket."""

    code: int | None = None
    status: int | None = None
    error: str = ""


async def shake_hands(address: str, origin: str, trust: ssl.SSLContext, seconds: float) -> Shaken:
    """Open ``address`` with that ``Origin``, say something before a token, and wait for the refusal of it."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(_follow_none)
    try:
        async with (
            asyncio.timeout(seconds),
            aiohttp.ClientSession(timeout=timeout, trust_env=False, trace_configs=[tracing]) as session,
            session.ws_connect(address, origin=origin, ssl=trust, max_msg_size=65_536) as socket,
        ):
            await socket.send_str(json.dumps({"type": "resync"}))
            async for _message in socket:
                pass
            # Without a close frame, as when a proxy just hangs up.
            return Shaken(code=socket.close_code or 1006)
    except aiohttp.WSServerHandshakeError as refused:
        return Shaken(status=refused.status)
    except TimeoutError:
        return Shaken(error=_("no answer in %(seconds)d s") % {"seconds": seconds})
    except (aiohttp.ClientError, OSError, ValueError) as failed:
        return Shaken(error=str(failed)[:200])


async def _follow_none(session: object, context: object, redirect: aiohttp.TraceRequestRedirectParams) -> None:
    # ws_connect has no option for it.
    answer = redirect.response
    answer.close()
    raise aiohttp.WSServerHandshakeError(answer.request_info, answer.history, status=answer.status)


def examine_socket(shaken: Shaken, address: str) -> Finding:
    """The site closes a socket that begins with anything but a token with 4401: then frames pass in both directions."""
    title = _("The socket")
    if shaken.code == CloseCode.UNAUTHENTICATED:
        return Finding(
            "socket", State.GOOD, title, _("%(address)s opens, and frames pass both ways.") % {"address": address}
        )
    if shaken.code is not None:
        found = _("It opens, but ends with %(code)s instead of the site's own 4401.") % {"code": shaken.code}
        change = _(
            "Something in between answers sockets itself or ends them; it must pass frames and close codes unchanged."
        )
        return Finding("socket", State.BAD, title, found, change)
    proxy = _("In nginx: %(lines)s The whole configuration is in docs/deploy.md.") % {"lines": NGINX}
    if shaken.status in NOT_PASSED:
        found = _("The proxy in between did not pass the upgrade to a WebSocket: HTTP %(status)d.") % {
            "status": shaken.status
        }
        return Finding("socket", State.BAD, title, found, proxy)
    if shaken.status is not None:
        found = _("Something in between refuses the socket with HTTP %(status)d.") % {"status": shaken.status}
        change = _("It must pass /ws/ to the site with any Origin, without a sign-in of its own.")
        return Finding("socket", State.BAD, title, found, change)
    found = _("%(address)s cannot be opened: %(error)s.") % {"address": address, "error": shaken.error}
    return Finding("socket", State.BAD, title, found, proxy)


def examine_browser_socket(seen: str) -> list[Finding]:
    """What the browser of the person who asks saw of its own socket; nothing without JavaScript."""
    title = _("The socket, from this browser")
    if seen == "open":
        return [Finding("browser_socket", State.GOOD, title, _("It opens."))]
    if seen == "failed":
        found = _("It does not open from here.")
        change = _("A proxy between this browser and the site, such as the company's own, does not pass WebSockets.")
        return [Finding("browser_socket", State.BAD, title, found, change)]
    return []
