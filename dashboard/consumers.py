"""The two WebSocket routes: people with a session, and frames in portals with a token.

Every socket is accepted before anything is decided, because browsers hide the reason of a refused handshake.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from dashboard import access, embed
from dashboard.access import NO_SUCH_WALLBOARD, NOT_SIGNED_IN, NOT_YOURS, Grant
from dashboard.embed import Admission
from dashboard.guard.sockets import FLOODED, Allowance, doorkeeper
from dashboard.guard.tally import tally
from dashboard.hub import Hub, HubEnded
from dashboard.hubs import running_hub
from dashboard.models import Wallboard
from dashboard.protocol import AUTH_SECONDS, Ack, Auth, CloseCode, Refusal, Resync, read_frame
from dashboard.screens import Screen, Send, refuse
from dashboard.signin import tickets
from dashboard.streams import Stream, StreamKey
from statsbridge.clock import Clock

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]

FOREIGN_ORIGIN = Refusal(
    CloseCode.FORBIDDEN, "foreign_origin", "Open the wallboard from its own address; behind a proxy set PUBLIC_URL."
)
#: Where the scope has the server's ``send`` without what middleware put around it.
DIRECT_SEND = "dashboard.send"
#: What a screen may send: it acknowledges a few frames in a second at most, and renews its token once in a while.
FRAMES_AT_ONCE, FRAMES_PER_SECOND = 300, 50
RENEWALS_AT_ONCE, RENEWALS_PER_SECOND = 10, 0.5
NO_TOKEN = Refusal(CloseCode.UNAUTHENTICATED, "unauthenticated", "Send an auth frame with a token within 10 seconds.")


class Gone(Exception):  # noqa: N818  # nothing went wrong
    """The client is away."""


class ScreenConsumer:
    """One socket from accept to close; how it is admitted is the routes' difference.

    It is a plain ASGI application, not a Channels consumer: those join the channel layer once per socket and hop
    through a thread for each message.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, clock: Clock) -> None:
        self.scope = scope
        self.clock = clock
        self._receive = receive
        self._send = send
        self.slug: str = scope.get("url_route", {}).get("kwargs", {}).get("slug", "")
        self.hub: Hub | None = None
        self.screen: Screen | None = None
        self.stream: Stream | None = None
        self._frames = Allowance(FRAMES_AT_ONCE, FRAMES_PER_SECOND, clock.monotonic())
        self._renewals = Allowance(RENEWALS_AT_ONCE, RENEWALS_PER_SECOND, clock.monotonic())

    @classmethod
    def as_asgi(cls, clock: Clock | None = None) -> Any:
        """An ASGI application that makes one of these for each socket."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send, clock or Clock()).run()

        return application

    async def admit(self) -> tuple[Grant, StreamKey]:
        """Decide who this is and what they see.

        Raises:
            Refusal: they may not.
            Gone: they left.
        """
        raise NotImplementedError

    async def renew(self, token: str) -> None:
        """A further auth frame."""

    async def run(self) -> None:
        if (await self._receive())["type"] != "websocket.connect":
            return
        await self._send({"type": "websocket.accept"})
        door = doorkeeper()
        try:
            async with door.waiting((self.scope.get("client") or [""])[0]):
                grant, key = await self.admit()
            async with door.inside():
                await self._show(grant, key)
        except Refusal as refusal:
            await self._refuse(refusal)
        except Gone:
            pass
        finally:
            if self.screen is not None:
                self.screen.gone()
                if self.hub is not None and self.stream is not None:
                    self.hub.leave(self.screen, self.stream)

    async def _show(self, grant: Grant, key: StreamKey) -> None:
        """Show the stream until the client leaves."""
        name = f"{type(self).__name__} of {self.slug}"
        send = self.scope.get(DIRECT_SEND, self._send)
        self.screen = Screen(send, grant, self.clock.monotonic(), name)
        await self._join(self.screen, key)
        while True:
            await self._handle(self.screen, await self._next())

    async def _join(self, screen: Screen, key: StreamKey) -> None:
        """Show a stream, of the hub that there is by now: admission may take longer than an idle hub lives."""
        while True:
            self.hub = running_hub()
            try:
                self.stream = await self.hub.join(screen, key)
                return
            except HubEnded:
                logger.debug("The hub ended while %s joined it", screen.name)

    async def _next(self) -> str | None:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
        text: str | None = message.get("text")
        return text

    async def _handle(self, screen: Screen, text: str | None) -> None:
        if screen.closed or self.hub is None or self.stream is None:
            return
        screen.heard = now = self.clock.monotonic()
        if not self._frames.take(now):
            raise FLOODED
        match read_frame(text):
            case Ack(seq):
                self.hub.acknowledge(screen, self.stream, seq)
            case Resync(history):
                self.stream.bring_up_to_date(screen, history=history)
            case Auth(token):
                if not self._renewals.take(now):
                    raise FLOODED
                await self.renew(token)

    async def _refuse(self, refusal: Refusal) -> None:
        if self.screen is not None and self.hub is not None and self.stream is not None:
            self.hub.close(self.screen, self.stream, refusal)
        else:
            logger.info("%s of %s refused: %s %s", type(self).__name__, self.slug, int(refusal.code), refusal.message)
            await refuse(self._send, refusal)
        try:
            # The server tells when the closing handshake is done; until then the task must live.
            while True:
                await self._next()
        except Gone:
            pass


class WallboardConsumer(ScreenConsumer):
    """``/ws/wallboards/<slug>/``: a session cookie, and only from the site's own pages."""

    async def admit(self) -> tuple[Grant, StreamKey]:
        if not own_origin(self.scope):
            raise FOREIGN_ORIGIN
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            raise NOT_SIGNED_IN
        wallboard, view = await database_sync_to_async(self._find)(user)
        session = self.scope.get("session")
        key = getattr(session, "session_key", "") or ""
        grant = Grant(wallboard, user=user.pk, session=key, password=user.get_session_auth_hash(), view=view)
        return grant, StreamKey(wallboard, view)

    def _find(self, user: Any) -> tuple[int, str]:
        wallboard = Wallboard.objects.filter(slug=self.slug, enabled=True).first()
        if wallboard is None:
            raise NO_SUCH_WALLBOARD
        if not access.can_view(user, wallboard):
            raise NOT_YOURS
        return wallboard.pk, access.view_of(user, wallboard)


