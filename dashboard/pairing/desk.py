"""The desk of a web process: it has the sockets of TVs, and looks into the database for what they should know.

It looks twice a second, for all of them at once and only while there are some. So a code that is entered, a move or a
revocation reaches its screen whichever process took it, with any channel layer, and without the bridge.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import segno
from channels.db import database_sync_to_async
from prometheus_client import Gauge

from dashboard import access
from dashboard.pairing import codes, frames
from dashboard.pairing.frames import Status
from dashboard.pairing.models import PairedScreen, WaitingScreen
from dashboard.pairing.orders import orders_of
from dashboard.pairing.shows import Shows, shows_of
from dashboard.protocol import HEARTBEAT_SECONDS, SILENCE_SECONDS, SILENT, Refusal
from dashboard.screens import Screen, text_message
from dashboard.version import application_version
from statsbridge.clock import Clock

logger = logging.getLogger(__name__)

ONLINE = Gauge("wallboard_paired_screens", "Paired screens whose control socket is open")
WAITING = Gauge("wallboard_waiting_screens", "Open pages that show a pairing code")

LOOK_SECONDS = 0.5
#: What a screen says of itself is written when it changed, and otherwise that it was heard of; each so seldom.
CHANGED_SECONDS = 5.0
SEEN_SECONDS = 15.0


@dataclass(eq=False, slots=True)
class Visit:
    """An open socket of a TV's page: ``device`` is the hash of its secret, ``origin`` the site's address as it has it,
    ``place`` from where it comes, ``number`` the screen that it is, once it is paired.
    """

    socket: Screen
    device: str
    origin: str
    number: int | None = None
    place: str = ""
    told: Any = None
    status: Status | None = None
    written: Status | None = None
    written_at: float = -CHANGED_SECONDS
    seen_at: float = -SEEN_SECONDS


@dataclass(frozen=True, slots=True)
class Found:
    """What the database says: screens with what they show, which devices became screens, and the codes of others."""

    screens: dict[int, tuple[PairedScreen, Shows]] = field(default_factory=dict)
    paired: dict[str, int] = field(default_factory=dict)
    codes: dict[str, WaitingScreen] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)


class Desk:
    """Owns the visits of one event loop and the task that looks after them."""

    def __init__(self, clock: Clock) -> None:
        self.visits: set[Visit] = set()
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._beat_at = clock.monotonic()

    async def join(self, visit: Visit) -> None:
        """Look after a socket from now on; it is told at once what it should know."""
        self.visits.add(visit)
        await self.look([visit])
        if visit in self.visits and (self._task is None or self._task.done()):
            self._task = asyncio.ensure_future(self._run())

    async def leave(self, visit: Visit) -> None:
        """The page is gone: say when it was last heard of, and let its code go."""
        self.visits.discard(visit)
        self._count()
        try:
            await database_sync_to_async(_left)(visit)
        except Exception as error:  # noqa: BLE001  # nothing depends on it
            logger.debug("The end of a screen's visit cannot be written: %s", type(error).__name__)

    async def stop(self) -> None:
        """End the task; sockets that are open are left as they are."""
        tasks = [task for task in (self._task, *self._closing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.visits.clear()

    async def _run(self) -> None:
        failing = False
        while self.visits:
            self.beat()
            try:
                await self.look(list(self.visits))
                await self.write()
                if failing:
                    logger.info("The screens' orders can be read again")
                failing = False
            except Exception as error:  # noqa: BLE001  # screens go on showing what they show
                if not failing:
                    logger.warning("The screens' orders cannot be read: %s", type(error).__name__)
                failing = True
            await self._clock.sleep(LOOK_SECONDS)

    def beat(self) -> None:
        """Heartbeats when they are due, and the end of those who say nothing."""
        now = self._clock.monotonic()
        due = now - self._beat_at >= HEARTBEAT_SECONDS
        if due:
            self._beat_at = now
        message = text_message(frames.heartbeat_frame(self._clock.now()))
        for visit in list(self.visits):
            if now - visit.socket.heard >= SILENCE_SECONDS:
                self._close(visit, SILENT)
            elif due:
                visit.socket.push(message)

    async def look(self, visits: list[Visit]) -> None:
        """Tell these what they should know, where it is something else than they were told."""
        numbers = {visit.number for visit in visits if visit.number is not None}
        devices = {visit.device: visit.place for visit in visits if visit.number is None}
        found = await database_sync_to_async(_read)(numbers, devices, self._now())
        # After the answer: a read that took long adds nothing to what is left of an order.
        now = self._now()
        for visit in visits:
            if visit not in self.visits:
                continue
            visit.number = visit.number or found.paired.get(visit.device)
            if visit.number is not None:
                self._tell_screen(visit, found, now)
            elif visit.device in found.codes:
                self._tell_code(visit, found.codes[visit.device], now)
            elif visit.device in found.refused:
                self._close(visit, found.refused[visit.device])
        self._count()

    def _tell_screen(self, visit: Visit, found: Found, now: datetime) -> None:
        if visit.number not in found.screens:
            self._close(visit, access.NOT_PAIRED)
            return
        screen, shows = found.screens[visit.number]
        if refusal := access.screen_refusal(screen, visit.device):
            self._close(visit, refusal)
            return
        moments = tuple(one if one and one > now else None for one in (screen.identify_until, screen.message_until))
        told = (screen.name, screen.place, shows, moments, screen.message if moments[1] else "", screen.reloads)
        if told != visit.told:
            frame = frames.screen_frame(screen, shows.to_wire(), orders_of(screen, now), application_version())
            if visit.socket.push(text_message(frame)):
                visit.told = told

    @staticmethod
    def _tell_code(visit: Visit, waiting: WaitingScreen, now: datetime) -> None:
        if visit.told == waiting.code:
            return
        address = f"{visit.origin}/screens/pair/"
        # The finder of a code in a picture has no use for more than this.
        picture = segno.make_qr(f"{address}?code={waiting.code}", error="m")
        qr = picture.svg_data_uri(border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True)
        seconds = max(0, int((waiting.expires_at - now).total_seconds()))
        if visit.socket.push(text_message(frames.code_frame(codes.shown(waiting.code), address, qr, seconds))):
            visit.told = waiting.code

    async def write(self) -> None:
        """Keep what the screens said, as seldom as it may be."""
        now = self._clock.monotonic()
        paired = [visit for visit in self.visits if visit.number and visit.status is not None]
        changed = [v for v in paired if v.status != v.written and now - v.written_at >= CHANGED_SECONDS]
        seen = [v for v in paired if v.status == v.written and now - v.seen_at >= SEEN_SECONDS]
        # One that fell silent is not kept alive by what it said before.
        seen = [v for v in seen if now - v.socket.heard < SEEN_SECONDS]
        if not changed and not seen:
            return
        said = [(visit.number, visit.status) for visit in changed]
        await database_sync_to_async(_write)(said, [visit.number for visit in seen])
        for visit in (*changed, *seen):
            visit.seen_at = now
        for visit, (_, status) in zip(changed, said, strict=True):
            visit.written, visit.written_at = status, now

    def _close(self, visit: Visit, refusal: Refusal) -> None:
        self.visits.discard(visit)
        # What it said last is nothing to write of a screen that is another TV by now, or fell silent.
        visit.status = None
        if task := visit.socket.refuse(refusal):
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now() / 1000, UTC)

    def _count(self) -> None:
        paired = sum(visit.number is not None for visit in self.visits)
        ONLINE.set(paired)
        WAITING.set(len(self.visits) - paired)


def _read(numbers: set[int], devices: Mapping[str, str], now: datetime) -> Found:
    rows = PairedScreen.objects.filter(revoked_at=None).select_related("team", "wallboard", "rotation")
    paired = {screen.credential or "": screen for screen in rows.filter(credential__in=devices)} if devices else {}
    screens = {screen.pk: screen for screen in rows.filter(pk__in=numbers)} if numbers else {}
    screens |= {screen.pk: screen for screen in paired.values()}
    shows = shows_of(list(screens.values()))
    found = Found(
        {pk: (screen, shows[pk]) for pk, screen in screens.items()},
        {device: screen.pk for device, screen in paired.items()},
    )
    waiting = devices.keys() - paired.keys()
    if waiting:
        good = WaitingScreen.objects.filter(device__in=waiting, expires_at__gt=now)
        found.codes.update({one.device: one for one in good})
    for device in waiting - found.codes.keys():
        try:
            found.codes[device] = codes.offer(device, now, devices[device])
        except Refusal as refusal:
            found.refused[device] = refusal
    return found


def _write(said: Sequence[tuple[int | None, Status | None]], seen: Sequence[int | None]) -> None:
    now = datetime.now(UTC)
    for number, status in said:
        if number is not None and status is not None:
            PairedScreen.objects.filter(pk=number).update(seen_at=now, **asdict(status))
    if seen:
        PairedScreen.objects.filter(pk__in=[number for number in seen if number]).update(seen_at=now)


def _left(visit: Visit) -> None:
    if visit.number is None:
        codes.page_closed(visit.device)
    elif visit.status is not None:
        _write([(visit.number, visit.status)], [])


_desks: WeakKeyDictionary[asyncio.AbstractEventLoop, Desk] = WeakKeyDictionary()


def running_desk(clock: Clock | None = None) -> Desk:
    """The desk of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _desks:
        _desks[loop] = Desk(clock or Clock())
    return _desks[loop]
