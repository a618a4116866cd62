"""A small installation for the tests of the live side: two teams, a board, and a bridge that says what it is told."""

import asyncio
import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

import redis
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from dashboard import wanted
from dashboard.models import Membership, Team, Tile, TileSeries, Wallboard
from dashboard.routing import websockets
from statsbridge.messages import COMMANDS, FRAMES_GROUP, Link, LinkState, Reading
from statsbridge.models import Connection, MonitoredObject, Series, StatisticDefinition

HOST = "wall.localhost"
ORIGIN = f"http://{HOST}"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Floor:
    """What is in the database; people sign in with the fixture's help."""

    sales: Team
    service: Team
    board: Wallboard
    waiting: Series
    level: Series
    users: dict[str, Any]

    def cookie(self, name: str) -> str:
        """The session cookie of a person who just signed in."""
        client = Client()
        client.force_login(self.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def build_floor() -> Floor:
    sales = Team.objects.create(name="sales", title="Sales")
    service = Team.objects.create(name="service", title="Service")
    users = {name: get_user_model().objects.create_user(name) for name in ("ben", "eva", "maya", "omar")}
    users["root"] = get_user_model().objects.create_superuser("root")
    roles = {"ben": Membership.Role.VIEWER, "eva": Membership.Role.EDITOR, "maya": Membership.Role.MANAGER}
    for name, role in roles.items():
        Membership.objects.create(team=sales, user=users[name], role=role)
    Membership.objects.create(team=service, user=users["omar"], role=Membership.Role.MANAGER)
    connection = Connection.objects.create(name="main", api_url="https://gws.example.com", client_id="wallboard")
    queue = MonitoredObject.objects.create(
        name="sales-queue", title="Sales", connection=connection, type="Queue", object_id="8001@SIP_Switch"
    )
    waiting = StatisticDefinition.objects.create(
        name="calls-waiting",
        title="Calls waiting",
        statistic="CurrNumberWaitingCalls",
        thresholds={"direction": "above", "warning": 5, "critical": 10},
    )
    level = StatisticDefinition.objects.create(
        name="service-level", title="Service level", statistic="ServiceLevel", unit="percent"
    )
    board = Wallboard.objects.create(slug="sales", title="Sales floor", team=sales)
    series = [wanted.series_for(definition, queue) for definition in (waiting, level)]
    for order, (key, kind, one) in enumerate((("waiting", "number", series[0]), ("level", "gauge", series[1]))):
        tile = Tile.objects.create(wallboard=board, key=key, kind=kind, order=order, x=order * 3)
        TileSeries.objects.create(tile=tile, series=one)
    return Floor(sales, service, board, series[0], series[1], users)


class FakeBridge:
    """The publishing side of the channel layer: numbers its messages and answers requests for everything."""

    def __init__(self, layer: Any, epoch: str = "bridge-1", connection: str = "main") -> None:
        self.layer = layer
        self.epoch = epoch
        self.connection = connection
        self.seq = -1
        self.values: dict[str, list[Any]] = {}
        self.link = Link(LinkState.LIVE, now_ms())
        self.asked = asyncio.Event()
        self.requests = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "FakeBridge":
        self._task = asyncio.create_task(self._answer())
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _answer(self) -> None:
        while True:
            # Like the real one it outlives a Redis that goes away while it subscribes or answers.
            try:
                async with asyncio.timeout(2):
                    request = await self.layer.receive(COMMANDS)
                self.requests += 1
                self.asked.set()
                await self.layer.send(request["reply"], self.snapshot())
            except TimeoutError:
                continue
            except redis.RedisError:
                await asyncio.sleep(0.05)

    def snapshot(self) -> dict[str, Any]:
        where = {"connection": self.connection, "epoch": self.epoch, "seq": self.seq}
        return {"type": "bridge.snapshot", **where, "values": self.values, "link": self.link.to_wire()}

    def values_message(self, values: dict[int, Any], at: int | None = None) -> dict[str, Any]:
        """Number a message about changed values without sending it."""
        self.seq += 1
        wires = {
            str(series): (value if isinstance(value, Reading) else Reading(value, at or now_ms())).to_wire()
            for series, value in values.items()
        }
        self.values.update(wires)
        where = {"connection": self.connection, "epoch": self.epoch, "seq": self.seq}
        return {"type": "bridge.values", **where, "values": wires}

    async def publish(self, values: dict[int, Any], at: int | None = None) -> None:
        await self.layer.group_send(FRAMES_GROUP, self.values_message(values, at))

    async def set_link(self, state: LinkState, reason: str = "") -> None:
        self.seq += 1
        self.link = Link(state, now_ms(), reason)
        where = {"connection": self.connection, "epoch": self.epoch, "seq": self.seq}
        await self.layer.group_send(FRAMES_GROUP, {"type": "bridge.link", **where, "link": self.link.to_wire()})

    async def beat(self) -> None:
        message = {"epoch": self.epoch, "at": now_ms(), "seqs": {self.connection: self.seq}}
        await self.layer.group_send(FRAMES_GROUP, {"type": "bridge.beat", **message})


class Wall(WebsocketCommunicator):
    """A screen's side of a socket."""

    def __init__(self, path: str, *, cookie: str = "", origin: str | None = ORIGIN, app: Any = websockets) -> None:
        headers = [(b"host", HOST.encode())]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        super().__init__(app, path, headers=headers)
        self.frames: list[dict[str, Any]] = []

    async def open(self) -> "Wall":
        connected, _ = await self.connect(timeout=5)
        assert connected, "every socket is accepted first"
        return self

    async def next(self, *kinds: str, timeout: float = 5) -> dict[str, Any]:
        """The next frame, of one of these types if any are given."""
        for _ in itertools.count():
            frame = await self.receive_json_from(timeout=timeout)
            assert isinstance(frame, dict)
            self.frames.append(frame)
            if not kinds or frame["type"] in kinds:
                return frame
        raise AssertionError

    async def value_of(self, series: int, wanted_wire: Any, *, at: int = 0) -> dict[str, Any]:
        """Read frames until the series' value (or another position of its wire) is this."""
        while True:
            frame = await self.next("snapshot", "update")
            wire = frame["values"].get(str(series))
            if wire is not None and wire[at] == wanted_wire:
                return frame

    async def closed(self, timeout: float = 5) -> tuple[int, dict[str, Any]]:
        """The close code and the error frame before it."""
        error: dict[str, Any] = {}
        while True:
            message = await self.receive_output(timeout)
            if message["type"] == "websocket.close":
                return message["code"], error
            frame = json.loads(message["text"])
            if frame["type"] == "error":
                error = frame

    async def leave(self) -> None:
        await self.disconnect(timeout=5)
