"""One hub per web process: the only member of the channel layer there, however many screens are open.

It is made with the first socket, owned by its event loop, and ends itself when the last screen has been away for a
while. It listens to the bridge, keeps the newest readings, and lets each stream tell its screens what changed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from prometheus_client import Counter, Gauge

from dashboard import protocol, stored
from dashboard.access import NO_SUCH_WALLBOARD
from dashboard.embed import TOKEN_ENDED
from dashboard.listener import Listener
from dashboard.protocol import Refusal
from dashboard.readings import BridgeState, Readings
from dashboard.screens import SNAPSHOTS_AT_ONCE, Screen
from dashboard.signin.watch import revoked_now
from dashboard.spread import hand_out
from dashboard.streams import LINGER_SECONDS, Stream, StreamKey, keep_room, series_in_use
from dashboard.version import application_version
from statsbridge.clock import Clock

logger = logging.getLogger(__name__)

SCREENS = Gauge("wallboard_screens", "Open sockets that show a wallboard")
STREAMS = Gauge("wallboard_streams", "Wallboards in use, counting each view of one")
CLOSES = Counter("wallboard_closes", "Sockets closed by the server", ["code"])

TICK_SECONDS = 1.0
#: Revoked access closes a socket within 5 s.
ACCESS_SECONDS = 2.0
#: How long the first screen of a process waits for the bridge's values before it shows the stored ones.
FIRST_VALUES_SECONDS = 0.5


class HubEnded(Exception):  # noqa: N818  # nothing went wrong
    """The hub has ended; the process has another one, or makes one."""


class Hub:
    """Owns the readings, the streams and the tasks of one process. All methods run on its event loop."""

    def __init__(self, layer: Any, clock: Clock, on_end: Callable[["Hub"], None] = lambda hub: None) -> None:
        self.readings = Readings()
        self.streams: dict[StreamKey, Stream] = {}
        self.listener = Listener(layer, self.readings, clock, self._on_values, self._on_link, self._on_restart)
        self._clock = clock
        self._on_end = on_end
        self._opening: dict[StreamKey, asyncio.Task[Stream | None]] = {}
        self._timers: dict[StreamKey, asyncio.TimerHandle] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._ended = False
        self._bridge: dict[StreamKey, BridgeState] = {}
        self._heartbeat_at = clock.monotonic()
        self._access_at = clock.monotonic()
        self._idle_since = clock.monotonic()

    def start(self) -> None:
        loops: list[Callable[[], Awaitable[None]]] = [self.listener.run, self._run_ticks, self._run_watch]
        self._tasks = [asyncio.ensure_future(loop()) for loop in loops]

    async def stop(self) -> None:
        """End all tasks and leave the channel layer; screens that are still open are left as they are."""
        self._ended = True
        self._on_end(self)
        for timer in self._timers.values():
            timer.cancel()
        tasks = [*self._tasks, *self._opening.values(), *self._closing]
        mine = [task for task in tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    # -- screens --------------------------------------------------------------------------------------------------

    async def join(self, screen: Screen, key: StreamKey) -> Stream:
        """Give the screen its snapshot and everything after it.

        Raises:
            Refusal: the wallboard is not there or disabled, or too many choices of its tiles are open.
            HubEnded: ask ``hubs.running_hub`` for another hub.
        """
        # A stream may be dropped, or the hub end, between the opening's end and the next step here.
        while not self._ended:
            stream = self.streams.get(key)
            if stream is not None:
                stream.join(screen)
                SCREENS.inc()
                return stream
            await self._opened(key)
        raise HubEnded

    async def _opened(self, key: StreamKey) -> None:
        """Open a stream, or wait for the one that is being opened.

        Raises:
            Refusal: the wallboard is not there or disabled, or too many choices of its tiles are open.
        """
        opening = self._opening.get(key)
        if opening is None:
            keep_room({*self.streams, *self._opening}, key)
            opening = self._opening[key] = asyncio.ensure_future(self._open(key))
            opening.add_done_callback(lambda _: self._opening.pop(key, None))
        await asyncio.wait([opening])
        if not opening.cancelled() and opening.result() is None:
            raise NO_SUCH_WALLBOARD

    def leave(self, screen: Screen, stream: Stream) -> None:
        if screen in stream.screens:
            stream.leave(screen)
            SCREENS.dec()

    def acknowledge(self, screen: Screen, stream: Stream, seq: int) -> None:
        """An ack: what was withheld is made good by a snapshot. Unknown numbers are ignored."""
        if screen.window.acknowledge(seq) and screen.window.behind:
            stream.bring_up_to_date(screen, history=True)

    async def _open(self, key: StreamKey) -> Stream | None:
        found = await database_sync_to_async(stored.read_stored)(key, self._clock.now())
        if found is None:
            return None
        self._remember(found)
        if self.listener.bridge_seems_alive():
            await self.listener.wait_for(found.board.connections, FIRST_VALUES_SECONDS)
        stream = Stream(key, found.board, self.readings, self._clock, application_version(), settings.FRAMES_PER_SECOND)
        stream.show(found.board, found.trails)
        stream.revision = found.revision
        self.streams[key] = stream
        STREAMS.inc()
        return stream

    def _remember(self, found: stored.Stored) -> None:
        now, wall = self._clock.elapsed(), self._clock.now()
        self.readings.remember(found.readings, found.links, found.beat_age, now=now, wall=wall)

    # -- what the bridge says -------------------------------------------------------------------------------------

    def _on_values(self, series: set[int]) -> None:
        for stream in self.streams.values():
            stream.touch(series)
            self._schedule(stream)

    def _on_link(self, connection: str) -> None:
        for stream in self.streams.values():
            if connection in stream.board.connections:
                stream.tell_link(connection)
                stream.touch(set(stream.board.connections[connection]))
                self._schedule(stream)

    def _on_restart(self, connection: str, series: set[int]) -> None:
        """A bridge that began anew is a new epoch."""
        for stream in self.streams.values():
            if connection in stream.board.connections:
                stream.touch(series)
                hand_out(stream, stream.begin_anew())

    def _schedule(self, stream: Stream) -> None:
        """Flush at once where the stream was quiet, else when its turn comes."""
        if timer := self._timers.pop(stream.key, None):
            timer.cancel()
        due = stream.due()
        if due is None:
            return
        wait = due - self._clock.monotonic()
        if wait <= 0:
            stream.flush()
            due = stream.due()
            if due is None:
                return
            wait = due - self._clock.monotonic()
        loop = asyncio.get_running_loop()
        self._timers[stream.key] = loop.call_later(max(wait, 0.001), self._schedule, stream)

    # -- what time does -------------------------------------------------------------------------------------------

    async def _run_ticks(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:
                logger.exception("A tick of the hub failed")
            await self._clock.sleep(TICK_SECONDS)

    def tick(self) -> None:
        """Everything that time alone changes; called every second."""
        now = self._clock.monotonic()
        # A tick that comes a little early must not put a heartbeat off by a whole one.
        beat = now - self._heartbeat_at >= protocol.HEARTBEAT_SECONDS - TICK_SECONDS / 2
        if beat:
            self._heartbeat_at = now
        aged = self.readings.aged(series_in_use(self.streams.values()), self._clock.elapsed())
        for stream in list(self.streams.values()):
            self._age(stream, aged, beat)
            for screen in list(stream.screens):
                self._look_after(screen, stream, now)
            if stream.is_left(now):
                self._drop(stream)
        if self.streams:
            self._idle_since = now

    def _age(self, stream: Stream, aged: set[int], beat: bool) -> None:
        stream.touch(aged)
        self._schedule(stream)
        bridge = stream.bridge()
        if beat or self._bridge.get(stream.key, bridge) is not bridge:
            stream.heartbeat()
        self._bridge[stream.key] = bridge

    def _look_after(self, screen: Screen, stream: Stream, now: float) -> None:
        screen.credit = min(screen.credit + TICK_SECONDS, SNAPSHOTS_AT_ONCE)
        if now - screen.heard >= protocol.SILENCE_SECONDS:
            self.close(screen, stream, protocol.SILENT)
        elif screen.grant.expires is not None and now >= screen.grant.expires:
            self.close(screen, stream, TOKEN_ENDED)
        elif screen.owed is not None and not screen.busy:
            stream.bring_up_to_date(screen, history=screen.owed)

    def close(self, screen: Screen, stream: Stream, refusal: Refusal) -> None:
        """Close a socket; its consumer ends when the server reports that."""
        self.leave(screen, stream)
        if task := screen.refuse(refusal):
            CLOSES.labels(int(refusal.code)).inc()
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _drop(self, stream: Stream) -> None:
        self.streams.pop(stream.key, None)
        self._bridge.pop(stream.key, None)
        if timer := self._timers.pop(stream.key, None):
            timer.cancel()
        STREAMS.dec()

    # -- what the database says -----------------------------------------------------------------------------------

    async def _run_watch(self) -> None:
        failing = False
        while True:
            try:
                await self.watch()
                if failing:
                    logger.info("The database answers again")
                failing = False
            except Exception as error:  # noqa: BLE001  # screens live on while the database is away
                if not failing:
                    logger.warning("The database cannot be watched for changes: %s", type(error).__name__)
                failing = True
            if self._clock.monotonic() - self._idle_since >= LINGER_SECONDS and not (self._opening or self.streams):
                await self.stop()
                return
            await self._clock.sleep(TICK_SECONDS)

    async def watch(self) -> None:
        """Follow changed boards and revoked access; called every second."""
        revision = await database_sync_to_async(stored.current_revision)()
        # Each stream is compared by the revision it was read at: a change while it was opening is seen too.
        behind = [stream for stream in self.streams.values() if stream.revision != revision]
        for start in range(0, len(behind) + 1, stored.BOARDS_AT_ONCE):
            if some := behind[start : start + stored.BOARDS_AT_ONCE]:
                await self._follow_changes(some, revision)
            if self._clock.monotonic() - self._access_at >= ACCESS_SECONDS:
                await self.check_access()

    async def _follow_changes(self, behind: list[Stream], revision: int) -> None:
        known = [(stream.key, stream.board) for stream in behind]
        changed = await database_sync_to_async(stored.read_changed)(known, self._clock.now())
        for stream in behind:
            if self.streams.get(stream.key) is not stream:
                continue
            stream.revision = revision
            if stream.key in changed:
                self._show(stream, changed[stream.key])

    def _show(self, stream: Stream, found: stored.Stored | None) -> None:
        if found is None:
            for screen in list(stream.screens):
                self.close(screen, stream, NO_SUCH_WALLBOARD)
            self._drop(stream)
        else:
            self._remember(found)
            stream.show(found.board, found.trails)
            self._schedule(stream)

    async def check_access(self) -> None:
        """Close the sockets whose credential no longer holds."""
        self._access_at = self._clock.monotonic()
        pairs = [(screen, stream) for stream in self.streams.values() for screen in stream.screens]
        if not pairs:
            return
        lost = await revoked_now({screen.grant for screen, _ in pairs})
        for screen, stream in pairs:
            if screen.grant in lost and screen in stream.screens:
                self.close(screen, stream, lost[screen.grant])
