"""How many deliveries to sockets a second of the server's processor buys, and how many a core sustains.

500 sockets, frames with 20 values, each server alone on one core, the load generator alone on another. The baseline
is the consumer of the Channels tutorial (``benchmarks/baseline``); the ceiling is ``websockets.broadcast``; nchan, the
nginx module, where it is installed. Rates are raised until frames take longer than they may. All subjects get the same
steps, in one run.
"""

import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks import nchan
from benchmarks.processes import (
    LOAD_CORE,
    SERVER_CORE,
    board,
    cpu_seconds,
    folder_of_its_own,
    go_first,
    install,
    raise_open_files,
    serving,
    web_arguments,
)
from benchmarks.sockets import Crowd, text_frame
from tests.dashboard.live import RedisServer
from tests.e2e.installation import free_port

SOCKETS = 500
VALUES = 20
SECONDS = 3.0
STEPS = (1, 2, 4, 8, 16, 24, 32, 48, 64, 80, 100, 125, 160)
LATENCY_SECONDS = 0.25
TRIES = 3
PATH = "/ws/chat/bench/"


@dataclass
class Step:
    """One rate, held for some seconds; ``delay`` is the 99th percentile in seconds."""

    rate: float
    deliveries: float
    per_cpu: float
    delay: float
    complete: float
    load_busy: float
    load_per_cpu: float

    @property
    def good(self) -> bool:
        """Every frame came, and soon enough."""
        return self.delay < LATENCY_SECONDS and self.complete > 0.97


@dataclass
class Subject:
    name: str
    steps: list[Step] = field(default_factory=list)

    @property
    def efficiency(self) -> float:
        """The best of all steps that the server could follow, however late."""
        return max(step.per_cpu for step in self.steps if step.complete > 0.9)

    @property
    def sustained(self) -> list[Step]:
        return [step for step in self.steps if step.good]

    @property
    def highest(self) -> Step | None:
        return max(self.sustained, key=lambda step: step.deliveries, default=None)


class Source:
    """Publishes by itself where the server has no publisher of its own."""

    def __init__(self, send: Callable[[str], None], wrap: bool) -> None:
        self._send = send
        self._wrap = wrap
        self._task: asyncio.Task[None] | None = None

    async def set_rate(self, rate: float) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if rate:
            self._task = asyncio.ensure_future(self._run(rate))

    async def _run(self, rate: float) -> None:
        due = time.monotonic()
        while True:
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self._send(self.frame())

    def frame(self) -> str:
        stamp, at = time.monotonic_ns() // 1000, time.time_ns() // 1_000_000
        values = {str(n + 1): [stamp + n, at, "ok"] for n in range(VALUES)}
        if self._wrap:
            return json.dumps({"message": values})
        frame = {"type": "update", "epoch": "5f0c9d3a81b2", "seq": 4711, "values": values}
        return json.dumps(frame, separators=(",", ":"))


def through_first(crowd: Crowd) -> Callable[[str], None]:
    """Sends as a client whose messages go to all."""
    return lambda text: crowd.sockets[0].transport.write(text_frame(text))


async def measure(crowd: Crowd, pid: int, rate: float, set_rate: Callable[[float], Awaitable[None]]) -> Step:
    await set_rate(rate)
    await asyncio.sleep(1.0)
    crowd.restart()
    begin, cpu, load = time.monotonic(), cpu_seconds(pid), cpu_seconds(os.getpid())
    await asyncio.sleep(SECONDS)
    seconds = time.monotonic() - begin
    used, mine = cpu_seconds(pid) - cpu, cpu_seconds(os.getpid()) - load
    delays, frames = crowd.delays, crowd.frames
    await set_rate(0)
    delay = statistics.quantiles(delays, n=100)[98] if len(delays) > 1 else float("inf")
    return Step(
        rate=rate,
        deliveries=frames / seconds,
        per_cpu=frames / max(used, 0.01),
        delay=delay,
        complete=frames / (rate * seconds * SOCKETS),
        load_busy=mine / seconds,
        load_per_cpu=frames / max(mine, 0.01),
    )


async def climb(subject: Subject, crowd: Crowd, pid: int, set_rate: Callable[[float], Awaitable[None]]) -> Subject:
    """Raise the rate until it is too much."""
    for rate in STEPS:
        step = await measure(crowd, pid, rate, set_rate)
        for _ in range(TRIES - 1):
            if step.good:
                break
            # What other programs of this machine take for a moment says nothing about the server.
            again = await measure(crowd, pid, rate, set_rate)
            step = min(step, again, key=lambda one: one.delay)
        subject.steps.append(step)
        print(
            f"    {subject.name:<34} {rate:>4} frames/s  {step.deliveries:>8.0f} deliveries/s"
            f"  {step.per_cpu:>8.0f} per CPU s  p99 {step.delay * 1000:>7.1f} ms"
            f"  load generator busy {step.load_busy:>4.0%}",
            file=sys.stderr,
            flush=True,
        )
        if not step.good:
            break
        await asyncio.sleep(0.3)
    return subject


