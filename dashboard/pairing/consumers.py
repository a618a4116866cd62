"""The sockets of a TV: the one over which it is told what to do, and those of the wallboards that it shows.

Both take the credential's cookie and nothing else; a person's session counts for nothing here.
"""

from typing import Any

from channels.db import database_sync_to_async
from django.http.cookie import parse_cookie

from dashboard import access
from dashboard.access import NO_SUCH_WALLBOARD, NOT_PAIRED, NOT_THIS_SCREENS, Grant
from dashboard.consumers import FOREIGN_ORIGIN, Scope, ScreenConsumer, own_origin
from dashboard.guard.addresses import place_of
from dashboard.guard.sockets import FLOODED
from dashboard.models import Wallboard
from dashboard.pairing.credential import SECRET_MOST, cookie_name, digest, screen_of
from dashboard.pairing.desk import Desk, Visit, running_desk
from dashboard.pairing.frames import read_status
from dashboard.protocol import Refusal
from dashboard.screens import Screen
from dashboard.streams import StreamKey


def secret_in(scope: Scope) -> str:
    """The device's secret, from the handshake's cookie.

    Raises:
        Refusal: the page is another site's (4403), or there is none (4401).
    """
    if not own_origin(scope):
        raise FOREIGN_ORIGIN
    sent = b"; ".join(value for name, value in scope.get("headers", []) if name == b"cookie").decode("latin-1")
    secret: str = parse_cookie(sent).get(cookie_name(), "")
    if not secret or len(secret) > SECRET_MOST:
        raise NOT_PAIRED
    return secret


class ControlConsumer(ScreenConsumer):
    """``/ws/screen/``: shows no wallboard, so it joins the desk and no stream.

    A TV that shows a code has shown no credential: until it is paired it is one of those at the door who make room for
    others.
    """

    desk: Desk | None = None
    visit: Visit | None = None

    async def admit(self) -> tuple[Grant, StreamKey]:
        secret = secret_in(self.scope)
        paired = await database_sync_to_async(screen_of)(secret)
        number = paired.pk if paired else None
        grant = Grant(0, screen=number)
        self.screen = Screen(self._send, grant, self.clock.monotonic(), "A TV")
        headers: Any = dict(self.scope["headers"])
        # It was compared with the site's own address before.
        origin = headers[b"origin"].decode("latin-1")
        self.desk = running_desk()
        self.visit = Visit(self.screen, digest(secret), origin, number, place_of((self.scope.get("client") or [""])[0]))
        await self.desk.join(self.visit)
        while self.visit.number is None:
            self._take(await self._next())
        return grant, StreamKey(0)

    async def _show(self, grant: Grant, key: StreamKey) -> None:
        while True:
            self._take(await self._next())

    def _take(self, text: str | None) -> None:
        if self.screen is None or self.visit is None or self.screen.closed:
            return
        self.screen.heard = now = self.clock.monotonic()
        if not self._frames.take(now):
            raise FLOODED
        self.visit.status = read_status(text)

    async def _refuse(self, refusal: Refusal) -> None:
        if self.desk is not None and self.visit is not None:
            self.desk.visits.discard(self.visit)
        await super()._refuse(refusal)

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            if self.desk is not None and self.visit is not None:
                await self.desk.leave(self.visit)


class ScreenBoardConsumer(ScreenConsumer):
    """``/ws/screen/wallboards/<slug>/``: a wallboard that the screen was given."""

    async def admit(self) -> tuple[Grant, StreamKey]:
        secret = secret_in(self.scope)
        wallboard, screen = await database_sync_to_async(self._find)(secret)
        return Grant(wallboard, screen=screen, device=digest(secret)), StreamKey(wallboard, access.view_of_passers_by())

    def _find(self, secret: str) -> tuple[int, int]:
        screen = screen_of(secret)
        if screen is None:
            raise NOT_PAIRED
        wallboard = Wallboard.objects.filter(slug=self.slug).values_list("pk", flat=True).first()
        if wallboard is None:
            raise NO_SUCH_WALLBOARD
        if wallboard not in access.screen_wallboards([screen])[screen.pk]:
            raise NOT_THIS_SCREENS
        return wallboard, screen.pk
