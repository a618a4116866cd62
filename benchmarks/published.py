"""The product's ASGI application with a bridge beside it that publishes at a rate that can be set.

``GET /bench/rate/<messages a second>`` sets it. Each message changes all series of the first connection, and the
value of each is the monotonic clock in microseconds, so that a client can tell how long it was on its way. The
publisher's work is counted as the server's.
"""

import asyncio
import os
import time
from typing import Any

from django.conf import settings

from dashboard.asgi import application as product

# Each message shall be a frame, as it is for the baseline; conflation is not what is measured here.
settings.FRAMES_PER_SECOND = float(os.environ.get("BENCH_FRAMES_PER_SECOND", "1000"))

from channels.db import database_sync_to_async  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402

from statsbridge.messages import COMMANDS, FRAMES_GROUP, Link, LinkState  # noqa: E402
from statsbridge.models import Connection, Series, Worker  # noqa: E402


class Publisher:
    """Speaks like the bridge: numbered messages, beats, and a snapshot for those who ask."""

    def __init__(self) -> None:
        self.rate = 0.0
        self.seq = -1
        self.epoch = f"bench-{time.monotonic_ns()}"
        self.series: list[int] = []
        self.connection = ""
        self.values: dict[str, list[Any]] = {}
        self.changed = asyncio.Event()

    async def run(self) -> None:
        self.layer: Any = get_channel_layer()
        await database_sync_to_async(self._load)()
        await asyncio.gather(self._publish(), self._beat(), self._answer())

    def _load(self) -> None:
        first = Connection.objects.order_by("pk").first()
        assert first is not None
        self.connection = first.name
        wanted = Series.objects.filter(wanted=True, monitored_object__connection=first)
        self.series = list(wanted.order_by("pk").values_list("pk", flat=True))
        now = time.time_ns() // 1_000_000
        Worker.objects.update_or_create(name="bench", defaults={"started_at": now, "beat_at": now})
        self.values = {str(one): [0, now, "ok"] for one in self.series}

    async def _publish(self) -> None:
        due = time.monotonic()
        while True:
            if not self.rate:
                self.changed.clear()
                await self.changed.wait()
                due = time.monotonic()
            due += 1 / self.rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            stamp, at = time.monotonic_ns() // 1000, time.time_ns() // 1_000_000
            self.values = {str(one): [stamp + number, at, "ok"] for number, one in enumerate(self.series)}
            self.seq += 1
            await self._send({**self._where(), "type": "bridge.values", "values": self.values})

    async def _beat(self) -> None:
        while True:
            seqs = {self.connection: self.seq}
            await self._send({"type": "bridge.beat", "epoch": self.epoch, "at": time.time_ns(), "seqs": seqs})
            await asyncio.sleep(2)

    async def _answer(self) -> None:
        while True:
            request = await self.layer.receive(COMMANDS)
            link = Link(LinkState.LIVE, time.time_ns() // 1_000_000).to_wire()
            snapshot = {**self._where(), "type": "bridge.snapshot", "values": self.values, "link": link}
            await self.layer.send(request["reply"], snapshot)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.layer.group_send(FRAMES_GROUP, message)

    def _where(self) -> dict[str, Any]:
        return {"connection": self.connection, "epoch": self.epoch, "seq": self.seq}


_running: list[tuple[Publisher, asyncio.Task[None]]] = []


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if not _running:
        publisher = Publisher()
        _running.append((publisher, asyncio.ensure_future(publisher.run())))
    if scope["type"] == "http" and scope["path"].startswith("/bench/rate/"):
        publisher = _running[0][0]
        publisher.rate = float(scope["path"].rsplit("/", 1)[1])
        publisher.changed.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await product(scope, receive, send)
