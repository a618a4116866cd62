"""What a screen costs: memory while nothing happens, harm when it stops reading, and time until all are back.

A board of 20 series; web process on one core, screens on another. A thousand screens that lose their web process come
back with the pauses of the browser's client (``static/dashboard/js/backoff.js``).
"""

import asyncio
import os
import random
import socket
import statistics
import time
import urllib.request
from functools import partial
from pathlib import Path

import uvloop

from benchmarks.processes import (
    LOAD_CORE,
    SERVER_CORE,
    Server,
    board,
    folder_of_its_own,
    go_first,
    install,
    raise_open_files,
    serving,
    web_arguments,
)
from benchmarks.sockets import Crowd, Socket, handshake
from tests.e2e.installation import Installation, free_port

SERVERS = ("daphne", "uvicorn")
IDLE = 1000
WARM = 50
HEALTHY, STALLED = 400, 100
RATE = 8
SECONDS = 12.0
BACK = 1000
BACKOFF_LEAST, BACKOFF_MOST = 0.5, 10.0
APPLICATION = "benchmarks.published:application"
PATH = "/ws/wallboards/bench/"


def headers(port: int, cookie: str) -> dict[str, str]:
    return {"Origin": f"http://127.0.0.1:{port}", "Cookie": cookie}


async def set_rate(port: int, rate: float) -> None:
    def get() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/bench/rate/{rate}", timeout=10) as answer:
            answer.read()

    await asyncio.to_thread(get)


async def memory(name: str, installation: Installation, cookie: str, folder: Path) -> None:
    port = free_port()
    with serving(web_arguments(name, port, APPLICATION), folder, port, installation.environment) as server:
        crowd = Crowd(acknowledge=True)
        await crowd.open(port, PATH, WARM, headers(port, cookie))
        await asyncio.sleep(6)
        before = server.memory()
        await crowd.open(port, PATH, IDLE, headers(port, cookie))
        # Two heartbeats, acknowledged: what opening alone needed is given back by then.
        await asyncio.sleep(11)
        per_screen = (server.memory() - before) / IDLE
        crowd.close()
    print(f"memory per idle screen, {name:<10} {per_screen / 1000:6.1f} kB   (target: under 60 kB)", flush=True)


async def stalled(name: str, installation: Installation, cookie: str, folder: Path) -> None:
    port = free_port()
    with serving(web_arguments(name, port, APPLICATION), folder, port, installation.environment) as server:
        crowd = Crowd(acknowledge=True)
        await crowd.open(port, PATH, HEALTHY, headers(port, cookie))
        alone = await watched(crowd, port)
        before = server.memory()
        sockets = [await open_stalled(port, cookie) for _ in range(STALLED)]
        after = await watched(crowd, port)
        grown = server.memory() - before
        crowd.close()
        for transport in sockets:
            transport.abort()
    print(
        f"p99 of {HEALTHY} screens, {name:<10} alone {alone * 1000:6.1f} ms   beside {STALLED} stalled"
        f" {after * 1000:6.1f} ms   ratio {after / alone:4.2f} (target: 1.3)   memory {grown / 1e6:+5.1f} MB",
        flush=True,
    )


async def watched(crowd: Crowd, port: int) -> float:
    """The 99th percentile, in seconds, over some time at a steady rate."""
    await set_rate(port, RATE)
    await asyncio.sleep(2)
    crowd.restart()
    await asyncio.sleep(SECONDS)
    delays = crowd.delays
    await set_rate(port, 0)
    return statistics.quantiles(delays, n=100)[98]


async def open_stalled(port: int, cookie: str) -> asyncio.Transport:
    """A socket that is read until it is open, and then never again."""
    made = socket.socket()
    # So that little of what is not read fits into the system's buffers.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(made, ("127.0.0.1", port))
    crowd = Crowd()
    request = handshake(port, PATH, headers(port, cookie))
    _, protocol = await loop.create_connection(lambda: Socket(crowd, request), sock=made)
    await protocol.ready
    protocol.transport.pause_reading()
    return protocol.transport


class Returning:
    """Screens that open their sockets again, each with the pauses of the browser's client."""

    def __init__(self, port: int, request: bytes) -> None:
        self.port = port
        self.request = request
        self.live: set[int] = set()
        self.news = asyncio.Event()
        self.errors: list[bytes] = []
        self.attempts = 0

    def take(self, screen: int, frame: bytes) -> None:
        if frame.startswith(b'{"type":"snapshot"'):
            self.live.add(screen)
            self.news.set()
        elif frame.startswith(b'{"type":"error"'):
            self.errors.append(frame)

    async def keep(self, screen: int) -> None:
        loop = asyncio.get_running_loop()
        span = BACKOFF_LEAST * 2
        while True:
            crowd = Crowd(acknowledge=True)
            lost = asyncio.Event()
            crowd.on_frame = lambda _, frame: self.take(screen, frame)
            crowd.on_lost = lost.set
            self.attempts += 1
            connecting = loop.create_connection(partial(Socket, crowd, self.request), "127.0.0.1", self.port)
            try:
                _, protocol = await connecting
                await protocol.ready
                span = BACKOFF_LEAST * 2
                await lost.wait()
            except OSError:
                pass
            self.live.discard(screen)
            await asyncio.sleep(BACKOFF_LEAST + random.random() * (span - BACKOFF_LEAST))
            span = min(BACKOFF_MOST, span * 2)


async def reconnect(name: str, installation: Installation, cookie: str, folder: Path) -> None:
    port = free_port()
    arguments = web_arguments(name, port, APPLICATION)
    returning = Returning(port, handshake(port, PATH, headers(port, cookie)))
    server = Server(arguments, folder, port, installation.environment, SERVER_CORE).wait()
    tasks = [asyncio.ensure_future(returning.keep(screen)) for screen in range(BACK)]
    try:
        await until_live(returning, 60)
        server.stop()
        killed = time.monotonic()
        returning.attempts = 0
        server = await asyncio.to_thread(Server(arguments, folder, port, installation.environment, SERVER_CORE).wait)
        listening = time.monotonic()
        await until_live(returning, 60)
        now = time.monotonic()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.stop()
    print(
        f"{BACK} screens live again, {name:<10} {now - killed:5.1f} s after the kill, {now - listening:5.1f} s after"
        f" the new process listens   (target: 15 s)   {returning.attempts} attempts, {len(returning.errors)} errors",
        flush=True,
    )


async def until_live(returning: Returning, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        # Nobody is there any more for a moment after the kill.
        await asyncio.sleep(0.1)
        while len(returning.live) < BACK:
            returning.news.clear()
            await returning.news.wait()


async def run() -> None:
    raise_open_files()
    go_first()
    os.sched_setaffinity(0, {LOAD_CORE})
    for part in (memory, stalled, reconnect):
        for name in SERVERS:
            async with folder_of_its_own() as folder:
                installation, cookie = await asyncio.to_thread(install, folder, board(20))
                await part(name, installation, cookie, folder)
    os.sched_setaffinity(0, {SERVER_CORE, LOAD_CORE})


def main() -> None:
    uvloop.run(run())
