"""The hub's place in the channel layer: what the bridge publishes comes in here, and missing parts are asked for."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from channels.exceptions import ChannelFull

from dashboard.readings import BridgeState, Readings
from statsbridge.clock import Clock
from statsbridge.messages import BRIDGE_LATE_SECONDS, COMMANDS, FRAMES_GROUP, Link, Reading

logger = logging.getLogger(__name__)

#: The core Redis layer forgets members after a day; a renewed membership is cheap with any layer.
RENEW_SECONDS = 300.0
ASK_AGAIN_SECONDS = 2.0
RETRY_SECONDS = 1.0


class Listener:
    """Joins the group, feeds ``readings`` and reports what is new. Redis may come and go: it keeps trying."""

    def __init__(
        self,
        layer: Any,
        readings: Readings,
        clock: Clock,
        on_values: Callable[[set[int]], None],
        on_link: Callable[[str], None],
        on_restart: Callable[[str, set[int]], None],
    ) -> None:
        self._layer = layer
        self._readings = readings
        self._clock = clock
        self._on_values = on_values
        self._on_link = on_link
        self._on_restart = on_restart
        self._channel = ""
        self._renewed = 0.0
        self._asked: dict[str | None, float] = {}
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        failing = False
        renewing: asyncio.Task[None] | None = None
        try:
            while True:
                try:
                    await self._join()
                    if failing:
                        logger.info("The channel layer works again")
                    failing = False
                    renewing = renewing or asyncio.ensure_future(self._keep_membership())
                    await self._receive()
                except Exception as error:  # noqa: BLE001  # each layer has its own kinds
                    if not failing:
                        logger.warning("The channel layer failed, trying again: %s", type(error).__name__)
                    failing = True
                    await self._clock.sleep(RETRY_SECONDS)
        finally:
            if renewing is not None:
                renewing.cancel()
            await self._part()

    def bridge_seems_alive(self) -> bool:
        return self._readings.bridge((), self._clock.elapsed()) is not BridgeState.DOWN

    async def wait_for(self, connections: Iterable[str], seconds: float) -> None:
        """Wait until the bridge told everything of these connections, or for so many seconds."""
        missing = set(connections)
        try:
            async with asyncio.timeout(seconds):
                while missing := {name for name in missing if not self._readings.knows(name)}:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            logger.info("The bridge did not answer in time; showing stored values of %s", ", ".join(sorted(missing)))

    async def _join(self) -> None:
        # Kept until it is parted with: the Pub/Sub layer would go on filling the queue of one left behind.
        if not self._channel:
            self._channel = await self._layer.new_channel()
        await self._layer.group_add(FRAMES_GROUP, self._channel)
        self._renewed = self._clock.monotonic()
        self._asked.clear()
        await self.ask(None)

    async def _keep_membership(self) -> None:
        while True:
            await self._clock.sleep(RETRY_SECONDS)
            try:
                await self.keep_up()
            except Exception as error:  # noqa: BLE001  # whatever a layer raises; the next second tries again
                logger.debug("The channel layer failed: %s", type(error).__name__)

    async def keep_up(self) -> None:
        """Renew the membership when it is time, and ask again for what is still missing; called every second."""
        if not self._channel:
            return
        if self._clock.monotonic() - self._renewed >= RENEW_SECONDS:
            await self._layer.group_add(FRAMES_GROUP, self._channel)
            self._renewed = self._clock.monotonic()
        if self.bridge_seems_alive():
            for connection in self._readings.behind():
                await self.ask(connection)

    async def ask(self, connection: str | None) -> None:
        """Ask the bridge for everything of one connection, or of all; not twice within ``ASK_AGAIN_SECONDS``."""
        now = self._clock.monotonic()
        if now - self._asked.get(connection, now - ASK_AGAIN_SECONDS) < ASK_AGAIN_SECONDS:
            return
        self._asked[connection] = now
        try:
            await self._layer.send(
                COMMANDS, {"type": "bridge.resync", "connection": connection, "reply": self._channel}
            )
        except ChannelFull:
            logger.debug("Nobody takes the bridge's commands")

    async def _receive(self) -> None:
        while True:
            try:
                async with asyncio.timeout(BRIDGE_LATE_SECONDS):
                    message = await self._layer.receive(self._channel)
            except TimeoutError:
                # Either the bridge is away, or the layer lost our subscription without a word, as the Pub/Sub one
                # can when Redis restarts. Nobody can tell the two apart; joining anew is cheap.
                await self._part()
                return
            try:
                await self.handle(message)
            except (KeyError, ValueError, TypeError, IndexError):
                logger.exception("A message of the bridge cannot be used: %s", message.get("type"))

    async def handle(self, message: dict[str, Any]) -> None:
        """Take in one message of the bridge, as ``statsbridge.messages`` describes them."""
        now, wall = self._clock.elapsed(), self._clock.now()
        kind = message.get("type")
        if kind == "bridge.beat":
            self._readings.take_beat(message["epoch"], message["seqs"], now, message.get("fences"))
            return await self._catch_up(message["seqs"])
        where = (message["connection"], message["epoch"], message["seq"])
        fence = message.get("fence", 0)
        if kind == "bridge.values":
            changed = self._readings.take_values(*where, _readings(message), now, fence=fence)
            if changed:
                self._on_values(changed)
        elif kind == "bridge.link":
            if self._readings.take_link(*where, Link.from_wire(message["link"]), now, wall=wall, fence=fence):
                self._on_link(where[0])
        elif kind == "bridge.snapshot":
            link = Link.from_wire(message["link"])
            changed, link_changed = self._readings.take_snapshot(
                *where, _readings(message), link, now, wall=wall, fence=fence
            )
            if where[0] in self._readings.take_restarted():
                self._on_restart(where[0], changed)
            if link_changed:
                self._on_link(where[0])
            self._on_values(changed)
            self._news.set()
        await self._catch_up(where[:1])
        return None

    async def _catch_up(self, connections: Iterable[str]) -> None:
        for connection in set(connections) & set(self._readings.behind()):
            await self.ask(connection)

    async def _part(self) -> None:
        if not self._channel:
            return
        try:
            async with asyncio.timeout(1):
                await self._layer.group_discard(FRAMES_GROUP, self._channel)
        except Exception as error:  # noqa: BLE001  # the layer may be what is broken
            logger.debug("Leaving the channel layer failed: %s", type(error).__name__)
        self._channel = ""


def _readings(message: dict[str, Any]) -> dict[int, Reading]:
    return {int(series): Reading.from_wire(wire) for series, wire in message["values"].items()}
