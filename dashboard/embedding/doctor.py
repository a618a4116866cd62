"""The embed doctor: looks at this site as a frame in a portal does, through the proxies in between."""

import asyncio
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dashboard.embedding.findings import Finding, State
from dashboard.embedding.handshake import Shaken, examine_browser_socket, examine_socket, shake_hands
from dashboard.embedding.origins import examine_origin
from dashboard.embedding.served import Answer, compare_clocks, examine_page
from dashboard.embedding.tokens import examine_token
from dashboard.models import Wallboard
from statsbridge.clock import Clock

SECONDS = 8.0
#: How many of these a process runs at a time: each takes up a request and asks for another one.
AT_ONCE = 4
_running = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the doctor is asked: the portal's address, maybe a token, and what the browser saw by itself."""

    portal: str
    token: str = ""
    #: The browser's clock, ms since 1970.
    clock: float | None = None
    socket: str = ""

    def __repr__(self) -> str:
        return f"Asked({self.portal!r})"


class BusyError(Exception):
    """Too many are being examined at this moment."""


def reached_at(request: HttpRequest) -> str:
    """This site's own address, as far as it may be asked at: nobody else's is ever called. Empty where it is not known.

    Without ``PUBLIC_URL`` it is the host that was asked, if that is one of ``ALLOWED_HOSTS`` by name and its port is a
    usual one or the one that this process listens on: a made-up Host header must not lead anywhere else.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    parts = urlsplit(f"//{request.get_host()}")
    own = {None, 80, 443, int(request.META.get("SERVER_PORT") or 0)}
    named = set(settings.ALLOWED_HOSTS) - {"*"}
    if not {parts.hostname, f"[{parts.hostname}]"} & named or parts.port not in own:
        return ""
    return f"{request.scheme}://{request.get_host()}"


def examine(
    board: Wallboard, asked: Asked, site: str, clock: Clock | None = None, seconds: float = SECONDS
) -> list[Finding]:
    """All findings, in the order of the way from the portal to the token.

    Args:
        site: From ``reached_at``.
        seconds: For page and socket, side by side.

    Raises:
        BusyError: too many others are being examined.
    """
    if not _running.acquire(blocking=False):
        raise BusyError
    try:
        return _examine(board, asked, site, clock or Clock(), seconds)
    finally:
        _running.release()


def _examine(board: Wallboard, asked: Asked, site: str, clock: Clock, seconds: float) -> list[Finding]:
    now = clock.now() / 1000
    origin, found = examine_origin(asked.portal, board.allowed_origins, site)
    found += [_own_address(site)]
    if site:
        # What the machine trusts, with an authority of the company's own; reading it takes a while.
        trust = ssl.create_default_context()
        # An origin that is not allowed is not looked for in the page: that has been said.
        allowed = origin if origin in board.allowed_origins else ""
        found += async_to_sync(_look)(board.slug, allowed, site, trust, clock, seconds)
    found += examine_browser_socket(asked.socket)
    if asked.clock is not None:
        change = _("Set the clock of the one that is wrong.")
        ahead = round(now - asked.clock / 1000)
        found.append(compare_clocks("browser_clock", _("This browser's clock"), ahead, _("this browser"), change))
    if asked.token:
        found += examine_token(asked.token.strip(), board, now)
    return found


def _own_address(site: str) -> Finding:
    title = "PUBLIC_URL"
    if settings.PUBLIC_URL:
        return Finding("public_url", State.GOOD, title, _("It is %(site)s.") % {"site": site})
    change = _("Set PUBLIC_URL to the address at which browsers reach this site, such as https://wallboard.example.com")
    if site:
        return Finding(
            "public_url", State.WARN, title, _("It is not set; %(site)s is looked at.") % {"site": site}, change
        )
    found = _("It is not set, and the address of this page is not one to look at: headers and socket are not checked.")
    return Finding("public_url", State.BAD, title, found, change)


async def _look(
    slug: str, origin: str, site: str, trust: ssl.SSLContext, clock: Clock, seconds: float
) -> list[Finding]:
    """Page and socket through everything that is in between."""
    here = urlsplit(site)
    socket = f"{'wss' if here.scheme == 'https' else 'ws'}://{here.netloc}/ws/embed/{slug}/"
    page, shaken = await asyncio.gather(
        _fetch(f"{site}/embed/{slug}/", trust, clock, seconds), shake_hands(socket, site, trust, seconds)
    )
    if isinstance(page, Answer):
        return [*examine_page(page, origin, site, socket), examine_socket(shaken, socket)]
    return _unreachable(site, page, shaken, socket)


async def _fetch(address: str, trust: ssl.SSLContext, clock: Clock, seconds: float) -> Answer | str:
    """The page's headers, or why there are none."""
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(verify=trust, trust_env=False, timeout=seconds) as client,
            # Not followed: it might lead elsewhere.
            client.stream("GET", address, follow_redirects=False) as response,
        ):
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, clock.now() / 1000)
    except TimeoutError:
        return _("no answer in %(seconds)d s") % {"seconds": seconds}
    except (httpx.HTTPError, httpx.InvalidURL) as failed:
        return str(failed)[:200] or type(failed).__name__


def _unreachable(site: str, error: str, shaken: Shaken, socket: str) -> list[Finding]:
    words = {"site": site, "error": error}
    found = _("This server does not reach its own address %(site)s: %(error)s.") % words
    change = _(
        "Where browsers do reach it, let the server resolve and reach that name too, and trust its certificate "
        "(SSL_CERT_FILE); only then can headers be checked from here."
    )
    page = Finding("page", State.BAD, _("The embed page"), found, change)
    return [page] if shaken.error else [page, examine_socket(shaken, socket)]
