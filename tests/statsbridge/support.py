"""What the tests of the bridge share: rows to bridge, a listening hub, waiting with a deadline."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from channels.layers import InMemoryChannelLayer

from dashboard.models import Team, Tile, TileSeries, Wallboard
from dashboard.wanted import series_for
from statsbridge.bridge import Bridge
from statsbridge.messages import FRAMES_GROUP
from statsbridge.models import Connection, MonitoredObject, Series, StatisticDefinition
from tests.peers.genesys import GenesysPeer

DEADLINE = 10.0


def make_connection(peer: GenesysPeer, url: str = "", **fields: Any) -> Connection:
    """A connection to a peer, with its own credentials."""
    given = {
        "name": "main",
        "api_url": url or peer.url,
        "api_key": peer.api_key,
        "client_id": peer.client_id,
        "client_secret": peer.client_secret,
        "username": peer.username,
        "password": peer.password,
    }
    return Connection.objects.create(**{**given, **fields})


def make_series(
    connection: Connection, statistic: str, object_id: str = "8001@SIP_Switch", type: str = "Queue", **fields: Any
) -> Series:
    """A series wanted by a tile of its own; ``fields`` are those of its definition."""
    name = f"{statistic}-{object_id}".replace("@", "-").lower()[:90]
    definition, _ = StatisticDefinition.objects.get_or_create(
        name=f"{name}-definition",
        defaults={"title": statistic, "statistic": "" if "definition" in fields else statistic, **fields},
    )
    observed, _ = MonitoredObject.objects.get_or_create(
        connection=connection,
        type=type,
        object_id=object_id,
        defaults={"name": f"{connection.name}-{object_id.replace('@', '-')}".lower(), "title": object_id},
    )
    series = series_for(definition, observed)
    team, _ = Team.objects.get_or_create(name="floor", defaults={"title": "Floor"})
    board, _ = Wallboard.objects.get_or_create(slug="floor", defaults={"title": "Floor", "team": team})
    tile = Tile.objects.create(wallboard=board, key=f"tile-{series.pk}", kind="number")
    TileSeries.objects.create(tile=tile, series=series)
    return series


def unwant(*series: Series) -> None:
    """Take the series off the wallboard."""
    for tile in Tile.objects.filter(series__in=[one.pk for one in series]):
        tile.delete()


class Listener:
    """A hub as the bridge sees it: a member of the group, with what it was told."""

    def __init__(self, layer: InMemoryChannelLayer) -> None:
        self.layer = layer
        self.values: dict[str, list[Any]] = {}
        self.links: dict[str, str] = {}
        self.states: list[tuple[str, str]] = []
        self.reasons: dict[str, str] = {}
        self.messages: list[dict[str, Any]] = []
        self._told = asyncio.Condition()
        self._channel = ""

    async def listen(self) -> None:
        self._channel = await self.layer.new_channel()
        await self.layer.group_add(FRAMES_GROUP, self._channel)
        while True:
            message = await self.layer.receive(self._channel)
            async with self._told:
                self._note(message)
                self._told.notify_all()

    def _note(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        self.values.update(message.get("values", {}))
        link = message.get("link")
        if link:
            self.links[message["connection"]] = link["state"]
            self.reasons[message["connection"]] = link["reason"]
            self.states.append((message["connection"], link["state"]))

    async def until(self, condition: Callable[["Listener"], Any], seconds: float = DEADLINE) -> None:
        """Wait until what was heard makes the condition true."""
        async with asyncio.timeout(seconds), self._told:
            await self._told.wait_for(lambda: condition(self))

    async def until_live(self, name: str = "main", seconds: float = DEADLINE) -> None:
        await self.until(lambda heard: heard.links.get(name) == "live", seconds)

    def value(self, series: Series) -> Any:
        wire = self.values.get(str(series.pk))
        return wire[0] if wire else None

    def state(self, series: Series) -> str:
        wire = self.values.get(str(series.pk))
        return wire[2] if wire else ""


@asynccontextmanager
async def running_bridge(polite: bool = True) -> AsyncIterator[tuple[Bridge, Listener]]:
    """A bridge on a layer of its own, and a hub that listens; ``polite=False`` ends it as a crash would."""
    layer = InMemoryChannelLayer(capacity=10_000)
    listener = Listener(layer)
    listening = asyncio.create_task(listener.listen())
    await asyncio.sleep(0)
    bridge = Bridge(layer)
    running = asyncio.create_task(bridge.run())
    try:
        yield bridge, listener
    finally:
        if polite:
            await bridge.stop()
        running.cancel()
        listening.cancel()
        await asyncio.gather(running, listening, return_exceptions=True)


async def until(condition: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    """Wait until an asynchronous question to a peer is answered with something true."""
    async with asyncio.timeout(seconds):
        while True:
            answer = await condition()
            if answer:
                return answer
            await asyncio.sleep(0.02)