@contextlib.asynccontextmanager
async def crowd_at(port: int, path: str, headers: dict[str, str], *, acknowledge: bool) -> AsyncIterator[Crowd]:
    crowd = Crowd(acknowledge=acknowledge)
    await crowd.open(port, path, SOCKETS, headers)
    try:
        yield crowd
    finally:
        crowd.close()


async def measure_baseline(layer: str, folder: Path, redis_url: str) -> Subject:
    port = free_port()
    environment = {**os.environ, "LAYER": layer, "REDIS_URL": redis_url}
    arguments = web_arguments("daphne", port, "benchmarks.baseline.asgi:application")
    with serving(arguments, folder, port, environment) as server:
        async with crowd_at(port, PATH, {"Origin": f"http://127.0.0.1:{port}"}, acknowledge=False) as crowd:
            name = f"baseline: tutorial, {layer} layer"
            return await climb(
                Subject(name), crowd, server.process.pid, Source(through_first(crowd), wrap=True).set_rate
            )


async def measure_broadcast(folder: Path) -> Subject:
    port = free_port()
    with serving(["-m", "benchmarks.broadcast", str(port)], folder, port, os.environ) as server:
        async with crowd_at(port, PATH, {}, acknowledge=False) as crowd:
            source = Source(through_first(crowd), wrap=False)
            return await climb(Subject("ceiling: websockets.broadcast"), crowd, server.process.pid, source.set_rate)


async def measure_nchan(folder: Path) -> Subject:
    port = free_port()
    with serving(["-m", "benchmarks.nchan", str(port), str(folder)], folder, port, os.environ) as server:
        publication = nchan.Publication(port)
        await publication.open()
        async with crowd_at(port, nchan.SUBSCRIBE, {}, acknowledge=False) as crowd:
            source = Source(publication.post, wrap=False)
            try:
                return await climb(Subject("nchan in nginx"), crowd, server.process.pid, source.set_rate)
            finally:
                publication.close()


async def measure_hub(name: str, folder: Path) -> Subject:
    installation, cookie = await asyncio.to_thread(install, folder, board(VALUES))
    port = free_port()
    arguments = web_arguments(name, port, "benchmarks.published:application")
    headers = {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie}

    async def set_rate(rate: float) -> None:
        await asyncio.to_thread(_get, f"http://127.0.0.1:{port}/bench/rate/{rate}")

    with serving(arguments, folder, port, installation.environment) as server:
        async with crowd_at(port, "/ws/wallboards/bench/", headers, acknowledge=True) as crowd:
            return await climb(Subject(f"hub on {name}"), crowd, server.process.pid, set_rate)


def _get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own server
        answer.read()


def report(subjects: list[Subject]) -> None:
    base = subjects[0].efficiency
    ceiling = next(one.efficiency for one in subjects if one.name.startswith("ceiling"))
    print(f"{SOCKETS} sockets, frames of {VALUES} values, one core for the server and one for the load")
    print(
        f"{'':<34} {'deliveries':>12} {'x base-':>8} {'of broad-':>9} {'sustained':>12} {'x base-':>8} {'p99':>8}"
        f" {'load generator':>24}"
    )
    print(
        f"{'':<34} {'per CPU s':>12} {'line':>8} {'cast':>9} {'per second':>12} {'line':>8} {'ms':>8}"
        f" {'busy, could do per s':>24}"
    )
    first = subjects[0].highest
    for subject in subjects:
        top = subject.highest
        per_cpu = f"{subject.efficiency:>12.0f} {subject.efficiency / base:>8.1f} {subject.efficiency / ceiling:>9.2f}"
        if top is None:
            print(f"{subject.name:<34} {per_cpu} none of the rates")
            continue
        times = top.deliveries / first.deliveries if first else float("nan")
        print(
            f"{subject.name:<34} {per_cpu} {top.deliveries:>12.0f} {times:>8.1f} {top.delay * 1000:>8.1f}"
            f" {top.load_busy:>11.0%} {top.load_per_cpu:>12.0f}"
        )
    if not nchan.installed():
        print("nchan is not installed (Debian: libnginx-mod-nchan)")


async def run() -> None:
    raise_open_files()
    go_first()
    os.sched_setaffinity(0, {LOAD_CORE})
    subjects: list[Subject] = []
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(folder_of_its_own())
        redis_server = RedisServer(folder)
        redis_server.start()
        stack.callback(redis_server.stop)
        for layer in ("memory", "core", "pubsub"):
            subjects.append(await measure_baseline(layer, folder, redis_server.url))
    for name in ("daphne", "uvicorn"):
        async with folder_of_its_own() as folder:
            subjects.append(await measure_hub(name, folder))
    async with folder_of_its_own() as folder:
        subjects.append(await measure_broadcast(folder))
    if nchan.installed():
        async with folder_of_its_own() as folder:
            subjects.append(await measure_nchan(folder))
    os.sched_setaffinity(0, {SERVER_CORE, LOAD_CORE})
    report(subjects)


def main() -> None:
    uvloop.run(run())
