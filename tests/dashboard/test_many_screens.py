"""Many screens on a real server: what all of them see in the end, and what one that stopped reading costs."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.db import database_sync_to_async

from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.live import RedisServer, WebProcess
from tests.dashboard.test_servers import next_frame, remote_bridge, socket_of

SCREENS = 200
UPDATES = 10_000


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def bridge(redis_server: RedisServer) -> AsyncIterator[FakeBridge]:
    async with remote_bridge(redis_server.url) as bridge:
        yield bridge


@pytest.fixture
def webs(
    floor: Floor,
    redis_server: RedisServer,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[WebProcess]]:
    # As many frames as there may be, so that the tests take as little time as they can.
    monkeypatch.setenv("FRAMES_PER_SECOND", "20")
    processes = [WebProcess(name, tmp_path, redis_server.url) for name in request.param]
    try:
        for process in processes:
            process.wait()
        yield processes
    finally:
        for process in processes:
            process.stop()


class Watcher:
    """A screen that follows the rules of the protocol, and what it would show."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.values: dict[str, list[Any]] = {}
        self.epoch = ""
        self.seq = -1
        self.resyncs = self.snapshots = self.updates = 0

    async def follow_until(self, values: dict[str, Any]) -> None:
        """Until these are the values of the series."""
        while {series: wire[0] for series, wire in self.values.items()} != values:
            await self.take(json.loads(await self.connection.recv()))

    async def take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "snapshot":
            self.values, self.epoch, self.seq = frame["values"], frame["epoch"], frame["seq"]
            self.snapshots += 1
        elif frame["epoch"] != self.epoch or frame["seq"] > self.seq + (frame["type"] != "heartbeat"):
            self.resyncs += 1
            await self.connection.send('{"type": "resync"}')
            return
        else:
            self.values.update(frame.get("values", {}))
            self.updates += frame["type"] == "update"
        self.seq = frame["seq"]
        if frame["type"] == "heartbeat" or frame["seq"] % 16 == 0:
            await self.connection.send(json.dumps({"type": "ack", "seq": self.seq}))


@pytest.mark.parametrize("webs", [["daphne", "uvicorn"]], indirect=True)
async def test_ten_thousand_updates_end_in_the_same_state_on_each_of_200_screens(
    floor: Floor, webs: list[WebProcess], bridge: FakeBridge
) -> None:
    cookie = await database_sync_to_async(floor.cookie)("ben")
    bridge.values_message({floor.waiting.pk: 0, floor.level.pk: 0})
    connections = [
        await socket_of(webs[n % len(webs)], "/ws/wallboards/sales/", cookie, compression=None) for n in range(SCREENS)
    ]
    watchers = [Watcher(connection) for connection in connections]
    last = {str(floor.waiting.pk): UPDATES, str(floor.level.pk): UPDATES - 1}
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for watcher in watchers:
            group.create_task(watcher.follow_until(last))
        for count in range(1, UPDATES + 1):
            await bridge.publish({(floor.waiting.pk, floor.level.pk)[count % 2]: count})
        await bridge.beat()
    assert sum(one.resyncs for one in watchers) == 0
    states = {json.dumps(one.values, sort_keys=True) for one in watchers}
    assert len(states) == 1
    for connection in connections:
        await connection.close()


LONG = 200_000
WINDOW = 64


def memory_of(web: WebProcess) -> int:
    """Resident bytes."""
    pages = Path(f"/proc/{web.process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("webs", [["daphne"], ["uvicorn"]], indirect=True, ids=["daphne", "uvicorn"])
async def test_a_client_that_stops_reading_costs_bounded_memory_and_resumes_with_a_snapshot(
    floor: Floor, webs: list[WebProcess], bridge: FakeBridge
) -> None:
    (web,) = webs
    series = str(floor.waiting.pk)
    cookie = await database_sync_to_async(floor.cookie)("ben")
    bridge.values_message({floor.waiting.pk: 0})
    path = "/ws/wallboards/sales/"
    async with (
        socket_of(web, path, cookie, compression=None) as healthy,
        # With one frame in its queue this client takes nothing more from the TCP socket.
        socket_of(web, path, cookie, compression=None, max_queue=1) as stalled,
    ):
        screen, other = Watcher(healthy), Watcher(stalled)
        await screen.take(await next_frame(healthy, "snapshot"))
        before = memory_of(web)
        for count in range(WINDOW + 16):
            # So long that what is not read soon fills every buffer of the system.
            value = f"{count} {'x' * LONG}"
            await bridge.publish({floor.waiting.pk: value})
            async with asyncio.timeout(5):
                while screen.values[series][0] != value:
                    await screen.take(json.loads(await healthy.recv()))
        assert memory_of(web) - before < 3 * WINDOW * LONG
        async with asyncio.timeout(12):
            while other.values.get(series, [None])[0] != value:
                await other.take(json.loads(await stalled.recv()))
        assert other.snapshots == 2
        assert other.updates <= WINDOW