class EmbedConsumer(ScreenConsumer):
    """``/ws/embed/<slug>/``: a token in the first frame; cookies are not looked at."""

    admission: Admission | None = None

    async def admit(self) -> tuple[Grant, StreamKey]:
        try:
            async with asyncio.timeout(AUTH_SECONDS):
                frame = read_frame(await self._next())
        except TimeoutError:
            raise NO_TOKEN from None
        if not isinstance(frame, Auth):
            raise NO_TOKEN
        return self._take(await self._check(frame.token))

    async def renew(self, token: str) -> None:
        """A fresher token extends the stay, and may change what is seen; an older or the same one does nothing."""
        admission = await self._check(token)
        if self.screen is None or self.hub is None or self.stream is None or self.admission is None:
            return
        if self.screen.closed:
            return
        if admission.expires_at <= self.admission.expires_at:
            return
        grant, key = self._take(admission)
        self.screen.grant = grant
        if key != self.stream.key:
            self.hub.leave(self.screen, self.stream)
            await self._join(self.screen, key)

    async def _check(self, token: str) -> Admission:
        try:
            admission = await database_sync_to_async(self._admitted)(token)
        except Refusal as refusal:
            tally().refused(token, refusal.word, self.slug)
            raise
        if admission.key:
            tally().admitted(admission.key, self.slug)
        return admission

    def _admitted(self, token: str) -> Admission:
        admit = tickets.admit if tickets.is_ticket(token) else embed.admit
        admission = admit(token, self.slug, self.clock.now() / 1000)
        asked = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        return embed.narrowed(admission, asked.get("tiles", []), asked.get("view", []))

    def _take(self, admission: Admission) -> tuple[Grant, StreamKey]:
        self.admission = admission
        expires = self.clock.monotonic() + admission.seconds
        grant = Grant(
            admission.wallboard,
            user=admission.user,
            session=admission.session,
            password=admission.password,
            key=admission.key,
            expires=expires,
            view=admission.seen_as,
        )
        return grant, StreamKey(admission.wallboard, admission.view, admission.tiles)


class UnknownConsumer(ScreenConsumer):
    """Any other path."""

    async def admit(self) -> tuple[Grant, StreamKey]:
        raise Refusal(CloseCode.NOT_FOUND, "not_found", "There is no such socket.")


def own_origin(scope: Scope) -> bool:
    """Whether the page that opened the socket is this site's: at ``PUBLIC_URL``, or at the host that was asked."""
    headers = {name: value.decode("latin-1") for name, value in scope.get("headers", [])}
    origin = headers.get(b"origin", "").lower()
    if settings.PUBLIC_URL and origin == settings.PUBLIC_URL.lower():
        return True
    try:
        parts = urlsplit(origin)
        default = {"http": 80, "https": 443}.get(parts.scheme)
        asked = urlsplit(f"//{headers.get(b'host', '').lower()}")
        same = (parts.hostname, parts.port or default) == (asked.hostname, asked.port or default)
    except ValueError:
        return False
    if default is None or not same or not parts.hostname:
        return False
    # A page that came over plain http may be anybody's on the way.
    if settings.PUBLIC_URL.startswith("https://") and parts.scheme != "https":
        return False
    # A name that only resolves to this machine (DNS rebinding) is not this site.
    domain, _ = split_domain_port(headers[b"host"].lower())
    allowed = settings.ALLOWED_HOSTS or (["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    return bool(domain) and validate_host(domain, allowed)
