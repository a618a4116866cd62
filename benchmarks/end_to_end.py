"""From a change at the source to the frame at the screens: one wallboard of 40 series, seen by 500 screens.

The source is the official CometD server of the tests. Everything runs on two cores: source, bridge, web processes and
the screens themselves. Each series changes once a second at a phase of its own, so that the board is never quiet and
frames leave at their highest rate; then the same board with pauses, where a change leaves at once.
"""

import asyncio
import json
import os
import random
import statistics
import time
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from benchmarks.processes import (
    CORES,
    Server,
    board,
    folder_of_its_own,
    go_first,
    install,
    raise_open_files,
    serving,
    web_arguments,
)
from benchmarks.sockets import Crowd, Socket
from tests.dashboard.live import RedisServer
from tests.e2e.installation import free_port
from tests.peers.genesys import GenesysPeer

SCREENS = 500
SERIES = 40
BUSY_SECONDS = 20.0
QUIET_CHANGES = 50
SETTLE_SECONDS = 1.5


class Arrivals:
    """Which values arrived where and when; frames are read once, however many screens got the same bytes."""

    def __init__(self) -> None:
        self.published: dict[int, float] = {}
        self._numbers: dict[bytes, list[int]] = {}
        self._arrived: list[tuple[int, bytes, float]] = []

    def take(self, socket: Socket, frame: bytes) -> None:
        if frame.startswith(b'{"type":"update"'):
            self._arrived.append((id(socket), frame, time.monotonic()))

    def begin(self) -> None:
        self.published.clear()
        self._numbers.clear()
        self._arrived.clear()

    def result(self) -> tuple[list[float], int]:
        """The seconds of each value to each screen, and how many of them are missing."""
        seen: dict[tuple[int, int], float] = {}
        for screen, frame, at in self._arrived:
            if frame not in self._numbers:
                self._numbers[frame] = [wire[0] for wire in json.loads(frame)["values"].values()]
            for number in self._numbers[frame]:
                seen.setdefault((screen, number), at)
        delays = [at - self.published[number] for (_, number), at in seen.items() if number in self.published]
        return delays, len(self.published) * SCREENS - len(delays)


class Source:
    """Publishes numbered values; each number is published once."""

    def __init__(self, peer: GenesysPeer, arrivals: Arrivals) -> None:
        self._peer = peer
        self._arrivals = arrivals
        self._number = 0
        self.targets: list[tuple[str, str]] = []

    async def find(self) -> None:
        async with asyncio.timeout(60):
            while len(self.targets) < SERIES:
                await asyncio.sleep(0.2)
                self.targets = [
                    (entry["id"], item["statisticId"])
                    for entry in await self._peer.subscriptions()
                    for item in entry["statistics"]
                ]

    async def change(self, which: int) -> None:
        self._number += 1
        number = self._number
        self._arrivals.published[number] = time.monotonic()
        value = {"intValue": number, "stringValue": str(number)}
        await self._peer.publish(*self.targets[which % SERIES], value, time.time_ns() // 1_000_000)

    async def busy(self, seconds: float) -> None:
        """Each series once a second, spread evenly."""
        begin = time.monotonic()
        changes: set[asyncio.Task[None]] = set()
        for count in range(round(seconds * SERIES)):
            await asyncio.sleep(max(0.0, begin + count / SERIES - time.monotonic()))
            # A slow answer to one change must not put the next one off.
            change = asyncio.ensure_future(self.change(count))
            changes.add(change)
            change.add_done_callback(changes.discard)
        await asyncio.gather(*changes)

    async def quiet(self, changes: int) -> None:
        for count in range(changes):
            await self.change(count)
            await asyncio.sleep(0.4 + random.random() * 0.2)


def show(name: str, result: tuple[list[float], int], targets: str) -> float:
    delays, missing = result
    cuts = statistics.quantiles(delays, n=100)
    print(
        f"{name:<44} p50 {cuts[49] * 1000:6.1f} ms   p99 {cuts[98] * 1000:6.1f} ms   max {max(delays) * 1000:6.1f} ms"
        f"   {len(delays)} values at screens, {missing} missing   (target: {targets})",
        flush=True,
    )
    return cuts[49]


async def measure(name: str, ports: list[int], cookie: str, peer: GenesysPeer, p99: int) -> None:
    arrivals = Arrivals()
    source = Source(peer, arrivals)
    crowd = Crowd(acknowledge=True)
    crowd.on_frame = arrivals.take
    for port in ports:
        headers = {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie}
        await crowd.open(port, "/ws/wallboards/bench/", SCREENS // len(ports), headers)
    await source.find()
    await source.busy(3)
    await asyncio.sleep(SETTLE_SECONDS)
    arrivals.begin()
    await source.busy(BUSY_SECONDS)
    await asyncio.sleep(SETTLE_SECONDS)
    show(f"{name}, {SERIES} changes/s", arrivals.result(), f"p50 200 ms, p99 {p99} ms")
    arrivals.begin()
    await source.quiet(QUIET_CHANGES)
    await asyncio.sleep(SETTLE_SECONDS)
    show(f"{name}, quiet board", arrivals.result(), "p50 60 ms")
    crowd.close()


def account(peer: GenesysPeer) -> dict[str, str]:
    return {
        "url": peer.url,
        "key": peer.api_key,
        "client": peer.client_id,
        "secret": peer.client_secret,
        "username": peer.username,
        "password": peer.password,
    }


async def one_process(folder: Path) -> None:
    async with GenesysPeer() as peer:
        installation, cookie = await asyncio.to_thread(install, folder, board(SERIES, account(peer)))
        await asyncio.to_thread(installation.manage, "collectstatic", "--noinput", "-v0")
        port = free_port()
        arguments = ["manage.py", "serve", "--port", str(port)]
        with serving(arguments, folder, port, installation.environment, None):
            await measure("one process (serve), in-memory layer", [port], cookie, peer, 500)


async def over_redis(folder: Path) -> None:
    redis_server = RedisServer(folder)
    redis_server.start()
    async with GenesysPeer() as peer, AsyncExitStack() as stack:
        stack.callback(redis_server.stop)
        environment = {"REDIS_URL": redis_server.url}
        installation, cookie = await asyncio.to_thread(install, folder, board(SERIES, account(peer)), **environment)
        ports = [free_port(), free_port()]
        for port in ports:
            arguments = web_arguments("daphne", port, "dashboard.asgi:application")
            stack.enter_context(serving(arguments, folder, port, installation.environment, None))
        worker = Server(["manage.py", "runworker", "statsbridge"], folder, 0, installation.environment, None)
        stack.callback(worker.stop)
        await measure("two web processes and a worker, Redis", ports, cookie, peer, 750)


async def run() -> None:
    raise_open_files()
    go_first()
    print(f"{SCREENS} screens, {SERIES} series; source, bridge, web and screens on {min(2, len(CORES))} cores")
    os.sched_setaffinity(0, set(CORES[:2]))
    for one in (one_process, over_redis):
        async with folder_of_its_own() as folder:
            await one(folder)


def main() -> None:
    uvloop.run(run())
